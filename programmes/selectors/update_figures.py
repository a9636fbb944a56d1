"""What an update tells of a programme: the cover in force on a day, what ends soon, and who to call.

Read for many customers at once, and worded in the letter's language. It draws on policies and renewals alone: findings
never reach a letter.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from babel.numbers import get_currency_name
from django.db.models import Prefetch, Q
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.models import User
from common.templatetags.ui import amount, day_text, locale, money, percent
from market.models import Insurer
from profiles.models import Customer
from programmes.models import (
    LimitBasis,
    Participation,
    Policy,
    PolicyState,
    RenewalOutcome,
    RenewalPolicy,
    RenewalStage,
    Section,
    Terms,
)

DAYS_AHEAD = 120
"""Policies whose last day is at most this far away are told of as coming up."""
NEVER = datetime.date.max
"""Stands for the last day of a contract without expiry where days are compared."""
MOST_SECTIONS = 8
"""Sections of one policy that a letter lists; of a policy with more, it says how many further ones there are."""


@dataclass
class Programme:
    """A customer's policies as at a day: those in force, and those bound that begin later."""

    as_at: datetime.date
    in_force: list[Policy] = field(default_factory=list)
    coming: list[Policy] = field(default_factory=list)
    renewals: dict[UUID, RenewalPolicy] = field(default_factory=dict)

    @property
    def due(self) -> list[Policy]:
        """Policies in force that end within DAYS_AHEAD days, the earliest first."""
        last = self.as_at + datetime.timedelta(days=DAYS_AHEAD)
        return sorted(
            (policy for policy in self.in_force if (policy.last_day_of_cover or NEVER) <= last),
            key=lambda policy: (policy.last_day_of_cover or NEVER, policy.number),
        )

    def following(self, policy: Policy) -> Policy | None:
        """What is bound of the same class, begins by the day after the policy ends, and runs on."""
        last = policy.last_day_of_cover
        if last is None:
            return None
        day_after = last + datetime.timedelta(days=1)
        return next(
            (
                other
                for other in self.coming + self.in_force
                if other.class_of_business_id == policy.class_of_business_id
                and policy.inception_date < other.inception_date <= day_after
                and (other.last_day_of_cover or NEVER) > last
            ),
            None,
        )


def programmes_on(customer_ids: Iterable[UUID], *, on: datetime.date) -> dict[UUID, Programme]:
    """The programmes of the customers as at the day, in a fixed number of queries."""
    found: dict[UUID, Programme] = defaultdict(lambda: Programme(as_at=on))
    policies = (
        Policy.objects.filter(Q(expiry_date=None) | Q(expiry_date__gte=on), customer__in=list(customer_ids))
        .select_related("class_of_business")
        .prefetch_related(_sections_on(on))
        .order_by("class_of_business__rank", "class_of_business__code", "number", "inception_date")
    )
    for policy in policies:
        state = policy.state(on)
        if state == PolicyState.IN_FORCE:
            found[policy.customer_id].in_force.append(policy)
        elif state == PolicyState.COMING:
            found[policy.customer_id].coming.append(policy)
    in_renewal = RenewalPolicy.objects.filter(customer__in=list(found)).select_related("renewal")
    for held in in_renewal.filter(policy__expiry_date__gte=on):
        found[held.customer_id].renewals[held.policy_id] = held
    return found


def _sections_on(on: datetime.date) -> Prefetch:
    """Each section with its terms of the day as `terms_on_day`, and their lines as `lines`, the lead first."""
    lines = Participation.objects.select_related("insurer").order_by("-is_lead", "-signed_share", "insurer__name")
    terms = Terms.objects.filter(Q(last_day=None) | Q(last_day__gte=on), first_day__lte=on)
    terms = terms.prefetch_related(Prefetch("participations", lines, to_attr="lines"))
    sections = Section.objects.order_by("reference", "pk")
    return Prefetch("sections", sections.prefetch_related(Prefetch("versions", terms, to_attr="terms_on_day")))


def figures(programme: Programme, customer: Customer) -> dict[str, Any]:
    """The tables of the letter as text, in the active language.

    {"policies": [{"class", "number", "insurers", "period", "cover": [{"name", "amount"}], "premium"}],
     "due": [{"day", "class", "number", "next"}], "caller": {"name", "phone", "email", "office", "address"}}
    """
    return {
        "policies": [_policy(policy) for policy in programme.in_force],
        "due": [
            {
                "day": day_text(policy.last_day_of_cover),
                "class": str(policy.class_of_business),
                "number": policy.number,
                "next": next_step(programme, policy),
            }
            for policy in programme.due
        ],
        "caller": caller(customer.portfolio.manager),
    }


def caller(manager: User) -> dict[str, str]:
    """Who to call: the account manager, by the office's telephone where they have none of their own."""
    office = manager.team.office if manager.team else None
    phone = manager.phone or (office.phone if office else None)
    return {
        "name": _in_script(manager.name, manager.name_local),
        "phone": phone.as_international if phone else "",
        "email": manager.email,
        "office": _in_script(office.name, office.name_local) if office else "",
        "address": ", ".join(office.address.split("\n")) if office else "",
    }


