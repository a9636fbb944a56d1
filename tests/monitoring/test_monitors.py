"""When each monitor speaks, held against the rule in plain Python, and what it says, in both languages."""

import datetime

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common import sentences
from common.dates import add_months
from common.monitor import Scope, Severity, catalogue, monitor_of
from market.models import ClassOfBusiness
from monitoring.services import runs
from profiles.models import CustomerStage
from programmes.models import Policy, RenewalStage
from tests.factories import (
    TODAY,
    ControlFactory,
    CustomerFactory,
    ExposureValueFactory,
    InstalmentFactory,
    LocationFactory,
    MessageFactory,
    PolicyConditionFactory,
    PolicyFactory,
    RenewalPolicyFactory,
    RiskFactory,
    TermsFactory,
    UpdateFactory,
)


def in_days(days):
    return TODAY + datetime.timedelta(days=days)


def found(code, on=TODAY):
    return {row["finding_subject"]: row for row in monitor_of(code).rows(Scope(on)).values()}


def subjects(code, on=TODAY):
    return set(found(code, on))


# Renewals, against a rule written down again in Python


def follows(later, earlier):
    end = earlier.expiry_date
    return (
        later.bound_on is not None
        and later.inception_date > earlier.inception_date
        and -30 <= (later.inception_date - end).days <= 1
        and later.expiry_date > end
        and (later.cancelled_from is None or (later.cancelled_from - end).days > 1)
    )


def expected_severity(policy, siblings, days_ahead):
    left = (policy.expiry_date - TODAY).days
    if (
        policy.bound_on is None
        or not policy.is_renewable
        or policy.cancelled_from is not None
        or not -30 <= left <= days_ahead
        or any(follows(other, policy) for other in siblings if other is not policy)
    ):
        return None
    if left <= 14:
        return Severity.CRITICAL
    if left <= 30:
        return Severity.HIGH
    return Severity.MEDIUM if left <= 60 else Severity.LOW


@st.composite
def drawn_policy(draw):
    start = in_days(draw(st.integers(-420, 200)))
    end = start + datetime.timedelta(days=draw(st.integers(1, 400)))
    inside = st.integers(0, (end - start).days)
    return {
        "bound_on": draw(st.sampled_from([start, start, None])),
        "inception_date": start,
        "expiry_date": end,
        "cancelled_from": draw(st.one_of(st.none(), st.none(), inside.map(lambda n: start + datetime.timedelta(n)))),
        "is_renewable": draw(st.sampled_from([True, True, True, False])),
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.lists(drawn_policy(), min_size=1, max_size=6), code=st.sampled_from(["PROPERTY", "MOTOR_FLEET"]))
def test_renewals_are_due_exactly_when_the_rule_says_so(db, drawn, code):
    Policy.objects.all().delete()
    of_class = ClassOfBusiness.objects.get(code=code)
    customer = CustomerFactory()
    policies = [PolicyFactory(customer=customer, class_of_business=of_class, **dates) for dates in drawn]
    expected = {policy.pk: expected_severity(policy, policies, of_class.renewal_days) for policy in policies}
    rows = found("RENEWAL_DUE")
    assert {pk: rows[pk]["finding_severity"] for pk in rows} == {
        pk: level for pk, level in expected.items() if level is not None
    }


def test_policies_side_by_side_are_each_renewed(db):
    customer = CustomerFactory()
    ending = PolicyFactory(customer=customer, inception_date=in_days(-345), expiry_date=in_days(20))
    PolicyFactory(customer=customer, inception_date=in_days(-160), expiry_date=in_days(205))
    assert subjects("RENEWAL_DUE") == {ending.pk}


@pytest.mark.parametrize(
    ("starts_after_expiry", "changes", "is_due"),
    [
        (1, {}, False),
        (2, {}, True),
        (0, {}, False),
        (1, {"bound_on": None}, True),
        (1, {"other_class": True}, True),
        (1, {"other_customer": True}, True),
    ],
    ids=["the day after", "a day of no cover", "on the last day", "not bound", "another class", "another customer"],
)
def test_what_counts_as_following(db, starts_after_expiry, changes, is_due):
    policy = PolicyFactory(expiry_date=in_days(20))
    TermsFactory(section__policy=policy)
    start = in_days(20 + starts_after_expiry)
    changes = dict(changes)
    if changes.pop("other_class", False):
        changes["class_of_business"] = ClassOfBusiness.objects.get(code="CYBER")
    customer = CustomerFactory() if changes.pop("other_customer", False) else policy.customer
    PolicyFactory(customer=customer, inception_date=start, expiry_date=in_days(400), **changes)
    assert (policy.pk in subjects("RENEWAL_DUE")) is is_due
    assert bool(found("COVER_ENDS")) is is_due


