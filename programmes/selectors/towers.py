"""The towers of a customer: all layers in force on a day, by class and currency, over all its policies."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Self
from uuid import UUID

from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from common.money import round_money
from common.templatetags.ui import brief_amount, percent
from common.ui.charts.tower import Layer, Share, Tower
from market.models import ClassMode, ClassOfBusiness
from profiles.models import Customer
from programmes.models import AttachmentBasis, LimitBasis, Participation, PercentOf, Policy, Section, Terms
from programmes.models.terms import TermsQuerySet
from programmes.selectors.tower_faults import HATCHED, Fault, Standing, faults_of, lacks_underlying, worst_of_kind
from programmes.selectors.versions import carried, deductible_in_words, placed_share, ranked

UMBRELLA = "UMBRELLA"
"""The class whose policies stand over sections of other classes."""
Marks = Mapping[UUID, str]
"""Sections that differ from another day, by key: NEW or CHANGED."""
NO_MARKS: Marks = {}


@dataclass(frozen=True)
class Remark:
    """Something about a tower worth seeing at a glance. tone: ok, warn, bad or neutral."""

    tone: str
    words: str


@dataclass(frozen=True, eq=False)
class Held:
    """A version of a section with its lines, saved or as somebody types them."""

    terms: Terms
    lines: tuple[Participation, ...] = ()

    @classmethod
    def saved(cls, terms: Terms) -> Self:
        return cls(terms, tuple(terms.participations.all()))

    @property
    def has_room(self) -> bool:
        """Whether its room is known, an unlimited one included."""
        return self.terms.unlimited or room_of(self.terms) is not None


@dataclass(frozen=True)
class Undrawn:
    """A section in force that cannot be drawn, and why."""

    section: Section
    why: str


@dataclass(frozen=True)
class CoverTower:
    """The cover of one customer, class and currency on a day. Amounts are in that currency."""

    class_of_business: ClassOfBusiness
    currency: str
    tower: Tower
    policies: tuple[Policy, ...]
    undrawn: tuple[Undrawn, ...]
    notes: tuple[str, ...]
    overplaced: tuple[str, ...]
    faults: tuple[Fault, ...]
    labels: dict[UUID, str]
    """What each version is called on the picture."""

    @property
    def key(self) -> str:
        """Tells the towers of a customer apart, also in addresses and SVG ids."""
        return f"{self.class_of_business.code}-{self.currency}"

    @property
    def top(self) -> Decimal | None:
        """Where the cover ends; None where it is unlimited or nothing could be drawn."""
        ends = [layer.end for layer in self.tower.in_order]
        return None if not ends or None in ends else max(end for end in ends if end is not None)

    @property
    def is_unlimited(self) -> bool:
        return any(layer.end is None for layer in self.tower.in_order)

    @property
    def remarks(self) -> list[Remark]:
        """The faults of the tower in a few words each; one good word where it has none."""
        if self.class_of_business.mode == ClassMode.BENEFIT:
            return [Remark("neutral", _("Benefits, no tower"))]
        layers = self.tower.in_order
        if not layers and not self.undrawn:
            return [Remark("neutral", _("No terms"))]
        found = [Remark(fault.severity, fault.brief) for fault in worst_of_kind(self.faults)]
        if self.undrawn:
            found.append(Remark("neutral", _("Limit not known")))
        if any(not layer.shares for layer in layers):
            found.append(Remark("neutral", _("Insurers not recorded")))
        return found or [Remark("ok", _("Fully placed"))]


def towers_of(customer: Customer, *, on: datetime.date) -> list[CoverTower]:
    """Every tower of the customer on the day, in the order of the classes. Three queries, however many there are."""
    policies = list(
        Policy.objects.insuring(customer)
        .that_cover()
        .in_force(on)
        .select_related("class_of_business")
        .order_by("currency", "inception_date", "number", "pk")
    )
    return towers_from(policies, list(terms_on(on).filter(section__policy__in=[policy.pk for policy in policies])))


def tower_of(
    customer: Customer,
    class_of_business: ClassOfBusiness,
    currency: str,
    *,
    on: datetime.date,
    showing: Policy | None,
    marks: Marks = NO_MARKS,
) -> CoverTower:
    """The tower of one class and currency on the day, with the layers of a policy marked. Two queries.

    `marks` are the sections whose layers differ from those of another day.

    Where that policy is not bound its layers are drawn too, and say so; on a day without cover they are not.
    Its `policies` are those that have terms on the day.
    """
    terms = _terms_showing(customer, [class_of_business], currency, on=on, showing=showing)
    return _tower_of_terms(class_of_business, currency, terms, showing=showing, marks=marks)


def towers_showing(
    policy: Policy, classes: Iterable[ClassOfBusiness], *, on: datetime.date, marks: Marks = NO_MARKS
) -> list[CoverTower]:
    """The towers in which the sections of a policy stand, its own layers marked: one for each of the classes, in their
    order. Two queries, however many there are. On what is drawn: see `tower_of`."""
    in_order = sorted(classes, key=lambda each: (each.rank, each.code))
    terms = _terms_showing(policy.customer, in_order, policy.currency, on=on, showing=policy)
    by_class: dict[UUID, list[Terms]] = defaultdict(list)
    for row in terms:
        by_class[row.section.class_of_business_id].append(row)
    return [_tower_of_terms(each, policy.currency, by_class[each.pk], showing=policy, marks=marks) for each in in_order]


def _tower_of_terms(
    class_of_business: ClassOfBusiness, currency: str, terms: list[Terms], *, showing: Policy | None, marks: Marks
) -> CoverTower:
    policies = list(dict.fromkeys(row.section.policy for row in terms))
    layers = [Held.saved(row) for row in terms]
    return _tower(class_of_business, currency, policies, layers, showing=showing, marks=marks)


def _terms_showing(
    customer: Customer,
    classes: list[ClassOfBusiness],
    currency: str,
    *,
    on: datetime.date,
    showing: Policy | None,
) -> list[Terms]:
    in_tower = Policy.objects.insuring(customer).that_cover().filter(currency=currency)
    is_in_tower = Q(section__policy__in=in_tower.in_force(on))
    if showing is not None and is_drawn_unbound(showing, on):
        is_in_tower |= Q(section__policy=showing)
    rows = terms_on(on).filter(is_in_tower, section__class_of_business__in=classes)
    return list(rows.select_related("section__policy"))


def is_drawn_unbound(policy: Policy, on: datetime.date) -> bool:
    """Whether a policy that is no cover is drawn where a page is about it: not bound, on a day that it would cover."""
    return policy.bound_on is None and policy.runs_on(on)


def terms_on(on: datetime.date) -> TermsQuerySet:
    """The versions that hold on the day, from the bottom up, with their lines."""
    return (
        Terms.objects.on(on)
        .select_related("section__class_of_business")
        .prefetch_related(Prefetch("participations", Participation.objects.select_related("insurer")))
        .order_by("attachment_point", "section__reference", "pk")
    )


def towers_from(policies: list[Policy], terms: list[Terms], *, marks: Marks = NO_MARKS) -> list[CoverTower]:
    """The towers that policies and their terms of one day make, from the bottom up. No query.

    A policy without terms on the day stands in the tower of its own class, and says so. `marks` are the sections whose
    layers differ from those of another day.
    """
    by_id = {policy.pk: policy for policy in policies}
    layers: dict[tuple[ClassOfBusiness, str], list[Held]] = defaultdict(list)
    in_tower: dict[tuple[ClassOfBusiness, str], set[UUID]] = defaultdict(set)
    with_terms = set()
    for row in terms:
        row.section.policy = policy = by_id[row.section.policy_id]
        key = (row.section.class_of_business, policy.currency)
        layers[key].append(Held.saved(row))
        in_tower[key].add(policy.pk)
        with_terms.add(policy.pk)
    for policy in policies:
        if policy.pk not in with_terms:
            in_tower[policy.class_of_business, policy.currency].add(policy.pk)
    found = []
    for key in sorted(in_tower, key=lambda key: (key[0].rank, key[0].code, key[1])):
        standing_in = [policy for policy in policies if policy.pk in in_tower[key]]
        found.append(_tower(*key, standing_in, layers[key], showing=None, marks=marks))
    return found


def tower_with(policy: Policy, class_of_business: ClassOfBusiness, own: list[Held], others: list[Held]) -> CoverTower:
    """The tower as it would be with these versions of a policy's own layers, saved or not, beside those of others.

    `others` in another currency are left out of it, and are a fault. No query where the versions come with their lines.
    """
    here = [row for row in others if row.terms.section.policy.currency == policy.currency]
    rows = sorted([*own, *here], key=lambda row: row.terms.attachment_point)
    policies = list(dict.fromkeys(row.terms.section.policy for row in rows))
    elsewhere = [standing_of(row, Decimal(0)) for row in others if row not in here]
    return _tower(class_of_business, policy.currency, policies, rows, showing=policy, beside=elsewhere)


def layers_beside(policy: Policy, class_of_business: ClassOfBusiness, *, on: datetime.date) -> list[Held]:
    """The layers of the class, in any currency, that other policies insuring the customer have on the day.

    Also of policies that are not bound: what is being placed together stands together. Two queries.
    """
    others = (
        Policy.objects.insuring(policy.customer)
        .that_cover()
        .exclude(pk=policy.pk)
        .filter(
            Q(cancelled_from=None) | Q(cancelled_from__gt=on),
            Q(expiry_date=None) | Q(expiry_date__gte=on),
            inception_date__lte=on,
        )
    )
    rows = terms_on(on).filter(section__policy__in=others, section__class_of_business=class_of_business)
    return [Held.saved(row) for row in rows.select_related("section__policy")]


def own_layers(policy: Policy, class_of_business: ClassOfBusiness, *, on: datetime.date) -> list[Terms]:
    """The versions that a policy's sections of a class have on the day. One query."""
    rows = Terms.objects.on(on).filter(section__policy=policy, section__class_of_business=class_of_business)
    return list(rows.select_related("section__class_of_business", "section__policy"))


