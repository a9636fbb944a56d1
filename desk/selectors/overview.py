"""One customer at a glance: what is open, what protects it, whom we speak with, what was done last."""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet

from accounts.selectors import timeline
from common.monitor import Severity
from common.templatetags.ui import money
from communications.models import ContactPlan
from monitoring.models import Finding, FindingState, MonitorRun
from monitoring.selectors.acts import Act, act_of
from profiles.models import Contact, Customer
from programmes.models import Policy

LATEST = 6
"""Entries of the record shown; the history has them all."""


@dataclass(frozen=True)
class OpenFinding:
    """A finding that holds, with its act where nobody has decided it yet."""

    finding: Finding
    act: Act | None

    @property
    def level(self) -> str:
        return Severity(self.finding.severity).name.lower()


@dataclass(frozen=True)
class ClassInForce:
    """A class of business with its policies in force, and their premium by currency."""

    name: str
    policies: list[Policy]
    premiums: dict[str, Decimal]

    @property
    def first_expiry(self) -> datetime.date | None:
        """The last day of cover of the policy that ends first, by expiry or cancellation; None where none ends."""
        return min((day for policy in self.policies if (day := policy.last_day_of_cover)), default=None)


@dataclass(frozen=True)
class Outline:
    """The programme in one line: premiums by currency, whether each policy has one, and the class that ends first."""

    premiums: dict[str, Decimal]
    is_premium_known: bool
    is_in_force: bool
    next_to_end: ClassInForce | None
    days_left: int | None
    """Until the last day of cover of the one that ends first."""

    @property
    def premiums_text(self) -> str:
        return " + ".join(money(premium, currency) for currency, premium in self.premiums.items())


def outline(classes: list[ClassInForce], *, on: datetime.date) -> Outline:
    policies = [policy for of_class in classes for policy in of_class.policies]
    ending = [(day, of_class) for of_class in classes if (day := of_class.first_expiry)]
    first_day, first = min(ending, key=lambda each: each[0], default=(None, None))
    return Outline(
        premiums=premiums_of(policies),
        is_premium_known=all(policy.premium is not None for policy in policies),
        next_to_end=first,
        is_in_force=bool(classes),
        days_left=(first_day - on).days if first_day else None,
    )


def last_looked_at(customer: Customer) -> datetime.datetime | None:
    """When the monitors last looked at the customer, alone or with the whole book; None before their first run."""
    runs = MonitorRun.objects.filter(
        Q(customer_ids=None) | Q(customer_ids__contains=[customer.pk]), finished_at__isnull=False
    )
    return runs.order_by("-created_at").values_list("finished_at", flat=True).first()


def open_findings(customer: Customer, *, may_edit: bool) -> list[OpenFinding]:
    """What holds about the customer, the worst first."""
    rows = Finding.objects.filter(customer=customer, state=FindingState.OPEN).select_related("decision__decided_by")
    return [
        OpenFinding(finding, act_of(finding) if may_edit and finding.decision is None else None)
        for finding in rows.order_by("-severity", "due_on", "pk")
    ]


def classes_in_force(customer: Customer, *, on: datetime.date) -> list[ClassInForce]:
    """The programme in force by class, in the order of the class list."""
    policies = Policy.objects.in_force(on).filter(customer=customer).select_related("class_of_business")
    by_class: dict[str, list[Policy]] = defaultdict(list)
    for policy in policies.order_by("class_of_business__rank", "expiry_date", "number"):
        by_class[str(policy.class_of_business)].append(policy)
    return [ClassInForce(name, rows, premiums_of(rows)) for name, rows in by_class.items()]


def premiums_of(policies: list[Policy]) -> dict[str, Decimal]:
    """The premiums that are known, summed by currency."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for policy in policies:
        if policy.premium is not None:
            sums[policy.currency] += policy.premium
    return dict(sums)


def people_to_speak_with(customer: Customer) -> QuerySet[Contact]:
    """The contacts who are still there, those who receive updates first."""
    return Contact.objects.filter(customer=customer, left_on=None).order_by("-receives_updates", "name", "pk")


def contact_plan(customer: Customer) -> ContactPlan | None:
    return ContactPlan.objects.filter(customer=customer).first()


def latest_acts(customer: Customer) -> list[timeline.WordedEntry]:
    return timeline.worded(timeline.entries_of_customer(customer.pk)[:LATEST])
