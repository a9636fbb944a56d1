"""What is done with exposures and their dated values."""

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit, recording
from common.dates import add_months
from common.money import round_money
from risk.models import COUNTED_KINDS, Exposure, ExposureKind, ExposureValue

ADDED = audit.action("exposure.added", _("added the exposure"))
CHANGED = audit.action("exposure.changed", _("changed the exposure"))
VALUE_ADDED = audit.action("exposure_value.added", _("gave the value"))
VALUE_CORRECTED = audit.action("exposure_value.corrected", _("corrected the value"))
VALUE_VERIFIED = audit.action("exposure_value.verified", _("verified the value"))

MONTHS_AHEAD = 24
"""A value may be of a day to come (the next period's declared values), but not of one so far off that it is a slip."""
SAYS_WHAT_IT_IS_WORTH = ["amount", "currency", "valued_on", "basis", "indemnity_days"]


@transaction.atomic
def add(
    *, exposure: Exposure, value: ExposureValue, is_verified: bool = False, by: User, on: datetime.date
) -> Exposure:
    """Adds an exposure with its first value, verified on `on` if so. Raises ValidationError with the fields named."""
    refuse_elsewhere(exposure)
    recording.add(exposure, ADDED, by=by)
    value.exposure = exposure
    give_value(value=value, is_verified=is_verified, by=by, on=on)
    return exposure


@transaction.atomic
def change(*, exposure: Exposure, by: User, version: int) -> Exposure:
    """Saves an edited exposure. Raises StaleVersion, ValidationError with the fields named.

    The kind may not change between money and a number of things: the values given so far would lose their meaning.
    """
    current = recording.locked(exposure, version=version)
    if current.is_counted != exposure.is_counted and current.values.exists():
        raise ValidationError(
            {"kind": _("Its values are amounts of money, or numbers of things: add another exposure instead.")}
        )
    if exposure.kind != current.kind and current.values.exclude(indemnity_days=None).exists():
        raise ValidationError({"kind": _("Its values stand for days of interruption: add another exposure instead.")})
    refuse_elsewhere(exposure)
    return recording.change(exposure, CHANGED, by=by, version=version)


@transaction.atomic
def give_value(*, value: ExposureValue, is_verified: bool = False, by: User, on: datetime.date) -> ExposureValue:
    """Adds what an exposure is worth from `value.valued_on`; 0 ends it from then. Raises ValidationError."""
    value.customer_id = value.exposure.customer_id
    refuse_slips(value, on)
    value.verified_on, value.verified_by = (on, by) if is_verified else (None, None)
    return recording.add(value, VALUE_ADDED, by=by)


@transaction.atomic
def correct_value(
    *, value: ExposureValue, is_verified: bool = False, by: User, version: int, on: datetime.date
) -> ExposureValue:
    """Saves a value that was entered wrongly. Raises StaleVersion, ValidationError with the fields named.

    Another figure is no longer the one that was verified, so that mark goes, unless `is_verified` renews it.
    """
    current = recording.locked(value, version=version)
    refuse_slips(value, on)
    if is_verified:
        value.verified_on, value.verified_by = on, by
    elif any(getattr(current, name) != getattr(value, name) for name in SAYS_WHAT_IT_IS_WORTH):
        value.verified_on, value.verified_by = None, None
    return recording.change(value, VALUE_CORRECTED, by=by, version=version)


@transaction.atomic
def verify_value(*, value: ExposureValue, by: User, version: int, on: datetime.date) -> ExposureValue:
    """Records that the customer confirmed the value on `on`. Raises StaleVersion."""
    current = recording.locked(value, version=version)
    current.verified_on, current.verified_by = on, by
    return recording.change(current, VALUE_VERIFIED, by=by, version=version)


def refuse_elsewhere(exposure: Exposure) -> None:
    """Raises ValidationError for a location of another customer."""
    if exposure.location is not None and exposure.location.customer_id != exposure.customer_id:
        raise ValidationError({"location": _("That location is another customer's.")})


def refuse_slips(value: ExposureValue, on: datetime.date) -> None:
    """Raises ValidationError, naming each field, for a value that cannot be meant."""
    wrong: dict[str, object] = {}
    kind = value.exposure.kind
    if kind in COUNTED_KINDS:
        if value.currency:
            wrong["currency"] = _("A number of things has no currency.")
        if value.amount != value.amount.to_integral_value():
            wrong["amount"] = _("Give a whole number.")
    elif not value.currency:
        wrong["currency"] = _("Give the currency of the amount.")
    elif value.amount != round_money(value.amount, value.currency):
        wrong["amount"] = _("%(currency)s has no smaller unit: give a whole number.") % {"currency": value.currency}
    if value.indemnity_days is not None and kind != ExposureKind.BUSINESS_INTERRUPTION:
        wrong["indemnity_days"] = _("Only business interruption stands for a number of days.")
    elif value.indemnity_days == 0:
        wrong["indemnity_days"] = _("Give at least one day.")
    of_that_day = ExposureValue.objects.filter(exposure=value.exposure_id, valued_on=value.valued_on)
    if of_that_day.exclude(pk=value.pk).exists():
        wrong["valued_on"] = _("There is a value for that day already: correct that one.")
    elif value.valued_on > add_months(on, MONTHS_AHEAD):
        wrong["valued_on"] = _("That day is more than two years ahead.")
    if wrong:
        raise ValidationError(wrong)
