"""A customer's risks against its classes of cover: what each class does for each risk, the worst risks first."""

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from common.templatetags.ui import amount, brief_amount
from market.models import ClassMode, ClassOfBusiness
from profiles.models import Customer
from programmes.models import Policy, Section, Terms
from programmes.models.adequacy import RiskStatus
from programmes.selectors.adequacy import CustomerAdequacy, RiskAdequacy, Step
from programmes.selectors.bearing import NOTHING, covers

WORST_FIRST = {status: place for place, status in enumerate(RiskStatus.values)}
"""The statuses are declared in the order in which the first that holds is taken."""


@dataclass(frozen=True)
class Cell:
    """What a class does for a risk. kind: PAYS, NOTHING, EXCLUDED, UNKNOWN or NONE; `title` says all of it in words."""

    kind: str
    words: str
    title: str


@dataclass(frozen=True)
class Row:
    adequacy: RiskAdequacy
    cells: tuple[Cell, ...]

    @property
    def status(self) -> RiskStatus:
        return RiskStatus(self.adequacy.status)

    @property
    def is_above(self) -> bool:
        """Whether the customer would bear more than the most it wants to bear."""
        most, bears = self.adequacy.most_to_bear, self.adequacy.retained_amount
        return most is not None and bears is not None and bears > most


@dataclass(frozen=True)
class Count:
    """How many risks have a status."""

    status: RiskStatus
    risks: int


@dataclass(frozen=True)
class Matrix:
    """Amounts are in `currency`, the customer's."""

    currency: str
    classes: tuple[ClassOfBusiness, ...]
    rows: tuple[Row, ...]
    counts: tuple[Count, ...]

    @property
    def total(self) -> int:
        return sum(count.risks for count in self.counts)


def counts_of(found: CustomerAdequacy) -> tuple[Count, ...]:
    """The statuses that risks have, the worst first."""
    counted = Counter(each.status for each in found.risks)
    return tuple(Count(status, counted[status]) for status in RiskStatus if counted[status])


def matrix_of(found: CustomerAdequacy, classes: Iterable[ClassOfBusiness], *, status: str = "") -> Matrix:
    """All risks, or those of one status. No query."""
    columns = tuple(classes)
    ranked = sorted(
        (each for each in found.risks if not status or each.status == status),
        key=lambda each: (
            WORST_FIRST[each.status],
            -(each.retained_amount or each.maximum_loss or NOTHING),
            str(each.risk),
        ),
    )
    rows = tuple(Row(each, tuple(cell_of(each, business, found.currency) for business in columns)) for each in ranked)
    return Matrix(found.currency, columns, rows, counts_of(found))


def classes_in_force(customer: Customer, *, on: datetime.date) -> list[ClassOfBusiness]:
    """The classes that insure the customer on the day and are judged against losses. One query."""
    policies = Policy.objects.insuring(customer).that_cover().in_force(on)
    sections = Section.objects.filter(
        policy__in=policies, pk__in=Terms.objects.on(on).filter(section__policy__in=policies).values("section")
    )
    classes = ClassOfBusiness.objects.filter(mode=ClassMode.TOWER, pk__in=sections.values("class_of_business"))
    return list(classes.order_by("rank", "code"))


def cell_of(judged: RiskAdequacy, business: ClassOfBusiness, currency: str) -> Cell:
    steps = [step for step in judged.steps if step.class_of_business.pk == business.pk]
    named = {"class": business, "risk": judged.risk}
    if not steps:
        return Cell("NONE", "–", _("%(class)s does not answer %(risk)s.") % named)
    pays = sum((step.recovery or NOTHING for step in steps), Decimal(0))
    is_unclear = any(is_unknown(step) for step in steps)
    if pays:
        words = brief_amount(pays) + (" ?" if is_unclear else "")
        told = _("%(class)s pays %(amount)s.") % {**named, "amount": f"{currency} {amount(pays, currency)}"}
        return Cell("PAYS", words, told + (" " + _("Not all of its figures are known.") if is_unclear else ""))
    if is_unclear:
        return Cell("UNKNOWN", _("unknown"), _("%(class)s may pay: not all of its figures are known.") % named)
    if all(step.answer == "EXCLUDED" for step in steps):
        return Cell("EXCLUDED", _("excluded"), _("%(class)s excludes %(risk)s.") % named)
    if judged.maximum_loss is None and any(covers(step) for step in steps):
        return Cell("ANSWERS", _("answers"), _("%(class)s answers, but how large a loss can be is not known.") % named)
    return Cell("NOTHING", _("pays 0"), _("%(class)s answers, but pays nothing of this loss.") % named)


def is_unknown(step: Step) -> bool:
    """Whether a figure that the section's part of the sum needs is missing."""
    if step.answer == "UNKNOWN":
        return True
    room_known = step.is_endless or step.room is not None
    needed = (step.attachment, step.start, step.share, step.average)
    return step.answer == "YES" and (not room_known or any(figure is None for figure in needed))
