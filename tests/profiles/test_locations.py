"""The premises of a customer: listed, searched, entered with codes by their meaning, and refused where wrong."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from profiles.models import Location
from tests.factories import CustomerFactory, LocationFactory


@pytest.fixture
def customer(people):
    return CustomerFactory(portfolio=people.portfolio)


def test_a_location_is_entered_with_its_use_chosen_by_meaning(client, people, customer):
    client.force_login(people.owner)
    sent = {"name": "Tsing Yi cold store", "country": "HK", "occupancy_code": "1050", "construction_code": ""}
    page = client.post(reverse("profiles:location-add", args=[customer.pk]), sent, follow=True)
    assert Location.objects.get().occupancy == "Residential, General residential"
    assert "Residential, General residential" in page.text


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("latitude", "91"), ("longitude", "-181"), ("occupancy_code", "7"), ("country", "XX"), ("ended_on", "31/31/2026")],
)
def test_a_wrong_figure_is_named_at_its_field_and_nothing_is_saved(client, people, customer, field, wrong):
    client.force_login(people.owner)
    sent = {"name": "Tsing Yi", "country": "HK", "latitude": "22.3", "longitude": "114.1"} | {field: wrong}
    answer = client.post(reverse("profiles:location-add", args=[customer.pk]), sent)
    assert field in answer.context["form"].errors
    assert not Location.objects.exists()


def test_half_a_position_is_refused(client, people, customer):
    client.force_login(people.owner)
    sent = {"name": "Tsing Yi", "country": "HK", "latitude": "22.3"}
    answer = client.post(reverse("profiles:location-add", args=[customer.pk]), sent)
    assert "Give both latitude and longitude" in answer.text


def test_a_colleague_sees_locations_but_cannot_add_one(client, people, customer):
    LocationFactory(customer=customer, name="Tsing Yi cold store")
    client.force_login(people.colleague)
    page = client.get(reverse("profiles:locations", args=[customer.pk]))
    assert "Tsing Yi cold store" in page.text
    assert "Add a location" not in page.text
    assert client.get(reverse("profiles:location-add", args=[customer.pk])).status_code == 403


def test_locations_are_searched_and_cost_the_same_however_many(client, people, customer):
    client.force_login(people.owner)
    url = reverse("profiles:locations", args=[customer.pk])
    LocationFactory.create_batch(3, customer=customer)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    LocationFactory.create_batch(60, customer=customer)
    LocationFactory(customer=customer, name="Fanling distribution centre", city="粉嶺")
    with CaptureQueriesContext(connection) as many:
        page = client.get(url)
    assert len(few) == len(many) <= 12
    assert page.context["page"].paginator.count == 64
    found = client.get(url, {"q": "粉嶺"}).context["page"]
    assert [str(row) for row in found] == ["Fanling distribution centre"]


def test_a_location_without_any_name_is_refused(client, people, customer):
    client.force_login(people.owner)
    answer = client.post(reverse("profiles:location-add", args=[customer.pk]), {"country": "HK"})
    assert "name" in answer.context["form"].errors
    assert not Location.objects.exists()
