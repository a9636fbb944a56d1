"""The register in a real browser: exposures are ticked place by place, and a press on the map narrows the list."""

import pytest
from django.urls import reverse

from risk.models import ExposureKind, Risk
from tests.factories import (
    CustomerFactory,
    ExposureFactory,
    ExposureValueFactory,
    LocationFactory,
    People,
    RiskFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def customer():
    return CustomerFactory(portfolio=People().portfolio)


@pytest.fixture
def page(browser_page, client, live_server, customer):
    client.force_login(customer.portfolio.manager)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    browser_page.context.add_cookies([cookie])
    return browser_page


def test_a_whole_place_is_found_and_ticked_at_once(page, customer):
    for name in ("Tsing Yi", "Kwai Chung"):
        place = LocationFactory(customer=customer, name=name)
        for kind in (ExposureKind.BUILDINGS, ExposureKind.STOCK):
            ExposureValueFactory(exposure=ExposureFactory(customer=customer, kind=kind, location=place))
    page.goto(reverse("risk:risk-add", args=[customer.pk]))
    page.fill("[data-pick-search]", "kwai")
    assert page.locator("[data-pick-place]:visible").count() == 1
    page.click("[data-pick-all]:visible")
    assert page.inner_text("[data-pick-count]") == "2 ticked"
    page.fill("[data-pick-search]", "stock")
    assert page.locator("[data-pick-place] label:visible").count() == 2
    page.select_option("[name=category]", label="\u2003Fire")
    page.click("main form button[type=submit]:has-text('Save')")
    page.wait_for_url("**/risks/**")
    assert {exposure.location.name for exposure in Risk.objects.get().exposures.all()} == {"Kwai Chung"}


def test_a_press_on_a_cell_of_the_map_shows_its_risks_and_another_all_of_them(page, customer):
    RiskFactory(customer=customer, name="Fire in the cold store", current_likelihood=2, current_consequence=5)
    RiskFactory(customer=customer, name="Pilferage", current_likelihood=4, current_consequence=1)
    page.goto(reverse("risk:register", args=[customer.pk]))
    cell = ".heat-map-drawing--wide a[aria-label*='level 10']"
    page.click(cell)
    assert page.locator("#risks tbody tr").count() == 1
    assert "Fire in the cold store" in page.inner_text("#risks")
    page.click(cell)
    assert page.locator("#risks tbody tr").count() == 2
