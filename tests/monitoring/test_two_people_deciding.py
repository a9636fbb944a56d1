"""Two people decide the same finding at the same moment, on real connections: one is first, the other is told."""

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from common.exceptions import StaleVersion, WrongState
from monitoring.models import Decision, Finding
from monitoring.services import approvals, decisions
from tests.factories import TODAY, AcceptanceFactory, FindingFactory, People, UserFactory

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
UNTIL = TODAY + datetime.timedelta(days=30)


def outcome(work):
    """What became of it: "done", or the name of the error."""
    try:
        work()
    except (StaleVersion, WrongState) as error:
        return type(error).__name__
    finally:
        connection.close()
    return "done"


def both(*works):
    with ThreadPoolExecutor(len(works)) as pool:
        return sorted(pool.map(outcome, works))


def test_of_two_who_decide_at_once_one_does_and_the_other_is_told(clock):
    people = People()
    findings = [FindingFactory(customer__portfolio=people.portfolio) for _ in range(4)]

    def accepts(finding, by, others):
        return lambda: decisions.accept(
            finding=finding, reason="No.", expires_on=UNTIL, on=TODAY, by=by, version=1, others=others
        )

    keys = [row.pk for row in findings]
    found = both(accepts(findings[0], people.owner, keys[1:]), accepts(findings[0], people.supervisor, keys[:0:-1]))
    assert found == ["StaleVersion", "done"]
    assert Decision.objects.count() == len(set(Decision.objects.values_list("finding", flat=True))) == 4
    assert Finding.objects.filter(decision=None).count() == 0


def test_of_two_supervisors_who_answer_at_once_one_does(clock):
    people = People()
    asked = AcceptanceFactory(finding__customer__portfolio=people.portfolio, needs_approval=True)
    second = UserFactory(team=people.owner.team, role="SUPERVISOR")
    found = both(
        lambda: approvals.approve(decision=asked, on=TODAY, by=people.supervisor, version=1),
        lambda: approvals.refuse(decision=asked, reason="No.", by=second, version=1),
    )
    assert found == ["StaleVersion", "done"]
    decision = Decision.objects.get()
    assert (decision.approved_at is None) is (decision.superseded_at is not None)
