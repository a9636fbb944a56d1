"""What adequacy finds: where the cover in force does not protect a customer as it chose to be protected.

The sum is in programmes/adequacy.sql. A run works it out once, and each of these reads its own rows.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.monitor import Monitor, Scope, Topic, finding, register
from programmes.models import AdequacyFinding
from programmes.selectors.adequacy import work_out

RISK = (_("Risk"), "{risk:local}")
LOSS = (_("Largest loss"), "{loss:money}")
POLICY = (_("Policy"), "{policy}")
SECTION = (_("Section"), "{section}")
Figures = tuple[tuple[Promise, str], ...]


def prepare(scope: Scope) -> None:
    """Works adequacy out for the run. Within its transaction only."""
    work_out(on=scope.as_at, customers=scope.customer_ids)


def found(code: str, scope: Scope) -> Any:
    """The rows of one code, one for each subject, of the sum that `prepare` has worked out."""
    return AdequacyFinding.objects.filter(code=code, leads=True).annotate(
        **finding(
            subject=F("subject_id"),
            customer=F("customer_id"),
            about=F("about_id"),
            severity=F("severity"),
            amount=F("amount"),
            currency=F("currency"),
            facts=F("facts"),
        )
    )


def declare(
    code: str,
    *,
    title: Promise,
    reason: Promise,
    severity_rule: Promise,
    sentence: Promise,
    plain: Promise,
    figures: Figures,
    sentences: Mapping[str, Promise] | None = None,
    plains: Mapping[str, Promise] | None = None,
    subject: str = "risk.risk",
    about: str = "risk.risk",
    material: tuple[str, ...] = ("case", "size"),
) -> Monitor:
    """Puts a monitor of adequacy into the catalogue. A decision on it lasts while its amount stays about the same."""
    return register(
        Monitor(
            code=code,
            title=title,
            reason=reason,
            severity_rule=severity_rule,
            sentence=sentence,
            plain=plain,
            figures=figures,
            sentences=sentences or {},
            plains=plains or {},
            topic=Topic.COVER,
            subject_model=subject,
            about_model=about,
            material=material,
            rows=partial(found, code),
            prepare=prepare,
        )
    )


UNINSURED = declare(
    "UNINSURED",
    title=_("Not insured"),
    reason=_("The customer chose to transfer the risk, and no section in force answers it."),
    severity_rule=_("Critical."),
    sentence=_("{risk:local}: to be transferred, and no section in force responds. Largest loss {loss:money}."),
    plain=_(
        "You chose to insure against {risk:local}. Today no insurance would pay for it: a loss of {loss:money} would be"
        " yours to bear."
    ),
    sentences={"NO_LOSS": _("{risk:local}: to be transferred, and no section in force responds.")},
    plains={"NO_LOSS": _("You chose to insure against {risk:local}. Today no insurance would pay for it.")},
    figures=(RISK, LOSS),
)
EXCLUDED = declare(
    "EXCLUDED",
    title=_("Excluded"),
    reason=_("The customer chose to transfer the risk; a section in force excludes its category, and none answers it."),
    severity_rule=_("Critical."),
    sentence=_("{risk:local}: to be transferred, but {policy} excludes it. Largest loss {loss:money}."),
    plain=_(
        "You chose to insure against {risk:local}. Your insurance {policy} leaves it out by name: a loss of"
        " {loss:money} would be yours to bear."
    ),
    sentences={"NO_LOSS": _("{risk:local}: to be transferred, but {policy} excludes it.")},
    plains={"NO_LOSS": _("You chose to insure against {risk:local}. Your insurance {policy} leaves it out by name.")},
    figures=(RISK, LOSS, POLICY),
)
LIMIT_SHORTFALL = declare(
    "LIMIT_SHORTFALL",
    title=_("Limit short of the largest loss"),
    reason=_(
        "The unbroken cover from the bottom is below what is required: the treatment's required limit, or without one"
        " the largest loss."
    ),
    severity_rule=_("High."),
    sentence=_("{risk:local}: cover ends at {cover:money}, the largest loss is {needed:money}: {short:money} short."),
    plain=_(
        "For {risk:local} your insurance pays up to a loss of {cover:money}. A loss could reach {needed:money}, and the"
        " {short:money} above would be yours to bear."
    ),
    sentences={
        "REQUIRED": _("{risk:local}: limits come to {cover:money}, required are {needed:money}: {short:money} short.")
    },
    plains={
        "REQUIRED": _(
            "For {risk:local} we agreed that {needed:money} should be insured. The insurance in force comes to"
            " {cover:money}, {short:money} less."
        )
    },
    figures=(RISK, (_("Required"), "{needed:money}"), (_("Cover"), "{cover:money}"), (_("Short"), "{short:money}")),
)
TOWER_GAP = declare(
    "TOWER_GAP",
    title=_("Gap in the tower"),
    reason=_("Below the largest loss a piece has no cover, though there is cover above it."),
    severity_rule=_("High."),
    sentence=_("{risk:local}: no cover between {from:money} and {to:money}, with cover above."),
    plain=_(
        "For {risk:local} there is a hole in your insurance: nothing pays for the part of a loss between {from:money}"
        " and {to:money}."
    ),
    sentences={"BOTTOM": _("{risk:local}: cover begins at {to:money} and nothing stands below it.")},
    plains={
        "BOTTOM": _(
            "For {risk:local} your insurance begins at {to:money}. We know of none that pays for the part of a loss"
            " below."
        )
    },
    figures=(RISK, (_("From"), "{from:money}"), (_("To"), "{to:money}"), (_("Without cover"), "{gap:money}"), LOSS),
)
SHARE_FIGURES: Figures = (
    RISK,
    (_("Placed"), "{share:percent}"),
    (_("From"), "{from:money}"),
    (_("To"), "{to:money}"),
    (_("Amount"), "{amount:money}"),
)
SHARE_UNPLACED = declare(
    "SHARE_UNPLACED",
    title=_("Share not placed"),
    reason=_("In a covered piece below the largest loss the insurers' shares come to less than the whole."),
    severity_rule=_("High."),
    sentence=_(
        "{risk:local}: between {from:money} and {to:money} only {share:percent} is placed; {amount:money} of the"
        " largest loss is nobody's."
    ),
    plain=_(
        "For {risk:local}, insurers have taken on only {share:percent} of the loss between {from:money} and {to:money}."
        " Up to {amount:money} would be yours to bear."
    ),
    figures=SHARE_FIGURES,
)
SHARE_OVERPLACED = declare(
    "SHARE_OVERPLACED",
    title=_("More than the whole is placed"),
    reason=_("In a covered piece below the largest loss the shares on one policy come to more than the whole."),
    severity_rule=_("Medium."),
    sentence=_("{risk:local}: between {from:money} and {to:money} the shares come to {share:percent}."),
    plain=_(
        "For {risk:local}, more insurers than needed have taken on the loss between {from:money} and {to:money}:"
        " {share:percent} in all. You may be paying for cover twice."
    ),
    figures=SHARE_FIGURES,
)
DOUBLE_INSURANCE = declare(
    "DOUBLE_INSURANCE",
    title=_("Insured twice"),
    reason=_("Several policies cover the same piece of loss, together more than the whole."),
    severity_rule=_("Low."),
    sentence=_(
        "{risk:local}: several policies cover the loss between {from:money} and {to:money}, {amount:money} of it twice."
    ),
    plain=_(
        "For {risk:local}, more than one of your policies covers the loss between {from:money} and {to:money}."
        " {amount:money} is insured twice; it is paid once."
    ),
    figures=(RISK, (_("From"), "{from:money}"), (_("To"), "{to:money}"), (_("Insured twice"), "{amount:money}")),
)
RETENTION_EXCEEDED = declare(
    "RETENTION_EXCEEDED",
    title=_("Customer would bear too much"),
    reason=_(
        "Of the largest loss the customer would bear more than the most it will: by the risk's treatment, else the"
        " tolerance for its category, else the appetite for one loss."
    ),
    severity_rule=_("High."),
    sentence=_(
        "{risk:local}: the customer would bear {retained:money} of the largest loss, {most:money} at most is wanted."
    ),
    plain=_(
        "Of a loss of {loss:money} by {risk:local} you would bear {retained:money} yourselves. You told us that"
        " {most:money} is the most you want to bear."
    ),
    figures=(
        RISK,
        LOSS,
        (_("Customer would bear"), "{retained:money}"),
        (_("Most to bear"), "{most:money}"),
    ),
)
INDEMNITY_PERIOD_SHORT = declare(
    "INDEMNITY_PERIOD_SHORT",
    title=_("Indemnity period too short"),
    reason=_("A section that insures the interruption pays for fewer months than business needs to recover."),
    severity_rule=_("High."),
    sentence=_("{risk:local}: {policy} pays for {months} months of interruption, {needed} are needed."),
    plain=_(
        "After {risk:local} your business needs {needed} months to be as before. Your insurance {policy} pays for"
        " {months} months."
    ),
    figures=(RISK, POLICY, (_("Months insured"), "{months}"), (_("Months needed"), "{needed}")),
    material=("months", "needed"),
)
AVERAGE_APPLIES = declare(
    "AVERAGE_APPLIES",
    title=_("Average applies"),
    reason=_("A section with a condition of average has a sum insured below what the condition asks of the value."),
    severity_rule=_("Medium."),
    sentence=_(
        "{policy}, “{section}”: sum insured {sum_insured:money} for a value of {value:money}, so average applies"
        " ({average:percent}). A loss of 1,000,000 would pay {pays:money}."
    ),
    plain=_(
        "Under {policy} you insured {sum_insured:money}, while what you own is worth {value:money}. Insurers therefore"
        " pay only a part of every loss: of a loss of 1,000,000 they would pay {pays:money}."
    ),
    figures=(
        POLICY,
        SECTION,
        (_("Sum insured"), "{sum_insured:money}"),
        (_("Value"), "{value:money}"),
        (_("Paid of each loss"), "{average:percent}"),
        (_("A loss of 1,000,000 would pay"), "{pays:money}"),
    ),
    subject="programmes.section",
    about="programmes.policy",
)
AGGREGATE_ERODED = declare(
    "AGGREGATE_ERODED",
    title=_("Aggregate eroded"),
    reason=_("Claims, paid and outstanding, have used at least half of what a section pays in its year."),
    severity_rule=_("High from four fifths, else medium."),
    sentence=_(
        "{policy}, “{section}”: claims have used {used:money} of the aggregate of {aggregate:money}; {left:money} is"
        " left."
    ),
    plain=_(
        "Your insurance {policy} pays {aggregate:money} in all for a year. Claims have used {used:money} of it, so"
        " {left:money} is left until the year ends."
    ),
    figures=(
        POLICY,
        SECTION,
        (_("Aggregate limit"), "{aggregate:money}"),
        (_("Used"), "{used:money}"),
        (_("Left"), "{left:money}"),
    ),
    subject="programmes.section",
    about="programmes.policy",
)
SECURITY_BELOW_FLOOR = declare(
    "SECURITY_BELOW_FLOOR",
    title=_("Insurer below the security floor"),
    reason=_(
        "An insurer on the section is rated below the floor that was chosen: by the risk's treatment, else the"
        " customer, else the house. Rated at the floor with a negative outlook, it is to be watched."
    ),
    severity_rule=_("High; low where it stands at the floor with a negative outlook."),
    sentence=_("{policy}, “{section}”: {insurer} is rated {rating}, below the floor of {floor}."),
    plain=_(
        "Of the insurers of {policy}, {insurer} is rated {rating}. You chose insurers rated {floor} or better, so that"
        " they can pay when it matters."
    ),
    sentences={
        "OUTLOOK": _("{policy}, “{section}”: {insurer} is rated {rating}, at the floor, with a negative outlook.")
    },
    plains={
        "OUTLOOK": _(
            "Of the insurers of {policy}, {insurer} is rated {rating}. That is just what you chose as the least, and"
            " the agency expects it to get weaker."
        )
    },
    figures=(
        POLICY,
        SECTION,
        (_("Insurer"), "{insurer}"),
        (_("Rating"), "{rating}"),
        (_("Security floor"), "{floor}"),
    ),
    subject="programmes.section",
    about="programmes.policy",
    material=("case", "insurer", "rating", "floor"),
)
CONCENTRATION_EXCEEDED = declare(
    "CONCENTRATION_EXCEEDED",
    title=_("Too much with one insurer group"),
    reason=_("One insurer group carries more of the tower than the customer allows."),
    severity_rule=_("Medium."),
    sentence=_("{risk:local}: {insurer_group} carries {share:percent} of the tower, {most:percent} at most is wanted."),
    plain=_(
        "For {risk:local}, {insurer_group} carries {share:percent} of your insurance. You chose to have at most"
        " {most:percent} with one group of insurers."
    ),
    figures=(
        RISK,
        (_("Insurer group"), "{insurer_group}"),
        (_("Carries"), "{share:percent}"),
        (_("At most"), "{most:percent}"),
    ),
    material=("insurer_group", "most", "size"),
)
LEVEL_ABOVE_TOLERANCE = declare(
    "LEVEL_ABOVE_TOLERANCE",
    title=_("Risk above its tolerance"),
    reason=_(
        "The level of a risk as it is now is above what is tolerated for its category, or a control that was agreed is"
        " overdue."
    ),
    severity_rule=_("Medium."),
    sentence=_("{risk:local}: its level is {level}, {tolerated} at most is tolerated."),
    plain=_(
        "{risk:local} is more of a threat than you want to live with: we rate it {level} of 25, and you chose"
        " {tolerated} as the most."
    ),
    sentences={"CONTROL": _("{risk:local}: the agreed control “{control}” was due on {due:day} and is not done.")},
    plains={
        "CONTROL": _(
            "Against {risk:local} it was agreed to do this by {due:day}: “{control}”. We have not heard that it is"
            " done."
        )
    },
    figures=(
        RISK,
        (_("Level now"), "{level}"),
        (_("Tolerated"), "{tolerated}"),
        (_("Control overdue"), "{control}"),
        (_("Due on"), "{due:day}"),
    ),
    material=("case", "level", "tolerated", "due"),
)
STRATEGY_MISMATCH = declare(
    "STRATEGY_MISMATCH",
    title=_("Not as chosen"),
    reason=_(
        "The risk is to be avoided and exposures remain; or it is to be retained, and the customer would bear less than"
        " four fifths of the amount named."
    ),
    severity_rule=_("Medium where it was to be avoided, low where it was to be retained."),
    sentence=_("{risk:local}: to be avoided, but {loss:money} remains exposed."),
    plain=_("You chose to avoid {risk:local}. As things stand {loss:money} could still be lost."),
    sentences={
        "AVOID": _("{risk:local}: to be avoided, but {loss:money} remains exposed."),
        "RETAIN": _(
            "{risk:local}: to be retained up to {named:money}, but the customer would bear only {retained:money}."
        ),
    },
    plains={
        "AVOID": _("You chose to avoid {risk:local}. As things stand {loss:money} could still be lost."),
        "RETAIN": _(
            "You chose to bear {risk:local} yourselves, up to {named:money}. With the insurance in force you would bear"
            " only {retained:money}: you may be paying for cover that you do not want."
        ),
    },
    figures=(RISK, LOSS, (_("To retain"), "{named:money}"), (_("Customer would bear"), "{retained:money}")),
)
UNKNOWN = declare(
    "UNKNOWN",
    title=_("Not known whether cover is enough"),
    reason=_("A figure that the comparison needs has not been entered. What is not known is never taken for good."),
    severity_rule=_("Medium."),
    sentence=_("{risk:local}: whether cover is enough is not known. Missing: {missing:figures}."),
    plain=_("Whether you are protected against {risk:local} we cannot say yet. We still need: {missing:figures}."),
    figures=(RISK, (_("Missing"), "{missing:figures}")),
    material=("missing",),
)
COMPULSORY_MISSING = declare(
    "COMPULSORY_MISSING",
    title=_("Compulsory cover missing"),
    reason=_(
        "A cover that the law asks of this customer is not in force, or its limit is below the statutory minimum."
    ),
    severity_rule=_("Critical; medium where the limit is not known."),
    sentence=_("{requirement:local} ({law:local}): none in force, at least {minimum:money} is compulsory."),
    plain=_(
        "The law ({law:local}) asks you to have {requirement:local} of at least {minimum:money}. We know of none"
        " in force."
    ),
    sentences={
        "BELOW": _(
            "{requirement:local} ({law:local}): {cover:money} in force, at least {minimum:money} is compulsory."
        ),
        "UNKNOWN": _(
            "{requirement:local} ({law:local}): in force, but whether it reaches {minimum:money} is not known, as"
            " no limit is"
            " recorded."
        ),
    },
    plains={
        "BELOW": _(
            "The law ({law:local}) asks you to have {requirement:local} of at least {minimum:money}. Yours comes to"
            " {cover:money}."
        ),
        "UNKNOWN": _(
            "The law ({law:local}) asks you to have {requirement:local} of at least {minimum:money}. Please tell"
            " us the limit"
            " of yours."
        ),
    },
    figures=(
        (_("Required by law"), "{requirement:local}"),
        (_("Law"), "{law:local}"),
        (_("At least"), "{minimum:money}"),
        (_("In force"), "{cover:money}"),
    ),
    subject="profiles.customer",
    about="profiles.customer",
    material=("case", "minimum", "cover"),
)
APPETITE_EXCEEDED = declare(
    "APPETITE_EXCEEDED",
    title=_("A year's losses above the appetite"),
    reason=_(
        "Over the whole register, how often each risk is expected in a year times what the customer would bear of its"
        " typical loss comes to more than it will bear in a year."
    ),
    severity_rule=_("High."),
    sentence=_(
        "Typical losses would cost the customer {year:money} in an average year over {risks} risks; {most:money} at"
        " most is wanted."
    ),
    plain=_(
        "In an average year we expect you to bear about {year:money} of losses yourselves. You told us that"
        " {most:money} is the most you want to bear in a year."
    ),
    figures=(
        (_("Expected in a year"), "{year:money}"),
        (_("Most in a year"), "{most:money}"),
        (_("Risks with a typical loss"), "{risks}"),
    ),
    subject="profiles.customer",
    about="profiles.customer",
)