def without_underlying(policy: Policy, class_of_business: ClassOfBusiness, *, on: datetime.date) -> list[Standing]:
    """The layers of a policy and class that pay in excess of what lies below on the day, while nothing does.

    What else insures the customer counts, bound or not. `key` is the version. Three queries.
    """
    own = own_layers(policy, class_of_business, on=on)
    held = [Held(row) for row in own] + layers_beside(policy, class_of_business, on=on)
    keys = {row.pk for row in own}
    return [layer for layer in lacks_underlying(standing_of(row, Decimal(0)) for row in held) if layer.key in keys]


def stands_on_nothing(terms: Terms) -> Standing | None:
    """The layer that a version, saved or not, would be from its first day on, where it would lack its underlying."""
    section = terms.section
    own = own_layers(section.policy, section.class_of_business, on=terms.first_day)
    held = [Held(row) for row in own if row.section_id != section.pk] + layers_beside(
        section.policy, section.class_of_business, on=terms.first_day
    )
    layers = [standing_of(row, Decimal(0)) for row in [Held(terms), *held]]
    return layers[0] if layers[0] in lacks_underlying(layers) else None


def _tower(
    class_of_business: ClassOfBusiness,
    currency: str,
    policies: list[Policy],
    rows: list[Held],
    *,
    showing: Policy | None,
    marks: Marks = NO_MARKS,
    beside: list[Standing] | None = None,
) -> CoverTower:
    has_tower = class_of_business.mode == ClassMode.TOWER
    is_edited = beside is not None  # all that its own layers are need not be said of each then
    drawn = [row for row in rows if has_tower and row.has_room]
    primary = [row for row in drawn if not row.terms.attachment_point]
    least = min((drawn_deductible(row.terms) or Decimal(0) for row in primary), default=Decimal(0))
    with_terms = {row.terms.section.policy for row in rows}
    notes = [
        _("%(policy)s has no terms on this day.") % {"policy": policy}
        for policy in policies
        if policy not in with_terms
    ]
    labels = {row: _label(row.terms, is_only_primary=len(primary) == 1) for row in rows}
    standing = [standing_of(row, least, label=labels[row]) for row in rows] if has_tower else []
    faults = faults_of([*standing, *(beside or [])], currency=currency)
    hatched = {fault.key: fault.brief for fault in faults if fault.kind in HATCHED}
    layers = []
    for row in drawn:
        terms = row.terms
        is_own = terms.section.policy == showing
        is_said = terms.section.policy.bound_on is not None or (is_own and is_edited)
        layers.append(
            _layer(
                row,
                least,
                label=labels[row] if is_said else _("%(layer)s, not bound") % {"layer": labels[row]},
                is_marked=is_own and (len(policies) > 1 or not is_edited),
                fault=hatched.get(terms.pk, "") if showing else "",
                difference=marks.get(terms.section_id, ""),
            )
        )
        if terms.deductible_percent is not None:
            words = _("%(layer)s: deductible %(deductible)s") % {
                "layer": layers[-1].label,
                "deductible": deductible_in_words(terms),
            }
            notes.append(words + ("." if drawn_deductible(terms) is not None else " " + _("(not drawn).")))
    return CoverTower(
        class_of_business=class_of_business,
        currency=currency,
        tower=Tower(currency, tuple(layers)),
        policies=tuple(policies),
        undrawn=tuple(
            Undrawn(row.terms.section, _("its limit is not known")) for row in rows if has_tower and row not in drawn
        ),
        notes=tuple(notes),
        overplaced=tuple(
            _("%(section)s is placed %(share)s: more than there is.")
            % {"section": row.terms.section, "share": percent(layer.placed)}
            for row, layer in zip(drawn, layers)
            if layer.placed > 1
        ),
        faults=tuple(faults),
        labels={row.terms.pk: label for row, label in labels.items()},
    )


