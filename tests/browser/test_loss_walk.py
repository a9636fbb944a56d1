"""An account manager sees a customer badly protected, reads the sum, and tries what would mend it, in a browser."""

import pytest
from django.urls import reverse

from accounts.models import User
from common.dates import today
from monitoring.models import Finding
from monitoring.services import runs
from programmes.models import Terms
from tests.factories import People
from tests.programmes.adequacy import cold_store

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def scene():
    made = cold_store.towered(People().portfolio)
    runs.run(on=today(), by=User.objects.system())
    return made


@pytest.fixture
def page(browser_page, client, live_server, scene):
    client.force_login(scene["customer"].portfolio.manager)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    browser_page.context.add_cookies([cookie])
    browser_page.goto("/")
    return browser_page


def test_from_the_worklist_to_the_sum_and_to_an_option_that_would_mend_it(page, scene):
    assert page.get_by_text("Fire, Kwai Chung cold store: between HKD 50,100,000").first.is_visible()
    page.get_by_role("link", name="See the sum").nth(1).click()  # the first is the earthquake's
    assert page.get_by_text("Falls short").first.is_visible()
    page.get_by_role("heading", name="The sum, step by step").wait_for()
    assert "67,940,000 = 12,060,000" in page.inner_text("main")

    page.get_by_role("link", name="Walk through a loss").click()
    retained = page.locator("#walked tr", has_text="Customer would bear")
    assert "12,060,000" in retained.inner_text()
    excess = scene["excess"].section_id
    page.locator(f"[name='share-{excess}']").fill("100")
    retained.get_by_text("100,000", exact=True).first.wait_for()
    assert "12,060,000" in retained.inner_text()
    assert page.get_by_text("within", exact=True).first.is_visible()

    page.locator(f"[name='limit-{excess}']").fill("-5")
    page.get_by_text("An amount above 0 is needed.").wait_for()
    assert page.locator(f"[name='limit-{excess}']").input_value() == "-5"
    assert Terms.objects.count() == 3  # nothing was saved


def test_a_finding_that_is_dismissed_leaves_the_worklist(page, scene):
    finding = Finding.objects.get(monitor="RETENTION_EXCEEDED", subject_id=scene["fire"].pk)
    page.goto(reverse("monitoring:finding-decide", args=[finding.pk]))
    page.get_by_text("Dismiss it").click()
    page.locator("#dismiss_reason").fill("The programme is being replaced next week.")
    page.get_by_role("button", name="Dismiss").last.click()
    page.wait_for_load_state("networkidle")
    finding.refresh_from_db()
    assert finding.decision.kind == "DISMISS"
    page.goto("/")
    assert not page.get_by_text("the customer would bear HKD 12,060,000").count()
