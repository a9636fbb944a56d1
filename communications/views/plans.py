"""A customer's messages: how often it hears from us, what it was told, and the letters as they went out."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.requests import UserRequest
from common.dates import today
from common.views import get_editable, get_visible, page_of
from communications.forms import ContactPlanForm
from communications.models import ContactPlan, Message, UpdateState
from communications.selectors.recipients import is_written_to, recipients
from communications.selectors.updates import update_rows
from communications.services import plans
from profiles.models import Customer


def customer_messages(request: UserRequest, pk: UUID) -> HttpResponse:
    customer = get_visible(Customer.objects.select_related("portfolio", "contact_plan", "tier"), request.user, pk=pk)
    updates = list(update_rows(request.user).filter(customer=customer).order_by("-as_at", "-pk")[:24])
    return render(
        request,
        "communications/customer/messages.html",
        {
            "customer": customer,
            "may_edit": request.user.reach.may_edit(customer.portfolio_id),
            "plan": getattr(customer, "contact_plan", None),
            "is_written_to": is_written_to(customer),
            "recipients": recipients([customer.pk]).get(customer.pk, []),
            "updates": updates,
            "draft": next((update for update in updates if update.state == UpdateState.DRAFT), None),
            "page": page_of(Message.objects.filter(customer=customer).order_by("-created_at", "-pk"), request),
        },
    )


def plan(request: UserRequest, pk: UUID) -> HttpResponse:
    """The plan of a customer, changed; where it has none, entered, with what its tier suggests filled in."""
    customer = get_editable(Customer.objects.select_related("tier", "contact_plan"), request.user, pk=pk)
    found: ContactPlan | None = getattr(customer, "contact_plan", None)
    form = ContactPlanForm(
        request.POST or None,
        instance=found or plans.default_plan(customer=customer, on=today()),
        user=request.user,
    )

    def save() -> None:
        if found:
            plans.change(plan=form.instance, by=request.user, version=form.edited_version)
        else:
            plans.add(plan=form.instance, by=request.user)

    if request.method == "POST" and form.saves(save):
        messages.success(request, _("The plan is saved."))
        return redirect("communications:customer-messages", pk=pk)
    return render(request, "communications/plan/form.html", {"form": form, "customer": customer, "plan": found})
