"""The list of customers, one customer's overview, and the search over everything."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.requests import UserRequest
from common.dates import today
from common.views import get_visible, ordered, page_of
from desk.filters import CustomerFilter
from desk.selectors import overview
from desk.selectors.customers import customer_rows, stage_counts
from profiles.models import Customer
from programmes.selectors.claims import open_claims

COLUMNS = {
    "name": ["name"],
    "manager": ["portfolio__manager__name", "name"],
    "tier": ["tier__rank", "name"],
    "policies": ["policies_in_force", "name"],
    "expiry": ["next_expiry", "name"],
    "open": ["open_findings", "name"],
}


def customer_list(request: UserRequest) -> HttpResponse:
    rows = customer_rows(request.user, on=today())
    narrowed = CustomerFilter(request.GET, queryset=rows, request=request)
    unstaged = request.GET.copy()
    unstaged.pop("stage", None)
    counts = stage_counts(CustomerFilter(unstaged, queryset=rows, request=request).qs)
    stage = request.GET.get("stage", "")
    chips = [
        {"value": value, "label": label, "count": counts[value or "ALL"], "is_current": value == stage}
        for value, label in [("", _("All")), *narrowed.filters["stage"].extra["choices"]]
    ]
    return render(
        request,
        "desk/customer/list.html",
        {
            "filter": narrowed,
            "chips": chips,
            "page": page_of(ordered(narrowed.qs, request, COLUMNS, "name"), request),
            "words": request.GET.get("q", ""),
            "may_add": bool(request.user.reach.editable is None or request.user.reach.editable),
        },
    )


def customer(request: UserRequest, pk: UUID) -> HttpResponse:
    shown = get_visible(Customer.objects.select_related("portfolio__manager", "tier"), request.user, pk=pk)
    may_edit = request.user.reach.may_edit(shown.portfolio_id)
    findings = overview.open_findings(shown, may_edit=may_edit)
    classes = overview.classes_in_force(shown, on=today())
    return render(
        request,
        "desk/customer/overview.html",
        {
            "customer": shown,
            "may_edit": may_edit,
            "findings": findings,
            "looked_at": None if findings else overview.last_looked_at(shown),
            "classes": classes,
            "open_claims": open_claims(shown, on=today()),
            "outline": overview.outline(classes, on=today()),
            "contacts": overview.people_to_speak_with(shown),
            "plan": overview.contact_plan(shown),
            "latest": overview.latest_acts(shown),
        },
    )
