"""Renewals: the list by month and stage, one with its policies, and how it is settled."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.models import AuditEntry
from accounts.requests import UserRequest
from accounts.selectors import timeline
from common.dates import today
from common.views import get_editable, get_visible, ordered, page_of
from programmes.filters import RenewalFilter
from programmes.forms.renewals import SettleForm
from programmes.models import Renewal, RenewalOutcome, RenewalStage
from programmes.selectors.renewals import policies_of, renewal_rows, stage_counts
from programmes.services import renewals

COLUMNS = {
    "expiry": ["expiry_date", "customer__name"],
    "customer": ["customer__name", "expiry_date"],
    "manager": ["customer__portfolio__manager__name", "expiry_date"],
}


def renewal_list(request: UserRequest) -> HttpResponse:
    rows = renewal_rows(request.user)
    narrowed = RenewalFilter(request.GET, queryset=rows, request=request)
    stage = request.GET.get("stage", "")
    counts = stage_counts(narrowed.any_stage())
    chips = [
        {"value": value, "label": label, "count": counts[value], "is_current": value == stage}
        for value, label in [("", _("Not settled")), *RenewalStage.choices]
    ]
    return render(
        request,
        "programmes/renewal/list.html",
        {
            "filter": narrowed,
            "chips": chips,
            "page": page_of(ordered(narrowed.qs, request, COLUMNS, "expiry"), request),
            "words": request.GET.get("q", ""),
            "is_narrowed": any(request.GET.get(name) for name in narrowed.filters),
        },
    )


def renewal(request: UserRequest, pk: UUID) -> HttpResponse:
    row = get_visible(
        Renewal.objects.select_related("customer__portfolio__manager", "started_by", "settled_by"), request.user, pk=pk
    )
    policies: list[Any] = list(policies_of(row))
    return render(
        request,
        "programmes/renewal/detail.html",
        {
            "renewal": row,
            "customer": row.customer,
            "today": today(),
            "policies": policies,
            "alone": next((policy for policy in policies if not policy.followed), None),
            "may_edit": request.user.reach.may_edit(row.customer.portfolio_id),
            "entries": timeline.worded(AuditEntry.objects.of_object(row)),
        },
    )


def settle(request: UserRequest, pk: UUID) -> HttpResponse:
    """Asks for the outcome: in a dialog for htmx, else on a page of its own."""
    row = get_editable(Renewal.objects.select_related("customer"), request.user, pk=pk)
    form = SettleForm(request.POST or None, row=row)
    if request.method == "POST" and form.saves(
        lambda: renewals.settle(
            renewal=row,
            outcome=RenewalOutcome(form.cleaned_data["outcome"]),
            by=request.user,
            version=form.cleaned_data["version"],
            note=form.cleaned_data["note"],
        )
    ):
        messages.success(request, _("The renewal is settled."))
        if request.htmx:
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return redirect("programmes:renewal", pk=pk)
    template = "programmes/renewal/settle.html"
    return render(
        request,
        f"{template}#dialog" if request.htmx else template,
        {"renewal": row, "customer": row.customer, "form": form, "policies": policies_of(row)},
        status=422 if form.errors else 200,
    )
