"""Compares a file of claims with the book, in so many queries whatever its length: makes the plan that is shown."""

import copy
import datetime
from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from accounts.models import User
from common.files import Table
from common.ids import uuid7
from profiles.models import Customer, Location
from programmes.claim_files.plan import ClaimStep, MovementStep, Plan
from programmes.claim_files.reading import ClaimRow, Read, read
from programmes.models import Claim, ClaimMovement, Policy, Section, Terms
from programmes.selectors import claim_rules
from risk.models import RiskCategory

TOLD = ("lost_on", "made_on", "notified_on", "closed_on", "insurer_reference", "description")
"""Fields of a claim that a file says as they are; cause and location are looked up."""
COVER_RESTS_ON = {"lost_on", "made_on"}


def plan_import(table: Table, *, by: User, on: datetime.date, locks: bool = False) -> Plan:
    """What importing the table would do on the day `on`, in the hands of `by`.

    An empty cell leaves what is there. `locks` holds the customers concerned until the transaction ends. Raises
    UnreadableFile.
    """
    found = read(table)
    book = _Book(found.rows, by, locks=locks)
    plan = Plan(refused=found.refused, unused=found.unused, rows=len(found.rows))
    refused_already = {row.row for row in found.refused}
    claims: dict[tuple[UUID, str], list[ClaimRow]] = defaultdict(list)
    for row in found.rows:
        section = None if row.number in refused_already else book.section_of(row, found)
        if section is not None:
            claims[section.pk, row.reference].append(row)
    for (section_id, reference), rows in claims.items():
        before = len(found.refused)
        step = _Planner(book, found, section_id, reference, rows=rows, on=on).step()
        # What a team's list says of colleagues' customers may come back, as long as it changes nothing.
        if step.is_changed and not by.reach.may_edit(book.sections[section_id].policy.customer.portfolio_id):
            found.refuse(rows[0], "policy", _("You may see that policy's claims and not change them."))
        if len(found.refused) == before:
            plan.steps.append(step)
    found.refused.sort(key=lambda row: row.row)
    return plan


