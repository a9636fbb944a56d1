"""One amount against another as lines: what stays with a customer as a loss grows."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from common.templatetags.ui import amount, brief_amount
from common.ui.charts import lettering
from common.ui.charts.lines import TYPE, Tick, ticks

TOP = 14.0
UNDER = 28.0
"""Pixels above the picture and under it, for half a line of text and for the amounts across."""
NEAR = 15.0
"""Labels at the ends of lines are kept as far apart, in pixels."""

Point = tuple[Decimal, Decimal]


@dataclass(frozen=True)
class Line:
    """A line from point to point, those furthest left first; `label` stands at its end."""

    name: str
    points: tuple[Point, ...]
    label: str

    def at(self, across: Decimal) -> Decimal:
        """The amount of the line there, between its points in proportion."""
        before = self.points[0]
        for point in self.points:
            if point[0] >= across:
                if point[0] == before[0]:
                    return point[1]
                part = (across - before[0]) / (point[0] - before[0])
                return before[1] + (point[1] - before[1]) * part
            before = point
        return before[1]


@dataclass(frozen=True)
class Drawn:
    number: int
    path: str
    label: str
    label_x: float
    label_y: float


@dataclass(frozen=True)
class Drawing:
    """Everything in pixels of its viewBox."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    ups: tuple[Tick, ...]
    across: tuple[Tick, ...]
    lines: tuple[Drawn, ...]
    marker: float | None
    threshold: Tick | None


@dataclass(frozen=True)
class Picture:
    """The lines for a wide and a narrow place, with the table behind them: an amount across, and that of each line."""

    label: str
    across_label: str
    names: tuple[str, ...]
    wide: Drawing
    narrow: Drawing
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def picture(
    lines: Sequence[Line],
    *,
    label: str,
    across_label: str,
    marker: Decimal | None = None,
    threshold: tuple[Decimal, str] | None = None,
) -> Picture:
    """The lines from 0 on. `marker` is an amount across that is looked at; `threshold` one upwards, with its name.

    Raises ValueError where no line has two points.
    """
    if not any(len(line.points) > 1 for line in lines):
        raise ValueError("There is no line to draw.")
    places = sorted({across for line in lines for across, _up in line.points} | ({marker} if marker else set()))
    rows = tuple(
        (amount(place), tuple(amount(line.at(place).quantize(Decimal(1))) for line in lines)) for place in places
    )
    return Picture(
        label=label,
        across_label=across_label,
        names=tuple(line.name for line in lines),
        wide=draw(lines, marker, threshold, width=720.0, height=260.0, most=8),
        narrow=draw(lines, marker, threshold, width=340.0, height=230.0, most=4),
        rows=rows,
    )


def draw(
    lines: Sequence[Line],
    marker: Decimal | None,
    threshold: tuple[Decimal, str] | None,
    *,
    width: float,
    height: float,
    most: int,
) -> Drawing:
    furthest = float(max(across for line in lines for across, _up in line.points))
    highest = float(max([up for line in lines for _across, up in line.points] + ([threshold[0]] if threshold else [])))
    ups = [figure for figure in ticks(0.0, highest or 1.0, None) if figure >= 0]
    named = [brief_amount(Decimal(figure)) for figure in ups]
    left = round(max(lettering.width(words, TYPE) for words in named) + 12.0, 1)
    right = round(width - max(lettering.width(line.label, TYPE) for line in lines) - 12.0, 1)
    bottom = height - UNDER

    def x_of(figure: float) -> float:
        return round(left + (right - left) * figure / furthest, 1)

    def y_of(figure: float) -> float:
        return round(bottom - (bottom - TOP) * figure / ups[-1], 1)

    drawn: list[Drawn] = []
    for number, line in sorted(enumerate(lines, start=1), key=lambda each: -each[1].points[-1][1]):
        spots = [(x_of(float(across)), y_of(float(up))) for across, up in line.points]
        lowest = drawn[-1].label_y + NEAR if drawn else TOP
        path = "M" + " L".join(f"{x} {y}" for x, y in spots)
        drawn.append(Drawn(number, path, line.label, right + 8.0, max(spots[-1][1], lowest)))
    across = [figure for figure in ticks(0.0, furthest, None) if 0 <= figure <= furthest]
    while len(across) > most:
        across = across[::2]
    return Drawing(
        width=width,
        height=height,
        left=left,
        right=right,
        top=TOP,
        bottom=bottom,
        ups=tuple(Tick(y_of(figure), words) for figure, words in zip(ups, named)),
        across=tuple(Tick(x_of(figure), brief_amount(Decimal(figure))) for figure in across),
        lines=tuple(drawn),
        marker=x_of(float(marker)) if marker is not None and float(marker) <= furthest else None,
        threshold=Tick(y_of(float(threshold[0])), threshold[1]) if threshold else None,
    )
