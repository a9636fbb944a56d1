"""What protects one risk: the sum of adequacy in steps that a person can follow, and the tower under the loss."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from common.money import round_money
from common.monitor import MissingFigure
from common.sentences import missing_figure
from common.templatetags.ui import amount, brief_amount, exact_percent, percent
from common.ui.charts.tower import Layer, Share, Tower
from profiles.models import Customer
from programmes.models.adequacy import RiskStatus
from programmes.selectors.adequacy import CustomerAdequacy, RiskAdequacy, Step, adequacy_of, rows
from programmes.selectors.answering import (
    Carrier,
    InForce,
    Missing,
    Silent,
    missing_of,
    sections_in_force,
    silent_sections,
)
from programmes.selectors.bearing import (
    NOTHING,
    Band,
    Borne,
    Piece,
    average_of,
    band_of,
    borne,
    covers,
    lowest_of,
    pieces_of,
    rate_of,
    split,
    stacks_of,
)
from risk.models import LOSS_KINDS, Exposure, Risk, RiskCategory, RiskExposure
from risk.models.register import RiskQuerySet


@dataclass(frozen=True)
class Struck:
    """An exposure that the risk can strike, in the customer's currency as at the day. None: not known."""

    exposure: Exposure
    amount: Decimal | None


@dataclass(frozen=True)
class Payment:
    """What one carrier of a section pays of a loss, in the customer's currency."""

    carrier: Carrier
    amount: Decimal


@dataclass(frozen=True)
class SectionSum:
    """A section that answers the risk or may do so, with what it pays in words and figures."""

    step: Step
    held: InForce
    sentence: str
    arithmetic: str
    payments: tuple[Payment, ...]
    missing: tuple[Missing, ...]


@dataclass(frozen=True)
class Stack:
    """Sections that insure the same part of the loss, from the bottom up. `loss` is that part; None: not known."""

    title: str
    loss: Decimal | None
    sections: tuple[SectionSum, ...]
    tower: Tower

    @property
    def recovery(self) -> Decimal:
        return sum((each.step.recovery or NOTHING for each in self.sections), NOTHING)


@dataclass(frozen=True)
class RiskCover:
    """One risk as at a day with all that its pages show. Amounts are in `currency`, the customer's."""

    adequacy: RiskAdequacy
    currency: str
    unit: str
    """What the filter `amount` takes for the figures of this sum, so that all have decimals or none has."""
    stacks: tuple[Stack, ...]
    excluding: tuple[SectionSum, ...]
    borne: tuple[Borne, ...]

    @property
    def status(self) -> RiskStatus:
        return RiskStatus(self.adequacy.status)

    @property
    def towers(self) -> list[Stack]:
        """The stacks in which a section pays: those there is something to draw of."""
        return [stack for stack in self.stacks if stack.tower.layers]

    @property
    def recoveries(self) -> Decimal:
        """What all sections pay together, before it is held to the loss."""
        return sum((stack.recovery for stack in self.stacks), NOTHING)

    @property
    def part_insured(self) -> Decimal | None:
        """The part of the loss that insurers would pay."""
        loss, insured = self.adequacy.maximum_loss, self.adequacy.insured
        return None if not loss or insured is None else insured / loss

    @property
    def is_above(self) -> bool:
        """Whether the customer would bear more than the most it wants to bear."""
        most, bears = self.adequacy.most_to_bear, self.adequacy.retained_amount
        return most is not None and bears is not None and bears > most

    @property
    def most_from(self) -> str:
        """Where the most to bear comes from, in words; empty where none is set."""
        words = {
            "TREATMENT": _("named for this risk"),
            "TOLERANCE": _("tolerance of its category"),
            "APPETITE": _("appetite for one loss"),
        }
        return words.get(self.adequacy.most_to_bear_from, "")

    @property
    def unknown_of_risk(self) -> list[Missing]:
        """What the comparison lacks beside figures of sections, each with where it is entered."""
        risk = self.adequacy.risk
        return [
            Missing(missing_figure(figure), url)
            for found in self.adequacy.findings
            for figure in found.facts.get("missing", ())
            if (url := _entered_at(figure, risk)) is not None
        ]

    @property
    def missing(self) -> list[tuple[Step, Missing]]:
        """Every figure that is not known, with the section it is missing of."""
        return [(each.step, what) for stack in self.stacks for each in stack.sections for what in each.missing]

    @property
    def insurers(self) -> list[Payment]:
        """What each carrier pays over all sections, the largest first; those without a name last."""
        found: dict[tuple[Any, str], Payment] = {}
        for stack in self.stacks:
            for each in stack.sections:
                for paid in each.payments:
                    key = (paid.carrier.insurer, paid.carrier.name)
                    before = found[key].amount if key in found else NOTHING
                    found[key] = Payment(paid.carrier, before + paid.amount)
        return sorted(found.values(), key=lambda paid: (paid.carrier.insurer is None, -paid.amount, paid.carrier.name))


