"""What a monitor is: one named condition worth a broker's attention, declared around a QuerySet.

`rows(scope)` returns a QuerySet with one row per lasting subject, annotated with these columns (see `COLUMNS`):

- `subject`: uuid of the lasting thing the finding is about (a policy, a section, a customer)
- `finding_customer`: uuid of the customer
- `about`: uuid of the risk, policy or customer whose line on the worklist it joins
- `severity`: a `Severity`
- `amount`, `amount_currency`: what is at stake, or null and ""
- `due`: the day it comes to a head, or null
- `facts`: a JSON object with the figures of its sentence; days as ISO text, money as text, never "days left"
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

COLUMNS = ("subject", "finding_customer", "about", "severity", "amount", "amount_currency", "due", "facts")


class Severity(models.IntegerChoices):
    CRITICAL = 4, _("Critical")
    HIGH = 3, _("High")
    MEDIUM = 2, _("Medium")
    LOW = 1, _("Low")


class Topic(models.TextChoices):
    """Where a finding stands on the worklist. Findings about COVER wait while a customer is being taken on."""

    COVER = "COVER", _("Cover")
    RENEWALS = "RENEWALS", _("Renewals")
    PROFILE = "PROFILE", _("Profiles")
    UPDATES = "UPDATES", _("Updates")


@dataclass(frozen=True)
class Scope:
    """What a run looks at: a day, and one customer or the whole book."""

    as_at: datetime.date
    customer_id: UUID | None = None

    def limit(self, rows: Any, path: str = "customer_id") -> Any:
        return rows if self.customer_id is None else rows.filter(**{path: self.customer_id})


@dataclass(frozen=True)
class Monitor:
    """A declaration. `subject_model` and `about_model` are labels such as "programmes.policy"."""

    code: str
    title: Promise
    reason: Promise
    severity_rule: Promise
    sentence: Promise
    """Template of the finding's sentence: `{name}` a fact, `{name:day}`, `{name:money}`, `{name:relative}` worded."""
    topic: Topic
    subject_model: str
    about_model: str
    rows: Callable[[Scope], Any]
    material: tuple[str, ...] = field(default=())
    """Facts whose change makes a decision stale."""


_monitors: dict[str, Monitor] = {}


def register(monitor: Monitor) -> Monitor:
    """Puts a monitor into the catalogue. Raises ValueError where its code is taken."""
    if monitor.code in _monitors:
        raise ValueError(f"There is a monitor {monitor.code} already.")
    _monitors[monitor.code] = monitor
    return monitor


def catalogue() -> list[Monitor]:
    """Every monitor, by code."""
    return [_monitors[code] for code in sorted(_monitors)]


def monitor_of(code: str) -> Monitor:
    """The monitor with that code. Raises KeyError."""
    return _monitors[code]
