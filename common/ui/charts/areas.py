"""What something came to over time, by part: areas on top of one another that step from day to day."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from babel.dates import format_skeleton

from common.templatetags.ui import brief_amount, day_text, locale

WIDE, NARROW = (1080.0, 280.0), (360.0, 200.0)
"""Width and height of the two drawings, in which letters can be read on a desk's screen and on a telephone's."""
LEFT = 52.0
"""Room for the amounts beside the scale."""
TOP = 12.0
FOOT = 24.0
SERIES = 6
"""Tints there are; a seventh part begins anew."""
LEAST_DAYS = 30
"""A picture spans at least so many days, so that a single day is not a line without width."""
ROUND = [Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10)]
MARK = 110.0
"""Pixels that the name of a day takes, with the room around it."""


@dataclass(frozen=True)
class Part:
    """One part with its amount from each day on. `tint`: which of the tints, 0 for the next one in turn."""

    label: str
    amounts: Sequence[Decimal]
    tint: int = 0


@dataclass(frozen=True)
class Area:
    label: str
    css: str
    path: str


@dataclass(frozen=True)
class Mark:
    """A place on one of the scales, and what stands there."""

    at: float
    text: str


@dataclass(frozen=True)
class Row:
    """A day of the table behind the picture: each part's amount, and all together."""

    day: datetime.date
    named: list[tuple[str, Decimal]]
    total: Decimal


@dataclass(frozen=True)
class Drawing:
    """One drawing, in pixels of its viewBox."""

    areas: tuple[Area, ...]
    amounts: tuple[Mark, ...]
    days: tuple[Mark, ...]
    left: float
    base: float
    width: float
    height: float


@dataclass(frozen=True)
class Areas:
    """What `<c-areas>` draws; `label` says in words what is shown."""

    label: str
    wide: Drawing
    narrow: Drawing
    rows: tuple[Row, ...]


def draw(days: Sequence[datetime.date], parts: Sequence[Part], *, until: datetime.date, label: str) -> Areas:
    """From the first day to `until`; each amount holds until the next day. Raises ValueError without a day."""
    if not days:
        raise ValueError("There is nothing to draw.")
    sums = [sum((part.amounts[at] for part in parts), Decimal(0)) for at in range(len(days))]
    rows = [Row(day, [(part.label, part.amounts[at]) for part in parts], sums[at]) for at, day in enumerate(days)]
    wide, narrow = (drawn(rows, parts, until, *size) for size in (WIDE, NARROW))
    return Areas(label, wide, narrow, tuple(reversed(rows)))


def drawn(rows: Sequence[Row], parts: Sequence[Part], until: datetime.date, width: float, tall: float) -> Drawing:
    """The parts on top of one another, within a width and a height."""
    days = [row.day for row in rows]
    first = min(days[0], until - datetime.timedelta(days=LEAST_DAYS))
    span = max((until - first).days, 1)
    highest = max(row.total for row in rows)
    step = round_step(highest)
    top = step * max((highest / step).to_integral_value(ROUND_CEILING), Decimal(1))
    base = TOP + tall

    def x(day: datetime.date) -> float:
        return round(LEFT + (width - LEFT) * (day - first).days / span, 1)

    def y(amount: Decimal) -> float:
        return round(base - tall * float(amount / top), 1)

    areas = []
    below = [Decimal(0)] * len(days)
    for number, part in enumerate(parts):
        above = [low + amount for low, amount in zip(below, part.amounts, strict=True)]
        path = outline([*map(x, days), x(until)], [y(amount) for amount in above], [y(amount) for amount in below])
        areas.append(Area(part.label, f"series-{part.tint or number % SERIES + 1}", path))
        below = above
    return Drawing(
        areas=tuple(areas),
        amounts=tuple(Mark(y(step * at), brief_amount(step * at)) for at in range(int(top / step) + 1)),
        days=tuple(Mark(x(day), text) for day, text in day_marks(first, until, most=int(width / MARK))),
        left=LEFT,
        base=base,
        width=width,
        height=base + FOOT,
    )


def outline(edges: Sequence[float], upper: Sequence[float], lower: Sequence[float]) -> str:
    """The path around an area that steps at each edge: along its upper side, and back along its lower one."""
    there = [f"M{edges[0]},{lower[0]}"]
    for at, height in enumerate(upper):
        there.append(f"V{height}H{edges[at + 1]}")
    for at in range(len(lower) - 1, -1, -1):
        there.append(f"V{lower[at]}H{edges[at]}")
    return "".join(there) + "Z"


def round_step(highest: Decimal) -> Decimal:
    """A round distance between the amounts of the scale, so that about four cover the highest."""
    if highest <= 0:
        return Decimal(1)
    wanted = highest / 4
    size = Decimal(1).scaleb(wanted.adjusted())
    return next(size * factor for factor in ROUND if size * factor >= wanted)


def day_marks(first: datetime.date, last: datetime.date, *, most: int) -> list[tuple[datetime.date, str]]:
    """At most so many days to name under the picture: beginnings of years, or of quarters or months."""
    for months in (1, 3, 6, 12, 24, 60, 120, 240):
        marks = [day for day in beginnings(first, last) if (day.year * 12 + day.month - 1) % months == 0]
        if len(marks) <= most:
            skeleton = "y" if months >= 12 else "yMMM"
            return [(day, format_skeleton(skeleton, day, locale=locale())) for day in marks]
    return [(first, day_text(first))]


def beginnings(first: datetime.date, last: datetime.date) -> list[datetime.date]:
    """The first days of the months between two days, the ends left out where a word would hang over the edge."""
    margin = datetime.timedelta(days=(last - first).days // 20)
    found, day = [], first.replace(day=1)
    while day <= last - margin:
        if day >= first + margin:
            found.append(day)
        day = (day + datetime.timedelta(days=32)).replace(day=1)
    return found
