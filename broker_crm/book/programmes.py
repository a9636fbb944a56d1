"""What a customer buys, by its size: property in layers or a package, liability with an umbrella, and the rest."""

import datetime

from dateutil.relativedelta import relativedelta

from broker_crm.book import policies
from broker_crm.book.currencies import FOREIGN
from broker_crm.book.draft import Draft, listed
from broker_crm.book.policies import Cover, Period, Plan

PROPERTY_KINDS = listed(("BUILDINGS", "CONTENTS", "STOCK", "MACHINERY", "OTHER"))
INTERRUPTION = listed(("BUSINESS_INTERRUPTION",))
SOON = 60
"""Days before its end by which most policies have a successor that is bound."""


def write(draft: Draft) -> None:
    """Adds the policies of now, some that are over, and some that are bound for next year."""
    draws = draft.draws
    days_left = int(draws.between(0, 365))
    has_package = draft.worth < 2e7 and draws.happens(0.6)
    bought = [package(draft)] if has_package else [*property_tower(draft), *liability(draft)]
    bought += others(draft)
    for code, plans, premium in bought:
        left = days_left if draws.happens(0.85) else int(draws.between(0, 365))
        expiry = draft.on + datetime.timedelta(days=left)
        period = Period(expiry - relativedelta(years=1) + datetime.timedelta(days=1), expiry)
        _write_years(draft, code, plans, premium, period)


def _write_years(draft: Draft, code: str, plans: list[Plan], premium: float, period: Period) -> None:
    draws = draft.draws
    currency = draws.one_of(FOREIGN) if draws.happens(0.1) else draft.currency
    fate = draws.random()
    if draws.happens(0.05):
        policies.write(draft, code, plans, period.before(), currency=currency, premium=premium)
    if fate < 0.02:
        period = Period(period.inception, period.expiry, is_bound=False)
    elif fate < 0.03:
        period = Period(period.inception, period.expiry, cancelled_from=min(draft.on, period.expiry))
    policies.write(draft, code, plans, period, currency=currency, premium=premium)
    if (period.expiry - draft.on).days <= SOON and draws.happens(0.5):
        policies.write(draft, code, plans, period.after(), currency=currency, premium=premium)


Bought = tuple[str, list[Plan], float]
"""A class, its sections, and the premium in Hong Kong dollars."""


def property_tower(draft: Draft) -> list[Bought]:
    """Material damage in one to four layers, each a policy, with interruption as second section of the lowest."""
    draws, worth = draft.draws, draft.worth
    if not worth or draws.happens(0.04):
        return []
    insured = worth * (draws.between(1.0, 1.15) if draws.happens(0.75) else draws.between(0.55, 1.0))
    layers = 1 if insured < 8e7 else 1 + int(draws.random() * (2 if insured < 5e8 else 4))
    first = _damage(draft, insured, layers)
    bought: list[Bought] = [("PROPERTY", [first, *interruption(draft)], insured * 0.0015)]
    below = first.limit or insured / layers
    for layer in range(1, layers):
        fault = draws.random()
        attachment = below * (draws.between(1.1, 1.5) if fault < 0.08 else 0.85 if fault < 0.12 else 1)
        limit = insured / layers
        bought.append(
            (
                "PROPERTY",
                [
                    Plan(
                        "PROPERTY",
                        f"Excess layer {layer}",
                        basis="ALL_RISKS",
                        attachment_point=attachment,
                        limit=limit,
                        recognises_sublimits=draws.happens(0.3),
                        insured_kinds=first.insured_kinds,
                        covers=[Cover(cover.category, cover.included) for cover in first.covers if not cover.included],
                    )
                ],
                insured * 0.0004,
            )
        )
        below = attachment + limit
    if draws.happens(0.015):
        bought.append(("FIRE", [_fire(draft, insured * 0.5)], insured * 0.0005))
    return bought


