"""What people decide about findings, and when a decision no longer stands."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import AuditEntry
from common.exceptions import StaleVersion, WrongState
from common.monitor import Severity
from monitoring.models import DecisionKind, Finding
from monitoring.services import acts, decisions
from programmes.models import RenewalStage
from programmes.services import renewals
from tests.factories import TODAY, CustomerFactory, PolicyFactory, TermsFactory
from tests.monitoring.conftest import finding_of

IN_40_DAYS = TODAY + datetime.timedelta(days=40)


@pytest.fixture
def policy(people):
    return PolicyFactory(customer__portfolio=people.portfolio, expiry_date=IN_40_DAYS)


@pytest.fixture
def finding(night, policy):
    night()
    return finding_of("RENEWAL_DUE", policy)


def dismiss(finding, by, reason="The customer renews it with its bank."):
    return decisions.dismiss(finding=finding, reason=reason, by=by, version=finding.version)


def test_a_dismissed_finding_leaves_the_worklist_and_keeps_the_facts_it_rested_on(people, finding):
    decision = dismiss(finding, people.owner)
    assert finding not in Finding.objects.on_worklist()
    assert decision.facts["expiry"] == IN_40_DAYS.isoformat()
    entry = AuditEntry.objects.get(action="finding.dismissed")
    assert (entry.actor_name, entry.customer_id) == ("Alice Owner", finding.customer_id)
    assert entry.note == "The customer renews it with its bank."


@pytest.mark.parametrize("reason", ["", "   "])
def test_nothing_is_dismissed_without_a_reason(people, finding, reason):
    with pytest.raises(ValidationError):
        dismiss(finding, people.owner, reason)
    assert finding in Finding.objects.on_worklist()


def test_nothing_is_dismissed_on_figures_that_changed_meanwhile(people, finding, policy, night):
    policy.premium = 1
    policy.save()
    night()
    with pytest.raises(StaleVersion):
        dismiss(finding, people.owner)


def test_what_else_is_said_of_the_same_policy_is_dismissed_with_it_or_left(client, people, policy, night):
    TermsFactory(section__policy=policy)
    night()
    finding, ends = Finding.objects.get(monitor="RENEWAL_DUE"), Finding.objects.get(monitor="COVER_ENDS")
    client.force_login(people.owner)
    url = reverse("monitoring:finding-decide", args=[finding.pk])
    assert ends.sentence in client.get(url).text
    given = {"way": "DISMISS", "version": finding.version, "reason": "Sold.", "with_others": "on"}
    client.post(url, given | {"others": [ends.pk]})
    assert not Finding.objects.on_worklist().exists()
    ends.refresh_from_db()
    assert ends.decision.reason == "Sold."


def test_what_is_decided_is_not_dismissed_as_well(people, finding):
    dismiss(finding, people.owner)
    finding.refresh_from_db()
    with pytest.raises(WrongState, match="Dismissed"):
        dismiss(finding, people.owner)


def test_a_decision_stands_while_nothing_material_changes(people, finding, policy, night):
    dismiss(finding, people.owner)
    policy.premium = 99
    policy.save()
    night()
    finding.refresh_from_db()
    assert finding.amount == 99
    assert finding.decision.kind == DecisionKind.DISMISS


def test_a_decision_is_superseded_when_a_material_fact_changes_and_the_finding_is_back(people, finding, policy, night):
    decision = dismiss(finding, people.owner)
    policy.expiry_date = IN_40_DAYS + datetime.timedelta(days=1)
    policy.save()
    run = night()
    assert run.counts["RENEWAL_DUE"]["superseded"] == 1
    assert finding in Finding.objects.on_worklist()
    decision.refresh_from_db()
    assert decision.superseded_at
    assert decision.facts["expiry"] == IN_40_DAYS.isoformat()


def test_a_decision_no_longer_stands_when_the_finding_comes_back(people, finding, policy, night):
    decision = dismiss(finding, people.owner)
    policy.is_renewable = False
    policy.save()
    night()
    policy.is_renewable = True
    policy.save()
    night()
    assert finding in Finding.objects.on_worklist()
    decision.refresh_from_db()
    assert decision.superseded_at


def test_starting_a_renewal_decides_the_findings_of_all_its_policies(people, policy, night):
    other = PolicyFactory(customer=policy.customer, inception_date=policy.inception_date, expiry_date=IN_40_DAYS)
    night()
    renewals.enrol(on=TODAY, by=people.owner)
    renewal = acts.start_renewal(policy=policy, on=TODAY, by=people.owner)
    assert renewal.stage == RenewalStage.IN_HAND
    for held in (policy, other):
        decision = finding_of("RENEWAL_DUE", held).decision
        assert (decision.kind, decision.act_type, decision.act_id) == ("ACT", "programmes.renewal", renewal.pk)
    assert not Finding.objects.on_worklist().filter(monitor="RENEWAL_DUE").exists()


def on_worklist(policy):
    return set(Finding.objects.on_worklist().filter(about_id=policy.pk).values_list("monitor", flat=True))


def taken_in_hand_from_the_worklist(policy, by):
    acts.start_renewal(policy=policy, on=TODAY, by=by)


def taken_in_hand_elsewhere(policy, by):
    """Nothing is decided on any finding: another system or the demo book took it in hand."""
    renewals.start_for(policy=policy, on=TODAY, by=by)


@pytest.mark.parametrize("take_in_hand", [taken_in_hand_from_the_worklist, taken_in_hand_elsewhere])
def test_a_renewal_in_hand_is_quiet_until_fourteen_days_before_the_end_however_it_was_taken(
    people, policy, night, take_in_hand
):
    TermsFactory(section__policy=policy)
    night()
    assert on_worklist(policy) == {"RENEWAL_DUE", "COVER_ENDS"}
    take_in_hand(policy, people.owner)
    night()
    assert on_worklist(policy) == set()
    night(IN_40_DAYS - datetime.timedelta(days=15))
    assert on_worklist(policy) == set()
    night(IN_40_DAYS - datetime.timedelta(days=14))
    assert on_worklist(policy) == {"RENEWAL_DUE", "COVER_ENDS"}
    assert {finding.severity for finding in Finding.objects.on_worklist()} == {Severity.CRITICAL}


def test_who_acts_on_it_in_the_last_days_hears_of_it_again_when_the_policy_has_expired(people, policy, night):
    acts.start_renewal(policy=policy, on=TODAY, by=people.owner)
    last_days = IN_40_DAYS - datetime.timedelta(days=10)
    night(last_days)
    acts.start_renewal(policy=policy, on=last_days, by=people.owner)
    assert on_worklist(policy) == set()
    night(IN_40_DAYS)
    assert on_worklist(policy) == set()
    night(IN_40_DAYS + datetime.timedelta(days=1))
    assert on_worklist(policy) == {"RENEWAL_DUE"}
    assert "expired on" in finding_of("RENEWAL_DUE", policy).sentence


def test_a_cancelled_policy_s_end_is_not_quiet_though_its_renewal_is_in_hand(people, policy, night):
    TermsFactory(section__policy=policy)
    renewals.start_for(policy=policy, on=TODAY, by=people.owner)
    policy.cancelled_from = IN_40_DAYS - datetime.timedelta(days=5)
    policy.save()
    night()
    assert on_worklist(policy) == {"COVER_ENDS"}


def test_the_worklist_says_that_it_is_back_for_the_last_days(client, people, finding, policy, night):
    dismiss(finding, people.owner)
    night(IN_40_DAYS - datetime.timedelta(days=14))
    client.force_login(people.owner)
    assert "Now 14 days of cover are left, or fewer." in client.get(reverse("desk:worklist")).text


def test_a_decision_from_before_a_fact_was_known_stands(people, finding, policy, night):
    decision = dismiss(finding, people.owner)
    known = {name: value for name, value in decision.facts.items() if name != "last_days"}
    type(decision).objects.filter(pk=decision.pk).update(facts=known)
    night(IN_40_DAYS - datetime.timedelta(days=14))
    assert on_worklist(policy) == set()


def test_reviewing_a_profile_takes_its_line_off_at_once(people, night):
    customer = CustomerFactory(portfolio=people.portfolio, profile_reviewed_on=None)
    night()
    acts.review_profile(customer=customer, on=TODAY, by=people.owner, version=customer.version)
    finding = finding_of("PROFILE_REVIEW_DUE", customer)
    assert finding.decision.act_id == customer.pk
    night()
    finding.refresh_from_db()
    assert finding.state == "RESOLVED"


def test_findings_about_cover_wait_while_the_customer_is_taken_on_but_dated_ones_do_not(people, night):
    policy = PolicyFactory(customer__in_care_since=None, expiry_date=TODAY + datetime.timedelta(days=40))
    TermsFactory(section__policy=policy)
    night()
    cover_ends = Finding.objects.get(monitor="COVER_ENDS", customer=policy.customer)
    assert cover_ends in Finding.objects.on_worklist()
    Finding.objects.filter(pk=cover_ends.pk).update(monitor="LIMIT_SHORTFALL")
    assert cover_ends not in Finding.objects.on_worklist()
    policy.customer.in_care_since = TODAY
    policy.customer.save()
    assert cover_ends in Finding.objects.on_worklist()
