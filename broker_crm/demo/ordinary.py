"""The many customers of the demo book, portfolio by portfolio, with renewals spread over the year around its day."""

import datetime
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from dateutil.relativedelta import relativedelta

from accounts.models import Portfolio
from accounts.models.people import Language
from broker_crm.demo import programmes, vocabulary
from broker_crm.demo.book import Book, PolicyPlan, SectionPlan, amount
from broker_crm.demo.industries import INDUSTRIES, Industry
from communications.models import UpdateMode
from profiles.models import Customer, CustomerStage, Location
from programmes.models import Policy
from risk.models import ExposureKind

CURRENCIES = {"HK": "HKD", "MO": "HKD", "CN": "CNY", "SG": "SGD", "MY": "MYR", "TW": "TWD"}

COUNTRIES = {
    "Hong Kong": (("HK", 88), ("MO", 5), ("CN", 7)),
    "Singapore": (("SG", 80), ("MY", 20)),
    "Taipei": (("TW", 100),),
}
"""Where the customers of an office are, in hundredths."""

RENEWED_BEFORE = 60
"""Days before expiry by which most renewals are bound in this book."""

URGENT = 30
"""Days before expiry from which a renewal that nobody started stands high in the worklist."""

AHEAD = 120
"""Days before expiry at which the work on a renewal begins."""


@dataclass
class Situation:
    """What is so about one customer. `days_left` counts to the end of its main programme."""

    days_left: int
    stage: str = CustomerStage.CUSTOMER
    is_onboarding: bool = False
    is_started: bool = True
    is_bound: bool = True
    review_is_overdue: bool = False
    update_is_due: bool = False
    sends_by_itself: bool = False
    values_are_old: bool = False
    fault: str = ""


