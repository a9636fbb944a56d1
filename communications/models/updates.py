"""An update: what a customer is told of its programme, drafted by the product and released by a person."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.people import Language
from accounts.permissions import CustomerRowsQuerySet
from common.exceptions import WrongState
from common.history import tracked
from common.models import Record
from profiles.models import Customer


class UpdateState(models.TextChoices):
    DRAFT = "DRAFT", _("Draft")
    RELEASED = "RELEASED", _("Released")
    DISCARDED = "DISCARDED", _("Discarded")


def validate_one_line(text: str) -> None:
    """Raises ValidationError for text that could not be a header of a mail."""
    if len(text.splitlines()) > 1:
        raise ValidationError(_("Write this on one line."), code="lines")


@tracked
class Update(Record):
    """A letter about the programme as at a day. `figures` are composed above and handed down as text.

    `figures` holds what the letter's tables show (programmes/selectors/update_figures.py says which), every amount and
    day already worded in the letter's language. `subject`, `opening` and `closing` are the words a person may change.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="updates", verbose_name=_("customer"))
    as_at = models.DateField(_("as at"))
    language = models.CharField(_("language"), max_length=10, choices=Language)
    subject = models.CharField(_("subject"), max_length=200, validators=[validate_one_line])
    opening = models.TextField(_("opening"))
    closing = models.TextField(_("closing"))
    figures = models.JSONField(_("figures"), default=dict)
    state = models.CharField(_("state"), max_length=10, choices=UpdateState, default=UpdateState.DRAFT)
    edited_at = models.DateTimeField(
        _("edited"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Empty while it is as the product composed it, and may be composed anew."),
    )
    released_at = models.DateTimeField(_("released"), null=True, blank=True)
    released_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("released by")
    )
    discarded_reason = models.CharField(_("why it was discarded"), max_length=300, blank=True)

    objects = CustomerRowsQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("update"), _("updates")
        constraints = [
            models.UniqueConstraint(fields=["id", "customer"], name="communications_update_of_customer"),
            models.UniqueConstraint(
                fields=["customer"], condition=Q(state="DRAFT"), name="communications_update_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(state="RELEASED", released_at__isnull=False, released_by__isnull=False)
                | ~Q(state="RELEASED") & Q(released_at=None, released_by=None),
                name="communications_update_released",
            ),
            models.CheckConstraint(
                condition=~Q(state="DISCARDED") | ~Q(discarded_reason=""), name="communications_update_discarded"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-as_at"], name="communications_update_customer"),
            models.Index(fields=["state", "-as_at"], name="communications_update_state"),
        ]

    def __str__(self) -> str:
        return self.subject

    def require_draft(self) -> None:
        """Raises WrongState once it was released or discarded: a draft alone can be edited, released, discarded."""
        if self.state != UpdateState.DRAFT:
            raise WrongState(f"The update is {self.state}, and only a {UpdateState.DRAFT.value} can still change.")
