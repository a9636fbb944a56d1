"""Fields that the forms of cover have of their own: countries by code."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django_countries import countries


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
