"""A customer's whole programme as at a day: what is in force, what it costs, what ends, and what is bound to follow."""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import takewhile
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from common.dates import add_months
from market.selectors.rates import rates_on
from profiles.models import Customer
from programmes.models import (
    ConditionState,
    Instalment,
    Participation,
    Policy,
    PolicyCondition,
    PolicyInsured,
    PolicyKind,
    PolicyState,
    PremiumPart,
    Terms,
)
from programmes.selectors import premium_split
from programmes.selectors.premium_split import PolicyPremium, Rates, Sums
from programmes.selectors.renewing import DAYS_PAST, followers, is_settled, last_day_of_cover
from programmes.selectors.towers import CoverTower, terms_on, towers_from
from programmes.selectors.versions import ranked, with_content

COMING_MONTHS = 12
"""A policy to come is shown where it begins within so many months, or follows one that is shown."""
INSTALMENT_DAYS = 90
"""Instalments that fall due within so many days are shown, and those overdue."""


@dataclass(frozen=True)
class Next:
    """What comes after a policy. state: FOLLOWED, SETTLED (decided in its renewal), NOT_RENEWABLE, OPEN (nothing bound
    yet, and its renewal has not begun), DUE (nothing bound, within the days its class is renewed in), ENDED (over, with
    nothing after it), RUNS_ON (no expiry)."""

    policy: Policy
    last_day: datetime.date | None
    follower: Policy | None
    state: str

    @property
    def is_urgent(self) -> bool:
        return self.state in {"DUE", "ENDED"}


@dataclass(frozen=True)
class InForce:
    """A policy in force with what it costs, who carries it (the leading insurer first), and what comes after it."""

    policy: Policy
    premium: PolicyPremium
    insurers: tuple[str, ...]
    is_own: bool
    next: Next


@dataclass(frozen=True)
class Chain:
    """A policy and those bound to follow it, one after the other."""

    policies: tuple[Policy, ...]


@dataclass(frozen=True)
class Programme:
    """All of a customer's insurance as at a day. Every list is fetched already; `conditions` are those not waived."""

    customer: Customer
    on: datetime.date
    in_force: tuple[Policy, ...]
    chains: tuple[Chain, ...]
    following: tuple[Next, ...]
    terms: tuple[Terms, ...]
    premiums: tuple[PolicyPremium, ...]
    conditions: tuple[PolicyCondition, ...]
    instalments: tuple[Instalment, ...]
    rates: Rates

    @cached_property
    def towers(self) -> list[CoverTower]:
        """A lineslip is in none: what is declared under it is the cover."""
        covering = [policy for policy in self.in_force if policy.kind != PolicyKind.LINESLIP]
        keys = {policy.pk for policy in covering}
        return towers_from(covering, [row for row in self.terms if row.section.policy_id in keys])

    @property
    def rows(self) -> list[InForce]:
        """The policies in force in the order of their classes."""
        lines: dict[UUID, list[Participation]] = defaultdict(list)
        for row in self.terms:
            lines[row.section.policy_id] += row.participations.all()
        after = {each.policy.pk: each for each in self.following}
        return [
            InForce(
                policy=each.policy,
                premium=each,
                insurers=tuple(dict.fromkeys(str(line) for line in ranked(lines[each.policy.pk]))),
                is_own=each.policy.customer_id == self.customer.pk,
                next=after[each.policy.pk],
            )
            for each in sorted(self.premiums, key=lambda each: (each.policy.class_of_business.rank, each.policy.number))
        ]

    @property
    def left_open(self) -> list[Next]:
        """Policies that have ended with nothing after them."""
        return [each for each in self.following if each.state == "ENDED"]

    @property
    def own_premiums(self) -> list[PolicyPremium]:
        """Those of the policies that the customer arranged: what another one arranged, that one pays for."""
        return [each for each in self.premiums if each.policy.customer_id == self.customer.pk]

    @cached_property
    def by_part(self) -> Sums:
        return premium_split.by_part(self.own_premiums, self.rates)

    @cached_property
    def by_insurer(self) -> Sums:
        terms: dict[UUID, dict[UUID, Terms]] = defaultdict(dict)
        for row in self.terms:
            terms[row.section.policy_id][row.section_id] = row
        return premium_split.by_insurer(self.own_premiums, terms, self.rates)

    @property
    def without_premium(self) -> int:
        """Policies whose premium is not known, and which no sum holds."""
        return sum(each.premium is None for each in self.own_premiums)

    @property
    def currencies_without_rate(self) -> list[str]:
        return [code for code in self.by_part.currencies if self.rates.lacks(code)]

    @property
    def open_conditions(self) -> list[PolicyCondition]:
        return [row for row in self.conditions if row.state == ConditionState.OPEN]

    @property
    def urgent(self) -> list[Next]:
        return [each for each in self.following if each.is_urgent]

    @property
    def ends_first(self) -> Next | None:
        """The one that ends first of those in force."""
        return next((each for each in self.following if each.last_day and each.last_day >= self.on), None)

    @property
    def unpaid(self) -> dict[str, Decimal]:
        """The instalments shown, by currency."""
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for row in self.instalments:
            sums[row.policy.currency] += row.amount
        return dict(sums)


