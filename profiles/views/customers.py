"""A customer's profile: shown, entered, changed, reviewed, taken into care, and its history."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Portfolio
from accounts.requests import UserRequest
from accounts.selectors import timeline
from accounts.selectors.history import states_of
from common.dates import today
from common.exceptions import StaleVersion, WrongState
from common.views import get_editable, get_visible, page_of, posted_version
from profiles.forms import CustomerForm
from profiles.models import Contact, Customer
from profiles.services import customers


def profile(request: UserRequest, pk: UUID) -> HttpResponse:
    customer = get_visible(
        Customer.objects.select_related("portfolio__manager", "tier", "profile_reviewed_by"), request.user, pk=pk
    )
    return render(
        request,
        "profiles/customer/profile.html",
        {
            "customer": customer,
            "may_edit": request.user.reach.may_edit(customer.portfolio_id),
            "contacts": Contact.objects.filter(customer=customer).order_by("left_on", "name", "pk"),
        },
    )


def add(request: UserRequest) -> HttpResponse:
    portfolios = Portfolio.objects.editable_by(request.user)
    if not portfolios.exists():
        raise PermissionDenied
    form = CustomerForm(request.POST or None, user=request.user, initial={"portfolio": portfolios.first()})
    if request.method == "POST" and form.saves(lambda: customers.add(customer=form.instance, by=request.user)):
        messages.success(request, _("%(name)s is added.") % {"name": form.instance})
        return redirect("profiles:customer-profile", pk=form.instance.pk)
    return render(request, "profiles/customer/form.html", {"form": form})


def change(request: UserRequest, pk: UUID) -> HttpResponse:
    customer = get_editable(Customer.objects.all(), request.user, pk=pk)
    form = CustomerForm(request.POST or None, instance=customer, user=request.user)
    if request.method == "POST" and form.saves(
        lambda: customers.change(customer=form.instance, by=request.user, version=form.edited_version)
    ):
        messages.success(request, _("The profile is saved."))
        return redirect("profiles:customer-profile", pk=pk)
    return render(request, "profiles/customer/form.html", {"form": form, "customer": customer})


@require_POST
def mark_reviewed(request: UserRequest, pk: UUID) -> HttpResponse:
    customer = get_editable(Customer.objects.all(), request.user, pk=pk)
    try:
        customers.mark_reviewed(customer=customer, on=today(), by=request.user, version=posted_version(request))
    except StaleVersion:
        messages.warning(request, _("Somebody changed the profile meanwhile: look at it again before you confirm it."))
    else:
        messages.success(request, _("The profile is marked as reviewed today."))
    return redirect("profiles:customer-profile", pk=pk)


@require_POST
def take_into_care(request: UserRequest, pk: UUID) -> HttpResponse:
    customer = get_editable(Customer.objects.all(), request.user, pk=pk)
    try:
        customers.take_into_care(customer=customer, on=today(), by=request.user, version=customer.version)
    except (StaleVersion, WrongState) as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("%(name)s is in care: its findings reach the worklist.") % {"name": customer})
    return redirect("profiles:customer-profile", pk=pk)


def history(request: UserRequest, pk: UUID) -> HttpResponse:
    customer = get_visible(Customer.objects.all(), request.user, pk=pk)
    if request.GET.get("view") == "fields":
        shown: dict[str, Any] = {"states": states_of(customer)}
    else:
        page = page_of(timeline.entries_of_customer(customer.pk), request)
        shown = {"page": page, "entries": timeline.worded(page.object_list)}
    return render(request, "profiles/customer/history.html", {"customer": customer, **shown})
