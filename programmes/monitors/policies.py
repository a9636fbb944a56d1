"""What programmes watch for: what of a policy is due or overdue, and cover that ends with nothing after it."""

import datetime
from typing import Any

from django.db.models import Case, DecimalField, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Left, NullIf, TruncDate
from django.db.models.lookups import Exact, LessThan, LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from common.money import MAX_DIGITS
from common.monitor import Monitor, Scope, Severity, Stake, Topic, as_text, by_days_left, finding, register
from profiles.models import CustomerStage
from programmes.models import (
    ConditionKind,
    ConditionState,
    Instalment,
    Policy,
    PolicyCondition,
    RenewalPolicy,
    RenewalStage,
    Section,
    Terms,
)
from programmes.selectors.ending import DAYS_BEFORE_END, sections_ending
from programmes.selectors.renewing import (
    days_after,
    due_for_renewal,
    room_of_terms,
    with_stake,
)

LAST_DAYS = 14
"""So many days before the end nothing stays quiet: a renewal in hand comes back, and what was decided."""


def class_names(path: str = "") -> dict[str, F]:
    """The facts that name the class in both languages; `path` leads to the policy or section."""
    return {"class": F(f"{path}class_of_business__name"), "class_zh": F(f"{path}class_of_business__name_zh")}


def in_hand_since(policy: str = "pk") -> Subquery:
    """The day on which the policy's renewal was taken in hand, while it is; `policy` leads to the policy's key."""
    rows = RenewalPolicy.objects.filter(policy=OuterRef(policy), renewal__stage=RenewalStage.IN_HAND)
    return Subquery(rows.annotate(day=TruncDate("renewal__started_at")).values("day"))


def is_in_last_days(day: str, as_at: datetime.date) -> Any:
    """Whether cover that ends on the day in column `day` has 14 days left at most, or has ended."""
    return LessThanOrEqual(F(day), as_at + datetime.timedelta(days=LAST_DAYS))


def renewals_due(scope: Scope) -> Any:
    """The policies to renew. One whose renewal is in hand is `under_way` until its last days of cover begin."""
    rows = with_stake(due_for_renewal(scope.limit(Policy.objects.all()), scope.as_at), scope.as_at)
    return rows.annotate(
        in_hand_since=in_hand_since(),
        is_lapsed=LessThan(F("expiry_date"), scope.as_at),
        is_last=is_in_last_days("expiry_date", scope.as_at),
    ).annotate(
        **finding(
            subject=F("pk"),
            customer=F("customer_id"),
            about=F("pk"),
            severity=by_days_left(
                F("expiry_date"),
                scope.as_at,
                (LAST_DAYS, Severity.CRITICAL),
                (30, Severity.HIGH),
                (60, Severity.MEDIUM),
                otherwise=Severity.LOW,
            ),
            amount=F("stake_amount"),
            currency=F("currency"),
            due=F("expiry_date"),
            facts=dict(
                policy=F("number"),
                expiry=as_text(F("expiry_date")),
                lapsed=F("is_lapsed"),
                in_hand_since=as_text(F("in_hand_since")),
                last_days=F("is_last"),
                under_way=Q(is_last=False, in_hand_since__isnull=False),
                case=Case(
                    When(is_lapsed=True, then=Value("LAPSED")),
                    When(in_hand_since__isnull=False, then=Value("IN_HAND")),
                    default=Value(""),
                ),
                stake=F("stake"),
                stake_amount=as_text(F("stake_amount")),
                stake_amount_currency=F("currency"),
                **class_names(),
            ),
        )
    )


RENEWAL_DUE = register(
    Monitor(
        code="RENEWAL_DUE",
        title=_("Renewal due"),
        reason=_(
            "A bound, renewable policy expires within the days that its class gives a renewal, or expired up to 30 days"
            " ago; its renewal is not settled and no bound policy of the same class follows it. While the renewal is in"
            " hand it is quiet; 14 days before expiry it is back on the worklist, whatever was decided before, and once"
            " more when the policy has expired."
        ),
        severity_rule=_(
            "Critical from 14 days before expiry and after it, high within 30 days, medium within 60, low before that."
        ),
        sentence=_("{class:local} policy {policy} expires on {expiry:day} and nothing bound follows it."),
        sentences={
            "LAPSED": _("{class:local} policy {policy} expired on {expiry:day} and nothing bound follows it."),
            "IN_HAND": _(
                "{class:local} policy {policy} expires on {expiry:day}; renewal in hand since {in_hand_since:day}."
            ),
        },
        plain=_(
            "Your {class:local} insurance {policy} runs until {expiry:day}. We are to agree with you what follows it."
        ),
        plains={
            "LAPSED": _(
                "Your {class:local} insurance {policy} ended on {expiry:day}. Since then nothing that we know of has"
                " taken its place."
            ),
            "IN_HAND": _(
                "Your {class:local} insurance {policy} runs until {expiry:day}. We have been working on its renewal"
                " since {in_hand_since:day}."
            ),
        },
        figures=(
            (_("Policy"), "{policy}"),
            (_("Class of business"), "{class:local}"),
            (_("Last day of cover"), "{expiry:day}"),
            (_("Renewal in hand since"), "{in_hand_since:day}"),
            (_("At stake"), "{stake_amount:money}"),
            (_("Which is"), "{stake:stake}"),
        ),
        topic=Topic.RENEWALS,
        subject_model="programmes.policy",
        about_model="programmes.policy",
        rows=renewals_due,
        material=("expiry", "last_days", "lapsed"),
        is_dated=True,
    )
)


