"""Dated series brought in from files: what a file would change, and the change itself, all or nothing.

The plan is worked out from the file and what is there; carrying it out works it out again with the rows locked, so that
what somebody entered meanwhile is neither lost nor doubled. A file that says nothing new leaves no trace.
"""

import datetime
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO, Any

from django.core.exceptions import PermissionDenied
from django.db import connection, models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from accounts.services import audit
from common.copying import copy_rows
from common.files import RefusedRow, RefusedRows, read_table
from market.models import ExchangeRate, ValueIndex, ValueIndexFigure
from market.series import indices, rates
from market.series.reading import Point, Series

RATES_IMPORTED = audit.action("rate.imported", gettext_lazy("imported exchange rates from a file, among them"))
INDICES_IMPORTED = audit.action(
    "value_index.imported", gettext_lazy("imported figures of indices from a file, among them")
)
MOST_BYTES = 8 * 1024 * 1024
RATES, INDICES = "exchange-rates", "value-indices"
KINDS = (RATES, INDICES)


@dataclass(frozen=True)
class Correction:
    """A figure that is there and reads otherwise in the file."""

    point: Point
    was: Decimal


@dataclass
class Plan:
    """What a file would do."""

    kind: str
    series: Series
    new: list[Point] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)
    unchanged: int = 0
    new_indices: list[ValueIndex] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)

    @property
    def changes_something(self) -> bool:
        return bool(self.new or self.corrections or self.new_indices)

    @property
    def left_out(self) -> list[tuple[str, int]]:
        """Reasons with how many figures each left out, the most first."""
        return self.series.left_out.most_common()

    @property
    def refused_rows(self) -> int:
        return len({row.row for row in self.refused})

    @property
    def by_series(self) -> list[dict[str, Any]]:
        """For each series what would be added and corrected, and its days from and to."""
        added, corrected = Counter(point.key for point in self.new), Counter(c.point.key for c in self.corrections)
        days: dict[str, list[datetime.date]] = {}
        for point in self.series.points:
            days.setdefault(point.key, []).append(point.day)
        return [
            {
                "key": key,
                "rows": len(found),
                "added": added[key],
                "corrected": corrected[key],
                "first": min(found),
                "last": max(found),
            }
            for key, found in sorted(days.items())
        ]

    @property
    def counts(self) -> dict[str, int]:
        """What it does, as counts by words."""
        said = {_("rows"): self.series.rows}
        if self.kind == INDICES:
            said[_("indices added")] = len(self.new_indices)
        said |= {
            _("figures added"): len(self.new),
            _("figures corrected"): len(self.corrections),
            _("figures unchanged"): self.unchanged,
        }
        return said | {_("left out, %(why)s") % {"why": why}: count for why, count in self.left_out}

    @property
    def note(self) -> str:
        """The counts in a sentence, for the record."""
        return ", ".join(f"{words}: {count}" for words, count in self.counts.items())


def check(*, kind: str, file: IO[bytes], on: datetime.date) -> Plan:
    """What the file would do to what is there on the day. Changes nothing. Raises UnreadableFile."""
    table = read_table(file, max_bytes=MOST_BYTES)
    series: Series = rates.read(table) if kind == RATES else indices.read(table)
    plan = Plan(kind=kind, series=series, refused=list(series.refused))
    refuse_points(plan, on)
    compare(plan)
    plan.refused.sort(key=lambda refused: refused.row)
    return plan


@transaction.atomic
def load(*, kind: str, file: IO[bytes], by: User, on: datetime.date, name: str = "") -> Plan:
    """Brings the file in, all or nothing, with one entry in the record, and returns what it did.

    Raises PermissionDenied, UnreadableFile, and RefusedRows where a row is refused.
    """
    if not by.reach.changes_reference_data:
        raise PermissionDenied
    lock(kind)
    plan = check(kind=kind, file=file, on=on)
    if plan.refused:
        raise RefusedRows(plan.refused)
    if plan.changes_something:
        written = write_rates(plan) if kind == RATES else write_indices(plan)
        action = RATES_IMPORTED if kind == RATES else INDICES_IMPORTED
        audit.record(action, written, by=by, note=f"{name}: {plan.note}" if name else plan.note)
    return plan


