"""What statements read: the buffers of the tables that last, and which of these are read from end to end."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.backends.utils import CursorWrapper

SMALL = 400
"""Pages up to which a table may be read whole: reference tables, such as classes and rates."""

EXPLAINED = ("create temporary table", "insert", "update", "with", "select")


@dataclass
class Read:
    """Pages of lasting tables that were read (from memory or disk), and the tables read whole."""

    pages: int = 0
    whole: set[str] = field(default_factory=set)


def of(cursor: CursorWrapper, statements: Iterable[str], given: dict[str, Any]) -> Read:
    """Runs the statements and adds up what they read. Temporary tables do not count."""
    read = Read()
    for statement in statements:
        words = "\n".join(line for line in statement.splitlines() if not line.startswith("--")).strip()
        if not words.startswith(EXPLAINED):
            cursor.execute(statement, given)
            continue
        cursor.execute(f"explain (analyze, buffers, timing off, format json) {words}", given)
        plan = cursor.fetchone()[0][0]["Plan"]
        read.pages += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
        read.whole |= {node["Relation Name"] for node in _nodes(plan) if node["Node Type"] == "Seq Scan"}
    return read


def large(cursor: CursorWrapper, tables: Iterable[str]) -> set[str]:
    """Those of the tables that have more pages than a table may have to be read whole. Temporary ones are left out."""
    cursor.execute(
        "select relname from pg_class where relname = any(%s) and relpersistence = 'p' and relpages > %s",
        [list(tables), SMALL],
    )
    return {name for (name,) in cursor.fetchall()}


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from _nodes(below)
