"""How a renewal is settled."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from programmes.forms.acts import ActForm
from programmes.models import Renewal, RenewalOutcome


class SettleForm(ActForm):
    """The outcome of a renewal, with the reason where it is not renewed."""

    outcome = forms.ChoiceField(choices=RenewalOutcome, label=_("Outcome"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed where it is not renewed, or renewed without a following policy in this book."),
    )

    def __init__(self, *args: Any, row: Renewal, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        self.fields["outcome"].initial = RenewalOutcome.RENEWED
