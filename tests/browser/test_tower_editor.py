"""A person enters a tower of six layers in a real browser, endorses it, cancels it, and reads it as at each day."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from common.dates import today
from programmes.models import Section, Terms
from programmes.selectors.versions import holding
from tests.factories import CustomerFactory, InsurerFactory, People, PolicyFactory, SectionFactory, TermsFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

INCEPTION = today() - datetime.timedelta(days=100)
ENDORSED = today() - datetime.timedelta(days=40)
CANCELLED = today() + datetime.timedelta(days=20)
LAYERS = [
    # limit, deductible, lines; each layer stands on the one before
    ("20m", "250k", [("Axa", "60"), ("Zurich", "40")]),
    ("30m", "", [("Axa", "50"), ("Chubb", "30"), ("Allianz", "20")]),
    ("50m", "", [("Zurich", "70"), ("Chubb", "30")]),
    ("100m", "", [("Allianz", "60"), ("Tokio", "25")]),
    ("100m", "", [("Chubb", "100")]),
    ("0.2bn", "", [("Tokio", "55"), ("Zurich", "45")]),
]
MILLION = Decimal(1_000_000)


@pytest.fixture
def policy():
    people = People()
    for name in ("AXA General", "Zurich Insurance", "Chubb Asia", "Allianz Global", "Tokio Marine"):
        InsurerFactory(name=name)
    for number in range(300):
        InsurerFactory(name=f"Company {number}")
    return PolicyFactory(
        customer=CustomerFactory(portfolio=people.portfolio, name="Harbour Cold Storage Ltd"),
        number="PAR 2026/118",
        bound_on=None,
        inception_date=INCEPTION,
        expiry_date=INCEPTION + datetime.timedelta(days=364),
    )


@pytest.fixture
def page(browser_page, client, live_server, policy):
    client.force_login(policy.customer.portfolio.manager)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    browser_page.context.add_cookies([cookie])
    browser_page.goto(reverse("programmes:tower", args=[policy.pk]))
    return browser_page


def drawn(page, words):
    """The words on the picture that is in sight."""
    return page.locator("#tower-drawn svg.tower:visible text", has_text=words).first


def field(page, name, layer=0):
    return page.locator(f"[name=layers-{layer}-{name}]")


def enter_by_keyboard(page, layers):
    """Types layers from the bottom up without touching the mouse. Enter goes on; on a blank line it adds a layer."""
    for number, (limit, deductible, lines) in enumerate(layers):
        expect(field(page, "limit")).to_be_focused()
        page.keyboard.type(limit)
        if deductible:
            field(page, "deductible_amount").focus()
            page.keyboard.type(deductible)
        for insurer, share in lines:
            page.keyboard.press("Enter")
            page.keyboard.type(insurer)
            page.keyboard.press("Tab")
            page.keyboard.press("Tab")
            page.keyboard.type(share)
        if number < len(layers) - 1:
            page.keyboard.press("Enter")
            page.keyboard.press("Enter")
            expect(page.locator("[data-layer]")).to_have_count(number + 2)


def test_a_tower_of_six_layers_is_entered_endorsed_cancelled_and_read_as_at_each_day(page, policy):
    enter_by_keyboard(page, LAYERS)
    expect(drawn(page, "200m xs 300m")).to_be_visible()
    expect(drawn(page, "open")).to_be_visible()
    expect(page.locator(".faults")).to_contain_text("100m xs 100m: Open 15%: nobody carries it yet.")
    page.get_by_role("button", name="Save the tower").last.click()
    expect(page.get_by_text("6 layers added")).to_be_visible()
    assert [row.attachment_point / MILLION for row in Terms.objects.order_by("attachment_point")] == [
        0, 20, 50, 100, 200, 300
    ]  # fmt: skip

    page.get_by_role("link", name="Bind").click()
    page.get_by_label("Bound on").fill(INCEPTION.isoformat())
    page.get_by_role("button", name="Bind").click()

    # The open share is placed from a day.
    page.get_by_role("link", name="Edit the tower").click()
    page.get_by_label("In force from").fill(ENDORSED.isoformat())
    page.get_by_label("What the endorsement says").fill("Fourth layer completed")
    fourth = page.locator("[data-layer]", has=page.locator("strong", has_text="100m xs 100m"))
    fourth.get_by_role("button", name="Add a line").click()
    page.keyboard.type("Zurich")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("15")
    expect(page.locator(".faults")).to_contain_text("No gap, no overlap, all of it placed.")
    page.get_by_role("button", name="Save the tower").last.click()
    expect(page.get_by_text("1 layer changed")).to_be_visible()
    assert Terms.objects.count() == 7

    page.goto(reverse("programmes:policy-cancel", args=[policy.pk]))
    page.get_by_label("Cancelled from").fill(CANCELLED.isoformat())
    page.get_by_label("Reason").fill("The site is sold")
    page.get_by_role("button", name="Cancel the policy").click()

    cover = reverse("programmes:policy", args=[policy.pk])
    shown = page.locator(".tower-drawing--wide text")
    page.goto(f"{cover}?on={(ENDORSED - datetime.timedelta(days=1)).isoformat()}")
    expect(shown.filter(has_text="open").first).to_be_visible()
    page.goto(f"{cover}?on={ENDORSED.isoformat()}")
    expect(shown.filter(has_text="200m xs 300m").first).to_be_visible()
    expect(shown.filter(has_text="open")).to_have_count(0)
    page.goto(f"{cover}?on={CANCELLED.isoformat()}")
    expect(page.get_by_text("No cover on this day: cancelled from")).to_be_visible()
    expect(shown).to_have_count(0)


def test_the_tower_is_drawn_and_marked_while_somebody_types_and_nothing_is_saved(page, policy):
    enter_by_keyboard(page, LAYERS[:2])
    expect(drawn(page, "30m xs 20m")).to_be_visible()
    field(page, "attachment_point").fill("25m")
    expect(page.locator("[data-slot=layers-0-standing]")).to_have_text("Gap: nothing covers 20.3m to 25.3m.")
    field(page, "limit").focus()
    expect(field(page, "attachment_point")).to_have_value("25,000,000")
    page.locator("[data-layer='0']").get_by_role("button", name="Stack on the layer below").click()
    expect(field(page, "attachment_point")).to_have_value("20,000,000")
    expect(page.locator("[data-slot=layers-0-standing]")).to_be_empty()
    field(page, "limit").fill("-3")
    field(page, "name").focus()
    expect(page.locator("[data-slot=layers-0-limit]")).to_contain_text("An amount must not be negative.")
    assert not Section.objects.exists()


def test_an_insurer_half_typed_is_not_called_wrong_until_the_field_is_left(page, policy):
    field(page, "limit").fill("20m")
    field(page, "lines-0-insurer").focus()
    page.keyboard.type("Comp")
    expect(drawn(page, "Primary 20m")).to_be_visible()
    expect(page.locator("[data-slot=layers-0-lines-0-insurer]")).to_be_empty()
    page.keyboard.press("Tab")
    expect(page.locator("[data-slot=layers-0-lines-0-insurer]")).to_contain_text("Which one:")
    field(page, "lines-0-insurer").fill("chubb")
    field(page, "limit").focus()
    expect(field(page, "lines-0-insurer")).to_have_value("Chubb Asia")


def test_leaving_the_editor_with_changes_asks_first(page, policy):
    page.get_by_role("button", name="Add a line").click()
    field(page, "limit").fill("20m")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(reverse("programmes:policies"))
    assert asked == ["beforeunload"]


def test_the_tower_is_edited_on_a_phone(page, policy):
    page.set_viewport_size({"width": 390, "height": 844})
    enter_by_keyboard(page, LAYERS[:2])
    assert page.evaluate("() => document.documentElement.scrollWidth") == 390
    page.locator("summary", has_text="Property all risks").click()
    expect(page.locator("#tower-drawn")).to_be_hidden()
    page.get_by_role("button", name="Save the tower").last.click()
    expect(page.get_by_text("2 layers added")).to_be_visible()


def test_without_scripts_the_buttons_of_the_editor_reload_the_page(browser, client, live_server, policy):
    section = SectionFactory(policy=policy, reference="1", name="Primary")
    TermsFactory(section=section, limit=20 * MILLION)
    client.force_login(policy.customer.portfolio.manager)
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    context.add_cookies([cookie])
    page = context.new_page()
    page.goto(reverse("programmes:tower", args=[policy.pk]))
    page.get_by_role("button", name="Add a layer on top").click()
    assert field(page, "attachment_point").input_value() == "20,000,000"
    field(page, "limit").fill("30m")
    field(page, "lines-0-insurer").fill("chubb")
    field(page, "lines-0-signed_share").fill("100")
    field(page, "limit").press("Enter")
    assert page.get_by_text("1 layer added").is_visible()
    added = Section.objects.get(reference="2")
    assert holding(added.versions.all(), INCEPTION).participations.get().insurer.name == "Chubb Asia"
    context.close()
