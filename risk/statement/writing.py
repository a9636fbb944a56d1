"""Writes a plan into the book, set by set: places, exposures, new values, corrections."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from common.copying import copy_rows
from profiles.models import Customer, Location
from risk.models import Exposure, ExposureValue
from risk.statement.plan import Plan, Step

CORRECT = """
    update risk_exposurevalue as v set amount = n.amount, currency = n.currency, basis = n.basis,
        indemnity_days = n.indemnity_days, verified_on = %(verified_on)s, verified_by_id = %(verified_by)s,
        version = v.version + 1, updated_at = now()
    from unnest(%(ids)s::uuid[], %(amounts)s::numeric[], %(currencies)s::text[], %(bases)s::text[], %(days)s::integer[])
        as n (id, amount, currency, basis, indemnity_days)
    where v.id = n.id
"""


def write(plan: Plan, customer: Customer, *, verified_on: Any = None, verified_by: User | None = None) -> None:
    """Writes all of it. Must run inside a transaction, with a plan made in it."""
    copy_rows(
        Location,
        ["id", "customer_id", "reference", "name", "address", "country"],
        ([row.id, customer.pk, row.reference, row.name, row.address, str(customer.country)] for row in plan.new_places),
    )
    add_exposures([step for step in plan.steps if step.is_new], customer)
    describe([step for step in plan.steps if not step.is_new and step.changes])
    copy_rows(
        ExposureValue,
        [
            *("customer_id", "exposure_id", "valued_on", "amount", "currency", "basis", "indemnity_days"),
            *("verified_on", "verified_by_id"),
        ],
        (
            [
                *(customer.pk, step.exposure_id, step.valued_on),
                *(step.after.amount, step.after.currency, step.after.basis, step.after.indemnity_days),
                *(verified_on, verified_by.pk if verified_by else None),
            ]
            for step in plan.steps
            if step.after is not None and step.corrects is None
        ),
    )
    correct([step for step in plan.steps if step.corrects], verified_on, verified_by)


def add_exposures(steps: Sequence[Step], customer: Customer) -> None:
    """One exposure for all steps about it: a file may give values of several days."""
    new = {step.exposure_id: step for step in reversed(steps)}
    copy_rows(
        Exposure,
        ["id", "customer_id", "location_id", "kind", "description", "value_index_id"],
        (
            [
                *(key, customer.pk, step.about.place.id if step.about.place else None),
                *(step.about.kind, step.about.description, step.changes.get("value_index_id")),
            ]
            for key, step in new.items()
        ),
    )


def describe(steps: Sequence[Step]) -> None:
    """Saves what is said of exposures themselves, those that change the same fields together."""
    now = timezone.now()
    alike: dict[tuple[str, ...], list[Exposure]] = {}
    for step in steps:
        row = Exposure(pk=step.exposure_id, updated_at=now, **step.changes)
        row.version = F("version") + 1
        alike.setdefault(tuple(sorted(step.changes)), []).append(row)
    for names, rows in alike.items():
        fields = ["value_index" if name == "value_index_id" else name for name in names]
        Exposure.objects.bulk_update(rows, [*fields, "version", "updated_at"], batch_size=1000)


def correct(steps: Sequence[Step], verified_on: Any, verified_by: User | None) -> None:
    """Puts values of a day right in place. Another figure is no longer the one that was verified."""
    if not steps:
        return
    figures = [step.after for step in steps if step.after is not None]
    with connection.cursor() as cursor:
        cursor.execute(
            CORRECT,
            {
                "ids": [str(step.corrects) for step in steps],
                "amounts": [row.amount for row in figures],
                "currencies": [row.currency for row in figures],
                "bases": [row.basis for row in figures],
                "days": [row.indemnity_days for row in figures],
                "verified_on": verified_on,
                "verified_by": verified_by.pk if verified_by else None,
            },
        )
