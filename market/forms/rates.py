"""An exchange rate, as entered."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language

from accounts.forms import RecordForm
from common.forms import AmountField
from common.money import currency_choices
from market.models import ExchangeRate


class RateForm(RecordForm):
    class Meta:
        model = ExchangeRate
        fields = ["currency", "valid_from", "units_per_base"]
        field_classes = {"units_per_base": AmountField}
        widgets = {"valid_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [pair for pair in currency_choices(get_language() or "en") if pair[0] != settings.BASE_CURRENCY]
        self.fields["currency"].widget = forms.Select(choices=choices)
