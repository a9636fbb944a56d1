"""The cover of a customer on two days: what is new, gone and changed, said in words and marked on the tower."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from programmes.selectors.comparing import compared
from programmes.services import breaks, policies, terms
from programmes.services.terms import Given
from tests.factories import (
    TODAY,
    CustomerFactory,
    InsurerFactory,
    ParticipationFactory,
    PolicyFactory,
    SectionFactory,
    TermsFactory,
)

pytestmark = pytest.mark.usefixtures("clock")

JULY = datetime.date(2026, 7, 1)
OCTOBER = datetime.date(2026, 10, 1)
NEXT_YEAR = datetime.date(2027, 4, 1)


@pytest.fixture
def customer(people):
    return CustomerFactory(portfolio=people.portfolio)


@pytest.fixture
def policy(customer):
    return PolicyFactory(customer=customer, number="PAR 2026/118")


@pytest.fixture
def section(policy):
    made = SectionFactory(policy=policy, reference="1", name="Material damage")
    axa = InsurerFactory(name="AXA")
    ParticipationFactory(terms=TermsFactory(section=made), insurer=axa, signed_share=Decimal("1"), is_lead=True)
    return made


def said(comparison):
    """Each policy that differs with its sections, in a few words."""
    return {
        (each.policy.number, each.difference.value): [
            (str(part.section), part.difference.value, [change.label for change in part.changes])
            for part in each.sections
        ]
        for each in comparison.policies
    }


def marks(comparison):
    return {layer.label: layer.difference for tower in comparison.towers for layer in tower.tower.layers}


def test_two_days_alike_differ_in_nothing(customer, section):
    found = compared(customer, on=TODAY, beside=JULY)
    assert found.policies == []
    assert marks(found) == {"Primary 50m": ""}


def test_an_endorsement_is_said_and_marked_whichever_day_comes_first(people, customer, section):
    given = Given(values={"limit": Decimal("70000000"), "change_note": "Limit raised"})
    terms.endorse(section=section, from_day=OCTOBER, given=given, by=people.owner)
    found = compared(customer, on=TODAY, beside=JULY)
    assert said(found) == {("PAR 2026/118", "CHANGED"): [("Material damage", "CHANGED", ["Limit"])]}
    assert [(change.before, change.after) for change in found.policies[0].sections[0].changes] == [
        ("50,000,000", "70,000,000")
    ]
    assert marks(found) == {"Primary 70m": "CHANGED"}
    assert marks(compared(customer, on=JULY, beside=TODAY)) == {"Primary 50m": "CHANGED"}


def test_sections_that_are_new_and_gone_are_said_and_the_new_one_is_marked(people, customer, policy, section):
    excess = SectionFactory(policy=policy, reference="2", name="Excess")
    TermsFactory(section=excess, first_day=OCTOBER, attachment_point=Decimal("50000000"), deductible_amount=None)
    breaks.end(section=section, from_day=OCTOBER, reason="Sold", by=people.owner)
    found = compared(customer, on=TODAY, beside=JULY)
    assert said(found) == {
        ("PAR 2026/118", "CHANGED"): [("Excess", "NEW", []), ("Material damage", "GONE", [])],
    }
    assert marks(found) == {"50m xs 50m": "NEW"}


def test_a_cancelled_policy_is_gone(people, customer, policy, section):
    policies.cancel(policy=policy, from_day=OCTOBER, reason="Sold", by=people.owner, version=1)
    found = compared(customer, on=TODAY, beside=JULY)
    assert said(found) == {("PAR 2026/118", "GONE"): [("Material damage", "GONE", [])]}
    assert found.towers == []


def test_a_policy_that_takes_the_place_of_another_is_compared_with_it(people, customer, policy, section):
    after = policies.add(
        policy=PolicyFactory.build(
            customer=customer,
            number="PAR 2027/118",
            class_of_business=policy.class_of_business,
            inception_date=NEXT_YEAR,
            expiry_date=datetime.date(2028, 3, 31),
        ),
        by=people.owner,
        following=policy,
    )
    found = compared(customer, on=NEXT_YEAR, beside=TODAY)
    [difference] = found.policies
    assert (difference.policy, difference.follows, difference.sections) == (after, policy, ())
    held = after.sections.get().versions.get()
    given = Given(values={"limit": Decimal("80000000")})
    terms.correct(terms=held, given=given, by=people.owner, version=held.version)
    found = compared(customer, on=NEXT_YEAR, beside=TODAY)
    assert said(found) == {("PAR 2027/118", "CHANGED"): [("Material damage", "CHANGED", ["Limit"])]}
    assert marks(found) == {"Primary 80m": "CHANGED"}


def test_what_is_not_bound_is_no_cover_on_either_day(customer, policy):
    TermsFactory(section__policy=PolicyFactory(customer=customer, bound_on=None))
    found = compared(customer, on=TODAY, beside=JULY)
    assert found.policies == []


def test_the_page_of_cover_says_what_differs(client, people, customer, section):
    given = Given(values={"limit": Decimal("70000000"), "change_note": "Limit raised"})
    terms.endorse(section=section, from_day=OCTOBER, given=given, by=people.owner)
    client.force_login(people.owner)
    url = reverse("programmes:cover", args=[customer.pk])
    text = client.get(url, {"beside": "2026-07-01"}).text
    assert "compared with 1 Jul 2026" in text
    assert "Limit raised" in text
    assert "tower__differs" in text
    assert "Nothing differs between the two days." in client.get(url, {"beside": "2026-11-01"}).text
    assert "tower__differs" not in client.get(url).text


def test_the_page_of_the_policy_says_which_section_is_new_or_gone(client, people, policy, section):
    excess = SectionFactory(policy=policy, reference="2", name="Excess")
    TermsFactory(section=excess, first_day=OCTOBER, attachment_point=Decimal("50000000"))
    breaks.end(section=section, from_day=OCTOBER, reason="Sold", by=people.owner)
    client.force_login(people.owner)
    answer = client.get(reverse("programmes:policy", args=[policy.pk]), {"on": "2026-10-01", "beside": "2026-09-30"})
    assert "The section is new: it had no cover on 30 Sept 2026." in answer.text
    assert "The section is gone: it had cover on 30 Sept 2026." in answer.text
    assert [layer.difference for layer in answer.context["towers"][0]["tower"].tower.layers] == ["NEW"]


def test_comparing_costs_the_same_whatever_the_policies(client, people, customer, django_assert_max_num_queries):
    client.force_login(people.owner)
    url = reverse("programmes:cover", args=[customer.pk]) + "?beside=2026-07-01"

    def insured(times):
        for _time in range(times):
            made = TermsFactory(section__policy__customer=customer, first_day=OCTOBER)
            ParticipationFactory(terms=made)

    insured(2)
    client.get(url)
    with django_assert_max_num_queries(12) as few:
        client.get(url)
    insured(15)
    with django_assert_max_num_queries(12) as many:
        client.get(url)
    assert len(few.captured_queries) == len(many.captured_queries)
