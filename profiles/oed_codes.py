"""What the occupancy and construction codes of Open Exposure Data mean."""

from functools import cache
from pathlib import Path

from common.reference import rows_of

DATA = Path(__file__).parent / "data"


@cache
def occupancies() -> dict[int, str]:
    """Occupancy codes and their names, as the standard's list has them (in English)."""
    return {int(row["code"]): row["name"] for row in rows_of(DATA / "oed_occupancy.csv")}


@cache
def constructions() -> dict[int, str]:
    """Construction codes and their names, as the standard's list has them (in English)."""
    return {int(row["code"]): row["name"] for row in rows_of(DATA / "oed_construction.csv")}
