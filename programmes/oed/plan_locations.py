"""The locations of a file compared with those of the book: what is new, what differs, what each is worth from when."""

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from django.db.models import Min, Q, QuerySet
from django.utils.translation import gettext as _

from common.ids import uuid7
from profiles.models import ImportRow, Location
from programmes.models import Policy
from programmes.oed.keys import AccountKey, joined
from programmes.oed.locations import FIELD_COLUMNS, LocationRow
from programmes.oed.plan import KeptRow, LocationStep, Plan, ValueStep
from programmes.oed.reading import OedFile
from risk.models import Exposure, ExposureKind, ExposureValue

if TYPE_CHECKING:
    from programmes.oed.planning import CustomersOfFiles, Files

CHUNK = 5000
Item = TypeVar("Item")


def chunks(items: Sequence[Item], size: int = CHUNK) -> Iterator[Sequence[Item]]:
    """The items, so many at a time: a query names no more keys than that."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


@dataclass(slots=True)
class Worth:
    """An exposure of the book and its latest value, if it has one."""

    exposure_id: UUID
    value_id: UUID | None = None
    amount: Decimal | None = None
    currency: str = ""
    indemnity_days: int | None = None
    valued_on: datetime.date | None = None

    def has(
        self, value_id: UUID, amount: Decimal, currency: str, indemnity_days: int | None, valued_on: datetime.date
    ) -> None:
        self.value_id, self.amount, self.currency = value_id, amount, currency
        self.indemnity_days, self.valued_on = indemnity_days, valued_on


def plan_locations(plan: Plan, files: "Files", customers: "CustomersOfFiles", *, locks: bool) -> None:
    """Adds to the plan what becomes of the locations, and the rows it refuses for what the book says."""
    rows, repeated = once_each(files)
    there = locations_there(plan.choices.source, [row.key for row in rows], locks=locks)
    worth = worth_of(plan.choices.source, [location["id"] for location in there.values()], locks=locks)
    since = first_inceptions(plan.choices.source, files, customers)
    for row in rows:
        customer = customers.of(row.account)
        if customer is None:
            column, text = customers.refusal(row.account)
            files.refuse(OedFile.LOCATIONS, row.number, column, row.account.account, text)
            continue
        known = there.get(row.key)
        if known is not None and known["customer_id"] != customer.id:
            text = _("This location belongs to another customer: customers were told apart otherwise before.")
            files.refuse(OedFile.LOCATIONS, row.number, "LocNumber", row.reference, text)
            continue
        step = LocationStep(row, known["id"] if known else uuid7(), customer.id, is_new=known is None)
        if known:
            step.changes = {name: value for name, value in row.fields.items() if known[name] != value}
        step.values = list(values_of(row, worth.get(step.id, {}), since.get(row.account), plan.on))
        plan.locations.append(step)
        plan.count("locations", "create" if step.is_new else "update" if step.changes else "unchanged")
        plan.without_value += not row.values
        count_values(plan, step)
        if step.is_new or step.changes:
            customer.tally["locations"] += 1
        customer.tally["values"] += len(step.values)
    keep_rows(plan, repeated)
    plan.missing = missing_from(plan, files, customers)


def once_each(files: "Files") -> tuple[list[LocationRow], dict[str, list[LocationRow]]]:
    """One row for each location, and all rows by location. The standard repeats a location for each of its conditions;
    a repetition that says something else of the location itself is refused."""
    first: dict[str, LocationRow] = {}
    all_rows: dict[str, list[LocationRow]] = defaultdict(list)
    for row in files.locations:
        known = first.setdefault(row.key, row)
        column = row.differs_from(known)
        if column:
            text = _("This location stands in row %(row)d too, where it says otherwise.") % {"row": known.number}
            files.refuse(OedFile.LOCATIONS, row.number, column, "", text)
            continue
        all_rows[row.key].append(row)
    return list(first.values()), all_rows


def locations_there(source: str, keys: Sequence[str], *, locks: bool) -> dict[str, dict[str, Any]]:
    """Locations of the book by external id, with the fields a file may change."""
    there: dict[str, dict[str, Any]] = {}
    for chunk in chunks(keys):
        found: QuerySet[Any, Any] = Location.objects.filter(source=source, external_id__in=chunk)
        if locks:
            found = found.order_by("pk").select_for_update(of=("self",))
        for location in found.values("id", "external_id", "customer_id", *FIELD_COLUMNS.values()):
            there[location["external_id"]] = location
    return there


def worth_of(source: str, location_ids: Sequence[UUID], *, locks: bool) -> dict[UUID, dict[str, Worth]]:
    """For each location its exposures by kind, with their latest values."""
    worth: dict[UUID, dict[str, Worth]] = defaultdict(dict)
    for chunk in chunks(location_ids):
        by_exposure: dict[UUID, Worth] = {}
        exposures: QuerySet[Any, Any] = Exposure.objects.filter(location_id__in=chunk)
        exposures = exposures.filter(Q(description="") | Q(source=source)).order_by("pk")
        if locks:
            exposures = exposures.select_for_update(of=("self",))
        for pk, location_id, kind, own, key in exposures.values_list(
            "pk", "location_id", "kind", "source", "external_id"
        ):
            # One that came from here keeps its key, whatever a person made of its kind and description since.
            name = key.rpartition("/")[2] if own == source else kind
            if own == source or name not in worth[location_id]:
                by_exposure[pk] = worth[location_id][name] = Worth(pk)
        latest = (
            ExposureValue.objects.filter(exposure_id__in=list(by_exposure))
            .order_by("exposure_id", "-valued_on")
            .distinct("exposure_id")
            .values_list("exposure_id", "pk", "amount", "currency", "indemnity_days", "valued_on")
        )
        for exposure_id, value_id, amount, currency, days, valued_on in latest:
            by_exposure[exposure_id].has(value_id, amount, currency, days, valued_on)
    return worth


def first_inceptions(source: str, files: "Files", customers: "CustomersOfFiles") -> dict[AccountKey, datetime.date]:
    """The earliest inception of each account's policies: those of the file, else those of the book."""
    since: dict[AccountKey, datetime.date] = {}
    for section in files.sections:
        since[section.account] = min(section.inception, since.get(section.account, section.inception))
    wanted = {joined(*row.account): row.account for row in files.locations if row.account not in since}
    for chunk in chunks(customers.there()):
        policies = Policy.objects.filter(source=source, customer_id__in=chunk)
        for external_id, first in policies.values_list("external_id").annotate(first=Min("inception_date")):
            account = wanted.get(external_id.rpartition("/")[0])
            if account is not None:
                since[account] = min(first, since.get(account, first))
    return since


