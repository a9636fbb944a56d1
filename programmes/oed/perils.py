"""What the peril codes of the standard mean in our tree of risk categories.

A category's first code names the peril itself, the others what comes with it: smoke alone is no cover against fire.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from uuid import UUID

from common.reference import rows_of
from risk.models import RiskCategory

SHIPPED = Path(__file__).parent.parent / "data" / "oed_perils.csv"
ALL_PERILS = "AA1"


@cache
def single_perils() -> dict[str, frozenset[str]]:
    """For each code of the standard the single perils it stands for."""
    return {row["code"]: frozenset(row["perils"].split()) for row in rows_of(SHIPPED)}


def codes_of(text: str) -> list[str]:
    """The codes of a cell such as "WW1;OO1"."""
    return [code.strip().upper() for code in text.replace(",", ";").split(";") if code.strip()]


def expanded(codes: Iterable[str]) -> frozenset[str]:
    """The single perils of some codes. Unknown codes stand for nothing."""
    return frozenset().union(*(single_perils().get(code, frozenset()) for code in codes))


@dataclass(frozen=True)
class Cover:
    """Categories that some perils cover, and the perils that cover none by themselves."""

    categories: frozenset[UUID]
    left_over: list[str] = field(default_factory=list)


class PerilTable:
    """The code table of the risk categories, read once for an import."""

    def __init__(self) -> None:
        self.categories = list(RiskCategory.objects.only("id", "code", "parent_id", "oed_codes"))
        self.children: dict[UUID, list[RiskCategory]] = {}
        for category in self.categories:
            if category.parent_id:
                self.children.setdefault(category.parent_id, []).append(category)

    def cover(self, perils: frozenset[str]) -> Cover:
        """What the single perils cover: categories by their first code, and those all of whose parts are covered."""
        covered = {
            category.pk for category in self.categories if category.oed_codes and category.oed_codes[0] in perils
        }
        explained = {code for category in self.categories if category.pk in covered for code in category.oed_codes}
        grew = True
        while grew:
            more = {
                category.pk
                for category in self.categories
                if not category.oed_codes
                and category.pk not in covered
                and category.pk in self.children
                and all(child.pk in covered for child in self.children[category.pk])
            }
            covered |= more
            grew = bool(more)
        return Cover(frozenset(covered), sorted(perils - explained))
