"""Decisions: what a person made of a finding, with the facts it rested on."""

import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.people import Language
from accounts.permissions import CustomerRowsQuerySet
from common import sentences
from common.history import tracked
from common.models import Record
from monitoring.models.findings import Finding, FindingState
from profiles.models import Contact, Customer


class DecisionKind(models.TextChoices):
    ACT = "ACT", _("Acted on")
    ACCEPT = "ACCEPT", _("Accepted")
    DECLINE = "DECLINE", _("Declined by the customer")
    DISMISS = "DISMISS", _("Dismissed")


class Ending(models.TextChoices):
    """Why a decision no longer stands."""

    CHANGED = "CHANGED", _("what it rested on changed")
    RETURNED = "RETURNED", _("the finding had resolved and came back")
    RESOLVED = "RESOLVED", _("the finding resolved before it was approved")
    EXPIRED = "EXPIRED", _("the time it was accepted for ran out")
    OUTGROWN = "OUTGROWN", _("it has grown so that it now needs a supervisor's approval")
    REFUSED = "REFUSED", _("it was not approved")
    WITHDRAWN = "WITHDRAWN", _("it was withdrawn")


BY_A_PERSON = (Ending.REFUSED, Ending.WITHDRAWN)
AWAITS_APPROVAL = Q(needs_approval=True, approved_at=None, superseded_at=None)


class DecisionQuerySet(CustomerRowsQuerySet):
    def awaiting_approval(self) -> "DecisionQuerySet":
        """Acceptances that were asked for and not answered, of findings that still hold."""
        return self.filter(AWAITS_APPROVAL, finding__state=FindingState.OPEN)

    def approvable_by(self, user: User) -> "DecisionQuerySet":
        """Those that this supervisor may answer: of a portfolio supervised, and asked for by somebody else."""
        rows = self.awaiting_approval().filter(customer__portfolio__in=user.reach.supervised)
        return rows.exclude(decided_by=user)

    def standing(self) -> "DecisionQuerySet":
        """Those in force: not superseded, approved where that is needed, of findings that hold."""
        return self.filter(superseded_at=None, finding__state=FindingState.OPEN).exclude(AWAITS_APPROVAL)

    def expiring(self, *, on: datetime.date, days: int) -> "DecisionQuerySet":
        """Acceptances in force that run out within so many days."""
        return self.standing().filter(expires_on__lte=on + datetime.timedelta(days=days))


