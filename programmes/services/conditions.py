"""What is done with warranties, subjectivities and conditions precedent: entered, changed, settled with evidence."""

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions import action
from accounts.models import User
from accounts.services import recording
from programmes.models import ConditionState, PolicyCondition

ADDED = action("condition.added", gettext_lazy("added"))
CHANGED = action("condition.changed", gettext_lazy("changed"))
SETTLED = action("condition.settled", gettext_lazy("settled"))
REOPENED = action("condition.reopened", gettext_lazy("opened again"))


def add(*, condition: PolicyCondition, by: User) -> PolicyCondition:
    """Adds a condition to its policy. Raises ValidationError with the fields named."""
    condition.customer_id = condition.policy.customer_id
    return recording.add(condition, ADDED, by=by)


def change(*, condition: PolicyCondition, by: User, version: int) -> PolicyCondition:
    """Saves what a condition asks and by when. Raises StaleVersion, ValidationError."""
    return recording.change(condition, CHANGED, by=by, version=version)


@transaction.atomic
def settle(
    *,
    condition: PolicyCondition,
    state: ConditionState,
    settled_on: datetime.date | None,
    evidence: str,
    by: User,
    version: int,
) -> PolicyCondition:
    """Says how a condition stands since a day, and what shows it; OPEN opens it again.

    Raises StaleVersion, and ValidationError with the fields named: what is satisfied has evidence, what is waived or
    breached says by whom or how.
    """
    current = recording.locked(condition, version=version)
    is_open = state == ConditionState.OPEN
    if not is_open and not evidence.strip():
        raise ValidationError({"evidence": _("Say what shows it, who waived it, or how it was breached.")})
    current.state, current.evidence = state, evidence.strip()
    current.settled_on = None if is_open else settled_on
    return recording.change(current, REOPENED if is_open else SETTLED, by=by, version=version)
