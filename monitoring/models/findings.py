"""Findings: one row per monitor and subject, kept for ever."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import CustomerRowsQuerySet
from common import sentences
from common.history import tracked
from common.models import Record
from common.money import CurrencyField, MoneyField
from common.monitor import Monitor, Severity, Topic, catalogue, is_known, monitor_of
from profiles.models import Customer


class FindingState(models.TextChoices):
    OPEN = "OPEN", _("Open")
    RESOLVED = "RESOLVED", _("Resolved")


AWAITS_APPROVAL = Q(decision__needs_approval=True, decision__approved_at=None)


def needs_a_decision() -> Q:
    """Which open findings ask somebody to decide.

    Those about cover of a customer that is still being taken on wait, but for the ones that come to a head on a day (a
    cover that ends). One whose facts say that it is `under_way` is in somebody's hands already.
    """
    dated = [monitor.code for monitor in catalogue() if monitor.is_dated]
    waits = Q(topic=Topic.COVER) & ~Q(monitor__in=dated) & Q(customer__in_care_since=None)
    return Q(decision=None) & ~Q(facts__contains={"under_way": True}) & ~waits


class FindingQuerySet(CustomerRowsQuerySet):
    def undecided(self) -> "FindingQuerySet":
        """Findings that hold and that nobody has decided yet, nor asked to accept."""
        return self.filter(state=FindingState.OPEN, decision=None)

    def on_worklist(self) -> "FindingQuerySet":
        """Findings that hold and ask for a decision."""
        return self.filter(needs_a_decision(), state=FindingState.OPEN)

    def awaiting_approval(self) -> "FindingQuerySet":
        """Findings that hold and that somebody asks to accept."""
        return self.filter(AWAITS_APPROVAL, state=FindingState.OPEN)

    def waiting_or_asked_for(self) -> "FindingQuerySet":
        """Findings that ask for a decision, and those that somebody asks to accept, whoever may approve it."""
        return self.filter(needs_a_decision() | AWAITS_APPROVAL, state=FindingState.OPEN)

    def waiting_for(self, user: User) -> "FindingQuerySet":
        """Findings that ask for a decision; and for a supervisor those that others ask to accept, too."""
        supervised = user.reach.supervised
        if not supervised:
            return self.on_worklist()
        approvable = AWAITS_APPROVAL & Q(customer__portfolio__in=supervised) & ~Q(decision__decided_by=user)
        return self.filter(needs_a_decision() | approvable, state=FindingState.OPEN)


@tracked
class Finding(Record):
    """A condition that holds, or held, for one lasting subject. `facts` keep days and money as text.

    `subject_id` and `about_id` are no foreign keys: a finding outlives what it names.
    """

    monitor = models.CharField(_("monitor"), max_length=40)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="findings", verbose_name=_("customer"))
    subject_id = models.UUIDField(_("subject"))
    about_id = models.UUIDField(_("about"))
    topic = models.CharField(_("topic"), max_length=10, choices=Topic)
    severity = models.PositiveSmallIntegerField(_("severity"), choices=Severity)
    amount = MoneyField(_("at stake"), null=True, blank=True)
    currency = CurrencyField(blank=True)
    amount_house = MoneyField(_("at stake in the brokerage's currency"), null=True, blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True)
    facts = models.JSONField(_("facts"), default=dict)
    state = models.CharField(_("state"), max_length=10, choices=FindingState, default=FindingState.OPEN)
    opened_at = models.DateTimeField(_("open since"))
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    times_reopened = models.PositiveIntegerField(_("times it came back"), default=0)
    decision = models.OneToOneField(
        "monitoring.Decision",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decision that stands"),
    )

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("finding"), _("findings")
        constraints = [
            models.UniqueConstraint(fields=["id", "customer"], name="monitoring_finding_of_customer"),
            models.UniqueConstraint(fields=["monitor", "subject_id"], name="monitoring_finding_subject"),
            models.CheckConstraint(
                condition=Q(state="OPEN", resolved_at=None) | Q(state="RESOLVED", resolved_at__isnull=False),
                name="monitoring_finding_resolved",
            ),
        ]
        indexes = [
            models.Index(fields=["customer"], condition=Q(state="OPEN"), name="monitoring_finding_open"),
            models.Index(fields=["about_id"], name="monitoring_finding_about"),
        ]

    def __str__(self) -> str:
        return str(self.definition.title) if self.definition else self.monitor

    @property
    def awaits_approval(self) -> bool:
        """Whether somebody asks to accept it and no supervisor has answered."""
        return self.decision is not None and self.decision.is_waiting

    @property
    def definition(self) -> Monitor | None:
        """Its monitor; none where the catalogue no longer has it."""
        return monitor_of(self.monitor) if is_known(self.monitor) else None

    @property
    def sentence(self) -> str:
        """What it says, in the active language."""
        return sentences.sentence(self.definition, self.facts) if self.definition else self.monitor

    @property
    def plain(self) -> str:
        """The same in plain words for the customer, in the active language."""
        return sentences.plain(self.definition, self.facts) if self.definition else ""

    @property
    def figures(self) -> list[tuple[str, str]]:
        """Its figures with their labels, in the active language."""
        return sentences.figures(self.definition, self.facts) if self.definition else []
