"""Statements that were pasted or uploaded and wait to be saved."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import CustomerRowsQuerySet
from common.models import Record
from profiles.models import Customer


class StatementDraft(Record):
    """A table as somebody gave it, kept until it is saved or given up. Nothing of the book hangs on it.

    What it would change is worked out anew each time it is looked at, so that it is never out of date.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+", verbose_name=_("customer"))
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("given by"))
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    day = models.DateField(_("valuation date"), help_text=_("Of the values that give none of their own."))
    is_verified = models.BooleanField(_("the customer confirmed it"), default=False, db_default=False)
    table = models.JSONField(_("table"))
    """`header`: the names of the columns; `rows`: pairs of the row's number and its cells, all text."""

    objects = CustomerRowsQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("statement not yet saved"), _("statements not yet saved")

    def __str__(self) -> str:
        return self.file_name or str(_("Pasted table"))
