"""A stack of sections as a tower: where its cover ends, where it has gaps, who has signed how much of it."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from tests.programmes.adequacy.oracle import Part, band_of, reach


@dataclass(frozen=True)
class Band:
    low: Fraction
    high: Fraction
    share: Fraction
    average: Fraction
    part: Part

    @property
    def stands_on_nothing(self):
        """An excess section with something left of its attachment."""
        return not self.part.is_primary and self.part.attachment > 0


class Tower:
    """The bands of a stack that pay, ordered by where they begin. `loss`: the part of X that falls on it, or None.

    Where X is not known a section pays for whatever loss; where only the part is not, as with any unknown, it does not.
    """

    def __init__(self, stack, *, is_loss_known):
        self.loss = stack[0].loss
        self.bands = []
        for part in stack:
            if (found := band_of(part) if is_loss_known else reach(part)) is not None:
                low, high, _rate = found
                self.bands.append(Band(low, high, part.share, Fraction(part.average), part))
        self.bands.sort(key=lambda band: (band.low, band.high))

    @property
    def has_open_bottom(self):
        lowest = [band for band in self.bands if band.low == self.bands[0].low]
        return bool(lowest) and all(band.stands_on_nothing for band in lowest)

    def unbroken(self):
        """Where the cover from the bottom ends, and the sum of the rooms up to there, a loss counted once."""
        if not self.bands or self.has_open_bottom:
            return Fraction(0), Fraction(0)
        top, rooms = self.bands[0].low, Fraction(0)
        for band in self.bands:
            if band.low > top:
                break
            if band.high > top:
                rooms += (band.high - top) * band.average
                top = band.high
        return top, rooms

    def gaps(self):
        """Losses without cover that begin below the loss, each with its end: the next cover, or the loss."""
        found, covered_to = [], Fraction(0) if self.has_open_bottom else None
        for band in self.bands:
            if covered_to is not None and covered_to < band.low and covered_to < self.loss:
                found.append((covered_to, min(band.low, self.loss)))
            covered_to = band.high if covered_to is None else max(covered_to, band.high)
        return found

    def without_cover(self):
        """The width of all gaps together."""
        return sum((high - low for low, high in self.gaps()), Fraction(0))

    def pieces(self):
        """The covered pieces below the loss: width and the bands over it."""
        ends = sorted({min(end, self.loss) for band in self.bands for end in (band.low, band.high)})
        for low, high in pairwise(ends):
            over = [band for band in self.bands if band.low <= low and high <= band.high]
            if over:
                yield low, high, over


def unplaced(tower):
    """What of the covered loss nobody has signed."""
    return sum(
        ((high - low) * max(1 - sum(band.share for band in over), Fraction(0)) for low, high, over in tower.pieces()),
        Fraction(0),
    )


def overplaced(tower):
    """What of the covered loss is signed more than once: within a policy, and by different policies."""
    found = {"SHARE_OVERPLACED": Fraction(0), "DOUBLE_INSURANCE": Fraction(0)}
    if tower.loss is None:
        return found
    for low, high, over in tower.pieces():
        together = sum(band.share for band in over)
        if together > 1:
            policies = {band.part.policy.key for band in over}
            code = "DOUBLE_INSURANCE" if len(policies) > 1 else "SHARE_OVERPLACED"
            found[code] += (high - low) * (together - 1)
    return found
