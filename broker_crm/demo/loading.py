"""Puts the demo book into an empty database, all or nothing."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.models import Office, User
from accounts.services import audit
from broker_crm.demo import brokerage, ordinary, showcase
from broker_crm.demo.book import Book
from broker_crm.demo.people import MAIN_USER
from market.models import ClassOfBusiness, ExchangeRate, Insurer
from profiles.models import Customer, ServiceTier
from profiles.services import customers
from risk.models import RiskCategory

FULL_SIZE = 400
"""Customers of the whole book; portfolios keep their proportions in a smaller one."""

MUST_BE_EMPTY: tuple[type[models.Model], ...] = (Customer, Office, Insurer, ExchangeRate)


class NotEmpty(Exception):
    """The database has rows of its own. The text names how many of what."""


@dataclass(frozen=True)
class Loaded:
    """What was loaded: rows by the plural name of their model, in order."""

    rows: dict[str, int]


def load(
    *, seed: int, on: datetime.date, count: int = FULL_SIZE, say: Callable[[str], object] = lambda line: None
) -> Loaded:
    """Writes the book of about `count` customers as at a day. Raises NotEmpty, and then changes nothing."""
    for model in MUST_BE_EMPTY:
        if found := model._default_manager.count():
            raise NotEmpty(
                _("The demo book goes into an empty database only; this one has %(count)d %(things)s already.")
                % {"count": found, "things": model._meta.verbose_name_plural}
            )
    book = compose(seed=seed, on=on, count=count)
    say(f"Composed {sum(len(rows) for rows in book.rows.values())} rows")
    with transaction.atomic():
        for model, rows in book.rows.items():
            model._default_manager.bulk_create(rows, batch_size=2000)
        record_customers(book)
        audit.ask_for_checks([customer.pk for customer in book.of(Customer)], by=User.objects.system())
    return Loaded({str(model._meta.verbose_name_plural): len(rows) for model, rows in book.rows.items()})


def compose(*, seed: int, on: datetime.date, count: int = FULL_SIZE) -> Book:
    """The whole book in memory: the same seed, day and count give the same rows with the same keys."""
    book = Book(
        seed=seed,
        on=on,
        classes={row.code: row for row in ClassOfBusiness.objects.all()},
        categories={row.code: row for row in RiskCategory.objects.all()},
        tiers={row.name: row for row in ServiceTier.objects.all()},
    )
    brokerage.add_brokerage(book)
    brokerage.add_market(book)
    showcase.add_showcase(book)
    for email, (_name, _assistants, customers_of_400) in brokerage.PORTFOLIOS.items():
        wanted = customers_of_400 * count // FULL_SIZE
        shown = len(showcase.SHOWCASE) if email == MAIN_USER else 0
        ordinary.add_customers(book, book.portfolios[email], max(0, wanted - shown))
    return book


def record_customers(book: Book) -> None:
    """One entry for each customer, by its account manager. It is dated now, for the record tells no other time."""
    for customer in book.of(Customer):
        audit.record(
            customers.ADDED,
            customer,
            by=customer.portfolio.manager,
            customer_id=customer.pk,
            after=audit.values(customer),
            note=_("From the demo book"),
            check=False,
        )
