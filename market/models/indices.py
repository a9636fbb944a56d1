"""Value indices as dated rows: by how much what is insured became dearer since it was valued."""

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from accounts.permissions import ReferenceQuerySet
from common.history import tracked
from common.models import Record
from market.models.classes import validate_code


@tracked
class ValueIndex(Record):
    """A published series of figures, such as building costs or consumer prices of a country."""

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[validate_code])
    name = models.CharField(_("name"), max_length=120)
    name_zh = models.CharField(_("name in Chinese"), max_length=120, blank=True)
    country = CountryField(_("country"), blank=True)
    publisher = models.CharField(_("published by"), max_length=120, blank=True)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("value index"), _("value indices")

    def __str__(self) -> str:
        return self.name


@tracked
class ValueIndexFigure(Record):
    """A figure of an index from a day on: the latest on or before a day counts."""

    index = models.ForeignKey(ValueIndex, models.CASCADE, related_name="figures", verbose_name=_("value index"))
    valid_from = models.DateField(_("from"))
    figure = models.DecimalField(
        _("figure"), max_digits=14, decimal_places=6, validators=[MinValueValidator(0, _("A figure is above 0."))]
    )

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("figure of an index"), _("figures of indices")
        constraints = [
            models.UniqueConstraint(
                fields=["index", "valid_from"],
                name="market_valueindexfigure_day",
                violation_error_message=_("There is a figure for that day already: correct that one."),
            ),
            models.CheckConstraint(condition=models.Q(figure__gt=0), name="market_valueindexfigure_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.index} {self.valid_from}"

    def clean(self) -> None:
        if self.figure is not None and self.figure <= 0:
            raise ValidationError({"figure": _("A figure is above 0.")})
