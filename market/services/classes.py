"""The class list that ships with the product."""

from pathlib import Path

from common.reference import rows_of
from market.models import ClassOfBusiness

SHIPPED = Path(__file__).parent.parent / "data" / "classes.csv"


def add_missing() -> int:
    """Adds the classes that ship and are not there yet; leaves those that somebody changed. Returns how many ship."""
    rows = [ClassOfBusiness(**row) for row in rows_of(SHIPPED)]
    ClassOfBusiness.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
