"""Programs run as foreground children: each ends when we do, writes a log of bounded size, and can be asked to stop."""

import ctypes
import os
import pwd
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

LOG_LIMIT = 5 * 1024 * 1024
"""Bytes. A log that has grown past it is moved to `<name>.1`, so each child keeps at most about twice this."""

PR_SET_PDEATHSIG = 1
libc = ctypes.CDLL(None)


class ServerError(Exception):
    """The servers cannot be started or have failed. The message is for the person at the keyboard."""


def end_with_parent(number: int) -> None:
    """Have the kernel send this process `number` when the process that started it ends, however it ends."""
    libc.prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)


def spawn(
    argv: Sequence[str | Path],
    *,
    ends_by: signal.Signals,
    user: pwd.struct_passwd | None = None,
    environment: Mapping[str, str] | None = None,
    folder: str | Path = "/",
    keep: Sequence[int] = (),
    stdin: int = subprocess.DEVNULL,
    stdout: int | IO[bytes] | None = None,
    stderr: int | IO[bytes] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, so that the terminal's Ctrl-C reaches only us.

    When we end without having stopped it, the kernel sends it `ends_by`. Call it from the main thread: the kernel
    watches the thread that forked. `user` is what root drops to; `keep` are open files the program inherits.
    """
    parent = os.getpid()

    def in_child() -> None:  # runs after the change of user, which would have cleared the setting
        end_with_parent(ends_by)
        if os.getppid() != parent:
            os._exit(1)

    identity: dict[str, object] = {}
    if user:
        identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    return subprocess.Popen(  # type: ignore[call-overload]
        [str(word) for word in argv],
        preexec_fn=in_child,  # noqa: PLW1509  we run one thread
        start_new_session=True,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        env=None if environment is None else dict(environment),
        cwd=folder,
        pass_fds=tuple(keep),
        **identity,
    )


@dataclass
class Child:
    """A running program: what it is called, how to ask it to stop, and how many seconds it gets before it is killed."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    stops_by: signal.Signals = signal.SIGTERM
    patience: float = 10

    def ended(self) -> int | None:
        """Its exit code (negative: the signal that ended it), or None while it runs."""
        return self.process.poll()

    def ask_to_stop(self) -> None:
        if self.ended() is None:
            self.process.send_signal(self.stops_by)

    def send_kill(self) -> None:
        """Kill it and what it started (its process group is its own), without waiting for its end."""
        if self.ended() is None:
            os.killpg(self.process.pid, signal.SIGKILL)

    def stop(self, *, patience: float | None = None) -> None:
        """Ask it to stop, and kill it when it has not within its patience."""
        self.ask_to_stop()
        try:
            self.process.wait(self.patience if patience is None else patience)
        except subprocess.TimeoutExpired:
            self.send_kill()
            self.process.wait()

    def last_lines(self, count: int = 15) -> str:
        """The end of its log."""
        with self.log.open(errors="replace") as file:
            return "".join(deque(file, count)).rstrip()

    def bound_log(self) -> None:
        """Move a log that has grown too long aside. The child writes on in the same file, from its start."""
        if self.log.stat().st_size > LOG_LIMIT:
            older = self.log.with_name(f"{self.log.name}.1")
            older.write_bytes(self.log.read_bytes())
            os.truncate(self.log, 0)  # the child appends (O_APPEND), so its next line lands at the new end


def open_log(path: Path) -> IO[bytes]:
    """Open a child's log for appending, readable by us alone."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")


def wait_until(ready: Callable[[], bool], child: Child, *, seconds: float, pause: float = 0.05) -> None:
    """Wait until `ready()` is true. Raises ServerError when the child ends before that, or takes too long."""
    deadline = time.monotonic() + seconds
    while not ready():
        if child.ended() is not None:
            raise died(child)
        if time.monotonic() > deadline:
            raise ServerError(
                f"{child.name} did not answer within {seconds:.0f} s. Its last lines:\n{child.last_lines()}"
            )
        time.sleep(pause)


def died(child: Child) -> ServerError:
    """The error that says how a child ended, with its last words."""
    code = child.process.returncode
    how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended by itself (exit code {code})"
    return ServerError(f"{child.name} {how}. Its last lines ({child.log}):\n{child.last_lines()}")
