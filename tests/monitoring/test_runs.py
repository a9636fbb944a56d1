"""What a run makes of the findings: opened, kept, changed, resolved, opened again."""

import datetime

import pytest

from accounts.models import User
from common.monitor import Severity
from monitoring.models import Finding, FindingState, MonitorRun
from monitoring.services import runs
from tests.factories import TODAY, CustomerFactory, ExchangeRateFactory, PolicyFactory, TermsFactory
from tests.monitoring.conftest import finding_of

IN_40_DAYS = TODAY + datetime.timedelta(days=40)
FindingEvent = Finding.events.rel.related_model


@pytest.fixture
def policy(db):
    policy = PolicyFactory(expiry_date=IN_40_DAYS)
    TermsFactory(section__policy=policy)
    return policy


def history_rows():
    return FindingEvent.objects.count()


def test_a_renewal_is_found_with_its_figures(night, policy):
    night()
    finding = finding_of("RENEWAL_DUE", policy)
    assert finding.state == FindingState.OPEN
    assert finding.severity == Severity.MEDIUM
    assert (finding.amount, finding.currency, finding.amount_house) == (50_000_000, "HKD", 50_000_000)
    assert finding.due_on == IN_40_DAYS
    assert finding.customer == policy.customer
    assert finding.facts["expiry"] == IN_40_DAYS.isoformat()
    assert finding.facts["stake_amount"] == "50000000.00"


def test_a_run_is_recorded_with_counts_and_times(night, policy):
    run = night()
    assert run.counts["RENEWAL_DUE"] == {
        "found": 1,
        "opened": 1,
        "reopened": 0,
        "changed": 0,
        "unchanged": 0,
        "resolved": 0,
        "superseded": 0,
    }
    assert run.milliseconds.keys() >= {"RENEWAL_DUE", "COVER_ENDS", "PROFILE_REVIEW_DUE", "matching"}
    assert run.finished_at


def test_an_unchanged_night_writes_no_finding(night, policy):
    night()
    before, written = history_rows(), list(Finding.objects.order_by("pk").values())
    run = night()
    assert history_rows() == before
    assert list(Finding.objects.order_by("pk").values()) == written
    assert run.counts["RENEWAL_DUE"]["unchanged"] == 1


def test_a_finding_grows_graver_as_its_day_comes_nearer(night, policy):
    night()
    night(TODAY + datetime.timedelta(days=30))
    assert finding_of("RENEWAL_DUE", policy).severity == Severity.CRITICAL


def test_a_finding_resolves_when_its_condition_no_longer_holds_and_opens_again_when_it_does(night, policy):
    night()
    policy.is_renewable = False
    policy.save()
    night()
    finding = finding_of("RENEWAL_DUE", policy)
    assert finding.state == FindingState.RESOLVED
    assert finding.resolved_at

    policy.is_renewable = True
    policy.save()
    run = night()
    finding.refresh_from_db()
    assert (finding.state, finding.resolved_at, finding.times_reopened) == (FindingState.OPEN, None, 1)
    assert run.counts["RENEWAL_DUE"]["reopened"] == 1


def test_history_of_findings_names_the_one_who_ran_the_monitors(night, policy):
    night()
    event = FindingEvent.objects.get(monitor="RENEWAL_DUE")
    assert event.pgh_context["actor"] == str(User.objects.system().pk)


def test_amounts_rank_in_the_currency_of_the_house_at_the_rate_of_the_day(night):
    ExchangeRateFactory(currency="HKD", units_per_base="7.8")
    ExchangeRateFactory(currency="JPY", valid_from=TODAY - datetime.timedelta(days=9), units_per_base="156")
    ExchangeRateFactory(currency="JPY", valid_from=TODAY + datetime.timedelta(days=1), units_per_base="1")
    policy = PolicyFactory(currency="JPY", premium=1_000_000, expiry_date=IN_40_DAYS)
    night()
    assert finding_of("RENEWAL_DUE", policy).amount_house == 50_000


