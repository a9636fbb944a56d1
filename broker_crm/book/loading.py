"""Puts the book into the database, all or nothing: rows are made up in one thread while another copies them in."""

import datetime
import queue
import threading
from collections import Counter
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db import connection, models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.acting import acting_as
from accounts.models import Office, User
from accounts.services import audit
from broker_crm.book import brokerage, composing, market
from broker_crm.book.customers import SOURCE
from broker_crm.book.draft import Shared, Sheet
from common.copying import copy_lines
from market.models import ClassOfBusiness, Insurer
from profiles.models import Customer, ServiceTier
from risk.models import CompulsoryRequirement, RiskCategory

LOADED = audit.action("book.loaded", gettext_lazy("loaded a made-up book for"))

TOGETHER = 1000
"""Customers that are copied together; what is in memory at once is three times as many."""

Rows = dict[Sheet, list[str]]


class Refused(Exception):
    """The book cannot be loaded. The text says why."""


def load(
    *, customers: int, seed: int, on: datetime.date, say: Callable[[int], None] = lambda done: None
) -> Counter[str]:
    """Writes a book of so many customers as at a day and returns what it wrote, rows by the plural of their model.

    `say` is told every thousand customers how many are done. Raises Refused, and then changes nothing.
    """
    if customers < 1:
        raise Refused(_("A book has at least one customer."))
    if Insurer.objects.filter(source=SOURCE).exists() or Customer.objects.filter(source=SOURCE).exists():
        raise Refused(_("There is a book in this database already: it goes in once."))
    system = User.objects.system()
    with acting_as(system, reason="made-up book"), transaction.atomic(), connection.cursor() as cursor:
        counts = Counter(brokerage.add(seed=seed, on=on, customers=customers))
        shared, added = share(seed=seed, on=on)
        counts.update(added)
        for done, rows in batches(shared, customers):
            for sheet in composing.SHEETS:
                copy_lines(sheet.model, sheet.names, rows[sheet])
                counts[str(sheet.model._meta.verbose_name_plural)] += len(rows[sheet])
            # References are checked now, not all at the end: what waits to be checked takes memory.
            cursor.execute("set constraints all immediate")
            cursor.execute("set constraints all deferred")
            say(done)
        audit.record(LOADED, Office.objects.get(name=f"Book {seed}"), by=system, after={"customers": customers})
    analyze()
    return counts


def share(*, seed: int, on: datetime.date) -> tuple[Shared, dict[str, int]]:
    """Adds the market, and returns it with what the database has already, and how many of what was added."""
    insurers, indices, counts = market.add(seed=seed, on=on)
    shared = Shared(
        seed=seed,
        on=on,
        classes=_by_code(ClassOfBusiness),
        categories=_by_code(RiskCategory),
        tiers=[str(key) for key in ServiceTier.objects.order_by("rank").values_list("pk", flat=True)],
        insurers=insurers,
        indices=indices,
        compulsory=_compulsory(),
    )
    return shared, counts


def _by_code(model: type[models.Model]) -> dict[str, str]:
    return {code: str(key) for code, key in model._default_manager.values_list("code", "pk")}


def _compulsory() -> dict[str, list[str]]:
    """The cheapest step of the law for employers, by territory: most customers of the book are small."""
    found: dict[str, list[str]] = {}
    asked = CompulsoryRequirement.objects.filter(class_of_business__code="EMPLOYEES_COMPENSATION").order_by("above")
    for requirement in asked:
        found.setdefault(str(requirement.territory), [str(requirement.pk)])
    return found


def batches(shared: Shared, customers: int) -> Iterator[tuple[int, Rows]]:
    """The rows of a thousand customers at a time, each with how many customers that makes.

    They are made up ahead by another thread, which waits when two batches are ready.
    """
    ready: queue.Queue[tuple[int, Rows] | BaseException | None] = queue.Queue(maxsize=1)
    is_given_up = threading.Event()

    def put(thing: tuple[int, Rows] | BaseException | None) -> None:
        while not is_given_up.is_set():
            try:
                ready.put(thing, timeout=0.5)
            except queue.Full:
                continue
            return

    def make_up() -> None:
        try:
            for first in range(1, customers + 1, TOGETHER):
                last = min(first + TOGETHER - 1, customers)
                put((last, rows_of(shared, range(first, last + 1))))
                if is_given_up.is_set():
                    return
            put(None)
        except BaseException as error:  # raised again by whoever waits for the rows
            put(error)

    thread = threading.Thread(target=make_up, daemon=True)
    thread.start()
    try:
        while (thing := ready.get()) is not None:
            if isinstance(thing, BaseException):
                raise thing
            yield thing
    finally:
        is_given_up.set()
        thread.join()


def rows_of(shared: Shared, numbers: range) -> Rows:
    """The rows of these customers together."""
    rows: Rows = {sheet: [] for sheet in composing.SHEETS}
    for number in numbers:
        for sheet, lines in composing.customer(shared, number).rows.items():
            rows[sheet] += lines
    return rows


def analyze() -> None:
    """Tells the planner about the new rows, and settles them on disk. Only the owner of the tables may."""
    owner = connection.copy()
    owner.settings_dict = connection.settings_dict | {"OPTIONS": {}} | settings.OWNER_DATABASE
    try:
        with owner.cursor() as cursor:
            # Not waiting to give back space at the end of tables that somebody reads.
            cursor.execute("vacuum (analyze, truncate false)")
    finally:
        owner.close()
