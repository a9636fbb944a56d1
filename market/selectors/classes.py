"""Classes of business as people look for them: by group."""

from itertools import groupby

from django.utils.translation import gettext, gettext_noop

from market.models import ClassOfBusiness

GROUPS = [
    gettext_noop("Property"),
    gettext_noop("Liability"),
    gettext_noop("Financial lines"),
    gettext_noop("Marine and transport"),
    gettext_noop("People"),
]
"""The groups that ship, here so that they are translated. A house may name others."""


def by_group() -> list[tuple[str, list[ClassOfBusiness]]]:
    """Pairs of a group's name in the user's language and its classes. The group with the first class comes first."""
    rows = list(ClassOfBusiness.objects.order_by("rank", "code"))
    first = {group: at for at, group in reversed(list(enumerate(row.group for row in rows)))}
    rows.sort(key=lambda row: first[row.group])
    return [(gettext(group), list(of_group)) for group, of_group in groupby(rows, key=lambda row: row.group)]


def group_names() -> list[str]:
    """The groups in use, as they are kept."""
    return sorted(set(ClassOfBusiness.objects.values_list("group", flat=True)))
