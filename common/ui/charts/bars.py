"""A few bars with their counts, such as renewals by month. Each bar opens the rows behind it."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 280.0
HEIGHT = 96.0
HEADROOM = 18.0
FOOT = 20.0
LEAST = 2.0
"""A count above 0 is never invisible."""


@dataclass(frozen=True)
class Bar:
    """tone: "", "bad" or "warn"."""

    label: str
    count: int
    url: str = ""
    tone: str = ""


@dataclass(frozen=True)
class DrawnBar:
    bar: Bar
    x: float
    y: float
    width: float
    height: float
    middle: float


@dataclass(frozen=True)
class Bars:
    """What `<c-bars>` draws, in pixels of its viewBox; `label` says what is counted."""

    label: str
    bars: tuple[DrawnBar, ...]
    width: float
    height: float
    base: float
    total: int


def draw(bars: Sequence[Bar], *, label: str) -> Bars:
    """Bars from a common base, the highest count using the whole height."""
    highest = max((bar.count for bar in bars), default=0)
    base = HEADROOM + HEIGHT
    pitch = WIDTH / max(len(bars), 1)
    width = min(pitch * 0.62, 40.0)
    drawn = []
    for at, bar in enumerate(bars):
        height = max(HEIGHT * bar.count / highest, LEAST) if bar.count else 0.0
        middle = pitch * (at + 0.5)
        drawn.append(
            DrawnBar(
                bar=bar,
                x=round(middle - width / 2, 1),
                y=round(base - height, 1),
                width=round(width, 1),
                height=round(height, 1),
                middle=round(middle, 1),
            )
        )
    return Bars(
        label=label,
        bars=tuple(drawn),
        width=WIDTH,
        height=base + FOOT,
        base=base,
        total=sum(bar.count for bar in bars),
    )