def covers_ending(scope: Scope) -> Any:
    """Sections that end soon. Where the renewal is in hand, an end by expiry is `under_way` until the last days."""
    money = DecimalField(max_digits=MAX_DIGITS, decimal_places=2)
    of_today = Terms.objects.on(scope.as_at).filter(section=OuterRef("pk")).order_by()
    return (
        sections_ending(scope.limit(Section.objects.all()), scope.as_at)
        .annotate(
            in_hand_since=in_hand_since(policy="policy_id"),
            is_last=is_in_last_days("ends", scope.as_at),
            # A cancelled policy ends earlier, a contract without expiry by an endorsement alone.
            is_by_expiry=Coalesce(Exact(F("ends"), F("policy__expiry_date")), Value(False)),
        )
        .annotate(room=Subquery(of_today.annotate(room=room_of_terms()).values("room")[:1], output_field=money))
        .annotate(
            **finding(
                subject=F("pk"),
                customer=F("customer_id"),
                about=F("policy_id"),
                severity=by_days_left(
                    F("ends"),
                    scope.as_at,
                    (LAST_DAYS, Severity.CRITICAL),
                    (30, Severity.HIGH),
                    otherwise=Severity.MEDIUM,
                ),
                amount=F("room"),
                currency=F("policy__currency"),
                due=F("ends"),
                facts=dict(
                    policy=F("policy__number"),
                    section=Coalesce(NullIf("name", Value("")), "reference"),
                    ends=as_text(F("ends")),
                    last_days=F("is_last"),
                    under_way=Q(is_last=False, is_by_expiry=True, in_hand_since__isnull=False),
                    case=Case(
                        When(policy__cancelled_from=days_after("ends", 1), then=Value("CANCELLED")),
                        When(Q(policy__expiry_date=None) | Q(ends__lt=F("policy__expiry_date")), then=Value("REMOVED")),
                        When(in_hand_since__isnull=False, then=Value("IN_HAND")),
                        default=Value(""),
                    ),
                    renewable=Q(policy__is_renewable=True, policy__cancelled_from=None, is_by_expiry=True),
                    in_hand_since=as_text(F("in_hand_since")),
                    stake=Case(When(room=None, then=Value(Stake.UNKNOWN.value)), default=Value(Stake.LIMITS.value)),
                    stake_amount=as_text(F("room")),
                    stake_amount_currency=F("policy__currency"),
                    **class_names(),
                ),
            )
        )
    )


COVER_ENDS = register(
    Monitor(
        code="COVER_ENDS",
        title=_("Cover ends"),
        reason=_(
            "A section in force ends within 60 days (by expiry, cancellation or an endorsement), and no bound policy of"
            " the same customer and class begins by the day after. Not where the renewal is settled. While the renewal"
            " is in hand an expiry is quiet; 14 days before the end it is back on the worklist, whatever was decided"
            " before."
        ),
        severity_rule=_("Critical from 14 days before the end, high within 30 days, else medium."),
        sentence=_("{class:local}, {policy}: cover under “{section}” ends on {ends:day} and nothing bound follows it."),
        sentences={
            "IN_HAND": _(
                "{class:local}, {policy}: cover under “{section}” ends on {ends:day}. The renewal is in hand since"
                " {in_hand_since:day}, and nothing is bound yet."
            ),
            "CANCELLED": _(
                "{class:local}, {policy}: the policy is cancelled, so cover under “{section}” ends on {ends:day} and"
                " nothing bound follows it."
            ),
            "REMOVED": _(
                "{class:local}, {policy}: an endorsement ends cover under “{section}” on {ends:day} and nothing bound"
                " follows it."
            ),
        },
        plain=_(
            "Your {class:local} insurance {policy} pays under “{section}” until {ends:day}; for the time after it"
            " nothing is arranged yet."
        ),
        plains={
            "IN_HAND": _(
                "Your {class:local} insurance {policy} pays under “{section}” until {ends:day}. We are arranging what"
                " follows."
            ),
            "CANCELLED": _(
                "Your {class:local} insurance {policy} is cancelled: it pays under “{section}” until {ends:day} and"
                " nothing takes its place yet."
            ),
            "REMOVED": _(
                "A change to your {class:local} insurance {policy} ends “{section}” on {ends:day} and nothing takes"
                " its place yet."
            ),
        },
        figures=(
            (_("Policy"), "{policy}"),
            (_("Section"), "{section}"),
            (_("Renewal in hand since"), "{in_hand_since:day}"),
            (_("Class of business"), "{class:local}"),
            (_("Last day of cover"), "{ends:day}"),
            (_("At stake"), "{stake_amount:money}"),
            (_("Which is"), "{stake:stake}"),
        ),
        topic=Topic.COVER,
        subject_model="programmes.section",
        about_model="programmes.policy",
        rows=covers_ending,
        material=("ends", "last_days"),
        is_dated=True,
    )
)


