"""What is wrong with a tower, as data: gaps, overlaps, shares that do not sum, layers that stand on nothing.

Pure: layers in, faults out. The editor marks them as somebody types, the cover page shows them as badges.
"""

import datetime
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from django.utils.translation import gettext as _

from common.templatetags.ui import brief_amount, day_text, percent

WHOLE = Decimal(1)


class FaultKind(StrEnum):
    NO_UNDERLYING = "NO_UNDERLYING"
    GAP = "GAP"
    OVERLAP = "OVERLAP"
    OPEN = "OPEN"
    OVERPLACED = "OVERPLACED"
    CURRENCY = "CURRENCY"
    PERIOD = "PERIOD"


HATCHED = {FaultKind.OVERLAP, FaultKind.OVERPLACED, FaultKind.PERIOD}
"""Faults that a picture marks on the layer itself; gaps and open shares are drawn as such."""


class Severity(StrEnum):
    """How bad a fault is. The values are the tones of badges."""

    BAD = "bad"
    WARN = "warn"


@dataclass(frozen=True)
class Standing:
    """A layer as it stands in a tower: it pays from `start` upwards, `room` at most.

    `attachment` is as entered; `start` also counts the deductible it stands on. `room` None: unlimited. `placed` None:
    not known who carries it, and counted as all of it. `rests_on_below`: it pays in excess of layers below it, rather
    than from the ground up or over other classes. One whose room is not known pays nothing that could be counted on.
    Amounts are in `currency`; `last_day` None: without expiry.
    """

    key: Hashable
    label: str
    attachment: Decimal
    start: Decimal
    room: Decimal | None
    placed: Decimal | None
    currency: str
    policy: str
    first_day: datetime.date
    last_day: datetime.date | None
    rests_on_below: bool = True
    is_room_known: bool = True

    @property
    def end(self) -> Decimal | None:
        return None if self.room is None else self.start + self.room

    @property
    def takes(self) -> Decimal:
        """The share of its band that it takes away from others."""
        return WHOLE if self.placed is None else min(self.placed, WHOLE)

    def pays_between(self, lower: Decimal, upper: Decimal) -> bool:
        """Whether it pays all the way between two amounts that lie next to each other among the ends of layers."""
        return self.start <= lower and (self.end is None or self.end >= upper)


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a tower. `key` is of the layer it is best mended at; None: the tower as a whole.

    `brief` is a badge, `sentence` says all of it. Where it is about a band it lies from `lower` to `upper` (None:
    without end).
    """

    kind: FaultKind
    severity: Severity
    key: Hashable | None
    brief: str
    sentence: str
    lower: Decimal | None = None
    upper: Decimal | None = None
    share: Decimal | None = None


def faults_of(layers: Sequence[Standing], *, currency: str) -> list[Fault]:
    """Everything wrong with the tower that the layers of one class make in the currency.

    Layers in another currency stand in a tower of their own, and are a fault by being there. From the bottom up.
    """
    known = [layer for layer in layers if layer.currency == currency and layer.is_room_known]
    here = sorted(known, key=_from_the_bottom)
    orphans = {layer.key for layer in lacks_underlying(layers)}
    found = [*_gaps(here, orphans), *_overlaps(here), *_shares(here), *_periods(here)]
    order = {layer.key: place for place, layer in enumerate(here)}
    found.sort(key=lambda fault: order.get(fault.key, len(order)))
    return found + _currencies(layers, currency)


def worst_of_kind(faults: Iterable[Fault]) -> list[Fault]:
    """The faults for a glance: every band that is missing or covered too often, but of shares only the worst, and of
    currencies and periods one each."""
    found: dict[Hashable, Fault] = {}
    for fault in faults:
        is_band = fault.kind in (FaultKind.GAP, FaultKind.NO_UNDERLYING, FaultKind.OVERLAP)
        kind = (
            (fault.kind, fault.lower) if is_band else (fault.kind, fault.brief) if fault.share is None else fault.kind
        )
        if kind not in found or (fault.share or 0) > (found[kind].share or 0):
            found[kind] = fault
    return list(found.values())


def lacks_underlying(layers: Iterable[Standing]) -> list[Standing]:
    """The layers that pay in excess of what lies below while nothing does: no layer of the class begins below them.

    Services refuse to bring one about. A layer that counts from the ground up, or drops down over other classes, says
    that nothing of its class need lie below: it is no such layer. Layers in another currency cannot be compared by
    their amounts, and count as lying below where they begin at 0.
    """
    rows = list(layers)
    return [
        layer
        for layer in rows
        if layer.attachment > 0
        and layer.rests_on_below
        and not any(
            other.attachment < layer.attachment if other.currency == layer.currency else not other.attachment
            for other in rows
            if other is not layer
        )
    ]


def lacking_in_words(layer: Standing) -> str:
    """What services and forms say of a layer that `lacks_underlying` names."""
    words = _("Nothing lies below %(amount)s: enter the layer below, or say that this one counts from the ground up.")
    return words % {"amount": brief_amount(layer.attachment)}


def _from_the_bottom(layer: Standing) -> tuple[Decimal, bool, Decimal]:
    return layer.start, layer.room is None, layer.room or Decimal(0)


def _stretches(layers: Sequence[Standing]) -> list[tuple[Decimal, Decimal | None]]:
    """The amounts from 0 to the top of the tower, cut at every end of a layer. Without end where it is unlimited."""
    ends = {Decimal(0)} | {layer.start for layer in layers}
    ends |= {layer.end for layer in layers if layer.end is not None}
    cuts = sorted(ends)
    found: list[tuple[Decimal, Decimal | None]] = list(pairwise(cuts))
    if any(layer.end is None for layer in layers):
        found.append((cuts[-1], None))
    return found


def _paying(layers: Sequence[Standing], lower: Decimal, upper: Decimal | None) -> list[Standing]:
    if upper is None:
        return [layer for layer in layers if layer.end is None]
    return [layer for layer in layers if layer.pays_between(lower, upper)]


def _gaps(layers: Sequence[Standing], orphans: set[Hashable]) -> list[Fault]:
    """Bands that nobody covers, each at the layer that begins where it ends."""
    found = []
    top = Decimal(0)
    for layer in layers:
        if layer.start > top:
            found.append(_gap(layer, top, is_orphan=layer.key in orphans))
        elif layer.key in orphans:
            found.append(_gap(layer, layer.start, is_orphan=True))
        if layer.end is None:
            break
        top = max(top, layer.end)
    return found


def _gap(layer: Standing, lower: Decimal, *, is_orphan: bool) -> Fault:
    if is_orphan:
        brief = _("Nothing below %(amount)s") % {"amount": brief_amount(layer.attachment)}
        words = lacking_in_words(layer)
        return Fault(FaultKind.NO_UNDERLYING, Severity.BAD, layer.key, brief, words, lower, layer.start)
    return Fault(
        FaultKind.GAP,
        Severity.BAD,
        layer.key,
        _("Gap of %(amount)s") % {"amount": brief_amount(layer.start - lower)},
        _("Gap: nothing covers %(lower)s to %(upper)s.")
        % {"lower": brief_amount(lower), "upper": brief_amount(layer.start)},
        lower,
        layer.start,
    )


def _overlaps(layers: Sequence[Standing]) -> list[Fault]:
    """Bands that several layers take more than all of, each at the layer that begins last; bands next to each other
    with the same layers are one."""
    bands: list[tuple[Decimal, Decimal | None, list[Standing]]] = []
    for lower, upper in _stretches(layers):
        paying = _paying(layers, lower, upper)
        if len(paying) < 2 or sum((layer.takes for layer in paying), Decimal(0)) <= WHOLE:
            continue
        if bands and bands[-1][1] == lower and bands[-1][2] == paying:
            bands[-1] = (bands[-1][0], upper, paying)
        else:
            bands.append((lower, upper, paying))
    return [_overlap(*band) for band in bands]


def _overlap(lower: Decimal, upper: Decimal | None, paying: list[Standing]) -> Fault:
    last = paying[-1]
    share = sum((layer.takes for layer in paying), Decimal(0))
    said = {
        "others": ", ".join(layer.label for layer in paying[:-1]),
        "lower": brief_amount(lower),
        "upper": brief_amount(upper),
        "share": percent(share),
    }
    if upper is None:
        brief, words = _("Overlap"), _("Overlaps %(others)s from %(lower)s up: together %(share)s.")
    else:
        brief = _("Overlap of %(amount)s") % {"amount": brief_amount(upper - lower)}
        words = _("Overlaps %(others)s from %(lower)s to %(upper)s: together %(share)s.")
    return Fault(FaultKind.OVERLAP, Severity.WARN, last.key, brief, words % said, lower, upper, share)


def _shares(layers: Sequence[Standing]) -> list[Fault]:
    """Layers that are placed more than whole, and layers that leave a part of their band to nobody."""
    found = []
    stretches = _stretches(layers)
    for layer in layers:
        if layer.placed is None:
            continue
        if layer.placed > WHOLE:
            said = {"share": percent(layer.placed), "over": percent(layer.placed - WHOLE)}
            found.append(
                Fault(
                    FaultKind.OVERPLACED,
                    Severity.WARN,
                    layer.key,
                    _("Placed %(share)s") % said,
                    _("Placed %(share)s: %(over)s more than there is.") % said,
                    layer.start,
                    layer.end,
                    layer.placed,
                )
            )
            continue
        missing = max(
            (
                WHOLE - sum((other.takes for other in paying), Decimal(0))
                for paying in (_paying(layers, *stretch) for stretch in stretches)
                if layer in paying
            ),
            default=WHOLE - layer.placed,
        )
        if missing > 0:
            said = {"share": percent(missing)}
            found.append(
                Fault(
                    FaultKind.OPEN,
                    Severity.BAD,
                    layer.key,
                    _("Open %(share)s") % said,
                    _("Open %(share)s: nobody carries it yet.") % said,
                    layer.start,
                    layer.end,
                    missing,
                )
            )
    return found


def _periods(layers: Sequence[Standing]) -> list[Fault]:
    """Layers whose period is not that of the layers of other policies right below them.

    One below that runs without expiry, and began no later, goes on under whatever stands on it: that matches.
    """
    found = []
    for layer in layers:
        below = [other for other in layers if other.start < layer.start and other.end is not None]
        ends = [other.end for other in below if other.end is not None and other.end <= layer.start]
        top = max(ends, default=None)
        for other in below:
            if other.policy == layer.policy or other.end != top or _matches(layer, other):
                continue
            found.append(
                Fault(
                    FaultKind.PERIOD,
                    Severity.WARN,
                    layer.key,
                    _("Periods differ"),
                    _("%(policy)s below runs %(period)s, not as this layer does.")
                    % {"policy": other.policy, "period": _period(other)},
                    layer.start,
                    layer.end,
                )
            )
            break
    return found


def _matches(layer: Standing, below: Standing) -> bool:
    if below.last_day is None:
        return below.first_day <= layer.first_day
    return (below.first_day, below.last_day) == (layer.first_day, layer.last_day)


def _period(layer: Standing) -> str:
    if layer.last_day is None:
        return _("from %(first)s without expiry") % {"first": day_text(layer.first_day)}
    return _("%(first)s to %(last)s") % {"first": day_text(layer.first_day), "last": day_text(layer.last_day)}


def _currencies(layers: Sequence[Standing], currency: str) -> list[Fault]:
    """One for each policy of the class in another currency."""
    others = {(layer.policy, layer.currency): None for layer in layers if layer.currency != currency}
    return [
        Fault(
            FaultKind.CURRENCY,
            Severity.WARN,
            None,
            _("Also %(currency)s") % {"currency": other},
            _("%(policy)s is in %(currency)s: its layers stand in a tower of their own, beside this one.")
            % {"policy": policy, "currency": other},
        )
        for policy, other in others
    ]
