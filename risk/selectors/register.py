"""A customer's register of risks: its lines, how they spread over likelihood and consequence, what does not add up."""

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import AuditEntry
from profiles.models import Customer
from risk.models import Control, Risk
from risk.selectors.losses import LargestLoss, largest_losses

SHOWN_ENTRIES = 20


@dataclass(frozen=True)
class Line:
    """A risk in the register, counted with its controls. `warnings` say what does not add up."""

    risk: Any
    largest: LargestLoss
    warnings: list[str]


def register_rows(customer: Customer, on: datetime.date) -> QuerySet[Risk]:
    """The customer's risks, closed ones too, each with `open_controls`, `overdue_controls` and `next_control_on`."""
    is_open = Q(controls__done_on=None)
    return (
        Risk.objects.filter(customer=customer)
        .select_related("category", "location")
        .annotate(
            open_controls=Count("controls", filter=is_open),
            overdue_controls=Count("controls", filter=is_open & Q(controls__due_on__lt=on)),
            next_control_on=Min("controls__due_on", filter=is_open),
        )
        .order_by("category__rank", "pk")
    )


def by_state(risks: Iterable[Risk], on: datetime.date) -> dict[str, list[Risk]]:
    """The risks that are `open` on the day, that are `closed`, and `all` of them."""
    rows = list(risks)
    is_closed = [risk.closed_on is not None and risk.closed_on <= on for risk in rows]
    return {
        "open": [risk for risk, closed in zip(rows, is_closed, strict=True) if not closed],
        "closed": [risk for risk, closed in zip(rows, is_closed, strict=True) if closed],
        "all": rows,
    }


def lines(risks: Iterable[Risk], customer: Customer, on: datetime.date) -> list[Line]:
    """The risks with what they can cost on the day and what does not add up. Two queries at most."""
    rows = list(risks)
    largest = largest_losses(rows, customer, on)
    return [Line(risk, largest[risk.pk], warnings(risk, largest[risk.pk], customer)) for risk in rows]


def warnings(risk: Risk, largest: LargestLoss, customer: Customer) -> list[str]:
    """What does not add up in a risk: kept, but to be looked at again."""
    found = []
    inherent, current, residual = risk.inherent_level, risk.current_level, risk.residual_level
    if current is not None and residual is not None and residual > current:
        found.append(_("The level when all is done is above the level now."))
    if inherent is not None and current is not None and current > inherent:
        found.append(_("The level now is above the level without controls."))
    most, typical = largest.ours, risk.typical_loss
    if most is not None and typical is not None and risk.currency == customer.currency and typical > most:
        found.append(_("The typical loss is above the largest loss."))
    return found


# What is to be looked at

LOOKS: dict[str, Callable[[Line], bool]] = {
    "warnings": lambda line: bool(line.warnings),
    "overdue": lambda line: bool(line.risk.overdue_controls),
    "untreated": lambda line: not line.risk.treatment,
    "unassessed": lambda line: line.risk.current_level is None,
    "unknown": lambda line: line.largest.ours is None,
}
"""What `?look=` narrows a register to."""


# The map


def cell_of(risk: Risk, kind: str) -> tuple[int, int] | None:
    """The cell of the map where a risk stands by its `current` or `residual` level; None if that is not assessed."""
    likelihood, consequence = getattr(risk, f"{kind}_likelihood"), getattr(risk, f"{kind}_consequence")
    return None if likelihood is None or consequence is None else (likelihood, consequence)


def spread(risks: Iterable[Risk], kind: str) -> Counter[tuple[int, int]]:
    """How many risks stand in each cell of the map, by (likelihood, consequence)."""
    return Counter(cell for risk in risks if (cell := cell_of(risk, kind)) is not None)


# Order


def _level(kind: str) -> Callable[[Line], Any]:
    return lambda line: line.risk.level(kind)


ORDERS: dict[str, Callable[[Line], Any]] = {
    "risk": lambda line: str(line.risk).casefold(),
    "place": lambda line: str(line.risk.location).casefold() if line.risk.location else None,
    "loss": lambda line: line.largest.ours,
    "inherent": _level("inherent"),
    "current": _level("current"),
    "residual": _level("residual"),
    "treatment": lambda line: str(line.risk.get_treatment_display()) or None,
    "owner": lambda line: line.risk.owner.casefold() or None,
    "controls": lambda line: (line.risk.overdue_controls, line.risk.open_controls),
}
WORST_FIRST = "-current"


def in_order(rows: Sequence[Line], asked: str) -> list[Line]:
    """The lines in the order that `?sort=` asks for ("-loss" backwards); what is not known always comes last."""
    word = asked if asked.removeprefix("-") in ORDERS else WORST_FIRST
    key = ORDERS[word.removeprefix("-")]
    known = [row for row in rows if key(row) is not None]
    return [
        *sorted(known, key=key, reverse=word.startswith("-")),
        *[row for row in rows if key(row) is None],
    ]


# One risk


def controls_of(risk: Risk) -> QuerySet[Control]:
    """The controls of a risk: what is open first, the most urgent before the others, then what is done."""
    return (
        Control.objects.filter(risk=risk)
        .select_related("responsible")
        .order_by(F("done_on").desc(nulls_first=True), F("due_on").asc(nulls_last=True), "pk")
    )


def overdue(controls: Iterable[Control], on: datetime.date) -> int:
    """How many of the controls are past their day and not done."""
    return sum(row.done_on is None and row.due_on is not None and row.due_on < on for row in controls)


def entries_of_risk(risk: Risk) -> QuerySet[AuditEntry]:
    """What was done with a risk and its controls, removed ones included, newest first."""
    # The history knows the rows that are no longer there.
    controls = Control.pgh_event_model.objects.filter(risk_id=risk.pk).values("pgh_obj_id")  # type: ignore[attr-defined]
    is_about = Q(object_type=Risk._meta.label_lower, object_id=risk.pk)
    is_about |= Q(object_type=Control._meta.label_lower, object_id__in=controls)
    return AuditEntry.objects.filter(is_about, customer_id=risk.customer_id).order_by("-at", "-id")
