"""A file of dated figures read into points, with what is refused and what is left out and why."""

import datetime
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from common.files import RefusedRow, Row, Table, UnreadableFile, plain_cell


@dataclass(frozen=True, slots=True)
class Point:
    """A figure of one series from a day on. `row` is where the file says so."""

    row: int
    key: str
    day: datetime.date
    figure: Decimal


@dataclass
class Series:
    """What a file says. `names` are series by key with what they are called, where the file tells."""

    points: list[Point] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    rows: int = 0

    def refuse(self, row: int, column: str, value: str, text: str) -> None:
        self.refused.append(RefusedRow(row, column, value, text))

    def leave_out(self, why: str) -> None:
        """Counts a row that is not meant to come in, by the reason."""
        self.left_out[why] += 1


class Cells:
    """The cells of the rows of a table by the names of their columns, whatever their order and case."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.places = {name.casefold(): at for at, name in enumerate(table.header) if name}

    def has(self, *names: str) -> bool:
        return all(name.casefold() in self.places for name in names)

    def __iter__(self) -> Iterator[tuple[Row, dict[str, str]]]:
        for row in self.table.rows:
            yield (
                row,
                {
                    name: plain_cell(row.cells[at]).strip() if at < len(row.cells) else ""
                    for name, at in self.places.items()
                },
            )


def unknown_form(table: Table, forms: list[str]) -> UnreadableFile:
    """The file has none of the headings we know."""
    return UnreadableFile(
        _("The first row names the columns %(found)s. We read: %(known)s.")
        % {"found": ", ".join(name for name in table.header if name)[:200], "known": "; ".join(forms)}
    )


def day_of(text: str) -> datetime.date | None:
    """A day written as 2026-11-23, or a year or month written alone: its first day. None where it is none of them."""
    parts = text.split("-")
    if len(parts) > 3 or len(parts[0]) != 4 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    try:
        return datetime.date(*(int(part) for part in [*parts, "1", "1"][:3]))
    except ValueError:
        return None


def figure_of(text: str) -> Decimal | None:
    """A figure with a decimal point and, if it must be, commas between thousands. None where it is none."""
    plain = text.replace("\N{NO-BREAK SPACE}", "")
    whole, _point, decimals = plain.partition(".")
    if "," in decimals:
        return None
    groups = whole.lstrip("+-").split(",")
    if len(groups) > 1 and not (0 < len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])):
        return None
    try:
        figure = Decimal(plain.replace(",", ""))
    except InvalidOperation:
        return None
    return figure if figure.is_finite() else None


def decimals_of(figure: Decimal) -> int:
    """How many decimals it needs."""
    exponent = figure.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def take_point(
    series: Series, row: Row, key: str, *, day: tuple[str, str], figure: tuple[str, str], most: tuple[int, int]
) -> bool:
    """Adds the point that a row says, or why it cannot be. `day` and `figure` are pairs of column and cell.

    `most` are the digits before the point and the decimals that can be kept. Returns whether it was added.
    """
    found_day, found = day_of(day[1]), figure_of(figure[1])
    if found_day is None:
        series.refuse(row.number, *day, _("This is not a day: write it as 2026-11-23."))
    if found is None:
        series.refuse(row.number, *figure, _("This is not a figure: write it as 1234.56."))
    elif found <= 0:
        series.refuse(row.number, *figure, _("A figure is above 0."))
    elif decimals_of(found) > most[1]:
        series.refuse(row.number, *figure, _("At most %(count)d decimals can be kept.") % {"count": most[1]})
    elif found >= Decimal(10) ** most[0]:
        series.refuse(
            row.number, *figure, _("At most %(count)d digits before the point can be kept.") % {"count": most[0]}
        )
    elif found_day is not None:
        series.points.append(Point(row.number, key, found_day, found))
        return True
    return False
