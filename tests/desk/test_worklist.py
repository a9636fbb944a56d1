"""The worklist in the browser's eyes: whose lines, in what order, and that a line leaves when its act is done."""

import datetime

import pytest
from django.urls import reverse

from accounts.models import User
from monitoring.models import Finding
from monitoring.services import approvals, decisions, runs
from programmes.models import Renewal, RenewalStage
from tests.factories import (
    TODAY,
    CustomerFactory,
    MessageFactory,
    PolicyFactory,
    PortfolioFactory,
    RenewalPolicyFactory,
    TermsFactory,
    UpdateFactory,
    UserFactory,
)

WORKLIST = "/"


def in_days(days):
    return TODAY + datetime.timedelta(days=days)


@pytest.fixture
def run(clock):
    return lambda: runs.run(on=TODAY, by=User.objects.system())


@pytest.fixture
def policy(people):
    policy = PolicyFactory(
        customer__portfolio=people.portfolio,
        customer__name="Harbour Cold Storage Ltd",
        number="PAR 2026/118",
        expiry_date=in_days(20),
    )
    TermsFactory(section__policy=policy, section__name="Material damage")
    return policy


def shown(client, user, **query):
    client.force_login(user)
    answer = client.get(WORKLIST, query)
    assert answer.status_code == 200
    return answer


def names(answer):
    return [line.finding.customer.name for line in answer.context["lines"]]


def test_acts_are_for_owner_and_supervisor_others_in_reach_read_and_a_stranger_sees_nothing(
    client, people, policy, run
):
    run()
    for who, (sees, acts) in {
        "owner": (True, True),
        "supervisor": (True, True),
        "colleague": (True, False),
        "compliance": (True, False),
        "administrator": (True, False),
        "stranger": (False, False),
    }.items():
        text = shown(client, getattr(people, who)).text
        assert ("Harbour Cold Storage" in text) is sees, who
        assert ("Start renewal" in text) is acts, who
        assert ("Accept, declined or dismiss" in text) is acts, who
    for who in ("colleague", "compliance", "administrator"):
        assert "You look on" in shown(client, getattr(people, who)).text, who


def test_who_looks_after_customers_is_not_shown_those_of_colleagues(client, people, policy, run):
    other = PortfolioFactory(manager=UserFactory(team=people.owner.team))
    PolicyFactory(customer__portfolio=other, customer__name="Other Ltd", expiry_date=in_days(9))
    run()
    assert names(shown(client, people.owner)) == ["Harbour Cold Storage Ltd"]


def test_who_looks_on_narrows_the_book_to_one_manager(client, people, policy, run):
    run()
    other = UserFactory(name="Grace Manager")
    PolicyFactory(customer__portfolio=PortfolioFactory(manager=other), customer__name="Other Ltd")
    assert names(shown(client, people.compliance, manager=people.owner.pk)) == ["Harbour Cold Storage Ltd"]
    assert names(shown(client, people.compliance, manager=other.pk)) == []


def test_one_line_for_a_policy_with_the_worst_finding_leading_and_the_others_folded(client, people, policy, run):
    run()
    (line,) = shown(client, people.owner).context["lines"]
    assert {line.finding.monitor, *(other.monitor for other in line.others)} == {"RENEWAL_DUE", "COVER_ENDS"}
    text = shown(client, people.owner).text
    assert "1 more" in text
    assert "Material damage" in text


def test_lines_come_by_severity_then_amount_then_day(client, people, run):
    def policy(name, days, premium):
        PolicyFactory(
            customer__portfolio=people.portfolio, customer__name=name, expiry_date=in_days(days), premium=premium
        )

    policy("Low", 100, 900)
    policy("Critical", 5, 1)
    policy("High small", 29, 10)
    policy("High large", 30, 500)
    policy("High large, earlier", 28, 500)
    run()
    expected = ["Critical", "High large, earlier", "High large", "High small", "Low"]
    assert names(shown(client, people.owner)) == expected