def _layer(row: Held, least: Decimal, *, label: str, is_marked: bool, fault: str, difference: str) -> Layer:
    policy = row.terms.section.policy
    return Layer(
        label=label,
        attachment=start_of(row.terms, least),
        limit=room_of(row.terms),
        shares=_shares(row),
        deductible=drawn_deductible(row.terms),
        policy=policy.number,
        url=reverse("programmes:policy", args=[policy.pk]),
        is_marked=is_marked,
        fault=fault,
        difference=difference,
    )


def standing_of(row: Held, least: Decimal, *, label: str = "") -> Standing:
    """How a version stands in its tower. `least` is the least deductible of the primary layers.

    A primary layer is taken to end where it is drawn to: at its deductible and its limit.
    """
    terms = row.terms
    policy = terms.section.policy
    room = room_of(terms)
    if room is not None and not terms.attachment_point:
        room += drawn_deductible(terms) or 0
    shares = _shares(row)
    return Standing(
        key=terms.pk,
        label=label,
        attachment=terms.attachment_point,
        start=start_of(terms, least),
        room=room,
        placed=sum((part.share for part in shares), Decimal(0)) if shares else None,
        currency=policy.currency,
        policy=policy.number,
        first_day=policy.inception_date,
        last_day=policy.expiry_date,
        rests_on_below=rests_on_below(terms),
        is_room_known=row.has_room,
    )


