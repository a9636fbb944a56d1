"""What a person says when deciding a finding, withdrawing a decision, or answering one who asks to accept it."""

import datetime
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models.people import Language
from common.exceptions import StaleVersion, WrongState
from common.models import Record
from common.templatetags.ui import day_text
from monitoring.models import DecisionKind, Finding
from monitoring.services import decisions
from profiles.models import Contact
from programmes.forms.renewals import NoteField


class VersionedForm(forms.Form):
    """Carries the version of the row that the person was looking at.

    `seen` is that row, or what became of it since; `outcome` is what the service made of it.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)
    use_required_attribute = False

    def __init__(self, *args: Any, row: Record, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seen: Any = row
        self.outcome: Any = None
        self.fields["version"].initial = row.version

    def saves(self, act: Callable[[], Any]) -> bool:
        """Validates, calls the service, and says whether it worked. If not, the form holds why, and what was typed."""
        if not self.is_valid():
            return False
        try:
            self.outcome = act()
        except StaleVersion as stale:
            self.seen = stale.current
            self.data = {**self.data.dict(), "version": stale.current.version}  # type: ignore[attr-defined]
            self.add_error(None, _("It changed meanwhile: this is how it stands now."))
        except WrongState as wrong:
            self.add_error(None, str(wrong))
        except ValidationError as error:
            for name, words in error.message_dict.items():
                self.add_error(name if name in self.fields and name != NON_FIELD_ERRORS else None, list(words))
        return not self.errors


class WayForm(VersionedForm):
    """One of the ways to decide a finding. Several stand on one page, so each gives its fields names of its own."""

    way: DecisionKind
    with_others = forms.BooleanField(
        label=gettext_lazy("Decide these in the same way, for the same reason"), required=False, initial=True
    )

    def __init__(self, *args: Any, on: datetime.date, row: Finding, **kwargs: Any) -> None:
        super().__init__(*args, row=row, auto_id=f"{self.way.lower()}_%s", **kwargs)
        self.on = on


class AcceptForm(WayForm):
    way = DecisionKind.ACCEPT
    reason = forms.CharField(
        label=gettext_lazy("Why we live with it"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": gettext_lazy("Say why it is accepted.")},
    )
    expires_on = forms.DateField(
        label=gettext_lazy("Accepted until"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": gettext_lazy("Say until which day it is accepted.")},
    )
    field_order = ["version", "reason", "expires_on", "with_others"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        last = decisions.last_expiry(self.on)
        self.fields["expires_on"].help_text = _("The last day, %(last)s at the latest. It opens again after it.") % {
            "last": day_text(last)
        }
        tomorrow = self.on + datetime.timedelta(days=1)
        self.fields["expires_on"].widget.attrs |= {"min": tomorrow.isoformat(), "max": last.isoformat()}


class ContactField(forms.ModelChoiceField):
    """A contact, offered with the job title."""

    def label_from_instance(self, contact: Contact) -> str:
        return f"{contact.name} · {contact.job_title}" if contact.job_title else contact.name


class DeclineForm(WayForm):
    way = DecisionKind.DECLINE
    recommended = forms.CharField(
        label=gettext_lazy("What we recommended"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4000,
        error_messages={"required": gettext_lazy("Say what was recommended.")},
    )
    contact = ContactField(
        queryset=Contact.objects.none(),
        label=gettext_lazy("Who declined it"),
        empty_label=gettext_lazy("Choose a contact"),
        error_messages={"required": gettext_lazy("Choose who declined it.")},
    )
    declined_on = forms.DateField(
        label=gettext_lazy("On which day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": gettext_lazy("Say on which day it was declined.")},
    )
    language = forms.ChoiceField(choices=Language, label=gettext_lazy("In which language it was explained"))
    reason = forms.CharField(
        label=gettext_lazy("What they said"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
    )
    field_order = ["version", "recommended", "contact", "declined_on", "language", "reason", "with_others"]

    def __init__(self, *args: Any, row: Finding, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        contacts = Contact.objects.filter(customer=row.customer)
        self.fields["contact"].queryset = contacts.order_by(  # type: ignore[attr-defined]
            F("left_on").desc(nulls_first=True), "name", "pk"
        )
        self.fields["language"].initial = row.customer.language
        self.fields["declined_on"].widget.attrs["max"] = self.on.isoformat()


class DismissForm(WayForm):
    way = DecisionKind.DISMISS
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        help_text=gettext_lazy("It is kept with the figures of today, and shown again when one of them changes."),
        error_messages={"required": gettext_lazy("Say why it is dismissed.")},
    )
    field_order = ["version", "reason", "with_others"]


class WithdrawForm(VersionedForm):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": gettext_lazy("Say why it shall no longer stand.")},
    )


class AnswerForm(VersionedForm):
    """A supervisor's answer. The note is needed for refusing: the service says so, and it is never called optional."""

    APPROVE, REFUSE = "APPROVE", "REFUSE"
    answer = forms.ChoiceField(
        label=gettext_lazy("Your answer"),
        choices=[(APPROVE, gettext_lazy("Approve it")), (REFUSE, gettext_lazy("Do not approve it"))],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose an answer.")},
    )
    note = NoteField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("Needed where you do not approve: say why."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )
