"""What profiles watch for: customers whose profile nobody has gone through for too long."""

from typing import Any

from django.db.models import Case, DateField, F, Func, Q, Value, When
from django.utils.translation import gettext_lazy as _

from common.dates import add_months
from common.monitor import Monitor, Scope, Severity, Topic, as_text, finding, register
from profiles.models import Customer, CustomerStage

OVERDUE_MONTHS = 6


class MonthsAfter(Func):
    """The same day so many months later, or the last day of that month; as `common.dates.add_months`."""

    template = "(%(expressions)s))::date"
    arg_joiner = " + make_interval(months => "
    output_field = DateField()


def reviews_due(scope: Scope) -> Any:
    """Customers never reviewed, or longer ago than their tier says. Not prospects, the lost, nor those left alone."""
    long_overdue = add_months(scope.as_at, -OVERDUE_MONTHS)
    return (
        scope.limit(Customer.objects.all(), "pk")
        .filter(stage=CustomerStage.CUSTOMER)
        .annotate(review_due=MonthsAfter("profile_reviewed_on", "tier__profile_review_months"))
        .filter(Q(profile_reviewed_on=None) | Q(review_due__lt=scope.as_at))
        .annotate(
            **finding(
                subject=F("pk"),
                customer=F("pk"),
                about=F("pk"),
                severity=Case(
                    When(profile_reviewed_on=None, in_care_since=None, then=Value(Severity.LOW.value)),
                    When(review_due__lt=long_overdue, then=Value(Severity.HIGH.value)),
                    default=Value(Severity.MEDIUM.value),
                ),
                due=F("review_due"),
                facts={
                    "reviewed_on": as_text(F("profile_reviewed_on")),
                    "due_on": as_text(F("review_due")),
                    "months": F("tier__profile_review_months"),
                    "tier": F("tier__name"),
                    "tier_zh": F("tier__name_zh"),
                    "case": Case(When(profile_reviewed_on=None, then=Value("NEVER")), default=Value("")),
                },
            )
        )
    )


PROFILE_REVIEW_DUE = register(
    Monitor(
        code="PROFILE_REVIEW_DUE",
        title=_("Profile review due"),
        reason=_(
            "The customer's profile was last gone through longer ago than its service tier allows, or never. Advice"
            " given on an old profile may be wrong."
        ),
        severity_rule=_(
            "High when more than 6 months overdue, else medium; low for a customer that is still being taken on and was"
            " never reviewed."
        ),
        sentence=_(
            "The profile was last reviewed on {reviewed_on:day}; tier {tier:local} asks for it every {months} months."
        ),
        sentences={"NEVER": _("The profile was never reviewed; tier {tier:local} asks for it every {months} months.")},
        plain=_(
            "We last went through your details with you on {reviewed_on:day}. To advise you well we do so every"
            " {months} months."
        ),
        plains={
            "NEVER": _(
                "We have not yet gone through your details with you. To advise you well we do so every {months} months."
            ),
        },
        figures=(
            (_("Last reviewed"), "{reviewed_on:day}"),
            (_("Due since"), "{due_on:day}"),
            (_("Service tier"), "{tier:local}"),
            (_("Months between reviews"), "{months}"),
        ),
        topic=Topic.PROFILE,
        subject_model="profiles.customer",
        about_model="profiles.customer",
        rows=reviews_due,
        material=("reviewed_on",),
    )
)
