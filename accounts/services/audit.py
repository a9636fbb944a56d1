"""The record of what was done. Every service ends by calling `record`, inside its own transaction."""

import datetime
import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction

from accounts.actions import Action, action
from accounts.models import CustomerCheck, User

CHECK_TASK = "monitoring.tasks.check_customers"
UNRECORDED = {"created_at", "updated_at", "version", "password", "last_login"}


def record(
    what: Action,
    on: models.Model,
    *,
    by: User,
    customer_id: UUID | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    note: str = "",
    check: bool = True,
) -> None:
    """Writes one entry to the record and asks for the customer to be checked again (unless `check` is false).

    The entry stands or falls with the transaction it is written in; the check is nudged when that commits.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("audit.record must be called inside the transaction of the act it records.")
    with connection.cursor() as cursor:
        # Begins with "with" because history takes no actor along for statements that begin with "select".
        cursor.execute(
            "with entry as (select audit_record(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)) select * from entry",
            [
                by.pk,
                by.name,
                what.code,
                customer_id,
                on._meta.label_lower,
                on.pk,
                str(on)[:300],
                json.dumps(before or {}, cls=DjangoJSONEncoder),
                json.dumps(after or {}, cls=DjangoJSONEncoder),
                note,
            ],
        )
    if customer_id and check:
        ask_for_checks([customer_id], by=by)


def ask_for_checks(customer_ids: Iterable[UUID], *, by: User) -> None:
    """Puts customers in line for their monitors. The row is the truth; the message only hurries the worker."""
    CustomerCheck.objects.bulk_create(
        [CustomerCheck(customer_id=customer_id, asked_by=by) for customer_id in sorted(set(customer_ids))],
        update_conflicts=True,
        unique_fields=["customer_id"],
        update_fields=["asked_by"],
    )
    transaction.on_commit(nudge, robust=True)


def nudge() -> None:
    """Hurries the worker. Without a broker the next sweep finds the same work."""
    from celery import current_app

    current_app.send_task(CHECK_TASK, ignore_result=True, retry=False)


def changes(before: models.Model, after: models.Model) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields that differ between two states of a row, as two dictionaries ready for the record."""
    old, new = {}, {}
    for field in after._meta.concrete_fields:
        if field.name in UNRECORDED or isinstance(field, models.GeneratedField):
            continue
        if getattr(before, field.attname) != getattr(after, field.attname):
            old[field.name], new[field.name] = plain(before, field), plain(after, field)
    return old, new


def values(instance: models.Model) -> dict[str, Any]:
    """The fields of a new row that say something, ready for the record."""
    return {
        field.name: plain(instance, field)
        for field in instance._meta.concrete_fields
        if field.name not in UNRECORDED
        and not field.primary_key
        and not isinstance(field, models.GeneratedField)
        and getattr(instance, field.attname) not in (None, "", [], {})
    }


def plain(instance: models.Model, field: "models.Field[Any, Any]") -> Any:
    """A field's value as JSON keeps it: amounts and days as text, a reference as its id and its name."""
    value = getattr(instance, field.attname)
    if value is None:
        return None
    if isinstance(field, models.ForeignKey):
        return {"id": str(value), "label": str(getattr(instance, field.name))}
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime.date | datetime.datetime):
        return value.isoformat()
    if isinstance(value, bool | int | float | str | list | dict):
        return value
    return str(value)


__all__ = ["Action", "action", "ask_for_checks", "changes", "nudge", "record", "values"]
