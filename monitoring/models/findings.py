"""Findings: one row per monitor and subject, kept for ever."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

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


class FindingQuerySet(CustomerRowsQuerySet):
    def undecided(self) -> "FindingQuerySet":
        """Findings that hold and that nobody has decided yet."""
        return self.filter(state=FindingState.OPEN, decision=None)

    def on_worklist(self) -> "FindingQuerySet":
        """Undecided findings, but for those about cover of a customer that is still being taken on.

        Those that come to a head on a day (a cover that ends) never wait. One whose facts say that it is `under_way` is
        in somebody's hands already.
        """
        dated = [monitor.code for monitor in catalogue() if monitor.is_dated]
        return (
            self.undecided()
            .exclude(facts__contains={"under_way": True})
            .exclude(Q(topic=Topic.COVER) & ~Q(monitor__in=dated) & Q(customer__in_care_since=None))
        )


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
