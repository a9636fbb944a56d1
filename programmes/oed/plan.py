"""What an import will do: the choices it rests on and each row to be added or changed. Nothing here reads the book."""

import datetime
import hashlib
from collections import Counter
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from programmes.oed.locations import LocationRow
from programmes.oed.reading import Problem


class ShareMeaning(models.TextChoices):
    """What LayerParticipation says: the standard was made for one insurer's model of its own share."""

    WHOLE = "whole", _("It is all that is placed of the layer")
    ONE_INSURER = "one-insurer", _("It is one insurer's line, the rest is placed elsewhere")


@dataclass(frozen=True)
class Choices:
    """What a person chose. `classes`: line of business to class code; `names`: customer's external id to its name."""

    source: str
    customer_field: str = "AccNumber"
    share: str = ""
    classes: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    leaves_out_bad_rows: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, options: dict[str, Any]) -> "Choices":
        return cls(**options)


@dataclass(slots=True)
class CustomerStep:
    """A customer of the file. `fields` are those of a new one; one that is there already is left as it is."""

    id: UUID
    external_id: str
    is_new: bool
    name: str
    fields: dict[str, Any]
    tally: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class ValueStep:
    """A dated value to be added, or (`corrects`) the one of the same day to be put right."""

    exposure_id: UUID
    is_new_exposure: bool
    kind: str
    amount: Decimal
    currency: str
    indemnity_days: int | None
    valued_on: datetime.date
    corrects: UUID | None = None


@dataclass(slots=True)
class LocationStep:
    """A location with the values that change. `changes` are the fields of one that is there already."""

    row: LocationRow
    id: UUID
    customer_id: UUID
    is_new: bool
    changes: dict[str, Any] = field(default_factory=dict)
    values: list[ValueStep] = field(default_factory=list)

    @property
    def is_changed(self) -> bool:
        return bool(self.is_new or self.changes or self.values)


@dataclass(slots=True)
class SectionStep:
    """A section and its terms. `changes` are fields of the latest terms; None for `line` leaves the lines alone."""

    id: UUID
    is_new: bool
    reference: str
    terms_id: UUID
    has_new_terms: bool
    changes: dict[str, Any]
    not_in_sums: list[str] | None
    covers: frozenset[UUID]
    uncovers: frozenset[UUID]
    line: Decimal | None
    replaces_lines: bool

    @property
    def is_changed(self) -> bool:
        return bool(
            self.is_new
            or self.has_new_terms
            or self.changes
            or self.not_in_sums is not None
            or self.covers
            or self.uncovers
            or self.replaces_lines
        )


@dataclass(slots=True)
class PolicyStep:
    """A policy and its sections. `changes` holds all fields of a new one, those that differ of one there already."""

    id: UUID
    external_id: str
    customer_id: UUID
    is_new: bool
    inception: datetime.date
    changes: dict[str, Any]
    moves_terms_from: datetime.date | None
    sections: list[SectionStep] = field(default_factory=list)


@dataclass(slots=True)
class KeptRow:
    """A row of a file that is kept with the run: what it became, and what it says that no sum uses."""

    file: str
    number: int
    object_type: str
    object_id: UUID
    extra: dict[str, str]


@dataclass
class Plan:
    """Everything an import would do. `counts` are by kind of thing: create, update, unchanged; rows refused by file."""

    choices: Choices
    on: datetime.date
    kind: str = "PROPERTY"
    customers: list[CustomerStep] = field(default_factory=list)
    locations: list[LocationStep] = field(default_factory=list)
    policies: list[PolicyStep] = field(default_factory=list)
    kept: list[KeptRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    asks_share: bool = False
    share_example: str = ""
    classes: list[dict[str, Any]] = field(default_factory=list)
    missing: list[dict[str, str]] = field(default_factory=list)
    without_value: int = 0
    not_used: list[dict[str, Any]] = field(default_factory=list)
    rows: Counter[str] = field(default_factory=Counter)
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    sums: dict[str, dict[str, Decimal]] = field(default_factory=dict)

    def count(self, things: str, what: str, number: int = 1) -> None:
        self.counts.setdefault(things, Counter({"create": 0, "update": 0, "unchanged": 0}))[what] += number

    @property
    def refused_rows(self) -> int:
        return len({(problem.file, problem.row) for problem in self.problems})

    @property
    def is_loadable(self) -> bool:
        """Whether it may be loaded as it stands: nothing left to ask, and no bad row that a person did not give up."""
        return not self.asks_share and (not self.problems or self.choices.leaves_out_bad_rows)

    @property
    def changes_something(self) -> bool:
        return bool(
            self.kept
            or any(step.is_new for step in self.customers)
            or any(step.is_changed for step in self.locations)
            or any(
                step.is_new or step.changes or any(section.is_changed for section in step.sections)
                for step in self.policies
            )
        )

    @property
    def fingerprint(self) -> str:
        """The same for two plans that do the same to the same rows; the keys of new rows do not count."""
        digest = hashlib.sha256()
        for customer in self.customers:
            digest.update(repr((customer.external_id, customer.is_new, customer.name, customer.fields)).encode())
        for place in self.locations:
            if place.is_changed:
                values = [
                    (value.kind, value.amount, value.currency, value.indemnity_days, value.valued_on, value.corrects)
                    for value in place.values
                ]
                digest.update(repr((place.row.key, place.is_new, place.row.fields, place.changes, values)).encode())
        for policy in self.policies:
            digest.update(repr((policy.external_id, policy.is_new, sorted(policy.changes.items()))).encode())
            for section in policy.sections:
                digest.update(
                    repr(
                        (
                            section.reference,
                            section.is_new,
                            section.has_new_terms,
                            sorted(section.changes.items()),
                            section.not_in_sums,
                            sorted(section.covers),
                            sorted(section.uncovers),
                            section.line,
                            section.replaces_lines,
                        )
                    ).encode()
                )
        digest.update(repr([(row.file, row.number, row.extra) for row in self.kept]).encode())
        return digest.hexdigest()

    def summary(self) -> dict[str, Any]:
        """The plan in figures, as the run keeps it and the page shows it. Amounts are text."""
        return {
            "kind": self.kind,
            "rows": dict(self.rows),
            "refused": dict(Counter(file for file, _row in {(p.file, p.row) for p in self.problems})),
            "refused_rows": self.refused_rows,
            "things": {things: dict(counts) for things, counts in self.counts.items()},
            "sums": {
                currency: {kind: format(amount, "f") for kind, amount in kinds.items()}
                for currency, kinds in sorted(self.sums.items())
            },
            "asks_share": self.asks_share,
            "share_example": self.share_example,
            "classes": self.classes,
            "missing": self.missing,
            "without_value": self.without_value,
            "customers": [
                {"id": str(step.id), "external_id": step.external_id, "name": step.name, "is_new": step.is_new}
                for step in self.customers
            ],
            "is_loadable": self.is_loadable,
            "changes_something": self.changes_something,
        }
