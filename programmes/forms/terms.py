"""The terms of a section as entered: figures, lines, cover terms and locations on one page."""

import datetime
import re
from collections.abc import Callable, Iterable
from typing import Any, cast
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import RecordForm, flat
from accounts.models import AuditEntry, User
from accounts.selectors.timeline import changes_between
from common.forms import PercentField, PickField, RowForm, RowFormSet
from market.models import Insurer
from profiles.models import Location
from programmes.forms.fields import CountriesField
from programmes.forms.policies import day_input
from programmes.models import CoverTerm, Participation, Terms
from programmes.selectors import versions
from programmes.selectors.versions import Content
from programmes.services.terms import Given, Seen, TermsValues
from risk.models import RiskCategory
from risk.models.exposures import ExposureKind

MOST_BOXES = 60
"""Customers with more locations name the insured ones by their references instead of ticking boxes."""
SPARE_ROWS = 2
FOLDED = [
    "deductible_percent",
    "units",
    "indemnity_months",
    "average_threshold",
    "average_basis",
    "coverage_trigger",
    "retroactive_date",
    "is_retroactive_unlimited",
    "extended_reporting_months",
    "defence_costs",
    "drops_down",
    "recognises_sublimits",
    "insured_kinds",
    "territory",
    "territory_excluded",
    "placed_share",
]
SHARES = ["deductible_percent", "average_threshold", "placed_elsewhere_share", "placed_share"]


def name_nothing(form: forms.BaseForm) -> None:
    """Writes a dash where Django draws nine of them for no choice."""
    for field in form.fields.values():
        if isinstance(field, forms.TypedChoiceField):
            field.choices = [
                (value, label if value else "–") for value, label in flat(cast(Iterable[Any], field.choices))
            ]