def contracts_to_review(scope: Scope) -> Any:
    """Contracts without expiry, in force as at the day, whose day of review is at most 60 days off or past."""
    rows = scope.limit(Policy.objects.all()).filter(
        Q(cancelled_from=None) | Q(cancelled_from__gt=scope.as_at),
        expiry_date=None,
        bound_on__isnull=False,
        inception_date__lte=scope.as_at,
        review_date__lte=scope.as_at + datetime.timedelta(days=DAYS_BEFORE_END),
    )
    return (
        with_stake(rows.exclude(customer__stage=CustomerStage.LOST), scope.as_at)
        .annotate(is_overdue=LessThan(F("review_date"), scope.as_at))
        .annotate(
            **finding(
                subject=F("pk"),
                customer=F("customer_id"),
                about=F("pk"),
                severity=by_days_left(
                    F("review_date"),
                    scope.as_at,
                    (-1, Severity.HIGH),
                    (LAST_DAYS, Severity.MEDIUM),
                    otherwise=Severity.LOW,
                ),
                amount=F("stake_amount"),
                currency=F("currency"),
                due=F("review_date"),
                facts=dict(
                    policy=F("number"),
                    review=as_text(F("review_date")),
                    overdue=F("is_overdue"),
                    case=Case(When(is_overdue=True, then=Value("OVERDUE")), default=Value("")),
                    stake=F("stake"),
                    stake_amount=as_text(F("stake_amount")),
                    stake_amount_currency=F("currency"),
                    **class_names(),
                ),
            )
        )
    )


CONTRACT_REVIEW_DUE = register(
    Monitor(
        code="CONTRACT_REVIEW_DUE",
        title=_("Review of a contract due"),
        reason=_(
            "A bound contract without expiry is to be reviewed within 60 days, or was to be and is not yet. It leaves"
            " when the next review is set."
        ),
        severity_rule=_("High when the day of review is past, medium from 14 days before it, else low."),
        sentence=_("{class:local} contract {policy} has no expiry and is to be reviewed on {review:day}."),
        sentences={
            "OVERDUE": _("{class:local} contract {policy} has no expiry and was to be reviewed on {review:day}."),
        },
        plain=_(
            "Your {class:local} contract {policy} goes on without an end. We would like to go through it with you"
            " around {review:day}."
        ),
        plains={
            "OVERDUE": _(
                "Your {class:local} contract {policy} goes on without an end. We were to go through it with you by"
                " {review:day} and have not done so yet."
            ),
        },
        figures=(
            (_("Contract"), "{policy}"),
            (_("Class of business"), "{class:local}"),
            (_("Review"), "{review:day}"),
            (_("At stake"), "{stake_amount:money}"),
            (_("Which is"), "{stake:stake}"),
        ),
        topic=Topic.RENEWALS,
        subject_model="programmes.policy",
        about_model="programmes.policy",
        rows=contracts_to_review,
        material=("review", "overdue"),
        is_dated=True,
    )
)


