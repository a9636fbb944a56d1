"""A person at a customer, as entered."""

from django import forms

from accounts.forms import RecordForm
from profiles.models import Contact


class ContactForm(RecordForm):
    class Meta:
        model = Contact
        fields = ["name", "name_local", "job_title", "email", "phone", "receives_updates", "left_on"]
        widgets = {"left_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