class TermsForm(RecordForm):
    """What a version says itself. With a day it is an endorsement from that day, without one a correction."""

    based_on = forms.UUIDField(widget=forms.HiddenInput, required=False)
    first_day = forms.DateField(
        label=gettext_lazy("In force from"),
        widget=day_input(),
        help_text=gettext_lazy("The first day on which the changed terms hold. The days before read as they did."),
    )
    is_underlying_elsewhere = forms.BooleanField(
        label=gettext_lazy("The cover below it stands elsewhere"),
        required=False,
        help_text=gettext_lazy("With another broker, or not entered yet."),
    )
    insured_kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Insures only"),
        choices=ExposureKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None ticked: all kinds."),
    )
    territory = CountriesField(
        label=gettext_lazy("Territory"),
        required=False,
        help_text=gettext_lazy("Country codes, such as HK, MO. Empty: anywhere."),
    )
    territory_excluded = CountriesField(label=gettext_lazy("Territory excluded"), required=False)

    class Meta:
        model = Terms
        fields = [
            "basis",
            "limit",
            "unlimited",
            "limit_basis",
            "units",
            "aggregate_limit",
            "attachment_point",
            "attachment_basis",
            "drops_down",
            "recognises_sublimits",
            "deductible_amount",
            "deductible_percent",
            "deductible_percent_of",
            "deductible_min",
            "deductible_max",
            "sum_insured",
            "average_threshold",
            "average_basis",
            "indemnity_months",
            "coverage_trigger",
            "retroactive_date",
            "is_retroactive_unlimited",
            "extended_reporting_months",
            "defence_costs",
            "insured_kinds",
            "territory",
            "territory_excluded",
            "placed_elsewhere_share",
            "placed_share",
            "change_note",
        ]
        field_classes = dict.fromkeys(SHARES, PercentField)
        widgets = {"retroactive_date": day_input()}

    def __init__(self, *args: Any, with_day: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["based_on"].initial = self.instance.pk
        for name in ("attachment_point", "placed_elsewhere_share"):
            self.fields[name].required = False
        name_nothing(self)
        if not with_day:
            del self.fields["first_day"]
            self.fields["change_note"].help_text = _("As it stands in the endorsement.")
        self.customer_locations = self._offer_locations()

    def clean_attachment_point(self) -> Any:
        return self.cleaned_data["attachment_point"] or 0

    def clean_placed_elsewhere_share(self) -> Any:
        return self.cleaned_data["placed_elsewhere_share"] or 0

    def clean_locations(self) -> list[Location]:
        given = self.cleaned_data["locations"]
        if isinstance(given, list):
            return [row for row in self.customer_locations if str(row.pk) in given]
        references = {word for word in re.split(r"[\s,;]+", given) if word}
        found = list(Location.objects.filter(customer_id=self.instance.customer_id, reference__in=references))
        if missing := references - {row.reference for row in found}:
            raise ValidationError(
                _("The customer has no location %(reference)s."), params={"reference": sorted(missing)[0]}
            )
        return found

    def values(self) -> TermsValues:
        """What was entered, as the service takes it."""
        return cast(TermsValues, {name: self.cleaned_data[name] for name in self.Meta.fields})

    def _offer_locations(self) -> list[Location]:
        rows = Location.objects.filter(customer_id=self.instance.customer_id).order_by("reference", "pk")
        found = list(rows[: MOST_BOXES + 1])
        field: forms.Field
        if len(found) > MOST_BOXES:
            field = forms.CharField(
                widget=forms.Textarea(attrs={"rows": 2}),
                help_text=_("Their references, separated by commas. Empty: all of the customer's."),
                initial=", ".join(getattr(self.instance, "location_references", [])),
            )
        else:
            field = forms.MultipleChoiceField(
                choices=[(str(row.pk), str(row)) for row in found],
                widget=forms.CheckboxSelectMultiple,
                help_text=_("None ticked: all of the customer's."),
                initial=[str(key) for key in getattr(self.instance, "location_keys", [])],
            )
        field.label, field.required = _("Locations"), False
        if found:
            self.fields["locations"] = field
        return found


class LineForm(RowForm):
    insurer = PickField(label=gettext_lazy("Insurer"), required=False)

    class Meta:
        model = Participation
        fields = ["insurer", "written_share", "signed_share", "is_lead", "stands"]
        field_classes = {"written_share": PercentField, "signed_share": PercentField}

    key = "insurer"
    twice = gettext_lazy("%(row)s has more than one line.")
    telling = ("insurer", "written_share", "signed_share")

    def __init__(self, *args: Any, insurers: list[Insurer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(PickField, self.fields["insurer"]).offer(insurers, empty=_("Insurer not named"))


class CoverTermForm(RowForm):
    category = PickField(
        label=gettext_lazy("Risk category"), error_messages={"required": gettext_lazy("Choose the risk category.")}
    )
    included = forms.TypedChoiceField(
        label=gettext_lazy("Covered"),
        choices=[("True", gettext_lazy("yes")), ("False", gettext_lazy("no"))],
        coerce=lambda value: value == "True",
        initial="True",
    )

    class Meta:
        model = CoverTerm
        fields = [
            "category",
            "included",
            "sublimit",
            "deductible_amount",
            "deductible_percent",
            "deductible_percent_of",
            "deductible_min",
            "deductible_max",
        ]
        field_classes = {"deductible_percent": PercentField}
        widgets = {"deductible_min": forms.HiddenInput, "deductible_max": forms.HiddenInput}

    key = "category"
    twice = gettext_lazy("%(row)s is named more than once.")
    telling = ("category", "sublimit", "deductible_amount", "deductible_percent")

    def __init__(self, *args: Any, categories: list[RiskCategory], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_nothing(self)
        roots = {row.code: str(row) for row in categories if not row.depth}
        cast(PickField, self.fields["category"]).offer(categories, empty="", group=lambda row: roots[row.path[0]])

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or self.cleaned_data
        if entered.get("deductible_percent") is None:
            # The bounds belong to a percentage, and are carried along unseen while there is one.
            entered["deductible_min"] = entered["deductible_max"] = None
        return entered


class LinesFormSet(RowFormSet):
    """Lines of a section, of which one leads."""

    def clean(self) -> None:
        super().clean()
        leads = [form for form in self.kept() if form.cleaned_data.get("is_lead")]
        for form in leads[1:]:
            form.add_error("is_lead", _("One insurer leads, not several."))


LineFormSet: type[RowFormSet] = forms.formset_factory(  # type: ignore[assignment]
    LineForm, formset=LinesFormSet, extra=SPARE_ROWS, can_delete=True
)
CoverTermFormSet: type[RowFormSet] = forms.formset_factory(  # type: ignore[assignment]
    CoverTermForm, formset=RowFormSet, extra=SPARE_ROWS, can_delete=True
)


class TermsEntry:
    """The page of one version: its form and its two lists, filled from a version of `to_be_edited`, saved in one go.

    `first_day`: endorses from that day. Without one the version is corrected in place.
    """

    def __init__(
        self,
        data: QueryDict | None,
        *,
        user: User,
        terms: Terms,
        first_day: datetime.date | None = None,
    ) -> None:
        content = Content.to_edit(terms)
        initial = {"first_day": first_day, "change_note": "" if first_day else terms.change_note}
        self.form = TermsForm(data, instance=terms, user=user, initial=initial, with_day=first_day is not None)
        named = [line.insurer_id for line in content.lines if line.insurer_id]
        offered = Insurer.objects.visible_to(user).filter(Q(is_active=True) | Q(pk__in=named)).order_by("name")
        self.lines = LineFormSet(
            data,
            prefix="lines",
            initial=_initial(content.lines, LineForm),
            form_kwargs={"insurers": list(offered)},
        )
        self.cover_terms = CoverTermFormSet(
            data,
            prefix="cover_terms",
            initial=_initial(content.cover_terms, CoverTermForm),
            form_kwargs={"categories": list(RiskCategory.objects.visible_to(user).order_by("rank", "code"))},
        )

    @property
    def has_more(self) -> bool:
        """Whether something is entered, or wrong, in the part of the form that is folded away at first."""
        return any(self.form[name].errors or self.form[name].value() not in (None, "", [], False) for name in FOLDED)

    @property
    def seen(self) -> Seen | None:
        """The version that the user started from."""
        pk: UUID | None = self.form.cleaned_data["based_on"]
        return Seen(pk, self.form.edited_version) if pk else None

    @property
    def first_day(self) -> datetime.date:
        return self.form.cleaned_data["first_day"]

    def is_valid(self) -> bool:
        are_rows_valid = [self.lines.is_valid(), self.cover_terms.is_valid()]
        words = _("Something is wrong in the lines or cover terms below.")
        if not all(are_rows_valid) and words not in self.form.non_field_errors():
            self.form.add_error(None, words)  # the page's head tells of the form's faults alone
        return self.form.is_valid() and all(are_rows_valid)

    def given(self) -> Given:
        """What was entered, as the service takes it."""
        return Given(
            values=self.form.values(),
            cover_terms=self.cover_terms.rows(),
            lines=self.lines.rows(),
            locations=self.form.cleaned_data.get("locations"),
            is_underlying_elsewhere=self.form.cleaned_data["is_underlying_elsewhere"],
        )

    def saves(self, save: Callable[[], Any]) -> bool:
        """Validates all of it, calls the service, and says whether it worked. If not, the forms hold why."""
        if not self.is_valid():
            return False
        self.form.show_conflict = self._show_conflict  # type: ignore[method-assign]
        return self.form.saves(save)

    def _show_conflict(self, current: Terms) -> None:
        """What the terms say by now beside what was typed, lines and cover terms included."""
        form = self.form
        now = Content.of(current)
        typed = self.given().on(now)
        old, new = versions.changed(current, now, form.instance, typed)
        form.conflict = [
            {"label": change.label, "now": change.before, "typed": change.after}
            for change in changes_between(Terms, old, new)
        ]
        last = AuditEntry.objects.of_object(current).first()
        if last is not None:
            form.conflict_by, form.conflict_at = last.actor_name, last.at
        typed_again = cast(QueryDict, form.data).copy()
        typed_again["version"], typed_again["based_on"] = str(current.version), str(current.pk)
        form.data = typed_again
        form.add_error(None, _("It was not saved: somebody else saved it first."))


def _initial(rows: Iterable[Any], form: type[RowForm]) -> list[dict[str, Any]]:
    return [forms.model_to_dict(row, form._meta.fields) for row in rows]
