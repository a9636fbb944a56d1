"""Insurers and the groups they belong to."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from accounts.permissions import ReferenceQuerySet
from common.history import tracked
from common.models import ExternalRecord, Record


@tracked
class InsurerGroup(Record):
    """Insurers under one owner."""

    name = models.CharField(_("name"), max_length=160, unique=True)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("insurer group"), _("insurer groups")

    def __str__(self) -> str:
        return self.name


class InsurerQuerySet(ReferenceQuerySet):
    def matching(self, words: str) -> "InsurerQuerySet":
        """Insurers one of whose names contains the words, in either script."""
        return self.filter(
            models.Q(name__icontains=words)
            | models.Q(name_local__icontains=words)
            | models.Q(short_name__icontains=words)
        )


@tracked
class Insurer(ExternalRecord):
    """A company that carries risk."""

    name = models.CharField(_("name"), max_length=160)
    name_local = models.CharField(_("name in Chinese"), max_length=80, blank=True)
    short_name = models.CharField(
        _("short name"), max_length=40, blank=True, help_text=_("For pictures and narrow tables.")
    )
    group = models.ForeignKey(
        InsurerGroup, models.PROTECT, null=True, blank=True, related_name="insurers", verbose_name=_("group")
    )
    country = CountryField(_("country"))
    website = models.URLField(_("website"), blank=True)
    is_active = models.BooleanField(_("we place with it"), default=True)

    objects = InsurerQuerySet.as_manager()

    class Meta(ExternalRecord.Meta):
        verbose_name, verbose_name_plural = _("insurer"), _("insurers")
        constraints = [
            *ExternalRecord.Meta.constraints,
            models.UniqueConstraint(fields=["name", "country"], name="market_insurer_name"),
        ]
        indexes = [GinIndex(OpClass(Upper("name"), "gin_trgm_ops"), name="market_insurer_name_trgm")]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name for pictures."""
        return self.short_name or self.name
