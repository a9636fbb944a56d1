"""docker-compose.yml and docs/deploy.md speak of the same variables as the settings."""

import re

import pytest
import yaml

from broker_crm.servers.state import BASE_DIR

SETTINGS = (BASE_DIR / "broker_crm/settings.py").read_text()
PROGRAMS = {"web", "worker", "beat", "migrate"}


def read_by_the_settings(name):
    return re.search(rf'env\.\w+\(\s*"{name}"', SETTINGS)


@pytest.fixture(scope="module")
def services():
    return yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text())["services"]


def test_there_is_a_service_for_each_program_and_server(services):
    assert set(services) == PROGRAMS | {"postgres", "redis"}


@pytest.mark.parametrize("program", sorted(PROGRAMS))
def test_each_variable_that_a_program_is_given_is_read(services, program):
    given = services[program]["environment"]

    assert [name for name in given if not read_by_the_settings(name)] == []
    assert {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS"} <= set(given)


def test_only_migrate_is_given_the_owner(services):
    assert [name for name in services if "DATABASE_OWNER_URL" in services[name].get("environment", {})] == ["migrate"]
    assert "broker_app:" in services["migrate"]["environment"]["DATABASE_URL"]


def test_every_variable_that_the_settings_read_is_explained():
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', SETTINGS))
    explained = set(re.findall(r"`([A-Z_]+)`", (BASE_DIR / "docs/deploy.md").read_text()))

    assert len(read) > 15
    assert read - explained == set()
