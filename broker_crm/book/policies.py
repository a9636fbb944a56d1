"""Policies with sections, terms and cover terms: the writing of them. What a customer buys stands in `programmes`."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from dateutil.relativedelta import relativedelta

from broker_crm.book import lines
from broker_crm.book.currencies import PER_HONG_KONG_DOLLAR
from broker_crm.book.draft import Draft, Held, Sheet
from broker_crm.book.draws import rounded
from programmes.models import CoverTerm, Policy, Section, Terms, TermsLocation

POLICIES = Sheet(
    Policy,
    "number",
    "class_of_business_id",
    "currency",
    "premium",
    "bound_on",
    "inception_date",
    "expiry_date",
    "cancelled_from",
)
SECTIONS = Sheet(Section, "policy_id", "reference", "name", "class_of_business_id")
WORDS = (
    *["basis", "coverage_trigger", "attachment_basis", "limit_basis", "units", "unlimited", "average_threshold"],
    *["average_basis", "indemnity_months", "drops_down", "recognises_sublimits", "insured_kinds", "territory"],
    *["placed_share", "deductible_percent", "deductible_percent_of"],
)
AMOUNTS = (
    *["attachment_point", "limit", "aggregate_limit", "sum_insured", "deductible_amount", "deductible_min"],
    *["deductible_max"],
)
TERMS = Sheet(Terms, "section_id", "first_day", "last_day", "change_note", *WORDS, *AMOUNTS)
LOCATIONS = Sheet(TermsLocation, "terms_id", "location_id")
COVER_TERMS = Sheet(
    CoverTerm, "terms_id", "category_id", "included", "sublimit", "deductible_percent", "deductible_percent_of"
)
words_of, amounts_of = attrgetter(*WORDS), attrgetter(*AMOUNTS)


@dataclass(slots=True)
class Cover:
    """What a section says of a category. The sublimit is in Hong Kong dollars."""

    category: str
    included: bool = True
    sublimit: float | None = None
    deductible_percent: str | None = None


@dataclass(slots=True)
class Plan:
    """A section to be written, with the names of its terms' columns. Amounts are in Hong Kong dollars."""

    code: str
    name: str
    basis: str = "NAMED"
    coverage_trigger: str = ""
    attachment_point: float = 0
    attachment_basis: str = "XS_UNDERLYING"
    limit: float | None = None
    limit_basis: str = "ANY_ONE_LOSS"
    units: int | None = None
    unlimited: bool = False
    aggregate_limit: float | None = None
    sum_insured: float | None = None
    average_threshold: str | None = None
    average_basis: str = ""
    indemnity_months: int | None = None
    drops_down: bool = False
    recognises_sublimits: bool = False
    insured_kinds: str = "{}"
    territory: str = "{}"
    placed_share: str | None = None
    deductible_amount: float | None = None
    deductible_percent: str | None = None
    deductible_percent_of: str = ""
    deductible_min: float | None = None
    deductible_max: float | None = None
    covers: Sequence[Cover] = ()
    locations: Sequence[str] = ()


@dataclass(slots=True, frozen=True)
class Period:
    """When a policy runs, and whether it is bound."""

    inception: datetime.date
    expiry: datetime.date
    is_bound: bool = True
    cancelled_from: datetime.date | None = None

    @property
    def year(self) -> int:
        return self.inception.year

    def after(self) -> "Period":
        inception = self.expiry + datetime.timedelta(days=1)
        return Period(inception, inception + relativedelta(years=1, days=-1))

    def before(self) -> "Period":
        expiry = self.inception - datetime.timedelta(days=1)
        return Period(self.inception - relativedelta(years=1), expiry)


def write(draft: Draft, code: str, plans: Sequence[Plan], period: Period, *, currency: str, premium: float) -> None:
    """Adds a policy of a class with its sections. One in force is kept in `draft.held`, for claims and risks."""
    per_dollar = PER_HONG_KONG_DOLLAR[currency]
    shared = draft.shared
    serial = len(draft.rows[POLICIES]) + 1
    policy = draft.add(
        POLICIES,
        f"{code[:3]} {period.year}/{draft.number}/{serial}",
        shared.classes[code],
        currency,
        rounded(premium * per_dollar),
        min(period.inception - datetime.timedelta(days=12), draft.on) if period.is_bound else None,
        period.inception,
        period.expiry,
        period.cancelled_from,
    )
    is_now = period.is_bound and period.inception <= draft.on <= period.expiry and period.cancelled_from is None
    for reference, plan in enumerate(plans, start=1):
        section = draft.add(SECTIONS, policy, reference, plan.name, shared.classes[plan.code])
        first_day, note = period.inception, ""
        if is_now and draft.draws.happens(0.03) and (draft.on - first_day).days > 40:
            # An endorsement: a version before the one of now, with a lower limit.
            changed = first_day + datetime.timedelta(days=30)
            lower = replace(plan, limit=plan.limit and plan.limit * 0.8)
            terms(
                draft,
                section,
                lower,
                per_dollar,
                first_day=first_day,
                last_day=changed - datetime.timedelta(days=1),
            )
            first_day, note = changed, "Limit raised"
        terms(draft, section, plan, per_dollar, first_day=first_day, is_signed=period.is_bound, note=note)
        if is_now:
            draft.held.append(
                Held(section, plan.code, period.inception, plan.limit or 0, plan.aggregate_limit or 0, per_dollar)
            )


def terms(
    draft: Draft,
    section: str,
    plan: Plan,
    per_dollar: float,
    *,
    first_day: datetime.date,
    last_day: datetime.date | None = None,
    is_signed: bool = True,
    note: str = "",
) -> None:
    """Adds one version of a section with what belongs to it."""
    amounts = [None if given is None else given and rounded(given * per_dollar, 3) for given in amounts_of(plan)]
    key = draft.add(
        TERMS,
        section,
        first_day,
        last_day,
        note,
        *words_of(plan),
        *amounts,
    )
    for cover in plan.covers:
        draft.add(
            COVER_TERMS,
            key,
            draft.shared.categories[cover.category],
            cover.included,
            cover.sublimit and rounded(cover.sublimit * per_dollar, 3),
            cover.deductible_percent,
            "LOSS" if cover.deductible_percent else "",
        )
    for location in plan.locations:
        draft.add(LOCATIONS, key, location)
    if plan.placed_share is None:
        lines.write(draft, key, plan.limit or 1e7, is_signed=is_signed)
