"""The columns of a statement in a file: their names, and rows read as lines.

Two layouts are read. Long, which is what we write: a row for each exposure. Wide, as customers keep theirs: a row for
each location with a column for each kind.
"""

from collections.abc import Iterable
from functools import cache

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.files import Row, UnreadableFile, plain_cell
from risk.models import ExposureKind
from risk.statement.lines import Line, folded, words_of

HEADINGS = {
    "reference": gettext_lazy("Location reference"),
    "name": gettext_lazy("Location"),
    "address": gettext_lazy("Address"),
    "kind": gettext_lazy("Kind"),
    "description": gettext_lazy("Description"),
    "amount": gettext_lazy("Amount"),
    "currency": gettext_lazy("Currency"),
    "valued_on": gettext_lazy("Valuation date"),
    "basis": gettext_lazy("Basis"),
    "index": gettext_lazy("Value index"),
    "indemnity_days": gettext_lazy("Days of interruption"),
    "location_id": gettext_lazy("Location id"),
    "exposure_id": gettext_lazy("Exposure id"),
    "token": gettext_lazy("As exported"),
}
"""In the order in which they are written. The last three match a row to the book: a new row leaves them empty."""

WIDTHS = [18, 30, 40, 22, 26, 18, 10, 14, 15, 22, 12, 12, 12, 12]
SAYS_WHERE = ("reference", "name", "address", "location_id")
ALIKE = ("description", "currency", "valued_on", "basis", "index", "indemnity_days")


def lines_of(header: list[str], rows: Iterable[Row]) -> list[Line]:
    """The rows of a table as lines. Rows that say no amount of anything are left out.

    Raises UnreadableFile where the first row does not name what is needed.
    """
    found = places(header)
    kinds = {place: code for place, code in kinds_in(header).items() if place not in found.values()}
    if "amount" in found and ("kind" in found or "exposure_id" in found):
        return [line for row in rows for line in long_row(row, found)]
    if kinds and "amount" not in found:
        return [line for row in rows for line in wide_row(row, found, kinds)]
    long = ", ".join(str(HEADINGS[name]) for name in ("reference", "kind", "amount"))
    wide = ", ".join(map(str, ExposureKind.labels[:3]))
    text = _("The first row must name the columns: %(long)s; or the location and a column for each kind, as %(wide)s.")
    raise UnreadableFile(text % {"long": long, "wide": wide})


def places(header: list[str]) -> dict[str, int]:
    """Where each column stands, by its name."""
    known = names()
    return {known[word]: place for place, word in enumerate(map(folded, header)) if word in known}


def kinds_in(header: list[str]) -> dict[int, str]:
    """The columns that are a kind, by their place."""
    known = words_of(ExposureKind)
    return {place: known[word] for place, word in enumerate(map(folded, header)) if word in known}


@cache
def names() -> dict[str, str]:
    """The columns' names by the words that mean them: the name itself, and its heading in every language."""
    words = {name: name for name in HEADINGS} | {name.replace("_", " "): name for name in HEADINGS}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            words |= {folded(str(heading)): name for name, heading in HEADINGS.items()}
    return words


def long_row(row: Row, found: dict[str, int]) -> Iterable[Line]:
    told = cells_of(row, found)
    if not told.get("amount") and not (told.get("kind") or told.get("exposure_id")):
        return  # a location without a value yet
    yield Line(row=row.number, **told)


def wide_row(row: Row, found: dict[str, int], kinds: dict[int, str]) -> Iterable[Line]:
    told = cells_of(row, found)
    common = {name: told[name] for name in (*SAYS_WHERE, *ALIKE) if name in told}
    for place, kind in kinds.items():
        amount = plain_cell(row.cells[place].strip()) if place < len(row.cells) else ""
        if amount and amount not in {"-", "–", "—"}:
            said = dict(common)
            if kind != ExposureKind.BUSINESS_INTERRUPTION:
                said.pop("indemnity_days", None)
            if kind in (ExposureKind.PERSONS, ExposureKind.VEHICLES):
                said.pop("currency", None)
            yield Line(row=row.number, kind=kind, amount=amount, **said)


def cells_of(row: Row, found: dict[str, int]) -> dict[str, str]:
    cells = [plain_cell(cell.strip()) for cell in row.cells]
    return {name: cells[place] if place < len(cells) else "" for name, place in found.items()}
