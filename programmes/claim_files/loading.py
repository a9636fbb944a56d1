"""Writes a plan of claims into the book, many rows at a time."""

from common.copying import copy_rows
from programmes.claim_files.plan import Plan
from programmes.models import Claim, ClaimMovement
from programmes.oed.loading import change

FIELDS = (
    "insurer_reference",
    "lost_on",
    "made_on",
    "notified_on",
    "closed_on",
    "category_id",
    "location_id",
    "description",
)


def load(plan: Plan) -> None:
    """Writes the plan, which nothing may be refused of. Must run inside a transaction, with a plan made in it."""
    blank = Claim()
    copy_rows(
        Claim,
        ["id", "customer_id", "section_id", "reference", *FIELDS],
        (
            [
                step.id,
                step.customer_id,
                step.section_id,
                step.reference,
                *(step.changes.get(name, getattr(blank, name)) for name in FIELDS),
            ]
            for step in plan.steps
            if step.is_new
        ),
    )
    change(Claim, {step.id: step.changes for step in plan.steps if step.changes and not step.is_new})
    copy_rows(
        ClaimMovement,
        ["customer_id", "claim_id", "stood_on", "outstanding", "paid", "note"],
        (
            [step.customer_id, step.id, row.stood_on, row.outstanding, row.paid, row.note]
            for step in plan.steps
            for row in step.added
        ),
    )
    change(ClaimMovement, {row.id: row.changes for step in plan.steps for row in step.corrected if row.id})
