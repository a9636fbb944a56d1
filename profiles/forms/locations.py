"""Premises of a customer, as entered."""

from django import forms

from accounts.forms import RecordForm
from profiles.models import Location


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