@tracked
class Decision(Record):
    """What was decided of a finding. Superseded when a material fact changed, the finding came back, or it ran out.

    An acceptance that `needs_approval` is the finding's decision from the moment it is asked for, so that nobody
    decides beside it; it stands only once approved.
    """

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="decisions", verbose_name=_("finding"))
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    kind = models.CharField(_("decision"), max_length=10, choices=DecisionKind)
    reason = models.TextField(_("reason"), blank=True)
    facts = models.JSONField(_("facts it rested on"), default=dict)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("decided by"))

    act_type = models.CharField(_("act"), max_length=60, blank=True)
    act_id = models.UUIDField(null=True, blank=True)

    expires_on = models.DateField(_("accepted until"), null=True, blank=True, help_text=_("The last day it stands."))
    needs_approval = models.BooleanField(_("needs approval"), default=False, db_default=False)
    approved_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("approved by")
    )
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    approval_note = models.TextField(_("note on the approval"), blank=True, db_default="")

    recommended = models.TextField(_("what was recommended"), blank=True, db_default="")
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who declined")
    )
    declined_by = models.CharField(_("who declined, as named then"), max_length=250, blank=True, db_default="")
    declined_on = models.DateField(_("declined on"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=Language, blank=True, db_default="")
    explained = models.TextField(_("the finding in plain words"), blank=True, db_default="")

    superseded_at = models.DateTimeField(_("superseded"), null=True, blank=True)
    ending = models.CharField(
        _("why it no longer stands"), max_length=10, choices=Ending, blank=True, default="", db_default=""
    )
    ended_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ended by")
    )
    ending_note = models.TextField(_("reason of the end"), blank=True, db_default="")

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("decision"), _("decisions")
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="DISMISS") | ~Q(reason=""),
                name="monitoring_decision_dismissed_with_reason",
                violation_error_message=_("Say why it is dismissed."),
            ),
            models.CheckConstraint(
                condition=(Q(kind="ACT", act_id__isnull=False) & ~Q(act_type=""))
                | (~Q(kind="ACT") & Q(act_type="", act_id=None)),
                name="monitoring_decision_acted",
                violation_error_message=_("Only what is acted on names its act."),
            ),
            models.CheckConstraint(
                condition=(Q(kind="ACCEPT", expires_on__isnull=False) & ~Q(reason=""))
                | (~Q(kind="ACCEPT") & Q(expires_on=None, needs_approval=False)),
                name="monitoring_decision_accepted",
                violation_error_message=_("What is accepted has a reason and a last day, and nothing else has."),
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None, approval_note="")
                | Q(needs_approval=True, approved_by__isnull=False, approved_at__isnull=False),
                name="monitoring_decision_approved",
                violation_error_message=_("An approval names who gave it and when, where one is needed."),
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("decided_by")),
                name="monitoring_decision_approved_by_another",
                violation_error_message=_("Nobody approves what they asked for themselves."),
            ),
            models.CheckConstraint(
                condition=(
                    Q(kind="DECLINE", contact__isnull=False, declined_on__isnull=False)
                    & ~Q(recommended="")
                    & ~Q(declined_by="")
                    & ~Q(language="")
                )
                | (
                    ~Q(kind="DECLINE")
                    & Q(contact=None, declined_on=None, recommended="", declined_by="", language="", explained="")
                ),
                name="monitoring_decision_declined",
                violation_error_message=_(
                    "What a customer declined says what was recommended, who declined it, when and in which language."
                ),
            ),
            models.CheckConstraint(
                # Decisions that ended before the reason was kept have none.
                condition=Q(superseded_at__isnull=False) | Q(ending=""),
                name="monitoring_decision_ended",
                violation_error_message=_("Only a decision that no longer stands has an end."),
            ),
            models.CheckConstraint(
                condition=(Q(ending__in=BY_A_PERSON, ended_by__isnull=False) & ~Q(ending_note=""))
                | (~Q(ending__in=BY_A_PERSON) & Q(ended_by=None, ending_note="")),
                name="monitoring_decision_ended_by",
                violation_error_message=_("Say why it shall no longer stand."),
            ),
        ]
        indexes = [
            models.Index(fields=["finding", "-created_at"], name="monitoring_decision_finding"),
            models.Index(
                fields=["expires_on"],
                condition=Q(superseded_at=None, expires_on__isnull=False),
                name="monitoring_decision_expires",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.reason}" if self.reason else str(self.get_kind_display())

    @property
    def heading(self) -> str:
        """What was done, in a word or two. What nobody approved was only asked for."""
        if self.needs_approval and self.approved_at is None:
            return gettext("Asked to accept it")
        return str(self.get_kind_display())

    @property
    def facts_then(self) -> dict[str, Any]:
        """The facts it rested on; those that the monitor did not know then, as they are now."""
        return {**self.finding.facts, **self.facts}

    @property
    def sentence(self) -> str:
        """What the finding said when it was decided, in the active language."""
        definition = self.finding.definition
        return sentences.sentence(definition, self.facts_then) if definition else self.finding.monitor

    @property
    def figures(self) -> list[tuple[str, str]]:
        """The figures of the finding when it was decided, with their labels, in the active language."""
        definition = self.finding.definition
        return sentences.figures(definition, self.facts_then) if definition else []

    @property
    def is_waiting(self) -> bool:
        """Asked for, and neither approved nor ended."""
        return self.needs_approval and self.approved_at is None and self.superseded_at is None
