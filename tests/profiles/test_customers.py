"""A customer's profile in the browser's eyes: who may, what is refused, and the second editor."""

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from profiles.models import Customer
from tests.factories import CustomerFactory


@pytest.fixture
def customer(people):
    return CustomerFactory(portfolio=people.portfolio, name="Harbour Cold Storage Ltd", name_local="海港冷藏有限公司")


def posted(customer, **changed):
    values = {
        "version": customer.version,
        "kind": customer.kind,
        "name": customer.name,
        "name_local": customer.name_local,
        "country": "HK",
        "currency": "HKD",
        "language": "en",
        "portfolio": customer.portfolio_id,
        "tier": customer.tier_id,
        "stage": "CUSTOMER",
    }
    return values | changed


@pytest.mark.parametrize("page", ["customer-profile", "customer-history"])
def test_profile_is_seen_by_the_team_and_by_nobody_else(client, people, customer, page):
    url = reverse(f"profiles:{page}", args=[customer.pk])
    for who, status in {"owner": 200, "colleague": 200, "supervisor": 200, "compliance": 200, "stranger": 404}.items():
        client.force_login(getattr(people, who))
        assert client.get(url).status_code == status, who


def test_profile_is_changed_by_owner_and_supervisor_only(client, people, customer):
    url = reverse("profiles:customer-change", args=[customer.pk])
    for who, status in {"owner": 200, "supervisor": 200, "colleague": 403, "compliance": 403, "stranger": 404}.items():
        client.force_login(getattr(people, who))
        assert client.get(url).status_code == status, who


def test_nobody_signed_in_is_sent_to_sign_in(client, customer):
    answer = client.get(reverse("profiles:customer-profile", args=[customer.pk]))
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/")


def test_owner_changes_the_name_and_it_is_on_the_timeline(client, people, customer):
    client.force_login(people.owner)
    url = reverse("profiles:customer-change", args=[customer.pk])
    answer = client.post(url, posted(customer, name="Harbour Cold Chain Ltd"), follow=True)
    assert "Harbour Cold Chain Ltd" in answer.text
    history = client.get(reverse("profiles:customer-history", args=[customer.pk])).text
    assert "Changed the customer" in history
    assert "Harbour Cold Storage Ltd" in history
    assert "Alice Owner" in history


def test_bad_input_is_named_at_the_field_and_kept(client, people, customer):
    client.force_login(people.owner)
    url = reverse("profiles:customer-change", args=[customer.pk])
    answer = client.post(url, posted(customer, name="", website="not an address"))
    assert set(answer.context["form"].errors) == {"name", "website"}
    assert "not an address" in answer.text
    assert Customer.objects.get().name == "Harbour Cold Storage Ltd"
    assert not AuditEntry.objects.exists()


def test_the_second_editor_sees_both_values_and_may_save_again(client, people, customer):
    url = reverse("profiles:customer-change", args=[customer.pk])
    client.force_login(people.owner)
    client.post(url, posted(customer, name="First Ltd"))
    client.force_login(people.supervisor)
    second = client.post(url, posted(customer, name="Second Ltd"))
    assert "First Ltd" in second.text
    assert "Alice Owner" in second.text
    assert 'value="Second Ltd"' in second.text
    assert Customer.objects.get().name == "First Ltd"
    client.post(url, posted(customer, name="Second Ltd", version=second.context["form"]["version"].value()))
    assert Customer.objects.get().name == "Second Ltd"


def test_a_portfolio_of_somebody_else_is_refused(client, people, customer):
    client.force_login(people.owner)
    elsewhere = people.stranger.portfolios.get()
    url = reverse("profiles:customer-change", args=[customer.pk])
    answer = client.post(url, posted(customer, portfolio=elsewhere.pk))
    assert "portfolio" in answer.context["form"].errors


def test_a_customer_is_added_with_a_name_of_sixty_characters(client, people, customer):
    client.force_login(people.owner)
    name = "粵港澳大灣區國際冷鏈物流倉儲管理" * 3 + "及供應鏈金融服務集團有限公司"
    sent = posted(customer, name="New Ltd", name_local=name)
    answer = client.post(reverse("profiles:customer-add"), sent, follow=True)
    assert name in answer.text
    assert AuditEntry.objects.get().action == "customer.added"


def test_reviewing_the_profile_needs_the_version_that_was_looked_at(client, people, customer):
    client.force_login(people.owner)
    url = reverse("profiles:customer-reviewed", args=[customer.pk])
    client.post(url, {"version": 7})
    assert Customer.objects.get().profile_reviewed_by is None
    client.post(url, {"version": 1})
    assert Customer.objects.get().profile_reviewed_by == people.owner
    assert client.post(url).status_code == 400


def test_taking_into_care_twice_is_refused(client, people, customer):
    Customer.objects.update(in_care_since=None)
    client.force_login(people.owner)
    url = reverse("profiles:customer-take-into-care", args=[customer.pk])
    client.post(url)
    assert Customer.objects.get().in_care_since is not None
    assert "in care already" in client.post(url, follow=True).text


def test_the_history_shows_bulk_changes_field_by_field(client, people, customer):
    Customer.objects.filter(pk=customer.pk).update(industry="Cold chain warehousing")
    client.force_login(people.owner)
    page = client.get(reverse("profiles:customer-history", args=[customer.pk]), {"view": "fields"}).text
    assert "Cold chain warehousing" in page
    assert "Industry" in page
