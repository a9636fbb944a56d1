"""The starting register: the risks that customers of an industry usually have, proposed with a reason each.

What ships is in `risk/data/starting_industries.csv` and `starting_risks.csv`: a level is "likelihood x consequence";
`industries` are codes, `*` for all and `-CODE` for all but that one; EACH proposes a risk for each place that has
exposures of the kinds, WHOLE one for the whole customer.
"""

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import UUID

from django.utils.translation import get_language

from common.reference import rows_of
from profiles.models import Customer, Location
from risk.models import Exposure, ExposureKind, Risk, RiskCategory, Treatment
from risk.selectors.values import values_as_at

DATA = Path(__file__).parent.parent / "data"
MOST_PLACES = 12
"""Places for each of which a risk is proposed; of more, one for the whole customer is."""


def is_chinese() -> bool:
    return (get_language() or "").startswith("zh")


@dataclass(frozen=True)
class Industry:
    """An industry that has a starting register. `words` recognise it in what a customer's profile says."""

    code: str
    name: str
    name_zh: str
    words: tuple[str, ...]

    def __str__(self) -> str:
        return self.name_zh if is_chinese() else self.name

    def is_in(self, text: str) -> bool:
        """Whether one of the words begins a word of the text; Chinese ones may stand anywhere."""
        return any(
            re.search(rf"\b{re.escape(word)}" if word.isascii() else re.escape(word), text) for word in self.words
        )


@dataclass(frozen=True)
class Typical:
    """What ships of one category: whom it concerns, its usual levels as (likelihood, consequence), and why."""

    category: str
    industries: frozenset[str]
    countries: frozenset[str]
    is_each: bool
    kinds: frozenset[str]
    inherent: tuple[int, int]
    current: tuple[int, int]
    treatment: str
    reason: str
    reason_zh: str


@cache
def industries() -> tuple[Industry, ...]:
    return tuple(
        Industry(row["code"], row["name"], row["name_zh"], tuple(row["words"].split(";")))
        for row in rows_of(DATA / "starting_industries.csv")
    )


@cache
def typical_risks() -> tuple[Typical, ...]:
    everybody = {industry.code for industry in industries()}
    return tuple(typical(row, everybody) for row in rows_of(DATA / "starting_risks.csv"))


def typical(row: dict[str, str], everybody: set[str]) -> Typical:
    named = row["industries"].split()
    concerned = set(everybody) if "*" in named else {code for code in named if not code.startswith("-")}
    concerned -= {code[1:] for code in named if code.startswith("-")}
    return Typical(
        category=row["category"],
        industries=frozenset(concerned),
        countries=frozenset(row["countries"].split()),
        is_each=row["where"] == "EACH",
        kinds=frozenset(row["kinds"].split()),
        inherent=level(row["inherent"]),
        current=level(row["current"]),
        treatment=row["treatment"],
        reason=row["reason"],
        reason_zh=row["reason_zh"],
    )


def level(text: str) -> tuple[int, int]:
    likelihood, consequence = text.split("x")
    return int(likelihood), int(consequence)


def industry_of(customer: Customer) -> Industry | None:
    """The industry that the customer's profile names, by its name or by a word in it; None where none is recognised."""
    text = customer.industry.casefold().strip()
    named = [row for row in industries() if text in (row.name.casefold(), row.name_zh)]
    return next(iter(named), None) or next((row for row in industries() if text and row.is_in(text)), None)


def industry_named(code: str) -> Industry | None:
    return next((row for row in industries() if row.code == code), None)


@dataclass(frozen=True)
class Proposal:
    """A risk that the customer probably has. `there` is the one in its register already, if it is."""

    typical: Typical
    category: RiskCategory
    location: Location | None
    exposures: list[Exposure]
    there: Risk | None

    @property
    def key(self) -> str:
        """What names it in a form: the category and the place."""
        return f"{self.category.code}:{self.location.pk if self.location else ''}"

    @property
    def reason(self) -> str:
        return self.typical.reason_zh if is_chinese() else self.typical.reason

    @property
    def treatment(self) -> str:
        return str(Treatment(self.typical.treatment).label)

    @property
    def kinds(self) -> str:
        """The kinds of what it can strike, in words."""
        order = ExposureKind.values
        found = sorted({exposure.kind for exposure in self.exposures}, key=order.index)
        return ", ".join(str(ExposureKind(kind).label) for kind in found)

    @property
    def inherent_level(self) -> int:
        return self.typical.inherent[0] * self.typical.inherent[1]

    @property
    def current_level(self) -> int:
        return self.typical.current[0] * self.typical.current[1]

    def risk(self, customer: Customer) -> Risk:
        """The risk as it would be added. When all is done is left open: nobody has decided yet what that is."""
        return Risk(
            customer=customer,
            category=self.category,
            location=self.location,
            cause=self.reason,
            currency=customer.currency,
            inherent_likelihood=self.typical.inherent[0],
            inherent_consequence=self.typical.inherent[1],
            current_likelihood=self.typical.current[0],
            current_consequence=self.typical.current[1],
            treatment=self.typical.treatment,
        )


def proposals(customer: Customer, industry: Industry, on: datetime.date) -> list[Proposal]:
    """The risks proposed to a customer, in the order of the tree. Those there already say so. Three queries."""
    concerning = [
        row
        for row in typical_risks()
        if industry.code in row.industries and (not row.countries or str(customer.country) in row.countries)
    ]
    categories = {row.code: row for row in RiskCategory.objects.filter(code__in=[row.category for row in concerning])}
    there = {
        (risk.category_id, risk.location_id): risk
        for risk in Risk.objects.filter(customer=customer).order_by("closed_on", "pk")
    }
    valued = values_as_at(Exposure.objects.filter(customer=customer), on)
    exposures = [value.exposure for value in valued.select_related("exposure__location").order_by("exposure_id")]
    made = []
    for row in concerning:
        category = categories.get(row.category)
        if category is None:  # the house took it out of its tree
            continue
        struck = [exposure for exposure in exposures if exposure.kind in row.kinds]
        for location, linked in placed(struck, is_each=row.is_each):
            known = there.get((category.pk, location.pk if location else None))
            made.append(Proposal(row, category, location, linked, known))
    return sorted(made, key=lambda row: (row.category.rank, row.location is not None, str(row.location), row.key))


def placed(struck: Sequence[Exposure], *, is_each: bool) -> Iterable[tuple[Location | None, list[Exposure]]]:
    """The places for which a risk is proposed, with what it can strike there."""
    by_place: dict[UUID | None, list[Exposure]] = defaultdict(list)
    for exposure in struck:
        by_place[exposure.location_id].append(exposure)
    places = [place for place in by_place if place is not None]
    if not is_each or not places or len(places) > MOST_PLACES:
        return [(None, list(struck))]
    found = [(by_place[place][0].location, by_place[place]) for place in places]
    return [*found, (None, by_place[None])] if by_place[None] else found
