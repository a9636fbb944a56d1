"""The market that the book is placed with: insurers in groups with ratings, value indices, exchange rates."""

import datetime
from decimal import Decimal
from uuid import UUID

from broker_crm.book.currencies import PER_US_DOLLAR
from broker_crm.book.customers import SOURCE
from broker_crm.book.draws import Draws
from broker_crm.book.keys import key_named
from common.dates import add_months
from market.models import (
    ExchangeRate,
    Insurer,
    InsurerGroup,
    InsurerRating,
    Outlook,
    RatingGrade,
    ValueIndex,
    ValueIndexFigure,
)

INSURERS = 160
GROUPS = 50
"""Half of the insurers belong to one of these."""
INDICES = {"BUILDINGS": ("BOOK_BUILDING_COSTS", "0.0085"), "MACHINERY": ("BOOK_MACHINERY_PRICES", "0.0055")}
"""By kind of exposure: the code of its index and by how much it rises in a quarter."""
QUARTERS = 24


def add(*, seed: int, on: datetime.date) -> tuple[list[str], dict[str, str], dict[str, int]]:
    """Adds the market. Returns the insurers' keys, the indices' keys by kind of exposure, and how many of what.

    Exchange rates are added only for currencies that have none.
    """
    insurers = [key_named(f"insurer {at}", seed=seed, on=on) for at in range(INSURERS)]
    groups = [UUID(key_named(f"group {at}", seed=seed, on=on)) for at in range(GROUPS)]
    InsurerGroup.objects.bulk_create(InsurerGroup(id=key, name=f"Book group {at + 1}") for at, key in enumerate(groups))
    Insurer.objects.bulk_create(
        Insurer(
            id=UUID(key),
            source=SOURCE,
            external_id=f"I-{at + 1}",
            name=f"Book insurer {at + 1}",
            short_name=f"Insurer {at + 1}",
            group_id=groups[at // 2 % GROUPS] if at < INSURERS // 2 else None,
            country="HK",
        )
        for at, key in enumerate(insurers)
    )
    ratings = _ratings(insurers, seed=seed, on=on)
    InsurerRating.objects.bulk_create(ratings)
    indices, figures = _indices(seed=seed, on=on)
    rates = _rates(seed=seed, on=on)
    ExchangeRate.objects.bulk_create(rates)
    counts = {
        "insurer groups": GROUPS,
        "insurers": INSURERS,
        "ratings": len(ratings),
        "value indices": len(indices),
        "figures of indices": figures,
        "exchange rates": len(rates),
    }
    return insurers, indices, counts


def _ratings(insurers: list[str], *, seed: int, on: datetime.date) -> list[InsurerRating]:
    """One insurer in ten is unrated, one in eight stands below A-, one in six has a negative outlook."""
    draws = Draws(f"{seed} ratings")
    grades = list(RatingGrade.objects.filter(agency__in=["SP", "AM_BEST"]).order_by("agency", "rank"))
    good = [grade for grade in grades if 3 <= grade.notch <= 7]
    poor = [grade for grade in grades if 8 <= grade.notch <= 12]
    rows = []
    for at, insurer in enumerate(insurers):
        if draws.happens(0.1):
            continue
        grade = draws.one_of(poor if draws.happens(0.13) else good)
        rows.append(
            InsurerRating(
                id=UUID(key_named(f"rating {at}", seed=seed, on=on)),
                insurer_id=UUID(insurer),
                agency=grade.agency,
                grade=grade,
                outlook=Outlook.NEGATIVE if draws.happens(0.16) else Outlook.STABLE,
                rated_on=on - datetime.timedelta(days=int(draws.between(10, 500))),
            )
        )
    return rows


def _indices(*, seed: int, on: datetime.date) -> tuple[dict[str, str], int]:
    keys = {}
    figures = []
    for kind, (code, rise) in INDICES.items():
        keys[kind] = key_named(code, seed=seed, on=on)
        ValueIndex.objects.create(
            id=UUID(keys[kind]), code=code, name=code.capitalize().replace("_", " "), publisher="Invented for measuring"
        )
        figures += [
            ValueIndexFigure(
                id=UUID(key_named(f"{code} {at}", seed=seed, on=on)),
                index_id=UUID(keys[kind]),
                valid_from=add_months(on, -3 * at),
                figure=(100 * (1 + Decimal(rise)) ** (QUARTERS - at)).quantize(Decimal("0.01")),
            )
            for at in range(QUARTERS)
        ]
    ValueIndexFigure.objects.bulk_create(figures)
    return keys, len(figures)


def _rates(*, seed: int, on: datetime.date) -> list[ExchangeRate]:
    known = set(ExchangeRate.objects.values_list("currency", flat=True))
    return [
        ExchangeRate(
            id=UUID(key_named(f"rate {currency} {at}", seed=seed, on=on)),
            currency=currency,
            valid_from=add_months(on, -6 * at),
            units_per_base=Decimal(rate) * (100 + at) / 100,
        )
        for currency, rate in PER_US_DOLLAR.items()
        if currency not in known
        for at in range(4)
    ]
