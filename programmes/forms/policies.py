"""A policy and a section, as entered."""

import datetime
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.forms import RecordForm
from common.money import currency_choices
from market.models import ClassOfBusiness
from programmes.models import PREMIUM_KINDS, Policy, Section
from programmes.selectors.policies import parents_for

PACKAGE = "PACKAGE"
"""The class of a policy whose sections are of several classes: they say which, so it is none of theirs."""


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ContractField(forms.ModelChoiceField):
    """A contract to stand under, offered with its kind."""

    def label_from_instance(self, contract: Any) -> str:
        return f"{contract.number} · {contract.get_kind_display()}"


class PolicyForm(RecordForm):
    class Meta:
        model = Policy
        fields = [
            "number",
            "class_of_business",
            "kind",
            "parent_contract",
            "insured_name",
            "currency",
            "premium",
            "inception_date",
            "expiry_date",
            "review_date",
            "bound_on",
            "cancelled_from",
            "is_renewable",
            "note",
        ]
        field_classes = {"parent_contract": ContractField}
        widgets = {
            "inception_date": day_input(),
            "expiry_date": day_input(),
            "review_date": day_input(),
            "bound_on": day_input(),
            "cancelled_from": day_input(),
            "note": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"].widget = forms.Select(choices=[(code, code) for code, _name in currency_choices()])
        of_business = cast(forms.ModelChoiceField, self.fields["class_of_business"])
        of_business.queryset = ClassOfBusiness.objects.visible_to(self.user).order_by("rank", "code")
        of_business.empty_label = _("Choose a class")
        parent = cast(forms.ModelChoiceField, self.fields["parent_contract"])
        parent.queryset = parents_for(self.instance)
        parent.empty_label = _("No other contract")
        has_parts = not self.instance._state.adding and self.instance.premium_parts.filter(kind__in=PREMIUM_KINDS)
        if has_parts:
            self.fields["premium"].disabled = True
            self.fields["premium"].help_text = _("The sum of net premium and brokerage on the page “Premium”.")
        if self.instance.cancelled_from is None:
            # A cancellation is an act of its own, with a reason; here its day is only corrected.
            del self.fields["cancelled_from"]

    def clean_cancelled_from(self) -> datetime.date:
        given: datetime.date | None = self.cleaned_data["cancelled_from"]
        if given is None:
            raise ValidationError(_("A cancellation is taken back by reinstating the policy, with a reason."))
        return given


class SectionForm(RecordForm):
    class Meta:
        model = Section
        fields = ["reference", "name", "class_of_business"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        of_business = cast(forms.ModelChoiceField, self.fields["class_of_business"])
        of_business.queryset = (
            ClassOfBusiness.objects.visible_to(self.user).exclude(code=PACKAGE).order_by("rank", "code")
        )
        of_business.empty_label = _("Choose a class")
        of_business.help_text = _("The tower that it stands in.")