def test_chips_count_the_rows_behind_them(client, people, policy, run):
    CustomerFactory(portfolio=people.portfolio, profile_reviewed_on=None)
    UpdateFactory(customer__portfolio=people.portfolio)
    run()
    everything = shown(client, people.owner)
    chips = {chip["value"]: chip["count"] for chip in everything.context["chips"]}
    assert chips == {"": 3, "COVER": 0, "RENEWALS": 1, "PROFILE": 1, "UPDATES": 1}
    assert chips.pop("") == sum(chips.values())
    for topic, count in (chips | {"": 3}).items():
        assert len(shown(client, people.owner, topic=topic).context["lines"]) == count, topic


def test_lines_below_the_threshold_are_counted_and_shown_when_asked_for(client, people, run, settings):
    settings.WORKLIST_MATERIALITY = 1_000_000
    PolicyFactory(customer__portfolio=people.portfolio, premium=999_999, expiry_date=in_days(9))
    PolicyFactory(customer__portfolio=people.portfolio, premium=1_000_000, expiry_date=in_days(9))
    PolicyFactory(customer__portfolio=people.portfolio, premium=5, currency="SEK", expiry_date=in_days(9))
    run()
    answer = shown(client, people.owner)
    assert len(answer.context["lines"]) == 2  # an amount that cannot be compared is never hidden
    assert "1 line with less than" in answer.text
    assert len(shown(client, people.owner, least=0).context["lines"]) == 3


@pytest.mark.parametrize("query", [{"topic": "NONSENSE"}, {"least": "much"}, {"manager": "nobody"}, {"page": "x"}])
def test_nonsense_in_the_address_shows_the_whole_worklist(client, people, policy, run, query):
    run()
    assert len(shown(client, people.supervisor, **query).context["lines"]) == 1


def test_supervisor_sees_the_findings_of_her_team_and_narrows_them_to_one_manager(client, people, policy, run):
    other = UserFactory(team=people.owner.team, name="Grace Manager")
    portfolio = PortfolioFactory(manager=other)
    PolicyFactory(customer__portfolio=portfolio, customer__name="Other Ltd", expiry_date=in_days(9))
    run()
    assert set(names(shown(client, people.supervisor))) == {"Harbour Cold Storage Ltd", "Other Ltd"}
    assert names(shown(client, people.supervisor, manager=other.pk)) == ["Other Ltd"]


def test_starting_the_renewal_takes_the_line_off(client, people, policy, run):
    run()
    client.force_login(people.owner)
    answer = client.post(reverse("desk:start-renewal", args=[policy.pk]))
    renewal = Renewal.objects.get(policies=policy)
    assert answer.url == reverse("programmes:renewal", args=[renewal.pk])
    assert (renewal.stage, renewal.started_by) == (RenewalStage.IN_HAND, people.owner)
    assert names(shown(client, people.owner)) == []


def test_starting_it_from_the_worklist_answers_with_the_list_as_it_was_narrowed(client, people, policy, run):
    CustomerFactory(portfolio=people.portfolio, profile_reviewed_on=None)
    run()
    client.force_login(people.owner)
    answer = client.post(
        reverse("desk:start-renewal", args=[policy.pk]),
        headers={"hx-request": "true", "hx-current-url": "http://testserver/?topic=RENEWALS"},
    )
    assert answer.context["lines"] == []
    assert answer.context["narrowing"].topic == "RENEWALS"
    assert "The renewal of PAR 2026/118 is in hand." in answer.text


def test_a_renewal_is_started_by_owner_and_supervisor_only(client, people, policy, run):
    run()
    url = reverse("desk:start-renewal", args=[policy.pk])
    for who, status in {"colleague": 403, "compliance": 403, "stranger": 404, "supervisor": 302, "owner": 302}.items():
        client.force_login(getattr(people, who))
        assert client.post(url).status_code == status, who
        assert Renewal.objects.filter(stage=RenewalStage.IN_HAND).exists() is (status == 302)


def test_a_renewal_that_cannot_start_says_why_and_leaves_no_trace(client, people, policy, run):
    policy.is_renewable = False
    policy.save()
    client.force_login(people.owner)
    client.post(reverse("desk:start-renewal", args=[policy.pk]))
    assert "does not come up for renewal" in client.get(WORKLIST).text
    assert not Renewal.objects.exists()


