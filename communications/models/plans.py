"""How often a customer hears from us, and whether a person reads each letter first."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.permissions import CustomerRowsQuerySet
from common.history import tracked
from common.models import Record
from profiles.models import Customer


class UpdateMode(models.TextChoices):
    DRAFT = "DRAFT", _("Drafted, a person reads and releases it")
    SEND = "SEND", _("Sent by itself")


@tracked
class ContactPlan(Record):
    """The rhythm of a customer's updates. Nothing goes out by itself unless the plan says SEND."""

    customer = models.OneToOneField(Customer, models.CASCADE, related_name="contact_plan", verbose_name=_("customer"))
    update_months = models.PositiveSmallIntegerField(_("months between updates"), default=6)
    update_mode = models.CharField(_("updates are"), max_length=5, choices=UpdateMode, default=UpdateMode.DRAFT)
    next_update_on = models.DateField(_("next update"), null=True, blank=True)

    objects = CustomerRowsQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("contact plan"), _("contact plans")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(update_months__gte=1, update_months__lte=36),
                name="communications_contactplan_months",
                violation_error_message=_("Give between 1 and 36 months."),
            )
        ]
        indexes = [models.Index(fields=["next_update_on"], name="communications_plan_next")]

    def __str__(self) -> str:
        return str(self.customer)
