"""The acts that findings ask for: done, and recorded as the decision on the findings they settle."""

import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from monitoring.models import Finding
from monitoring.models.findings import FindingQuerySet
from monitoring.services import decisions
from profiles.models import Customer
from profiles.services import customers
from programmes.models import Policy, Renewal
from programmes.services import renewals

ABOUT_RENEWAL = ("RENEWAL_DUE", "COVER_ENDS")


@transaction.atomic
def start_renewal(*, policy: Policy, on: datetime.date, by: User) -> Renewal:
    """Takes the policy's renewal in hand (one that is in hand stays so), with all the policies it holds.

    Raises WrongState where it is settled, NotRenewable where the policy cannot be renewed.
    """
    renewal = renewals.start_for(policy=policy, on=on, by=by)
    held = renewal.policies.values("pk")
    _decide(Finding.objects.filter(monitor__in=ABOUT_RENEWAL, about_id__in=held), renewal, by=by)
    return renewal


@transaction.atomic
def review_profile(*, customer: Customer, on: datetime.date, by: User, version: int, note: str = "") -> Customer:
    """Marks the customer's profile as reviewed. Raises StaleVersion."""
    reviewed = customers.mark_reviewed(customer=customer, on=on, by=by, version=version, note=note)
    _decide(Finding.objects.filter(monitor="PROFILE_REVIEW_DUE", subject_id=customer.pk), reviewed, by=by)
    return reviewed


def _decide(findings: FindingQuerySet, act: Renewal | Customer, *, by: User) -> None:
    ids: list[UUID] = list(findings.undecided().values_list("pk", flat=True))
    decisions.act(finding_ids=ids, act=act, by=by)