def values_of(
    row: LocationRow, worth: dict[str, Worth], since: datetime.date | None, on: datetime.date
) -> Iterator[ValueStep]:
    """The values of a location that the book does not have yet. 0 where nothing is known of is no exposure."""
    for kind, amount in row.values.items():
        known = worth.get(kind)
        days = row.indemnity_days if kind == ExposureKind.BUSINESS_INTERRUPTION else None
        currency = row.currency or (known.currency if known else "")
        if known is None or known.value_id is None:
            if amount:
                yield ValueStep(
                    known.exposure_id if known else uuid7(), known is None, kind, amount, currency, days, since or on
                )
            continue
        if amount == known.amount and (not amount or (currency == known.currency and days == known.indemnity_days)):
            continue
        last = known.valued_on or on
        day = since if since and since > last else on
        corrects = known.value_id if day <= last else None
        yield ValueStep(known.exposure_id, False, kind, amount, currency, days, last if corrects else day, corrects)


def count_values(plan: Plan, step: LocationStep) -> None:
    """Counts each amount above 0 of the row, and those that end an exposure."""
    changed = {value.kind: value for value in step.values}
    for kind, amount in step.row.values.items():
        if kind in changed:
            plan.count("values", "create" if changed[kind].corrects is None else "update")
        elif amount:
            plan.count("values", "unchanged")


def keep_rows(plan: Plan, rows: dict[str, list[LocationRow]]) -> None:
    """Keeps the rows of locations that are new or differ, and those that say something else that no sum uses."""
    kept = kept_before([step.id for step in plan.locations if not step.is_new])
    for step in plan.locations:
        said = [row.extra for row in rows[step.row.key]]
        if step.is_changed or kept.get(step.id) != said:
            plan.kept += [
                KeptRow(OedFile.LOCATIONS, row.number, Location._meta.label_lower, step.id, row.extra)
                for row in rows[step.row.key]
            ]


def kept_before(object_ids: Sequence[UUID]) -> dict[UUID, list[dict[str, str]]]:
    """What the rows of the last import that brought something of each object said that no sum uses."""
    kept: dict[UUID, list[dict[str, str]]] = {}
    runs: dict[UUID, UUID] = {}
    for chunk in chunks(object_ids):
        found = ImportRow.objects.filter(object_id__in=chunk).order_by("object_id", "-run_id", "number")
        for row in found.only("object_id", "run_id", "extra"):
            if row.object_id and runs.setdefault(row.object_id, row.run_id) == row.run_id:
                kept.setdefault(row.object_id, []).append(row.extra)
    return kept


def missing_from(plan: Plan, files: "Files", customers: "CustomersOfFiles") -> list[dict[str, str]]:
    """Locations of the book, of accounts in the locations file, that the file does not have. They stay as they are."""
    accounts = {joined(*row.account) for row in files.locations}
    listed = {row.key for row in files.locations}
    missing: list[dict[str, str]] = []
    for chunk in chunks(customers.there()):
        found = Location.objects.filter(source=plan.choices.source, customer_id__in=chunk, ended_on=None)
        for location in found.order_by("external_id"):
            key = location.external_id
            if key not in listed and key.rpartition("/")[0] in accounts:
                missing.append({"id": str(location.pk), "reference": location.reference, "name": str(location)})
    return missing
