"""The tree of risk categories: what could hurt a customer, and which classes of business answer it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.permissions import ReferenceQuerySet
from common.history import tracked
from common.models import Record
from market.models import ClassOfBusiness
from market.models.classes import validate_code


@tracked
class RiskCategory(Record):
    """A node of the tree. `path` holds the codes from the root down to this one, so ancestors need no recursion."""

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[validate_code])
    name = models.CharField(_("name"), max_length=80)
    name_zh = models.CharField(_("name in Chinese"), max_length=80, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    path = ArrayField(models.CharField(max_length=40), verbose_name=_("path"), editable=False)
    perils = models.CharField(_("perils"), max_length=200, blank=True, help_text=_("In words: what causes the loss."))
    perils_zh = models.CharField(_("perils in Chinese"), max_length=120, blank=True)
    oed_codes = ArrayField(models.CharField(max_length=3), verbose_name=_("OED peril codes"), default=list, blank=True)
    classes = models.ManyToManyField(
        ClassOfBusiness, related_name="risk_categories", blank=True, verbose_name=_("classes of business")
    )
    rank = models.PositiveSmallIntegerField(_("order in lists"), default=100)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("risk category"), _("risk categories")

    def __str__(self) -> str:
        return self.name_zh if self.name_zh and (get_language() or "").startswith("zh") else self.name

    @property
    def perils_local(self) -> str:
        """The perils in the user's language where they are given in it, else in English."""
        return self.perils_zh if self.perils_zh and (get_language() or "").startswith("zh") else self.perils

    @property
    def depth(self) -> int:
        return len(self.path) - 1
