"""The act that each kind of finding asks for: what its button says, and where it leads."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from monitoring.models import Finding


@dataclass(frozen=True)
class Act:
    """A button. `how`: POST does the act at once, DIALOG asks first, LINK opens the page where it is done."""

    label: str
    url: str
    how: str


def act_of(finding: Finding) -> Act:
    """The finding's act, worded in the active language. For a monitor without one: its customer.

    One that somebody asks to accept: the supervisor's answer.
    """
    if finding.awaits_approval:
        return Act(_("Approve or refuse"), reverse("monitoring:decision-answer", args=[finding.decision_id]), "DIALOG")
    act = ACTS.get(finding.monitor)
    return act(finding) if act else Act(_("Look"), reverse("desk:customer", args=[finding.customer_id]), "LINK")


def renewal_act(finding: Finding) -> Act:
    url = reverse("desk:start-renewal", args=[finding.about_id])
    if finding.facts.get("in_hand_since"):
        return Act(_("Open renewal"), url, "POST")
    return Act(_("Start renewal"), url, "POST")


def cover_act(finding: Finding) -> Act:
    if finding.facts["renewable"]:
        return renewal_act(finding)
    return Act(_("Open policy"), reverse("programmes:policy", args=[finding.about_id]), "LINK")


def contract_act(finding: Finding) -> Act:
    return Act(_("Review contract"), reverse("programmes:policy-review", args=[finding.subject_id]), "LINK")


def condition_act(finding: Finding) -> Act:
    return Act(_("Settle"), reverse("programmes:condition-settle", args=[finding.subject_id]), "LINK")


def instalment_act(finding: Finding) -> Act:
    return Act(_("Open premium"), reverse("programmes:premium", args=[finding.about_id]), "LINK")


def review_act(finding: Finding) -> Act:
    return Act(_("Review profile"), reverse("desk:review-profile", args=[finding.customer_id]), "DIALOG")


def update_act(finding: Finding) -> Act:
    return Act(_("Read and release"), reverse("communications:update-detail", args=[finding.subject_id]), "LINK")


def message_act(finding: Finding) -> Act:
    return Act(_("Open letter"), reverse("communications:message-detail", args=[finding.subject_id]), "LINK")


def control_act(finding: Finding) -> Act:
    return Act(_("Mark as done"), reverse("risk:control-finish", args=[finding.subject_id]), "LINK")


def valuation_act(finding: Finding) -> Act:
    return Act(_("Open values"), reverse("risk:values", args=[finding.customer_id]), "LINK")


def risk_act(finding: Finding) -> Act:
    return Act(_("See the sum"), reverse("programmes:risk-cover", args=[finding.about_id]), "LINK")


def policy_act(finding: Finding) -> Act:
    return Act(_("Open policy"), reverse("programmes:policy", args=[finding.about_id]), "LINK")


def adequacy_act(finding: Finding) -> Act:
    return Act(_("Risks against cover"), reverse("programmes:adequacy", args=[finding.customer_id]), "LINK")


OF_A_RISK = [
    "UNINSURED",
    "EXCLUDED",
    "LIMIT_SHORTFALL",
    "TOWER_GAP",
    "SHARE_UNPLACED",
    "SHARE_OVERPLACED",
    "DOUBLE_INSURANCE",
    "RETENTION_EXCEEDED",
    "INDEMNITY_PERIOD_SHORT",
    "CONCENTRATION_EXCEEDED",
    "LEVEL_ABOVE_TOLERANCE",
    "STRATEGY_MISMATCH",
    "UNKNOWN",
]
OF_A_POLICY = ["AVERAGE_APPLIES", "AGGREGATE_ERODED", "SECURITY_BELOW_FLOOR"]
OF_A_CUSTOMER = ["COMPULSORY_MISSING", "APPETITE_EXCEEDED"]

ACTS: dict[str, Callable[[Finding], Act]] = {
    "RENEWAL_DUE": renewal_act,
    "COVER_ENDS": cover_act,
    "SUBJECTIVITY_DUE": condition_act,
    "INSTALMENT_OVERDUE": instalment_act,
    "CONTRACT_REVIEW_DUE": contract_act,
    "PROFILE_REVIEW_DUE": review_act,
    "CONTROL_OVERDUE": control_act,
    "VALUATION_STALE": valuation_act,
    "UPDATE_TO_RELEASE": update_act,
    "MESSAGE_NOT_SENT": message_act,
    **dict.fromkeys(OF_A_RISK, risk_act),
    **dict.fromkeys(OF_A_POLICY, policy_act),
    **dict.fromkeys(OF_A_CUSTOMER, adequacy_act),
}
