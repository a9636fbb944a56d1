"""The towers of a customer: all layers in force on a day, by class and currency, over all its policies."""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from common.money import round_money
from common.templatetags.ui import brief_amount, percent
from common.ui.charts.tower import Layer, Share, Tower, gaps
from market.models import ClassMode, ClassOfBusiness
from profiles.models import Customer
from programmes.models import AttachmentBasis, LimitBasis, Participation, PercentOf, Policy, Section, Terms
from programmes.models.terms import TermsQuerySet
from programmes.selectors.versions import carried, deductible_in_words, placed_share, ranked


@dataclass(frozen=True)
class Remark:
    """Something about a tower worth seeing at a glance. tone: ok, warn, bad or neutral."""

    tone: str
    words: str


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
        found = [
            Remark("bad", _("Gap of %(amount)s") % {"amount": brief_amount(upper - lower)})
            for lower, upper in gaps(self.tower)
        ]
        layers = self.tower.in_order
        if not layers and not self.undrawn:
            return [Remark("neutral", _("No terms"))]
        if short := [1 - layer.placed for layer in layers if layer.shares and layer.placed < 1]:
            found.append(Remark("bad", _("Open %(share)s") % {"share": percent(max(short))}))
        if over := [layer.placed for layer in layers if layer.placed > 1]:
            found.append(Remark("warn", _("Placed %(share)s") % {"share": percent(max(over))}))
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
    return towers_over(policies, list(terms_on(on).filter(section__policy__in=policies)))


def tower_of(
    customer: Customer, class_of_business: ClassOfBusiness, currency: str, *, on: datetime.date, showing: Policy | None
) -> CoverTower:
    """The tower of one class and currency on the day, with the layers of a policy marked. Two queries.

    Where that policy is not bound its layers are drawn too, and say so; on a day without cover they are not.
    Its `policies` are those that have terms on the day.
    """
    in_tower = Policy.objects.insuring(customer).that_cover().filter(currency=currency)
    is_in_tower = Q(section__policy__in=in_tower.in_force(on))
    if showing is not None and is_drawn_unbound(showing, on):
        is_in_tower |= Q(section__policy=showing)
    terms = list(
        terms_on(on).filter(is_in_tower, section__class_of_business=class_of_business).select_related("section__policy")
    )
    policies = list(dict.fromkeys(row.section.policy for row in terms))
    return _tower(class_of_business, currency, policies, terms, showing=showing)


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


def towers_over(policies: list[Policy], terms: list[Terms]) -> list[CoverTower]:
    """Every tower of the policies, in the order of the classes. `terms`: all that hold on the day, by `terms_on`."""
    by_id = {policy.pk: policy for policy in policies}
    for row in terms:
        row.section.policy = by_id[row.section.policy_id]
    groups: dict[tuple[ClassOfBusiness, str], list[Terms]] = defaultdict(list)
    without_terms = dict(by_id)
    for row in terms:
        groups[row.section.class_of_business, row.section.policy.currency].append(row)
        without_terms.pop(row.section.policy_id, None)
    for policy in without_terms.values():
        groups.setdefault((policy.class_of_business, policy.currency), [])
    return [
        _tower(
            class_of_business,
            currency,
            [
                policy
                for policy in policies
                if any(row.section.policy_id == policy.pk for row in rows)
                or (policy.pk in without_terms and (policy.class_of_business, policy.currency) == key)
            ],
            rows,
            showing=None,
        )
        for key, rows in sorted(groups.items(), key=lambda group: (group[0][0].rank, group[0][0].code, group[0][1]))
        for class_of_business, currency in [key]
    ]


def _tower(
    class_of_business: ClassOfBusiness,
    currency: str,
    policies: list[Policy],
    terms: list[Terms],
    *,
    showing: Policy | None,
) -> CoverTower:
    has_tower = class_of_business.mode == ClassMode.TOWER
    drawn = [row for row in terms if has_tower and (row.unlimited or room_of(row) is not None)]
    primary = [row for row in drawn if not row.attachment_point]
    least = min((drawn_deductible(row) or Decimal(0) for row in primary), default=Decimal(0))
    layers, overplaced = [], []
    with_terms = {row.section.policy for row in terms}
    notes = [
        _("%(policy)s has no terms on this day.") % {"policy": policy}
        for policy in policies
        if policy not in with_terms
    ]
    for row in drawn:
        layer = _layer(row, least, is_marked=row.section.policy == showing, is_only_primary=len(primary) == 1)
        layers.append(layer)
        if row.deductible_percent is not None:
            words = _("%(layer)s: deductible %(deductible)s") % {
                "layer": layer.label,
                "deductible": deductible_in_words(row),
            }
            notes.append(words + ("." if drawn_deductible(row) is not None else " " + _("(not drawn).")))
        if layer.placed > 1:
            overplaced.append(
                _("%(section)s is placed %(share)s: more than there is.")
                % {"section": row.section, "share": percent(layer.placed)}
            )
    return CoverTower(
        class_of_business=class_of_business,
        currency=currency,
        tower=Tower(currency, tuple(layers)),
        policies=tuple(policies),
        undrawn=tuple(
            Undrawn(row.section, _("its limit is not known")) for row in terms if has_tower and row not in drawn
        ),
        notes=tuple(notes),
        overplaced=tuple(overplaced),
    )


def _layer(terms: Terms, least: Decimal, *, is_marked: bool, is_only_primary: bool) -> Layer:
    policy = terms.section.policy
    label = _label(terms, is_only_primary=is_only_primary)
    return Layer(
        label=label if policy.bound_on else _("%(layer)s, not bound") % {"layer": label},
        attachment=start_of(terms, least),
        limit=room_of(terms),
        shares=_shares(terms),
        deductible=drawn_deductible(terms),
        policy=policy.number,
        url=reverse("programmes:policy", args=[policy.pk]),
        is_marked=is_marked,
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


def _shares(terms: Terms) -> tuple[Share, ...]:
    """Who carries the layer. Empty where nothing is recorded of it."""
    lines = ranked(terms.participations.all())
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
    words = _("Unlimited") if room is None else brief_amount(room)
    if terms.attachment_point:
        return _("%(limit)s xs %(attachment)s") % {
            "limit": words,
            "attachment": brief_amount(terms.attachment_point),
        }
    name = terms.section.name if not is_only_primary and terms.section.name else _("Primary")
    return f"{name} {words}"
