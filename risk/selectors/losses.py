"""What a risk can cost at most: the figure entered, else the sum of the exposures it can strike."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any
from uuid import UUID

from django.db import connection

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


SUMMED = """
    with link as (
        select risk_id, exposure_id from risk_riskexposure where risk_id = any(%(risks)s::uuid[])
    ),
    standing as (
        select exposure.id, exposure.value_index_id, latest.amount, latest.currency, latest.valued_on
        from risk_exposure as exposure
        left join lateral (
            select amount, currency, valued_on from risk_exposurevalue as value
            where value.customer_id = exposure.customer_id and value.exposure_id = exposure.id
                and value.valued_on <= %(on)s
            order by value.valued_on desc limit 1
        ) as latest on true
        where exposure.id in (select exposure_id from link) and exposure.kind = any(%(losses)s)
    ),
    figures as (
        select value_index_id, valued_on, market_index_figure(value_index_id, valued_on) as start,
            market_index_figure(value_index_id, %(on)s) as finish
        from (select distinct value_index_id, valued_on from standing where value_index_id is not null) as pairs
    ),
    rates as (
        select currency,
            case when currency = %(currency)s then 1 else market_rate(currency, %(on)s) end as here,
            case when currency = %(currency)s then 1 else market_rate(%(currency)s, %(on)s) end as there
        from (select distinct currency from standing where currency is not null) as named
    ),
    quotients as (
        select standing.id, standing.amount,
            standing.amount * rates.there * case when standing.value_index_id is null then 1 else figures.finish end
                as upper,
            rates.here * case when standing.value_index_id is null then 1 else figures.start end as lower
        from standing left join figures using (value_index_id, valued_on) left join rates using (currency)
    ),
    ours as (
        -- Half up, decided on the exact quotient: no amount is rounded before.
        select id, case when amount = 0 then 0
            else div(2 * upper * units.one + lower, 2 * lower) / units.one end as amount
        from quotients cross join (select 10::numeric ^ market_minor_units(%(currency)s) as one) as units
    )
    select link.risk_id, count(*), count(*) filter (where ours.amount is null), sum(ours.amount)
    from link join ours on ours.id = link.exposure_id
    group by link.risk_id
"""
"""What can be lost of what each risk can strike: how many, how many of them unknown, and what the others add up to."""


@dataclass(frozen=True)
class Sum:
    """The exposures that a risk can strike and that can be lost: how many, those without a figure, and the total."""

    struck: int = 0
    unknown: int = 0
    known: Decimal = Decimal(0)

    @property
    def total(self) -> Decimal | None:
        """What they add up to in the customer's currency; None where there is none, or one without a figure."""
        return self.known if self.struck and not self.unknown else None


@dataclass(frozen=True)
class LargestLoss:
    """A risk's largest loss. `ours` is in the customer's currency; None where it is unknown.

    `entered` is the figure as entered, in the risk's currency. Without one the sum of its exposures counts.
    """

    ours: Decimal | None
    entered: Decimal | None
    exposures: Sum


def sums_of(risks: Iterable[Risk], customer: Customer, on: datetime.date) -> dict[UUID, Sum]:
    """What the exposures of each of a customer's risks add up to on the day. One query."""
    given: dict[str, Any] = {
        "risks": [str(risk.pk) for risk in risks],
        "on": on,
        "currency": customer.currency,
        "losses": list(LOSS_KINDS),
    }
    with connection.cursor() as cursor:
        cursor.execute(SUMMED, given)
        return {
            risk: Sum(struck, unknown, Decimal(0) if known is None else known)
            for risk, struck, unknown, known in cursor.fetchall()
        }


def struck_by(risk: Risk, customer: Customer, on: datetime.date, *, most: int) -> list[Struck]:
    """The first `most` of what a risk can strike, place by place. Four queries at most."""
    links = RiskExposure.objects.filter(risk=risk).select_related("exposure__location")
    order = ("exposure__location__name", "exposure__kind", "exposure__description", "exposure_id")
    exposures = {link.exposure_id: link.exposure for link in links.order_by(*order)[:most]}
    latest = (
        ExposureValue.objects.filter(customer=customer, exposure__in=exposures, valued_on__lte=on)
        .order_by("exposure_id", "-valued_on")
        .distinct("exposure_id")
    )
    values = {value.exposure_id: value for value in latest}
    ours = in_our_currency(values, exposures, customer.currency, on)
    return [Struck(exposure, values.get(key), ours.get(key)) for key, exposure in exposures.items()]


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


def largest_losses(risks: Iterable[Risk], customer: Customer, on: datetime.date) -> dict[UUID, LargestLoss]:
    """The largest loss of each risk. Two queries at most."""
    rows = list(risks)
    sums = sums_of(rows, customer, on)
    currencies = {risk.currency for risk in rows if risk.maximum_loss is not None}
    convert = rates.conversion(currencies, customer.currency, on)
    found = {}
    for risk in rows:
        of_exposures, entered = sums.get(risk.pk, Sum()), risk.maximum_loss
        ours = of_exposures.total if entered is None else convert(entered, risk.currency)
        found[risk.pk] = LargestLoss(ours or None, entered, of_exposures)
    return found
