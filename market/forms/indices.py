"""A value index and its figures, as entered."""

from typing import Any

from django import forms

from accounts.forms import RecordForm
from common.forms import AmountField
from market.models import ValueIndex, ValueIndexFigure


class ValueIndexForm(RecordForm):
    """The code is given once: files and values know the index by it."""

    class Meta:
        model = ValueIndex
        fields = ["code", "name", "name_zh", "country", "publisher"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            del self.fields["code"]


class ValueIndexFigureForm(RecordForm):
    class Meta:
        model = ValueIndexFigure
        fields = ["valid_from", "figure"]
        field_classes = {"figure": AmountField}
        widgets = {"valid_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
