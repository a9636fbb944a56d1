"""The steps of likelihood and consequence in a customer's own words, else in the usual ones."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.templatetags.ui import brief_amount
from profiles.models import Customer
from risk.models import LEVELS, ScaleStep

LIKELIHOOD: tuple[Promise, ...] = (
    gettext_lazy("Rare"),
    gettext_lazy("Unlikely"),
    gettext_lazy("Possible"),
    gettext_lazy("Likely"),
    gettext_lazy("Almost certain"),
)
CONSEQUENCE: tuple[Promise, ...] = (
    gettext_lazy("Minor"),
    gettext_lazy("Moderate"),
    gettext_lazy("Serious"),
    gettext_lazy("Major"),
    gettext_lazy("Severe"),
)
KINDS = ("inherent", "current", "residual")


@dataclass(frozen=True)
class Step:
    """A step of a scale: `words`, and the `figure` that goes with them where there is one."""

    step: int
    words: str
    figure: str = ""

    @property
    def label(self) -> str:
        figure = f" ({self.figure})" if self.figure else ""
        return f"{self.step} · {self.words}{figure}"


@dataclass(frozen=True)
class Scales:
    """The two scales of a customer, step 1 first."""

    likelihood: tuple[Step, ...]
    consequence: tuple[Step, ...]

    def of(self, name: str) -> tuple[Step, ...]:
        """The scale of a field of a risk, such as "current_likelihood"."""
        return self.likelihood if name.endswith("likelihood") else self.consequence

    def meaning(self, likelihood: int | None, consequence: int | None) -> str:
        """A level in words, such as "Unlikely, major"; empty where it is not assessed."""
        if likelihood is None or consequence is None:
            return ""
        return _("%(likelihood)s × %(consequence)s") % {
            "likelihood": self.likelihood[likelihood - 1].words,
            "consequence": self.consequence[consequence - 1].words,
        }


def scales_of(customer: Customer) -> Scales:
    """The customer's own words where it has them, step by step. One query."""
    return worded(ScaleStep.objects.filter(customer=customer), customer.currency)


def worded(steps: Iterable[Any], currency: str) -> Scales:
    """The scales that these rows make; what they leave out reads as usual. Amounts are in `currency`."""
    own = {(row.scale, row.step): row for row in steps}

    def scale(name: str, usual: tuple[Promise, ...]) -> tuple[Step, ...]:
        rows = [own.get((name, step)) for step in range(1, LEVELS + 1)]
        return tuple(
            Step(step, row.words if row else str(words), figure_of(row, currency) if row else "")
            for step, (row, words) in enumerate(zip(rows, usual, strict=True), start=1)
        )

    return Scales(scale(ScaleStep.Scale.LIKELIHOOD, LIKELIHOOD), scale(ScaleStep.Scale.CONSEQUENCE, CONSEQUENCE))


def figure_of(row: ScaleStep, currency: str) -> str:
    """The figure of a step in words: "0.1 a year", "from HKD 5m"."""
    if row.events_a_year is not None:
        return _("%(events)s a year") % {"events": format(row.events_a_year.normalize(), "f")}
    if row.amount is not None:
        return _("from %(currency)s %(amount)s") % {"currency": currency, "amount": brief_amount(row.amount)}
    return ""
