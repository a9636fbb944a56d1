"""Levels of risk, 1 to 25, as four bands with a word and a colour each."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Band:
    """A range of levels, from `least` up to the next band. `code` names its colours in the stylesheets."""

    code: str
    label: str | Promise
    least: int


BANDS = (
    Band("very-high", _("Very high"), 15),
    Band("high", _("High"), 10),
    Band("medium", _("Medium"), 5),
    Band("low", _("Low"), 1),
)
"""From the worst down."""


def band_of(level: Any) -> Band | None:
    """The band of a level (likelihood times consequence); None where it is not assessed."""
    if level in (None, ""):
        return None
    return next((band for band in BANDS if int(level) >= band.least), BANDS[-1])
