"""Decisions: what a person made of a finding, with the facts it rested on."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import CustomerRowsQuerySet
from common.history import tracked
from common.models import Record
from monitoring.models.findings import Finding
from profiles.models import Customer


class DecisionKind(models.TextChoices):
    ACT = "ACT", _("Acted on")
    DISMISS = "DISMISS", _("Dismissed")


@tracked
class Decision(Record):
    """What was decided of a finding. Superseded when a material fact changed or the finding came back."""

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="decisions", verbose_name=_("finding"))
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    kind = models.CharField(_("decision"), max_length=10, choices=DecisionKind)
    reason = models.TextField(_("reason"), blank=True)
    act_type = models.CharField(_("act"), max_length=60, blank=True)
    act_id = models.UUIDField(null=True, blank=True)
    facts = models.JSONField(_("facts it rested on"), default=dict)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("decided by"))
    superseded_at = models.DateTimeField(_("superseded"), null=True, blank=True)

    objects = CustomerRowsQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("decision"), _("decisions")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kind="DISMISS") | ~models.Q(reason=""),
                name="monitoring_decision_dismissed_with_reason",
                violation_error_message=_("Say why it is dismissed."),
            ),
        ]
        indexes = [models.Index(fields=["finding", "-created_at"], name="monitoring_decision_finding")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.reason}" if self.reason else str(self.get_kind_display())
