"""Adding and changing one row, with its version and its entry in the record. Services of all apps build on these."""

from typing import Any, TypeVar

from django.db import transaction

from accounts.models import User
from accounts.services import audit
from common.exceptions import StaleVersion
from common.models import Record

Row = TypeVar("Row", bound=Record)


@transaction.atomic
def add(row: Row, what: audit.Action, *, by: User, note: str = "") -> Row:
    """Validates and inserts a new row and records it. Raises ValidationError with the fields named."""
    row.full_clean()
    row.save(force_insert=True)
    audit.record(what, row, by=by, customer_id=getattr(row, "customer_id", None), after=audit.values(row), note=note)
    return row


@transaction.atomic
def change(row: Row, what: audit.Action, *, by: User, version: int, note: str = "") -> Row:
    """Validates and saves a row that was edited at `version`, and records what changed. No change writes nothing.

    Raises StaleVersion when somebody saved it meanwhile, ValidationError with the fields named.
    """
    current = locked(row, version=version)
    before, after = audit.changes(current, row)
    row.version = version
    if not after:
        return row
    row.full_clean()
    row.version = version + 1
    row.save(force_update=True)
    audit.record(what, row, by=by, customer_id=getattr(row, "customer_id", None), before=before, after=after, note=note)
    return row


@transaction.atomic
def remove(row: Record, what: audit.Action, *, by: User, version: int, note: str = "") -> None:
    """Deletes a row that was looked at at `version` and records what it said. Raises StaleVersion, ProtectedError."""
    current = locked(row, version=version)
    before: dict[str, Any] = audit.values(current)
    audit.record(what, current, by=by, customer_id=getattr(current, "customer_id", None), before=before, note=note)
    current.delete()


def locked(row: Row, *, version: int) -> Row:
    """The row as the database has it, locked. Raises StaleVersion unless it is still at `version`."""
    current = type(row).locked(row.pk)
    if current.version != version:
        raise StaleVersion(current)
    return current
