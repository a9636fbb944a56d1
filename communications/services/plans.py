"""Contact plans: how often a customer hears from us. One is made by a person, or at night for a customer in care."""

import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit, recording
from common.dates import add_months
from communications.models import ContactPlan, UpdateMode
from profiles.models import Customer, CustomerStage

ADDED = audit.action("contact_plan.added", _("planned the customer's updates"))
CHANGED = audit.action("contact_plan.changed", _("changed the plan of updates"))


def default_plan(*, customer: Customer, on: datetime.date) -> ContactPlan:
    """A plan as the customer's tier suggests, not saved: read by a person first, the first one rhythm into care.

    Nothing is due before `on`: a customer long in care is written to at once, but not for the years gone by.
    """
    months = customer.tier.update_months
    first = add_months(customer.in_care_since or on, months)
    return ContactPlan(
        customer=customer, update_months=months, update_mode=UpdateMode.DRAFT, next_update_on=max(first, on)
    )


def add(*, plan: ContactPlan, by: User) -> ContactPlan:
    """Raises ValidationError, with the field named."""
    return recording.add(plan, ADDED, by=by)


def change(*, plan: ContactPlan, by: User, version: int) -> ContactPlan:
    """Raises StaleVersion, ValidationError."""
    return recording.change(plan, CHANGED, by=by, version=version)


@transaction.atomic
def add_missing(*, on: datetime.date, by: User) -> int:
    """Gives customers in care that have no plan the one their tier suggests. Returns how many.

    Customers being taken on, prospects and those gone get none: nobody has said yet that they want letters.
    """
    without = Customer.objects.filter(
        stage=CustomerStage.CUSTOMER, in_care_since__lte=on, contact_plan=None
    ).select_related("tier")
    plans = [default_plan(customer=customer, on=on) for customer in without.order_by("pk")]
    ContactPlan.objects.bulk_create(plans)
    for plan in plans:
        audit.record(ADDED, plan, by=by, customer_id=plan.customer_id, after=audit.values(plan), check=False)
    return len(plans)


def begin_next_round(*, customer: Customer, on: datetime.date, only_if_due: bool = False) -> None:
    """Moves the plan, if there is one, to the next update, counted from `on`. Part of releasing and of discarding."""
    plan = ContactPlan.objects.select_for_update().filter(customer=customer).first()
    if plan is None or (only_if_due and (plan.next_update_on is None or plan.next_update_on > on)):
        return
    plan.next_update_on = add_months(on, plan.update_months)
    plan.version += 1
    plan.save()
