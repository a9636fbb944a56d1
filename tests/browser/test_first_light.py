"""An account manager's first minutes, in a real browser: she signs in, sees a renewal flagged, and does its act."""

import datetime

import pytest

from accounts.models import User
from common.dates import today
from monitoring.models import Decision, Finding
from monitoring.services import runs
from programmes.models import Renewal, RenewalStage
from programmes.services import renewals
from tests.factories import PASSWORD, CustomerFactory, PolicyFactory, SectionFactory, TermsFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def flagged(people):
    """A policy of the owner's that ends in nine days, found by the night's run."""
    ends = today() + datetime.timedelta(days=9)
    begins = ends - datetime.timedelta(days=364)
    customer = CustomerFactory(portfolio=people.portfolio, name="Kwun Tong Precision Parts Ltd")
    policy = PolicyFactory(
        customer=customer, number="EC 2026/12", bound_on=begins, inception_date=begins, expiry_date=ends
    )
    TermsFactory(section=SectionFactory(policy=policy))
    system = User.objects.system()
    renewals.enrol(on=today(), by=system)
    runs.run(on=today(), by=system)
    return policy


def test_she_signs_in_and_starts_the_renewal_that_is_flagged(browser_page, people, flagged):
    page = browser_page
    page.goto("/")
    page.get_by_label("E-mail").fill(people.owner.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    row = page.get_by_role("article").filter(has_text="EC 2026/12")
    assert "Kwun Tong Precision Parts Ltd" in row.inner_text()
    assert "in 9 days" in row.inner_text()
    row.get_by_role("button", name="Start renewal").click()
    row.wait_for(state="detached")
    assert page.get_by_text("Nothing waits for you").is_visible()

    renewal = Renewal.objects.get()
    assert (renewal.stage, renewal.started_by) == (RenewalStage.IN_HAND, people.owner)
    decided = {finding.monitor for finding in Finding.objects.exclude(decision=None)}
    assert decided == {"RENEWAL_DUE", "COVER_ENDS"}
    assert set(Decision.objects.values_list("act_id", flat=True)) == {renewal.pk}
    page.reload()
    assert page.get_by_text("Nothing waits for you").is_visible()
