"""What is done with a customer."""

import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit, recording
from common.exceptions import WrongState
from profiles.models import Customer

ADDED = audit.action("customer.added", _("added the customer"))
CHANGED = audit.action("customer.changed", _("changed the customer"))
REVIEWED = audit.action("customer.reviewed", _("reviewed the profile"))
TAKEN_INTO_CARE = audit.action("customer.taken_into_care", _("took the customer into care"))


def add(*, customer: Customer, by: User) -> Customer:
    """Adds a customer. Raises ValidationError with the fields named."""
    return recording.add(customer, ADDED, by=by)


def change(*, customer: Customer, by: User, version: int) -> Customer:
    """Saves an edited customer. Raises StaleVersion, ValidationError."""
    return recording.change(customer, CHANGED, by=by, version=version)


@transaction.atomic
def mark_reviewed(*, customer: Customer, on: datetime.date, by: User, version: int, note: str = "") -> Customer:
    """Records that the profile was gone through and is true as at `on`. Raises StaleVersion."""
    current = recording.locked(customer, version=version)
    current.profile_reviewed_on, current.profile_reviewed_by = on, by
    return recording.change(current, REVIEWED, by=by, version=version, note=note)


@transaction.atomic
def take_into_care(*, customer: Customer, on: datetime.date, by: User, version: int) -> Customer:
    """Ends the taking-on: findings about cover reach the worklist from now. Raises StaleVersion, WrongState."""
    current = recording.locked(customer, version=version)
    if not current.is_onboarding:
        raise WrongState(
            _("%(name)s is in care already, since %(day)s.") % {"name": current, "day": current.in_care_since}
        )
    current.in_care_since = on
    return recording.change(current, TAKEN_INTO_CARE, by=by, version=version)
