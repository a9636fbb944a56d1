"""What risk watches for: controls that nobody has done in time, and values too old to rely on."""

import datetime
from typing import Any

from django.conf import settings
from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    DecimalField,
    Exists,
    F,
    Func,
    Min,
    OuterRef,
    Q,
    Sum,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext_lazy as _

from common.dates import add_months
from common.money import MAX_DIGITS
from common.monitor import Monitor, Scope, Severity, Topic, as_text, finding, register
from profiles.models import CustomerStage
from risk.models import LOSS_KINDS, Control, ExposureValue

LONG_OVERDUE = datetime.timedelta(days=90)
HIGH_LEVEL = 10


class Converted(Func):
    """An amount in another currency on a day, as `market.selectors.rates.convert`; null without rates."""

    function = "market_convert"
    output_field = DecimalField(max_digits=MAX_DIGITS, decimal_places=2)


def said(name: str) -> NullIf:
    """A text, null where it is empty."""
    return NullIf(name, Value(""), output_field=CharField())


def controls_overdue(scope: Scope) -> Any:
    """Controls past their day and not done, of risks that stand in the register on the day."""
    risk = "risk__category__"
    return (
        scope.limit(Control.objects.all())
        .filter(
            Q(done_on=None) | Q(done_on__gt=scope.as_at),
            Q(risk__closed_on=None) | Q(risk__closed_on__gt=scope.as_at),
            due_on__lt=scope.as_at,
            customer__stage=CustomerStage.CUSTOMER,
        )
        .annotate(level=F("risk__current_likelihood") * F("risk__current_consequence"))
        .annotate(
            **finding(
                subject=F("pk"),
                customer=F("customer_id"),
                about=F("risk_id"),
                severity=Case(
                    When(level__gte=HIGH_LEVEL, then=Value(Severity.HIGH.value)),
                    When(due_on__lt=scope.as_at - LONG_OVERDUE, then=Value(Severity.HIGH.value)),
                    default=Value(Severity.MEDIUM.value),
                ),
                amount=F("risk__maximum_loss"),
                currency=Case(
                    When(risk__maximum_loss=None, then=Value("")), default=F("risk__currency"), output_field=TextField()
                ),
                due=F("due_on"),
                facts={
                    "control": F("name"),
                    "risk": Coalesce(said("risk__name"), f"{risk}name"),
                    "risk_zh": Coalesce(said("risk__name"), said(f"{risk}name_zh"), f"{risk}name"),
                    "place": Coalesce(
                        said("risk__location__name"), said("risk__location__address"), "risk__location__reference"
                    ),
                    "due_on": as_text(F("due_on")),
                    "owner": said("owner"),
                    "level": F("level"),
                    "case": Case(When(risk__location=None, then=Value("")), default=Value("AT_PLACE")),
                },
            )
        )
    )


CONTROL_OVERDUE = register(
    Monitor(
        code="CONTROL_OVERDUE",
        title=_("Control overdue"),
        reason=_(
            "A control of a risk in the register is past the day it was due and nobody has recorded that it is done."
            " The level of the risk may be higher than the register says."
        ),
        severity_rule=_(
            "High where the level of the risk now is high or very high (10 or more) or the control is more than 90 days"
            " overdue, else medium."
        ),
        sentence=_("{risk:local}: “{control}” was due on {due_on:day} and is not done."),
        sentences={"AT_PLACE": _("{risk:local}, {place}: “{control}” was due on {due_on:day} and is not done.")},
        plain=_(
            "To make the risk “{risk:local}” smaller, this was to be done by {due_on:day}: “{control}”. Nothing shows"
            " yet that it has been."
        ),
        plains={
            "AT_PLACE": _(
                "To make the risk “{risk:local}” at {place} smaller, this was to be done by {due_on:day}: “{control}”."
                " Nothing shows yet that it has been."
            )
        },
        figures=(
            (_("Control"), "{control}"),
            (_("Risk"), "{risk:local}"),
            (_("Place"), "{place}"),
            (_("Due on"), "{due_on:day}"),
            (_("Who does it"), "{owner}"),
            (_("Level of the risk now"), "{level}"),
        ),
        topic=Topic.COVER,
        subject_model="risk.control",
        about_model="risk.risk",
        rows=controls_overdue,
        material=("due_on", "level"),
    )
)


def valuations_stale(scope: Scope) -> Any:
    """Customers with values of what can be lost that nobody has renewed for so many months; one row a customer.

    A value counts while it is the latest on the day and not 0. The total is in the customer's currency, without the
    amounts for which there is no rate.
    """
    months = settings.VALUATION_MONTHS
    renewed = ExposureValue.objects.filter(
        exposure=OuterRef("exposure"), valued_on__gt=OuterRef("valued_on"), valued_on__lte=scope.as_at
    )
    ours = Case(
        When(currency=F("customer__currency"), then=F("amount")),
        default=Converted(F("amount"), F("currency"), F("customer__currency"), Value(scope.as_at, DateField())),
    )
    return (
        scope.limit(ExposureValue.objects.all())
        .filter(
            ~Exists(renewed),
            amount__gt=0,
            valued_on__lt=add_months(scope.as_at, -months),
            exposure__kind__in=LOSS_KINDS,
            customer__stage=CustomerStage.CUSTOMER,
        )
        .values("customer_id", "customer__currency")
        .annotate(number=Count("pk"), oldest=Min("valued_on"), total=Sum(ours))
        .annotate(
            **finding(
                subject=F("customer_id"),
                customer=F("customer_id"),
                about=F("customer_id"),
                severity=Case(
                    When(oldest__lt=add_months(scope.as_at, -2 * months), then=Value(Severity.HIGH.value)),
                    default=Value(Severity.MEDIUM.value),
                ),
                amount=F("total"),
                currency=F("customer__currency"),
                facts={
                    "number": F("number"),
                    "oldest": as_text(F("oldest")),
                    "months": Value(months),
                    "total": as_text(F("total")),
                    "total_currency": F("customer__currency"),
                    "case": Case(When(number=1, then=Value("ONE")), default=Value("")),
                },
            )
        )
    )


VALUATION_STALE = register(
    Monitor(
        code="VALUATION_STALE",
        title=_("Values out of date"),
        reason=_(
            "Values of what can be lost were given longer ago than the house allows and not renewed since. Sums insured"
            " and largest losses that rest on them may be too low."
        ),
        severity_rule=_("High where the oldest is more than twice as old as the house allows, else medium."),
        sentence=_("{number} values are older than {months} months, the oldest of {oldest:day}."),
        sentences={"ONE": _("One value is older than {months} months: it is of {oldest:day}.")},
        plain=_(
            "For {number} of your buildings, contents, stocks or machines we have figures that are more than {months}"
            " months old; the oldest is of {oldest:day}. Prices have moved since, so please tell us what they are worth"
            " now."
        ),
        plains={
            "ONE": _(
                "For one of your buildings, contents, stocks or machines we have a figure that is more than {months}"
                " months old: it is of {oldest:day}. Prices have moved since, so please tell us what it is worth now."
            )
        },
        figures=(
            (_("Values out of date"), "{number}"),
            (_("The oldest is of"), "{oldest:day}"),
            (_("Together"), "{total:money}"),
            (_("Months that the house allows"), "{months}"),
        ),
        topic=Topic.PROFILE,
        subject_model="profiles.customer",
        about_model="profiles.customer",
        rows=valuations_stale,
        material=("number", "oldest"),
    )
)
