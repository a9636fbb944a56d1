"""The tower as a page shows it: drawn for a wide and a narrow place, with remarks and the table behind it."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from common.templatetags.ui import brief_amount, percent
from common.ui.charts.tower import Layer, Tower, gaps
from common.ui.charts.tower_drawing import NARROW, WIDE, Drawing, Measures, draw, scale_of


@dataclass(frozen=True)
class Row:
    """A layer in words. `placed` is None where the insurers are not recorded."""

    label: str
    policy: str
    url: str
    attachment: Decimal
    limit: Decimal | None
    deductible: Decimal | None
    placed: Decimal | None
    insurers: str
    is_marked: bool
    difference: str


@dataclass(frozen=True)
class Picture:
    """All that `<c-tower>` needs. `rows` go from the top of the tower down; amounts are in `currency`."""

    wide: Drawing
    narrow: Drawing
    currency: str
    description: str
    notes: tuple[str, ...]
    rows: tuple[Row, ...]
    largest_loss: Decimal | None
    is_empty: bool


def picture(tower: Tower, *, key: str = "tower", wide_as: Measures = WIDE, narrow_as: Measures = NARROW) -> Picture:
    """The tower drawn for both widths. `key` tells the pictures of one page apart (it names their SVG patterns)."""
    wide = draw(tower, wide_as, key=f"{key}-wide")
    narrow = draw(tower, narrow_as, key=f"{key}-narrow")
    return Picture(
        wide=wide,
        narrow=narrow,
        currency=tower.currency,
        description=_description(tower),
        notes=_notes(tower),
        rows=tuple(_row(layer) for layer in reversed(tower.in_order)),
        largest_loss=tower.largest_loss,
        is_empty=not tower.in_order and not tower.largest_loss,
    )


def _notes(tower: Tower) -> tuple[str, ...]:
    notes = []
    if any(stretch.is_stretched for stretch in scale_of(tower).stretches):
        notes.append(_("Bands marked ≈ are drawn taller than their scale, so that they can be read."))
    for layer in tower.in_order:
        if layer.placed > 1:
            notes.append(
                _("%(layer)s is placed %(share)s; its parts are drawn scaled to the width.")
                % {"layer": layer.label, "share": percent(layer.placed)}
            )
    return tuple(notes)


def _row(layer: Layer) -> Row:
    return Row(
        label=layer.label,
        policy=layer.policy,
        url=layer.url,
        attachment=layer.attachment,
        limit=layer.limit,
        deductible=layer.deductible,
        placed=sum((part.share for part in layer.shares if not part.is_borne), Decimal(0)) if layer.shares else None,
        insurers=", ".join(
            f"{part.insurer} {percent(part.share)}" + (f" ({_('lead')})" if part.is_lead else "")
            for part in layer.ranked_shares
        ),
        is_marked=layer.is_marked,
        difference=layer.difference,
    )


def _description(tower: Tower) -> str:
    """The tower in a sentence or two, for those who do not see it."""
    layers = tower.in_order
    ends = [layer.end for layer in layers if layer.end is not None]
    if not layers:
        words = _("No layers.")
    elif len(ends) < len(layers):
        words = _("Layers: %(count)d, one of them unlimited.") % {"count": len(layers)}
    else:
        words = _("Layers: %(count)d, up to %(amount)s.") % {
            "count": len(layers),
            "amount": f"{tower.currency} {brief_amount(max(ends))}",
        }
    uncovered = sum((upper - lower for lower, upper in gaps(tower)), Decimal(0))
    if uncovered:
        words += " " + _("No cover for %(amount)s.") % {"amount": f"{tower.currency} {brief_amount(uncovered)}"}
    return words
