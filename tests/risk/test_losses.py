"""A risk's largest loss: what its exposures add up to on a day, by index and exchange rate, to the cent."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from risk.models import Exposure, ExposureKind, RiskExposure
from risk.selectors import register
from risk.selectors.losses import Sum, largest_losses, struck_by, sums_of
from tests.factories import (
    TODAY,
    CustomerFactory,
    ExchangeRateFactory,
    ExposureFactory,
    ExposureValueFactory,
    RiskExposureFactory,
    RiskFactory,
    ValueIndexFactory,
    ValueIndexFigureFactory,
)

K = ExposureKind
LAST_YEAR = datetime.date(2025, 11, 23)


@pytest.fixture
def risk(db):
    return RiskFactory(customer=CustomerFactory(currency="HKD"))


def strikes(risk, amount, *, kind=K.BUILDINGS, currency="HKD", on=LAST_YEAR, index=None):
    exposure = ExposureFactory(
        customer=risk.customer, kind=kind, value_index=index, description=f"{RiskExposure.objects.count()}"
    )
    if amount is not None:
        ExposureValueFactory(exposure=exposure, amount=Decimal(amount), currency=currency, valued_on=on)
    RiskExposureFactory(risk=risk, exposure=exposure)
    return exposure


def total(risk, on=TODAY):
    return sums_of([risk], risk.customer, on).get(risk.pk, Sum()).total


def index(*figures):
    made = ValueIndexFactory()
    for day, figure in figures:
        ValueIndexFigureFactory(index=made, valid_from=day, figure=Decimal(figure))
    return made


def test_values_are_brought_to_the_day_by_their_index_and_into_the_customers_currency(risk):
    ExchangeRateFactory(currency="HKD", units_per_base=Decimal("7.8"), valid_from=LAST_YEAR)
    grown = index((LAST_YEAR, "100"), (TODAY, "110"))
    strikes(risk, "1000", index=grown)
    strikes(risk, "10", currency="USD")
    assert total(risk) == Decimal("1178.00")
    assert total(risk, TODAY - datetime.timedelta(days=1)) == Decimal("1078.00")


def test_half_a_cent_is_rounded_up_once_at_the_end(risk):
    # 0.01 x 150 / 100 = 0.015; and by the rate of 1 to 1 from dollars to dollars nothing is rounded on the way.
    strikes(risk, "0.01", index=index((LAST_YEAR, "100"), (TODAY, "150")))
    assert total(risk) == Decimal("0.02")


@pytest.mark.parametrize(
    "missing",
    [{"amount": None}, {"amount": 5, "currency": "THB"}, {"amount": 5, "on": TODAY + datetime.timedelta(days=1)}],
)
def test_one_exposure_without_a_figure_makes_the_sum_unknown(risk, missing):
    strikes(risk, 100)
    strikes(risk, **missing)
    assert total(risk) is None
    assert sums_of([risk], risk.customer, TODAY)[risk.pk] == Sum(struck=2, unknown=1, known=Decimal(100))


def test_an_index_without_a_figure_makes_the_sum_unknown_and_measures_add_nothing(risk):
    strikes(risk, 7, kind=K.REVENUE)
    assert total(risk) is None
    strikes(risk, 100)
    assert total(risk) == 100
    strikes(risk, 100, index=index((TODAY, "100")))
    assert total(risk) is None


def test_what_has_ended_counts_as_nothing_and_nothing_at_all_as_unknown(risk):
    strikes(risk, 0)
    assert total(risk) == 0
    assert largest_losses([risk], risk.customer, TODAY)[risk.pk].ours is None


def test_a_figure_entered_counts_before_the_sum(risk):
    ExchangeRateFactory(currency="HKD", units_per_base=Decimal("7.8"), valid_from=LAST_YEAR)
    strikes(risk, 100)
    risk.maximum_loss, risk.currency = Decimal(10), "USD"
    found = largest_losses([risk], risk.customer, TODAY)[risk.pk]
    assert (found.ours, found.entered, found.exposures.total) == (78, 10, 100)


def test_a_typical_loss_above_the_sum_is_warned_of(risk):
    strikes(risk, 100)
    risk.typical_loss = Decimal(101)
    (line,) = register.lines([risk], risk.customer, TODAY)
    assert line.warnings == ["The typical loss is above the largest loss."]


@settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)
@given(
    values=st.lists(
        st.tuples(
            st.decimals(0, 10**12, places=2),
            st.sampled_from(["HKD", "USD", "JPY"]),
            st.sampled_from([None, 0, 1]),
            st.sampled_from([K.STOCK, K.PERSONS]),
        ),
        max_size=4,
    ),
    figures=st.lists(st.decimals("0.0001", 9999, places=4), min_size=4, max_size=4),
    rates=st.lists(st.decimals("0.001", 9999, places=3), min_size=2, max_size=2),
)
def test_the_sum_is_that_of_the_rows_the_page_lists(risk, values, figures, rates):
    Exposure.objects.all().delete()
    for currency, rate in zip(("HKD", "JPY"), rates, strict=True):
        ExchangeRateFactory._meta.model.objects.update_or_create(
            currency=currency, valid_from=LAST_YEAR, defaults={"units_per_base": rate}
        )
    indices = [index((LAST_YEAR, figures[at]), (TODAY, figures[at + 1])) for at in (0, 2)]
    for amount, currency, at, kind in values:
        strikes(risk, amount, kind=kind, currency=currency, index=None if at is None else indices[at])
    rows = [row.ours for row in struck_by(risk, risk.customer, TODAY, most=10) if row.is_loss]
    assert total(risk) == (sum(rows) if rows else None)
