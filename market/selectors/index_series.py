"""Value indices as people look at them: the latest figure of each, how it moved, and the picture over time."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from babel.numbers import format_decimal
from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_countries import countries

from common.dates import add_months
from common.templatetags.ui import locale
from common.ui.charts import lines, sparkline
from common.ui.charts.sparkline import Sparkline
from market.models import ValueIndex, ValueIndexFigure

SHOWN = 24
"""How many of an index's latest figures its line in the list draws."""
SPANS = {"5": 5, "20": 20, "all": None}
"""Years back that a picture shows, by the word in its address."""


def index_name(index: ValueIndex) -> str:
    """Its name in the user's language, where it has one."""
    return index.name_zh if index.name_zh and (get_language() or "").startswith("zh") else index.name


def countries_present() -> list[tuple[str, str]]:
    """Pairs of code and name of the countries that indices are of, by name."""
    codes = ValueIndex.objects.exclude(country="").order_by().values_list("country", flat=True).distinct()
    return sorted(((str(code), str(countries.name(code))) for code in codes), key=lambda pair: pair[1])


def matching(words: str) -> QuerySet[ValueIndex]:
    """Indices whose code, name or publisher contains the words, in either script."""
    return ValueIndex.objects.filter(
        Q(code__icontains=words)
        | Q(name__icontains=words)
        | Q(name_zh__icontains=words)
        | Q(publisher__icontains=words)
    )


@dataclass(frozen=True)
class QuotedIndex:
    """An index as lists show it: its latest figure and how it moved in about a year. None: no figure yet."""

    index: ValueIndex
    name: str
    latest: ValueIndexFigure | None
    figure: str
    moved: Decimal | None
    chart: Sparkline | None


def quoted(indices: Iterable[ValueIndex], on: datetime.date) -> list[QuotedIndex]:
    """The indices with their latest figures on or before the day. One query."""
    rows = list(indices)
    placed = ValueIndexFigure.objects.filter(index__in=rows, valid_from__lte=on).annotate(
        place=Window(RowNumber(), partition_by=F("index"), order_by=F("valid_from").desc())
    )
    latest = placed.filter(place__lte=SHOWN).order_by("index_id", "valid_from")
    found = {pk: list(series) for pk, series in groupby(latest, key=lambda row: row.index_id)}
    return [quote(row, found.get(row.pk, [])) for row in rows]


def quote(index: ValueIndex, series: Sequence[ValueIndexFigure]) -> QuotedIndex:
    """The index with its figures, earliest first."""
    name = index_name(index)
    if not series:
        return QuotedIndex(index, name, None, "", None, None)
    latest = series[-1]
    return QuotedIndex(
        index=index,
        name=name,
        latest=latest,
        figure=figure(latest.figure),
        moved=moved_in_a_year(series),
        chart=sparkline.draw(
            [row.figure for row in series],
            label=_("%(name)s, the last %(count)s figures") % {"name": name, "count": len(series)},
        ),
    )


def moved_in_a_year(series: Sequence[ValueIndexFigure]) -> Decimal | None:
    """By what share the latest figure is above that of a year before it. None where none is that old."""
    latest = series[-1]
    a_year_before = add_months(latest.valid_from, -12)
    before = [row for row in series if row.valid_from <= a_year_before]
    return latest.figure / before[-1].figure - 1 if before else None


def figures_of(index: ValueIndex) -> QuerySet[ValueIndexFigure]:
    """All figures of an index, latest first."""
    return ValueIndexFigure.objects.filter(index=index).order_by("-valid_from")


def since(span: str, on: datetime.date) -> datetime.date:
    """The first day of a picture over so many years back from the day; the beginning of time for all of them."""
    years = SPANS.get(span)
    return datetime.date.min if years is None else add_months(on, -12 * years)


def picture(series: Iterable[tuple[datetime.date, Decimal]], *, name: str, label: str) -> lines.Picture | None:
    """Figures over time, the earliest first. None with fewer than two."""
    points = tuple(series)
    if len(points) < 2:
        return None
    line = lines.Line(
        name=name, points=points, last_words=figure(points[-1][1]), words=tuple(figure(v) for _d, v in points)
    )
    return lines.picture([line], label=label, axis=lines.Axis())


def figure(value: Decimal, decimals: int = 1) -> str:
    """A figure in the user's language, with the decimals that it has, at least so many and at most six."""
    return format_decimal(value, format=f"#,##0.{'0' * decimals}{'#' * (6 - decimals)}", locale=locale())


def decimals_of(figures: Iterable[Decimal]) -> int:
    """The decimals that the figures of a column need so that their points stand below one another: 1 to 6."""
    needed = [-int(value.normalize().as_tuple().exponent) for value in figures]
    return min(max([1, *needed]), 6)
