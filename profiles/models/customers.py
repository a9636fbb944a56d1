"""The organisation or person we act for."""

from uuid import UUID

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from accounts.models import Portfolio, User
from accounts.models.people import Language
from accounts.permissions import CustomerRowsQuerySet, ReferenceQuerySet
from common.history import tracked
from common.models import ExternalRecord, Record
from common.money import CurrencyField


class CustomerKind(models.TextChoices):
    ORGANISATION = "ORGANISATION", _("Organisation")
    INDIVIDUAL = "INDIVIDUAL", _("Individual")


class CustomerStage(models.TextChoices):
    PROSPECT = "PROSPECT", _("Prospect")
    CUSTOMER = "CUSTOMER", _("Customer")
    LOST = "LOST", _("Lost")
    DO_NOT_CONTACT = "DO_NOT_CONTACT", _("Do not contact")


@tracked
class ServiceTier(Record):
    """How closely a customer is looked after."""

    name = models.CharField(_("name"), max_length=40, unique=True)
    name_zh = models.CharField(_("name in Chinese"), max_length=40, blank=True)
    rank = models.PositiveSmallIntegerField(_("rank"), default=1, help_text=_("1 is looked after most closely."))
    profile_review_months = models.PositiveSmallIntegerField(_("months between profile reviews"), default=12)
    update_months = models.PositiveSmallIntegerField(_("months between updates"), default=6)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("service tier"), _("service tiers")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(profile_review_months__gte=1, update_months__gte=1),
                name="profiles_servicetier_months",
            )
        ]

    def __str__(self) -> str:
        return self.name_zh if self.name_zh and (get_language() or "").startswith("zh") else self.name


class CustomerQuerySet(CustomerRowsQuerySet):
    portfolio_path = "portfolio"

    def matching(self, words: str) -> "CustomerQuerySet":
        """Customers one of whose names contains the words, in either script, or whose registration number does."""
        return self.filter(
            models.Q(name__icontains=words)
            | models.Q(name_local__icontains=words)
            | models.Q(trading_name__icontains=words)
            | models.Q(registration_number__icontains=words)
        )


@tracked
class Customer(ExternalRecord):
    """An organisation or person we act for."""

    portfolio = models.ForeignKey(Portfolio, models.PROTECT, related_name="customers", verbose_name=_("portfolio"))
    kind = models.CharField(_("kind"), max_length=12, choices=CustomerKind, default=CustomerKind.ORGANISATION)
    name = models.CharField(_("legal name"), max_length=200)
    name_local = models.CharField(_("legal name in Chinese"), max_length=120, blank=True)
    trading_name = models.CharField(_("trading name"), max_length=200, blank=True)
    registration_number = models.CharField(_("registration number"), max_length=40, blank=True)
    industry = models.CharField(_("industry"), max_length=120, blank=True)
    description = models.TextField(_("what it does"), blank=True)
    country = CountryField(_("country"), default="HK")
    website = models.URLField(_("website"), blank=True)
    currency = CurrencyField(default="HKD")
    language = models.CharField(_("language of letters"), max_length=10, choices=Language, default=Language.ENGLISH)
    tier = models.ForeignKey(ServiceTier, models.PROTECT, related_name="customers", verbose_name=_("service tier"))
    stage = models.CharField(_("stage"), max_length=15, choices=CustomerStage, default=CustomerStage.CUSTOMER)
    in_care_since = models.DateField(
        _("in care since"),
        null=True,
        blank=True,
        help_text=_("Empty while the customer is being taken on: findings about cover stay off the worklist."),
    )
    profile_reviewed_on = models.DateField(_("profile reviewed on"), null=True, blank=True)
    profile_reviewed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("profile reviewed by")
    )

    objects = CustomerQuerySet.as_manager()

    class Meta(ExternalRecord.Meta):
        verbose_name, verbose_name_plural = _("customer"), _("customers")
        constraints = [
            *ExternalRecord.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(profile_reviewed_by=None) | ~models.Q(profile_reviewed_on=None),
                name="profiles_customer_reviewed_paired",
            ),
        ]
        indexes = [
            models.Index(fields=["portfolio", "name"], name="profiles_customer_portfolio"),
            models.Index(fields=["name", "id"], name="profiles_customer_name"),
            models.Index(fields=["profile_reviewed_on"], name="profiles_customer_reviewed"),
            GinIndex(OpClass(Upper("name"), "gin_trgm_ops"), name="profiles_customer_name_trgm"),
            GinIndex(OpClass(Upper("name_local"), "gin_trgm_ops"), name="profiles_customer_local_trgm"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def customer_id(self) -> UUID:
        """Its own key, so that the record treats a customer like the things that belong to one."""
        return self.pk

    @property
    def is_onboarding(self) -> bool:
        return self.in_care_since is None
