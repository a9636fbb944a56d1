"""What is done with the terms of a section: begun, endorsed from a day, corrected in place, withdrawn.

Every version has its range of days. An endorsement ends the version that holds on its day the day before and opens the
next; a correction changes what a version says and so how its days read. Ranges of a section never overlap, and no day
is left without terms that had some: days without cover come from `services.breaks` alone, where they are asked for.
"""

import copy
import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Self, TypedDict, cast
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions import Action, action
from accounts.models import User
from accounts.services import audit
from common.exceptions import StaleVersion, WrongState
from common.ids import uuid7
from common.money import MoneyField, round_money
from common.templatetags.ui import day_text
from profiles.models import Location
from programmes.models import CoverTerm, Participation, Policy, Section, Terms
from programmes.models.terms import TermsLocation
from programmes.selectors import versions
from programmes.selectors.tower_faults import lacking_in_words
from programmes.selectors.towers import stands_on_nothing
from programmes.selectors.versions import Content

BEGUN = action("terms.begun", gettext_lazy("entered the terms of"))
ENDORSED = action("terms.endorsed", gettext_lazy("endorsed"))
CORRECTED = action("terms.corrected", gettext_lazy("corrected"))
WITHDRAWN = action("terms.withdrawn", gettext_lazy("withdrew an endorsement of"))


class TermsValues(TypedDict, total=False):
    """What a version says itself. Amounts are in the policy's currency, shares are parts of 1."""

    basis: str
    attachment_point: Decimal
    attachment_basis: str
    limit: Decimal | None
    limit_basis: str
    units: int | None
    unlimited: bool
    aggregate_limit: Decimal | None
    deductible_amount: Decimal | None
    deductible_percent: Decimal | None
    deductible_percent_of: str
    deductible_min: Decimal | None
    deductible_max: Decimal | None
    sum_insured: Decimal | None
    average_threshold: Decimal | None
    average_basis: str
    coverage_trigger: str
    retroactive_date: datetime.date | None
    is_retroactive_unlimited: bool
    extended_reporting_months: int | None
    defence_costs: str
    indemnity_months: int | None
    drops_down: bool
    recognises_sublimits: bool
    insured_kinds: list[str]
    territory: list[str]
    territory_excluded: list[str]
    placed_elsewhere_share: Decimal
    placed_share: Decimal | None
    change_note: str


@dataclass(frozen=True)
class Given:
    """What a caller gives of a version. None for a part: as it was (of a first version: nothing).

    `is_underlying_elsewhere` says that the cover below an excess section is known to stand where it is not entered;
    without it such a section is refused (docs/adr/0008-excess-without-underlying.md). It is not kept.
    """

    values: TermsValues | None = None
    cover_terms: Sequence[CoverTerm] | None = None
    lines: Sequence[Participation] | None = None
    locations: Sequence[Location] | None = None
    is_underlying_elsewhere: bool = False

    @classmethod
    def of(cls, terms: Terms) -> Self:
        """All that a saved version says, for another section to say the same; not what its endorsement was."""
        values = {name: getattr(terms, name) for name in TermsValues.__annotations__ if name != "change_note"}
        content = Content.of(terms)
        return cls(
            values=cast(TermsValues, values),
            cover_terms=content.cover_terms,
            lines=content.lines,
            locations=content.locations,
            is_underlying_elsewhere=True,  # accepted where it is copied from
        )

    def on(self, content: Content) -> Content:
        """The content with the given parts in place of its own."""
        if self.cover_terms is not None:
            content = replace(content, cover_terms=tuple(self.cover_terms))
        if self.lines is not None:
            content = replace(content, lines=tuple(self.lines))
        if self.locations is not None:
            content = replace(content, locations=tuple(self.locations))
        return content


@dataclass(frozen=True)
class Seen:
    """The version that the user had before them: which one, and how often it had been saved."""

    pk: UUID
    version: int


@transaction.atomic
def begin(*, section: Section, given: Given, by: User, from_day: datetime.date | None = None) -> Terms:
    """Gives a section its first terms, from the day, else from the policy's inception.

    Raises ValidationError with the fields named, and WrongState where the section has terms already.
    """
    section = locked(section)
    if section.versions.exists():
        raise WrongState(_("%(section)s has terms already: endorse or correct them.") % {"section": section})
    first_day = from_day or section.policy.inception_date
    check_day(section.policy, first_day)
    terms = Terms(section=section, customer_id=section.customer_id, first_day=first_day)
    content = _applied(terms, given, Content())
    write(terms, content)
    audit.record(
        BEGUN, terms, by=by, customer_id=terms.customer_id, after=audit.values(terms) | said_of(content.in_words())
    )
    return terms


