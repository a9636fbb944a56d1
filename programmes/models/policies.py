"""Policies and their sections: the lasting identities that findings, renewals and claims point at."""

import datetime

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.permissions import CustomerRowsQuerySet
from common.history import tracked
from common.models import ExternalRecord, Record
from common.money import CurrencyField, MoneyField
from market.models import ClassOfBusiness
from profiles.models import Customer


class PolicyState(models.TextChoices):
    """Follows from the dates of a policy and a day. Never stored."""

    NOT_BOUND = "NOT_BOUND", _("Not bound")
    COMING = "COMING", _("Bound, not begun")
    IN_FORCE = "IN_FORCE", _("In force")
    EXPIRED = "EXPIRED", _("Expired")
    CANCELLED = "CANCELLED", _("Cancelled")


class PolicyQuerySet(CustomerRowsQuerySet):
    def in_force(self, on: datetime.date) -> "PolicyQuerySet":
        """Policies whose cover runs on the day: bound, begun, neither expired nor cancelled."""
        return self.filter(
            Q(cancelled_from=None) | Q(cancelled_from__gt=on),
            bound_on__isnull=False,
            inception_date__lte=on,
            expiry_date__gte=on,
        )

    def with_state(self, on: datetime.date) -> "PolicyQuerySet":
        """Adds `state_on` (a PolicyState) as at the day; `Policy.state` says the same of one row."""
        return self.annotate(
            state_on=models.Case(
                models.When(bound_on=None, then=models.Value(PolicyState.NOT_BOUND)),
                models.When(cancelled_from__lte=on, then=models.Value(PolicyState.CANCELLED)),
                models.When(expiry_date__lt=on, then=models.Value(PolicyState.EXPIRED)),
                models.When(inception_date__gt=on, then=models.Value(PolicyState.COMING)),
                default=models.Value(PolicyState.IN_FORCE),
                output_field=models.CharField(),
            )
        )


@tracked
class Policy(ExternalRecord):
    """A contract of insurance for a period. `expiry_date` is its last day of cover."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="policies", verbose_name=_("customer"))
    number = models.CharField(_("policy number"), max_length=80)
    class_of_business = models.ForeignKey(
        ClassOfBusiness, models.PROTECT, related_name="policies", verbose_name=_("class of business")
    )
    insured_name = models.CharField(_("insured as named in the policy"), max_length=300, blank=True)
    currency = CurrencyField(default="HKD")
    premium = MoneyField(_("premium"), null=True, blank=True)
    bound_on = models.DateField(_("bound on"), null=True, blank=True)
    inception_date = models.DateField(_("inception"))
    expiry_date = models.DateField(_("expiry"), help_text=_("The last day of cover."))
    cancelled_from = models.DateField(
        _("cancelled from"), null=True, blank=True, help_text=_("The first day without cover.")
    )
    is_renewable = models.BooleanField(_("renewable"), default=True)
    note = models.TextField(_("note"), blank=True)

    objects = PolicyQuerySet.as_manager()

    class Meta(ExternalRecord.Meta):
        verbose_name, verbose_name_plural = _("policy"), _("policies")
        constraints = [
            *ExternalRecord.Meta.constraints,
            models.UniqueConstraint(fields=["id", "customer"], name="programmes_policy_of_customer"),
            models.UniqueConstraint(
                fields=["customer", "number", "inception_date"],
                name="programmes_policy_number",
                violation_error_message=_("This customer has a policy with that number and inception already."),
            ),
            models.CheckConstraint(
                condition=Q(expiry_date__gte=F("inception_date")),
                name="programmes_policy_period",
                violation_error_message=_("Expiry must not be before inception."),
            ),
            models.CheckConstraint(
                condition=Q(cancelled_from=None)
                | Q(cancelled_from__gte=F("inception_date"), cancelled_from__lte=F("expiry_date")),
                name="programmes_policy_cancelled_within",
                violation_error_message=_("The cancellation must fall within the period of the policy."),
            ),
            models.CheckConstraint(
                condition=Q(premium=None) | Q(premium__gte=0),
                name="programmes_policy_premium",
                violation_error_message=_("The premium must not be negative."),
            ),
        ]
        indexes = [
            models.Index(fields=["expiry_date"], name="programmes_policy_expiry"),
            models.Index(fields=["customer", "class_of_business", "currency"], name="programmes_policy_tower"),
        ]

    def __str__(self) -> str:
        return self.number

    def clean(self) -> None:
        # The database holds the same; here each fault is named at the field a person can mend it in.
        if self.inception_date and self.expiry_date and self.expiry_date < self.inception_date:
            raise ValidationError({"expiry_date": _("Expiry must not be before inception.")})
        if self.cancelled_from and not self.covers(self.cancelled_from):
            raise ValidationError({"cancelled_from": _("The cancellation must fall within the period of the policy.")})

    @property
    def last_day_of_cover(self) -> datetime.date:
        """Its expiry, or the day before a cancellation. Before the inception where it is cancelled from the start.

        `selectors.renewing.last_day_of_cover` says the same of rows.
        """
        return self.expiry_date if self.cancelled_from is None else self.cancelled_from - datetime.timedelta(days=1)

    def runs_on(self, day: datetime.date) -> bool:
        """Whether its terms count on the day, bound or not: within the period and not cancelled by then."""
        return self.inception_date <= day <= self.last_day_of_cover

    def covers(self, day: datetime.date) -> bool:
        """Whether the day lies within the period, bound or not, cancelled or not."""
        return self.inception_date <= day <= self.expiry_date

    def state(self, on: datetime.date) -> PolicyState:
        """The state as at a day. The same rule as `PolicyQuerySet.with_state`."""
        if self.bound_on is None:
            return PolicyState.NOT_BOUND
        if self.cancelled_from is not None and self.cancelled_from <= on:
            return PolicyState.CANCELLED
        if self.expiry_date < on:
            return PolicyState.EXPIRED
        return PolicyState.COMING if self.inception_date > on else PolicyState.IN_FORCE


@tracked
class Section(Record):
    """A part of a policy that keeps its identity while its terms change."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    policy = models.ForeignKey(Policy, models.CASCADE, related_name="sections", verbose_name=_("policy"))
    reference = models.CharField(_("reference"), max_length=40)
    name = models.CharField(_("name"), max_length=120, blank=True)
    not_in_sums = ArrayField(
        models.CharField(max_length=200),
        verbose_name=_("what an imported file says that no sum uses"),
        default=list,
        blank=True,
        help_text=_("Columns of the file and what they say, such as “PolSIR: 100000”: they would change the cover."),
    )

    objects = CustomerRowsQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("section"), _("sections")
        constraints = [
            models.UniqueConstraint(fields=["id", "customer"], name="programmes_section_of_customer"),
            models.UniqueConstraint(
                fields=["policy", "reference"],
                name="programmes_section_reference",
                violation_error_message=_("This policy has a section with that reference already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.policy.number} / {self.reference}"
