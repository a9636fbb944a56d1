"""The policies and sections of a file compared with those of the book."""

import datetime
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from common.ids import uuid7
from common.money import round_money
from programmes.models import CoverBasis, CoverTerm, Participation, Policy, Section, Terms
from programmes.oed import columns, perils
from programmes.oed.accounts import NO_DEDUCTIBLE, SectionRow
from programmes.oed.classes import ClassTable
from programmes.oed.keys import AccountKey, of_period, without_period
from programmes.oed.plan import CustomerStep, KeptRow, Plan, PolicyStep, SectionStep, ShareMeaning
from programmes.oed.plan_locations import chunks, kept_before
from programmes.oed.reading import OedFile

if TYPE_CHECKING:
    from programmes.oed.planning import CustomersOfFiles, Files

MOST_ITEMS = 60


@dataclass
class PolicyRows:
    """The rows of one policy in one period, by layer; a layer may have several."""

    first: SectionRow
    layers: dict[str, list[SectionRow]] = field(default_factory=lambda: defaultdict(list))

    @property
    def rows(self) -> list[SectionRow]:
        return [row for rows in self.layers.values() for row in rows]


@dataclass
class SectionThere:
    """A section of the book with its latest terms, what those cover and who has a line."""

    section: Section
    terms: Terms | None = None
    cover: dict[UUID, CoverTerm] = field(default_factory=dict)
    lines: list[Participation] = field(default_factory=list)


def plan_policies(plan: Plan, files: "Files", customers: "CustomersOfFiles", *, locks: bool) -> None:
    """Adds to the plan what becomes of the policies, and the rows it refuses for what the book says."""
    planner = PolicyPlanner(plan, files, customers, locks)
    for rows in planner.policies_of_file():
        planner.plan(rows)
    planner.keep_rows()
    plan.classes = planner.classes_used()


