"""What is done with exchange rates."""

import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit, recording
from market.models import ExchangeRate

ADDED = audit.action("rate.added", _("added the exchange rate"))
CORRECTED = audit.action("rate.corrected", _("corrected the exchange rate"))


def add(*, rate: ExchangeRate, by: User, on: datetime.date) -> ExchangeRate:
    """Adds a rate from a day not after `on`. Raises ValidationError with the fields named."""
    refuse_future(rate, on)
    return recording.add(rate, ADDED, by=by)


def correct(*, rate: ExchangeRate, by: User, version: int, on: datetime.date) -> ExchangeRate:
    """Saves a rate that was entered wrongly. Raises StaleVersion, ValidationError with the fields named."""
    refuse_future(rate, on)
    return recording.change(rate, CORRECTED, by=by, version=version)


def refuse_future(rate: ExchangeRate, on: datetime.date) -> None:
    if rate.valid_from > on:
        raise ValidationError({"valid_from": _("A rate is known only once its day has come.")})
