"""The form every record is edited with: it carries the version, and shows a second editor what changed meanwhile."""

from collections.abc import Callable, Iterable
from typing import Any, cast

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry, User
from common.exceptions import StaleVersion, WrongState
from common.models import Record


class RecordForm(forms.ModelForm):
    """A form over one row. Give `user`; it decides what the pick lists offer.

    In a view: `if request.method == "POST" and form.saves(lambda: customers.change(...)):`. When that is false the form
    holds the errors, or in `conflict` what each field is by now beside what was typed, and is ready to be shown again.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["version"].initial = self.instance.version
        self.conflict: list[dict[str, Any]] = []
        self.conflict_by = ""
        self.conflict_at: Any = None
        self.use_required_attribute = False

    @property
    def edited_version(self) -> int:
        """The version of the row that the user was looking at."""
        return self.cleaned_data.get("version") or 0

    def saves(self, save: Callable[[], Any]) -> bool:
        """Validates, calls the service, and says whether it worked."""
        if not self.is_valid():
            return False
        try:
            save()
        except StaleVersion as stale:
            self.show_conflict(stale.current)
            return False
        except ValidationError as error:
            self.add_service_error(error)
            return False
        return True

    def add_service_error(self, error: ValidationError) -> None:
        """Puts what a service refused beside the fields; what concerns no field of the form above them all."""
        for name, words in by_field(error).items():
            self.add_error(name if name in self.fields else None, list(words))

    def show_conflict(self, current: Any) -> None:
        """Lists the fields that differ between the row as it is now and what was typed; saving again replaces it."""
        shown = type(self)(instance=current, user=self.user)
        for name, field in self.fields.items():
            if name == "version" or name not in self.cleaned_data:
                continue
            now, typed = shown[name].initial, self.cleaned_data[name]
            now = field.prepare_value(now) if hasattr(field, "prepare_value") else now
            if field.has_changed(now, field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))):
                self.conflict.append({"label": field.label, "now": worded(field, now), "typed": worded(field, typed)})
        last = AuditEntry.objects.of_object(current).first()
        if last is not None:
            self.conflict_by, self.conflict_at = last.actor_name, last.at
        typed_again = cast(QueryDict, self.data).copy()
        typed_again[self.add_prefix("version")] = str(current.version)
        self.data = typed_again
        self.add_error(None, _("It was not saved: somebody else saved it first."))


def by_field(error: ValidationError) -> dict[str, list[str]]:
    """What is wrong, by field; what concerns no field under Django's name for that."""
    return error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}


def worded(field: forms.Field, value: Any) -> str:
    """A value as a person reads it: the label of a choice, the name of a row, yes or no."""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(field, forms.ModelMultipleChoiceField):
        keys = [getattr(row, "pk", row) for row in value or []]
        return ", ".join(sorted(str(row) for row in cast(QuerySet[Any], field.queryset).filter(pk__in=keys)))
    if isinstance(field, forms.ModelChoiceField) and value is not None and not hasattr(value, "pk"):
        value = cast(QuerySet[Any], field.queryset).filter(pk=value).first()
    elif isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        return str(dict(flat(cast(Iterable[Any], field.choices))).get(value, value))
    return "" if value is None else str(field.prepare_value(value))


def flat(choices: Iterable[Any]) -> Iterable[tuple[Any, Any]]:
    """The choices of a list, those inside groups included."""
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from flat(label)
        else:
            yield value, label


class ActForm(forms.Form):
    """Carries the version of the row that the user saw. In a view: `if form.saves(lambda: policies.bind(...)):`."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, row: Record, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = row.version
        self.use_required_attribute = False

    def saves(self, act: Callable[[], Any]) -> bool:
        """Validates, calls the service, and says whether it worked. If not, the form holds why."""
        if not self.is_valid():
            return False
        try:
            act()
        except StaleVersion:
            self.add_error(None, _("Somebody changed it meanwhile: look at it again first."))
        except WrongState as wrong:
            self.add_error(None, str(wrong))
        except ValidationError as error:
            for name, words in by_field(error).items():
                self.add_error(name if name in self.fields else None, list(words))
        return not self.errors


class ProfileForm(RecordForm):
    """What a user may change of themselves."""

    class Meta:
        model = User
        fields = ["name", "name_local", "phone", "language"]
