"""What the book says of a customer's exposures, read at once: where they are, and all their dated values."""

import datetime
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from market.models import ValueIndex
from profiles.models import Customer, Location
from risk.models import Exposure, ExposureValue
from risk.statement.lines import Figures, Line, folded

FEW = 3000
"""So many lines are looked up by their keys; for more, everything the customer has is read."""


@dataclass(frozen=True, slots=True)
class Place:
    """A location, as far as a statement names it."""

    id: UUID
    reference: str
    name: str
    address: str

    @property
    def words(self) -> str:
        return self.name or self.address or self.reference


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """What a line calls its location, as it is compared."""

    reference: str
    name: str
    address: str

    @classmethod
    def of(cls, named: "Place | Line") -> "PlaceWords":
        return cls(folded(named.reference), folded(named.name), folded(named.address))

    @property
    def keys(self) -> list[tuple[str, str]]:
        """What it may be found by."""
        found = [("reference", self.reference), ("name", self.name), ("address", self.address)]
        return [*found, ("both", f"{self.name}\n{self.address}")]


@dataclass(slots=True)
class Known:
    """An exposure of the book with its values, earliest first."""

    id: UUID
    location_id: UUID | None
    kind: str
    description: str
    index_id: UUID | None
    days: list[datetime.date] = field(default_factory=list)
    values: list[tuple[UUID, Figures]] = field(default_factory=list)

    def on(self, day: datetime.date) -> tuple[datetime.date, UUID, Figures] | None:
        """Its latest value on or before a day, also one of 0, which ended it."""
        at = bisect_right(self.days, day) - 1
        return None if at < 0 else (self.days[at], *self.values[at])

    def figures_on(self, day: datetime.date) -> Figures | None:
        found = self.on(day)
        return found[2] if found else None


@dataclass
class Book:
    """The customer's places and exposures, by what a line may name them by."""

    customer: Customer
    places: dict[UUID, Place]
    by_words: dict[tuple[str, str], list[Place]]
    exposures: dict[UUID, Known]
    by_place: dict[tuple[UUID | None, str, str], Known]
    indices: dict[str, ValueIndex]
    index_codes: dict[UUID, str]

    def called(self, named: PlaceWords) -> list[Place]:
        """The locations that are called that: by reference where one is given, else by name and address."""
        if named.reference:
            return self.by_words.get(("reference", named.reference), [])
        if named.name and named.address:
            return self.by_words.get(("both", f"{named.name}\n{named.address}"), [])
        return self.by_words.get(("name", named.name) if named.name else ("address", named.address), [])


def read(customer: Customer, lines: Sequence[Line], *, locks: bool = False) -> Book:
    """The part of the book that the lines are about. Four queries. `locks`: as it stays until the transaction ends."""
    places = [
        Place(*row)
        for row in Location.objects.filter(customer=customer)
        .order_by("created_at", "pk")
        .values_list("pk", "reference", "name", "address")
    ]
    by_words: dict[tuple[str, str], list[Place]] = defaultdict(list)
    for place in places:
        for key in PlaceWords.of(place).keys:
            by_words[key].append(place)
    exposures = exposures_of(customer, lines, locks=locks)
    indices = list(ValueIndex.objects.all())
    return Book(
        customer=customer,
        places={place.id: place for place in places},
        by_words=by_words,
        exposures=exposures,
        by_place={(known.location_id, known.kind, known.description): known for known in exposures.values()},
        indices={folded(index.code): index for index in indices} | {folded(index.name): index for index in indices},
        index_codes={index.pk: index.code for index in indices},
    )


def exposures_of(customer: Customer, lines: Sequence[Line], *, locks: bool) -> dict[UUID, Known]:
    rows: QuerySet[Exposure] = Exposure.objects.filter(customer=customer)
    values: QuerySet[ExposureValue] = ExposureValue.objects.filter(customer=customer)
    if len(lines) <= FEW and not any(line.reference or line.name or line.address for line in lines):
        named = Q(pk__in=keys(line.exposure_id for line in lines))
        named |= Q(location__in=keys(line.location_id for line in lines))
        if any(not line.exposure_id and not line.location_id for line in lines):
            named |= Q(location=None)
        rows = rows.filter(named)
        values = values.filter(exposure__in=rows)
    if locks:
        values = values.select_for_update(of=("self",))
    known = {
        row[0]: Known(*row) for row in rows.values_list("pk", "location_id", "kind", "description", "value_index_id")
    }
    fields = ("exposure_id", "valued_on", "pk", "amount", "currency", "basis", "indemnity_days")
    for exposure_id, valued_on, pk, *figures in values.order_by("valued_on", "pk").values_list(*fields):
        if exposure_id in known:  # one added since the exposures were read is not looked at
            known[exposure_id].days.append(valued_on)
            known[exposure_id].values.append((pk, Figures(*figures)))
    return known


def keys(texts: Iterable[str]) -> set[UUID]:
    return {key for text in texts if (key := key_of(text)) is not None}


def key_of(text: Any) -> UUID | None:
    try:
        return UUID(text.strip()) if text else None
    except ValueError:
        return None
