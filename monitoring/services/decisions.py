"""What people decide about findings: to act, to accept it for a time, that the customer declined, or to dismiss it."""

import datetime
from collections.abc import Callable, Iterable
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions import action
from accounts.models import User
from accounts.services import audit, recording
from common.dates import add_months
from common.exceptions import StaleVersion, WrongState
from common.monitor import Severity
from common.templatetags.ui import day_text
from monitoring.models import Decision, DecisionKind, Ending, Finding, FindingState
from profiles.models import Contact

ACTED = action("finding.acted_on", gettext_lazy("acted on the finding"))
ACCEPTED = action("finding.accepted", gettext_lazy("accepted the finding"))
ASKED = action("finding.acceptance_asked_for", gettext_lazy("asked to accept the finding"))
DECLINED = action("finding.declined", gettext_lazy("recorded that the customer declined the finding"))
DISMISSED = action("finding.dismissed", gettext_lazy("dismissed the finding"))
WITHDRAWN = action("finding.decision_withdrawn", gettext_lazy("withdrew the decision on the finding"))


def needs_approval(severity: int, amount_house: Decimal | None, *, threshold: Decimal | int) -> bool:
    """Whether accepting what is this grave, with so much at stake, takes a supervisor's approval.

    Amount and threshold are in the brokerage's currency. An amount that is not known may be any.
    """
    return severity == Severity.CRITICAL or amount_house is None or amount_house > threshold


def last_expiry(on: datetime.date) -> datetime.date:
    """The last day until which something may be accepted on that day."""
    return add_months(on, settings.ACCEPT_MONTHS)


@transaction.atomic
def act(*, finding_ids: Iterable[UUID], act: models.Model, by: User) -> list[Decision]:
    """Records that `by` acts on these findings by `act` (a renewal, a customer, an update).

    Findings that were resolved or decided meanwhile are left as they are, for there is nothing more to decide.
    """
    return [
        _decide(finding, ACTED, Decision(kind=DecisionKind.ACT, act_type=act._meta.label_lower, act_id=act.pk), by=by)
        for finding in _locked(finding_ids)
        if _waits(finding)
    ]


@transaction.atomic
def accept(
    *,
    finding: Finding,
    reason: str,
    expires_on: datetime.date,
    on: datetime.date,
    by: User,
    version: int,
    others: Iterable[UUID] = (),
) -> Decision:
    """Records that the finding is lived with through `expires_on`, and why; it opens again the day after.

    Where `needs_approval` says so it is only asked for, and stands once a supervisor approves it (`approvals`).
    `others` are accepted with it as `dismiss` does. Raises StaleVersion, WrongState, ValidationError with the field
    named where the reason is missing or the day is not within the months that the settings allow.
    """
    if not on < expires_on <= last_expiry(on):
        raise ValidationError(
            {
                "expires_on": _("Choose a day after today and no later than %(last)s.")
                % {"last": day_text(last_expiry(on))}
            }
        )
    reason = _required("reason", reason, _("Say why it is accepted."))

    def accepted(row: Finding) -> Decision:
        threshold = settings.ACCEPT_WITHOUT_APPROVAL
        return Decision(
            kind=DecisionKind.ACCEPT,
            reason=reason,
            expires_on=expires_on,
            needs_approval=needs_approval(row.severity, row.amount_house, threshold=threshold),
        )

    return _decide_all(finding, others, accepted, by=by, version=version)


@transaction.atomic
def decline(
    *,
    finding: Finding,
    recommended: str,
    contact: Contact,
    declined_on: datetime.date,
    language: str,
    on: datetime.date,
    by: User,
    version: int,
    reason: str = "",
    others: Iterable[UUID] = (),
) -> Decision:
    """Records that the customer's `contact` declined what was recommended, in which language that was said, and when.

    The contact's name and the finding in plain words are kept as they are on this day. `others` are declined with it as
    `dismiss` does. Raises StaleVersion, WrongState, ValidationError with the field named.
    """
    if contact.customer_id != finding.customer_id:
        raise ValidationError({"contact": _("This person is not a contact of the customer.")})
    if declined_on > on:
        raise ValidationError({"declined_on": _("This day is in the future.")})
    recommended = _required("recommended", recommended, _("Say what was recommended."))

    def declined(row: Finding) -> Decision:
        with translation.override(language):
            explained = row.plain
        return Decision(
            kind=DecisionKind.DECLINE,
            reason=reason.strip(),
            recommended=recommended,
            contact=contact,
            declined_by=f"{contact.name}, {contact.job_title}" if contact.job_title else contact.name,
            declined_on=declined_on,
            language=language,
            explained=explained,
        )

    return _decide_all(finding, others, declined, by=by, version=version)


