"""Locks between runs: the later run always sees what the earlier one left, so that no older look at a customer wins.

The book's run holds the book alone. A run of some customers shares the book with others and holds its customers alone.
All are advisory locks that end with the transaction, taken before the first look.
"""

import zlib
from collections.abc import Iterable
from uuid import UUID

from django.db.backends.utils import CursorWrapper

from common.monitor import Scope

BOOK = 7301
CUSTOMER = 7302
"""The first halves of the keys; the second is 0 for the book, and drawn from the id for a customer."""


def take(cursor: CursorWrapper, scope: Scope) -> None:
    """Waits until no other run looks at what this one is about to look at."""
    if scope.customer_ids is None:
        cursor.execute("select pg_advisory_xact_lock(%s, 0)", [BOOK])
        return
    cursor.execute("select pg_advisory_xact_lock_shared(%s, 0)", [BOOK])
    # In the order of the keys, so that two runs never wait for each other.
    keys = sorted({key_of(customer_id) for customer_id in scope.customer_ids})
    cursor.execute("select pg_advisory_xact_lock(%s, key) from unnest(%s::int[]) as key", [CUSTOMER, keys])


def take_free(cursor: CursorWrapper, customer_ids: Iterable[UUID]) -> list[UUID]:
    """Takes those of the customers that no run holds, and returns them. None while the book's run is at work."""
    cursor.execute("select pg_try_advisory_xact_lock_shared(%s, 0)", [BOOK])
    if not cursor.fetchone()[0]:
        return []
    by_key: dict[int, list[UUID]] = {}
    for customer_id in customer_ids:
        by_key.setdefault(key_of(customer_id), []).append(customer_id)
    cursor.execute(
        "select key from unnest(%s::int[]) as key where pg_try_advisory_xact_lock(%s, key)", [list(by_key), CUSTOMER]
    )
    return [customer_id for (key,) in cursor.fetchall() for customer_id in by_key[key]]


def key_of(customer_id: UUID) -> int:
    """32 bits for the lock. Two customers with the same bits wait for each other, and no harm is done."""
    return zlib.crc32(customer_id.bytes) - 2**31
