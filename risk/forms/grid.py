"""The grid as it was posted: its cells and new rows read as lines, and what was typed laid over the grid drawn anew."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import gettext as _

from risk.models import LOSS_KINDS, ExposureKind
from risk.selectors.statements import GridCell, GridRow, cell_text
from risk.statement.lines import Line
from risk.statement.plan import Plan

PLACE_FIELDS = ("reference", "name", "address")
BLANK_ROWS = 3
"""New rows that a grid offers where scripts do not run."""
NEW_ROW = re.compile(r"r\|(\d{1,6})\|(\w+)", re.ASCII)
EMPTY = "/0"
"""How the token of a cell ends in which nothing stood."""


@dataclass
class NewRow:
    """A row for a location that is not there yet: what was typed, by field or kind, and what is wrong with it."""

    number: int
    texts: dict[str, str] = field(default_factory=dict)
    cells: list[GridCell] = field(default_factory=list)

    @property
    def is_blank(self) -> bool:
        return not any(self.texts.values())


@dataclass(frozen=True)
class Trouble:
    """What keeps a cell from being saved, for the list above the grid. `now`: what somebody else saved meanwhile.

    Without a cell, it is one that the page no longer shows: what was typed is told, so that it is not lost.
    """

    cell: GridCell | None
    typed: str
    text: str
    now: str = ""


class PostedGrid:
    """What was posted from a grid with columns for these kinds."""

    def __init__(self, posted: Mapping[str, str], kinds: Sequence[str]) -> None:
        self.kinds = kinds
        self.typed: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self.rows: dict[int, NewRow] = {}
        self.errors: dict[str, str] = {}
        for name, text in posted.items():
            self.take(name, " ".join(text.replace("\0", "").split()))

    def take(self, name: str, text: str) -> None:
        if name.startswith(("e|", "n|")) and name.count("|") >= 4:
            about, key, kind, _token, description = name.split("|", 4)
            identity = f"{about}|{key}|{kind}|{description}"
            self.typed[identity], self.names[identity] = text, name
        elif match := NEW_ROW.fullmatch(name):
            row = self.rows.setdefault(int(match[1]), NewRow(int(match[1])))
            row.texts[match[2]] = text

    def lines(self) -> list[Line]:
        """The cells that say something, and the new rows; what they lack is in `errors`, by the name of the field."""
        lines = [line for name in self.names.values() if (line := self.line_of(name))]
        for row in self.rows.values():
            if not row.is_blank:
                lines += self.lines_of_new(row)
        return lines

    def line_of(self, name: str) -> Line | None:
        about, key, kind, token, description = name.split("|", 4)
        text = self.typed[f"{about}|{key}|{kind}|{description}"]
        if not text and token.endswith(EMPTY):
            return None
        if about == "e":
            return Line(cell=name, token=token, exposure_id=key, amount=text)
        return Line(cell=name, token=token, location_id=key, kind=kind, description=description, amount=text)

    def lines_of_new(self, row: NewRow) -> Iterator[Line]:
        told = {name: row.texts.get(name, "") for name in PLACE_FIELDS}
        if not any(told.values()):
            self.errors[f"r|{row.number}|reference"] = _("Name the location: a reference, a name or an address.")
        amounts = {kind: row.texts[kind] for kind in ExposureKind.values if row.texts.get(kind)}
        if not amounts:
            self.errors[f"r|{row.number}|{self.kinds[0]}"] = _("Give at least one value.")
        for kind, amount in amounts.items():
            yield Line(
                cell=f"r|{row.number}|{kind}",
                reference=told["reference"],
                name=told["name"],
                address=told["address"],
                kind=kind,
                amount=amount,
            )

    def lay_over(self, rows: Sequence[GridRow], plan: Plan, currency: str) -> list[Trouble]:
        """Puts what was typed into the cells, with marks of what changes, and what is wrong beside each.

        Returns the troubles, those of cells that are not on this page included, so that nothing typed is lost.
        """
        changed = {step.line.cell for step in plan.steps}
        wrong = dict(self.errors)
        for refusal in plan.refusals:
            wrong.setdefault(field_of(refusal.line, refusal.field), refusal.text)
        clashes = {clash.line.cell: clash for clash in plan.conflicts}
        drawn: dict[str, GridCell] = {}
        for cell in (cell for row in rows for cell in row.cells):
            identity = next((one for one in cell.identities if one in self.typed), "")
            if identity:
                drawn[self.names[identity]] = cell
                cell.text = self.typed[identity]
        drawn |= {cell.name: cell for new in self.new_rows for cell in new.cells}
        for number, (name, cell) in enumerate(drawn.items()):
            cell.error, cell.is_changed = wrong.get(name, ""), name in changed
            if clash := clashes.get(name):
                cell.now = cell_text(clash.now, currency) if clash.now else ""
            if cell.error or clash:
                cell.anchor = f"trouble-{number}"
        troubles = [Trouble(drawn.get(name), self.text_of(name), text) for name, text in wrong.items()]
        for name, clash in clashes.items():
            now = (cell_text(clash.now, currency) if clash.now else "") or _("empty")
            text = _("Somebody else changed it meanwhile. Saving again replaces what is there now.")
            troubles.append(Trouble(drawn.get(name), self.text_of(name), text, now))
        return troubles

    def text_of(self, name: str) -> str:
        if match := NEW_ROW.fullmatch(name):
            return self.rows[int(match[1])].texts.get(match[2], "")
        about, key, kind, _token, description = name.split("|", 4)
        return self.typed[f"{about}|{key}|{kind}|{description}"]

    @property
    def blank_row(self) -> NewRow:
        """The pattern from which scripts make further rows."""
        return NewRow(BLANK, cells=cells_of(NewRow(BLANK), self.kinds))

    @cached_property
    def new_rows(self) -> list[NewRow]:
        """The new rows to draw: those that say something, and some blank ones behind them."""
        told = [row for row in self.rows.values() if not row.is_blank]
        last = max((row.number for row in told), default=-1)
        rows = [*told, *(NewRow(last + 1 + at) for at in range(BLANK_ROWS))]
        for row in rows:
            row.cells = cells_of(row, self.kinds)
        return rows


BLANK = 999_999
"""The number of the row that the page keeps as a pattern for new ones."""


def cells_of(row: NewRow, kinds: Sequence[str]) -> list[GridCell]:
    """The fields of a new row: what the location is called, and a cell for each kind."""
    words = {"reference": _("Reference"), "name": _("Location"), "address": _("Address")}
    words |= {kind: str(ExposureKind(kind).label) for kind in kinds}
    return [
        GridCell(
            f"r|{row.number}|{name}",
            _("New location %(number)d: %(field)s") % {"number": row.number + 1, "field": label},
            text=row.texts.get(name, ""),
            is_loss=name in LOSS_KINDS,
            is_words=name in PLACE_FIELDS,
        )
        for name, label in words.items()
    ]


def field_of(line: Line, name: str) -> str:
    """The field of the grid that a refusal is about."""
    if name in PLACE_FIELDS and (match := NEW_ROW.fullmatch(line.cell)):
        return f"r|{match[1]}|{name}"
    return line.cell
