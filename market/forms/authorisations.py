"""Where an insurer may carry what, as entered; and the question whether it may."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from accounts.forms import RecordForm
from market.models import Authorisation, ClassOfBusiness

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class AuthorisationForm(RecordForm):
    class Meta:
        model = Authorisation
        fields = ["territory", "class_of_business", "number", "valid_from", "valid_to"]
        widgets = {"valid_from": DAY, "valid_to": DAY}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        classes: Any = self.fields["class_of_business"]
        classes.queryset = ClassOfBusiness.objects.order_by("rank", "code")
        classes.empty_label = _("All classes")


class AuthorisationQuestionForm(forms.Form):
    """Is it authorised for this class in that territory on a day?"""

    authorised_for = forms.ModelChoiceField(
        label=_("Class"), queryset=ClassOfBusiness.objects.none(), to_field_name="code", empty_label=None
    )
    authorised_in = forms.ChoiceField(label=_("Territory"), choices=lambda: list(countries))
    authorised_on = forms.DateField(label=_("Day"), widget=DAY)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        classes: Any = self.fields["authorised_for"]
        classes.queryset = ClassOfBusiness.objects.order_by("rank", "code")
