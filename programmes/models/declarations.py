"""What a customer declares during or after a period, so that the premium can be adjusted."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.permissions import CustomerRowsQuerySet
from common.history import tracked
from common.models import Record
from common.money import MAX_DIGITS, MoneyField
from profiles.models import Customer
from programmes.models.policies import Policy, Section


class DeclarationBasis(models.TextChoices):
    TURNOVER = "TURNOVER", _("Turnover")
    PAYROLL = "PAYROLL", _("Payroll")
    VALUES = "VALUES", _("Values")
    SENDINGS = "SENDINGS", _("Sendings")
    PERSONS = "PERSONS", _("Persons")
    VEHICLES = "VEHICLES", _("Vehicles")


@tracked
class Declaration(Record):
    """A figure to be declared for a period by a day, what was declared, and the premium adjusted by it.

    The figure is in the policy's currency, or a number where its basis is a number of things. `adjustment` is in the
    policy's currency; below 0 it is a return.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    policy = models.ForeignKey(Policy, models.CASCADE, related_name="declarations", verbose_name=_("policy"))
    section = models.ForeignKey(
        Section, models.CASCADE, null=True, blank=True, related_name="declarations", verbose_name=_("section")
    )
    basis = models.CharField(_("basis"), max_length=8, choices=DeclarationBasis)
    first_day = models.DateField(_("for the time from"))
    last_day = models.DateField(_("to"))
    due_on = models.DateField(_("due on"))
    figure = MoneyField(_("declared"), null=True, blank=True)
    declared_on = models.DateField(_("declared on"), null=True, blank=True)
    adjustment = models.DecimalField(
        _("premium adjusted by"), max_digits=MAX_DIGITS, decimal_places=2, null=True, blank=True
    )
    adjusted_on = models.DateField(_("adjusted on"), null=True, blank=True)

    objects = CustomerRowsQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("declaration"), _("declarations")
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="programmes_declaration_period",
                violation_error_message=_("The last day must not be before the first."),
            ),
            models.CheckConstraint(
                condition=Q(figure=None, declared_on=None) | Q(figure__isnull=False, declared_on__isnull=False),
                name="programmes_declaration_declared_paired",
                violation_error_message=_("Give both the figure and the day it was declared on, or neither."),
            ),
            models.CheckConstraint(
                condition=Q(adjustment=None, adjusted_on=None)
                | Q(adjustment__isnull=False, adjusted_on__isnull=False, declared_on__isnull=False),
                name="programmes_declaration_adjusted_paired",
                violation_error_message=_("An adjustment has an amount and a day, and follows a declaration."),
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(declared_on=None), name="programmes_declaration_open"),
        ]

    def __str__(self) -> str:
        first, last = date_format(self.first_day, "j M Y"), date_format(self.last_day, "j M Y")
        return f"{self.get_basis_display()} {first} – {last}"

    def clean(self) -> None:
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise ValidationError({"last_day": _("The last day must not be before the first.")})
        if self.section is not None and self.section.policy_id != self.policy_id:
            raise ValidationError({"section": _("That section is another policy's.")})
        if (self.figure is None) != (self.declared_on is None):
            missing = "figure" if self.figure is None else "declared_on"
            raise ValidationError({missing: _("Give both the figure and the day it was declared on, or neither.")})
        if (self.adjustment is None) != (self.adjusted_on is None):
            missing = "adjustment" if self.adjustment is None else "adjusted_on"
            raise ValidationError({missing: _("Give both the adjustment and its day, or neither.")})
        if self.adjustment is not None and self.figure is None:
            raise ValidationError({"adjustment": _("An adjustment follows a declaration.")})
