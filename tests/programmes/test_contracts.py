"""Policies as they really are: packages, contracts without expiry, what stands under another, several insureds."""

import datetime
import re
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import AuditEntry, CustomerCheck
from common.exceptions import WrongState
from market.models import ClassOfBusiness
from programmes.models import Policy, PolicyInsured
from programmes.selectors.policies import parents_for
from programmes.services import insureds, policies
from tests.factories import (
    TODAY,
    CustomerFactory,
    PolicyFactory,
    PolicyInsuredFactory,
    SectionFactory,
    TermsFactory,
)

pytestmark = pytest.mark.usefixtures("clock")

REVIEW = datetime.date(2026, 12, 31)
NEXT_REVIEW = datetime.date(2027, 12, 31)


@pytest.fixture
def customer(people):
    return CustomerFactory(portfolio=people.portfolio, name="Harbour Cold Storage Ltd")


@pytest.fixture
def contract(customer):
    return PolicyFactory(
        customer=customer, number="OC 7", kind="OPEN_COVER", expiry_date=None, review_date=REVIEW, premium=None
    )


def page(name, row, query=""):
    return reverse(f"programmes:{name}", args=[row.pk]) + query


def shown(client, url):
    """What the form of the page would post."""
    form = client.get(url).context["form"]
    return {field.html_name: field.value() for field in form if field.value() not in (None, "", False)}


# Without expiry


def test_a_contract_without_expiry_is_entered_with_a_day_of_review(client, people, customer):
    client.force_login(people.owner)
    url = reverse("programmes:policy-add", args=[customer.pk])
    given = shown(client, url) | {
        "number": "OC 7",
        "kind": "OPEN_COVER",
        "class_of_business": ClassOfBusiness.objects.get(code="MARINE_CARGO").pk,
        "expiry_date": "",
    }
    answer = client.post(url, given)
    assert list(answer.context["form"].errors) == ["expiry_date"]
    assert "OC 7" in answer.text
    client.post(url, given | {"review_date": "2027-06-30"})
    made = Policy.objects.get(number="OC 7")
    assert (made.expiry_date, made.review_date, made.kind) == (None, datetime.date(2027, 6, 30), "OPEN_COVER")


def test_every_page_reads_well_without_an_expiry(client, people, contract):
    TermsFactory(section__policy=contract)
    client.force_login(people.owner)
    text = client.get(page("policy", contract)).text
    assert "runs on; review on" in text
    assert "31 Dec 2026" in text
    section = contract.sections.get()
    urls = [
        page("policy-history", contract),
        page("policy-change", contract),
        page("policy-cancel", contract),
        page("policy-under", contract),
        page("endorse", section),
        page("correct", section.versions.get()),
        reverse("programmes:policies"),
        reverse("programmes:cover", args=[contract.customer_id]),
        reverse("desk:find") + "?q=OC",
        reverse("desk:customer", args=[contract.customer_id]),
    ]
    for url in urls:
        answer = client.get(url)
        assert answer.status_code == 200, url
        assert not re.search(r"None(?! ticked)", answer.text), url


def test_a_review_sets_the_day_of_the_next_one(client, people, contract):
    client.force_login(people.owner)
    given = {"version": 1, "review_date": "2027-12-31", "note": "Declared values grew, rates held"}
    assert list(client.post(page("policy-review", contract), given | {"note": ""}).context["form"].errors) == ["note"]
    past = client.post(page("policy-review", contract), given | {"review_date": "2026-11-01"})
    assert list(past.context["form"].errors) == ["review_date"]
    client.post(page("policy-review", contract), given)
    contract.refresh_from_db()
    assert contract.review_date == NEXT_REVIEW
    assert AuditEntry.objects.get(action="policy.reviewed").note == "Declared values grew, rates held"


def test_a_policy_with_an_expiry_is_renewed_not_reviewed(people, customer):
    policy = PolicyFactory(customer=customer)
    with pytest.raises(WrongState, match="renewed, not reviewed"):
        policies.review(policy=policy, next_on=NEXT_REVIEW, note="x", on=TODAY, by=people.owner, version=1)


# Under another contract


def test_a_declaration_stands_under_an_open_cover_and_is_listed_on_it(client, people, customer, contract):
    client.force_login(people.owner)
    url = page("policy-change", PolicyFactory(customer=customer, number="DEC 1"))
    given = shown(client, url) | {"kind": "DECLARATION", "parent_contract": contract.pk}
    client.post(url, given)
    made = Policy.objects.get(number="DEC 1")
    assert made.parent_contract == contract
    assert "DEC 1" in client.get(page("policy-under", contract)).text
    assert page("policy", contract) in client.get(page("policy", made)).text


@pytest.mark.parametrize("kind", ["POLICY", "LOCAL"])
def test_what_does_not_stand_under_a_contract_is_refused_at_the_field(client, people, customer, contract, kind):
    client.force_login(people.owner)
    url = page("policy-change", PolicyFactory(customer=customer))
    answer = client.post(url, shown(client, url) | {"kind": kind, "parent_contract": contract.pk})
    assert list(answer.context["form"].errors) == ["parent_contract"]


