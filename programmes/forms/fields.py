"""Fields of the forms of cover: shares as percentages, rows to pick from that were fetched once, countries by code."""

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from common.forms import AmountField


class PercentField(AmountField):
    """A share of 1 that people enter and read as a percentage: 60, or 60%, is 0.60."""

    default_validators = [
        MinValueValidator(0, _("A share must not be negative.")),
        MaxValueValidator(100, _("A share is at most 100%%.")),
    ]

    def __init__(self, **kwargs: Any) -> None:
        # Of 100, so two decimals fewer than the share that is kept.
        super().__init__(**(kwargs | {"max_digits": None, "decimal_places": 4}))

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # the stubs know integers only
        if isinstance(value, str):
            value = value.strip().removesuffix("%")
        return super().to_python(value)

    def clean(self, value: Any) -> Decimal | None:
        percentage = super().clean(value)
        return None if percentage is None else percentage / 100

    def prepare_value(self, value: Any) -> Any:
        return super().prepare_value(value * 100 if isinstance(value, Decimal) else value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(initial * 100 if isinstance(initial, Decimal) else initial, data)


class PickField(forms.TypedChoiceField):
    """A choice among rows that were fetched once for all forms of a page."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=self._row, empty_value=None, **kwargs)
        self.rows: dict[str, models.Model] = {}

    def offer(self, rows: Iterable[models.Model], *, empty: Any, group: Callable[[Any], str] | None = None) -> None:
        """Sets the rows to choose from, the words for choosing none, and under which heading a row stands."""
        self.rows = {str(row.pk): row for row in rows}
        choices: list[Any] = [("", empty)]
        headings: dict[str, list[tuple[str, str]]] = {}
        for key, row in self.rows.items():
            if group is None:
                choices.append((key, str(row)))
            else:
                headings.setdefault(group(row), []).append((key, str(row)))
        self.choices = choices + list(headings.items())

    def _row(self, key: Any) -> models.Model:
        return self.rows[str(key)]

    def __deepcopy__(self, memo: Any) -> "PickField":
        copied = super().__deepcopy__(memo)
        copied.coerce = copied._row
        return copied


class CountriesField(forms.CharField):
    """Countries by their two letters, such as "HK, MO"; nothing is everywhere."""

    def to_python(self, value: Any) -> Any:
        return [code for code in re.split(r"[\s,;]+", str(value or "").upper()) if code]

    def validate(self, value: Any) -> None:
        super().validate(value)
        if unknown := [code for code in value if code not in countries.countries]:
            raise ValidationError(_("%(code)s is not the code of a country."), params={"code": unknown[0]})

    def run_validators(self, value: Any) -> None:
        """Checked code by code above; the validators of text do not apply to a list."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value
