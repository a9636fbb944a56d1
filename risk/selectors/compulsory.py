"""What the law asks of customers: all of it, and what seems to concern one of them by its values."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import ngettext

from common.templatetags.ui import number
from profiles.models import Customer
from risk.models import COUNTED_KINDS, CompulsoryRequirement, Exposure, ExposureKind
from risk.selectors.values import values_as_at


def requirements() -> QuerySet[CompulsoryRequirement]:
    """All of them with their classes, territory by territory, the lower minimum first."""
    return CompulsoryRequirement.objects.select_related("class_of_business").order_by(
        "territory", "class_of_business__rank", "minimum", "code"
    )


@dataclass(frozen=True)
class Suggestion:
    """A requirement that seems to concern a customer, and how many persons or vehicles say so."""

    requirement: CompulsoryRequirement
    count: Decimal

    @property
    def reason(self) -> str:
        """Why, in a few words."""
        n = int(self.count)
        territory: Any = self.requirement.territory
        where = {"count": number(n), "place": territory.name}
        if self.requirement.counted_kind == ExposureKind.VEHICLES:
            return ngettext("%(count)s vehicle in %(place)s", "%(count)s vehicles in %(place)s", n) % where
        return ngettext("%(count)s person in %(place)s", "%(count)s persons in %(place)s", n) % where


def suggestions(
    customer: Customer, on: datetime.date, among: list[CompulsoryRequirement] | None = None
) -> list[Suggestion]:
    """What the customer's persons and vehicles on the day call for. One query, another where `among` is not given.

    They are counted in the territory of their location, and without one in the customer's country. It is a
    suggestion: persons need not be employees, nor vehicles on the road.
    """
    counts = counted(customer, on)
    return called_for(counts, requirements() if among is None else among) if counts else []


def called_for(counts: Mapping[tuple[str, str], Decimal], among: Iterable[CompulsoryRequirement]) -> list[Suggestion]:
    """What numbers by territory and kind call for.

    Of several requirements for one class the one with the highest number that the count is above is meant.
    """
    chosen: dict[tuple[str, object], Suggestion] = {}
    for row in among:
        count = counts.get((str(row.territory), row.counted_kind), Decimal(0))
        key = (str(row.territory), row.class_of_business_id)
        if count > row.above and (key not in chosen or chosen[key].requirement.above < row.above):
            chosen[key] = Suggestion(row, count)
    return list(chosen.values())


def counted(customer: Customer, on: datetime.date) -> dict[tuple[str, str], Decimal]:
    """Persons and vehicles of the customer on the day, by territory and kind. One query."""
    found: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    of_kinds = Exposure.objects.filter(customer=customer, kind__in=COUNTED_KINDS)
    for value in values_as_at(of_kinds, on).select_related("exposure__location"):
        place = value.exposure.location
        country = place.country if place is not None and place.country else customer.country
        found[str(country), value.exposure.kind] += value.amount
    return found


def unanswered(suggested: Iterable[Suggestion], named: Iterable[CompulsoryRequirement]) -> list[Suggestion]:
    """The suggestions that nothing among the named requirements answers: the same class there, for at least as much."""
    held = list(named)
    return [
        each
        for each in suggested
        if not any(
            row.territory == each.requirement.territory
            and row.class_of_business_id == each.requirement.class_of_business_id
            and row.minimum >= each.requirement.minimum
            for row in held
        )
    ]
