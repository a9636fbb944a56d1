"""What is done with the sections of a policy."""

import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actions import action
from accounts.models import User
from accounts.services import recording
from programmes.models import Section
from programmes.services import terms
from programmes.services.terms import Given

ADDED = action("section.added", _("added the section"))
CHANGED = action("section.changed", _("changed the section"))


@transaction.atomic
def add(*, section: Section, given: Given, by: User, from_day: datetime.date | None = None) -> Section:
    """Adds a section to its policy together with its first terms, from the day, else from the policy's inception.

    It is of the policy's class where it names none. Raises ValidationError with the fields named.
    """
    section.customer_id = section.policy.customer_id
    if section.class_of_business_id is None:
        section.class_of_business_id = section.policy.class_of_business_id
    recording.add(section, ADDED, by=by)
    terms.begin(section=section, given=given, by=by, from_day=from_day)
    return section


def change(*, section: Section, by: User, version: int) -> Section:
    """Saves a section's reference and name. Raises StaleVersion, ValidationError."""
    return recording.change(section, CHANGED, by=by, version=version)
