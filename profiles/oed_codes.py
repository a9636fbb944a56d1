"""What the occupancy and construction codes of Open Exposure Data mean."""

from functools import cache
from pathlib import Path

from django.utils.translation import get_language

from common.reference import rows_of

DATA = Path(__file__).parent / "data"


def occupancies() -> dict[int, str]:
    """Occupancy codes and their names in the user's language; in the standard's English where we have no Chinese."""
    return _names("oed_occupancy.csv", _is_chinese())


def constructions() -> dict[int, str]:
    """Construction codes and their names, likewise."""
    return _names("oed_construction.csv", _is_chinese())


def _is_chinese() -> bool:
    return (get_language() or "").startswith("zh")


@cache
def _names(file: str, is_chinese: bool) -> dict[int, str]:
    return {int(row["code"]): (is_chinese and row["name_zh"]) or row["name"] for row in rows_of(DATA / file)}
