"""The list of customers, one customer's overview, and the search over everything."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from common.dates import today
from common.views import ordered, page_of
from desk.filters import CustomerFilter
from desk.selectors.customers import customer_rows, stage_counts

COLUMNS = {
    "name": ["name"],
    "manager": ["portfolio__manager__name", "name"],
    "tier": ["tier__rank", "name"],
    "policies": ["policies_in_force", "name"],
    "expiry": ["next_expiry", "name"],
    "open": ["open_findings", "name"],
}


def customer_list(request: HttpRequest) -> HttpResponse:
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
