"""Terms: one version of a section's cover with its range of days, its cover terms and its lines."""

import datetime

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.permissions import CustomerRowsQuerySet
from common.history import tracked
from common.models import Record
from common.money import MoneyField, ShareField
from market.models import Insurer
from profiles.models import Customer, Location
from programmes.models.policies import Section
from risk.models import RiskCategory
from risk.models.exposures import ExposureKind


class CoverBasis(models.TextChoices):
    ALL_RISKS = "ALL_RISKS", _("All risks")
    NAMED = "NAMED", _("Named perils")


class AttachmentBasis(models.TextChoices):
    XS_UNDERLYING = "XS_UNDERLYING", _("In excess of what lies below")
    GROUND_UP = "GROUND_UP", _("From the ground up")


class LimitBasis(models.TextChoices):
    """What the limit is for. All but the last count as for one loss; a limit for a whole period is the aggregate."""

    ANY_ONE_LOSS = "ANY_ONE_LOSS", _("Any one loss")
    ANY_ONE_EVENT = "ANY_ONE_EVENT", _("Any one event")
    ANY_ONE_CLAIM = "ANY_ONE_CLAIM", _("Any one claim")
    PER_UNIT = "PER_UNIT", _("For each unit (vehicle, person)")


class CoverageTrigger(models.TextChoices):
    CLAIMS_MADE = "CLAIMS_MADE", _("Claims made")
    LOSSES_OCCURRING = "LOSSES_OCCURRING", _("Losses occurring")
    OCCURRENCE_REPORTED = "OCCURRENCE_REPORTED", _("Occurrence reported")


class DefenceCosts(models.TextChoices):
    INSIDE = "INSIDE", _("Within the limit")
    OUTSIDE = "OUTSIDE", _("In addition to the limit")


class AverageBasis(models.TextChoices):
    FULL_VALUE = "FULL_VALUE", _("Against the full value")
    THRESHOLD = "THRESHOLD", _("Against the threshold")


class PercentOf(models.TextChoices):
    LOSS = "LOSS", _("of the loss")
    SUM_INSURED = "SUM_INSURED", _("of the sum insured")
    VALUE = "VALUE", _("of the value")


class DateRange(models.Func):
    """daterange(first, last, '[]'): both days belong to it; an empty end leaves it open."""

    function = "daterange"
    output_field = DateRangeField()


class Deductible(models.Model):
    """What the insured bears first: an amount, or a percentage held between a minimum and a maximum.

    Amounts are in the policy's currency.
    """

    deductible_amount = MoneyField(_("deductible"), null=True, blank=True)
    deductible_percent = ShareField(_("deductible as a share"), null=True, blank=True)
    deductible_percent_of = models.CharField(_("share of"), max_length=11, choices=PercentOf, blank=True)
    deductible_min = MoneyField(_("at least"), null=True, blank=True)
    deductible_max = MoneyField(_("at most"), null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(deductible_amount=None) | Q(deductible_percent=None),
                name="%(app_label)s_%(class)s_one_deductible",
                violation_error_message=_("A deductible is an amount or a share, not both."),
            ),
            models.CheckConstraint(
                condition=Q(deductible_percent=None, deductible_percent_of="")
                | (Q(deductible_percent__gte=0, deductible_percent__lte=1) & ~Q(deductible_percent_of="")),
                name="%(app_label)s_%(class)s_deductible_percent",
                violation_error_message=_(
                    "A deductible as a share lies between 0 and 1 and says what it is a share of."
                ),
            ),
            models.CheckConstraint(
                condition=Q(deductible_amount=None) | Q(deductible_amount__gte=0),
                name="%(app_label)s_%(class)s_deductible_amount",
                violation_error_message=_("The deductible must not be negative."),
            ),
            models.CheckConstraint(
                condition=Q(deductible_min=None)
                | Q(deductible_max=None)
                | Q(deductible_min__lte=models.F("deductible_max")),
                name="%(app_label)s_%(class)s_deductible_bounds",
                violation_error_message=_("The least deductible must not be above the most."),
            ),
        ]

    def clean(self) -> None:
        # The database holds the same; here each fault is named at the field a person can mend it in.
        if self.deductible_amount is not None and self.deductible_percent is not None:
            raise ValidationError({"deductible_percent": _("A deductible is an amount or a share, not both.")})
        if self.deductible_percent is not None and not self.deductible_percent_of:
            raise ValidationError({"deductible_percent_of": _("Say what the deductible is a share of.")})
        if self.deductible_percent is None and self.deductible_percent_of:
            raise ValidationError({"deductible_percent": _("Give the share, or leave out what it is a share of.")})
        least, most = self.deductible_min, self.deductible_max
        if least is not None and most is not None and least > most:
            raise ValidationError({"deductible_max": _("The least deductible must not be above the most.")})


