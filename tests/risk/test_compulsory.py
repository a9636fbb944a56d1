"""What the law asks for: what ships, who sees it, and to whom it is suggested."""

import datetime
from decimal import Decimal

import pytest
from django.db.models.signals import post_migrate
from django.urls import reverse
from django.utils import translation
from hypothesis import HealthCheck, given
from hypothesis import settings as trial
from hypothesis import strategies as some

from risk.models import CompulsoryRequirement
from risk.selectors.compulsory import Suggestion, called_for, suggestions, unanswered
from risk.services import compulsory
from tests.factories import CustomerFactory, ExposureFactory, ExposureValueFactory, LocationFactory

ON = datetime.date(2026, 11, 23)
FEW, MANY, MOTOR = "HK_EMPLOYEES_COMPENSATION", "HK_EMPLOYEES_COMPENSATION_OVER_200", "HK_MOTOR_THIRD_PARTY"


@pytest.fixture
def customer(people):
    return CustomerFactory(portfolio=people.portfolio)


def has(customer, kind, count, *, location=None, on=datetime.date(2026, 4, 1)):
    exposure = ExposureFactory(customer=customer, kind=kind, location=location)
    return ExposureValueFactory(exposure=exposure, amount=Decimal(count), currency="", valued_on=on)


def suggested(customer, on=ON):
    return [each.requirement.code for each in suggestions(customer, on)]


def test_what_ships_names_the_law_in_both_languages(db):
    rows = {row.code: row for row in CompulsoryRequirement.objects.select_related("class_of_business")}
    assert {code: (row.class_of_business.code, row.minimum, row.currency) for code, row in rows.items()} == {
        FEW: ("EMPLOYEES_COMPENSATION", 100_000_000, "HKD"),
        MANY: ("EMPLOYEES_COMPENSATION", 200_000_000, "HKD"),
        MOTOR: ("MOTOR_FLEET", 100_000_000, "HKD"),
    }
    assert "Cap. 282" in rows[FEW].law_local
    with translation.override("zh-hant"):
        assert rows[FEW].law_local == "《僱員補償條例》（第 282 章）"
        assert str(rows[MANY]) == "僱員補償（僱員超過 200 人）"
    for row in rows.values():
        row.full_clean()


def test_what_ships_is_added_where_missing_and_never_overwritten(db):
    CompulsoryRequirement.objects.filter(code=FEW).update(name="As we call it")
    CompulsoryRequirement.objects.filter(code=MOTOR).delete()
    assert compulsory.add_missing() == 3
    assert CompulsoryRequirement.objects.count() == 3
    assert CompulsoryRequirement.objects.get(code=FEW).name == "As we call it"
    assert post_migrate.has_listeners()


@pytest.mark.parametrize("who", ["owner", "colleague", "supervisor", "stranger", "compliance", "administrator"])
def test_everybody_reads_the_list(client, people, who):
    client.force_login(getattr(people, who))
    text = client.get(reverse("risk:compulsory")).text
    assert "Motor Vehicles Insurance (Third Party Risks) Ordinance (Cap. 272)" in text
    assert "僱員補償" in text


@pytest.mark.parametrize(("persons", "codes"), [(0, []), (1, [FEW]), (200, [FEW]), (201, [MANY])])
def test_the_number_of_persons_decides_which_limit_is_meant(customer, persons, codes):
    has(customer, "PERSONS", persons)
    assert suggested(customer) == codes


def test_persons_are_added_up_over_locations_and_vehicles_ask_for_motor(customer):
    for count in (120, 90):
        has(customer, "PERSONS", count, location=LocationFactory(customer=customer))
    has(customer, "VEHICLES", 3)
    found = suggestions(customer, ON)
    assert [(each.requirement.code, each.reason) for each in found] == [
        (MANY, "210 persons in Hong Kong"),
        (MOTOR, "3 vehicles in Hong Kong"),
    ]


def test_only_what_is_in_the_territory_on_the_day_counts(people, customer):
    has(customer, "PERSONS", 30, location=LocationFactory(customer=customer, country="SG"))
    has(customer, "VEHICLES", 3, on=ON + datetime.timedelta(days=1))
    assert suggested(customer) == []
    abroad = CustomerFactory(portfolio=people.portfolio, country="SG")
    has(abroad, "PERSONS", 30)
    has(abroad, "PERSONS", 2, location=LocationFactory(customer=abroad, country="HK"))
    assert [each.count for each in suggestions(abroad, ON)] == [2]


def test_a_higher_requirement_of_the_class_answers_a_lower_one_and_not_the_other_way(db):
    few, many = CompulsoryRequirement.objects.get(code=FEW), CompulsoryRequirement.objects.get(code=MANY)
    low, high = Suggestion(few, Decimal(5)), Suggestion(many, Decimal(500))
    assert unanswered([low], [many]) == []
    assert unanswered([low, high], [few]) == [high]
    assert unanswered([low], []) == [low]


@trial(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(count=some.integers(0, 10**7), bounds=some.sets(some.integers(0, 10**6), min_size=1, max_size=5))
def test_of_several_bounds_the_highest_that_is_passed_is_meant(count, bounds):
    rows = [
        CompulsoryRequirement(code=str(bound), territory="HK", counted_kind="PERSONS", above=bound) for bound in bounds
    ]
    found = [each.requirement.above for each in called_for({("HK", "PERSONS"): Decimal(count)}, rows)]
    passed = [bound for bound in bounds if bound < count]
    assert found == ([max(passed)] if passed else [])
