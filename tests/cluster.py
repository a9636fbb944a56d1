"""One throw-away PostgreSQL and Valkey for a run of the tests, in a folder of their own, gone when it ends."""

import os
import tempfile
from pathlib import Path

from broker_crm.servers import state
from broker_crm.servers.embedded import Embedded

FOLDER = "BROKER_TEST_FOLDER"
"""Names the run's folder to xdist's workers, who inherit it from the process that people started."""

TEMPLATE = "tests_template"
"""The migrated database that each worker's is a copy of."""


def place() -> state.State:
    """Where this run's servers are."""
    folder = Path(os.environ[FOLDER])
    return state.State(data=folder / "data", run=folder / "run")


def configure_environment() -> None:
    """Configure the product as one would on servers of one's own, whatever the machine's environment says."""
    if FOLDER not in os.environ:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="broker-tests-")
    here = place()
    os.environ |= {
        "ALLOWED_HOSTS": "*",
        "DATABASE_URL": state.database_url(here, role=state.APP_ROLE),
        "DATABASE_OWNER_URL": state.database_url(here, role=state.OWNER_ROLE),
        "DATA_DIR": str(here.data),
        "DEBUG": "false",
        "DEMO": "true",
        "REDIS_URL": state.redis_url(here),
        "SECRET_KEY": "only-for-tests",
        "SITE_URL": "http://testserver",
    }
    for name in ("BEHIND_PROXY", "BIND", "EMAIL_URL", "HOUSE_CURRENCY", "HOUSE_NAME", "PORT", "TIME_ZONE"):
        os.environ.pop(name, None)


def start() -> Embedded:
    """Start the servers that the environment names already. Killed, we leave none running; only the folder stays."""
    here = place()
    here.data.parent.chmod(0o711)  # as root, PostgreSQL is another user, who has to pass
    servers = Embedded(here, durable=False)
    named = {name: os.environ.pop(name) for name in ("DATABASE_URL", "REDIS_URL")}
    try:
        servers.start()
    finally:
        os.environ |= named
    return servers
