"""Risk profiles of the demo book: what customers chose, in amounts that go with their size, with gaps as in life."""

import datetime
import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from broker_crm.demo.answers import CoverInForce
from broker_crm.demo.book import Book
from broker_crm.demo.showcase import SHOWCASE
from profiles.models import Contact, Customer, CustomerStage
from risk.models import (
    COUNTED_KINDS,
    LOSS_KINDS,
    CompulsoryRequirement,
    ExposureKind,
    ExposureValue,
    RiskProfile,
    ScaleStep,
    Tolerance,
)
from risk.selectors.compulsory import called_for
from risk.selectors.scales import shipped

ONE_IN = 3
"""How many ordinary customers there are to one with a risk profile."""
TWICE = ("Harbour Cold Storage Ltd", "Jade Court Hotel Ltd")
"""Showcase customers whose strategy was agreed on again, with other figures."""
DRAFTED = "Pearl Estuary Logistics Ltd"
"""The showcase customer whose next version is being drafted."""
NO_FLOOR = {"Dr Chan & Partners Ltd", "Fook Lam Bakery Ltd"}
NO_APPETITE = {"Kwun Tong Precision Parts Ltd"}
SMALL = Decimal(20_000_000)
"""What a customer is taken to have at risk where its values are not known."""
YEARLY = Decimal("0.003")
"""The share of a year's revenue that everybody can bear."""
LEVELS = {
    "FIRE": (10, 12, 15),
    "FLOOD": (9, 10, 10),
    "CYBER_RISKS": (9, 9, 12),
    "THIRD_PARTY_INJURY": (8, 8, 12),
    "EMPLOYEE_INJURY": (9, 10, 12),
    "INTERRUPTION": (9, 9, 10),
}
"""Levels that are commonly tolerated, by category."""
SPREAD = {"Harbour Cold Storage Ltd": Decimal("0.75")}
"""The showcase customer that does not want more than so much of a tower with one group: few of its size ask for it."""
TIGHT = {"Cheung Kee Coaches Ltd"}
"""The showcase customer whose year bears no more than one loss."""
WORDS = (
    "Insure what could end the business, and bear what the year's result can pay. No insurer without a rating.",
    "Transfer large losses in full; bear small ones, and spend the difference on sprinklers and training.",
    "Price comes after security: we keep the same insurers as long as they pay. We bear what happens every year.",
    "Avoid work that cannot be insured. Bear breakages and small thefts. Everything that stops us is insured.",
)


@dataclass
class Size:
    """What a customer has: what can be lost and what it earns, in its currency, and numbers by territory and kind."""

    at_risk: Decimal
    revenue: Decimal
    counts: dict[tuple[str, str], Decimal]
    contact: Contact | None


def add_strategies(book: Book, cover: CoverInForce) -> None:
    """Adds profiles and scales, the same each time. Customers, contacts and values must all be there."""
    # Parts go in before the profiles they belong to, since to a profile that is signed off nothing can be added.
    for model in (Tolerance, RiskProfile.compulsory.through, RiskProfile):
        book.rows[model] = []
    requirements = list(CompulsoryRequirement.objects.select_related("class_of_business").order_by("code"))
    sizes = _sizes(book)
    for customer in _chosen(book):
        _Writer(book, cover, customer, sizes[customer.pk], requirements).write()


