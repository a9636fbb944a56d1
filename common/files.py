"""Files that people bring in and take away: what they really are, read as a table; and CSV that no spreadsheet runs.

An upload is judged by its content, never by its name or the type the browser claims.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

from django.utils.translation import gettext as _

MAX_BYTES = 64 * 1024 * 1024
DELIMITERS = ",;\t|"
NOT_TEXT = [
    (b"PK\x03\x04", lambda: _("This is a workbook or an archive. Save the sheet as “CSV UTF-8” and give that file.")),
    (b"\xd0\xcf\x11\xe0", lambda: _("This is an old workbook. Save the sheet as “CSV UTF-8” and give that file.")),
    (b"%PDF", lambda: _("This is a PDF. Give the table itself, as CSV.")),
    (b"\x1f\x8b", lambda: _("This file is compressed. Unpack it first.")),
]
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


class UnreadableFile(Exception):
    """A file that is not what it should be. The text is a sentence for the person who gave it.

    `place` names the file where several were given.
    """

    place: str = ""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """Why a row of a file is refused: where it is, what stood there, and a sentence. A row may have several.

    `row` counts as a spreadsheet does; 0 where the whole file is meant. `column` is the heading as a person reads it.
    """

    row: int
    column: str
    value: str
    text: str

    def __str__(self) -> str:
        place = [_("row %(number)d") % {"number": self.row}] if self.row else []
        place += [self.column] if self.column else []
        said = f" [{self.value[:200]}]" if self.value else ""
        return f"{', '.join(place)}: {self.text}{said}" if place else self.text + said


class RefusedRows(Exception):
    """A file with rows that cannot be taken. Nothing of it was."""

    def __init__(self, rows: Sequence[RefusedRow]) -> None:
        super().__init__(f"{len({row.row for row in rows})} rows are refused.")
        self.rows = rows


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table. `number` counts as a spreadsheet does: the header is row 1."""

    number: int
    cells: list[str]


@dataclass(frozen=True)
class Table:
    """A text file read as a table: the names in its first row and, once only, the rows below that are not blank."""

    header: list[str]
    rows: Iterator[Row]


def read_text(file: IO[bytes], *, max_bytes: int = MAX_BYTES) -> str:
    """The text of a file: UTF-8 with or without a mark, or UTF-16 with one. Raises UnreadableFile."""
    file.seek(0)
    content = file.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise UnreadableFile(_("The file is larger than %(size)d MB.") % {"size": max_bytes // 1024 // 1024})
    if not content.strip():
        raise UnreadableFile(_("The file is empty."))
    for start, reason in NOT_TEXT:
        if content.startswith(start):
            raise UnreadableFile(reason())
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UnreadableFile(
            _("Line %(line)d is not UTF-8 text. Save the file as “CSV UTF-8” and give it again.") % {"line": line}
        ) from error
    if "\0" in text:
        raise UnreadableFile(_("The file holds zero bytes, so it is not text."))
    return text


def read_table(file: IO[bytes], *, max_bytes: int = MAX_BYTES) -> Table:
    """The file as a table. Raises UnreadableFile, for what the rows hold while they are read."""
    text = read_text(file, max_bytes=max_bytes)
    rows = _rows(text, delimiter_of(text))
    first = next(rows, None)
    header = [cell.strip() for cell in first.cells] if first else []
    if not any(header):
        raise UnreadableFile(_("The first row must name the columns."))
    seen: set[str] = set()
    for name in header:
        if name and name.casefold() in seen:
            raise UnreadableFile(_("The first row names the column “%(name)s” twice.") % {"name": name})
        seen.add(name.casefold())
    return Table(header, rows)


def delimiter_of(text: str) -> str:
    """The character between the columns: the one that the first line holds most, outside quotes."""
    first_line = re.sub(r'"[^"]*"', "", text.lstrip("\r\n").partition("\n")[0])
    return max(DELIMITERS, key=first_line.count)


def _rows(text: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise UnreadableFile(
                _("Line %(line)d cannot be read as CSV: a quotation mark is missing or out of place.")
                % {"line": reader.line_num}
            ) from error
        number += 1
        if any(cell and not cell.isspace() for cell in cells):
            yield Row(number, cells)


def safe_cell(value: Any) -> str:
    """A cell that a spreadsheet shows and never runs. `plain_cell` takes the mark away again."""
    text = "" if value is None else str(value)
    if text.startswith(FORMULA_STARTS) and not NUMBER.fullmatch(text):
        return "'" + text
    return text


def plain_cell(text: str) -> str:
    """What `safe_cell` was given."""
    if text.startswith("'") and text[1:].startswith(FORMULA_STARTS) and not NUMBER.fullmatch(text[1:]):
        return text[1:]
    return text


def write_csv(header: Iterable[str], rows: Iterable[Iterable[Any]]) -> bytes:
    """A CSV file as UTF-8 with a mark, so that every spreadsheet reads it, and without a formula in any cell."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([safe_cell(name) for name in header])
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")
