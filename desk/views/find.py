"""One search over customers, policies, claims and insurers, for those a user may see."""

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import UserRequest
from common.dates import today
from common.views import asked_words
from market.models import Insurer
from profiles.models import Contact, Customer
from programmes.models import Claim, Policy

SHOWN = 12
"""Rows shown of each kind; the lists behind them show all."""


@require_safe
def find(request: UserRequest) -> HttpResponse:
    words = asked_words(request)
    found = {}
    if words:
        customers = Customer.objects.visible_to(request.user).matching(words)
        policies = Policy.objects.visible_to(request.user).filter(number__icontains=words).with_state(today())
        contacts = Contact.objects.visible_to(request.user).matching(words)
        claims = Claim.objects.visible_to(request.user).filter(
            Q(reference__icontains=words) | Q(insurer_reference__icontains=words)
        )
        insurers = Insurer.objects.visible_to(request.user).matching(words)
        found = {
            "customers": customers.order_by("name", "pk")[:SHOWN],
            "policies": policies.select_related("customer", "class_of_business").order_by("-expiry_date", "pk")[:SHOWN],
            "claims": claims.select_related("customer", "section__policy").order_by("-lost_on", "pk")[:SHOWN],
            "contacts": contacts.select_related("customer").order_by("name", "pk")[:SHOWN],
            "insurers": insurers.order_by("name", "pk")[:SHOWN],
        }
    return render(request, "desk/find.html", {"words": words, "any": any(found.values()), **found})
