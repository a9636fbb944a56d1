"""What a value index says between two days: the same in SQL as in Python, and never 1 where it is not known."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given
from hypothesis import settings as trial
from hypothesis import strategies as st

from market.models import ValueIndexFigure
from market.selectors.indices import brought, factor, indexed
from tests.factories import ValueIndexFactory, ValueIndexFigureFactory

JANUARY, JUNE, NOVEMBER = datetime.date(2026, 1, 1), datetime.date(2026, 6, 1), datetime.date(2026, 11, 1)
DAYS = st.dates(min_value=datetime.date(2025, 12, 1), max_value=datetime.date(2026, 12, 1))
FIGURES = st.decimals(min_value=Decimal("0.000001"), max_value=10**7, places=6)


@pytest.fixture
def index(db):
    index = ValueIndexFactory()
    for day, figure in {JANUARY: "120", JUNE: "123.6", NOVEMBER: "126"}.items():
        ValueIndexFigureFactory(index=index, valid_from=day, figure=Decimal(figure))
    return index


def of_sql(expression, *values):
    with connection.cursor() as cursor:
        cursor.execute(f"select {expression}", values)
        return cursor.fetchone()[0]


def test_the_latest_figures_on_or_before_the_days_count(index):
    assert factor(index, JANUARY, NOVEMBER) == Decimal("1.05")
    assert factor(index, datetime.date(2026, 5, 31), datetime.date(2026, 10, 31)) == Decimal("1.03")
    assert factor(index, NOVEMBER, JANUARY) == Decimal("0.95238095238095238095")


def test_without_an_index_the_factor_is_1_and_without_a_figure_it_is_unknown(index):
    assert factor(None, JANUARY, NOVEMBER) == 1
    assert factor(index, datetime.date(2025, 12, 31), NOVEMBER) is None
    assert factor(ValueIndexFactory(), JANUARY, NOVEMBER) is None
    assert indexed(Decimal(100), "HKD", index, datetime.date(2025, 12, 31), NOVEMBER) is None
    assert indexed(Decimal("100.50"), "HKD", None, JANUARY, NOVEMBER) == Decimal("100.50")


def test_an_amount_is_rounded_once_half_up_to_its_minor_unit(index):
    assert indexed(Decimal("60000000"), "HKD", index, JANUARY, JUNE) == Decimal("61800000.00")
    assert indexed(Decimal("10"), "JPY", index, JANUARY, NOVEMBER) == Decimal("11")
    assert brought(Decimal("0.15"), Decimal(30), Decimal(1), 2) == Decimal("0.01")


@trial(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=DAYS, end=DAYS)
def test_sql_finds_the_same_factor_for_any_days(index, start, end):
    assert of_sql("market_index_factor(%s, %s, %s)", index.pk, start, end) == factor(index, start, end)
    assert of_sql("market_index_factor(null, %s, %s)", start, end) == 1


@trial(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    amount=st.decimals(min_value=0, max_value=10**15, places=2),
    start=FIGURES,
    end=FIGURES,
    currency=st.sampled_from(["HKD", "JPY"]),
)
@example(amount=Decimal("0.15"), start=Decimal(30), end=Decimal(1), currency="HKD")  # half a cent goes up
@example(amount=Decimal("0.03"), start=Decimal(3), end=Decimal("0.5"), currency="HKD")
def test_sql_rounds_as_python_does_for_any_figures(index, amount, start, end, currency):
    ValueIndexFigure.objects.filter(index=index).delete()
    ValueIndexFigureFactory(index=index, valid_from=JANUARY, figure=start)
    ValueIndexFigureFactory(index=index, valid_from=JUNE, figure=end)
    assert of_sql("market_index_factor(%s, %s, %s)", index.pk, JANUARY, JUNE) == factor(index, JANUARY, JUNE)
    assert of_sql("market_indexed(%s, %s, %s, market_minor_units(%s))", amount, start, end, currency) == indexed(
        amount, currency, index, JANUARY, JUNE
    )
