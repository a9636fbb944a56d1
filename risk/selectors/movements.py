"""How a customer's values moved: what changed between two days, and what they came to over time."""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection

from profiles.models import Customer
from risk.models import LOSS_KINDS, ExposureKind

WHAT = ["added", "ended", "moved"]

BETWEEN = """
    with standing as (
        select distinct on (exposure_id, d.day) exposure_id, d.day, amount, currency, valued_on
        from risk_exposurevalue
        join unnest(array[%(since)s, %(on)s]::date[]) as d (day) on valued_on <= d.day
        where customer_id = %(customer)s
        order by exposure_id, d.day, valued_on desc
    ),
    sides as (
        select e.id as exposure_id, e.kind, e.description, e.location_id,
            coalesce(b.amount, 0) as before, coalesce(b.currency, a.currency) as before_currency,
            coalesce(a.amount, 0) as after, coalesce(a.currency, b.currency) as after_currency, a.valued_on
        from risk_exposure as e
        left join standing as b on b.exposure_id = e.id and b.day = %(since)s
        left join standing as a on a.exposure_id = e.id and a.day = %(on)s
        where e.customer_id = %(customer)s
    )
    select s.*, l.reference, coalesce(nullif(l.name, ''), nullif(l.address, ''), l.reference, '') as place
    from sides as s
    left join profiles_location as l on l.id = s.location_id
    where before <> 0 or after <> 0
"""


@dataclass(frozen=True, slots=True)
class Movement:
    """One exposure that is worth something else on the later day. Amounts are in the currency beside them."""

    exposure_id: Any
    kind: str
    description: str
    location_id: Any
    before: Decimal
    before_currency: str
    after: Decimal
    after_currency: str
    valued_on: datetime.date | None
    reference: str | None
    place: str

    @property
    def kind_label(self) -> str:
        return str(ExposureKind(self.kind).label)

    @property
    def what(self) -> str:
        if not self.before:
            return "added"
        return "moved" if self.after else "ended"

    @property
    def is_moved(self) -> bool:
        return (self.before, self.before_currency) != (self.after, self.after_currency)

    @property
    def by(self) -> Decimal | None:
        """By how much, in the one currency of both days; None where it has another by now."""
        return self.after - self.before if self.before_currency == self.after_currency else None

    @property
    def share(self) -> Decimal | None:
        """By how much, as a share of what it was."""
        return self.by / self.before if self.by is not None and self.before else None


@dataclass
class Balance:
    """What can be lost, in one currency, on both days, and what lies between: before + added + moved - ended = after.

    An exposure that changed its currency has ended in the one and is added in the other.
    """

    currency: str
    before: Decimal = Decimal(0)
    added: Decimal = Decimal(0)
    moved: Decimal = Decimal(0)
    ended: Decimal = Decimal(0)
    after: Decimal = Decimal(0)

    @property
    def by(self) -> Decimal:
        return self.after - self.before

    @property
    def share(self) -> Decimal | None:
        return self.by / self.before if self.before else None


@dataclass
class Changes:
    """What changed between two days: each exposure, and what can be lost by currency."""

    since: datetime.date
    on: datetime.date
    movements: list[Movement]
    balances: list[Balance]
    counts: dict[str, int] = field(default_factory=dict)
    unchanged: int = 0


def changes_between(customer: Customer, since: datetime.date, on: datetime.date) -> Changes:
    """Everything of a customer that differs between two days, the largest movement first. One query."""
    with connection.cursor() as cursor:
        cursor.execute(BETWEEN, {"customer": customer.pk, "since": since, "on": on})
        rows = [Movement(*row) for row in cursor.fetchall()]
    moved = [row for row in rows if row.is_moved]
    moved.sort(key=lambda row: (row.kind not in LOSS_KINDS, -abs(row.after - row.before), str(row.exposure_id)))
    balances = balanced(row for row in rows if row.kind in LOSS_KINDS)
    counts = {what: sum(row.what == what for row in moved) for what in WHAT}
    return Changes(since, on, moved, balances, counts, unchanged=len(rows) - len(moved))


def balanced(rows: Any) -> list[Balance]:
    """The balances of rows by currency, by its code."""
    found: dict[str, Balance] = {}
    for row in rows:
        if row.before:
            found.setdefault(row.before_currency, Balance(row.before_currency)).before += row.before
        if row.after:
            found.setdefault(row.after_currency, Balance(row.after_currency)).after += row.after
        if not row.is_moved:
            continue
        if row.before and row.after and row.by is not None:
            found[row.after_currency].moved += row.by
            continue
        if row.before:
            found[row.before_currency].ended += row.before
        if row.after:
            found[row.after_currency].added += row.after
    return [found[currency] for currency in sorted(found)]


STEPS = """
    with dated as (
        select e.kind, v.currency, v.valued_on, v.amount,
            lag(v.amount) over w as amount_before, lag(v.currency) over w as currency_before
        from risk_exposurevalue as v
        join risk_exposure as e on e.id = v.exposure_id
        where v.customer_id = %(customer)s and v.valued_on <= %(on)s and e.kind = any(%(losses)s)
        window w as (partition by v.exposure_id order by v.valued_on)
    )
    select currency, kind, valued_on, sum(delta) from (
        select currency, kind, valued_on, amount as delta from dated
        union all
        select currency_before, kind, valued_on, -amount_before from dated where amount_before is not null
    ) as deltas
    group by currency, kind, valued_on
    having sum(delta) <> 0
    order by valued_on
"""
"""By how much the total of a kind in a currency changes on each day that something was valued, in one pass."""


@dataclass
class Course:
    """What could be lost over time, in one currency: the total of each kind from each day on, until the next."""

    currency: str
    days: list[datetime.date]
    kinds: list[str]
    totals: dict[str, list[Decimal]]

    @property
    def sums(self) -> list[Decimal]:
        return [sum((self.totals[kind][at] for kind in self.kinds), Decimal(0)) for at in range(len(self.days))]


def courses(customer: Customer, on: datetime.date) -> list[Course]:
    """How the customer's values came to what they are, by currency. One query, whatever the number of values."""
    with connection.cursor() as cursor:
        cursor.execute(STEPS, {"customer": customer.pk, "on": on, "losses": list(LOSS_KINDS)})
        rows = cursor.fetchall()
    by_currency: dict[str, list[tuple[str, datetime.date, Decimal]]] = defaultdict(list)
    for currency, kind, day, delta in rows:
        by_currency[currency].append((kind, day, delta))
    return [course_of(currency, steps) for currency, steps in sorted(by_currency.items())]


def course_of(currency: str, steps: Sequence[tuple[str, datetime.date, Decimal]]) -> Course:
    """Adds up the steps of one currency, which come by day."""
    days = sorted({day for _kind, day, _delta in steps})
    kinds = [kind for kind in ExposureKind.values if any(step[0] == kind for step in steps)]
    deltas: dict[tuple[str, datetime.date], Decimal] = {(kind, day): delta for kind, day, delta in steps}
    totals: dict[str, list[Decimal]] = {}
    for kind in kinds:
        running, line = Decimal(0), []
        for day in days:
            running += deltas.get((kind, day), Decimal(0))
            line.append(running)
        totals[kind] = line
    return Course(currency, days, kinds, totals)