@transaction.atomic
def endorse(*, section: Section, from_day: datetime.date, given: Given, by: User, seen: Seen | None = None) -> Terms:
    """A new version of the section's terms from a day on, up to where the next begins.

    What is not given is copied from the version that holds on the day, which ends the day before. Where one begins on
    that very day, it is corrected instead. Where nothing would differ, nothing is written and that version comes back.
    On a day without terms the section resumes, and what is not given is copied from the last version before.

    With `seen`, raises StaleVersion (with the version that holds) when somebody changed it meanwhile. Raises
    ValidationError with the fields named: among them `first_day`, when the day is outside the policy's period, or when
    other terms than those seen hold on it.
    """
    section = locked(section)
    check_day(section.policy, from_day)
    rows = locked_versions(section)
    holder = versions.holding(rows, from_day)
    if seen is not None:
        _check_seen(rows, holder, seen)
    if holder is not None and holder.first_day == from_day:
        return _rewrite(holder, given, ENDORSED, by=by)

    earlier = holder or versions.last_before(rows, from_day)
    before = Content.of(earlier) if earlier else Content()
    terms = copied(earlier) if earlier else Terms(section=section, customer_id=section.customer_id)
    terms.first_day = from_day
    terms.last_day = holder.last_day if holder else day_before_next(rows, from_day)
    content = _applied(terms, given, before)
    old, new = versions.changed(holder or terms, before, terms, content)
    if holder is not None:
        if not new and not terms.change_note:
            return holder
        holder.last_day = from_day - datetime.timedelta(days=1)
        save_changed(holder)
    write(terms, content)
    audit.record(
        ENDORSED,
        terms,
        by=by,
        customer_id=terms.customer_id,
        before=old,
        after=new if holder else audit.values(terms) | said_of(content.in_words()),
        note=terms.change_note,
    )
    return terms


@transaction.atomic
def correct(*, terms: Terms, given: Given, by: User, version: int, note: str = "") -> Terms:
    """Changes a version in place, because it was entered wrongly: its days read as corrected. No change writes nothing.

    Raises StaleVersion when somebody saved it meanwhile, ValidationError with the fields named.
    """
    section = locked(terms.section)
    rows = locked_versions(section)
    current = next((row for row in rows if row.pk == terms.pk), None)
    if current is None:
        raise WrongState(_("These terms were withdrawn meanwhile."))
    if current.version != version:
        raise StaleVersion(current)
    return _rewrite(current, given, CORRECTED, by=by, note=note)


