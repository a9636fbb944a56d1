"""A policy and a section, as entered."""

from typing import Any

from django import forms
from django.utils.translation import get_language

from accounts.forms import RecordForm
from common.money import currency_choices
from market.models import ClassOfBusiness
from programmes.models import Policy, Section


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PolicyForm(RecordForm):
    class Meta:
        model = Policy
        fields = [
            "number",
            "class_of_business",
            "insured_name",
            "currency",
            "premium",
            "inception_date",
            "expiry_date",
            "bound_on",
            "cancelled_from",
            "is_renewable",
            "note",
        ]
        widgets = {
            "inception_date": day_input(),
            "expiry_date": day_input(),
            "bound_on": day_input(),
            "cancelled_from": day_input(),
            "note": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"].widget = forms.Select(choices=currency_choices(get_language() or "en"))
        classes = ClassOfBusiness.objects.visible_to(self.user).order_by("rank", "code")
        self.fields["class_of_business"].queryset = classes  # type: ignore[attr-defined]
        if self.instance.cancelled_from is None:
            # A cancellation is an act of its own, with a reason; here one is only corrected or taken back.
            del self.fields["cancelled_from"]


class SectionForm(RecordForm):
    class Meta:
        model = Section
        fields = ["reference", "name"]