def programme(customer: Customer, *, on: datetime.date, for_schedule: bool = False) -> Programme:
    """The programme as at the day. Seven queries, however much there is.

    `for_schedule`: cover terms and locations of every section are fetched along (two queries), and no instalments.
    """
    policies = _policies(customer, on)
    by_id = {policy.pk: policy for policy in policies}
    in_force = [policy for policy in policies if policy.state(on) == PolicyState.IN_FORCE]
    versions = terms_on(on).filter(section__policy__in=in_force)
    rows = list(with_content(versions.prefetch_related(None)) if for_schedule else versions)
    for row in rows:
        row.section.policy = by_id[row.section.policy_id]
    soon = add_months(on, COMING_MONTHS)
    owed = Q(paid_on=None) | Q(paid_on__gt=on)
    instalments = Instalment.objects.filter(owed, due_on__lte=on + datetime.timedelta(days=INSTALMENT_DAYS))
    conditions = PolicyCondition.objects.exclude(state=ConditionState.WAIVED).select_related("section")
    currencies = {policy.currency for policy in in_force if policy.customer_id == customer.pk}
    after = _followers(policies)
    chains = [chain for chain in _chains(policies, after) if chain.policies[0].inception_date <= soon]
    shown = {policy.pk: policy for chain in chains for policy in chain.policies}
    following = [_next(policy, after.get(policy.pk), on) for policy in policies if policy.inception_date <= on]
    return Programme(
        customer=customer,
        on=on,
        in_force=tuple(in_force),
        chains=tuple(chains),
        following=tuple(each for each in following if each is not None),
        terms=tuple(rows),
        premiums=_premiums(in_force, on),
        conditions=_of_policies(conditions.order_by(F("due_on").asc(nulls_last=True), "pk"), shown),
        instalments=()
        if for_schedule
        else _of_policies(
            instalments.filter(policy__customer=customer).order_by("due_on", "policy__number", "pk"), shown
        ),
        rates=Rates(rates_on({*currencies, settings.HOUSE_CURRENCY}, on), settings.HOUSE_CURRENCY),
    )


def _policies(customer: Customer, on: datetime.date) -> list[Policy]:
    """The bound policies that insure the customer and have not expired by the day, and those that did shortly before
    with nothing after them. By their last day, each with `ends`, `follower_ids`, `is_settled` and the names of further
    insureds."""
    insuring = Policy.objects.insuring(customer)
    next_ones = (
        followers(ends="ends")
        .filter(bound_on__isnull=False, pk__in=insuring.values("pk"))
        .order_by("inception_date", "pk")
    )
    named = (
        PolicyInsured.objects.filter(policy=OuterRef("pk"))
        .order_by("insured__name", "pk")
        .values(names=JSONObject(name="insured__name", name_local="insured__name_local"))
    )
    rows = (
        insuring.filter(
            Q(expiry_date=None) | Q(expiry_date__gte=on - datetime.timedelta(days=DAYS_PAST)), bound_on__isnull=False
        )
        .exclude(cancelled_from=F("inception_date"))  # never any cover
        .annotate(ends=last_day_of_cover(), is_settled=is_settled())
        .annotate(follower_ids=ArraySubquery(next_ones.values("pk")), insured_names=ArraySubquery(named))
        .select_related("class_of_business", "customer")
        .order_by(F("ends").asc(nulls_last=True), "class_of_business__rank", "number", "pk")
    )
    return [row for row in rows if row.expiry_date is None or row.expiry_date >= on or _is_left_open(row)]


