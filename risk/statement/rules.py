"""What cannot be meant by a value, wherever it was typed: in a form, in the grid, pasted, or in a file."""

import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from common.dates import add_months
from common.money import MAX_DIGITS, currency_codes, round_money
from risk.models import COUNTED_KINDS, ExposureKind

MONTHS_AHEAD = 24
"""A value may be of a day to come (the next period's declared values), but not of one so far off that it is a slip."""
EARLIEST = datetime.date(1900, 1, 1)
LARGEST = Decimal(10) ** (MAX_DIGITS - 2)


def slips(
    *,
    kind: str,
    amount: Decimal,
    currency: str,
    valued_on: datetime.date,
    indemnity_days: int | None,
    on: datetime.date,
) -> dict[str, object]:
    """What is wrong, by field, in words; nothing where the value may stand. `on` is the day it is entered."""
    wrong: dict[str, object] = {}
    if text := amount_slip(kind, amount, currency):
        wrong["amount"] = text
    if text := currency_slip(kind, currency):
        wrong["currency"] = text
    if indemnity_days is not None and kind != ExposureKind.BUSINESS_INTERRUPTION:
        wrong["indemnity_days"] = _("Only business interruption stands for a number of days.")
    elif indemnity_days == 0:
        wrong["indemnity_days"] = _("Give at least one day.")
    if valued_on > add_months(on, MONTHS_AHEAD):
        wrong["valued_on"] = _("That day is more than two years ahead.")
    elif valued_on < EARLIEST:
        wrong["valued_on"] = _("That day is before 1900.")
    return wrong


def amount_slip(kind: str, amount: Decimal, currency: str) -> object:
    if amount < 0:
        return _("An amount must not be negative.")
    if amount >= LARGEST:
        return _("That amount is too large.")
    if kind in COUNTED_KINDS:
        return _("Give a whole number.") if amount != amount.to_integral_value() else ""
    if amount != amount.quantize(Decimal("0.01")):
        return _("Give at most two decimals.")
    if currency in currency_codes() and amount != round_money(amount, currency):
        return _("%(currency)s has no smaller unit: give a whole number.") % {"currency": currency}
    return ""


def currency_slip(kind: str, currency: str) -> object:
    if kind in COUNTED_KINDS:
        return _("A number of things has no currency.") if currency else ""
    if not currency:
        return _("Give the currency of the amount.")
    return (
        "" if currency in currency_codes() else _("%(code)s is not a currency in use (ISO 4217).") % {"code": currency}
    )


def index_slip(*, kind: str, has_index: bool) -> object:
    """Why an exposure of the kind may not name an index; empty where it may."""
    return _("A number of things does not follow an index.") if has_index and kind in COUNTED_KINDS else ""
