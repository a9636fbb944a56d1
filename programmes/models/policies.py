"""Policies and their sections: the lasting identities that findings, renewals and claims point at."""

import datetime

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
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


class PolicyKind(models.TextChoices):
    """What sort of contract it is. A lineslip is no cover itself: what is declared under it is."""

    POLICY = "POLICY", _("Policy")
    MASTER = "MASTER", _("Master policy")
    LOCAL = "LOCAL", _("Local policy")
    OPEN_COVER = "OPEN_COVER", _("Open cover")
    LINESLIP = "LINESLIP", _("Lineslip")
    DECLARATION = "DECLARATION", _("Declaration under a contract")


PARENT_KINDS = {
    PolicyKind.LOCAL: [PolicyKind.MASTER],
    PolicyKind.DECLARATION: [PolicyKind.LINESLIP, PolicyKind.OPEN_COVER],
}
"""Kinds that hang on another contract, and on which."""


class PolicyQuerySet(CustomerRowsQuerySet):
    def visible_to(self, user: User) -> "PolicyQuerySet":
        """Policies of the customers that a user may see, and those that insure one of them for somebody else."""
        if user.reach.visible is None:
            return self
        own = Policy.objects.filter(customer__portfolio__in=user.reach.visible)
        insuring = PolicyInsured.objects.filter(insured__portfolio__in=user.reach.visible)
        # A union, so that each half is found by its index; an OR over both tables would read every policy.
        return self.filter(pk__in=own.values("pk").union(insuring.values("policy")))

    def insuring(self, customer: Customer) -> "PolicyQuerySet":
        """Policies on which the customer is an insured: its own, and those of others that name it."""
        named = PolicyInsured.objects.filter(insured=customer)
        return self.filter(Q(customer=customer) | Q(pk__in=named.values("policy")))

    def that_cover(self) -> "PolicyQuerySet":
        """Leaves out lineslips: what is declared under one is the cover, not the facility itself."""
        return self.exclude(kind=PolicyKind.LINESLIP)

    def in_force(self, on: datetime.date) -> "PolicyQuerySet":
        """Policies whose cover runs on the day: bound, begun, neither expired nor cancelled."""
        return self.filter(
            Q(cancelled_from=None) | Q(cancelled_from__gt=on),
            Q(expiry_date=None) | Q(expiry_date__gte=on),
            bound_on__isnull=False,
            inception_date__lte=on,
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
    """A contract of insurance for a period. `expiry_date` is its last day of cover.

    A contract without expiry runs on until it is cancelled, and has a `review_date`. `customer` arranged it and is
    insured by it; others whom it insures are `insureds`.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="policies", verbose_name=_("customer"))
    number = models.CharField(_("policy number"), max_length=80)
    class_of_business = models.ForeignKey(
        ClassOfBusiness, models.PROTECT, related_name="policies", verbose_name=_("class of business")
    )
    kind = models.CharField(_("kind of contract"), max_length=11, choices=PolicyKind, default=PolicyKind.POLICY)
    parent_contract = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="contracts_under", verbose_name=_("under")
    )
    insured_name = models.CharField(_("insured as named in the policy"), max_length=300, blank=True)
    currency = CurrencyField(default="HKD")
    premium = MoneyField(
        _("premium"), null=True, blank=True, help_text=_("For the period, brokerage included; without levy and tax.")
    )
    bound_on = models.DateField(_("bound on"), null=True, blank=True)
    inception_date = models.DateField(_("inception"))
    expiry_date = models.DateField(_("expiry"), null=True, blank=True, help_text=_("The last day of cover."))
    review_date = models.DateField(
        _("review"), null=True, blank=True, help_text=_("When a contract without expiry is looked at next.")
    )
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
                condition=Q(expiry_date__isnull=False) | Q(review_date__isnull=False),
                name="programmes_policy_ends_or_reviewed",
                violation_error_message=_("Give the expiry, or for a contract without one the day of its review."),
            ),
            models.CheckConstraint(
                condition=Q(review_date=None) | Q(review_date__gte=F("inception_date")),
                name="programmes_policy_review",
                violation_error_message=_("The review must not be before inception."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[PolicyKind.LOCAL, PolicyKind.DECLARATION]) | Q(parent_contract=None),
                name="programmes_policy_parent",
                violation_error_message=_("Only a local policy and a declaration stand under another contract."),
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
        if not self.expiry_date and not self.review_date:
            words = _("Give the expiry, or for a contract without one the day of its review.")
            raise ValidationError({"expiry_date": words})
        if self.inception_date and self.review_date and self.review_date < self.inception_date:
            raise ValidationError({"review_date": _("The review must not be before inception.")})
        if self.parent_contract is not None:
            if self.kind not in PARENT_KINDS:
                words = _("Only a local policy and a declaration stand under another contract.")
                raise ValidationError({"parent_contract": words})
            if self.parent_contract.kind not in PARENT_KINDS[PolicyKind(self.kind)]:
                words = _("%(contract)s is a %(kind)s: nothing of this kind stands under it.")
                said = {"contract": self.parent_contract, "kind": self.parent_contract.get_kind_display().lower()}
                raise ValidationError({"parent_contract": words % said})
        if self.cancelled_from and not self.covers(self.cancelled_from):
            raise ValidationError({"cancelled_from": _("The cancellation must fall within the period of the policy.")})

    @property
    def last_day_of_cover(self) -> datetime.date | None:
        """Its expiry, or the day before a cancellation. Before the inception where it is cancelled from the start.
        None for a contract without expiry that is not cancelled.

        `selectors.renewing.last_day_of_cover` says the same of rows.
        """
        return self.expiry_date if self.cancelled_from is None else self.cancelled_from - datetime.timedelta(days=1)

    def runs_on(self, day: datetime.date) -> bool:
        """Whether its terms count on the day, bound or not: within the period and not cancelled by then."""
        last = self.last_day_of_cover
        return self.inception_date <= day and (last is None or day <= last)

    def covers(self, day: datetime.date) -> bool:
        """Whether the day lies within the period, bound or not, cancelled or not."""
        return self.inception_date <= day and (self.expiry_date is None or day <= self.expiry_date)

    def state(self, on: datetime.date) -> PolicyState:
        """The state as at a day. The same rule as `PolicyQuerySet.with_state`."""
        if self.bound_on is None:
            return PolicyState.NOT_BOUND
        if self.cancelled_from is not None and self.cancelled_from <= on:
            return PolicyState.CANCELLED
        if self.expiry_date is not None and self.expiry_date < on:
            return PolicyState.EXPIRED
        return PolicyState.COMING if self.inception_date > on else PolicyState.IN_FORCE


@tracked
class Section(Record):
    """A part of a policy that keeps its identity while its terms change."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    policy = models.ForeignKey(Policy, models.CASCADE, related_name="sections", verbose_name=_("policy"))
    reference = models.CharField(_("reference"), max_length=40)
    name = models.CharField(_("name"), max_length=120, blank=True)
    class_of_business = models.ForeignKey(
        ClassOfBusiness,
        models.PROTECT,
        related_name="sections",
        verbose_name=_("class of business"),
        help_text=_("A package has sections of several classes."),
    )
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


@tracked
class PolicyInsured(Record):
    """Another customer that a policy insures, beside the one who arranged it."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    policy = models.ForeignKey(Policy, models.CASCADE, related_name="insureds", verbose_name=_("policy"))
    insured = models.ForeignKey(Customer, models.PROTECT, related_name="insured_by", verbose_name=_("insured"))

    objects = CustomerRowsQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("insured"), _("insureds")
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "insured"],
                name="programmes_policyinsured_once",
                violation_error_message=_("This customer is named already."),
            ),
            models.CheckConstraint(
                condition=~Q(insured=F("customer")),
                name="programmes_policyinsured_other",
                violation_error_message=_("The customer who arranged the policy is insured by it anyway."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.insured)
