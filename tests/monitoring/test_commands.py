"""The commands and the night: they say what they did in counts, fail loudly, and do their work once a day."""

import datetime
import uuid

import pytest
from django.core.management import CommandError, call_command

from broker_crm import nightly, tasks
from monitoring.models import Finding, MonitorRun
from monitoring.services import runs
from programmes.models import Renewal
from tests.factories import TODAY, ContactPlanFactory, PolicyFactory

IN_40_DAYS = TODAY + datetime.timedelta(days=40)


@pytest.fixture
def policy(db, clock):
    return PolicyFactory(expiry_date=IN_40_DAYS, customer__name="Harbour Cold Storage Ltd")


def said(capsys, *command, **options):
    call_command(*command, **options)
    return capsys.readouterr().out


def test_monitor_prints_what_became_of_how_many(capsys, policy):
    assert "RENEWAL_DUE                1 found  1 opened" in said(capsys, "monitor")
    assert "RENEWAL_DUE                1 found  1 unchanged" in said(capsys, "monitor")


def test_monitor_of_one_customer_leaves_the_others(capsys, policy):
    other = PolicyFactory(expiry_date=IN_40_DAYS)
    said(capsys, "monitor", "--customer", str(other.customer_id))
    assert set(Finding.objects.values_list("customer_id", flat=True)) == {other.customer_id}


def test_monitor_of_nobody_fails_and_names_the_key(policy):
    nobody = uuid.uuid4()
    with pytest.raises(CommandError, match=str(nobody)):
        call_command("monitor", "--customer", str(nobody))


def test_monitor_for_another_day_says_what_would_be_found_and_writes_nothing(capsys, policy):
    out = said(capsys, "monitor", "--as-at", "2026-12-30")
    assert "RENEWAL_DUE                1 would be open" in out
    portfolio = policy.customer.portfolio.name
    assert f"Critical: Harbour Cold Storage Ltd ({portfolio}): Property all risks policy" in out
    assert "1,250,000 at stake" in out
    assert not Finding.objects.exists()
    assert not MonitorRun.objects.exists()


def test_customers_of_the_same_name_are_told_apart_by_their_keys_elsewhere(capsys, policy):
    for key in ("C-118", "C-407"):
        PolicyFactory(
            expiry_date=IN_40_DAYS,
            customer__name="Harbour Cold Storage Ltd",
            customer__source="ledger",
            customer__external_id=key,
        )
    out = said(capsys, "monitor", "--as-at", "2026-12-30")
    assert "Harbour Cold Storage Ltd (ledger C-118):" in out
    assert "Harbour Cold Storage Ltd (ledger C-407):" in out


@pytest.mark.parametrize("command", ["monitor", "enrol_renewals", "send_updates"])
@pytest.mark.parametrize("day", ["2018-13-45", "tomorrow"])
def test_what_is_no_day_is_answered_by_one_sentence(db, command, day):
    with pytest.raises(CommandError) as refused:
        call_command(command, "--as-at", day)
    assert str(refused.value) == f"{day} is not a day: write it as 2026-11-23."


def test_enrol_renewals_prints_counts_and_foresees_other_days(capsys, policy):
    assert "1 policies to enrol, 1 renewals to open" in said(capsys, "enrol_renewals", "--as-at", "2026-12-30")
    assert not Renewal.objects.exists()
    assert "1 policies enrolled, 1 renewals opened" in said(capsys, "enrol_renewals")
    assert "0 policies enrolled, 0 renewals opened" in said(capsys, "enrol_renewals")


def test_the_night_enrols_drafts_and_monitors_once_a_day(capsys, policy):
    ContactPlanFactory(customer=policy.customer, next_update_on=TODAY)
    out = said(capsys, "nightly")
    assert "1 policies enrolled" in out
    assert "1 updates drafted" in out
    assert Finding.objects.filter(monitor="UPDATE_TO_RELEASE").count() == 1
    assert "monitors have run today already" in said(capsys, "nightly")
    assert MonitorRun.objects.count() == 1


def test_a_job_that_fails_is_named_and_the_others_run(monkeypatch, policy):
    def broken(on, now, by):
        raise ValueError("no disk")

    monkeypatch.setattr(nightly, "STEPS", [broken, nightly.run_monitors])
    with pytest.raises(CommandError, match="broken"):
        call_command("nightly")
    assert MonitorRun.objects.exists()


def test_the_worker_runs_the_night_when_it_is_due_and_makes_a_missed_one_up_once(clock, policy):
    clock.set(TODAY - datetime.timedelta(days=3), 3)
    tasks.nightly_if_due()
    clock.set(TODAY, 1)
    tasks.nightly_if_due()
    assert MonitorRun.objects.count() == 1
    clock.set(TODAY, 9)
    tasks.nightly_if_due()
    tasks.nightly_if_due()
    last = MonitorRun.objects.get(as_at=TODAY)
    assert last.is_late
    assert not runs.is_due(now=clock.now)
