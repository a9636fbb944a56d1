"""A vertical scale from amounts to pixels on which every stretch between two amounts can still be read."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Stretch:
    """From one amount to the next, and the pixels it takes. `is_stretched`: drawn taller than in proportion."""

    start: Decimal
    end: Decimal
    pixels: float
    is_stretched: bool


@dataclass(frozen=True)
class Scale:
    """Amounts upwards from 0 at the bottom. Linear wherever nothing would be thinner than the least readable height."""

    stretches: tuple[Stretch, ...]

    @property
    def pixels(self) -> float:
        return sum(stretch.pixels for stretch in self.stretches)

    @property
    def top(self) -> Decimal:
        return self.stretches[-1].end if self.stretches else Decimal(0)

    def height_of(self, value: Decimal) -> float:
        """Pixels above the bottom; amounts beyond the top lie on it."""
        pixels = 0.0
        for stretch in self.stretches:
            if value >= stretch.end:
                pixels += stretch.pixels
            elif value > stretch.start:
                pixels += stretch.pixels * float((value - stretch.start) / (stretch.end - stretch.start))
        return pixels


def piecewise(amounts: Iterable[Decimal], *, pixels: float, least: float) -> Scale:
    """A scale through 0 and the given amounts, `pixels` high.

    In proportion, except that no stretch is thinner than `least` pixels: one that would be is drawn at `least`, and the
    others share what remains in proportion. With so many stretches that this cannot be, the scale grows higher.
    A logarithmic scale would fit all as well; but a broker compares the large layers by eye, and here those stay true.
    """
    ends = sorted({value for value in amounts if value > 0})
    starts = [Decimal(0), *ends[:-1]]
    sizes = [end - start for start, end in zip(starts, ends)]
    pixels = max(pixels, least * len(sizes))
    fixed: set[int] = set()
    while True:
        left = pixels - least * len(fixed)
        total = sum((size for at, size in enumerate(sizes) if at not in fixed), Decimal(0))
        thin = {at for at, size in enumerate(sizes) if at not in fixed and float(size / total) * left < least - 1e-9}
        if not thin:
            break
        fixed |= thin
    return Scale(
        tuple(
            Stretch(
                start=start,
                end=end,
                pixels=least if at in fixed else float(sizes[at] / total) * left,
                is_stretched=at in fixed,
            )
            for at, (start, end) in enumerate(zip(starts, ends))
        )
    )
