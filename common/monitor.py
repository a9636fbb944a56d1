"""What a monitor is: one named condition worth a broker's attention, declared around a QuerySet.

`rows(scope)` returns a QuerySet with one row per lasting subject, annotated by `.annotate(**finding(...))`.
"""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models.functions import Cast, JSONObject
from django.db.models.lookups import LessThanOrEqual
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.money import MAX_DIGITS

AMOUNT: models.DecimalField = models.DecimalField(max_digits=MAX_DIGITS, decimal_places=2)
COLUMNS = (
    "finding_subject",
    "finding_customer",
    "finding_about",
    "finding_severity",
    "finding_amount",
    "finding_currency",
    "finding_due",
    "finding_facts",
)
"""The annotations that the runner reads. The prefix keeps them apart from the fields of any model."""


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


class Stake(models.TextChoices):
    """What the amount of a finding is: the fact `stake` says it."""

    LIMITS = "LIMITS", _("limits of the cover")
    SUM_INSURED = "SUM_INSURED", _("sum insured")
    PREMIUM = "PREMIUM", _("premium, as no limit is recorded")
    UNKNOWN = "UNKNOWN", _("not recorded")


class MissingFigure(models.TextChoices):
    """What a comparison needs and nobody has entered: the fact `missing` names it."""

    TREATMENT = "treatment", _("the treatment of the risk")
    MAXIMUM_LOSS = "maximum_loss", _("the largest loss")
    VALUES = "values", _("the value of an exposure")
    MOST_TO_BEAR = "most_to_bear", _("the most that the customer will bear")
    LEVEL = "level", _("the level of the risk")
    MONTHS_NEEDED = "months_needed", _("the months of interruption to insure")
    INDEMNITY_MONTHS = "indemnity_months", _("the maximum indemnity period")
    RATING = "rating", _("the rating of an insurer")
    INSURER = "insurer", _("the insurer of a line")
    COVER_TERMS = "cover_terms", _("what is covered")
    LIMIT = "limit", _("the limit")
    SHARE = "share", _("the share placed")
    SUM_INSURED = "sum_insured", _("the sum insured")
    DEDUCTIBLE = "deductible", _("the deductible")
    EXCHANGE_RATE = "exchange_rate", _("an exchange rate")


@dataclass(frozen=True)
class Scope:
    """What a run looks at: a day, and some customers or (None) the whole book."""

    as_at: datetime.date
    customer_ids: tuple[UUID, ...] | None = None

    def limit(self, rows: Any, path: str = "customer_id") -> Any:
        """The rows of the customers looked at; `path` leads to the customer's key."""
        return rows if self.customer_ids is None else rows.filter(**{f"{path}__in": self.customer_ids})


@dataclass(frozen=True)
class Monitor:
    """A declaration. `subject_model` and `about_model` are labels such as "programmes.policy"."""

    code: str
    title: Promise
    reason: Promise
    severity_rule: Promise
    sentence: Promise
    """Template of the finding's sentence: `{name}` is a fact, `{name:day}` a fact worded (common/sentences.py)."""
    plain: Promise
    """The same in plain words for the customer, who does not speak our language."""
    topic: Topic
    subject_model: str
    about_model: str
    rows: Callable[[Scope], Any]
    material: tuple[str, ...] = field(default=())
    """Facts whose change makes a decision stale."""
    figures: tuple[tuple[Promise, str], ...] = field(default=())
    """What the finding's own page lists: a label, and a template such as "{expiry:day}"."""
    sentences: Mapping[str, Promise] = field(default_factory=dict)
    """Other templates, by the value of the fact `case`."""
    plains: Mapping[str, Promise] = field(default_factory=dict)
    """The same of `plain`."""
    is_dated: bool = False
    """Comes to a head on a day, so it is shown even while its customer is being taken on."""
    prepare: Callable[[Scope], None] | None = None
    """Works out what `rows` reads, once in a run for all monitors that name the same function."""

    def template(self, facts: Mapping[str, Any]) -> str:
        """The template of the sentence that these facts call for, in the active language."""
        return str(self.sentences.get(facts.get("case", ""), self.sentence))

    def plain_template(self, facts: Mapping[str, Any]) -> str:
        """The same for the customer."""
        return str(self.plains.get(facts.get("case", ""), self.plain))


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


def finding(
    *,
    subject: Any,
    customer: Any,
    about: Any,
    severity: Any,
    facts: Any,
    amount: Any = None,
    currency: Any = "",
    due: Any = None,
) -> dict[str, Any]:
    """The annotations of a monitor's rows.

    - `subject`: key of the lasting thing the finding is about (a policy, a section, a customer)
    - `about`: key of the risk, policy or customer whose line on the worklist it joins
    - `severity`: a `Severity`
    - `amount` in `currency`: what is at stake, if an amount is
    - `due`: the day it comes to a head, if there is one
    - `facts`: the figures of its sentence by name, or an expression that holds them as JSON; days and amounts
      `as_text`, and never "days left", which change every night
    """
    return {
        "finding_subject": subject,
        "finding_customer": customer,
        "finding_about": about,
        "finding_severity": severity,
        "finding_amount": amount or Cast(models.Value(None), AMOUNT),
        "finding_currency": currency or models.Value(""),
        "finding_due": due or Cast(models.Value(None), models.DateField()),
        "finding_facts": JSONObject(**facts) if isinstance(facts, Mapping) else facts,
    }


def is_known(code: str) -> bool:
    """Whether the catalogue has a monitor with that code."""
    return code in _monitors


def as_text(expression: Any) -> Cast:
    """A day or an amount as facts keep it: "2026-11-23", "1250000.00"."""
    return Cast(expression, models.TextField())


def by_days_left(day: Any, as_at: datetime.date, *levels: tuple[int, Severity], otherwise: Severity) -> models.Case:
    """A severity by how far off `day` is: up to so many days ahead of `as_at` a level each, nearest first."""
    return models.Case(
        *(
            models.When(LessThanOrEqual(day, as_at + datetime.timedelta(days=days)), then=models.Value(severity.value))
            for days, severity in levels
        ),
        default=models.Value(otherwise.value),
        output_field=models.PositiveSmallIntegerField(),
    )
