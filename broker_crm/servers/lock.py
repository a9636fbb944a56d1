"""The three locks of a checkout: who holds the servers, whether an old PostgreSQL still lives, and who uses them."""

import fcntl
import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from broker_crm.servers.state import State


@dataclass(frozen=True)
class Holder:
    """Who holds the servers: its process, the command as a person typed it, and the address people open, if any."""

    pid: int
    command: str
    address: str = ""

    @classmethod
    def this(cls, command: str, *, address: str = "") -> "Holder":
        """This process."""
        return cls(os.getpid(), command, address)


class Lock:
    """A file locked with flock: the kernel lets go of it when the last process that holds it ends, however it ends."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def take(self, *, shared: bool = False, seconds: float = 0) -> bool:
        """Take the lock, waiting up to `seconds`. Returns whether it is held now."""
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        deadline = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(self.descriptor, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    return False
                time.sleep(0.05)
            else:
                return True

    def let_go(self) -> None:
        """Let go, to take it again later."""
        fcntl.flock(self.descriptor, fcntl.LOCK_UN)

    def release(self) -> None:
        """Let go for good. A second call does nothing."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


def holding(state: State) -> Lock:
    """Held by the one process that starts and stops the servers. No child inherits it: free means gone."""
    return Lock(state.data / "lock")


def cluster(state: State) -> Lock:
    """Inherited by PostgreSQL. Holding it proves the last PostgreSQL gone: its leftovers may be removed."""
    return Lock(state.data / "lock.postgres")


def using(state: State) -> Lock:
    """Shared by commands that use another's servers; taken whole by a holder about to stop them."""
    return Lock(state.data / "lock.users")


def say_who_holds(lock: Lock, holder: Holder) -> None:
    """Write the holder into the lock file, for the one who finds it taken."""
    os.ftruncate(lock.descriptor, 0)
    os.pwrite(lock.descriptor, json.dumps(asdict(holder)).encode(), 0)


def who_holds(lock: Lock) -> Holder | None:
    """What the holder of a taken lock wrote; None in the instant before it did."""
    text = os.pread(lock.descriptor, 4096, 0)
    try:
        return Holder(**json.loads(text))
    except ValueError:
        return None
