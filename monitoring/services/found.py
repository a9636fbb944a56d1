"""What the monitors find, gathered in one temporary table that lasts as long as the run's transaction."""

import datetime
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db.backends.utils import CursorWrapper

from common.money import minor_units
from common.monitor import COLUMNS, Monitor, Scope

CREATE = """
create temporary table monitoring_found (
    monitor varchar(40) not null, subject_id uuid not null, customer_id uuid not null, about_id uuid not null,
    topic varchar(10) not null, severity smallint not null, amount numeric(19, 2), currency varchar(3) not null,
    amount_house numeric(19, 2), due_on date, facts jsonb not null
) on commit drop
"""
# Amounts go through the base currency, each leg at the latest rate on or before the day; without a rate: null.
COLLECT = """
insert into monitoring_found
with known as materialized (
    select currency, market_rate(currency, %s) as units_per_base
    from (select currency from market_exchangerate union select %s) as quoted
)
select %s, hit.subject, hit.customer, hit.about, %s, hit.severity, hit.amount,
    case when hit.amount is null then '' else hit.currency end,
    case when hit.currency = %s then round(hit.amount, %s)
        else round(hit.amount / own.units_per_base * house.units_per_base, %s) end,
    hit.due, hit.facts
from ({rows}) as hit (subject, customer, about, severity, amount, currency, due, facts)
left join known own on own.currency = hit.currency
left join known house on house.currency = %s
"""


@dataclass(frozen=True)
class Gathered:
    """How many findings a monitor has, and how long it took to find them."""

    rows: int
    milliseconds: int


def gather(cursor: CursorWrapper, scope: Scope, monitors: Iterable[Monitor]) -> dict[str, Gathered]:
    """Fills a new temporary table `monitoring_found`, by one statement for each monitor. `drop` takes it away."""
    cursor.execute(CREATE)
    gathered = {}
    monitors = list(monitors)
    for prepare in dict.fromkeys(monitor.prepare for monitor in monitors if monitor.prepare):
        prepare(scope)
    for monitor in monitors:
        began = time.perf_counter()
        rows = _insert(cursor, scope, monitor)
        gathered[monitor.code] = Gathered(rows, round((time.perf_counter() - began) * 1000))
    cursor.execute("analyze monitoring_found")
    return gathered


def drop(cursor: CursorWrapper) -> None:
    """Takes the table away, where the transaction goes on after the run."""
    cursor.execute("drop table monitoring_found")


def _insert(cursor: CursorWrapper, scope: Scope, monitor: Monitor) -> int:
    try:
        rows, params = monitor.rows(scope).order_by().values_list(*COLUMNS).query.sql_with_params()
    except EmptyResultSet:  # the ORM saw that nothing can match
        return 0
    cursor.execute(COLLECT.format(rows=rows), _arguments(scope.as_at, monitor, params))
    return cursor.rowcount


def _arguments(as_at: datetime.date, monitor: Monitor, params: tuple[Any, ...]) -> list[Any]:
    house, decimals = settings.HOUSE_CURRENCY, minor_units(settings.HOUSE_CURRENCY)
    before = [as_at, settings.BASE_CURRENCY, monitor.code, monitor.topic.value, house, decimals, decimals]
    return [*before, *params, house]
