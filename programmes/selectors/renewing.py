"""Which policies come to an end with nothing after them: what renewals and their monitors are about."""

import datetime
from typing import Any

from django.db.models import (
    Case,
    Count,
    DateField,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Greatest, Least

from common.money import MAX_DIGITS
from common.monitor import Stake
from profiles.models import CustomerStage
from programmes.models import LimitBasis, Policy, RenewalPolicy, RenewalStage, Section, Terms

MONEY = DecimalField(max_digits=MAX_DIGITS, decimal_places=2)
DAYS_PAST = 30
"""A policy that ended without anything after it is still to be renewed for so many days."""
DAYS_OVERLAP = 30
"""A policy that follows begins at the earliest so many days before the other ends, at the latest the day after."""
MOST_DAYS_AHEAD = 400
"""No class begins a renewal earlier (market_classofbusiness_renewal_days). Lets the index on expiry narrow the rows."""


def days_after(day: str, days: Any) -> ExpressionWrapper:
    """A day so many days after the one in column `day` (minus: before it)."""
    return ExpressionWrapper(F(day) + days, output_field=DateField())


def last_day_of_cover() -> Least:
    """The last day of cover of a policy: its expiry, or the day before a cancellation, which comes first; null for a
    contract without expiry that is not cancelled (LEAST passes over nulls)."""
    return Least(F("expiry_date"), days_after("cancelled_from", -1))


def is_followed(*, ends: str, policy: str = "pk") -> Exists:
    """Whether a bound policy takes over when the cover in column `ends` ends: one of `followers`."""
    return Exists(followers(ends=ends, policy=policy).filter(bound_on__isnull=False))


def followers(*, ends: str, policy: str = "pk") -> Any:
    """The policies of the same customer and class, bound or not, that take over when the cover in column `ends` ends.

    The class is the outer row's own: a policy's, or a section's. A policy is of a class by itself or by one of its
    sections, so that a package follows what it takes in, and its sections are followed one by one. It begins no later
    than the day after, runs on past the end, and is a later policy: one that has run beside this one for long insures
    something else and is no successor (docs/adr/0002-what-follows-a-policy.md).
    `policy` leads from the outer row to the policy.
    """
    path = "" if policy == "pk" else f"{policy}__"
    has_section_of_class = Exists(
        Section.objects.filter(policy=OuterRef("pk"), class_of_business_id=OuterRef("ended_class"))
    )
    return (
        Policy.objects.annotate(end=OuterRef(ends), ended_class=OuterRef("class_of_business_id"))
        .filter(
            Q(class_of_business_id=F("ended_class")) | Q(has_section_of_class),
            Q(cancelled_from=None) | Q(cancelled_from__gt=days_after("end", 1)),
            Q(expiry_date=None) | Q(expiry_date__gt=F("end")),
            customer=OuterRef(f"{path}customer_id"),
            inception_date__gt=OuterRef(f"{path}inception_date"),
            inception_date__gte=days_after("end", -DAYS_OVERLAP),
            inception_date__lte=days_after("end", 1),
        )
        .exclude(pk=OuterRef(policy))
    )


def is_settled(*, policy: str = "pk") -> Exists:
    """Whether the policy's renewal has been settled: then it is decided, whatever was decided."""
    return Exists(RenewalPolicy.objects.filter(policy=OuterRef(policy), renewal__stage=RenewalStage.SETTLED))


def due_for_renewal(rows: Any, on: datetime.date) -> Any:
    """Policies to renew as at a day: bound, renewable, not cancelled, with an expiry from 30 days ago to as many days
    ahead as their class says, not settled, and not followed. Those of lost customers are left out."""
    return (
        rows.annotate(renewal_begins=days_after("expiry_date", -F("class_of_business__renewal_days")))
        .filter(
            bound_on__isnull=False,
            is_renewable=True,
            cancelled_from=None,
            expiry_date__gte=on - datetime.timedelta(days=DAYS_PAST),
            expiry_date__lte=on + datetime.timedelta(days=MOST_DAYS_AHEAD),
            renewal_begins__lte=on,
        )
        .exclude(customer__stage=CustomerStage.LOST)
        .filter(~is_settled(), ~is_followed(ends="expiry_date"))
    )


def with_stake(rows: Any, on: datetime.date) -> Any:
    """Adds what is at stake in policies: `stake_amount`, in the policy's currency, and `stake`, a `Stake`.

    The limits of all sections as at the day (the nearest day of the policy where it does not run), where a section has
    none its sum insured; where no section has either, the premium.
    """
    terms = Terms.objects.filter(
        Q(last_day=None) | Q(last_day__gte=OuterRef("stake_day")),
        section__policy=OuterRef("pk"),
        first_day__lte=OuterRef("stake_day"),
    ).order_by()
    grouped = terms.values("section__policy")
    return (
        rows.annotate(stake_day=Greatest(F("inception_date"), Least(F("expiry_date"), Value(on, DateField()))))
        .annotate(
            stake_of_sections=Subquery(grouped.annotate(total=Sum(room_of_terms())).values("total")),
            stake_limits=Subquery(grouped.annotate(total=Count("limit")).values("total")),
        )
        .annotate(
            stake_amount=Coalesce("stake_of_sections", "premium", output_field=MONEY),
            stake=Case(
                When(stake_of_sections__isnull=False, stake_limits__gt=0, then=Value(Stake.LIMITS.value)),
                When(stake_of_sections__isnull=False, then=Value(Stake.SUM_INSURED.value)),
                When(premium__isnull=False, then=Value(Stake.PREMIUM.value)),
                default=Value(Stake.UNKNOWN.value),
            ),
        )
    )


def room_of_terms() -> Coalesce:
    """The most that a version of a section pays for one loss, as far as it is recorded: its limit (times the units it
    counts for), else its sum insured; in the policy's currency."""
    limit = Case(
        When(limit_basis=LimitBasis.PER_UNIT, then=Cast(F("limit") * F("units"), MONEY)),
        default=F("limit"),
        output_field=MONEY,
    )
    return Coalesce(limit, F("sum_insured"), output_field=MONEY)
