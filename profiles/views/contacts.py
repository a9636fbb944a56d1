"""The people at a customer: entered, changed, removed."""

from uuid import UUID

from django.contrib import messages
from django.db.models import ProtectedError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import UserRequest
from common.exceptions import StaleVersion
from common.views import get_editable, posted_version
from profiles.forms import ContactForm
from profiles.models import Contact, Customer
from profiles.services import contacts


def add(request: UserRequest, customer_pk: UUID) -> HttpResponse:
    customer = get_editable(Customer.objects.all(), request.user, pk=customer_pk)
    form = ContactForm(request.POST or None, instance=Contact(customer=customer), user=request.user)
    if request.method == "POST" and form.saves(lambda: contacts.add(contact=form.instance, by=request.user)):
        messages.success(request, _("%(name)s is added.") % {"name": form.instance})
        return redirect("profiles:customer-profile", pk=customer.pk)
    return render(request, "profiles/contact/form.html", {"form": form, "customer": customer})


def change(request: UserRequest, pk: UUID) -> HttpResponse:
    contact = get_editable(Contact.objects.select_related("customer"), request.user, pk=pk)
    form = ContactForm(request.POST or None, instance=contact, user=request.user)
    if request.method == "POST" and form.saves(
        lambda: contacts.change(contact=form.instance, by=request.user, version=form.edited_version)
    ):
        messages.success(request, _("%(name)s is saved.") % {"name": form.instance})
        return redirect("profiles:customer-profile", pk=contact.customer_id)
    return render(
        request, "profiles/contact/form.html", {"form": form, "customer": contact.customer, "contact": contact}
    )


@require_POST
def remove(request: UserRequest, pk: UUID) -> HttpResponse:
    contact = get_editable(Contact.objects.all(), request.user, pk=pk)
    try:
        contacts.remove(contact=contact, by=request.user, version=posted_version(request))
    except StaleVersion:
        messages.warning(request, _("Somebody changed the contact meanwhile: look at it again before you remove it."))
        return redirect("profiles:contact-change", pk=pk)
    except ProtectedError:
        messages.error(
            request,
            _("%(name)s agreed to or declined something that is kept for ever: say when they left instead.")
            % {"name": contact},
        )
        return redirect("profiles:contact-change", pk=pk)
    messages.success(request, _("%(name)s is removed.") % {"name": contact})
    return redirect("profiles:customer-profile", pk=contact.customer_id)