def rests_on_below(terms: Terms) -> bool:
    """Whether an excess layer needs a layer of its class below it.

    Not from the ground up, nor one that drops down, nor an umbrella: those stand over sections of other classes.
    """
    return (
        terms.attachment_basis == AttachmentBasis.XS_UNDERLYING
        and not terms.drops_down
        and terms.section.class_of_business.code != UMBRELLA
    )


def room_of(terms: Terms) -> Decimal | None:
    """The most a section pays for one loss: the least of limit, sum insured and aggregate. None: unlimited, or unknown.

    DESIGN section 5, step 4, without sublimits and claims. Units multiply the limit; a sum insured of 0 is not given.
    """
    limit = terms.limit
    if limit is not None and terms.limit_basis == LimitBasis.PER_UNIT and terms.units:
        limit *= terms.units
    given = [figure for figure in (limit, terms.sum_insured or None, terms.aggregate_limit) if figure is not None]
    return min(given, default=None)


def start_of(terms: Terms, least: Decimal) -> Decimal:
    """Where a section begins to pay, above its own deductible if it is a primary one, which is drawn as a strip.

    DESIGN section 5, step 6, without erosion: above 0 the attachment, plus its own deductible if given, else `least`
    (the least deductible of the primary sections) unless the attachment counts from the ground up.
    """
    if not terms.attachment_point:
        return Decimal(0)
    own = drawn_deductible(terms)
    if own is not None:
        return terms.attachment_point + own
    return terms.attachment_point + (least if terms.attachment_basis == AttachmentBasis.XS_UNDERLYING else 0)


def drawn_deductible(terms: Terms) -> Decimal | None:
    """The deductible as an amount. None where there is none, or where it depends on the loss or on values."""
    if terms.deductible_amount is not None:
        return terms.deductible_amount or None
    if (
        terms.deductible_percent is None
        or terms.deductible_percent_of != PercentOf.SUM_INSURED
        or not terms.sum_insured
    ):
        return None
    figure = round_money(terms.deductible_percent * terms.sum_insured, terms.section.policy.currency)
    if terms.deductible_min is not None:
        figure = max(figure, terms.deductible_min)
    if terms.deductible_max is not None:
        figure = min(figure, terms.deductible_max)
    return figure or None


def _shares(row: Held) -> tuple[Share, ...]:
    """Who carries the layer. Empty where nothing is recorded of it."""
    terms, lines = row.terms, ranked(row.lines)
    if not lines:
        share = placed_share(terms, lines)
        return (Share(_("insurers not named"), share),) if share else ()
    shares = [
        Share(line.insurer.label if line.insurer else _("insurer not named"), share, line.is_lead)
        for line, share in carried(lines)
    ]
    if terms.placed_elsewhere_share:
        shares.append(Share(_("placed elsewhere"), terms.placed_elsewhere_share))
    return tuple(shares)


def _label(terms: Terms, *, is_only_primary: bool) -> str:
    room = room_of(terms)
    if room is None and not terms.unlimited:
        return str(terms.section)
    words = _("Unlimited") if room is None else brief_amount(room)
    if terms.attachment_point:
        return _("%(limit)s xs %(attachment)s") % {
            "limit": words,
            "attachment": brief_amount(terms.attachment_point),
        }
    name = terms.section.name if not is_only_primary and terms.section.name else _("Primary")
    return f"{name} {words}"
