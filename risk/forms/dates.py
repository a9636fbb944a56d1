"""The day that a page is read as at."""

import datetime

from django import forms
from django.utils.translation import gettext_lazy as _


class AsAtForm(forms.Form):
    """`day` is what was asked for; nothing or nonsense means the day given."""

    on = forms.DateField(
        label=_("As at"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "aria-label": _("As at")}, format="%Y-%m-%d"),
    )

    def day(self, today: datetime.date) -> datetime.date:
        return self.cleaned_data.get("on") or today if self.is_valid() else today
