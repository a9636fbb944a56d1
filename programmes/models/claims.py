"""Claims as far as the programme needs them: which section, when, and how its figures moved."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.permissions import CustomerRowsQuerySet
from common.history import tracked
from common.models import ExternalRecord, Record
from common.money import MoneyField
from profiles.models import Customer, Location
from programmes.models.policies import Section
from risk.models import RiskCategory


@tracked
class Claim(ExternalRecord):
    """A claim on a section. Its figures are dated movements, in the policy's currency.

    `made_on` is the day the claim was made against the insured; claims-made cover counts by it, other cover by the day
    of the loss.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="claims", verbose_name=_("customer"))
    section = models.ForeignKey(Section, models.PROTECT, related_name="claims", verbose_name=_("section"))
    reference = models.CharField(_("claim reference"), max_length=80)
    insurer_reference = models.CharField(_("insurer's reference"), max_length=80, blank=True)
    lost_on = models.DateField(_("date of loss"))
    made_on = models.DateField(
        _("claim made on"), null=True, blank=True, help_text=_("Against the insured, for liability cover.")
    )
    notified_on = models.DateField(_("notified to insurers on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    category = models.ForeignKey(
        RiskCategory, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("cause")
    )
    location = models.ForeignKey(
        Location, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("location")
    )
    description = models.TextField(_("what happened"), blank=True)

    objects = CustomerRowsQuerySet.as_manager()

    class Meta(ExternalRecord.Meta):
        verbose_name, verbose_name_plural = _("claim"), _("claims")
        constraints = [
            *ExternalRecord.Meta.constraints,
            models.UniqueConstraint(fields=["id", "customer"], name="programmes_claim_of_customer"),
            models.UniqueConstraint(
                fields=["customer", "reference", "section"],
                name="programmes_claim_reference",
                violation_error_message=_("This section has a claim with that reference already."),
            ),
            models.CheckConstraint(
                condition=Q(made_on=None) | Q(made_on__gte=F("lost_on")),
                name="programmes_claim_made",
                violation_error_message=_("A claim is not made before the loss."),
            ),
            models.CheckConstraint(
                condition=Q(notified_on=None) | Q(notified_on__gte=F("lost_on")),
                name="programmes_claim_notified",
                violation_error_message=_("A claim is not notified before the loss."),
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("lost_on")),
                name="programmes_claim_closed",
                violation_error_message=_("A claim is not closed before the loss."),
            ),
        ]
        indexes = [
            models.Index(fields=["section", "lost_on"], name="programmes_claim_section"),
            models.Index(fields=["customer", "-lost_on"], name="programmes_claim_customer"),
        ]

    def __str__(self) -> str:
        return self.reference

    def clean(self) -> None:
        if self.lost_on is None:
            return
        for name, words in {
            "made_on": _("A claim is not made before the loss."),
            "notified_on": _("A claim is not notified before the loss."),
            "closed_on": _("A claim is not closed before the loss."),
        }.items():
            day = getattr(self, name)
            if day is not None and day < self.lost_on:
                raise ValidationError({name: words})


@tracked
class ClaimMovement(Record):
    """What stood outstanding and was paid in all, as at a day: the latest on or before a day counts."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    claim = models.ForeignKey(Claim, models.CASCADE, related_name="movements", verbose_name=_("claim"))
    stood_on = models.DateField(_("as at"))
    outstanding = MoneyField(_("outstanding"), default=0)
    paid = MoneyField(_("paid so far"), default=0, help_text=_("In all up to the day, not since the last one."))
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects = CustomerRowsQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("movement of a claim"), _("movements of claims")
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "stood_on"],
                name="programmes_claimmovement_day",
                violation_error_message=_("There are figures for that day already: correct those."),
            ),
            models.CheckConstraint(
                condition=Q(outstanding__gte=0, paid__gte=0),
                name="programmes_claimmovement_not_negative",
                violation_error_message=_("An amount must not be negative."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim} {self.stood_on}"

    @property
    def incurred(self) -> Decimal:
        """Outstanding and paid together."""
        return self.outstanding + self.paid