class PolicyPlanner:
    """Compares policies one by one with what the book holds of the same customers, read beforehand at once."""

    def __init__(self, plan: Plan, files: "Files", customers: "CustomersOfFiles", locks: bool) -> None:
        self.choices = plan.choices
        self.whole, self.files, self.customers, self.locks = plan, files, customers, locks
        self.classes = ClassTable(plan.kind, plan.choices.classes)
        self.lobs: Counter[str] = Counter()
        self.perils = perils.PerilTable()
        self.taken: set[str] = set()
        self.rows_of: dict[UUID, list[SectionRow]] = {}
        self.new_sections: set[UUID] = set()
        self.changed_sections: set[UUID] = set()
        self.by_key: dict[str, list[Policy]] = defaultdict(list)
        self.by_number: dict[tuple[UUID, str, datetime.date], Policy] = {}
        self.sections: dict[UUID, dict[str, SectionThere]] = defaultdict(dict)
        self._read_book()
        self.values = ValuesOfFile(files)

    # What the book holds

    def _read_book(self) -> None:
        keys = list(dict.fromkeys(row.key for row in self.files.sections))
        found: dict[UUID, Policy] = {}
        for chunk in chunks(self.customers.there()):
            found |= {policy.pk: policy for policy in self._policies(Q(customer_id__in=chunk))}
        for some in chunks(keys):
            of_source = Q(source=self.choices.source, external_id__in=some)
            found |= {policy.pk: policy for policy in self._policies(of_source)}
        for policy in found.values():
            self.by_number[policy.customer_id, policy.number, policy.inception_date] = policy
            if policy.source == self.choices.source:
                self.by_key[without_period(policy.external_id)].append(policy)
                self.taken.add(policy.external_id)
        ours = [policy.pk for key in keys for policy in self.by_key.get(key, [])]
        for chunk in chunks(ours):
            self._read_sections(chunk)

    def _policies(self, which: Q) -> "QuerySet[Policy]":
        policies = Policy.objects.filter(which)
        return policies.order_by("pk").select_for_update(of=("self",)) if self.locks else policies

    def _read_sections(self, policy_ids: Any) -> None:
        by_terms: dict[UUID, SectionThere] = {}
        by_section: dict[UUID, SectionThere] = {}
        for section in Section.objects.filter(policy_id__in=policy_ids):
            by_section[section.pk] = self.sections[section.policy_id][section.reference] = SectionThere(section)
        latest = Terms.objects.filter(section_id__in=list(by_section)).order_by("section_id", "-first_day")
        for terms in latest.distinct("section_id"):
            by_section[terms.section_id].terms = terms
            by_terms[terms.pk] = by_section[terms.section_id]
        for cover in CoverTerm.objects.filter(terms_id__in=list(by_terms)):
            by_terms[cover.terms_id].cover[cover.category_id] = cover
        for line in Participation.objects.filter(terms_id__in=list(by_terms)):
            by_terms[line.terms_id].lines.append(line)

    # What the file holds

    def policies_of_file(self) -> list[PolicyRows]:
        """The rows by policy and period. A row that contradicts an earlier one of its policy or layer is refused."""
        found: dict[tuple[str, datetime.date], PolicyRows] = {}
        by_key: dict[str, list[PolicyRows]] = defaultdict(list)
        for row in self.files.sections:
            policy = found.get((row.key, row.inception))
            if policy is None:
                clash = next((p.first for p in by_key[row.key] if overlap(p.first, row)), None)
                if clash is not None:
                    text = _("Row %(row)d has this policy with a period that overlaps this one.") % {
                        "row": clash.number
                    }
                    self._refuse(row, "PolInceptionDate", row.inception, text)
                    continue
                policy = found[row.key, row.inception] = PolicyRows(row)
                by_key[row.key].append(policy)
            column = row.policy_differs_from(policy.first)
            layer = policy.layers.get(row.layer)
            column = column or (row.differs_from(layer[0]) if layer else "")
            if column:
                text = _("Row %(row)d says otherwise of the same policy or layer.")
                other = layer[0] if layer and not row.policy_differs_from(policy.first) else policy.first
                self._refuse(row, column, "", text % {"row": other.number})
                continue
            policy.layers[row.layer].append(row)
        return list(found.values())

    def _refuse(self, row: SectionRow, column: str, value: object, text: str) -> None:
        self.files.refuse(OedFile.ACCOUNTS, row.number, column, value, text)

    def _refuse_all(self, rows: PolicyRows, column: str, value: object, text: str) -> None:
        for row in rows.rows:
            self._refuse(row, column, value, text)

    # The plan of one policy

    def plan(self, rows: PolicyRows) -> None:
        first = rows.first
        customer = self.customers.of(first.account)
        if customer is None:
            column, text = self.customers.refusal(first.account)
            self._refuse_all(rows, column, first.account.account, text)
            return
        known = self._known(first)
        refusal = self._refusal(first, customer, known)
        if refusal:
            self._refuse_all(rows, *refusal)
            return
        step = self._policy_step(first, customer, known)
        there = self.sections[known.pk] if known else {}
        for layer, layer_rows in rows.layers.items():
            step.sections.append(self._section_step(layer, layer_rows, there.get(layer)))
        self.whole.policies.append(step)
        self._count(step, customer)

    def _known(self, first: SectionRow) -> Policy | None:
        """The policy of the book that the row means: of the same number and, of its periods, the one it overlaps."""
        periods = [policy for policy in self.by_key.get(first.key, []) if overlap(first, policy)]
        return min(periods, key=lambda policy: (policy.inception_date != first.inception, policy.pk), default=None)

    def _refusal(
        self, first: SectionRow, customer: CustomerStep, known: Policy | None
    ) -> tuple[str, object, str] | None:
        if known is not None and known.customer_id != customer.id:
            text = _("This policy belongs to another customer: customers were told apart otherwise before.")
            return "PolNumber", first.policy_number, text
        if known is not None and known.cancelled_from and not first.inception <= known.cancelled_from <= first.expiry:
            text = _("The policy is cancelled from %(day)s, a day outside this period.") % {"day": known.cancelled_from}
            return "PolInceptionDate", first.inception, text
        same = self.by_number.get((customer.id, first.policy_number, first.inception))
        if same is not None and same is not known:
            text = _("The customer has a policy with this number and inception, which did not come from this source.")
            return "PolNumber", first.policy_number, text
        self.by_number[customer.id, first.policy_number, first.inception] = known or Policy()
        return None

    def _policy_step(self, first: SectionRow, customer: CustomerStep, known: Policy | None) -> PolicyStep:
        of_class = self.classes.of(first.lob)
        self.lobs[first.lob] += 1
        wanted: dict[str, Any] = {
            "currency": first.currency,
            "inception_date": first.inception,
            "expiry_date": first.expiry,
        }
        if first.insured_name:
            wanted["insured_name"] = first.insured_name
        if first.premium is not None:
            wanted["premium"] = first.premium
        if known is None:
            key = first.key if first.key not in self.taken else of_period(first.key, first.inception)
            self.taken.add(key)
            wanted |= {
                "number": first.policy_number,
                "class_of_business_id": of_class.pk,
                "bound_on": first.inception,
            }
            return PolicyStep(uuid7(), key, customer.id, True, first.inception, wanted, None)
        if self.classes.is_chosen(first.lob):
            wanted["class_of_business_id"] = of_class.pk
        changes = {name: value for name, value in wanted.items() if getattr(known, name) != value}
        moves = known.inception_date if "inception_date" in changes else None
        return PolicyStep(known.pk, known.external_id, customer.id, False, first.inception, changes, moves)

    def _section_step(self, layer: str, rows: list[SectionRow], there: SectionThere | None) -> SectionStep:
        first = rows[0]
        codes = frozenset().union(*(row.perils for row in rows))
        is_all_risks = any(row.is_all_perils for row in rows)
        cover = perils.Cover(frozenset()) if is_all_risks else self.perils.cover(codes)
        terms = there.terms if there else None
        known_cover = there.cover if there else {}
        known_lines = there.lines if there else []
        said = list(dict.fromkeys(item for row in rows for item in row.not_used))
        if cover.left_over:
            said.insert(0, f"PolPerilsCovered: {', '.join(cover.left_over)}")
        wanted = first.deductible | {
            "basis": CoverBasis.ALL_RISKS if is_all_risks else CoverBasis.NAMED,
            "coverage_trigger": first.trigger,
            "attachment_point": first.attachment,
            "limit": first.limit,
        }
        if first.limit is not None:
            wanted["unlimited"] = False
        self._add_sum_insured(first, wanted, said, terms)
        line, replaces_lines = self._add_share(first, wanted, known_lines)
        said += self.values.said_of(first, codes, there.section.not_in_sums if there else [])
        said = said[:MOST_ITEMS]
        changes = wanted if terms is None else {n: v for n, v in wanted.items() if getattr(terms, n) != v}
        step = SectionStep(
            id=there.section.pk if there else uuid7(),
            is_new=there is None,
            reference=layer,
            terms_id=terms.pk if terms else uuid7(),
            has_new_terms=terms is None,
            changes=changes,
            not_in_sums=said if there is None or there.section.not_in_sums != said else None,
            covers=frozenset(
                category
                for category in cover.categories
                if category not in known_cover or not known_cover[category].included
            ),
            uncovers=frozenset(
                category
                for category, term in known_cover.items()
                if category not in cover.categories and is_plain(term)
            ),
            line=line,
            replaces_lines=replaces_lines,
        )
        self.rows_of[step.id] = rows
        if step.is_new:
            self.new_sections.add(step.id)
        if step.is_changed:
            self.changed_sections.add(step.id)
        return step

    def _add_sum_insured(self, first: SectionRow, wanted: dict[str, Any], said: list[str], terms: Terms | None) -> None:
        """A limit as a share of the values insured becomes the sum insured, where the file says what they are worth."""
        if first.share_of_value is None:
            return
        worth = self.values.worth(first.account, first.currency)
        if worth:
            wanted["sum_insured"] = round_money(first.share_of_value * worth, first.currency)
        elif terms is None or terms.sum_insured is None:
            said.append(f"PolLimit6All: {first.share_of_value.normalize():f} (PolLimitType6All: 2)")

    def _add_share(
        self, first: SectionRow, wanted: dict[str, Any], lines: list[Participation]
    ) -> tuple[Decimal | None, bool]:
        """Who bears the section. Returns the unnamed line and whether it replaces what is there.

        Once somebody named an insurer, the lines are theirs and a file that names none leaves them alone.
        """
        if any(line.insurer_id for line in lines):
            return None, False
        if first.share != 1 and not self.choices.share:
            self.whole.asks_share = True
            self.whole.share_example = self.whole.share_example or format(first.share.normalize(), "f")
        if self.choices.share == ShareMeaning.ONE_INSURER:
            wanted |= {"placed_share": None, "placed_elsewhere_share": 1 - first.share}
            line = first.share or None
        else:
            wanted |= {"placed_share": first.share, "placed_elsewhere_share": Decimal(0)}
            line = None
        return line, [row.signed_share for row in lines] != ([] if line is None else [line])

    # What the person is told

    def _count(self, step: PolicyStep, customer: CustomerStep) -> None:
        self.whole.count("policies", "create" if step.is_new else "update" if step.changes else "unchanged")
        customer.tally["policies"] += bool(step.is_new or step.changes)
        for section in step.sections:
            is_changed = section.is_changed
            self.whole.count("sections", "create" if section.is_new else "update" if is_changed else "unchanged")
            customer.tally["sections"] += is_changed

    def keep_rows(self) -> None:
        """Keeps the rows of sections that are new or differ, and those that say something else that no sum uses."""
        kept = kept_before([pk for pk in self.rows_of if pk not in self.new_sections])
        for pk, rows in self.rows_of.items():
            if pk in self.changed_sections or kept.get(pk) != [row.extra for row in rows]:
                self.whole.kept += [
                    KeptRow(OedFile.ACCOUNTS, row.number, Section._meta.label_lower, pk, row.extra) for row in rows
                ]

    def classes_used(self) -> list[dict[str, Any]]:
        """Each line of business in the file, the class it means and how many policies have it."""
        return [
            {"lob": lob, "code": self.classes.of(lob).code, "policies": count}
            for lob, count in sorted(self.lobs.items())
        ]


