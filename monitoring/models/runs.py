"""A run of the monitors: what it looked at, what it found and how long it took."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.models import Record


class MonitorRunQuerySet(models.QuerySet["MonitorRun"]):
    def of_the_book(self) -> "MonitorRunQuerySet":
        """Finished runs over the whole book."""
        return self.filter(customer_ids=None, finished_at__isnull=False)


class MonitorRun(Record):
    """One pass over the book or some customers. Only a run for today writes one, for only such a run writes findings.

    `counts` has, for each monitor, how many findings it has now ("found") and what became of them: "opened",
    "reopened", "changed", "unchanged", "resolved", and how many decisions were "superseded".
    """

    as_at = models.DateField(_("as at"))
    customer_ids = ArrayField(models.UUIDField(), verbose_name=_("customers, where not the whole book"), null=True)
    started_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("started by"))
    is_late = models.BooleanField(_("makes up for a missed night"), default=False)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    counts = models.JSONField(_("counts"), default=dict)
    milliseconds = models.JSONField(_("milliseconds by monitor"), default=dict)

    objects = MonitorRunQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("run of the monitors"), _("runs of the monitors")
        indexes = [models.Index(fields=["-created_at"], name="monitoring_run_created")]

    def __str__(self) -> str:
        return f"{self.as_at}"

    def total(self, what: str) -> int:
        """Over all monitors: how many findings were "opened", "resolved" and so on."""
        return sum(of_monitor.get(what, 0) for of_monitor in self.counts.values())
