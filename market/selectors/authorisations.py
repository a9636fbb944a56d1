"""Where an insurer may carry which classes: the question, and the answer as people read it."""

import datetime
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django_countries import countries

from market.models import Authorisation, ClassOfBusiness, Insurer


def holding(on: datetime.date) -> QuerySet[Authorisation]:
    """The authorisations that hold on the day."""
    return Authorisation.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=on), Q(valid_to=None) | Q(valid_to__gte=on)
    )


def answering(
    on: datetime.date, *, territory: str = "", class_of_business: ClassOfBusiness | None = None
) -> QuerySet[Authorisation]:
    """Those that hold on the day for the territory and the class; one that names no class is for all of them."""
    rows = holding(on)
    if territory:
        rows = rows.filter(territory=territory)
    if class_of_business is not None:
        rows = rows.filter(Q(class_of_business=class_of_business) | Q(class_of_business=None))
    return rows


def is_authorised(
    insurer: UUID, *, class_of_business: ClassOfBusiness, territory: str, on: datetime.date
) -> bool | None:
    """Whether the insurer may carry the class in the territory on the day.

    None where nothing is recorded of the insurer's authorisations at all: unknown is not "no", and never "yes".
    """
    found = answering(on, territory=territory, class_of_business=class_of_business).filter(insurer=insurer)
    if found.exists():
        return True
    return False if Authorisation.objects.filter(insurer=insurer).exists() else None


def has_authorisation(
    on: datetime.date, *, territory: str = "", class_of_business: ClassOfBusiness | None = None
) -> Exists:
    """For rows of insurers: whether one that answers is recorded."""
    rows = answering(on, territory=territory, class_of_business=class_of_business)
    return Exists(rows.filter(insurer=OuterRef("pk")))


@dataclass(frozen=True)
class TerritoryRow:
    """What an insurer may carry in one territory. `rows` are those of now first, then what ended or is to come."""

    territory: str
    name: str
    rows: tuple[tuple[Authorisation, str], ...]


def by_territory(insurer: Insurer, on: datetime.date) -> list[TerritoryRow]:
    """The authorisations of an insurer by territory, each with its state on the day: NOW, ENDED, COMING. One query."""
    rows = list(insurer.authorisations.select_related("class_of_business"))
    rows.sort(key=lambda row: (name_of(row.territory), state_of(row, on) != "NOW", rank_of(row), str(row.valid_from)))
    return [
        TerritoryRow(code, name_of(code), tuple((row, state_of(row, on)) for row in same))
        for code, same in groupby(rows, key=lambda row: str(row.territory))
    ]


def name_of(territory: object) -> str:
    """The territory's name in the user's language."""
    return str(countries.name(str(territory)))


def state_of(row: Authorisation, on: datetime.date) -> str:
    if row.valid_to is not None and row.valid_to < on:
        return "ENDED"
    return "COMING" if row.valid_from is not None and row.valid_from > on else "NOW"


def rank_of(row: Authorisation) -> int:
    """All classes first, then by the order of the classes."""
    return row.class_of_business.rank if row.class_of_business else 0


def territories_present() -> list[tuple[str, str]]:
    """Pairs of code and name of the territories that some insurer is authorised in, by name."""
    codes = Authorisation.objects.order_by().values_list("territory", flat=True).distinct()
    return sorted(((str(code), name_of(code)) for code in codes), key=lambda pair: pair[1])
