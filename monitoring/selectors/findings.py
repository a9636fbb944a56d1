"""Findings as people read them: with what was decided before, and what has changed since."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from accounts.models import User
from common.monitor import Monitor, Severity, catalogue
from monitoring import sentences
from monitoring.models import Decision, Finding, FindingState


@dataclass(frozen=True)
class Returned:
    """A decision beside the finding as it is now: the figures that changed since."""

    decision: Decision
    changes: list[sentences.ChangedFigure]


def returned(finding: Finding, decision: Decision) -> Returned:
    """The decision beside the finding as it is now."""
    if finding.definition is None:
        return Returned(decision, [])
    return Returned(decision, sentences.changed_figures(finding.definition, decision.facts, finding.facts))


def decisions_of(finding: Finding) -> list[Returned]:
    """All decisions on the finding, newest first, each beside the figures of now."""
    rows: QuerySet[Decision] = Decision.objects.filter(finding=finding).select_related("decided_by")
    return [returned(finding, decision) for decision in rows.order_by("-created_at", "-pk")]


@dataclass(frozen=True)
class Watched:
    """A monitor of the catalogue with the findings a user sees of it: how many hold, undecided, and of what level."""

    monitor: Monitor
    open: int
    undecided: int
    by_severity: list[tuple[Severity, int]]


def watched(user: User) -> list[Watched]:
    """The catalogue with its counts, by one query."""
    rows = (
        Finding.objects.visible_to(user)
        .filter(state=FindingState.OPEN)
        .order_by()
        .values("monitor", "severity")
        .annotate(rows=Count("pk"), undecided=Count("pk", filter=Q(decision=None)))
    )
    found: dict[str, dict[int, tuple[int, int]]] = {}
    for row in rows:
        found.setdefault(row["monitor"], {})[row["severity"]] = (row["rows"], row["undecided"])
    watched_ = []
    for monitor in catalogue():
        levels = found.get(monitor.code, {})
        watched_.append(
            Watched(
                monitor,
                open=sum(rows for rows, _undecided in levels.values()),
                undecided=sum(undecided for _rows, undecided in levels.values()),
                by_severity=[(level, levels[level][0]) for level in Severity if level in levels],
            )
        )
    return watched_
