"""Adequacy: runs adequacy.sql, which leaves its answer in temporary tables of the transaction, and reads it."""

import datetime
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from common import sentences
from common.monitor import Monitor, Severity, monitor_of
from market.models import ClassOfBusiness
from programmes.models import PolicyInsured, RiskStatus, Section
from programmes.selectors.ending import sections_ending
from risk.models import Risk

SOURCE = Path(__file__).parent.parent / "adequacy.sql"
FEW = 50
"""So many customers are a few."""
INDEX = ("create index", "create unique index")
ENDING = (
    "create temporary table adequacy_ending on commit drop as select id as section_id, ends from ({rows}) as ending"
)


@cache
def statements() -> tuple[str, ...]:
    """The statements of adequacy.sql in order."""
    return tuple(SOURCE.read_text(encoding="utf-8").split("\n---\n"))


@cache
def tables() -> tuple[str, ...]:
    """The temporary tables that they leave behind."""
    begins = "create temporary table "
    return tuple(
        line.removeprefix(begins).split(" ", 1)[0]
        for statement in statements()
        for line in statement.splitlines()
        if line.startswith(begins)
    )


@dataclass(frozen=True)
class Step:
    """A section in the sum of one risk. Amounts in the customer's currency; None: unknown.

    `loss`: the part of the largest loss that falls on what it insures. It pays at `share` times `average` on the band
    of loss from `low` to `high` (None: without end). Sections with the same `stack` insure the same exposures.
    """

    section_id: UUID
    policy_id: UUID
    policy: str
    section: str
    class_of_business: ClassOfBusiness
    answer: str
    """YES, EXCLUDED, or UNKNOWN: nobody has entered what it covers."""
    stack: int
    is_primary: bool
    loss: Decimal | None
    attachment: Decimal | None
    start: Decimal | None = None
    room: Decimal | None = None
    is_endless: bool = False
    is_silenced: bool = False
    share: Decimal | None = None
    average: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    recovery: Decimal = Decimal(0)


@dataclass(frozen=True)
class Found:
    """A finding of a risk, of a section that answers it, or of the customer, as it would be written that day."""

    code: str
    severity: Severity
    amount: Decimal | None
    facts: Mapping[str, Any]
    section_id: UUID | None

    @property
    def monitor(self) -> Monitor:
        return monitor_of(self.code)

    @property
    def title(self) -> str:
        return str(self.monitor.title)

    @property
    def sentence(self) -> str:
        """What it says, in the active language."""
        return sentences.sentence(self.monitor, self.facts)

    @property
    def plain(self) -> str:
        """The same in plain words for the customer, in the active language."""
        return sentences.plain(self.monitor, self.facts)


@dataclass(frozen=True)
class RiskAdequacy:
    """What a risk comes to. Amounts in the customer's currency; None: unknown.

    `most_to_bear_from`: TREATMENT, TOLERANCE or APPETITE. `top_of_cover`: up to which loss cover reaches unbroken.
    """

    risk: Risk
    status: RiskStatus
    treatment: str
    maximum_loss: Decimal | None
    insured: Decimal | None
    retained_amount: Decimal | None
    most_to_bear: Decimal | None
    most_to_bear_from: str
    required_limit: Decimal | None
    top_of_cover: Decimal | None
    findings: list[Found]
    steps: list[Step]


@dataclass(frozen=True)
class CustomerAdequacy:
    """The risks of a customer as at a day, the gravest status first, and findings of the customer itself."""

    customer_id: UUID
    as_at: datetime.date
    currency: str
    risks: list[RiskAdequacy]
    findings: list[Found]


