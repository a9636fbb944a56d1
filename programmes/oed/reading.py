"""A location or account file taken apart: its columns by their standard names, and its rows with what is filled in."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.files import UnreadableFile, plain_cell, read_table
from programmes.oed import columns

REASON_COLUMN = "RefusedBecause"
"""The column added to rows that are handed back. It says nothing when the mended rows come in again."""


class OedFile(models.TextChoices):
    LOCATIONS = "LOCATIONS", gettext_lazy("Locations file")
    ACCOUNTS = "ACCOUNTS", gettext_lazy("Accounts file")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row is refused: where it is, what was there, and a sentence. A row may have several."""

    file: str
    row: int
    column: str
    value: str
    text: str

    def as_dict(self) -> dict[str, Any]:
        return {"file": self.file, "row": self.row, "column": self.column, "value": self.value, "text": self.text}

    def __str__(self) -> str:
        where = f"{OedFile(self.file).label}, {_('row')} {self.row}"
        return f"{where}, {self.column}: {self.text}" if self.column else f"{where}: {self.text}"


@dataclass(slots=True)
class FileRow:
    """The cells of a row that are filled in, by column. `excess` says that it has more cells than the header."""

    number: int
    cells: dict[str, str]
    excess: bool = False


@dataclass
class Unused:
    """What a column says that no sum uses: in how many rows, the first thing it says, and whether that matters."""

    example: str
    rows: int = 0
    changes_cover: bool = False


@dataclass
class FileReader:
    """Reads a file once. Afterwards `unused` tells of the columns that are kept and not used."""

    file: OedFile
    columns: list[str]
    rows: Iterator[FileRow]
    unused: dict[str, Unused] = field(default_factory=dict)

    def unused_cells(self, row: FileRow) -> dict[str, str]:
        """The cells of a row that no sum uses, word for word. Counts them."""
        used = columns.USED[self.file]
        cells = {name: value for name, value in row.cells.items() if name not in used}
        for name, value in cells.items():
            unused = self.unused.get(name) or self.unused.setdefault(name, Unused(value[:80]))
            unused.rows += 1
            if not unused.changes_cover and columns.changes_cover(name, value):
                unused.changes_cover, unused.example = True, value[:80]
        return cells


def open_file(file: IO[bytes], kind: OedFile) -> FileReader:
    """The file, ready to be read. Raises UnreadableFile where it is no table or lacks a column it needs."""
    table = read_table(file)
    known = {name.casefold(): name for name in columns.USED[kind]}
    names = [known.get(name.casefold(), name) for name in table.header]
    missing = [name for name in columns.NEEDED[kind] if name not in names]
    if missing:
        raise UnreadableFile(
            _("The %(file)s needs the columns %(columns)s, which its first row does not name.")
            % {"file": str(kind.label).lower(), "columns": ", ".join(missing)}
        )

    def rows() -> Iterator[FileRow]:
        for row in table.rows:
            cells = {}
            for name, cell in zip(names, row.cells, strict=False):
                text = plain_cell(cell.strip())
                if text and name and name != REASON_COLUMN:
                    cells[name] = text
            excess = any(cell.strip() for cell in row.cells[len(names) :])
            yield FileRow(row.number, cells, excess)

    return FileReader(kind, names, rows())


def header_and_rows(file: IO[bytes]) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """The file as it is, for handing rows back. Raises UnreadableFile."""
    table = read_table(file)
    return table.header, ((row.number, row.cells) for row in table.rows)
