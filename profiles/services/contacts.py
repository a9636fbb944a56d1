"""What is done with the people at a customer."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit, recording
from profiles.models import Contact

ADDED = audit.action("contact.added", _("added the contact"))
CHANGED = audit.action("contact.changed", _("changed the contact"))
REMOVED = audit.action("contact.removed", _("removed the contact"))


def add(*, contact: Contact, by: User) -> Contact:
    """Adds a person to a customer. Raises ValidationError with the fields named."""
    return recording.add(contact, ADDED, by=by)


def change(*, contact: Contact, by: User, version: int) -> Contact:
    """Saves an edited contact. Raises StaleVersion, ValidationError."""
    return recording.change(contact, CHANGED, by=by, version=version)


def remove(*, contact: Contact, by: User, version: int) -> None:
    """Deletes a contact added by mistake; one who left is marked so instead.

    Raises StaleVersion, and ProtectedError for one who agreed to something that is on record.
    """
    recording.remove(contact, REMOVED, by=by, version=version)
