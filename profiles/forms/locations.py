"""Premises of a customer, as entered."""

from typing import Any

from django import forms

from accounts.forms import RecordForm
from profiles.models import Location
from profiles.oed_codes import constructions, occupancies


class LocationForm(RecordForm):
    class Meta:
        model = Location
        fields = [
            "reference",
            "name",
            "address",
            "city",
            "postal_code",
            "country",
            "latitude",
            "longitude",
            "occupancy_code",
            "construction_code",
            "ended_on",
        ]
        widgets = {"ended_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, meanings in {"occupancy_code": occupancies(), "construction_code": constructions()}.items():
            self.fields[name] = CodeField(meanings, label=self.fields[name].label)


class CodeField(forms.TypedChoiceField):
    """A code of the Open Exposure Data standard, chosen by its meaning."""

    def __init__(self, meanings: dict[int, str], **kwargs: Any) -> None:
        choices = [("", "–"), *((code, f"{meaning} ({code})") for code, meaning in meanings.items())]
        super().__init__(choices=choices, coerce=int, empty_value=None, required=False, **kwargs)
