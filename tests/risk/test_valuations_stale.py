"""Values that are too old are found once a customer, with how many, the oldest and what they add up to."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.dates import add_months
from common.monitor import COLUMNS, Scope, Severity, monitor_of
from monitoring.models import Finding
from monitoring.selectors.acts import act_of
from risk.models import LOSS_KINDS, ExposureKind, ExposureValue
from tests.factories import TODAY, CustomerFactory, ExchangeRateFactory, ExposureFactory, ExposureValueFactory

LIMIT = add_months(TODAY, -24)
ONE_DAY = datetime.timedelta(days=1)


def found(on=TODAY):
    """The rows as a run reads them, by customer."""
    rows = monitor_of("VALUATION_STALE").rows(Scope(on)).order_by().values(*COLUMNS)
    return {row["finding_customer"]: row for row in rows}


def worth(customer, amount=100, *, on=LIMIT - ONE_DAY, kind=ExposureKind.BUILDINGS, currency="HKD", exposure=None):
    exposure = exposure or ExposureFactory(customer=customer, kind=kind, description=f"{on} {amount} {kind}")
    return ExposureValueFactory(exposure=exposure, amount=Decimal(amount), valued_on=on, currency=currency)


@pytest.mark.django_db
def test_a_customer_is_found_once_with_count_oldest_day_and_total():
    customer = CustomerFactory()
    worth(customer, 100)
    worth(customer, 250, on=datetime.date(2020, 1, 31), kind=ExposureKind.STOCK)
    worth(customer, 999, on=LIMIT)
    row = found()[customer.pk]
    assert row["finding_facts"] == {
        "number": 2,
        "oldest": "2020-01-31",
        "months": 24,
        "total": "350.00",
        "total_currency": "HKD",
        "case": "",
    }
    assert (row["finding_amount"], row["finding_severity"]) == (350, Severity.HIGH)
    assert (row["finding_subject"], row["finding_about"]) == (customer.pk, customer.pk)


@pytest.mark.django_db
def test_a_total_is_in_the_customers_currency_as_far_as_there_are_rates():
    customer = CustomerFactory(currency="HKD")
    ExchangeRateFactory(currency="HKD", units_per_base=Decimal("7.8"))
    worth(customer, 100)
    worth(customer, 10, currency="USD")
    worth(customer, 5, currency="THB")
    facts = found()[customer.pk]["finding_facts"]
    assert (facts["number"], facts["total"]) == (3, "178.00")


@pytest.mark.django_db
def test_measures_ended_things_and_customers_lost_are_not_found():
    worth(CustomerFactory(), kind=ExposureKind.REVENUE)
    worth(CustomerFactory(), 0)
    worth(CustomerFactory(stage="LOST"))
    renewed = worth(CustomerFactory(), on=LIMIT - 2 * ONE_DAY)
    worth(renewed.customer, 120, on=TODAY, exposure=renewed.exposure)
    assert found() == {}
    # The day before it was renewed it was too old.
    assert set(found(TODAY - ONE_DAY)) == {renewed.customer_id}


@pytest.mark.django_db
def test_the_house_says_how_old_a_value_may_be(settings):
    settings.VALUATION_MONTHS = 6
    customer = worth(CustomerFactory(), on=add_months(TODAY, -6) - ONE_DAY).customer
    assert found()[customer.pk]["finding_facts"]["months"] == 6


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    series=st.lists(
        st.lists(
            st.tuples(st.integers(0, 1800), st.integers(0, 50)),
            min_size=1,
            max_size=3,
            unique_by=lambda value: value[0],
        ),
        min_size=1,
        max_size=4,
    ),
    kinds=st.lists(st.sampled_from([*LOSS_KINDS, ExposureKind.PERSONS]), min_size=4, max_size=4),
)
def test_it_finds_what_the_rule_says_in_plain_python(db, series, kinds):
    ExposureValue.objects.all().delete()
    customer = CustomerFactory()
    stale = []
    for at, (values, kind) in enumerate(zip(series, kinds, strict=False)):
        exposure = ExposureFactory(customer=customer, kind=kind, description=f"{at}")
        rows = [
            worth(customer, amount, on=TODAY - datetime.timedelta(days=ago), exposure=exposure)
            for ago, amount in values
        ]
        latest = max(rows, key=lambda row: row.valued_on)
        if kind in LOSS_KINDS and latest.amount > 0 and latest.valued_on < LIMIT:
            stale.append(latest)
    row = found().get(customer.pk)
    assert (row is not None) == bool(stale)
    if row:
        assert row["finding_facts"]["number"] == len(stale)
        assert row["finding_facts"]["oldest"] == min(value.valued_on for value in stale).isoformat()
        assert row["finding_amount"] == sum(value.amount for value in stale)


@pytest.mark.django_db
def test_its_act_opens_the_statement_of_values():
    customer = CustomerFactory()
    finding = Finding(monitor="VALUATION_STALE", subject_id=customer.pk, customer_id=customer.pk)
    assert act_of(finding).url == reverse("risk:values", args=[customer.pk])
