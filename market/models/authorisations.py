"""Where an insurer may carry which classes of business."""

from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from accounts.permissions import ReferenceQuerySet
from common.history import tracked
from common.models import Record
from market.models.classes import ClassOfBusiness
from market.models.insurers import Insurer


@tracked
class Authorisation(Record):
    """An insurer's permission by the authority of a territory, for one class of business or, without one, for all."""

    insurer = models.ForeignKey(Insurer, models.CASCADE, related_name="authorisations", verbose_name=_("insurer"))
    territory = CountryField(_("territory"))
    class_of_business = models.ForeignKey(
        ClassOfBusiness,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("class of business"),
        help_text=_("Empty: all classes."),
    )
    number = models.CharField(_("number of the authority"), max_length=60, blank=True)
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_to = models.DateField(_("to"), null=True, blank=True, help_text=_("The last day."))

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("authorisation"), _("authorisations")
        constraints = [
            models.UniqueConstraint(
                fields=["insurer", "territory", "class_of_business", "valid_from"],
                nulls_distinct=False,
                name="market_authorisation_once",
                violation_error_message=_("This authorisation is recorded already."),
            ),
            models.CheckConstraint(
                condition=models.Q(valid_from=None)
                | models.Q(valid_to=None)
                | models.Q(valid_to__gte=models.F("valid_from")),
                name="market_authorisation_period",
                violation_error_message=_("The last day must not be before the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{cast(Any, self.territory).name}: {self.class_of_business or _('all classes')}"

    def clean(self) -> None:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValidationError({"valid_to": _("The last day must not be before the first.")})
