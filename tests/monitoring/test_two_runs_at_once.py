"""Runs that meet: on real connections, committing. Whatever their order, they leave what one run would."""

import datetime
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from accounts.models import CustomerCheck, User
from accounts.services import audit
from common.monitor import Scope
from monitoring.models import Finding, FindingState, MonitorRun
from monitoring.services import checks, locks, runs
from programmes.models import Policy
from tests.factories import TODAY, PolicyFactory

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
SOON = TODAY + datetime.timedelta(days=20)


@pytest.fixture
def policies(clock):
    return [PolicyFactory(expiry_date=SOON) for _ in range(8)]


def elsewhere(work):
    """Runs `work` in a thread with a connection of its own, closed after it."""

    def run():
        try:
            return work()
        finally:
            connection.close()

    return run


def system():
    return User.objects.system()


def test_the_book_and_its_customers_at_once_leave_what_one_run_would(policies):
    customers = [policy.customer_id for policy in policies]
    work = [lambda: runs.run(on=TODAY, by=system())] * 2
    work += [
        lambda customer=customer: runs.run(on=TODAY, by=system(), customer_ids=[customer]) for customer in customers
    ]
    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(elsewhere(one)) for one in work]
        [one.result(timeout=60) for one in done]
    assert Finding.objects.filter(monitor="RENEWAL_DUE", state="OPEN").count() == len(policies)
    assert sum(run.total("opened") for run in MonitorRun.objects.all()) == Finding.objects.count()
    assert not Finding.objects.exclude(version=1).exists()


def test_an_older_look_does_not_open_again_what_a_newer_run_closed(policies, monkeypatch):
    """The book's run has looked; the policy is renewed elsewhere; the customer's run must wait, and see it."""
    looked, changed = threading.Event(), threading.Event()
    policy, real = policies[0], runs.matching.match

    def slow_match(cursor, scope, *args, **kwargs):
        if scope.customer_ids is None:
            looked.set()
            assert changed.wait(30)
        return real(cursor, scope, *args, **kwargs)

    monkeypatch.setattr(runs.matching, "match", slow_match)
    with ThreadPoolExecutor(2) as pool:
        book = pool.submit(elsewhere(lambda: runs.run(on=TODAY, by=system())))
        assert looked.wait(30)
        Policy.objects.filter(pk=policy.pk).update(is_renewable=False)
        customer = pool.submit(elsewhere(lambda: runs.run(on=TODAY, by=system(), customer_ids=[policy.customer_id])))
        changed.set()
        book.result(timeout=60)
        customer.result(timeout=60)
    finding = Finding.objects.get(monitor="RENEWAL_DUE", subject_id=policy.pk)
    assert finding.state == FindingState.RESOLVED


def test_customers_in_line_are_run_and_taken_off(policies):
    CustomerCheck.objects.all().delete()
    with transaction.atomic():
        audit.ask_for_checks([policies[0].customer_id, policies[1].customer_id], by=system())
    assert checks.run_waiting(by=system()) == 2
    assert not CustomerCheck.objects.exists()
    assert Finding.objects.filter(monitor="RENEWAL_DUE").count() == 2
    assert checks.run_waiting(by=system()) == 0


def test_a_check_asked_for_during_the_run_is_not_lost(policies, monkeypatch):
    CustomerCheck.objects.all().delete()
    customer, real = policies[0].customer_id, runs.run_locked
    asked = []

    def ask():
        with transaction.atomic():
            audit.ask_for_checks([customer], by=system())

    def run_while_somebody_asks(cursor, scope, **kwargs):
        done = real(cursor, scope, **kwargs)
        if not asked:
            asked.append(customer)
            with ThreadPoolExecutor(1) as pool:
                pool.submit(elsewhere(ask)).result(timeout=30)  # and is not kept waiting
        return done

    ask()
    monkeypatch.setattr(runs, "run_locked", run_while_somebody_asks)
    checks.run_waiting(by=system())
    assert CustomerCheck.objects.filter(customer_id=customer).exists()
    checks.run_waiting(by=system())
    assert not CustomerCheck.objects.exists()


def test_a_customer_that_another_run_holds_stays_in_line(policies):
    CustomerCheck.objects.all().delete()
    held, free = policies[0].customer_id, policies[1].customer_id
    audit_asked = [held, free]
    with transaction.atomic():
        audit.ask_for_checks(audit_asked, by=system())
    with transaction.atomic(), connection.cursor() as cursor:
        locks.take(cursor, Scope(TODAY, (held,)))
        with ThreadPoolExecutor(1) as pool:
            done = pool.submit(elsewhere(lambda: checks.run_waiting(by=system()))).result(timeout=30)
    assert done == 1
    assert list(CustomerCheck.objects.values_list("customer_id", flat=True)) == [held]


def test_customers_wait_in_line_while_the_book_runs(policies):
    with transaction.atomic():
        audit.ask_for_checks([policies[0].customer_id], by=system())
    with transaction.atomic(), connection.cursor() as cursor:
        locks.take(cursor, Scope(TODAY))
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(elsewhere(lambda: checks.run_waiting(by=system()))).result(timeout=30) == 0
    assert CustomerCheck.objects.exists()
