"""Servers for one command of manage.py: those that are up, or its own for the time that it runs."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from broker_crm.servers import embedded, lock, state
from broker_crm.servers.children import ServerError
from broker_crm.servers.embedded import Embedded
from broker_crm.servers.lock import Holder
from broker_crm.servers.state import State

NEED_NO_SERVERS = {
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "help",
    "makemessages",
    "makemigrations",
    "startapp",
    "startproject",
    "test",
    "version",
}


@contextmanager
def servers_for(argv: Sequence[str]) -> Iterator[None]:
    """Have the servers up while a command runs. Leaves with a sentence (exit code 1) when they cannot be started."""
    if not _needs_servers(argv):
        yield
        return
    place = state.of(state.data_dir())
    holding, using = lock.holding(place), lock.using(place)
    try:
        own = None if _join(place, holding, using) else _start(place, holding, argv)
    except ServerError as error:
        sys.exit(str(error))
    try:
        yield
    finally:
        if own:
            using.take(seconds=float("inf"))  # another command may have joined us: it finishes first
            own.stop()
        using.release()
        holding.release()


def _needs_servers(argv: Sequence[str]) -> bool:
    if not embedded.wants_postgres():
        return False
    asks_only = not argv[1:] or {"--help", "-h", "--version"} & set(argv)
    return not asks_only and argv[1] not in NEED_NO_SERVERS


def _join(place: State, holding: lock.Lock, using: lock.Lock) -> bool:
    """Use the servers that another process holds, waiting until they are up. False: nobody holds them; now we do."""
    deadline = time.monotonic() + 60
    while not holding.take():
        if using.take(shared=True, seconds=1):
            if embedded.answer(place):
                return True  # while we use them, a holder that is another command waits before it stops them
            using.let_go()
        if time.monotonic() > deadline:
            holder = lock.who_holds(holding)
            raise ServerError(
                f"{holder.command if holder else 'Another process'} holds the servers, but they do not answer."
            )
        time.sleep(0.1)
    return False


def _start(place: State, holding: lock.Lock, argv: Sequence[str]) -> Embedded:
    lock.say_who_holds(holding, Holder.this(f"manage.py {argv[1]}"))
    own = Embedded(place)
    own.start(say=lambda line: print(line, file=sys.stderr))  # noqa: T201  a program of the command line
    return own
