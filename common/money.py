"""Money: Decimal amounts with a currency, rounded half up to the currency's minor unit."""

from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

from babel import Locale
from babel.core import get_global
from babel.numbers import get_currency_name, get_currency_precision
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import to_locale

from common.forms import AmountField

MAX_DIGITS = 19
"""Digits of an amount, two of them decimals: up to 99 999 trillion."""


@cache
def currency_codes() -> frozenset[str]:
    """ISO 4217 codes that are legal tender somewhere today."""
    return frozenset(
        code
        for entries in get_global("territory_currencies").values()
        for code, _start, end, is_tender in entries
        if is_tender and end is None
    )


def minor_units(currency: str) -> int:
    """Decimals of a currency: 2 for HKD, 0 for JPY. At most 2, since amounts are kept with two decimals."""
    return min(get_currency_precision(currency), 2)


def round_money(amount: Decimal, currency: str) -> Decimal:
    """The amount rounded half up to the currency's minor unit."""
    return amount.quantize(Decimal(1).scaleb(-minor_units(currency)), rounding=ROUND_HALF_UP)


def validate_currency(code: str) -> None:
    """Raises ValidationError unless the code is a currency in use."""
    if code not in currency_codes():
        raise ValidationError(
            _("%(code)s is not a currency in use (ISO 4217)."), code="currency", params={"code": code}
        )


def currency_choices(language: str = "en") -> list[tuple[str, str]]:
    """Pairs of code and name, for pick lists: those in use around Hong Kong first, then the rest by code."""
    locale = Locale.parse(to_locale(language)) if language != "zh-hant" else Locale.parse("zh_Hant_HK")
    near = ["HKD", "CNY", "USD", "EUR", "GBP", "JPY", "SGD", "MOP", "TWD", "AUD"]
    rest = sorted(currency_codes() - set(near))
    return [(code, f"{code} · {get_currency_name(code, locale=locale)}") for code in near + rest]


class CurrencyField(models.CharField):
    """An ISO 4217 code."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs["max_length"] = 3
        kwargs.setdefault("validators", [validate_currency])
        kwargs.setdefault("verbose_name", _("currency"))
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]

    def deconstruct(self) -> tuple:
        name, path, args, kwargs = super().deconstruct()
        for key in ("max_length", "validators", "verbose_name"):
            kwargs.pop(key, None)
        return name, path, args, kwargs


class MoneyField(models.DecimalField):
    """An amount, not negative. Its currency is a field beside it."""

    default_validators = [MinValueValidator(0, _("An amount must not be negative."))]

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs["max_digits"], kwargs["decimal_places"] = MAX_DIGITS, 2
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]

    def deconstruct(self) -> tuple:
        name, path, args, kwargs = super().deconstruct()
        for key in ("max_digits", "decimal_places"):
            kwargs.pop(key, None)
        return name, path, args, kwargs

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": AmountField, **kwargs})


class ShareField(models.DecimalField):
    """A share of 1, with six decimals."""

    default_validators = [
        MinValueValidator(0, _("A share must not be negative.")),
        MaxValueValidator(1, _("A share is at most 1, which is 100%%.")),
    ]

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs["max_digits"], kwargs["decimal_places"] = 7, 6
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]

    def deconstruct(self) -> tuple:
        name, path, args, kwargs = super().deconstruct()
        for key in ("max_digits", "decimal_places"):
            kwargs.pop(key, None)
        return name, path, args, kwargs
