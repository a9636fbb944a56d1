"""The sections in force of a customer beside a risk: who carries each, what is missing, why it does not answer."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django_countries import countries

from market.models import ClassMode
from profiles.models import Customer
from programmes.models import Policy, Terms
from programmes.models.terms import CoverBasis, Deductible
from programmes.selectors.adequacy import Step
from programmes.selectors.versions import Content, carried, with_content
from risk.models import Exposure, ExposureKind, Risk


@dataclass(frozen=True)
class Carrier:
    """Somebody's share of a section. `insurer` is None for what is placed elsewhere or with nobody named."""

    name: str
    share: Decimal
    insurer: UUID | None = None
    is_lead: bool = False
    is_written: bool = False
    """Whether the share is a written line, not signed yet."""


@dataclass(frozen=True)
class Missing:
    """A figure that a sum needs and nobody has entered, with the page to enter it on."""

    words: str
    url: str


@dataclass(frozen=True)
class Silent:
    """A section in force that does not answer a risk, and why."""

    terms: Terms
    why: str


@dataclass(frozen=True)
class InForce:
    """A version in force with what it says. Built once for a page; no query after that."""

    terms: Terms
    content: Content

    @property
    def deductibles(self) -> list[Deductible]:
        """Its own deductible and those of its cover terms."""
        return [self.terms, *self.content.cover_terms]

    @property
    def carriers(self) -> tuple[Carrier, ...]:
        """Who carries it (DESIGN section 5, step 7), the lead first. Empty where nothing is recorded."""
        if not self.content.lines:
            share = self.terms.placed_share
            return (Carrier(_("insurers not named"), share),) if share else ()
        found = [
            Carrier(
                line.insurer.label if line.insurer else _("insurer not named"),
                share,
                line.insurer_id,
                line.is_lead,
                line.signed_share is None,
            )
            for line, share in carried(self.content.lines)
        ]
        if self.terms.placed_elsewhere_share:
            found.append(Carrier(_("placed elsewhere"), self.terms.placed_elsewhere_share))
        return tuple(found)


def sections_in_force(customer: Customer, *, on: datetime.date) -> dict[UUID, InForce]:
    """What insures the customer on the day and is judged against losses, by section, bottom up. Four queries."""
    policies = Policy.objects.insuring(customer).that_cover().in_force(on)
    rows: QuerySet[Terms] = (
        Terms.objects.on(on)
        .filter(section__policy__in=policies, section__class_of_business__mode=ClassMode.TOWER)
        .select_related("section__policy", "section__class_of_business")
        .order_by("section__class_of_business__rank", "attachment_point", "section__policy__number", "pk")
    )
    return {row.section_id: InForce(row, Content.of(row)) for row in with_content(rows)}


def missing_of(step: Step, held: InForce, customer: Customer, *, may_edit: bool) -> list[Missing]:
    """What is not known of a section that may answer a risk, each with where it is entered."""
    terms = held.terms
    if may_edit:
        here = reverse("programmes:correct", args=[terms.pk])
    else:
        here = reverse("programmes:policy", args=[step.policy_id])
    found = []
    if step.answer == "UNKNOWN":
        found.append(Missing(_("which perils it covers"), here))
    if step.answer != "YES":
        return found
    if step.attachment is None:
        found.append(Missing(_("the exchange rate of its currency"), reverse("market:rates")))
    elif step.room is None and not step.is_endless:
        found.append(Missing(_("its limit"), here))
    if step.share is None:
        found.append(Missing(_("the share that is placed"), here))
    if step.average is None:
        if terms.sum_insured:
            found.append(Missing(_("the values it insures"), reverse("risk:values", args=[customer.pk])))
        else:
            found.append(Missing(_("its sum insured"), here))
    if step.start is None and step.attachment is not None:
        found.append(Missing(_("what its deductible is a share of"), here))
    return found


def silent_sections(
    risk: Risk, answering: Iterable[UUID], sections: dict[UUID, InForce], struck: list[Exposure], classes: set[UUID]
) -> list[Silent]:
    """The sections in force that do not answer the risk, each with the first reason (DESIGN section 5, step 2).

    `classes` are those that answer the risk's category; `struck` are its linked exposures that can be lost.
    """
    there = set(answering)
    return [
        Silent(held.terms, why_silent(risk, held, struck, classes))
        for key, held in sections.items()
        if key not in there
    ]


def why_silent(risk: Risk, held: InForce, struck: list[Exposure], classes: set[UUID]) -> str:
    terms, content = held.terms, held.content
    category = {"category": risk.category}
    named = [term for term in content.cover_terms if term.category.code in risk.category.path]
    if not named and terms.basis != CoverBasis.ALL_RISKS:
        return _("It names what it covers, and %(category)s is not among it.") % category
    if not named and terms.section.class_of_business_id not in classes:
        return _("%(class)s does not answer %(category)s.") % {**category, "class": terms.section.class_of_business}
    if risk.location is not None:
        if content.locations and risk.location not in content.locations:
            return _("It insures other locations.")
        country = str(risk.location.country)
        if terms.territory and country not in terms.territory:
            names = ", ".join(countries.name(code) for code in terms.territory)
            return _("It covers losses in %(territory)s only.") % {"territory": names}
        if country in terms.territory_excluded:
            return _("It does not cover losses in %(territory)s.") % {"territory": countries.name(country)}
    if struck and terms.insured_kinds and not any(row.kind in terms.insured_kinds for row in struck):
        kinds = ", ".join(str(ExposureKind(kind).label) for kind in terms.insured_kinds)
        return _("It insures %(kinds)s only, which this risk does not strike.") % {"kinds": kinds}
    return _("It insures nothing of what this risk can strike.")
