"""A customer's statement of values: what it adds up to on a day, and what is entered about it."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import AuditEntry
from common.dates import today
from risk.models import Exposure, ExposureKind, ExposureValue
from risk.selectors import values
from risk.services import exposures
from tests.factories import CustomerFactory, ExposureFactory, ExposureValueFactory, LocationFactory

K = ExposureKind
SPRING, SUMMER, AUTUMN = datetime.date(2026, 4, 1), datetime.date(2026, 7, 1), datetime.date(2026, 10, 1)


@pytest.fixture
def customer(people):
    return CustomerFactory(portfolio=people.portfolio, name="Harbour Cold Storage Ltd")


def worth(customer, kind, amount, *, location=None, on=SPRING, currency="HKD", **more):
    exposure = more.pop("exposure", None) or ExposureFactory(
        customer=customer, kind=kind, location=location, description=more.pop("description", "")
    )
    return ExposureValueFactory(exposure=exposure, amount=Decimal(amount), currency=currency, valued_on=on, **more)


@pytest.fixture
def buildings(customer):
    return worth(customer, K.BUILDINGS, "60000000", location=LocationFactory(customer=customer, name="Wharf 8"))


def statement(client, customer, **query):
    return client.get(reverse("risk:values", args=[customer.pk]), query)


def typed_value(**changed):
    return {"amount": "1,250,000", "currency": "HKD", "valued_on": "2026-10-01", "basis": "REINSTATEMENT"} | changed


# What the statement says


def test_the_latest_value_on_or_before_the_day_counts(client, people, customer, buildings):
    worth(customer, K.BUILDINGS, "66000000", exposure=buildings.exposure, on=AUTUMN)
    client.force_login(people.owner)
    for day, at_risk in {"2026-09-30": "60000000", "2026-10-01": "66000000"}.items():
        assert [total.at_risk for total in statement(client, customer, on=day).context["summary"].totals] == [
            Decimal(at_risk)
        ]
    assert statement(client, customer, on="2026-03-31").context["summary"].totals == []


def test_a_value_of_0_ends_the_exposure(client, people, customer, buildings):
    worth(customer, K.BUILDINGS, "0", exposure=buildings.exposure, on=AUTUMN)
    client.force_login(people.owner)
    assert statement(client, customer, on="2026-09-30").context["summary"].values == 1
    after = statement(client, customer, on="2026-10-01")
    assert after.context["summary"].values == 0
    assert "no value given" in after.text


def test_totals_are_those_of_the_rows_by_kind_and_currency(client, people, customer):
    for at in range(4):
        location = LocationFactory(customer=customer)
        worth(customer, K.BUILDINGS, 1000 + at, location=location)
        worth(customer, K.STOCK, 10 + at, location=location, currency="USD" if at == 3 else "HKD")
        worth(customer, K.PERSONS, 5, location=location, currency="")
    worth(customer, K.BUSINESS_INTERRUPTION, 7000)
    client.force_login(people.owner)
    context = statement(client, customer, on="2026-11-23").context
    of_rows = {}
    for row in context["rows"]:
        for currency, amount in row.at_risk:
            of_rows[currency] = of_rows.get(currency, 0) + amount
    assert of_rows == {"HKD": 4006 + 33 + 7000, "USD": 13}
    totals = {total.currency: dict(total.by_kind) for total in context["summary"].totals}
    assert {total.currency: total.at_risk for total in context["summary"].totals} == of_rows | {"": 0}
    assert totals["HKD"] == {"Buildings": 4006, "Stock": 33, "Business interruption": 7000, "Persons": None}
    assert totals[""]["Persons"] == 20


def test_totals_are_over_every_location_not_only_those_shown(client, people, customer):
    for at in range(60):
        worth(customer, K.CONTENTS, 100, location=LocationFactory(customer=customer, reference=f"{at:03}"))
    client.force_login(people.owner)
    for query in ({}, {"page": 2}, {"q": "059"}):
        answer = statement(client, customer, **query)
        assert [total.at_risk for total in answer.context["summary"].totals] == [6000]
        assert "every location, not only those shown" in answer.text
    assert [row.location.reference for row in answer.context["rows"]] == ["059"]


def test_what_is_tied_to_no_location_stands_first_and_measures_by_themselves(client, people, customer, buildings):
    worth(customer, K.BUSINESS_INTERRUPTION, "5000000")
    worth(customer, K.REVENUE, "90000000")
    client.force_login(people.owner)
    context = statement(client, customer).context
    assert [row.location for row in context["rows"]] == [None, buildings.exposure.location]
    assert [value.exposure.kind for value in context["measures"]] == [K.REVENUE]
    assert context["summary"].totals[0].at_risk == Decimal("65000000")


def test_a_location_given_up_is_listed_only_while_it_has_values(client, people, customer):
    gone = LocationFactory(customer=customer, name="Gone", ended_on=SPRING)
    kept = LocationFactory(customer=customer, name="Given up with stock", ended_on=SPRING)
    worth(customer, K.STOCK, 1, location=kept)
    client.force_login(people.owner)
    assert [row.location for row in statement(client, customer).context["rows"]] == [kept]
    assert gone in [row.location for row in statement(client, customer, on="2026-03-31").context["rows"]]


def test_old_and_unverified_values_are_told_in_words(client, people, customer, buildings):
    worth(customer, K.STOCK, 1, location=buildings.exposure.location, verified_on=SPRING, verified_by=people.owner)
    client.force_login(people.owner)
    page = statement(client, customer, on="2026-11-23")
    assert "1 of 2 not verified" in page.text
    assert page.context["summary"].unverified == 1
    later = statement(client, customer, on="2027-11-23")
    assert later.context["summary"].old == 2
    assert ">old<" in later.text


def test_a_day_that_is_none_means_today(client, people, customer, buildings):
    client.force_login(people.owner)
    assert statement(client, customer, on="31.02.2026").context["on"] == today()


def test_an_empty_statement_says_what_to_do(client, people, customer):
    client.force_login(people.owner)
    assert "No values yet" in statement(client, customer).text


@pytest.mark.parametrize("locations", [3, 60])
def test_the_statement_costs_the_same_whatever_the_rows(client, people, customer, locations, django_assert_num_queries):
    for at in range(locations):
        location = LocationFactory(customer=customer)
        for kind in (K.BUILDINGS, K.CONTENTS, K.BUSINESS_INTERRUPTION):
            worth(customer, kind, 100, location=location)
            worth(customer, kind, 100, location=location, description=f"Annex {at}")
    client.force_login(people.owner)
    with django_assert_num_queries(9):
        statement(client, customer)


# Who may


def test_the_team_sees_values_and_a_stranger_is_told_of_nothing(client, people, customer, buildings):
    pages = [reverse("risk:values", args=[customer.pk]), reverse("risk:exposure", args=[buildings.exposure_id])]
    for url in pages:
        for who, status in {
            "owner": 200,
            "colleague": 200,
            "supervisor": 200,
            "compliance": 200,
            "stranger": 404,
        }.items():
            client.force_login(getattr(people, who))
            answer = client.get(url)
            assert answer.status_code == status, who
            assert ("values/add/" in answer.text) == (who in {"owner", "supervisor"}), who


@pytest.mark.parametrize("page", ["exposure-add", "exposure-add-at", "exposure-change", "value-add", "value-correct"])
def test_only_owner_and_supervisor_enter_values(client, people, customer, buildings, page):
    keys = {
        "exposure-add": customer.pk,
        "exposure-add-at": buildings.exposure.location_id,
        "value-correct": buildings.pk,
    }
    url = reverse(f"risk:{page}", args=[keys.get(page, buildings.exposure_id)])
    for who, status in {"owner": 200, "supervisor": 200, "colleague": 403, "compliance": 403, "stranger": 404}.items():
        client.force_login(getattr(people, who))
        assert client.get(url).status_code == status, who
        if status != 200:
            assert client.post(url, typed_value(kind=K.STOCK)).status_code == status, who
    assert ExposureValue.objects.count() == 1


def test_only_owner_and_supervisor_verify(client, people, buildings):
    url = reverse("risk:value-verify", args=[buildings.pk])
    for who, status in {"colleague": 403, "compliance": 403, "stranger": 404, "owner": 302}.items():
        client.force_login(getattr(people, who))
        assert client.post(url, {"version": buildings.version}).status_code == status, who
    assert client.get(url).status_code == 405


# What is entered


def test_owner_adds_an_exposure_with_its_first_value(client, people, customer):
    location = LocationFactory(customer=customer)
    client.force_login(people.owner)
    url = reverse("risk:exposure-add-at", args=[location.pk])
    assert client.get(url).context["form"]["location"].value() == location.pk
    answer = client.post(url, typed_value(kind=K.STOCK, location=location.pk, is_verified="on"), follow=True)
    assert "1,250,000" in answer.text
    value = ExposureValue.objects.get()
    assert (value.amount, value.currency, value.customer) == (Decimal("1250000"), "HKD", customer)
    assert (value.verified_on, value.verified_by) == (today(), people.owner)
    assert (value.exposure.location, value.exposure.kind) == (location, K.STOCK)
    entries = AuditEntry.objects.filter(customer_id=customer.pk)
    assert set(entries.values_list("action", flat=True)) == {"exposure.added", "exposure_value.added"}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"amount": "-1"}, "amount"),
        ({"amount": "1,25"}, "amount"),
        ({"amount": "lots"}, "amount"),
        ({"amount": ""}, "amount"),
        ({"amount": "1.005"}, "amount"),
        ({"amount": "100.50", "currency": "JPY"}, "amount"),
        ({"currency": "XXX"}, "currency"),
        ({"currency": ""}, "currency"),
        ({"kind": K.PERSONS}, "currency"),
        ({"kind": K.PERSONS, "currency": "", "amount": "1.5"}, "amount"),
        ({"kind": "DREAMS"}, "kind"),
        ({"indemnity_days": "365"}, "indemnity_days"),
        ({"kind": K.BUSINESS_INTERRUPTION, "indemnity_days": "0"}, "indemnity_days"),
        ({"valued_on": "2206-10-01"}, "valued_on"),
        ({"valued_on": "soon"}, "valued_on"),
        ({"basis": "GUESS"}, "basis"),
        ({"location": "00000000-0000-0000-0000-000000000000"}, "location"),
    ],
)
def test_bad_input_is_named_at_the_field_kept_and_leaves_no_trace(client, people, customer, changed, field):
    client.force_login(people.owner)
    answer = client.post(reverse("risk:exposure-add", args=[customer.pk]), typed_value(**{"kind": K.STOCK} | changed))
    assert list(answer.context["form"].errors) == [field]
    assert answer.context["form"][field].value() == changed.get(field, "HKD")
    assert not Exposure.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_location_of_another_customer_is_refused(client, people, customer):
    elsewhere = LocationFactory()
    client.force_login(people.owner)
    typed = typed_value(kind=K.STOCK, location=elsewhere.pk)
    answer = client.post(reverse("risk:exposure-add", args=[customer.pk]), typed)
    assert list(answer.context["form"].errors) == ["location"]
    with pytest.raises(ValidationError) as refused:
        exposures.add(
            exposure=Exposure(customer=customer, location=elsewhere, kind=K.STOCK),
            value=ExposureValue(amount=1, currency="HKD", valued_on=SPRING),
            by=people.owner,
            on=SPRING,
        )
    assert list(refused.value.message_dict) == ["location"]


def test_the_same_exposure_twice_is_refused(client, people, customer, buildings):
    client.force_login(people.owner)
    typed = typed_value(kind=K.BUILDINGS, location=buildings.exposure.location_id)
    answer = client.post(reverse("risk:exposure-add", args=[customer.pk]), typed)
    assert "give its new value instead" in answer.text
    assert Exposure.objects.count() == 1


def test_a_new_value_leaves_last_year_s_to_be_read(client, people, customer, buildings):
    client.force_login(people.owner)
    url = reverse("risk:value-add", args=[buildings.exposure_id])
    assert "So far: HKD" in client.get(url).text
    page = client.post(url, typed_value(amount="66,000,000.50"), follow=True)
    assert "66,000,000.50" in page.text
    assert "60,000,000" in page.text
    new = ExposureValue.objects.get(valued_on=AUTUMN)
    assert (new.amount, new.verified_on) == (Decimal("66000000.50"), None)


def test_a_second_value_of_a_day_is_refused_at_the_day(client, people, buildings):
    client.force_login(people.owner)
    url = reverse("risk:value-add", args=[buildings.exposure_id])
    answer = client.post(url, typed_value(valued_on=SPRING))
    assert list(answer.context["form"].errors) == ["valued_on"]


def test_a_value_of_next_year_is_kept_for_then(client, people, customer, buildings):
    client.force_login(people.owner)
    ahead = today() + datetime.timedelta(days=200)
    url = reverse("risk:value-add", args=[buildings.exposure_id])
    page = client.post(url, typed_value(amount="70,000,000", valued_on=ahead), follow=True)
    assert "to come" in page.text
    assert values.summary(customer, today()).totals[0].at_risk == Decimal("60000000")
    assert values.summary(customer, ahead).totals[0].at_risk == Decimal("70000000")


def test_persons_have_a_number_and_no_currency(client, people, customer):
    client.force_login(people.owner)
    url = reverse("risk:exposure-add", args=[customer.pk])
    client.post(url, typed_value(kind=K.PERSONS, amount="1,240", currency=""))
    value = ExposureValue.objects.get()
    assert (value.amount, value.currency) == (1240, "")
    assert "currency" not in client.get(reverse("risk:value-add", args=[value.exposure_id])).context["form"].fields
    assert "1,240" in statement(client, customer).text


def test_a_correction_changes_the_value_in_place_and_takes_the_mark_of_verification(
    client, people, customer, buildings
):
    exposures.verify_value(value=buildings, by=people.owner, version=buildings.version, on=SUMMER)
    client.force_login(people.supervisor)
    url = reverse("risk:value-correct", args=[buildings.pk])
    version = client.get(url).context["form"]["version"].value()
    client.post(url, typed_value(amount="61,000,000", valued_on=SPRING, version=version))
    value = ExposureValue.objects.get()
    assert (value.amount, value.verified_on, value.verified_by) == (Decimal("61000000"), None, None)
    entry = AuditEntry.objects.of_customer(customer.pk).first()
    assert entry.action == "exposure_value.corrected"
    assert entry.before["amount"] == "60000000.00"


def test_a_correction_that_was_confirmed_is_verified_by_who_made_it(client, people, buildings):
    client.force_login(people.supervisor)
    url = reverse("risk:value-correct", args=[buildings.pk])
    client.post(url, typed_value(amount="61,000,000", valued_on=SPRING, version=1, is_verified="on"))
    value = ExposureValue.objects.get()
    assert (value.verified_on, value.verified_by) == (today(), people.supervisor)


def test_the_second_editor_of_a_value_sees_both(client, people, buildings):
    url = reverse("risk:value-correct", args=[buildings.pk])
    client.force_login(people.owner)
    client.post(url, typed_value(amount="61,000,000", valued_on=SPRING, version=1))
    client.force_login(people.supervisor)
    second = client.post(url, typed_value(amount="62,000,000", valued_on=SPRING, version=1))
    assert [(row["now"], row["typed"]) for row in second.context["form"].conflict] == [("61,000,000", "62,000,000")]
    assert ExposureValue.objects.get().amount == Decimal("61000000")


def test_verifying_tells_who_and_when(client, people, customer, buildings):
    client.force_login(people.owner)
    url = reverse("risk:value-verify", args=[buildings.pk])
    page = client.post(url, {"version": buildings.version}, follow=True)
    assert "marked as verified" in page.text
    buildings.refresh_from_db()
    assert (buildings.verified_on, buildings.verified_by) == (today(), people.owner)
    assert AuditEntry.objects.of_customer(customer.pk).get().action == "exposure_value.verified"


def test_a_value_changed_meanwhile_is_not_verified_unseen(client, people, buildings):
    client.force_login(people.owner)
    url = reverse("risk:value-verify", args=[buildings.pk])
    ExposureValue.objects.update(version=7)
    assert "look at it again" in client.post(url, {"version": 1}, follow=True).text
    assert ExposureValue.objects.get().verified_on is None


def test_the_kind_does_not_change_between_money_and_numbers(client, people, buildings):
    client.force_login(people.owner)
    url = reverse("risk:exposure-change", args=[buildings.exposure_id])
    typed = {"kind": K.PERSONS, "location": buildings.exposure.location_id, "version": 1}
    assert list(client.post(url, typed).context["form"].errors) == ["kind"]
    client.post(url, typed | {"kind": K.CONTENTS, "description": "Freezers"})
    buildings.exposure.refresh_from_db()
    assert (buildings.exposure.kind, buildings.exposure.description) == (K.CONTENTS, "Freezers")


def test_of_very_many_locations_only_the_one_begun_from_is_offered(client, people, customer, monkeypatch):
    monkeypatch.setattr("risk.forms.exposures.LISTED", 2)
    here, *_others = [LocationFactory(customer=customer) for _at in range(4)]
    client.force_login(people.owner)
    form = client.get(reverse("risk:exposure-add-at", args=[here.pk])).context["form"]
    assert list(form.fields["location"].queryset) == [here]
    form = client.get(reverse("risk:exposure-add", args=[customer.pk])).context["form"]
    assert not form.fields["location"].queryset
