"""The premium of a policy as entered: charged by kind, corrected, split into instalments."""

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import ActForm, RecordForm
from common.forms import AmountField
from common.money import MAX_DIGITS
from programmes.forms.policies import day_input
from programmes.models import Instalment, Policy, PremiumKind, PremiumPart, Section


def amount_field(label: Any, help_text: Any = "") -> AmountField:
    return AmountField(
        label=label, required=False, max_digits=MAX_DIGITS, decimal_places=2, localize=False, help_text=help_text
    )


def offer_sections(field: forms.Field, policy: Policy) -> None:
    """Lets a form choose among the sections of a policy, or the policy as a whole."""
    chosen = cast(forms.ModelChoiceField, field)
    chosen.queryset = policy.sections.select_related("policy").order_by("reference", "pk")
    chosen.empty_label = _("The whole policy")
    chosen.required = False


class ChargeForm(ActForm):
    """A premium with all its parts in one go; a return has amounts below 0."""

    charged_from = forms.DateField(label=_("From"), widget=day_input())
    section = forms.ModelChoiceField(label=_("Section"), queryset=Section.objects.none(), required=False)
    note = forms.CharField(label=_("What for"), max_length=200, required=False)
    net = amount_field(_("Net premium"), _("A return is entered with a minus."))
    brokerage = amount_field(_("Brokerage"))
    levy = amount_field(_("Levy"))
    tax = amount_field(_("Tax"))
    fee = amount_field(_("Fee"))

    def __init__(self, *args: Any, row: Policy, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        offer_sections(self.fields["section"], row)

    @property
    def amounts(self) -> dict[PremiumKind, Decimal]:
        return {kind: self.cleaned_data[kind.lower()] or Decimal(0) for kind in PremiumKind}


class PartForm(RecordForm):
    class Meta:
        model = PremiumPart
        fields = ["kind", "amount", "charged_from", "section", "note"]
        field_classes = {"amount": AmountField}
        widgets = {"charged_from": day_input()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_sections(self.fields["section"], self.instance.policy)


class InstalmentForm(RecordForm):
    class Meta:
        model = Instalment
        fields = ["due_on", "amount", "paid_on"]
        widgets = {"due_on": day_input(), "paid_on": day_input()}


class SplitForm(forms.Form):
    """Into how many instalments, from which day on. Sent by GET it is a preview, by POST it is done."""

    number = forms.IntegerField(label=_("Instalments"), min_value=1, max_value=60)
    first_on = forms.DateField(label=_("First due on"), widget=day_input())
    months = forms.IntegerField(label=_("Months apart"), min_value=1, max_value=12)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
