"""How the worklist is narrowed, and the question before a profile counts as reviewed."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from common.monitor import Topic
from common.templatetags.ui import money
from desk.selectors.worklist import Narrowing

STEPS = [1_000_000, 5_000_000, 10_000_000, 50_000_000]


class NarrowingForm(forms.Form):
    """The worklist's filters, from the address. What makes no sense there is left out."""

    topic = forms.ChoiceField(choices=Topic, required=False)
    least = forms.TypedChoiceField(coerce=int, empty_value=None, required=False, label=gettext_lazy("At stake"))
    manager = forms.ModelChoiceField(
        queryset=User.objects.none(),
        required=False,
        label=gettext_lazy("Account manager"),
        empty_label=gettext_lazy("All account managers"),
    )

    def __init__(self, *args: Any, managers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usual = settings.WORKLIST_MATERIALITY
        steps = sorted({0, usual, *(step for step in STEPS)})
        words = {step: _("from %(amount)s") % {"amount": money(step, settings.HOUSE_CURRENCY)} for step in steps}
        words[0] = _("Any amount at stake")
        self.fields["least"].choices = [(str(step), words[step]) for step in steps]  # type: ignore[attr-defined]
        self.fields["least"].initial = str(usual)
        self.fields["manager"].queryset = managers  # type: ignore[attr-defined]

    def narrowing(self) -> Narrowing:
        """What is asked for, the house's threshold where no other is."""
        self.is_valid()
        given = self.cleaned_data
        least, manager = given.get("least"), given.get("manager")
        return Narrowing(
            topic=given.get("topic", ""),
            least=settings.WORKLIST_MATERIALITY if least is None else least,
            manager=manager.pk if manager else None,
        )


class ReviewForm(forms.Form):
    """Confirms that a profile was gone through as it was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=gettext_lazy("What was checked, with whom"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
