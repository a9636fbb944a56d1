"""A customer's statement of values: what is exposed where, as at a day."""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from common.dates import add_months
from profiles.models import Customer, Location
from profiles.models.locations import LocationQuerySet
from risk.models import LOSS_KINDS, Exposure, ExposureKind, ExposureValue

OLD_MONTHS = 12
"""A value older than this is marked as old."""


def values_as_at(exposures: QuerySet[Exposure], on: datetime.date) -> QuerySet[ExposureValue]:
    """The latest value on or before the day of each of the exposures; those that have ended left out."""
    latest = (
        ExposureValue.objects.filter(exposure__in=exposures, valued_on__lte=on)
        .order_by("exposure_id", "-valued_on")
        .distinct("exposure_id")
    )
    return ExposureValue.objects.filter(pk__in=latest.values("pk"), amount__gt=0)


@dataclass(frozen=True)
class Column:
    """A kind that the customer has at its locations or that can be lost."""

    kind: str
    label: str


@dataclass(frozen=True)
class Total:
    """One currency's totals, over all rows: by kind in the order of the columns, and of all that can be lost.

    Persons and vehicles stand with the money where there is one currency, else in a row without one.
    """

    currency: str
    by_kind: list[tuple[str, Decimal | None]]
    at_risk: Decimal


@dataclass(frozen=True)
class Summary:
    """All values of a customer as at a day, save measures of the whole. Counts are of values."""

    on: datetime.date
    columns: list[Column]
    totals: list[Total]
    values: int
    unverified: int
    old: int
    oldest: datetime.date | None

    @property
    def currency(self) -> str:
        """The one currency that all amounts have; empty where they have several."""
        named = [total.currency for total in self.totals if total.currency]
        return named[0] if len(named) == 1 else ""


SUMMED = """
    select v.currency, e.kind, sum(v.amount) as total, count(*) as values,
        count(*) filter (where v.verified_on is null) as unverified,
        count(*) filter (where v.valued_on < %(old_before)s) as old, min(v.valued_on) as oldest
    from (
        select distinct on (exposure_id) exposure_id, amount, currency, valued_on, verified_on
        from risk_exposurevalue where customer_id = %(customer)s and valued_on <= %(on)s
        order by exposure_id, valued_on desc
    ) as v
    join risk_exposure as e on e.id = v.exposure_id
    where v.amount > 0 and (e.location_id is not null or e.kind = any(%(losses)s))
    group by v.currency, e.kind
"""
"""`values_as_at`, added up in one pass: no second look at tens of thousands of values by their keys."""


def summary(customer: Customer, on: datetime.date) -> Summary:
    """What the statement adds up to. One query, whatever the number of locations.

    A measure without a location (the revenue of the whole) is no part of the columns: `measures` has it.
    """
    given: dict[str, Any] = {
        "customer": customer.pk,
        "on": on,
        "old_before": add_months(on, -OLD_MONTHS),
        "losses": list(LOSS_KINDS),
    }
    with connection.cursor() as cursor:
        cursor.execute(SUMMED, given)
        names = [column.name for column in cursor.description]
        groups = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
    present = {group["kind"] for group in groups}
    columns = [Column(kind, str(label)) for kind, label in ExposureKind.choices if kind in present]
    amounts = {(group["currency"], group["kind"]): group["total"] for group in groups}
    currencies = sorted({group["currency"] for group in groups} - {""})
    numbers = any(group["currency"] == "" for group in groups)
    if numbers and len(currencies) == 1:  # nothing to tell apart: numbers stand in the same row as the money
        amounts |= {(currencies[0], kind): total for (currency, kind), total in amounts.items() if not currency}
    elif numbers:
        currencies.append("")
    return Summary(
        on=on,
        columns=columns,
        totals=[
            Total(
                currency=currency,
                by_kind=[(column.label, amounts.get((currency, column.kind))) for column in columns],
                at_risk=sum((amounts.get((currency, kind), Decimal(0)) for kind in LOSS_KINDS), Decimal(0)),
            )
            for currency in currencies
        ],
        values=sum(group["values"] for group in groups),
        unverified=sum(group["unverified"] for group in groups),
        old=sum(group["old"] for group in groups),
        oldest=min((group["oldest"] for group in groups), default=None),
    )


def stated_locations(customer: Customer, on: datetime.date) -> LocationQuerySet:
    """The locations that the statement lists: those the customer has on the day, and those given up with values."""
    given_up = Exposure.objects.filter(customer=customer, location__ended_on__lte=on)
    left = values_as_at(given_up, on).values("exposure__location")
    return Location.objects.filter(Q(ended_on=None) | Q(ended_on__gt=on) | Q(pk__in=left), customer=customer)


@dataclass
class Cell:
    """What a row says of one kind: nothing, or one or more values."""

    label: str
    values: list[ExposureValue] = field(default_factory=list)


@dataclass
class Row:
    """A location (None: not tied to one) with its values, kind by kind in the order of the columns."""

    location: Location | None
    cells: list[Cell]
    at_risk: list[tuple[str, Decimal]]
    valued_from: datetime.date | None
    valued_to: datetime.date | None
    unverified: int
    values: int
    is_old: bool

    @property
    def is_even(self) -> bool:
        """All values are of one day and all verified or none: said once for the row, not beside each."""
        return self.valued_from == self.valued_to and self.unverified in (0, self.values)


def rows_of(
    customer: Customer, locations: Sequence[Location | None], columns: Sequence[Column], on: datetime.date
) -> list[Row]:
    """The statement's rows for these locations; None is for what is tied to none, if there is any. One query."""
    at = [place.pk for place in locations if place is not None]
    wanted = Q(location__in=at)
    if None in locations:
        wanted |= Q(location=None, kind__in=LOSS_KINDS)
    by_place: dict[UUID | None, list[ExposureValue]] = defaultdict(list)
    found = values_as_at(Exposure.objects.filter(wanted, customer=customer), on).select_related("exposure")
    for value in found.order_by("exposure__description", "pk"):
        by_place[value.exposure.location_id].append(value)
    return [
        row(place, by_place[place.pk if place else None], columns, on)
        for place in locations
        if place is not None or by_place[None]
    ]


def row(location: Location | None, values: list[ExposureValue], columns: Sequence[Column], on: datetime.date) -> Row:
    cells = {column.kind: Cell(column.label) for column in columns}
    at_risk: dict[str, Decimal] = defaultdict(Decimal)
    for value in values:
        cells[value.exposure.kind].values.append(value)
        if value.exposure.kind in LOSS_KINDS:
            at_risk[value.currency] += value.amount
    days = [value.valued_on for value in values]
    return Row(
        location=location,
        cells=list(cells.values()),
        at_risk=sorted(at_risk.items()),
        valued_from=min(days, default=None),
        valued_to=max(days, default=None),
        unverified=sum(value.verified_on is None for value in values),
        values=len(values),
        is_old=bool(days) and is_old(min(days), on),
    )


def measures(customer: Customer, on: datetime.date) -> list[ExposureValue]:
    """Measures of the customer's size that belong to no location, in the order of the kinds. One query."""
    of_the_whole = Exposure.objects.filter(customer=customer, location=None).exclude(kind__in=LOSS_KINDS)
    rows = values_as_at(of_the_whole, on)
    order = ExposureKind.values
    return sorted(
        rows.select_related("exposure", "verified_by"),
        key=lambda value: (order.index(value.exposure.kind), value.exposure.description),
    )


def is_old(valued_on: datetime.date, on: datetime.date) -> bool:
    return valued_on < add_months(on, -OLD_MONTHS)
