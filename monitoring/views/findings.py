"""A finding that explains itself, and the question before one is dismissed."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.requests import UserRequest
from common.exceptions import StaleVersion, WrongState
from common.monitor import Severity
from common.views import get_editable, get_visible
from monitoring.forms import DismissForm
from monitoring.models import Finding, FindingState
from monitoring.selectors.acts import act_of
from monitoring.selectors.findings import decisions_of
from monitoring.services import decisions


def finding(request: UserRequest, pk: UUID) -> HttpResponse:
    row = get_visible(
        Finding.objects.select_related("customer__portfolio__manager", "decision__decided_by"), request.user, pk=pk
    )
    is_open = row.state == FindingState.OPEN
    is_waiting = is_open and row.decision is None
    return render(
        request,
        "monitoring/finding/detail.html",
        {
            "finding": row,
            "customer": row.customer,
            "level": Severity(row.severity).name.lower(),
            "is_open": is_open,
            "decisions": decisions_of(row),
            "may_decide": is_waiting and request.user.reach.may_edit(row.customer.portfolio_id),
            "act": act_of(row),
        },
    )


def dismiss(request: UserRequest, pk: UUID) -> HttpResponse:
    row = get_editable(Finding.objects.select_related("customer"), request.user, pk=pk)
    others = list(Finding.objects.on_worklist().filter(about_id=row.about_id).exclude(pk=pk).order_by("pk"))
    form = DismissForm(request.POST or None, initial={"version": row.version})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            decisions.dismiss(
                finding=row,
                reason=given["reason"],
                by=request.user,
                version=given["version"],
                others=[other.pk for other in others] if given["with_others"] else [],
            )
        except StaleVersion as stale:
            row = stale.current
            form = DismissForm({**given, "version": row.version})
            form.add_error(None, _("The finding changed meanwhile: this is how it stands now."))
        except WrongState as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Dismissed. It comes back when what it rests on changes."))
            if request.htmx:
                return HttpResponse(status=204, headers={"HX-Refresh": "true"})
            return redirect("monitoring:finding", pk=pk)
    template = "monitoring/finding/dismiss.html"
    return render(
        request,
        f"{template}#dialog" if request.htmx else template,
        {"finding": row, "customer": row.customer, "others": others, "form": form},
        status=422 if form.errors else 200,
    )
