"""Chance for made-up figures: skewed as real ones are, and the same again for the same seed."""

import random
from collections.abc import Sequence
from typing import TypeVar

Thing = TypeVar("Thing")


class Draws(random.Random):
    """A generator of the standard library with the draws that the book needs."""

    def happens(self, share: float) -> bool:
        """True in that share of cases."""
        return self.random() < share

    def spread(self, middle: float, sigma: float) -> float:
        """A figure around `middle`, lognormal: two thirds lie within a factor of e to the sigma."""
        return middle * self.lognormvariate(0, sigma)

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self.random()

    def one_of(self, things: Sequence[Thing]) -> Thing:
        """Any of them; a quicker `choice`."""
        return things[int(self.random() * len(things))]


def rounded(amount: float, digits: int = 2) -> int:
    """An amount as people give it: whole, above 0, to that many significant digits."""
    whole = max(1, round(amount))
    unit = 10 ** max(0, len(str(whole)) - digits)
    return (whole + unit // 2) // unit * unit
