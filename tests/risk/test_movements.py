"""How values moved: what changed between two days ties to the totals, and so does what they came to over time."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as trial
from hypothesis import strategies as st

from risk.models import LOSS_KINDS, Exposure, ExposureKind, ExposureValue
from risk.selectors import movements, values
from tests.factories import (
    CustomerFactory,
    ExposureFactory,
    ExposureValueFactory,
    LocationFactory,
    ValueIndexFactory,
    ValueIndexFigureFactory,
)

K = ExposureKind
DAYS = [datetime.date(2026, month, 1) for month in range(1, 7)]
WINTER, SPRING = DAYS[0], DAYS[3]


@pytest.fixture
def customer(people):
    return CustomerFactory(portfolio=people.portfolio)


def worth(customer, kind, *dated, currency="HKD", **fields):
    exposure = ExposureFactory(customer=customer, kind=kind, **fields)
    for day, amount in dated:
        ExposureValueFactory(exposure=exposure, amount=Decimal(amount), currency=currency, valued_on=day)
    return exposure


HISTORIES = st.lists(
    st.tuples(
        st.sampled_from([K.BUILDINGS, K.STOCK, K.PERSONS]),
        st.dictionaries(
            st.sampled_from(DAYS),
            st.tuples(st.sampled_from([0, 1, 7, 100]), st.sampled_from(["HKD", "USD"])),
            min_size=1,
        ),
    ),
    max_size=6,
)


def at_risk(customer, on):
    """The total by currency as the statement has it."""
    summary = values.summary(customer, on)
    return {total.currency: total.at_risk for total in summary.totals if total.at_risk}


@trial(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories=HISTORIES, since=st.sampled_from(DAYS), on=st.sampled_from(DAYS))
def test_before_and_what_lies_between_is_after_and_both_are_the_statement_s_totals(customer, histories, since, on):
    Exposure.objects.filter(customer=customer).delete()
    for number, (kind, dated) in enumerate(histories):
        exposure = ExposureFactory(customer=customer, kind=kind, description=str(number))
        for day, (amount, currency) in dated.items():
            ExposureValue.objects.create(
                customer=customer,
                exposure=exposure,
                amount=amount,
                currency="" if kind == K.PERSONS else currency,
                valued_on=day,
            )
    since, on = min(since, on), max(since, on)
    found = movements.changes_between(customer, since, on)
    assert {row.currency: row.before for row in found.balances if row.before} == at_risk(customer, since)
    assert {row.currency: row.after for row in found.balances if row.after} == at_risk(customer, on)
    for row in found.balances:
        assert row.before + row.added + row.moved - row.ended == row.after
    losses = [row for row in found.movements if row.kind in LOSS_KINDS]
    assert sum(row.after - row.before for row in losses) == sum(row.by for row in found.balances)
    assert len(found.movements) == sum(found.counts.values())

    courses = {course.currency: course for course in movements.courses(customer, on)}
    for day in DAYS:
        if day <= on:
            drawn = {
                currency: total
                for currency, course in courses.items()
                if (total := next((s for d, s in reversed(list(zip(course.days, course.sums))) if d <= day), 0))
            }
            assert drawn == at_risk(customer, day), day


def test_what_changed_names_each_exposure_with_amounts_and_percent(client, people, customer):
    wharf = LocationFactory(customer=customer, name="Wharf 8")
    worth(customer, K.BUILDINGS, (WINTER, 100), (SPRING, 125), location=wharf)
    worth(customer, K.STOCK, (WINTER, 40), (SPRING, 0), location=wharf)
    worth(customer, K.CONTENTS, (SPRING, 7), location=wharf)
    worth(customer, K.MACHINERY, (WINTER, 9), location=wharf)
    client.force_login(people.colleague)
    url = reverse("risk:values-changes", args=[customer.pk])
    page = client.get(url, {"since": WINTER, "on": SPRING})
    rows = {row.kind: (row.what, row.before, row.after, row.share) for row in page.context["page"]}
    assert rows == {
        K.BUILDINGS: ("moved", 100, 125, Decimal("0.25")),
        K.STOCK: ("ended", 40, 0, -1),
        K.CONTENTS: ("added", 0, 7, None),
    }
    [balance] = page.context["balances"]
    assert (balance.before, balance.added, balance.ended, balance.moved, balance.after) == (149, 7, 40, 25, 141)
    assert "+25%" in page.text
    only = client.get(url, {"since": WINTER, "on": SPRING, "what": "ended"})
    assert [row.kind for row in only.context["page"]] == [K.STOCK]
    assert only.context["balances"] == page.context["balances"]
    assert "Nothing changed" in client.get(url, {"since": SPRING, "on": SPRING}).text
    assert client.get(url, {"since": "nonsense"}).status_code == 200


def test_an_exposure_that_changed_its_currency_ends_in_the_one_and_is_added_in_the_other(customer):
    exposure = worth(customer, K.STOCK, (WINTER, 100))
    ExposureValueFactory(exposure=exposure, amount=Decimal(13), currency="USD", valued_on=SPRING)
    found = movements.changes_between(customer, WINTER, SPRING)
    assert [(row.currency, row.before, row.ended, row.added, row.after) for row in found.balances] == [
        ("HKD", 100, 100, 0, 0),
        ("USD", 0, 0, 13, 13),
    ]
    assert [row.by for row in found.movements] == [None]


def test_the_picture_shows_each_kind_with_the_table_behind_it(client, people, customer):
    worth(customer, K.BUILDINGS, (WINTER, 100), (SPRING, 125))
    worth(customer, K.STOCK, (SPRING, 40))
    client.force_login(people.colleague)
    page = client.get(reverse("risk:values-history", args=[customer.pk]))
    [picture] = page.context["pictures"]
    assert [(row.day, row.total) for row in picture["chart"].rows] == [(SPRING, 165), (WINTER, 100)]
    assert [area.label for area in picture["chart"].wide.areas] == ["Buildings", "Stock"]
    client.force_login(people.stranger)
    assert client.get(reverse("risk:values-history", args=[customer.pk])).status_code == 404


def test_without_values_history_and_changes_say_so(client, people, customer):
    client.force_login(people.owner)
    assert "No values yet" in client.get(reverse("risk:values-history", args=[customer.pk])).text
    assert "Nothing changed" in client.get(reverse("risk:values-changes", args=[customer.pk])).text


# Brought to the day by value indices


@pytest.fixture
def index(db):
    index = ValueIndexFactory(name="Building costs, Hong Kong")
    for day, figure in {DAYS[1]: "120", DAYS[4]: "126"}.items():
        ValueIndexFigureFactory(index=index, valid_from=day, figure=Decimal(figure))
    return index


def test_a_value_is_brought_to_the_day_by_its_index_and_one_without_stays(client, people, customer, index):
    wharf = LocationFactory(customer=customer)
    worth(customer, K.BUILDINGS, (DAYS[2], "60000000"), location=wharf, value_index=index)
    worth(customer, K.STOCK, (DAYS[2], "1000000"), location=wharf)
    client.force_login(people.owner)
    page = client.get(reverse("risk:values", args=[customer.pk]), {"on": DAYS[5], "show": "indexed"})
    [total] = page.context["summary"].totals
    assert (total.at_risk, total.indexed, total.unknown) == (Decimal("61000000"), Decimal("64000000"), 0)
    [row] = [row for row in page.context["rows"] if row.location]
    assert row.at_risk == [("HKD", Decimal("64000000.00"))]
    assert "63,000,000" in page.text
    as_given = client.get(reverse("risk:values", args=[customer.pk]), {"on": DAYS[5]})
    assert "63,000,000" not in as_given.text
    assert "64,000,000" in as_given.text, "the indexed total stands beside the one as valued"


def test_an_index_without_a_figure_is_unknown_and_never_counted_as_unchanged(client, people, customer, index):
    exposure = worth(customer, K.BUILDINGS, (DAYS[0], "60000000"), location=LocationFactory(customer=customer))
    exposure.value_index = index
    exposure.save()
    client.force_login(people.owner)
    page = client.get(reverse("risk:values", args=[customer.pk]), {"on": DAYS[5], "show": "indexed"})
    [total] = page.context["summary"].totals
    assert (total.indexed, total.unknown) == (0, 1)
    assert "unknown" in page.text
    assert "its index has no figure" in page.text
    one = client.get(reverse("risk:exposure", args=[exposure.pk]))
    assert one.context["indexed"] is None
    assert "unknown" in one.text


def test_the_exposure_names_its_index_and_persons_follow_none(client, people, customer, index):
    exposure = worth(customer, K.BUILDINGS, (DAYS[2], "60000000"))
    persons = worth(customer, K.PERSONS, (DAYS[2], "5"), currency="")
    client.force_login(people.owner)
    url = reverse("risk:exposure-change", args=[exposure.pk])
    client.post(url, {"kind": K.BUILDINGS, "location": "", "value_index": index.pk, "version": 1})
    exposure.refresh_from_db()
    assert exposure.value_index == index
    page = client.get(reverse("risk:exposure", args=[exposure.pk]))
    assert page.context["indexed"] == Decimal("63000000.00")
    refused = client.post(
        reverse("risk:exposure-change", args=[persons.pk]),
        {"kind": K.PERSONS, "location": "", "value_index": index.pk, "version": 1},
    )
    assert list(refused.context["form"].errors) == ["value_index"]