def subjectivities_due(scope: Scope) -> Any:
    """Open subjectivities and conditions precedent, due within 14 days or overdue, of policies that are not over."""
    rows = scope.limit(PolicyCondition.objects.all()).filter(
        Q(policy__cancelled_from=None) | Q(policy__cancelled_from__gt=scope.as_at),
        Q(policy__expiry_date=None) | Q(policy__expiry_date__gte=scope.as_at),
        kind__in=[ConditionKind.SUBJECTIVITY, ConditionKind.CONDITION_PRECEDENT],
        state=ConditionState.OPEN,
        due_on__lte=scope.as_at + datetime.timedelta(days=LAST_DAYS),
    )
    return (
        rows.exclude(customer__stage=CustomerStage.LOST)
        .annotate(is_overdue=LessThan(F("due_on"), scope.as_at))
        .annotate(
            **finding(
                subject=F("pk"),
                customer=F("customer_id"),
                about=F("policy_id"),
                severity=by_days_left(
                    F("due_on"), scope.as_at, (-1, Severity.CRITICAL), (7, Severity.HIGH), otherwise=Severity.MEDIUM
                ),
                due=F("due_on"),
                facts=dict(
                    policy=F("policy__number"),
                    wording=Left("wording", 160),
                    due=as_text(F("due_on")),
                    overdue=F("is_overdue"),
                    case=Case(When(is_overdue=True, then=Value("OVERDUE")), default=Value("")),
                    **class_names("policy__"),
                ),
            )
        )
    )


SUBJECTIVITY_DUE = register(
    Monitor(
        code="SUBJECTIVITY_DUE",
        title=_("Subjectivity due"),
        reason=_(
            "A subjectivity or condition precedent of a policy is open and due within 14 days, or overdue: insurers may"
            " go off cover. It leaves when it is satisfied or waived, or another day is agreed."
        ),
        severity_rule=_("Critical when overdue, high within 7 days, else medium."),
        sentence=_("{policy}: “{wording}” is to be satisfied by {due:day}."),
        sentences={"OVERDUE": _("{policy}: “{wording}” was to be satisfied by {due:day} and is still open.")},
        plain=_(
            "The insurers of {policy} made their promise on a condition, to be met by {due:day}: “{wording}”. If it"
            " is not met they may not pay."
        ),
        plains={
            "OVERDUE": _(
                "The insurers of {policy} made their promise on a condition that was to be met by {due:day} and is"
                " not met yet: “{wording}”. They may not pay until it is."
            ),
        },
        figures=(
            (_("Policy"), "{policy}"),
            (_("Class of business"), "{class:local}"),
            (_("What it asks"), "{wording}"),
            (_("Due on"), "{due:day}"),
        ),
        topic=Topic.COVER,
        subject_model="programmes.policycondition",
        about_model="programmes.policy",
        rows=subjectivities_due,
        material=("due", "overdue"),
        is_dated=True,
    )
)


def instalments_overdue(scope: Scope) -> Any:
    """Instalments not paid on the day they were due, of bound policies."""
    return (
        scope.limit(Instalment.objects.all())
        .filter(paid_on=None, due_on__lt=scope.as_at, policy__bound_on__isnull=False)
        .exclude(customer__stage=CustomerStage.LOST)
        .annotate(
            **finding(
                subject=F("pk"),
                customer=F("customer_id"),
                about=F("policy_id"),
                severity=by_days_left(
                    F("due_on"),
                    scope.as_at,
                    (-30, Severity.CRITICAL),
                    (-LAST_DAYS, Severity.HIGH),
                    otherwise=Severity.MEDIUM,
                ),
                amount=F("amount"),
                currency=F("policy__currency"),
                due=F("due_on"),
                facts=dict(
                    policy=F("policy__number"),
                    due=as_text(F("due_on")),
                    unpaid=as_text(F("amount")),
                    unpaid_currency=F("policy__currency"),
                    **class_names("policy__"),
                ),
            )
        )
    )


INSTALMENT_OVERDUE = register(
    Monitor(
        code="INSTALMENT_OVERDUE",
        title=_("Instalment overdue"),
        reason=_(
            "An instalment of the premium of a bound policy is not paid on its day: where there is a premium payment"
            " warranty, cover may end. It leaves when the instalment is marked as paid."
        ),
        severity_rule=_("Critical from 30 days after the day, high from 14 days after it, else medium."),
        sentence=_("{policy}: {unpaid:money} of the premium was due on {due:day} and is not paid."),
        plain=_(
            "For {policy}, {unpaid:money} was to be paid by {due:day} and has not reached us. Insurers may end the"
            " cover if it stays unpaid."
        ),
        figures=(
            (_("Policy"), "{policy}"),
            (_("Class of business"), "{class:local}"),
            (_("Due on"), "{due:day}"),
            (_("Not paid"), "{unpaid:money}"),
        ),
        topic=Topic.COVER,
        subject_model="programmes.instalment",
        about_model="programmes.policy",
        rows=instalments_overdue,
        material=("due", "unpaid"),
        is_dated=True,
    )
)
