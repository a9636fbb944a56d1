"""What is done with the controls of a risk."""

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit, recording
from common.dates import add_months
from common.exceptions import WrongState
from risk.models import Control
from risk.statement.rules import EARLIEST

ADDED = audit.action("control.added", _("added the control"))
CHANGED = audit.action("control.changed", _("changed the control"))
DONE = audit.action("control.settled", _("marked as done the control"))
OPENED = audit.action("control.resumed", _("opened again the control"))
REMOVED = audit.action("control.removed", _("removed the control"))

MONTHS_AHEAD = 120
"""A control due later than that is a slip of the year."""


@transaction.atomic
def add(*, control: Control, by: User, on: datetime.date) -> Control:
    """Adds a control to its risk. Raises ValidationError with the fields named."""
    control.customer_id = control.risk.customer_id
    refuse_slips(control, on)
    return recording.add(control, ADDED, by=by)


@transaction.atomic
def change(*, control: Control, by: User, version: int, on: datetime.date) -> Control:
    """Saves an edited control. Raises StaleVersion, ValidationError with the fields named."""
    refuse_slips(control, on)
    return recording.change(control, CHANGED, by=by, version=version)


@transaction.atomic
def finish(
    *, control: Control, done_on: datetime.date, evidence: str, by: User, version: int, on: datetime.date
) -> Any:
    """Marks a control as done on a day, not after `on`, with what shows it.

    Raises StaleVersion, WrongState for one that is done, ValidationError with the fields named.
    """
    current = recording.locked(control, version=version)
    if current.done_on is not None:
        raise WrongState(_("The control is done already."))
    current.done_on, current.evidence = done_on, evidence.strip()
    refuse_slips(current, on)
    return recording.change(current, DONE, by=by, version=version)


@transaction.atomic
def open_again(*, control: Control, by: User, version: int) -> Control:
    """Takes back that a control is done; the record keeps what was said. Raises StaleVersion, WrongState."""
    current = recording.locked(control, version=version)
    if current.done_on is None:
        raise WrongState(_("The control is open."))
    current.done_on, current.evidence = None, ""
    return recording.change(current, OPENED, by=by, version=version)


@transaction.atomic
def remove(*, control: Control, by: User, version: int) -> None:
    """Removes a control that was entered by mistake; the record keeps what it said. Raises StaleVersion."""
    recording.remove(control, REMOVED, by=by, version=version)


def refuse_slips(control: Control, on: datetime.date) -> None:
    """Raises ValidationError, naming each field, for days that cannot be meant."""
    wrong: dict[str, Any] = {}
    if control.due_on is not None and control.due_on > add_months(on, MONTHS_AHEAD):
        wrong["due_on"] = _("That day is more than ten years ahead.")
    elif control.due_on is not None and control.due_on < EARLIEST:
        wrong["due_on"] = _("That day is before 1900.")
    if control.done_on is not None and control.done_on > on:
        wrong["done_on"] = _("That day is still to come.")
    elif control.done_on is not None and control.done_on < EARLIEST:
        wrong["done_on"] = _("That day is before 1900.")
    if wrong:
        raise ValidationError(wrong)
