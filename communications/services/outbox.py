"""The outbox: hands waiting messages to the mail server, never losing one and never sending one twice by itself.

A message is claimed with a row lock, and the server greeted, before anything is written: a crash until then changes
nothing. Then SENDING is committed, the letter handed over, and what the server said committed. Who hands over holds an
advisory lock in a database session of its own, which dies with the process; so whoever finds a SENDING message whose
lock is free knows at once that nobody will ever learn what the server said, and the message becomes UNCONFIRMED.
See docs/adr/0003-sending.md.
"""

import datetime
import logging
import smtplib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from email.utils import format_datetime, formataddr
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import sanitize_address
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.acting import acting_as
from accounts.models import User
from accounts.services import audit, recording
from communications.models import Message, MessageState
from communications.selectors.recipients import is_written_to

SENT = audit.action("message.sent", _("sent the letter"))
FAILED = audit.action("message.failed", _("could not send the letter"))
UNCONFIRMED = audit.action("message.unconfirmed", _("may have sent the letter, the answer was lost"))
RESENT = audit.action("message.resent", _("had the letter sent again"))

SEND_TASK = "communications.tasks.send_messages"
ONE_PASS = datetime.timedelta(seconds=20)
"""A pass takes no further message after this long, so that a worker that is asked to stop stops soon."""
MOST_ATTEMPTS = 12
"""Refusals "for now" (4xx) until a message is given up: with the waits between them, about 20 hours."""
LONGEST_WAIT = datetime.timedelta(hours=4)

log = logging.getLogger(__name__)


class ServerUnreachable(Exception):
    """The mail server could not be reached or does not let us in. Nothing was handed over."""


def post(*, messages: Sequence[Message]) -> None:
    """Puts messages into the outbox, within the caller's transaction, whose commit hurries the worker."""
    Message.objects.bulk_create(messages)
    transaction.on_commit(nudge, robust=True)


def nudge() -> None:
    """Hurries the worker. Without a broker the next sweep finds the same work."""
    from celery import current_app

    current_app.send_task(SEND_TASK, ignore_result=True, retry=False)


def push() -> Counter[MessageState]:
    """Hands over what waits and is due; returns how many messages it left in which state. Not inside a transaction.

    A server that cannot be reached ends the pass: its message waits, uncounted as an attempt, and so do the rest.
    """
    ends = timezone.now() + ONE_PASS
    tally: Counter[MessageState] = Counter()
    system = User.objects.system()
    with acting_as(system), _presence() as presence, _mail_server() as server:
        tally[MessageState.UNCONFIRMED] += settle_abandoned()
        while timezone.now() < ends:
            try:
                state = _hand_over_next(server, presence, by=system)
            except ServerUnreachable as unreachable:
                log.warning("The mail server cannot be reached: %s", unreachable)
                tally[MessageState.QUEUED] += 1
                break
            if state is None:
                break
            tally[state] += 1
    return tally


def settle_abandoned() -> int:
    """Marks messages UNCONFIRMED that were being handed over by a worker that is gone. Returns how many."""
    system = User.objects.system()
    settled = 0
    for pk in Message.objects.filter(state=MessageState.SENDING).values_list("pk", flat=True):
        with acting_as(system), transaction.atomic(durable=True):
            with connection.cursor() as cursor:
                cursor.execute("select pg_try_advisory_xact_lock(%s)", [lock_key(pk)])
                is_free = cursor.fetchone()[0]
            message = Message.locked(pk)
            if is_free and message.state == MessageState.SENDING:
                message.doubt(reason="The worker ended before the mail server's answer was recorded.")
                _save(message, UNCONFIRMED, by=system)
                settled += 1
    return settled


@transaction.atomic
def send_again(*, message: Message, by: User, version: int) -> Message:
    """Puts a message that was refused or perhaps sent back into the outbox, with the same Message-ID.

    A refused one goes to the address its contact has by now. Raises StaleVersion, and WrongState for any other message.
    """
    current = recording.locked(message, version=version)
    before = audit.values(current)
    if current.state == MessageState.FAILED and current.contact and current.contact.email:
        current.to_address = current.contact.email
    current.wait(until=timezone.now(), reason=current.last_error)
    current.attempts = 0
    current.save()
    after = audit.values(current)
    changed = [name for name in ("state", "to_address") if before[name] != after[name]]
    audit.record(
        RESENT,
        current,
        by=by,
        customer_id=current.customer_id,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )
    transaction.on_commit(nudge, robust=True)
    return current


def _hand_over_next(server: BaseEmailBackend, presence: BaseDatabaseWrapper, *, by: User) -> MessageState | None:
    """Brings one waiting message to its end. Returns the state it is left in, None where none waits.

    Raises ServerUnreachable, after making the message wait.
    """
    try:
        with transaction.atomic(durable=True):
            message = _claim()
            if message is None:
                return None
            _hold(presence, message.pk)
            mail = _mail(message, by=by)
            if mail is None:
                return MessageState.FAILED
            unreachable = _greet(server)
            if unreachable:
                message.wait(until=_after_unreachable(message), reason=unreachable)
            else:
                message.hand_over(now=timezone.now())
            message.save()
        if unreachable:
            raise ServerUnreachable(unreachable)
        try:
            server.send_messages([mail])
        except OSError as error:  # of which every SMTPException is one
            return _judge(message, error, server, by=by)
        with transaction.atomic(durable=True):
            message = Message.locked(message.pk)
            message.accept(now=timezone.now())
            _save(message, SENT, by=by, check=False)
        return MessageState.SENT
    finally:
        presence.rollback()


