"""A claim and its figures, as entered; and the acts of closing it, opening it again and taking figures away."""

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.forms import ActForm, RecordForm
from common.forms import AmountField, PickField
from common.money import MAX_DIGITS
from common.templatetags.ui import day_text
from profiles.models import Location
from programmes.forms.policies import day_input
from programmes.models import Claim, ClaimMovement, Section
from risk.models import RiskCategory
from risk.selectors.categories import walked

LISTED = 300
"""The most locations that the pick list offers; of more it offers the one that is there."""


def amount_field(label: Any, **kwargs: Any) -> AmountField:
    return AmountField(
        label=label,
        min_value=Decimal(0),
        max_digits=MAX_DIGITS,
        decimal_places=2,
        error_messages={"min_value": _("An amount must not be negative.")},
        **kwargs,
    )


class ClaimForm(RecordForm):
    """The instance knows its customer, whose sections and locations the pick lists offer; to add, of bound policies."""

    section = PickField(label=_("Section"), error_messages={"required": _("Choose the section that the claim is on.")})
    category = PickField(label=_("Cause"), required=False)

    class Meta:
        model = Claim
        fields = [
            "section",
            "reference",
            "insurer_reference",
            "lost_on",
            "made_on",
            "notified_on",
            "category",
            "location",
            "description",
        ]
        widgets = {
            "lost_on": day_input(),
            "made_on": day_input(),
            "notified_on": day_input(),
            "description": forms.Textarea(attrs={"rows": 4}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        customer_id = self.instance.customer_id
        sections = Section.objects.filter(customer=customer_id).select_related("policy")
        if self.instance._state.adding:
            sections = sections.filter(policy__bound_on__isnull=False)
        cast(PickField, self.fields["section"]).offer(
            sections.order_by("-policy__inception_date", "policy__number", "reference", "pk"),
            empty=_("Choose a section"),
            group=heading_of,
        )
        categories = walked(list(RiskCategory.objects.order_by("rank", "code")))
        roots = {row.code: str(row) for row in categories if not row.depth}
        cast(PickField, self.fields["category"]).offer(
            categories, empty=_("Not known"), group=lambda row: roots[row.path[0]]
        )
        places = cast(forms.ModelChoiceField, self.fields["location"])
        places.queryset = offered(Location.objects.filter(customer=customer_id), self.instance.location_id)
        places.empty_label = _("Not tied to a location")


class NewClaimForm(ClaimForm):
    """A claim with its first figures, which may be left out."""

    stood_on = forms.DateField(label=_("As at"), required=False, widget=day_input())
    outstanding = amount_field(_("Outstanding"), required=False)
    paid = amount_field(_("Paid so far"), required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        has_amount = given.get("outstanding") is not None or given.get("paid") is not None
        if has_amount and given.get("stood_on") is None and "stood_on" not in self.errors:
            self.add_error("stood_on", ValidationError(_t("Give the day of these figures.")))
        return given

    @property
    def figures(self) -> ClaimMovement | None:
        """The first figures, not saved; None where no amount was typed."""
        given = self.cleaned_data
        if given["outstanding"] is None and given["paid"] is None:
            return None
        return ClaimMovement(
            stood_on=given["stood_on"],
            outstanding=given["outstanding"] or Decimal(0),
            paid=given["paid"] or Decimal(0),
        )


class FiguresForm(RecordForm):
    """What stood outstanding and was paid as at a day, of a claim that the instance knows."""

    class Meta:
        model = ClaimMovement
        fields = ["stood_on", "outstanding", "paid", "note"]
        widgets = {"stood_on": day_input()}


class CloseForm(ActForm):
    closed_on = forms.DateField(label=_("Closed on"), widget=day_input())
    paid = amount_field(_("Paid in all"), help_text=_("With this nothing is outstanding any more."))


class ReopenForm(ActForm):
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}))


class RemoveFiguresForm(ActForm):
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}))


class ClaimsFileForm(forms.Form):
    """A file of claims to be looked at."""

    file = forms.FileField(label=_("File of claims"), help_text=_("CSV in UTF-8 or XLSX, at most 4 MB."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self.fields["file"].widget.attrs["accept"] = ".csv,.txt,.xlsx,text/csv"


def heading_of(section: Section) -> str:
    """The policy that a section stands under in the pick list, with its period."""
    policy = section.policy
    last = policy.last_day_of_cover
    if last is None:
        return _t("%(policy)s, from %(first)s") % {"policy": policy, "first": day_text(policy.inception_date)}
    said = {"policy": policy, "first": day_text(policy.inception_date), "last": day_text(last)}
    return _t("%(policy)s, %(first)s to %(last)s") % said


def offered(locations: QuerySet[Location], chosen: Any) -> QuerySet[Location]:
    """The locations to pick from: all, or only the one chosen where there are very many."""
    if locations.count() > LISTED:
        locations = locations.filter(pk=chosen)
    return locations.order_by("reference", "name", "pk")
