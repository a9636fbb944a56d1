"""In a real browser: a draft is read in its frame, released, and seen as it was sent."""

import pytest
from django.conf import settings
from django.urls import reverse

from common.dates import add_months, today
from communications.services import outbox
from tests.factories import ContactFactory, ContactPlanFactory, CustomerFactory, PolicyFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def owners_page(people, client, browser_page, live_server):
    client.force_login(people.owner)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}
    browser_page.context.add_cookies([cookie])
    return browser_page


def test_owner_reads_the_draft_releases_it_and_sees_it_sent(owners_page, people):
    customer = CustomerFactory(portfolio=people.portfolio, name="Harbour Cold Storage Ltd")
    ContactFactory(customer=customer, name="Amy Chan", email="amy@harbour.example", receives_updates=True)
    ContactPlanFactory(customer=customer)
    PolicyFactory(customer=customer, number="PAR 2026/118", inception_date=today(), expiry_date=add_months(today(), 3))
    page = owners_page
    page.goto(reverse("communications:customer-messages", args=[customer.pk]))
    page.get_by_role("button", name="Draft an update").click()
    letter = page.frame_locator("iframe[data-letter]")
    letter.get_by_text("Dear Amy Chan,").wait_for()
    assert letter.get_by_text("PAR 2026/118").count() == 2, "in force, and coming up"
    height = page.locator("iframe[data-letter]").evaluate(
        "frame => frame.clientHeight - frame.contentDocument.documentElement.scrollHeight"
    )
    assert height == 0, "the letter scrolls inside its frame"
    page.get_by_role("button", name="Release").click()
    assert "amy@harbour.example" in page.get_by_role("dialog").inner_text(), "it says to whom before it goes"
    page.get_by_role("button", name="Send the letter").click()
    page.get_by_text("The update is released and on its way.").wait_for()
    outbox.push()
    page.reload()
    page.get_by_role("link", name="Amy Chan").click()
    page.frame_locator("iframe[data-letter]").get_by_text("Dear Amy Chan,").wait_for()
    assert page.get_by_text("Taken by the mail server").is_visible()