def test_reviewing_the_profile_shows_its_values_and_takes_the_line_off(client, people, run):
    customer = CustomerFactory(portfolio=people.portfolio, profile_reviewed_on=None, registration_number="12345678")
    run()
    url = reverse("desk:review-profile", args=[customer.pk])
    client.force_login(people.owner)
    assert "12345678" in client.get(url).text
    answer = client.post(url, {"version": customer.version, "note": "Gone through by telephone"})
    assert answer.url == WORKLIST
    customer.refresh_from_db()
    assert (customer.profile_reviewed_on, customer.profile_reviewed_by) == (TODAY, people.owner)
    assert names(shown(client, people.owner)) == []


def test_a_profile_that_changed_meanwhile_is_not_confirmed_unseen(client, people, run):
    customer = CustomerFactory(portfolio=people.portfolio, profile_reviewed_on=None)
    client.force_login(people.owner)
    url = reverse("desk:review-profile", args=[customer.pk])
    answer = client.post(url, {"version": customer.version + 1, "note": "By telephone"})
    assert answer.status_code == 422
    assert "Somebody changed the profile meanwhile" in answer.text
    assert "By telephone" in answer.text
    customer.refresh_from_db()
    assert customer.profile_reviewed_on is None


@pytest.mark.parametrize(
    ("who", "status"), [("owner", 200), ("supervisor", 200), ("colleague", 403), ("compliance", 403), ("stranger", 404)]
)
def test_who_may_review_a_profile(client, people, who, status):
    customer = CustomerFactory(portfolio=people.portfolio)
    client.force_login(getattr(people, who))
    assert client.get(reverse("desk:review-profile", args=[customer.pk])).status_code == status


def test_each_kind_of_finding_offers_an_act_of_its_own(client, people, policy, run):
    CustomerFactory(portfolio=people.portfolio, profile_reviewed_on=None)
    UpdateFactory(customer__portfolio=people.portfolio)
    MessageFactory(customer__portfolio=people.portfolio, state="FAILED")
    cancelled = PolicyFactory(
        customer__portfolio=people.portfolio, expiry_date=in_days(300), cancelled_from=in_days(10)
    )
    TermsFactory(section__policy=cancelled)
    run()
    labels = {line.finding.monitor: line.act.label for line in shown(client, people.owner).context["lines"]}
    assert labels.pop("RENEWAL_DUE", "Start renewal") == "Start renewal"
    assert labels == {
        "COVER_ENDS": "Open policy",
        "PROFILE_REVIEW_DUE": "Review profile",
        "UPDATE_TO_RELEASE": "Read and release",
        "MESSAGE_NOT_SENT": "Open letter",
    }


def test_the_bars_count_the_policies_in_renewals_of_the_month_they_open(client, people, policy, run):
    run()
    client.force_login(people.owner)
    client.post(reverse("desk:start-renewal", args=[policy.pk]))
    chart = shown(client, people.owner).context["chart"]
    (december,) = [drawn.bar for drawn in chart.bars if drawn.bar.count]
    listed = client.get(december.url).context["page"].object_list
    assert [renewal.customer.name for renewal in listed] == ["Harbour Cold Storage Ltd"]


def in_hand(policy, clock):
    held = RenewalPolicyFactory(policy=policy, renewal__customer=policy.customer, customer=policy.customer)
    renewals = type(held.renewal).objects.filter(pk=held.renewal.pk)
    renewals.update(stage="IN_HAND", started_at=clock.now, started_by=policy.customer.portfolio.manager)
    return held.renewal


