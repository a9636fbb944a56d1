"""The database of the tests, and a real browser."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from broker_crm.servers import postgres
from broker_crm.servers.state import APP_ROLE, State
from tests import cluster
from tests.clock import Clock
from tests.factories import People

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


def pytest_configure(config: pytest.Config) -> None:
    """Start the run's servers, in the process that people started, and remove their folder after the last test."""
    if hasattr(config, "workerinput"):
        return
    config.add_cleanup(lambda: shutil.rmtree(os.environ[cluster.FOLDER], ignore_errors=True))
    if not config.option.collectonly:
        config.add_cleanup(cluster.start().stop)


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: Any) -> None:
    """This worker's database: a copy of one that the first worker migrated as owner. Tests are the application."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    here = cluster.place()
    with (here.data / "template.lock").open("w") as lock, django_db_blocker.unblock():
        fcntl.flock(lock, fcntl.LOCK_EX)
        _make_template(here)
        postgres.make_database(here, f"tests_{worker}", template=cluster.TEMPLATE)
    _use_database(f"tests_{worker}")
    # Cleaning up after a test that commits looks like a migration to pghistory; the application may make no function.
    settings.PGHISTORY_INSTALL_CONTEXT_FUNC_ON_MIGRATE = False


def _make_template(here: State) -> None:
    made = here.data / "template.made"
    if made.exists():
        return
    postgres.make_database(here, cluster.TEMPLATE)
    _use_database(cluster.TEMPLATE)
    call_command("migrate", verbosity=0)
    # Tests that commit are cleaned up by truncating, as the application; outside tests it has no such right.
    owner = postgres.connect(here, role=settings.OWNER_DATABASE["USER"], database=cluster.TEMPLATE)
    with owner.cursor() as cursor:
        cursor.execute(f"grant truncate on all tables in schema public to {APP_ROLE}")
    owner.close()
    made.touch()


def _use_database(name: str) -> None:
    connection = connections["default"]
    connection.close()
    for described in (connection.settings_dict, settings.DATABASES["default"], settings.OWNER_DATABASE):
        described["NAME"] = name


@pytest.fixture(scope="session")
def chromium() -> str:
    """The machine's Chromium. Without one a test that needs it is skipped, but fails under CI, which must have one."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if found:
        return found
    missing = "No Chromium on this machine: apt-get install chromium, or name one by CHROMIUM=path."
    if os.environ.get("CI") == "true":
        pytest.fail(missing)
    pytest.skip(missing)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator["Browser"]:
    """One Chromium. Its driver runs an event loop in this thread, where Django would refuse the database."""
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    flags += ["--disable-component-update", "--disable-sync"]
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=chromium, args=flags)
        yield opened
        opened.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def browser_page(browser: "Browser", live_server: Any) -> Iterator["Page"]:
    """An empty page, 1440 pixels wide; addresses are relative to the live server. Fails the test on a script error or
    a breach of the Content-Security-Policy, which the console reports."""
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1440, "height": 900}, locale="en-GB")
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "console", lambda message: wrong.append(message.text) if "Content Security Policy" in message.text else None
    )
    yield page
    context.close()
    assert not wrong, f"The browser complained: {wrong}"


@pytest.fixture
def people(db: None) -> People:
    """The five who try every view, and the portfolio they share or do not."""
    return People()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time it is, wherever the product asks: noon of factories.TODAY until a test sets another."""
    clock = Clock()
    monkeypatch.setattr(timezone, "now", lambda: clock.now)
    return clock
