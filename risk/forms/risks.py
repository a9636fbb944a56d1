"""A risk as entered, and the acts on one that ask for a reason."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.forms import ActForm, RecordForm
from common.money import currency_choices
from common.templatetags.ui import money, number
from market.selectors.ratings import floors, notch_name
from profiles.models import Location
from risk.forms.categories import CategoryChoice
from risk.models import Exposure, ExposureValue, Risk, RiskCategory
from risk.selectors.categories import walked
from risk.selectors.levels import KINDS, scales_of

LISTED = 600
"""The most exposures that are offered at once; of more, those linked already and those of the chosen location."""
LEVEL_FIELDS = [f"{kind}_{half}" for kind in KINDS for half in ("likelihood", "consequence")]


@dataclass
class OfferedExposure:
    """An exposure to tick, with what it is worth in words."""

    exposure: Exposure
    worth: str
    is_ticked: bool


@dataclass
class OfferedPlace:
    """The exposures of one location, or (None) those not tied to one."""

    location: Location | None
    exposures: list[OfferedExposure] = field(default_factory=list)

    @property
    def ticked(self) -> int:
        return sum(row.is_ticked for row in self.exposures)


class ExposuresField(forms.ModelMultipleChoiceField):
    """Exposures of one customer, ticked place by place."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj}, {obj.location}" if obj.location else str(obj)


class RiskForm(RecordForm):
    """The instance knows its customer; `at` is a location that the address names."""

    category = CategoryChoice(RiskCategory.objects.none(), label=_("Risk category"), empty_label=_("Choose"))
    exposures = ExposuresField(Exposure.objects.none(), label=_("Exposures it can strike"), required=False)

    class Meta:
        model = Risk
        fields = [
            "category",
            "name",
            "cause",
            "location",
            "exposures",
            "currency",
            "maximum_loss",
            "typical_loss",
            *LEVEL_FIELDS,
            "owner",
            "treatment",
            "required_limit",
            "maximum_retention",
            "security_floor",
            "indemnity_months",
        ]
        widgets = {"cause": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, at: Location | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer_categories()
        self._offer_places(at)
        self._offer_words()

    def _offer_categories(self) -> None:
        categories = cast(CategoryChoice, self.fields["category"])
        categories.queryset = RiskCategory.objects.all()
        rows = walked(list(RiskCategory.objects.order_by("rank", "code")))
        categories.widget.choices = [
            ("", categories.empty_label),
            *((row.pk, categories.label_from_instance(row)) for row in rows),
        ]

    def _offer_places(self, at: Location | None) -> None:
        customer = self.instance.customer_id
        locations = cast(forms.ModelChoiceField, self.fields["location"])
        locations.queryset = Location.objects.filter(customer=customer).order_by("reference", "name", "pk")
        locations.empty_label = _("Everywhere: not tied to a location")
        if at is not None and not self.is_bound:
            self.initial["location"] = self.initial.get("location") or at.pk
        exposures = Exposure.objects.filter(customer=customer)
        self.is_shortened = exposures[LISTED:].exists()
        self.linked = Exposure.objects.filter(risks=self.instance.pk).count() if self.is_shortened else 0
        if self.linked > LISTED:  # more than anybody ticks one by one, or a browser may send
            del self.fields["exposures"]
            return
        if self.is_shortened:
            wanted = Q(pk__in=self._ticked()) | Q(risks=self.instance.pk)
            exposures = exposures.filter(wanted | Q(location=at or self.instance.location_id or None))
        field = cast(ExposuresField, self.fields["exposures"])
        field.queryset = exposures.distinct()
        if not self.instance._state.adding and not self.is_bound:
            self.initial["exposures"] = list(Exposure.objects.filter(risks=self.instance).values_list("pk", flat=True))

    def _offer_words(self) -> None:
        codes = [(code, code) for code, _name in currency_choices()]
        self.fields["currency"].widget = forms.Select(choices=codes)
        scales = scales_of(self.instance.customer)
        for name in LEVEL_FIELDS:
            label = self.fields[name].label
            steps = [(step.step, step.label) for step in scales.of(name)]
            self.fields[name] = forms.TypedChoiceField(
                label=label, required=False, coerce=int, empty_value=None, choices=[("", _("Not assessed")), *steps]
            )
        self.fields["security_floor"] = forms.TypedChoiceField(
            label=self.fields["security_floor"].label,
            required=False,
            coerce=int,
            empty_value=None,
            choices=[("", _("As the customer's profile says")), *self._floors()],
        )

    def _floors(self) -> list[tuple[int, str]]:
        """The floors to choose from, and the one that is set, which another system may have set lower or higher."""
        offered = [(int(notch), words) for notch, words in floors()]
        held = self.instance.security_floor
        if held is not None and held not in dict(offered):
            offered.append((held, notch_name(held)))
        return offered

    def _ticked(self) -> list[str]:
        """The keys of what is ticked in this form, whether posted or so far; what is no key is left out."""
        return [str(UUID(str(key))) for key in self["exposures"].value() or [] if is_key(key)]

    @property
    def level_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in LEVEL_FIELDS]

    @property
    def offered_places(self) -> list[OfferedPlace]:
        """The exposures that can be ticked, place by place. Two queries."""
        ticked = set(self._ticked())
        queryset = cast(ExposuresField, self.fields["exposures"]).queryset
        rows = list(
            cast(Any, queryset)
            .select_related("location")
            .order_by("location__reference", "location__name", "location_id", "kind", "description", "pk")
        )
        latest = ExposureValue.objects.filter(customer=self.instance.customer_id, exposure__in=[row.pk for row in rows])
        latest = latest.order_by("exposure_id", "-valued_on").distinct("exposure_id")
        worth = {value.exposure_id: in_words(value) for value in latest}
        places: dict[Any, OfferedPlace] = {}
        for row in rows:
            place = places.setdefault(row.location_id, OfferedPlace(row.location))
            place.exposures.append(OfferedExposure(row, worth.get(row.pk, ""), str(row.pk) in ticked))
        return sorted(places.values(), key=lambda place: place.location is not None)


def is_key(text: Any) -> bool:
    """Whether the text can be the key of a row."""
    try:
        UUID(str(text))
    except ValueError:
        return False
    return True


def in_words(value: ExposureValue) -> str:
    return money(value.amount, value.currency) if value.currency else number(value.amount)


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class CloseForm(ActForm):
    day = forms.DateField(label=_("Closed on"), widget=day_input(), help_text=_("From that day it is not counted."))
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000)


class ReopenForm(ActForm):
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000)


class StartingForm(forms.Form):
    """Which of the proposed risks to add, as pairs of their key and their name."""

    chosen = forms.MultipleChoiceField(
        label=_("Risks to add"),
        error_messages={
            "required": _("Tick at least one risk."),
            "invalid_choice": _("One of the risks is no longer proposed: look through the list again."),
        },
    )

    def __init__(self, *args: Any, keys: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].choices = [(key, key) for key in keys]  # type: ignore[attr-defined]
