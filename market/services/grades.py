"""The grades of the rating agencies, on one common scale, which ship with the product."""

from pathlib import Path

from common.reference import rows_of
from market.models import RatingGrade

SHIPPED = Path(__file__).parent.parent / "data" / "rating_grades.csv"


def add_missing() -> int:
    """Adds the grades that ship and are not there yet; leaves those that are. Returns how many ship."""
    rows = [RatingGrade(**row) for row in rows_of(SHIPPED)]
    RatingGrade.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
