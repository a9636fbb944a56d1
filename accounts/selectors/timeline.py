"""The record as a person reads it: what was done, by whom, and what each field was before and after."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import QuerySet
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from accounts.actions import action_label
from accounts.models import AuditEntry
from common.money import MoneyField, ShareField
from common.templatetags.ui import amount, day_text, percent

ICONS = {
    "added": "plus",
    "removed": "trash",
    "changed": "pencil",
    "reviewed": "checks",
    "taken_into_care": "heart-handshake",
    "begun": "plus",
    "endorsed": "file-plus",
    "drafted": "file-pencil",
    "signed_off": "signature",
    "corrected": "pencil",
    "withdrawn": "arrow-back-up",
    "bound": "check",
    "cancelled": "ban",
    "reinstated": "arrow-back-up",
    "ended": "player-stop",
    "resumed": "player-play",
    "charged": "receipt",
    "paid": "check",
    "settled": "clipboard-check",
    "accepted": "calendar-check",
    "acceptance_asked_for": "calendar-question",
    "acceptance_approved": "circle-check",
    "acceptance_refused": "circle-x",
    "declined": "user-x",
    "dismissed": "x",
    "decision_withdrawn": "arrow-back-up",
}


@dataclass(frozen=True)
class Change:
    """One field: its label, and what it was and is, worded."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class WordedEntry:
    """An entry of the record, ready to be shown."""

    entry: AuditEntry
    what: str
    icon: str
    changes: list[Change] = field(default_factory=list)


def entries_of_customer(customer_id: object) -> QuerySet[AuditEntry]:
    """Everything done about a customer, newest first."""
    return AuditEntry.objects.of_customer(customer_id)


def worded(entries: Iterable[AuditEntry]) -> list[WordedEntry]:
    """The entries in words, in the active language. Costs no query."""
    return [
        WordedEntry(
            entry=entry,
            what=_("%(act)s %(object)s")
            % {"act": capitalised(action_label(entry.action)), "object": entry.object_label},
            icon=ICONS.get(entry.action.rpartition(".")[2], "point"),
            changes=list(changes_of(entry)),
        )
        for entry in entries
    ]


def changes_of(entry: AuditEntry) -> Iterable[Change]:
    """The fields that the act set, by their labels; only for changes, since an addition says it all in its name."""
    if not entry.before:
        return
    yield from changes_between(apps.get_model(entry.object_type), entry.before, entry.after)


def changes_between(model: type[models.Model], before: dict[str, Any], after: dict[str, Any]) -> Iterable[Change]:
    """Two recorded states of a row of the model, field by field, in words."""
    for name, value in after.items():
        yield Change(
            label_of(model, name), value_in_words(model, name, before.get(name)), value_in_words(model, name, value)
        )


def label_of(model: type[models.Model], name: str) -> str:
    """A field's label; its name where the model no longer has it."""
    try:
        kind = model._meta.get_field(name)
    except FieldDoesNotExist:
        return name
    words = getattr(kind, "verbose_name", "") or (kind.related_model and kind.related_model._meta.verbose_name_plural)
    return capitalised(str(words or name))


def value_in_words(model: type[models.Model], name: str, value: Any) -> str:
    """A recorded value as a person reads it: labels of choices, names of rows, days and amounts worded."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return str(value.get("label", ""))
    try:
        kind = model._meta.get_field(name)
    except FieldDoesNotExist:
        kind = None
    if isinstance(value, list):
        labels = dict(getattr(getattr(kind, "base_field", None), "flatchoices", None) or ())
        return "; ".join(str(labels.get(part, part)) for part in value)
    choices = dict(getattr(kind, "flatchoices", None) or ())
    if value in choices:
        return str(choices[value])
    if isinstance(kind, ShareField):
        return percent(value)
    if isinstance(kind, MoneyField):
        return amount(value)
    if isinstance(kind, models.DateField):
        moment = parse_datetime(value) or parse_date(value)
        return day_text(moment) if isinstance(moment, datetime.date) else str(value)
    return str(value)


def capitalised(words: str) -> str:
    return words[:1].upper() + words[1:]
