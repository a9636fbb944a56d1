"""Field history: every insert, update and delete of a tracked table leaves a row that nobody can change."""

from collections.abc import Callable
from typing import TypeVar

import pghistory
from django.db import models
from pghistory.models import Event

Model = TypeVar("Model", bound=type[models.Model])


class HistoryRow(Event):
    """A state a row once had. The key is 64 bits wide: every change of every table counts it up."""

    pgh_id = models.BigAutoField(primary_key=True)

    class Meta:
        abstract = True


def tracked(model: Model) -> Model:
    """Class decorator. Triggers of the table's owner write the history, one statement for a whole bulk write."""
    return tracked_without()(model)


def tracked_without(*fields: str) -> Callable[[Model], Model]:
    """The same, leaving out fields that must not be kept, such as a password's hash."""
    # New trackers each time: a tracker remembers the fields of the model it was first given.
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        base_model=HistoryRow,
        exclude=list(fields) or None,
    )
