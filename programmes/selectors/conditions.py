"""What a policy asks of its insured as at a day, what is due first in front."""

import datetime

from django.db.models import BooleanField, Case, F, Q, QuerySet, When

from programmes.models import ConditionState, Declaration, Policy, PolicyCondition


def conditions_of(policy: Policy, *, on: datetime.date) -> QuerySet[PolicyCondition]:
    """Warranties, subjectivities and conditions, the open ones first, each with `is_overdue`."""
    is_open = Q(state=ConditionState.OPEN)
    return (
        policy.conditions.select_related("section__policy")
        .annotate(is_open=_is(is_open), is_overdue=_is(is_open & Q(due_on__lt=on)))
        .order_by("-is_open", F("due_on").asc(nulls_last=True), "created_at", "pk")
    )


def declarations_of(policy: Policy, *, on: datetime.date) -> QuerySet[Declaration]:
    """Declarations in the order of their days, each with `is_overdue`."""
    return (
        policy.declarations.select_related("section__policy")
        .annotate(is_overdue=_is(Q(declared_on=None, due_on__lt=on)))
        .order_by("due_on", "created_at", "pk")
    )


def _is(condition: Q) -> Case:
    return Case(When(condition, then=True), default=False, output_field=BooleanField())
