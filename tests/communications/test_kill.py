"""The worker, really killed at each step of sending: no letter is lost, and none goes out twice by itself.

Each test stops the worker at a step by what is outside it (the mail server keeps it waiting, or the test holds a lock
in the database that the step needs), sends SIGKILL, and looks at what the server got, the row, and the next pass.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import connection, transaction

from communications.models import Message, MessageState
from communications.services import outbox
from tests.communications.smtp import PATIENCE, Server
from tests.factories import MessageFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def message() -> Message:
    return MessageFactory(to_name="Amy Chan", subject="Your programme 保險計劃", text="Cover in force.\n")


@contextmanager
def worker(server: Server) -> Iterator[subprocess.Popen[bytes]]:
    """One pass over the outbox in a process of its own, on the test's database and mail server."""
    database = connection.settings_dict["NAME"]
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "broker_crm.settings",
        "DATABASE_URL": os.environ["DATABASE_URL"].replace("@/broker?", f"@/{database}?"),
        "EMAIL_URL": f"smtp://127.0.0.1:{server.port}",
    }
    assert f"/{database}?" in environment["DATABASE_URL"]
    process = subprocess.Popen(
        [sys.executable, "manage.py", "send_messages"],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def kill(process: subprocess.Popen[bytes]) -> None:
    assert process.poll() is None, f"It ended by itself: {process.communicate()[0].decode()}"
    process.kill()
    process.wait(PATIENCE)


def wait_until(holds: Callable[[], bool], what: str) -> None:
    ends = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < ends, f"Waited in vain until {what}."
        time.sleep(0.02)


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select from pg_locks where not granted and pid in (select pid from pg_locks"
            " where database = (select oid from pg_database where datname = current_database())))"
        )
        return cursor.fetchone()[0]


def next_pass() -> None:
    """What a worker finds that begins as soon as the database has noticed the death of the other one."""

    def is_alone() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
            )
            return cursor.fetchone()[0] == 0

    wait_until(is_alone, "the dead worker's sessions ended")
    outbox.push()


def test_killed_with_the_message_claimed_and_no_connection_yet(message, mail_goes_to):
    with worker(mail_goes_to) as process:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_xact_lock(%s)", [outbox.lock_key(message.pk)])
            wait_until(somebody_waits_for_a_lock, "the worker had claimed the message")
            assert mail_goes_to.commands == []
            kill(process)
        assert_untouched(message)
    next_pass()
    assert_sent_once(message, mail_goes_to)


def test_killed_while_it_connects(message, mail_goes_to):
    mail_goes_to.pause_at = "EHLO"
    with worker(mail_goes_to) as process:
        mail_goes_to.wait_until_reached()
        kill(process)
        assert_untouched(message)
    mail_goes_to.go_on()
    next_pass()
    assert_sent_once(message, mail_goes_to)


def test_killed_when_connected_and_before_the_handing_over_is_committed(message, mail_goes_to):
    with worker(mail_goes_to) as process:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("lock table communications_messagehistoryrow in share mode")
            wait_until(lambda: "EHLO" in mail_goes_to.commands, "the worker had connected")
            wait_until(somebody_waits_for_a_lock, "the worker wrote that it hands over")
            kill(process)
        assert "MAIL" not in mail_goes_to.commands
        wait_until(lambda: not somebody_waits_for_a_lock(), "the dead worker's statement ended")
        assert_untouched(message)
    next_pass()
    assert_sent_once(message, mail_goes_to)


@pytest.mark.parametrize("step", ["MAIL", "RCPT"])
def test_killed_with_the_handing_over_committed_and_before_the_letter(message, mail_goes_to, step):
    mail_goes_to.pause_at = step
    with worker(mail_goes_to) as process:
        mail_goes_to.wait_until_reached()
        assert state_of(message) == MessageState.SENDING
        kill(process)
    mail_goes_to.go_on()
    next_pass()
    assert_unconfirmed_and_left_alone(message)
    assert mail_goes_to.accepted == []


def test_killed_with_the_letter_on_its_way(message, mail_goes_to):
    mail_goes_to.pause_at = "DATA"
    mail_goes_to.answers["DATA"] = "451 Not now"
    with worker(mail_goes_to) as process:
        mail_goes_to.wait_until_reached()
        kill(process)
        assert state_of(message) == MessageState.SENDING
    mail_goes_to.go_on()
    next_pass()
    assert_unconfirmed_and_left_alone(message)
    assert mail_goes_to.accepted == []


def test_killed_with_the_letter_accepted_and_not_yet_recorded(message, mail_goes_to):
    mail_goes_to.pause_at = "ACCEPTED"
    with worker(mail_goes_to) as process:
        mail_goes_to.wait_until_reached()
        with transaction.atomic():
            Message.locked(message.pk)
            mail_goes_to.go_on()
            wait_until(somebody_waits_for_a_lock, "the worker came to record the acceptance")
            kill(process)
    next_pass()
    assert_unconfirmed_and_left_alone(message)
    assert len(mail_goes_to.accepted) == 1


def test_perhaps_sent_goes_out_again_under_the_same_id_when_a_person_says_so(message, mail_goes_to, people):
    mail_goes_to.pause_at = "ACCEPTED"
    with worker(mail_goes_to) as process:
        mail_goes_to.wait_until_reached()
        kill(process)
    mail_goes_to.go_on()
    next_pass()
    assert_unconfirmed_and_left_alone(message)
    message.refresh_from_db()
    outbox.send_again(message=message, by=people.owner, version=message.version)
    outbox.push()
    assert state_of(message) == MessageState.SENT
    assert [letter["Message-ID"] for letter in mail_goes_to.accepted] == [message.message_id] * 2


def test_a_worker_that_lives_is_not_taken_for_dead(message, mail_goes_to):
    mail_goes_to.pause_at = "DATA"
    with worker(mail_goes_to) as process:
        mail_goes_to.wait_until_reached()
        assert outbox.settle_abandoned() == 0
        assert state_of(message) == MessageState.SENDING
        mail_goes_to.go_on()
        output, _errors = process.communicate(timeout=PATIENCE)
    assert b"1 sent" in output
    assert_sent_once(message, mail_goes_to)


def test_two_workers_at_once_send_each_letter_once(mail_goes_to):
    letters = [MessageFactory(to_address=f"{number}@customer.example") for number in range(6)]
    with worker(mail_goes_to) as one, worker(mail_goes_to) as other:
        for process in (one, other):
            process.communicate(timeout=PATIENCE)
    got = sorted(letter["Message-ID"] for letter in mail_goes_to.accepted)
    assert got == sorted(letter.message_id for letter in letters)
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.SENT}


def state_of(message: Message) -> str:
    return Message.objects.values_list("state", flat=True).get(pk=message.pk)


def assert_untouched(message: Message) -> None:
    now = Message.objects.get(pk=message.pk)
    assert (now.state, now.attempts, now.handed_over_at, now.version) == (MessageState.QUEUED, 0, None, message.version)


def assert_sent_once(message: Message, server: Server) -> None:
    assert state_of(message) == MessageState.SENT
    (letter,) = server.accepted
    assert letter["Message-ID"] == message.message_id
    assert letter["Subject"] == message.subject
    outbox.push()
    assert len(server.accepted) == 1


def assert_unconfirmed_and_left_alone(message: Message) -> None:
    assert state_of(message) == MessageState.UNCONFIRMED
    outbox.push()
    assert state_of(message) == MessageState.UNCONFIRMED
