"""A supervisor's answer to somebody who asks to accept a finding."""

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions import action
from accounts.models import User
from accounts.services import audit
from common.exceptions import WrongState
from monitoring.models import Decision, Ending, FindingState
from monitoring.services import decisions

APPROVED = action("finding.acceptance_approved", gettext_lazy("approved accepting the finding"))
REFUSED = action("finding.acceptance_refused", gettext_lazy("did not approve accepting the finding"))


class OwnRequest(Exception):
    """Nobody approves what they asked for themselves."""


@transaction.atomic
def approve(*, decision: Decision, on: datetime.date, by: User, version: int, note: str = "") -> Decision:
    """Lets an acceptance stand that was asked for, on the facts of that day.

    Raises OwnRequest, StaleVersion, WrongState where it does not wait (any more) or its last day is over.
    """
    current = _asked_for(decision, by=by, version=version)
    if current.expires_on is not None and current.expires_on < on:
        raise WrongState(_("The time it was to be accepted for is over: it cannot be approved any more."))
    current.approved_by, current.approved_at, current.approval_note = by, timezone.now(), note.strip()
    current.version += 1
    current.full_clean()
    current.save(force_update=True)
    _record(APPROVED, current, by=by, note=current.approval_note)
    return current


@transaction.atomic
def refuse(*, decision: Decision, reason: str, by: User, version: int) -> Decision:
    """Turns down an acceptance that was asked for, so that the finding is open again.

    Raises OwnRequest, StaleVersion, WrongState where it does not wait (any more), ValidationError without a reason.
    """
    if not reason.strip():
        raise ValidationError({"note": _("Say why it is not approved.")})
    current = _asked_for(decision, by=by, version=version)
    decisions.end(current, Ending.REFUSED, note=reason.strip(), by=by)
    _record(REFUSED, current, by=by, note=reason.strip())
    return current


def _asked_for(decision: Decision, *, by: User, version: int) -> Decision:
    finding, current = decisions.locked_with_finding(decision, version=version)
    if current.decided_by_id == by.pk:
        raise OwnRequest(_("You asked for it yourself: another supervisor has to answer."))
    if finding.state != FindingState.OPEN:
        raise WrongState(_("The finding is resolved: there is nothing to accept any more."))
    if not current.is_waiting:
        raise WrongState(_("Nobody waits for an answer here any more."))
    return current


def _record(what: audit.Action, decision: Decision, *, by: User, note: str) -> None:
    audit.record(
        what,
        decision.finding,
        by=by,
        customer_id=decision.customer_id,
        after={"decision": str(decision), "expires_on": decision.expires_on},
        note=note,
        check=False,  # an approval changes nothing that a monitor looks at
    )
