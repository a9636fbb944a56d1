"""A run of the monitors: what it looked at, what it found and how long it took."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.models import Record


class MonitorRun(Record):
    """One pass over the book or one customer. Only a run for today writes one, for only such a run writes findings."""

    as_at = models.DateField(_("as at"))
    customer_id = models.UUIDField(_("customer"), null=True, blank=True)
    started_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("started by"))
    is_late = models.BooleanField(_("makes up for a missed night"), default=False)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    counts = models.JSONField(_("counts"), default=dict)
    milliseconds = models.JSONField(_("milliseconds by monitor"), default=dict)

    class Meta:
        verbose_name, verbose_name_plural = _("run of the monitors"), _("runs of the monitors")
        indexes = [models.Index(fields=["-created_at"], name="monitoring_run_created")]

    def __str__(self) -> str:
        return f"{self.as_at}"
