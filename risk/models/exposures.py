"""Exposures: amounts that can be lost and measures of size, with their values as dated rows."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import CustomerRowsQuerySet
from common.history import tracked
from common.models import ExternalRecord, Record
from common.money import CurrencyField, MoneyField
from market.models import ValueIndex
from profiles.models import Customer, Location


class ExposureKind(models.TextChoices):
    """Kinds above the line are amounts that can be lost; those below are measures of size."""

    BUILDINGS = "BUILDINGS", _("Buildings")
    CONTENTS = "CONTENTS", _("Contents")
    STOCK = "STOCK", _("Stock")
    MACHINERY = "MACHINERY", _("Machinery")
    BUSINESS_INTERRUPTION = "BUSINESS_INTERRUPTION", _("Business interruption")
    OTHER = "OTHER", _("Other property")
    REVENUE = "REVENUE", _("Revenue")
    PAYROLL = "PAYROLL", _("Payroll")
    PERSONS = "PERSONS", _("Persons")
    VEHICLES = "VEHICLES", _("Vehicles")


LOSS_KINDS = [
    ExposureKind.BUILDINGS,
    ExposureKind.CONTENTS,
    ExposureKind.STOCK,
    ExposureKind.MACHINERY,
    ExposureKind.BUSINESS_INTERRUPTION,
    ExposureKind.OTHER,
]
COUNTED_KINDS = [ExposureKind.PERSONS, ExposureKind.VEHICLES]
"""Kinds that are a number of things and have no currency."""


class ValuationBasis(models.TextChoices):
    REINSTATEMENT = "REINSTATEMENT", _("Reinstatement")
    INDEMNITY = "INDEMNITY", _("Indemnity")
    AGREED = "AGREED", _("Agreed value")


@tracked
class Exposure(ExternalRecord):
    """Something of a customer that can be lost, or measures its size: the lasting thing, not its value."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="exposures", verbose_name=_("customer"))
    location = models.ForeignKey(
        Location, models.CASCADE, null=True, blank=True, related_name="exposures", verbose_name=_("location")
    )
    kind = models.CharField(_("kind"), max_length=24, choices=ExposureKind)
    description = models.CharField(_("description"), max_length=200, blank=True)
    value_index = models.ForeignKey(
        ValueIndex,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("value index"),
        help_text=_("What brings its value from the valuation date to another day. Empty: the value stays as it is."),
    )

    objects = CustomerRowsQuerySet.as_manager()

    class Meta(ExternalRecord.Meta):
        verbose_name, verbose_name_plural = _("exposure"), _("exposures")
        constraints = [
            *ExternalRecord.Meta.constraints,
            models.UniqueConstraint(fields=["id", "customer"], name="risk_exposure_of_customer"),
            models.UniqueConstraint(
                fields=["customer", "location", "kind", "description"],
                nulls_distinct=False,
                name="risk_exposure_once",
                violation_error_message=_(
                    "This customer has that exposure at that location already: give its new value instead."
                ),
            ),
        ]
        indexes = [models.Index(fields=["location"], name="risk_exposure_location")]

    def __str__(self) -> str:
        return self.description or str(self.get_kind_display())

    @property
    def is_counted(self) -> bool:
        return self.kind in COUNTED_KINDS


@tracked
class ExposureValue(Record):
    """What an exposure was worth from a day on. The latest valued on or before a day counts; 0 ends the exposure."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    exposure = models.ForeignKey(Exposure, models.CASCADE, related_name="values", verbose_name=_("exposure"))
    amount = MoneyField(_("amount"))
    currency = CurrencyField(blank=True)
    valued_on = models.DateField(_("valuation date"))
    basis = models.CharField(_("basis"), max_length=14, choices=ValuationBasis, default=ValuationBasis.REINSTATEMENT)
    indemnity_days = models.PositiveIntegerField(_("days of interruption it stands for"), null=True, blank=True)
    verified_on = models.DateField(_("verified on"), null=True, blank=True)
    verified_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("verified by")
    )

    objects = CustomerRowsQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("value"), _("values")
        constraints = [
            models.UniqueConstraint(
                fields=["exposure", "valued_on"],
                name="risk_exposurevalue_day",
                violation_error_message=_("There is a value for that day already: correct that one."),
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gte=0),
                name="risk_exposurevalue_not_negative",
                violation_error_message=_("The amount must not be negative."),
            ),
            models.CheckConstraint(
                condition=models.Q(verified_on=None, verified_by=None)
                | models.Q(verified_on__isnull=False, verified_by__isnull=False),
                name="risk_exposurevalue_verified_paired",
            ),
        ]
        indexes = [models.Index(fields=["customer", "exposure", "-valued_on"], name="risk_exposurevalue_latest")]

    def __str__(self) -> str:
        return f"{self.exposure}: {f'{self.currency} {self.amount:,}'.strip()}"
