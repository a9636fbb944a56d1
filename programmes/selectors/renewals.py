"""Renewals as people look for them."""

from typing import Any

from django.db.models import Count, F, Prefetch, Q, QuerySet, Subquery

from accounts.models import User
from programmes.models import Policy, Renewal, RenewalStage
from programmes.selectors.renewing import followers, is_followed


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
    """The policies that a renewal holds, each with `followed`: whether a bound policy takes over.

    Also `draft` and `draft_number`: the policy after it that is entered, but not bound yet.
    """
    drafts = followers(ends="expiry_date").filter(bound_on=None).order_by("inception_date", "pk")
    return (
        renewal.policies.select_related("class_of_business")
        .annotate(
            followed=is_followed(ends="expiry_date"),
            draft=Subquery(drafts.values("pk")[:1]),
            draft_number=Subquery(drafts.values("number")[:1]),
        )
        .order_by(F("class_of_business__rank"), "number")
    )
