"""What users change of themselves."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.people import Theme
from accounts.services import audit, recording

CHANGED = audit.action("user.changed", _("changed the user"))


def change_profile(*, user: User, by: User, version: int) -> User:
    """Saves what a user changed of themselves. Raises StaleVersion, ValidationError."""
    return recording.change(user, CHANGED, by=by, version=version)


@transaction.atomic
def choose_theme(*, user: User, theme: str, by: User) -> User:
    """The light or the dark look, or the device's. Raises ValidationError for any other word."""
    current = User.locked(user.pk)
    current.theme = Theme(theme).value
    return recording.change(current, CHANGED, by=by, version=current.version)
