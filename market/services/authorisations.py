"""What is done with the authorisations of insurers."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit, recording
from market.models import Authorisation

ADDED = audit.action("authorisation.added", _("added the authorisation"))
CHANGED = audit.action("authorisation.changed", _("changed the authorisation"))
REMOVED = audit.action("authorisation.removed", _("removed the authorisation"))


def add(*, authorisation: Authorisation, by: User) -> Authorisation:
    """Adds an authorisation. Raises ValidationError with the fields named."""
    return recording.add(authorisation, ADDED, by=by)


def change(*, authorisation: Authorisation, by: User, version: int) -> Authorisation:
    """Saves an edited authorisation. Raises StaleVersion, ValidationError."""
    return recording.change(authorisation, CHANGED, by=by, version=version)


def remove(*, authorisation: Authorisation, by: User, version: int) -> None:
    """Deletes an authorisation entered by mistake; one that lapsed gets its last day instead. Raises StaleVersion."""
    recording.remove(authorisation, REMOVED, by=by, version=version)
