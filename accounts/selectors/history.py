"""Field history as a person reads it: what the triggers kept of a row, state by state, bulk changes included."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from accounts.selectors.timeline import Change, label_of

UNSHOWN = {"created_at", "updated_at", "version"}
SHOWN = 100
"""States shown of one row, the newest first."""


@dataclass(frozen=True)
class State:
    """One write of a row: when, by whom, and what it changed. Nothing changed: the row was added or deleted."""

    at: Any
    who: str
    what: str
    changes: list[Change]


def states_of(row: models.Model) -> list[State]:
    """The latest states of a row, newest first, each with what it changed. One query."""
    history = row.events.model  # type: ignore[attr-defined]
    kept = list(history.objects.filter(pgh_obj_id=row.pk).order_by("-pgh_id")[: SHOWN + 1])
    names = [field.name for field in row._meta.concrete_fields if field.name not in UNSHOWN]
    words = {"insert": _("Added"), "update": _("Changed"), "delete": _("Deleted")}
    return [
        State(
            at=state.pgh_created_at,
            who=(state.pgh_context or {}).get("actor_name", ""),
            what=words[state.pgh_label],
            changes=list(differences(row, names, earlier, state)) if earlier and state.pgh_label == "update" else [],
        )
        for state, earlier in zip(kept, [*kept[1:], None])
    ][:SHOWN]


def differences(row: models.Model, names: Iterable[str], before: models.Model, after: models.Model) -> Iterable[Change]:
    """The fields in which two states differ. References are shown by their key, for what they named may be gone."""
    for name in names:
        if not hasattr(after, name) and not hasattr(after, f"{name}_id"):
            continue
        field = row._meta.get_field(name)
        old, new = (getattr(state, getattr(field, "attname", name)) for state in (before, after))
        if old != new:
            yield Change(label_of(type(row), name), worded(field, old), worded(field, new))


def worded(field: Any, value: Any) -> str:
    """A kept value: the label of a choice, else its text."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return str(dict(getattr(field, "flatchoices", None) or ()).get(value, value))
