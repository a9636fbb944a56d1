"""What communications watch for: letters that wait for a person, and letters that did not arrive for sure."""

import datetime
from typing import Any

from django.db.models import Case, DateField, F, Value, When
from django.db.models.functions import Cast, Coalesce, NullIf, TruncDate
from django.utils.translation import gettext_lazy as _

from common.monitor import Monitor, Scope, Severity, Topic, as_text, finding, register
from communications.models import Message, MessageState, Update, UpdateState
from profiles.models import CustomerStage

SILENT = (CustomerStage.LOST, CustomerStage.DO_NOT_CONTACT)


def updates_waiting(scope: Scope) -> Any:
    """Updates drafted by the day that nobody has released or discarded."""

    def days_ago(days: int) -> datetime.date:
        return scope.as_at - datetime.timedelta(days=days)

    return (
        scope.limit(Update.objects.all())
        .filter(state=UpdateState.DRAFT, as_at__lte=scope.as_at)
        .exclude(customer__stage__in=SILENT)
        .annotate(
            **finding(
                subject=F("pk"),
                customer=F("customer_id"),
                about=F("pk"),
                severity=Case(
                    When(as_at__lt=days_ago(30), then=Value(Severity.HIGH.value)),
                    When(as_at__lt=days_ago(14), then=Value(Severity.MEDIUM.value)),
                    default=Value(Severity.LOW.value),
                ),
                due=F("as_at"),
                facts={"title": F("subject"), "drafted_on": as_text(F("as_at"))},
            )
        )
    )


UPDATE_TO_RELEASE = register(
    Monitor(
        code="UPDATE_TO_RELEASE",
        title=_("Update to release"),
        reason=_("An update for the customer is drafted. Nothing goes out until a person has read and released it."),
        severity_rule=_("High when drafted more than 30 days ago, medium after 14 days, else low."),
        sentence=_("The update “{title}”, drafted on {drafted_on:day}, waits to be read and released."),
        plain=_("A letter to you, “{title}”, has been in preparation since {drafted_on:day}."),
        figures=((_("Update"), "{title}"), (_("Drafted"), "{drafted_on:day}")),
        topic=Topic.UPDATES,
        subject_model="communications.update",
        about_model="communications.update",
        rows=updates_waiting,
        material=("drafted_on",),
    )
)


def messages_in_trouble(scope: Scope) -> Any:
    """Letters that the mail server refused, or of which nobody knows whether it took them."""
    return (
        scope.limit(Message.objects.all())
        .filter(state__in=[MessageState.UNCONFIRMED, MessageState.FAILED])
        .annotate(day=Coalesce(TruncDate("handed_over_at"), TruncDate("created_at")))
        .filter(day__lte=scope.as_at)
        .annotate(
            **finding(
                subject=F("pk"),
                customer=F("customer_id"),
                about=Coalesce("update_id", "id"),
                severity=Case(
                    When(state=MessageState.FAILED, then=Value(Severity.HIGH.value)),
                    default=Value(Severity.MEDIUM.value),
                ),
                due=Cast("day", DateField()),
                facts={
                    "title": F("subject"),
                    "to": Coalesce("contact__name", NullIf("to_name", Value("")), "to_address"),
                    "handed_over_on": as_text(F("day")),
                    "attempts": F("attempts"),
                    "case": F("state"),
                },
            )
        )
    )


MESSAGE_NOT_SENT = register(
    Monitor(
        code="MESSAGE_NOT_SENT",
        title=_("Letter not sent"),
        reason=_(
            "The mail server refused a letter, or the connection broke before it confirmed that it took it. A letter of"
            " which nobody knows is not sent again by itself, so that the customer does not get it twice."
        ),
        severity_rule=_("High when refused, medium when it may have been sent."),
        sentence=_("The letter “{title}” to {to} of {handed_over_on:day} may or may not have been sent."),
        sentences={
            "FAILED": _("The letter “{title}” to {to} of {handed_over_on:day} was refused and has not been sent.")
        },
        plain=_("Our letter “{title}” of {handed_over_on:day} to {to} may not have reached you."),
        plains={
            "FAILED": _("Our letter “{title}” of {handed_over_on:day} to {to} could not be delivered."),
        },
        figures=(
            (_("Letter"), "{title}"),
            (_("To"), "{to}"),
            (_("Handed over"), "{handed_over_on:day}"),
            (_("Attempts"), "{attempts}"),
        ),
        topic=Topic.UPDATES,
        subject_model="communications.message",
        about_model="communications.update",
        rows=messages_in_trouble,
        material=("case", "attempts"),
    )
)
