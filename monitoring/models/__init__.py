from monitoring.models.decisions import Decision, DecisionKind, Ending
from monitoring.models.findings import Finding, FindingState
from monitoring.models.runs import MonitorRun

__all__ = ["Decision", "DecisionKind", "Ending", "Finding", "FindingState", "MonitorRun"]
