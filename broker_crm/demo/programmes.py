"""The insurance usual for a customer of the demo book, class by class: limits, layers, insurers and premiums."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from broker_crm.demo.book import Cover, PolicyPlan, SectionPlan, amount
from programmes.models.terms import CoverBasis
from risk.models import ExposureKind

Lines = tuple[tuple[str, Decimal], ...]

THINGS = (
    ExposureKind.BUILDINGS,
    ExposureKind.CONTENTS,
    ExposureKind.STOCK,
    ExposureKind.MACHINERY,
    ExposureKind.OTHER,
)
"""What insurance of property insures: interruption is a matter of its own."""
ALLOWED = 1.12
"""How many times the values sums insured are, so that they still match when prices have risen."""

PREFIXES = {
    "PROPERTY": "PAR",
    "FIRE": "FIR",
    "BUSINESS_INTERRUPTION": "BIN",
    "MACHINERY": "MBD",
    "TERRORISM": "TER",
    "CONTRACTORS": "CAR",
    "PUBLIC_LIABILITY": "PLI",
    "PRODUCT_LIABILITY": "PRL",
    "EMPLOYEES_COMPENSATION": "EC",
    "PROFESSIONAL_INDEMNITY": "PII",
    "DIRECTORS_AND_OFFICERS": "DNO",
    "CYBER": "CYB",
    "CRIME": "CRM",
    "CREDIT": "TCR",
    "MARINE_CARGO": "MOC",
    "MARINE_HULL": "HUL",
    "MOTOR_FLEET": "MFL",
    "GROUP_MEDICAL": "GMD",
}
"""What policy numbers of a class begin with."""

MARKETS = {
    "HKD": (
        "Lantern Bay", "Nine Terraces", "Southern Wattle", "Kapok", "Bauhinia Mutual", "Pavilion HK", "Albion Oak HK",
        "Chesapeake Pine AP", "Edelweiss Corp.", "Rheinhafen", "Sakura Crane", "Thames Wharf 9001",
    ),
    "SGD": (
        "Merlion Crest", "Straits Harvest", "Thames Wharf 9001", "Silver Junk SG", "Lantern Bay Spec.",
        "Sakura Crane Asia", "Harvest Pacific", "Southern Wattle", "Edelweiss Corp.", "Thames Wharf 9014", "Garonne",
    ),
    "TWD": ("Jade Mountain", "Camphor", "Tamsui River", "Sakura Crane", "Han River", "Edelweiss Corp.", "Rheinhafen"),
    "USD": ("Thames Wharf 9001", "Bermuda Reef", "Chesapeake Pine", "Edelweiss Re", "Albion Oak", "Sakura Crane"),
}  # fmt: skip
"""Insurers, by short name, that customers of a currency are usually placed with."""

SPLITS = (
    (("1",), ("1",), ("0.6", "0.4"), ("0.7", "0.3")),
    (("0.6", "0.4"), ("0.5", "0.3", "0.2"), ("0.55", "0.45")),
    (("0.5", "0.3", "0.2"), ("0.4", "0.3", "0.2", "0.1"), ("0.35", "0.25", "0.2", "0.2")),
)
"""How a layer is shared out: small, middling and large ones."""


@dataclass(frozen=True)
class Facts:
    """What the insurance of a customer is measured by. Money is in millions of Hong Kong dollars."""

    rng: random.Random
    currency: str
    values: dict[str, float]
    revenue: float
    payroll: float
    persons: int
    vehicles: int
    size: float

    @property
    def total(self) -> float:
        return sum(self.values.values())

    def lines(self, limit: float) -> Lines:
        """Insurers with shares that sum to 1; the larger the limit, the more of them."""
        splits = SPLITS[0 if limit < 40 else 1 if limit < 200 else 2]
        shares = self.rng.choice(splits)
        market = MARKETS.get(self.currency, MARKETS["HKD"])
        return tuple((name, Decimal(share)) for name, share in zip(self.rng.sample(market, len(shares)), shares))

    def money(self, millions: float) -> Decimal:
        return amount(millions, self.currency)


def plans(code: str, facts: Facts, serial: int) -> list[PolicyPlan]:
    """The policies of a class for a customer, the primary one first. Their numbers have a place for the year."""
    layers = _BUILDERS[code](facts)
    number = f"{PREFIXES[code]} {{year}}/{serial}"
    return [
        PolicyPlan(code, f"{number}-X{index}" if index else number, facts.currency, premium, (section,))
        for index, (section, premium) in enumerate(layers)
    ]


Layers = list[tuple[SectionPlan, Decimal]]


def _tower(facts: Facts, widths: list[float], premium: float, **fields: object) -> Layers:
    """Layers on top of each other with those widths; the higher, the cheaper. `fields` describe the lowest."""
    layers: Layers = []
    below = Decimal(0)
    for index, width in enumerate(widths):
        limit = facts.money(width)
        if index == 0:
            section = SectionPlan(facts.lines(width), limit, **fields)  # type: ignore[arg-type]
        else:
            first = layers[0][0]
            section = SectionPlan(
                facts.lines(width),
                limit,
                name=f"Excess layer {index}",
                basis=first.basis,
                attachment_point=below,
                insured_kinds=first.insured_kinds,
                # A sublimit belongs to the primary layer: above it the category is simply covered or not.
                covers=tuple(Cover(cover.category, cover.included) for cover in first.covers if not cover.sublimit),
            )
        layers.append((section, facts.money(premium * 0.35**index)))
        below += limit
    return layers


def _property(facts: Facts) -> Layers:
    total = facts.total
    most = total * (0.75 if facts.rng.random() < 0.08 else ALLOWED)  # a few insure too little
    widths = [most] if total < 160 else [most * 0.45, most * 0.55] if total < 420 else [most * 0.35] * 3
    return _tower(
        facts,
        widths,
        total * 0.0014,
        name="Material damage",
        basis=CoverBasis.ALL_RISKS,
        sum_insured=facts.money(most),
        deductible=facts.money(max(0.02, total * 0.0008)),
        average_threshold=Decimal("0.85"),
        insured_kinds=THINGS,
        covers=(
            Cover("TYPHOON", deductible=facts.money(max(0.05, total * 0.002))),
            Cover("FLOOD", sublimit=facts.money(widths[0] * 0.5), deductible=facts.money(max(0.1, total * 0.002))),
            Cover("TERROR_AND_POLITICAL_VIOLENCE", included=False),
            Cover("INTERRUPTION", included=False),
        ),
    )


def _fire(facts: Facts) -> Layers:
    most = facts.total * ALLOWED
    return _tower(
        facts,
        [most],
        facts.total * 0.0016,
        sum_insured=facts.money(most),
        deductible=facts.money(0.02),
        covers=(Cover("FIRE"), Cover("EXPLOSION"), Cover("TYPHOON", deductible=facts.money(0.1)), Cover("IMPACT")),
    )


def _interruption(facts: Facts) -> Layers:
    months = facts.rng.choice((12, 12, 18, 24))
    insured = facts.revenue * 0.35 * ALLOWED * months / 12
    return _tower(
        facts,
        [insured],
        insured * 0.0016,
        name="Gross profit",
        sum_insured=facts.money(insured),
        indemnity_months=months,
        deductible=facts.money(facts.revenue * 0.003),
        insured_kinds=("BUSINESS_INTERRUPTION",),
        covers=(
            Cover("INTERRUPTION_OWN"),
            Cover("INTERRUPTION_SUPPLIER", sublimit=facts.money(insured * 0.2)),
            Cover("PANDEMIC", included=False),
        ),
    )


def _liability(facts: Facts) -> Layers:
    widths = [10.0] if facts.size < 1 else [20.0] if facts.size < 3 else [20.0, 80.0]
    return _tower(
        facts,
        widths,
        max(0.02, facts.revenue * 0.0011),
        name="Public liability",
        deductible=facts.money(0.01),
        covers=(Cover("THIRD_PARTY_INJURY"), Cover("TENANTS_LIABILITY"), Cover("POLLUTION", included=False)),
    )


def _products(facts: Facts) -> Layers:
    limit = 10.0 if facts.size < 1.5 else 30.0
    return _tower(
        facts,
        [limit],
        max(0.03, facts.revenue * 0.0014),
        name="Products",
        aggregate_limit=facts.money(limit),
        deductible=facts.money(0.05),
        covers=(Cover("PRODUCT_DEFECT"), Cover("PRODUCT_RECALL", included=False)),
    )


def _employees(facts: Facts) -> Layers:
    # Hong Kong's least limits for one event, Employees' Compensation Ordinance, Fourth Schedule: 100 million for up to
    # 200 employees, 200 million for more.
    limit = 100.0 if facts.persons <= 200 else 200.0
    return _tower(
        facts,
        [limit],
        facts.payroll * 0.011,
        name="Employees' compensation",
        covers=(Cover("EMPLOYEE_INJURY"),),
    )


def _professional(facts: Facts) -> Layers:
    widths = [10.0] if facts.size < 1 else [20.0] if facts.size < 3 else [30.0, 70.0]
    return _tower(
        facts,
        widths,
        facts.revenue * 0.006,
        name="Civil liability",
        aggregate_limit=facts.money(widths[0]),
        deductible=facts.money(0.1),
        covers=(Cover("PROFESSIONAL_ERROR"),),
    )


def _directors(facts: Facts) -> Layers:
    widths = [20.0] if facts.size < 2 else [40.0, 40.0]
    return _tower(
        facts,
        widths,
        0.12 * facts.size**0.5,
        aggregate_limit=facts.money(widths[0]),
        deductible=facts.money(0.2),
        covers=(Cover("MANAGEMENT_CLAIM"), Cover("EMPLOYMENT_PRACTICES", sublimit=facts.money(widths[0] * 0.25))),
    )


def _cyber(facts: Facts) -> Layers:
    limit = 5.0 if facts.size < 1 else 10.0 if facts.size < 3 else 25.0
    return _tower(
        facts,
        [limit],
        limit * 0.012,
        aggregate_limit=facts.money(limit),
        deductible=facts.money(0.1),
        covers=(
            Cover("DATA_BREACH"),
            Cover("CYBER_INTERRUPTION"),
            Cover("FUNDS_TRANSFER_FRAUD", sublimit=facts.money(limit * 0.2)),
        ),
    )


def _crime(facts: Facts) -> Layers:
    return _tower(
        facts,
        [15.0],
        0.09,
        deductible=facts.money(0.25),
        covers=(Cover("EMPLOYEE_DISHONESTY"), Cover("FUNDS_TRANSFER_FRAUD")),
    )


def _credit(facts: Facts) -> Layers:
    return _tower(
        facts, [facts.revenue * 0.12], facts.revenue * 0.002, name="Whole turnover", covers=(Cover("BAD_DEBT"),)
    )


def _cargo(facts: Facts) -> Layers:
    return _tower(
        facts,
        [max(2.0, facts.revenue * 0.05)],
        max(0.03, facts.revenue * 0.0007),
        name="Any one vessel or conveyance",
        deductible=facts.money(0.01),
        covers=(Cover("CARGO_DAMAGE"),),
    )


def _hull(facts: Facts) -> Layers:
    value = 22 * facts.size
    return _tower(
        facts,
        [value],
        value * 0.007,
        name="Hull and machinery",
        sum_insured=facts.money(value),
        deductible=facts.money(value * 0.01),
        covers=(Cover("VESSEL_DAMAGE"),),
    )


def _motor(facts: Facts) -> Layers:
    # Hong Kong's least limit for injury to third parties, Cap. 272: 100 million. Own damage is paid by the vehicle.
    return _tower(
        facts,
        [100.0],
        facts.vehicles * 0.013,
        name="Commercial vehicles",
        deductible=facts.money(0.008),
        insured_kinds=("VEHICLES",),
        covers=(Cover("VEHICLE_DAMAGE", sublimit=facts.money(0.45)), Cover("VEHICLE_LIABILITY")),
    )


def _medical(facts: Facts) -> Layers:
    return _tower(facts, [0.3], facts.persons * 0.0065, units=max(1, facts.persons), covers=(Cover("EMPLOYEE_HEALTH"),))


def _works(facts: Facts) -> Layers:
    works = facts.revenue * 0.4
    return _tower(
        facts,
        [works],
        works * 0.003,
        name="Annual works",
        basis=CoverBasis.ALL_RISKS,
        deductible=facts.money(works * 0.002),
        covers=(Cover("CONTRACT_WORKS"),),
    )


def _terrorism(facts: Facts) -> Layers:
    return _tower(
        facts,
        [facts.total * ALLOWED],
        facts.total * 0.0003,
        sum_insured=facts.money(facts.total * ALLOWED),
        deductible=facts.money(0.1),
        covers=(Cover("TERROR_AND_POLITICAL_VIOLENCE"),),
    )


def _machinery(facts: Facts) -> Layers:
    value = (facts.values.get("MACHINERY", 0) or facts.total * 0.2) * ALLOWED
    return _tower(
        facts,
        [value],
        value * 0.0026,
        sum_insured=facts.money(value),
        deductible=facts.money(0.05),
        insured_kinds=("MACHINERY",),
        covers=(Cover("MACHINERY_BREAKDOWN"),),
    )


_BUILDERS: dict[str, Callable[[Facts], Layers]] = {
    "PROPERTY": _property,
    "FIRE": _fire,
    "BUSINESS_INTERRUPTION": _interruption,
    "MACHINERY": _machinery,
    "TERRORISM": _terrorism,
    "CONTRACTORS": _works,
    "PUBLIC_LIABILITY": _liability,
    "PRODUCT_LIABILITY": _products,
    "EMPLOYEES_COMPENSATION": _employees,
    "PROFESSIONAL_INDEMNITY": _professional,
    "DIRECTORS_AND_OFFICERS": _directors,
    "CYBER": _cyber,
    "CRIME": _crime,
    "CREDIT": _credit,
    "MARINE_CARGO": _cargo,
    "MARINE_HULL": _hull,
    "MOTOR_FLEET": _motor,
    "GROUP_MEDICAL": _medical,
}
