"""Experience: what claims cost beside what was paid for the cover, by the year that policies began in and by class."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, Sum, UUIDField, When
from django.db.models.functions import ExtractYear

from market.models import ClassOfBusiness
from programmes.models import Policy, Section
from programmes.models.policies import PolicyQuerySet


@dataclass(frozen=True)
class Figures:
    """Claims and premium of some policies in one currency. `premium` None: not known; then there is no loss ratio."""

    claims: int = 0
    outstanding: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    premium: Decimal | None = Decimal(0)

    @property
    def incurred(self) -> Decimal:
        return self.outstanding + self.paid

    @property
    def loss_ratio(self) -> Decimal | None:
        """Incurred as a share of the premium; None where that is not known or 0."""
        return self.incurred / self.premium if self.premium else None

    def __add__(self, other: "Figures") -> "Figures":
        is_known = self.premium is not None and other.premium is not None
        return Figures(
            self.claims + other.claims,
            self.outstanding + other.outstanding,
            self.paid + other.paid,
            self.premium + other.premium if is_known else None,  # type: ignore[operator]
        )


@dataclass(frozen=True)
class ClassYear:
    """One class in one year. `is_shared`: premium of packages is not divided by class, so the class has none of it."""

    class_of_business: ClassOfBusiness
    figures: Figures
    is_shared: bool = False

    @property
    def loss_ratio(self) -> Decimal | None:
        return None if self.is_shared else self.figures.loss_ratio


@dataclass(frozen=True)
class Year:
    """The policies that began in a year."""

    year: int
    classes: tuple[ClassYear, ...]
    figures: Figures


@dataclass(frozen=True)
class Experience:
    """The latest year first. `unconverted` are currencies without an exchange rate, whose figures are left out."""

    currency: str
    years: tuple[Year, ...]
    unconverted: tuple[str, ...] = ()

    @property
    def total(self) -> Figures:
        return sum((year.figures for year in self.years), Figures())


@dataclass
class _Cell:
    """What stands together in one year, class and currency while it is gathered."""

    claims: int = 0
    outstanding: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    premium: Decimal = Decimal(0)
    is_premium_known: bool = True
    is_shared: bool = False


Key = tuple[int, UUID, str]


@dataclass
class Gathered:
    """The cells of some policies and their claims, in their own currencies."""

    on: datetime.date
    cells: dict[Key, _Cell] = field(default_factory=lambda: defaultdict(_Cell))

    @property
    def currencies(self) -> list[str]:
        return sorted({currency for _year, _class, currency in self.cells})

    def in_currency(self, currency: str) -> Experience:
        """What is in the currency itself, nothing converted. One query."""
        return _summed(currency, [(key, cell) for key, cell in self.cells.items() if key[2] == currency])

    def converted(self, currency: str) -> Experience:
        """Everything brought to the currency by the rates of the day, each rounded to whole units. Two queries."""
        keys = list(self.cells)
        amounts = [
            (amount, key[2])
            for key in keys
            for amount in (self.cells[key].outstanding, self.cells[key].paid, self.cells[key].premium)
        ]
        worth = iter(_converted(amounts, currency, self.on))
        rows, unconverted = [], set()
        for key in keys:
            cell, outstanding, paid, premium = self.cells[key], next(worth), next(worth), next(worth)
            if outstanding is None or paid is None or premium is None:
                unconverted.add(key[2])
                continue
            made = _Cell(cell.claims, outstanding, paid, premium, cell.is_premium_known, cell.is_shared)
            rows.append((key, made))
        return _summed(currency, rows, tuple(sorted(unconverted)))


def gathered(policies: PolicyQuerySet, claims: QuerySet[Any], *, on: datetime.date) -> Gathered:
    """The experience of the bound policies begun by the day, and of the claims on them, which come from `with_figures`.

    Three queries. The year is that of the policy's inception, the class that of the section. The premium of a policy
    with sections of one class stands with that class; of a package, with the policy's own, and the classes of its
    sections are marked as sharing it. It is the premium of the whole period. Lineslips are no cover and left out.
    """
    found = Gathered(on)
    sections = Section.objects.filter(policy=OuterRef("pk")).order_by()
    bound = policies.that_cover().filter(bound_on__isnull=False, inception_date__lte=on)
    for row in (
        bound.order_by()
        .annotate(
            year=ExtractYear("inception_date"),
            of_class=Case(
                When(Q(pk__in=_packages(bound).values("pk")), then=F("class_of_business")),
                default=Subquery(sections.values("class_of_business")[:1]),
                output_field=UUIDField(),
            ),
        )
        .values("year", "of_class", "class_of_business", "currency")
        .annotate(premiums=Sum("premium"), unknown=Count("pk", filter=Q(premium=None)))
    ):
        cell = found.cells[row["year"], row["of_class"] or row["class_of_business"], row["currency"]]
        cell.premium += row["premiums"] or 0
        cell.is_premium_known = cell.is_premium_known and not row["unknown"]
    shared = Section.objects.filter(policy__in=_packages(bound).values("pk")).order_by()
    for year, of_class, currency in shared.values_list(
        ExtractYear("policy__inception_date"), "class_of_business", "policy__currency"
    ).distinct():
        found.cells[year, of_class, currency].is_shared = True
    for row in (
        claims.order_by()
        .values("year", "section__class_of_business", "currency")
        .annotate(claims=Count("pk"), sum_outstanding=Sum("outstanding"), sum_paid=Sum("paid"))
    ):
        cell = found.cells[row["year"], row["section__class_of_business"], row["currency"]]
        cell.claims += row["claims"]
        cell.outstanding += row["sum_outstanding"]
        cell.paid += row["sum_paid"]
    return found


def _packages(policies: PolicyQuerySet) -> QuerySet[Policy]:
    """The policies with sections of several classes."""
    counted = policies.order_by().annotate(classes=Count("sections__class_of_business", distinct=True))
    return counted.filter(classes__gt=1)


def _summed(currency: str, cells: Iterable[tuple[Key, _Cell]], unconverted: tuple[str, ...] = ()) -> Experience:
    """The cells, whose amounts are all in the currency, by year and class."""
    by_year: dict[int, dict[UUID, list[_Cell]]] = defaultdict(lambda: defaultdict(list))
    for (year, of_class, _currency), cell in cells:
        by_year[year][of_class].append(cell)
    classes = ClassOfBusiness.objects.in_bulk({of_class for rows in by_year.values() for of_class in rows})
    years = []
    for year in sorted(by_year, reverse=True):
        rows = [
            ClassYear(
                classes[of_class], sum((_figures(cell) for cell in same), Figures()), any(c.is_shared for c in same)
            )
            for of_class, same in by_year[year].items()
        ]
        rows.sort(key=lambda row: (row.class_of_business.rank, row.class_of_business.code))
        years.append(Year(year, tuple(rows), sum((row.figures for row in rows), Figures())))
    return Experience(currency, tuple(years), unconverted)


def _figures(cell: _Cell) -> Figures:
    return Figures(cell.claims, cell.outstanding, cell.paid, cell.premium if cell.is_premium_known else None)


def _converted(amounts: Sequence[tuple[Decimal, str]], currency: str, on: datetime.date) -> list[Decimal | None]:
    """Each amount in the currency, whole and in order; None without a rate for it. One query."""
    if not amounts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "select round(market_convert(given.amount, given.currency, %s, %s))"
            " from unnest(%s::numeric[], %s::text[]) with ordinality as given(amount, currency, place)"
            " order by given.place",
            [currency, on, [amount for amount, _currency in amounts], [own for _amount, own in amounts]],
        )
        return [row[0] for row in cursor.fetchall()]
