"""A file of claims taken apart: its columns by what they mean, and each row with what it says, as values."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.files import RefusedRow, Table, UnreadableFile, plain_cell
from common.forms import AmountField
from common.money import MAX_DIGITS
from programmes.claim_files import columns
from programmes.oed.cells import NotAValue, day_of

MOST_ROWS = 200_000
DAYS = ("inception", "lost_on", "made_on", "notified_on", "closed_on", "stood_on")
AMOUNTS = ("outstanding", "paid")
LONGEST = {"reference": 80, "insurer_reference": 80, "note": 200}
AMOUNT = AmountField(required=True, max_digits=MAX_DIGITS, decimal_places=2)


@dataclass
class ClaimRow:
    """One row: what is filled in, by field, as days, amounts and text."""

    number: int
    cells: dict[str, str]
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        return str(self.values.get("reference", ""))

    @property
    def has_figures(self) -> bool:
        return any(name in self.values for name in ("stood_on", *AMOUNTS))

    def day(self, name: str) -> datetime.date | None:
        return self.values.get(name)

    def amount(self, name: str) -> Decimal:
        return self.values[name]


@dataclass
class Read:
    """A file that was read: its rows, those refused, and the headings that mean nothing to us."""

    rows: list[ClaimRow]
    refused: list[RefusedRow]
    unused: list[str]
    headings: dict[str, str]

    def refuse(self, row: ClaimRow, name: str, text: str) -> None:
        """Adds why a row is refused; `name` is the field, "" the row as such."""
        heading = self.headings.get(name, columns.HEADINGS.get(name, ""))
        self.refused.append(RefusedRow(row.number, heading, row.cells.get(name, "")[:200], text))


def read(table: Table) -> Read:
    """The rows of a table of claims. Raises UnreadableFile where it lacks a column it needs, or has no rows."""
    names = [columns.FIELDS.get(columns.bare(heading), "") for heading in table.header]
    for name in columns.NEEDED:
        if name not in names:
            raise UnreadableFile(
                _("The first row must name the column “%(column)s”.") % {"column": columns.HEADINGS[name]}
            )
    for name in names:
        if name and names.count(name) > 1:
            twice = [heading for heading, each in zip(table.header, names, strict=True) if each == name]
            raise UnreadableFile(_("These columns say the same: %(columns)s.") % {"columns": ", ".join(twice)})
    headings = {name: heading for name, heading in zip(names, table.header, strict=True) if name}
    unused = [heading for heading, name in zip(table.header, names, strict=True) if heading and not name]
    found = Read([], [], unused, headings)
    for row in rows_of(table, names):
        if len(found.rows) >= MOST_ROWS:
            raise UnreadableFile(_("The file has more than %(rows)d rows: divide it.") % {"rows": MOST_ROWS})
        take(row, found)
        found.rows.append(row)
    if not found.rows:
        raise UnreadableFile(_("The file names columns and has no rows."))
    return found


def rows_of(table: Table, names: Iterable[str]) -> Iterator[ClaimRow]:
    known = list(names)
    for row in table.rows:
        cells = {}
        for name, cell in zip(known, row.cells, strict=False):
            text = plain_cell(cell.strip()).strip()
            if name and text:
                cells[name] = text
        yield ClaimRow(row.number, cells)


def take(row: ClaimRow, found: Read) -> None:
    """Makes values of a row's cells; what cannot be one is refused."""
    for name in columns.NEEDED:
        if name not in row.cells:
            found.refuse(row, name, _("It is empty and must be given."))
    for name, text in row.cells.items():
        try:
            row.values[name] = value_of(name, text)
        except NotAValue as error:
            found.refuse(row, name, str(error))
        except ValidationError as error:
            found.refuse(row, name, " ".join(error.messages))
    if row.has_figures:
        for name in ("stood_on", *AMOUNTS):
            if name not in row.cells:
                words = _("It is empty: figures have a day and both amounts, 0 where there is nothing.")
                found.refuse(row, name, words)


def value_of(name: str, text: str) -> Any:
    """What a cell says. Raises NotAValue or ValidationError."""
    if name in DAYS:
        return day_of(text)
    if name in AMOUNTS:
        amount = AMOUNT.clean(text)
        if amount < 0:
            raise NotAValue(_("An amount must not be negative."))
        return amount
    if name == "description":
        return "\n".join(text.splitlines())
    words = " ".join(text.splitlines())
    if len(words) > LONGEST.get(name, 300):
        raise NotAValue(_("It is longer than %(count)d characters.") % {"count": LONGEST.get(name, 300)})
    return words
