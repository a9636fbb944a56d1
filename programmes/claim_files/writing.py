"""A list of claims as a file, one row for each of a claim's figures: it reads back without a change."""

import datetime
from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch, QuerySet

from common.files import write_csv
from programmes.claim_files.columns import HEADINGS
from programmes.models import Claim, ClaimMovement


def as_csv(rows: QuerySet[Any], *, on: datetime.date) -> bytes:
    """Claims from `claim_rows`, in their order, with the figures known by the day. Two queries."""
    known = Prefetch("movements", ClaimMovement.objects.filter(stood_on__lte=on).order_by("stood_on"))
    claims = rows.select_related(
        "customer", "section__policy", "section__class_of_business", "category", "location"
    ).prefetch_related(known)
    return write_csv(HEADINGS.values(), (line for claim in claims for line in lines_of(claim, on)))


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
