"""The steps of likelihood and consequence as the register says them, in the customer's own words."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from common.templatetags.ui import brief_amount
from profiles.models import Customer
from risk.models import ScaleStep
from risk.selectors import scales

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
    """The customer's own scales, or those that ship. One query."""
    own = scales.scales_of(customer)
    return Scales(
        *(tuple(worded(row, customer.currency) for row in side) for side in (own.likelihood, own.consequence))
    )


def worded(row: ScaleStep, currency: str) -> Step:
    return Step(row.step, row.words, figure_of(row, currency))


def figure_of(row: ScaleStep, currency: str) -> str:
    """The figure of a step in words: "0.1 a year", "from HKD 5m"."""
    if row.events_a_year is not None:
        return _("%(events)s a year") % {"events": format(row.events_a_year.normalize(), "f")}
    if row.amount is not None:
        return _("from %(currency)s %(amount)s") % {"currency": currency, "amount": brief_amount(row.amount)}
    return ""
