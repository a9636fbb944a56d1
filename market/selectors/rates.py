"""What one currency is worth in another on a day, and how the rates moved."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from itertools import groupby

from babel.numbers import format_decimal, get_currency_name
from django.conf import settings
from django.db import connection
from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from common.money import minor_units
from common.templatetags.ui import locale
from common.ui.charts import lines, sparkline
from common.ui.charts.sparkline import Sparkline
from market.models import ExchangeRate

SHOWN = 24
"""How many of a currency's latest rates its line draws."""
EXACT = 60
"""Digits that hold an amount times a rate, and its quotient far beyond the half that rounding asks about."""


def rate(currency: str, on: datetime.date) -> Decimal | None:
    """Units of the currency for one of the base currency: the latest on or before the day. None where there is none."""
    if currency == settings.BASE_CURRENCY:
        return Decimal(1)
    rows = ExchangeRate.objects.filter(currency=currency, valid_from__lte=on).order_by("-valid_from")
    return rows.values_list("units_per_base", flat=True).first()


def rates_on(currencies: Iterable[str], on: datetime.date) -> dict[str, Decimal]:
    """Units of each currency for one of the base currency, as `rate`; those without one are left out. One query."""
    rows = ExchangeRate.objects.filter(currency__in=currencies, valid_from__lte=on)
    latest = rows.order_by("currency", "-valid_from").distinct("currency")
    return dict(latest.values_list("currency", "units_per_base")) | {settings.BASE_CURRENCY: Decimal(1)}


def convert(amount: Decimal, source: str, target: str, on: datetime.date) -> Decimal | None:
    """The amount, given in `source`, in `target`, rounded half up to its minor unit; None without a rate for each.

    By the cross rate through the base currency, each leg the latest on or before the day. Statements over many rows
    use `market_convert` of the database (market/migrations/0002_rate_functions.py), which gives the same.
    """
    if source == target:
        return cross(amount, Decimal(1), Decimal(1), target)
    return cross(amount, rate(source, on), rate(target, on), target)


def cross(amount: Decimal, of_source: Decimal | None, of_target: Decimal | None, target: str) -> Decimal | None:
    """The amount by two rates to the base, rounded half up to the minor unit of `target`; None where one is missing."""
    if of_source is None or of_target is None:
        return None
    with localcontext(prec=EXACT):
        return (amount * of_target / of_source).quantize(Decimal(1).scaleb(-minor_units(target)), ROUND_HALF_UP)


@dataclass(frozen=True)
class Conversion:
    """Brings amounts of several currencies to one, as `convert` does on a day, without a query for each."""

    target: str
    rates: dict[str, Decimal | None]

    def __call__(self, amount: Decimal, source: str) -> Decimal | None:
        """The amount in the target currency, rounded half up to its minor unit; None without a rate for each.

        Raises KeyError for a currency that the conversion was not made for.
        """
        if source == self.target:
            return cross(amount, Decimal(1), Decimal(1), self.target)
        return cross(amount, self.rates[source], self.rates[self.target], self.target)


def conversion(currencies: Iterable[str], target: str, on: datetime.date) -> Conversion:
    """The conversion of these currencies to `target` on the day. One query, none where there is nothing to convert."""
    codes = sorted({*currencies, target})
    if codes == [target]:
        return Conversion(target, {})
    with connection.cursor() as cursor:
        cursor.execute("select code, market_rate(code, %s) from unnest(%s) as code", [on, codes])
        return Conversion(target, dict(cursor.fetchall()))


@dataclass(frozen=True)
class QuotedCurrency:
    """A currency as the list of rates shows it: its latest rate, and how it moved since the one before."""

    code: str
    name: str
    latest: ExchangeRate
    figure: str
    moved: Decimal | None
    chart: Sparkline


def quoted(on: datetime.date) -> list[QuotedCurrency]:
    """Each currency that has a rate on or before the day, by code. One query."""
    rows = ExchangeRate.objects.filter(valid_from__lte=on).annotate(
        place=Window(RowNumber(), partition_by=F("currency"), order_by=F("valid_from").desc())
    )
    latest = rows.filter(place__lte=SHOWN).order_by("currency", "valid_from")
    return [quote(code, list(series)) for code, series in groupby(latest, key=lambda row: row.currency)]


def quote(code: str, series: list[ExchangeRate]) -> QuotedCurrency:
    """The currency with its rates, earliest first; the last one is the latest."""
    latest = series[-1]
    return QuotedCurrency(
        code=code,
        name=currency_name(code),
        latest=latest,
        figure=figure(latest.units_per_base),
        moved=latest.units_per_base / series[-2].units_per_base - 1 if len(series) > 1 else None,
        chart=sparkline.draw(
            [row.units_per_base for row in series],
            label=_("%(code)s for one %(base)s, the last %(count)s rates")
            % {"code": code, "base": settings.BASE_CURRENCY, "count": len(series)},
        ),
    )


def rates_of(currency: str) -> QuerySet[ExchangeRate]:
    """All rates of a currency, latest first."""
    return ExchangeRate.objects.filter(currency=currency).order_by("-valid_from")


def picture(currency: str, since: datetime.date) -> lines.Picture | None:
    """The rates of a currency from a day on, drawn. None with fewer than two."""
    rows = ExchangeRate.objects.filter(currency=currency, valid_from__gte=since).order_by("valid_from")
    points = tuple(rows.values_list("valid_from", "units_per_base"))
    if len(points) < 2:
        return None
    line = lines.Line(
        name=currency,
        points=points,
        words=tuple(figure(units) for _day, units in points),
        last_words=figure(points[-1][1]),
    )
    return lines.picture(
        [line],
        label=_("%(code)s for one %(base)s over time") % {"code": currency, "base": settings.BASE_CURRENCY},
        axis=lines.Axis(),
    )


def figures(rows: Iterable[ExchangeRate], before: Decimal | None) -> list[tuple[ExchangeRate, str, Decimal | None]]:
    """Each rate (latest first), its figure, and how it moved since the one before it; `before` precedes the last."""
    rates = list(rows)
    earlier = [*(row.units_per_base for row in rates[1:]), before]
    return [
        (row, figure(row.units_per_base), row.units_per_base / previous - 1 if previous else None)
        for row, previous in zip(rates, earlier, strict=True)
    ]


def figure(units: Decimal) -> str:
    """A rate in the user's language with as many decimals as it has, at least four: 7.8000, 0.00012345."""
    return format_decimal(units, format="#,##0.0000####", locale=locale())


def currency_name(code: str) -> str:
    """The currency's name in the user's language."""
    return get_currency_name(code, locale=locale())
