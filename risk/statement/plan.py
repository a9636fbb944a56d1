"""What saving a statement would do: the rows that change or are added, those refused, and those that somebody else
changed meanwhile. The grid, what is pasted and what is uploaded are all planned here; nothing here writes."""

import datetime
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from common.files import RefusedRow
from common.ids import uuid7
from risk.models import COUNTED_KINDS, ExposureKind, ValuationBasis
from risk.statement import rules, tokens
from risk.statement.book import Book, Known, Place, PlaceWords, key_of
from risk.statement.columns import HEADINGS
from risk.statement.lines import Figures, Line, NotAValue, Said, folded, kind_of, said_by, too_long


@dataclass(frozen=True, slots=True)
class Subject:
    """What a line is about: an exposure of the book, or one that is not there yet."""

    place: Place | None
    kind: str
    description: str
    known: Known | None

    @property
    def kind_label(self) -> str:
        return str(ExposureKind(self.kind).label)

    @property
    def key(self) -> tuple[UUID | None, str, str]:
        return (self.place.id if self.place else None, self.kind, self.description)

    def on(self, day: datetime.date) -> tuple[datetime.date, UUID, Figures] | None:
        return self.known.on(day) if self.known else None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a line is not taken: which field of it, and a sentence. A line may have several."""

    line: Line
    field: str
    text: str

    @property
    def column(self) -> str:
        """The field as the heading of its column."""
        if not self.field:
            return ""
        is_wide = self.line.row and self.field == "amount" and self.line.kind in ExposureKind.values
        return str(ExposureKind(self.line.kind).label if is_wide else HEADINGS[self.field])

    @property
    def value(self) -> str:
        return (getattr(self.line, self.field) or "") if self.field else ""

    def as_row(self) -> RefusedRow:
        return RefusedRow(self.line.row, self.column, self.value, self.text)


@dataclass(slots=True)
class Step:
    """One exposure that changes: its value of a day, what is said of the exposure itself, or both."""

    line: Line
    about: Subject
    exposure_id: UUID
    valued_on: datetime.date
    before: Figures | None
    after: Figures | None
    corrects: UUID | None = None
    changes: dict[str, Any] = field(default_factory=dict)

    @property
    def is_new(self) -> bool:
        return self.about.known is None

    @property
    def what(self) -> str:
        """What becomes of it, as one of: added, ended, corrected, moved, described."""
        if self.after is None:
            return "described"
        if self.before is None or not self.before.amount:
            return "added"
        if not self.after.amount:
            return "ended"
        return "corrected" if self.corrects else "moved"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A line about something that another person changed since it was seen: what it is by now, and what was typed."""

    line: Line
    about: Subject
    now: Figures | None
    typed: Figures
    token: str


@dataclass
class Plan:
    """All of it. `left_as_they_are` are the rows that name their location otherwise than the book."""

    steps: list[Step] = field(default_factory=list)
    new_places: list[Place] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    unchanged: int = 0
    left_as_they_are: set[int] = field(default_factory=set)

    @property
    def counts(self) -> Counter[str]:
        """Steps by what becomes of them."""
        return Counter(step.what for step in self.steps)

    @property
    def refused(self) -> int:
        """Lines that are refused."""
        return len({id(refusal.line) for refusal in self.refusals})

    @property
    def fingerprint(self) -> str:
        """The same for two plans that do the same; the keys of new rows do not count."""
        digest = hashlib.sha256()
        for step in self.steps:
            said = (step.line.row, step.line.cell, step.is_new, step.valued_on, step.before, step.after, step.corrects)
            digest.update(repr((said, sorted(step.changes.items(), key=str))).encode())
        digest.update(repr([(place.reference, place.name) for place in self.new_places]).encode())
        digest.update(repr([(conflict.line.row, conflict.now) for conflict in self.conflicts]).encode())
        digest.update(repr([(refusal.line.row, refusal.field) for refusal in self.refusals]).encode())
        return digest.hexdigest()


def plan_lines(
    book: Book, lines: Sequence[Line], *, day: datetime.date, on: datetime.date, replaces: bool = False
) -> Plan:
    """Compares lines with the book. `day` is the valuation date of lines that give none, `on` the day it is done.

    A line that was seen otherwise than the book is by now is a conflict, unless `replaces`. What does not differ is
    left alone, so that saving the same twice does nothing.
    """
    return Planner(book, day=day, on=on, replaces=replaces).planned(lines)


