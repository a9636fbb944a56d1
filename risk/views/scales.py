"""A customer's scales of likelihood and consequence, side by side."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.requests import UserRequest
from common.views import get_editable
from profiles.models import Customer
from risk.forms.scales import ScalesForm
from risk.models import ScaleStep
from risk.selectors.scales import scales_of
from risk.services import scales


def change(request: UserRequest, pk: UUID) -> HttpResponse:
    customer = get_editable(Customer.objects.all(), request.user, pk=pk)
    held = scales_of(customer)
    form = ScalesForm(request.POST or None, customer=customer, scales=held)
    if request.method == "POST" and form.saves(
        lambda steps, version: scales.change(customer=customer, steps=steps, by=request.user, version=version)
    ):
        messages.success(request, _("The scales are saved."))
        return redirect("risk:risk-profile", pk=pk)
    return render(
        request,
        "risk/scale/form.html",
        {
            "customer": customer,
            "form": form,
            "scales": held,
            "likelihood": form.rows(ScaleStep.Scale.LIKELIHOOD),
            "consequence": form.rows(ScaleStep.Scale.CONSEQUENCE),
        },
        status=422 if form.errors else 200,
    )
