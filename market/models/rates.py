"""Exchange rates as dated rows: the latest on or before a day counts."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.permissions import ReferenceQuerySet
from common.history import tracked
from common.models import Record
from common.money import CurrencyField


@tracked
class ExchangeRate(Record):
    """Units of `currency` for one unit of the base currency (settings.BASE_CURRENCY), from a day on."""

    currency = CurrencyField()
    valid_from = models.DateField(_("from"))
    units_per_base = models.DecimalField(_("units for one of the base currency"), max_digits=18, decimal_places=8)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("exchange rate"), _("exchange rates")
        constraints = [
            models.UniqueConstraint(fields=["currency", "valid_from"], name="market_exchangerate_day"),
            models.CheckConstraint(condition=models.Q(units_per_base__gt=0), name="market_exchangerate_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.valid_from}"

    def clean(self) -> None:
        if self.currency == settings.BASE_CURRENCY:
            raise ValidationError(
                {"currency": _("%(base)s is the base: its rate is always 1.") % {"base": settings.BASE_CURRENCY}}
            )
        if self.units_per_base is not None and self.units_per_base <= 0:
            raise ValidationError({"units_per_base": _("A rate is above 0.")})
