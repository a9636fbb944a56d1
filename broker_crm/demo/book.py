"""A book in memory: rows are collected here with their keys, and put into the database all at once by `loading.py`."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, TypeVar

from dateutil.relativedelta import relativedelta
from django.db import models

from accounts.models import Portfolio, User
from broker_crm.demo import vocabulary
from broker_crm.demo.keys import Keys
from broker_crm.demo.vocabulary import Place
from common.models import Record
from communications.models import ContactPlan, UpdateMode
from market.models import ClassMode, ClassOfBusiness, Insurer, ValueIndex
from profiles.models import Contact, Customer, Location, ServiceTier
from programmes.models import (
    CoverTerm,
    Participation,
    Policy,
    Renewal,
    RenewalOutcome,
    RenewalPolicy,
    RenewalStage,
    Section,
    Terms,
    TermsLocation,
)
from programmes.models.terms import AverageBasis, CoverBasis, LimitBasis
from risk.models import Exposure, ExposureKind, ExposureValue, RiskCategory
from risk.models.exposures import COUNTED_KINDS

Row = TypeVar("Row", bound=models.Model)

PER_HONG_KONG_DOLLAR = {"HKD": 1.0, "USD": 0.128, "SGD": 0.165, "TWD": 4.0, "CNY": 0.87, "MYR": 0.52, "EUR": 0.111}
"""Rough units of a currency for one Hong Kong dollar: sizes made-up amounts, converts nothing."""

WRITTEN_AHEAD = datetime.timedelta(days=18)
"""How long before inception a policy is usually bound."""


def amount(millions: float, currency: str = "HKD") -> Decimal:
    """An amount of about that many millions of Hong Kong dollars in the currency, to two significant digits."""
    units = Decimal(millions * PER_HONG_KONG_DOLLAR[currency] * 1_000_000)
    if not units:
        return Decimal(0)
    return units.quantize(Decimal(1).scaleb(units.adjusted() - 1)).quantize(Decimal("0.01"))


@dataclass(frozen=True)
class Cover:
    """What a section says of one risk category. Amounts are in the policy's currency."""

    category: str
    included: bool = True
    sublimit: Decimal | None = None
    deductible: Decimal | None = None


@dataclass(frozen=True)
class SectionPlan:
    """A section to be written. `lines` are insurers' short names with their shares, the leader first."""

    lines: tuple[tuple[str, Decimal], ...]
    limit: Decimal | None = None
    name: str = ""
    reference: str = "1"
    basis: str = CoverBasis.NAMED
    attachment_point: Decimal = Decimal(0)
    sum_insured: Decimal | None = None
    deductible: Decimal | None = None
    aggregate_limit: Decimal | None = None
    average_threshold: Decimal | None = None
    indemnity_months: int | None = None
    units: int | None = None
    placed_elsewhere: Decimal = Decimal(0)
    insured_kinds: tuple[str, ...] = ()
    territory: tuple[str, ...] = ()
    covers: tuple[Cover, ...] = ()
    locations: tuple[Location, ...] = ()

    def scaled(self, factor: Decimal) -> "SectionPlan":
        """The same with a sum insured that many times as high: what last year's looked like."""
        if self.sum_insured is None or self.attachment_point:
            return self
        is_whole = self.limit == self.sum_insured
        less = (self.sum_insured * factor).quantize(Decimal(1000))
        return replace(self, sum_insured=less, limit=less if is_whole else self.limit)


@dataclass(frozen=True)
class PolicyPlan:
    """A policy to be written: its class, its yearly premium in its currency, its sections."""

    code: str
    number: str
    currency: str
    premium: Decimal
    sections: tuple[SectionPlan, ...]


