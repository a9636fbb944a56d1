"""A finding is accepted for a time: what needs a supervisor, until when, and what ends it."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEntry, User
from common.dates import add_months
from common.exceptions import StaleVersion, WrongState
from common.monitor import Severity
from monitoring.models import Decision, Ending, Finding
from monitoring.selectors.findings import decisions_of
from monitoring.services import approvals, decisions, runs
from tests.factories import TODAY, CustomerFactory, FindingFactory, PolicyFactory, UserFactory
from tests.monitoring.conftest import finding_of

IN_A_YEAR = datetime.date(2027, 11, 23)
UNTIL = TODAY + datetime.timedelta(days=30)
DUE = TODAY + datetime.timedelta(days=100)


@pytest.fixture
def finding(people):
    return FindingFactory(customer__portfolio=people.portfolio, amount=500, currency="HKD", amount_house=500)


@pytest.fixture
def grave(people):
    """Nobody knows how much is at stake."""
    return FindingFactory(customer__portfolio=people.portfolio)


@pytest.fixture
def second_supervisor(people):
    user = UserFactory(name="Grace Supervisor", team=people.owner.team, role="SUPERVISOR")
    people.owner.team.supervisors.add(user)
    return user


def accept(finding, by, until=UNTIL, reason="They move out in spring.", on=TODAY, **given):
    return decisions.accept(
        finding=finding, reason=reason, expires_on=until, on=on, by=by, version=finding.version, **given
    )


def approve(decision, by, on=TODAY, **given):
    return approvals.approve(decision=decision, on=on, by=by, version=decision.version, **given)


def actions():
    return list(
        AuditEntry.objects.filter(action__startswith="finding.").order_by("pk").values_list("action", flat=True)
    )


# What needs a supervisor


@pytest.mark.parametrize(
    ("severity", "amount", "needs"),
    [
        (Severity.HIGH, Decimal("1000000.00"), False),
        (Severity.HIGH, Decimal("1000000.01"), True),
        (Severity.HIGH, Decimal("0.00"), False),
        (Severity.LOW, None, True),
        (Severity.CRITICAL, Decimal("0.00"), True),
    ],
)
def test_more_than_the_threshold_an_unknown_amount_and_what_is_critical_need_a_supervisor(severity, amount, needs):
    assert decisions.needs_approval(severity, amount, threshold=1_000_000) is needs


@given(
    severity=st.sampled_from(Severity),
    amount=st.none() | st.decimals(min_value=0, max_value=10**12, places=2),
    more=st.decimals(min_value=0, max_value=10**12, places=2),
)
def test_more_at_stake_or_a_graver_finding_never_needs_less(severity, amount, more):
    def needs(level, at_stake):
        return decisions.needs_approval(level, at_stake, threshold=1_000_000)

    larger = None if amount is None else amount + more
    assert needs(severity, amount) <= needs(severity, larger) <= needs(Severity.CRITICAL, larger)
    assert needs(severity, None)


def test_the_house_sets_the_threshold(people, finding, settings):
    settings.ACCEPT_WITHOUT_APPROVAL = 499
    assert accept(finding, people.owner).is_waiting


# Until when


@given(days=st.integers(-400, 800))
def test_it_is_accepted_from_tomorrow_on_for_twelve_months_at_most(days):
    day = TODAY + datetime.timedelta(days=days)
    assert (TODAY < day <= decisions.last_expiry(TODAY)) is (1 <= days <= 365)


@pytest.mark.parametrize("day", [TODAY, TODAY - datetime.timedelta(days=1), IN_A_YEAR + datetime.timedelta(days=1)])
def test_a_day_that_is_over_or_too_far_off_is_refused_at_its_field(people, finding, day):
    with pytest.raises(ValidationError) as refused:
        accept(finding, people.owner, day)
    assert list(refused.value.message_dict) == ["expires_on"]
    assert not Decision.objects.exists()


def test_the_last_day_of_twelve_months_is_taken_and_the_house_may_set_fewer(people, finding, settings):
    settings.ACCEPT_MONTHS = 3
    with pytest.raises(ValidationError):
        accept(finding, people.owner, IN_A_YEAR)
    settings.ACCEPT_MONTHS = 12
    assert accept(finding, people.owner, IN_A_YEAR).expires_on == IN_A_YEAR


def test_nothing_is_accepted_without_a_reason(people, finding):
    with pytest.raises(ValidationError) as refused:
        accept(finding, people.owner, reason="  ")
    assert list(refused.value.message_dict) == ["reason"]


# What stands at once


def test_little_at_stake_is_accepted_at_once_and_leaves_the_worklist_with_its_facts_kept(people, finding):
    decision = accept(finding, people.owner)
    assert not decision.is_waiting
    assert decision.facts == finding.facts
    assert not Finding.objects.on_worklist().exists()
    entry = AuditEntry.objects.get(action="finding.accepted")
    assert (entry.actor_name, entry.customer_id) == ("Alice Owner", finding.customer_id)
    assert entry.after["expires_on"] == UNTIL.isoformat()


def test_others_on_the_same_line_are_accepted_with_it_each_as_its_own_amount_asks(people, finding, grave):
    decided = FindingFactory(customer__portfolio=people.portfolio)
    decisions.dismiss(finding=decided, reason="No.", by=people.owner, version=1)
    accept(finding, people.owner, others=[grave.pk, decided.pk])
    grave.refresh_from_db()
    decided.refresh_from_db()
    assert grave.decision.is_waiting
    assert grave.decision.reason == "They move out in spring."
    assert decided.decision.kind == "DISMISS"


def test_a_second_person_is_told_that_it_is_decided(people, finding):
    accept(finding, people.owner)
    with pytest.raises(StaleVersion):
        accept(finding, people.supervisor)
    finding.refresh_from_db()
    with pytest.raises(WrongState, match="decided already"):
        accept(finding, people.supervisor)
    assert Decision.objects.count() == 1


# A supervisor's answer


def test_what_is_grave_is_only_asked_for_and_waits_on_the_supervisor_s_worklist_alone(people, grave):
    decision = accept(grave, people.owner)
    assert decision.is_waiting
    assert actions() == ["finding.acceptance_asked_for"]
    assert not Finding.objects.on_worklist().exists()
    for who, waits in {"supervisor": True, "owner": False, "colleague": False, "compliance": False}.items():
        user = getattr(people, who)
        assert Finding.objects.waiting_for(user).exists() is waits, who
        assert Decision.objects.approvable_by(user).exists() is waits, who


def test_a_supervisor_approves_and_then_it_stands_on_the_facts_of_the_day_it_was_asked_for(people, grave):
    decision = accept(grave, people.owner)
    Finding.objects.update(facts={**grave.facts, "tier": "Key"})
    approved = approve(decision, people.supervisor, note="Seen the lease.")
    assert approved.approved_by == people.supervisor
    assert approved.approval_note == "Seen the lease."
    assert approved.facts["tier"] == "Standard"
    assert not Finding.objects.waiting_for(people.supervisor).exists()
    assert actions() == ["finding.acceptance_asked_for", "finding.acceptance_approved"]
    assert set(AuditEntry.objects.filter(action__startswith="finding.").values_list("customer_id", flat=True)) == {
        grave.customer_id
    }


def test_a_supervisor_refuses_with_a_reason_and_it_is_open_again(people, grave):
    decision = accept(grave, people.owner)
    with pytest.raises(ValidationError):
        approvals.refuse(decision=decision, reason=" ", by=people.supervisor, version=decision.version)
    refused = approvals.refuse(decision=decision, reason="Insure it.", by=people.supervisor, version=decision.version)
    assert (refused.ending, refused.ended_by, refused.ending_note) == ("REFUSED", people.supervisor, "Insure it.")
    assert grave in Finding.objects.on_worklist()
    assert actions()[-1] == "finding.acceptance_refused"


def test_nobody_approves_what_they_asked_for_but_another_supervisor_does(people, grave, second_supervisor):
    decision = accept(grave, people.supervisor)
    assert not Finding.objects.waiting_for(people.supervisor).exists()
    for answer in (approve, lambda row, by: approvals.refuse(decision=row, reason="No.", by=by, version=row.version)):
        with pytest.raises(approvals.OwnRequest):
            answer(decision, people.supervisor)
    assert Decision.objects.get().is_waiting
    approve(decision, second_supervisor)
    assert not Decision.objects.get().is_waiting


def test_the_database_too_keeps_people_from_approving_their_own(people, grave):
    decision = accept(grave, people.supervisor)
    with pytest.raises(IntegrityError, match="monitoring_decision_approved_by_another"), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(
            approved_by=people.supervisor, approved_at=decision.created_at, approval_note=""
        )


def test_it_is_answered_once(people, grave, second_supervisor):
    decision = accept(grave, people.owner)
    seen = Decision.objects.get()
    approve(decision, people.supervisor)
    with pytest.raises(StaleVersion):
        approve(seen, second_supervisor)
    with pytest.raises(WrongState):
        approve(Decision.objects.get(), second_supervisor)


def test_it_is_not_approved_after_its_last_day(people, grave):
    decision = accept(grave, people.owner)
    with pytest.raises(WrongState, match="is over"):
        approve(decision, people.supervisor, on=UNTIL + datetime.timedelta(days=1))
    approve(decision, people.supervisor, on=UNTIL)


# What ends it


@pytest.fixture
def policy(people):
    return PolicyFactory(customer__portfolio=people.portfolio, expiry_date=DUE, premium=500)


@pytest.fixture
def renewal(night, policy):
    """A finding as a night finds it, with HKD 500 at stake."""
    night()
    return finding_of("RENEWAL_DUE", policy)


def ending(finding):
    return Decision.objects.get(finding=finding).ending


def test_it_stands_through_its_last_day_and_opens_again_the_night_after(people, renewal, night):
    accept(renewal, people.owner)
    night(UNTIL)
    assert renewal not in Finding.objects.on_worklist()
    run = night(UNTIL + datetime.timedelta(days=1))
    assert run.counts["RENEWAL_DUE"]["superseded"] == 1
    assert renewal in Finding.objects.on_worklist()
    assert ending(renewal) == Ending.EXPIRED
    assert night(UNTIL + datetime.timedelta(days=1)).counts["RENEWAL_DUE"]["superseded"] == 0


@pytest.mark.parametrize("days", [1, 2, 29, 30, 31, 45, 80])
def test_on_any_day_it_stands_just_until_it_has_run_out(people, renewal, night, days):
    accept(renewal, people.owner)
    on = TODAY + datetime.timedelta(days=days)
    night(on)
    assert (renewal in Finding.objects.on_worklist()) is (on > UNTIL)


def test_another_day_that_is_only_looked_at_ends_nothing(people, renewal):
    accept(renewal, people.owner)
    runs.preview(on=UNTIL + datetime.timedelta(days=5))
    assert ending(renewal) == ""


def test_what_changed_since_is_shown_old_beside_new(people, renewal, policy, night):
    accept(renewal, people.owner)
    policy.expiry_date = DUE + datetime.timedelta(days=2)
    policy.save()
    night()
    renewal.refresh_from_db()
    assert ending(renewal) == Ending.CHANGED
    (item,) = decisions_of(renewal)
    assert ("3 Mar 2027", "5 Mar 2027") in [(change.before, change.after) for change in item.changes]


def test_one_that_waits_falls_away_when_what_it_rests_on_changes(people, renewal, policy, night, settings):
    settings.ACCEPT_WITHOUT_APPROVAL = 1
    decision = accept(renewal, people.owner)
    policy.expiry_date = DUE + datetime.timedelta(days=2)
    policy.save()
    night()
    assert ending(renewal) == Ending.CHANGED
    assert renewal in Finding.objects.on_worklist()
    with pytest.raises(StaleVersion):
        approve(decision, people.supervisor)


def test_one_that_waits_falls_away_when_the_finding_resolves_or_its_time_runs_out(
    people, renewal, policy, night, settings
):
    settings.ACCEPT_WITHOUT_APPROVAL = 1
    accept(renewal, people.owner)
    policy.is_renewable = False
    policy.save()
    night()
    renewal.refresh_from_db()
    assert (renewal.state, renewal.decision, ending(renewal)) == ("RESOLVED", None, Ending.RESOLVED)
    policy.is_renewable = True
    policy.save()
    night()
    renewal.refresh_from_db()
    accept(renewal, people.owner)
    night(UNTIL + datetime.timedelta(days=1))
    assert set(Decision.objects.values_list("ending", flat=True)) == {Ending.RESOLVED, Ending.EXPIRED}


def test_what_one_person_accepted_asks_for_a_supervisor_once_more_is_at_stake(people, renewal, policy, night):
    accept(renewal, people.owner)
    policy.premium = 1_000_000
    policy.save()
    night()
    assert ending(renewal) == ""
    policy.premium = 1_000_001
    policy.save()
    night()
    assert ending(renewal) == Ending.OUTGROWN
    assert renewal in Finding.objects.on_worklist()


def test_what_a_supervisor_approved_stands_however_much_is_at_stake(people, renewal, policy, night, settings):
    settings.ACCEPT_WITHOUT_APPROVAL = 1
    approve(accept(renewal, people.owner), people.supervisor)
    policy.premium = 9_000_000
    policy.save()
    night()
    assert ending(renewal) == ""
    assert renewal not in Finding.objects.on_worklist()


def test_what_resolved_and_came_back_is_decided_anew(people, renewal, policy, night):
    accept(renewal, people.owner)
    for renewable in (False, True):
        policy.is_renewable = renewable
        policy.save()
        night()
    assert ending(renewal) == Ending.RETURNED


def test_many_run_out_in_as_many_statements_as_one(people, night, django_assert_max_num_queries):
    def accepted(count):
        CustomerFactory.create_batch(count, portfolio=people.portfolio, profile_reviewed_on=None)
        night()
        for row in Finding.objects.undecided():
            approve(accept(row, people.owner), people.supervisor)

    def statements(on):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as captured:
            run = night(on)
        return len(captured), run.total("superseded")

    accepted(1)
    day = UNTIL + datetime.timedelta(days=1)
    one, ended = statements(day)
    assert ended == 1
    night(TODAY)
    accepted(6)
    many, ended = statements(day)
    assert ended == 7
    assert many == one


# Taking it back


def test_a_decision_is_withdrawn_with_a_reason_and_the_finding_is_open_again(people, finding):
    decision = accept(finding, people.owner)
    with pytest.raises(ValidationError):
        decisions.withdraw(decision=decision, reason="", by=people.owner, version=decision.version)
    withdrawn = decisions.withdraw(
        decision=decision, reason="They stay.", by=people.supervisor, version=decision.version
    )
    assert (withdrawn.ending, withdrawn.ended_by, withdrawn.ending_note) == (
        "WITHDRAWN",
        people.supervisor,
        "They stay.",
    )
    assert finding in Finding.objects.on_worklist()
    assert AuditEntry.objects.get(action="finding.decision_withdrawn").customer_id == finding.customer_id
    with pytest.raises(WrongState):
        decisions.withdraw(decision=withdrawn, reason="Again.", by=people.owner, version=withdrawn.version)


def test_who_asked_may_take_it_back_before_it_is_answered(people, grave):
    decision = accept(grave, people.owner)
    decisions.withdraw(decision=decision, reason="Cover was found.", by=people.owner, version=decision.version)
    assert not Finding.objects.awaiting_approval().exists()
    with pytest.raises(StaleVersion):
        approve(decision, people.supervisor)


@pytest.mark.parametrize(
    ("fault", "constraint"),
    [
        ({"expires_on": None}, "monitoring_decision_accepted"),
        ({"reason": ""}, "monitoring_decision_accepted"),
        ({"kind": "DISMISS"}, "monitoring_decision_accepted"),
        ({"approval_note": "Yes."}, "monitoring_decision_approved"),
        ({"act_type": "programmes.renewal"}, "monitoring_decision_acted"),
        ({"recommended": "Flood cover."}, "monitoring_decision_declined"),
        ({"ending": "EXPIRED"}, "monitoring_decision_ended"),
        ({"ending_note": "Because."}, "monitoring_decision_ended_by"),
    ],
)
def test_the_database_holds_together_what_a_decision_says(people, finding, fault, constraint):
    decision = accept(finding, people.owner)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(**fault)


def test_the_product_itself_approves_nothing(people):
    assert not User.objects.system().reach.supervised
    assert add_months(TODAY, 12) == IN_A_YEAR
