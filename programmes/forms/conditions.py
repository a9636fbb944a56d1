"""Warranties, subjectivities and declarations as entered, and how they are settled."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import ActForm, RecordForm
from common.forms import AmountField
from common.money import MAX_DIGITS
from programmes.forms.policies import day_input
from programmes.forms.premium import amount_field, offer_sections
from programmes.models import ConditionState, Declaration, PolicyCondition


class ConditionForm(RecordForm):
    class Meta:
        model = PolicyCondition
        fields = ["kind", "wording", "section", "due_on"]
        widgets = {"wording": forms.Textarea(attrs={"rows": 3}), "due_on": day_input()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_sections(self.fields["section"], self.instance.policy)


class SettleConditionForm(ActForm):
    state = forms.ChoiceField(label=_("How it stands"), choices=ConditionState, widget=forms.RadioSelect)
    settled_on = forms.DateField(label=_("Since"), widget=day_input(), required=False)
    evidence = forms.CharField(
        label=_("Evidence"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What shows it, and where it is kept; who waived it, or how it was breached."),
    )


class DeclarationForm(RecordForm):
    class Meta:
        model = Declaration
        fields = ["basis", "section", "first_day", "last_day", "due_on"]
        widgets = {"first_day": day_input(), "last_day": day_input(), "due_on": day_input()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_sections(self.fields["section"], self.instance.policy)


class DeclareForm(ActForm):
    figure = AmountField(label=_("Declared"), max_digits=MAX_DIGITS, decimal_places=2, min_value=0)
    declared_on = forms.DateField(label=_("Declared on"), widget=day_input())


class AdjustForm(ActForm):
    net = amount_field(_("Net premium"), _("A return is entered with a minus; nothing where nothing is adjusted."))
    brokerage = amount_field(_("Brokerage"))
    adjusted_on = forms.DateField(label=_("Adjusted on"), widget=day_input())
