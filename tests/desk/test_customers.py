"""The list of customers, one at a glance, and the search over everything."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from common.dates import today
from monitoring.services import runs
from profiles.models import CustomerStage
from tests.factories import (
    TODAY,
    ContactFactory,
    CustomerFactory,
    InsurerFactory,
    PolicyFactory,
    PortfolioFactory,
    UserFactory,
)


@pytest.fixture
def customer(people):
    return CustomerFactory(portfolio=people.portfolio, name="Harbour Cold Storage Ltd", name_local="海港冷藏有限公司")


def policy_in_force(customer, **fields):
    year = today().year
    return PolicyFactory(customer=customer, inception_date=f"{year}-01-01", expiry_date=f"{year}-12-31", **fields)


def queries(client, url):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_the_list_shows_what_a_user_may_see_and_no_more(client, people, customer):
    for who, sees in {
        "owner": True,
        "colleague": True,
        "supervisor": True,
        "compliance": True,
        "stranger": False,
    }.items():
        client.force_login(getattr(people, who))
        page = client.get(reverse("desk:customers"))
        assert ("Harbour Cold Storage" in page.text) is sees, who
        assert page.context["page"].paginator.count == (1 if sees else 0)


@pytest.mark.parametrize("words", ["cold stor", "冷藏", "HARBOUR"])
def test_the_list_is_searched_in_both_scripts(client, people, customer, words):
    CustomerFactory(portfolio=people.portfolio, name="Pearl Estuary Logistics", name_local="珠江口物流")
    client.force_login(people.owner)
    found = client.get(reverse("desk:customers"), {"q": words}).context["page"]
    assert [row.name for row in found] == ["Harbour Cold Storage Ltd"]


def test_chips_count_the_rows_behind_them(client, people, customer):
    CustomerFactory(portfolio=people.portfolio, stage="PROSPECT")
    CustomerFactory(portfolio=people.portfolio, stage="LOST", in_care_since=None)
    CustomerFactory(portfolio=people.portfolio, stage="DO_NOT_CONTACT")
    CustomerFactory(portfolio=people.portfolio, in_care_since=None)
    client.force_login(people.owner)
    everything, *stages = client.get(reverse("desk:customers")).context["chips"]
    assert everything["count"] == sum(chip["count"] for chip in stages) == 5
    assert {stage["value"] for stage in stages} >= set(CustomerStage.values)
    for chip in (everything, *stages):
        rows = client.get(reverse("desk:customers"), {"stage": chip["value"]}).context["page"].paginator.count
        assert rows == chip["count"], chip


def test_mine_are_the_customers_of_the_portfolios_that_one_may_edit(client, people, customer):
    other = PortfolioFactory(manager=UserFactory(team=people.owner.team))
    CustomerFactory(portfolio=other, name="Other Ltd")
    client.force_login(people.owner)

    def names(**query):
        return [row.name for row in client.get(reverse("desk:customers"), query).context["page"]]

    assert names() == ["Harbour Cold Storage Ltd", "Other Ltd"]
    assert names(mine="on") == ["Harbour Cold Storage Ltd"]
    assert names(manager=other.manager_id) == ["Other Ltd"]


def test_the_list_shows_policies_in_force_and_the_first_to_end(client, people, customer):
    policy_in_force(customer)
    policy_in_force(customer, number="NOT BOUND", bound_on=None)
    client.force_login(people.owner)
    row = client.get(reverse("desk:customers")).context["page"][0]
    assert row.policies_in_force == 1
    assert row.next_expiry.year == today().year


def test_a_portfolio_of_another_team_is_not_offered(client, people, customer):
    client.force_login(people.owner)
    offered = client.get(reverse("desk:customers")).context["filter"].form.fields["portfolio"].queryset
    assert set(offered) == {people.portfolio}


def test_nonsense_in_the_address_is_no_error(client, people, customer):
    client.force_login(people.owner)
    nonsense = {"sort": "; drop table", "page": "many", "portfolio": "x", "tier": "x", "stage": "x"}
    assert client.get(reverse("desk:customers"), nonsense).status_code == 200


def test_the_overview_shows_programme_people_and_record(client, people, customer):
    policy_in_force(customer, number="PAR 2026/118")
    ContactFactory(customer=customer, name="Wong Siu Ming")
    client.force_login(people.colleague)
    page = client.get(reverse("desk:customer", args=[customer.pk])).text
    assert "PAR 2026/118" in page
    assert "Wong Siu Ming" in page
    assert "Nothing waits" in page


def test_the_header_says_who_what_is_in_force_and_what_ends_next(client, people, customer, clock):
    def header():
        return " ".join(client.get(url).text.split("<h1")[1].split("</header>")[0].split())

    client.force_login(people.colleague)
    url = reverse("desk:customer", args=[customer.pk])
    assert "No policy in force" in header()
    PolicyFactory(customer=customer, premium=1_000, currency="HKD", expiry_date=TODAY + timedelta(days=128))
    PolicyFactory(customer=customer, premium=500, currency="USD", expiry_date=TODAY + timedelta(days=300))
    assert "Alice Owner" in header()
    assert "Premium in force: HKD 1,000 + USD 500" in header()
    assert "next: Property all risks ends 31 Mar 2027, in 128 days" in header()
    PolicyFactory(customer=customer, premium=None, expiry_date=TODAY)
    assert "Premium in force: at least HKD" in header()
    assert "next: Property all risks ends today" in header()


def test_where_nothing_waits_the_page_says_what_was_looked_at_and_does_not_call_it_good(
    client, people, customer, clock
):
    client.force_login(people.owner)
    url = reverse("desk:customer", args=[customer.pk])
    assert "have not looked at this customer yet" in client.get(url).text
    runs.run(on=TODAY, by=User.objects.system())
    clock.set(TODAY + timedelta(days=2))
    runs.run(on=TODAY + timedelta(days=2), by=User.objects.system(), customer_ids=[CustomerFactory().pk])
    client.force_login(people.owner)
    page = client.get(url).text
    assert "were last looked at on 23 Nov 2026" in page
    assert "What is not in the register of risks is not looked at." in page


def test_search_finds_customers_policies_contacts_and_insurers_in_sight_only(client, people, customer):
    policy_in_force(customer, number="COLD-1")
    ContactFactory(customer=customer, name="Cold Caller")
    InsurerFactory(name="Cold Insurance Ltd")
    client.force_login(people.owner)
    page = client.get(reverse("desk:find"), {"q": "cold"}).text
    for expected in ("Harbour Cold Storage Ltd", "COLD-1", "Cold Caller", "Cold Insurance Ltd"):
        assert expected in page
    client.force_login(people.stranger)
    page = client.get(reverse("desk:find"), {"q": "cold"}).text
    assert "Cold Insurance Ltd" in page
    for hidden in ("Harbour Cold Storage Ltd", "COLD-1", "Cold Caller"):
        assert hidden not in page


def test_queries_do_not_grow_with_the_rows(client, people, customer):
    client.force_login(people.owner)
    pages = [reverse("desk:customers"), reverse("desk:customer", args=[customer.pk]), reverse("desk:find") + "?q=ltd"]
    few = [queries(client, url) for url in pages]
    for other in CustomerFactory.create_batch(30, portfolio=people.portfolio):
        policy_in_force(other)
        policy_in_force(customer)
        ContactFactory(customer=customer)
    assert [queries(client, url) for url in pages] == few
    assert max(few) <= 12


@pytest.mark.parametrize("words", ["\0", "cold\0", "%", "_", "\\", "'", "🧊"])
def test_any_words_may_be_searched_for(client, people, customer, words):
    client.force_login(people.owner)
    for name in (
        "desk:find",
        "desk:customers",
        "programmes:policies",
        "programmes:claims",
        "programmes:claims-export",
        "programmes:renewals",
        "communications:updates",
    ):
        assert client.get(reverse(name), {"q": words}).status_code == 200, name
    for name in ("profiles:locations", "risk:values"):
        assert client.get(reverse(name, args=[customer.pk]), {"q": words}).status_code == 200, name


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30", "yesterday"])
def test_any_day_may_be_asked_for(client, people, customer, day):
    client.force_login(people.owner)
    for name in ("programmes:claims", "programmes:claims-export", "programmes:experience"):
        assert client.get(reverse(name), {"on": day}).status_code == 200, name
    for name in ("risk:values", "programmes:cover", "programmes:customer-claims", "programmes:customer-experience"):
        assert client.get(reverse(name, args=[customer.pk]), {"on": day}).status_code == 200, name
