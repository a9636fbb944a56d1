"""The life of an update: drafted from what the app above composed, edited, then released or discarded by a person."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.utils import parseaddr
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit, recording
from common.ids import uuid7
from communications import letters
from communications.models import Message, Update, UpdateState
from communications.selectors.recipients import is_written_to, recipients
from communications.services import outbox, plans
from profiles.models import Contact, Customer

DRAFTED = audit.action("update.drafted", _("drafted an update"))
REFRESHED = audit.action("update.refreshed", _("brought the draft of an update up to date"))
EDITED = audit.action("update.edited", _("edited an update"))
RELEASED = audit.action("update.released", _("released an update"))
DISCARDED = audit.action("update.discarded", _("discarded an update"))

COMPOSED = ("language", "subject", "opening", "closing", "figures")
COMPARED = ("language", "opening", "closing", "figures")
"""Not the subject: it names the day, and a draft is not written anew each night for that."""


class NoRecipient(Exception):
    """No contact of the customer receives updates."""


class NotWrittenTo(Exception):
    """The customer is one that gets no letters: lost, or not to be contacted."""


@dataclass(frozen=True)
class Composed:
    """What an update to a customer would say on a day."""

    customer: Customer
    as_at: datetime.date
    language: str
    subject: str
    opening: str
    closing: str
    figures: dict[str, Any]


@dataclass
class Drafted:
    """What became of composed updates, by customer."""

    created: list[Update] = field(default_factory=list)
    refreshed: list[Update] = field(default_factory=list)
    unchanged: list[Update] = field(default_factory=list)
    left_to_their_editors: list[Update] = field(default_factory=list)

    @property
    def untouched_by_people(self) -> list[Update]:
        return self.created + self.refreshed + self.unchanged


@transaction.atomic
def draft(*, composed: Iterable[Composed], by: User) -> Drafted:
    """Keeps one draft for each customer. One that nobody edited is brought up to date; an edited one is left alone.

    Raises NotWrittenTo for a customer that gets no letters.
    """
    by_customer = {each.customer.pk: each for each in composed}
    for each in by_customer.values():
        if not is_written_to(each.customer):
            raise NotWrittenTo(f"{each.customer} is {each.customer.stage}.")
    existing = _drafts_of(by_customer.keys())
    outcome = Drafted()
    for customer_id, each in by_customer.items():
        found = existing.get(customer_id)
        if found is None:
            outcome.created.append(_new(each))
        elif found.edited_at:
            outcome.left_to_their_editors.append(found)
        elif any(getattr(found, name) != getattr(each, name) for name in COMPARED):
            outcome.refreshed.append(_take(found, each, COMPOSED))
        else:
            outcome.unchanged.append(found)
    Update.objects.bulk_create(outcome.created)
    Update.objects.bulk_update(outcome.refreshed, [*COMPOSED, "as_at", "version", "updated_at"])
    for what, rows in ((DRAFTED, outcome.created), (REFRESHED, outcome.refreshed)):
        for row in rows:
            audit.record(what, row, by=by, customer_id=row.customer_id, after={"as_at": row.as_at.isoformat()})
    return outcome


@transaction.atomic
def refresh(*, update: Update, composed: Composed, by: User, version: int) -> Update:
    """Takes today's figures into a draft; the words too, unless somebody edited them.

    Raises WrongState, StaleVersion.
    """
    current = recording.locked(update, version=version)
    current.require_draft()
    before = current.as_at
    _take(current, composed, ("figures",) if current.edited_at else COMPOSED)
    current.save()
    audit.record(
        REFRESHED,
        current,
        by=by,
        customer_id=current.customer_id,
        before={"as_at": before.isoformat()},
        after={"as_at": current.as_at.isoformat()},
    )
    return current


@transaction.atomic
def edit(*, update: Update, by: User, version: int) -> Update:
    """Saves the words of a draft that a person changed. Raises WrongState, StaleVersion, ValidationError."""
    current = recording.locked(update, version=version)
    current.require_draft()
    if audit.changes(current, update)[1]:
        update.edited_at = timezone.now()
    return recording.change(update, EDITED, by=by, version=version)


@transaction.atomic
def release(*, update: Update, by: User, version: int, on: datetime.date) -> Update:
    """Lets a draft go: one message to each recipient waits in the outbox from the moment this commits.

    Raises NoRecipient, NotWrittenTo, WrongState, StaleVersion.
    """
    current = recording.locked(update, version=version)
    current.require_draft()
    if not is_written_to(current.customer):
        raise NotWrittenTo(f"{current.customer} is {current.customer.stage}.")
    contacts = recipients([current.customer_id]).get(current.customer_id, [])
    if not contacts:
        raise NoRecipient(f"No contact of {current.customer} receives updates.")
    current.state, current.released_at, current.released_by = UpdateState.RELEASED, timezone.now(), by
    current.version += 1
    current.save()
    outbox.post(messages=[_message(current, contact) for contact in contacts])
    plans.begin_next_round(customer=current.customer, on=on)
    audit.record(
        RELEASED,
        current,
        by=by,
        customer_id=current.customer_id,
        after={"to": [contact.email for contact in contacts]},
    )
    return current


@transaction.atomic
def discard(*, update: Update, by: User, version: int, on: datetime.date, reason: str) -> Update:
    """Ends a draft that shall not go out. If it was due, the plan goes on to the next round.

    Raises WrongState, StaleVersion, ValidationError without a reason.
    """
    current = recording.locked(update, version=version)
    current.require_draft()
    current.state, current.discarded_reason = UpdateState.DISCARDED, reason.strip()
    current.version += 1
    current.full_clean()
    current.save()
    plans.begin_next_round(customer=current.customer, on=on, only_if_due=True)
    audit.record(DISCARDED, current, by=by, customer_id=current.customer_id, note=current.discarded_reason)
    return current


def _drafts_of(customer_ids: Iterable[UUID]) -> dict[UUID, Update]:
    """The customers' drafts, locked. The customers are locked first, so that two who draft at once make one draft."""
    ids = list(customer_ids)
    locked = Customer.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=ids).order_by("pk")
    locked_ids = list(locked.values_list("pk", flat=True))
    drafts = Update.objects.filter(customer__in=locked_ids, state=UpdateState.DRAFT)
    return {found.customer_id: found for found in drafts.select_for_update(of=("self",)).select_related("customer")}


def _new(composed: Composed) -> Update:
    return _take(Update(customer=composed.customer, version=0), composed, COMPOSED)


def _take(update: Update, composed: Composed, names: tuple[str, ...]) -> Update:
    for name in names:
        setattr(update, name, getattr(composed, name))
    update.as_at = composed.as_at
    update.version += 1
    update.updated_at = timezone.now()
    return update


def _message(update: Update, contact: Contact) -> Message:
    """The letter to one contact as it will be sent, whatever changes later."""
    letter = letters.update(update, contact=contact)
    key = uuid7()
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2]
    return Message(
        pk=key,
        customer_id=update.customer_id,
        update=update,
        contact=contact,
        to_name=_on_one_line(contact.name),
        to_address=contact.email,
        reply_to=update.figures.get("caller", {}).get("email", ""),
        subject=_on_one_line(letter.subject),
        text=letter.text,
        html=letter.html,
        message_id=f"<{key.hex}@{domain}>",
    )


def _on_one_line(text: str) -> str:
    """Header text: a line break in an imported name would end the header, and begin another of its choosing."""
    return " ".join(text.split())
