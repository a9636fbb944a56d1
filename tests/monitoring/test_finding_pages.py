"""A finding explains itself; it is dismissed with a reason by those who may; the catalogue counts what one sees."""

import pytest
from django.urls import reverse

from monitoring.models import Decision, Finding
from tests.factories import FindingFactory


@pytest.fixture
def finding(people):
    return FindingFactory(customer__portfolio=people.portfolio, customer__name="Harbour Cold Storage Ltd")


def post(client, finding, reason="Reviewed with them last week, the form is on its way.", **headers):
    url = reverse("monitoring:finding-decide", args=[finding.pk])
    return client.post(url, {"way": "DISMISS", "version": finding.version, "reason": reason}, headers=headers)


def test_a_finding_says_what_holds_why_and_since_when(client, people, finding):
    client.force_login(people.colleague)
    text = client.get(reverse("monitoring:finding", args=[finding.pk])).text
    assert "The profile was last reviewed on 15 Jan 2025; tier Standard asks for it every 12 months." in text
    assert "Advice given on an old profile may be wrong." in text
    assert "Nobody has decided yet" in text
    assert "In plain words for the customer" in text
    assert finding.plain in text


def test_a_finding_is_seen_by_the_team_and_decided_by_those_in_charge(client, people, finding):
    page, decide = (reverse(f"monitoring:{name}", args=[finding.pk]) for name in ("finding", "finding-decide"))
    for who, sees, decides in [
        ("owner", 200, 200),
        ("supervisor", 200, 200),
        ("colleague", 200, 403),
        ("compliance", 200, 403),
        ("stranger", 404, 404),
    ]:
        client.force_login(getattr(people, who))
        answer = client.get(page)
        assert answer.status_code == sees, who
        assert (decide in answer.text) is (decides == 200), who
        assert client.get(decide).status_code == decides, who


def test_dismissing_needs_a_reason_and_keeps_nothing_without_one(client, people, finding):
    client.force_login(people.owner)
    answer = post(client, finding, reason=" ")
    assert answer.status_code == 422
    assert "Say why it is dismissed." in answer.text
    assert not Decision.objects.exists()


def test_a_dismissed_finding_shows_who_decided_what_and_why(client, people, finding):
    client.force_login(people.owner)
    answer = post(client, finding)
    assert answer.url == reverse("monitoring:finding", args=[finding.pk])
    text = client.get(answer.url).text
    assert "Reviewed with them last week" in text
    assert "Alice Owner" in text
    assert "stands" in text


def test_dismissing_in_the_dialog_loads_the_page_under_it_anew(client, people, finding):
    client.force_login(people.owner)
    answer = post(client, finding, **{"hx-request": "true"})
    assert (answer.status_code, answer.headers["HX-Refresh"]) == (204, "true")


def test_a_finding_that_changed_meanwhile_is_shown_as_it_is_with_the_reason_kept(client, people, finding):
    Finding.objects.filter(pk=finding.pk).update(version=7, facts={**finding.facts, "months": 6})
    client.force_login(people.owner)
    answer = post(client, finding, reason="They moved.")
    assert answer.status_code == 422
    assert "every 6 months" in answer.text
    assert "They moved." in answer.text
    assert not Decision.objects.exists()
    finding.refresh_from_db()
    assert post(client, finding, reason="They moved.").status_code == 302


def test_what_returned_shows_the_old_figure_beside_the_new(client, people, finding):
    client.force_login(people.owner)
    post(client, finding)
    Decision.objects.update(superseded_at=finding.opened_at)
    Finding.objects.update(decision=None, facts={**finding.facts, "reviewed_on": "2025-06-01"})
    for page in (reverse("monitoring:finding", args=[finding.pk]), reverse("desk:worklist")):
        text = client.get(page).text
        assert "15 Jan 2025" in text, page
        assert "1 Jun 2025" in text, page


def test_the_catalogue_names_each_monitor_with_its_rule_and_what_one_sees_of_it(client, people, finding):
    FindingFactory(customer__portfolio=people.stranger.portfolios.get())
    client.force_login(people.owner)
    answer = client.get(reverse("monitoring:monitors"))
    assert "Renewal due" in answer.text
    assert "Critical from 14 days before expiry" in answer.text
    counted = {item.monitor.code: (item.open, item.waiting) for item in answer.context["watched"]}
    assert counted["PROFILE_REVIEW_DUE"] == (1, 1)
    assert counted["RENEWAL_DUE"] == (0, 0)


def test_pages_cost_a_constant_number_of_queries(client, people, django_assert_max_num_queries):
    findings = FindingFactory.create_batch(12, customer__portfolio=people.portfolio)
    client.force_login(people.owner)
    for url in (reverse("monitoring:monitors"), reverse("monitoring:finding", args=[findings[0].pk])):
        with django_assert_max_num_queries(9):
            client.get(url)