def test_a_settled_renewal_is_decided(db):
    policy = PolicyFactory(expiry_date=in_days(20))
    TermsFactory(section__policy=policy)
    held = RenewalPolicyFactory(policy=policy, renewal__customer=policy.customer, customer=policy.customer)
    assert subjects("RENEWAL_DUE") == {policy.pk}
    type(held.renewal).objects.filter(pk=held.renewal.pk).update(
        stage=RenewalStage.SETTLED,
        outcome="LOST",
        settled_at=datetime.datetime.now(datetime.UTC),
        settled_by=policy.customer.portfolio.manager,
    )
    assert not subjects("RENEWAL_DUE")
    assert not subjects("COVER_ENDS")


def test_nothing_of_a_lost_customer_is_renewed(db):
    policy = PolicyFactory(expiry_date=in_days(20), customer__stage=CustomerStage.LOST)
    TermsFactory(section__policy=policy)
    assert not subjects("RENEWAL_DUE")
    assert not subjects("COVER_ENDS")


@pytest.mark.parametrize(
    ("terms", "amount", "stake"),
    [
        ([{"limit": 50}, {"limit": 20, "sum_insured": 90}], "70.00", "LIMITS"),
        ([{"limit": 50}, {"limit": None, "sum_insured": 7}], "57.00", "LIMITS"),
        ([{"limit": 4, "limit_basis": "PER_UNIT", "units": 60}], "240.00", "LIMITS"),
        ([{"limit": None, "sum_insured": 48}], "48.00", "SUM_INSURED"),
        ([{"limit": None, "unlimited": True}], "1250000.00", "PREMIUM"),
        ([], "1250000.00", "PREMIUM"),
    ],
    ids=["limits", "limit and sum insured", "per unit", "sum insured", "unlimited", "no terms"],
)
def test_what_is_at_stake_in_a_renewal(db, terms, amount, stake):
    policy = PolicyFactory(expiry_date=in_days(20))
    for values in terms:
        TermsFactory(section__policy=policy, **values)
    (row,) = found("RENEWAL_DUE").values()
    assert (row["finding_facts"]["stake_amount"], row["finding_facts"]["stake"]) == (amount, stake)


def test_what_is_at_stake_is_the_cover_of_the_day(db):
    policy = PolicyFactory(expiry_date=in_days(20))
    first = TermsFactory(section__policy=policy, limit=10, last_day=in_days(-1))
    TermsFactory(section=first.section, limit=30, first_day=TODAY)
    (row,) = found("RENEWAL_DUE").values()
    assert row["finding_amount"] == 30


# Cover that ends


@pytest.mark.parametrize(
    ("days", "level"),
    [(0, "CRITICAL"), (14, "CRITICAL"), (15, "HIGH"), (30, "HIGH"), (31, "MEDIUM"), (60, "MEDIUM"), (61, None)],
)
def test_cover_ends_within_sixty_days(db, days, level):
    terms = TermsFactory(section__policy__expiry_date=in_days(days))
    rows = found("COVER_ENDS")
    assert {pk: Severity(row["finding_severity"]).name for pk, row in rows.items()} == (
        {terms.section_id: level} if level else {}
    )


def test_cover_ends_by_cancellation_by_endorsement_or_by_expiry_whichever_is_first(db):
    cancelled = TermsFactory(section__policy__cancelled_from=in_days(10))
    removed = TermsFactory(last_day=in_days(5))
    changed = TermsFactory(last_day=in_days(5))
    TermsFactory(section=changed.section, first_day=in_days(6))
    rows = found("COVER_ENDS")
    assert {pk: (row["finding_due"], row["finding_facts"]["case"]) for pk, row in rows.items()} == {
        cancelled.section_id: (in_days(9), "CANCELLED"),
        removed.section_id: (in_days(5), "REMOVED"),
    }


