"""`make run`'s supervisor as people meet it: started, started twice, interrupted, and really killed."""

import itertools
import os
import signal
import socket
import time

import pytest

from broker_crm.servers import postgres
from tests import cluster
from tests.servers.checkout import free_port, wait_for_none


@pytest.fixture(scope="module")
def data():
    """One data folder for the tests here, so that only the first start migrates; `make test` keeps a file together."""
    return cluster.place().data.with_name("supervised") / "data"


def remember(checkout, word):
    connection = postgres.connect(checkout.state, role=postgres.SUPERUSER, database="postgres")
    with connection.cursor() as cursor:
        cursor.execute("create table if not exists remembered (word text)")
        cursor.execute("insert into remembered values (%s)", [word])
    connection.close()


def remembered(checkout):
    connection = postgres.connect(checkout.state, role=postgres.SUPERUSER, database="postgres")
    with connection.cursor() as cursor:
        cursor.execute("select word from remembered order by word")
        words = [word for (word,) in cursor.fetchall()]
    connection.close()
    return words


def test_a_second_start_says_where_the_first_is_and_a_killed_one_leaves_no_orphan(checkout):
    supervisor = checkout.start()
    remember(checkout, "before the kill")
    assert set(checkout.processes().values()) == {"PostgreSQL", "Valkey", "web", "worker", "beat"}

    second = checkout.start_in_vain(PORT=str(free_port()))
    assert second.returncode == 1
    assert second.stdout.splitlines() == [
        f"Broker CRM is already running in this checkout, at http://127.0.0.1:{checkout.port}"
        f" (process {supervisor.pid})."
    ]
    joined = checkout.run("manage.py", "migrate", "--check", "--skip-checks")
    assert joined.returncode == 0, joined.stderr

    supervisor.kill()
    supervisor.wait()
    assert wait_for_none(checkout, seconds=10) == {}


def test_a_killed_postgresql_is_said_and_takes_the_rest_down(checkout):
    supervisor = checkout.start()

    os.kill(checkout.main_process("PostgreSQL"), signal.SIGKILL)

    said, _ = supervisor.communicate(timeout=120)
    assert "PostgreSQL was ended by SIGKILL. Its last lines" in said
    assert "database system is ready to accept connections" in said
    assert supervisor.returncode == 1
    assert wait_for_none(checkout, seconds=5) == {}


def test_the_next_start_recovers_and_sigterm_ends_all_in_reverse_order(checkout):
    supervisor = checkout.start()
    remember(checkout, "after the recovery")
    assert "after the recovery" in remembered(checkout)

    supervisor.send_signal(signal.SIGTERM)
    last_seen = {}
    for look in itertools.count():
        if supervisor.poll() is not None:
            break
        last_seen.update(dict.fromkeys(checkout.processes().values(), look))
        time.sleep(0.02)

    # Two that end between one look and the next were last seen together: only a later one seen ending first is wrong.
    in_order = ["beat", "worker", "web", "Valkey", "PostgreSQL"]
    assert sorted(in_order, key=last_seen.__getitem__) == in_order
    assert last_seen["beat"] < last_seen["PostgreSQL"]
    assert supervisor.returncode == 0
    assert wait_for_none(checkout, seconds=1) == {}
    assert "database system is shut down" in (checkout.state.logs / "postgres.log").read_text().splitlines()[-1]


def test_a_busy_port_is_said_with_the_remedy_and_starts_nothing(checkout):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        refused = checkout.start_in_vain(PORT=str(port))

    assert refused.returncode == 1
    assert f"Port {port} is taken by another program" in refused.stdout
    assert f"make run PORT={port + 1}" in refused.stdout
    assert checkout.processes() == {}


@pytest.mark.parametrize("port", ["0", "65536", "eighty"])
def test_a_port_that_is_none_is_refused(checkout, port):
    refused = checkout.start_in_vain(PORT=port)

    assert refused.returncode == 2
    assert f"PORT={port} is no port" in refused.stderr


def test_a_missing_secret_is_said_in_a_sentence(checkout):
    refused = checkout.run("manage.py", "migrate", DATABASE_URL="postgres://app@127.0.0.1/broker")

    assert refused.returncode == 1
    assert refused.stderr.startswith("SECRET_KEY is missing: set it")
    assert "Traceback" not in refused.stderr
