"""Dialogs that are drawn anew with an error keep to the Content-Security-Policy, and keep what was typed."""

import pytest
from django.urls import reverse

from tests.factories import CustomerFactory, FindingFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_dismissing_without_a_reason_is_told_in_the_dialog(browser_page, people, client, live_server):
    finding = FindingFactory(customer=CustomerFactory(portfolio=people.portfolio))
    client.force_login(people.owner)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    browser_page.context.add_cookies([cookie])
    browser_page.goto(reverse("monitoring:finding", args=[finding.pk]))
    browser_page.get_by_role("link", name="Decide").first.click()
    dialog = browser_page.get_by_role("dialog")
    dialog.get_by_text("Dismiss it").click()
    dialog.get_by_role("button", name="Dismiss").last.click()
    dialog.locator(".field__error").first.wait_for()
