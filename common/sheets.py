"""Workbooks (XLSX) that people bring in and take away, as the same kind of table that a CSV file is read as."""

import datetime
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from common.files import FORMULA_STARTS, MAX_BYTES, Row, Table, UnreadableFile, read_table

MOST_UNPACKED = 400 * 1024 * 1024
"""A workbook is a compressed archive: one that unpacks to more is not read."""
MOST_COLUMNS = 100
MOST_BLANK_ROWS = 1000
"""After so many blank rows a sheet is taken to have ended, however large it says it is."""
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def read_sheet(file: IO[bytes], *, max_bytes: int = MAX_BYTES) -> Table:
    """A workbook's first sheet, or a text file, as a table; which of them it is, its content says.

    Numbers come as plain text with a point, days as 2026-04-01. Raises UnreadableFile.
    """
    file.seek(0)
    is_workbook = file.read(4) == b"PK\x03\x04"
    return _read_workbook(file, max_bytes) if is_workbook else read_table(file, max_bytes=max_bytes)


def _read_workbook(file: IO[bytes], max_bytes: int) -> Table:
    file.seek(0)
    content = file.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise UnreadableFile(_("The file is larger than %(size)d MB.") % {"size": max_bytes // 1024 // 1024})
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
                raise UnreadableFile(_("The workbook unpacks to far too much. Save only the sheet that is needed."))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        rows = list(_rows(sheet))
    except UnreadableFile:
        raise
    except Exception as error:  # a damaged workbook fails anywhere inside the reader
        raise UnreadableFile(
            _("This workbook cannot be read. Save it once more as XLSX, or as “CSV UTF-8”.")
        ) from error
    if not rows or rows[0].number != 1:
        raise UnreadableFile(_("The first row must name the columns."))
    header = [cell.strip() for cell in rows[0].cells]
    named = [name.casefold() for name in header if name]
    for name in header:
        if name and named.count(name.casefold()) > 1:
            raise UnreadableFile(_("The first row names the column “%(name)s” twice.") % {"name": name})
    return Table(header, iter(rows[1:]))


def _rows(sheet: Any) -> Iterator[Row]:
    blank = 0
    for number, cells in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS), start=1):
        texts = [as_text(cell) for cell in cells]
        if any(text.strip() for text in texts):
            blank = 0
            yield Row(number, texts)
        else:
            blank += 1
            if blank > MOST_BLANK_ROWS:
                return


def as_text(cell: Any) -> str:
    """A cell as a person would type it."""
    if cell is None:
        return ""
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(" ")
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, int | float):
        text = format(Decimal(repr(cell)), "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(cell)


def write_xlsx(header: Sequence[str], rows: Iterable[Sequence[Any]], *, title: str, widths: Sequence[int]) -> bytes:
    """A workbook of one sheet: the heading stays in sight, figures and days are such, and no cell is a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    heading = []
    for name in header:
        cell = WriteOnlyCell(sheet, name)
        cell.font = Font(bold=True)
        heading.append(cell)
    sheet.append(heading)
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: Any, value: Any) -> Any:
    """A value as the workbook takes it; a cell of its own, which takes time, only where it must look otherwise."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        text = ILLEGAL_CHARACTERS_RE.sub("", value)
        if not text.startswith(FORMULA_STARTS):
            return text
        cell = WriteOnlyCell(sheet, text)
        cell.data_type = "s"  # also where it begins with an equals sign
        cell.quotePrefix = True
        return cell
    if isinstance(value, Decimal):
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = "#,##0.00" if value != value.to_integral_value() else "#,##0"
        return cell
    return value
