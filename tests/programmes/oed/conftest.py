"""The real files, a portfolio to bring them into, and the whole book as text, to see what an import changed."""

import csv
import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.management import call_command

from tests import factories

CUTS = Path(__file__).parents[2] / "data" / "oed"
FULL = Path(__file__).parents[4] / "shared" / "data" / "oed"


@pytest.fixture
def portfolio(db):
    return factories.PortfolioFactory(name="Harbour")


@pytest.fixture
def import_oed(portfolio) -> Callable[..., str]:
    """Runs the command with files by path, returns what it printed."""

    def run(**options) -> str:
        out = io.StringIO()
        call_command("import_oed", **{"source": "piwind", "stdout": out, "stderr": out} | options)
        return out.getvalue()

    return run


@pytest.fixture
def files(tmp_path) -> Callable[..., Path]:
    """Writes rows of dictionaries as a CSV file."""

    def write(name: str, rows: list[dict]) -> Path:
        path = tmp_path / name
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(dict.fromkeys(key for row in rows for key in row)))
            writer.writeheader()
            writer.writerows(rows)
        return path

    return write


def location(number="L1", **cells) -> dict:
    """A row of a locations file."""
    return {
        "PortNumber": "1",
        "AccNumber": "A1",
        "LocNumber": number,
        "CountryCode": "GB",
        "StreetAddress": "1 Abingdon Road",
        "BuildingTIV": "1000",
        "ContentsTIV": "",
        "LocCurrency": "GBP",
    } | cells


def layer(number="1", **cells) -> dict:
    """A row of an accounts file."""
    return {
        "PortNumber": "1",
        "AccNumber": "A1",
        "AccCurrency": "GBP",
        "PolNumber": "P1",
        "PolInceptionDate": "2026-01-01",
        "PolExpiryDate": "2026-12-31",
        "PolPerilsCovered": "WW1",
        "LayerNumber": number,
        "LayerLimit": "5000000",
        "LayerAttachment": "0",
    } | cells


def uploaded(path: Path) -> ContentFile:
    return ContentFile(path.read_bytes(), name=path.name)


def whole_book() -> dict[str, tuple[int, str]]:
    """Rows and a digest of every table of ours, history and record included."""
    book = {}
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed or model._meta.app_label not in {
            "accounts",
            "profiles",
            "market",
            "risk",
            "programmes",
            "monitoring",
        }:
            continue  # somebody else's, or a temporary table
        rows = [repr(row) for row in model._base_manager.order_by("pk").values_list()]
        book[model._meta.label] = (len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest())
    return book
