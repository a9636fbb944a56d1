"""A finding that explains itself, and the four ways to decide it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy

from accounts.requests import UserRequest
from common.dates import today
from common.monitor import Severity
from common.views import get_editable, get_visible
from monitoring.forms import AcceptForm, DeclineForm, DismissForm, WayForm
from monitoring.models import DecisionKind, Finding, FindingState
from monitoring.selectors.acts import act_of
from monitoring.selectors.decisions import may_answer
from monitoring.selectors.findings import decisions_of
from monitoring.services import decisions

FORMS: dict[str, type[WayForm]] = {form.way.value: form for form in (AcceptForm, DeclineForm, DismissForm)}
DONE = {
    DecisionKind.ACCEPT: gettext_lazy("Accepted. It opens again after the last day, or when what it rests on changes."),
    DecisionKind.DECLINE: gettext_lazy("Kept for ever. It opens again when what it rests on changes."),
    DecisionKind.DISMISS: gettext_lazy("Dismissed. It comes back when what it rests on changes."),
}
ASKED = gettext_lazy("A supervisor is asked to approve it. Until then it waits, and shows that it does.")


def finding(request: UserRequest, pk: UUID) -> HttpResponse:
    row = get_visible(
        Finding.objects.select_related("customer__portfolio__manager", "decision__decided_by"), request.user, pk=pk
    )
    is_open = row.state == FindingState.OPEN
    may_edit = request.user.reach.may_edit(row.customer.portfolio_id)
    made = decisions_of(row)
    standing = next((item.decision for item in made if item.decision.pk == row.decision_id), None)
    return render(
        request,
        "monitoring/finding/detail.html",
        {
            "finding": row,
            "customer": row.customer,
            "level": Severity(row.severity).name.lower(),
            "is_open": is_open,
            "decisions": made,
            "standing": standing,
            "may_decide": is_open and row.decision is None and may_edit,
            "may_withdraw": is_open and standing is not None and may_edit,
            "may_answer": standing is not None and may_answer(request.user, standing),
            "act": act_of(row),
        },
    )


@dataclass(frozen=True)
class Way:
    """A way to decide: its form, and whether it is the one that was chosen."""

    kind: DecisionKind
    form: WayForm
    is_chosen: bool


def decide(request: UserRequest, pk: UUID) -> HttpResponse:
    """Lays out the ways to decide, each with its form, and takes the one that is sent."""
    row = get_editable(Finding.objects.select_related("customer__portfolio", "decision"), request.user, pk=pk)
    waiting = Finding.objects.on_worklist().editable_by(request.user)
    others = list(waiting.filter(about_id=row.about_id).exclude(pk=pk).order_by("-severity", "pk"))
    chosen = request.POST.get("way", "")
    forms = {way: form(request.POST if way == chosen else None, row=row, on=today()) for way, form in FORMS.items()}
    if request.method == "POST":
        if chosen not in forms:
            raise BadRequest("way")
        form = forms[chosen]
        shown = set(request.POST.getlist("others"))  # what joined the line since is not decided unseen
        together = [other.pk for other in others if str(other.pk) in shown]
        if form.saves(lambda: _decided(request, row, form, together)):
            messages.success(request, str(ASKED if form.outcome.needs_approval else DONE[form.way]))
            if request.htmx:
                return HttpResponse(status=204, headers={"HX-Refresh": "true"})
            return redirect("monitoring:finding", pk=pk)
        form.seen.customer = row.customer
        row = form.seen
    return _laid_out(request, row, others, [Way(form.way, form, way == chosen) for way, form in forms.items()])


def _laid_out(request: UserRequest, row: Finding, others: list[Finding], ways: list[Way]) -> HttpResponse:
    template = "monitoring/finding/decide.html"
    return render(
        request,
        f"{template}#dialog" if request.htmx else template,
        {
            "finding": row,
            "customer": row.customer,
            "is_waiting": row.state == FindingState.OPEN and row.decision is None,
            "others": others,
            "ways": ways,
            "act": act_of(row),
            "needing_approval": {finding.pk for finding in (row, *others) if _needs_approval(finding)},
            "threshold": settings.ACCEPT_WITHOUT_APPROVAL,
            "house_currency": settings.HOUSE_CURRENCY,
        },
        status=422 if any(way.form.errors for way in ways) else 200,
    )


def _decided(request: UserRequest, row: Finding, form: WayForm, others: list[UUID]) -> Any:
    """The decision that the form asks for."""
    given = form.cleaned_data
    common: dict[str, Any] = {
        "finding": row,
        "reason": given["reason"],
        "by": request.user,
        "version": given["version"],
        "others": others if given["with_others"] else [],
    }
    if form.way == DecisionKind.ACCEPT:
        return decisions.accept(expires_on=given["expires_on"], on=form.on, **common)
    if form.way == DecisionKind.DECLINE:
        told = {name: given[name] for name in ("recommended", "contact", "declined_on", "language")}
        return decisions.decline(on=form.on, **told, **common)
    return decisions.dismiss(**common)


def _needs_approval(row: Finding) -> bool:
    threshold = settings.ACCEPT_WITHOUT_APPROVAL
    return decisions.needs_approval(row.severity, row.amount_house, threshold=threshold)


__all__ = ["decide", "finding"]
