"""Value indices in a file: our long form, or as publishers give them.

- `code,valid_from,figure`, with `name`, `name_zh`, `country` and `publisher` where an index is new;
- consumer prices by country and year (https://github.com/datasets/cpi, from the World Bank). Its description says that
  the column CPI is an index with 2005 = 100. It is not: it is the change of the yearly average in percent (the World
  Bank's FP.CPI.TOTL.ZG; for the United States it equals the change of the monthly index's yearly averages to ten
  digits). So an index is chained from the changes of the last unbroken run of years, with 2005, the year that the
  description names, as 100. Should a later edition hold what the description says, every country has 100 in 2005, and
  the figures are taken as they are;
- consumer prices of the United States by month: `Date,Index,Inflation`;
- Turner's building cost index by year: `year,average_index,pct_change`.

A yearly average holds from the first of January of its year.
"""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, localcontext

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django_countries import countries

from common.files import Row, Table
from market.models import ValueIndex
from market.series.reading import Cells, Point, Series, day_of, figure_of, take_point, unknown_form

DIGITS = (8, 6)
"""Digits before and after the point that ValueIndexFigure.figure keeps."""
REFERENCE_YEAR = 2005
LEAST = Decimal("0.01")
"""A chained figure below this has too few digits left to say by how much prices rose."""
EXACT = 50
LONG_FORM = "code, valid_from, figure"
BY_COUNTRY = "Country, Country Code, Year, CPI"
US_MONTHLY = "Date, Index, Inflation"
TURNER = "year, average_index, pct_change"
NO_COUNTRIES = {"XKX"}
"""Codes of the World Bank that look like a country's and have none in ISO 3166."""


@dataclass
class IndexSeries(Series):
    """Points by the code of their index, and what each index that may be new is called."""

    indices: dict[str, ValueIndex] = field(default_factory=dict)


def read(table: Table) -> IndexSeries:
    """What the file says. Raises UnreadableFile for a form we do not know."""
    cells = Cells(table)
    if cells.has("code", "valid_from", "figure"):
        return read_long(cells)
    if cells.has("Country", "Country Code", "Year", "CPI"):
        return read_by_country(cells)
    if cells.has("Date", "Index"):
        return read_plain(cells, us_monthly(), day="Date", figure="Index")
    if cells.has("year", "average_index"):
        return read_plain(cells, turner(), day="year", figure="average_index")
    raise unknown_form(table, [LONG_FORM, BY_COUNTRY, US_MONTHLY, TURNER])


def us_monthly() -> ValueIndex:
    return ValueIndex(
        code="CPI_US_MONTHLY",
        name="Consumer prices, United States, monthly",
        name_zh="消費物價（美國，每月）",
        country="US",
        publisher="US Bureau of Labor Statistics",
    )


def turner() -> ValueIndex:
    return ValueIndex(
        code="TURNER_BUILDING_COST",
        name="Building costs, United States (Turner)",
        name_zh="建築成本（美國，Turner）",
        country="US",
        publisher="Turner Construction Company",
    )


def cpi_of(country: str) -> ValueIndex:
    name = countries.name(country)
    return ValueIndex(code=f"CPI_{country}", name=f"Consumer prices, {name}", country=country, publisher="World Bank")


def read_long(cells: Cells) -> IndexSeries:
    series = IndexSeries()
    for row, cell in cells:
        series.rows += 1
        code = cell["code"].upper()
        if problem := wrong_code(code):
            series.refuse(row.number, "code", cell["code"], problem)
            continue
        if code not in series.indices:
            new = index_of(series, row, code, cell)
            if new is None:
                continue
            series.indices[code] = new
        take_point(
            series,
            row,
            code,
            day=("valid_from", cell["valid_from"]),
            figure=("figure", cell["figure"]),
            most=DIGITS,
        )
    return series


def wrong_code(code: str) -> str:
    """Why this cannot be an index's code; empty where it can."""
    try:
        ValueIndex(code=code).clean_fields(exclude=["name", "country", "publisher", "name_zh"])
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def index_of(series: Series, row: Row, code: str, cell: dict[str, str]) -> ValueIndex | None:
    """The index as its first row describes it: called by its code where the file gives no name."""
    country = cell.get("country", "").upper()
    if country and country not in countries:
        series.refuse(row.number, "country", cell["country"], _("This is no country's code (ISO 3166)."))
        return None
    given = {name: cell.get(name, "") for name in ("name", "name_zh", "publisher")}
    for name, text in given.items():
        if len(text) > 120:
            series.refuse(row.number, name, text, _("At most %(count)d characters can be kept.") % {"count": 120})
            return None
    return ValueIndex(
        code=code, name=given["name"] or code, name_zh=given["name_zh"], country=country, publisher=given["publisher"]
    )


