"""Where the embedded servers keep their state, and the addresses that follow from it. Pure but for making the secret key."""

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class State:
    """Folders of one checkout's embedded servers: `data` keeps, `run` (short, private) holds the sockets."""

    data: Path
    run: Path


def of(data: Path) -> State:
    """The state of the checkout whose data lies in `data`. The socket folder's name follows from that path."""
    digest = hashlib.sha256(str(data).encode()).hexdigest()[:12]
    return State(data=data, run=Path(f"/tmp/broker-{os.getuid()}-{digest}"))


def secret_key(state: State) -> str:
    """The checkout's own secret key, made on first use and readable by its owner alone."""
    path = state.data / "secret_key"
    state.data.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text()


def database_url(state: State, *, role: str) -> str:
    """Address of the embedded PostgreSQL for a role. The password comes from the file that PGPASSFILE names."""
    return f"postgres://{role}@/broker?host={state.run}"


def redis_url(state: State) -> str:
    return f"unix://{state.run}/valkey"


def broker_url(redis_url: str) -> str:
    """The same server as Celery's broker spells it."""
    if redis_url.startswith("unix://"):
        return f"redis+socket://{redis_url.removeprefix('unix://')}?virtual_host=0"
    return redis_url


def cache_url(redis_url: str) -> str:
    """The same server as Django's cache spells it, in a database of its own."""
    return f"{redis_url}?db=1" if redis_url.startswith("unix://") else f"{redis_url.rsplit('/', 1)[0]}/1"
