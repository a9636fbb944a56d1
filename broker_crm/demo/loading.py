"""Puts the demo book into an empty database, all or nothing."""

import datetime
from dataclasses import dataclass

from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.acting import acting_as
from accounts.models import Office, User
from accounts.services import audit
from broker_crm.demo import brokerage, claims, ordinary, registers, showcase, strategies
from broker_crm.demo.answers import CoverInForce
from broker_crm.demo.book import Book
from broker_crm.demo.people import MAIN_USER
from market.models import ClassOfBusiness, ExchangeRate, Insurer
from profiles.models import Customer, ServiceTier
from profiles.services import customers
from programmes.models import Claim, Policy
from programmes.selectors import versions
from programmes.selectors.versions import Content
from programmes.services import claims as claim_services
from programmes.services import policies, terms
from risk.models import Risk, RiskCategory, RiskProfile
from risk.services import profiles as profile_services
from risk.services import risks

FULL_SIZE = 400
"""Customers of the whole book; portfolios keep their proportions in a smaller one."""

MUST_BE_EMPTY: tuple[type[models.Model], ...] = (Customer, Office, Insurer, ExchangeRate)


class NotEmpty(Exception):
    """The database has rows of its own. The text names how many of what."""


@dataclass(frozen=True)
class Loaded:
    """What was loaded: rows by the plural name of their model, in order."""

    rows: dict[str, int]


def load(*, seed: int, on: datetime.date, count: int = FULL_SIZE) -> Loaded:
    """Writes the book of about `count` customers as at a day. Raises NotEmpty, and then changes nothing."""
    if reason := in_the_way():
        raise NotEmpty(reason)
    book = compose(seed=seed, on=on, count=count)
    system = User.objects.system()
    with acting_as(system, reason="demo book"), transaction.atomic():
        for model, rows in book.rows.items():
            model._default_manager.bulk_create(rows, batch_size=2000)
        record(book)
        audit.ask_for_checks([customer.pk for customer in book.of(Customer)], by=system)
    return Loaded({str(model._meta.verbose_name_plural): len(rows) for model, rows in book.rows.items()})


def in_the_way() -> str:
    """Why the book cannot be loaded, in a sentence; empty when it can."""
    for model in MUST_BE_EMPTY:
        if found := model._default_manager.count():
            return _("The demo book goes into an empty database only; this one has %(count)d %(things)s already.") % {
                "count": found,
                "things": model._meta.verbose_name_plural,
            }
    return ""


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
    claims.add_claims(book)
    cover = CoverInForce(book)
    strategies.add_strategies(book, cover)
    registers.add_registers(book, cover)
    return book


def record(book: Book) -> None:
    """Entries for customers, policies of now, claims, endorsements and risk profiles, by the account managers.

    They are dated now and say that they come from the demo book: the record cannot tell of another time, and must not.
    """
    note = _("From the demo book")
    current = [policy for policy in book.of(Policy) if policy.expiry_date is None or policy.expiry_date >= book.on]
    added: list[tuple[audit.Action, Customer | Policy]] = [
        *((customers.ADDED, customer) for customer in book.of(Customer)),
        *((policies.ADDED, policy) for policy in current),
    ]
    for what, row in added:
        manager = (row.customer if isinstance(row, Policy) else row).portfolio.manager
        audit.record(
            what, row, by=manager, customer_id=row.customer_id, after=audit.values(row), note=note, check=False
        )
    for claim in book.of(Claim):
        audit.record(
            claim_services.ADDED,
            claim,
            by=claim.customer.portfolio.manager,
            customer_id=claim.customer_id,
            after=audit.values(claim),
            note=note,
            check=False,
        )
    for profile in book.of(RiskProfile):
        audit.record(
            profile_services.DRAFTED if profile.is_draft else profile_services.SIGNED_OFF,
            profile,
            by=profile.customer.portfolio.manager,
            customer_id=profile.customer_id,
            after=audit.values(profile),
            note=note,
            check=False,
        )
    for risk in book.of(Risk):
        audit.record(
            risks.ADDED,
            risk,
            by=risk.customer.portfolio.manager,
            customer_id=risk.customer_id,
            after=audit.values(risk),
            note=note,
            check=False,
        )
    for before, after in book.endorsements:
        old, new = versions.changed(before, Content.of(before), after, Content.of(after))
        audit.record(
            terms.ENDORSED,
            after,
            by=after.customer.portfolio.manager,
            customer_id=after.customer_id,
            before=old,
            after=new,
            note=f"{after.change_note}. {note}.",
            check=False,
        )
