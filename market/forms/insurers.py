"""An insurer and its group, as entered."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import RecordForm
from common.forms import WebAddressField
from market.models import Insurer, InsurerGroup


class InsurerForm(RecordForm):
    new_group = forms.CharField(
        label=_("Or a new group"),
        required=False,
        max_length=InsurerGroup._meta.get_field("name").max_length,
        help_text=_("Give a name only where the list has no such group."),
    )

    class Meta:
        model = Insurer
        fields = ["name", "name_local", "short_name", "group", "country", "website", "is_active"]
        field_classes = {"website": WebAddressField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = InsurerGroup.objects.order_by("name")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("new_group") and "group" in self.changed_data and cleaned.get("group"):
            self.add_error("new_group", _("Choose a group or name a new one, not both."))
        return cleaned


class InsurerGroupForm(RecordForm):
    class Meta:
        model = InsurerGroup
        fields = ["name"]
