"""Decisions: the list by state, the record of one, a supervisor's answer, and taking one back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.requests import UserRequest
from common.dates import today
from common.views import asked_words, get_editable, get_visible, ordered, page_of
from monitoring.filters import DecisionFilter
from monitoring.forms import AnswerForm, WithdrawForm
from monitoring.models import Decision
from monitoring.selectors.decisions import Answerable, DecisionState, decision_rows, may_answer, state_counts
from monitoring.selectors.findings import returned
from monitoring.services import approvals, decisions

COLUMNS = {
    "customer": ["customer__name", "-created_at"],
    "amount": ["finding__amount_house", "customer__name"],
    "until": ["expires_on", "customer__name"],
    "decided": ["created_at"],
}
DEFAULTS = {DecisionState.EXPIRING.value: "until", DecisionState.WAITING.value: "decided"}


@require_safe
def decision_list(request: UserRequest) -> HttpResponse:
    narrowed = DecisionFilter(request.GET, queryset=decision_rows(request.user), request=request)
    counts = state_counts(narrowed.any_state(), on=today())
    state = narrowed.form.cleaned_data.get("state") or ""
    page = page_of(ordered(narrowed.qs, request, COLUMNS, DEFAULTS.get(state, "-decided")), request)
    states: list[tuple[str, Any]] = [("", _("Current")), *DecisionState.choices]
    return render(
        request,
        "monitoring/decision/list.html",
        {
            "filter": narrowed,
            "chips": [
                {"value": value, "label": label, "count": counts[value], "is_current": value == state}
                for value, label in states
            ],
            "page": page,
            "rows": [Answerable(decision, may_answer(request.user, decision)) for decision in page],
            "words": asked_words(request),
            "is_narrowed": any(request.GET.get(name) for name in narrowed.filters),
        },
    )


@require_safe
def decision(request: UserRequest, pk: UUID) -> HttpResponse:
    """Everything that defends the decision, made to be printed."""
    row = get_visible(decision_rows(request.user).select_related("contact"), request.user, pk=pk)
    is_current = row.superseded_at is None and row.finding.decision_id == row.pk
    return render(
        request,
        "monitoring/decision/detail.html",
        {
            "decision": row,
            "finding": row.finding,
            "customer": row.customer,
            "since": returned(row.finding, row),
            "may_answer": may_answer(request.user, row),
            "may_withdraw": is_current and request.user.reach.may_edit(row.customer.portfolio_id),
            "printed_on": today(),
        },
    )


def answer(request: UserRequest, pk: UUID) -> HttpResponse:
    """Asks a supervisor whether the finding may be accepted: in a dialog for htmx, else on a page of its own."""
    row = get_visible(decision_rows(request.user), request.user, pk=pk)
    if not request.user.reach.may_approve(row.customer.portfolio_id) or row.decided_by == request.user:
        raise PermissionDenied
    form = AnswerForm(request.POST or None, row=row)
    if request.method == "POST" and form.saves(lambda: _answered(request, row, form)):
        is_approved = form.cleaned_data["answer"] == AnswerForm.APPROVE
        messages.success(
            request,
            _("Approved: it is accepted until its last day.") if is_approved else _("Not approved: it is open again."),
        )
        return _done(request, row)
    return _asked(request, "monitoring/decision/answer.html", row, form)


def _answered(request: UserRequest, row: Decision, form: AnswerForm) -> Decision:
    given = form.cleaned_data
    by, version, note = request.user, given["version"], given["note"]
    if given["answer"] == AnswerForm.APPROVE:
        return approvals.approve(decision=row, on=today(), by=by, version=version, note=note)
    return approvals.refuse(decision=row, reason=note, by=by, version=version)


def withdraw(request: UserRequest, pk: UUID) -> HttpResponse:
    """Asks why a decision shall no longer stand; then its finding is open again."""
    row = get_editable(
        Decision.objects.select_related("finding", "customer", "decided_by", "approved_by"), request.user, pk=pk
    )
    form = WithdrawForm(request.POST or None, row=row)
    if request.method == "POST" and form.saves(
        lambda: decisions.withdraw(
            decision=row, reason=form.cleaned_data["reason"], by=request.user, version=form.cleaned_data["version"]
        )
    ):
        messages.success(request, _("Withdrawn: the finding is open again."))
        return _done(request, row)
    return _asked(request, "monitoring/decision/withdraw.html", row, form)


def _asked(request: UserRequest, template: str, row: Decision, form: AnswerForm | WithdrawForm) -> HttpResponse:
    if form.seen is not row:  # somebody was first: as it stands now
        row = decision_rows(request.user).get(pk=row.pk)
    return render(
        request,
        f"{template}#dialog" if request.htmx else template,
        {
            "decision": row,
            "finding": row.finding,
            "customer": row.customer,
            "since": returned(row.finding, row),
            "form": form,
        },
        status=422 if form.errors else 200,
    )


def _done(request: UserRequest, row: Decision) -> HttpResponse:
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return redirect("monitoring:finding", pk=row.finding_id)


__all__ = ["answer", "decision", "decision_list", "withdraw"]
