"""The service tiers that ship with the product."""

from pathlib import Path

from common.reference import rows_of
from profiles.models import ServiceTier

SHIPPED = Path(__file__).parent.parent / "data" / "tiers.csv"


def add_missing() -> int:
    """Adds the tiers that ship, where the house has none yet. Returns how many ship."""
    rows = [ServiceTier(**row) for row in rows_of(SHIPPED)]
    if not ServiceTier.objects.exists():
        ServiceTier.objects.bulk_create(rows)
    return len(rows)
