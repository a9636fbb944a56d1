"""A product of its own for the tests of its servers: started, looked at in /proc, and killed."""

import os
import re
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from broker_crm.servers import state
from broker_crm.servers.state import BASE_DIR

NAMED_BY_THE_TESTS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "SITE_URL")


@dataclass
class Checkout:
    """A product of its own: a data folder and a port."""

    data: Path
    port: int
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def state(self):
        return state.of(self.data)

    @property
    def environment(self):
        ours = {"DATA_DIR": str(self.data), "PORT": str(self.port), "DEBUG": "true", "PYTHONUNBUFFERED": "1"}
        ours["DJANGO_SETTINGS_MODULE"] = "broker_crm.settings"
        return {name: value for name, value in os.environ.items() if name not in NAMED_BY_THE_TESTS} | ours

    def start(self):
        """Start the supervisor; returns once it has said that all is up."""
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "broker_crm.servers", "--without-book"],
            env=self.environment,
            cwd=BASE_DIR,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.started.append(supervisor)
        said = []
        for line in supervisor.stdout:
            said.append(line)
            if line.startswith("Ready after"):
                return supervisor
        raise AssertionError("".join(said))

    def open_shell(self, code):
        """Start `manage.py shell` on a piece of Python; returns once it has printed a line."""
        shell = subprocess.Popen(
            [sys.executable, "manage.py", "shell", "--no-imports", "--command", code],
            env=self.environment,
            cwd=BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.started.append(shell)
        assert shell.stdout.readline()
        return shell

    def run(self, *words, **environment):
        """Run a program to its end with this checkout's environment."""
        return subprocess.run(
            [sys.executable, *words],
            env=self.environment | environment,
            cwd=BASE_DIR,
            capture_output=True,
            check=False,
            text=True,
            timeout=120,
        )

    def start_in_vain(self, **environment):
        return self.run("-m", "broker_crm.servers", "--without-book", **environment)

    def processes(self):
        """The servers and programs of this checkout that live now: name by number."""
        found = {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdecimal() or int(entry.name) == os.getpid():
                continue
            try:
                words = (entry / "cmdline").read_text()
                about = words + (entry / "environ").read_text(errors="replace")
            except OSError:
                continue  # ended meanwhile
            if words and (f"{self.data}\0" in about or str(self.state.run) in about or f"{self.data}/" in about):
                found[int(entry.name)] = name_of(words)
        return {number: name for number, name in found.items() if name not in ("supervisor", "manage.py")}

    def main_process(self, name):
        return min(number for number, called in self.processes().items() if called == name)


def name_of(command_line):
    for word, name in {
        "broker_crm.servers": "supervisor",
        "manage.py": "manage.py",
        "gunicorn": "web",
        "worker": "worker",
        "beat": "beat",
        "valkey": "Valkey",
        "postgres": "PostgreSQL",
    }.items():
        if re.search(rf"(^|[\0/]){word}", command_line):
            return name
    return command_line


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_none(checkout, *, seconds):
    deadline = time.monotonic() + seconds
    while checkout.processes() and time.monotonic() < deadline:
        time.sleep(0.1)
    return checkout.processes()
