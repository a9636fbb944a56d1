"""Findings as people read them: with what was decided before, and what has changed since."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from accounts.models import User
from common import sentences
from common.monitor import Monitor, Severity, catalogue
from monitoring.models import Decision, Finding, FindingState


@dataclass(frozen=True)
class Returned:
    """A decision beside the finding as it is now: the figures that changed since."""

    decision: Decision
    changes: list[sentences.ChangedFigure]
    is_for_last_days: bool = False
    """No figure changed, but the last days before the end have begun."""


def returned(finding: Finding, decision: Decision) -> Returned:
    """The decision beside the finding as it is now."""
    if finding.definition is None:
        return Returned(decision, [])
    changes = sentences.changed_figures(finding.definition, decision.facts, finding.facts)
    began = decision.facts.get("last_days") is False and finding.facts.get("last_days") is True
    return Returned(decision, changes, is_for_last_days=began and not finding.facts.get("lapsed"))


def decisions_of(finding: Finding) -> list[Returned]:
    """All decisions on the finding, newest first, each beside the figures of now."""
    rows: QuerySet[Decision] = finding.decisions.select_related("decided_by", "approved_by", "ended_by")
    made = list(rows.order_by("-created_at", "-pk"))
    for decision in made:
        decision.customer = finding.customer
    return [returned(finding, decision) for decision in made]


@dataclass(frozen=True)
class Watched:
    """A monitor of the catalogue, and of the findings that a user sees: how many hold, how grave, how many wait."""

    monitor: Monitor
    open: int
    waiting: int
    by_severity: list[tuple[Severity, int]]


def watched(user: User) -> list[Watched]:
    """The catalogue with its counts, by two queries."""
    seen = Finding.objects.visible_to(user).order_by()
    holding = seen.filter(state=FindingState.OPEN).values("monitor", "severity").annotate(rows=Count("pk"))
    waiting = dict(
        seen.filter(pk__in=Finding.objects.on_worklist().values("pk"))
        .values("monitor")
        .annotate(rows=Count("pk"))
        .values_list("monitor", "rows")
    )
    levels: dict[str, dict[int, int]] = defaultdict(dict)
    for row in holding:
        levels[row["monitor"]][row["severity"]] = row["rows"]
    return [
        Watched(
            monitor,
            open=sum(levels[monitor.code].values()),
            waiting=waiting.get(monitor.code, 0),
            by_severity=[(level, levels[monitor.code][level]) for level in Severity if level in levels[monitor.code]],
        )
        for monitor in catalogue()
    ]
