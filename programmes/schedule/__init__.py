"""The schedule of insurance: what a customer's programme says, composed for a PDF (schedule.typ sets it)."""

from programmes.schedule.composing import SCHEDULE, content

__all__ = ["SCHEDULE", "content"]
