"""Both scales of a customer as entered: words and a figure for each step."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.forms import by_field
from accounts.models import AuditEntry
from accounts.selectors.timeline import label_of
from common.exceptions import StaleVersion
from common.forms import AmountField, BriefAmountField
from common.money import MAX_DIGITS
from profiles.models import Customer
from risk.models import ScaleStep
from risk.selectors.scales import Scales, scales_of
from risk.services.scales import figure_of, in_words, name_of

NOT_NEGATIVE = Decimal(0)


class ScalesForm(forms.Form):
    """Ten steps, each with fields such as `LIKELIHOOD_3_words` and `LIKELIHOOD_3_figure`, and the version seen."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, customer: Customer, scales: Scales, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customer, self.scales = customer, scales
        self.fields["version"].initial = scales.version
        self.conflict: list[dict[str, Any]] = []
        self.conflict_by = ""
        self.conflict_at: Any = None
        self.use_required_attribute = False
        for step in scales.steps:
            is_likelihood = step.scale == ScaleStep.Scale.LIKELIHOOD
            figure: forms.Field = (
                AmountField(max_digits=9, decimal_places=4, min_value=NOT_NEGATIVE, required=False)
                if is_likelihood
                else BriefAmountField(max_digits=MAX_DIGITS, decimal_places=2, min_value=NOT_NEGATIVE, required=False)
            )
            label = label_of(ScaleStep, "events_a_year" if is_likelihood else "amount")
            figure.label, figure.initial = f"{name_of(step)}: {label}", figure_of(step)
            words = forms.CharField(max_length=80, label=f"{name_of(step)}: {_('in words')}", initial=step.words)
            self.fields[self.key(step, "words")], self.fields[self.key(step, "figure")] = words, figure

    @staticmethod
    def key(step: ScaleStep, part: str) -> str:
        return f"{step.scale}_{step.step}_{part}"

    def rows(self, scale: str) -> list[dict[str, Any]]:
        """The steps of a scale with their two fields."""
        return [
            {"step": step.step, "words": self[self.key(step, "words")], "figure": self[self.key(step, "figure")]}
            for step in self.scales.steps
            if step.scale == scale
        ]

    def steps(self) -> list[ScaleStep]:
        """What was entered, unsaved."""
        found = []
        for step in self.scales.steps:
            words = self.cleaned_data[self.key(step, "words")]
            row = ScaleStep(customer=self.customer, scale=step.scale, step=step.step, words=words)
            figure = self.cleaned_data[self.key(step, "figure")]
            if step.scale == ScaleStep.Scale.LIKELIHOOD:
                row.events_a_year = figure
            else:
                row.amount = figure
            found.append(row)
        return found

    def saves(self, save: Callable[[list[ScaleStep], int], Any]) -> bool:
        """Validates, calls the service with the steps and the version seen, and says whether it worked."""
        if not self.is_valid():
            return False
        try:
            save(self.steps(), self.cleaned_data["version"])
        except StaleVersion:
            self._show_conflict()
            return False
        except ValidationError as error:
            for name, words in by_field(error).items():
                self.add_error(name if name in self.fields else None, list(words))
            return False
        return True

    def _show_conflict(self) -> None:
        """What the steps are by now beside what was typed; saving again replaces it."""
        now = scales_of(self.customer)
        for kept, typed in zip(now.steps, self.steps(), strict=True):
            was, is_now = in_words(kept, self.customer), in_words(typed, self.customer)
            if was != is_now:
                self.conflict.append({"label": name_of(kept), "now": was, "typed": is_now})
        last = AuditEntry.objects.of_object(self.customer).filter(action__startswith="scales.").first()
        if last is not None:
            self.conflict_by, self.conflict_at = last.actor_name, last.at
        typed_again = cast(QueryDict, self.data).copy()
        typed_again["version"] = str(now.version)
        self.data = typed_again
        self.add_error(None, _("It was not saved: somebody else saved it first."))
