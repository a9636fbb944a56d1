"""A tower as somebody types it: rows of text, and the acts that shape them before anything is saved.

Django's formsets do not nest; here layers hold lines. The names of the fields say where a text belongs:
`layers-2-limit`, `layers-2-lines-0-insurer`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Self

from common.forms import BriefAmountField, PercentField
from programmes.signing import PART, WrittenLine, sign_down

KEY = re.compile(r"layers-(\d{1,3})-(?:lines-(\d{1,3})-)?([a-z_]+)")
TICKED = "on"
FIGURES = ("limit", "unlimited", "attachment_point", "is_ground_up", "deductible_amount", "placed_elsewhere_share")
"""What a rung copies when it is duplicated, beside its lines."""


@dataclass
class Rung:
    """A layer as typed. `values` and each of `lines` go from a field's name to its text; a box not ticked is absent."""

    values: dict[str, str] = field(default_factory=dict)
    lines: list[dict[str, str]] = field(default_factory=list)

    @property
    def attachment(self) -> Decimal | None:
        """Where it attaches, 0 while nothing is typed. None where what is typed is no figure."""
        typed = self.values.get("attachment_point", "").strip()
        return figure(typed) if typed else Decimal(0)

    @property
    def top(self) -> Decimal | None:
        """Where it ends; None while that cannot be told, or for an unlimited layer."""
        limit = figure(self.values.get("limit", ""))
        attachment = self.attachment
        return None if limit is None or attachment is None or self.values.get("unlimited") else attachment + limit

    @property
    def stays(self) -> bool:
        return not self.values.get("ends")

    @property
    def written_lines(self) -> list[dict[str, str]]:
        """The lines that are signed: those that name an insurer or a written share."""
        return [line for line in self.lines if line.get("insurer") or line.get("written_share")]


@dataclass
class Ladder:
    """The rungs, the highest first as the tower stands, and the fields about the whole. `focus`: where to go on."""

    whole: dict[str, str] = field(default_factory=dict)
    rungs: list[Rung] = field(default_factory=list)
    focus: str = ""

    @classmethod
    def read(cls, posted: Mapping[str, str]) -> Self:
        """What a form posted. Texts that belong to no row are about the whole."""
        found: dict[int, tuple[dict[str, str], dict[int, dict[str, str]]]] = {}
        whole = {}
        for name in posted:
            place = KEY.fullmatch(name)
            if place is None:
                whole[name] = posted[name]
                continue
            values, lines = found.setdefault(int(place[1]), ({}, {}))
            row = values if place[2] is None else lines.setdefault(int(place[2]), {})
            row[place[3]] = posted[name]
        rungs = [Rung(values, [lines[at] for at in sorted(lines)]) for _at, (values, lines) in sorted(found.items())]
        return cls(whole, rungs)

    def texts(self) -> dict[str, str]:
        """The same as a form posts it, the rows numbered anew."""
        posted = dict(self.whole)
        for at, rung in enumerate(self.rungs):
            posted |= {f"layers-{at}-{name}": text for name, text in rung.values.items()}
            for number, line in enumerate(rung.lines):
                posted |= {f"layers-{at}-lines-{number}-{name}": text for name, text in line.items()}
        return posted

    def add(self, *, reference: str, beside: Iterable[Decimal] = ()) -> None:
        """A blank layer on top of all others. `beside` are the tops of the layers of other policies."""
        tops = [rung.top for rung in self.rungs if rung.stays] + list(beside)
        top = max((top for top in tops if top is not None), default=Decimal(0))
        values = {"reference": reference} | ({"attachment_point": written(top)} if top else {})
        self.rungs.insert(0, Rung(values, [{}]))
        self.focus = "layers-0-limit"

    def duplicate(self, at: int, *, reference: str) -> None:
        """The same layer once more, on top of itself, as a layer that is not saved yet."""
        rung = self.rungs[at]
        values = {name: rung.values[name] for name in FIGURES if name in rung.values}
        values |= {"reference": reference, "like": rung.values.get("based_on") or rung.values.get("like", "")}
        if rung.top is not None:
            values["attachment_point"] = written(rung.top)
        self.rungs.insert(at, Rung(values, [dict(line) for line in rung.lines]))
        self.focus = f"layers-{at}-limit"

    def remove(self, at: int) -> None:
        """A layer that is saved is marked to end, or not to again; one that is not is taken out."""
        values = self.rungs[at].values
        if not values.get("section"):
            del self.rungs[at]
        elif values.pop("ends", None) is None:
            values["ends"] = TICKED

    def stack(self, at: int, *, beside: Iterable[Decimal] = ()) -> None:
        """Lets a layer attach where the one below it ends: the highest top not above its own."""
        rung = self.rungs[at]
        lower = [other.top for other in self.rungs[at + 1 :] if other.stays] + list(beside)
        tops = [top for top in lower if top is not None and (rung.top is None or top < rung.top)]
        rung.values["attachment_point"] = written(max(tops, default=Decimal(0)))
        self.focus = f"layers-{at}-attachment_point"

    def add_line(self, at: int) -> None:
        self.rungs[at].lines.append({})
        self.focus = f"layers-{at}-lines-{len(self.rungs[at].lines) - 1}-insurer"

    def remove_line(self, at: int, number: int) -> None:
        del self.rungs[at].lines[number]
        if not self.rungs[at].lines:
            self.rungs[at].lines.append({})
        self.focus = f"layers-{at}-lines-{max(number - 1, 0)}-insurer"

    def sort(self) -> None:
        """The highest attachment first. Rungs whose attachment is no figure keep to the top, where they are seen."""
        self.rungs.sort(key=lambda rung: (rung.attachment is not None, -(rung.attachment or 0)))

    def sign_down(self, at: int) -> Decimal:
        """Writes the signed shares of a layer's lines. Returns what of it is open. Raises UnableToSign."""
        rung = self.rungs[at]
        lines = rung.written_lines
        wrote = [
            WrittenLine(share(line.get("written_share", "")), bool(line.get("is_lead")), bool(line.get("stands")))
            for line in lines
        ]
        elsewhere = share(rung.values.get("placed_elsewhere_share", "")) or Decimal(0)
        signing = sign_down(wrote, placed_elsewhere=elsewhere)
        for line, signed in zip(lines, signing.shares):
            line["signed_share"] = written(signed * 100)
        return signing.open


def figure(typed: str) -> Decimal | None:
    """An amount as typed; None where it is none, or negative."""
    found = BriefAmountField().to_figure(typed)
    return None if found is None or found < 0 else found


def share(typed: str) -> Decimal | None:
    """A percentage as typed, as a share of 1; None where it is none, or cannot be a line."""
    found = PercentField().to_figure(typed)
    if found is None or not 0 < found <= 100:
        return None
    part = found / 100
    return part if part == part.quantize(PART) else None


def written(value: Decimal) -> str:
    """A figure as an amount field shows it."""
    return str(BriefAmountField().prepare_value(value))
