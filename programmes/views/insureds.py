"""The insureds of a policy: seen, found among the customers and added, removed."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import UserRequest
from common.exceptions import StaleVersion
from common.views import asked_words, get_editable, get_visible, posted_version
from profiles.models import Customer
from programmes.models import Policy, PolicyInsured
from programmes.services import insureds as service
from programmes.views.policies import OF_PAGE, page_context

SHOWN = 20
"""Customers shown of those that a search finds."""


def insureds(request: UserRequest, pk: UUID) -> HttpResponse:
    """`?q=` searches the customers that the user sees; a POST adds the one whose key is in `insured`."""
    shown = get_editable(Policy.objects.select_related(*OF_PAGE), request.user, pk=pk)
    if request.method == "POST":
        try:
            key = UUID(request.POST.get("insured", ""))
        except ValueError:
            messages.error(request, _("Choose a customer first."))
            return redirect("programmes:insureds", pk=pk)
        insured = get_visible(Customer.objects.all(), request.user, pk=key)
        try:
            service.add(policy=shown, insured=insured, by=request.user)
        except ValidationError as refused:
            messages.error(request, " ".join(refused.messages))
        else:
            messages.success(request, _("%(customer)s is an insured now.") % {"customer": insured})
        return redirect("programmes:insureds", pk=pk)
    named = list(shown.insureds.select_related("insured").order_by("insured__name", "pk"))
    words = asked_words(request)
    found = Customer.objects.none()
    if words:
        taken = [shown.customer_id, *(row.insured_id for row in named)]
        found = Customer.objects.visible_to(request.user).matching(words).exclude(pk__in=taken).order_by("name", "pk")
    return render(
        request,
        "programmes/policy/insureds.html",
        page_context(request, shown) | {"insureds": named, "words": words, "found": found[:SHOWN]},
    )


@require_POST
def remove(request: UserRequest, pk: UUID) -> HttpResponse:
    named = get_editable(PolicyInsured.objects.select_related("insured"), request.user, pk=pk)
    try:
        service.remove(insured=named, by=request.user, version=posted_version(request))
    except StaleVersion:
        messages.error(request, _("Somebody changed it meanwhile: look at it again first."))
    else:
        messages.success(request, _("%(customer)s is no longer an insured.") % {"customer": named.insured})
    return redirect("programmes:insureds", pk=named.policy_id)
