"""A broker endorses a policy in a real browser, and reads it before and after."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from common.dates import today
from programmes.models import Terms
from tests.factories import (
    CustomerFactory,
    InsurerFactory,
    ParticipationFactory,
    People,
    PolicyFactory,
    SectionFactory,
    TermsFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

INCEPTION = today() - datetime.timedelta(days=100)
FROM = today() + datetime.timedelta(days=10)


@pytest.fixture
def section():
    people = People()
    policy = PolicyFactory(
        customer=CustomerFactory(portfolio=people.portfolio, name="Harbour Cold Storage Ltd"),
        number="PAR 2026/118",
        bound_on=INCEPTION,
        inception_date=INCEPTION,
        expiry_date=INCEPTION + datetime.timedelta(days=364),
    )
    made = SectionFactory(policy=policy, reference="1", name="Material damage")
    terms = TermsFactory(section=made)
    ParticipationFactory(terms=terms, insurer=InsurerFactory(name="AXA"), signed_share=Decimal("0.85"), is_lead=True)
    InsurerFactory(name="Zurich")
    return made


@pytest.fixture
def page(browser_page, client, live_server, section):
    client.force_login(section.customer.portfolio.manager)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    browser_page.context.add_cookies([cookie])
    browser_page.goto(reverse("programmes:policy", args=[section.policy_id]))
    return browser_page


def test_a_person_endorses_a_policy_and_reads_it_before_and_after(page, section):
    page.get_by_role("link", name="Endorse").click()
    page.get_by_label("In force from").fill(FROM.isoformat())
    page.get_by_label("What the endorsement says").fill("Limit raised")
    page.get_by_label("Limit", exact=False).first.fill("70,000,000")
    lines = page.locator("[data-formset=lines]")
    before = lines.locator("[data-formset-row]").count()
    lines.get_by_role("button", name="Add a row").click()
    added = lines.locator("[data-formset-row]").nth(before)
    added.get_by_label("Insurer").select_option(label="Zurich")
    added.get_by_label("Signed line").fill("15")
    page.get_by_role("button", name="Endorse").click()

    assert page.get_by_text("Material damage is endorsed from").is_visible()
    changes = page.locator(".differs")
    assert "50,000,000" in changes.inner_text()
    assert "70,000,000" in changes.inner_text()
    assert "Zurich 15%" in changes.inner_text()
    assert page.locator(".tower-drawing--wide text", has_text="Zurich").is_visible()

    page.locator(".as-at__days a").first.click()
    assert page.get_by_text("HKD 50,000,000").is_visible()
    assert page.locator(".tower-drawing--wide text", has_text="open").is_visible()
    assert Terms.objects.filter(section=section).count() == 2


def test_leaving_a_form_with_changes_asks_first(page, section):
    page.get_by_role("link", name="Correct").click()
    page.get_by_label("Sum insured").fill("48,000,000")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(reverse("programmes:policy", args=[section.policy_id]))
    assert asked == ["beforeunload"]
    assert Terms.objects.get().sum_insured is None
