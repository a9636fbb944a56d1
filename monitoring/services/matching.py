"""Brings the findings in line with what the monitors found, by a few statements for all of it.

What did not change is not written.
"""

import datetime
import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.backends.utils import CursorWrapper

from common.monitor import Monitor, Scope, Severity

# An exchange rate moves every day; an amount that only ranks findings follows it when it has moved by more than 1%.
DIFFERS = """
    (f.severity, f.amount, f.currency, f.due_on, f.about_id, f.customer_id, f.topic, f.facts)
        is distinct from (n.severity, n.amount, n.currency, n.due_on, n.about_id, n.customer_id, n.topic, n.facts)
    or (f.amount_house is null) <> (n.amount_house is null)
    or abs(f.amount_house - n.amount_house) > 0.01 * f.amount_house
"""
# A fact that a decision does not have came to the monitor later: nothing says that it has changed.
CHANGED = """
    exists (
        select from jsonb_array_elements_text(%(material)s::jsonb -> n.monitor) as fact (name)
        where d.facts ? fact.name and d.facts -> fact.name is distinct from n.facts -> fact.name)
"""
# What was accepted by one person alone, as little was at stake, asks for a supervisor when that is no longer so.
OUTGROWN = """
    d.kind = 'ACCEPT' and not d.needs_approval
    and (n.severity = %(critical)s or n.amount_house is null or n.amount_house > %(threshold)s)
"""
# Why the decision on a finding that was found no longer stands; null where it does, or where there is none.
ENDING = f"""
    case
        when d.id is null then null
        when f.state <> 'OPEN' then 'RETURNED'
        when {CHANGED} then 'CHANGED'
        when d.expires_on < %(on)s then 'EXPIRED'
        when {OUTGROWN} then 'OUTGROWN'
    end
"""
CLASSIFY = f"""
create temporary table monitoring_change on commit drop as
select f.id, 'resolved' as becomes, f.decision_id,
    case when d.needs_approval and d.approved_at is null then 'RESOLVED' end as ending
from monitoring_finding f
left join monitoring_decision d on d.id = f.decision_id
where f.state = 'OPEN' and {{in_scope}}
    and not exists (select from monitoring_found n where n.monitor = f.monitor and n.subject_id = f.subject_id)
union all
select f.id, case f.state when 'OPEN' then 'changed' else 'reopened' end, f.decision_id, ended.because
from monitoring_found n
join monitoring_finding f on f.monitor = n.monitor and f.subject_id = n.subject_id
left join monitoring_decision d on d.id = f.decision_id
cross join lateral (select {ENDING}) as ended (because)
where f.state <> 'OPEN' or {DIFFERS} or ended.because is not null
"""  # noqa: S608  made of constants
# Rows are locked in the order of their keys, here and where people decide, so that nobody waits in a circle.
LOCK = """
with locked as (
    select f.id from monitoring_finding f join monitoring_change c on c.id = f.id order by f.id for update of f
) select count(*) from locked
"""
RESOLVE = """
update monitoring_finding f
set state = 'RESOLVED', resolved_at = %(now)s,
    decision_id = case when c.ending is not null and c.decision_id = f.decision_id then null else f.decision_id end,
    updated_at = %(now)s, version = f.version + 1
from monitoring_change c where c.id = f.id and c.becomes = 'resolved'
"""
# A decision made between the look and the lock is newer than the facts it might contradict: it stands.
CHANGE = """
update monitoring_finding f
set customer_id = n.customer_id, about_id = n.about_id, topic = n.topic, severity = n.severity, amount = n.amount,
    currency = n.currency, amount_house = n.amount_house, due_on = n.due_on, facts = n.facts,
    state = 'OPEN', resolved_at = null,
    opened_at = case c.becomes when 'reopened' then %(now)s else f.opened_at end,
    times_reopened = f.times_reopened + case c.becomes when 'reopened' then 1 else 0 end,
    decision_id = case when c.ending is not null and c.decision_id = f.decision_id then null else f.decision_id end,
    updated_at = %(now)s, version = f.version + 1
from monitoring_change c, monitoring_found n
where c.id = f.id and c.becomes in ('changed', 'reopened') and n.monitor = f.monitor and n.subject_id = f.subject_id
"""
SUPERSEDE = """
update monitoring_decision d
set superseded_at = %(now)s, ending = c.ending, updated_at = %(now)s, version = d.version + 1
from monitoring_change c where c.ending is not null and c.decision_id = d.id and d.superseded_at is null
"""
OPEN = """
insert into monitoring_finding (monitor, customer_id, subject_id, about_id, topic, severity, amount, currency,
    amount_house, due_on, facts, state, opened_at, times_reopened, created_at, updated_at)
select n.monitor, n.customer_id, n.subject_id, n.about_id, n.topic, n.severity, n.amount, n.currency,
    n.amount_house, n.due_on, n.facts, 'OPEN', %(now)s, 0, %(now)s, %(now)s
from monitoring_found n
where not exists (select from monitoring_finding f where f.monitor = n.monitor and f.subject_id = n.subject_id)
"""
COUNT = """
select f.monitor, c.becomes, count(*), count(*) filter (where c.ending is not null)
from monitoring_change c join monitoring_finding f on f.id = c.id group by 1, 2
"""
COUNT_OPENED = """
with opened as ({open} returning monitor) select monitor, count(*) from opened group by 1
"""

Counts = dict[str, dict[str, int]]


def match(
    cursor: CursorWrapper,
    scope: Scope,
    monitors: Iterable[Monitor],
    *,
    all_monitors: bool,
    now: datetime.datetime,
) -> Counts:
    """Opens, reopens, changes and resolves findings after `monitoring_found`. Returns what became of how many.

    Ends the decisions that no longer stand, and says in each why (`monitoring.models.Ending`).

    With all monitors, findings of a monitor that is no longer in the catalogue are resolved too.
    """
    monitors = list(monitors)
    values: dict[str, Any] = {
        "now": now,
        "on": scope.as_at,
        "critical": Severity.CRITICAL.value,
        "threshold": settings.ACCEPT_WITHOUT_APPROVAL,
        "material": json.dumps({monitor.code: monitor.material for monitor in monitors}),
        "codes": None if all_monitors else [monitor.code for monitor in monitors],
        "customers": None if scope.customer_ids is None else list(scope.customer_ids),
    }
    conditions = ["true"]
    if not all_monitors:
        conditions.append("f.monitor = any(%(codes)s)")
    if scope.customer_ids is not None:
        conditions.append("f.customer_id = any(%(customers)s::uuid[])")
    counts: Counts = defaultdict(lambda: defaultdict(int))
    cursor.execute(CLASSIFY.format(in_scope=" and ".join(conditions)), values)
    if cursor.rowcount:
        cursor.execute(LOCK)
        cursor.execute(RESOLVE, values)
        cursor.execute(CHANGE, values)
        cursor.execute(SUPERSEDE, values)
        cursor.execute(COUNT)
        for monitor, becomes, rows, superseded in cursor.fetchall():
            counts[monitor][becomes] += rows
            counts[monitor]["superseded"] += superseded
    cursor.execute(COUNT_OPENED.format(open=OPEN), values)
    for monitor, rows in cursor.fetchall():
        counts[monitor]["opened"] += rows
    cursor.execute("drop table monitoring_change")
    return counts


__all__ = ["Counts", "match"]
