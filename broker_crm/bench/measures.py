"""What is measured, how, and against which floor."""

import datetime
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from accounts.models import User
from broker_crm.bench import plans
from broker_crm.book.customers import SOURCE
from monitoring.services import runs
from profiles.models import Customer
from programmes.selectors import adequacy

READ = {
    "programmes_policy": "premium",
    "programmes_section": "version",
    "programmes_terms": '"limit"',
    "programmes_coverterm": "sublimit",
    "programmes_participation": "signed_share",
    "programmes_claim": "version",
    "programmes_claimmovement": "paid",
    "risk_exposure": "version",
    "risk_exposurevalue": "amount",
    "risk_risk": "maximum_loss",
    "risk_riskexposure": "version",
}
"""The tables that adequacy reads, each with a column to sum."""

SUMMED = "select count(*), sum({column}) from {table}"

INSERTED = (
    "customer_id, subject_id, about_id, topic, severity, amount, currency, amount_house, due_on, facts, state,"
    " opened_at, times_reopened, created_at, updated_at"
)
ASKED = 20
"""Customers of whom one at a time is worked out; the figures are the middle of them."""


@dataclass(frozen=True)
class Measured:
    """A row of the table. `floor` is seconds or pages; `most` is the largest ratio that is meant to be."""

    name: str
    figure: float
    unit: str
    floor: float
    floor_name: str
    most: float
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.figure / self.floor

    @property
    def holds(self) -> bool:
        return self.ratio <= self.most and not self.note


def seconds(work: Callable[..., Any], *given: Any) -> float:
    began = time.perf_counter()
    work(*given)
    return time.perf_counter() - began


def best(work: Callable[..., Any], *given: Any) -> float:
    """The least seconds of three times."""
    return min(seconds(work, *given) for _ in range(3))


def scan(cursor: CursorWrapper) -> float:
    """Seconds to read each table that adequacy reads once and sum it, in one process. The best of three.

    This is the floor called a scan.
    """
    each = [SUMMED.format(column=column, table=table) for table, column in READ.items()]
    cursor.execute("set local max_parallel_workers_per_gather = 0")
    taken = best(cursor.execute, " union all ".join(each))
    cursor.execute("reset max_parallel_workers_per_gather")
    return taken


@transaction.atomic
def floor_of_the_book() -> float:
    with connection.cursor() as cursor:
        return scan(cursor)


@transaction.atomic
def adequacy_of_the_book(on: datetime.date) -> float:
    return seconds(lambda: adequacy.work_out(on=on))


def night(on: datetime.date) -> tuple[float, dict[str, int]]:
    """Seconds of a run of all monitors over the book, and what became of how many findings."""
    found: dict[str, int] = {}

    def run() -> None:
        for counts in runs.run(on=on, by=User.objects.system()).counts.values():
            for name, count in counts.items():
                found[name] = found.get(name, 0) + count

    return seconds(run), found


SAVE = f"create temporary table bench_found on commit drop as select {INSERTED} from monitoring_finding"  # noqa: S608  constants
INSERT = f"""
insert into monitoring_finding (monitor, {INSERTED})
select 'BENCH ' || row_number() over (partition by subject_id), {INSERTED} from bench_found
"""  # noqa: S608  constants


@transaction.atomic
def bare_insert() -> float:
    """Seconds to insert all findings once more, with their references, indices and history; then it is undone."""
    with connection.cursor() as cursor:
        cursor.execute(SAVE)
        taken = seconds(cursor.execute, INSERT) + seconds(cursor.execute, "set constraints all immediate")
        transaction.set_rollback(True)
    return taken


def some_customers() -> list[UUID]:
    """The first customers of the book: the same ones however large it is."""
    numbers = [f"C-{number}" for number in range(1, ASKED + 1)]
    return list(Customer.objects.filter(source=SOURCE, external_id__in=numbers).values_list("pk", flat=True))


def one_customers_adequacy(on: datetime.date) -> tuple[plans.Read, float]:
    """What it takes for one customer, in the middle of some: pages read and tables read whole, and seconds."""
    pages, whole, taken = [], set(), []
    for customer in some_customers():
        taken.append(best(_work_out, on, customer))
        read = _read(on, customer)
        pages.append(read.pages)
        whole |= read.whole
    return plans.Read(sorted(pages)[len(pages) // 2], whole), sorted(taken)[len(taken) // 2]


@transaction.atomic
def _work_out(on: datetime.date, customer: UUID) -> None:
    adequacy.work_out(on=on, customers=[customer])


@transaction.atomic
def _read(on: datetime.date, customer: UUID) -> plans.Read:
    with plans.counted() as read:
        adequacy.work_out(on=on, customers=[customer])
    with connection.cursor() as cursor:
        return plans.Read(read.pages, plans.large(cursor, read.whole))


def one_customers_monitors(on: datetime.date) -> float:
    """Seconds of all monitors of one customer that changed nothing, in the middle of some."""
    system = User.objects.system()

    def run(customer: UUID) -> None:
        runs.run(on=on, by=system, customer_ids=[customer])

    taken = [best(run, customer) for customer in some_customers()]
    return sorted(taken)[len(taken) // 2]
