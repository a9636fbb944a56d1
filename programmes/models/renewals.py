"""Renewals: the work of renewing one or more policies of a customer that end together."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import CustomerRowsQuerySet
from common.history import tracked
from common.models import Record
from common.templatetags.ui import day_text
from profiles.models import Customer
from programmes.models.policies import Policy


class RenewalStage(models.TextChoices):
    OPEN = "OPEN", _("Open")
    IN_HAND = "IN_HAND", _("In hand")
    SETTLED = "SETTLED", _("Settled")


class RenewalOutcome(models.TextChoices):
    RENEWED = "RENEWED", _("Renewed")
    NOT_RENEWED = "NOT_RENEWED", _("Not renewed, as the customer wishes")
    LOST = "LOST", _("Placed through another broker")


@tracked
class Renewal(Record):
    """Policies of one customer that end on the same day, and how far renewing them has come."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="renewals", verbose_name=_("customer"))
    expiry_date = models.DateField(_("expiry"))
    stage = models.CharField(_("stage"), max_length=10, choices=RenewalStage, default=RenewalStage.OPEN)
    policies = models.ManyToManyField(
        Policy, through="RenewalPolicy", related_name="renewals", verbose_name=_("policies")
    )
    started_at = models.DateTimeField(_("taken in hand"), null=True, blank=True)
    started_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("taken in hand by")
    )
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("settled by")
    )
    outcome = models.CharField(_("outcome"), max_length=12, choices=RenewalOutcome, blank=True)
    note = models.TextField(_("note"), blank=True)

    objects = CustomerRowsQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("renewal"), _("renewals")
        constraints = [
            models.UniqueConstraint(fields=["id", "customer"], name="programmes_renewal_of_customer"),
            models.UniqueConstraint(
                fields=["customer", "expiry_date"],
                condition=~Q(stage=RenewalStage.SETTLED),
                name="programmes_renewal_one_a_day",
            ),
            models.CheckConstraint(
                condition=Q(stage=RenewalStage.SETTLED, settled_at__isnull=False, settled_by__isnull=False)
                & ~Q(outcome="")
                | ~Q(stage=RenewalStage.SETTLED) & Q(settled_at=None, settled_by=None, outcome=""),
                name="programmes_renewal_settled",
            ),
            models.CheckConstraint(
                condition=Q(stage=RenewalStage.OPEN, started_at=None, started_by=None)
                | Q(stage=RenewalStage.IN_HAND, started_at__isnull=False, started_by__isnull=False)
                | Q(stage=RenewalStage.SETTLED),
                name="programmes_renewal_started",
            ),
        ]
        indexes = [models.Index(fields=["stage", "expiry_date"], name="programmes_renewal_stage")]

    def __str__(self) -> str:
        return day_text(self.expiry_date)


@tracked
class RenewalPolicy(Record):
    """A policy that a renewal holds. A policy is renewed once."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    renewal = models.ForeignKey(Renewal, models.CASCADE, related_name="renewal_policies")
    policy = models.OneToOneField(Policy, models.CASCADE, related_name="renewal_policy")

    class Meta:
        verbose_name, verbose_name_plural = _("policy in a renewal"), _("policies in a renewal")

    def __str__(self) -> str:
        return str(self.policy)
