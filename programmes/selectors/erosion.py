"""How far claims have used the aggregate limits of sections (DESIGN section 5, step 4 and its small print)."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import connection

from programmes.models import CoverageTrigger, Section

EROSION = f"""
select section.id as section_id, year.first_day, least(year.next_day - 1, date '9999-12-31') as last_day,
    policy.currency, terms.aggregate_limit, coalesce(used.outstanding, 0) as outstanding,
    coalesce(used.paid, 0) as paid, coalesce(used.claims, 0) as claims
from programmes_section as section
join programmes_policy as policy on policy.id = section.policy_id
join programmes_terms as terms on terms.section_id = section.id and terms.valid @> %(on)s::date
    and terms.aggregate_limit is not null
cross join lateral (
    select extract(year from %(on)s::date)::int - extract(year from policy.inception_date)::int as begun
) as counted
cross join lateral (
    select counted.begun - ((policy.inception_date + make_interval(years => counted.begun))::date > %(on)s::date)::int
        as years
) as passed
cross join lateral (
    select (policy.inception_date + make_interval(years => passed.years))::date as first_day,
        (policy.inception_date + make_interval(years => passed.years + 1))::date as next_day
) as year
left join lateral (
    select sum(latest.outstanding) as outstanding, sum(latest.paid) as paid, count(*) as claims
    from programmes_claim as claim
    cross join lateral (
        select movement.outstanding, movement.paid from programmes_claimmovement as movement
        where movement.claim_id = claim.id and movement.stood_on <= %(known_on)s::date
        order by movement.stood_on desc limit 1
    ) as latest
    where claim.section_id = section.id
        and least(
            case when terms.coverage_trigger = '{CoverageTrigger.CLAIMS_MADE.value}'
                then coalesce(claim.made_on, claim.lost_on) else claim.lost_on end,
            policy.expiry_date, policy.cancelled_from - 1
        ) between year.first_day and year.next_day - 1
) as used on true
"""  # noqa: S608  the only word put in is a constant
"""One row for each section whose terms on the day have an aggregate limit; give it a `where` over `section`.

Parameters: `on`, the day whose terms and aggregate year count, and `known_on`, the day up to which figures are known.
The year runs from the policy's anniversary (29 February: on the 28th where there is none). A claim counts on the day it
was made under claims-made terms, on the day of the loss otherwise and where that day is not given; one made after the
policy's last day, in the extended reporting period, counts on that last day.
"""


@dataclass(frozen=True)
class Erosion:
    """An aggregate limit in one aggregate year and what claims used of it, in the policy's currency."""

    section_id: UUID
    first_day: datetime.date
    last_day: datetime.date
    currency: str
    aggregate_limit: Decimal
    outstanding: Decimal
    paid: Decimal
    claims: int

    @property
    def used(self) -> Decimal:
        """Outstanding and paid; may be more than the limit."""
        return self.outstanding + self.paid

    @property
    def remaining(self) -> Decimal:
        """What is left for further claims, at least 0."""
        return max(self.aggregate_limit - self.used, Decimal(0))

    @property
    def share(self) -> Decimal:
        """The part of the limit that is used; above 1 where claims exceed it, 1 of a limit of nothing."""
        return self.used / self.aggregate_limit if self.aggregate_limit else Decimal(1)

    @property
    def percent(self) -> Decimal:
        """The same of 100, for drawing."""
        return self.share * 100

    @property
    def tone(self) -> str:
        """bad where nothing is left, warn from a half on (AGGREGATE_ERODED), else nothing."""
        return "bad" if self.share >= 1 else "warn" if self.share >= Decimal("0.5") else ""


def erosion(
    sections: Iterable[Section | UUID], on: datetime.date, *, known_on: datetime.date | None = None
) -> dict[UUID, Erosion]:
    """The aggregates of the sections in the aggregate year that holds the day, as known by `known_on`, else by the day.

    Sections without terms on the day, or without an aggregate limit in them, are left out. One query, however many.
    """
    keys = [section.pk if isinstance(section, Section) else section for section in sections]
    if not keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            EROSION + "where section.id = any(%(sections)s::uuid[])",
            {"on": on, "known_on": known_on or on, "sections": keys},
        )
        return {row[0]: Erosion(*row) for row in cursor.fetchall()}


def remaining_aggregate(sections: Iterable[Section | UUID], on: datetime.date) -> dict[UUID, Decimal]:
    """What is left of each aggregate limit on the day, as known by then, in the policy's currency and at least 0.

    Aggregate limit less paid and outstanding claims of the section in the aggregate year. A section without a limit on
    its aggregate is left out: nothing bounds it.
    """
    return {key: row.remaining for key, row in erosion(sections, on).items()}
