"""The register: what could hurt the customer, with the exposures a risk can strike or the loss that was entered."""

from collections.abc import Sequence
from dataclasses import dataclass

from broker_crm.book.currencies import PER_HONG_KONG_DOLLAR
from broker_crm.book.draft import Draft, Item, Place, Sheet
from broker_crm.book.draws import rounded
from risk.models import Control, Risk, RiskExposure

RISKS = Sheet(
    Risk,
    "category_id",
    "location_id",
    "currency",
    "maximum_loss",
    "typical_loss",
    "inherent_likelihood",
    "inherent_consequence",
    "current_likelihood",
    "current_consequence",
    "residual_likelihood",
    "residual_consequence",
    "treatment",
    "required_limit",
    "maximum_retention",
    "security_floor",
    "indemnity_months",
    "closed_on",
)
LINKS = Sheet(RiskExposure, "risk_id", "exposure_id")
CONTROLS = Sheet(Control, "risk_id", "name", "origin", "owner", "due_on", "done_on", "evidence")
TREATMENTS = (*["SHARE"] * 15, *["RETAIN"] * 2, "REDUCE", "AVOID", "")
"""One in twenty is not decided."""


@dataclass(slots=True)
class Threat:
    """A risk to be written. `loss` is what is entered, in Hong Kong dollars; none: what it strikes says it."""

    category: str
    loss: float | None = None
    place: Place | None = None
    strikes: Sequence[Item] = ()


def write(draft: Draft) -> None:
    """Adds about six risks; customers with many locations have more."""
    for threat in [*to_property(draft), *to_others(draft)]:
        _risk(draft, threat)


def to_property(draft: Draft) -> list[Threat]:
    """Fire at the largest places, storm and flood over all of them, theft, and interruption."""
    draws = draft.draws
    places = sorted((place for place in draft.places if place.items), key=lambda place: -place.worth)
    threats = []
    for place in places[: 1 + len(places) // 8]:
        strikes = place.items
        if draft.interruption and draws.happens(0.25):
            strikes = [*place.items, draft.interruption]
        threats.append(Threat("FIRE", place=place, strikes=strikes))
    everything = [item for place in places for item in place.items]
    for category, share in (("TYPHOON", 0.7), ("FLOOD", 0.5), ("THEFT", 0.3), ("TERROR_AND_POLITICAL_VIOLENCE", 0.12)):
        if everything and draws.happens(share):
            is_entered = draws.happens(0.3)
            loss = draft.worth * draws.between(0.1, 0.8) if is_entered else None
            threats.append(Threat(category, loss=loss, strikes=everything if draws.happens(0.85) else ()))
    if draft.interruption:
        threats.append(Threat("INTERRUPTION_OWN", strikes=[draft.interruption]))
        if draws.happens(0.2):
            threats.append(Threat("INTERRUPTION_SUPPLIER", loss=draft.interruption.worth * draws.between(0.1, 0.5)))
    return threats


def to_others(draft: Draft) -> list[Threat]:
    """Liability, people, cyber, crime: with a loss that was entered, around the limits usually bought."""
    draws = draft.draws
    codes = {held.code for held in draft.held}
    return [
        Threat(category, loss=None if draws.happens(0.05) else draws.spread(middle, 0.9))
        for category, (code, without, middle) in OTHERS.items()
        if draws.happens(0.92 if code in codes else without)
    ]


OTHERS = {
    "THIRD_PARTY_INJURY": ("PUBLIC_LIABILITY", 0.4, 4e6),
    "EMPLOYEE_INJURY": ("EMPLOYEES_COMPENSATION", 0.4, 1.5e7),
    "PRODUCT_DEFECT": ("PRODUCT_LIABILITY", 0.06, 4e6),
    "PROFESSIONAL_ERROR": ("PROFESSIONAL_INDEMNITY", 0.05, 4e6),
    "MANAGEMENT_CLAIM": ("DIRECTORS_AND_OFFICERS", 0.05, 8e6),
    "EMPLOYMENT_PRACTICES": ("DIRECTORS_AND_OFFICERS", 0.01, 1e6),
    "DATA_BREACH": ("CYBER", 0.08, 2e6),
    "EMPLOYEE_DISHONESTY": ("CRIME", 0.05, 1e6),
    "VEHICLE_LIABILITY": ("MOTOR_FLEET", 0.02, 2e6),
}
"""The class that answers it, how many have it in the register without that, its largest loss in the middle (Hong Kong
dollars)."""


def _risk(draft: Draft, threat: Threat) -> None:
    draws = draft.draws
    currency = "USD" if threat.loss and draws.happens(0.1) else draft.currency
    per_dollar = PER_HONG_KONG_DOLLAR[currency]
    largest = threat.loss or sum(item.worth for item in threat.strikes) or 1e6
    typical = largest * draws.between(0.01, 0.15) if draws.happens(0.6) else None
    likelihood, consequence = 2 + int(draws.random() * 4), 2 + int(draws.random() * 4)
    is_assessed = draws.happens(0.85)
    is_interruption = threat.category.startswith("INTERRUPTION")
    levels = [
        likelihood,
        consequence,
        *(max(1, likelihood - int(draws.random() * 3)), consequence),
        *(max(1, likelihood - 2), max(1, consequence - int(draws.random() * 2))),
    ]
    key = draft.add(
        RISKS,
        draft.shared.categories[threat.category],
        threat.place.key if threat.place else None,
        currency,
        rounded(threat.loss * per_dollar, 3) if threat.loss else None,
        rounded(typical * per_dollar) if typical else None,
        *(levels if is_assessed else [None] * 6),
        draws.one_of(TREATMENTS),
        rounded(largest * draws.between(0.5, 1.1) * per_dollar) if draws.happens(0.2) else None,
        rounded(largest * draws.between(0.005, 0.05) * per_dollar) if draws.happens(0.3) else None,
        draws.one_of((6, 7, 8)) if draws.happens(0.05) else None,
        draws.one_of((12, 18, 24)) if is_interruption and draws.happens(0.6) else None,
        draft.days_ago(20) if draws.happens(0.01) else None,
    )
    for item in threat.strikes:
        draft.add(LINKS, key, item.key)
    if draws.happens(0.14):
        is_done = draws.happens(0.5)
        due_on = draft.days_ago(int(draws.between(-120, 60 if draws.happens(0.3) else 0)))
        draft.add(
            CONTROLS,
            key,
            draws.one_of(("Thermographic survey", "Sprinklers tested", "Staff trained", "Back-ups kept elsewhere")),
            draws.one_of(("AGREED", "INSURER", "BROKER")),
            "Facilities",
            due_on,
            draft.days_ago(5) if is_done else None,
            "Report on file" if is_done else "",
        )
