"""What is done with the tree of risk categories, and the tree that ships with the product."""

import re
from collections.abc import Iterable
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit, recording
from common.reference import rows_of
from market.models import ClassOfBusiness
from risk.models import RiskCategory

ADDED = audit.action("category.added", _("added the risk category"))
CHANGED = audit.action("category.changed", _("changed the risk category"))
SHIPPED = Path(__file__).parent.parent / "data" / "categories.csv"
OED_CODE = re.compile(r"[A-Z]{2}[A-Z0-9]")

MOVE_BELOW = """
    update risk_riskcategory set path = %(path)s::varchar[] || path[cardinality(%(was)s::varchar[]) + 1:]
    where path @> array[%(code)s]::varchar[] and code <> %(code)s
"""


@transaction.atomic
def add(*, category: RiskCategory, classes: Iterable[ClassOfBusiness], by: User) -> RiskCategory:
    """Adds a category under its parent, answered by `classes`. Raises ValidationError with the fields named."""
    lock_tree()
    place(category)
    refuse_codes(category)
    category.full_clean()
    category.save(force_insert=True)
    category.classes.set(classes)
    said = audit.values(category) | class_names(category)
    del said["path"]
    audit.record(ADDED, category, by=by, after=said)
    return category


@transaction.atomic
def change(*, category: RiskCategory, classes: Iterable[ClassOfBusiness], by: User, version: int) -> RiskCategory:
    """Saves an edited category; under another parent, all below move with it. No change writes nothing.

    Raises StaleVersion when somebody saved it meanwhile, ValidationError with the fields named.
    """
    lock_tree()
    current = recording.locked(category, version=version)
    place(category)
    refuse_codes(category)
    before, after = audit.changes(current, category)
    is_moved = category.path != current.path
    if is_moved:  # what the record says of the parent says it
        del before["path"], after["path"]
    had, has = class_names(current), {"classes": sorted(str(row) for row in classes)}
    if had != has:
        before, after = before | had, after | has
    category.version = version
    if not after:
        return category
    category.full_clean()
    category.version = version + 1
    category.save(force_update=True)
    category.classes.set(classes)
    if is_moved:
        with connection.cursor() as cursor:
            cursor.execute(MOVE_BELOW, {"path": category.path, "was": current.path, "code": category.code})
    audit.record(CHANGED, category, by=by, before=before, after=after)
    return category


def lock_tree() -> None:
    """Makes changes of the tree wait for each other: two moves at once could close a loop that neither sees."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('risk_riskcategory'))")


def place(category: RiskCategory) -> None:
    """Works out the path from the parent as it is now. Raises ValidationError for a parent that is below it."""
    if category.parent_id is None:
        category.path = [category.code]
        return
    above = RiskCategory.objects.get(pk=category.parent_id).path
    if category.code in above:
        raise ValidationError({"parent": _("A category cannot be part of itself or of what is below it.")})
    category.path = [*above, category.code]


def refuse_codes(category: RiskCategory) -> None:
    """Raises ValidationError unless each peril code is well formed and no other category has it.

    A code on two categories would leave an import with a choice that nobody made.
    """
    unknown = [code for code in category.oed_codes if not OED_CODE.fullmatch(code)]
    if unknown:
        raise ValidationError(
            {
                "oed_codes": _("%(codes)s: a peril code has three characters, such as QEQ.")
                % {"codes": ", ".join(unknown)}
            }
        )
    others = RiskCategory.objects.filter(oed_codes__overlap=category.oed_codes).exclude(pk=category.pk)
    taken = others.first()
    if taken is not None:
        codes = ", ".join(code for code in category.oed_codes if code in taken.oed_codes)
        raise ValidationError(
            {"oed_codes": _("%(codes)s: the category %(other)s has that code.") % {"codes": codes, "other": taken}}
        )


def class_names(category: RiskCategory) -> dict[str, list[str]]:
    """The classes that answer the category, as the record keeps them."""
    return {"classes": sorted(str(row) for row in category.classes.all())}


def add_missing() -> int:
    """Adds the categories that ship and are not there yet, with their classes. Returns how many ship."""
    rows = list(rows_of(SHIPPED))
    known = {category.code: category for category in RiskCategory.objects.all()}
    paths: dict[str, list[str]] = {}
    added: list[RiskCategory] = []
    for rank, row in enumerate(rows, start=1):
        code, parent = row["code"], row["parent"]
        paths[code] = [*(paths[parent] if parent else []), code]
        if code not in known:
            known[code] = RiskCategory(
                code=code,
                name=row["name"],
                name_zh=row["name_zh"],
                parent=known[parent] if parent else None,
                path=paths[code],
                perils=row["perils"],
                perils_zh=row["perils_zh"],
                oed_codes=row["oed_codes"].split(),
                rank=rank,
            )
            added.append(known[code])
    RiskCategory.objects.bulk_create(added)
    classes = dict(ClassOfBusiness.objects.values_list("code", "pk"))
    links = RiskCategory.classes.through
    new = {category.code for category in added}
    links.objects.bulk_create(
        links(riskcategory_id=known[row["code"]].pk, classofbusiness_id=classes[code])
        for row in rows
        if row["code"] in new
        for code in row["classes"].split()
        if code in classes
    )
    return len(rows)
