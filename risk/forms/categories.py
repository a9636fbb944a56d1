"""A risk category, as entered."""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.forms import RecordForm
from market.models import ClassOfBusiness
from risk.models import RiskCategory
from risk.selectors.categories import walked

INDENT = "\N{EM SPACE}"


class CategoryChoice(forms.ModelChoiceField):
    """A place in the tree: the categories in its order, indented by their depth."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{INDENT * obj.depth}{obj}"


class CodesField(forms.CharField):
    """Codes with spaces or commas between them, as the list that the row keeps."""

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        codes = self.codes(value)
        if len(set(codes)) < len(codes):
            raise ValidationError(_("A code stands here twice."))
        return codes

    def prepare_value(self, value: Any) -> Any:
        return " ".join(value) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.codes(initial) != self.codes(data)

    @staticmethod
    def codes(value: Any) -> list[str]:
        return sorted(value.replace(",", " ").upper().split() if isinstance(value, str) else value or [])


class CategoryForm(RecordForm):
    """The code is given once: files and other systems know the category by it."""

    parent = CategoryChoice(
        RiskCategory.objects.none(), label=_("Part of"), required=False, empty_label=_("Stands at the top")
    )
    oed_codes = CodesField(
        label=_("OED peril codes"), required=False, help_text=_("Imports find the category by them, such as QEQ QLF.")
    )
    classes = forms.ModelMultipleChoiceField(
        ClassOfBusiness.objects.none(),
        label=_("Classes of business that answer it"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = RiskCategory
        fields = ["code", "name", "name_zh", "parent", "perils", "perils_zh", "oed_codes", "classes", "rank"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            del self.fields["code"]
        parents = cast(CategoryChoice, self.fields["parent"])
        parents.queryset = RiskCategory.objects.all()
        rows = walked(list(RiskCategory.objects.order_by("rank", "code")))
        offered = [row for row in rows if self.instance._state.adding or self.instance.code not in row.path]
        parents.widget.choices = [
            ("", parents.empty_label),
            *((row.pk, parents.label_from_instance(row)) for row in offered),
        ]
        self.fields["classes"].queryset = ClassOfBusiness.objects.order_by("rank", "code")  # type: ignore[attr-defined]
