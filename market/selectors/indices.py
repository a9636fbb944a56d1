"""What a value index says between two days."""

import datetime
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal, localcontext
from uuid import UUID

from django.db import connection

from common.money import minor_units
from market.models import ValueIndex, ValueIndexFigure

EXACT = 80
"""Digits that hold an amount times a figure, and its quotient far beyond the half that rounding asks about."""
DECIMALS = 20


def figure(index: ValueIndex, on: datetime.date) -> Decimal | None:
    """The index's figure on a day: the latest on or before it. None where there is none."""
    rows = ValueIndexFigure.objects.filter(index=index, valid_from__lte=on).order_by("-valid_from")
    return rows.values_list("figure", flat=True).first()


def factor(index: ValueIndex | None, from_day: datetime.date, to_day: datetime.date) -> Decimal | None:
    """By how much the index rose from one day to another, rounded half up to 20 decimals: index(to) / index(from).

    1 without an index; None where one of the days has no figure, for that is unknown. Statements over many rows use
    `market_index_factor` of the database (market/migrations/0005_index_functions.py), which gives the same.
    """
    if index is None:
        return Decimal(1)
    start, end = figure(index, from_day), figure(index, to_day)
    if start is None or end is None:
        return None
    with localcontext(prec=EXACT):
        return (end / start).quantize(Decimal(1).scaleb(-DECIMALS), ROUND_HALF_UP)


def indexed(
    amount: Decimal, currency: str, index: ValueIndex | None, from_day: datetime.date, to_day: datetime.date
) -> Decimal | None:
    """The amount brought from its valuation date to another day, rounded half up to the currency's minor unit.

    None where the index has no figure for one of the days. Rounded once, from the exact quotient: `market_indexed` of
    the database does the same.
    """
    if index is None:
        return amount
    start, end = figure(index, from_day), figure(index, to_day)
    return None if start is None or end is None else brought(amount, start, end, minor_units(currency))


def figures_of(
    pairs: Iterable[tuple[UUID, datetime.date]], to_day: datetime.date
) -> dict[tuple[UUID, datetime.date], tuple[Decimal | None, Decimal | None]]:
    """The figures of indices on their days and on `to_day`, for `brought`; None where there is none. One query."""
    wanted = sorted(set(pairs))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select i, d, market_index_figure(i, d), market_index_figure(i, %s)"
            " from unnest(%s::uuid[], %s::date[]) as pair (i, d)",
            [to_day, [str(index) for index, _day in wanted], [day for _index, day in wanted]],
        )
        return {(index, day): (start, end) for index, day, start, end in cursor.fetchall()}


def brought(amount: Decimal, start: Decimal, end: Decimal, decimals: int) -> Decimal:
    """The amount times end / start, rounded half up."""
    with localcontext(prec=EXACT):
        return (amount * end / start).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