def test_cover_that_does_not_run_today_does_not_end(db):
    TermsFactory(section__policy__expiry_date=in_days(-1))
    TermsFactory(section__policy__inception_date=in_days(1), section__policy__expiry_date=in_days(40))
    TermsFactory(section__policy__expiry_date=in_days(40), section__policy__bound_on=None)
    TermsFactory(section__policy__expiry_date=in_days(40), section__policy__cancelled_from=TODAY)
    assert not found("COVER_ENDS")


# Contracts without expiry


def test_a_contract_is_reviewed_from_60_days_before_the_day_until_the_next_is_set(db):
    levels = {
        PolicyFactory(expiry_date=None, review_date=in_days(60)).pk: Severity.LOW,
        PolicyFactory(expiry_date=None, review_date=in_days(14)).pk: Severity.MEDIUM,
        PolicyFactory(expiry_date=None, review_date=in_days(0)).pk: Severity.MEDIUM,
        PolicyFactory(expiry_date=None, review_date=in_days(-1)).pk: Severity.HIGH,
    }
    PolicyFactory(expiry_date=None, review_date=in_days(61))
    PolicyFactory(expiry_date=None, review_date=in_days(-1), cancelled_from=in_days(-2))
    PolicyFactory(expiry_date=None, review_date=in_days(-1), bound_on=None)
    PolicyFactory(expiry_date=in_days(90), review_date=in_days(-1))
    assert {pk: row["finding_severity"] for pk, row in found("CONTRACT_REVIEW_DUE").items()} == levels


# What a policy asks of its insured


def test_a_subjectivity_is_due_from_14_days_before_its_day_while_it_is_open(db):
    levels = {
        PolicyConditionFactory(due_on=in_days(-1)).pk: Severity.CRITICAL,
        PolicyConditionFactory(due_on=in_days(7)).pk: Severity.HIGH,
        PolicyConditionFactory(due_on=in_days(14), kind="CONDITION_PRECEDENT").pk: Severity.MEDIUM,
    }
    PolicyConditionFactory(due_on=in_days(15))
    PolicyConditionFactory(due_on=None)
    PolicyConditionFactory(due_on=in_days(-1), kind="WARRANTY")
    PolicyConditionFactory(due_on=in_days(-1), state="WAIVED", settled_on=TODAY)
    PolicyConditionFactory(due_on=in_days(-1), policy__cancelled_from=in_days(-3))
    assert {pk: row["finding_severity"] for pk, row in found("SUBJECTIVITY_DUE").items()} == levels


def test_an_instalment_is_overdue_from_the_day_after_it_was_due(db):
    levels = {
        InstalmentFactory(due_on=in_days(-1)).pk: Severity.MEDIUM,
        InstalmentFactory(due_on=in_days(-14)).pk: Severity.HIGH,
        InstalmentFactory(due_on=in_days(-30)).pk: Severity.CRITICAL,
    }
    InstalmentFactory(due_on=TODAY)
    InstalmentFactory(due_on=in_days(-1), paid_on=TODAY)
    InstalmentFactory(due_on=in_days(-1), policy__bound_on=None)
    assert {pk: row["finding_severity"] for pk, row in found("INSTALMENT_OVERDUE").items()} == levels


# What follows what, in packages


def of_class(code):
    return ClassOfBusiness.objects.get(code=code)


def package(customer, codes, **dates):
    made = PolicyFactory(customer=customer, class_of_business=of_class("PACKAGE"), **dates)
    for code in codes:
        TermsFactory(section__policy=made, section__class_of_business=of_class(code))
    return made


ENDING = {"inception_date": in_days(-345), "expiry_date": in_days(20)}
AFTER = {"inception_date": in_days(21), "expiry_date": in_days(386)}


def test_a_policy_that_goes_into_a_package_is_followed_by_it(db):
    customer = CustomerFactory()
    TermsFactory(section__policy=PolicyFactory(customer=customer, **ENDING))
    assert len(subjects("RENEWAL_DUE")) == len(subjects("COVER_ENDS")) == 1
    package(customer, ["PROPERTY", "PUBLIC_LIABILITY"], **AFTER)
    assert not subjects("RENEWAL_DUE")
    assert not subjects("COVER_ENDS")


