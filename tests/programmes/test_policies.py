"""Policies entered, changed, bound and cancelled: what is recorded, and what is refused, at which field."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEntry
from common.exceptions import StaleVersion, WrongState
from market.models import ClassOfBusiness
from programmes.models import Policy, PolicyState
from programmes.services import policies, terms
from programmes.services.terms import Given
from tests.factories import CustomerFactory, PolicyFactory, SectionFactory, TermsFactory

OCTOBER = datetime.date(2026, 10, 1)


@pytest.fixture
def customer(people):
    return CustomerFactory(portfolio=people.portfolio)


@pytest.fixture
def policy(customer):
    return PolicyFactory(customer=customer, number="PAR 2026/118")


def a_policy(customer, **fields):
    given = {
        "number": "PAR 2026/200",
        "class_of_business": ClassOfBusiness.objects.get(code="PROPERTY"),
        "currency": "HKD",
        "inception_date": datetime.date(2026, 4, 1),
        "expiry_date": datetime.date(2027, 3, 31),
    }
    return Policy(customer=customer, **(given | fields))


def test_a_policy_is_added_and_recorded(people, customer):
    made = policies.add(policy=a_policy(customer, premium=Decimal("1250000.005")), by=people.owner)
    entry = AuditEntry.objects.get(action="policy.added")
    assert (entry.object_id, entry.after["premium"]) == (made.pk, "1250000.01")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"expiry_date": datetime.date(2026, 3, 31)}, "expiry_date"),
        ({"currency": "HKX"}, "currency"),
        ({"premium": Decimal("-1")}, "premium"),
        ({"number": ""}, "number"),
        ({"cancelled_from": datetime.date(2028, 1, 1)}, "cancelled_from"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(people, customer, fields, field):
    with pytest.raises(ValidationError) as refused:
        policies.add(policy=a_policy(customer, **fields), by=people.owner)
    assert list(refused.value.message_dict) == [field]
    assert not Policy.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_second_editor_of_a_policy_is_told(people, policy):
    stale = Policy.objects.get(pk=policy.pk)
    policy.note = "first"
    policies.change(policy=policy, by=people.owner, version=1)
    stale.note = "second"
    with pytest.raises(StaleVersion):
        policies.change(policy=stale, by=people.supervisor, version=1)


def test_terms_begin_with_their_policy_when_its_inception_is_corrected(people, policy):
    made = TermsFactory(section=SectionFactory(policy=policy))
    policy.inception_date = datetime.date(2026, 3, 15)
    policies.change(policy=policy, by=people.owner, version=1)
    made.refresh_from_db()
    assert made.first_day == datetime.date(2026, 3, 15)


def test_an_inception_after_an_endorsement_is_refused(people, policy):
    section = SectionFactory(policy=policy)
    TermsFactory(section=section)
    given = Given(values={"limit": Decimal("70000000")})
    terms.endorse(section=section, from_day=OCTOBER, given=given, by=people.owner)
    policy.inception_date = datetime.date(2026, 11, 1)
    with pytest.raises(ValidationError) as refused:
        policies.change(policy=policy, by=people.owner, version=1)
    assert list(refused.value.message_dict) == ["inception_date"]
    policy.refresh_from_db()
    assert policy.inception_date == datetime.date(2026, 4, 1)


def test_an_expiry_before_an_endorsement_is_refused(people, policy):
    section = SectionFactory(policy=policy)
    TermsFactory(section=section)
    given = Given(values={"limit": Decimal("70000000")})
    terms.endorse(section=section, from_day=OCTOBER, given=given, by=people.owner)
    policy.expiry_date = datetime.date(2026, 9, 30)
    with pytest.raises(ValidationError) as refused:
        policies.change(policy=policy, by=people.owner, version=1)
    assert list(refused.value.message_dict) == ["expiry_date"]


def test_a_policy_is_bound_once(people, customer):
    policy = PolicyFactory(customer=customer, bound_on=None)
    bound = policies.bind(policy=policy, on=OCTOBER, by=people.owner, version=1)
    assert bound.bound_on == OCTOBER
    assert bound.state(OCTOBER) == PolicyState.IN_FORCE
    with pytest.raises(WrongState, match="bound already, since 1 Oct 2026"):
        policies.bind(policy=policy, on=OCTOBER, by=people.owner, version=2)


def test_a_policy_is_cancelled_from_a_day_with_a_reason(people, policy):
    cancelled = policies.cancel(policy=policy, from_day=OCTOBER, reason="Premises sold", by=people.owner, version=1)
    assert cancelled.state(datetime.date(2026, 9, 30)) == PolicyState.IN_FORCE
    assert cancelled.state(OCTOBER) == PolicyState.CANCELLED
    assert AuditEntry.objects.get(action="policy.cancelled").note == "Premises sold"


def test_a_cancellation_needs_a_reason_and_a_day_within_the_period(people, policy):
    with pytest.raises(ValidationError) as refused:
        policies.cancel(policy=policy, from_day=OCTOBER, reason="", by=people.owner, version=1)
    assert list(refused.value.message_dict) == ["reason"]
    with pytest.raises(ValidationError) as refused:
        policies.cancel(policy=policy, from_day=datetime.date(2028, 1, 1), reason="Sold", by=people.owner, version=1)
    assert list(refused.value.message_dict) == ["cancelled_from"]


def test_only_a_bound_policy_is_cancelled_and_only_once(people, customer, policy):
    with pytest.raises(WrongState, match="is not bound"):
        policies.cancel(
            policy=PolicyFactory(customer=customer, bound_on=None),
            from_day=OCTOBER,
            reason="Sold",
            by=people.owner,
            version=1,
        )
    policies.cancel(policy=policy, from_day=OCTOBER, reason="Sold", by=people.owner, version=1)
    with pytest.raises(WrongState, match="cancelled already, from 1 Oct 2026"):
        policies.cancel(policy=policy, from_day=OCTOBER, reason="Sold", by=people.owner, version=2)
