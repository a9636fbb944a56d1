"""Single acts on a row that ask for a day or a reason: binding, cancelling and reinstating, ending and resuming."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from accounts.forms import ActForm
from common.models import Record
from programmes.forms.policies import day_input
from programmes.models import Terms
from programmes.services.terms import Seen


class BindForm(ActForm):
    bound_on = forms.DateField(
        label=gettext_lazy("Bound on"),
        widget=day_input(),
        help_text=gettext_lazy("The day the insurers confirmed that they are bound."),
    )


class CancelForm(ActForm):
    cancelled_from = forms.DateField(
        label=gettext_lazy("Cancelled from"), widget=day_input(), help_text=gettext_lazy("The first day without cover.")
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 3}))


class ReinstateForm(ActForm):
    from_day = forms.DateField(
        label=gettext_lazy("Cover resumes on"),
        required=False,
        widget=day_input(),
        help_text=gettext_lazy("Empty: as if it had never been cancelled. Later: the days between stay without cover."),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 3}))


class ReviewForm(ActForm):
    review_date = forms.DateField(label=gettext_lazy("Next review on"), widget=day_input())
    note = forms.CharField(label=gettext_lazy("What came of it"), widget=forms.Textarea(attrs={"rows": 3}))


class BreakForm(ActForm):
    """A break in a section's cover, made or ended. Carries the version of the terms that the user saw, if any."""

    based_on = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, row: Record, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        self.fields["based_on"].initial = row.pk if isinstance(row, Terms) else None

    @property
    def seen(self) -> Seen | None:
        pk = self.cleaned_data["based_on"]
        return Seen(pk, self.cleaned_data["version"]) if pk else None


class EndForm(BreakForm):
    first_day = forms.DateField(
        label=gettext_lazy("Ends from"), widget=day_input(), help_text=gettext_lazy("The first day without cover.")
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 3}))


class ResumeForm(BreakForm):
    first_day = forms.DateField(
        label=gettext_lazy("Resumes on"),
        widget=day_input(),
        help_text=gettext_lazy("The first day of its cover. From the day it ended, the end is taken back."),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 3}))


class WithdrawForm(ActForm):
    reason = forms.CharField(label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 3}))
