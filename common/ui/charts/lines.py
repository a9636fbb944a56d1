"""Figures over time as lines with axes: index figures and rates from point to point, grades as steps."""

import datetime
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from babel.dates import format_date
from babel.numbers import format_decimal

from common.dates import add_months
from common.templatetags.ui import locale
from common.ui.charts import lettering

Figure = Decimal | float | int

TYPE = 12.0
"""Size of the lettering, pixels."""
MOST_DOTS = 48
"""With more points than this a line shows no dot for each."""
MOST_ROWS = 60
"""With more points than this the table has the last of each year."""
X_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200)
"""Months between two days named under the picture."""
LABEL_GAP = 15.0
PAIR_GAP = 3.0
"""Pixels between lines that run along the same step, so that each is seen."""


@dataclass(frozen=True)
class Line:
    """One series, the earliest point first. None: no figure from that day on.

    `words` are the points as the table says them, where the axis does not say enough; `last_words` stand at the end of
    the line.
    """

    name: str
    points: tuple[tuple[datetime.date, Figure | None], ...]
    words: tuple[str, ...] = ()
    last_words: str = ""
    is_stepped: bool = False


@dataclass(frozen=True)
class Axis:
    """How figures read upwards: by `worded`, or as plain figures with as many decimals as their distance needs.

    `is_best_below`: the lowest figure is drawn at the top, as rank 1 is. `step` is the least distance of two named
    figures; without it any round one. `bounds` are the ends of a scale: within them a step more is named around lines
    that hardly move.
    """

    worded: Callable[[float], str] | None = None
    is_best_below: bool = False
    step: float | None = None
    bounds: tuple[float, float] | None = None


