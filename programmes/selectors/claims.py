"""Claims as people look for them, with their figures as at a day, what they sum up to, and what was done with one."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, ExtractYear

from accounts.models import AuditEntry, User
from market.models import Insurer
from profiles.models import Customer
from programmes.models import Claim, ClaimMovement, Participation, Policy, Section
from programmes.selectors.erosion import Erosion, erosion

OPEN, CLOSED = "OPEN", "CLOSED"


@dataclass(frozen=True)
class Total:
    """What claims add up to in one currency."""

    currency: str
    claims: int
    outstanding: Decimal
    paid: Decimal

    @property
    def incurred(self) -> Decimal:
        return self.outstanding + self.paid


@dataclass(frozen=True)
class SectionErosion:
    """An aggregate beside the section whose it is."""

    section: Section
    erosion: Erosion


def claim_rows(user: User, *, on: datetime.date) -> QuerySet[Any]:
    """The claims a user may see that were known by the day, with their figures as at it."""
    return with_figures(Claim.objects.visible_to(user), on=on).select_related(
        "customer", "section__policy", "section__class_of_business"
    )


def with_figures(rows: QuerySet[Any], *, on: datetime.date) -> QuerySet[Any]:
    """The claims known by the day, each with `outstanding`, `paid`, `incurred` (0 without figures) and `stood_on` as at
    it, whether it `is_open`, the `year` of its policy's inception, and its `currency`.

    Known: notified, made or with figures by then; where none of these is recorded, the loss happened.
    """
    latest = ClaimMovement.objects.filter(claim=OuterRef("pk"), stood_on__lte=on).order_by("-stood_on")
    figures: Any = ClaimMovement.objects.filter(claim=OuterRef("pk"))
    untold = Q(notified_on=None, made_on=None) & ~Exists(figures)
    known = Q(notified_on__lte=on) | Q(made_on__lte=on) | Exists(latest.order_by()) | (untold & Q(lost_on__lte=on))
    return rows.filter(known).annotate(
        stood_on=Subquery(latest.values("stood_on")[:1]),
        outstanding=Coalesce(Subquery(latest.values("outstanding")[:1]), Decimal(0)),
        paid=Coalesce(Subquery(latest.values("paid")[:1]), Decimal(0)),
        incurred=F("outstanding") + F("paid"),
        is_open=Case(When(Q(closed_on=None) | Q(closed_on__gt=on), then=Value(True)), default=Value(False)),
        year=ExtractYear("section__policy__inception_date"),
        currency=F("section__policy__currency"),
    )


@dataclass(frozen=True)
class Sums:
    """What some claims add up to, by currency and whether they are open."""

    by_state: dict[tuple[str, bool], Total]

    def counts(self) -> dict[str, int]:
        """How many are open and closed; "" is all of them."""
        found = {OPEN: 0, CLOSED: 0}
        for (_currency, is_open), total in self.by_state.items():
            found[OPEN if is_open else CLOSED] += total.claims
        return {"": sum(found.values()), **found}

    def totals(self, state: str = "") -> list[Total]:
        """By currency, that of most claims first; with a state, of the claims in it alone."""
        found: dict[str, Total] = {}
        for (currency, is_open), row in self.by_state.items():
            if state in ("", OPEN if is_open else CLOSED):
                so_far = found.get(currency, Total(currency, 0, Decimal(0), Decimal(0)))
                found[currency] = Total(
                    currency,
                    so_far.claims + row.claims,
                    so_far.outstanding + row.outstanding,
                    so_far.paid + row.paid,
                )
        return sorted(found.values(), key=lambda total: (-total.claims, total.currency))


def sums(rows: QuerySet[Any]) -> Sums:
    """What claims from `with_figures` add up to. One query."""
    found = (
        rows.order_by()
        .values("currency", "is_open")
        .annotate(claims=Count("pk"), sum_outstanding=Sum("outstanding"), sum_paid=Sum("paid"))
    )
    return Sums(
        {
            (row["currency"], row["is_open"]): Total(
                row["currency"], row["claims"], row["sum_outstanding"], row["sum_paid"]
            )
            for row in found
        }
    )


def carried_by(insurer: Insurer) -> Exists:
    """Whether the insurer has a line on the claim's section on the day of the loss, or of the claim."""
    lines = Participation.objects.filter(insurer=insurer, terms__section=OuterRef("section"))

    def on_day(name: str) -> Q:
        return Q(terms__first_day__lte=OuterRef(name)) & (
            Q(terms__last_day=None) | Q(terms__last_day__gte=OuterRef(name))
        )

    return Exists(lines.filter(on_day("lost_on") | on_day("made_on")))


def underwriting_years(rows: QuerySet[Any]) -> list[int]:
    """The years of inception of the policies that the claims are on, latest first."""
    return [day.year for day in rows.order_by().dates("section__policy__inception_date", "year", order="DESC")]


def eroded(customer: Customer, *, on: datetime.date) -> list[SectionErosion]:
    """The aggregates of a customer's policies in force on the day, the most used first, the unused ones last."""
    sections = Section.objects.filter(
        policy__in=Policy.objects.in_force(on).filter(customer=customer), versions__aggregate_limit__isnull=False
    ).distinct()
    found = erosion(sections.values_list("pk", flat=True), on)
    rows = Section.objects.filter(pk__in=found).select_related("policy", "class_of_business")
    return sorted(
        (SectionErosion(row, found[row.pk]) for row in rows),
        key=lambda row: (-row.erosion.share, row.section.policy.number, row.section.reference),
    )


def movements_of(claim: Claim) -> QuerySet[ClaimMovement]:
    """The figures of a claim, newest first."""
    return ClaimMovement.objects.filter(claim=claim).order_by("-stood_on")


def entries_of_claim(claim: Claim) -> QuerySet[AuditEntry]:
    """Everything done with a claim and its figures, those taken away included, newest first."""
    figures = ClaimMovement.pgh_event_model.objects.filter(claim_id=claim.pk).values("pgh_obj_id")  # type: ignore[attr-defined]
    return AuditEntry.objects.filter(
        Q(object_type=Claim._meta.label_lower, object_id=claim.pk)
        | Q(object_type=ClaimMovement._meta.label_lower, object_id__in=figures),
        customer_id=claim.customer_id,
    ).order_by("-at", "-id")


def open_claims(customer: Customer, *, on: datetime.date) -> list[Total]:
    """A customer's open claims as at the day, by currency. One query."""
    return sums(with_figures(Claim.objects.filter(customer=customer), on=on).filter(is_open=True)).totals()
