"""A loss walked through the cover of a risk as it stands, and through an option that is tried and not saved."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from common.money import round_money
from market.selectors import rates
from profiles.models import Customer
from programmes.models import PercentOf
from programmes.selectors.bearing import Reason, borne_by_loss
from programmes.selectors.risk_cover import RiskCover, Surroundings, tried
from risk.models import Risk

BEYOND = Decimal("1.25")
"""How far beyond the loss looked at the line of what the customer bears goes."""


@dataclass(frozen=True)
class Choice:
    """A loss worth trying. Amounts are in the customer's currency."""

    label: str
    amount: Decimal


@dataclass(frozen=True)
class Compared:
    """A figure as it stands and with the option; None where the option is not worked out, or the figure is unknown."""

    label: str
    now: Decimal | None
    option: Decimal | None
    url: str = ""
    is_lead: bool = False
    is_written: bool = False

    @property
    def difference(self) -> Decimal | None:
        return None if self.now is None or self.option is None else self.option - self.now


@dataclass(frozen=True)
class Walk:
    """A loss and what becomes of it. `option` is None where nothing differs from the cover as it stands."""

    loss: Decimal | None
    now: RiskCover
    option: RiskCover | None
    most_to_bear: Decimal | None
    largest: Decimal | None

    @property
    def currency(self) -> str:
        return self.now.currency

    @property
    def unit(self) -> str:
        """What the filter `amount` takes for the figures: see `RiskCover.unit`."""
        parts = [self.now.borne, self.option.borne if self.option else ()]
        paid = [each.amount for cover in (self.now, self.option) if cover for each in cover.insurers]
        figures = paid + [part.amount for borne in parts for part in borne]
        has_parts = any(figure != figure.to_integral_value() for figure in figures)
        return self.currency if has_parts or self.now.unit or (self.option and self.option.unit) else ""

    @property
    def insurers(self) -> list[Compared]:
        """What each carrier pays, now and with the option."""
        option = {_key(paid): paid.amount for paid in self.option.insurers} if self.option else {}
        rows = [
            Compared(
                paid.carrier.name,
                paid.amount,
                option.pop(_key(paid), Decimal(0)) if self.option else None,
                is_lead=paid.carrier.is_lead,
                is_written=paid.carrier.is_written,
            )
            for paid in self.now.insurers
        ]
        names = {_key(paid): paid.carrier for paid in self.option.insurers} if self.option else {}
        rows += [
            Compared(
                names[key].name,
                Decimal(0),
                figure,
                is_lead=names[key].is_lead,
                is_written=names[key].is_written,
            )
            for key, figure in option.items()
        ]
        return rows

    @property
    def insured(self) -> Compared:
        return self._of("insured", _("Insurers would pay"))

    @property
    def retained(self) -> Compared:
        return self._of("retained_amount", _("Customer would bear"))

    def _of(self, name: str, label: str) -> Compared:
        option = getattr(self.option.adequacy, name) if self.option else None
        return Compared(label, getattr(self.now.adequacy, name), option)

    @property
    def reasons(self) -> list[Compared]:
        """Why the customer bears what it bears, now and with the option; empty where no reason has its own figure."""
        if not self.now.borne and not (self.option and self.option.borne):
            return []
        now, option = _by_reason(self.now), _by_reason(self.option) if self.option else {}
        return [
            Compared(
                str(reason.label),
                now.get(reason, Decimal(0)),
                option.get(reason, Decimal(0)) if self.option else None,
            )
            for reason in Reason
            if reason in now or reason in option
        ]

    @property
    def curves(self) -> list[tuple[tuple[Decimal, Decimal], ...]]:
        """What the customer bears of any loss up to somewhat above those looked at, now and with the option.

        Empty where one of the two cannot be drawn: see `_curve`.
        """
        known = [figure for figure in (self.loss, self.largest) if figure is not None]
        if not known:
            return []
        upto = round_money(max(known) * BEYOND, self.currency)
        found = [_curve(cover, upto) for cover in (self.now, self.option) if cover is not None]
        return found if all(found) else []

    @property
    def is_above(self) -> bool:
        return _is_above(self.now, self.most_to_bear)

    @property
    def is_option_above(self) -> bool:
        return self.option is not None and _is_above(self.option, self.most_to_bear)


def _curve(cover: RiskCover, upto: Decimal) -> tuple[tuple[Decimal, Decimal], ...]:
    """Points of what the customer bears by the loss. Empty where several towers share the loss, or a deductible is a
    part of it: then bands move with the loss."""
    towers = cover.towers
    if len(towers) != 1 or towers[0].loss != cover.adequacy.maximum_loss:
        return ()
    paying = towers[0].sections
    if any(row.deductible_percent_of == PercentOf.LOSS for each in paying for row in each.held.deductibles):
        return ()
    return borne_by_loss([each.step for each in paying], upto)


def _key(paid: Any) -> tuple[Any, str]:
    return paid.carrier.insurer, paid.carrier.name


def _by_reason(cover: RiskCover) -> dict[Reason, Decimal]:
    found: dict[Reason, Decimal] = {}
    for part in cover.borne:
        found[part.reason] = found.get(part.reason, Decimal(0)) + part.amount
    return found


def _is_above(cover: RiskCover, most: Decimal | None) -> bool:
    bears = cover.adequacy.retained_amount
    return most is not None and bears is not None and bears > most


def losses_of(risk: Risk, base: RiskCover, customer: Customer, *, on: datetime.date) -> list[Choice]:
    """Losses worth trying, those that are known: the largest and parts of it, the typical one, the required limit.

    One query at most, where the typical loss is in another currency.
    """
    largest = base.adequacy.maximum_loss
    found = []
    if largest is not None:
        found.append(Choice(_("Largest loss"), largest))
        found.append(Choice(_("Half of it"), round_money(largest / 2, base.currency)))
        found.append(Choice(_("A tenth of it"), round_money(largest / 10, base.currency)))
    if risk.typical_loss is not None:
        typical = rates.convert(risk.typical_loss, risk.currency, base.currency, on)
        if typical:
            found.append(Choice(_("Typical loss"), typical))
    if base.adequacy.required_limit:
        found.append(Choice(_("Required limit"), base.adequacy.required_limit))
    if base.adequacy.top_of_cover and base.adequacy.top_of_cover not in [choice.amount for choice in found]:
        found.append(Choice(_("Top of the cover"), base.adequacy.top_of_cover))
    return found


def walked(
    risk: Risk,
    customer: Customer,
    base: RiskCover,
    around: Surroundings,
    *,
    on: datetime.date,
    loss: Decimal | None,
    what_if: Sequence[dict[str, Any]],
) -> Walk:
    """The loss (None: the largest) walked through the cover, and through the option where it differs from it.

    The sum is worked out once for the loss, unless it is the largest, and once for the option.
    """
    largest = base.adequacy.maximum_loss
    now = base
    if loss is not None and loss != largest:
        now = tried(risk, customer, around, on=on, loss=loss)
    option = tried(risk, customer, around, on=on, loss=loss, what_if=what_if) if what_if else None
    return Walk(loss if loss is not None else largest, now, option, base.adequacy.most_to_bear, largest)
