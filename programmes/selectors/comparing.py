"""A customer's cover on one day beside another: which policies and sections are new, gone or changed, and how."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.selectors.timeline import Change
from profiles.models import Customer
from programmes.models import Policy, Section, Terms
from programmes.selectors.towers import CoverTower, towers_from
from programmes.selectors.versions import differences, with_content


class Difference(TextChoices):
    """How something stands on a day compared with another one, whichever of them comes first."""

    NEW = "NEW", _("New")
    GONE = "GONE", _("Gone")
    CHANGED = "CHANGED", _("Changed")


@dataclass(frozen=True)
class SectionDifference:
    """A section that differs; `changes` says how where it is there on both days."""

    section: Section
    difference: Difference
    changes: tuple[Change, ...] = ()
    note: str = ""
    """What the endorsement says that holds on the day."""


@dataclass(frozen=True)
class PolicyDifference:
    """A policy of which something differs. `follows` is the one in its place on the other day, where there is one."""

    policy: Policy
    difference: Difference
    sections: tuple[SectionDifference, ...]
    follows: Policy | None = None


@dataclass(frozen=True)
class Comparison:
    """The towers of the first day, their layers marked, and what differs, policy by policy."""

    towers: list[CoverTower]
    policies: list[PolicyDifference]


def compared(customer: Customer, *, on: datetime.date, beside: datetime.date) -> Comparison:
    """The customer's cover on the day `on`, compared with that of the day `beside`. Five queries.

    A policy that replaces one of its class and currency is compared with that one, section by section of the same
    reference; any other is new or gone as a whole.
    """
    policies = list(
        Policy.objects.insuring(customer)
        .that_cover()
        .filter(Q(pk__in=_running(on)) | Q(pk__in=_running(beside)))
        .select_related("class_of_business")
        .order_by("currency", "inception_date", "number", "pk")
    )
    by_id = {policy.pk: policy for policy in policies}
    rows = list(
        with_content(Terms.objects.on(on) | Terms.objects.on(beside))
        .filter(section__policy__in=by_id)
        .select_related("section__class_of_business")
        .order_by("attachment_point", "section__reference", "pk")
    )
    for row in rows:
        row.section.policy = by_id[row.section.policy_id]
    now, then = _cover(policies, rows, on), _cover(policies, rows, beside)
    found = list(_differences(now, then))
    marks = {
        each.section.pk: each.difference
        for policy in found
        for each in policy.sections
        if each.difference != Difference.GONE
    }
    terms_now = [row for row in rows if row.holds_on(on) and row.section.policy in now]
    return Comparison(towers=towers_from(list(now), terms_now, marks=marks), policies=found)


def _running(day: datetime.date) -> object:
    return Policy.objects.in_force(day).values("pk")


Cover = dict[Policy, dict[UUID, Terms]]
"""For each policy in force on a day the terms of its sections, by section."""


def _cover(policies: Iterable[Policy], rows: Sequence[Terms], day: datetime.date) -> Cover:
    return {
        policy: {row.section_id: row for row in rows if row.section.policy_id == policy.pk and row.holds_on(day)}
        for policy in policies
        if policy.bound_on is not None and policy.runs_on(day)
    }


def _differences(now: Cover, then: Cover) -> Iterable[PolicyDifference]:
    gone = [policy for policy in then if policy not in now]
    for policy, sections in now.items():
        before = policy if policy in then else _replaced(policy, gone)
        if before is None:
            yield PolicyDifference(policy, Difference.NEW, tuple(section_differences(sections.values(), ())))
            continue
        found = tuple(section_differences(sections.values(), then[before].values()))
        if before != policy:
            gone.remove(before)
            yield PolicyDifference(policy, Difference.CHANGED, found, follows=before)
        elif found:
            yield PolicyDifference(policy, Difference.CHANGED, found)
    for policy in gone:
        yield PolicyDifference(policy, Difference.GONE, tuple(section_differences((), then[policy].values())))


def _replaced(policy: Policy, gone: list[Policy]) -> Policy | None:
    """The policy in whose place this one stands: of the same class, currency and kind, of the same number if any is."""
    alike = [
        other
        for other in gone
        if (other.class_of_business_id, other.currency, other.kind)
        == (policy.class_of_business_id, policy.currency, policy.kind)
    ]
    return next((other for other in alike if other.number == policy.number), alike[0] if alike else None)


def section_differences(now: Iterable[Terms], then: Iterable[Terms]) -> Iterable[SectionDifference]:
    """What differs between two sets of terms of one policy, or of two that stand in each other's place."""
    before = {row.section.reference: row for row in then}
    for terms in now:
        other = before.pop(terms.section.reference, None)
        if other is None:
            yield SectionDifference(terms.section, Difference.NEW, note=terms.change_note)
        elif changes := differences(other, terms):
            yield SectionDifference(terms.section, Difference.CHANGED, changes, terms.change_note)
    for row in before.values():
        yield SectionDifference(row.section, Difference.GONE)
