"""The starting register: what is proposed for an industry, and what becomes of what is ticked."""

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from common.dates import today
from common.ui.levels import band_of
from risk.models import ExposureKind, Risk, RiskCategory, Treatment
from risk.selectors import starting
from risk.services import risks
from tests.factories import CustomerFactory, ExposureFactory, ExposureValueFactory, LocationFactory, RiskFactory

K = ExposureKind


@pytest.fixture
def customer(people):
    return CustomerFactory(portfolio=people.portfolio, industry="Cold chain warehousing")


def site(customer, name, *kinds, amount=1000):
    location = LocationFactory(customer=customer, name=name)
    for kind in kinds:
        ExposureValueFactory(exposure=ExposureFactory(customer=customer, location=location, kind=kind), amount=amount)
    return location


def proposed(customer, industry=None):
    found = starting.proposals(customer, industry or starting.industry_of(customer), today())
    return {(row.category.code, row.location.name if row.location else ""): row for row in found}


def page_of(client, customer, **query):
    return client.get(reverse("risk:register-begin", args=[customer.pk]), query)


# What ships


def test_what_ships_names_categories_treatments_and_levels_that_there_are(db):
    known = set(RiskCategory.objects.values_list("code", flat=True))
    rows = starting.typical_risks()
    for row in rows:
        assert row.category in known
        assert row.treatment in Treatment.values
        assert row.industries <= {industry.code for industry in starting.industries()}
        assert row.kinds <= set(K.values)
        assert row.reason
        assert row.reason_zh
        assert band_of(row.current[0] * row.current[1])
        assert row.current[0] * row.current[1] <= row.inherent[0] * row.inherent[1]
    for industry in starting.industries():
        of_it = [row.category for row in rows if industry.code in row.industries]
        assert len(of_it) >= 5, industry
        assert len(of_it) == len(set(of_it)), f"{industry}: a category twice"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Cold chain warehousing", "COLD_CHAIN"),
        ("PASSENGER AND GOODS TRANSPORT", "TRANSPORT"),
        ("Hotel and serviced apartments", "HOTELS"),
        ("中式酒樓及餐飲", "RESTAURANTS"),
        ("Architects", "PROFESSIONAL"),
        ("Membership organisation", None),
        ("", None),
    ],
)
def test_an_industry_is_recognised_by_its_name_or_by_a_word_in_it(words, code):
    found = starting.industry_of(CustomerFactory.build(industry=words, portfolio=None, tier=None))
    assert (found.code if found else None) == code


# What is proposed


def test_property_is_proposed_for_each_place_and_what_strikes_all_at_once_for_the_whole(customer):
    site(customer, "Tsing Yi", K.BUILDINGS, K.MACHINERY, K.STOCK)
    site(customer, "Kwai Chung", K.STOCK)
    found = proposed(customer)
    assert [exposure.kind for exposure in found["MACHINERY_BREAKDOWN", "Tsing Yi"].exposures] == [K.MACHINERY]
    assert {len(found["FIRE", name].exposures) for name in ("Tsing Yi", "Kwai Chung")} == {3, 1}
    assert ("FIRE", "") not in found
    assert len(found["TYPHOON", ""].exposures) == 4
    assert found["EMPLOYEE_INJURY", ""].exposures == []


def test_ended_exposures_are_left_out_and_without_any_it_is_proposed_for_the_whole(customer):
    site(customer, "Given up", K.BUILDINGS, amount=0)
    found = proposed(customer)
    assert found["FIRE", ""].exposures == []
    assert not [key for key in found if key[1]]


def test_of_many_places_it_is_proposed_once_for_all(customer):
    for at in range(starting.MOST_PLACES + 1):
        site(customer, f"Store {at}", K.STOCK)
    found = proposed(customer)
    assert len(found["FIRE", ""].exposures) == starting.MOST_PLACES + 1
    assert not [key for key in found if key[1]]


def test_typhoons_are_proposed_where_they_blow(people):
    there = CustomerFactory(portfolio=people.portfolio, industry="Hotels", country="SG")
    assert ("TYPHOON", "") not in proposed(there)
    there.country = "TW"
    assert {("TYPHOON", ""), ("EARTHQUAKE", "")} <= set(proposed(there))


# What is ticked


def test_the_ticked_risks_are_added_with_levels_treatment_and_exposures(client, people, customer):
    location = site(customer, "Tsing Yi", K.BUILDINGS, K.STOCK)
    client.force_login(people.owner)
    assert "What burns easily is part of the work here" in page_of(client, customer).text
    answer = client.post(
        reverse("risk:register-begin", args=[customer.pk]), {"chosen": [f"FIRE:{location.pk}", "EMPLOYEE_INJURY:"]}
    )
    assert answer.url == reverse("risk:register", args=[customer.pk])
    fire = Risk.objects.get(category__code="FIRE")
    assert Risk.objects.count() == 2
    assert (fire.location, fire.inherent_level, fire.current_level, fire.residual_level) == (location, 20, 15, None)
    assert (fire.treatment, fire.currency, fire.exposures.count()) == ("SHARE", "HKD", 2)
    entry = AuditEntry.objects.of_object(fire).get()
    assert (entry.note, len(entry.after["exposures"])) == ("From the starting register.", 2)


def test_nothing_that_is_there_is_offered_or_added_again(client, people, customer):
    RiskFactory(customer=customer, category=RiskCategory.objects.get(code="EMPLOYEE_INJURY"))
    RiskFactory(customer=customer, category=RiskCategory.objects.get(code="TYPHOON"), closed_on=today())
    client.force_login(people.owner)
    page = page_of(client, customer)
    assert "in the register already" in page.text
    assert "in the register, closed" in page.text
    answer = client.post(
        reverse("risk:register-begin", args=[customer.pk]), {"chosen": ["EMPLOYEE_INJURY:", "SPOILAGE:"]}
    )
    assert "no longer proposed" in answer.text
    assert Risk.objects.count() == 2
    # Whoever was quicker: what was offered a moment ago is not added twice.
    both = [row for row in proposed(customer).values() if row.there is None][:3]
    assert len(risks.begin(customer=customer, proposals=both, by=people.owner)) == 3
    assert risks.begin(customer=customer, proposals=both, by=people.owner) == []


def test_ticking_nothing_is_refused_and_the_ticks_stay_as_they_were(client, people, customer):
    client.force_login(people.owner)
    answer = client.post(reverse("risk:register-begin", args=[customer.pk]), {})
    assert "Tick at least one risk." in answer.text
    assert not any(row["is_ticked"] for row in answer.context["rows"])
    assert not Risk.objects.exists()


def test_an_industry_that_is_not_recognised_is_chosen(client, people):
    customer = CustomerFactory(portfolio=people.portfolio, industry="Membership organisation")
    client.force_login(people.owner)
    assert "Membership organisation" in page_of(client, customer).text
    assert page_of(client, customer).context["rows"] == []
    chosen = page_of(client, customer, industry="HOTELS")
    assert {row["proposal"].category.code for row in chosen.context["rows"]} >= {"FIRE", "THIRD_PARTY_INJURY"}


@pytest.mark.parametrize("places", [2, 10])
def test_the_list_costs_the_same_whatever_the_places(client, people, customer, places, django_assert_num_queries):
    for at in range(places):
        site(customer, f"Store {at}", K.BUILDINGS, K.STOCK)
    client.force_login(people.owner)
    with django_assert_num_queries(7):
        page_of(client, customer)
