"""The loss to walk through, and what an option changes of the sections in the tower. It saves nothing."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.validators import MinValueValidator
from django.utils.translation import gettext_lazy as _

from common.forms import BriefAmountField, PercentField
from common.money import MAX_DIGITS
from common.templatetags.ui import amount, percent
from programmes.models import Terms
from programmes.selectors.risk_cover import RiskCover, SectionSum, layer_label
from programmes.selectors.versions import deductible_in_words

WHAT = {
    "limit": _("Limit"),
    "deductible_amount": _("Deductible"),
    "attachment_point": _("Attaches at"),
    "share": _("Share placed"),
}
"""What an option may change of a section: the names are those of `adequacy_of`."""
ABOVE_NOTHING = MinValueValidator(Decimal("0.01"), _("An amount above 0 is needed."))
NOT_BELOW = MinValueValidator(0, _("An amount must not be negative."))


class WalkForm(forms.Form):
    """`loss` is in the customer's currency, the rest in each policy's. What is empty stays as it is."""

    def __init__(self, query: Mapping[str, str], *, base: RiskCover) -> None:
        super().__init__(query)
        self.query = query
        self.base = base
        self.fields["loss"] = BriefAmountField(
            label=_("Loss"),
            required=False,
            max_digits=MAX_DIGITS,
            decimal_places=2,
            validators=[ABOVE_NOTHING],
        )
        largest = base.adequacy.maximum_loss
        self.fields["loss"].widget.attrs["placeholder"] = amount(largest) if largest else ""
        self.sections = [each for stack in base.stacks for each in stack.sections if each.step.answer == "YES"]
        for each in self.sections:
            for what, label in WHAT.items():
                self.fields[f"{what}-{each.step.section_id}"] = self._field(what, label, each.held.terms, each)
        self.full_clean()

    @staticmethod
    def _field(what: str, label: Any, terms: Terms, each: SectionSum) -> forms.Field:
        if what == "share":
            field: forms.Field = PercentField(label=label, required=False)
        else:
            field = BriefAmountField(
                label=label,
                required=False,
                max_digits=MAX_DIGITS,
                decimal_places=2,
                validators=[ABOVE_NOTHING if what == "limit" else NOT_BELOW],
            )
        field.widget.attrs["placeholder"] = now_in_words(what, terms, each)
        return field

    @property
    def loss(self) -> Decimal | None:
        """The loss asked for; None for the largest, also where nonsense is typed."""
        return self.cleaned_data.get("loss")

    @property
    def what_if(self) -> list[dict[str, Any]]:
        """What the option changes, as `adequacy_of` takes it; empty while a field of it is wrong."""
        if any(name != "loss" for name in self.errors):
            return []
        found = []
        for each in self.sections:
            key = each.step.section_id
            changed = {what: typed for what in WHAT if (typed := self.cleaned_data.get(f"{what}-{key}")) is not None}
            if changed:
                found.append({"section": str(key), **changed})
        return found

    @property
    def has_wrong_option(self) -> bool:
        return any(name != "loss" for name in self.errors)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The fields of each section, from the top of the tower down."""
        return [
            {
                "section": each,
                "label": layer_label(each.step) if each.step.room is not None or each.step.is_endless else "",
                "currency": each.held.terms.section.policy.currency,
                "fields": [self[f"{what}-{each.step.section_id}"] for what in WHAT],
            }
            for each in reversed(self.sections)
        ]

    @property
    def address(self) -> str:
        """What is typed, as the query of an address, without what is empty."""
        return self._query(["as_at", *self.fields])

    @property
    def address_of_loss(self) -> str:
        """The same without the option."""
        return self._query(["as_at", "loss"])

    def address_with(self, loss: Decimal) -> str:
        """The same with another loss."""
        return self._query(["as_at", *self.fields], loss=f"{loss.normalize():f}")

    def _query(self, names: Iterable[str], **instead: str) -> str:
        given = [(name, instead.get(name, self.query.get(name, ""))) for name in names]
        return urlencode([(name, typed) for name, typed in given if typed.strip()])


def now_in_words(what: str, terms: Terms, each: SectionSum) -> str:
    """What stands now of what may be changed, for the empty field."""
    if what == "share":
        return percent(each.step.share) if each.step.share is not None else ""
    if what == "deductible_amount":
        return deductible_in_words(terms) or "0"
    if what == "attachment_point":
        return amount(terms.attachment_point)
    if terms.limit is not None:
        return amount(terms.limit)
    return str(_("unlimited")) if terms.unlimited else amount(terms.sum_insured) if terms.sum_insured else ""
