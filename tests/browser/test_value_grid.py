"""The statement of values in a real browser: the keyboard, a block pasted from a spreadsheet, and what is sent."""

from decimal import Decimal

import pytest
from django.urls import reverse

from common.dates import today
from profiles.models import Location
from risk.models import ExposureKind, ExposureValue
from tests.factories import CustomerFactory, ExposureFactory, ExposureValueFactory, LocationFactory, People

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASTE = """([label, text]) => {
    const input = document.querySelector(`input[aria-label="${label}"]`);
    input.focus();
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    input.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def customer():
    customer = CustomerFactory(portfolio=People().portfolio, name="Harbour Cold Storage Ltd")
    for at in range(2):
        location = LocationFactory(customer=customer, reference=f"A{at}", name=f"Wharf {at}")
        for kind in (ExposureKind.BUILDINGS, ExposureKind.CONTENTS):
            exposure = ExposureFactory(customer=customer, location=location, kind=kind)
            ExposureValueFactory(exposure=exposure, amount=Decimal(1000), valued_on=today())
    return customer


@pytest.fixture
def page(browser_page, client, live_server, customer):
    client.force_login(customer.portfolio.manager)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    browser_page.context.add_cookies([cookie])
    browser_page.goto(reverse("risk:values-grid", args=[customer.pk]))
    return browser_page


def cell(page, label):
    return page.get_by_label(label, exact=True)


def focused(page):
    return page.evaluate("document.activeElement.getAttribute('aria-label')")


def saves(page):
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved:").wait_for()


def test_the_keyboard_moves_types_takes_back_and_saves_only_what_changed(page):
    cell(page, "Wharf 0: Buildings").focus()
    for key, at in [
        ("ArrowRight", "Wharf 0: Contents"),
        ("ArrowDown", "Wharf 1: Contents"),
        ("ArrowLeft", "Wharf 1: Buildings"),
        ("ArrowUp", "Wharf 0: Buildings"),
        ("Enter", "Wharf 1: Buildings"),
        ("Shift+Enter", "Wharf 0: Buildings"),
        ("Tab", "Wharf 0: Contents"),
    ]:
        page.keyboard.press(key)
        assert focused(page) == at, key
    page.keyboard.type("5,000")
    assert page.locator("[data-grid-changed]").inner_text() == "1"
    assert page.locator("[data-grid-difference]").inner_text() == "+4,000"
    page.keyboard.press("Escape")
    assert cell(page, "Wharf 0: Contents").input_value() == "1,000"
    assert page.locator("[data-grid-tally]").is_hidden()
    page.keyboard.type("7,000")
    page.keyboard.press("Enter")
    page.keyboard.type("lots")
    assert page.get_by_text("Write a number such as").is_visible()
    page.keyboard.press("Escape")
    with page.expect_request(lambda request: request.method == "POST") as sent:
        saves(page)
    assert sent.value.post_data.count("&e%7C") == 1, "one cell changed, and one is sent"
    assert set(ExposureValue.objects.values_list("amount", flat=True)) == {Decimal(1000), Decimal(7000)}


def test_a_block_is_pasted_over_cells_and_below_as_new_locations_and_can_be_taken_back(page, customer):
    block = "1,100\t1,200\n\t2,200\n"
    page.evaluate(PASTE, ["Wharf 0: Buildings", block])
    assert page.get_by_text("Cells pasted: 3").is_visible()
    assert cell(page, "Wharf 1: Buildings").input_value() == "1,000", "a blank cell of the block changes nothing"
    page.get_by_role("button", name="Take the paste back").click()
    assert cell(page, "Wharf 0: Buildings").input_value() == "1,000"
    page.evaluate(PASTE, ["Wharf 0: Buildings", block])
    rows = [f'N{at}\t"Shed ""{at}"""\t{at} Road\t{at + 1},000\t\t{at + 1}' for at in range(8)]
    page.evaluate(PASTE, ["New location 1: Reference", "\n".join(rows)])
    assert page.locator("[data-grid-rows]").inner_text() == "8"
    saves(page)
    assert Location.objects.filter(customer=customer).count() == 10
    shed = Location.objects.get(reference="N7")
    assert (shed.name, shed.address) == ('Shed "7"', "7 Road")
    assert set(shed.exposures.values_list("kind", "values__amount")) == {("BUILDINGS", 8000), ("STOCK", 8)}
    assert cell(page, "Wharf 1: Contents").input_value() == "2,200"


def test_2000_values_are_pasted_at_once_and_50_cells_changed_by_one_more_paste(page, customer):
    rows = [f"P{at:03}\tUnit {at}\t{at} Road\t{at + 1}\t{at + 2}\t{at + 3}\t{at + 4}" for at in range(500)]
    page.evaluate(PASTE, ["New location 1: Reference", "\n".join(rows)])
    assert page.locator("[data-grid-rows]").inner_text() == "500"
    saves(page)
    assert ExposureValue.objects.filter(exposure__location__reference__startswith="P").count() == 2000
    before = dict(ExposureValue.objects.values_list("pk", "amount"))
    page.evaluate(PASTE, ["Unit 10: Stock", "\n".join(str(70_000 + at) for at in range(50))])
    saves(page)
    changed = {pk for pk, amount in ExposureValue.objects.values_list("pk", "amount") if before[pk] != amount}
    assert len(changed) == 50
    assert ExposureValue.objects.count() == len(before)


def test_a_wrong_cell_comes_back_with_its_reason_and_leaving_asks_first(page, customer):
    cell(page, "Wharf 0: Buildings").fill("-5")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Not saved yet").wait_for()
    page.get_by_role("link", name="Wharf 0: Buildings").click()
    assert cell(page, "Wharf 0: Buildings").input_value() == "-5"
    assert page.locator(".grid__why").inner_text() == "An amount must not be negative."
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    cell(page, "Wharf 0: Buildings").press("ArrowDown")
    page.goto(reverse("risk:values", args=[customer.pk]))
    assert asked == ["beforeunload"]
