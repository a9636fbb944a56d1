"""Things counted in the cells of likelihood and consequence: five by five, coloured by the level of each cell."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.ui.charts import lettering
from common.ui.levels import BANDS, Band, band_of

TYPE = 12.0
"""Size of the lettering, pixels."""
GAP = 3.0
SIDE = 5


@dataclass(frozen=True)
class Cell:
    """One cell. `words` say it all; `count` is 0 where nothing stands in it."""

    likelihood: int
    consequence: int
    count: int
    url: str
    is_chosen: bool
    band: Band
    words: str

    @property
    def level(self) -> int:
        return self.likelihood * self.consequence


@dataclass(frozen=True)
class Square:
    """A cell where it is drawn, pixels."""

    cell: Cell
    x: float
    y: float
    width: float
    height: float
    middle: float
    centre: float


@dataclass(frozen=True)
class Label:
    """A step's words on an axis, cut to the room there is; `full` is the whole of it."""

    x: float
    y: float
    text: str
    full: str


@dataclass(frozen=True)
class Drawing:
    """What `<c-heat_map>` draws, in pixels of its viewBox."""

    width: float
    height: float
    left: float
    base: float
    squares: tuple[Square, ...]
    ups: tuple[Label, ...]
    acrosses: tuple[Label, ...]


@dataclass(frozen=True)
class Row:
    """A step of likelihood in the table behind the picture, with its cells."""

    words: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Picture:
    """The map drawn for wide and for narrow places, and the same as a table, the most likely first."""

    label: str
    wide: Drawing
    narrow: Drawing
    likelihood: tuple[str, ...]
    consequence: tuple[str, ...]
    rows: tuple[Row, ...]
    bands: tuple[Band, ...] = BANDS[::-1]


def picture(
    counts: Mapping[tuple[int, int], int],
    *,
    likelihood: Sequence[str],
    consequence: Sequence[str],
    label: str,
    url: Callable[[int, int], str] = lambda _likelihood, _consequence: "",
    chosen: tuple[int, int] | None = None,
) -> Picture:
    """The map of `counts`, by (likelihood, consequence), each 1 to 5. The words are those of the steps, 1 first.

    `url` gives where a cell that is not empty leads; `chosen` is outlined.
    """
    cells = {
        (up, across): Cell(
            up,
            across,
            count := counts.get((up, across), 0),
            url(up, across) if count or (up, across) == chosen else "",
            (up, across) == chosen,
            band_of(up * across) or BANDS[-1],
            _("%(likelihood)s × %(consequence)s, level %(level)d: %(risks)s")
            % {
                "likelihood": likelihood[up - 1],
                "consequence": consequence[across - 1],
                "level": up * across,
                "risks": ngettext("%(count)d risk", "%(count)d risks", count) % {"count": count},
            },
        )
        for up in range(1, SIDE + 1)
        for across in range(1, SIDE + 1)
    }
    ups, acrosses = numbered(likelihood), numbered(consequence)
    return Picture(
        label=label,
        wide=drawing(cells, ups, acrosses, width=620, height=300, left=132),
        narrow=drawing(
            cells,
            [str(step) for step in range(1, 6)],
            [str(step) for step in range(1, 6)],
            width=340,
            height=280,
            left=22,
        ),
        likelihood=tuple(likelihood),
        consequence=tuple(consequence),
        rows=tuple(
            Row(likelihood[up - 1], tuple(cells[up, across] for across in range(1, SIDE + 1)))
            for up in range(SIDE, 0, -1)
        ),
    )


def numbered(words: Sequence[str]) -> list[str]:
    return [f"{step} · {text}" for step, text in enumerate(words, start=1)]


def drawing(
    cells: Mapping[tuple[int, int], Cell],
    ups: Sequence[str],
    acrosses: Sequence[str],
    *,
    width: float,
    height: float,
    left: float,
) -> Drawing:
    """The squares with the most likely on top and the worst on the right, and the steps along the two sides."""
    foot = TYPE + 14
    wide, high = (width - left) / SIDE, (height - foot) / SIDE
    squares = []
    for (up, across), cell in cells.items():
        x, y = left + wide * (across - 1), high * (SIDE - up)
        squares.append(
            Square(
                cell,
                round(x, 1),
                round(y, 1),
                round(wide - GAP, 1),
                round(high - GAP, 1),
                round(x + (wide - GAP) / 2, 1),
                round(y + (high - GAP) / 2, 1),
            )
        )
    # What is chosen is drawn last, so that its outline lies on top of its neighbours.
    squares.sort(key=lambda square: square.cell.is_chosen)
    return Drawing(
        width=width,
        height=height,
        left=left,
        base=round(height - foot, 1),
        squares=tuple(squares),
        ups=tuple(
            Label(left - 10, round(high * (SIDE - step) + (high - GAP) / 2, 1), fitting(words, left - 14), words)
            for step, words in enumerate(ups, start=1)
        ),
        acrosses=tuple(
            Label(round(left + wide * (step - 1) + (wide - GAP) / 2, 1), height - 8, fitting(words, wide - 4), words)
            for step, words in enumerate(acrosses, start=1)
        ),
    )


def fitting(words: str, room: float) -> str:
    """The words, cut where they are too wide; the bare number of the step where hardly a letter remains."""
    return lettering.fitted(words, room, TYPE, least=min(len(words), 6)) or words.partition(" ")[0]
