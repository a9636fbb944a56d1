"""Our business with insurers: customers, premium and limits with each, as at a day, over the policies a user may see.

What counts (docs/adr/0011-business-with-an-insurer.md):
- policies in force on the day, but for lineslips, whose declarations count instead;
- an insurer's share of a section: its signed line, else its written one with all of them scaled to at most 1
  (DESIGN section 5, step 7; `versions.carried` says the same of one version);
- premium: the section's share of the policy's premium times that. What is charged to a section is its own; the rest is
  spread evenly over the sections that have no charge of their own, or over all where each has one;
- limits: the room of the section (`towers.room_of`) times the share, summed over layers and policies. Classes of
  benefits have no tower and no limit here. Unlimited and unknown ones are counted beside the sum, never in it.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, OuterRef

from accounts.models import User
from market.models import ClassMode
from market.selectors.rates import Conversion, conversion
from programmes.models import PREMIUM_KINDS, LimitBasis, Policy, PolicyKind
from programmes.models.policies import PolicyQuerySet
from programmes.selectors.policies import lines_on

# One row for each insurer and policy. {policies} selects (id, customer_id, currency, premium).
LINES = """
with seen (policy_id, customer_id, currency, premium) as materialized (
    {policies}
), live as materialized (
    select terms.id as terms_id, terms.section_id, seen.policy_id, seen.customer_id, seen.currency, seen.premium,
        class.mode = %(tower)s as has_limit, terms.unlimited,
        least(
            terms.limit * case when terms.limit_basis = %(per_unit)s and terms.units > 0 then terms.units else 1 end,
            nullif(terms.sum_insured, 0), terms.aggregate_limit
        ) as room
    from seen
    join programmes_section as section on section.policy_id = seen.policy_id
    join market_classofbusiness as class on class.id = section.class_of_business_id
    join programmes_terms as terms on terms.section_id = section.id
        and terms.first_day <= %(on)s and (terms.last_day is null or terms.last_day >= %(on)s)
), charged as (
    select part.policy_id, part.section_id, sum(part.amount) as amount
    from programmes_premiumpart as part
    join seen on seen.policy_id = part.policy_id
    where part.kind = any(%(premium_kinds)s)
    group by part.policy_id, part.section_id
), whole as (
    select policy_id, sum(amount) as amount, coalesce(sum(amount) filter (where section_id is not null), 0) as own
    from charged group by policy_id
), spread as (
    select live.*, charged.amount as own,
        -- "greatest" passes over null, and an unknown premium must stay unknown.
        case when coalesce(live.premium, whole.amount) is not null
            then greatest(coalesce(live.premium, whole.amount) - coalesce(whole.own, 0), 0) end as rest,
        count(*) over policy as sections,
        count(*) filter (where charged.amount is null) over policy as bare
    from live
    left join charged on charged.section_id = live.section_id
    left join whole on whole.policy_id = live.policy_id
    window policy as (partition by live.policy_id)
), line as (
    select participation.*,
        coalesce(
            signed_share,
            case when sum(signed_share) over version is null
                then written_share / greatest(sum(written_share) over version, 1) end
        ) as share
    from programmes_participation as participation
    join live on live.terms_id = participation.terms_id
    window version as (partition by participation.terms_id)
)
select line.insurer_id, spread.policy_id, spread.customer_id, spread.currency,
    round(
        sum(line.share * case
            when spread.own is null then spread.rest / spread.bare
            when spread.bare = 0 then spread.own + spread.rest / spread.sections
            else spread.own
        end), market_minor_units(spread.currency)
    ) as premium,
    round(
        coalesce(sum(line.share * spread.room) filter (where spread.has_limit), 0), market_minor_units(spread.currency)
    ) as limits,
    coalesce(bool_or(spread.unlimited and spread.room is null) filter (where spread.has_limit), false) as is_unlimited,
    coalesce(bool_or(not spread.unlimited and spread.room is null) filter (where spread.has_limit), false)
        as limit_is_unknown,
    bool_or(line.is_lead) as leads
from line
join spread on spread.terms_id = line.terms_id
where line.share is not null and line.insurer_id is not null
    and (%(insurers)s::uuid[] is null or line.insurer_id = any(%(insurers)s::uuid[]))