def _claim() -> Message | None:
    waiting = Message.objects.filter(state=MessageState.QUEUED, next_attempt_at__lte=timezone.now())
    claimed: Message | None = (
        waiting.select_related("customer")
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("next_attempt_at", "pk")
        .first()
    )
    return claimed


def _mail(message: Message, *, by: User) -> EmailMultiAlternatives | None:
    """The mail as it goes out, the same each time. None where it can never go: the message is then FAILED, and why."""
    if not is_written_to(message.customer):
        message.refuse(reason=f"The customer is marked {message.customer.stage}.")
        _save(message, FAILED, by=by)
        return None
    to = formataddr((message.to_name, message.to_address))
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        to=[to],
        reply_to=[message.reply_to] if message.reply_to else [],
        headers={
            "Message-ID": message.message_id,
            "Date": format_datetime(timezone.localtime(message.created_at)),
            "Auto-Submitted": "auto-generated",
        },
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    try:
        mail.message()
        sanitize_address(to, settings.DEFAULT_CHARSET)
    except ValueError as error:  # a header that cannot be written, such as one with a line break
        message.refuse(reason=str(error))
        _save(message, FAILED, by=by)
        return None
    return mail


def _greet(server: BaseEmailBackend) -> str:
    """Opens the connection, unless it is open. Returns why it cannot be, or nothing."""
    try:
        server.open()
    except OSError as error:
        _hang_up(server)
        return _in_words(error)
    return ""


def _judge(message: Message, error: OSError, server: BaseEmailBackend, *, by: User) -> MessageState:
    """Records what a failed handing over means: refused, refused for now, certainly not accepted, or unknown."""
    may_have_arrived = getattr(server, "body_begun", True)
    _hang_up(server)
    code, reason = _refusal_code(error), _in_words(error)
    with transaction.atomic(durable=True):
        message = Message.locked(message.pk)
        if code is None and may_have_arrived:
            message.doubt(reason=reason)
            _save(message, UNCONFIRMED, by=by)
        elif (code is not None and code >= 500) or message.attempts >= MOST_ATTEMPTS:
            message.refuse(reason=reason)
            _save(message, FAILED, by=by)
        else:
            message.wait(until=timezone.now() + _pause(message.attempts), reason=reason)
            message.save()
    return MessageState(message.state)


def _refusal_code(error: OSError) -> int | None:
    """The code with which the server refused; None where it did not answer."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next(iter(error.recipients.values()))[0]
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code if error.smtp_code >= 400 else None
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return 554  # found out from the server's greeting, before anything was handed over
    return None


def _in_words(error: OSError) -> str:
    """What the server said, or how the connection failed, for the person who looks after the message."""
    said: tuple[int, bytes | str]
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        said = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_code, error.smtp_error
    else:
        return str(error) or type(error).__name__
    code, text = said
    return f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"


def _pause(attempts: int) -> datetime.timedelta:
    """The wait after a refusal for now: two minutes, then twice as long each time."""
    return min(datetime.timedelta(minutes=2**attempts), LONGEST_WAIT)


def _after_unreachable(message: Message) -> datetime.datetime:
    """When to try again where nobody answered: soon for a young message, a quarter of an hour for an old one."""
    now = timezone.now()
    pause = min(max((now - message.created_at) / 2, datetime.timedelta(seconds=30)), datetime.timedelta(minutes=15))
    return now + pause


def _save(message: Message, what: audit.Action, *, by: User, check: bool = True) -> None:
    message.save()
    audit.record(what, message, by=by, customer_id=message.customer_id, note=message.last_error, check=check)


@contextmanager
def _mail_server() -> Iterator[BaseEmailBackend]:
    server = get_connection()
    try:
        yield server
    finally:
        _hang_up(server)


def _hang_up(server: BaseEmailBackend) -> None:
    # What the server thinks of our leaving no longer matters: every answer that does is recorded by now.
    with suppress(OSError):
        server.close()


@contextmanager
def _presence() -> Iterator[BaseDatabaseWrapper]:
    """A database session beside the working one, to hold a lock across that one's commits.

    A lock of the working session itself would be lost behind a pooler that lends out sessions by transaction.
    """
    session = connection.copy()
    try:
        session.set_autocommit(False)
        yield session
    finally:
        session.close()


def _hold(presence: BaseDatabaseWrapper, pk: UUID) -> None:
    with presence.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [lock_key(pk)])


def lock_key(pk: UUID) -> int:
    """The random half of the message's key, as the 64 bits of an advisory lock."""
    return int.from_bytes(pk.bytes[8:], "big", signed=True)
