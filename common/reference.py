"""Reference data that ships with the product: rows of CSV files, added where missing and never overwritten."""

import csv
from collections.abc import Iterator
from pathlib import Path


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a CSV file that ships with an app, by column name."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
