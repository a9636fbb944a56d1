"""Plans, letters and the reason for not sending one, as entered."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import RecordForm
from communications.models import ContactPlan, Update


class ContactPlanForm(RecordForm):
    class Meta:
        model = ContactPlan
        fields = ["update_months", "update_mode", "next_update_on"]
        widgets = {
            "next_update_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "update_mode": forms.RadioSelect,
        }
        help_texts = {"next_update_on": _("Left empty, no update is drafted by itself.")}


class UpdateForm(RecordForm):
    """The words of a letter. Its figures come from the policies and are corrected there."""

    class Meta:
        model = Update
        fields = ["subject", "opening", "closing"]
        widgets = {
            "opening": forms.Textarea(attrs={"rows": 7}),
            "closing": forms.Textarea(attrs={"rows": 5}),
        }


class DiscardForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Why it shall not go out"), max_length=300, widget=forms.Textarea({"rows": 3}))
    use_required_attribute = False
