"""Customers of whom something changed: their monitors run at once, not only at night."""

from uuid import UUID

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from accounts.acting import acting_as
from accounts.models import User
from common.dates import today
from common.monitor import Scope
from monitoring.services import locks, runs

AT_ONCE = 200
"""Customers that one transaction runs together."""

WAITING = "select customer_id from accounts_customercheck order by asked_at, customer_id limit %s"
# `xmin` names the transaction that last wrote a row: asking again writes the row anew.
SEEN = "select customer_id, xmin::text from accounts_customercheck where customer_id = any(%s)"
DONE = """
delete from accounts_customercheck where customer_id in (
    select waiting.customer_id from accounts_customercheck waiting
    join unnest(%s::uuid[], %s::text[]) as seen (customer_id, written_by)
        on seen.customer_id = waiting.customer_id and seen.written_by = waiting.xmin::text
    for update of waiting skip locked)
"""


def run_waiting(*, by: User) -> int:
    """Runs the monitors of the customers in line, unless another worker has them. Returns how many it did.

    A customer stays in line where somebody asked again while the run was on, for that change may not have been seen.
    """
    total = 0
    while done := _run_some(by):
        total += done
    return total


def _run_some(by: User) -> int:
    with acting_as(by), transaction.atomic(), connection.cursor() as cursor:
        seen = _take(cursor)
        if not seen:
            return 0
        runs.run_locked(cursor, Scope(today(), tuple(seen)), by=by)
        # Nobody who asks is kept waiting: the rows are not locked before this, and one held by somebody is left.
        cursor.execute(DONE, [list(seen), list(seen.values())])
        return cursor.rowcount


def _take(cursor: CursorWrapper) -> dict[UUID, str]:
    """The customers that are ours until the transaction ends, each with the mark of its row's last writer."""
    cursor.execute(WAITING, [AT_ONCE])
    free = locks.take_free(cursor, [customer_id for (customer_id,) in cursor.fetchall()])
    cursor.execute(SEEN, [free])  # looked at again now that they are ours: another worker may just have been done
    return dict(cursor.fetchall())