def _damage(draft: Draft, insured: float, layers: int) -> Plan:
    draws = draft.draws
    limit: float | None = insured / layers
    covers = []
    if draws.happens(0.4):
        covers.append(Cover("FLOOD", sublimit=insured / layers * draws.one_of((0.1, 0.25, 0.5))))
    elif draws.happens(0.08):
        covers.append(Cover("FLOOD", included=False))
    if draws.happens(0.3):
        covers.append(Cover("TYPHOON", deductible_percent="0.02"))
    if draws.happens(0.5):
        covers.append(Cover("TERROR_AND_POLITICAL_VIOLENCE", included=False))
    is_average = draws.happens(0.6)
    is_percent = draws.happens(0.08)
    unknown = draws.happens(0.015)
    some_places = len(draft.places) > 2 and draws.happens(0.08)
    return Plan(
        "PROPERTY",
        "Material damage",
        # A named-perils section that names none says nothing: it happens, and cover is unknown then.
        basis="ALL_RISKS" if draws.happens(0.985) else "NAMED",
        limit=None if unknown else limit,
        sum_insured=None if unknown else insured,
        average_threshold="0.85" if is_average else None,
        average_basis=draws.one_of(("FULL_VALUE", "FULL_VALUE", "THRESHOLD")) if is_average else "",
        insured_kinds=PROPERTY_KINDS if draws.happens(0.4) else "{}",
        territory=listed((draft.country,)) if draws.happens(0.1) else "{}",
        deductible_amount=None if is_percent else max(5e3, insured * 0.001),
        deductible_percent="0.01" if is_percent else None,
        deductible_percent_of=draws.one_of(("LOSS", "SUM_INSURED", "VALUE")) if is_percent else "",
        deductible_min=1e4 if is_percent else None,
        covers=covers,
        locations=[place.key for place in draft.places[: len(draft.places) // 2]] if some_places else (),
    )


def _fire(draft: Draft, insured: float) -> Plan:
    """A second policy on the same property."""
    covers = [Cover("FIRE"), Cover("EXPLOSION"), Cover("TYPHOON")]
    return Plan("FIRE", "Fire", limit=insured, sum_insured=insured, deductible_amount=2e4, covers=covers)


def interruption(draft: Draft) -> list[Plan]:
    draws = draft.draws
    if draft.interruption is None or draws.happens(0.2):
        return []
    insured = draft.interruption.worth * draws.between(0.7, 1.3)
    covers = [Cover("INTERRUPTION")]
    if draws.happens(0.5):
        covers.append(Cover("INTERRUPTION_SUPPLIER", sublimit=insured * 0.2))
    if draws.happens(0.4):
        covers.append(Cover("PROPERTY_DAMAGE"))
    return [
        Plan(
            "BUSINESS_INTERRUPTION",
            "Gross profit",
            limit=insured,
            sum_insured=insured,
            indemnity_months=draws.one_of((6, 12, 12, 12, 18, 24)),
            insured_kinds=INTERRUPTION,
            deductible_amount=insured * 0.01,
            covers=covers,
        )
    ]


def package(draft: Draft) -> Bought:
    """A shop's or an office's policy: property, interruption, liability and money together."""
    damage = _damage(draft, max(draft.worth, 5e5) * draft.draws.between(0.8, 1.2), 1)
    sections = [damage, *interruption(draft), _public_liability(draft, 1e7)]
    if draft.draws.happens(0.4):
        sections.append(Plan("CRIME", "Money", limit=2e5, deductible_amount=2e3, covers=[Cover("MONEY_LOSS")]))
    return "PACKAGE", sections, draft.worth * 0.002 + 1e4


def liability(draft: Draft) -> list[Bought]:
    """Public liability, for larger customers under an umbrella that drops down."""
    draws = draft.draws
    limit = draws.one_of((1e7, 1e7, 2e7, 5e7)) if draft.worth < 2e8 else draws.one_of((2e7, 5e7, 1e8))
    bought: list[Bought] = [("PUBLIC_LIABILITY", [_public_liability(draft, limit)], limit * 0.002)]
    if draft.worth > 6e7 and draws.happens(0.5):
        attachment = limit * (1.2 if draws.happens(0.05) else 1)
        covers = [Cover("THIRD_PARTY_INJURY"), Cover("TENANTS_LIABILITY"), Cover("PRODUCT_DEFECT")]
        umbrella = Plan(
            "UMBRELLA",
            "Umbrella",
            attachment_point=attachment,
            limit=limit * draws.one_of((2, 4, 4, 9)),
            drops_down=draws.happens(0.7),
            covers=covers,
        )
        bought.append(("UMBRELLA", [umbrella], limit * 0.001))
    return bought


def _public_liability(draft: Draft, limit: float) -> Plan:
    draws = draft.draws
    has_aggregate = draws.happens(0.5)
    covers = [Cover("THIRD_PARTY_INJURY"), Cover("TENANTS_LIABILITY")]
    if draws.happens(0.3):
        covers.append(Cover("POLLUTION", included=False))
    return Plan(
        "PUBLIC_LIABILITY",
        "Public liability",
        coverage_trigger="LOSSES_OCCURRING",
        limit=limit,
        aggregate_limit=limit if has_aggregate else None,
        deductible_amount=1e4,
        covers=covers,
    )


def others(draft: Draft) -> list[Bought]:
    """Employees' compensation, and what about one customer in four to ten buys."""
    draws = draft.draws
    bought: list[Bought] = []
    if draws.happens(0.88):
        limit = draws.one_of((1e8, 1e8, 1e8, 2e8, 5e7))
        plan = Plan(
            "EMPLOYEES_COMPENSATION",
            "Employees' compensation",
            limit=None if draws.happens(0.03) else limit,
            unlimited=False,
            covers=[Cover("EMPLOYEE_INJURY")],
            placed_share="1" if draws.happens(0.04) else None,
        )
        bought.append(("EMPLOYEES_COMPENSATION", [plan], draws.spread(6e4, 1)))
    for code, (share, middle, covers) in OTHERS.items():
        if draws.happens(share):
            bought.append((code, [_other(draft, code, middle, covers)], middle * 0.006))
    return bought


OTHERS: dict[str, tuple[float, float, list[str]]] = {
    "PRODUCT_LIABILITY": (0.12, 1e7, ["PRODUCT_DEFECT"]),
    "PROFESSIONAL_INDEMNITY": (0.1, 1e7, ["PROFESSIONAL_ERROR"]),
    "DIRECTORS_AND_OFFICERS": (0.13, 2e7, ["MANAGEMENT_CLAIM", "EMPLOYMENT_PRACTICES"]),
    "CYBER": (0.15, 5e6, ["DATA_BREACH", "CYBER_INTERRUPTION"]),
    "CRIME": (0.06, 3e6, ["EMPLOYEE_DISHONESTY"]),
    "MOTOR_FLEET": (0.15, 4e5, ["VEHICLE_DAMAGE", "VEHICLE_LIABILITY"]),
    "GROUP_MEDICAL": (0.06, 2e5, ["EMPLOYEE_HEALTH"]),
}
"""How many buy it, its limit in the middle, what it covers."""
PER_UNIT = ("MOTOR_FLEET", "GROUP_MEDICAL")
BY_AGGREGATE = ("PRODUCT_LIABILITY", "PROFESSIONAL_INDEMNITY", "DIRECTORS_AND_OFFICERS", "CYBER")


def _other(draft: Draft, code: str, middle: float, categories: list[str]) -> Plan:
    draws = draft.draws
    limit = middle * draws.one_of((0.5, 1, 1, 1, 2, 5))
    is_by_unit = code in PER_UNIT
    is_claims_made = code in ("PROFESSIONAL_INDEMNITY", "DIRECTORS_AND_OFFICERS", "CYBER")
    return Plan(
        code,
        code.capitalize().replace("_", " "),
        coverage_trigger="CLAIMS_MADE" if is_claims_made else "",
        limit=None if draws.happens(0.02) else limit,
        limit_basis="PER_UNIT" if is_by_unit else "ANY_ONE_CLAIM" if is_claims_made else "ANY_ONE_LOSS",
        units=1 + int(draws.spread(12, 1)) if is_by_unit else None,
        aggregate_limit=limit if code in BY_AGGREGATE else None,
        deductible_amount=None if is_by_unit else limit * 0.01,
        covers=[Cover(category) for category in categories],
    )