@dataclass(frozen=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    words: str


@dataclass(frozen=True)
class DrawnLine:
    """`number` counts from 1 and tells lines apart by colour and dashes. `label` stands at (`end_x`, `label_y`)."""

    number: int
    name: str
    path: str
    dots: tuple[Dot, ...]
    label: str
    end_x: float
    label_y: float


@dataclass(frozen=True)
class Drawing:
    """What `<c-lines>` draws, in pixels of its viewBox."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    ups: tuple[Tick, ...]
    days: tuple[Tick, ...]
    lines: tuple[DrawnLine, ...]


@dataclass(frozen=True)
class Picture:
    """The lines drawn for wide and for narrow places, and the same as a table: its days with a cell for each line."""

    label: str
    names: tuple[str, ...]
    wide: Drawing
    narrow: Drawing
    rows: tuple[tuple[datetime.date, tuple[str, ...]], ...]
    is_thinned: bool


def picture(series: Sequence[Line], *, label: str, axis: Axis, last_day: datetime.date | None = None) -> Picture:
    """The lines, the time up to `last_day` or the last point. Raises ValueError where no line has a figure."""
    if not any(value is not None for line in series for _day, value in line.points):
        raise ValueError("There is no figure to draw.")
    rows, is_thinned = table_of(series, axis)
    return Picture(
        label=label,
        names=tuple(line.name for line in series),
        wide=draw(series, axis, last_day, width=720.0, height=250.0, most_days=8),
        narrow=draw(series, axis, last_day, width=340.0, height=220.0, most_days=4),
        rows=rows,
        is_thinned=is_thinned,
    )


def draw(
    series: Sequence[Line],
    axis: Axis,
    last_day: datetime.date | None,
    *,
    width: float,
    height: float,
    most_days: int,
) -> Drawing:
    figures = [float(value) for line in series for _day, value in line.points if value is not None]
    days = [day for line in series for day, _value in line.points]
    start, end = min(days), max([*days, *([last_day] if last_day else [])])
    named = around(ticks(min(figures), max(figures), axis.step), axis)
    top, bottom = 14.0, height - 26.0
    names = labels(named, axis)
    left = max(lettering.width(words, TYPE) for words in names) + 10.0
    right = width - max((lettering.width(end_label(line, series), TYPE) for line in series), default=0.0) - 10.0
    span = max((end - start).days, 1)

    def across(day: datetime.date) -> float:
        return round(left + (right - left) * (day - start).days / span, 1)

    def up(figure: float) -> float:
        part = (figure - named[0]) / (named[-1] - named[0])
        return round(top + (bottom - top) * (part if axis.is_best_below else 1 - part), 1)

    drawn = []
    for at, line in enumerate(series):
        shift = (at - (len(series) - 1) / 2) * PAIR_GAP if line.is_stepped else 0.0
        placed = [(across(day), None if value is None else up(float(value)) + shift) for day, value in line.points]
        dots = [
            Dot(x, round(y, 1), f"{day_words(line.points[n][0])}: {words_of(line, n, axis)}")
            for n, (x, y) in enumerate(placed)
            if y is not None
        ]
        is_running = bool(placed) and placed[-1][1] is not None
        drawn.append(
            DrawnLine(
                number=at % 6 + 1,
                name=line.name,
                path=path_of(placed, right if line.is_stepped else None, is_stepped=line.is_stepped),
                dots=tuple(dots) if len(dots) <= MOST_DOTS else (),
                label=end_label(line, series) if is_running else "",
                end_x=round(right + 6.0, 1),
                label_y=placed[-1][1] or 0.0 if placed else 0.0,
            )
        )
    return Drawing(
        width=width,
        height=height,
        left=round(left, 1),
        right=round(right, 1),
        top=top,
        bottom=bottom,
        ups=tuple(Tick(up(figure), words) for figure, words in zip(named, names)),
        days=tuple(day_ticks(start, end, most_days, across, right)),
        lines=tuple(spaced(drawn)),
    )


def path_of(placed: Sequence[tuple[float, float | None]], end: float | None, *, is_stepped: bool) -> str:
    """The line as an SVG path, with a gap where there is no figure; steps run on to `end`."""
    parts: list[str] = []
    before: float | None = None
    for x, y in placed:
        if y is None:
            if before is not None and is_stepped:
                parts.append(f"H{x}")
        elif before is None:
            parts.append(f"M{x},{y:.1f}")
        elif is_stepped:
            parts.append(f"H{x}V{y:.1f}")
        else:
            parts.append(f"L{x},{y:.1f}")
        before = y
    if before is not None and end is not None:
        parts.append(f"H{end:.1f}")
    return "".join(parts)


def spaced(drawn: Sequence[DrawnLine]) -> list[DrawnLine]:
    """The lines with labels at their ends moved apart so far that none covers another."""
    moved: dict[int, float] = {}
    lowest = -math.inf
    for line in sorted((line for line in drawn if line.label), key=lambda line: line.label_y):
        lowest = max(line.label_y, lowest + LABEL_GAP)
        moved[line.number] = round(lowest, 1)
    return [
        DrawnLine(
            number=line.number,
            name=line.name,
            path=line.path,
            dots=line.dots,
            label=line.label,
            end_x=line.end_x,
            label_y=moved.get(line.number, line.label_y),
        )
        for line in drawn
    ]


def end_label(line: Line, series: Sequence[Line]) -> str:
    """What stands at the end of a line: its name where there are several, and its last figure."""
    return f"{line.name} {line.last_words}".strip() if len(series) > 1 else line.last_words


def words_of(line: Line, at: int, axis: Axis) -> str:
    if line.words:
        return line.words[at]
    value = line.points[at][1]
    return "–" if value is None else axis.worded(float(value)) if axis.worded else plain(float(value), 0, 6)


def labels(named: Sequence[float], axis: Axis) -> list[str]:
    """The figures named beside the picture, all with the same decimals."""
    if axis.worded is not None:
        return [axis.worded(figure) for figure in named]
    decimals = max(0, -math.floor(math.log10(named[1] - named[0]) + 1e-9))
    # A step such as 2.5 needs one decimal more than its size says.
    if any(abs(round(figure, decimals) - figure) > 1e-12 for figure in named):
        decimals += 1
    return [plain(figure, decimals, decimals) for figure in named]


def plain(figure: float, least: int, most: int) -> str:
    """A figure in the user's language with so many decimals."""
    return format_decimal(figure, format=f"#,##0.{'0' * least}{'#' * (most - least)}", locale=locale())


def ticks(low: float, high: float, step: float | None = None, most: int = 7) -> list[float]:
    """Round figures from one not above `low` to one not below `high`, at least two and about `most` at the most."""
    if step is not None:
        size = step * max(1, math.ceil((high - low) / step / (most - 1)))
    else:
        # Figures that differ by next to nothing are a level line.
        spread = high - low if high - low > abs(high) * 1e-6 else 0.0
        rough = (spread or abs(high) * 0.1 or 1.0) / (most - 2)
        unit = 10.0 ** math.floor(math.log10(rough))
        size = unit * next(nice for nice in (1, 2, 2.5, 5, 10) if nice * unit >= rough * 0.999999)
    first, last = math.floor(low / size + 1e-9), math.ceil(high / size - 1e-9)
    if first == last:
        first, last = first - 1, last + 1
    return [round(at * size, 10) for at in range(first, last + 1)]


def around(named: list[float], axis: Axis) -> list[float]:
    """The named figures, and on a scale with ends a step more on both sides where they are few."""
    if axis.bounds is None or len(named) > 3:
        return named
    size = named[1] - named[0]
    wider = [named[0] - size, *named, named[-1] + size]
    return [figure for figure in wider if axis.bounds[0] <= figure <= axis.bounds[1]]


def day_ticks(
    start: datetime.date, end: datetime.date, most: int, across: Callable[[datetime.date], float], right: float
) -> list[Tick]:
    """The beginnings of years or months to name under the picture, at most so many."""
    months = [
        add_months(start.replace(day=1), n) for n in range((end.year - start.year) * 12 + end.month - start.month + 1)
    ]
    months = [month for month in months if start <= month <= end]
    for step in X_STEPS:
        chosen = [month for month in months if (month.year * 12 + month.month - 1) % step == 0]
        if len(chosen) <= most:
            break
    if not chosen:
        chosen = [start]
    pattern = "y" if step % 12 == 0 and len(chosen) > 1 else "MMM y"
    found = [Tick(across(day), format_date(day, pattern, locale=locale())) for day in chosen]
    return [tick for tick in found if tick.at + lettering.width(tick.label, TYPE) / 2 <= right + 30]


def table_of(series: Sequence[Line], axis: Axis) -> tuple[tuple[tuple[datetime.date, tuple[str, ...]], ...], bool]:
    """The points by day, the latest first, and whether only the last of each year are among them."""
    cells: dict[datetime.date, list[str]] = {}
    for at, line in enumerate(series):
        for n, (day, _value) in enumerate(line.points):
            cells.setdefault(day, [""] * len(series))[at] = words_of(line, n, axis)
    rows = sorted(cells.items())
    is_thinned = len(rows) > MOST_ROWS
    if is_thinned:
        rows = [list(of_year)[-1] for _year, of_year in groupby(rows, key=lambda row: row[0].year)]
    return tuple((day, tuple(words)) for day, words in reversed(rows)), is_thinned


def day_words(day: datetime.date) -> str:
    return format_date(day, "y年M月d日" if locale().language == "zh" else "d MMM y", locale=locale())
