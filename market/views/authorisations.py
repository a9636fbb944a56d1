"""Authorisations of insurers: entered, changed, removed."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import UserRequest
from common.exceptions import StaleVersion
from common.views import get_editable, posted_version
from market.forms import AuthorisationForm
from market.models import Authorisation, Insurer
from market.services import authorisations


def add(request: UserRequest, pk: UUID) -> HttpResponse:
    insurer = get_editable(Insurer.objects.all(), request.user, pk=pk)
    form = AuthorisationForm(
        request.POST or None,
        instance=Authorisation(insurer=insurer),
        user=request.user,
        initial={"territory": request.GET.get("territory", insurer.country.code)},
    )
    if request.method == "POST" and form.saves(
        lambda: authorisations.add(authorisation=form.instance, by=request.user)
    ):
        messages.success(request, _("%(authorisation)s is added.") % {"authorisation": form.instance})
        return redirect("market:insurer", pk=pk)
    return render(request, "market/authorisation/form.html", {"form": form, "insurer": insurer})


def change(request: UserRequest, pk: UUID) -> HttpResponse:
    changed = get_editable(Authorisation.objects.select_related("insurer", "class_of_business"), request.user, pk=pk)
    form = AuthorisationForm(request.POST or None, instance=changed, user=request.user)
    if request.method == "POST" and form.saves(
        lambda: authorisations.change(authorisation=form.instance, by=request.user, version=form.edited_version)
    ):
        messages.success(request, _("%(authorisation)s is saved.") % {"authorisation": form.instance})
        return redirect("market:insurer", pk=changed.insurer_id)
    return render(
        request,
        "market/authorisation/form.html",
        {"form": form, "insurer": changed.insurer, "authorisation": changed},
    )


@require_POST
def remove(request: UserRequest, pk: UUID) -> HttpResponse:
    removed = get_editable(Authorisation.objects.select_related("class_of_business"), request.user, pk=pk)
    try:
        authorisations.remove(authorisation=removed, by=request.user, version=posted_version(request))
    except StaleVersion:
        messages.warning(
            request, _("Somebody changed the authorisation meanwhile: look at it again before you remove it.")
        )
        return redirect("market:authorisation-change", pk=pk)
    messages.success(request, _("%(authorisation)s is removed.") % {"authorisation": removed})
    return redirect("market:insurer", pk=removed.insurer_id)
