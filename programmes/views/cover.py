"""The cover of a customer: its towers by class and currency, and its policies."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from accounts.requests import UserRequest
from common.dates import today
from common.ui.charts.tower_picture import picture
from common.views import get_visible
from profiles.models import Customer
from programmes.models import PolicyState
from programmes.selectors.comparing import compared
from programmes.selectors.policies import policies_of
from programmes.selectors.towers import towers_of
from programmes.views.days import asked_day

GROUPS = [
    [PolicyState.IN_FORCE],
    [PolicyState.COMING, PolicyState.NOT_BOUND],
    [PolicyState.EXPIRED, PolicyState.CANCELLED],
]


def cover(request: UserRequest, customer_pk: UUID) -> HttpResponse:
    """`?class=` and `?currency=` choose the tower that is drawn, `?on=` the day; with `?beside=` what differs from that
    day is said and marked."""
    customer = get_visible(Customer.objects.select_related("portfolio__manager"), request.user, pk=customer_pk)
    on = asked_day(request, "on") or today()
    beside = asked_day(request, "beside")
    comparison = compared(customer, on=on, beside=beside) if beside and beside != on else None
    towers = comparison.towers if comparison else towers_of(customer, on=on)
    wanted = f"{request.GET.get('class', '')}-{request.GET.get('currency', '')}"
    chosen = next((found for found in towers if found.key == wanted), towers[0] if towers else None)
    policies = list(policies_of(customer, on=on))
    groups = [
        {"states": states, "policies": [policy for policy in policies if policy.state_on in states]}
        for states in GROUPS
    ]
    return render(
        request,
        "programmes/cover/cover.html",
        {
            "customer": customer,
            "on": on,
            "is_today": on == today(),
            "beside": beside,
            "comparison": comparison,
            "towers": towers,
            "chosen": chosen,
            "picture": picture(chosen.tower, key=f"tower-{chosen.key}") if chosen else None,
            "groups": [group for group in groups if group["policies"]],
            "may_edit": request.user.reach.may_edit(customer.portfolio_id),
        },
    )
