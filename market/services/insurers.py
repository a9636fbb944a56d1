"""What is done with insurers and the groups they belong to."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit, recording
from market.models import Insurer, InsurerGroup

ADDED = audit.action("insurer.added", _("added the insurer"))
CHANGED = audit.action("insurer.changed", _("changed the insurer"))
GROUP_ADDED = audit.action("insurer_group.added", _("added the insurer group"))
GROUP_RENAMED = audit.action("insurer_group.renamed", _("renamed the insurer group"))


@transaction.atomic
def add(*, insurer: Insurer, by: User, new_group: str = "") -> Insurer:
    """Adds an insurer; `new_group` names a group to put it in. Raises ValidationError with the fields named."""
    put_into(insurer, new_group, by=by)
    return recording.add(insurer, ADDED, by=by)


@transaction.atomic
def change(*, insurer: Insurer, by: User, version: int, new_group: str = "") -> Insurer:
    """Saves an edited insurer; `new_group` as in `add`. Raises StaleVersion, ValidationError."""
    put_into(insurer, new_group, by=by)
    return recording.change(insurer, CHANGED, by=by, version=version)


def rename_group(*, group: InsurerGroup, by: User, version: int) -> InsurerGroup:
    """Saves a group's name. Raises StaleVersion, ValidationError."""
    return recording.change(group, GROUP_RENAMED, by=by, version=version)


def put_into(insurer: Insurer, name: str, *, by: User) -> None:
    """Puts the insurer in the group of that name, which is added where there is none. Raises ValidationError."""
    if not name:
        return
    group = InsurerGroup.objects.filter(name__iexact=name).first()
    if group is None:
        try:
            group = recording.add(InsurerGroup(name=name), GROUP_ADDED, by=by)
        except ValidationError as error:
            raise ValidationError({"new_group": error.messages}) from error
    insurer.group = group
