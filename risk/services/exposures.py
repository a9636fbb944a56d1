"""What is done with exposures and their dated values."""

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit, recording
from risk.models import Exposure, ExposureValue
from risk.statement import rules

ADDED = audit.action("exposure.added", _("added the exposure"))
CHANGED = audit.action("exposure.changed", _("changed the exposure"))
VALUE_ADDED = audit.action("exposure_value.added", _("gave the value"))
VALUE_CORRECTED = audit.action("exposure_value.corrected", _("corrected the value"))
VALUE_VERIFIED = audit.action("exposure_value.verified", _("verified the value"))

SAYS_WHAT_IT_IS_WORTH = ["amount", "currency", "valued_on", "basis", "indemnity_days"]


@transaction.atomic
def add(
    *, exposure: Exposure, value: ExposureValue, is_verified: bool = False, by: User, on: datetime.date
) -> Exposure:
    """Adds an exposure with its first value, verified on `on` if so. Raises ValidationError with the fields named."""
    refuse_elsewhere(exposure)
    refuse_index(exposure)
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
    refuse_index(exposure)
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


def refuse_index(exposure: Exposure) -> None:
    """Raises ValidationError for an index on a number of things."""
    if wrong := rules.index_slip(kind=exposure.kind, has_index=exposure.value_index_id is not None):
        raise ValidationError({"value_index": wrong})


def refuse_slips(value: ExposureValue, on: datetime.date) -> None:
    """Raises ValidationError, naming each field, for a value that cannot be meant."""
    wrong = rules.slips(
        kind=value.exposure.kind,
        amount=value.amount,
        currency=value.currency,
        valued_on=value.valued_on,
        indemnity_days=value.indemnity_days,
        on=on,
    )
    of_that_day = ExposureValue.objects.filter(exposure=value.exposure_id, valued_on=value.valued_on)
    if of_that_day.exclude(pk=value.pk).exists():
        wrong["valued_on"] = _("There is a value for that day already: correct that one.")
    if wrong:
        raise ValidationError(wrong)
