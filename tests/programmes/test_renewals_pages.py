"""The pages of renewals: by month and stage, one with its policies, and settling it."""

import datetime

import pytest
from django.urls import reverse

from programmes.models import Renewal, RenewalStage
from tests.factories import TODAY, PolicyFactory, RenewalFactory, RenewalPolicyFactory

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