class ValuesOfFile:
    """What the locations of a file are worth by account, and what they say that would change its sections."""

    def __init__(self, files: "Files") -> None:
        self.amounts: dict[AccountKey, Counter[str]] = defaultdict(Counter)
        self.said: dict[AccountKey, Counter[str]] = defaultdict(Counter)
        self.perils: dict[AccountKey, Counter[str]] = defaultdict(Counter)
        seen: set[str] = set()
        for row in files.locations:
            self.perils[row.account][row.perils] += 1
            for column, value in row.extra.items():
                if columns.changes_cover(column, value):
                    self.said[row.account][column] += 1
            if row.key not in seen:
                seen.add(row.key)
                self.amounts[row.account][row.currency] += sum(row.values.values(), Decimal(0))  # type: ignore[assignment]

    def worth(self, account: AccountKey, currency: str) -> Decimal | None:
        """The sum of all values of the account's locations; None where the file does not say it in one currency."""
        amounts = self.amounts.get(account, Counter())
        return Decimal(amounts[currency]) if set(amounts) == {currency} else None

    def said_of(self, section: SectionRow, covered: frozenset[str], before: list[str]) -> list[str]:
        """Columns of the locations that would change the section, and in how many rows. No locations: as before."""
        if section.account not in self.perils:
            return [item for item in before if item.startswith("Loc")]
        items = [f"{column} × {rows}" for column, rows in sorted(self.said[section.account].items())]
        for codes, rows in sorted(self.perils[section.account].items()):
            if codes and not covered <= perils.expanded(perils.codes_of(codes)):
                items.append(f"LocPerilsCovered: {codes} × {rows}"[:200])
        return items


def overlap(row: SectionRow, other: SectionRow | Policy) -> bool:
    """Whether the two have a day in common."""
    if isinstance(other, Policy):
        return (other.expiry_date is None or row.inception <= other.expiry_date) and other.inception_date <= row.expiry
    return row.inception <= other.expiry and other.inception <= row.expiry


def is_plain(term: CoverTerm) -> bool:
    """Whether a cover term says no more than that something is covered, as an import writes it."""
    own = any(getattr(term, name) not in (None, "") for name in NO_DEDUCTIBLE)
    return term.included and term.sublimit is None and not own
