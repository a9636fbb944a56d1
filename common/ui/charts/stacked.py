"""Amounts stacked on one another, column by column, each with a marker to compare it with: claims beside premium."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from common.templatetags.ui import brief_amount
from common.ui.charts import lettering
from common.ui.charts.areas import round_step

TYPE = 12.0
"""Size of the lettering, pixels."""
TOP, FOOT = 22.0, 24.0
WIDEST = 56.0
"""A column is no wider, however few there are."""


@dataclass(frozen=True)
class Column:
    """Amounts from the bottom up, one for each series, and what they are compared with."""

    label: str
    parts: tuple[Decimal, ...]
    marker: Decimal | None = None
    url: str = ""

    @property
    def total(self) -> Decimal:
        return sum(self.parts, Decimal(0))


@dataclass(frozen=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True)
class Block:
    """A part of a column. `series` counts from 1."""

    series: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class DrawnColumn:
    """`words` say the whole column. `figure` stands above it and `label` below, both empty where there is no room."""

    words: str
    url: str
    blocks: tuple[Block, ...]
    middle: float
    left: float
    right: float
    top: float
    figure: str
    label: str
    marker: float | None


@dataclass(frozen=True)
class Drawing:
    """What `<c-stacked>` draws, in pixels of its viewBox."""

    width: float
    height: float
    left: float
    base: float
    ups: tuple[Tick, ...]
    columns: tuple[DrawnColumn, ...]


@dataclass(frozen=True)
class Picture:
    """The columns drawn for wide and for narrow places, and the same as a table."""

    label: str
    currency: str
    names: tuple[str, ...]
    marker_name: str
    wide: Drawing
    narrow: Drawing
    columns: tuple[Column, ...]


def picture(
    columns: Sequence[Column], *, names: tuple[str, ...], label: str, currency: str, marker_name: str = ""
) -> Picture:
    """Columns side by side, from left to right. `names` are those of the series, from the bottom up."""
    figures = [column.total for column in columns] + [column.marker or Decimal(0) for column in columns]
    highest = max(figures, default=Decimal(0))

    def drawn(width: float, height: float) -> Drawing:
        frame = _Frame(width, height, highest)
        pitch = frame.room / max(len(columns), 1)
        wide = min(pitch * 0.6, WIDEST)
        # Every so many columns are named, so that names never run into one another.
        every = _every([column.label for column in columns], pitch)
        made = []
        for at, column in enumerate(columns):
            middle = frame.left + pitch * (at + 0.5)
            figure = brief_amount(column.total) if column.total else ""
            made.append(
                frame.column(
                    column,
                    names,
                    marker_name,
                    start=middle - wide / 2,
                    end=middle + wide / 2,
                    figure=lettering.fitted(figure, pitch, TYPE, least=len(figure)),
                    label=column.label if at % every == (len(columns) - 1) % every else "",
                )
            )
        return frame.drawing(made)

    return Picture(label, currency, names, marker_name, drawn(760, 260), drawn(340, 220), tuple(columns))


def steps(highest: Decimal) -> list[Decimal]:
    """Round amounts from 0 to at least the highest, at most five of them. Of nothing: 0 alone."""
    if highest <= 0:
        return [Decimal(0)]
    step = round_step(highest)
    return [step * at for at in range(math.ceil(highest / step) + 1)]


def _every(labels: Sequence[str], pitch: float) -> int:
    widest = max((lettering.width(label, TYPE) for label in labels), default=0.0)
    return max(1, int(-(-(widest + 8) // max(pitch, 1.0))))


class _Frame:
    """Where things stand in one drawing: the axis on the left, and amounts upwards from the base."""

    def __init__(self, width: float, height: float, highest: Decimal) -> None:
        self.width, self.height = width, height
        self.amounts = steps(highest)
        labels = [brief_amount(amount) for amount in self.amounts]
        self.left = round(max(lettering.width(label, TYPE) for label in labels) + 10, 1)
        self.base = height - FOOT
        self.top_amount = self.amounts[-1]
        self.ups = tuple(Tick(self.y_of(amount), label) for amount, label in zip(self.amounts, labels, strict=True))

    @property
    def room(self) -> float:
        return self.width - self.left

    def y_of(self, amount: Decimal) -> float:
        if not self.top_amount:
            return self.base
        return round(self.base - (self.base - TOP) * float(amount / self.top_amount), 1)

    def column(
        self,
        column: Column,
        names: tuple[str, ...],
        marker_name: str,
        *,
        start: float,
        end: float,
        figure: str,
        label: str,
    ) -> DrawnColumn:
        blocks, below = [], Decimal(0)
        for series, part in enumerate(column.parts, start=1):
            upper, lower = self.y_of(below + part), self.y_of(below)
            below += part
            if part:
                height = round(lower - upper, 1)
                blocks.append(Block(series, round(start, 1), upper, round(max(end - start, 1.0), 1), height))
        said = [*zip(names, column.parts, strict=True), *([(marker_name, column.marker)] if marker_name else [])]
        words = ", ".join(f"{name} {brief_amount(amount)}" for name, amount in said)
        return DrawnColumn(
            words=f"{column.label}: {words}",
            url=column.url,
            blocks=tuple(blocks),
            middle=round((start + end) / 2, 1),
            left=round(start - 6, 1),
            right=round(end + 6, 1),
            top=self.y_of(column.total),
            figure=figure,
            label=label,
            marker=None if column.marker is None else self.y_of(column.marker),
        )

    def drawing(self, columns: Sequence[DrawnColumn]) -> Drawing:
        return Drawing(self.width, self.height, self.left, self.base, self.ups, tuple(columns))
