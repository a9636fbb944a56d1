"""Whether a customer's cover is enough: its risks against its classes of cover, and the counts by status."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from accounts.requests import UserRequest
from common.dates import today
from common.views import get_visible
from profiles.models import Customer
from programmes.models.adequacy import RiskStatus
from programmes.selectors.adequacy import adequacy_of
from programmes.selectors.adequacy_matrix import classes_in_force, counts_of, matrix_of
from programmes.views.days import asked_day


def matrix(request: UserRequest, customer_pk: UUID) -> HttpResponse:
    """`?as_at=` chooses the day, `?status=` the risks."""
    customer = get_visible(Customer.objects.select_related("portfolio__manager"), request.user, pk=customer_pk)
    on = asked_day(request, "as_at") or today()
    status = request.GET.get("status", "")
    if status not in RiskStatus.values:
        status = ""
    found = adequacy_of(customer.pk, on=on)
    return render(
        request,
        "programmes/adequacy/matrix.html",
        {
            "customer": customer,
            "on": on,
            "is_today": on == today(),
            "matrix": matrix_of(found, classes_in_force(customer, on=on), status=status),
            "status": status,
            "findings": found.findings,
        },
    )


def summary(request: UserRequest, customer_pk: UUID) -> HttpResponse:
    """The counts by status, for a panel of another page, which fetches them when it comes into sight."""
    customer = get_visible(Customer.objects.all(), request.user, pk=customer_pk)
    found = adequacy_of(customer.pk, on=today())
    return render(
        request,
        "programmes/adequacy/summary.html",
        {"customer": customer, "counts": counts_of(found), "findings": found.findings},
    )
