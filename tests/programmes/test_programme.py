"""The programme as at a day: what counts as in force, what follows what, and what asks for attention."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from market.models import ClassOfBusiness
from programmes.models import Instalment, PolicyCondition, PolicyInsured, PolicyKind, PremiumPart
from programmes.schedule import content
from programmes.selectors.programme import programme
from tests.factories import (
    TODAY,
    CustomerFactory,
    ExchangeRateFactory,
    InsurerFactory,
    ParticipationFactory,
    PolicyFactory,
    RenewalFactory,
    RenewalPolicyFactory,
    TermsFactory,
)

D = Decimal
DAY = datetime.timedelta(days=1)


@pytest.fixture
def customer(people):
    return CustomerFactory(portfolio=people.portfolio)


def day(text):
    return datetime.date.fromisoformat(text)


def following(customer, on=TODAY):
    return {each.policy.number: each.state for each in programme(customer, on=on).following}


def chains(customer, on=TODAY):
    return [[policy.number for policy in chain.policies] for chain in programme(customer, on=on).chains]


def after(policy, **fields):
    """A bound policy that begins the day after."""
    begins = policy.expiry_date + DAY
    return PolicyFactory(
        **{
            "customer": policy.customer,
            "inception_date": begins,
            "expiry_date": begins + 364 * DAY,
            "class_of_business": policy.class_of_business,
        }
        | fields
    )


def test_a_policy_bound_to_take_over_follows(customer):
    policy = PolicyFactory(customer=customer, number="P-1")
    after(policy, number="P-2")
    assert following(customer) == {"P-1": "FOLLOWED"}
    assert chains(customer) == [["P-1", "P-2"]]


def test_one_that_is_not_bound_does_not(customer):
    policy = PolicyFactory(customer=customer, number="P-1")
    after(policy, number="P-2", bound_on=None)
    assert following(customer) == {"P-1": "OPEN"}
    assert chains(customer) == [["P-1"]]


def test_a_follower_that_does_not_insure_the_customer_is_none(customer):
    arranged = PolicyFactory(number="P-1")
    PolicyInsured.objects.create(customer=arranged.customer, policy=arranged, insured=customer)
    after(arranged, number="P-2")
    assert following(customer) == {"P-1": "OPEN"}
    assert following(arranged.customer) == {"P-1": "FOLLOWED"}


def test_layers_renewed_together_are_each_followed_by_their_own(customer):
    for end in ("", "-X1", "-X2"):
        after(PolicyFactory(customer=customer, number=f"PAR 2026/9{end}"), number=f"PAR 2027/9{end}")
    assert sorted(chains(customer)) == [[f"PAR 2026/9{end}", f"PAR 2027/9{end}"] for end in ("", "-X1", "-X2")]
    followers = {each.policy.number: each.follower.number for each in programme(customer, on=TODAY).following}
    assert followers["PAR 2026/9-X1"] == "PAR 2027/9-X1"


def test_a_follower_stands_behind_one_policy_only(customer):
    first = PolicyFactory(customer=customer, number="P-1")
    PolicyFactory(customer=customer, number="P-1b")
    after(first, number="P-2")
    assert sorted(chains(customer)) == [["P-1", "P-2"], ["P-1b"]]


@pytest.mark.parametrize(
    ("on", "state"),
    [("2026-11-23", "OPEN"), ("2026-12-01", "DUE"), ("2027-03-31", "DUE"), ("2027-04-01", "ENDED")],
)
def test_a_policy_without_follower_is_due_within_the_days_of_its_class_and_left_open_after(customer, on, state):
    PolicyFactory(customer=customer, number="P-1")  # property: 120 days before 31 March 2027 is 1 December
    assert following(customer, day(on)) == {"P-1": state}


def test_what_ended_longer_ago_is_past(customer):
    PolicyFactory(customer=customer)
    assert following(customer, day("2027-04-30")) != {}
    assert following(customer, day("2027-05-01")) == {}


def test_what_ended_and_was_followed_or_decided_is_past_at_once(customer, people):
    policy = PolicyFactory(customer=customer, number="P-1")
    after(policy, number="P-2")
    decided = PolicyFactory(customer=customer, class_of_business=ClassOfBusiness.objects.get(code="CYBER"))
    renewal = RenewalFactory(
        customer=customer,
        stage="SETTLED",
        started_at=timezone.now(),
        started_by=people.owner,
        settled_at=timezone.now(),
        settled_by=people.owner,
        outcome="NOT_RENEWED",
    )
    RenewalPolicyFactory(policy=decided, renewal=renewal)
    assert following(customer, day("2027-04-01")) == {"P-2": "OPEN"}
    assert following(customer)[decided.number] == "SETTLED"


def test_a_contract_without_expiry_runs_on(customer):
    PolicyFactory(customer=customer, number="O-1", expiry_date=None, review_date=day("2027-01-01"), kind="OPEN_COVER")
    assert following(customer) == {"O-1": "RUNS_ON"}
    assert programme(customer, on=TODAY).ends_first is None


def test_a_cancelled_policy_keeps_its_line_until_it_would_have_expired(customer):
    PolicyFactory(customer=customer, number="P-1", cancelled_from=day("2026-08-01"))
    PolicyFactory(customer=customer, number="P-2", cancelled_from=day("2026-04-01"))  # from the start: never any cover
    found = programme(customer, on=TODAY)
    assert [chain.policies[0].number for chain in found.chains] == ["P-1"]
    assert (found.in_force, found.following) == ((), ())


def test_what_begins_in_more_than_a_year_and_follows_nothing_is_not_shown_yet(customer):
    policy = PolicyFactory(customer=customer, number="P-1", expiry_date=day("2029-03-31"))
    after(policy, number="P-2")
    PolicyFactory(customer=customer, number="P-3", inception_date=day("2027-12-01"), expiry_date=day("2028-11-30"))
    assert chains(customer) == [["P-1", "P-2"]]
    assert programme(customer, on=day("2020-01-01")).chains == ()


def test_the_day_decides_what_is_in_force(customer):
    policy = PolicyFactory(customer=customer, number="P-1")
    after(policy, number="P-2")
    assert [each.number for each in programme(customer, on=day("2027-03-31")).in_force] == ["P-1"]
    assert [each.number for each in programme(customer, on=day("2027-04-01")).in_force] == ["P-2"]


def test_parts_count_from_the_day_they_are_charged(customer):
    policy = PolicyFactory(customer=customer, premium=D(110))
    for amount, from_day in ((100, "2026-04-01"), (10, "2026-12-01")):
        PremiumPart.objects.create(
            customer=customer, policy=policy, kind="NET", amount=amount, charged_from=day(from_day)
        )
    [now] = programme(customer, on=TODAY).premiums
    [later] = programme(customer, on=day("2026-12-01")).premiums
    assert (now.premium, later.premium) == (100, 110)


def test_what_another_arranged_is_listed_and_not_summed(customer):
    arranged = PolicyFactory(premium=D(500))
    PolicyInsured.objects.create(customer=arranged.customer, policy=arranged, insured=customer)
    PolicyFactory(customer=customer, premium=D(100))
    found = programme(customer, on=TODAY)
    assert len(found.rows) == 2
    assert found.by_part.rows[-1].amounts == {"HKD": 100}


def test_the_sums_are_the_sums_of_the_list(customer):
    ExchangeRateFactory()
    for premium, currency in ((D("100.10"), "HKD"), (D("33.33"), "USD"), (D("0.05"), "USD")):
        terms = TermsFactory(
            section__policy__customer=customer, section__policy__premium=premium, section__policy__currency=currency
        )
        for share in ("0.333333", "0.333333", "0.333334"):
            ParticipationFactory(terms=terms, insurer=InsurerFactory(), signed_share=D(share))
    found = programme(customer, on=TODAY)
    listed = sum(each.premium.premium for each in found.rows if each.policy.currency == "USD")
    for sums in (found.by_part, found.by_insurer):
        assert sums.rows[-1].amounts == {"HKD": D("100.10"), "USD": listed}
        assert sums.rows[-1].in_house == D("100.10") + D("260.36")  # 33.38 at 7.8 is 260.364
    assert sum(each.amounts["USD"] for each in found.by_insurer.rows[:-1]) == listed


def test_a_lineslip_is_listed_and_draws_no_tower(customer):
    TermsFactory(section__policy__customer=customer, section__policy__kind=PolicyKind.LINESLIP)
    found = programme(customer, on=TODAY)
    assert len(found.in_force) == 1
    assert found.towers == []


def test_open_conditions_and_instalments_owed_are_shown(customer):
    policy = PolicyFactory(customer=customer)
    ended = PolicyFactory(customer=customer, expiry_date=day("2026-06-30"))
    for each, wording, state in ((policy, "Survey", "OPEN"), (policy, "Alarm", "WAIVED"), (ended, "Old", "OPEN")):
        PolicyCondition.objects.create(
            customer=customer,
            policy=each,
            kind="WARRANTY",
            wording=wording,
            state=state,
            settled_on=TODAY if state == "WAIVED" else None,
        )
    owed = {"2026-07-01": None, "2026-10-01": "2026-10-01", "2026-11-01": "2026-12-01", "2027-02-22": None}
    for due, paid in owed.items():
        Instalment.objects.create(
            customer=customer, policy=policy, due_on=day(due), amount=D(50), paid_on=paid and day(paid)
        )
    found = programme(customer, on=TODAY)
    assert [row.wording for row in found.open_conditions] == ["Survey"]
    assert [row.due_on for row in found.instalments] == [day("2026-07-01"), day("2026-11-01")]
    assert found.unpaid == {"HKD": 100}


def test_the_number_of_queries_does_not_grow(customer):
    def counted():
        with CaptureQueriesContext(connection) as captured:
            page = programme(customer, on=TODAY)
            assert page.rows and page.towers and page.by_part.rows and page.by_insurer.rows
            assert content(programme(customer, on=TODAY, for_schedule=True), language="en", is_today=True)["policies"]
        return len(captured)

    def add():
        terms = TermsFactory(section__policy__customer=customer)
        ParticipationFactory(terms=terms)
        policy = terms.section.policy
        after(policy)
        PolicyCondition.objects.create(customer=customer, policy=policy, kind="WARRANTY", wording="Alarm")
        PolicyInsured.objects.create(customer=customer, policy=policy, insured=CustomerFactory())
        Instalment.objects.create(customer=customer, policy=policy, due_on=TODAY, amount=D(5))
        PremiumPart.objects.create(customer=customer, policy=policy, kind="NET", amount=D(5), charged_from=TODAY)

    add()
    first = counted()
    for _time in range(3):
        add()
    assert counted() == first