@transaction.atomic
def withdraw(*, terms: Terms, by: User, version: int, reason: str) -> Terms:
    """Takes back an endorsement that should not have been entered; the terms before it hold on. Returns those.

    Where the section had no terms on the day before, it had resumed by these: its days are without cover again.
    Raises StaleVersion, ValidationError without a reason, and WrongState for the first terms of a section.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the endorsement is withdrawn.")})
    section = locked(terms.section)
    rows = locked_versions(section)
    current = next((row for row in rows if row.pk == terms.pk), None)
    if current is None:
        raise WrongState(_("These terms were withdrawn meanwhile."))
    if current.version != version:
        raise StaleVersion(current)
    earlier = versions.last_before(rows, current.first_day)
    if earlier is None:
        raise WrongState(_("Nothing holds before these terms, so they can be corrected but not withdrawn."))
    said = audit.values(current) | said_of(Content.of(current).in_words())
    Terms.objects.filter(pk=current.pk).delete()
    if earlier.holds_on(current.first_day - datetime.timedelta(days=1)):
        earlier.last_day = current.last_day
        save_changed(earlier)
    audit.record(WITHDRAWN, section, by=by, customer_id=section.customer_id, before=said, note=reason)
    return earlier


def follow_inception(*, policy: Policy, was: datetime.date) -> None:
    """Lets first terms that began with the policy begin with it still, after its inception was corrected.

    Part of changing a policy: runs in its transaction and is recorded with it. Raises ValidationError (inception_date,
    expiry_date) where terms would be left outside the period.
    """
    rows = Terms.objects.select_for_update(of=("self",)).filter(section__policy=policy).select_related("section")
    for terms in rows.order_by("first_day"):
        terms.section.policy = policy
        if terms.first_day == was:
            if terms.last_day is not None and terms.last_day < policy.inception_date:
                raise ValidationError({"inception_date": _endorsed_before(terms, policy.inception_date)})
            if terms.first_day != policy.inception_date:
                terms.first_day = policy.inception_date
                save_changed(terms)
        elif terms.first_day < policy.inception_date:
            raise ValidationError({"inception_date": _endorsed_before(terms, policy.inception_date)})
        if policy.expiry_date is not None and terms.first_day > policy.expiry_date:
            raise ValidationError(
                {
                    "expiry_date": _("%(section)s has terms from %(day)s, after this day: withdraw them first.")
                    % {"section": terms.section, "day": day_text(terms.first_day)}
                }
            )


def copied(terms: Terms) -> Terms:
    """A new version that says itself what the given one does; its content is written beside it. Not saved."""
    made = copy.copy(terms)
    made.pk, made.version, made.change_note, made._state = uuid7(), 1, "", models.base.ModelState()
    made._prefetched_objects_cache = {}  # type: ignore[attr-defined]
    return made


def _endorsed_before(terms: Terms, inception: datetime.date) -> str:
    return _("%(section)s has an endorsement before %(day)s: withdraw it first.") % {
        "section": terms.section,
        "day": day_text(inception),
    }


def locked(section: Section) -> Section:
    """The section, locked, so that changes of its versions come one after the other; its policy beside it."""
    return Section.objects.select_for_update(of=("self",)).select_related("policy").get(pk=section.pk)


def locked_versions(section: Section) -> list[Terms]:
    """The versions of a section, the earliest first, locked, each with its content."""
    rows = Terms.objects.select_for_update(of=("self",)).filter(section=section).order_by("first_day")
    found = list(versions.with_content(rows))
    for row in found:
        row.section = section
    return found


def check_day(policy: Policy, day: datetime.date) -> None:
    """Raises ValidationError (first_day) for a day outside the policy's period."""
    if policy.covers(day):
        return
    if policy.expiry_date is None:
        words = _("The day must not be before the policy's inception, %(first)s.")
        raise ValidationError({"first_day": words % {"first": day_text(policy.inception_date)}})
    words = _("The day must lie within the policy's period, %(first)s to %(last)s.")
    period = {"first": day_text(policy.inception_date), "last": day_text(policy.expiry_date)}
    raise ValidationError({"first_day": words % period})


def _check_seen(rows: list[Terms], holder: Terms | None, seen: Seen) -> None:
    was = next((row for row in rows if row.pk == seen.pk), None)
    if holder is not None and (was is None or was.version != seen.version):
        raise StaleVersion(holder)
    if holder is not None and holder.pk != seen.pk:
        raise ValidationError(
            {
                "first_day": _("On that day the terms from %(day)s hold, not those you started from.")
                % {"day": day_text(holder.first_day)}
            }
        )


def day_before_next(rows: list[Terms], day: datetime.date) -> datetime.date | None:
    """The last day before the next version begins; None where none does."""
    following = [row.first_day for row in rows if row.first_day > day]
    return min(following) - datetime.timedelta(days=1) if following else None


def _rewrite(terms: Terms, given: Given, what: Action, *, by: User, note: str = "") -> Terms:
    """Brings a saved version to what is given and records what differs. No change writes nothing."""
    before, content_before = copy.copy(terms), Content.of(terms)
    content = _applied(terms, given, content_before)
    old, new = versions.changed(before, content_before, terms, content)
    if terms.change_note != before.change_note:
        old["change_note"], new["change_note"] = before.change_note, terms.change_note
    if not new:
        return terms
    save_changed(terms)
    _write_content(terms, content_before, content)
    audit.record(what, terms, by=by, customer_id=terms.customer_id, before=old, after=new, note=note)
    return terms


