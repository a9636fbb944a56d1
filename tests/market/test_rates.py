"""Exchange rates: cross rates through the base, the same in SQL as in Python, and who may change them."""

import datetime
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse
from hypothesis import HealthCheck, example, given
from hypothesis import settings as trial
from hypothesis import strategies as st

from accounts.models import AuditEntry
from common.money import currency_codes, minor_units
from market.models import ExchangeRate
from market.selectors.rates import convert, rate
from tests.factories import ExchangeRateFactory

JANUARY, JUNE, NOVEMBER = datetime.date(2026, 1, 1), datetime.date(2026, 6, 1), datetime.date(2026, 11, 1)
EVERYBODY = ["owner", "colleague", "supervisor", "stranger", "compliance", "administrator"]
EDITORS = {"supervisor", "administrator"}


@pytest.fixture
def rates(db):
    ExchangeRateFactory(currency="HKD", valid_from=JANUARY, units_per_base=Decimal("7.8"))
    ExchangeRateFactory(currency="HKD", valid_from=JUNE, units_per_base=Decimal("7.75"))
    ExchangeRateFactory(currency="JPY", valid_from=JUNE, units_per_base=Decimal("150.12345678"))
    ExchangeRateFactory(currency="GBP", valid_from=JANUARY, units_per_base=Decimal("0.79"))


def of_sql(expression, *values):
    with connection.cursor() as cursor:
        cursor.execute(f"select {expression}", values)
        return cursor.fetchone()[0]


def test_the_latest_rate_on_or_before_the_day_counts(rates):
    assert rate("HKD", datetime.date(2026, 5, 31)) == Decimal("7.8")
    assert rate("HKD", JUNE) == Decimal("7.75")
    assert rate("HKD", datetime.date(2025, 12, 31)) is None
    assert rate(settings.BASE_CURRENCY, datetime.date(1999, 1, 1)) == 1


def test_an_amount_goes_through_the_base_each_leg_by_its_own_latest_rate(rates):
    assert convert(Decimal("790"), "GBP", "HKD", NOVEMBER) == Decimal("7750.00")
    assert convert(Decimal("100"), "HKD", "GBP", JANUARY) == Decimal("10.13")
    assert convert(Decimal("7.75"), "HKD", "JPY", NOVEMBER) == Decimal("150")


def test_without_a_rate_the_amount_is_unknown_and_in_its_own_currency_it_is_itself(rates):
    assert convert(Decimal("1"), "HKD", "SGD", NOVEMBER) is None
    assert convert(Decimal("1"), "JPY", "HKD", JANUARY) is None
    assert convert(Decimal("1.23"), "SGD", "SGD", JANUARY) == Decimal("1.23")


def test_sql_knows_the_same_minor_units_for_every_currency(db):
    with connection.cursor() as cursor:
        cursor.execute("select code, market_minor_units(code) from unnest(%s) as code", [sorted(currency_codes())])
        assert dict(cursor.fetchall()) == {code: minor_units(code) for code in currency_codes()}


@trial(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    amount=st.decimals(min_value=-(10**12), max_value=10**12, places=2),
    source=st.sampled_from(["HKD", "JPY", "GBP", "USD", "SGD"]),
    target=st.sampled_from(["HKD", "JPY", "GBP", "USD", "SGD"]),
    on=st.dates(min_value=datetime.date(2025, 12, 1), max_value=datetime.date(2026, 12, 1)),
)
@example(amount=Decimal("0.50"), source="USD", target="USD", on=JUNE)
@example(amount=Decimal("1.58"), source="GBP", target="USD", on=JUNE)
def test_sql_converts_exactly_as_python_does(rates, amount, source, target, on):
    assert of_sql("market_rate(%s, %s)", source, on) == rate(source, on)
    assert of_sql("market_convert(%s, %s, %s, %s)", amount, source, target, on) == convert(amount, source, target, on)


@trial(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    amount=st.decimals(min_value=0, max_value=10**9, places=2),
    source=st.decimals(min_value=Decimal("0.00000001"), max_value=10**6, places=8),
    target=st.decimals(min_value=Decimal("0.00000001"), max_value=10**6, places=8),
)
@example(amount=Decimal("0.01"), source=Decimal(2), target=Decimal(1))  # half a cent goes up
@example(amount=Decimal("0.03"), source=Decimal(2), target=Decimal(1))
def test_sql_rounds_half_up_as_python_does_for_any_rates(db, amount, source, target):
    ExchangeRate.objects.update_or_create(currency="AUD", valid_from=JUNE, defaults={"units_per_base": source})
    ExchangeRate.objects.update_or_create(currency="NZD", valid_from=JUNE, defaults={"units_per_base": target})
    assert of_sql("market_convert(%s, 'AUD', 'NZD', %s)", amount, JUNE) == convert(amount, "AUD", "NZD", JUNE)


