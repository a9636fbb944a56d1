"""What a version of a section's terms says, in words, and what differs between two of them."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Prefetch, QuerySet
from django.utils.translation import gettext as _

from accounts.selectors.timeline import Change, changes_between
from accounts.services import audit
from common.templatetags.ui import amount, exact_percent, percent
from market.models import ClassOfBusiness
from profiles.models import Location
from programmes.models import CoverTerm, Participation, PercentOf, Policy, Section, Terms
from programmes.models.terms import CoverBasis, Deductible, TermsLocation
from risk.models.exposures import ExposureKind

RANGE = ("first_day", "last_day", "change_note")
"""Fields that say when and why a version is, not what it says."""
ALL_RISKS_CLASSES = {"PROPERTY", "CONTRACTORS", "MARINE_CARGO"}
"""Classes of business whose policies are most often written on all risks."""


@dataclass(frozen=True)
class Content:
    """What a version says beside its own fields. The rows may be unsaved."""

    cover_terms: tuple[CoverTerm, ...] = ()
    lines: tuple[Participation, ...] = ()
    locations: tuple[Location, ...] = ()

    @classmethod
    def of(cls, terms: Terms) -> Self:
        """What a saved version says, in a lasting order. Costs no query where `with_content` fetched the version."""
        return cls(
            cover_terms=_by_rank(terms.cover_terms.all()),
            lines=ranked(terms.participations.all()),
            locations=tuple(sorted(terms.locations.all(), key=lambda row: (row.reference, str(row)))),
        )

    @classmethod
    def to_edit(cls, terms: Terms) -> Self:
        """The same without locations, of a version fetched by `to_be_edited` or of one not saved yet."""
        if terms._state.adding:
            return cls()
        return cls(cover_terms=_by_rank(terms.cover_terms.all()), lines=ranked(terms.participations.all()))

    def in_words(self) -> dict[str, list[str]]:
        """As the record keeps it and people read it, by the names that `Terms` knows them under."""
        return {
            "participations": [line_in_words(line) for line in self.lines],
            "cover_terms": [cover_term_in_words(row) for row in self.cover_terms],
            "locations": [str(row) for row in self.locations],
        }


@dataclass(frozen=True)
class SectionOn:
    """A section as at a day: the version that holds then, if one does, beside all its versions, the earliest first."""

    section: Section
    versions: tuple[Terms, ...]
    terms: Terms | None
    content: Content = field(default_factory=Content)
    differences: tuple[Change, ...] = ()
    difference: str = ""
    """Compared with the other day: NEW, GONE, CHANGED, or empty."""
    ended_on: datetime.date | None = None
    """The last day of its terms before the day, where the section has ended while its policy runs on."""

    @property
    def deductible(self) -> str:
        """The deductible in words; empty where there is none."""
        return deductible_in_words(self.terms) if self.terms else ""

    @property
    def kinds(self) -> str:
        """The only kinds of exposure that the section insures, in words; empty: all."""
        return ", ".join(str(ExposureKind(kind).label) for kind in self.terms.insured_kinds) if self.terms else ""

    @property
    def cover_terms(self) -> list[tuple[CoverTerm, str]]:
        """The cover terms, each with its deductible in words."""
        return [(row, deductible_in_words(row)) for row in self.content.cover_terms]

    @property
    def is_to_be_signed(self) -> bool:
        """Whether every line says what was written, and not all of them what is signed of it."""
        lines = self.content.lines
        are_written = all(line.written_share is not None for line in lines)
        return are_written and any(line.signed_share is None for line in lines)

    @property
    def share(self) -> Decimal | None:
        """The share placed as at the day, None where it is not known."""
        return placed_share(self.terms, self.content.lines) if self.terms else None


def with_content(versions: QuerySet[Terms]) -> QuerySet[Terms]:
    """The versions with lines, cover terms and locations fetched along, in three further queries."""
    return _with_rows(versions).prefetch_related("locations")


def to_be_edited(versions: QuerySet[Terms]) -> QuerySet[Terms]:
    """The versions with lines and cover terms, in two further queries, and keys and references of their locations."""
    insured = TermsLocation.objects.filter(terms=OuterRef("pk")).order_by("location__reference", "location")
    return _with_rows(versions).annotate(
        location_keys=ArraySubquery(insured.values("location")),
        location_references=ArraySubquery(insured.values("location__reference")),
    )


def _with_rows(versions: QuerySet[Terms]) -> QuerySet[Terms]:
    return versions.prefetch_related(
        Prefetch("participations", Participation.objects.select_related("insurer")),
        Prefetch("cover_terms", CoverTerm.objects.select_related("category")),
    )


def _by_rank(rows: Iterable[CoverTerm]) -> tuple[CoverTerm, ...]:
    """In the order of the tree of categories."""
    return tuple(sorted(rows, key=lambda row: (row.category.rank, row.category.code)))


def sections_on(policy: Policy, *, on: datetime.date, beside: datetime.date | None = None) -> list[SectionOn]:
    """A policy's sections as at a day and, where `beside` is given, what differs from that other day.

    On a day before the policy begins, after it expires, or from its cancellation no section has terms.
    Takes five queries, however many sections and versions there are.
    """
    versions = with_content(Terms.objects.order_by("first_day"))
    found = []
    for section in (
        policy.sections.select_related("class_of_business")
        .order_by("reference", "pk")
        .prefetch_related(Prefetch("versions", versions))
    ):
        section.policy = policy
        rows = tuple(section.versions.all())
        for row in rows:
            row.section = section
        terms = holding(rows, on) if policy.runs_on(on) else None
        other = holding(rows, beside) if beside and policy.runs_on(beside) else None
        changes = differences(other, terms)
        earlier = last_before(rows, on) if terms is None and policy.runs_on(on) else None
        found.append(
            SectionOn(
                section=section,
                versions=rows,
                terms=terms,
                content=Content.of(terms) if terms else Content(),
                differences=changes,
                difference=_difference(other, terms, changes) if beside else "",
                ended_on=earlier.last_day if earlier else None,
            )
        )
    return found


def _difference(before: Terms | None, after: Terms | None, changes: Sequence[Change]) -> str:
    if before is None or after is None:
        return "" if before is after else "NEW" if after else "GONE"
    return "CHANGED" if changes else ""


def latest_terms(policy: Policy) -> list[tuple[Section, Terms]]:
    """Each section with its terms on the policy's last day of cover; those that have none then are left out."""
    last = policy.last_day_of_cover
    at_the_end = Terms.objects.filter(last_day=None) if last is None else Terms.objects.on(last)
    rows = with_content(at_the_end.filter(section__policy=policy))
    return [(row.section, row) for row in rows.select_related("section").order_by("section__reference", "section")]


