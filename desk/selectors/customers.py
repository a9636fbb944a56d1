"""Customers as their managers look for them, with what is next for each."""

import datetime

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from monitoring.models import Finding
from monitoring.models.findings import FindingState
from profiles.models import Customer
from programmes.models import Policy


def customer_rows(user: User, *, on: datetime.date) -> QuerySet[Customer]:
    """The customers a user may see, each with `policies_in_force`, `next_expiry` and `open_findings` as at the day."""
    in_force = Policy.objects.in_force(on).filter(customer=OuterRef("pk")).order_by()
    counted = in_force.values("customer").annotate(rows=Count("*")).values("rows")
    first_to_end = in_force.order_by("expiry_date").values("expiry_date")[:1]
    undecided = Finding.objects.on_worklist().filter(customer=OuterRef("pk")).order_by().values("customer")
    return (
        Customer.objects.visible_to(user)
        .select_related("portfolio__manager", "tier")
        .annotate(
            policies_in_force=Coalesce(Subquery(counted, output_field=IntegerField()), 0),
            next_expiry=Subquery(first_to_end),
            open_findings=Coalesce(Subquery(undecided.annotate(rows=Count("*")).values("rows")), 0),
        )
    )


def stage_counts(rows: QuerySet[Customer]) -> dict[str, int]:
    """How many of the rows stand at each stage, those being taken on counted beside."""
    return rows.order_by().aggregate(
        ALL=Count("pk"),
        CUSTOMER=Count("pk", filter=Q(stage="CUSTOMER")),
        PROSPECT=Count("pk", filter=Q(stage="PROSPECT")),
        LOST=Count("pk", filter=Q(stage="LOST")),
        ONBOARDING=Count("pk", filter=Q(in_care_since=None, stage="CUSTOMER")),
    )


def has_open_findings() -> Exists:
    """Whether something about the customer waits on a worklist."""
    return Exists(Finding.objects.filter(customer=OuterRef("pk"), state=FindingState.OPEN, decision=None))
