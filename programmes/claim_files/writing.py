"""A list of claims as a file, one row for each of a claim's figures: it reads back without a change."""

import datetime
from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch, QuerySet

from common.files import write_csv
from common.sheets import write_xlsx
from programmes.claim_files.columns import HEADINGS
from programmes.models import Claim, ClaimMovement

WIDTHS = [18, 34, 18, 12, 10, 12, 14, 12, 12, 18, 20, 12, 44, 12, 16, 16, 24]
"""Characters that each column of a workbook is wide."""


def as_csv(rows: QuerySet[Any], *, on: datetime.date) -> bytes:
    """Claims from `claim_rows`, in their order, with the figures known by the day. Two queries."""
    return write_csv(HEADINGS.values(), lines(rows, on=on))


def as_xlsx(rows: QuerySet[Any], *, on: datetime.date) -> bytes:
    """The same as a workbook."""
    return write_xlsx(list(HEADINGS.values()), lines(rows, on=on), title="Claims", widths=WIDTHS)


def lines(rows: QuerySet[Any], *, on: datetime.date) -> Iterator[list[Any]]:
    """The rows of the file, claim by claim."""
    known = Prefetch("movements", ClaimMovement.objects.filter(stood_on__lte=on).order_by("stood_on"))
    claims = rows.select_related(
        "customer", "section__policy", "section__class_of_business", "category", "location"
    ).prefetch_related(known)
    for claim in claims:
        yield from lines_of(claim, on)


def lines_of(claim: Claim, on: datetime.date) -> Iterator[list[Any]]:
    """The rows of a claim, in the order of `HEADINGS`; one without figures where it has none."""
    policy = claim.section.policy
    told = [
        claim.reference,
        claim.customer.name,
        policy.number,
        policy.inception_date,
        claim.section.reference,
        claim.lost_on,
        claim.made_on,
        claim.notified_on,
        claim.closed_on if claim.closed_on and claim.closed_on <= on else None,
        claim.insurer_reference,
        claim.category.code if claim.category else "",
        claim.location.reference if claim.location else "",
        claim.description,
    ]
    movements = list(claim.movements.all())
    for row in movements:
        yield [*told, row.stood_on, row.outstanding, row.paid, row.note]
    if not movements:
        yield [*told, None, None, None, ""]