def work_out(
    *,
    on: datetime.date,
    customers: Iterable[UUID] | None = None,
    what_if: Sequence[dict[str, Any]] = (),
    loss: Decimal | None = None,
) -> None:
    """Fills the temporary tables for the day: of these customers, or of the whole book. Within a transaction only.

    `what_if` replaces terms: {"section": id} with any of limit, deductible_amount, attachment_point, share. `loss` (in
    the customer's currency) takes the place of every largest loss.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("Adequacy is worked out inside a transaction: its tables last as long.")
    chosen = None if customers is None else list(customers)
    given = {
        "day": on,
        "customers": chosen,
        "what_if": json.dumps(list(what_if), default=str),
        "loss": loss,
        "base_currency": settings.BASE_CURRENCY,
        "house_floor": settings.HOUSE_SECURITY_FLOOR,
    }
    ours = Section.objects.order_by()
    if chosen is not None:
        named = PolicyInsured.objects.filter(insured__in=chosen).values("policy")
        ours = ours.filter(Q(customer__in=chosen) | Q(policy__in=named))
    ending, params = sections_ending(ours, on).values("id", "ends").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"drop table if exists adequacy_ending, {', '.join(tables())}")
        cursor.execute(ENDING.format(rows=ending), params)
        for statement in statements():
            # An index is made faster than it pays where there are a few rows.
            if chosen is None or len(chosen) > FEW or not statement.startswith(INDEX):
                cursor.execute(statement, given)


def rows(query: str, *given: Any) -> list[dict[str, Any]]:
    """What a query over the temporary tables finds, each row by name."""
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


JUDGED = "select *, coalesce(known_top, 0) >= 1e30 as is_endless from adequacy_judged"
STEPS = """
select part.risk_id, part.section_id, part.policy_id, part.answer, part.is_primary, part.loss, part.attachment,
    band.start, case when not band.is_endless then band.room end as room,
    coalesce(band.is_endless, false) as is_endless,
    coalesce(band.is_silenced, false) as is_silenced, coalesce(band.share, part.share) as share, band.average, band.low,
    case when band.high < 1e30 then band.high end as high, coalesce(band.recovery, 0) as recovery,
    dense_rank() over (partition by part.risk_id order by part.stack nulls first)::integer as stack
from adequacy_part as part
left join adequacy_band as band on band.risk_id = part.risk_id and band.variant = part.variant
    and band.section_id = part.section_id
where part.variant = 'ACTUAL'
order by part.risk_id, stack, band.low nulls last, part.attachment, part.section_id
"""
FINDINGS = """
select *, facts::text as facts_text from adequacy_finding
order by severity desc, amount desc nulls last, code, subject_id
"""


@transaction.atomic
def adequacy_of(
    customer_id: UUID,
    *,
    on: datetime.date,
    what_if: Sequence[dict[str, Any]] = (),
    loss: Decimal | None = None,
) -> CustomerAdequacy:
    """Every open risk of a customer judged as at a day; `what_if` and `loss` as `work_out` takes them."""
    work_out(on=on, customers=[customer_id], what_if=what_if, loss=loss)
    (customer,) = rows("select currency from adequacy_customer")
    judged, taken, hits = rows(JUDGED), rows(STEPS), rows(FINDINGS)
    risks = Risk.objects.select_related("category", "location").in_bulk([row["risk_id"] for row in judged])
    sections = Section.objects.select_related("policy", "class_of_business").in_bulk(
        {row["section_id"] for row in taken}
    )
    steps: dict[UUID, list[Step]] = defaultdict(list)
    for row in taken:
        section = sections[row["section_id"]]
        steps[row.pop("risk_id")].append(
            Step(
                policy=section.policy.number,
                section=section.name or section.reference,
                class_of_business=section.class_of_business,
                **row,
            )
        )
    findings: dict[UUID | None, list[Found]] = defaultdict(list)
    for row in hits:
        findings[row["risk_id"]].append(
            Found(
                row["code"], Severity(row["severity"]), row["amount"], json.loads(row["facts_text"]), row["section_id"]
            )
        )
    order = list(RiskStatus)
    return CustomerAdequacy(
        customer_id,
        on,
        customer["currency"],
        sorted(
            (
                RiskAdequacy(
                    risk=risks[row["risk_id"]],
                    status=RiskStatus(row["status"]),
                    treatment=row["treatment"],
                    maximum_loss=row["loss"],
                    insured=row["known_insured"],
                    retained_amount=row["known_retained"],
                    most_to_bear=row["most_to_bear"],
                    most_to_bear_from=row["most_to_bear_from"],
                    required_limit=row["required_limit"],
                    top_of_cover=None if row["is_endless"] else row["known_top"],
                    findings=findings[row["risk_id"]],
                    steps=steps[row["risk_id"]],
                )
                for row in judged
            ),
            key=lambda judged: (order.index(judged.status), -(judged.maximum_loss or 0), judged.risk.pk),
        ),
        findings[None],
    )
