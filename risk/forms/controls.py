"""A control of a risk as entered, and what shows that it is done."""

from typing import Any, cast

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.forms import ActForm, RecordForm
from accounts.models import User, UserKind
from profiles.models import Customer
from risk.forms.risks import day_input
from risk.models import Control


def who_follow_up(customer: Customer, *, held: Any = None) -> Any:
    """The people who may follow up what is agreed with a customer: of its team, its assistants, and who does so now."""
    portfolio = customer.portfolio
    rows = User.objects.filter(kind=UserKind.PERSON)
    near = Q(team=portfolio.team_id) | Q(pk=portfolio.manager_id) | Q(assisted_portfolios=portfolio.pk)
    return rows.filter(Q(is_active=True) & near | Q(pk=held)).distinct().order_by("name", "pk")


class ControlForm(RecordForm):
    """The instance knows its risk. Once it is done, the day and the evidence are part of the form."""

    class Meta:
        model = Control
        fields = ["name", "origin", "owner", "responsible", "due_on", "done_on", "evidence"]
        widgets = {
            "name": forms.Textarea(attrs={"rows": 2}),
            "due_on": day_input(),
            "done_on": day_input(),
            "evidence": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = cast(forms.ModelChoiceField, self.fields["responsible"])
        people.queryset = who_follow_up(self.instance.risk.customer, held=self.instance.responsible_id)
        people.empty_label = _("Nobody yet")
        self.fields["owner"].help_text = _("At the customer: a name or a function.")
        if self.instance.done_on is None:
            del self.fields["done_on"], self.fields["evidence"]
        else:
            self.fields["done_on"].required = self.fields["evidence"].required = True


class FinishForm(ActForm):
    done_on = forms.DateField(label=_("Done on"), widget=day_input())
    evidence = forms.CharField(
        label=_("Evidence"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4000,
        help_text=_("What shows it: a report, a photograph, a visit, and of which day."),
    )