def test_everybody_reads_the_rates_and_only_editors_see_buttons(client, people, rates):
    for who in EVERYBODY:
        client.force_login(getattr(people, who))
        listed, series = client.get(reverse("market:rates")), client.get(reverse("market:rates-of", args=["HKD"]))
        assert "7.75" in listed.text
        assert "7.80" in series.text
        assert ("/exchange-rates/add/" in listed.text) == (who in EDITORS), who
        assert ("/correct/" in series.text) == (who in EDITORS), who


def test_the_list_tells_how_a_rate_moved(client, people, rates):
    client.force_login(people.owner)
    shown = {quoted.code: quoted for quoted in client.get(reverse("market:rates")).context["currencies"]}
    assert shown["HKD"].moved == Decimal("7.75") / Decimal("7.8") - 1
    assert shown["JPY"].moved is None


def test_only_supervisors_and_administrators_change_rates(client, people, rates):
    row = ExchangeRate.objects.get(currency="GBP")
    for url in [reverse("market:rate-add"), reverse("market:rate-correct", args=[row.pk])]:
        for who in EVERYBODY:
            client.force_login(getattr(people, who))
            assert client.get(url).status_code == (200 if who in EDITORS else 403), who
            if who not in EDITORS:
                assert client.post(url, {"units_per_base": "1"}).status_code == 403, who


def test_supervisor_adds_a_rate_and_corrects_it(client, people):
    client.force_login(people.supervisor)
    typed = {"currency": "IDR", "valid_from": "2026-03-01", "units_per_base": "16,250.5"}
    answer = client.post(reverse("market:rate-add"), typed, follow=True)
    assert "16,250.50" in answer.text
    row = ExchangeRate.objects.get()
    client.post(reverse("market:rate-correct", args=[row.pk]), typed | {"units_per_base": "16,205.5", "version": 1})
    row.refresh_from_db()
    assert row.units_per_base == Decimal("16205.5")
    assert set(AuditEntry.objects.values_list("action", flat=True)) == {"rate.added", "rate.corrected"}


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("units_per_base", "0"),
        ("units_per_base", "-1"),
        ("units_per_base", "1,25"),
        ("units_per_base", ""),
        ("currency", "USD"),
        ("currency", "XXX"),
        ("valid_from", "2999-01-01"),
        ("valid_from", "yesterday"),
    ],
)
def test_bad_input_is_refused_and_leaves_no_trace(client, people, field, typed):
    client.force_login(people.supervisor)
    values = {"currency": "HKD", "valid_from": "2026-03-01", "units_per_base": "7.8"} | {field: typed}
    errors = client.post(reverse("market:rate-add"), values).context["form"].errors
    assert field in errors, errors
    assert not ExchangeRate.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_second_rate_of_a_day_is_refused(client, people, rates):
    client.force_login(people.supervisor)
    values = {"currency": "GBP", "valid_from": JANUARY, "units_per_base": "0.8"}
    assert client.post(reverse("market:rate-add"), values).context["form"].errors
    assert ExchangeRate.objects.filter(currency="GBP").count() == 1


def test_the_second_editor_of_a_rate_sees_both_values(client, people, rates):
    row = ExchangeRate.objects.get(currency="GBP")
    url = reverse("market:rate-correct", args=[row.pk])
    typed = {"currency": "GBP", "valid_from": JANUARY, "version": row.version}
    client.force_login(people.supervisor)
    client.post(url, typed | {"units_per_base": "0.81"})
    client.force_login(people.administrator)
    second = client.post(url, typed | {"units_per_base": "0.82"})
    assert [(row["now"], row["typed"]) for row in second.context["form"].conflict] == [("0.81", "0.82")]


def test_a_currency_without_rates_is_not_found(client, people):
    client.force_login(people.owner)
    assert client.get(reverse("market:rates-of", args=["XYZ"])).status_code == 404


@pytest.mark.parametrize("rows", [3, 60])
def test_the_pages_cost_the_same_whatever_the_rows(client, people, rows, django_assert_num_queries):
    for at in range(rows):
        day = JANUARY + datetime.timedelta(days=at)
        ExchangeRateFactory(currency="HKD", valid_from=day, units_per_base=Decimal("7.8") + at)
        ExchangeRateFactory(currency=sorted(currency_codes() - {"HKD", "USD"})[at], valid_from=day)
    client.force_login(people.owner)
    with django_assert_num_queries(4):
        client.get(reverse("market:rates"))
    with django_assert_num_queries(8):
        client.get(reverse("market:rates-of", args=["HKD"]))
