"""Customers as their managers look for them, with what is next for each."""

import datetime

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from monitoring.models import Finding
from monitoring.models.findings import FindingState
from profiles.models import Customer, CustomerStage
from programmes.models import Policy
from programmes.selectors.renewing import last_day_of_cover

STAGES = {
    CustomerStage.CUSTOMER.value: Q(stage=CustomerStage.CUSTOMER, in_care_since__isnull=False),
    "ONBOARDING": Q(stage=CustomerStage.CUSTOMER, in_care_since=None),
    CustomerStage.PROSPECT.value: Q(stage=CustomerStage.PROSPECT),
    CustomerStage.LOST.value: Q(stage=CustomerStage.LOST),
    CustomerStage.DO_NOT_CONTACT.value: Q(stage=CustomerStage.DO_NOT_CONTACT),
}
"""Where a customer stands, by the word in the address of the list. None overlap, and together they are all."""


def customer_rows(user: User, *, on: datetime.date) -> QuerySet[Customer]:
    """The customers a user may see, each with `policies_in_force`, `next_expiry` and `open_findings` as at the day."""
    in_force = Policy.objects.in_force(on).filter(customer=OuterRef("pk")).order_by()
    counted = in_force.values("customer").annotate(rows=Count("*")).values("rows")
    first_to_end = in_force.annotate(ends=last_day_of_cover()).order_by("ends").values("ends")[:1]
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
    """How many of the rows stand at each stage. "ALL" is their sum: a customer stands at one stage alone."""
    stages = {stage: Count("pk", filter=rule) for stage, rule in STAGES.items()}
    return rows.order_by().aggregate(ALL=Count("pk"), **stages)


def has_open_findings() -> Exists:
    """Whether something about the customer waits on a worklist."""
    return Exists(Finding.objects.filter(customer=OuterRef("pk"), state=FindingState.OPEN, decision=None))
