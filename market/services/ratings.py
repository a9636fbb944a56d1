"""What is done with the ratings of insurers: entered as an agency gives them, corrected, withdrawn by the agency."""

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit, recording
from market.models import InsurerRating

ADDED = audit.action("rating.added", _("added the rating"))
CORRECTED = audit.action("rating.corrected", _("corrected the rating"))
WITHDRAWN = audit.action("rating.withdrawn", _("recorded that the agency withdrew its rating,"))
REMOVED = audit.action("rating.removed", _("removed the rating"))


def add(*, rating: InsurerRating, by: User, on: datetime.date) -> InsurerRating:
    """Adds what an agency says from a day not after `on`. Raises ValidationError with the fields named."""
    refuse_future(rating, on)
    if rating.grade is None:
        raise ValidationError({"grade": _("Choose the grade. A rating that the agency withdrew is recorded as such.")})
    return recording.add(rating, ADDED, by=by)


@transaction.atomic
def withdraw(*, rating: InsurerRating, by: User, on: datetime.date) -> InsurerRating:
    """Adds that an agency no longer rates the insurer from a day not after `on`; what it said before stays.

    Raises ValidationError with the fields named, also where the agency has no grade to withdraw on that day.
    """
    refuse_future(rating, on)
    rating.grade, rating.outlook = None, ""
    earlier = InsurerRating.objects.filter(
        insurer=rating.insurer_id, agency=rating.agency, rated_on__lt=rating.rated_on
    ).order_by("-rated_on")
    before = earlier.first()
    if before is None or before.grade_id is None:
        raise ValidationError({"rated_on": _("The agency has no rating of this insurer before that day.")})
    return recording.add(rating, WITHDRAWN, by=by)


def correct(*, rating: InsurerRating, by: User, version: int, on: datetime.date) -> InsurerRating:
    """Saves a rating that was entered wrongly. Raises StaleVersion, ValidationError with the fields named."""
    refuse_future(rating, on)
    return recording.change(rating, CORRECTED, by=by, version=version)


def remove(*, rating: InsurerRating, by: User, version: int) -> None:
    """Deletes a rating that was never given. Raises StaleVersion."""
    recording.remove(rating, REMOVED, by=by, version=version)


def refuse_future(rating: InsurerRating, on: datetime.date) -> None:
    if rating.rated_on > on:
        raise ValidationError({"rated_on": _("A rating is known only once its day has come.")})
