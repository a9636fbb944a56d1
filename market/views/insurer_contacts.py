"""The people at insurers: entered, changed, removed."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import UserRequest
from common.exceptions import StaleVersion
from common.views import get_editable, posted_version
from market.forms import InsurerContactForm
from market.models import Insurer, InsurerContact
from market.services import insurer_contacts


def add(request: UserRequest, pk: UUID) -> HttpResponse:
    insurer = get_editable(Insurer.objects.all(), request.user, pk=pk)
    form = InsurerContactForm(request.POST or None, instance=InsurerContact(insurer=insurer), user=request.user)
    if request.method == "POST" and form.saves(lambda: insurer_contacts.add(contact=form.instance, by=request.user)):
        messages.success(request, _("%(name)s is added.") % {"name": form.instance})
        return redirect("market:insurer", pk=pk)
    return render(request, "market/insurer_contact/form.html", {"form": form, "insurer": insurer})


def change(request: UserRequest, pk: UUID) -> HttpResponse:
    changed = get_editable(InsurerContact.objects.select_related("insurer"), request.user, pk=pk)
    form = InsurerContactForm(request.POST or None, instance=changed, user=request.user)
    if request.method == "POST" and form.saves(
        lambda: insurer_contacts.change(contact=form.instance, by=request.user, version=form.edited_version)
    ):
        messages.success(request, _("%(name)s is saved.") % {"name": form.instance})
        return redirect("market:insurer", pk=changed.insurer_id)
    return render(
        request, "market/insurer_contact/form.html", {"form": form, "insurer": changed.insurer, "contact": changed}
    )


@require_POST
def remove(request: UserRequest, pk: UUID) -> HttpResponse:
    contact = get_editable(InsurerContact.objects.all(), request.user, pk=pk)
    try:
        insurer_contacts.remove(contact=contact, by=request.user, version=posted_version(request))
    except StaleVersion:
        messages.warning(request, _("Somebody changed the contact meanwhile: look at it again before you remove it."))
        return redirect("market:insurer-contact-change", pk=pk)
    messages.success(request, _("%(name)s is removed.") % {"name": contact})
    return redirect("market:insurer", pk=contact.insurer_id)