class _Book:
    """What is in the book already of all that the rows name."""

    def __init__(self, rows: Iterable[ClaimRow], by: User, *, locks: bool) -> None:
        rows = list(rows)
        numbers = {row.values["policy"] for row in rows if "policy" in row.values}
        references = {row.reference for row in rows}
        policies = list(
            by.reach.limit_visible(Policy.objects.filter(number__in=numbers), "customer__portfolio").select_related(
                "customer"
            )
        )
        if locks:
            customers = Customer.objects.filter(pk__in={policy.customer_id for policy in policies})
            list(customers.order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk"))
        self.policies: dict[str, list[Policy]] = defaultdict(list)
        for policy in policies:
            self.policies[policy.number].append(policy)
        sections = Section.objects.filter(policy__in=policies).prefetch_related(
            Prefetch("versions", Terms.objects.order_by("first_day"))
        )
        by_key = {policy.pk: policy for policy in policies}
        self.sections: dict[UUID, Section] = {}
        self.of_policy: dict[UUID, list[Section]] = defaultdict(list)
        for section in sections.order_by("reference", "pk"):
            section.policy = by_key[section.policy_id]
            self.sections[section.pk] = section
            self.of_policy[section.policy_id].append(section)
        claims = Claim.objects.filter(section__in=list(self.sections), reference__in=references)
        movements = Prefetch("movements", ClaimMovement.objects.order_by("stood_on"))
        self.claims = {(claim.section_id, claim.reference): claim for claim in claims.prefetch_related(movements)}
        self.categories: dict[str, RiskCategory] = {}
        for category in RiskCategory.objects.order_by("-rank", "-code"):
            for name in (category.name_zh, category.name, category.code):
                if name:
                    self.categories[name.casefold()] = category
        named = {row.values["location"] for row in rows if "location" in row.values}
        self.locations: dict[tuple[UUID, str], list[Location]] = defaultdict(list)
        for location in Location.objects.filter(
            reference__in=named, customer__in={policy.customer_id for policy in policies}
        ):
            self.locations[location.customer_id, location.reference].append(location)

    def section_of(self, row: ClaimRow, found: Read) -> Section | None:
        """The section that a row is about; None where it is refused."""
        policy = self.policy_of(row, found)
        if policy is None:
            return None
        sections = self.of_policy[policy.pk]
        asked = row.values.get("section")
        if asked is not None:
            meant = [section for section in sections if asked.casefold() == section.reference.casefold()]
            meant = meant or [section for section in sections if asked.casefold() == section.name.casefold()]
        else:
            meant = sections
            if len(sections) > 1:
                meant = [section for section in sections if (section.pk, row.reference) in self.claims] or sections
        if len(meant) == 1:
            return meant[0]
        known = ", ".join(section.reference for section in sections)
        if not sections:
            found.refuse(row, "policy", _("The policy has no sections yet."))
        elif asked is None:
            found.refuse(row, "section", _("The policy has several sections, say which: %(known)s.") % {"known": known})
        else:
            found.refuse(row, "section", _("The policy has no such section; it has %(known)s.") % {"known": known})
        return None

    def policy_of(self, row: ClaimRow, found: Read) -> Policy | None:
        """The policy that a row names; None where it is refused."""
        there = self.policies[row.values["policy"]]
        if not there:
            found.refuse(row, "policy", _("There is no policy with that number."))
            return None
        meant = there
        if "customer" in row.values:
            meant = [policy for policy in meant if is_named(policy.customer, row.values["customer"])]
            if not meant:
                found.refuse(row, "customer", _("The policy is another customer's."))
                return None
        if "inception" in row.values:
            meant = [policy for policy in meant if policy.inception_date == row.day("inception")]
            if not meant:
                known = ", ".join(sorted(str(policy.inception_date) for policy in there))
                found.refuse(row, "inception", _("No policy of that number begins then; %(known)s.") % {"known": known})
                return None
        if len(meant) > 1:
            # Numbers stay the same from year to year: then the day says which year's is meant.
            day = row.day("lost_on")
            meant = [policy for policy in meant if day is not None and policy.runs_on(day)] or meant
        if len(meant) > 1:
            found.refuse(row, "inception", _("Several policies have that number: give the inception, or the customer."))
            return None
        return meant[0]


class _Planner:
    """Plans one claim from all its rows."""

    def __init__(
        self,
        book: _Book,
        found: Read,
        section_id: UUID,
        reference: str,
        *,
        rows: list[ClaimRow],
        on: datetime.date,
    ) -> None:
        self.book, self.found, self.rows, self.on = book, found, rows, on
        self.section = book.sections[section_id]
        self.policy = self.section.policy
        self.there = book.claims.get((section_id, reference))
        self.claim = (
            copy.copy(self.there)
            if self.there is not None
            else Claim(id=uuid7(), section=self.section, customer_id=self.policy.customer_id, reference=reference)
        )
        self.given_in: dict[str, ClaimRow] = {}

    def step(self) -> ClaimStep:
        """The step; where something is wrong it is refused, and the step not to be used."""
        changes = self.changes()
        for name, value in changes.items():
            setattr(self.claim, name, value)
        step = ClaimStep(
            id=self.claim.pk,
            customer_id=self.policy.customer_id,
            customer_name=self.policy.customer.name,
            section_id=self.section.pk,
            policy=self.policy.number,
            reference=self.claim.reference,
            is_new=self.there is None,
            changes=changes,
        )
        if self.there is None and "lost_on" not in changes:
            self.refuse("lost_on", _("A claim that is not there yet needs the date of loss."))
            return step
        faults = claim_rules.day_faults(self.claim, on=self.on)
        if not faults and (self.there is None or COVER_RESTS_ON & set(changes)):
            faults = claim_rules.cover_fault(self.claim, self.policy, list(self.section.versions.all()))
        for name, words in faults.items():
            self.refuse(name, words)
        if "lost_on" not in faults:
            step.movements = self.movements()
        return step

    def refuse(self, name: str, words: str) -> None:
        self.found.refuse(self.given_in.get(name, self.rows[0]), name, words)

    def changes(self) -> dict[str, Any]:
        """What the rows say of the claim and differs from what is there."""
        said = {name: value for name in TOLD if (value := self.said(name)) is not None}
        if (asked := self.said("category")) is not None:
            category = self.book.categories.get(asked.casefold())
            if category is None:
                self.refuse("category", _("There is no risk category of that code or name."))
            else:
                said["category_id"] = category.pk
        if (asked := self.said("location")) is not None:
            places = self.book.locations[self.policy.customer_id, asked]
            if self.there is not None and self.there.location_id in {place.pk for place in places}:
                pass  # the one it has, even where another has the same reference
            elif len(places) != 1:
                self.refuse(
                    "location",
                    _("Several locations have that reference.") if places else _("There is no such location."),
                )
            else:
                said["location_id"] = places[0].pk
        if self.there is None:
            return said
        return {name: value for name, value in said.items() if not is_same(getattr(self.there, name), value)}

    def said(self, name: str) -> Any:
        """What the rows say of a field, None where they leave it empty; a row that says otherwise is refused."""
        said = None
        for row in self.rows:
            value = row.values.get(name)
            if value is None:
                continue
            if said is None:
                said, self.given_in[name] = value, row
            elif value != said:
                first = self.given_in[name].number
                self.found.refuse(row, name, _("Row %(row)d says otherwise of the same claim.") % {"row": first})
        return said

    def movements(self) -> list[MovementStep]:
        """The figures that the rows give, by day."""
        before = {row.stood_on: row for row in self.there.movements.all()} if self.there is not None else {}
        steps: dict[datetime.date, MovementStep] = {}
        for row in self.rows:
            if not row.has_figures:
                continue
            step = MovementStep(
                stood_on=row.values["stood_on"],
                outstanding=row.amount("outstanding"),
                paid=row.amount("paid"),
                note=row.values.get("note", ""),
            )
            faults = claim_rules.figure_faults(
                step, lost_on=self.claim.lost_on, currency=self.policy.currency, on=self.on
            )
            for name, words in faults.items():
                self.found.refuse(row, name, words)
            if (same := steps.get(step.stood_on)) is not None:
                if (same.outstanding, same.paid, same.note) != (step.outstanding, step.paid, step.note):
                    self.found.refuse(row, "stood_on", _("Another row has other figures of the same day."))
                continue
            if (there := before.get(step.stood_on)) is not None:
                step.id = there.pk
                step.changes = {
                    name: getattr(step, name)
                    for name in ("outstanding", "paid", "note")
                    if getattr(step, name) != getattr(there, name) and (name != "note" or step.note)
                }
            steps[step.stood_on] = step
        self.check_all(before, steps)
        return list(steps.values())

    def check_all(self, before: dict[datetime.date, ClaimMovement], steps: dict[datetime.date, MovementStep]) -> None:
        """Refuses what the claim would not be true to with all its figures, those there and those of the file."""
        together: dict[datetime.date, claim_rules.Figures] = {**before, **steps}
        remainder = claim_rules.open_remainder(self.claim.closed_on, together.values())
        if remainder is not None:
            words = _("The claim is closed, but its latest figures, as at %(day)s, have something outstanding.")
            self.refuse("closed_on", words % {"day": remainder.stood_on})
        first = min(before, default=None)
        if first is not None and first < self.claim.lost_on:
            self.refuse("lost_on", _("There are figures before that day, as at %(day)s.") % {"day": first})


def is_named(customer: Customer, words: str) -> bool:
    """Whether the words are the customer's name, in either script, its key elsewhere or its id."""
    names = (customer.name, customer.name_local, customer.external_id, str(customer.pk))
    asked = " ".join(words.split()).casefold()
    return asked in [" ".join(name.split()).casefold() for name in names if name]


def is_same(there: Any, said: Any) -> bool:
    """Whether a cell says what is there already, however lines end."""
    if isinstance(there, str) and isinstance(said, str):
        return "\n".join(there.strip().splitlines()) == said
    return bool(there == said)
