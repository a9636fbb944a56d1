"""What a customer chose: how much it can bear, how safe its insurers must be, what the law asks of it."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from accounts.models import User
from accounts.permissions import CustomerRowsQuerySet, ReferenceQuerySet
from common.history import tracked
from common.models import Record
from common.money import CurrencyField, MoneyField, ShareField
from market.models import ClassOfBusiness
from market.models.ratings import NOTCHES
from profiles.models import Contact, Customer
from risk.models.categories import RiskCategory
from risk.models.exposures import COUNTED_KINDS

LEVELS = 5
"""Steps of likelihood and of consequence; a level of risk is their product, 1 to 25."""


def is_chinese() -> bool:
    """Whether the active language is Chinese."""
    return (get_language() or "").startswith("zh")


@tracked
class CompulsoryRequirement(Record):
    """A class that the law of a territory asks for, with its least limit. Ships as data.

    `counted_kind` and `above` say whom it concerns: customers with more than so many persons or vehicles there. Of
    several for one class the one with the highest number is meant.
    """

    code = models.CharField(_("code"), max_length=40, unique=True)
    territory = CountryField(_("territory"))
    class_of_business = models.ForeignKey(
        ClassOfBusiness, models.PROTECT, related_name="+", verbose_name=_("class of business")
    )
    name = models.CharField(_("what the law asks for"), max_length=200)
    name_zh = models.CharField(_("what the law asks for, in Chinese"), max_length=200, blank=True)
    law = models.CharField(_("law"), max_length=200, blank=True)
    law_zh = models.CharField(_("law, in Chinese"), max_length=200, blank=True)
    counted_kind = models.CharField(
        _("concerns whoever has"),
        max_length=24,
        blank=True,
        choices=[(kind.value, kind.label) for kind in COUNTED_KINDS],
    )
    above = models.PositiveIntegerField(_("more than so many"), default=0)
    currency = CurrencyField()
    minimum = MoneyField(_("least limit"), help_text=_("For one event."))

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("compulsory cover"), _("compulsory covers")

    def __str__(self) -> str:
        return self.name_zh if self.name_zh and is_chinese() else self.name

    @property
    def law_local(self) -> str:
        """The law in the user's language where it is given in it, else in English."""
        return self.law_zh if self.law_zh and is_chinese() else self.law


