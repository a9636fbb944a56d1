"""What becomes of a loss piece by piece: what its insurers pay of each, and why the rest stays with the customer.

Works on the steps of adequacy (DESIGN section 5, steps 4 to 9), which say where each section pays and at which rate; it
adds no judgement of its own. Pure: no query.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.money import minor_units, round_money
from programmes.selectors.adequacy import RiskAdequacy, Step

NOTHING = Decimal(0)
WHOLE = Decimal(1)


class Reason(models.TextChoices):
    """Why a part of a loss stays with the customer."""

    DEDUCTIBLE = "DEDUCTIBLE", _("Deductible")
    GAP = "GAP", _("Gap between layers")
    UNPLACED = "UNPLACED", _("Share that nobody carries")
    AVERAGE = "AVERAGE", _("Average, because the sum insured is too low")
    ABOVE = "ABOVE", _("Beyond the top of the cover")
    NOT_INSURED = "NOT_INSURED", _("Falls on what no section insures")
    NOTHING_PAYS = "NOTHING_PAYS", _("No section pays for it")


@dataclass(frozen=True)
class Borne:
    """A part of a loss that the customer bears, in its currency. `low` and `high`: where in the loss it lies."""

    reason: Reason
    amount: Decimal
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True)
class Piece:
    """A stretch of a loss over which the same sections pay. `rate` and `share` are theirs together, not capped."""

    low: Decimal
    high: Decimal
    steps: tuple[Step, ...]

    @property
    def rate(self) -> Decimal:
        return sum((rate_of(step) for step in self.steps), NOTHING)

    @property
    def share(self) -> Decimal:
        return sum((step.share or NOTHING for step in self.steps), NOTHING)

    @property
    def paid(self) -> Decimal:
        """The part of the stretch that is paid, not rounded."""
        return (self.high - self.low) * min(self.rate, WHOLE)


def average_of(step: Step) -> Decimal:
    return WHOLE if step.average is None else step.average


def rate_of(step: Step) -> Decimal:
    """What a section pays of each piece of its band: its share, less average."""
    return (step.share or NOTHING) * average_of(step)


class Band(NamedTuple):
    """From where to where in a loss a section pays; `high` None: without end."""

    low: Decimal
    high: Decimal | None

    def covers(self, low: Decimal, high: Decimal) -> bool:
        return self.low <= low and (self.high is None or high <= self.high)


def band_of(step: Step) -> Band | None:
    """Where a section pays, whatever the loss; None where it pays nothing as far as is known."""
    has_room = step.is_endless or bool(step.room)
    if step.answer != "YES" or step.low is None or not has_room or not rate_of(step) or step.is_silenced:
        return None
    return Band(step.low, None if step.is_endless else step.high)


def covers(step: Step) -> bool:
    return band_of(step) is not None


def lowest_of(steps: Iterable[Step]) -> tuple[Step, Band] | None:
    """Of the sections that pay the one that begins to do so first, with its band."""
    found = [(step, band) for step in steps if (band := band_of(step)) is not None]
    return min(found, key=lambda each: each[1].low, default=None)


def stacks_of(steps: Iterable[Step]) -> list[list[Step]]:
    """The steps by the exposures they insure, those that insure most of the loss first; within, from the bottom up."""
    found: dict[int, list[Step]] = defaultdict(list)
    for step in steps:
        found[step.stack].append(step)
    for stack in found.values():
        stack.sort(key=lambda step: (step.low is None, step.low or NOTHING, step.policy, step.section))
    return sorted(found.values(), key=lambda stack: (-(stack[0].loss or NOTHING), stack[0].stack))


def pieces_of(stack: Sequence[Step], loss: Decimal) -> list[Piece]:
    """The loss cut at the ends of the bands of one stack (step 8), from the bottom up. Together they are the loss."""
    bands = [(step, band) for step in stack if (band := band_of(step)) is not None]
    ends = {NOTHING, loss}
    for _step, band in bands:
        ends |= {end for end in band if end is not None and end < loss}
    return [
        Piece(low, high, tuple(step for step, band in bands if band.covers(low, high)))
        for low, high in pairwise(sorted(ends))
    ]


def borne_of_stack(stack: Sequence[Step], loss: Decimal) -> list[Borne]:
    """Why what one stack does not pay of its part of the loss stays with the customer; amounts are not rounded."""
    pieces = pieces_of(stack, loss)
    paying = [at for at, piece in enumerate(pieces) if piece.steps]
    lowest = lowest_of(stack)
    found = []
    for at, piece in enumerate(pieces):
        width = piece.high - piece.low
        if lowest is None:
            found.append(Borne(Reason.NOTHING_PAYS, width, piece.low, piece.high))
        elif not piece.steps and lowest[1].low >= piece.high:
            if lowest[0].is_primary:
                # The deductible is taken after average: of each dollar below the band, average takes its part first.
                average = average_of(lowest[0])
                found.append(Borne(Reason.DEDUCTIBLE, width * average, piece.low, piece.high))
                found.append(Borne(Reason.AVERAGE, width * (1 - average), piece.low, piece.high))
            else:
                found.append(Borne(Reason.GAP, width, piece.low, piece.high))
        elif not piece.steps:
            is_above = not paying or at > paying[-1]
            found.append(Borne(Reason.ABOVE if is_above else Reason.GAP, width, piece.low, piece.high))
        else:
            open_share = max(NOTHING, 1 - piece.share)
            found.append(Borne(Reason.UNPLACED, width * open_share, piece.low, piece.high))
            lost = 1 - min(piece.rate, WHOLE) - open_share
            found.append(Borne(Reason.AVERAGE, width * lost, piece.low, piece.high))
    return [each for each in found if each.amount > 0]


def borne(risk: RiskAdequacy, currency: str) -> tuple[Borne, ...]:
    """Why the customer would bear what it would bear of the loss, largest first; the amounts add up to it exactly.

    Empty where nothing is borne or known, and where sections that insure the same exposures in part are held together
    to the loss on them: then no reason has an amount of its own.
    """
    loss, retained = risk.maximum_loss, risk.retained_amount
    if not loss or not retained:
        return ()
    stacks = [stack for stack in stacks_of(risk.steps) if any(covers(step) for step in stack)]
    if any(stack[0].loss is None for stack in stacks):
        return ()
    if not stacks:
        return (Borne(Reason.NOTHING_PAYS, retained),)
    found = []
    several = len(stacks) > 1
    for stack in stacks:
        part = stack[0].loss or NOTHING
        found += [replace(each, low=None, high=None) if several else each for each in borne_of_stack(stack, part)]
    rest = loss - sum((stack[0].loss or NOTHING for stack in stacks), NOTHING)
    if rest < 0:
        return ()
    if rest:
        found.append(Borne(Reason.NOT_INSURED, rest))
    return _tied(_merged(found), retained, currency, most=len(risk.steps) + 1)


def borne_by_loss(stack: Sequence[Step], upto: Decimal) -> tuple[tuple[Decimal, Decimal], ...]:
    """What the customer bears of every loss up to an amount, where one stack answers all of it: points of a line.

    Between two points it is in proportion, for bands do not move with the loss. Amounts are not rounded.
    """
    points = [(NOTHING, NOTHING)]
    for piece in pieces_of(stack, upto):
        points.append((piece.high, points[-1][1] + piece.high - piece.low - piece.paid))
    return tuple(points)


def _merged(parts: Iterable[Borne]) -> list[Borne]:
    """Neighbouring parts of one reason as one; a part without a place joins the others of its reason."""
    found: list[Borne] = []
    for part in parts:
        last = next(
            (at for at, other in enumerate(found) if other.reason == part.reason and other.high == part.low), None
        )
        if last is None:
            found.append(part)
        else:
            found[last] = replace(found[last], amount=found[last].amount + part.amount, high=part.high)
    return found


def _tied(parts: list[Borne], total: Decimal, currency: str, *, most: int) -> tuple[Borne, ...]:
    """The parts rounded so that they add up to the total, largest first; none where more than rounding divides them."""
    rounded = [replace(part, amount=round_money(part.amount, currency)) for part in parts]
    rounded.sort(key=lambda part: -part.amount)
    apart = total - sum((part.amount for part in rounded), NOTHING)
    if not rounded or abs(apart) > (most + len(parts)) * Decimal(1).scaleb(-minor_units(currency)):
        return ()
    rounded[0] = replace(rounded[0], amount=rounded[0].amount + apart)
    return tuple(part for part in rounded if part.amount > 0)


def split(amount: Decimal, shares: Sequence[Decimal], currency: str) -> list[Decimal]:
    """An amount over shares, in proportion, in the currency's minor unit; together they are the amount exactly.

    What rounding leaves over goes to those that lost most by it, the first of equals first.
    """
    whole = sum(shares, NOTHING)
    if not whole:
        return [NOTHING for _share in shares]
    unit = Decimal(1).scaleb(-minor_units(currency))
    exact = [amount * share / whole / unit for share in shares]
    units = [part.to_integral_value(ROUND_HALF_UP) for part in exact]
    left = int((amount / unit).to_integral_value(ROUND_HALF_UP) - sum(units))
    step = 1 if left > 0 else -1
    order = sorted(range(len(units)), key=lambda at: (units[at] - exact[at]) * step)
    for at in order[: abs(left)]:
        units[at] += step
    return [part * unit for part in units]
