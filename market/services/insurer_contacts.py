"""What is done with the people at insurers."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit, recording
from market.models import InsurerContact

ADDED = audit.action("insurer_contact.added", _("added the contact at an insurer"))
CHANGED = audit.action("insurer_contact.changed", _("changed the contact at an insurer"))
REMOVED = audit.action("insurer_contact.removed", _("removed the contact at an insurer"))


def add(*, contact: InsurerContact, by: User) -> InsurerContact:
    """Adds a person to an insurer. Raises ValidationError with the fields named."""
    return recording.add(contact, ADDED, by=by)


def change(*, contact: InsurerContact, by: User, version: int) -> InsurerContact:
    """Saves an edited contact. Raises StaleVersion, ValidationError."""
    return recording.change(contact, CHANGED, by=by, version=version)


def remove(*, contact: InsurerContact, by: User, version: int) -> None:
    """Deletes a contact added by mistake; one who left is marked so instead. Raises StaleVersion."""
    recording.remove(contact, REMOVED, by=by, version=version)
