"""What statements read: the buffers of the tables that last, and which of these are read from end to end."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

SMALL = 64
"""Pages up to which a table may be read whole: reference tables, such as classes and rates."""

EXPLAINED = re.compile(r"(create temporary table \w+ on commit drop as|insert|update|delete)\s")


@dataclass
class Read:
    """Pages of lasting tables that were read (from memory or disk), and the tables read whole."""

    pages: int = 0
    whole: set[str] = field(default_factory=set)


@contextmanager
def counted() -> Iterator[Read]:
    """What the statements within the block read that fill temporary tables. Those tables themselves do not count."""
    read = Read()

    def explain(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        words = "\n".join(line for line in sql.splitlines() if not line.startswith("--")).strip()
        if many or not EXPLAINED.match(words):
            return execute(sql, params, many, context)
        result = execute(f"explain (analyze, buffers, timing off, format json) {words}", params, many, context)
        plan = context["cursor"].fetchone()[0][0]["Plan"]
        read.pages += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
        read.whole |= {node["Relation Name"] for node in _nodes(plan) if node["Node Type"] == "Seq Scan"}
        return result

    with connection.execute_wrapper(explain):
        yield read


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