class TermsQuerySet(CustomerRowsQuerySet):
    def on(self, day: datetime.date) -> "TermsQuerySet":
        """The versions whose days include this one: at most one for each section."""
        return self.filter(Q(last_day=None) | Q(last_day__gte=day), first_day__lte=day)


@tracked
class Terms(Deductible, Record):
    """A section's cover from `first_day` to `last_day` (empty: to the end of the policy). Ranges never overlap.

    Amounts are in the policy's currency. Nothing given for a limit means it is not known; `unlimited` is a flag.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    section = models.ForeignKey(Section, models.CASCADE, related_name="versions", verbose_name=_("section"))
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("to"), null=True, blank=True)
    valid = models.GeneratedField(
        expression=DateRange("first_day", "last_day", models.Value("[]")),
        output_field=DateRangeField(),
        db_persist=True,
    )
    change_note = models.CharField(_("what the endorsement says"), max_length=200, blank=True)

    basis = models.CharField(_("basis of cover"), max_length=10, choices=CoverBasis, default=CoverBasis.NAMED)
    coverage_trigger = models.CharField(_("coverage trigger"), max_length=20, choices=CoverageTrigger, blank=True)
    retroactive_date = models.DateField(
        _("retroactive date"), null=True, blank=True, help_text=_("Claims from acts before this day are not covered.")
    )
    is_retroactive_unlimited = models.BooleanField(_("retroactive cover unlimited"), default=False)
    extended_reporting_months = models.PositiveSmallIntegerField(
        _("extended reporting period, months"), null=True, blank=True
    )
    defence_costs = models.CharField(_("defence costs"), max_length=7, choices=DefenceCosts, blank=True)
    attachment_point = MoneyField(_("attachment point"), default=0)
    attachment_basis = models.CharField(
        _("attachment counts"), max_length=14, choices=AttachmentBasis, default=AttachmentBasis.XS_UNDERLYING
    )
    limit = MoneyField(_("limit"), null=True, blank=True)
    limit_basis = models.CharField(
        _("limit applies to"), max_length=13, choices=LimitBasis, default=LimitBasis.ANY_ONE_LOSS
    )
    units = models.PositiveIntegerField(_("units"), null=True, blank=True)
    unlimited = models.BooleanField(_("unlimited"), default=False)
    aggregate_limit = MoneyField(_("aggregate limit"), null=True, blank=True)
    sum_insured = MoneyField(_("sum insured"), null=True, blank=True)
    average_threshold = ShareField(_("average applies below"), null=True, blank=True)
    average_basis = models.CharField(_("average is taken"), max_length=10, choices=AverageBasis, blank=True)
    indemnity_months = models.PositiveSmallIntegerField(_("maximum indemnity period, months"), null=True, blank=True)
    drops_down = models.BooleanField(_("drops down"), default=False)
    recognises_sublimits = models.BooleanField(_("recognises sublimits below"), default=False)
    insured_kinds = ArrayField(
        models.CharField(max_length=24, choices=ExposureKind), verbose_name=_("insures only"), default=list, blank=True
    )
    territory = ArrayField(models.CharField(max_length=2), verbose_name=_("territory"), default=list, blank=True)
    territory_excluded = ArrayField(
        models.CharField(max_length=2), verbose_name=_("territory excluded"), default=list, blank=True
    )
    locations = models.ManyToManyField(Location, through="TermsLocation", blank=True, verbose_name=_("locations"))
    placed_elsewhere_share = ShareField(_("share placed elsewhere"), default=0)
    placed_share = ShareField(_("share placed, insurers not named"), null=True, blank=True)

    objects = TermsQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("terms"), _("terms")
        constraints = [
            *Deductible.Meta.constraints,
            models.UniqueConstraint(fields=["id", "customer"], name="programmes_terms_of_customer"),
            ExclusionConstraint(
                name="programmes_terms_no_overlap",
                expressions=[("section", "="), ("valid", "&&")],
                violation_error_message=_("The section has other terms for some of these days."),
            ),
            models.CheckConstraint(
                condition=Q(limit=None) | Q(limit__gt=0),
                name="programmes_terms_limit",
                violation_error_message=_("The limit must be above 0. Leave it empty where it is not known."),
            ),
            models.CheckConstraint(
                condition=Q(unlimited=False) | Q(limit=None),
                name="programmes_terms_unlimited",
                violation_error_message=_("Unlimited cover has no limit: give one or the other."),
            ),
            models.CheckConstraint(
                condition=Q(retroactive_date=None, is_retroactive_unlimited=False, extended_reporting_months=None)
                | Q(coverage_trigger=CoverageTrigger.CLAIMS_MADE),
                name="programmes_terms_claims_made",
                violation_error_message=_("Only claims-made cover has a retroactive date or extended reporting."),
            ),
            models.CheckConstraint(
                condition=Q(retroactive_date=None) | Q(is_retroactive_unlimited=False),
                name="programmes_terms_retroactive",
                violation_error_message=_("Retroactive cover has a date or is unlimited, not both."),
            ),
            models.CheckConstraint(
                condition=Q(attachment_point__gte=0),
                name="programmes_terms_attachment",
                violation_error_message=_("The attachment point must not be negative."),
            ),
            models.CheckConstraint(
                condition=~Q(limit_basis=LimitBasis.PER_UNIT) | Q(units__gte=1),
                name="programmes_terms_units",
                violation_error_message=_("A limit for each unit needs the number of units."),
            ),
            models.CheckConstraint(
                condition=Q(average_threshold=None, average_basis="")
                | (Q(average_threshold__gt=0, average_threshold__lte=1) & ~Q(average_basis="")),
                name="programmes_terms_average",
                violation_error_message=_("A condition of average has a threshold above 0, up to 1, and a basis."),
            ),
            models.CheckConstraint(
                condition=Q(placed_elsewhere_share__gte=0, placed_elsewhere_share__lte=1),
                name="programmes_terms_placed_elsewhere",
                violation_error_message=_("A share lies between 0 and 1."),
            ),
            models.CheckConstraint(
                condition=Q(placed_share=None) | Q(placed_share__gte=0, placed_share__lte=1),
                name="programmes_terms_placed",
                violation_error_message=_("A share lies between 0 and 1."),
            ),
        ]
        indexes = [models.Index(fields=["customer"], name="programmes_terms_customer")]

    def __str__(self) -> str:
        day = date_format(self.first_day, "j M Y")
        return _("%(section)s from %(day)s") % {"section": self.section, "day": day}

    def holds_on(self, day: datetime.date) -> bool:
        """Whether the day is one of this version's. The same rule as `TermsQuerySet.on`."""
        return self.first_day <= day and (self.last_day is None or self.last_day >= day)

    def clean(self) -> None:
        # The first is checked here because the database would refuse the range with an error no form can show.
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise ValidationError({"last_day": _("The last day must not be before the first.")})
        super().clean()
        if self.limit == 0:
            raise ValidationError({"limit": _("The limit must be above 0. Leave it empty where it is not known.")})
        if self.unlimited and self.limit is not None:
            raise ValidationError({"limit": _("Unlimited cover has no limit: give one or the other.")})
        if self.coverage_trigger != CoverageTrigger.CLAIMS_MADE:
            for name in ("retroactive_date", "is_retroactive_unlimited", "extended_reporting_months"):
                if getattr(self, name):
                    raise ValidationError({name: _("Only claims-made cover has this: choose that coverage trigger.")})
        if self.retroactive_date is not None and self.is_retroactive_unlimited:
            raise ValidationError({"retroactive_date": _("Retroactive cover has a date or is unlimited, not both.")})
        if self.limit_basis == LimitBasis.PER_UNIT and not self.units:
            raise ValidationError({"units": _("A limit for each unit needs the number of units.")})
        if self.average_threshold == 0:
            raise ValidationError({"average_threshold": _("The threshold of average lies above 0%, up to 100%.")})
        if self.average_threshold is not None and not self.average_basis:
            raise ValidationError({"average_basis": _("Say how average is taken.")})
        if self.average_threshold is None and self.average_basis:
            raise ValidationError({"average_threshold": _("Give the threshold below which average applies.")})


