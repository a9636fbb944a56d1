"""Periods on one line each, from their first day to their last, with the day they are looked at marked."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from babel.dates import format_date
from django.utils.translation import gettext as _

from common.dates import add_months
from common.templatetags.ui import day_text, locale
from common.ui.charts import lettering
from common.ui.charts.tower_drawing import SIZE, Box, Text

ONE_DAY = datetime.timedelta(days=1)
MONTHS_BACK = 18
MONTHS_AHEAD = 36
"""How far from the day the picture reaches at most; what lies beyond is cut off."""
LEAST_AHEAD = 3
"""Months ahead that are always shown, so that a line that runs on has room for its arrow."""
MARGIN = 8
"""The part of the whole that is added after the last day."""
STEPS = (1, 2, 3, 6, 12)
"""Months between two ticks: the shortest that leaves each label its room."""
BAR = 20.0
HEAD = 26.0
"""Room above the lines for the day's label."""
FOOT = 24.0
ARROW = 9.0
PAD = 8.0


@dataclass(frozen=True)
class Period:
    """From the first to the last day (None: no end), cut short where `cancelled_from` says.

    kind: now (running on the day), next (to come) or over.
    """

    label: str
    first: datetime.date
    last: datetime.date | None
    kind: str
    cancelled_from: datetime.date | None = None
    url: str = ""
    note: str = ""

    @property
    def cancellation(self) -> str:
        """From when it is cancelled, in words; empty where it is not."""
        if self.cancelled_from is None:
            return ""
        return _("cancelled from %(day)s") % {"day": day_text(self.cancelled_from)}

    @property
    def state(self) -> str:
        """What the table says of it."""
        words = {"now": _("in force"), "next": _("bound, to come"), "over": _("over")}[self.kind]
        return ", ".join(part for part in (words, self.cancellation) if part)

    @property
    def title(self) -> str:
        """All of it in words."""
        ends = day_text(self.last) if self.last else _("no expiry")
        return f"{self.label} · {day_text(self.first)} – {ends} · {self.state}"


@dataclass(frozen=True)
class Lane:
    """Periods that follow one another on one line."""

    label: str
    periods: tuple[Period, ...]


@dataclass(frozen=True)
class Bar:
    """A stretch of a line. kind: now, next, over or cancelled."""

    box: Box
    kind: str
    title: str
    url: str
    text: Text | None


@dataclass(frozen=True)
class Drawing:
    """The lines in one width: everything in pixels of its viewBox. `arrows` are the points of triangles."""

    key: str
    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    bars: tuple[Bar, ...]
    arrows: tuple[str, ...]
    labels: tuple[Text, ...]
    ends: tuple[Text, ...]
    ticks: tuple[tuple[float, Text], ...]
    rules: tuple[float, ...]
    day: float
    day_label: Text


@dataclass(frozen=True)
class Measures:
    """Widths in pixels. Without room for labels (0) they stand above their line."""

    width: float
    labels: float
    lane: float
    tick: float


WIDE = Measures(width=1120, labels=230, lane=31, tick=66)
PRINTED = Measures(width=840, labels=180, lane=29, tick=58)
NARROW = Measures(width=360, labels=0, lane=46, tick=54)


@dataclass(frozen=True)
class Picture:
    """All that `<c-periods>` needs, for a wide and a narrow place, and the lanes for the table behind it."""

    wide: Drawing
    narrow: Drawing
    lanes: tuple[Lane, ...]
    on: datetime.date
    description: str
    kinds: tuple[str, ...] = field(default=())


def picture(
    lanes: Sequence[Lane], *, on: datetime.date, day_label: str, key: str = "periods", wide_as: Measures = WIDE
) -> Picture:
    """The lanes in their order from the top. `day_label` names the day; `key` tells the pictures of a page apart."""
    wide = draw(lanes, on=on, day_label=day_label, measures=wide_as, key=f"{key}-wide")
    count = sum(len(lane.periods) for lane in lanes)
    kinds = {bar.kind for bar in wide.bars} | ({"open"} if wide.arrows else set())
    return Picture(
        wide=wide,
        narrow=draw(lanes, on=on, day_label=day_label, measures=NARROW, key=f"{key}-narrow"),
        lanes=tuple(lanes),
        on=on,
        description=_("Periods of %(count)d policies around %(day)s; the table says the same.")
        % {"count": count, "day": day_text(on)},
        kinds=tuple(kind for kind in ("now", "next", "over", "cancelled", "open") if kind in kinds),
    )


