"""What is done with a policy by a button: bound, cancelled, reinstated, a contract without expiry reviewed."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.requests import UserRequest
from common.dates import add_months, today
from common.templatetags.ui import day_text
from common.views import get_editable
from programmes.forms import BindForm, CancelForm, ReinstateForm, ReviewForm
from programmes.models import Policy
from programmes.services import policies


def bind(request: UserRequest, pk: UUID) -> HttpResponse:
    shown = get_editable(Policy.objects.select_related("customer"), request.user, pk=pk)
    form = BindForm(request.POST or None, row=shown, initial={"bound_on": today()})
    if request.method == "POST" and form.saves(
        lambda: policies.bind(
            policy=shown, on=form.cleaned_data["bound_on"], by=request.user, version=form.cleaned_data["version"]
        )
    ):
        messages.success(request, _("%(policy)s is bound.") % {"policy": shown})
        return redirect("programmes:policy", pk=pk)
    return render(
        request,
        "programmes/policy/act.html",
        {
            "form": form,
            "policy": shown,
            "title": _("Bind %(policy)s") % {"policy": shown},
            "lead": _("From its inception it counts as cover, in the towers and in the letters to the customer."),
            "act": _("Bind"),
        },
    )


def cancel(request: UserRequest, pk: UUID) -> HttpResponse:
    shown = get_editable(Policy.objects.select_related("customer"), request.user, pk=pk)
    form = CancelForm(request.POST or None, row=shown)
    if request.method == "POST" and form.saves(
        lambda: policies.cancel(
            policy=shown,
            from_day=form.cleaned_data["cancelled_from"],
            reason=form.cleaned_data["reason"],
            by=request.user,
            version=form.cleaned_data["version"],
        )
    ):
        messages.success(request, _("%(policy)s is cancelled.") % {"policy": shown})
        return redirect("programmes:policy", pk=pk)
    return render(
        request,
        "programmes/policy/act.html",
        {
            "form": form,
            "policy": shown,
            "title": _("Cancel %(policy)s") % {"policy": shown},
            "lead": _("The cover ends the day before. What held until then can still be read."),
            "act": _("Cancel the policy"),
            "is_danger": True,
        },
    )


def reinstate(request: UserRequest, pk: UUID) -> HttpResponse:
    shown = get_editable(Policy.objects.select_related("customer"), request.user, pk=pk)
    form = ReinstateForm(request.POST or None, row=shown)
    if request.method == "POST" and form.saves(
        lambda: policies.reinstate(
            policy=shown,
            from_day=form.cleaned_data["from_day"],
            reason=form.cleaned_data["reason"],
            by=request.user,
            version=form.cleaned_data["version"],
        )
    ):
        messages.success(request, _("%(policy)s is reinstated.") % {"policy": shown})
        return redirect("programmes:policy", pk=pk)
    lead = _("It is not cancelled.")
    if shown.cancelled_from is not None:
        lead = _("Cancelled from %(day)s. What was cancelled stays in the history.") % {
            "day": day_text(shown.cancelled_from)
        }
    return render(
        request,
        "programmes/policy/act.html",
        {
            "form": form,
            "policy": shown,
            "title": _("Reinstate %(policy)s") % {"policy": shown},
            "lead": lead,
            "act": _("Reinstate the policy"),
        },
    )


def review(request: UserRequest, pk: UUID) -> HttpResponse:
    """Sets the day on which a contract without expiry is looked at next."""
    shown = get_editable(Policy.objects.select_related("customer"), request.user, pk=pk)
    form = ReviewForm(request.POST or None, row=shown, initial={"review_date": add_months(today(), 12)})
    if request.method == "POST" and form.saves(
        lambda: policies.review(
            policy=shown,
            next_on=form.cleaned_data["review_date"],
            note=form.cleaned_data["note"],
            on=today(),
            by=request.user,
            version=form.cleaned_data["version"],
        )
    ):
        messages.success(request, _("%(policy)s is reviewed.") % {"policy": shown})
        return redirect("programmes:policy", pk=pk)
    return render(
        request,
        "programmes/policy/act.html",
        {
            "form": form,
            "policy": shown,
            "title": _("Review %(policy)s") % {"policy": shown},
            "lead": _("A contract without expiry runs on. Say what came of the review, and when it is looked at next."),
            "act": _("Record the review"),
        },
    )
