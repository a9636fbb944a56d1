"""A person at an insurer, as entered."""

from typing import Any

from django import forms

from accounts.forms import RecordForm
from market.models import ClassOfBusiness, InsurerContact


class InsurerContactForm(RecordForm):
    class Meta:
        model = InsurerContact
        fields = ["name", "name_local", "job_title", "class_of_business", "email", "phone", "note", "left_on"]
        widgets = {"left_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        classes: Any = self.fields["class_of_business"]
        classes.queryset = ClassOfBusiness.objects.order_by("rank", "code")
