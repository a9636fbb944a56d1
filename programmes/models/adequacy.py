"""Adequacy as the rest of the product reads it: the status of a risk, and the findings that the sum leaves behind."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RiskStatus(models.TextChoices):
    """Whether cover protects a customer from a risk as it chose to be protected. The first that holds."""

    UNINSURED = "UNINSURED", _("Uninsured")
    EXCLUDED = "EXCLUDED", _("Excluded")
    SHORTFALL = "SHORTFALL", _("Falls short")
    UNKNOWN = "UNKNOWN", _("Not known")
    MISMATCH = "MISMATCH", _("Not as chosen")
    WATCH = "WATCH", _("To watch")
    RETAINED_AS_PLANNED = "RETAINED_AS_PLANNED", _("Retained as planned")
    ADEQUATE = "ADEQUATE", _("Adequate")


class AdequacyFinding(models.Model):
    """A row of the temporary table of that name, which adequacy.sql fills and which ends with its transaction.

    `amount` is in `currency`, the customer's. A section's finding may stand for several risks: one row `leads`.
    """

    subject_id = models.UUIDField(primary_key=True)
    risk_id = models.UUIDField(null=True)
    section_id = models.UUIDField(null=True)
    customer_id = models.UUIDField()
    about_id = models.UUIDField()
    code = models.CharField(max_length=40)
    severity = models.PositiveSmallIntegerField()
    amount = models.DecimalField(max_digits=19, decimal_places=2, null=True)
    currency = models.CharField(max_length=3)
    facts = models.JSONField()
    leads = models.BooleanField()

    class Meta:
        managed = False
        db_table = "adequacy_finding"

    def __str__(self) -> str:
        return self.code