@dataclass(frozen=True)
class Surroundings:
    """What the cover of a risk rests on beside the sum: fetched once, the same for every loss and option tried."""

    sections: dict[UUID, InForce]
    struck: tuple[Struck, ...]
    silent: tuple[Silent, ...]


def with_classes(risks: RiskQuerySet) -> RiskQuerySet:
    """The risks with `answering_classes`, the keys of the classes of business that answer their category."""
    answering = RiskCategory.classes.through.objects.filter(riskcategory=OuterRef("category"))
    return risks.annotate(answering_classes=ArraySubquery(answering.values("classofbusiness")))


@transaction.atomic
def cover_of(
    risk: Any, customer: Customer, *, on: datetime.date, may_edit: bool
) -> tuple[RiskCover | None, Surroundings]:
    """The cover of a risk as at a day; None where it is judged against expectations or stands in no register that day.

    The sum, and seven queries. The risk comes from `with_classes`.
    """
    found = adequacy_of(customer.pk, on=on)
    sections = sections_in_force(customer, on=on)
    judged = next((each for each in found.risks if each.risk.pk == risk.pk), None)
    if judged is None:
        return None, Surroundings(sections, (), ())
    amounts = {row["exposure_id"]: row["amount"] for row in rows(LINKED, risk.pk)}
    links = RiskExposure.objects.filter(risk=risk, exposure__kind__in=LOSS_KINDS).select_related("exposure__location")
    struck = [Struck(link.exposure, amounts.get(link.exposure_id)) for link in links]
    struck.sort(key=lambda each: (-(each.amount or NOTHING), str(each.exposure)))
    silent = silent_sections(
        risk,
        [step.section_id for step in judged.steps],
        sections,
        [each.exposure for each in struck],
        set(risk.answering_classes),
    )
    cover = worded(judged, found, customer, sections, may_edit=may_edit)
    return cover, Surroundings(sections, tuple(struck), tuple(silent))


def tried(
    risk: Risk,
    customer: Customer,
    around: Surroundings,
    *,
    on: datetime.date,
    loss: Decimal | None,
    what_if: Sequence[dict[str, Any]] = (),
) -> RiskCover:
    """The cover of a risk with another loss (None: the largest) or other terms: see `adequacy_of`. The sum alone.

    Raises LookupError where the risk is judged no more.
    """
    found = adequacy_of(customer.pk, on=on, what_if=what_if, loss=loss)
    judged = next((each for each in found.risks if each.risk.pk == risk.pk), None)
    if judged is None:
        raise LookupError(f"Risk {risk.pk} left the register between two sums.")
    label = _("this loss") if loss is not None else ""
    return worded(judged, found, customer, around.sections, may_edit=False, loss_label=label)


OF_RISK = {
    MissingFigure.TREATMENT,
    MissingFigure.MAXIMUM_LOSS,
    MissingFigure.MOST_TO_BEAR,
    MissingFigure.LEVEL,
    MissingFigure.MONTHS_NEEDED,
}
"""Figures that are entered on the page of the risk."""


