"""A customer's statement of values: what is exposed where, as at a day."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from common.dates import add_months
from common.money import minor_units
from market.selectors import indices
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

    Persons and vehicles stand with the money where there is one currency, else in a row without one. `indexed` is what
    can be lost brought to the day by the value indices, without the `unknown` values whose index has no figure.
    """

    currency: str
    by_kind: list[tuple[str, Decimal | None]]
    at_risk: Decimal
    indexed: Decimal
    unknown: int


@dataclass(frozen=True)
class Summary:
    """All values of a customer as at a day, save measures of the whole. Counts are of values."""

    on: datetime.date
    columns: list[Column]
    totals: list[Total]
    values: int
    with_index: int
    unverified: int
    old: int
    oldest: datetime.date | None

    @property
    def currency(self) -> str:
        """The one currency that all amounts have; empty where they have several."""
        named = [total.currency for total in self.totals if total.currency]
        return named[0] if len(named) == 1 else ""


SUMMED = """
    with standing as (
        select v.*, e.kind, e.value_index_id from (
            select distinct on (exposure_id) exposure_id, amount, currency, valued_on, verified_on
            from risk_exposurevalue where customer_id = %(customer)s and valued_on <= %(on)s
            order by exposure_id, valued_on desc
        ) as v
        join risk_exposure as e on e.id = v.exposure_id
        where v.amount > 0 and (e.location_id is not null or e.kind = any(%(losses)s))
    ),
    figures as (
        select value_index_id, valued_on, market_index_figure(value_index_id, valued_on) as start,
            market_index_figure(value_index_id, %(on)s) as finish
        from (select distinct value_index_id, valued_on from standing where value_index_id is not null) as pairs
    ),
    brought as (
        select s.*, case when s.value_index_id is null then s.amount
            else market_indexed(s.amount, f.start, f.finish, market_minor_units(s.currency)) end as indexed
        from standing as s left join figures as f using (value_index_id, valued_on)
    )
    select currency, kind, sum(amount) as total, count(*) as values, coalesce(sum(indexed), 0) as indexed,
        count(*) filter (where indexed is null) as unknown, count(value_index_id) as with_index,
        count(*) filter (where verified_on is null) as unverified,
        count(*) filter (where valued_on < %(old_before)s) as old, min(valued_on) as oldest
    from brought
    group by currency, kind
"""
"""`values_as_at`, added up in one pass: no second look at tens of thousands of values by their keys."""


def summary(customer: Customer, on: datetime.date, *, is_indexed: bool = False) -> Summary:
    """What the statement adds up to, as valued or brought to the day. One query, whatever the number of locations.

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
    shown = "indexed" if is_indexed else "total"
    amounts = {(group["currency"], group["kind"]): group[shown] for group in groups}
    losses = [group for group in groups if group["kind"] in LOSS_KINDS]
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
                at_risk=sum((row["total"] for row in losses if row["currency"] == currency), Decimal(0)),
                indexed=sum((row["indexed"] for row in losses if row["currency"] == currency), Decimal(0)),
                unknown=sum(row["unknown"] for row in losses if row["currency"] == currency),
            )
            for currency in currencies
        ],
        values=sum(group["values"] for group in groups),
        with_index=sum(group["with_index"] for group in groups),
        unverified=sum(group["unverified"] for group in groups),
        old=sum(group["old"] for group in groups),
        oldest=min((group["oldest"] for group in groups), default=None),
    )


def stated_locations(customer: Customer, on: datetime.date) -> LocationQuerySet:
    """The locations that the statement lists: those the customer has on the day, and those given up with values."""
    given_up = Exposure.objects.filter(customer=customer, location__ended_on__lte=on)
    left = values_as_at(given_up, on).values("exposure__location")
    return Location.objects.filter(Q(ended_on=None) | Q(ended_on__gt=on) | Q(pk__in=left), customer=customer)


@dataclass(frozen=True)
class Shown:
    """A value with the amount that is shown of it: as valued, or brought to the day. None: its index has no figure."""

    value: ExposureValue
    amount: Decimal | None


@dataclass
class Cell:
    """What a row says of one kind: nothing, or one or more values."""

    label: str
    values: list[Shown] = field(default_factory=list)


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
    unknown: int
    is_old: bool

    @property
    def is_even(self) -> bool:
        """All values are of one day and all verified or none: said once for the row, not beside each."""
        return self.valued_from == self.valued_to and self.unverified in (0, self.values)


def rows_of(
    customer: Customer,
    locations: Sequence[Location | None],
    columns: Sequence[Column],
    on: datetime.date,
    *,
    is_indexed: bool = False,
) -> list[Row]:
    """The statement's rows for these locations; None is for what is tied to none, if there is any.

    One query, and another where they are brought to the day by their indices.
    """
    at = [place.pk for place in locations if place is not None]
    wanted = Q(location__in=at)
    if None in locations:
        wanted |= Q(location=None, kind__in=LOSS_KINDS)
    by_place: dict[UUID | None, list[Shown]] = defaultdict(list)
    found = values_as_at(Exposure.objects.filter(wanted, customer=customer), on).select_related("exposure")
    for shown in shown_of(found.order_by("exposure__description", "pk"), on, is_indexed=is_indexed):
        by_place[shown.value.exposure.location_id].append(shown)
    return [
        row(place, by_place[place.pk if place else None], columns, on)
        for place in locations
        if place is not None or by_place[None]
    ]


def shown_of(values: Iterable[ExposureValue], on: datetime.date, *, is_indexed: bool) -> list[Shown]:
    """The values with the amounts to show. At most one query beside that of the values themselves."""
    rows = list(values)
    if not is_indexed:
        return [Shown(value, value.amount) for value in rows]
    named = [(index, value.valued_on) for value in rows if (index := value.exposure.value_index_id)]
    figures = indices.figures_of(named, on)
    return [Shown(value, brought(value, figures)) for value in rows]


def brought(
    value: ExposureValue, figures: dict[tuple[UUID, datetime.date], tuple[Decimal | None, Decimal | None]]
) -> Decimal | None:
    index = value.exposure.value_index_id
    if index is None:
        return value.amount
    start, end = figures[index, value.valued_on]
    if start is None or end is None:
        return None
    return indices.brought(value.amount, start, end, minor_units(value.currency))


def row(location: Location | None, values: list[Shown], columns: Sequence[Column], on: datetime.date) -> Row:
    cells = {column.kind: Cell(column.label) for column in columns}
    at_risk: dict[str, Decimal] = defaultdict(Decimal)
    for shown in values:
        kind = shown.value.exposure.kind
        cells[kind].values.append(shown)
        if kind in LOSS_KINDS and shown.amount is not None:
            at_risk[shown.value.currency] += shown.amount
    days = [shown.value.valued_on for shown in values]
    return Row(
        location=location,
        cells=list(cells.values()),
        at_risk=sorted(at_risk.items()),
        valued_from=min(days, default=None),
        valued_to=max(days, default=None),
        unverified=sum(shown.value.verified_on is None for shown in values),
        values=len(values),
        unknown=sum(shown.amount is None and shown.value.exposure.kind in LOSS_KINDS for shown in values),
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
