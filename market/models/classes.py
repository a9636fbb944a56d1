"""Classes of business: what kinds of insurance there are."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.permissions import ReferenceQuerySet
from common.history import tracked
from common.models import Record

validate_code = RegexValidator(
    r"\A[A-Z][A-Z0-9_]*\Z", _("Use capital letters, digits and underscores, beginning with a letter.")
)
"""A lasting name for files and the API, such as PUBLIC_LIABILITY."""


class ClassMode(models.TextChoices):
    TOWER = "TOWER", _("Layers of cover, judged against a loss")
    BENEFIT = "BENEFIT", _("Benefits, judged against expectations")


@tracked
class ClassOfBusiness(Record):
    """A class of business. `code` is its lasting name in files and the API."""

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[validate_code])
    name = models.CharField(_("name"), max_length=80)
    name_zh = models.CharField(_("name in Chinese"), max_length=80, blank=True)
    group = models.CharField(_("group"), max_length=40)
    mode = models.CharField(_("mode"), max_length=10, choices=ClassMode, default=ClassMode.TOWER)
    renewal_days = models.PositiveSmallIntegerField(_("days ahead of expiry that a renewal begins"), default=120)
    rank = models.PositiveSmallIntegerField(_("order in lists"), default=100)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("class of business"), _("classes of business")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(renewal_days__gte=1, renewal_days__lte=400),
                name="market_classofbusiness_renewal_days",
            )
        ]

    def __str__(self) -> str:
        return self.name_zh if self.name_zh and (get_language() or "").startswith("zh") else self.name
