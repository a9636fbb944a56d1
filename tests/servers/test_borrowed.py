"""A command of manage.py has its servers, whoever started them, and leaves none behind."""

import subprocess

import pytest

from tests import cluster

WAITING = """
import sys
from django.db import connection
connection.ensure_connection()
print("connected", flush=True)
sys.stdin.readline()
connection.cursor().execute("select 1")
print("done", flush=True)
"""


@pytest.fixture(scope="module")
def data():
    return cluster.place().data.with_name("borrowed") / "data"


def finish(command):
    """Let the command go on, and wait for its end."""
    command.communicate("go on\n", timeout=30)
    return command.returncode


def test_a_command_starts_what_it_needs_and_stops_it(checkout):
    command = checkout.open_shell(WAITING)
    assert set(checkout.processes().values()) == {"PostgreSQL", "Valkey"}

    assert finish(command) == 0

    assert checkout.processes() == {}


def test_a_start_meanwhile_says_which_command_holds_the_database(checkout):
    command = checkout.open_shell(WAITING)

    refused = checkout.start_in_vain()

    assert refused.returncode == 1
    assert refused.stdout.splitlines() == [
        f"`manage.py shell` (process {command.pid}) is using the database of this checkout. Wait until it has ended."
    ]
    assert finish(command) == 0


def test_a_second_command_shares_the_servers_and_the_first_waits_for_it(checkout):
    first = checkout.open_shell(WAITING)
    second = checkout.open_shell(WAITING)

    first.stdin.write("go on\n")
    first.stdin.flush()
    assert first.stdout.readline() == "done\n"
    with pytest.raises(subprocess.TimeoutExpired):
        first.wait(timeout=1)

    assert finish(second) == 0
    assert first.wait(timeout=30) == 0
    assert checkout.processes() == {}


def test_a_killed_command_leaves_no_orphan_and_the_next_one_works(checkout):
    checkout.open_shell(WAITING).kill()

    assert finish(checkout.open_shell(WAITING)) == 0

    assert checkout.processes() == {}


@pytest.mark.parametrize("words", [["help"], ["makemigrations", "--help"], ["--version"]])
def test_a_command_that_reads_no_data_starts_nothing(checkout, words):
    done = checkout.run("manage.py", *words)

    assert done.returncode == 0
    assert not (checkout.state.logs / "postgres.log").exists() or checkout.processes() == {}
