"""Exchange rates in a file: our long form, or the monthly series of the US Federal Reserve by country.

The latter are the files of https://github.com/datasets/exchange-rates. Their description says that Australia, the euro,
Ireland, New Zealand and the United Kingdom are given the other way round. The figures say otherwise: all are units for
one US dollar (the pound 0.4157 in January 1971, the euro 0.8627 in January 1999), and so they are read.
"""

import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from common.files import Table, UnreadableFile
from common.money import currency_codes
from market.series.reading import Cells, Series, take_point, unknown_form

DIGITS = (10, 8)
"""Digits before and after the point that ExchangeRate.units_per_base keeps."""
LONG_FORM = "currency, valid_from, units_per_base"
BY_COUNTRY = "Date, Country, Exchange rate"

CURRENCIES = {
    "Australia": "AUD",
    "Brazil": "BRL",
    "Canada": "CAD",
    "China": "CNY",
    "Denmark": "DKK",
    "Euro": "EUR",
    "Hong Kong": "HKD",
    "India": "INR",
    "Japan": "JPY",
    "Malaysia": "MYR",
    "Mexico": "MXN",
    "New Zealand": "NZD",
    "Norway": "NOK",
    "Singapore": "SGD",
    "South Africa": "ZAR",
    "South Korea": "KRW",
    "Sri Lanka": "LKR",
    "Sweden": "SEK",
    "Switzerland": "CHF",
    "Taiwan": "TWD",
    "Thailand": "THB",
    "United Kingdom": "GBP",
    "Venezuela": "VES",
}
BEFORE_THE_EURO = {
    *("Austria", "Belgium", "Finland", "France", "Germany", "Greece"),
    *("Ireland", "Italy", "Netherlands", "Portugal", "Spain"),
}
"""Series of currencies that the euro replaced: no amount is in them any more."""
BEGAN = {
    "BRL": datetime.date(1994, 7, 1),
    "MXN": datetime.date(1993, 1, 1),
    "VES": datetime.date(2021, 11, 1),
}
"""The first month that is in today's units, for currencies that were replaced under the same name in the file.

Venezuela took off five noughts in August 2018 and six more in October 2021, whose average mixes both.
"""


def read(table: Table) -> Series:
    """What the file says, as units for one of the base currency. Raises UnreadableFile for a form we do not know."""
    cells = Cells(table)
    if cells.has("currency", "valid_from", "units_per_base"):
        return read_long(cells)
    if cells.has("Date", "Country", "Exchange rate"):
        return read_by_country(cells)
    raise unknown_form(table, [LONG_FORM, BY_COUNTRY])


def read_long(cells: Cells) -> Series:
    series = Series()
    for row, cell in cells:
        series.rows += 1
        currency = cell["currency"].upper()
        if currency == settings.BASE_CURRENCY:
            text = _("%(base)s is the base: its rate is always 1.") % {"base": settings.BASE_CURRENCY}
            series.refuse(row.number, "currency", cell["currency"], text)
        elif currency not in currency_codes():
            text = _("%(code)s is not a currency in use (ISO 4217).") % {"code": cell["currency"] or "–"}
            series.refuse(row.number, "currency", cell["currency"], text)
        else:
            take_point(
                series,
                row,
                currency,
                day=("valid_from", cell["valid_from"]),
                figure=("units_per_base", cell["units_per_base"]),
                most=DIGITS,
            )
    return series


def read_by_country(cells: Cells) -> Series:
    if settings.BASE_CURRENCY != "USD":
        raise UnreadableFile(
            _("This file has rates to the US dollar, but rates are kept to %(base)s here.")
            % {"base": settings.BASE_CURRENCY}
        )
    series = Series(notes=[_("All figures of this file are read as units of the currency for one US dollar.")])
    for row, cell in cells:
        series.rows += 1
        country = cell["country"]
        currency = CURRENCIES.get(country)
        if country in BEFORE_THE_EURO:
            series.leave_out(_("%(country)s: a currency that the euro replaced") % {"country": country})
        elif currency is None:
            series.refuse(row.number, "Country", country, _("We do not know which currency this is."))
        elif cell["exchange rate"] in {"", "."}:
            series.leave_out(_("%(country)s: months without a figure") % {"country": country})
        else:
            added = take_point(
                series,
                row,
                currency,
                day=("Date", cell["date"]),
                figure=("Exchange rate", cell["exchange rate"]),
                most=DIGITS,
            )
            if added and series.points[-1].day < BEGAN.get(currency, datetime.date.min):
                series.points.pop()
                series.leave_out(_("%(country)s: months before today's currency") % {"country": country})
    return series
