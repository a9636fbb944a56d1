"""Running the monitors: over the whole book at night, and over customers of whom something changed.

Only a run for today writes findings. Any other day is looked at by `preview`, which writes nothing.
"""

import datetime
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.acting import acting_as
from accounts.models import User
from common.dates import today
from common.monitor import Monitor, Scope, Severity, catalogue
from monitoring.models import MonitorRun
from monitoring.services import found, locks, matching

NIGHT_BEGINS = datetime.time(2)
NIGHT_ENDS = datetime.time(6)
"""The book's run is due between these times of the house's day; later it counts as late."""


class NotToday(Exception):
    """Findings are written for today alone."""


@dataclass(frozen=True)
class FoundRow:
    """What a monitor would find on a day. `amount` in `currency`; `amount_house` in the house's, or unknown."""

    monitor: str
    customer_name: str
    known_as: str
    """The customer's key in the system it came from, else its portfolio: names are not unique."""
    severity: Severity
    amount: Decimal | None
    currency: str
    amount_house: Decimal | None
    due_on: datetime.date | None
    facts: dict[str, Any]


def run(
    *,
    on: datetime.date,
    by: User,
    customer_ids: Sequence[UUID] | None = None,
    monitors: Sequence[Monitor] | None = None,
    is_late: bool = False,
) -> MonitorRun:
    """Runs the monitors over the book, or over the customers given, and writes what became of the findings.

    Waits for other runs that look at the same customers. Raises NotToday unless `on` is today.
    """
    scope = Scope(on, None if customer_ids is None else tuple(customer_ids))
    with acting_as(by), transaction.atomic(), connection.cursor() as cursor:
        locks.take(cursor, scope)
        return run_locked(cursor, scope, by=by, monitors=monitors, is_late=is_late)


def run_once(*, on: datetime.date, by: User, now: datetime.datetime) -> MonitorRun | None:
    """Runs the book for today unless that has been done, marked late if a night was missed. None: it has been done."""
    with acting_as(by), transaction.atomic(), connection.cursor() as cursor:
        locks.take(cursor, Scope(on))
        last = MonitorRun.objects.of_the_book().order_by("-as_at").first()
        if last is not None and last.as_at >= on:
            return None
        return run_locked(cursor, Scope(on), by=by, is_late=is_late(last.as_at if last else None, now=now))


def is_late(last: datetime.date | None, *, now: datetime.datetime) -> bool:
    """Whether a run at `now` makes up for one that should have been: a day without one, or tonight's after the night.

    `last` is the day of the run before. The first run of all is not late.
    """
    if last is None:
        return False
    local = timezone.localtime(now)
    return last < local.date() - datetime.timedelta(days=1) or (last < local.date() and local.time() > NIGHT_ENDS)


def is_due(*, now: datetime.datetime) -> bool:
    """Whether the night has begun and the book has not been run for today."""
    local = timezone.localtime(now)
    if local.time() < NIGHT_BEGINS:
        return False
    return not MonitorRun.objects.of_the_book().filter(as_at__gte=local.date()).exists()


def run_locked(
    cursor: CursorWrapper,
    scope: Scope,
    *,
    by: User,
    monitors: Sequence[Monitor] | None = None,
    is_late: bool = False,
) -> MonitorRun:
    """The run itself, for one who holds the locks in this transaction. Raises NotToday."""
    if scope.as_at != today():
        raise NotToday(
            _("Findings are written for today, %(today)s, alone: %(day)s can only be looked at.")
            % {"today": today(), "day": scope.as_at}
        )
    chosen = catalogue() if monitors is None else list(monitors)
    record = MonitorRun.objects.create(
        as_at=scope.as_at,
        customer_ids=None if scope.customer_ids is None else list(scope.customer_ids),
        started_by=by,
        is_late=is_late,
    )
    gathered = found.gather(cursor, scope, chosen)
    began = time.perf_counter()
    counts = matching.match(cursor, scope, chosen, all_monitors=monitors is None, now=timezone.now())
    found.drop(cursor)
    record.counts = {code: _counts(rows.rows, counts.get(code, {})) for code, rows in gathered.items()}
    record.counts |= {code: _counts(0, gone) for code, gone in counts.items() if code not in gathered}
    record.milliseconds = {code: rows.milliseconds for code, rows in gathered.items()}
    record.milliseconds["matching"] = round((time.perf_counter() - began) * 1000)
    record.finished_at = timezone.now()
    record.save()
    return record


def _counts(rows: int, became: dict[str, int]) -> dict[str, int]:
    moved = {name: became.get(name, 0) for name in ("opened", "reopened", "changed")}
    return {
        "found": rows,
        **moved,
        "unchanged": rows - sum(moved.values()),
        "resolved": became.get("resolved", 0),
        "superseded": became.get("superseded", 0),
    }


def preview(*, on: datetime.date, customer_ids: Sequence[UUID] | None = None) -> list[FoundRow]:
    """What the monitors would find on any day, the gravest first. Writes nothing."""
    scope = Scope(on, None if customer_ids is None else tuple(customer_ids))
    with transaction.atomic(), connection.cursor() as cursor:
        found.gather(cursor, scope, catalogue())
        cursor.execute(
            "select n.monitor, c.name, case c.source when '' then p.name else c.source || ' ' || c.external_id end,"
            " n.severity, n.amount, n.currency, n.amount_house, n.due_on, n.facts::text"
            " from monitoring_found n join profiles_customer c on c.id = n.customer_id"
            " join accounts_portfolio p on p.id = c.portfolio_id"
            " order by n.severity desc, n.amount_house desc nulls last, n.due_on, c.name, n.monitor, n.subject_id"
        )
        rows = cursor.fetchall()
        found.drop(cursor)
    return [
        FoundRow(monitor, name, known_as, Severity(severity), amount, currency, amount_house, due_on, json.loads(facts))
        for monitor, name, known_as, severity, amount, currency, amount_house, due_on, facts in rows
    ]
