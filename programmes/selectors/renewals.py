"""Renewals as people look for them."""

from typing import Any

from django.db.models import Count, F, Prefetch, Q, QuerySet

from accounts.models import User
from programmes.models import Policy, Renewal, RenewalStage
from programmes.selectors.renewing import is_followed


def renewal_rows(user: User) -> QuerySet[Renewal]:
    """The renewals a user may see, with their policies and the account manager."""
    held = Policy.objects.select_related("class_of_business").order_by("class_of_business__rank", "number")
    rows: QuerySet[Renewal] = Renewal.objects.visible_to(user)
    return rows.select_related("customer__portfolio__manager", "started_by").prefetch_related(
        Prefetch("policies", queryset=held)
    )


def stage_counts(rows: QuerySet[Renewal]) -> dict[str, int]:
    """How many of the renewals stand at each stage; "" counts those not settled."""
    stages = {stage.value: Count("pk", filter=Q(stage=stage)) for stage in RenewalStage}
    found: dict[str, Any] = rows.order_by().aggregate(**stages)
    return {"": found[RenewalStage.OPEN] + found[RenewalStage.IN_HAND], **found}


def policies_of(renewal: Renewal) -> QuerySet[Policy]:
    """The policies that a renewal holds, each with `followed`: whether a bound policy takes over."""
    return (
        renewal.policies.select_related("class_of_business")
        .annotate(followed=is_followed(ends="expiry_date"))
        .order_by(F("class_of_business__rank"), "number")
    )
