"""What a policy asks of its insured: warranties to keep, subjectivities to satisfy by a day."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.permissions import CustomerRowsQuerySet
from common.history import tracked
from common.models import Record
from profiles.models import Customer
from programmes.models.policies import Policy, Section


class ConditionKind(models.TextChoices):
    SUBJECTIVITY = "SUBJECTIVITY", _("Subjectivity")
    WARRANTY = "WARRANTY", _("Warranty")
    CONDITION_PRECEDENT = "CONDITION_PRECEDENT", _("Condition precedent")


class ConditionState(models.TextChoices):
    OPEN = "OPEN", _("Open")
    SATISFIED = "SATISFIED", _("Satisfied")
    WAIVED = "WAIVED", _("Waived")
    BREACHED = "BREACHED", _("Breached")


@tracked
class PolicyCondition(Record):
    """A warranty, subjectivity or condition precedent, of the policy or of one section, and whether it is kept."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    policy = models.ForeignKey(Policy, models.CASCADE, related_name="conditions", verbose_name=_("policy"))
    section = models.ForeignKey(
        Section, models.CASCADE, null=True, blank=True, related_name="conditions", verbose_name=_("section")
    )
    kind = models.CharField(_("kind"), max_length=19, choices=ConditionKind)
    wording = models.TextField(_("what it asks"))
    due_on = models.DateField(_("due on"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=ConditionState, default=ConditionState.OPEN)
    settled_on = models.DateField(_("since"), null=True, blank=True)
    evidence = models.TextField(_("evidence"), blank=True, help_text=_("What shows it, and where it is kept."))

    objects = CustomerRowsQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("warranty or subjectivity"), _("warranties and subjectivities")
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ConditionState.OPEN, settled_on=None)
                | ~Q(state=ConditionState.OPEN) & Q(settled_on__isnull=False),
                name="programmes_policycondition_settled",
                violation_error_message=_("What is no longer open says since when."),
            ),
            models.CheckConstraint(
                condition=~Q(state=ConditionState.SATISFIED) | ~Q(evidence=""),
                name="programmes_policycondition_evidence",
                violation_error_message=_("Say what shows that it is satisfied."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"], condition=Q(state=ConditionState.OPEN), name="programmes_policycondition_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.wording[:80]}"

    def clean(self) -> None:
        if self.section is not None and self.section.policy_id != self.policy_id:
            raise ValidationError({"section": _("That section is another policy's.")})
        if self.state == ConditionState.OPEN and self.settled_on is not None:
            raise ValidationError({"settled_on": _("What is open has no such day.")})
        if self.state != ConditionState.OPEN and self.settled_on is None:
            raise ValidationError({"settled_on": _("What is no longer open says since when.")})
        if self.state == ConditionState.SATISFIED and not self.evidence.strip():
            raise ValidationError({"evidence": _("Say what shows that it is satisfied.")})
