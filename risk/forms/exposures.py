"""An exposure and what it is worth, as entered."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import RecordForm
from common.money import currency_choices
from market.models import ValueIndex
from profiles.models import Location
from risk.models import LOSS_KINDS, Exposure, ExposureKind, ExposureValue

LISTED = 300
"""The most locations that a pick list offers; of more it offers the one the exposure is at, or is added at."""
NO_CURRENCY = "\N{EN DASH}"
"""For persons and vehicles."""
KINDS = [
    ("", _("Choose")),
    (_("Can be lost"), [(kind.value, kind.label) for kind in LOSS_KINDS]),
    (_("Measures of size"), [(kind.value, kind.label) for kind in ExposureKind if kind not in LOSS_KINDS]),
]
VALUE_FIELDS = ["amount", "currency", "valued_on", "basis", "indemnity_days"]
VALUE_WIDGETS: dict[str, type[forms.Widget] | forms.Widget] = {
    "valued_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
}


def verified_field() -> forms.BooleanField:
    return forms.BooleanField(
        label=_("The customer confirmed it"),
        required=False,
        help_text=_("Marks the value as verified by you, today."),
    )


def offer_currencies(form: forms.BaseForm) -> None:
    """Codes alone: the list stands joined to the amount, where a name has no room."""
    codes = [code for code, _name in currency_choices()]
    form.fields["currency"].widget = forms.Select(choices=[("", NO_CURRENCY), *((code, code) for code in codes)])


class ExposureForm(RecordForm):
    """The instance knows its customer, and may know its location."""

    class Meta:
        model = Exposure
        fields = ["kind", "location", "description", "value_index"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = KINDS  # type: ignore[attr-defined]
        locations = Location.objects.filter(customer=self.instance.customer_id)
        if locations.count() > LISTED:
            locations = locations.filter(pk=self.instance.location_id)
            self.fields["location"].help_text = _("To choose another location, begin from its row in the statement.")
        field = self.fields["location"]
        field.queryset = locations.order_by("reference", "name", "pk")  # type: ignore[attr-defined]
        field.empty_label = _("Not tied to a location")  # type: ignore[attr-defined]
        index = self.fields["value_index"]
        index.queryset = ValueIndex.objects.visible_to(self.user).order_by("name", "pk")  # type: ignore[attr-defined]
        index.empty_label = _("None: the value stays as it is")  # type: ignore[attr-defined]
        index.help_text = _("What brings its value from the valuation date to another day.")


class FirstValueForm(ExposureForm):
    """A new exposure with its first value."""

    is_verified = verified_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.update(forms.fields_for_model(ExposureValue, fields=VALUE_FIELDS, widgets=VALUE_WIDGETS))
        offer_currencies(self)

    @property
    def first_value(self) -> ExposureValue:
        """The value that was typed, not saved and without its exposure."""
        return forms.models.construct_instance(self, ExposureValue(), fields=VALUE_FIELDS)


class ValueForm(RecordForm):
    """A dated value of an exposure, which the instance knows."""

    is_verified = verified_field()

    class Meta:
        model = ExposureValue
        fields = VALUE_FIELDS
        widgets = VALUE_WIDGETS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_currencies(self)
        if self.instance.exposure.is_counted:
            del self.fields["currency"]
        if self.instance.exposure.kind != ExposureKind.BUSINESS_INTERRUPTION:
            del self.fields["indemnity_days"]