@transaction.atomic
def dismiss(*, finding: Finding, reason: str, by: User, version: int, others: Iterable[UUID] = ()) -> Decision:
    """Records that nothing will be done about the finding, and why. It returns when what it rests on changes.

    `others` are dismissed with it, for the same reason; those resolved or decided meanwhile are left as they are.
    Raises StaleVersion when its figures changed meanwhile, WrongState when it is resolved or decided already,
    ValidationError without a reason.
    """
    reason = _required("reason", reason, _("Say why it is dismissed."))
    return _decide_all(
        finding, others, lambda row: Decision(kind=DecisionKind.DISMISS, reason=reason), by=by, version=version
    )


@transaction.atomic
def withdraw(*, decision: Decision, reason: str, by: User, version: int) -> Decision:
    """Takes back a decision that stands or awaits approval, so that the finding is open again.

    Raises StaleVersion, WrongState where it no longer stands, ValidationError without a reason.
    """
    reason = _required("reason", reason, _("Say why it shall no longer stand."))
    _finding, current = locked_with_finding(decision, version=version)
    if current.superseded_at is not None:
        raise WrongState(_("The decision no longer stands: there is nothing to withdraw."))
    end(current, Ending.WITHDRAWN, note=reason, by=by)
    audit.record(
        WITHDRAWN,
        current.finding,
        by=by,
        customer_id=current.customer_id,
        before={"decision": str(current)},
        after={"decision": ""},
        note=reason,
        check=False,  # a decision changes nothing that a monitor looks at
    )
    return current


def locked_with_finding(decision: Decision, *, version: int) -> tuple[Finding, Decision]:
    """Both rows locked, the finding first as a run locks it. Raises StaleVersion where the decision was touched."""
    finding = Finding.locked(decision.finding_id)
    current = recording.locked(decision, version=version)
    current.finding = finding
    return finding, current


def end(decision: Decision, ending: Ending, *, note: str, by: User) -> None:
    """Ends a decision whose finding is locked, and opens the finding again."""
    decision.superseded_at = timezone.now()
    decision.ending, decision.ending_note, decision.ended_by = ending, note, by
    decision.version += 1
    decision.full_clean()
    decision.save(force_update=True)
    finding = decision.finding
    if finding.decision_id == decision.pk:
        finding.decision = None
        finding.version += 1
        finding.save(update_fields=["decision", "version", "updated_at"])


WHAT = {
    DecisionKind.ACCEPT: ACCEPTED,
    DecisionKind.DECLINE: DECLINED,
    DecisionKind.DISMISS: DISMISSED,
}


def _decide_all(
    finding: Finding, others: Iterable[UUID], made: Callable[[Finding], Decision], *, by: User, version: int
) -> Decision:
    """Decides the finding, and alike those of the others that still wait."""
    rows = _locked([finding.pk, *others])
    current = next(row for row in rows if row.pk == finding.pk)
    if current.version != version:
        raise StaleVersion(current)
    if current.state != FindingState.OPEN:
        raise WrongState(_("The finding is resolved: there is nothing to decide any more."))
    if current.decision is not None:
        raise WrongState(
            _("The finding is decided already (%(decision)s): withdraw that before you decide otherwise.")
            % {"decision": current.decision.get_kind_display()}
        )
    decisions = []
    for row in [current, *(row for row in rows if row is not current and _waits(row))]:
        decision = made(row)
        what = ASKED if decision.needs_approval else WHAT[DecisionKind(decision.kind)]
        decisions.append(_decide(row, what, decision, by=by))
    return decisions[0]


def _locked(finding_ids: Iterable[UUID]) -> list[Finding]:
    """The findings, locked in the order in which a run locks them, so that nobody waits in a circle."""
    return list(Finding.objects.filter(pk__in=list(finding_ids)).order_by("pk").select_for_update(of=("self",)))


def _waits(finding: Finding) -> bool:
    return finding.state == FindingState.OPEN and finding.decision_id is None


def _required(name: str, words: str, complaint: str) -> str:
    """The words without the space around them. Raises ValidationError for the field where none are left."""
    if not words.strip():
        raise ValidationError({name: complaint})
    return words.strip()


def _decide(finding: Finding, what: audit.Action, decision: Decision, *, by: User) -> Decision:
    decision.finding, decision.customer_id = finding, finding.customer_id
    decision.facts, decision.decided_by = finding.facts, by
    decision.full_clean()
    decision.save(force_insert=True)
    finding.decision = decision
    finding.version += 1
    finding.save(update_fields=["decision", "version", "updated_at"])
    audit.record(
        what,
        finding,
        by=by,
        customer_id=finding.customer_id,
        after={"decision": str(decision), **audit.values(decision)},
        note=decision.reason or decision.recommended,
        check=False,  # a decision changes nothing that a monitor looks at
    )
    return decision
