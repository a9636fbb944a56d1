"""Policies as people look for them, with their state and leading insurer as at a day, and what was done with one."""

import datetime
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, When

from accounts.models import AuditEntry, User
from market.models import Insurer
from profiles.models import Customer
from programmes.models import (
    PARENT_KINDS,
    Declaration,
    Instalment,
    Participation,
    Policy,
    PolicyCondition,
    PolicyInsured,
    PolicyState,
    PremiumPart,
    Section,
    Terms,
)
from programmes.models.policies import PolicyQuerySet

OF_POLICY = (PolicyInsured, PremiumPart, Instalment, PolicyCondition, Declaration)
"""Tables of what belongs to a policy beside its sections."""


def policy_rows(user: User, *, on: datetime.date) -> PolicyQuerySet:
    """The policies a user may see, each with `state_on`, `has_ended`, `lead` and `insurers` as at the day."""
    return (
        with_insurers(Policy.objects.visible_to(user), on=on)
        .with_state(on)
        .annotate(has_ended=Case(When(Q(expiry_date__lt=on) | Q(cancelled_from__lte=on), then=True), default=False))
        .select_related("customer", "class_of_business")
    )


def with_insurers(rows: PolicyQuerySet, *, on: datetime.date) -> PolicyQuerySet:
    """Adds `lead`, the insurer that leads or has the largest line, and `insurers`, how many carry the policy."""
    lines = lines_on(on).filter(terms__section__policy=OuterRef("pk"), insurer__isnull=False)
    ranked = lines.order_by("terms__attachment_point", "-is_lead", "-signed_share", "insurer__name")
    counted = lines.order_by().values("terms__section__policy").annotate(rows=Count("insurer", distinct=True))
    return rows.annotate(lead=Subquery(ranked.values("insurer__name")[:1]), insurers=Subquery(counted.values("rows")))


def lines_on(on: datetime.date) -> QuerySet[Participation]:
    """The lines of the versions that hold on the day."""
    return Participation.objects.filter(Q(terms__last_day=None) | Q(terms__last_day__gte=on), terms__first_day__lte=on)


def carried_by(insurer: Insurer, *, on: datetime.date) -> Exists:
    """Whether the insurer has a line on the policy on the day."""
    return Exists(lines_on(on).filter(terms__section__policy=OuterRef("pk"), insurer=insurer))


def state_counts(rows: PolicyQuerySet) -> dict[str, int]:
    """How many of the rows are in each state; "" is all of them. The rows come from `policy_rows`."""
    found = rows.order_by().values("state_on").annotate(rows=Count("pk"))
    counts = dict(found.values_list("state_on", "rows"))
    return {"": sum(counts.values())} | {state: counts.get(state, 0) for state in PolicyState.values}


def contracts_under(contract: Policy, user: User, *, on: datetime.date) -> PolicyQuerySet:
    """What stands under a contract, of what a user may see, as rows of `policy_rows`; the latest first."""
    return policy_rows(user, on=on).filter(parent_contract=contract).order_by("-inception_date", "number", "pk")


def parents_for(policy: Policy) -> PolicyQuerySet:
    """The contracts that a policy may stand under: the customer's own and those that insure it, of fitting kinds."""
    kinds = {kind for fitting in PARENT_KINDS.values() for kind in fitting}
    rows = Policy.objects.insuring(policy.customer).filter(kind__in=kinds).exclude(pk=policy.pk)
    return rows.order_by("number", "inception_date", "pk")


def policies_of(customer: Customer, *, on: datetime.date) -> PolicyQuerySet:
    """A customer's policies as at the day, those that end first in front."""
    rows = with_insurers(Policy.objects.filter(customer=customer), on=on).with_state(on)
    return rows.select_related("class_of_business").order_by("expiry_date", "number", "pk")


def entries_of_policy(policy: Policy) -> QuerySet[AuditEntry]:
    """Everything done with a policy and what belongs to it, withdrawn and removed included, newest first."""
    sections = Section.objects.filter(policy=policy).values("pk")
    is_about = Q(object_type=Policy._meta.label_lower, object_id=policy.pk)
    is_about |= Q(object_type=Section._meta.label_lower, object_id__in=sections)
    # The history knows the rows that are no longer there.
    is_about |= _of(Terms, section_id__in=sections)
    for model in OF_POLICY:
        is_about |= _of(model, policy_id=policy.pk)
    return AuditEntry.objects.filter(is_about, customer_id=policy.customer_id).order_by("-at", "-id")


def _of(model: Any, **belonging: Any) -> Q:
    """Whether an entry is about a row of the model that belongs, or belonged, to a policy."""
    rows = model.pgh_event_model.objects.filter(**belonging).values("pgh_obj_id")
    return Q(object_type=model._meta.label_lower, object_id__in=rows)
