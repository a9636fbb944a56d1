"""PostgreSQL and Valkey of one checkout, where the environment names no others: started and stopped together."""

import os
import shutil
from collections.abc import Callable

from broker_crm.servers import lock, postgres, state, valkey
from broker_crm.servers.children import Child, ServerError
from broker_crm.servers.state import State


def wants_postgres() -> bool:
    return not os.environ.get("DATABASE_URL")


def wants_valkey() -> bool:
    return not os.environ.get("REDIS_URL")


class Embedded:
    """The servers a process has started. Start them only while holding the checkout's lock (`lock.holding`)."""

    def __init__(self, place: State, *, durable: bool = True) -> None:
        self.state = place
        self.durable = durable
        self.children: list[Child] = []
        self.cluster_lock: lock.Lock | None = None

    def start(self, say: Callable[[str], None] = lambda line: None) -> None:
        """Start those that are wanted; make PostgreSQL's roles and database. ServerError leaves nothing running."""
        state.make_folders(self.state)
        self.cluster_lock = lock.cluster(self.state)
        if not self.cluster_lock.take(seconds=15):
            raise ServerError("An earlier PostgreSQL of this checkout is still stopping. Try again in a moment.")
        try:
            self._make_run_folder()
            if wants_postgres():
                self._start_postgres(say)
            if wants_valkey():
                self.children.append(valkey.start(self.state))
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop what runs, PostgreSQL last."""
        for child in reversed(self.children):
            child.stop()
        self.children.clear()
        if self.cluster_lock:
            shutil.rmtree(self.state.run, ignore_errors=True)
            self.cluster_lock.release()
            self.cluster_lock = None

    def _start_postgres(self, say: Callable[[str], None]) -> None:
        assert self.cluster_lock
        home = postgres.home(self.state)
        if not home.cluster.exists():
            say("Making the database cluster")
        postgres.prepare(home, self.state)
        self.children.append(postgres.start(home, self.state, lock=self.cluster_lock.descriptor, durable=self.durable))
        postgres.make_roles(self.state)
        postgres.make_database(self.state)

    def _make_run_folder(self) -> None:
        """A fresh folder for the sockets. Whatever lies there belongs to the dead: we hold the cluster lock."""
        run = self.state.run
        shutil.rmtree(run, ignore_errors=True)
        try:
            run.mkdir(mode=0o700)
        except FileExistsError as error:
            raise ServerError(f"{run} belongs to somebody else: remove it, or choose another DATA_DIR.") from error
        if os.getuid() == 0:
            run.chmod(0o711)  # PostgreSQL is another user, who has to pass


def answer(place: State) -> bool:
    """Whether the wanted servers of this checkout all answer."""
    return (not wants_postgres() or postgres.answers(place)) and (not wants_valkey() or valkey.answers(place))
