"""Files of claims brought into the book: looked at first, then written exactly as they were shown."""

import datetime
from collections import Counter
from typing import IO
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.services import audit
from common.exceptions import WrongState
from common.files import RefusedRows, Table
from common.sheets import read_sheet
from profiles.models import Customer
from programmes.claim_files import loading
from programmes.claim_files.plan import Plan
from programmes.claim_files.planning import plan_import

IMPORTED = audit.action("claim.imported", gettext_lazy("imported claims of"))
MOST_BYTES = 64 * 1024 * 1024


def load_file(file: IO[bytes], *, by: User, on: datetime.date) -> Plan:
    """Brings in a file at once, all or nothing. Raises UnreadableFile, and RefusedRows where a row cannot be taken."""
    return load(read_sheet(file, max_bytes=MOST_BYTES), by=by, on=on)


@transaction.atomic
def load(table: Table, *, by: User, on: datetime.date, fingerprint: str = "") -> Plan:
    """Brings in a table, all or nothing; the record has one entry for each customer that something changed of.

    Raises UnreadableFile, RefusedRows, and WrongState where it would no longer do what `fingerprint` was shown of.
    """
    plan = plan_import(table, by=by, on=on, locks=True)
    if plan.refused:
        raise RefusedRows(plan.refused)
    if fingerprint and plan.fingerprint != fingerprint:
        raise WrongState(_("The book has changed since the file was checked. Look at it once more."))
    loading.load(plan)
    _record(plan, by=by)
    return plan


def _record(plan: Plan, *, by: User) -> None:
    tallies: dict[UUID, Counter[str]] = {}
    for step in plan.changed:
        tally = tallies.setdefault(step.customer_id, Counter())
        tally["added"] += step.is_new
        tally["changed"] += bool(step.changes) and not step.is_new
        tally["figures"] += len(step.added) + len(step.corrected)
    if not tallies:
        return
    for customer in Customer.objects.filter(pk__in=tallies).order_by("pk"):
        tally = tallies[customer.pk]
        note = _("From a file: %(added)d claims added, %(changed)d changed, %(figures)d figures given or corrected.")
        said = {"added": tally["added"], "changed": tally["changed"], "figures": tally["figures"]}
        audit.record(IMPORTED, customer, by=by, customer_id=customer.pk, note=note % said, check=False)
    audit.ask_for_checks(tallies, by=by)