@dataclass
class Book:
    """Rows by model, in an order in which they can be inserted."""

    seed: int
    on: datetime.date
    classes: dict[str, ClassOfBusiness]
    categories: dict[str, RiskCategory]
    tiers: dict[str, ServiceTier]
    rows: dict[type[models.Model], list[models.Model]] = field(default_factory=lambda: defaultdict(list))
    people: dict[str, User] = field(default_factory=dict)
    portfolios: dict[str, Portfolio] = field(default_factory=dict)
    insurers: dict[str, Insurer] = field(default_factory=dict)
    value_indices: dict[str, ValueIndex] = field(default_factory=dict)
    endorsements: list[tuple[Terms, Terms]] = field(default_factory=list)
    """Versions of terms by endorsement: the one before and the one after."""

    def __post_init__(self) -> None:
        self._keys = Keys(seed=self.seed, on=self.on)
        self._names: set[str] = set()

    def add(self, model: type[Row], /, **fields: Any) -> Row:
        """A new row of a model, with its key."""
        row = model(id=self._keys(), **fields) if issubclass(model, Record) else model(**fields)
        self.rows[model].append(row)
        return row

    def of(self, model: type[Row]) -> list[Row]:
        """The rows of a model so far."""
        return self.rows[model]  # type: ignore[return-value]

    def days_ago(self, days: int) -> datetime.date:
        return self.on - datetime.timedelta(days=days)

    def noon(self, day: datetime.date) -> datetime.datetime:
        """A moment in office hours of a day."""
        return datetime.datetime.combine(day, datetime.time(4), tzinfo=datetime.UTC)

    # Customers

    def is_named(self, name: str) -> bool:
        return name in self._names

    def customer(self, portfolio: Portfolio, name: str, name_local: str, **fields: Any) -> Customer:
        self._names.add(name)
        domain = vocabulary.domain(name)
        fields.setdefault("website", f"https://www.{domain}")
        fields.setdefault("tier", self.tiers["Standard"])
        if fields.get("profile_reviewed_on"):
            fields.setdefault("profile_reviewed_by", portfolio.manager)
        return self.add(Customer, portfolio=portfolio, name=name, name_local=name_local, **fields)

    def contact(self, customer: Customer, name: tuple[str, str], title: str, phone: str, **fields: Any) -> Contact:
        email = f"{vocabulary.mailbox(name[0])}@{vocabulary.domain(customer.name)}"
        return self.add(
            Contact,
            customer=customer,
            name=name[0],
            name_local=name[1],
            job_title=title,
            phone=phone,
            **{"email": email} | fields,
        )

    def plan(
        self,
        customer: Customer,
        *,
        next_on: datetime.date | None,
        months: int | None = None,
        mode: str = UpdateMode.DRAFT,
    ) -> ContactPlan:
        """The rhythm of a customer's updates; without `months`, its tier's."""
        return self.add(
            ContactPlan,
            customer=customer,
            update_months=months or customer.tier.update_months,
            update_mode=mode,
            next_update_on=next_on,
        )

    def location(self, customer: Customer, place: Place, number: int, **fields: Any) -> Location:
        """Premises in a street; the point lies within about 100 metres of the place's."""
        count = 1 + sum(1 for location in self.of(Location)[-12:] if location.customer is customer)
        shift = Decimal((number * 37) % 17 - 8) / 10_000
        return self.add(
            Location,
            customer=customer,
            reference=f"L{count}",
            address=f"{number} {place.street}",
            city=place.area if place.area == place.city else f"{place.area}, {place.city}",
            country=place.country,
            latitude=place.latitude + shift,
            longitude=place.longitude - shift / 2,
            **{"construction_code": 5150} | fields,
        )

    def exposure(
        self,
        customer: Customer,
        kind: str,
        values: Sequence[tuple[int, Decimal]],
        *,
        location: Location | None = None,
        description: str = "",
        currency: str = "",
        **fields: Any,
    ) -> Exposure:
        """Something that can be lost, with values as pairs of days ago and amount."""
        exposure = self.add(
            Exposure,
            customer=customer,
            location=location,
            kind=kind,
            description=description,
            value_index=self.index_of(kind, location),
        )
        for days, worth in values:
            is_recent = days < 400
            self.add(
                ExposureValue,
                customer=customer,
                exposure=exposure,
                amount=worth,
                currency="" if kind in COUNTED_KINDS else currency or customer.currency,
                valued_on=self.days_ago(days),
                indemnity_days=365 if kind == ExposureKind.BUSINESS_INTERRUPTION else None,
                verified_on=self.days_ago(days) if is_recent else None,
                verified_by=customer.portfolio.manager if is_recent else None,
                **fields,
            )
        return exposure

    def index_of(self, kind: str, location: Location | None) -> ValueIndex | None:
        """The value index that an exposure follows, as far as the book has one for its kind and country."""
        if kind == ExposureKind.BUILDINGS and location is not None and location.country == "HK":
            return self.value_indices.get("BUILDING_COSTS_HK")
        return self.value_indices.get("MACHINERY_PRICES") if kind == ExposureKind.MACHINERY else None

    # Cover

    def policy(
        self, customer: Customer, plan: PolicyPlan, inception: datetime.date, *, bound: bool = True, **fields: Any
    ) -> Policy:
        """A policy for a year from its inception. Not bound, its lines are written and not signed."""
        policy = self.add(
            Policy,
            customer=customer,
            class_of_business=self.classes[plan.code],
            number=plan.number.format(year=inception.year),
            currency=plan.currency,
            premium=plan.premium,
            insured_name=customer.name,
            inception_date=inception,
            expiry_date=inception + relativedelta(years=1, days=-1),
            **{"bound_on": min(inception - WRITTEN_AHEAD, self.on) if bound else None} | fields,
        )
        for section in plan.sections:
            row = self.add(
                Section,
                customer=customer,
                policy=policy,
                reference=section.reference,
                name=section.name,
                class_of_business=policy.class_of_business,
            )
            self.terms(row, section, inception, is_signed=bound)
        return policy

    def terms(
        self,
        section: Section,
        plan: SectionPlan,
        first_day: datetime.date,
        *,
        is_signed: bool = True,
        last_day: datetime.date | None = None,
        change_note: str = "",
    ) -> Terms:
        """One version of a section."""
        customer = section.customer
        is_benefit = section.policy.class_of_business.mode == ClassMode.BENEFIT
        terms = self.add(
            Terms,
            customer=customer,
            section=section,
            first_day=first_day,
            last_day=last_day,
            change_note=change_note,
            basis=plan.basis,
            attachment_point=plan.attachment_point,
            limit=plan.limit,
            limit_basis=LimitBasis.PER_UNIT if plan.units else LimitBasis.ANY_ONE_LOSS,
            units=plan.units,
            placed_elsewhere_share=plan.placed_elsewhere,
            aggregate_limit=plan.aggregate_limit,
            sum_insured=plan.sum_insured,
            average_threshold=plan.average_threshold,
            average_basis=AverageBasis.FULL_VALUE if plan.average_threshold else "",
            indemnity_months=plan.indemnity_months,
            insured_kinds=list(plan.insured_kinds),
            territory=list(plan.territory),
            deductible_amount=None if is_benefit else plan.deductible,
        )
        for cover in plan.covers:
            self.add(
                CoverTerm,
                customer=customer,
                terms=terms,
                category=self.categories[cover.category],
                included=cover.included,
                sublimit=cover.sublimit,
                deductible_amount=cover.deductible,
            )
        for location in plan.locations:
            self.add(TermsLocation, customer=customer, terms=terms, location=location)
        for index, (insurer, share) in enumerate(plan.lines):
            self.add(
                Participation,
                customer=customer,
                terms=terms,
                insurer=self.insurers[insurer],
                written_share=share,
                signed_share=share if is_signed else None,
                is_lead=index == 0,
            )
        return terms

    def endorse(self, policy: Policy, plan: SectionPlan, first_day: datetime.date, change_note: str) -> Terms:
        """Ends the latest version of a policy's section and begins another the day after."""
        section = next(
            row for row in self.of(Section)[::-1] if row.policy is policy and row.reference == plan.reference
        )
        current = next(row for row in self.of(Terms)[::-1] if row.section is section)
        current.last_day = first_day - datetime.timedelta(days=1)
        following = self.terms(section, plan, first_day, change_note=change_note)
        self.endorsements.append((current, following))
        return following

    def renewal(
        self, customer: Customer, policies: Iterable[Policy], *, settled: bool, started_on: datetime.date
    ) -> Renewal:
        """The work of renewing policies that end together: settled by what follows them, or in hand."""
        held = list(policies)
        expiry = held[0].expiry_date
        assert expiry is not None  # the demo book renews no contract without expiry
        manager = customer.portfolio.manager
        settled_on = min(expiry - datetime.timedelta(days=15), self.on)
        renewal = self.add(
            Renewal,
            customer=customer,
            expiry_date=expiry,
            stage=RenewalStage.SETTLED if settled else RenewalStage.IN_HAND,
            started_at=self.noon(min(started_on, settled_on)),
            started_by=manager,
            settled_at=self.noon(settled_on) if settled else None,
            settled_by=manager if settled else None,
            outcome=RenewalOutcome.RENEWED if settled else "",
        )
        for policy in held:
            self.add(RenewalPolicy, customer=customer, renewal=renewal, policy=policy)
        return renewal
