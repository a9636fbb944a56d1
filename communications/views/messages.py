"""One message as it went out, and sending it again."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import UserRequest
from common.exceptions import StaleVersion, WrongState
from common.views import get_editable, get_visible, posted_version
from communications.models import Message
from communications.services import outbox


def detail(request: UserRequest, pk: UUID) -> HttpResponse:
    message = get_visible(
        Message.objects.select_related("customer__portfolio", "update", "contact"), request.user, pk=pk
    )
    return render(
        request,
        "communications/message/detail.html",
        {
            "message": message,
            "customer": message.customer,
            "may_edit": request.user.reach.may_edit(message.customer.portfolio_id),
        },
    )


@require_POST
def send_again(request: UserRequest, pk: UUID) -> HttpResponse:
    message = get_editable(Message.objects.all(), request.user, pk=pk)
    try:
        outbox.send_again(message=message, by=request.user, version=posted_version(request))
    except (StaleVersion, WrongState):
        messages.warning(request, _("The state of this message changed meanwhile: look at it again first."))
    else:
        messages.success(request, _("The letter waits to be sent again, as the same message."))
    return redirect("communications:message-detail", pk=pk)
