"""Policies and cover in the browser's eyes: who sees and who changes, what is refused, and what each day shows."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from market.models import ClassOfBusiness
from programmes.models import Policy
from tests.factories import (
    TODAY,
    CustomerFactory,
    InsurerFactory,
    ParticipationFactory,
    PolicyFactory,
    RenewalPolicyFactory,
    SectionFactory,
    TermsFactory,
)

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def customer(people):
    return CustomerFactory(portfolio=people.portfolio, name="Harbour Cold Storage Ltd", name_local="海港冷藏有限公司")


@pytest.fixture
def policy(customer):
    return PolicyFactory(customer=customer, number="PAR 2026/118")


def insured(policy, *, insurer="AXA", share="1", **terms):
    """A section of the policy with one line."""
    made = TermsFactory(section__policy=policy, **terms)
    ParticipationFactory(terms=made, insurer=InsurerFactory(name=insurer), signed_share=Decimal(share), is_lead=True)
    return made


def posted(policy, **changed):
    return {
        "version": policy.version,
        "number": policy.number,
        "class_of_business": policy.class_of_business_id,
        "kind": policy.kind,
        "currency": policy.currency,
        "premium": "1,250,000",
        "inception_date": policy.inception_date.isoformat(),
        "expiry_date": policy.expiry_date.isoformat(),
        "bound_on": policy.bound_on.isoformat() if policy.bound_on else "",
        "is_renewable": "on",
    } | changed


def url_of(page, policy):
    return reverse(f"programmes:{page}", args=[policy.customer_id if page in ("cover", "policy-add") else policy.pk])


def numbers(answer):
    return [policy.number for policy in answer.context["page"]]


# Who


@pytest.mark.parametrize("page", ["policy", "policy-history", "cover"])
def test_cover_is_seen_by_the_team_and_by_nobody_else(client, people, policy, page):
    insured(policy)
    for who, status in {"owner": 200, "colleague": 200, "supervisor": 200, "compliance": 200, "stranger": 404}.items():
        client.force_login(getattr(people, who))
        assert client.get(url_of(page, policy)).status_code == status, who


@pytest.mark.parametrize("page", ["policy-add", "policy-change", "policy-bind", "policy-cancel", "section-add"])
def test_cover_is_changed_by_owner_and_supervisor_only(client, people, policy, page):
    for who, status in {"owner": 200, "supervisor": 200, "colleague": 403, "compliance": 403, "stranger": 404}.items():
        client.force_login(getattr(people, who))
        assert client.get(url_of(page, policy)).status_code == status, who


def test_who_only_sees_is_offered_no_act(client, people, policy):
    insured(policy)
    client.force_login(people.colleague)
    text = client.get(url_of("policy", policy)).text + client.get(url_of("cover", policy)).text
    assert url_of("policy-change", policy) not in text
    assert "/endorse/" not in text
    assert "/correct/" not in text
    assert url_of("policy-add", policy) not in text


def test_the_list_shows_only_what_a_user_may_see(client, people, policy):
    client.force_login(people.stranger)
    assert "PAR 2026/118" not in client.get(reverse("programmes:policies")).text
    client.force_login(people.owner)
    assert "PAR 2026/118" in client.get(reverse("programmes:policies")).text


# The list


def test_the_list_is_narrowed_by_state_with_counts(client, people, policy, customer):
    PolicyFactory(
        customer=customer,
        number="OLD",
        inception_date=datetime.date(2025, 4, 1),
        expiry_date=datetime.date(2026, 3, 31),
    )
    PolicyFactory(customer=customer, number="DRAFT", bound_on=None)
    client.force_login(people.owner)
    answer = client.get(reverse("programmes:policies"), {"state": "EXPIRED"})
    assert numbers(answer) == ["OLD"]
    counts = {chip["value"]: chip["count"] for chip in answer.context["chips"]}
    assert counts == {"": 3, "IN_FORCE": 1, "NOT_BOUND": 1, "EXPIRED": 1, "COMING": 0, "CANCELLED": 0}


def test_the_list_is_narrowed_by_class_currency_expiry_insurer_and_words(client, people, policy, customer):
    axa = insured(policy).participations.get().insurer
    cyber = PolicyFactory(
        customer=customer,
        number="CYB 1",
        class_of_business=ClassOfBusiness.objects.get(code="CYBER"),
        currency="USD",
        expiry_date=TODAY + datetime.timedelta(days=20),
    )
    client.force_login(people.owner)
    for query, found in [
        ({"class": "CYBER"}, ["CYB 1"]),
        ({"currency": "HKD"}, ["PAR 2026/118"]),
        ({"expires_within": "30"}, ["CYB 1"]),
        ({"expiry_after": "2027-01-01"}, ["PAR 2026/118"]),
        ({"insurer": str(axa.pk)}, ["PAR 2026/118"]),
        ({"q": "cyb"}, [cyber.number]),
        ({"q": "海港"}, ["CYB 1", "PAR 2026/118"]),
        ({"q": "nothing such"}, []),
    ]:
        assert numbers(client.get(reverse("programmes:policies"), query)) == found, query


def test_the_list_begins_with_what_ends_next(client, people, policy, customer):
    PolicyFactory(
        customer=customer,
        number="OLD",
        inception_date=datetime.date(2025, 4, 1),
        expiry_date=datetime.date(2026, 3, 31),
    )
    PolicyFactory(customer=customer, number="SOON", expiry_date=TODAY + datetime.timedelta(days=9))
    client.force_login(people.owner)
    assert numbers(client.get(reverse("programmes:policies"))) == ["SOON", "PAR 2026/118", "OLD"]
    assert numbers(client.get(reverse("programmes:policies"), {"sort": "-number"})) == ["SOON", "PAR 2026/118", "OLD"]


def test_nonsense_in_the_address_of_the_list_is_no_error(client, people, policy):
    client.force_login(people.owner)
    answer = client.get(reverse("programmes:policies"), {"state": "X", "class": "X", "insurer": "X", "page": "X"})
    assert answer.status_code == 200


# The record


def test_the_record_says_whose_it_is_its_state_and_what_is_next(client, people, policy):
    insured(policy)
    held = RenewalPolicyFactory(renewal__customer=policy.customer, policy=policy)
    client.force_login(people.owner)
    text = client.get(url_of("policy", policy)).text
    for words in ("Harbour Cold Storage Ltd", "In force", "ends in 128 days", "HKD 50,000,000", "AXA"):
        assert words in text.replace("\N{NO-BREAK SPACE}", " "), words
    assert reverse("programmes:renewal", args=[held.renewal_id]) in text


def test_the_tower_on_a_policys_page_holds_the_other_policies_too(client, people, policy, customer):
    insured(policy)
    excess = PolicyFactory(customer=customer, number="PAR 2026/119")
    insured(excess, insurer="Zurich", attachment_point=Decimal("50000000"), deductible_amount=None)
    client.force_login(people.owner)
    tower = client.get(url_of("policy", policy)).context["towers"][0]["tower"].tower
    assert [(layer.policy, layer.is_marked) for layer in tower.in_order] == [
        ("PAR 2026/118", True),
        ("PAR 2026/119", False),
    ]


def test_an_over_placed_section_is_warned_of(client, people, policy):
    ParticipationFactory(terms=insured(policy), signed_share=Decimal("0.2"))
    client.force_login(people.owner)
    assert "is placed 120%: more than there is." in client.get(url_of("policy", policy)).text


def test_a_section_without_a_limit_says_so_and_is_not_drawn(client, people, policy):
    insured(policy, limit=None)
    client.force_login(people.owner)
    text = client.get(url_of("policy", policy)).text
    assert "is not drawn: its limit is not known" in text
    assert "Not given: fill in" in text


def test_a_policy_without_sections_says_what_to_do(client, people, policy):
    client.force_login(people.owner)
    assert url_of("section-add", policy) in client.get(url_of("policy", policy)).text


def test_a_day_outside_every_calendar_is_today(client, people, policy):
    insured(policy)
    client.force_login(people.owner)
    assert client.get(url_of("policy", policy), {"on": "2026-02-30"}).context["on"] == TODAY


def test_an_expired_policy_opens_on_its_last_day(client, people, customer):
    old = PolicyFactory(
        customer=customer, inception_date=datetime.date(2025, 4, 1), expiry_date=datetime.date(2026, 3, 31)
    )
    insured(old)
    client.force_login(people.owner)
    answer = client.get(url_of("policy", old))
    assert answer.context["on"] == datetime.date(2026, 3, 31)
    assert "Expired" in answer.text


CANCELLED = {"cancelled_from": datetime.date(2026, 12, 1)}


@pytest.mark.parametrize(
    ("fields", "day", "words"),
    [
        (CANCELLED, "2026-12-01", "No cover on this day: cancelled from 1 Dec 2026."),
        (CANCELLED, "2027-06-01", "No cover on this day: cancelled from 1 Dec 2026."),
        ({}, "2027-04-01", "No cover on this day: expired on 31 Mar 2027."),
        ({}, "2026-03-31", "No cover on this day: it begins on 1 Apr 2026."),
    ],
)
def test_on_a_day_without_cover_the_page_says_so_and_draws_none_of_the_policy(
    client, people, customer, *, fields, day, words
):
    policy = PolicyFactory(customer=customer, **fields)
    insured(policy)
    client.force_login(people.owner)
    answer = client.get(url_of("policy", policy), {"on": day})
    assert words in answer.text
    assert answer.context["towers"][0]["tower"].tower.layers == ()
    assert [row.terms for row in answer.context["sections"]] == [None]
    assert "HKD 50,000,000" not in answer.text.replace("\N{NO-BREAK SPACE}", " ")


def test_until_the_day_before_its_cancellation_a_policy_is_drawn(client, people, customer):
    policy = PolicyFactory(customer=customer, **CANCELLED)
    insured(policy)
    client.force_login(people.owner)
    answer = client.get(url_of("policy", policy), {"on": "2026-11-30"})
    assert "No cover on this day" not in answer.text
    assert [layer.is_marked for layer in answer.context["towers"][0]["tower"].tower.layers] == [True]


def test_a_policy_that_is_not_bound_is_drawn_as_such(client, people, customer):
    draft = PolicyFactory(customer=customer, bound_on=None)
    insured(draft)
    client.force_login(people.owner)
    answer = client.get(url_of("policy", draft))
    assert "Not bound, so no cover yet." in answer.text
    assert [layer.label for layer in answer.context["towers"][0]["tower"].tower.layers] == ["Primary 50m, not bound"]


def test_the_header_counts_to_the_last_day_of_cover_and_the_badge_is_of_the_day_asked_for(client, people, customer):
    policy = PolicyFactory(customer=customer, **CANCELLED)
    client.force_login(people.owner)
    answer = client.get(url_of("policy", policy))
    assert "cancelled: cover ends on 30 Nov 2026, in 7 days" in answer.text
    assert answer.context["header_state"] == "IN_FORCE"
    asked = client.get(url_of("policy", policy), {"on": "2026-12-01"})
    assert asked.context["header_state"] == "CANCELLED"
    assert "as at <time" in asked.text


def test_a_cancelled_policy_opens_on_its_last_day_of_cover(client, people, customer):
    policy = PolicyFactory(customer=customer, cancelled_from=datetime.date(2026, 10, 1))
    from_the_start = PolicyFactory(customer=customer, cancelled_from=datetime.date(2026, 4, 1))
    client.force_login(people.owner)
    assert client.get(url_of("policy", policy)).context["on"] == datetime.date(2026, 9, 30)
    assert client.get(url_of("policy", from_the_start)).context["on"] == datetime.date(2026, 4, 1)


# Entering and changing


def test_owner_adds_a_policy_and_is_led_to_its_first_section(client, people, policy):
    client.force_login(people.owner)
    given = posted(policy, number="PAR 2026/200", version="")
    answer = client.post(url_of("policy-add", policy), given)
    made = Policy.objects.get(number="PAR 2026/200")
    assert answer.url == url_of("section-add", made)
    assert (made.customer, made.premium) == (policy.customer, Decimal("1250000"))
    assert AuditEntry.objects.get(action="policy.added").actor_name == "Alice Owner"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"number": ""}, "number"),
        ({"expiry_date": "2026-03-31"}, "expiry_date"),
        ({"currency": "HKX"}, "currency"),
        ({"premium": "-5"}, "premium"),
        ({"premium": "a lot"}, "premium"),
        ({"inception_date": "31/12"}, "inception_date"),
    ],
)
def test_bad_input_is_named_at_the_field_and_leaves_no_trace(client, people, policy, changed, field):
    client.force_login(people.owner)
    answer = client.post(url_of("policy-add", policy), posted(policy, number="PAR 2026/200") | changed)
    assert list(answer.context["form"].errors) == [field]
    assert Policy.objects.get() == policy
    assert not AuditEntry.objects.exists()


def test_a_number_that_the_customer_has_already_is_refused(client, people, policy):
    client.force_login(people.owner)
    answer = client.post(url_of("policy-add", policy), posted(policy))
    assert "This customer has a policy with that number and inception already." in answer.text


def test_owner_changes_a_policy_and_it_is_in_its_history(client, people, policy):
    client.force_login(people.owner)
    client.post(url_of("policy-change", policy), posted(policy, premium="1,300,000"))
    history = client.get(url_of("policy-history", policy)).text
    assert "Changed the policy PAR 2026/118" in history
    assert "1,250,000" in history
    assert "1,300,000" in history


def test_an_inception_that_leaves_an_endorsement_outside_is_refused_at_its_field(client, people, policy):
    terms = insured(policy, last_day=datetime.date(2026, 9, 30))
    TermsFactory(section=terms.section, first_day=datetime.date(2026, 10, 1))
    client.force_login(people.owner)
    answer = client.post(url_of("policy-change", policy), posted(policy, inception_date="2026-11-01"))
    assert "has an endorsement before 1 Nov 2026" in answer.context["form"].errors["inception_date"][0]


def test_a_second_editor_sees_what_changed_meanwhile(client, people, policy):
    client.force_login(people.supervisor)
    client.post(url_of("policy-change", policy), posted(policy, premium="1,300,000"))
    client.force_login(people.owner)
    answer = client.post(url_of("policy-change", policy), posted(policy, premium="1,400,000"))
    assert "Dora Supervisor" in answer.text
    assert [(row["now"], row["typed"]) for row in answer.context["form"].conflict] == [("1,300,000", "1,400,000")]
    assert Policy.objects.get().premium == Decimal("1300000")


def test_a_policy_is_bound_from_its_page(client, people, customer):
    draft = PolicyFactory(customer=customer, bound_on=None)
    client.force_login(people.owner)
    assert url_of("policy-bind", draft) in client.get(url_of("policy", draft)).text
    answer = client.post(url_of("policy-bind", draft), {"version": 1, "bound_on": "2026-03-30"}, follow=True)
    assert "is bound" in answer.text
    assert Policy.objects.get().bound_on == datetime.date(2026, 3, 30)


def test_a_policy_bound_already_is_not_bound_again(client, people, policy):
    client.force_login(people.owner)
    answer = client.post(url_of("policy-bind", policy), {"version": 1, "bound_on": "2026-03-30"})
    assert "is bound already, since 20 Mar 2026" in answer.text


def test_a_cancellation_is_refused_outside_the_period_and_without_a_reason(client, people, policy):
    client.force_login(people.owner)
    given = {"version": 1, "cancelled_from": "2028-01-01", "reason": "Premises sold"}
    answer = client.post(url_of("policy-cancel", policy), given)
    assert list(answer.context["form"].errors) == ["cancelled_from"]
    answer = client.post(url_of("policy-cancel", policy), given | {"cancelled_from": "2026-12-01", "reason": ""})
    assert list(answer.context["form"].errors) == ["reason"]
    assert Policy.objects.get().cancelled_from is None


def test_a_cancellation_is_recorded_with_its_reason(client, people, policy):
    client.force_login(people.owner)
    given = {"version": 1, "cancelled_from": "2026-11-01", "reason": "Premises sold"}
    text = client.post(url_of("policy-cancel", policy), given, follow=True).text
    assert "Cancelled" in text
    assert "Premises sold" in client.get(url_of("policy-history", policy)).text


def test_a_cancellation_of_a_policy_changed_meanwhile_is_not_made(client, people, policy):
    client.force_login(people.owner)
    client.post(url_of("policy-change", policy), posted(policy, premium="1,300,000"))
    given = {"version": 1, "cancelled_from": "2026-11-01", "reason": "Premises sold"}
    assert "Somebody changed it meanwhile" in client.post(url_of("policy-cancel", policy), given).text


# A customer's cover


def test_cover_shows_towers_by_class_and_currency_and_policies_by_state(client, people, policy, customer):
    insured(policy)
    usd = PolicyFactory(customer=customer, number="USD 1", currency="USD")
    insured(usd, insurer="Zurich", share="0.6")
    PolicyFactory(
        customer=customer,
        number="NEXT",
        inception_date=datetime.date(2027, 4, 1),
        expiry_date=datetime.date(2028, 3, 31),
    )
    client.force_login(people.owner)
    answer = client.get(url_of("cover", policy), {"class": "PROPERTY", "currency": "USD"})
    assert answer.context["chosen"].key == "PROPERTY-USD"
    assert [found.key for found in answer.context["towers"]] == ["PROPERTY-HKD", "PROPERTY-USD"]
    assert [[each.number for each in group["policies"]] for group in answer.context["groups"]] == [
        ["PAR 2026/118", "USD 1"],
        ["NEXT"],
    ]
    assert "Open 40%" in answer.text


def test_cover_of_a_customer_without_policies_says_what_to_do(client, people, customer):
    client.force_login(people.owner)
    text = client.get(reverse("programmes:cover", args=[customer.pk])).text
    assert "No policies yet" in text
    assert reverse("programmes:policy-add", args=[customer.pk]) in text


# What they cost


def rows(customer, number):
    for turn in range(number):
        policy = PolicyFactory(customer=customer, currency=["HKD", "USD"][turn % 2])
        insured(policy, insurer=f"Insurer {policy.number}")
        ParticipationFactory(terms=TermsFactory(section=SectionFactory(policy=policy)))


@pytest.mark.parametrize("page", ["policies", "cover", "policy", "policy-history"])
def test_pages_cost_the_same_whatever_the_rows(client, people, customer, page, django_assert_max_num_queries):
    rows(customer, 3)
    client.force_login(people.owner)
    url = reverse("programmes:policies") if page == "policies" else url_of(page, Policy.objects.first())
    client.get(url)
    with django_assert_max_num_queries(12) as few:
        client.get(url)
    rows(customer, 37)
    with django_assert_max_num_queries(12) as many:
        client.get(url)
    assert len(few.captured_queries) == len(many.captured_queries)
