"""What bringing in a file of claims would do: each claim and figure to be added or changed. Reads nothing."""

import datetime
import hashlib
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from common.files import RefusedRow


@dataclass
class MovementStep:
    """Figures as at a day. `id` and `changes` of those that are there and read otherwise."""

    stood_on: datetime.date
    outstanding: Decimal
    paid: Decimal
    note: str
    id: UUID | None = None
    changes: dict[str, Any] = field(default_factory=dict)


@dataclass
class ClaimStep:
    """A claim of the file. `changes` holds every field of a new one, those that differ of one there already."""

    id: UUID
    customer_id: UUID
    customer_name: str
    section_id: UUID
    policy: str
    reference: str
    is_new: bool
    changes: dict[str, Any]
    movements: list[MovementStep] = field(default_factory=list)

    @property
    def added(self) -> list[MovementStep]:
        return [row for row in self.movements if row.id is None]

    @property
    def corrected(self) -> list[MovementStep]:
        return [row for row in self.movements if row.changes]

    @property
    def is_changed(self) -> bool:
        return bool(self.is_new or self.changes or self.added or self.corrected)


@dataclass
class Plan:
    """Everything an import would do, or why it cannot."""

    steps: list[ClaimStep] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    rows: int = 0

    @property
    def refused_rows(self) -> int:
        return len({row.row for row in self.refused})

    @property
    def changed(self) -> list[ClaimStep]:
        return [step for step in self.steps if step.is_changed]

    @property
    def counts(self) -> dict[str, int]:
        """What would be done, by words."""
        movements = Counter(
            "added" if row.id is None else "corrected" if row.changes else "unchanged"
            for step in self.steps
            for row in step.movements
        )
        return {
            _("claims added"): sum(step.is_new for step in self.steps),
            _("claims changed"): sum(bool(step.changes) and not step.is_new for step in self.steps),
            _("claims unchanged"): sum(not step.is_new and not step.changes for step in self.steps),
            _("figures added"): movements["added"],
            _("figures corrected"): movements["corrected"],
            _("figures unchanged"): movements["unchanged"],
        }

    @property
    def fingerprint(self) -> str:
        """The same for two plans that do the same to the same rows; the keys of new rows do not count."""
        digest = hashlib.sha256()
        for step in self.changed:
            key = (step.section_id, step.reference, step.is_new, sorted(step.changes.items(), key=lambda item: item[0]))
            moved = [
                (row.stood_on, row.outstanding, row.paid, row.note, row.id, sorted(row.changes))
                for row in (*step.added, *step.corrected)
            ]
            digest.update(repr((key, moved)).encode())
        return digest.hexdigest()
