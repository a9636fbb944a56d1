"""What is done with the premises of a customer."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit, recording
from profiles.models import Location

ADDED = audit.action("location.added", _("added the location"))
CHANGED = audit.action("location.changed", _("changed the location"))


def add(*, location: Location, by: User) -> Location:
    """Adds premises to a customer. Raises ValidationError with the fields named."""
    return recording.add(location, ADDED, by=by)


def change(*, location: Location, by: User, version: int) -> Location:
    """Saves edited premises. Raises StaleVersion, ValidationError."""
    return recording.change(location, CHANGED, by=by, version=version)
