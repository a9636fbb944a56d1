"""The premises of a customer: listed, entered, changed."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.requests import UserRequest
from common.views import asked_words, get_editable, get_visible, ordered, page_of
from profiles.forms import LocationForm
from profiles.models import Customer, Location
from profiles.services import locations

COLUMNS = {"reference": ["reference"], "name": ["name", "address"], "city": ["city"], "country": ["country"]}


def of_customer(request: UserRequest, customer_pk: UUID) -> HttpResponse:
    customer = get_visible(Customer.objects.all(), request.user, pk=customer_pk)
    words = asked_words(request)
    rows = Location.objects.filter(customer=customer)
    rows = ordered(rows.matching(words) if words else rows, request, COLUMNS, "reference")
    return render(
        request,
        "profiles/location/list.html",
        {
            "customer": customer,
            "page": page_of(rows, request),
            "words": words,
            "may_edit": request.user.reach.may_edit(customer.portfolio_id),
        },
    )


def add(request: UserRequest, customer_pk: UUID) -> HttpResponse:
    customer = get_editable(Customer.objects.all(), request.user, pk=customer_pk)
    form = LocationForm(request.POST or None, instance=Location(customer=customer), user=request.user)
    if request.method == "POST" and form.saves(lambda: locations.add(location=form.instance, by=request.user)):
        messages.success(request, _("%(name)s is added.") % {"name": form.instance})
        return redirect("profiles:locations", customer_pk=customer.pk)
    return render(request, "profiles/location/form.html", {"form": form, "customer": customer})


def change(request: UserRequest, pk: UUID) -> HttpResponse:
    location = get_editable(Location.objects.select_related("customer"), request.user, pk=pk)
    form = LocationForm(request.POST or None, instance=location, user=request.user)
    if request.method == "POST" and form.saves(
        lambda: locations.change(location=form.instance, by=request.user, version=form.edited_version)
    ):
        messages.success(request, _("%(name)s is saved.") % {"name": form.instance})
        return redirect("profiles:locations", customer_pk=location.customer_id)
    return render(
        request, "profiles/location/form.html", {"form": form, "customer": location.customer, "location": location}
    )