def test_only_contracts_of_the_customer_and_those_that_insure_it_are_offered(customer, contract):
    abroad = PolicyFactory(number="MASTER 1", kind="MASTER")
    PolicyInsuredFactory(policy=abroad, insured=customer)
    PolicyFactory(kind="MASTER")
    policy = PolicyFactory(customer=customer)
    assert list(parents_for(policy)) == [abroad, contract]


# Packages


def test_a_package_draws_a_tower_for_each_class_of_its_sections(client, people, customer):
    package = PolicyFactory(
        customer=customer, number="PKG 1", class_of_business=ClassOfBusiness.objects.get(code="PACKAGE")
    )
    for code, limit in [("PROPERTY", "50000000"), ("PUBLIC_LIABILITY", "20000000")]:
        of_business = ClassOfBusiness.objects.get(code=code)
        section = SectionFactory(policy=package, class_of_business=of_business)
        TermsFactory(section=section, limit=Decimal(limit))
    client.force_login(people.owner)
    towers = [each["tower"] for each in client.get(page("policy", package)).context["towers"]]
    assert [(each.class_of_business.code, [layer.limit for layer in each.tower.layers]) for each in towers] == [
        ("PROPERTY", [Decimal("50000000")]),
        ("PUBLIC_LIABILITY", [Decimal("20000000")]),
    ]


def test_a_section_of_a_package_says_its_class(client, people, customer):
    package = PolicyFactory(customer=customer, class_of_business=ClassOfBusiness.objects.get(code="PACKAGE"))
    client.force_login(people.owner)
    form = client.get(page("section-add", package)).context["section_form"]
    assert form["class_of_business"].value() is None
    assert "PACKAGE" not in {row.code for row in form.fields["class_of_business"].queryset}


# Insureds


def test_an_insured_is_found_by_name_and_added(client, people, contract):
    other = CustomerFactory(portfolio=people.portfolio, name="Peak Logistics Ltd")
    CustomerFactory(name="Peak Elsewhere Ltd")
    client.force_login(people.owner)
    found = client.get(page("insureds", contract, "?q=peak"))
    assert list(found.context["found"]) == [other]
    client.post(page("insureds", contract), {"insured": str(other.pk)})
    assert contract.insureds.get().insured == other
    assert CustomerCheck.objects.filter(customer_id=other.pk).exists()
    assert "Peak Logistics Ltd" in client.get(page("policy", contract)).text
    assert "Added as an insured Peak Logistics Ltd" in client.get(page("policy-history", contract)).text


def test_an_insured_is_removed_and_the_history_keeps_it(client, people, contract):
    other = CustomerFactory(portfolio=people.portfolio, name="Peak Logistics Ltd")
    named = insureds.add(policy=contract, insured=other, by=people.owner)
    client.force_login(people.owner)
    client.post(reverse("programmes:insured-remove", args=[named.pk]), {"version": 1})
    assert not PolicyInsured.objects.exists()
    assert "Removed as an insured Peak Logistics Ltd" in client.get(page("policy-history", contract)).text


def test_nobody_is_named_twice_and_a_strangers_customer_not_at_all(client, people, contract):
    other = CustomerFactory(portfolio=people.portfolio)
    insureds.add(policy=contract, insured=other, by=people.owner)
    for insured in (other, contract.customer):
        with pytest.raises(ValidationError):
            insureds.add(policy=contract, insured=insured, by=people.owner)
    client.force_login(people.owner)
    assert client.post(page("insureds", contract), {"insured": str(CustomerFactory().pk)}).status_code == 404
    text = client.post(page("insureds", contract), {"insured": "nonsense"}, follow=True).text
    assert "Choose a customer first." in text
    assert contract.insureds.count() == 1


def test_the_policy_that_follows_insures_the_same(people, customer):
    before = PolicyFactory(customer=customer)
    other = CustomerFactory(portfolio=people.portfolio)
    insureds.add(policy=before, insured=other, by=people.owner)
    after = PolicyFactory.build(
        customer=customer,
        class_of_business=before.class_of_business,
        inception_date=datetime.date(2027, 4, 1),
        expiry_date=datetime.date(2028, 3, 31),
    )
    policies.add(policy=after, by=people.owner, following=before)
    assert after.insureds.get().insured == other


# Who


@pytest.mark.parametrize("name", ["policy-review", "insureds"])
def test_contracts_are_changed_by_owner_and_supervisor_only(client, people, contract, name):
    for who, status in {"owner": 200, "supervisor": 200, "colleague": 403, "compliance": 403, "stranger": 404}.items():
        client.force_login(getattr(people, who))
        assert client.get(page(name, contract)).status_code == status, who


def test_what_stands_under_a_contract_is_shown_only_to_who_may_see_it(client, people, contract):
    PolicyFactory(number="DEC 2", kind="DECLARATION", parent_contract=contract)
    for who, status in {"owner": 200, "colleague": 200, "stranger": 404}.items():
        client.force_login(getattr(people, who))
        answer = client.get(page("policy-under", contract))
        assert answer.status_code == status
        assert "DEC 2" not in answer.text
