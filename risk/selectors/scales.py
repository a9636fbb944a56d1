"""A customer's own scales of likelihood and consequence, and the ones that ship for who has none yet."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from common.reference import rows_of
from profiles.models import Customer
from risk.models import ScaleStep

SHIPPED = Path(__file__).parent.parent / "data" / "scales.csv"


@dataclass(frozen=True)
class Scales:
    """Both scales, five steps each, the least first. Not saved: those that ship, in the customer's language."""

    likelihood: tuple[ScaleStep, ...]
    consequence: tuple[ScaleStep, ...]
    is_saved: bool

    @property
    def steps(self) -> tuple[ScaleStep, ...]:
        return (*self.likelihood, *self.consequence)

    @property
    def version(self) -> int:
        """Grows with every save; 0 before the first."""
        return sum(step.version for step in self.steps) if self.is_saved else 0


def scales_of(customer: Customer) -> Scales:
    """The customer's scales; where there are none yet, what they will begin as, unsaved. One query."""
    saved = list(ScaleStep.objects.filter(customer=customer).order_by("scale", "step"))
    return split(saved or shipped(customer), is_saved=bool(saved))


def split(steps: Iterable[ScaleStep], *, is_saved: bool) -> Scales:
    """Steps in their order as the two scales."""
    rows = list(steps)
    return Scales(
        likelihood=tuple(row for row in rows if row.scale == ScaleStep.Scale.LIKELIHOOD),
        consequence=tuple(row for row in rows if row.scale == ScaleStep.Scale.CONSEQUENCE),
        is_saved=is_saved,
    )


def shipped(customer: Customer) -> list[ScaleStep]:
    """The scales that ship, as unsaved steps of the customer in its language; consequences without amounts."""
    is_chinese = customer.language.startswith("zh")
    return [
        ScaleStep(
            customer=customer,
            scale=row["scale"],
            step=int(row["step"]),
            words=row["words_zh"] if is_chinese else row["words"],
            events_a_year=Decimal(row["events_a_year"]) if row["events_a_year"] else None,
        )
        for row in rows_that_ship()
    ]


@cache
def rows_that_ship() -> tuple[dict[str, str], ...]:
    return tuple(rows_of(SHIPPED))
