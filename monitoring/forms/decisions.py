"""What a person says when dismissing a finding."""

from django import forms
from django.utils.translation import gettext_lazy as _


class DismissForm(forms.Form):
    """The reason, and the version of the finding that the person was looking at."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        help_text=_("It is kept with the figures of today, and shown again when one of them changes."),
        error_messages={"required": _("Say why it is dismissed.")},
    )
    with_others = forms.BooleanField(
        label=_("Dismiss these as well, for the same reason"), required=False, initial=True
    )
    use_required_attribute = False