def _applied(terms: Terms, given: Given, content: Content) -> Content:
    """Puts the given values on the version and returns its content, both checked. Raises ValidationError."""
    currency = terms.section.policy.currency
    stood_at = terms.attachment_point, terms.attachment_basis
    for name, value in (given.values or TermsValues()).items():
        if isinstance(Terms._meta.get_field(name), MoneyField) and isinstance(value, Decimal):
            value = round_money(value, currency)  # noqa: PLW2901  the value as it is kept
        setattr(terms, name, value)
    content = given.on(content)
    faults: dict[str, Any] = {}
    try:
        # The range is right by construction, and the database holds the rest of the constraints.
        terms.full_clean(exclude=["section", "customer"], validate_constraints=False, validate_unique=False)
    except ValidationError as error:
        faults |= error.error_dict
    is_moved = (terms.attachment_point, terms.attachment_basis) != stood_at
    if is_moved and "attachment_point" not in faults and not given.is_underlying_elsewhere:
        lacking = stands_on_nothing(terms) if terms.attachment_point else None
        if lacking is not None:
            faults["attachment_point"] = [ValidationError(lacking_in_words(lacking))]
    faults |= _faults_in_rows("lines", content.lines, exclude=["terms", "customer", "insurer"])
    faults |= _faults_in_rows("cover_terms", content.cover_terms, exclude=["terms", "customer", "category"])
    twice = [
        insurer for insurer, times in Counter(row.insurer for row in content.lines).items() if insurer and times > 1
    ]
    if twice:
        faults.setdefault("lines", []).append(
            ValidationError(_("%(insurer)s has more than one line."), params={"insurer": twice[0]})
        )
    if sum(line.is_lead for line in content.lines) > 1:
        faults.setdefault("lines", []).append(ValidationError(_("One insurer leads, not several.")))
    categories = Counter(row.category for row in content.cover_terms)
    if repeated := [category for category, times in categories.items() if times > 1]:
        faults.setdefault("cover_terms", []).append(
            ValidationError(_("%(category)s is named more than once."), params={"category": repeated[0]})
        )
    if any(location.customer_id != terms.customer_id for location in content.locations):
        faults["locations"] = [ValidationError(_("A location of another customer cannot be insured here."))]
    if faults:
        raise ValidationError(faults)
    return content


def _faults_in_rows(
    name: str, rows: Sequence[CoverTerm | Participation], *, exclude: list[str]
) -> dict[str, list[ValidationError]]:
    """What is wrong with the rows, each message with the row it is about, under the name of the part."""
    found = []
    for row in rows:
        try:
            row.full_clean(exclude=exclude, validate_constraints=False, validate_unique=False)
        except ValidationError as error:
            found += [
                ValidationError("%(row)s: %(message)s", params={"row": str(row), "message": message})
                for message in error.messages
            ]
    return {name: found} if found else {}


def save_changed(terms: Terms) -> None:
    """Saves a version that is locked, so that who saw it before is told of the change."""
    terms.version += 1
    terms.save(force_update=True)


def write(terms: Terms, content: Content) -> None:
    """Inserts a version with the rows beside it."""
    terms.save(force_insert=True)
    _write_content(terms, Content(), content)


def _write_content(terms: Terms, before: Content, after: Content) -> None:
    """Brings the rows beside a version from one content to another. Rows that stay as they are are not touched."""
    _replace_rows(Participation, terms, before.lines, after.lines, _line_key)
    _replace_rows(CoverTerm, terms, before.cover_terms, after.cover_terms, _cover_term_key)
    had, has = {row.pk for row in before.locations}, {row.pk for row in after.locations}
    TermsLocation.objects.filter(terms=terms, location__in=had - has).delete()
    TermsLocation.objects.bulk_create(
        TermsLocation(terms=terms, customer_id=terms.customer_id, location_id=pk) for pk in sorted(has - had)
    )
    # What was fetched along before is not what is there now.
    terms._prefetched_objects_cache = {}  # type: ignore[attr-defined]


def _replace_rows(model: Any, terms: Terms, before: Sequence[Any], after: Sequence[Any], key: Any) -> None:
    """Deletes first, so that a line or the lead may pass from one row to another without breaking a constraint."""
    kept = Counter(key(row) for row in before) & Counter(key(row) for row in after)
    gone, stay = [], Counter(kept)
    for row in before:
        if stay[key(row)]:
            stay[key(row)] -= 1
        else:
            gone.append(row.pk)
    fresh, stay = [], Counter(kept)
    for row in after:
        if stay[key(row)]:
            stay[key(row)] -= 1
        else:
            fresh.append(_fresh(row, terms))
    model.objects.filter(pk__in=gone).delete()
    model.objects.bulk_create(fresh)


def _fresh(row: Any, terms: Terms) -> Any:
    """A new row that says what the given one says, under this version."""
    made = copy.copy(row)
    made.pk, made.version, made._state = uuid7(), 1, models.base.ModelState()
    made.terms, made.customer_id = terms, terms.customer_id
    return made


def _line_key(line: Participation) -> tuple[Any, ...]:
    return line.insurer_id, line.written_share, line.signed_share, line.is_lead, line.stands


def _cover_term_key(row: CoverTerm) -> tuple[Any, ...]:
    return (
        row.category_id,
        row.included,
        row.sublimit,
        row.deductible_amount,
        row.deductible_percent,
        row.deductible_percent_of,
        row.deductible_min,
        row.deductible_max,
    )


def said_of(words: dict[str, list[str]]) -> dict[str, list[str]]:
    """The parts of a content that say something, as the record keeps them."""
    return {name: texts for name, texts in words.items() if texts}
