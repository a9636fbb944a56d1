"""Drafting a customer's update by hand, and taking today's figures into a draft."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import UserRequest
from common.dates import today
from common.exceptions import StaleVersion, WrongState
from common.views import get_editable, posted_version
from communications.models import Update
from communications.services.updates import NotWrittenTo
from profiles.models import Customer
from programmes.services import updates


@require_POST
def draft(request: UserRequest, customer_pk: UUID) -> HttpResponse:
    customer = get_editable(Customer.objects.all(), request.user, pk=customer_pk)
    try:
        update = updates.draft(customer=customer, on=today(), by=request.user)
    except NotWrittenTo:
        messages.error(request, _("This customer gets no letters: see the stage in its profile."))
        return redirect("communications:customer-messages", pk=customer_pk)
    return redirect("communications:update-detail", pk=update.pk)


@require_POST
def refresh(request: UserRequest, pk: UUID) -> HttpResponse:
    update = get_editable(Update.objects.all(), request.user, pk=pk)
    try:
        updates.refresh(update=update, on=today(), by=request.user, version=posted_version(request))
    except (StaleVersion, WrongState):
        messages.warning(request, _("Somebody changed this update meanwhile: read it again first."))
    else:
        messages.success(request, _("The draft shows today's figures. Words that somebody wrote are kept."))
    return redirect("communications:update-detail", pk=pk)
