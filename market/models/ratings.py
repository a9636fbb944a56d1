"""Financial strength ratings: what each agency says of an insurer, as dated rows, on one common scale."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.permissions import ReferenceQuerySet
from common.history import tracked
from common.models import Record
from market.models.insurers import Insurer

NOTCHES = 22
"""Steps of the common scale: 1 is AAA, 7 is A-, 10 the last investment grade, 22 default."""


class RatingAgency(models.TextChoices):
    AM_BEST = "AM_BEST", "AM Best"
    SP = "SP", "S&P"
    MOODYS = "MOODYS", "Moody's"
    FITCH = "FITCH", "Fitch"


class Outlook(models.TextChoices):
    POSITIVE = "POSITIVE", _("Positive")
    STABLE = "STABLE", _("Stable")
    NEGATIVE = "NEGATIVE", _("Negative")
    UNDER_REVIEW = "UNDER_REVIEW", _("Under review")


@tracked
class RatingGrade(Record):
    """A grade of an agency and its place on the common scale: A- of one agency stands level with A3 of another.

    Where a grade of one agency spans several steps (AM Best's), it takes the lowest of them. Ships as data.
    """

    agency = models.CharField(_("agency"), max_length=8, choices=RatingAgency)
    grade = models.CharField(_("grade"), max_length=8)
    notch = models.PositiveSmallIntegerField(_("step of the common scale, 1 the best"))
    rank = models.PositiveSmallIntegerField(_("order among the agency's grades"))

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("rating grade"), _("rating grades")
        constraints = [
            models.UniqueConstraint(fields=["agency", "grade"], name="market_ratinggrade_once"),
            models.CheckConstraint(
                condition=models.Q(notch__gte=1, notch__lte=NOTCHES), name="market_ratinggrade_notch"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_agency_display()} {self.grade}"


@tracked
class InsurerRating(Record):
    """What an agency says of an insurer from a day on: the latest on or before a day counts. No grade: withdrawn."""

    insurer = models.ForeignKey(Insurer, models.CASCADE, related_name="ratings", verbose_name=_("insurer"))
    agency = models.CharField(_("agency"), max_length=8, choices=RatingAgency)
    grade = models.ForeignKey(
        RatingGrade,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("grade"),
        help_text=_("Empty: the agency withdrew its rating."),
    )
    outlook = models.CharField(_("outlook"), max_length=12, choices=Outlook, blank=True)
    rated_on = models.DateField(_("from"))
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("rating"), _("ratings")
        constraints = [
            models.UniqueConstraint(
                fields=["insurer", "agency", "rated_on"],
                name="market_insurerrating_day",
                violation_error_message=_("There is a rating of that agency for that day already: correct that one."),
            )
        ]

    def __str__(self) -> str:
        return str(self.grade) if self.grade else f"{self.get_agency_display()} –"

    def clean(self) -> None:
        if self.grade is not None and self.grade.agency != self.agency:
            raise ValidationError({"grade": _("That grade is another agency's.")})
        if self.grade is None and self.outlook:
            raise ValidationError({"outlook": _("A rating that was withdrawn has no outlook.")})