def test_a_section_that_the_next_package_leaves_out_ends(db):
    customer = CustomerFactory()
    old = package(customer, ["PROPERTY", "PUBLIC_LIABILITY"], **ENDING)
    package(customer, ["PROPERTY"], **AFTER)
    assert not subjects("RENEWAL_DUE")
    assert subjects("COVER_ENDS") == {old.sections.get(class_of_business__code="PUBLIC_LIABILITY").pk}


def test_the_sections_of_a_package_are_followed_by_the_policies_they_become(db):
    customer = CustomerFactory()
    old = package(customer, ["PROPERTY", "PUBLIC_LIABILITY"], **ENDING)
    PolicyFactory(customer=customer, **AFTER)
    assert subjects("COVER_ENDS") == {old.sections.get(class_of_business__code="PUBLIC_LIABILITY").pk}
    (row,) = found("COVER_ENDS").values()
    assert row["finding_facts"]["class"] == "Public liability"
    assert subjects("RENEWAL_DUE") == {old.pk}


# Profiles


@pytest.mark.parametrize("months", [1, 3, 12, 24])
@pytest.mark.parametrize("days_over", [-1, 0, 1])
def test_a_profile_is_due_when_it_is_older_than_the_months_of_its_tier(db, months, days_over):
    customer = CustomerFactory(profile_reviewed_on=add_months(in_days(-days_over), -months))
    type(customer.tier).objects.update(profile_review_months=months)
    due = add_months(customer.profile_reviewed_on, months)
    assert (customer.pk in subjects("PROFILE_REVIEW_DUE")) is (due < TODAY)


@pytest.mark.parametrize("reviewed", ["2024-02-29", "2025-08-31", "2025-11-30", "2025-10-31"])
def test_months_end_as_the_calendar_does(db, reviewed):
    customer = CustomerFactory(profile_reviewed_on=datetime.date.fromisoformat(reviewed))
    type(customer.tier).objects.update(profile_review_months=1)
    (row,) = found("PROFILE_REVIEW_DUE").values()
    assert row["finding_due"] == add_months(customer.profile_reviewed_on, 1)


def test_how_grave_an_old_profile_is(db):
    levels = {
        CustomerFactory(profile_reviewed_on=in_days(-400)).pk: Severity.MEDIUM,
        CustomerFactory(profile_reviewed_on=in_days(-600)).pk: Severity.HIGH,
        CustomerFactory(profile_reviewed_on=None).pk: Severity.MEDIUM,
        CustomerFactory(profile_reviewed_on=None, in_care_since=None).pk: Severity.LOW,
    }
    assert {pk: row["finding_severity"] for pk, row in found("PROFILE_REVIEW_DUE").items()} == levels


@pytest.mark.parametrize("stage", [CustomerStage.LOST, CustomerStage.DO_NOT_CONTACT, CustomerStage.PROSPECT])
def test_only_customers_are_asked_for_their_profile(db, stage):
    CustomerFactory(profile_reviewed_on=None, stage=stage)
    assert not subjects("PROFILE_REVIEW_DUE")


# Updates and letters


@pytest.mark.parametrize(("days", "level"), [(0, Severity.LOW), (15, Severity.MEDIUM), (31, Severity.HIGH)])
def test_a_draft_waits_the_more_urgently_the_older_it_is(db, days, level):
    update = UpdateFactory(as_at=in_days(-days))
    UpdateFactory(state="DISCARDED", discarded_reason="Sent by hand")
    assert {pk: row["finding_severity"] for pk, row in found("UPDATE_TO_RELEASE").items()} == {update.pk: level}


def test_letters_refused_or_perhaps_sent_are_found_and_others_are_not(clock, db):
    refused = MessageFactory(state="FAILED")
    perhaps = MessageFactory(state="UNCONFIRMED", handed_over_at=clock.now)
    MessageFactory(state="QUEUED")
    levels = {pk: row["finding_severity"] for pk, row in found("MESSAGE_NOT_SENT").items()}
    assert levels == {refused.pk: Severity.HIGH, perhaps.pk: Severity.MEDIUM}


# What they say