def _chosen(book: Book) -> Iterable[Customer]:
    """The showcase but for who is being taken on, and one in so many of the others."""
    shown = {showcase.name for showcase in SHOWCASE}
    ours = [row for row in book.of(Customer) if row.stage == CustomerStage.CUSTOMER and row.in_care_since is not None]
    ordinary = [row for row in ours if row.name not in shown]
    rng = random.Random(f"{book.seed} strategies")  # noqa: S311  made-up figures, no secret
    picked = {row.pk for row in rng.sample(ordinary, len(ordinary) // ONE_IN)}
    return [row for row in ours if row.name in shown or row.pk in picked]


def _sizes(book: Book) -> dict[Any, Size]:
    latest: dict[Any, ExposureValue] = {}
    for value in book.of(ExposureValue):
        held = latest.get(value.exposure_id)
        if held is None or held.valued_on < value.valued_on:
            latest[value.exposure_id] = value
    contacts = {contact.customer_id: contact for contact in reversed(book.of(Contact))}
    sizes = {
        row.pk: Size(Decimal(0), Decimal(0), defaultdict(Decimal), contacts.get(row.pk)) for row in book.of(Customer)
    }
    for value in latest.values():
        exposure, size = value.exposure, sizes[value.customer_id]
        if exposure.kind in LOSS_KINDS and value.currency == value.customer.currency:
            size.at_risk += value.amount
        elif exposure.kind == ExposureKind.REVENUE:
            size.revenue += value.amount
        elif exposure.kind in COUNTED_KINDS:
            place = exposure.location or value.customer
            size.counts[str(place.country), exposure.kind] += value.amount
    return sizes


class _Writer:
    """Writes what one customer chose."""

    def __init__(
        self,
        book: Book,
        cover: CoverInForce,
        customer: Customer,
        size: Size,
        requirements: list[CompulsoryRequirement],
    ) -> None:
        self.book, self.cover, self.customer, self.size, self.requirements = book, cover, customer, size, requirements
        self.is_shown = any(customer.name == showcase.name for showcase in SHOWCASE)
        self.rng = random.Random(f"{book.seed} strategy of {customer.name}")  # noqa: S311  made-up figures, no secret
        self.at_risk = size.at_risk or SMALL

    def write(self) -> None:
        rng, name = self.rng, self.customer.name
        share = Decimal(rng.choice(("0.005", "0.008", "0.01", "0.02")))
        # Who chose a deductible can bear it, and somewhat more.
        bearable = max(self.at_risk * share, self.size.revenue * YEARLY)
        one_loss = two_digits(max(bearable, 2 * self.cover.greatest_deductible(self.customer)))
        years = 1 if name in TIGHT else rng.choice((3, 4, 5))
        chosen: dict[str, Any] = {
            "appetite_one_loss": None if name in NO_APPETITE else one_loss,
            "appetite_year": None if rng.random() < 0.2 else two_digits(one_loss * years),
            "security_floor": None if name in NO_FLOOR or rng.random() < 0.15 else rng.choice((7, 8, 8, 8)),
            "most_with_one_group": SPREAD.get(name, rng.choice(self._most_with_one_group())),
            "indemnity_months": rng.choice((None, 12, 12, 12, 12, 12, 12, 18)),
            "strategy": rng.choice(WORDS),
        }
        begun = rng.randrange(40, 500)
        categories = rng.sample(sorted(LEVELS), rng.choice((1, 2, 3)))
        tolerated = {code: rng.choice(LEVELS[code]) for code in categories}
        if name in TWICE:
            begun = 150
            before = chosen | {"appetite_one_loss": two_digits(one_loss / 2), "security_floor": 8}
            self.version(before, tolerated, one_loss / 2, begun=begun + 720)
        self.version(chosen, tolerated, one_loss, begun=begun)
        if name == DRAFTED:
            raised = chosen | {"appetite_one_loss": two_digits(one_loss * Decimal("1.5"))}
            raised["appetite_year"] = two_digits(one_loss * 6)
            self.version(raised, tolerated, one_loss, begun=-30, is_draft=True)
        self.scales(with_amounts=self.is_shown)

    def _most_with_one_group(self) -> tuple[Decimal | None, ...]:
        """What is asked for: for a small account one insurer is as good as any."""
        return (None, None, Decimal("0.75")) if self.at_risk > 5 * SMALL and not self.is_shown else (None,)

    def version(
        self,
        chosen: dict[str, Any],
        tolerated: dict[str, int],
        one_loss: Decimal,
        *,
        begun: int,
        is_draft: bool = False,
    ) -> None:
        book, customer = self.book, self.customer
        valid_from = book.days_ago(begun)
        signed_off: dict[str, Any] = {
            "signed_off_on": valid_from - datetime.timedelta(days=7),
            "signed_off_by": customer.portfolio.manager,
            "agreed_with": self.size.contact,
        }
        profile = book.add(
            RiskProfile,
            customer=customer,
            valid_from=valid_from,
            currency=customer.currency,
            **chosen,
            **({} if is_draft else signed_off),
        )
        for at, (code, level) in enumerate(tolerated.items()):
            book.add(
                Tolerance,
                customer=customer,
                profile=profile,
                category=book.categories[code],
                level=level,
                amount=two_digits(one_loss * Decimal("0.75")) if at == 0 else None,
            )
        held = self.cover.held(customer)
        for suggested in called_for(self.size.counts, self.requirements):
            # What others than the showcase insure elsewhere is not asked of this house.
            if not self.is_shown and suggested.requirement.class_of_business.code not in held:
                continue
            book.add(
                RiskProfile.compulsory.through,
                riskprofile_id=profile.pk,
                compulsoryrequirement_id=suggested.requirement.pk,
            )

    def scales(self, *, with_amounts: bool) -> None:
        """The scales that ship; for some with amounts, from a thousandth of what can be lost to a quarter."""
        shares = ("0.0005", "0.002", "0.01", "0.05", "0.25")
        for step in shipped(self.customer):
            is_figured = with_amounts and step.scale == ScaleStep.Scale.CONSEQUENCE
            self.book.add(
                ScaleStep,
                customer=self.customer,
                scale=step.scale,
                step=step.step,
                words=step.words,
                events_a_year=step.events_a_year,
                amount=two_digits(self.at_risk * Decimal(shares[step.step - 1])) if is_figured else None,
            )


def two_digits(figure: Decimal) -> Decimal:
    """To two significant digits, as people say amounts."""
    return figure.quantize(Decimal(1).scaleb(figure.adjusted() - 1)).quantize(Decimal("0.01"))