def usual_basis(class_of_business: ClassOfBusiness) -> CoverBasis:
    """What a new section of the class most often covers, to start its form with."""
    return CoverBasis.ALL_RISKS if class_of_business.code in ALL_RISKS_CLASSES else CoverBasis.NAMED


def holding(versions: Iterable[Terms], day: datetime.date) -> Terms | None:
    """The version that holds on the day."""
    return next((row for row in versions if row.holds_on(day)), None)


def last_before(versions: Iterable[Terms], day: datetime.date) -> Terms | None:
    """The version that begins last before the day, whether or not it runs until then."""
    return max((row for row in versions if row.first_day < day), key=lambda row: row.first_day, default=None)


def differences(before: Terms | None, after: Terms | None) -> tuple[Change, ...]:
    """What the second version says otherwise than the first, worded; the ranges of days are left out."""
    if before is None or after is None or before.pk == after.pk:
        return ()
    old, new = changed(before, Content.of(before), after, Content.of(after))
    return tuple(changes_between(Terms, old, new))


def changed(
    before: Terms, content_before: Content, after: Terms, content_after: Content
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields that differ between two versions and how they are placed, as two dictionaries for the record."""
    old, new = audit.changes(before, after)
    words_before, words_after = content_before.in_words(), content_after.in_words()
    for name in words_after:
        if words_before[name] != words_after[name]:
            old[name], new[name] = words_before[name], words_after[name]
    for name in ("id", "section", "customer", *RANGE):
        old.pop(name, None)
        new.pop(name, None)
    return old, new


def ranked(lines: Iterable[Participation]) -> tuple[Participation, ...]:
    """The lead first, then by size, those whose insurer is not known last."""
    return tuple(
        sorted(lines, key=lambda line: (not line.is_lead, line.insurer is None, -share_of(line), str(line.insurer)))
    )


def share_of(line: Participation) -> Decimal:
    """The signed line, else the written one."""
    return line.signed_share if line.signed_share is not None else line.written_share or Decimal(0)


def carried(lines: Sequence[Participation]) -> list[tuple[Participation, Decimal]]:
    """The lines that count, each with its share: the signed ones, else the written ones, scaled to at most 1 together.

    DESIGN section 5, step 7: written lines count only where the section has no signed one.
    """
    signed = [(line, line.signed_share) for line in lines if line.signed_share is not None]
    if signed:
        return signed
    written = [(line, line.written_share) for line in lines if line.written_share is not None]
    whole = max(sum((share for _line, share in written), Decimal(0)), Decimal(1))
    return [(line, share / whole) for line, share in written]


def placed_share(terms: Terms, lines: Sequence[Participation]) -> Decimal | None:
    """The share of a section that is placed: with named insurers, unnamed ones and elsewhere. None: not known.

    May be above 1: an over-placed section is a fault in the placement that is shown, not hidden.
    """
    if not lines:
        return terms.placed_share
    return sum((share for _line, share in carried(lines)), Decimal(0)) + terms.placed_elsewhere_share


def line_in_words(line: Participation) -> str:
    """Such as "AXA 60%, leads" or "Insurer not named 30% (written)"."""
    words = f"{line} {exact_percent(share_of(line))}"
    if line.signed_share is None:
        words += f" ({_('written')})"
    elif line.written_share is not None and line.written_share != line.signed_share:
        words += " " + _("(written %(share)s)") % {"share": exact_percent(line.written_share)}
    if line.is_lead:
        words += f", {_('leads')}"
    return words + (f", {_('to stand')}" if line.stands else "")


def cover_term_in_words(row: CoverTerm) -> str:
    """Such as "Flood: covered, sublimit 10,000,000, deductible 1,000,000"."""
    parts = [_("covered") if row.included else _("not covered")]
    if row.sublimit is not None:
        parts.append(_("sublimit %(amount)s") % {"amount": amount(row.sublimit)})
    if words := deductible_in_words(row):
        parts.append(_("deductible %(amount)s") % {"amount": words})
    return f"{row.category}: {', '.join(parts)}"


def deductible_in_words(row: Deductible) -> str:
    """Such as "100,000" or "2% of the loss, at least 50,000"; empty where there is none."""
    if row.deductible_amount is not None:
        return amount(row.deductible_amount)
    if row.deductible_percent is None:
        return ""
    parts = [f"{percent(row.deductible_percent)} {PercentOf(row.deductible_percent_of).label}"]
    if row.deductible_min is not None:
        parts.append(_("at least %(amount)s") % {"amount": amount(row.deductible_min)})
    if row.deductible_max is not None:
        parts.append(_("at most %(amount)s") % {"amount": amount(row.deductible_max)})
    return ", ".join(parts)
