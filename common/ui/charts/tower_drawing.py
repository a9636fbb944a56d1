"""The tower as rectangles and texts: every coordinate worked out, for one width."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from common.templatetags.ui import brief_amount, percent
from common.ui.charts import lettering
from common.ui.charts.scale import Scale, piecewise
from common.ui.charts.tower import Layer, Tower, columns, gaps

SERIES = 6
"""Tints; insurers beyond share the last one, and are told apart by name."""
SIZE = 13
"""Type size in pixels."""
LINE = 17
"""Pixels from one line of text to the next."""
LEAST = 20
"""A band is never drawn thinner: one line of text, and the axis label at its end, still fit."""
UNLIMITED = 92
"""Pixels that an unlimited layer stands above everything that has an end."""
FADE = 30
"""Pixels of those over which it fades out."""
STRIP = 6
"""Thickness of the deductible under the lowest layer."""
FAULT = 9
"""Width of the hatched strip along a layer with which something is wrong."""
INSET = 1.0
"""Half the white line between two neighbours."""
EDGE = 10.0
"""Width of the hatched edge of a layer that is new."""
CEILING = 14.0
"""Room above the tower for half a line of text."""


@dataclass(frozen=True)
class Measures:
    """Widths of a drawing and its parts, and the height of what is to scale, in pixels."""

    width: float
    axis: float
    labels: float
    height: float


WIDE = Measures(width=720, axis=92, labels=158, height=360)
NARROW = Measures(width=360, axis=56, labels=116, height=330)
BESIDE = Measures(width=500, axis=64, labels=148, height=340)
"""For a tower that stands beside a form."""
COMPACT = Measures(width=520, axis=64, labels=150, height=170)
COMPACT_NARROW = Measures(width=360, axis=56, labels=104, height=170)
"""For one of many on a page."""
PRINTED = Measures(width=420, axis=58, labels=132, height=150)
"""For two beside each other on paper."""


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return self.x + self.width / 2

    @property
    def centre(self) -> float:
        return self.y + self.height / 2

    def inset(self, by: float) -> "Box":
        """The box within; a sliver is inset by less, so that something of it remains."""
        across, down = min(by, self.width / 4), min(by, self.height / 4)
        return Box(
            round(self.x + across, 2),
            round(self.y + down, 2),
            round(self.width - 2 * across, 2),
            round(self.height - 2 * down, 2),
        )


@dataclass(frozen=True)
class Text:
    x: float
    y: float
    words: str
    css_class: str
    anchor: str = "middle"


@dataclass(frozen=True)
class Cell:
    """A rectangle with its lines of text. kind: share, open, gap, kept or unknown. `title` says all of it in words.

    `name` is what stands in it first, `is_named` whether it does so in full.
    """

    box: Box
    kind: str
    title: str
    name: str
    series: int
    url: str
    texts: tuple[Text, ...]
    is_named: bool


@dataclass(frozen=True)
class Rule:
    """A horizontal line."""

    x1: float
    x2: float
    y: float


@dataclass(frozen=True)
class Differing:
    """A layer that differs from another day: its outline and, where it is new, a hatched edge."""

    outline: Box
    edge: Box | None


@dataclass(frozen=True)
class LegendEntry:
    """An insurer whose name is not in full on the picture."""

    insurer: str
    series: int


@dataclass(frozen=True)
class Drawing:
    """One tower in one width: everything in pixels of its viewBox."""

    key: str
    width: float
    height: float
    frame: Box
    cells: tuple[Cell, ...]
    axis: tuple[Text, ...]
    ticks: tuple[Rule, ...]
    breaks: tuple[Text, ...]
    labels: tuple[Text, ...]
    strips: tuple[Box, ...]
    marks: tuple[Box, ...]
    faults: tuple[Box, ...]
    differing: tuple[Differing, ...]
    loss: Rule | None
    fade: Box | None
    legend: tuple[LegendEntry, ...]


def draw(tower: Tower, measures: Measures = WIDE, *, key: str = "tower") -> Drawing:
    """Every rectangle and text of the tower. Nothing lies outside the viewBox and no two rectangles overlap."""
    layers = tower.in_order
    scale = scale_of(tower, measures)
    series = series_of(tower)
    left, right = measures.axis, measures.width - measures.labels
    is_unlimited = any(layer.limit is None for layer in layers)
    bottom = CEILING + (UNLIMITED if is_unlimited else 0) + scale.pixels

    def y_of(value: Decimal | None) -> float:
        return CEILING if value is None else bottom - scale.height_of(value)

    loss = None
    if tower.largest_loss:
        loss = Rule(left - 6, right + 6, round(y_of(tower.largest_loss), 1))
    cells: list[Cell] = []
    strips: list[Box] = []
    labels: list[Text] = []
    under: list[Text] = []
    marks: list[Box] = []
    faults: list[Box] = []
    differing: list[Differing] = []
    for layer, (start, end) in zip(layers, columns(layers)):
        x, y = left + (right - left) * start, y_of(layer.end)
        box = Box(x, y, (right - left) * (end - start), y_of(layer.attachment) - y)
        drawn = [_clear_of(cell, loss) for cell in _layer_cells(layer, box, series)]
        cells += drawn
        labels += _said_beside(layer, drawn, right + 12, box.centre)
        if layer.is_marked:
            marks.append(box.inset(INSET / 2))
        if layer.fault:
            faults.append(_fault_strip(box))
        if layer.difference:
            differing.append(_difference(box, is_new=layer.difference == "NEW"))
        if layer.deductible and layer.attachment == 0:
            words = _("deductible %(amount)s") % {"amount": brief_amount(layer.deductible)}
            strips.append(Box(x + INSET, bottom + 2, box.width - 2 * INSET, STRIP))
            if lettering.width(words, SIZE) <= measures.labels - 14:
                labels.append(Text(right + 12, bottom + 10, words, "chart__muted", "start"))
            elif lettering.width(words, SIZE) <= box.width:
                under.append(Text(x, bottom + STRIP + 14, words, "chart__muted", "start"))
    if tower.kept:
        words = _("deductible %(amount)s") % {"amount": brief_amount(tower.kept)}
        box = Box(left, y_of(tower.kept), right - left, y_of(Decimal(0)) - y_of(tower.kept))
        cells.append(_cell(box, "kept", words, (words, _("deductible"))))
    for lower, upper in gaps(tower):
        words = _("no cover: %(amount)s") % {"amount": brief_amount(upper - lower)}
        box = Box(left, y_of(upper), right - left, y_of(lower) - y_of(upper))
        cells.append(_cell(box, "gap", words, (words, _("no cover"))))
    if loss:
        labels.append(Text(right + 12, loss.y, tower.loss_label or _("largest loss"), "chart__bad", "start"))
    placed = _apart(labels, lowest=bottom + 12, room=measures.labels - 14)
    unnamed = {cell.name for cell in cells if not cell.is_named}
    axis, ticks, breaks = _axis(tower, scale, left, y_of)
    return Drawing(
        key=key,
        width=measures.width,
        height=round(bottom + (32 if under else 24), 1),
        frame=Box(left, CEILING, right - left, round(bottom - CEILING, 2)),
        cells=tuple(cells),
        axis=axis,
        ticks=ticks,
        breaks=breaks,
        labels=(*placed, *under),
        strips=tuple(strips),
        marks=tuple(marks),
        faults=tuple(faults),
        differing=tuple(differing),
        loss=loss,
        fade=Box(left - 1, CEILING - 1, right - left + 2, FADE) if is_unlimited else None,
        legend=tuple(LegendEntry(name, number) for name, number in series.items() if name in unnamed),
    )


def _fault_strip(box: Box) -> Box:
    strip = min(FAULT, box.width)
    return Box(round(box.x + box.width - strip, 2), box.y, strip, box.height).inset(INSET)


def _difference(box: Box, *, is_new: bool) -> Differing:
    outline = box.inset(3 * INSET)
    edge = Box(outline.x, outline.y, min(EDGE, outline.width / 3), outline.height) if is_new else None
    return Differing(outline, edge)


def room_for(tower: Tower, measures: Measures) -> Measures:
    """The measures, made higher where the layers of a tower need more for their labels."""
    return replace(measures, height=max(measures.height, float(LINE * len(tower.in_order))))


def _said_beside(layer: Layer, cells: list[Cell], x: float, y: float) -> list[Text]:
    """What stands to the right of a layer: its name, and under it what the picture alone would leave unsaid."""
    found = [Text(x, y, layer.label, "chart__strong" if layer.is_marked else "", "start")]
    under = []
    if layer.placed < 1 and any(cell.kind == "open" and not cell.is_named for cell in cells):
        under.append((f"{_('open')} {percent(1 - layer.placed)}", "chart__bad"))
    if layer.fault:
        under.append((layer.fault, "chart__warn"))
    if layer.difference:
        under.append((_("new") if layer.difference == "NEW" else _("changed"), "chart__info"))
    return found + [Text(x, y + LINE, words, style, "start") for words, style in under]


def series_of(tower: Tower) -> dict[str, int]:
    """A tint for each insurer, from 1: the darkest for the one that carries most of the tower."""
    carried: dict[str, Decimal] = defaultdict(Decimal)
    for layer in tower.in_order:
        for part in layer.shares:
            if not part.is_borne:
                carried[part.insurer] += part.share * (layer.limit if layer.limit is not None else Decimal(0))
    ranked = sorted(carried, key=lambda name: (-carried[name], name))
    return {name: min(place, SERIES) for place, name in enumerate(ranked, start=1)}


def scale_of(tower: Tower, measures: Measures = WIDE) -> Scale:
    """The scale of a drawing. A tower of many layers makes it higher, so that each can still be read."""
    ends = [end for layer in tower.in_order for end in (layer.attachment, layer.end) if end]
    ends += [figure for figure in (tower.largest_loss, tower.kept) if figure]
    return piecewise(ends, pixels=measures.height, least=LEAST)


def _layer_cells(layer: Layer, box: Box, series: dict[str, int]) -> list[Cell]:
    heading = f"{layer.label} · {layer.policy}" if layer.policy else layer.label
    if not layer.shares:
        words = _("insurers not recorded")
        return [_cell(box, "unknown", f"{words} · {heading}", (words,), url=layer.url)]
    whole = max(layer.placed, Decimal(1))
    x, cells = box.x, []
    for part in layer.ranked_shares:
        width = box.width * float(part.share / whole)
        lead = f" ({_('lead')})" if part.is_lead else ""
        title = f"{part.insurer} · {percent(part.share)}{lead} · {heading}"
        words_in = (part.insurer, percent(part.share))
        part_box = Box(x, box.y, width, box.height)
        kind = "open" if part.is_borne else "share"
        cells.append(_cell(part_box, kind, title, words_in, series=series.get(part.insurer, 0), url=layer.url))
        x += width
    if layer.placed < 1:
        share = percent(1 - layer.placed)
        title = f"{_('open')} {share} · {heading}"
        rest = Box(x, box.y, box.x + box.width - x, box.height)
        cells.append(_cell(rest, "open", title, (_("open"), share), url=layer.url))
    return cells


def _cell(box: Box, kind: str, title: str, words: tuple[str, ...], *, series: int = 0, url: str = "") -> Cell:
    inner = box.inset(INSET)
    tint = {"share": f"on-series-{series}", "unknown": "chart__muted", "kept": "chart__muted"}.get(kind, "chart__bad")
    lines = _lines(words, inner, spare=kind in {"gap", "kept"})
    first = inner.centre - LINE * (len(lines) - 1) / 2
    texts = tuple(
        Text(round(inner.middle, 1), round(first + LINE * at, 1), line, tint if at else f"{tint} tower__name")
        for at, line in enumerate(lines)
    )
    is_named = bool(lines) and lines[0].startswith(words[0])
    return Cell(inner, kind, title, words[0], series, url, texts, is_named)


def _clear_of(cell: Cell, loss: Rule | None) -> Cell:
    """The cell with its words moved off the line of the loss, to the larger part of it, where they fit there."""
    if loss is None or not any(abs(text.y - loss.y) < LINE * 0.7 for text in cell.texts):
        return cell
    above, below = loss.y - cell.box.y, cell.box.y + cell.box.height - loss.y
    room, middle = (above, cell.box.y + above / 2) if above > below else (below, loss.y + below / 2)
    if room < LINE * len(cell.texts):
        return cell
    by = round(middle, 1) - sum(text.y for text in cell.texts) / len(cell.texts)
    return replace(cell, texts=tuple(replace(text, y=round(text.y + by, 1)) for text in cell.texts))


def _lines(words: tuple[str, ...], box: Box, *, spare: bool) -> list[str]:
    """What fits in a rectangle: name and share on two lines or on one, the name cut short, the share alone, or nothing.

    `spare`: the second text is not a further line but stands in where the first is too wide.
    """
    room = box.width - 10
    if box.height < LINE - 1 or room < 16:
        return []
    name, rest = words[0], list(words[1:])
    if spare:
        return next(([text] for text in words if lettering.width(text, SIZE) <= room), [])
    if rest and box.height < 2 * LINE + 2:
        together = f"{name} {rest[0]}"
        if lettering.width(together, SIZE) <= room:
            return [together]
        rest = []
    shown = [lettering.fitted(name, room, SIZE), *rest]
    lines = [text for text in shown if text and lettering.width(text, SIZE) <= room]
    return lines or [text for text in words[1:] if lettering.width(text, SIZE) <= room][:1]


def _axis(
    tower: Tower, scale: Scale, left: float, y_of: Callable[[Decimal | None], float]
) -> tuple[tuple[Text, ...], tuple[Rule, ...], tuple[Text, ...]]:
    """A label and a tick at each end of a band, and a mark beside each that is drawn taller than its scale.

    Labels cannot meet: no stretch of the scale is thinner than a line of text.
    """
    texts, ticks, breaks = [], [], []
    for value in [Decimal(0), *(stretch.end for stretch in scale.stretches)]:
        y = round(y_of(value), 1)
        style = "chart__bad" if value and value == tower.largest_loss else "chart__muted"
        texts.append(Text(left - 14, y, brief_amount(value), style, "end"))
        ticks.append(Rule(left - 9, left - 2, y))
    for stretch in scale.stretches:
        if stretch.is_stretched:
            y = round((y_of(stretch.start) + y_of(stretch.end)) / 2, 1)
            breaks.append(Text(left - 6, y, "≈", "chart__muted"))
    return tuple(texts), tuple(ticks), tuple(breaks)


def _apart(wanted: list[Text], *, lowest: float, room: float) -> tuple[Text, ...]:
    """The labels beside the tower, cut to the room and moved apart where they would stand on each other."""
    rows = sorted(wanted, key=lambda text: (-text.y, text.words))
    heights: list[float] = []
    limit = lowest
    for text in rows:
        limit = min(text.y, limit)
        heights.append(limit)
        limit -= LINE
    # Where the uppermost would stand above the picture, each pushes those below it down; what then does not fit is
    # spread evenly.
    limit = CEILING
    for at in reversed(range(len(rows))):
        heights[at] = limit = max(heights[at], limit)
        limit += LINE
    over = max(0.0, heights[0] - lowest) / max(len(rows) - 1, 1) if rows else 0.0
    return tuple(
        Text(
            text.x,
            round(heights[at] - over * (len(rows) - 1 - at), 1),
            lettering.fitted(text.words, room, SIZE, least=2),
            text.css_class,
            text.anchor,
        )
        for at, text in enumerate(rows)
    )
