"""Signing down: what each insurer's written line becomes when more was written than is to be placed.

Pure sums: no tables, no clock, no settings. Shares are parts of 1 with six decimals.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

PART = Decimal("0.000001")
"""The least share there is: shares have six decimals."""
WHOLE = Decimal(1)


class UnableToSign(Exception):
    """The lines cannot be signed as they are written."""


class LineNotWritten(UnableToSign):
    """A line says nothing of what was written. `place` counts the lines from 0."""

    def __init__(self, place: int) -> None:
        super().__init__(f"Line {place + 1} has no written share.")
        self.place = place


class StandingLinesExceed(UnableToSign):
    """The lines to stand leave the others nothing. `standing` is their sum, `target` what is to be placed."""

    def __init__(self, standing: Decimal, target: Decimal) -> None:
        super().__init__(f"Lines to stand take {standing} of {target}.")
        self.standing, self.target = standing, target


@dataclass(frozen=True)
class WrittenLine:
    """What an insurer wrote. A line that stands is signed as it is written, whatever happens to the others."""

    written: Decimal | None
    is_lead: bool = False
    stands: bool = False


@dataclass(frozen=True)
class Signing:
    """The signed shares, in the order of the written lines, and what of the target nobody wrote."""

    shares: tuple[Decimal, ...]
    open: Decimal


def sign_down(lines: Sequence[WrittenLine], *, placed_elsewhere: Decimal = Decimal(0)) -> Signing:
    """The signed shares of written lines. Together with `placed_elsewhere` they are exactly 1, and never above it.

    Lines to stand keep what they wrote. The others share what is left in proportion to what they wrote, at six decimals
    rounded half up; what rounding leaves over goes to the lead. No line is signed above what it wrote, nor at nothing:
    where that stops the lead, the largest of the other lines takes the rest. Where less was written than is to be
    placed there is nothing to sign down: each line is signed as written, and `open` is what is missing.

    Raises LineNotWritten, and StandingLinesExceed where the lines to stand alone are more than is to be placed, or
    leave the others nothing.
    """
    target = max(WHOLE - placed_elsewhere, Decimal(0))
    written = [_written(line, place) for place, line in enumerate(lines)]
    total = sum(written, Decimal(0))
    standing = sum((share for share, line in zip(written, lines) if line.stands), Decimal(0))
    others = [place for place, line in enumerate(lines) if not line.stands]
    if standing > target or (others and target - standing < PART * len(others)):
        raise StandingLinesExceed(standing, target)
    if total <= target:
        return Signing(tuple(written), target - total)

    left = target - standing
    rest = total - standing
    signed = list(written)
    for place in others:
        signed[place] = max((written[place] * left / rest).quantize(PART, rounding=ROUND_HALF_UP), PART)
    over = left - sum((signed[place] for place in others), Decimal(0))
    for place in sorted(others, key=lambda place: (not lines[place].is_lead, -written[place])):
        taken = min(max(signed[place] + over, PART), written[place])
        over -= taken - signed[place]
        signed[place] = taken
    return Signing(tuple(signed), Decimal(0))


def _written(line: WrittenLine, place: int) -> Decimal:
    if line.written is None:
        raise LineNotWritten(place)
    return line.written
