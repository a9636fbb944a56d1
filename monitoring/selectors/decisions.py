"""Decisions as people read them: listed by state, and one with all that defends it."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from monitoring.models import Decision, FindingState
from monitoring.models.decisions import AWAITS_APPROVAL

DAYS_AHEAD = 60
"""Acceptances that run out within so many days are listed apart."""

CURRENT = Q(superseded_at=None, finding__state=FindingState.OPEN)


class DecisionState(TextChoices):
    WAITING = "WAITING", _("Awaiting approval")
    EXPIRING = "EXPIRING", _("Running out in 60 days")
    ENDED = "ENDED", _("Ended")


def in_state(state: str, *, on: datetime.date) -> Q:
    """Which decisions those are; without a state: in force or awaiting approval, of findings that hold."""
    return {
        DecisionState.WAITING.value: CURRENT & AWAITS_APPROVAL,
        DecisionState.EXPIRING.value: CURRENT
        & ~AWAITS_APPROVAL
        & Q(expires_on__lte=on + datetime.timedelta(days=DAYS_AHEAD)),
        DecisionState.ENDED.value: ~CURRENT,
    }.get(state, CURRENT)


def decision_rows(user: User) -> QuerySet[Decision]:
    """The decisions in the user's sight, with what a list shows of them."""
    rows: QuerySet[Decision] = Decision.objects.visible_to(user).select_related(
        "finding", "customer__portfolio__manager", "decided_by", "approved_by", "ended_by"
    )
    return rows


def state_counts(rows: QuerySet[Decision], *, on: datetime.date) -> dict[str, int]:
    """How many there are in each state, "" for the current ones, by one query."""
    named = {state or "CURRENT": Count("pk", filter=in_state(state, on=on)) for state in ["", *DecisionState.values]}
    found = rows.order_by().aggregate(**named)
    return {"": found.pop("CURRENT"), **found}


@dataclass(frozen=True)
class Answerable:
    """A decision in a list, and whether the user may approve or refuse it."""

    decision: Decision
    may_answer: bool


def may_answer(user: User, decision: Decision) -> bool:
    """Whether the user is the supervisor who may approve it. Costs no query where the customer is loaded."""
    return (
        decision.is_waiting
        and decision.decided_by_id != user.pk
        and decision.finding.state == FindingState.OPEN
        and user.reach.may_approve(decision.customer.portfolio_id)
    )