@tracked
class RiskProfile(Record):
    """A version of a customer's risk profile and strategy, from a day on. Signed off, it is kept as it is.

    The latest signed-off version on or before a day counts. Amounts are in `currency`.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="risk_profiles", verbose_name=_("customer"))
    valid_from = models.DateField(_("from"))
    currency = CurrencyField()
    appetite_one_loss = MoneyField(
        _("most it will bear of one loss"), null=True, blank=True, help_text=_("Empty: not agreed yet.")
    )
    appetite_year = MoneyField(_("most it will bear in a year"), null=True, blank=True)
    security_floor = models.PositiveSmallIntegerField(
        _("security floor"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(NOTCHES)],
        help_text=_("The lowest rating of an insurer, as a step of the common scale."),
    )
    most_with_one_group = ShareField(_("most of a tower with one insurer group"), null=True, blank=True)
    indemnity_months = models.PositiveSmallIntegerField(
        _("months until business is as before"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    compulsory = models.ManyToManyField(
        CompulsoryRequirement, blank=True, related_name="+", verbose_name=_("compulsory covers")
    )
    strategy = models.TextField(_("strategy in words"), blank=True)
    signed_off_on = models.DateField(_("signed off on"), null=True, blank=True)
    signed_off_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("signed off by")
    )
    agreed_with = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("agreed with")
    )

    objects = CustomerRowsQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("risk profile"), _("risk profiles")
        constraints = [
            models.UniqueConstraint(fields=["id", "customer"], name="risk_riskprofile_of_customer"),
            models.UniqueConstraint(
                fields=["customer", "valid_from"],
                name="risk_riskprofile_day",
                violation_error_message=_("There is a version from that day already."),
            ),
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(signed_off_on=None),
                name="risk_riskprofile_one_draft",
                violation_error_message=_("There is a version that is not signed off yet: change that one."),
            ),
            models.CheckConstraint(
                condition=Q(signed_off_on=None, signed_off_by=None)
                | Q(signed_off_on__isnull=False, signed_off_by__isnull=False),
                name="risk_riskprofile_signed_off",
            ),
            models.CheckConstraint(
                condition=Q(security_floor=None) | Q(security_floor__gte=1, security_floor__lte=NOTCHES),
                name="risk_riskprofile_floor",
            ),
            models.CheckConstraint(
                condition=Q(most_with_one_group=None) | Q(most_with_one_group__gt=0, most_with_one_group__lte=1),
                name="risk_riskprofile_group",
                violation_error_message=_("A share lies above 0%, up to 100%."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer} {self.valid_from}"

    @property
    def is_draft(self) -> bool:
        return self.signed_off_on is None

    def clean(self) -> None:
        if self.most_with_one_group == 0:
            raise ValidationError({"most_with_one_group": _("A share lies above 0%, up to 100%.")})


@tracked
class Tolerance(Record):
    """How much of a category of risk the customer tolerates: a level (1 to 25), an amount of one loss, or both."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    profile = models.ForeignKey(RiskProfile, models.CASCADE, related_name="tolerances", verbose_name=_("profile"))
    category = models.ForeignKey(RiskCategory, models.PROTECT, related_name="+", verbose_name=_("risk category"))
    level = models.PositiveSmallIntegerField(
        _("level"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LEVELS**2)],
        help_text=_("Likelihood times consequence, 1 to 25."),
    )
    amount = MoneyField(_("amount of one loss"), null=True, blank=True)

    objects = CustomerRowsQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("tolerance"), _("tolerances")
        constraints = [
            models.UniqueConstraint(
                fields=["profile", "category"],
                name="risk_tolerance_once",
                violation_error_message=_("This category is named already."),
            ),
            models.CheckConstraint(
                condition=~Q(level=None, amount=None),
                name="risk_tolerance_says_something",
                violation_error_message=_("Give a level, an amount or both."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.category)

    def clean(self) -> None:
        if self.level is None and self.amount is None:
            raise ValidationError({"level": _("Give a level, an amount or both.")})


@tracked
class ScaleStep(Record):
    """A step of a customer's own scale of likelihood or consequence, in words and figures.

    `events_a_year` is the figure of a likelihood, `amount` (in the customer's currency) that of a consequence.
    """

    class Scale(models.TextChoices):
        LIKELIHOOD = "LIKELIHOOD", _("Likelihood")
        CONSEQUENCE = "CONSEQUENCE", _("Consequence")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="scale_steps", verbose_name=_("customer"))
    scale = models.CharField(_("scale"), max_length=11, choices=Scale)
    step = models.PositiveSmallIntegerField(_("step"), validators=[MinValueValidator(1), MaxValueValidator(LEVELS)])
    words = models.CharField(_("in words"), max_length=80)
    events_a_year = models.DecimalField(
        _("events a year"),
        max_digits=9,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    amount = MoneyField(_("from an amount of"), null=True, blank=True)

    objects = CustomerRowsQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("step of a scale"), _("steps of scales")
        constraints = [
            models.UniqueConstraint(fields=["customer", "scale", "step"], name="risk_scalestep_once"),
            models.CheckConstraint(condition=Q(step__gte=1, step__lte=LEVELS), name="risk_scalestep_step"),
            models.CheckConstraint(
                condition=Q(scale="LIKELIHOOD", amount=None, events_a_year__isnull=False)
                | Q(scale="CONSEQUENCE", events_a_year=None),
                name="risk_scalestep_figure",
            ),
        ]

    def __str__(self) -> str:
        return self.words
