"""Adequacy: runs adequacy.sql, which leaves its answer in temporary tables of the transaction, and reads it."""

import datetime
import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection, transaction

SOURCE = Path(__file__).parent.parent / "adequacy.sql"
TABLES = [
    "customer", "rate", "policy", "value", "section", "category", "linked", "risk", "part", "band", "piece", "paid", "scale",
]  # fmt: skip


@cache
def statements() -> tuple[str, ...]:
    """The statements of adequacy.sql in order."""
    return tuple(SOURCE.read_text(encoding="utf-8").split("\n---\n"))


def work_out(
    *,
    on: datetime.date,
    customers: Iterable[UUID] | None = None,
    what_if: Sequence[dict[str, Any]] = (),
    loss: Decimal | None = None,
) -> None:
    """Fills the temporary tables for the day: of these customers, or of the whole book. Within a transaction only.

    `what_if` replaces terms: {"section": id} with any of limit, deductible_amount, attachment_point, share. `loss` (in
    the customer's currency) takes the place of every largest loss.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("Adequacy is worked out inside a transaction: its tables last as long.")
    given = {
        "day": on,
        "customers": None if customers is None else list(customers),
        "what_if": json.dumps(list(what_if), default=str),
        "loss": loss,
    }
    with connection.cursor() as cursor:
        cursor.execute(f"drop table if exists {', '.join(f'adequacy_{name}' for name in TABLES)}")
        for statement in statements():
            cursor.execute(statement, given)


def rows(query: str, *given: Any) -> list[dict[str, Any]]:
    """What a query over the temporary tables finds, each row by name."""
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


@transaction.atomic
def sums_of(customer_id: UUID, *, on: datetime.date) -> dict[UUID, dict[str, Any]]:
    """Each risk of a customer with its largest loss, what insurers would pay, what is left, and its steps."""
    work_out(on=on, customers=[customer_id])
    found = {
        row["risk_id"]: row | {"steps": {}} for row in rows("select * from adequacy_risk where variant = 'ACTUAL'")
    }
    for step in rows("select * from adequacy_band where variant = 'ACTUAL' order by low, section_id"):
        found[step["risk_id"]]["steps"][step["section_id"]] = step
    return found