def test_an_amount_without_a_rate_has_no_rank_and_is_found_all_the_same(night):
    policy = PolicyFactory(currency="SEK", expiry_date=IN_40_DAYS)
    night()
    finding = finding_of("RENEWAL_DUE", policy)
    assert (finding.amount, finding.amount_house) == (1_250_000, None)


def test_a_rate_that_hardly_moved_writes_no_finding(night):
    ExchangeRateFactory(currency="HKD", units_per_base="7.8")
    policy = PolicyFactory(currency="USD", premium=100, expiry_date=IN_40_DAYS)
    night()
    ExchangeRateFactory(currency="HKD", valid_from=TODAY, units_per_base="7.81")
    assert night().counts["RENEWAL_DUE"]["unchanged"] == 1
    ExchangeRateFactory(currency="HKD", valid_from=TODAY - datetime.timedelta(days=1), units_per_base="7")
    assert finding_of("RENEWAL_DUE", policy).amount_house == 780


def test_a_run_of_one_customer_leaves_the_findings_of_others_alone(night, policy):
    other = PolicyFactory(expiry_date=IN_40_DAYS)
    night(customer_ids=[policy.customer_id])
    assert set(Finding.objects.values_list("customer_id", flat=True)) == {policy.customer_id}
    night()
    other.is_renewable = False
    other.save()
    night(customer_ids=[policy.customer_id])
    assert finding_of("RENEWAL_DUE", other).state == FindingState.OPEN


def test_a_finding_moves_with_its_subject_to_another_customer(night):
    never = CustomerFactory(profile_reviewed_on=None)
    policy = PolicyFactory(customer=never, expiry_date=IN_40_DAYS)
    night()
    other = CustomerFactory()
    policy.customer = other
    policy.save()
    night()
    assert finding_of("RENEWAL_DUE", policy).customer == other


def test_findings_of_a_monitor_that_is_gone_resolve(night, policy):
    night()
    Finding.objects.filter(monitor="RENEWAL_DUE").update(monitor="GONE")
    run = night()
    assert Finding.objects.get(monitor="GONE").state == FindingState.RESOLVED
    assert run.counts["GONE"]["resolved"] == 1


def test_only_today_is_written(night, policy):
    with pytest.raises(runs.NotToday, match="2026-11-24"):
        runs.run(on=TODAY + datetime.timedelta(days=1), by=User.objects.system())
    assert not Finding.objects.exists()
    assert not MonitorRun.objects.exists()


def test_any_other_day_is_shown_and_writes_nothing(night, policy):
    rows = runs.preview(on=IN_40_DAYS)
    assert [(row.monitor, row.severity, row.amount) for row in rows] == [
        ("COVER_ENDS", Severity.CRITICAL, 50_000_000),
        ("RENEWAL_DUE", Severity.CRITICAL, 50_000_000),
    ]
    assert not Finding.objects.exists()
    assert not MonitorRun.objects.exists()
    assert history_rows() == 0


@pytest.mark.parametrize(
    ("days_since_last", "hour", "late"),
    [(None, 15, False), (1, 2, False), (1, 9, True), (3, 2, True)],
    ids=["the first of all", "in its night", "in the morning", "nights were missed"],
)
def test_a_run_that_makes_up_for_a_missed_night_is_marked_late(night, clock, days_since_last, hour, late):
    if days_since_last:
        night(TODAY - datetime.timedelta(days=days_since_last))
    clock.set(TODAY, hour)
    assert runs.is_due(now=clock.now)
    assert runs.run_once(on=TODAY, by=User.objects.system(), now=clock.now).is_late is late
    assert not runs.is_due(now=clock.now)
    assert runs.run_once(on=TODAY, by=User.objects.system(), now=clock.now) is None


def test_the_night_is_not_due_before_it_begins(db, clock):
    clock.set(TODAY, 1)
    assert not runs.is_due(now=clock.now)