def refuse_points(plan: Plan, on: datetime.date) -> None:
    """Refuses figures of days to come, and days that the file has twice with different figures."""
    there: dict[tuple[str, datetime.date], Point] = {}
    kept = []
    for point in plan.series.points:
        before = there.get((point.key, point.day))
        day = point.day.isoformat()
        if point.day > on:
            plan.refused.append(RefusedRow(point.row, "", day, _("A figure is known only once its day has come.")))
        elif before is None:
            there[point.key, point.day] = point
            kept.append(point)
        elif before.figure != point.figure:
            text = _("Row %(row)d gives another figure for %(key)s on this day.") % {
                "row": before.row,
                "key": point.key,
            }
            plan.refused.append(RefusedRow(point.row, "", day, text))
    plan.series.points = kept


def compare(plan: Plan) -> None:
    """Sorts the points into new ones, corrections and what is there already."""
    now: dict[tuple[str, datetime.date], Decimal]
    if plan.kind == RATES:
        kept = ExchangeRate.objects.values_list("currency", "valid_from", "units_per_base")
        now = {(key, day): figure for key, day, figure in kept}
    else:
        figures = ValueIndexFigure.objects.values_list("index__code", "valid_from", "figure")
        now = {(key, day): figure for key, day, figure in figures}
        known = set(ValueIndex.objects.values_list("code", flat=True))
        given = plan.series.indices if isinstance(plan.series, indices.IndexSeries) else {}
        plan.new_indices = [index for code, index in sorted(given.items()) if code not in known]
    for point in plan.series.points:
        was = now.get((point.key, point.day))
        if was is None:
            plan.new.append(point)
        elif was != point.figure:
            plan.corrections.append(Correction(point, was))
        else:
            plan.unchanged += 1


def write_rates(plan: Plan) -> models.Model:
    """Returns the latest of the rates written: what the record names."""
    copy_rows(
        ExchangeRate,
        ["currency", "valid_from", "units_per_base"],
        ((point.key, point.day, point.figure) for point in plan.new),
    )
    correct(CORRECT_RATES, plan)
    last = max(written_points(plan), key=lambda point: (point.day, point.key))
    return ExchangeRate.objects.get(currency=last.key, valid_from=last.day)


def write_indices(plan: Plan) -> models.Model:
    """Returns one of the indices written: what the record names."""
    for index in plan.new_indices:
        index.full_clean()
    ValueIndex.objects.bulk_create(plan.new_indices)
    keys = dict(ValueIndex.objects.values_list("code", "pk"))
    copy_rows(
        ValueIndexFigure,
        ["index_id", "valid_from", "figure"],
        ((keys[point.key], point.day, point.figure) for point in plan.new),
    )
    correct(CORRECT_FIGURES, plan)
    codes = [point.key for point in written_points(plan)] or [index.code for index in plan.new_indices]
    return ValueIndex.objects.get(code=min(codes))


def written_points(plan: Plan) -> list[Point]:
    return [*plan.new, *(correction.point for correction in plan.corrections)]


CORRECT_RATES = """
update market_exchangerate as kept set units_per_base = file.figure, version = version + 1, updated_at = now()
from unnest(%s::text[], %s::date[], %s::numeric[]) as file (key, day, figure)
where kept.currency = file.key and kept.valid_from = file.day
"""
CORRECT_FIGURES = """
update market_valueindexfigure as kept set figure = file.figure, version = kept.version + 1, updated_at = now()
from unnest(%s::text[], %s::date[], %s::numeric[]) as file (key, day, figure)
join market_valueindex as index on index.code = file.key
where kept.index_id = index.id and kept.valid_from = file.day
"""


def correct(statement: str, plan: Plan) -> None:
    if not plan.corrections:
        return
    points = [correction.point for correction in plan.corrections]
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            [[point.key for point in points], [point.day for point in points], [point.figure for point in points]],
        )


def lock(kind: str) -> None:
    """Two imports of a kind follow one another, so that neither adds what the other is adding."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"import of {kind}"])


def refusal(plan: Plan) -> str:
    """Why a plan cannot be carried out, in a sentence."""
    return ngettext(
        "Nothing is loaded while %(rows)d row is refused.",
        "Nothing is loaded while %(rows)d rows are refused.",
        plan.refused_rows,
    ) % {"rows": plan.refused_rows}
