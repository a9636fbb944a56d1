"""The pages of renewals: by month and stage, one with its policies, and settling it."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from programmes.models import Policy, Renewal, RenewalStage, Section
from programmes.selectors.versions import Content, changed, latest_terms
from programmes.views.policies import next_policy
from risk.models import RiskCategory
from tests.factories import (
    TODAY,
    CoverTermFactory,
    InsurerFactory,
    LocationFactory,
    ParticipationFactory,
    PolicyFactory,
    RenewalFactory,
    RenewalPolicyFactory,
    TermsFactory,
)

LIST = "/renewals/"


def renewal_on(people, day, name="Harbour Cold Storage Ltd", policies=1):
    renewal = RenewalFactory(customer__portfolio=people.portfolio, customer__name=name, expiry_date=day)
    for _ in range(policies):
        policy = PolicyFactory(customer=renewal.customer, expiry_date=day)
        RenewalPolicyFactory(renewal=renewal, policy=policy)
    return renewal


@pytest.fixture
def renewal(people):
    return renewal_on(people, TODAY + datetime.timedelta(days=20))


def names(client, **query):
    return [row.customer.name for row in client.get(LIST, query).context["page"]]


def test_the_team_sees_a_renewal_and_those_in_charge_settle_it(client, people, renewal):
    page, settle = (reverse(f"programmes:{name}", args=[renewal.pk]) for name in ("renewal", "renewal-settle"))
    for who, sees, settles in [
        ("owner", 200, 200),
        ("supervisor", 200, 200),
        ("colleague", 200, 403),
        ("compliance", 200, 403),
        ("stranger", 404, 404),
    ]:
        client.force_login(getattr(people, who))
        answer = client.get(page)
        assert answer.status_code == sees, who
        assert (settle in answer.text) is (settles == 200), who
        assert client.get(settle).status_code == settles, who


def test_a_stranger_s_list_is_empty(client, people, renewal):
    client.force_login(people.stranger)
    assert names(client) == []


def test_the_list_is_narrowed_by_month_stage_words_and_whose(client, people, renewal):
    renewal_on(people, TODAY + datetime.timedelta(days=60), name="January Ltd")
    settled = renewal_on(people, TODAY + datetime.timedelta(days=61), name="Settled Ltd")
    Renewal.objects.filter(pk=settled.pk).update(
        stage=RenewalStage.SETTLED, outcome="LOST", settled_at=settled.created_at, settled_by=people.owner
    )
    client.force_login(people.owner)
    assert names(client) == ["Harbour Cold Storage Ltd", "January Ltd"]
    assert names(client, month="2026-12") == ["Harbour Cold Storage Ltd"]
    assert names(client, stage="SETTLED") == ["Settled Ltd"]
    assert names(client, q="january") == ["January Ltd"]
    assert names(client, q=renewal.policies.get().number) == ["Harbour Cold Storage Ltd"]
    assert names(client, mine="on", month="2027-01") == ["January Ltd"]
    chips = {chip["value"]: chip["count"] for chip in client.get(LIST).context["chips"]}
    assert chips == {"": 2, "OPEN": 2, "IN_HAND": 0, "SETTLED": 1}
    client.force_login(people.colleague)
    assert names(client, mine="on") == []


def test_what_expired_before_and_is_not_settled_stands_with_this_month(client, clock, people):
    renewal_on(people, TODAY - datetime.timedelta(days=40), name="Overdue Ltd")
    client.force_login(people.owner)
    assert names(client, month="2026-11") == ["Overdue Ltd"]


def test_settling_without_a_following_policy_or_a_note_is_refused_beside_the_note(client, people, renewal):
    client.force_login(people.owner)
    url = reverse("programmes:renewal-settle", args=[renewal.pk])
    answer = client.post(url, {"version": renewal.version, "outcome": "RENEWED", "note": ""})
    assert answer.status_code == 422
    assert "Nothing bound follows" in answer.context["form"].errors["note"][0]
    assert answer.text.count("Nothing bound follows") == 1
    assert "optional" not in answer.text
    renewal.refresh_from_db()
    assert renewal.stage == RenewalStage.OPEN


def test_a_settled_renewal_shows_its_outcome_and_who_settled_it(client, people, renewal):
    client.force_login(people.owner)
    url = reverse("programmes:renewal-settle", args=[renewal.pk])
    answer = client.post(url, {"version": renewal.version, "outcome": "LOST", "note": "Cheaper there"}, follow=True)
    assert "Placed through another broker" in answer.text
    assert "Cheaper there" in answer.text
    assert "Alice Owner" in answer.text


def add_url(policy):
    return reverse("programmes:policy-add", args=[policy.customer_id]) + f"?after={policy.pk}"


def given_after(client, policy, **other):
    """What the form shows, posted as it is but for what is said otherwise."""
    form = client.get(add_url(policy)).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in shown.items() if value not in (None, False)} | {"version": ""} | other


@pytest.fixture
def expiring(renewal):
    """A policy with an endorsed section: lines, cover terms and a named location on its latest terms."""
    policy = renewal.policies.get()
    first = TermsFactory(section__policy=policy, last_day=datetime.date(2026, 9, 30), limit=Decimal("1000000"))
    latest = TermsFactory(section=first.section, first_day=datetime.date(2026, 10, 1), change_note="Limit raised")
    ParticipationFactory(terms=latest, insurer=InsurerFactory(name="Zurich"), signed_share=Decimal(1), is_lead=True)
    CoverTermFactory(terms=latest, category=RiskCategory.objects.get(code="FLOOD"), sublimit=Decimal("200000"))
    latest.locations.add(
        LocationFactory(customer=policy.customer), through_defaults={"customer_id": policy.customer_id}
    )
    return policy


def test_the_following_policy_is_added_from_the_renewal_with_all_that_the_latest_terms_say(
    client, people, renewal, expiring
):
    client.force_login(people.owner)
    page = reverse("programmes:renewal", args=[renewal.pk])
    assert add_url(expiring) in client.get(page).text
    answer = client.post(add_url(expiring), given_after(client, expiring, number="PAR 2027/1"))
    made = Policy.objects.get(number="PAR 2027/1")
    assert answer.url == reverse("programmes:policy", args=[made.pk])
    assert (made.bound_on, made.class_of_business) == (None, expiring.class_of_business)
    assert made.inception_date == expiring.expiry_date + datetime.timedelta(days=1)
    [was], [now] = (latest_terms(policy) for policy in (expiring, made))
    assert (now[0].reference, now[1].first_day, now[1].last_day) == (was[0].reference, made.inception_date, None)
    assert changed(was[1], Content.of(was[1]), now[1], Content.of(now[1])) == ({}, {})
    assert Content.of(now[1]).lines[0].pk != Content.of(was[1]).lines[0].pk
    assert now[1].change_note == ""
    added = AuditEntry.objects.get(action="policy.added")
    assert added.note == f"Follows {expiring.number}"
    text = client.get(page).text
    assert reverse("programmes:policy-bind", args=[made.pk]) in text
    assert add_url(expiring) not in text


@pytest.mark.parametrize(
    ("inception", "expiry", "next_inception", "next_expiry"),
    [
        ("2026-04-01", "2027-03-31", "2027-04-01", "2028-03-31"),
        ("2027-03-01", "2028-02-29", "2028-03-01", "2029-02-28"),
        ("2028-02-29", "2029-02-27", "2029-02-28", "2030-02-27"),
        ("2028-02-29", "2029-02-28", "2029-03-01", "2030-02-28"),
        ("2026-04-01", "2026-09-30", "2026-10-01", "2027-03-31"),
        ("2026-04-01", "2026-04-10", "2026-04-11", "2026-04-20"),
        ("2026-04-01", "2027-04-01", "2027-04-02", "2028-04-01"),
    ],
)
def test_the_following_policy_runs_as_long_from_the_day_after(inception, expiry, next_inception, next_expiry):
    days = {"inception_date": inception, "expiry_date": expiry}
    start = next_policy(Policy(**{name: datetime.date.fromisoformat(day) for name, day in days.items()}))
    assert (start["inception_date"].isoformat(), start["expiry_date"].isoformat()) == (next_inception, next_expiry)


@pytest.mark.parametrize("wrong", [{"currency": "USD"}, {"number": ""}, {"expiry_date": "2026-01-01"}])
def test_nothing_is_copied_where_the_following_policy_is_refused(client, people, expiring, wrong):
    client.force_login(people.owner)
    answer = client.post(add_url(expiring), given_after(client, expiring) | wrong)
    assert list(answer.context["form"].errors) == list(wrong)
    assert Policy.objects.get() == expiring
    assert Section.objects.count() == 1


def test_only_who_edits_the_customer_adds_what_follows_and_only_after_a_policy_of_it(client, people, expiring):
    for who, status in {"stranger": 404, "colleague": 403, "supervisor": 200}.items():
        client.force_login(getattr(people, who))
        assert client.get(add_url(expiring)).status_code == status, who
    url = reverse("programmes:policy-add", args=[expiring.customer_id])
    elsewhere = PolicyFactory(customer__portfolio=people.portfolio)
    for asked in (elsewhere.pk, "nonsense"):
        assert client.get(url, {"after": asked}).status_code == 404


def test_the_pages_cost_the_same_queries_for_few_renewals_and_for_many(
    client, people, renewal, django_assert_max_num_queries
):
    client.force_login(people.owner)
    counted = []
    for more in (2, 30):
        for days in range(more):
            renewal_on(people, TODAY + datetime.timedelta(days=more + days), policies=2)
        with django_assert_max_num_queries(12) as queries:
            client.get(LIST)
        counted.append(len(queries))
    assert counted[0] == counted[1]
    with django_assert_max_num_queries(9):
        client.get(reverse("programmes:renewal", args=[renewal.pk]))