@pytest.mark.parametrize(
    ("who", "by_manager", "expected"),
    [("owner", False, 1), ("supervisor", False, 2), ("supervisor", True, 1), ("compliance", False, 3)],
)
def test_the_figures_beside_the_list_open_as_many_rows(client, people, clock, who, by_manager, expected):  # noqa: PLR0917
    policy = PolicyFactory(customer__portfolio=people.portfolio, expiry_date=in_days(20))
    renewal = in_hand(policy, clock)
    second = PolicyFactory(customer=policy.customer, expiry_date=policy.expiry_date)
    RenewalPolicyFactory(policy=second, renewal=renewal, customer=policy.customer)
    CustomerFactory(portfolio=people.portfolio, in_care_since=None)
    CustomerFactory(portfolio=people.portfolio, in_care_since=None, stage="PROSPECT")
    for manager in (UserFactory(team=people.owner.team), UserFactory()):
        others = PortfolioFactory(manager=manager)
        in_hand(PolicyFactory(customer__portfolio=others, expiry_date=in_days(9)), clock)
        CustomerFactory(portfolio=others, in_care_since=None)
    narrowed = {"manager": people.owner.pk} if by_manager else {}
    context = shown(client, getattr(people, who), **narrowed).context
    assert (context["in_hand"], context["health"].onboarding) == (expected, expected)
    for url in (context["in_hand_url"], context["onboarding_url"]):
        assert client.get(url).context["page"].paginator.count == expected, url


def fill(people, lines):
    for number in range(lines):
        policy = PolicyFactory(customer__portfolio=people.portfolio, expiry_date=in_days(5 + number % 20))
        TermsFactory(section__policy=policy)


@pytest.mark.parametrize("who", ["owner", "supervisor"])
def test_the_worklist_costs_the_same_queries_for_few_lines_and_for_many(
    client, people, run, django_assert_max_num_queries, who
):
    client.force_login(getattr(people, who))
    counted = []
    for lines in (3, 57):
        fill(people, lines)
        run()
        with django_assert_max_num_queries(12) as queries:
            client.get(WORKLIST)
        counted.append(len(queries))
    assert counted[0] == counted[1]
    assert Finding.objects.on_worklist().count() >= 120


def asks_to_accept(people, policy, by):
    finding = Finding.objects.get(monitor="RENEWAL_DUE", about_id=policy.pk)
    finding.refresh_from_db()
    return decisions.accept(
        finding=finding,
        reason="They sell the company.",
        expires_on=in_days(15),
        on=TODAY,
        by=by,
        version=finding.version,
    )


def test_what_is_asked_for_waits_for_the_supervisor_and_is_folded_and_marked_for_the_manager(
    client, people, policy, run, settings
):
    settings.ACCEPT_WITHOUT_APPROVAL = 0
    run()
    asked = asks_to_accept(people, policy, people.owner)
    mine = shown(client, people.owner)
    (line,) = mine.context["lines"]
    assert (line.finding.monitor, [other.monitor for other in line.others]) == ("COVER_ENDS", ["RENEWAL_DUE"])
    assert "waiting for approval" in mine.text
    assert "1 finding waits for a supervisor" in mine.text
    hers = shown(client, people.supervisor)
    (line,) = hers.context["lines"]
    assert line.finding.pk == asked.finding_id
    assert "Alice Owner asks to accept it until" in hers.text
    assert reverse("monitoring:decision-answer", args=[asked.pk]) in hers.text
    assert hers.context["awaiting_others"] == 0
    assert {chip["value"]: chip["count"] for chip in hers.context["chips"]}[""] == 1


def test_a_supervisor_who_asks_is_not_asked(client, people, policy, run, settings):
    settings.ACCEPT_WITHOUT_APPROVAL = 0
    run()
    asks_to_accept(people, policy, people.supervisor)
    answer = shown(client, people.supervisor)
    (line,) = answer.context["lines"]
    assert line.finding.monitor == "COVER_ENDS"
    assert answer.context["awaiting_others"] == 1
    assert "Approve or refuse" not in answer.text


def test_a_line_leaves_when_all_of_it_is_accepted_and_the_customer_s_page_says_until_when(client, people, policy, run):
    run()
    finding, other = Finding.objects.order_by("-severity", "pk")[:2]
    decisions.accept(
        finding=finding,
        reason="They sell the company.",
        expires_on=in_days(15),
        on=TODAY,
        by=people.owner,
        version=finding.version,
        others=[other.pk],
    )
    for row in Finding.objects.awaiting_approval():
        approvals.approve(decision=row.decision, on=TODAY, by=people.supervisor, version=1)
    for who in (people.owner, people.supervisor):
        answer = shown(client, who)
        assert names(answer) == []
        assert answer.context["counts"].total == 0
    assert "Accepted (8 Dec 2026)" in client.get(reverse("desk:customer", args=[policy.customer_id])).text