@pytest.fixture
def one_of_each(db, clock):
    """Rows that make every monitor speak, in each of its cases."""
    renewal = PolicyFactory(expiry_date=in_days(50))
    TermsFactory(section__policy=renewal)
    PolicyFactory(expiry_date=in_days(-3))
    in_hand = PolicyFactory(expiry_date=in_days(40))
    TermsFactory(section__policy=in_hand)
    held = RenewalPolicyFactory(policy=in_hand, renewal__customer=in_hand.customer, customer=in_hand.customer)
    type(held.renewal).objects.filter(pk=held.renewal.pk).update(
        stage="IN_HAND", started_at=clock.now, started_by=in_hand.customer.portfolio.manager
    )
    TermsFactory(section__policy__cancelled_from=in_days(10))
    TermsFactory(last_day=in_days(5))
    PolicyConditionFactory(policy=renewal, due_on=in_days(5))
    PolicyConditionFactory(policy=renewal, due_on=in_days(-5))
    InstalmentFactory(policy=renewal)
    PolicyFactory(expiry_date=None, review_date=in_days(30))
    PolicyFactory(expiry_date=None, review_date=in_days(-30))
    CustomerFactory(profile_reviewed_on=None)
    CustomerFactory(profile_reviewed_on=in_days(-800))
    ControlFactory(due_on=in_days(-1))
    place = LocationFactory()
    at_a_place = RiskFactory(customer=place.customer, location=place)
    ControlFactory(risk=at_a_place, due_on=in_days(-1))
    ExposureValueFactory(valued_on=in_days(-800))
    old = ExposureValueFactory(valued_on=in_days(-800))
    ExposureValueFactory(exposure__customer=old.customer, exposure__kind="STOCK", valued_on=in_days(-801))
    UpdateFactory()
    MessageFactory(state="FAILED", to_name="Ada Cheung")
    MessageFactory(state="UNCONFIRMED", handed_over_at=clock.now)


@pytest.mark.parametrize("language", ["en", "zh-hant"])
def test_every_sentence_and_figure_is_worded_from_real_rows(one_of_each, language):
    rows = runs.preview(on=TODAY)
    cases = {(row.monitor, row.facts.get("case", "")) for row in rows}
    # Those of adequacy have a scene of their own: tests/programmes/adequacy/test_findings.py.
    here = [monitor for monitor in catalogue() if monitor.prepare is None]
    assert cases >= {(monitor.code, case) for monitor in here for case in monitor.sentences}
    assert {row.monitor for row in rows} >= {monitor.code for monitor in here}
    with translation.override(language):
        for row in rows:
            monitor = monitor_of(row.monitor)
            words = sentences.sentence(monitor, row.facts)
            assert "{" not in words
            assert "{" not in sentences.plain(monitor, row.facts)
            assert all(label and value for label, value in sentences.figures(monitor, row.facts))
            for name in monitor.material:
                assert name in row.facts


@pytest.mark.parametrize("monitor", catalogue(), ids=lambda monitor: monitor.code)
def test_every_monitor_explains_itself_to_us_and_to_the_customer_in_every_case(monitor):
    assert set(monitor.plains) == set(monitor.sentences)
    for template in [monitor.sentence, monitor.plain, *monitor.sentences.values(), *monitor.plains.values()]:
        assert str(template).strip()
    for technical, plain in [(monitor.sentence, monitor.plain)]:
        assert str(technical) != str(plain)


def test_a_class_is_named_in_the_reader_s_language(db):
    PolicyFactory(expiry_date=in_days(50))
    (row,) = [row for row in runs.preview(on=TODAY) if row.monitor == "RENEWAL_DUE"]
    with translation.override("zh-hant"):
        assert "財產一切險" in sentences.sentence(monitor_of("RENEWAL_DUE"), row.facts)
    with translation.override("en"):
        assert "Property all risks" in sentences.sentence(monitor_of("RENEWAL_DUE"), row.facts)


@pytest.mark.parametrize("template", ["{missing}", "{expiry:shout}"])
def test_a_template_that_asks_for_what_is_not_there_fails_loudly(template):
    with pytest.raises(sentences.UnknownFact):
        sentences.FactFormatter({"expiry": "2026-11-23"}).word(template)