def situations(rng: random.Random, count: int, *, sends: bool) -> list[Situation]:
    """What is so about the customers of a portfolio: how many of each are set, so that a worklist is never a flood."""
    few = max(1, count // 30)
    days = [int((index + rng.random()) * 365 / count) for index in range(count)]
    rows = [Situation(days_left=day) for day in days]
    for row in rows[: 2 * few]:
        row.days_left += 14  # what ends within two weeks is for the customers that show it
    soon = [row for row in rows if row.days_left <= RENEWED_BEFORE]
    _mark(soon, rng, few, is_bound=False)
    _mark([row for row in soon if row.is_bound and row.days_left <= URGENT], rng, few, is_started=False)
    _mark([row for row in rows if RENEWED_BEFORE < row.days_left <= AHEAD], rng, 1 + few, is_started=False)
    calm = [row for row in rows if row.days_left > AHEAD]
    rng.shuffle(calm)
    wanted: list[dict[str, Any]] = [
        *[{"review_is_overdue": True}] * (few + 1),
        *[{"update_is_due": True}] * few,
        *[{"update_is_due": True, "sends_by_itself": True}] * (1 if sends else 0),
        *[{"is_onboarding": True}] * few,
        *[{"stage": CustomerStage.PROSPECT}] * few,
        *[{"stage": CustomerStage.LOST}] * few,
        *[{"values_are_old": True}] * (2 * few),
        *[{"fault": fault} for fault in ("UNPLACED", "GAP", "ENDORSED", "ENDORSED", "CANCELLED", "QUOTED")],
    ]
    for row, marks in zip(calm, wanted):
        for name, value in marks.items():
            setattr(row, name, value)
    rng.shuffle(rows)
    return rows


def _mark(rows: list[Situation], rng: random.Random, count: int, **marks: Any) -> None:
    for row in rng.sample(rows, min(count, len(rows))):
        for name, value in marks.items():
            setattr(row, name, value)


def add_customers(book: Book, portfolio: Portfolio, count: int) -> None:
    """Adds that many customers to a portfolio."""
    rng = random.Random(f"{book.seed} {portfolio.name}")  # noqa: S311  made-up figures, no secret
    for number, situation in enumerate(situations(rng, count, sends=count > 30)):
        _Writer(book, portfolio, random.Random(f"{book.seed} {portfolio.name} {number}"), situation).write()  # noqa: S311


class _Writer:
    """Writes one customer with everything that belongs to it."""

    def __init__(self, book: Book, portfolio: Portfolio, rng: random.Random, situation: Situation) -> None:
        self.book, self.portfolio, self.rng, self.situation = book, portfolio, rng, situation
        office = portfolio.team.office.name
        countries, weights = zip(*COUNTRIES[office])
        self.country = rng.choices(countries, weights)[0]
        self.industry = self._industry()
        self.size = min(9.0, rng.lognormvariate(0, 0.8))
        self.manager = portfolio.manager

    def _industry(self) -> Industry:
        here = [industry for industry in INDUSTRIES if self.country in industry.countries]
        return self.rng.choices(here, [industry.share for industry in here])[0]

    def write(self) -> None:
        customer = self._customer()
        self._contacts(customer)
        locations = list(self._locations(customer))
        facts = self._exposures(customer, locations)
        if customer.stage in (CustomerStage.CUSTOMER, CustomerStage.LOST):
            _Cover(self.book, self.rng, customer, self.situation, facts, self.industry).write()

    def _customer(self) -> Customer:
        rng, book, situation = self.rng, self.book, self.situation
        while True:
            name, name_local = vocabulary.company_name(rng, self.country, rng.choice(self.industry.nouns))
            if not book.is_named(name):
                break
        tier = book.tiers["Key" if self.size > 3 else "Standard" if self.size > 0.5 else "Small"]
        months = tier.profile_review_months
        is_ours = situation.stage == CustomerStage.CUSTOMER
        reviewed = book.on - relativedelta(months=months + 3 if situation.review_is_overdue else 0)
        reviewed -= datetime.timedelta(days=rng.randrange(5, months * 24))
        in_care = book.on - relativedelta(months=rng.randrange(26, 140))
        chinese = 0.35 if self.country == "HK" else 0.9 if self.country in ("TW", "MO", "CN") else 0.05
        return book.customer(
            self.portfolio,
            name,
            name_local,
            registration_number=f"99{rng.randrange(100_000):05}" if self.country == "HK" else "",
            industry=self.industry.label,
            description=self.industry.does,
            country=self.country,
            currency=CURRENCIES[self.country],
            language=Language.TRADITIONAL_CHINESE if rng.random() < chinese else Language.ENGLISH,
            tier=tier,
            stage=situation.stage,
            in_care_since=in_care if is_ours and not situation.is_onboarding else None,
            profile_reviewed_on=reviewed if is_ours else None,
        )

    def _contacts(self, customer: Customer) -> None:
        rng, situation = self.rng, self.situation
        seen: set[str] = set()
        for index, title in enumerate(rng.sample(vocabulary.JOB_TITLES, rng.choice((1, 2, 2, 3)))):
            name = vocabulary.person_name(rng, self.country)
            if vocabulary.mailbox(name[0]) in seen:
                continue
            seen.add(vocabulary.mailbox(name[0]))
            self.book.contact(customer, name, title, vocabulary.phone(rng, self.country), receives_updates=index == 0)
        if situation.stage != CustomerStage.CUSTOMER:
            return
        months = customer.tier.update_months
        ahead = 0 if situation.update_is_due else rng.randrange(3, months * 30)
        self.book.plan(
            customer,
            next_on=None if situation.is_onboarding else self.book.on + datetime.timedelta(days=ahead),
            mode=UpdateMode.SEND if situation.sends_by_itself else UpdateMode.DRAFT,
        )

    def _locations(self, customer: Customer) -> Iterator[Location]:
        rng = self.rng
        wanted = 1 if self.size < 0.6 else min(len(self.industry.sites) + int(self.size / 2), 6)
        used: set[str] = set()
        for index in range(wanted):
            use = self.industry.sites[index % len(self.industry.sites)]
            choices = [place for place in vocabulary.places_for(self.country, use) if place.street not in used]
            if not choices:
                return
            place = rng.choice(choices)
            used.add(place.street)
            yield self.book.location(
                customer,
                place,
                rng.randrange(1, 180),
                name=f"{place.area} {use if use != 'marine' else 'yard'}",
                occupancy_code=self.industry.occupancy,
                construction_code=rng.choice((5150, 5150, 5151, 5200)),
            )

    def _exposures(self, customer: Customer, locations: list[Location]) -> programmes.Facts:
        """Values at each site and measures of the whole; what they add up to in millions of Hong Kong dollars."""
        rng, industry, size, book = self.rng, self.industry, self.size, self.book
        totals: dict[str, float] = {}
        latest = rng.randrange(760, 1100) if self.situation.values_are_old else rng.randrange(20, 330)
        for index, location in enumerate(locations):
            for kind, millions in industry.values.items():
                worth = millions * size * rng.uniform(0.6, 1.3) / (1 + index)
                totals[kind] = totals.get(kind, 0) + worth
                book.exposure(customer, kind, self._history(latest, worth, customer.currency), location=location)
        revenue = industry.revenue * size * rng.uniform(0.7, 1.3)
        persons = max(3, int(industry.persons * size * rng.uniform(0.7, 1.3)))
        vehicles = int(industry.vehicles * size**0.7 * rng.uniform(0.7, 1.3))
        payroll = persons * industry.payroll / industry.persons
        book.exposure(customer, ExposureKind.REVENUE, self._history(latest, revenue, customer.currency))
        book.exposure(customer, ExposureKind.PAYROLL, self._history(latest, payroll, customer.currency))
        book.exposure(customer, ExposureKind.PERSONS, [(latest, Decimal(persons))])
        if vehicles:
            book.exposure(customer, ExposureKind.VEHICLES, [(latest, Decimal(vehicles))])
        if "BUSINESS_INTERRUPTION" in industry.classes:
            book.exposure(
                customer,
                ExposureKind.BUSINESS_INTERRUPTION,
                self._history(latest, revenue * 0.35, customer.currency),
                description="Gross profit",
            )
        return programmes.Facts(rng, customer.currency, totals, revenue, payroll, persons, vehicles, size)

    def _history(self, latest: int, millions: float, currency: str) -> list[tuple[int, Decimal]]:
        """The latest value, and usually that of the year before."""
        values = [(latest, amount(millions, currency))]
        if self.rng.random() < 0.4:
            values.insert(0, (latest + 365, amount(millions * self.rng.uniform(0.82, 1.02), currency)))
        return values


@dataclass
class _Cover:
    """Writes a customer's policies: last year's, this year's, what follows, and the renewals between them."""

    book: Book
    rng: random.Random
    customer: Customer
    situation: Situation
    facts: programmes.Facts
    industry: Industry

    def write(self) -> None:
        codes = [code for code, chance in self.industry.classes.items() if self.rng.random() < chance]
        serial = 100 + len(self.book.of(Policy))
        main: list[PolicyPlan] = []
        apart: list[PolicyPlan] = []
        for index, code in enumerate(codes):
            held = self._with_fault(index, programmes.plans(code, self.facts, serial + index))
            (apart if code in ("MOTOR_FLEET", "MARINE_CARGO", "MARINE_HULL") else main).extend(held)
        self._year(main, self.situation.days_left, is_main=True)
        # Fleets and cargo often have a day of their own, in this book one that is not near the main programme's.
        self._year(apart, (self.situation.days_left + 170) % 365, is_main=False)

    def _with_fault(self, index: int, held: list[PolicyPlan]) -> list[PolicyPlan]:
        """The plans of the first class as they are when something is wrong with them."""
        fault = self.situation.fault if index == 0 else ""
        first = held[0]
        section = first.sections[0]
        if fault == "UNPLACED":
            lines = tuple((name, share * Decimal("0.9")) for name, share in section.lines)
            return [_with_section(first, section, lines=lines), *held[1:]]
        if fault == "GAP" and section.limit:
            above = SectionPlan(
                section.lines,
                section.limit,
                name="Excess layer 1",
                basis=section.basis,
                attachment_point=(section.limit * Decimal("1.2")).quantize(Decimal(1)),
                covers=section.covers[:1],
            )
            return [first, PolicyPlan(first.code, f"{first.number}-X1", first.currency, first.premium, (above,))]
        return held

    def _year(self, held: list[PolicyPlan], days_left: int, *, is_main: bool) -> None:
        """Policies that begin and end together, the current ones `days_left` days before their end."""
        if not held:
            return
        book, rng, situation, customer = self.book, self.rng, self.situation, self.customer
        inception = book.on + datetime.timedelta(days=days_left + 1) - relativedelta(years=1)
        following = inception + relativedelta(years=1)
        if customer.stage == CustomerStage.LOST:
            inception -= relativedelta(years=1)
            for plan in held:
                book.policy(customer, plan, inception, is_renewable=False)
            return
        # Whose policies ended within the last month must show what followed them; of the others, some have a history.
        if days_left > 330 or rng.random() < 0.3:
            self._last_year(held, inception)
        current = [book.policy(customer, plan, inception) for plan in held]
        if is_main:
            self._faults(current[0], held[0])
        if days_left > AHEAD or (is_main and not situation.is_started):
            return
        is_bound = days_left <= RENEWED_BEFORE and (situation.is_bound or not is_main)
        started = book.days_ago(rng.randrange(1, max(2, AHEAD - days_left)))
        book.renewal(customer, current, settled=is_bound, started_on=started)
        if is_bound:
            bound_on = min(following, book.on) - datetime.timedelta(days=rng.randrange(1, 14))
            for plan in held:
                book.policy(customer, plan, following, bound_on=bound_on)
        elif rng.random() < 0.3:
            book.policy(customer, held[0], following, bound=False)

    def _last_year(self, held: list[PolicyPlan], inception: datetime.date) -> None:
        book, customer = self.book, self.customer
        factor = Decimal(self.rng.choice(("0.90", "0.95", "0.97", "1")))
        before = [
            book.policy(
                customer,
                PolicyPlan(
                    plan.code,
                    plan.number,
                    plan.currency,
                    (plan.premium * factor).quantize(Decimal(100)),
                    tuple(section.scaled(factor) for section in plan.sections),
                ),
                inception - relativedelta(years=1),
            )
            for plan in held
        ]
        started = inception - datetime.timedelta(days=self.rng.randrange(50, 110))
        book.renewal(customer, before, settled=True, started_on=started)

    def _faults(self, policy: Policy, plan: PolicyPlan) -> None:
        book, section = self.book, plan.sections[0]
        past = (book.on - policy.inception_date).days
        if self.situation.fault == "ENDORSED" and past > 40 and section.limit:
            day = policy.inception_date + datetime.timedelta(days=past // 2)
            higher = (section.limit * Decimal("1.2")).quantize(Decimal(1000))
            changed = _with_section(plan, section, limit=higher).sections[0]
            book.endorse(policy, changed, day, "Limit raised by a fifth at the insured's request")
        elif self.situation.fault == "CANCELLED" and past > 40:
            policy.cancelled_from = policy.inception_date + datetime.timedelta(days=past - 20)
            policy.note = "Cancelled at the insured's request."
        elif self.situation.fault == "QUOTED":
            quote = programmes.plans("CYBER", self.facts, 100 + len(book.of(Policy)))[0]
            book.policy(self.customer, quote, book.on + datetime.timedelta(days=21), bound=False)


def _with_section(plan: PolicyPlan, section: SectionPlan, **changes: object) -> PolicyPlan:
    return replace(plan, sections=(replace(section, **changes), *plan.sections[1:]))  # type: ignore[arg-type]
