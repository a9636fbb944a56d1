"""What is done with value indices and their figures."""

import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit, recording
from market.models import ValueIndex, ValueIndexFigure

ADDED = audit.action("value_index.added", _("added the value index"))
CHANGED = audit.action("value_index.changed", _("changed the value index"))
FIGURE_ADDED = audit.action("value_index_figure.added", _("added the figure of"))
FIGURE_CORRECTED = audit.action("value_index_figure.corrected", _("corrected the figure of"))
FIGURE_REMOVED = audit.action("value_index_figure.removed", _("removed the figure of"))


def add(*, index: ValueIndex, by: User) -> ValueIndex:
    """Adds an index, without figures. Raises ValidationError with the fields named."""
    return recording.add(index, ADDED, by=by)


def change(*, index: ValueIndex, by: User, version: int) -> ValueIndex:
    """Saves an edited index. Raises StaleVersion, ValidationError."""
    return recording.change(index, CHANGED, by=by, version=version)


def add_figure(*, figure: ValueIndexFigure, by: User, on: datetime.date) -> ValueIndexFigure:
    """Adds a figure from a day not after `on`. Raises ValidationError with the fields named."""
    refuse_future(figure, on)
    return recording.add(figure, FIGURE_ADDED, by=by)


def correct_figure(*, figure: ValueIndexFigure, by: User, version: int, on: datetime.date) -> ValueIndexFigure:
    """Saves a figure that was entered wrongly. Raises StaleVersion, ValidationError with the fields named."""
    refuse_future(figure, on)
    return recording.change(figure, FIGURE_CORRECTED, by=by, version=version)


def remove_figure(*, figure: ValueIndexFigure, by: User, version: int) -> None:
    """Deletes a figure that was never published. Raises StaleVersion."""
    recording.remove(figure, FIGURE_REMOVED, by=by, version=version)


def refuse_future(figure: ValueIndexFigure, on: datetime.date) -> None:
    if figure.valid_from > on:
        raise ValidationError({"valid_from": _("A figure is known only once its day has come.")})
