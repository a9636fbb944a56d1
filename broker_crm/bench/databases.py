"""The databases that are measured: each book in one of its own, in the cluster of the data folder that is named."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from broker_crm.servers import postgres, state

EMPTY = state.DATABASE
"""Migrated once; the others are copies of it."""


class NotOurs(Exception):
    """The data folder is not one to measure in. The text says what to do."""


def prepare() -> None:
    """Migrates the empty database. Raises NotOurs unless the servers are our own, in a folder for measuring."""
    if not settings.EMBEDDED or Path(settings.DATA_DIR) == state.BASE_DIR / ".data":
        raise NotOurs("Measuring needs a data folder of its own: run `make bench`.")
    call_command("migrate", verbosity=0)


@contextmanager
def database(name: str) -> Iterator[None]:
    """A new empty database, used by everything within the block. It stays, to be looked at."""
    connections["default"].close()
    postgres.make_database(settings.STATE, name, template=EMPTY)
    _use(name)
    try:
        yield
    finally:
        _use(EMPTY)


def _use(name: str) -> None:
    connections["default"].close()
    for described in (connections["default"].settings_dict, settings.DATABASES["default"], settings.OWNER_DATABASE):
        described["NAME"] = name
