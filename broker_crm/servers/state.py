"""Where the embedded servers keep their state, and the addresses that follow from it."""

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

BASE_DIR = Path(__file__).resolve().parent.parent.parent

OWNER_ROLE = "broker_owner"
APP_ROLE = "broker_app"
DATABASE = "broker"


@dataclass(frozen=True)
class State:
    """Folders of one checkout's embedded servers: `data` keeps, `run` (short, private) holds the sockets."""

    data: Path
    run: Path

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def passwords(self) -> Path:
        """The passwords of the database roles, in the form that libpq reads (`passfile`)."""
        return self.data / "pgpass"

    @property
    def postgres_socket(self) -> Path:
        """The folder of PostgreSQL's socket. It belongs to the user that PostgreSQL runs as."""
        return self.run / "postgres"

    @property
    def valkey_socket(self) -> Path:
        return self.run / "valkey"


def data_dir() -> Path:
    """DATA_DIR from the environment, else .data beside manage.py; always absolute."""
    return Path(os.environ.get("DATA_DIR") or BASE_DIR / ".data").resolve()


def of(data: Path) -> State:
    """The state of the checkout whose data lies in `data`. The socket folder's name follows from that path."""
    data = data.resolve()
    digest = hashlib.sha256(str(data).encode()).hexdigest()[:12]
    return State(data=data, run=Path(f"/tmp/broker-{os.getuid()}-{digest}"))  # noqa: S108  short: socket paths end at 107 characters


def make_folders(state: State) -> None:
    """Make the folders of `data`, closed to others. Root leaves a way through: its PostgreSQL is another user."""
    state.data.mkdir(parents=True, exist_ok=True)
    state.data.chmod(0o711 if os.getuid() == 0 else 0o700)
    for name in ("logs", "files", "mail"):
        folder = state.data / name
        folder.mkdir(exist_ok=True)
        folder.chmod(0o700)


def secret_key(state: State) -> str:
    """The checkout's own secret key, made on first use and readable by its owner alone."""
    path = state.data / "secret_key"
    if not path.exists():
        make_folders(state)
        write_private(path, secrets.token_urlsafe(50))
    return path.read_text()


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all. The first of two writers at once wins."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        path.hardlink_to(draft)
    except FileExistsError:
        pass  # the other writer's file stands
    finally:
        draft.unlink()


def database_url(state: State, *, role: str) -> str:
    """Address of the embedded PostgreSQL for a role. It names the file with the password, not the password."""
    return (
        f"postgres://{role}@/{DATABASE}?host={quote(str(state.postgres_socket))}&passfile={quote(str(state.passwords))}"
    )


def redis_url(state: State) -> str:
    return f"unix://{state.valkey_socket}"


def broker_url(redis_url: str) -> str:
    """The same server as Celery's broker spells it."""
    if redis_url.startswith("unix://"):
        return f"redis+socket://{redis_url.removeprefix('unix://')}?virtual_host=0"
    return redis_url


def cache_url(redis_url: str) -> str:
    """The same server as Django's cache spells it, in the database after the broker's."""
    if redis_url.startswith("unix://"):
        return f"{redis_url}?db=1"
    parts = urlsplit(redis_url)
    number = int(parts.path.strip("/") or 0)
    return urlunsplit(parts._replace(path=f"/{number + 1}"))
