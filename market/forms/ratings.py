"""A rating of an insurer, as entered: what an agency gives, or that it gives none any more."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import RecordForm
from market.models import InsurerRating, RatingGrade
from market.selectors.ratings import grades_by_agency

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class RatingForm(RecordForm):
    """The agency follows from the grade, since each agency has grades of its own."""

    class Meta:
        model = InsurerRating
        fields = ["grade", "outlook", "rated_on", "note"]
        widgets = {"rated_on": DAY}
        labels = {"rated_on": _("Given on")}
        help_texts = {"grade": "", "rated_on": _("The day the agency gave or affirmed it.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grade: Any = self.fields["grade"]
        grade.required = True
        grade.queryset = RatingGrade.objects.order_by("agency", "rank")
        grade.widget.choices = [("", "---------"), *grades_by_agency()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("grade"):
            self.instance.agency = cleaned["grade"].agency
        return cleaned


class WithdrawalForm(RecordForm):
    """An agency that no longer rates the insurer."""

    class Meta:
        model = InsurerRating
        fields = ["agency", "rated_on", "note"]
        widgets = {"rated_on": DAY}
        labels = {"rated_on": _("Withdrawn on")}


class WithdrawalCorrectionForm(WithdrawalForm):
    """The agency stays: a withdrawal of another one is another row."""

    class Meta(WithdrawalForm.Meta):
        fields = ["rated_on", "note"]