def draw(
    lanes: Sequence[Lane], *, on: datetime.date, day_label: str, measures: Measures = WIDE, key: str = "periods"
) -> Drawing:
    """Every rectangle and text. Nothing lies outside the viewBox."""
    start, end = span(lanes, on)
    left, right = measures.labels or PAD, measures.width - PAD - ARROW
    days = (end - start).days

    def x_of(day: datetime.date) -> float:
        """Where the day begins."""
        return round(left + (right - left) * min(max((day - start).days, 0), days) / days, 1)

    bars: list[Bar] = []
    arrows: list[str] = []
    labels: list[Text] = []
    ends: list[Text] = []
    for at, lane in enumerate(lanes):
        middle = HEAD + measures.lane * (at + 0.5) + (0 if measures.labels else 10)
        label_y = middle if measures.labels else middle - BAR / 2 - 10
        room = (measures.labels or measures.width) - 2 * PAD
        labels.append(Text(0 if measures.labels else PAD, label_y, _fitted(lane.label, room), "chart__label", "start"))
        reach = left
        for period in lane.periods:
            drawn = _bars(period, middle, x_of)
            bars += drawn
            reach = max([reach, *(bar.box.x + bar.box.width for bar in drawn)])
            if period.last is None and period.cancelled_from is None:
                tip = right + ARROW
                arrows.append(f"{right},{middle - BAR / 2} {tip},{middle} {right},{middle + BAR / 2}")
                reach = tip
        last = lane.periods[-1]
        ends += _end(last, reach + 6, middle, measures.width - reach - 8) if last.last and last.last < end else []
    bottom = HEAD + measures.lane * len(lanes) + (4 if measures.labels else 8)
    step = _step(start, end, (right - left) / measures.tick)
    ticks = [
        (x_of(day), Text(x_of(day), bottom + 14, _tick(day), "chart__muted", "middle"))
        for day in _ticks(start, end, step)
    ]
    return Drawing(
        key=key,
        width=measures.width,
        height=bottom + FOOT,
        left=left,
        right=right,
        top=HEAD - 6,
        bottom=bottom,
        bars=tuple(bars),
        arrows=tuple(arrows),
        labels=tuple(labels),
        ends=tuple(ends),
        ticks=tuple(each for each in ticks if left + 12 <= each[0] <= right - 12),
        rules=tuple(round(HEAD + measures.lane * at, 1) for at in range(1, len(lanes))),
        day=x_of(on),
        day_label=_day_label(day_label, x_of(on), left, right),
    )


def span(lanes: Sequence[Lane], on: datetime.date) -> tuple[datetime.date, datetime.date]:
    """The first day shown, which begins a month, and the day after the last one, with room for its date beside it."""
    periods = [period for lane in lanes for period in lane.periods]
    first = min((period.first for period in periods), default=on)
    last = max((period.last for period in periods if period.last), default=on)
    first = min(max(first, add_months(on, -MONTHS_BACK)), add_months(on, -1))
    last = max(min(last, add_months(on, MONTHS_AHEAD)), add_months(on, LEAST_AHEAD))
    first = first.replace(day=1)
    return first, last + ONE_DAY + (last - first) / MARGIN


def _bars(period: Period, middle: float, x_of: Callable[[datetime.date], float]) -> list[Bar]:
    """The period as a bar, and what a cancellation took off it as another."""
    after = period.last + ONE_DAY if period.last else datetime.date.max
    seam = 0 if period.last is None else 1
    cut = period.cancelled_from or after
    found = []
    for kind, begins, ends in ((period.kind, period.first, cut), ("cancelled", cut, after)):
        x, end = x_of(begins), x_of(ends)
        if begins < ends and end > x:
            box = Box(x, middle - BAR / 2, round(max(end - x - seam, 1), 1), BAR)
            words = "" if kind == "cancelled" else _fitted(period.label, box.width - 2 * PAD)
            text = Text(x + PAD, middle, words, f"on-{kind}", "start") if words else None
            found.append(Bar(box, kind, period.title, period.url, text))
    return found


def _end(period: Period, x: float, middle: float, room: float) -> list[Text]:
    """The last day beside the bar, or from when it is cancelled, where there is room."""
    if period.last is None:
        return []
    words = period.cancellation or day_text(period.last)
    return [Text(round(x, 1), middle, words, "chart__muted", "start")] if lettering.width(words, SIZE) <= room else []


def _fitted(words: str, room: float) -> str:
    return lettering.fitted(words, room, SIZE)


def _day_label(words: str, x: float, left: float, right: float) -> Text:
    """Centred over the day's line, kept within the picture."""
    half = lettering.width(words, SIZE) / 2
    return Text(round(min(max(x, left + half), right - half), 1), 9, words, "chart__strong", "middle")


def _step(start: datetime.date, end: datetime.date, most: float) -> int:
    months = (end.year - start.year) * 12 + end.month - start.month
    return next((step for step in STEPS if months / step <= most), STEPS[-1])


def _ticks(start: datetime.date, end: datetime.date, step: int) -> list[datetime.date]:
    """The first days of months between the two, as many months apart, so that January is one of them."""
    found, day = [], start
    while day < end:
        if (day.month - 1) % step == 0:
            found.append(day)
        day = add_months(day, 1)
    return found


def _tick(day: datetime.date) -> str:
    is_chinese = locale().language == "zh"
    if day.month == 1:
        return f"{day.year}年" if is_chinese else str(day.year)
    return format_date(day, "M月" if is_chinese else "MMM", locale=locale())
