"""How a renewal is settled."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import ActForm
from programmes.models import Renewal, RenewalOutcome


class NoteField(forms.CharField):
    """A note that is needed or not as the outcome says: the service decides, so it is never called optional."""

    def validate(self, value: Any) -> None:
        """Empty is accepted here."""


class SettleForm(ActForm):
    """The outcome of a renewal, with the reason where it is not renewed."""

    outcome = forms.ChoiceField(choices=RenewalOutcome, label=_("Outcome"), widget=forms.RadioSelect)
    note = NoteField(
        label=_("Note"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Needed unless it is renewed and a bound policy follows each of them: say why, or how it is covered."
        ),
    )

    def __init__(self, *args: Any, row: Renewal, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        self.fields["outcome"].initial = RenewalOutcome.RENEWED
