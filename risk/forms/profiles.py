"""A version of a risk profile as entered: its figures, its tolerances row by row, and what signs it off."""

import datetime
from collections.abc import Callable, Iterable
from typing import Any, cast

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import ActForm, RecordForm
from accounts.models import AuditEntry, User
from common.forms import BriefAmountField, PercentField, PickField, RowForm, RowFormSet
from common.money import currency_choices
from common.templatetags.ui import day_text
from market.selectors.ratings import floors, notch_name
from profiles.models import Contact, Customer
from risk.models import LEVELS, CompulsoryRequirement, RiskCategory, RiskProfile, Tolerance
from risk.selectors.categories import walked
from risk.selectors.compulsory import Suggestion
from risk.selectors.profiles import Version, compared, with_all
from risk.services.profiles import contradictions

SPARE_ROWS = 2
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ProfileForm(RecordForm):
    """What a version says itself. The instance knows its customer."""

    compulsory = forms.MultipleChoiceField(
        label=gettext_lazy("Compulsory covers"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = RiskProfile
        fields = [
            "valid_from",
            "currency",
            "appetite_one_loss",
            "appetite_year",
            "security_floor",
            "most_with_one_group",
            "indemnity_months",
            "strategy",
        ]
        field_classes = {
            "appetite_one_loss": BriefAmountField,
            "appetite_year": BriefAmountField,
            "most_with_one_group": PercentField,
        }
        widgets = {"valid_from": DAY, "strategy": forms.Textarea(attrs={"rows": 6})}
        help_texts = {
            "valid_from": gettext_lazy("The day it begins to count, once it is signed off."),
            "appetite_one_loss": gettext_lazy("Out of its own pocket, whatever the cause. Empty: not agreed yet."),
            "appetite_year": gettext_lazy("All losses of a year together. Empty: not agreed yet."),
            "security_floor": gettext_lazy("No insurer rated below it. Empty: not agreed yet."),
            "most_with_one_group": gettext_lazy("Of a tower, insurers of one group together."),
            "indemnity_months": gettext_lazy("After the worst loss, until trade is as it was."),
            "strategy": gettext_lazy("As the customer would say it: what it avoids, reduces, transfers and bears."),
        }

    def __init__(self, *args: Any, offered: Iterable[CompulsoryRequirement] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = [code for code, _name in currency_choices()]
        self.fields["currency"].widget = forms.Select(choices=[(code, code) for code in codes])
        grades = floors()
        held = self.instance.security_floor
        if held is not None and str(held) not in dict(grades):
            grades = [(str(held), _("At least %(grade)s") % {"grade": notch_name(held)}), *grades]
        self.fields["security_floor"] = forms.TypedChoiceField(
            label=self.fields["security_floor"].label,
            help_text=self.fields["security_floor"].help_text,
            required=False,
            coerce=int,
            empty_value=None,
            choices=[("", _("Not agreed")), *grades],
        )
        self.offered = {str(row.pk): row for row in offered}
        cast(forms.MultipleChoiceField, self.fields["compulsory"]).choices = [
            (key, str(row)) for key, row in self.offered.items()
        ]

    @property
    def chosen(self) -> tuple[CompulsoryRequirement, ...]:
        """The compulsory covers that are ticked."""
        return tuple(self.offered[key] for key in self.cleaned_data["compulsory"])


class ToleranceForm(RowForm):
    category = PickField(
        label=gettext_lazy("Risk category"), error_messages={"required": gettext_lazy("Choose the risk category.")}
    )

    class Meta:
        model = Tolerance
        fields = ["category", "level", "amount"]
        field_classes = {"amount": BriefAmountField}
        labels = {"level": gettext_lazy("Highest level"), "amount": gettext_lazy("Most of one loss")}

    key = "category"
    twice = gettext_lazy("%(row)s is named more than once.")
    telling = ("category", "level", "amount")

    def __init__(self, *args: Any, categories: list[RiskCategory], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roots = {row.code: str(row) for row in categories if not row.depth}
        cast(PickField, self.fields["category"]).offer(categories, empty="", group=lambda row: roots[row.path[0]])
        self.fields["level"].widget.attrs |= {"min": 1, "max": LEVELS**2}

    def _post_clean(self) -> None:
        is_amount_wrong = "amount" in self.errors
        super()._post_clean()  # type: ignore[misc]  # Django's hook, which the stubs leave out
        if is_amount_wrong and self.cleaned_data.get("level") is None:
            self.errors.pop("level", None)  # an amount was given, though not one that can be read


ToleranceFormSet: type[RowFormSet] = forms.formset_factory(  # type: ignore[assignment]
    ToleranceForm, formset=RowFormSet, extra=SPARE_ROWS, can_delete=True
)


class ProfileEntry:
    """The page of one version: its form and its tolerances, saved in one go.

    `start` is what the page begins with: the draft itself, or the version that a new one copies. `suggested` are the
    compulsory covers that the customer's values speak for: marked, and ticked where nothing came before.
    """

    def __init__(
        self,
        data: QueryDict | None,
        *,
        user: User,
        profile: RiskProfile,
        start: Version | None,
        offered: Iterable[CompulsoryRequirement],
        suggested: Iterable[Suggestion],
    ) -> None:
        self.suggested = list(suggested)
        ticked = start.compulsory if start else [each.requirement for each in self.suggested]
        self.form = ProfileForm(
            data,
            instance=profile,
            user=user,
            offered=offered,
            initial={"compulsory": [str(row.pk) for row in ticked]},
        )
        rows = walked(list(RiskCategory.objects.visible_to(user).order_by("rank", "code")))
        self.tolerances = ToleranceFormSet(
            data,
            prefix="tolerances",
            initial=[
                {"category": row.category_id, "level": row.level, "amount": row.amount}
                for row in (start.tolerances if start else ())
            ],
            form_kwargs={"categories": rows},
        )

    def is_valid(self) -> bool:
        are_rows_valid = self.tolerances.is_valid()
        if self.form.is_valid():  # told together with what is wrong in the rows, not after it
            for name, fault in contradictions(self.form.instance).items():
                self.form.add_error(name, fault)
        words = _("Something is wrong in the tolerances below.")
        if not are_rows_valid and words not in self.form.non_field_errors():
            self.form.add_error(None, words)  # the page's head tells of the form's faults alone
        return self.form.is_valid() and are_rows_valid

    def version(self) -> Version:
        """What was entered, unsaved."""
        return Version(self.form.instance, tuple(self.tolerances.rows()), self.form.chosen)

    def saves(self, save: Callable[[Version], Any]) -> bool:
        """Validates all of it, calls the service, and says whether it worked. If not, the forms hold why."""
        if not self.is_valid():
            return False
        self.form.show_conflict = self._show_conflict  # type: ignore[method-assign]
        return self.form.saves(lambda: save(self.version()))

    def _show_conflict(self, current: RiskProfile) -> None:
        """What the version says by now beside what was typed, tolerances included."""
        form = self.form
        now = Version.of(with_all(RiskProfile.objects.filter(pk=current.pk)).get())
        typed = self.version()
        days = (current.valid_from, typed.profile.valid_from)
        if days[0] != days[1]:
            label = form.fields["valid_from"].label
            form.conflict.append({"label": label, "now": day_text(days[0]), "typed": day_text(days[1])})
        form.conflict.extend(
            {"label": change.label, "now": change.before, "typed": change.after} for change in compared(now, typed)
        )
        last = AuditEntry.objects.of_object(current).first()
        if last is not None:
            form.conflict_by, form.conflict_at = last.actor_name, last.at
        typed_again = cast(QueryDict, form.data).copy()
        typed_again["version"] = str(current.version)
        form.data = typed_again
        form.add_error(None, _("It was not saved: somebody else saved it first."))


class SignOffForm(ActForm):
    """Who agreed to the draft, and when."""

    agreed_with = forms.ModelChoiceField(
        Contact.objects.none(),
        label=gettext_lazy("Agreed with"),
        empty_label=gettext_lazy("Choose"),
        help_text=gettext_lazy("Who at the customer said yes to it."),
    )
    signed_off_on = forms.DateField(label=gettext_lazy("Agreed on"), widget=DAY)

    def __init__(self, *args: Any, customer: Customer, on: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = Contact.objects.filter(Q(left_on=None) | Q(left_on__gt=on), customer=customer)
        self.fields["agreed_with"].queryset = here.order_by("name", "pk")  # type: ignore[attr-defined]


class WithdrawForm(ActForm):
    """Asks for nothing but the button."""
