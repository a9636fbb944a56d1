"""What `make run` runs: brings everything up in order, watches it, and takes it down in reverse order."""

import errno
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import FrameType
from typing import NoReturn

from broker_crm.servers import lock, state
from broker_crm.servers.children import Child, ServerError, died, open_log, spawn, wait_until
from broker_crm.servers.embedded import Embedded, wants_valkey
from broker_crm.servers.lock import Holder
from broker_crm.servers.state import BASE_DIR, State

WORKER_PATIENCE = 120
"""Seconds the worker gets to finish the tasks in hand. A second Ctrl-C cuts it short, and loses nothing."""

SIGN_IN = "/accounts/login/"
"""A page that anyone may open, and that needs the database, templates and static files: if it comes, the web is up."""

SERVER_ERRORS = 500


class AskedToStop(BaseException):
    """Somebody pressed Ctrl-C or sent SIGTERM. Not an Exception: no handler on the way may swallow it."""


@dataclass(frozen=True)
class Options:
    """How to run: where the web listens, and whether to load the demo book and run the nightly jobs first."""

    host: str
    port: int
    with_book: bool = True

    @property
    def name(self) -> str:
        """The host name under which this machine reaches it."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104  looked up, not bound

    @property
    def address(self) -> str:
        return f"http://{f'[{self.name}]' if ':' in self.name else self.name}:{self.port}"


def run(place: State, options: Options) -> int:
    """Run everything until asked to stop. Returns the exit code: 1 when it could not start or a child died."""
    holding = lock.holding(place)
    if not holding.take():
        holder = lock.who_holds(holding)
        say(
            _already(holder) if holder else "Broker CRM is starting up or down in this checkout. Try again in a moment."
        )
        return 1
    lock.say_who_holds(holding, Holder.this("make run", address=options.address))
    supervisor = Supervisor(place, options)
    try:
        _interrupt_on_signals()
        supervisor.start()
        supervisor.watch()
    except AskedToStop:
        say("Stopping (once more to hurry)")
        return 0
    except ServerError as error:
        say(str(error))
        return 1
    finally:
        supervisor.stop()
        holding.release()
        say("Stopped")


class Supervisor:
    """The children of one `make run`, in the order in which they came up."""

    def __init__(self, place: State, options: Options) -> None:
        self.state = place
        self.options = options
        self.embedded = Embedded(place)
        self.children: list[Child] = []
        self.step: subprocess.Popen[bytes] | None = None
        self.environment = os.environ | {"DJANGO_SETTINGS_MODULE": "broker_crm.settings", "PYTHONUNBUFFERED": "1"}
        self.environment.setdefault("SITE_URL", options.address)

    def start(self) -> None:
        """Bring everything up. Raises ServerError when a part of it fails."""
        began = time.monotonic()
        say(f"Broker CRM is starting in {BASE_DIR.name}/")
        _check_port(self.options)
        self.embedded.start(say)
        if wants_valkey():
            self.environment["REDIS_URL"] = state.redis_url(self.state)
        servers = ", ".join(child.name for child in self.embedded.children)
        say(f"{servers} up" if servers else "Using the servers named in the environment")
        self._manage("migrate", "--skip-checks", "--verbosity", "0", saying="Bringing the database up to date")
        greeting = self._manage("first_start", saying="Looking after the book") if self.options.with_book else ""
        self._start_programs()
        self._wait_for_web()
        say(f"Ready after {time.monotonic() - began:.0f} s: {self.options.address}")
        if greeting:
            say(greeting)
        say(f"Ctrl-C stops it. Logs are in {self.state.logs}.")

    def watch(self) -> NoReturn:
        """Wait for as long as all children live. Raises ServerError when one dies."""
        while True:
            for _ in range(150):
                for child in (*self.embedded.children, *self.children):
                    if child.ended() is not None:
                        raise died(child)
                time.sleep(0.2)
            for child in (*self.embedded.children, *self.children):
                child.bound_log()

    def stop(self) -> None:
        """Take everything down in reverse order, PostgreSQL last. Asked again, it no longer waits for tasks in hand."""
        _hurry_on_signals(self.children)
        if self.step:
            self.step.terminate()  # what it did not commit is rolled back
            self.step.wait()
        for child in reversed(self.children):
            child.stop()
        self.children.clear()
        self.embedded.stop()

    def _manage(self, *words: str, saying: str) -> str:
        """Run a command of manage.py to its end. Its standard output is handed back.

        What it says meanwhile (progress, errors) goes to standard error, which is our screen.
        Raises ServerError when it fails.
        """
        say(saying)
        self.step = spawn(
            [sys.executable, BASE_DIR / "manage.py", *words],
            ends_by=signal.SIGTERM,
            environment=self.environment,
            folder=BASE_DIR,
            stdout=subprocess.PIPE,
        )
        output, _ = self.step.communicate()
        code, self.step = self.step.returncode, None
        if code:
            raise ServerError(f"`manage.py {words[0]}` failed (exit code {code}). What it said stands above.")
        return output.decode().rstrip()

    def _start_programs(self) -> None:
        host = f"[{self.options.host}]" if ":" in self.options.host else self.options.host
        listen = f"{host}:{self.options.port}"
        gunicorn = ["gunicorn", "broker_crm.wsgi", "--bind", listen, "--workers", "2", "--threads", "4"]
        # Its control socket would lie in the home folder, the same for every checkout.
        gunicorn += ["--no-control-socket", "--graceful-timeout", "20"]
        celery = ["celery", "--app", "broker_crm.celery"]
        worker = [*celery, "worker", "--concurrency", "2", "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
        beat = [*celery, "beat", "--scheduler", "celery.beat:Scheduler", "--pidfile=", "--loglevel", "INFO"]
        self._start_program("web", gunicorn, ends_by=signal.SIGTERM, patience=30)
        # The worker is killed with us: asked nicely, it would live on until its tasks are done.
        self._start_program("worker", worker, ends_by=signal.SIGKILL, patience=WORKER_PATIENCE)
        self._start_program("beat", beat, ends_by=signal.SIGTERM, patience=10)

    def _start_program(self, name: str, words: Sequence[str], *, ends_by: signal.Signals, patience: float) -> None:
        log = self.state.logs / f"{name}.log"
        with open_log(log) as output:
            process = spawn(
                [sys.executable, "-m", *words],
                ends_by=ends_by,
                environment=self.environment,
                folder=BASE_DIR,
                stdout=output,
                stderr=output,
            )
        self.children.append(Child(name, process, log, patience=patience))

    def _wait_for_web(self) -> None:
        web = next(child for child in self.children if child.name == "web")
        wait_until(self._web_answers, web, seconds=120, pause=0.1)

    def _web_answers(self) -> bool:
        connection = http.client.HTTPConnection(self.options.name, self.options.port, timeout=30)
        try:
            connection.request("GET", SIGN_IN)
            status = connection.getresponse().status
        except OSError:
            return False
        finally:
            connection.close()
        if status >= SERVER_ERRORS:
            web = next(child for child in self.children if child.name == "web")
            raise ServerError(f"The web server answers with error {status}. Its last lines:\n{web.last_lines()}")
        return True


def say(line: str) -> None:
    """Tell the person at the keyboard, who may have closed the terminal by now."""
    try:
        print(line, flush=True)  # noqa: T201  this is a program of the command line
    except OSError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123  stays open for the rest of the run


def _already(holder: Holder) -> str:
    if holder.address:
        return f"Broker CRM is already running in this checkout, at {holder.address} (process {holder.pid})."
    return f"`{holder.command}` (process {holder.pid}) is using the database of this checkout. Wait until it has ended."


def _check_port(options: Options) -> None:
    """Raise ServerError, with the remedy, when the port cannot be had. A web server that is ending gets a moment."""
    deadline = time.monotonic() + 3
    while True:
        try:
            family, _, _, _, target = socket.getaddrinfo(options.host, options.port, type=socket.SOCK_STREAM)[0]
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(target)
            return
        except OSError as error:
            if error.errno == errno.EADDRINUSE and time.monotonic() < deadline:
                time.sleep(0.2)
                continue
            if error.errno == errno.EADDRINUSE:
                raise ServerError(
                    f"Port {options.port} is taken by another program: choose a free one, as in"
                    f" `make run PORT={options.port + 1}`."
                ) from error
            raise ServerError(
                f"Cannot listen on {options.host}:{options.port} ({error.strerror}): choose another by PORT= or BIND=."
            ) from error


STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _interrupt_on_signals() -> None:
    """A request to stop interrupts whatever is going on, starting or watching; the first one silences the next."""

    def handle(number: int, frame: FrameType | None) -> None:
        for other in STOP_SIGNALS:
            signal.signal(other, signal.SIG_IGN)
        raise AskedToStop

    for number in STOP_SIGNALS:
        # nohup ignores SIGHUP for us. A script that starts us with & ignores SIGINT, but means the one it sends.
        if number == signal.SIGINT or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handle)


def _hurry_on_signals(children: Sequence[Child]) -> None:
    """While stopping, a second request kills the web, worker and beat; PostgreSQL always gets its time."""

    def handle(number: int, frame: FrameType | None) -> None:
        for child in children:
            child.send_kill()  # the main program, interrupted by us, is waiting for it

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handle)
