"""What is done with classes of business, and the list of them that ships with the product."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit, recording
from common.reference import rows_of
from market.models import ClassOfBusiness

ADDED = audit.action("class.added", _("added the class"))
CHANGED = audit.action("class.changed", _("changed the class"))
SHIPPED = Path(__file__).parent.parent / "data" / "classes.csv"


def add(*, class_of_business: ClassOfBusiness, by: User) -> ClassOfBusiness:
    """Adds a class of business. Raises ValidationError with the fields named."""
    return recording.add(class_of_business, ADDED, by=by)


def change(*, class_of_business: ClassOfBusiness, by: User, version: int) -> ClassOfBusiness:
    """Saves an edited class. Raises StaleVersion, ValidationError."""
    return recording.change(class_of_business, CHANGED, by=by, version=version)


def add_missing() -> int:
    """Adds the classes that ship and are not there yet; leaves those that somebody changed. Returns how many ship."""
    rows = [ClassOfBusiness(**row) for row in rows_of(SHIPPED)]
    ClassOfBusiness.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