group by line.insurer_id, spread.policy_id, spread.customer_id, spread.currency
"""


@dataclass(frozen=True, slots=True)
class CarriedPolicy:
    """What one insurer carries of one policy. Amounts are in the policy's currency, rounded to its minor unit.

    `premium` is None where the policy's is not known. `limits` leaves out sections without or of unknown limit.
    """

    insurer_id: UUID
    policy_id: UUID
    customer_id: UUID
    currency: str
    premium: Decimal | None
    limits: Decimal
    is_unlimited: bool
    limit_is_unknown: bool
    leads: bool


def carried_policies(user: User, *, on: datetime.date, insurers: Sequence[UUID] | None = None) -> list[CarriedPolicy]:
    """What insurers (those given, else all) carry of each policy that the user may see, as at the day. One query."""
    policies = counted_policies(user, on=on)
    if insurers is not None:
        policies = policies.filter(
            Exists(lines_on(on).filter(terms__section__policy=OuterRef("pk"), insurer__in=insurers))
        )
    try:
        rows, given = (
            policies.order_by().values_list("pk", "customer_id", "currency", "premium").query.sql_with_params()
        )
    except EmptyResultSet:  # nothing is in the user's sight, or no insurer was given
        return []
    named = {f"policies_{at}": value for at, value in enumerate(given)}
    rows %= tuple(f"%({name})s" for name in named)
    with connection.cursor() as cursor:
        cursor.execute(
            LINES.format(policies=rows),
            named
            | {
                "on": on,
                "insurers": None if insurers is None else [str(pk) for pk in insurers],
                "tower": ClassMode.TOWER,
                "per_unit": LimitBasis.PER_UNIT,
                "premium_kinds": list(PREMIUM_KINDS),
            },
        )
        return [CarriedPolicy(*row) for row in cursor.fetchall()]


def counted_policies(user: User, *, on: datetime.date) -> PolicyQuerySet:
    """The policies that count as business on the day."""
    seen: PolicyQuerySet = Policy.objects.visible_to(user)
    return seen.in_force(on).exclude(kind=PolicyKind.LINESLIP)


@dataclass(frozen=True)
class CurrencyRow:
    """Business in one currency, and in the house's: None where a rate is missing."""

    currency: str
    policies: int
    premium: Decimal
    limits: Decimal
    premium_in_house: Decimal | None
    limits_in_house: Decimal | None


@dataclass
class Business:
    """Rows of carried policies, counted and summed. What is in the house's currency is converted by currency."""

    conversion: Conversion
    rows: list[CarriedPolicy] = field(default_factory=list)

    @property
    def customers(self) -> int:
        return len({row.customer_id for row in self.rows})

    @property
    def policies(self) -> int:
        return len({row.policy_id for row in self.rows})

    @property
    def by_currency(self) -> list[CurrencyRow]:
        """The sums of each currency, the largest premium first; those that cannot be converted last."""
        found: dict[str, list[CarriedPolicy]] = defaultdict(list)
        for row in self.rows:
            found[row.currency].append(row)
        summed = []
        for currency, rows in found.items():
            premium = sum((row.premium or Decimal(0) for row in rows), Decimal(0))
            limits = sum((row.limits for row in rows), Decimal(0))
            summed.append(
                CurrencyRow(
                    currency=currency,
                    policies=len({row.policy_id for row in rows}),
                    premium=premium,
                    limits=limits,
                    premium_in_house=self.conversion(premium, currency),
                    limits_in_house=self.conversion(limits, currency),
                )
            )
        return sorted(
            summed, key=lambda row: (row.premium_in_house is None, -(row.premium_in_house or 0), row.currency)
        )

    @property
    def premium(self) -> Decimal | None:
        """Premium in the house's currency, where there are rates for all of it. Unknown premiums are not in it."""
        return together(row.premium_in_house for row in self.by_currency)

    @property
    def limits(self) -> Decimal | None:
        """Limits in the house's currency, where there are rates for all of them. Unlimited ones are not in it."""
        return together(row.limits_in_house for row in self.by_currency)

    @property
    def without_rate(self) -> list[str]:
        """Currencies that cannot be brought to the house's."""
        return [row.currency for row in self.by_currency if row.premium_in_house is None]

    @property
    def premium_unknown(self) -> int:
        """Policies whose premium is not known."""
        return len({row.policy_id for row in self.rows if row.premium is None})

    @property
    def unlimited(self) -> int:
        """Policies with a section that has no limit."""
        return len({row.policy_id for row in self.rows if row.is_unlimited})

    @property
    def limit_unknown(self) -> int:
        """Policies with a section whose limit is not known."""
        return len({row.policy_id for row in self.rows if row.limit_is_unknown})

    def by_customer(self) -> dict[UUID, "Business"]:
        """The same for each customer."""
        found: dict[UUID, Business] = {}
        for row in self.rows:
            found.setdefault(row.customer_id, Business(self.conversion)).rows.append(row)
        return found


def together(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """Their sum; None where one is not known."""
    total = Decimal(0)
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total


def business_with(user: User, *, on: datetime.date, insurers: Sequence[UUID]) -> Business:
    """The user's business with these insurers taken together, as at the day. Two queries."""
    rows = carried_policies(user, on=on, insurers=insurers)
    return Business(conversion({row.currency for row in rows}, settings.HOUSE_CURRENCY, on), rows)


def business_by_insurer(user: User, *, on: datetime.date) -> dict[UUID, Business]:
    """The user's business with each insurer that carries some of it, as at the day. Two queries."""
    rows = carried_policies(user, on=on)
    to_house = conversion({row.currency for row in rows}, settings.HOUSE_CURRENCY, on)
    found: dict[UUID, Business] = {}
    for row in rows:
        found.setdefault(row.insurer_id, Business(to_house)).rows.append(row)
    return found
