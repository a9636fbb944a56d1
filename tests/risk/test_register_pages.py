"""A customer's register of risks: listed, drawn as a map, entered, closed and reopened."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import AuditEntry
from common.dates import today
from risk.models import ExposureKind, Risk, RiskCategory
from risk.services import risks
from tests.factories import (
    ControlFactory,
    CustomerFactory,
    ExposureFactory,
    ExposureValueFactory,
    LocationFactory,
    RiskExposureFactory,
    RiskFactory,
    ScaleStepFactory,
)

K = ExposureKind


@pytest.fixture
def customer(people):
    return CustomerFactory(portfolio=people.portfolio, name="Harbour Cold Storage Ltd")


@pytest.fixture
def fire(customer):
    return RiskFactory(customer=customer, location=LocationFactory(customer=customer, name="Tsing Yi store"))


def category(code):
    return RiskCategory.objects.get(code=code)


def register(client, customer, **query):
    return client.get(reverse("risk:register", args=[customer.pk]), query)


def shown(answer):
    return [line.risk for line in answer.context["page"]]


def typed(**changed):
    return {
        "version": "1",
        "category": str(category("FIRE").pk),
        "name": "",
        "cause": "Insulation panels",
        "location": "",
        "currency": "HKD",
        "maximum_loss": "60,000,000",
        "typical_loss": "2,000,000",
        "inherent_likelihood": "3",
        "inherent_consequence": "5",
        "current_likelihood": "2",
        "current_consequence": "5",
        "residual_likelihood": "",
        "residual_consequence": "",
        "owner": "Operations",
        "treatment": "SHARE",
        "required_limit": "",
        "maximum_retention": "500,000",
        "security_floor": "",
        "indemnity_months": "",
    } | changed


def added(client, customer, **changed):
    return client.post(reverse("risk:risk-add", args=[customer.pk]), typed(**changed))


# The register


def test_the_register_lists_the_open_risks_the_worst_first(client, people, customer, fire):
    low = RiskFactory(customer=customer, category=category("THEFT"), current_likelihood=1, current_consequence=2)
    unknown = RiskFactory(
        customer=customer, category=category("FLOOD"), current_likelihood=None, current_consequence=None
    )
    RiskFactory(customer=customer, category=category("CYBER_RISKS"), closed_on=today())
    RiskFactory()
    client.force_login(people.owner)
    assert shown(register(client, customer)) == [fire, low, unknown]
    assert shown(register(client, customer, sort="current")) == [low, fire, unknown]
    assert len(shown(register(client, customer, state="closed"))) == 1
    assert len(shown(register(client, customer, state="all"))) == 4


@pytest.mark.parametrize(
    "query_and_found",
    [
        ({"category": "PROPERTY_DAMAGE"}, {"FIRE", "THEFT"}),
        ({"treatment": "RETAIN"}, {"THEFT"}),
        ({"treatment": "NONE"}, {"DATA_BREACH"}),
        ({"q": "tsing"}, {"FIRE"}),
        ({"q": "rent"}, set()),
        ({"cell": "2x5"}, {"FIRE"}),
        ({"cell": "9x9"}, {"FIRE", "THEFT", "DATA_BREACH"}),
        ({"cell": "1x4", "map": "residual"}, {"THEFT"}),
        ({"look": "overdue"}, {"THEFT"}),
        ({"look": "warnings"}, {"THEFT"}),
        ({"look": "unassessed"}, {"DATA_BREACH"}),
        ({"look": "unknown"}, {"FIRE", "DATA_BREACH"}),
        ({"look": "nonsense"}, {"FIRE", "THEFT", "DATA_BREACH"}),
    ],
)
def test_the_register_is_narrowed_by_its_address(client, people, customer, fire, query_and_found):
    query, found = query_and_found
    theft = RiskFactory(
        customer=customer,
        category=category("THEFT"),
        treatment="RETAIN",
        maximum_loss=Decimal(1000),
        current_likelihood=1,
        current_consequence=2,
        residual_likelihood=1,
        residual_consequence=4,
    )
    ControlFactory(risk=theft, due_on=today() - datetime.timedelta(days=1))
    RiskFactory(
        customer=customer,
        category=category("DATA_BREACH"),
        treatment="",
        current_likelihood=None,
        current_consequence=None,
    )
    client.force_login(people.owner)
    assert {risk.category.code for risk in shown(register(client, customer, **query))} == found


def test_the_map_counts_the_open_risks_in_the_customers_own_words(client, people, customer, fire):
    RiskFactory(customer=customer, category=category("FLOOD"))
    RiskFactory(customer=customer, category=category("THEFT"), closed_on=today())
    ScaleStepFactory(customer=customer, scale="LIKELIHOOD", step=2, words="Once in a lifetime", events_a_year="0.02")
    client.force_login(people.owner)
    answer = register(client, customer)
    drawn = answer.context["map"]
    counts = {(cell.likelihood, cell.consequence): cell.count for row in drawn.rows for cell in row.cells if cell.count}
    assert counts == {(2, 5): 2}
    assert "Once in a lifetime × Severe, level 10: 2 risks" in answer.text
    assert "cell=2x5" in answer.text
    assert "Once in a lifetime" in register(client, customer, cell="2x5").context["cell_words"]
    # A press on the chosen cell leads back to all.
    chosen = next(
        cell
        for row in register(client, customer, cell="2x5").context["map"].rows
        for cell in row.cells
        if cell.is_chosen
    )
    assert "cell" not in chosen.url


def test_the_largest_loss_is_the_figure_entered_or_the_sum_of_what_the_risk_can_strike(client, people, customer, fire):
    for kind, amount, currency in (
        (K.BUILDINGS, "60000000", "HKD"),
        (K.STOCK, "2000000.50", "HKD"),
        (K.REVENUE, "9", "HKD"),
    ):
        exposure = ExposureFactory(customer=customer, kind=kind, location=fire.location)
        ExposureValueFactory(exposure=exposure, amount=Decimal(amount), currency=currency)
        RiskExposureFactory(risk=fire, exposure=exposure)
    entered = RiskFactory(customer=customer, category=category("THEFT"), maximum_loss=Decimal("5000000"))
    client.force_login(people.owner)
    answer = register(client, customer, sort="-loss")
    assert [(line.risk, line.largest.ours) for line in answer.context["page"]] == [
        (fire, Decimal("62000000.50")),
        (entered, Decimal(5000000)),
    ]
    assert "62,000,000.50" in answer.text
    assert "from its exposures" in answer.text


def test_a_largest_loss_is_unknown_while_one_exposure_has_no_value(client, people, customer, fire):
    RiskExposureFactory(risk=fire, exposure=ExposureFactory(customer=customer))
    client.force_login(people.owner)
    assert "1 of 1 exposures has no value" in register(client, customer).text
    assert "1 of 1 exposures has no value" in client.get(reverse("risk:risk", args=[fire.pk])).text


def test_an_empty_register_offers_two_ways_on(client, people, customer):
    client.force_login(people.owner)
    page = register(client, customer).text
    assert reverse("risk:risk-add", args=[customer.pk]) in page
    assert reverse("risk:register-begin", args=[customer.pk]) in page
    client.force_login(people.colleague)
    assert reverse("risk:risk-add", args=[customer.pk]) not in register(client, customer).text


@pytest.mark.parametrize("number", [2, 60])
def test_the_register_costs_the_same_whatever_the_rows(client, people, customer, number, django_assert_num_queries):
    for at in range(number):
        risk = RiskFactory(customer=customer, location=LocationFactory(customer=customer))
        exposure = ExposureFactory(customer=customer, description=f"Annex {at}")
        ExposureValueFactory(exposure=exposure)
        RiskExposureFactory(risk=risk, exposure=exposure)
        ControlFactory(risk=risk)
    client.force_login(people.owner)
    with django_assert_num_queries(8):
        register(client, customer)


# Who may


def test_the_owner_and_the_supervisor_enter_risks_and_a_colleague_only_reads(client, people, customer, fire):
    for user, answer in (
        (people.owner, 200),
        (people.supervisor, 200),
        (people.colleague, 403),
        (people.stranger, 404),
    ):
        client.force_login(user)
        for name, row in (
            ("risk-add", customer),
            ("register-begin", customer),
            ("risk-change", fire),
            ("risk-close", fire),
            ("control-add", fire),
        ):
            assert client.get(reverse(f"risk:{name}", args=[row.pk])).status_code == answer, (user, name)
        seen = 404 if user == people.stranger else 200
        assert register(client, customer).status_code == seen
        assert client.get(reverse("risk:risk", args=[fire.pk])).status_code == seen


# Entering


def test_a_risk_is_added_with_its_exposures_and_recorded(client, people, customer):
    place = LocationFactory(customer=customer, name="Tsing Yi store")
    buildings = ExposureFactory(customer=customer, location=place)
    client.force_login(people.owner)
    answer = added(client, customer, exposures=[str(buildings.pk)], location=str(place.pk))
    risk = Risk.objects.get()
    assert answer.url == reverse("risk:risk", args=[risk.pk])
    assert list(risk.exposures.all()) == [buildings]
    assert (risk.maximum_loss, risk.current_level, risk.residual_level) == (60000000, 10, None)
    entry = AuditEntry.objects.of_object(risk).get()
    assert (entry.action, entry.customer_id, entry.actor_id) == ("risk.added", customer.pk, people.owner.pk)
    assert entry.after["exposures"] == ["Buildings, Tsing Yi store"]


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("maximum_loss", {"maximum_loss": "-1", "typical_loss": "", "maximum_retention": ""}),
        ("maximum_loss", {"maximum_loss": "0", "typical_loss": "", "maximum_retention": ""}),
        ("maximum_loss", {"maximum_loss": "9" * 25}),
        ("maximum_loss", {"maximum_loss": "1.5", "currency": "JPY", "typical_loss": "", "maximum_retention": ""}),
        ("typical_loss", {"typical_loss": "60,000,001"}),
        ("typical_loss", {"typical_loss": "1,25"}),
        ("current_consequence", {"current_consequence": ""}),
        ("residual_likelihood", {"residual_consequence": "2"}),
        ("inherent_likelihood", {"inherent_likelihood": "6"}),
        ("category", {"category": ""}),
        ("maximum_retention", {"maximum_retention": "60,000,001"}),
        ("required_limit", {"treatment": "RETAIN", "required_limit": "1"}),
        ("security_floor", {"treatment": "AVOID", "security_floor": "7"}),
        ("indemnity_months", {"indemnity_months": "121"}),
        ("indemnity_months", {"indemnity_months": "0"}),
        ("currency", {"currency": "XXX"}),
        ("treatment", {"treatment": "PRAY"}),
        ("exposures", {"exposures": ["not-a-key"]}),
    ],
)
def test_what_cannot_be_meant_is_refused_at_its_field_with_what_was_typed(client, people, customer, field, changed):
    client.force_login(people.owner)
    answer = added(client, customer, **changed)
    assert list(answer.context["form"].errors) == [field]
    assert "Insulation panels" in answer.text
    assert not Risk.objects.exists()
    assert not AuditEntry.objects.of_customer(customer.pk).filter(action="risk.added").exists()


def test_what_is_another_customers_is_refused_and_not_even_offered(client, people, customer):
    other = ExposureFactory(customer=CustomerFactory(portfolio=people.portfolio), location=None, description="Theirs")
    elsewhere = LocationFactory(customer=other.customer, name="Their yard")
    client.force_login(people.owner)
    assert "Theirs" not in client.get(reverse("risk:risk-add", args=[customer.pk])).text
    answer = added(client, customer, exposures=[str(other.pk)], location=str(elsewhere.pk))
    assert set(answer.context["form"].errors) == {"exposures", "location"}
    assert not Risk.objects.exists()


def test_a_residual_level_above_the_current_is_kept_and_warned_of(client, people, customer):
    client.force_login(people.owner)
    added(client, customer, residual_likelihood="4", residual_consequence="5")
    risk = Risk.objects.get()
    assert risk.residual_level == 20
    for page in (client.get(reverse("risk:risk", args=[risk.pk])), register(client, customer)):
        assert "The level when all is done is above the level now." in page.text


def test_a_changed_risk_records_what_changed_and_no_change_records_nothing(client, people, customer):
    kept, dropped, new = (ExposureFactory(customer=customer, description=name) for name in ("Kept", "Dropped", "New"))
    client.force_login(people.owner)
    added(client, customer, exposures=[str(kept.pk), str(dropped.pk)])
    risk = Risk.objects.get()
    url = reverse("risk:risk-change", args=[risk.pk])
    client.post(url, typed(exposures=[str(kept.pk), str(dropped.pk)]))
    assert AuditEntry.objects.of_object(risk).count() == 1
    client.post(url, typed(exposures=[str(kept.pk), str(new.pk)]))
    risk.refresh_from_db()
    assert risk.version == 2
    assert set(risk.exposures.all()) == {kept, new}
    entry = AuditEntry.objects.of_object(risk).first()
    assert (entry.before, entry.after) == ({"exposures": ["Dropped", "Kept"]}, {"exposures": ["Kept", "New"]})
    assert "Dropped; Kept" in client.get(reverse("risk:risk", args=[risk.pk])).text


def test_a_second_editor_is_told_what_changed_meanwhile(client, people, customer, fire):
    client.force_login(people.owner)
    url = reverse("risk:risk-change", args=[fire.pk])
    client.post(url, typed(owner="Finance"))
    answer = client.post(url, typed(owner="The board"))
    assert "Somebody else saved this while you were typing" in answer.text
    assert [row["label"] for row in answer.context["form"].conflict] == ["Owner"]
    fire.refresh_from_db()
    assert fire.owner == "Finance"


def test_a_form_with_300_exposures_offers_them_place_by_place(client, people, customer, django_assert_num_queries):
    for at in range(100):
        place = LocationFactory(customer=customer, reference=f"{at:03}")
        for kind in (K.BUILDINGS, K.STOCK, K.MACHINERY):
            ExposureValueFactory(exposure=ExposureFactory(customer=customer, kind=kind, location=place))
    client.force_login(people.owner)
    with django_assert_num_queries(11):
        answer = client.get(reverse("risk:risk-add", args=[customer.pk]))
    places = answer.context["form"].offered_places
    assert len(places) == 100
    assert {len(place.exposures) for place in places} == {3}
    assert "HKD\xa060,000,000" in answer.text


def test_of_very_many_exposures_those_of_the_location_are_offered(client, people, customer, monkeypatch):
    monkeypatch.setattr("risk.forms.risks.LISTED", 3)
    here = LocationFactory(customer=customer)
    there = LocationFactory(customer=customer)
    for place in (here, there):
        for name in ("Front", "Back"):
            ExposureFactory(customer=customer, location=place, description=name)
    client.force_login(people.owner)
    answer = client.get(reverse("risk:risk-add", args=[customer.pk]), {"location": str(here.pk)})
    assert [place.location for place in answer.context["form"].offered_places] == [here]
    assert answer.context["form"]["location"].value() == here.pk


# Closing


def test_a_risk_is_closed_with_a_reason_and_reopened(client, people, customer, fire):
    client.force_login(people.owner)
    client.post(
        reverse("risk:risk-close", args=[fire.pk]), {"version": "1", "day": today().isoformat(), "reason": "Store sold"}
    )
    fire.refresh_from_db()
    assert fire.closed_on == today()
    assert list(Risk.objects.on(today())) == []
    assert list(Risk.objects.on(today() - datetime.timedelta(days=1))) == [fire]
    page = client.get(reverse("risk:risk", args=[fire.pk]))
    assert "Store sold" in page.text
    assert shown(register(client, customer)) == []
    assert client.post(
        reverse("risk:risk-close", args=[fire.pk]), {"version": "2", "day": today(), "reason": "x"}
    ).context["form"].non_field_errors() == ["The risk is closed already."]
    client.post(reverse("risk:risk-reopen", args=[fire.pk]), {"version": "2", "reason": "Sale fell through"})
    assert shown(register(client, customer)) == [fire]
    assert [entry.note for entry in AuditEntry.objects.of_object(fire)] == ["Sale fell through", "Store sold"]


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("day", {"day": "2999-01-01"}),
        ("day", {"day": "0201-01-01"}),
        ("reason", {"reason": " "}),
        ("day", {"day": "soon"}),
    ],
)
def test_a_risk_is_not_closed_on_a_day_to_come_nor_without_a_reason(client, people, fire, field, changed):
    client.force_login(people.owner)
    answer = client.post(
        reverse("risk:risk-close", args=[fire.pk]),
        {"version": "1", "day": today().isoformat(), "reason": "Sold"} | changed,
    )
    assert list(answer.context["form"].errors) == [field]
    fire.refresh_from_db()
    assert fire.closed_on is None


def test_the_services_refuse_what_the_forms_cannot_ask(people, customer, fire):
    theirs = LocationFactory()
    with pytest.raises(ValidationError) as refused:
        risks.add(
            risk=Risk(customer=customer, category=category("FIRE"), currency="HKD", location=theirs),
            exposures=[ExposureFactory()],
            by=people.owner,
        )
    assert set(refused.value.message_dict) == {"location", "exposures"}
