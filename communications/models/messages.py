"""The outbox: one row for each letter to one address, written before anything is sent."""

import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.permissions import CustomerRowsQuerySet
from common.exceptions import WrongState
from common.history import tracked
from common.models import Record
from communications.models.updates import Update
from profiles.models import Contact, Customer


class MessageState(models.TextChoices):
    QUEUED = "QUEUED", _("Waiting to be sent")
    SENDING = "SENDING", _("Being handed over")
    SENT = "SENT", _("Sent")
    UNCONFIRMED = "UNCONFIRMED", _("Perhaps sent")
    FAILED = "FAILED", _("Refused")


STEPS: dict[MessageState, frozenset[MessageState]] = {
    MessageState.QUEUED: frozenset({MessageState.QUEUED, MessageState.SENDING, MessageState.FAILED}),
    MessageState.SENDING: frozenset(
        {MessageState.QUEUED, MessageState.SENT, MessageState.UNCONFIRMED, MessageState.FAILED}
    ),
    # Not by a person's will alone: a worker thought dead may have lived, and bring the server's answer after all.
    MessageState.UNCONFIRMED: frozenset(
        {MessageState.QUEUED, MessageState.SENT, MessageState.UNCONFIRMED, MessageState.FAILED}
    ),
    MessageState.FAILED: frozenset({MessageState.QUEUED}),
    MessageState.SENT: frozenset(),
}


@tracked
class Message(Record):
    """A letter to one address. `message_id` never changes, so that a second sending is the same message."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="messages", verbose_name=_("customer"))
    update = models.ForeignKey(
        Update, models.PROTECT, null=True, blank=True, related_name="messages", verbose_name=_("update")
    )
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("contact")
    )
    to_name = models.CharField(_("to"), max_length=120, blank=True)
    to_address = models.EmailField(_("address"))
    reply_to = models.EmailField(_("answers to"), blank=True)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    html = models.TextField(_("as HTML"), blank=True)
    message_id = models.CharField(_("message id"), max_length=120, unique=True)
    state = models.CharField(_("state"), max_length=11, choices=MessageState, default=MessageState.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), db_default=models.functions.Now())
    handed_over_at = models.DateTimeField(_("handed over"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    last_error = models.TextField(_("last error"), blank=True)

    objects = CustomerRowsQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("message"), _("messages")
        constraints = [
            models.UniqueConstraint(fields=["update", "to_address"], name="communications_message_once"),
            models.CheckConstraint(
                condition=Q(state="SENT", sent_at__isnull=False) | ~Q(state="SENT") & Q(sent_at=None),
                name="communications_message_sent",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["SENDING", "SENT", "UNCONFIRMED"]) | Q(handed_over_at__isnull=False),
                name="communications_message_handed_over",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-created_at"], name="communications_msg_customer"),
            models.Index(fields=["next_attempt_at"], condition=Q(state="QUEUED"), name="communications_msg_queue"),
            models.Index(
                fields=["state"],
                condition=Q(state__in=["SENDING", "UNCONFIRMED", "FAILED"]),
                name="communications_msg_trouble",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.to_address}"

    def wait(self, *, until: datetime.datetime, reason: str = "") -> None:
        """Certainly not accepted: it will be tried again."""
        self._step(MessageState.QUEUED)
        self.next_attempt_at, self.last_error = until, reason

    def hand_over(self, *, now: datetime.datetime) -> None:
        """From here on only the server knows whether it has the letter."""
        self._step(MessageState.SENDING)
        self.handed_over_at, self.attempts = now, self.attempts + 1

    def accept(self, *, now: datetime.datetime) -> None:
        """The server has taken it."""
        self._step(MessageState.SENT)
        self.sent_at, self.last_error = now, ""

    def doubt(self, *, reason: str) -> None:
        """Nobody can tell whether the server has taken it."""
        self._step(MessageState.UNCONFIRMED)
        self.last_error = reason

    def refuse(self, *, reason: str) -> None:
        """The server will not take it, now or later."""
        self._step(MessageState.FAILED)
        self.last_error = reason

    def _step(self, state: MessageState) -> None:
        if state not in STEPS[MessageState(self.state)]:
            raise WrongState(f"A message that is {self.state} cannot become {state}.")
        self.state = state
        self.version += 1
