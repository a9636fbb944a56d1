"""A customer, as a person enters it."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.forms import RecordForm
from accounts.models import Portfolio
from common.forms import WebAddressField
from common.money import currency_choices
from profiles.models import Customer, ServiceTier


class CustomerForm(RecordForm):
    class Meta:
        model = Customer
        fields = [
            "kind",
            "name",
            "name_local",
            "trading_name",
            "registration_number",
            "industry",
            "description",
            "country",
            "website",
            "currency",
            "language",
            "portfolio",
            "tier",
            "stage",
        ]
        field_classes = {"website": WebAddressField}
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"].widget = forms.Select(choices=currency_choices(get_language() or "en"))
        self.fields["portfolio"].queryset = Portfolio.objects.editable_by(self.user).order_by("name")  # type: ignore[attr-defined]
        self.fields["tier"].empty_label = _("Choose a tier")  # type: ignore[attr-defined]
        self.fields["tier"].queryset = ServiceTier.objects.order_by("rank")  # type: ignore[attr-defined]