def read_plain(cells: Cells, index: ValueIndex, *, day: str, figure: str) -> IndexSeries:
    """A publisher's file of one index."""
    series = IndexSeries(indices={index.code: index})
    for row, cell in cells:
        series.rows += 1
        if not cell[figure.casefold()]:
            series.leave_out(_("without a figure"))
            continue
        take_point(
            series,
            row,
            index.code,
            day=(day, cell[day.casefold()]),
            figure=(figure, cell[figure.casefold()]),
            most=DIGITS,
        )
    return series


def read_by_country(cells: Cells) -> IndexSeries:
    series = IndexSeries()
    by_country: dict[str, dict[int, tuple[int, Decimal]]] = defaultdict(dict)
    for row, cell in cells:
        series.rows += 1
        if not cell["cpi"]:
            series.leave_out(_("without a figure"))
            continue
        country = "" if cell["country code"] in NO_COUNTRIES else countries.alpha2(cell["country code"])
        if not country:
            series.leave_out(_("groups of countries and areas that are no country of ISO 3166"))
            continue
        day, figure = day_of(cell["year"]), figure_of(cell["cpi"])
        if day is None or len(cell["year"]) != 4:
            series.refuse(row.number, "Year", cell["year"], _("This is not a year."))
        elif figure is None or figure <= -100:
            series.refuse(row.number, "CPI", cell["cpi"], _("This is neither an index nor a change in percent."))
        elif day.year in by_country[country]:
            series.refuse(row.number, "Year", cell["year"], _("The file has another row for this country and year."))
        else:
            by_country[country][day.year] = (row.number, figure)
    if holds_indices(by_country):
        series.notes.append(_("The column CPI holds indices with 2005 = 100. They are taken as they are."))
        for country, years in by_country.items():
            keep(series, country, {year: figure for year, (_row, figure) in years.items()}, years)
    else:
        series.notes.append(
            _(
                "The column CPI holds yearly changes in percent, whatever the file's description says. An index is"
                " chained from them, with 2005 = 100."
            )
        )
        for country, years in by_country.items():
            run = last_run(years)
            for _year in range(len(years) - len(run)):
                series.leave_out(_("years before a gap, which cannot be chained"))
            keep(series, country, chained({year: years[year][1] for year in run}), years)
    series.points.sort(key=lambda point: point.row)
    return series


def holds_indices(by_country: dict[str, dict[int, tuple[int, Decimal]]]) -> bool:
    """Whether each country with a figure for the reference year has 100 there."""
    there = [years[REFERENCE_YEAR][1] for years in by_country.values() if REFERENCE_YEAR in years]
    return bool(there) and all(abs(figure - 100) < Decimal("0.01") for figure in there)


def last_run(years: dict[int, tuple[int, Decimal]]) -> list[int]:
    """The last years that follow one another without a gap, in order."""
    run = [max(years)]
    while run[-1] - 1 in years:
        run.append(run[-1] - 1)
    return run[::-1]


def chained(changes: dict[int, Decimal]) -> dict[int, Decimal]:
    """An index from yearly changes in percent, with the reference year as 100 or, without it, the one before the first.

    The first change gives two figures: its year's, and that of the year before. Exact to 50 digits; not rounded.
    """
    with localcontext(prec=EXACT):
        first = min(changes)
        level = {first - 1: Decimal(100)}
        for year in sorted(changes):
            level[year] = level[year - 1] * (100 + changes[year]) / 100
        base = level.get(REFERENCE_YEAR, Decimal(100))
        return {year: figure * 100 / base for year, figure in level.items()}


def keep(series: IndexSeries, country: str, figures: dict[int, Decimal], rows: dict[int, tuple[int, Decimal]]) -> None:
    """Adds the figures of a country, rounded half up to what is kept."""
    index = cpi_of(country)
    found = []
    for year, figure in sorted(figures.items()):
        rounded = figure.quantize(Decimal(1).scaleb(-DIGITS[1]), ROUND_HALF_UP)
        row = rows[year if year in rows else year + 1][0]
        if rounded < LEAST:
            series.leave_out(_("figures that inflation since made too small to be kept exactly"))
        elif rounded >= Decimal(10) ** DIGITS[0]:
            series.leave_out(_("figures that inflation made too large to be kept"))
        else:
            found.append(Point(row, index.code, datetime.date(year, 1, 1), rounded))
    if found:
        series.indices[index.code] = index
        series.points += found