def _entered_at(figure: Mapping[str, Any], risk: Risk) -> str | None:
    """The page where a missing figure is entered; None for one of a section, which `missing_of` names."""
    name = figure["figure"]
    if name in OF_RISK:
        return reverse("risk:risk", args=[risk.pk])
    if name == MissingFigure.RATING:
        return f"{reverse('programmes:insurers')}?{urlencode({'q': figure['name']})}"
    if name == MissingFigure.INSURER:
        return reverse("programmes:policy", args=[figure["id"]])
    if name == MissingFigure.INDEMNITY_MONTHS:
        return reverse("programmes:cover", args=[risk.customer_id])
    if "id" in figure:
        return None
    if name == MissingFigure.EXCHANGE_RATE:
        return reverse("market:rates")
    return reverse("risk:values", args=[risk.customer_id])


LINKED = "select exposure_id, amount from adequacy_linked where risk_id = %s"


def worded(
    judged: RiskAdequacy,
    found: CustomerAdequacy,
    customer: Customer,
    sections: dict[UUID, InForce],
    *,
    may_edit: bool,
    loss_label: str = "",
) -> RiskCover:
    """A risk's adequacy with words, carriers and towers. No query."""
    currency, unit = found.currency, unit_of(judged, found.currency)
    stacks, excluding = [], []
    for steps in stacks_of(judged.steps):
        sums = [
            SectionSum(
                step=step,
                held=sections[step.section_id],
                sentence=sentence_of(step, judged, unit),
                arithmetic=arithmetic_of(step, steps, currency, unit),
                payments=payments_of(step, sections[step.section_id], currency),
                missing=tuple(missing_of(step, sections[step.section_id], customer, may_edit=may_edit)),
            )
            for step in steps
        ]
        excluding += [each for each in sums if each.step.answer == "EXCLUDED"]
        if answering := [each for each in sums if each.step.answer != "EXCLUDED"]:
            first = answering[0].step
            stacks.append(
                Stack(
                    title=_title(answering),
                    loss=first.loss,
                    sections=tuple(answering),
                    tower=tower_of(answering, first.loss, currency, loss_label=loss_label),
                )
            )
    return RiskCover(judged, currency, unit, tuple(stacks), tuple(excluding), borne(judged, currency))


def _title(sections: Sequence[SectionSum]) -> str:
    """The classes of a stack: of what pays in it, else of all."""
    paying = [each for each in sections if covers(each.step)] or sections
    return ", ".join(dict.fromkeys(str(each.step.class_of_business) for each in paying))


def unit_of(judged: RiskAdequacy, currency: str) -> str:
    """The currency where a figure of the sum has a part of its unit; else empty: figures then read better without."""
    figures = [judged.maximum_loss, judged.insured, judged.retained_amount]
    for step in judged.steps:
        figures += [step.start, step.room, step.recovery, step.low, step.high]
    return currency if any(figure is not None and figure != figure.to_integral_value() for figure in figures) else ""


def sentence_of(step: Step, judged: RiskAdequacy, unit: str) -> str:
    """What a section does for the risk, such as "Pays 60% of the loss from 100,000 to 50,100,000."."""
    if step.answer == "EXCLUDED":
        return _("Excludes %(category)s.") % {"category": judged.risk.category}
    if step.answer == "UNKNOWN":
        return _("Nobody has recorded which perils it covers, so it counts for nothing here.")
    if step.is_silenced:
        return _("Pays nothing here: the section below it is limited for this peril, and this one does not follow.")
    band = band_of(step)
    if band is None:
        if step.room == 0:
            return _("Pays nothing: claims have used up what there was.")
        return _("Pays nothing as far as is known.")
    words = {
        "share": percent(rate_of(step)),
        "low": amount(band.low, unit),
        "high": amount(band.high, unit),
    }
    if band.high is None:
        told = _("Pays %(share)s of the loss from %(low)s upwards, without limit.") % words
    else:
        told = _("Pays %(share)s of the loss from %(low)s to %(high)s.") % words
    if step.loss is not None and step.loss <= band.low:
        told += " " + _("This loss does not reach it.")
    return told


