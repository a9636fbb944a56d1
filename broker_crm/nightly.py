"""The jobs of a night, in their order. Each may be run again on the same day: it finds nothing left to do."""

import datetime
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from accounts.models import User
from monitoring.services import runs
from programmes.services import renewals, updates

log = logging.getLogger(__name__)


@dataclass
class Night:
    """What each job said, and the names of those that failed."""

    said: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


def enrol_renewals(on: datetime.date, now: datetime.datetime, by: User) -> str:
    met = renewals.enrol(on=on, by=by)
    return f"{met.policies} policies enrolled, {met.renewals} renewals opened"


def draft_updates(on: datetime.date, now: datetime.datetime, by: User) -> str:
    met = updates.draft_due(on=on, by=by)
    if met.failed:
        raise RuntimeError(f"{met.failed} updates could not be released.")
    return f"{met.drafted} updates drafted, {met.refreshed} brought up to date, {met.released} released by themselves"


def run_monitors(on: datetime.date, now: datetime.datetime, by: User) -> str:
    run = runs.run_once(on=on, by=by, now=now)
    if run is None:
        return "monitors have run today already"
    late = ", late: a night was missed" if run.is_late else ""
    became = ("opened", "reopened", "changed", "resolved", "unchanged")
    totals = ", ".join(f"{run.total(what)} {what}" for what in became)
    return f"monitors: {totals}{late}"


STEPS: list[Callable[[datetime.date, datetime.datetime, User], str]] = [enrol_renewals, draft_updates, run_monitors]
"""The monitors come last and look at what the others left; that they have run for today says that the night is done."""


def run(*, on: datetime.date, now: datetime.datetime, say: Callable[[str], object] = log.info) -> Night:
    """Runs every job. One that fails is logged and named in the answer, and the others run all the same."""
    night, by = Night(), User.objects.system()
    for step in STEPS:
        try:
            words = step(on, now, by)
        except Exception:
            log.exception("The nightly job %s failed.", step.__name__)
            night.failed.append(step.__name__)
        else:
            night.said.append(words)
            say(words)
    return night
