"""The last result that was kept, by size of the book, and the table that compares with it."""

import datetime
import json
from collections.abc import Sequence
from typing import Any

from broker_crm.bench.measures import Measured
from broker_crm.servers.state import BASE_DIR

FILE = BASE_DIR / "docs" / "bench.json"
HEADS = ("measure", "took", "floor", "ratio", "at most", "kept")


def read(customers: int) -> dict[str, float]:
    """The ratios kept for a book of that size, by measure."""
    kept = _all().get(str(customers), {"rows": {}})
    return {name: row["ratio"] for name, row in kept["rows"].items()}


def write(customers: int, on: datetime.date, rows: Sequence[Measured]) -> None:
    """Keeps the result, in place of the last of that size."""
    told = {row.name: {"figure": round(row.figure, 3), "ratio": round(row.ratio, 2)} for row in rows}
    found = _all() | {str(customers): {"measured_on": on.isoformat(), "rows": told}}
    FILE.write_text(json.dumps(found, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def table(rows: Sequence[Measured], kept: dict[str, float]) -> list[str]:
    """The lines of the table, in columns. What is above its target is marked."""
    cells = [HEADS]
    for row in rows:
        took = f"{row.figure:.3f} {row.unit}" if row.unit and row.figure < 10 else f"{row.figure:.0f} {row.unit}"
        floor = f"{row.floor:.3g} {row.unit} ({row.floor_name})"
        last = f"{kept[row.name]:.2f}" if row.name in kept else "–"
        mark = "" if row.holds else f"  OVER {row.note}".rstrip()
        cells.append((row.name, took, floor, f"{row.ratio:.2f}", f"{row.most:g}", last + mark))
    widths = [max(len(line[at]) for line in cells) for at in range(len(HEADS))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells]


def _all() -> dict[str, Any]:
    return json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
