"""Days of a policy's period on which a section has no cover: ended by an endorsement, resumed, lapsed with the policy.

A break is the absence of a version, so whatever reads the ranges of days sees it. Only what stands here makes one.
"""

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions import action
from accounts.models import User
from accounts.services import audit
from common.exceptions import StaleVersion, WrongState
from common.templatetags.ui import day_text
from programmes.models import Policy, Section, Terms
from programmes.selectors import versions
from programmes.selectors.versions import Content
from programmes.services.terms import (
    Seen,
    check_day,
    copied,
    day_before_next,
    locked,
    locked_versions,
    said_of,
    save_changed,
    write,
)

ENDED = action("terms.ended", gettext_lazy("ended the cover of"))
RESUMED = action("terms.resumed", gettext_lazy("resumed the cover of"))

ONE_DAY = datetime.timedelta(days=1)


@transaction.atomic
def end(*, section: Section, from_day: datetime.date, reason: str, by: User, seen: Seen | None = None) -> None:
    """Ends a section's cover by an endorsement; `from_day` is the first day without it.

    With `seen`, raises StaleVersion where somebody changed those terms meanwhile. Raises ValidationError (reason,
    first_day): for a day outside the policy's period, without terms, on which the section begins, or where a later
    endorsement follows on the terms, which is withdrawn first.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the cover ends.")})
    section = locked(section)
    check_day(section.policy, from_day)
    rows = locked_versions(section)
    held = versions.holding(rows, from_day)
    if held is None:
        words = _("%(section)s has no terms on that day, so there is nothing to end.")
        raise ValidationError({"first_day": words % {"section": section}})
    _check_seen(rows, seen)
    if versions.last_before(rows, from_day) is None:
        words = _("%(section)s begins on that day: its cover can end on a later one.")
        raise ValidationError({"first_day": words % {"section": section}})
    following = held.last_day and versions.holding(rows, held.last_day + ONE_DAY)
    if following:
        words = _("%(section)s is endorsed from %(day)s: withdraw that first, or end the cover later.")
        raise ValidationError({"first_day": words % _named(section, following.first_day)})
    if held.first_day == from_day:
        said = audit.values(held) | said_of(Content.of(held).in_words())
        Terms.objects.filter(pk=held.pk).delete()
        audit.record(ENDED, section, by=by, customer_id=section.customer_id, before=said, note=reason)
        return
    before = held.last_day
    held.last_day = from_day - ONE_DAY
    save_changed(held)
    _record_days(ENDED, held, before, by=by, note=reason)


@transaction.atomic
def resume(*, section: Section, from_day: datetime.date, reason: str, by: User, seen: Seen | None = None) -> Terms:
    """Lets a section that had ended, or lapsed, have cover again from the day, on the terms it had last.

    Up to where the next version begins. From the very day on which it ended, the end is taken back. Returns the version
    that holds. With `seen`, raises StaleVersion where somebody changed those terms meanwhile. Raises ValidationError
    without a reason (reason) and for a day outside the policy's period (first_day), and WrongState where the section
    has terms on the day or never had any before it.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the cover resumes.")})
    section = locked(section)
    check_day(section.policy, from_day)
    rows = locked_versions(section)
    _check_seen(rows, seen)
    if versions.holding(rows, from_day) is not None:
        raise WrongState(_("%(section)s has terms on %(day)s, so it need not resume.") % _named(section, from_day))
    earlier = versions.last_before(rows, from_day)
    if earlier is None:
        raise WrongState(_("%(section)s had no terms before %(day)s: endorse it instead.") % _named(section, from_day))
    last_day = day_before_next(rows, from_day)
    if earlier.holds_on(from_day - ONE_DAY):
        before, earlier.last_day = earlier.last_day, last_day
        save_changed(earlier)
        _record_days(RESUMED, earlier, before, by=by, note=reason)
        return earlier
    made = _continued(earlier, from_day, last_day, note=reason)
    audit.record(RESUMED, made, by=by, customer_id=made.customer_id, after=audit.values(made), note=reason)
    return made


def lapse(*, policy: Policy, first: datetime.date, last: datetime.date, reason: str) -> None:
    """Takes the days from `first` to `last` out of the terms of every section: nothing is covered on them.

    Part of reinstating: runs in its transaction and is recorded with it. Raises ValidationError (from_day) where a
    section would be left without any terms.
    """
    for section in Section.objects.filter(policy=policy).order_by("pk"):
        rows = locked_versions(locked(section))
        left = [row for row in rows if row.first_day < first or row.last_day is None or row.last_day > last]
        if rows and not left:
            words = _(
                "%(section)s had cover only within these days: reinstate the policy without a lapse, then end it."
            )
            raise ValidationError({"from_day": words % {"section": section}})
        for row in rows:
            runs_past = row.last_day is None or row.last_day > last
            if row.first_day > last or (row.last_day is not None and row.last_day < first):
                continue
            if row.first_day >= first and not runs_past:
                Terms.objects.filter(pk=row.pk).delete()
            elif row.first_day >= first:
                row.first_day = last + ONE_DAY
                save_changed(row)
            else:
                end_before, row.last_day = row.last_day, first - ONE_DAY
                save_changed(row)
                if runs_past:
                    _continued(row, last + ONE_DAY, end_before, note=reason)


def _continued(earlier: Terms, first_day: datetime.date, last_day: datetime.date | None, *, note: str) -> Terms:
    """A further version that says the same as an earlier one, for other days."""
    made = copied(earlier)
    made.first_day, made.last_day = first_day, last_day
    made.change_note = note.strip()[: Terms._meta.get_field("change_note").max_length]
    write(made, Content.of(earlier))
    return made


def _check_seen(rows: list[Terms], seen: Seen | None) -> None:
    """Raises StaleVersion where the version that the user had before them was changed or withdrawn meanwhile."""
    if seen is None:
        return
    now = next((row for row in rows if row.pk == seen.pk), None)
    if now is None or now.version != seen.version:
        raise StaleVersion(now)


def _record_days(what: audit.Action, terms: Terms, before: datetime.date | None, *, by: User, note: str) -> None:
    """Records that a version ends on another day than it did."""
    audit.record(
        what,
        terms,
        by=by,
        customer_id=terms.customer_id,
        before={"last_day": before and before.isoformat()},
        after={"last_day": terms.last_day and terms.last_day.isoformat()},
        note=note,
    )


def _named(section: Section, day: datetime.date) -> dict[str, str]:
    return {"section": str(section), "day": day_text(day)}