@tracked
class TermsLocation(Record):
    """A location that a version of a section insures. None named: all of the customer's."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    terms = models.ForeignKey(Terms, models.CASCADE, related_name="terms_locations")
    location = models.ForeignKey(Location, models.CASCADE, related_name="+", verbose_name=_("location"))

    class Meta:
        verbose_name, verbose_name_plural = _("insured location"), _("insured locations")
        constraints = [models.UniqueConstraint(fields=["terms", "location"], name="programmes_termslocation_once")]

    def __str__(self) -> str:
        return str(self.location)


@tracked
class CoverTerm(Deductible, Record):
    """What a version of a section says of one risk category: included or excluded, with its own sublimit."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    terms = models.ForeignKey(Terms, models.CASCADE, related_name="cover_terms")
    category = models.ForeignKey(RiskCategory, models.PROTECT, related_name="+", verbose_name=_("risk category"))
    included = models.BooleanField(_("covered"), default=True)
    sublimit = MoneyField(_("sublimit"), null=True, blank=True)

    objects = CustomerRowsQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("cover term"), _("cover terms")
        constraints = [
            *Deductible.Meta.constraints,
            models.UniqueConstraint(fields=["terms", "category"], name="programmes_coverterm_once"),
            models.CheckConstraint(
                condition=Q(sublimit=None) | Q(sublimit__gt=0, included=True),
                name="programmes_coverterm_sublimit",
                violation_error_message=_("A sublimit is above 0 and belongs to something covered."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.category)

    def clean(self) -> None:
        super().clean()
        if self.sublimit is not None and not self.included:
            raise ValidationError({"sublimit": _("A sublimit belongs to something covered.")})
        if self.sublimit == 0:
            raise ValidationError({"sublimit": _("The sublimit must be above 0. What is not covered is marked so.")})


@tracked
class Participation(Record):
    """One insurer's line on a version of a section. Without an insurer it is a line whose insurer is not known."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    terms = models.ForeignKey(Terms, models.CASCADE, related_name="participations")
    insurer = models.ForeignKey(
        Insurer, models.PROTECT, null=True, blank=True, related_name="participations", verbose_name=_("insurer")
    )
    written_share = ShareField(_("written line"), null=True, blank=True)
    signed_share = ShareField(_("signed line"), null=True, blank=True)
    is_lead = models.BooleanField(_("leads"), default=False)
    stands = models.BooleanField(
        _("line to stand"),
        default=False,
        help_text=_("Signed as it is written, whatever the others are signed down to."),
    )

    objects = CustomerRowsQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("line"), _("lines")
        constraints = [
            models.UniqueConstraint(
                fields=["terms", "insurer"],
                name="programmes_participation_once",
                violation_error_message=_("This insurer has a line on these terms already."),
            ),
            models.UniqueConstraint(
                fields=["terms"],
                condition=Q(is_lead=True),
                name="programmes_participation_one_lead",
                violation_error_message=_("One insurer leads."),
            ),
            models.CheckConstraint(
                condition=(Q(written_share__gt=0, written_share__lte=1) | Q(written_share=None))
                & (Q(signed_share__gt=0, signed_share__lte=1) | Q(signed_share=None))
                & ~Q(written_share=None, signed_share=None),
                name="programmes_participation_share",
                violation_error_message=_("A line is a share above 0, up to 1, written or signed."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.insurer or _("Insurer not named"))

    def clean(self) -> None:
        if self.written_share is None and self.signed_share is None:
            raise ValidationError({"signed_share": _("Give the line, written or signed.")})
        for name in ("written_share", "signed_share"):
            if getattr(self, name) == 0:
                raise ValidationError({name: _("A line is above 0%, up to 100%.")})
