"""A customer's register of risks, and one risk."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from accounts.requests import UserRequest
from common.views import get_visible
from profiles.models import Customer
from risk.models import Risk


def register(request: UserRequest, pk: UUID) -> HttpResponse:
    customer = get_visible(Customer.objects.all(), request.user, pk=pk)
    return render(request, "risk/risk/list.html", {"customer": customer})


def risk(request: UserRequest, pk: UUID) -> HttpResponse:
    shown = get_visible(Risk.objects.select_related("customer", "category", "location"), request.user, pk=pk)
    return render(request, "risk/risk/detail.html", {"risk": shown, "customer": shown.customer})
