"""A line without axes: how a figure moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

WIDTH = 96.0
HEIGHT = 24.0


@dataclass(frozen=True)
class Sparkline:
    """What `<c-sparkline>` draws; `label` says in words what the line shows."""

    label: str
    points: str
    width: float
    height: float


def draw(values: Sequence[Decimal | int | float], *, label: str) -> Sparkline:
    """From the first value to the last, lowest at the bottom. One value or a steady one is a line in the middle."""
    figures = [float(value) for value in values]
    if len(figures) == 1:
        figures *= 2
    low, high = min(figures, default=0.0), max(figures, default=0.0)
    points = []
    for at, figure in enumerate(figures):
        x = WIDTH * at / (len(figures) - 1)
        y = HEIGHT / 2 if high == low else HEIGHT * (1 - (figure - low) / (high - low))
        points.append(f"{x:.1f},{y:.1f}")
    return Sparkline(label=label, points=" ".join(points), width=WIDTH, height=HEIGHT)
