"""Renewals: enrolled once by night, taken in hand, settled with an outcome; a wrong step names both stages."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEntry, User
from common.exceptions import StaleVersion, WrongState
from programmes.models import Policy, Renewal, RenewalOutcome, RenewalPolicy, RenewalStage
from programmes.services import policies, renewals
from tests.factories import TODAY, CustomerFactory, PolicyFactory, RenewalFactory, RenewalPolicyFactory

SOON = TODAY + datetime.timedelta(days=40)


@pytest.fixture
def customer(people):
    return CustomerFactory(portfolio=people.portfolio, name="Harbour Cold Storage Ltd")


@pytest.fixture
def renewal(customer):
    held = RenewalPolicyFactory(
        renewal=RenewalFactory(customer=customer, expiry_date=SOON),
        policy=PolicyFactory(customer=customer, number="PAR 2026/118", expiry_date=SOON),
    )
    return held.renewal


def enrol(on=TODAY):
    return renewals.enrol(on=on, by=User.objects.system())


def settle(renewal, by, outcome=RenewalOutcome.RENEWED, note=""):
    return renewals.settle(renewal=renewal, outcome=outcome, by=by, version=renewal.version, note=note)


def test_policies_that_end_together_make_one_renewal(customer):
    together = [PolicyFactory(customer=customer, expiry_date=SOON) for _ in range(3)]
    alone = PolicyFactory(customer=customer, expiry_date=SOON + datetime.timedelta(days=1))
    assert enrol() == renewals.Enrolment(policies=4, renewals=2)
    held = {renewal.expiry_date: set(renewal.policies.all()) for renewal in Renewal.objects.all()}
    assert held == {SOON: set(together), alone.expiry_date: {alone}}


def cancel(policy, by):
    return policies.cancel(policy=policy, from_day=TODAY, reason="Premises sold", by=by, version=policy.version)


def test_cancelling_the_only_policy_settles_its_renewal(people, renewal):
    cancel(renewal.policies.get(), people.owner)
    renewal.refresh_from_db()
    assert (renewal.stage, renewal.outcome) == (RenewalStage.SETTLED, RenewalOutcome.NOT_RENEWED)
    assert renewal.note == "PAR 2026/118 is cancelled: Premises sold"
    assert not renewal.policies.exists()
    released = AuditEntry.objects.get(action="renewal.released")
    assert (released.object_id, released.before) == (renewal.pk, {"policies": ["PAR 2026/118"]})


def test_cancelling_one_of_several_leaves_the_renewal_to_the_others(people, renewal):
    other = RenewalPolicyFactory(renewal=renewal, policy=PolicyFactory(customer=renewal.customer, expiry_date=SOON))
    cancel(Policy.objects.get(number="PAR 2026/118"), people.owner)
    renewal.refresh_from_db()
    assert renewal.stage == RenewalStage.OPEN
    assert list(renewal.policies.all()) == [other.policy]


def test_a_policy_whose_cancellation_is_taken_back_comes_up_again(people, renewal):
    held = renewal.policies.get()
    cancelled = cancel(held, people.owner)
    assert enrol() == renewals.Enrolment(policies=0, renewals=0)
    policies.reinstate(policy=cancelled, reason="Paid after all", by=people.owner, version=cancelled.version)
    assert enrol() == renewals.Enrolment(policies=1, renewals=1)


def test_a_settled_renewal_keeps_a_policy_that_is_cancelled_later(people, renewal):
    settle(renewal, people.owner, RenewalOutcome.LOST, "Cheaper there")
    cancel(renewal.policies.get(), people.owner)
    assert renewal.policies.count() == 1
    assert not AuditEntry.objects.filter(action="renewal.released").exists()


def test_enrolling_twice_changes_nothing(customer):
    PolicyFactory(customer=customer, expiry_date=SOON)
    enrol()
    written = list(RenewalPolicy.objects.values())
    assert enrol() == renewals.Enrolment(policies=0, renewals=0)
    assert list(RenewalPolicy.objects.values()) == written


def test_a_policy_that_comes_later_joins_the_renewal_of_its_day_even_in_hand(people, customer, renewal):
    renewals.start(renewal=renewal, by=people.owner, version=renewal.version)
    late = PolicyFactory(customer=customer, expiry_date=SOON)
    assert enrol() == renewals.Enrolment(policies=1, renewals=0)
    assert late in renewal.policies.all()


def test_a_settled_renewal_takes_nothing_in(people, customer, renewal):
    settle(renewal, people.owner, RenewalOutcome.LOST, "Moved to another broker")
    late = PolicyFactory(customer=customer, expiry_date=SOON)
    assert enrol() == renewals.Enrolment(policies=1, renewals=1)
    assert late not in renewal.policies.all()


@pytest.mark.parametrize(("days", "enrolled"), [(120, 1), (121, 0), (-30, 1), (-31, 0)])
def test_a_policy_is_enrolled_within_the_days_of_its_class(customer, days, enrolled):
    PolicyFactory(customer=customer, expiry_date=TODAY + datetime.timedelta(days=days))
    assert enrol().policies == enrolled


def test_the_enrolment_is_on_the_record_in_the_name_of_the_product(customer):
    PolicyFactory(customer=customer, number="PAR 1", expiry_date=SOON)
    PolicyFactory(customer=customer, number="PAR 2", expiry_date=SOON)
    enrol()
    entry = AuditEntry.objects.get(action="renewal.enrolled")
    assert (entry.actor_name, entry.customer_id) == ("Broker CRM", customer.pk)
    assert entry.after == {"policies": ["PAR 1", "PAR 2"]}
    assert entry.object_id == Renewal.objects.get().pk


def test_another_day_is_foreseen_and_nothing_is_written(customer):
    PolicyFactory(customer=customer, expiry_date=SOON)
    PolicyFactory(customer=customer, expiry_date=SOON)
    assert renewals.foresee(on=TODAY) == renewals.Enrolment(policies=2, renewals=1)
    assert not Renewal.objects.exists()


def test_enrolling_costs_the_same_statements_for_many_customers(django_assert_num_queries, db):
    system = User.objects.system()
    for _ in range(5):
        PolicyFactory(expiry_date=SOON)
    with django_assert_num_queries(4):  # two statements, and the savepoint around them
        renewals.enrol(on=TODAY, by=system)


def test_a_renewal_is_started_once_by_whoever_takes_it(people, renewal):
    started = renewals.start(renewal=renewal, by=people.owner, version=renewal.version)
    assert (started.stage, started.started_by) == (RenewalStage.IN_HAND, people.owner)
    with pytest.raises(WrongState, match=r"in hand.*in hand"):
        renewals.start(renewal=started, by=people.owner, version=started.version)


def test_somebody_who_looked_at_an_older_version_is_told(people, renewal):
    renewals.start(renewal=renewal, by=people.owner, version=renewal.version)
    with pytest.raises(StaleVersion):
        renewals.start(renewal=renewal, by=people.supervisor, version=renewal.version)


def test_nothing_follows_a_settled_renewal(people, renewal):
    settled = settle(renewal, people.owner, RenewalOutcome.NOT_RENEWED, "Site closed")
    with pytest.raises(WrongState, match=r"settled.*in hand"):
        renewals.start(renewal=settled, by=people.owner, version=settled.version)


def test_a_renewal_is_renewed_when_each_policy_has_one_after_it(people, customer, renewal):
    with pytest.raises(renewals.NothingFollows, match="PAR 2026/118"):
        settle(renewal, people.owner)
    PolicyFactory(
        customer=customer,
        inception_date=SOON + datetime.timedelta(days=1),
        expiry_date=SOON + datetime.timedelta(days=365),
    )
    settled = settle(renewal, people.owner)
    assert (settled.stage, settled.outcome, settled.settled_by) == (RenewalStage.SETTLED, "RENEWED", people.owner)


def test_a_note_says_how_it_is_renewed_without_a_following_policy(people, renewal):
    assert settle(renewal, people.owner, note="Now part of the package PKG 7.").note == "Now part of the package PKG 7."


@pytest.mark.parametrize("outcome", [RenewalOutcome.NOT_RENEWED, RenewalOutcome.LOST])
def test_what_is_not_renewed_needs_a_reason(people, renewal, outcome):
    with pytest.raises(ValidationError, match="Say why"):
        settle(renewal, people.owner, outcome)
    renewal.refresh_from_db()
    assert renewal.stage == RenewalStage.OPEN


def test_a_policy_not_enrolled_yet_is_when_its_renewal_starts(people, customer):
    policy = PolicyFactory(customer=customer, expiry_date=SOON)
    renewal = renewals.start_for(policy=policy, on=TODAY, by=people.owner)
    assert (renewal.stage, list(renewal.policies.all())) == (RenewalStage.IN_HAND, [policy])
    assert renewals.start_for(policy=policy, on=TODAY, by=people.supervisor).started_by == people.owner


def test_a_cancelled_policy_does_not_come_up_for_renewal(people, customer):
    policy = PolicyFactory(customer=customer, expiry_date=SOON, cancelled_from=TODAY)
    with pytest.raises(renewals.NotRenewable, match=policy.number):
        renewals.start_for(policy=policy, on=TODAY, by=people.owner)
    assert not Renewal.objects.exists()
    assert Policy.objects.get().pk == policy.pk
