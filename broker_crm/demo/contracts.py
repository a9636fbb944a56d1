"""Contracts of the showcase as they really are: premium in parts, subjectivities, an open cover, a package, a lapse."""

import datetime
from dataclasses import replace
from decimal import Decimal
from typing import Any

from dateutil.relativedelta import relativedelta

from broker_crm.demo.book import Book, SectionPlan
from profiles.models import Customer
from programmes.models import (
    ConditionKind,
    ConditionState,
    Declaration,
    DeclarationBasis,
    Instalment,
    Policy,
    PolicyCondition,
    PolicyKind,
    PremiumKind,
    PremiumPart,
    Section,
)

BROKERAGE = Decimal("0.18")
"""Share of the premium that the broker keeps."""
LEVY = Decimal("0.001")
"""The insurance authority's levy, as a share of the premium."""


def premium_in_parts(book: Book, policy: Policy, *, instalments: int = 0, paid: int = 0) -> None:
    """Net premium, brokerage and levy of a policy, and instalments a quarter apart, the first of them paid."""
    assert policy.premium is not None  # the showcase knows its premiums
    brokerage = (policy.premium * BROKERAGE).quantize(Decimal(1))
    levy = (policy.premium * LEVY).quantize(Decimal(1))
    for kind, amount in [
        (PremiumKind.NET, policy.premium - brokerage),
        (PremiumKind.BROKERAGE, brokerage),
        (PremiumKind.LEVY, levy),
    ]:
        book.add(
            PremiumPart,
            customer=policy.customer,
            policy=policy,
            kind=kind,
            amount=amount,
            charged_from=policy.inception_date,
            note="First premium",
        )
    total = policy.premium + levy
    each = (total / instalments).quantize(Decimal(1)) if instalments else total
    for at in range(instalments):
        due_on = policy.inception_date + relativedelta(months=3 * at)
        book.add(
            Instalment,
            customer=policy.customer,
            policy=policy,
            due_on=due_on,
            amount=each if at else total - each * (instalments - 1),
            paid_on=due_on + datetime.timedelta(days=4) if at < paid else None,
        )


def conditions(book: Book, policy: Policy) -> None:
    """A subjectivity that is due within a week, one satisfied, and a warranty."""
    asked: list[tuple[str, str, dict[str, Any]]] = [
        (
            ConditionKind.SUBJECTIVITY,
            "Thermographic survey of all switchboards, report to insurers",
            {"due_on": book.on + datetime.timedelta(days=6)},
        ),
        (
            ConditionKind.SUBJECTIVITY,
            "Signed proposal form",
            {
                "due_on": policy.inception_date + datetime.timedelta(days=30),
                "state": ConditionState.SATISFIED,
                "settled_on": policy.inception_date + datetime.timedelta(days=12),
                "evidence": "Signed form, in the file of the placement",
            },
        ),
        (ConditionKind.WARRANTY, "Ammonia detectors are tested every quarter and the tests recorded", {}),
    ]
    for kind, wording, fields in asked:
        book.add(PolicyCondition, customer=policy.customer, policy=policy, kind=kind, wording=wording, **fields)


def turnover(book: Book, policy: Policy) -> None:
    """The declaration of turnover that adjusts the premium after the period."""
    assert policy.expiry_date is not None  # a policy of a year
    book.add(
        Declaration,
        customer=policy.customer,
        policy=policy,
        basis=DeclarationBasis.TURNOVER,
        first_day=policy.inception_date,
        last_day=policy.expiry_date,
        due_on=policy.expiry_date + relativedelta(months=3),
    )


def open_cover(book: Book, customer: Customer, cover: SectionPlan, serial: int) -> None:
    """An open cover that runs on and is to be reviewed soon, with a shipment declared under it."""
    inception = book.on - relativedelta(years=2)
    currency = customer.currency
    contract = book.add(
        Policy,
        customer=customer,
        class_of_business=book.classes["MARINE_CARGO"],
        number=f"OC {inception.year}/{serial}",
        kind=PolicyKind.OPEN_COVER,
        currency=currency,
        inception_date=inception,
        review_date=book.on + datetime.timedelta(days=20),
        bound_on=inception - datetime.timedelta(days=10),
        is_renewable=False,
    )
    _section(book, contract, cover, "MARINE_CARGO")
    first = book.on - datetime.timedelta(days=9)
    shipment = book.add(
        Policy,
        customer=customer,
        class_of_business=book.classes["MARINE_CARGO"],
        number=f"OC {inception.year}/{serial}/D1",
        kind=PolicyKind.DECLARATION,
        parent_contract=contract,
        currency=currency,
        premium=Decimal("8400.00"),
        inception_date=first,
        expiry_date=first + datetime.timedelta(days=120),
        bound_on=first,
        is_renewable=False,
    )
    _section(book, shipment, replace(cover, limit=Decimal("3000000.00")), "MARINE_CARGO")


def package(
    book: Book, customer: Customer, number: str, sections: dict[str, SectionPlan], ends: datetime.date
) -> Policy:
    """A package with a section for each class."""
    inception = ends - relativedelta(years=1) + datetime.timedelta(days=1)
    made = book.add(
        Policy,
        customer=customer,
        class_of_business=book.classes["PACKAGE"],
        number=number,
        currency=customer.currency,
        premium=Decimal("46000.00"),
        inception_date=inception,
        expiry_date=ends,
        bound_on=inception - datetime.timedelta(days=14),
    )
    for at, (code, plan) in enumerate(sections.items(), start=1):
        _section(book, made, replace(plan, reference=str(at)), code)
    return made


def _section(book: Book, policy: Policy, plan: SectionPlan, code: str) -> None:
    row = book.add(
        Section,
        customer=policy.customer,
        policy=policy,
        reference=plan.reference,
        name=plan.name,
        class_of_business=book.classes[code],
    )
    book.terms(row, plan, policy.inception_date)
