"""The tower as facts: layers, who carries which part of them, which stand side by side, and what nobody covers."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Share:
    """An insurer's part of a layer, as a share of 1. `is_borne`: a part the customer bears, named by its reason."""

    insurer: str
    share: Decimal
    is_lead: bool = False
    is_borne: bool = False


@dataclass(frozen=True)
class Layer:
    """Cover from `attachment` upwards. `limit` None: unlimited. No shares: the insurers are not recorded.

    A lowest layer (attachment 0) stands on its deductible, so it ends that much above its limit. `is_marked` sets the
    layers that a page is about apart from the rest of the tower. `fault` says in a few words what is wrong with it.
    """

    label: str
    attachment: Decimal
    limit: Decimal | None
    shares: tuple[Share, ...] = ()
    deductible: Decimal | None = None
    policy: str = ""
    url: str = ""
    is_marked: bool = False
    fault: str = ""
    difference: str = ""
    """How the layer stands compared with another day: NEW, CHANGED, or empty."""

    @property
    def end(self) -> Decimal | None:
        borne_first = self.deductible if self.deductible and self.attachment == 0 else Decimal(0)
        return None if self.limit is None else self.attachment + borne_first + self.limit

    @property
    def placed(self) -> Decimal:
        """The share that somebody carries, a part that the customer bears for a reason of its own included."""
        return sum((part.share for part in self.shares), Decimal(0))

    @property
    def ranked_shares(self) -> list[Share]:
        """The lead first, then by size, what the customer bears last."""
        return sorted(self.shares, key=lambda part: (part.is_borne, not part.is_lead, -part.share, part.insurer))

    def overlaps(self, other: "Layer") -> bool:
        starts_below_end = other.end is None or self.attachment < other.end
        return starts_below_end and (self.end is None or other.attachment < self.end)


@dataclass(frozen=True)
class Tower:
    """The layers of one customer, class and currency. Amounts are in that currency.

    `kept`: the first part of every loss, which the customer bears as agreed; layers start above it, and it is no gap.
    `loss_label` names the line of the loss where it is not the largest.
    """

    currency: str
    layers: tuple[Layer, ...] = ()
    largest_loss: Decimal | None = None
    kept: Decimal = Decimal(0)
    loss_label: str = ""

    @property
    def in_order(self) -> list[Layer]:
        """From the bottom up; of those that start together the furthest-reaching first. None without room."""
        drawn = [layer for layer in self.layers if layer.limit is None or layer.limit > 0]
        return sorted(
            drawn, key=lambda layer: (layer.attachment, layer.limit is not None, -(layer.limit or 0), layer.policy)
        )


def gaps(tower: Tower) -> list[tuple[Decimal, Decimal]]:
    """Stretches that no layer covers: under and between layers, and from the top of the cover to the largest loss."""
    found = []
    covered = tower.kept
    for layer in tower.in_order:
        if layer.attachment > covered:
            found.append((covered, layer.attachment))
        if layer.end is None:
            return found
        covered = max(covered, layer.end)
    if tower.largest_loss and tower.largest_loss > covered:
        found.append((covered, tower.largest_loss))
    return found


def columns(layers: list[Layer]) -> list[tuple[float, float]]:
    """For each layer, from where to where of the width it stands (0 to 1).

    Layers that cover the same amounts stand side by side; one grows to the right until one it overlaps is in the way.
    """
    column: dict[int, int] = {}
    for at, layer in enumerate(layers):
        taken = {column[other] for other in range(at) if layer.overlaps(layers[other])}
        column[at] = next(number for number in range(len(layers)) if number not in taken)
    group = list(range(len(layers)))
    for at, layer in enumerate(layers):
        for other in range(at):
            if layer.overlaps(layers[other]):
                old, new = group[at], group[other]
                group = [new if number == old else number for number in group]
    places = []
    for at, layer in enumerate(layers):
        count = 1 + max(column[other] for other in range(len(layers)) if group[other] == group[at])
        neighbours = [column[other] for other in range(len(layers)) if other != at and layer.overlaps(layers[other])]
        end = min([number for number in neighbours if number > column[at]], default=count)
        places.append((column[at] / count, end / count))
    return places