def arithmetic_of(step: Step, stack: Sequence[Step], currency: str, unit: str) -> str:
    """How the recovery comes about in figures, where the section pays; empty where it does not."""
    band = band_of(step)
    if band is None or step.loss is None or step.loss <= band.low:
        return ""
    end = step.loss if band.high is None else min(band.high, step.loss)
    exact = (end - band.low) * rate_of(step)
    factors = exact_percent(step.share)
    if average_of(step) < 1:
        factors += f" × {average_of(step).normalize():f}"
    words = f"({amount(end, unit)} − {amount(band.low, unit)}) × {factors}"
    if round_money(exact, currency) == step.recovery:
        return f"{words} = {amount(step.recovery, unit)}"
    is_shared = any(piece.rate > 1 and step in piece.steps for piece in pieces_of(stack, step.loss))
    note = (
        _("less what other sections pay of the same loss")
        if is_shared
        else _("held to the loss on what several sections insure")
    )
    return f"{words}, {note} = {amount(step.recovery, unit)}"


def payments_of(step: Step, held: InForce, currency: str) -> tuple[Payment, ...]:
    """A section's recovery over its carriers, in proportion to their shares; together they are the recovery."""
    if not step.recovery:
        return ()
    carriers = held.carriers or (Carrier(_("insurers not recorded"), Decimal(1)),)
    parts = split(step.recovery, [carrier.share for carrier in carriers], currency)
    return tuple(Payment(carrier, part) for carrier, part in zip(carriers, parts))


def tower_of(sections: Sequence[SectionSum], loss: Decimal | None, currency: str, *, loss_label: str = "") -> Tower:
    """The sections that pay as layers over the loss, from where each starts to pay to where it ends.

    So the deductible is what the first layer leaves below it, and what average takes is a part of a layer.
    """
    steps = [each.step for each in sections]
    lowest = lowest_of(steps)
    pieces = pieces_of(steps, loss) if loss else []
    return Tower(
        currency,
        tuple(_layer(each, band, pieces) for each in sections if (band := band_of(each.step)) is not None),
        largest_loss=loss,
        kept=lowest[1].low if lowest and lowest[0].is_primary else NOTHING,
        loss_label=loss_label,
    )


def _layer(each: SectionSum, band: Band, pieces: Sequence[Piece]) -> Layer:
    step = each.step
    whole = sum((carrier.share for carrier in each.held.carriers), NOTHING)
    # An option may give a section another share than its lines come to: they are drawn in proportion to it.
    factor = rate_of(step) / whole if whole else NOTHING
    shares = [Share(carrier.name, carrier.share * factor, carrier.is_lead) for carrier in each.held.carriers]
    if not shares:
        shares = [Share(_("insurers not recorded"), rate_of(step))]
    if lost := (step.share or NOTHING) - rate_of(step):
        shares.append(Share(_("average"), lost, is_borne=True))
    if (step.share or NOTHING) > 1:
        fault = _("placed %(share)s") % {"share": percent(step.share)}
    elif any(piece.rate > 1 and step in piece.steps for piece in pieces):
        fault = _("insured twice")
    else:
        fault = ""
    return Layer(
        label=layer_label(step),
        attachment=band.low,
        limit=None if band.high is None else band.high - band.low,
        shares=tuple(shares),
        policy=step.policy,
        url=reverse("programmes:policy", args=[step.policy_id]),
        fault=fault,
    )


def layer_label(step: Step) -> str:
    """Such as "50m xs 50m", or "Primary 50m"."""
    room = _("Unlimited") if step.is_endless else brief_amount(step.room)
    if step.is_primary:
        return _("Primary %(limit)s") % {"limit": room}
    return _("%(limit)s xs %(attachment)s") % {"limit": room, "attachment": brief_amount(step.attachment)}
