"""What a policy costs: its premium in parts, and the instalments it is paid in."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.permissions import CustomerRowsQuerySet
from common.history import tracked
from common.models import Record
from common.money import MAX_DIGITS, MoneyField
from profiles.models import Customer
from programmes.models.policies import Policy, Section


class PremiumKind(models.TextChoices):
    """Net and brokerage make the premium; with levy, tax and fee they make what the customer pays."""

    NET = "NET", _("Net premium")
    BROKERAGE = "BROKERAGE", _("Brokerage")
    LEVY = "LEVY", _("Levy")
    TAX = "TAX", _("Tax")
    FEE = "FEE", _("Fee")


PREMIUM_KINDS = [PremiumKind.NET, PremiumKind.BROKERAGE]
"""Kinds that make `Policy.premium`."""


@tracked
class PremiumPart(Record):
    """A part of a policy's premium, in the policy's currency, charged from a day; below 0 it is a return."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    policy = models.ForeignKey(Policy, models.CASCADE, related_name="premium_parts", verbose_name=_("policy"))
    section = models.ForeignKey(
        Section, models.CASCADE, null=True, blank=True, related_name="premium_parts", verbose_name=_("section")
    )
    kind = models.CharField(_("part"), max_length=9, choices=PremiumKind)
    amount = models.DecimalField(_("amount"), max_digits=MAX_DIGITS, decimal_places=2)
    charged_from = models.DateField(_("from"))
    note = models.CharField(_("what for"), max_length=200, blank=True)

    objects = CustomerRowsQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("part of the premium"), _("parts of the premium")
        constraints = [
            models.CheckConstraint(
                condition=~Q(amount=0),
                name="programmes_premiumpart_amount",
                violation_error_message=_("A part of the premium is not 0."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount:,.2f}"

    def clean(self) -> None:
        if self.amount == 0:
            raise ValidationError({"amount": _("A part of the premium is not 0.")})
        if self.section is not None and self.section.policy_id != self.policy_id:
            raise ValidationError({"section": _("That section is another policy's.")})


@tracked
class Instalment(Record):
    """An amount that the customer pays on a day, in the policy's currency."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    policy = models.ForeignKey(Policy, models.CASCADE, related_name="instalments", verbose_name=_("policy"))
    due_on = models.DateField(_("due on"))
    amount = MoneyField(_("amount"))
    paid_on = models.DateField(_("paid on"), null=True, blank=True)

    objects = CustomerRowsQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("instalment"), _("instalments")
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "due_on"],
                name="programmes_instalment_day",
                violation_error_message=_("This policy has an instalment due on that day already."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="programmes_instalment_amount",
                violation_error_message=_("An instalment is above 0."),
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(paid_on=None), name="programmes_instalment_unpaid"),
        ]

    def __str__(self) -> str:
        return f"{date_format(self.due_on, 'j M Y')}: {self.amount:,.2f}"

    def clean(self) -> None:
        if self.amount == 0:
            raise ValidationError({"amount": _("An instalment is above 0.")})
