"""The whole of it: three books, each a step larger, and the rows of the table."""

import datetime
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from broker_crm.bench import measures
from broker_crm.bench.databases import database, prepare
from broker_crm.bench.measures import Measured
from broker_crm.book import loading

LOADING_A_THOUSAND = 3.0
"""Seconds that loading may take for every thousand customers: 100,000 in five minutes."""
A_CUSTOMERS_MONITORS = 0.15
"""Seconds in which all monitors of one customer are to be done."""


def measure(*, customers: int, seed: int, on: datetime.date, say: Callable[[str], None]) -> list[Measured]:
    """Loads books of a hundredth (1,000 at the least), a tenth and all of the customers, and measures.

    Raises NotOurs where there is no cluster to do so.
    """
    prepare()
    small, tenth = min(1000, customers), max(1, customers // 10)
    with _book(small, seed, on, say):
        pages_of_small = measures.one_customers_adequacy(on)[0].pages
    with _book(tenth, seed, on, say):
        adequacy_of_tenth = measures.adequacy_of_the_book(on)
    with _book(customers, seed, on, say) as loading_took:
        rows = [
            Measured("Loading the book", loading_took, "s", customers / 1000, "a second for 1,000", LOADING_A_THOUSAND)
        ]
        scan = measures.floor_of_the_book()
        say(f"A scan takes {scan:.2f} s")
        taken = measures.adequacy_of_the_book(on)
        rows.append(Measured("Adequacy of the book", taken, "s", scan, "scan", 25))
        rows.append(Measured("Ten times the book", taken, "s", adequacy_of_tenth, "a tenth of the book", 11))
        say(f"Adequacy of the book takes {taken:.1f} s")
        first, _ = measures.night(on)
        loading.analyze()
        bare = measures.bare_insert()
        rows.append(Measured("First night", first, "s", bare, "bare INSERT", 3))
        say(f"The first night takes {first:.1f} s")
        unchanged, became = measures.night(on)
        written = sum(became[name] for name in ("opened", "reopened", "changed", "resolved"))
        note = f"{written} findings written" if written else ""
        rows.append(Measured("Unchanged night", unchanged, "s", scan, "scan", 60, note))
        read, one = measures.one_customers_adequacy(on)
        note = f"reads {', '.join(sorted(read.whole))} whole" if read.whole else ""
        rows.append(
            Measured("One customer's adequacy, pages", read.pages, "", pages_of_small, f"book of {small}", 1.5, note)
        )
        rows.append(Measured("One customer's adequacy", one, "s", A_CUSTOMERS_MONITORS, "150 ms", 1))
        monitors = measures.one_customers_monitors(on)
        rows.append(Measured("One customer's monitors", monitors, "s", A_CUSTOMERS_MONITORS, "150 ms", 1))
    return rows


@contextmanager
def _book(customers: int, seed: int, on: datetime.date, say: Callable[[str], None]) -> Iterator[float]:
    """A database with a book of so many customers. Yields how many seconds it took to load."""
    with database(f"book_{customers}"):
        say(f"Loading {customers} customers")
        began = time.perf_counter()
        loading.load(customers=customers, seed=seed, on=on)
        yield time.perf_counter() - began
