"""The register: what could hurt a customer, how badly, what is done about it and what must be done."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import CustomerRowsQuerySet
from common.history import tracked
from common.models import ExternalRecord, Record
from common.money import CurrencyField, MoneyField
from market.models.ratings import NOTCHES
from profiles.models import Customer, Location
from risk.models.categories import RiskCategory
from risk.models.exposures import Exposure
from risk.models.profiles import LEVELS

STEP = [MinValueValidator(1), MaxValueValidator(LEVELS)]


class Treatment(models.TextChoices):
    AVOID = "AVOID", _("Avoid")
    REDUCE = "REDUCE", _("Reduce")
    SHARE = "SHARE", _("Transfer")
    RETAIN = "RETAIN", _("Retain")


class RiskQuerySet(CustomerRowsQuerySet):
    def on(self, day: object) -> "RiskQuerySet":
        """The risks that stand in the register on the day."""
        return self.filter(Q(closed_on=None) | Q(closed_on__gt=day))


@tracked
class Risk(ExternalRecord):
    """A risk of a customer: a category at a place, with the exposures it can strike. Amounts are in `currency`.

    A level of risk is likelihood times consequence. `maximum_loss` is entered where the linked exposures do not say it.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="risks", verbose_name=_("customer"))
    category = models.ForeignKey(RiskCategory, models.PROTECT, related_name="risks", verbose_name=_("risk category"))
    name = models.CharField(_("name"), max_length=160, blank=True, help_text=_("Empty: the category and the place."))
    cause = models.TextField(_("cause"), blank=True)
    location = models.ForeignKey(
        Location, models.PROTECT, null=True, blank=True, related_name="risks", verbose_name=_("location")
    )
    exposures = models.ManyToManyField(
        Exposure, through="RiskExposure", blank=True, related_name="risks", verbose_name=_("exposures")
    )
    currency = CurrencyField()
    maximum_loss = MoneyField(
        _("largest loss"), null=True, blank=True, help_text=_("Empty: the sum of the exposures it can strike.")
    )
    typical_loss = MoneyField(_("typical loss"), null=True, blank=True)
    inherent_likelihood = models.PositiveSmallIntegerField(
        _("likelihood without controls"), null=True, blank=True, validators=STEP
    )
    inherent_consequence = models.PositiveSmallIntegerField(
        _("consequence without controls"), null=True, blank=True, validators=STEP
    )
    current_likelihood = models.PositiveSmallIntegerField(_("likelihood now"), null=True, blank=True, validators=STEP)
    current_consequence = models.PositiveSmallIntegerField(_("consequence now"), null=True, blank=True, validators=STEP)
    residual_likelihood = models.PositiveSmallIntegerField(
        _("likelihood when all is done"), null=True, blank=True, validators=STEP
    )
    residual_consequence = models.PositiveSmallIntegerField(
        _("consequence when all is done"), null=True, blank=True, validators=STEP
    )
    owner = models.CharField(_("owner"), max_length=120, blank=True, help_text=_("Who at the customer answers for it."))
    treatment = models.CharField(_("treatment"), max_length=6, choices=Treatment, blank=True)
    required_limit = MoneyField(
        _("required limit"), null=True, blank=True, help_text=_("Empty: cover up to the largest loss.")
    )
    maximum_retention = MoneyField(
        _("most to bear"),
        null=True,
        blank=True,
        help_text=_("Empty: the category's tolerance, else the appetite."),
    )
    security_floor = models.PositiveSmallIntegerField(
        _("security floor"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(NOTCHES)]
    )
    indemnity_months = models.PositiveSmallIntegerField(
        _("months of interruption to insure"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    objects = RiskQuerySet.as_manager()

    class Meta(ExternalRecord.Meta):
        verbose_name, verbose_name_plural = _("risk"), _("risks")
        constraints = [
            *ExternalRecord.Meta.constraints,
            models.UniqueConstraint(fields=["id", "customer"], name="risk_risk_of_customer"),
            *[
                models.CheckConstraint(
                    condition=Q(**{f"{kind}_likelihood": None, f"{kind}_consequence": None})
                    | Q(
                        **{
                            f"{kind}_likelihood__gte": 1,
                            f"{kind}_likelihood__lte": LEVELS,
                            f"{kind}_consequence__gte": 1,
                            f"{kind}_consequence__lte": LEVELS,
                        }
                    ),
                    name=f"risk_risk_{kind}_level",
                    violation_error_message=_("A level has a likelihood and a consequence, each 1 to 5."),
                )
                for kind in ("inherent", "current", "residual")
            ],
            models.CheckConstraint(
                condition=Q(typical_loss=None) | Q(maximum_loss=None) | Q(typical_loss__lte=F("maximum_loss")),
                name="risk_risk_typical",
                violation_error_message=_("The typical loss must not be above the largest."),
            ),
            models.CheckConstraint(
                condition=Q(security_floor=None) | Q(security_floor__gte=1, security_floor__lte=NOTCHES),
                name="risk_risk_floor",
            ),
        ]
        indexes = [models.Index(fields=["customer"], name="risk_risk_customer")]

    def __str__(self) -> str:
        if self.name:
            return self.name
        return f"{self.category}, {self.location}" if self.location else str(self.category)

    def clean(self) -> None:
        for kind in ("inherent", "current", "residual"):
            names = f"{kind}_likelihood", f"{kind}_consequence"
            given = [name for name in names if getattr(self, name) is not None]
            if len(given) == 1:
                missing = next(name for name in names if name not in given)
                raise ValidationError({missing: _("A level has a likelihood and a consequence, each 1 to 5.")})
        if self.maximum_loss is not None and self.typical_loss is not None and self.typical_loss > self.maximum_loss:
            raise ValidationError({"typical_loss": _("The typical loss must not be above the largest.")})

    def level(self, kind: str) -> int | None:
        """Likelihood times consequence of `inherent`, `current` or `residual`; None where it is not assessed."""
        likelihood, consequence = getattr(self, f"{kind}_likelihood"), getattr(self, f"{kind}_consequence")
        return None if likelihood is None or consequence is None else likelihood * consequence

    @property
    def inherent_level(self) -> int | None:
        return self.level("inherent")

    @property
    def current_level(self) -> int | None:
        return self.level("current")

    @property
    def residual_level(self) -> int | None:
        return self.level("residual")


@tracked
class RiskExposure(Record):
    """An exposure that a risk can strike."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    risk = models.ForeignKey(Risk, models.CASCADE, related_name="risk_exposures")
    exposure = models.ForeignKey(Exposure, models.CASCADE, related_name="+", verbose_name=_("exposure"))

    objects = CustomerRowsQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("exposure of a risk"), _("exposures of risks")
        constraints = [models.UniqueConstraint(fields=["risk", "exposure"], name="risk_riskexposure_once")]

    def __str__(self) -> str:
        return str(self.exposure)


class ControlOrigin(models.TextChoices):
    AGREED = "AGREED", _("Agreed with the customer")
    INSURER = "INSURER", _("Recommended by an insurer")
    BROKER = "BROKER", _("Proposed by us")


@tracked
class Control(Record):
    """Something that makes a risk smaller: who does it, by when, whether it is done and what shows it."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    risk = models.ForeignKey(Risk, models.CASCADE, related_name="controls", verbose_name=_("risk"))
    name = models.CharField(_("what is to be done"), max_length=300)
    origin = models.CharField(_("from"), max_length=7, choices=ControlOrigin, default=ControlOrigin.AGREED)
    owner = models.CharField(_("who does it"), max_length=120, blank=True)
    responsible = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who follows it up")
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    evidence = models.TextField(_("evidence"), blank=True)

    objects = CustomerRowsQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("control"), _("controls")
        constraints = [
            models.CheckConstraint(
                condition=Q(done_on=None) | ~Q(evidence=""),
                name="risk_control_evidence",
                violation_error_message=_("Say what shows that it is done."),
            )
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(done_on=None), name="risk_control_open")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.done_on is not None and not self.evidence.strip():
            raise ValidationError({"evidence": _("Say what shows that it is done.")})
