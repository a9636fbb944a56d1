"""The statement of values as it is written to a file and laid out as a grid."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from common.files import write_csv
from common.sheets import write_xlsx
from profiles.models import Customer, Location
from risk.models import COUNTED_KINDS, LOSS_KINDS, Exposure, ExposureKind, ExposureValue, ValuationBasis
from risk.selectors.values import values_as_at
from risk.statement import tokens
from risk.statement.columns import HEADINGS, WIDTHS
from risk.statement.lines import Figures

# Files

STATED = """
    select l.id as location_id, l.reference, l.name, l.address, l.city, e.id as exposure_id, e.kind, e.description,
        v.amount, v.currency, v.valued_on, v.basis, v.indemnity_days, coalesce(i.code, '') as index_code
    from (
        select distinct on (exposure_id) exposure_id, amount, currency, valued_on, basis, indemnity_days
        from risk_exposurevalue where customer_id = %(customer)s and valued_on <= %(on)s
        order by exposure_id, valued_on desc
    ) as v
    join risk_exposure as e on e.id = v.exposure_id and v.amount > 0
    left join market_valueindex as i on i.id = e.value_index_id
    full join (
        select * from profiles_location where customer_id = %(customer)s
    ) as l on l.id = e.location_id
    where e.id is not null or l.ended_on is null or l.ended_on > %(on)s
    order by l.reference nulls first, l.name, l.id, array_position(%(kinds)s, e.kind::text), e.description, e.id
"""
"""A row for each value that counts on the day, and one for each location that has none."""


def stated(customer: Customer, on: datetime.date) -> Iterator[dict[str, Any]]:
    """The statement as at a day, row by row. One query."""
    with connection.cursor() as cursor:
        cursor.execute(STATED, {"customer": customer.pk, "on": on, "kinds": list(ExposureKind.values)})
        names = [column.name for column in cursor.description]
        for row in cursor:
            yield dict(zip(names, row, strict=True))


def as_xlsx(customer: Customer, on: datetime.date) -> bytes:
    """The statement as a workbook that can be changed and given back."""
    headings = [str(heading) for heading in HEADINGS.values()]
    return write_xlsx(headings, file_rows(customer, on), title=on.isoformat(), widths=WIDTHS)


def as_csv(customer: Customer, on: datetime.date) -> bytes:
    """The same as CSV."""
    return write_csv([str(heading) for heading in HEADINGS.values()], file_rows(customer, on))


def file_rows(customer: Customer, on: datetime.date) -> Iterator[list[Any]]:
    """The cells of each row, in the order of HEADINGS."""
    bases, kinds = dict(ValuationBasis.choices), dict(ExposureKind.choices)
    for row in stated(customer, on):
        place = [row["reference"], row["name"], row["address"]]
        if row["exposure_id"] is None:
            yield [*place, *[""] * 8, str(row["location_id"]), "", ""]
            continue
        figures = Figures(row["amount"], row["currency"], row["basis"], row["indemnity_days"])
        yield [
            *place,
            str(kinds[row["kind"]]),
            row["description"],
            row["amount"],
            row["currency"],
            row["valued_on"],
            "" if row["kind"] in COUNTED_KINDS else str(bases[row["basis"]]),
            row["index_code"],
            row["indemnity_days"],
            str(row["location_id"] or ""),
            str(row["exposure_id"]),
            tokens.of_row(on, figures, row["valued_on"], row["description"], row["index_code"]),
        ]


# The grid

USUAL_KINDS = [*LOSS_KINDS[:5]]
"""Columns that a grid has even where nothing stands in them yet."""


@dataclass(slots=True)
class GridCell:
    """A field of the grid. `was` is its text as saved, `text` what stands in it.

    `name` says what it is about and what stood in it when it was drawn; `identities` is that without what stood in it,
    by which what was typed finds its cell again when the grid is drawn anew.
    """

    name: str
    label: str
    was: str = ""
    text: str = ""
    identities: tuple[str, ...] = ()
    is_loss: bool = False
    is_words: bool = False
    error: str = ""
    now: str | None = None
    """What somebody else saved meanwhile."""
    is_changed: bool = False
    anchor: str = ""
    """Where a trouble is linked to."""


@dataclass(slots=True)
class GridRow:
    """A location (None: not tied to one), or one of several descriptions at it."""

    location: Location | None
    description: str
    cells: list[GridCell] = field(default_factory=list)


def grid_kinds(customer: Customer, *, with_all: bool) -> list[str]:
    """The kinds that a grid has columns for, in their order. One query."""
    if with_all:
        return list(ExposureKind.values)
    used = set(Exposure.objects.filter(customer=customer).values_list("kind", flat=True).distinct())
    return [kind for kind in ExposureKind.values if kind in used or kind in USUAL_KINDS]


def grid_rows(
    customer: Customer, places: Sequence[Location | None], kinds: Sequence[str], on: datetime.date
) -> list[GridRow]:
    """The rows of the grid for these locations as at a day, each with a cell for each kind. One query."""
    standing: dict[tuple[UUID | None, str, str], ExposureValue] = {}
    exposures = Exposure.objects.filter(customer=customer, kind__in=kinds)
    at = [place.pk for place in places if place is not None]
    wanted = exposures.filter(location__in=at)
    if None in places:
        wanted = wanted | exposures.filter(location=None)
    descriptions: dict[UUID | None, set[str]] = {}
    for value in values_as_at(wanted, on).select_related("exposure").order_by("pk"):
        exposure = value.exposure
        standing[exposure.location_id, exposure.description, exposure.kind] = value
        descriptions.setdefault(exposure.location_id, set()).add(exposure.description)
    rows = []
    for place in places:
        key = place.pk if place else None
        found = sorted(descriptions.get(key, set()) | ({""} if place is None else set())) or [""]
        for description in found:
            row = GridRow(place, description)
            for kind in kinds:
                value_there = standing.get((key, description, kind))
                row.cells.append(cell_of(row, kind, value_there, on=on, currency=customer.currency))
            rows.append(row)
    return rows


def cell_of(row: GridRow, kind: str, value: ExposureValue | None, *, on: datetime.date, currency: str) -> GridCell:
    """A cell, whose name says what it is about and what stood in it when it was drawn."""
    place, description = row.location, row.description
    figures = None if value is None else Figures(value.amount, value.currency, value.basis, value.indemnity_days)
    token = tokens.of_cell(on, figures)
    was = "" if figures is None else cell_text(figures, currency)
    where = " · ".join(part for part in (str(place) if place else "", description) if part)
    label = f"{where}: {ExposureKind(kind).label}" if where else str(ExposureKind(kind).label)
    empty = f"n|{place.pk if place else ''}|{kind}"
    about = f"e|{value.exposure_id}|{kind}" if value else empty
    identities = (f"{about}|{description}", f"{empty}|{description}")
    return GridCell(f"{about}|{token}|{description}", label, was, was, identities, is_loss=kind in LOSS_KINDS)


def cell_text(figures: Figures, currency: str) -> str:
    """An amount as the grid shows it: with its currency where that is not the customer's; nothing where it ended."""
    if not figures.amount:
        return ""
    decimals = 0 if figures.amount == figures.amount.to_integral_value() else 2
    text = f"{figures.amount:,.{decimals}f}"
    return text if figures.currency in ("", currency) else f"{figures.currency} {text}"