class Planner:
    """Goes through the lines once."""

    def __init__(self, book: Book, *, day: datetime.date, on: datetime.date, replaces: bool) -> None:
        self.book, self.day, self.on, self.replaces = book, day, on, replaces
        self.plan = Plan()
        self.added_places: dict[tuple[str, ...], Place] = {}
        self.added: dict[tuple[UUID | None, str, str], UUID] = {}
        self.renamed: set[tuple[UUID | None, str, str]] = set()
        self.seen: dict[tuple[UUID, datetime.date], Line] = {}

    def planned(self, lines: Sequence[Line]) -> Plan:
        for line in lines:
            self.take(line)
        wanted = {step.about.place.id for step in self.plan.steps if step.about.place is not None}
        self.plan.new_places = [place for place in self.added_places.values() if place.id in wanted]
        return self.plan

    def refuse(self, line: Line, name: str, text: object) -> None:
        self.plan.refusals.append(Refusal(line, name, str(text)))

    def take(self, line: Line) -> None:
        long = list(too_long(line))
        for name, text in long:
            self.refuse(line, name, text)
        about = None if long else self.known_by_key(line) if line.exposure_id else self.found(line)
        if about is not None:
            self.compare(line, about)

    # What a line is about

    def known_by_key(self, line: Line) -> Subject | None:
        """The exposure that a line names by its key: whatever else it says of it must be true. None: refused."""
        key = key_of(line.exposure_id)
        known = self.book.exposures.get(key) if key else None
        if known is None:
            self.refuse(line, "exposure_id", _("This customer has no exposure with that id."))
            return None
        place = self.book.places[known.location_id] if known.location_id else None
        if line.kind and (wrong := self.another_kind(line, known)):
            self.refuse(line, "kind", wrong)
            return None
        if wrong_column := self.another_place(line, place):
            there = place.words if place else _("no location")
            text = _("This exposure is at %(place)s. For another location leave its id empty.") % {"place": there}
            self.refuse(line, wrong_column, text)
            return None
        description = known.description if line.description is None else " ".join(line.description.split())
        return Subject(place, known.kind, description, known)

    @staticmethod
    def another_kind(line: Line, known: Known) -> str:
        try:
            if kind_of(line.kind) == known.kind:
                return ""
        except NotAValue as error:
            return str(error)
        return _("This exposure is of the kind %(kind)s. For another kind leave its id empty.") % {
            "kind": ExposureKind(known.kind).label
        }

    def another_place(self, line: Line, place: Place | None) -> str:
        """The column that names another location than the exposure's; "" where none does."""
        if line.location_id:
            if place is None or key_of(line.location_id) != place.id:
                return "location_id"
        elif line.reference and (place is None or folded(line.reference) != folded(place.reference)):
            return "reference"
        self.note_names(line, place)
        return ""

    def note_names(self, line: Line, place: Place | None) -> None:
        """Notes a line whose words for the location are not the book's: a statement does not rename locations."""
        if place is not None:
            told = [(line.reference, place.reference), (line.name, place.name), (line.address, place.address)]
            if any(said and folded(said) != folded(known) for said, known in told):
                self.plan.left_as_they_are.add(line.row)

    def found(self, line: Line) -> Subject | None:
        """What a line names by location, kind and description, there or not yet. None: refused."""
        try:
            kind = kind_of(line.kind)
        except NotAValue as error:
            self.refuse(line, "kind", error)
            return None
        place = self.place_of(line) if line.is_elsewhere else None
        if place is None and line.is_elsewhere:
            return None
        description = " ".join((line.description or "").split())
        known = self.book.by_place.get((place.id if place else None, kind, description))
        return Subject(place, kind, description, known)

    def place_of(self, line: Line) -> Place | None:
        """The location a line names: one of the book, or a new one. None: refused."""
        if line.location_id:
            key = key_of(line.location_id)
            place = self.book.places.get(key) if key else None
            if place is None:
                self.refuse(line, "location_id", _("This customer has no location with that id."))
            self.note_names(line, place)
            return place
        named = PlaceWords.of(line)
        found = self.book.called(named)
        if len(found) > 1:
            column = "reference" if named.reference else "name" if named.name else "address"
            text = _(
                "Several locations of this customer are called that: name the one that is meant by its location id."
            )
            self.refuse(line, column, text)
            return None
        if found:
            self.note_names(line, found[0])
            return found[0]
        words = (named.reference,) if named.reference else ("", named.name, named.address)
        told = (" ".join(text.split()) for text in (line.reference, line.name, line.address))
        return self.added_places.setdefault(words, Place(uuid7(), *told))

    # What it changes

    def compare(self, line: Line, about: Subject) -> None:
        """Adds to the plan what the line changes, or why it may not."""
        said = said_by(line)
        day = said.valued_on or self.day
        standing = about.on(day)
        before = standing[2] if standing else None
        figures = self.figures(line, said, about.kind, before)
        changes = self.changes_of(line, said, about)
        if "amount" not in said.wrong and "valued_on" not in said.wrong:
            slips = rules.slips(
                kind=about.kind,
                amount=figures.amount,
                currency=figures.currency,
                valued_on=day,
                indemnity_days=figures.indemnity_days,
                on=self.on,
            )
            said.wrong = {name: str(text) for name, text in slips.items()} | said.wrong
        if said.wrong:
            for name, text in said.wrong.items():
                self.refuse(line, "amount" if line.cell else name, text)
            return
        exposure_id = about.known.id if about.known else self.added.setdefault(about.key, uuid7())
        if other := self.seen.get((exposure_id, day)):
            text = _("Row %(row)d gives a value of the same day for it.") % {"row": other.row}
            self.refuse(line, "amount", _("Another cell gives a value of the same day for it.") if line.cell else text)
            return
        self.seen[exposure_id, day] = line
        is_of_that_day = standing is not None and standing[0] == day
        is_same = before == figures and (is_of_that_day or said.valued_on is None)
        ends_nothing = not figures.amount and (before is None or not before.amount)
        after = None if is_same or ends_nothing else figures
        is_nothing = after is None and (about.known is None or not changes)
        if is_nothing or self.is_untouched(line, about, figures, day):
            self.plan.unchanged += 1
            return
        if not self.replaces and (clash := self.clash(line, about, figures)):
            self.plan.conflicts.append(clash)
            return
        corrects = standing[1] if after and standing and is_of_that_day else None
        self.plan.steps.append(Step(line, about, exposure_id, day, before, after, corrects, changes))

    def figures(self, line: Line, said: Said, kind: str, before: Figures | None) -> Figures:
        """What a line says, and where it is silent, what stood there or is usual."""
        currency = said.currency
        if kind in COUNTED_KINDS:
            currency = currency or ""
        elif currency is None:
            currency = before.currency if before else self.book.customer.currency
        kept_days = before.indemnity_days if before else None
        return Figures(
            amount=said.amount,
            currency=currency,
            basis=said.basis or (before.basis if before else ValuationBasis.REINSTATEMENT.value),
            indemnity_days=kept_days if line.indemnity_days is None else said.indemnity_days,
        )

    def changes_of(self, line: Line, said: Said, about: Subject) -> dict[str, Any]:
        """What a line changes of the exposure itself; what cannot be is added to `said.wrong`."""
        changes: dict[str, Any] = {}
        is_renamed = about.known is not None and about.description != about.known.description
        if (is_renamed and (about.key in self.book.by_place or about.key in self.added)) or about.key in self.renamed:
            said.wrong["description"] = _("Another exposure of that kind is described so already.")
        elif is_renamed:
            self.renamed.add(about.key)
            changes["description"] = about.description
        if line.index is not None:
            index = self.book.indices.get(folded(line.index)) if line.index.strip() else None
            if line.index.strip() and index is None:
                said.wrong["index"] = _("There is no value index with that code.")
            elif wrong := rules.index_slip(kind=about.kind, has_index=index is not None):
                said.wrong["index"] = str(wrong)
            index_id = index.pk if index else None
            if index_id != (about.known.index_id if about.known else None):
                changes["value_index_id"] = index_id
        return changes

    # What was seen when it was typed

    def is_untouched(self, line: Line, about: Subject, figures: Figures, day: datetime.date) -> bool:
        """Whether a line says just what was seen: what others changed meanwhile is then no business of its."""
        seen = tokens.day_seen(line.token) if line.token else None
        if seen is None:
            return False
        if line.cell:
            return tokens.of_cell(seen, figures) == line.token
        index = self.index_code(about) if line.index is None else line.index.strip()
        return tokens.of_row(seen, figures, day, about.description, index) == line.token

    def clash(self, line: Line, about: Subject, typed: Figures) -> Conflict | None:
        """What the book says by now, where it is not what was seen."""
        seen = tokens.day_seen(line.token) if line.token else None
        if seen is None:
            return None
        standing = about.on(seen)
        now = standing[2] if standing else None
        if line.cell:
            token = tokens.of_cell(seen, now)
        else:
            described = about.known.description if about.known else ""
            token = tokens.of_row(seen, now, standing[0] if standing else None, described, self.index_code(about))
        return None if token == line.token else Conflict(line, about, now, typed, token)

    def index_code(self, about: Subject) -> str:
        index_id = about.known.index_id if about.known else None
        return self.book.index_codes[index_id] if index_id else ""
