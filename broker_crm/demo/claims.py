"""Claims of the demo book: on about one customer in seven, some of them eating far into an aggregate."""

import datetime
import random
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from broker_crm.demo.book import Book, amount
from profiles.models import Customer
from programmes.models import Claim, ClaimMovement, CoverageTrigger, Policy, Section, Terms

ONE_IN = 7
"""How many customers there are to one with claims."""
ERODED = 12
"""Sections whose aggregate claims use by half and more, in a whole book of 400 customers."""


@dataclass(frozen=True)
class Story:
    """What commonly happens in a class: the cause, in words, and what it costs in thousands of Hong Kong dollars."""

    category: str
    words: str
    thousands: tuple[int, int]


STORIES: dict[str, tuple[Story, ...]] = {
    "PROPERTY": (
        Story("TYPHOON", "Roof sheets torn off and stock wetted in a typhoon", (180, 2400)),
        Story("FLOOD", "Water from a burst main entered the ground floor", (120, 1600)),
        Story("FIRE", "Fire in a switch room; smoke through two floors", (400, 5200)),
    ),
    "FIRE": (Story("FIRE", "Fire in a store, put out by sprinklers", (90, 1400)),),
    "PUBLIC_LIABILITY": (
        Story("THIRD_PARTY_INJURY", "A visitor slipped at the entrance and broke a wrist", (30, 420)),
        Story("TENANTS_LIABILITY", "Water from the pantry damaged the tenant below", (25, 260)),
    ),
    "PRODUCT_LIABILITY": (Story("PRODUCT_DEFECT", "A batch overheated in use; two buyers were hurt", (200, 1800)),),
    "EMPLOYEES_COMPENSATION": (
        Story("EMPLOYEE_INJURY", "Hand caught at a packing line; eleven weeks away from work", (40, 520)),
        Story("EMPLOYEE_INJURY", "Fall from a ladder while changing a lamp", (25, 380)),
    ),
    "PROFESSIONAL_INDEMNITY": (
        Story("PROFESSIONAL_ERROR", "Drawings left out a load; the client asks for the cost of mending", (400, 2800)),
    ),
    "DIRECTORS_AND_OFFICERS": (
        Story("MANAGEMENT_CLAIM", "A minority shareholder says that a sale was below value", (600, 4200)),
    ),
    "CYBER": (Story("DATA_BREACH", "A mailbox was taken over and customers' data copied", (300, 1700)),),
    "MARINE_CARGO": (Story("CARGO_DAMAGE", "Two containers wetted at sea", (60, 700)),),
    "MOTOR_FLEET": (Story("VEHICLE_DAMAGE", "Rear-end collision on the expressway", (15, 210)),),
}
"""By class of business. Other classes have no claims in this book."""


def add_claims(book: Book) -> None:
    """Adds the claims, the same each time. Policies and their terms must all be there."""
    rng = random.Random(f"{book.seed} claims")  # noqa: S311  made-up figures, no secret
    begun: dict[UUID, list[tuple[Section, Terms]]] = defaultdict(list)
    for terms in book.of(Terms):
        section = terms.section
        told = section.class_of_business.code in STORIES and terms.attachment_point == 0
        if told and section.policy.bound_on is not None and section.policy.inception_date < book.days_ago(20):
            begun[section.customer_id].append((section, terms))
    customers = [customer for customer in book.of(Customer) if customer.pk in begun]
    wanted = min(len(customers) - 1, len(book.of(Customer)) // ONE_IN)
    for customer in [customers[0], *rng.sample(customers[1:], wanted)]:
        for _number in range(rng.choice((1, 1, 2, 2, 3, 5))):
            section, terms = rng.choice(begun[customer.pk])
            _Writer(book, rng, section, terms).write()
    running = [
        (section, terms)
        for rows in begun.values()
        for section, terms in rows
        if terms.aggregate_limit and section.policy.state(book.on) == "IN_FORCE" and terms.holds_on(book.on)
    ]
    # One of the showcase, which comes first, and some of the others.
    others = rng.sample(running[1:], min(len(running[1:]), ERODED * len(customers) // 400))
    for section, terms in running[:1] + others:
        assert terms.aggregate_limit is not None  # chosen by it
        share = Decimal(rng.choice(("0.52", "0.6", "0.75", "0.9"))) / 2
        for _number in range(2):
            _Writer(book, rng, section, terms).write(incurred=rounded(terms.aggregate_limit * share))


class _Writer:
    """Writes one claim on a section with its figures over time."""

    def __init__(self, book: Book, rng: random.Random, section: Section, terms: Terms) -> None:
        self.book, self.rng, self.section, self.terms = book, rng, section, terms
        self.policy: Policy = section.policy

    def write(self, *, incurred: Decimal | None = None) -> None:
        rng, book = self.rng, self.book
        story = rng.choice(STORIES[self.section.class_of_business.code])
        first = max(self.policy.inception_date, self.terms.first_day)
        ends = [self.policy.last_day_of_cover, self.terms.last_day, book.days_ago(8)]
        last = min(day for day in ends if day is not None)
        if last < first:
            return
        lost_on = first + datetime.timedelta(days=rng.randrange((last - first).days + 1))
        if incurred is None:
            incurred = rounded(amount(rng.randrange(*story.thousands) / 1000, self.policy.currency))
        is_made = self.terms.coverage_trigger == CoverageTrigger.CLAIMS_MADE
        notified = min(lost_on + datetime.timedelta(days=rng.randrange(1, 25)), book.on)
        claim = book.add(
            Claim,
            customer=self.section.customer,
            section=self.section,
            reference=f"CL-{lost_on.year}-{1 + len(book.of(Claim)):04}",
            insurer_reference=f"{rng.randrange(10**7, 10**8)}",
            lost_on=lost_on,
            made_on=lost_on if is_made else None,
            notified_on=notified,
            category=book.categories[story.category],
            description=story.words,
        )
        self._figures(claim, notified, incurred)

    def _figures(self, claim: Claim, notified: datetime.date, incurred: Decimal) -> None:
        """A first reserve, then payments; what is older than a year and a half is mostly closed."""
        rng, book = self.rng, self.book
        reserve = rounded(incurred * Decimal(rng.choice(("0.6", "0.8", "1", "1.3"))))
        book.add(ClaimMovement, customer=claim.customer, claim=claim, stood_on=notified, outstanding=reserve)
        day, steps = notified, rng.choice((1, 2, 3, 4))
        for step in range(1, steps + 1):
            day += datetime.timedelta(days=rng.randrange(45, 150))
            if day > book.on:
                return
            is_final = step == steps and (book.on - claim.lost_on).days > 300 and rng.random() < 0.8
            paid = incurred if is_final else rounded(incurred * step / (steps + 1))
            book.add(
                ClaimMovement,
                customer=claim.customer,
                claim=claim,
                stood_on=day,
                outstanding=Decimal(0) if is_final else incurred - paid,
                paid=paid,
                note="Settled in full" if is_final else "",
            )
            if is_final:
                claim.closed_on = day


def rounded(figure: Decimal) -> Decimal:
    """To whole thousands, so that made-up figures look like none."""
    return max(figure.quantize(Decimal("1E3")), Decimal(1000)).quantize(Decimal("0.01"))
