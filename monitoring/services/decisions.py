"""What people decide about findings: that they act on them, or that they dismiss them, and why."""

from collections.abc import Iterable
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions import action
from accounts.models import User
from accounts.services import audit, recording
from common.exceptions import WrongState
from monitoring.models import Decision, DecisionKind, Finding, FindingState

ACTED = action("finding.acted_on", gettext_lazy("acted on the finding"))
DISMISSED = action("finding.dismissed", gettext_lazy("dismissed the finding"))


@transaction.atomic
def act(*, finding_ids: Iterable[UUID], act: models.Model, by: User) -> list[Decision]:
    """Records that `by` acts on these findings by `act` (a renewal, a customer, an update).

    Findings that were resolved or decided meanwhile are left as they are, for there is nothing more to decide.
    """
    return [
        _decide(finding, ACTED, Decision(kind=DecisionKind.ACT, act_type=act._meta.label_lower, act_id=act.pk), by=by)
        for finding in _undecided(finding_ids)
    ]


@transaction.atomic
def dismiss(*, finding: Finding, reason: str, by: User, version: int, others: Iterable[UUID] = ()) -> Decision:
    """Records that nothing will be done about the finding, and why. It returns when what it rests on changes.

    `others` are dismissed with it, for the same reason; those resolved or decided meanwhile are left as they are.
    Raises StaleVersion when its figures changed meanwhile, WrongState when it is resolved or decided already,
    ValidationError without a reason.
    """
    current = recording.locked(finding, version=version)
    if current.state != FindingState.OPEN:
        raise WrongState(_("The finding is resolved: there is nothing to dismiss any more."))
    if current.decision is not None:
        raise WrongState(
            _("The finding is decided already (%(decision)s): it cannot be dismissed as well.")
            % {"decision": current.decision.get_kind_display()}
        )
    decision = _decide(current, DISMISSED, Decision(kind=DecisionKind.DISMISS, reason=reason.strip()), by=by)
    for other in _undecided(others):
        _decide(other, DISMISSED, Decision(kind=DecisionKind.DISMISS, reason=reason.strip()), by=by)
    return decision


def _undecided(finding_ids: Iterable[UUID]) -> list[Finding]:
    """Those of the findings that still wait, locked in the order in which a run locks them."""
    rows = Finding.objects.filter(pk__in=list(finding_ids)).order_by("pk").select_for_update(of=("self",))
    return [row for row in rows if row.state == FindingState.OPEN and row.decision_id is None]


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
        after={"decision": str(decision), "facts": finding.facts},
        note=decision.reason,
        check=False,  # a decision changes nothing that a monitor looks at
    )
    return decision
