"""What the small scripts do, seen in a real browser."""

import pytest
from django.urls import reverse

from tests.factories import UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(browser_page, client, live_server):
    client.force_login(UserFactory(name="Mei Lam"))
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    browser_page.context.add_cookies([cookie])
    browser_page.goto(reverse("common:gallery"))
    return browser_page


def test_a_dialog_opens_takes_the_keyboard_and_closes(page):
    page.get_by_role("link", name="Open a dialog").click()
    dialog = page.get_by_role("dialog", name="Dismiss this finding")
    assert dialog.is_visible()
    assert dialog.get_by_label("Reason").evaluate("field => field === document.activeElement")
    page.keyboard.press("Escape")
    assert not dialog.is_visible()


def test_a_menu_closes_on_escape_and_on_a_press_elsewhere(page):
    menu = page.locator("details.menu").nth(1)
    menu.locator("summary").click()
    assert menu.locator(".menu__panel").is_visible()
    page.keyboard.press("Escape")
    assert not menu.locator(".menu__panel").is_visible()
    menu.locator("summary").click()
    page.locator("h1").click()
    assert not menu.locator(".menu__panel").is_visible()


def test_the_keys_find_and_explain_themselves(page):
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "find"
    page.locator("h1").click()
    page.keyboard.press("Control+k")
    assert page.evaluate("document.activeElement.id") == "find"
    page.locator("h1").click()
    page.keyboard.press("?")
    assert page.get_by_role("dialog", name="Keys").is_visible()


def test_a_message_can_be_dismissed(page):
    page.get_by_text("The renewal was started.").wait_for()
    page.get_by_role("button", name="Dismiss").first.click()
    assert page.get_by_text("The renewal was started.").count() == 0


def test_leaving_a_form_with_changes_asks_first(page):
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.locator("form[data-guard] #id_name").first.fill("Harbour Cold Storage")
    page.evaluate("location.href = '/'")
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]


def test_the_page_is_never_wider_than_the_window(page):
    for width in (390, 768, 1024, 1280, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_narrow_the_menu_is_a_bar_at_the_bottom_with_a_sheet(page):
    page.set_viewport_size({"width": 390, "height": 844})
    assert not page.locator(".rail").is_visible()
    page.locator(".bottombar summary").click()
    assert page.locator(".more-sheet").get_by_role("link").first.is_visible()


def test_an_act_that_fails_unseen_is_said(page):
    page.route("**/customers/**", lambda route: route.fulfill(status=500, body="broken"))
    page.evaluate("() => { htmx.ajax('GET', '/customers/', '#sheet').catch(() => {}); }")
    page.get_by_text("That did not work, and nothing was changed.").wait_for()
    page.unroute("**/customers/**")
    page.route("**/customers/**", lambda route: route.abort())
    page.evaluate("() => { htmx.ajax('GET', '/customers/', '#sheet').catch(() => {}); }")
    page.get_by_text("The server did not answer.").wait_for()


def test_on_a_telephone_the_current_tab_is_in_sight(page):
    page.set_viewport_size({"width": 390, "height": 844})
    tab = page.locator(".tabs .tab").last
    page.locator(".tabs").first.evaluate("tabs => { tabs.scrollLeft = 0; }")
    tab.evaluate(
        "tab => { for (const other of tab.parentElement.children) other.removeAttribute('aria-current');"
        " tab.setAttribute('aria-current', 'page'); }"
    )
    page.evaluate("import(document.querySelector('script[src*=\"tabs\"]').src + '?again')")
    page.wait_for_function("tab => tab.getBoundingClientRect().right <= 390", arg=tab.element_handle())
