"""The controls of a risk: added, changed, done, opened again, removed."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import UserRequest
from common.dates import today
from common.exceptions import StaleVersion, WrongState
from common.views import get_editable, posted_version
from risk.forms import ControlForm, FinishForm
from risk.models import Control, Risk
from risk.services import controls
from risk.views.risks import OF_PAGE, act_page

OF_RISK = tuple(f"risk__{name}" for name in OF_PAGE)


def add(request: UserRequest, pk: UUID) -> HttpResponse:
    risk = get_editable(Risk.objects.select_related(*OF_PAGE), request.user, pk=pk)
    form = ControlForm(
        request.POST or None,
        instance=Control(risk=risk, customer=risk.customer),
        user=request.user,
        initial={"owner": risk.owner, "responsible": request.user.pk},
    )
    if request.method == "POST" and form.saves(
        lambda: controls.add(control=form.instance, by=request.user, on=today())
    ):
        messages.success(request, _("The control is added."))
        return redirect("risk:risk", pk=pk)
    return render(request, "risk/control/form.html", {"form": form, "risk": risk, "customer": risk.customer})


def change(request: UserRequest, pk: UUID) -> HttpResponse:
    control = get_editable(Control.objects.select_related(*OF_RISK), request.user, pk=pk)
    form = ControlForm(request.POST or None, instance=control, user=request.user)
    if request.method == "POST" and form.saves(
        lambda: controls.change(control=form.instance, by=request.user, version=form.edited_version, on=today())
    ):
        messages.success(request, _("The control is saved."))
        return redirect("risk:risk", pk=control.risk_id)
    return render(
        request,
        "risk/control/form.html",
        {"form": form, "risk": control.risk, "customer": control.risk.customer, "control": control},
    )


def finish(request: UserRequest, pk: UUID) -> HttpResponse:
    control = get_editable(Control.objects.select_related(*OF_RISK), request.user, pk=pk)
    form = FinishForm(request.POST or None, row=control, initial={"done_on": today()})
    if request.method == "POST" and form.saves(
        lambda: controls.finish(
            control=control,
            done_on=form.cleaned_data["done_on"],
            evidence=form.cleaned_data["evidence"],
            by=request.user,
            version=form.cleaned_data["version"],
            on=today(),
        )
    ):
        messages.success(request, _("The control is marked as done. Is the level of the risk still right?"))
        return redirect("risk:risk", pk=control.risk_id)
    return act_page(
        request, control.risk, form, title=_("Mark the control as done"), lead=control.name, act=_("Mark as done")
    )


@require_POST
def open_again(request: UserRequest, pk: UUID) -> HttpResponse:
    control = get_editable(Control.objects.all(), request.user, pk=pk)
    try:
        controls.open_again(control=control, by=request.user, version=posted_version(request))
    except StaleVersion:
        messages.warning(request, _("Somebody changed the control meanwhile: look at it again first."))
    except WrongState as wrong:
        messages.warning(request, str(wrong))
    else:
        messages.success(request, _("The control is open again."))
    return redirect("risk:risk", pk=control.risk_id)


@require_POST
def remove(request: UserRequest, pk: UUID) -> HttpResponse:
    control = get_editable(Control.objects.all(), request.user, pk=pk)
    try:
        controls.remove(control=control, by=request.user, version=posted_version(request))
    except StaleVersion:
        messages.warning(request, _("Somebody changed the control meanwhile: look at it again first."))
    else:
        messages.success(request, _("The control is removed."))
    return redirect("risk:risk", pk=control.risk_id)
