"""Signing down the written lines of a section: in place, or as an endorsement from a day."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import ActForm
from programmes.forms.policies import day_input


class SignForm(ActForm):
    CORRECT, ENDORSE = "CORRECT", "ENDORSE"

    how = forms.ChoiceField(
        label=gettext_lazy("How it is saved"),
        choices=[
            (CORRECT, gettext_lazy("In place: the lines were signed so from the start")),
            (ENDORSE, gettext_lazy("From a day")),
        ],
        widget=forms.RadioSelect,
        initial=CORRECT,
    )
    first_day = forms.DateField(label=gettext_lazy("In force from"), widget=day_input(), required=False)

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or self.cleaned_data
        if entered.get("how") == self.ENDORSE and not entered.get("first_day") and "first_day" not in self.errors:
            self.add_error("first_day", _("Say from which day."))
        return entered

    @property
    def from_day(self) -> datetime.date | None:
        """The day of the endorsement; None to sign in place."""
        day: datetime.date | None = self.cleaned_data["first_day"]
        return day if self.cleaned_data["how"] == self.ENDORSE else None
