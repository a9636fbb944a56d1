"""What a risk can cost at most: the figure entered, else the sum of the exposures it can strike."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from uuid import UUID

from common.money import minor_units
from market.selectors import indices, rates
from profiles.models import Customer
from risk.models import LOSS_KINDS, Exposure, ExposureValue, Risk, RiskExposure

EXACT = 100
"""Digits that hold an amount times a figure times a rate, and its quotient far beyond the half of rounding."""
NO_RATE = Decimal(0)


@dataclass(frozen=True)
class Struck:
    """An exposure that a risk can strike, with its latest value.

    `ours` is that brought to the day by its index and into the customer's currency; None where that is unknown.
    """

    exposure: Exposure
    value: ExposureValue | None
    ours: Decimal | None

    @property
    def is_loss(self) -> bool:
        """A measure of size, such as revenue, is not lost and adds nothing."""
        return self.exposure.kind in LOSS_KINDS


@dataclass(frozen=True)
class LargestLoss:
    """A risk's largest loss. `ours` is in the customer's currency; None where it is unknown.

    `entered` is the figure as entered, in the risk's currency. Without one, `struck` of the exposures make the sum and
    `unknown` of them have no figure.
    """

    ours: Decimal | None
    entered: Decimal | None
    struck: int
    unknown: int


def struck_by(risks: Iterable[Risk], customer: Customer, on: datetime.date) -> dict[UUID, list[Struck]]:
    """What each of a customer's risks can strike, place by place. Four queries, whatever the number of risks."""
    by_risk: dict[UUID, list[Exposure]] = defaultdict(list)
    links = RiskExposure.objects.filter(risk__in=[risk.pk for risk in risks], customer=customer)
    links = links.select_related("exposure__location")
    for link in links.order_by("exposure__location__name", "exposure__kind", "exposure__description", "exposure_id"):
        by_risk[link.risk_id].append(link.exposure)
    exposures = {exposure.pk: exposure for linked in by_risk.values() for exposure in linked}
    if not exposures:
        return {}
    latest = (
        ExposureValue.objects.filter(customer=customer, exposure__in=exposures, valued_on__lte=on)
        .order_by("exposure_id", "-valued_on")
        .distinct("exposure_id")
    )
    values = {value.exposure_id: value for value in latest}
    ours = in_our_currency(values, exposures, customer.currency, on)
    return {
        risk: [Struck(exposure, values.get(exposure.pk), ours.get(exposure.pk)) for exposure in linked]
        for risk, linked in by_risk.items()
    }


def in_our_currency(
    values: dict[UUID, ExposureValue], exposures: dict[UUID, Exposure], currency: str, on: datetime.date
) -> dict[UUID, Decimal | None]:
    """Each value brought to the day by its exposure's index and into `currency`, rounded half up once."""
    named = [
        (index, value.valued_on)
        for key, value in values.items()
        if (index := exposures[key].value_index_id) is not None
    ]
    figures = indices.figures_of(named, on)
    foreign = {value.currency for value in values.values()} - {currency, ""}
    known = rates.rates_on(foreign | {currency}, on) if foreign else {}
    places = minor_units(currency)

    def brought(key: UUID, value: ExposureValue) -> Decimal | None:
        index = exposures[key].value_index_id
        start, end = figures[index, value.valued_on] if index else (Decimal(1), Decimal(1))
        here = there = Decimal(1)
        if value.currency != currency:
            here, there = known.get(value.currency, NO_RATE), known.get(currency, NO_RATE)
        if value.amount == 0:
            return Decimal(0)
        if start is None or end is None or not here or not there:
            return None
        with localcontext(prec=EXACT):
            exact = value.amount * end * there / (start * here)
            return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)

    return {key: brought(key, value) for key, value in values.items()}


def largest_losses(
    risks: Iterable[Risk], customer: Customer, struck: dict[UUID, list[Struck]], on: datetime.date
) -> dict[UUID, LargestLoss]:
    """The largest loss of each risk. One query at most: for risks in another currency than the customer's."""
    rows = list(risks)
    currencies = {risk.currency for risk in rows if risk.maximum_loss is not None}
    convert = rates.conversion(currencies, customer.currency, on)
    found = {}
    for risk in rows:
        rows_struck = struck.get(risk.pk, [])
        lost = [row for row in rows_struck if row.is_loss]
        unknown = sum(row.ours is None for row in lost)
        entered = risk.maximum_loss
        ours = sum_of(rows_struck) if entered is None else convert(entered, risk.currency)
        found[risk.pk] = LargestLoss(ours or None, entered, len(lost), unknown)
    return found


def sum_of(struck: Iterable[Struck]) -> Decimal | None:
    """What the exposures that can be lost add up to; None where there is none, or one without a figure."""
    lost = [row.ours for row in struck if row.is_loss]
    known = [ours for ours in lost if ours is not None]
    return sum(known, Decimal(0)) if lost and len(known) == len(lost) else None