def _is_left_open(policy: Policy) -> bool:
    """Whether a policy that has ended should have been followed, and is not."""
    return bool(
        policy.is_renewable and policy.cancelled_from is None and not policy.follower_ids and not policy.is_settled  # type: ignore[attr-defined]
    )


def _followers(policies: Sequence[Policy]) -> dict[UUID, Policy]:
    """Each policy with the one bound to follow it. Where several could (the layers of a tower are renewed together),
    each follows another one, by what the ends of their numbers have in common."""
    by_id = {policy.pk: policy for policy in policies}
    found: dict[UUID, Policy] = {}
    taken: set[UUID] = set()
    for policy in sorted(policies, key=lambda each: each.number, reverse=True):
        able = [by_id[key] for key in policy.follower_ids if key in by_id]  # type: ignore[attr-defined]
        free = [each for each in able if each.pk not in taken]
        if able:
            found[policy.pk] = max(free or able, key=lambda each: _common_end(policy.number, each.number))
            taken.add(found[policy.pk].pk)
    return found


def _common_end(one: str, other: str) -> int:
    """How many characters two texts have in common at their ends."""
    return sum(1 for _same in takewhile(lambda pair: pair[0] == pair[1], zip(reversed(one), reversed(other))))


def _next(policy: Policy, follower: Policy | None, on: datetime.date) -> Next | None:
    """What comes after a policy in force, or after one that has ended and was left open. None for other ones."""
    ends: datetime.date | None = policy.ends  # type: ignore[attr-defined]
    if policy.cancelled_from is not None and policy.cancelled_from <= on:
        return None
    if ends is None:
        state = "RUNS_ON"
    elif follower is not None:
        state = "FOLLOWED"
    elif policy.is_settled:  # type: ignore[attr-defined]
        state = "SETTLED"
    elif not policy.is_renewable:
        state = "NOT_RENEWABLE"
    elif ends < on:
        state = "ENDED"
    elif ends - datetime.timedelta(days=policy.class_of_business.renewal_days) <= on:
        state = "DUE"
    else:
        state = "OPEN"
    return Next(policy, ends, follower, state)


def _chains(policies: Sequence[Policy], after: dict[UUID, Policy]) -> list[Chain]:
    """Each policy in one chain: behind the one it follows, else at the head of its own."""
    behind: dict[UUID, Policy] = {}
    taken: set[UUID] = set()
    for policy in policies:
        follower = after.get(policy.pk)
        if follower is not None and follower.pk not in taken:
            behind[policy.pk] = follower
            taken.add(follower.pk)
    found = []
    for policy in policies:
        if policy.pk not in taken:
            chain = [policy]
            while (behind_it := behind.get(chain[-1].pk)) is not None:
                chain.append(behind_it)
            found.append(Chain(tuple(chain)))
    return found


def _premiums(policies: Sequence[Policy], on: datetime.date) -> tuple[PolicyPremium, ...]:
    """What each policy costs, with the parts charged by the day."""
    parts: dict[UUID, list[PremiumPart]] = defaultdict(list)
    for row in PremiumPart.objects.filter(policy__in=policies, charged_from__lte=on).order_by("charged_from", "pk"):
        parts[row.policy_id].append(row)
    return tuple(PolicyPremium.of(policy, parts[policy.pk]) for policy in policies)


def _of_policies(rows: QuerySet, by_id: dict[UUID, Policy]) -> tuple:
    """The rows of these policies, each with its policy."""
    found = list(rows.filter(policy__in=by_id))
    for row in found:
        row.policy = by_id[row.policy_id]
    return tuple(found)