def next_step(programme: Programme, policy: Policy) -> str:
    """What happens with a policy that ends soon, as a sentence to the customer."""
    following = programme.following(policy)
    if following:
        return _("Renewed: policy %(number)s begins on %(day)s.") % {
            "number": following.number,
            "day": day_text(following.inception_date),
        }
    held = programme.renewals.get(policy.pk)
    if held and held.renewal.outcome:
        return {
            RenewalOutcome.RENEWED: _("Renewed. The new policy follows."),
            RenewalOutcome.NOT_RENEWED: _("It ends, as you instructed."),
            RenewalOutcome.LOST: _("It ends; you have placed what follows through another broker."),
        }[RenewalOutcome(held.renewal.outcome)]
    if policy.cancelled_from:
        return _("It is cancelled, and its cover ends on that day.")
    if not policy.is_renewable:
        return _("It ends and cannot be renewed. Please tell us if you need cover from then on.")
    if held and held.renewal.stage == RenewalStage.IN_HAND:
        return _("We are asking insurers for renewal terms and will put them to you before that day.")
    return _("We will ask you for up-to-date figures and put renewal terms to you before that day.")


def _policy(policy: Policy) -> dict[str, Any]:
    return {
        "class": str(policy.class_of_business),
        "number": policy.number,
        "insurers": _insurers(policy),
        "period": _("%(first)s to %(last)s")
        % {"first": day_text(policy.inception_date), "last": day_text(policy.last_day_of_cover)},
        "cover": _cover(policy),
        "premium": "" if policy.premium is None else worded(policy.premium, policy.currency),
    }


def _sections(policy: Policy) -> list[tuple[Section, Terms]]:
    return [
        (section, terms)
        for section in policy.sections.all()
        for terms in section.terms_on_day  # type: ignore[attr-defined]  # by _sections_on
    ]


def _insurers(policy: Policy) -> list[str]:
    """Each insurer once: its share where it is the same on every section it is on, and that it leads."""
    shares: dict[Insurer | None, set[Decimal]] = defaultdict(set)
    leads = set()
    for _section, terms in _sections(policy):
        for line in terms.lines:  # type: ignore[attr-defined]  # by _sections_on
            shares[line.insurer].add(line.signed_share if line.signed_share is not None else line.written_share)
            if line.is_lead:
                leads.add(line.insurer)
    return [
        _insurer(insurer, of_insurer, is_lead=insurer in leads and len(shares) > 1)
        for insurer, of_insurer in sorted(shares.items(), key=lambda item: item[0] not in leads)
    ]


def _insurer(insurer: Insurer | None, shares: set[Decimal], *, is_lead: bool) -> str:
    name = _in_script(insurer.name, insurer.name_local) if insurer else _("an insurer we have yet to name")
    share = percent(next(iter(shares))) if len(shares) == 1 and shares != {Decimal(1)} else ""
    if is_lead and share:
        return _("%(insurer)s (lead, %(share)s)") % {"insurer": name, "share": share}
    if is_lead:
        return _("%(insurer)s (lead)") % {"insurer": name}
    if share:
        return _("%(insurer)s (%(share)s)") % {"insurer": name, "share": share}
    return name


def _cover(policy: Policy) -> list[dict[str, str]]:
    """A line for each section: its name, where the policy has more than one, and how much it covers."""
    sections = _sections(policy)
    lines = [
        {"name": _name(section) if len(sections) > 1 else "", "amount": _extent(terms, policy.currency)}
        for section, terms in sections[:MOST_SECTIONS]
    ]
    further = len(sections) - MOST_SECTIONS
    if further > 0:
        words = ngettext("and %(count)d further section", "and %(count)d further sections", further)
        lines.append({"name": words % {"count": further}, "amount": ""})
    return lines


def _name(section: Section) -> str:
    return section.name or _("Section %(reference)s") % {"reference": section.reference}


def _extent(terms: Terms, currency: str) -> str:
    """How much a section covers: its limit, else its sum insured; where neither is known, nothing."""
    if terms.unlimited:
        extent = _("unlimited")
    elif terms.limit is not None and terms.limit_basis == LimitBasis.PER_UNIT:
        extent = _("%(amount)s for each of %(units)s") % {
            "amount": worded(terms.limit, currency),
            "units": amount(terms.units),
        }
    elif terms.limit is not None:
        extent = worded(terms.limit, currency)
    elif terms.sum_insured is not None:
        extent = _("%(amount)s sum insured") % {"amount": worded(terms.sum_insured, currency)}
    else:
        return ""
    if terms.attachment_point:
        below = worded(terms.attachment_point, currency)
        extent = _("%(extent)s in excess of %(below)s") % {"extent": extent, "below": below}
    return extent


def worded(figure: Decimal, currency: str) -> str:
    """An amount as a letter says it: HKD 50,000,000 in English, 港元 50,000,000 in Chinese."""
    text = money(figure, currency)
    if not _is_chinese():
        return text
    return text.replace(currency, get_currency_name(currency, locale=locale()), 1)


def _in_script(name: str, name_local: str) -> str:
    return name_local if name_local and _is_chinese() else name


def _is_chinese() -> bool:
    return (get_language() or "").startswith("zh")
