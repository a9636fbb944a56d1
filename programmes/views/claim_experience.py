"""Experience by year and class, of one customer and of all that a user sees."""

import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.requests import UserRequest
from common.dates import today
from common.ui.charts import stacked
from common.views import get_visible
from profiles.models import Customer
from programmes.models import Policy
from programmes.selectors import claims, experience
from programmes.views.days import asked_day


@require_safe
def of_customer(request: UserRequest, customer_pk: UUID) -> HttpResponse:
    customer = get_visible(Customer.objects.all(), request.user, pk=customer_pk)
    on = asked_day(request, "on") or today()
    gathered = experience.gathered(
        Policy.objects.filter(customer=customer),
        claims.claim_rows(request.user, on=on).filter(customer=customer),
        on=on,
    )
    context = page_context(request, gathered, on=on, narrowed={"customer": str(customer.pk)})
    may_edit = request.user.reach.may_edit(customer.portfolio_id)
    return render(
        request, "programmes/claim/customer_experience.html", context | {"customer": customer, "may_edit": may_edit}
    )


@require_safe
def of_book(request: UserRequest) -> HttpResponse:
    on = asked_day(request, "on") or today()
    # Policies of the customers themselves: what others arranged for them brings no claims here, so no premium either.
    policies = request.user.reach.limit_visible(Policy.objects.all(), "customer__portfolio")
    gathered = experience.gathered(policies, claims.claim_rows(request.user, on=on), on=on)
    return render(request, "programmes/claim/experience.html", page_context(request, gathered, on=on, narrowed={}))


def page_context(
    request: UserRequest, gathered: experience.Gathered, *, on: datetime.date, narrowed: dict[str, str]
) -> dict[str, Any]:
    """What both pages show: in one currency of those there are, or all brought to the brokerage's."""
    currencies = gathered.currencies
    asked = request.GET.get("in", "")
    house = settings.HOUSE_CURRENCY
    if len(currencies) == 1:
        asked = currencies[0]
    own = asked if asked in currencies else ""
    shown = gathered.in_currency(own) if own else gathered.converted(house)
    chips = [{"value": "", "label": _("All, in %(currency)s") % {"currency": house}}]
    chips += [{"value": code, "label": _("%(currency)s alone") % {"currency": code}} for code in currencies]
    narrowed = narrowed | ({"currency": own} if own else {}) | ({"on": on.isoformat()} if on != today() else {})
    return {
        "on": on,
        "is_today": on == today(),
        "experience": shown,
        "is_converted": not own,
        "house": house,
        "chips": [chip | {"is_current": chip["value"] == own} for chip in chips] if len(currencies) > 1 else [],
        "picture": picture_of(shown, narrowed),
        "list_url": list_url(narrowed),
        "years": [
            {
                "year": year,
                "url": list_url(narrowed, year=year.year),
                "classes": [
                    (row, list_url(narrowed, **{"year": year.year, "class": row.class_of_business.code}))
                    for row in year.classes
                ],
            }
            for year in shown.years
        ],
    }


def picture_of(shown: experience.Experience, narrowed: dict[str, str]) -> stacked.Picture | None:
    """Paid and outstanding year by year beside the premium, the earliest first."""
    if not shown.years:
        return None
    return stacked.picture(
        [
            stacked.Column(
                str(year.year),
                (year.figures.paid, year.figures.outstanding),
                marker=year.figures.premium,
                url=list_url(narrowed, year=year.year),
            )
            for year in reversed(shown.years)
        ],
        names=(_("Paid"), _("Outstanding")),
        marker_name=_("Premium"),
        label=_("Claims beside premium by underwriting year"),
        currency=shown.currency,
    )


def list_url(narrowed: dict[str, str], **more: Any) -> str:
    """The list of the claims behind a figure."""
    query = QueryDict(mutable=True)
    query.update({**narrowed, **{name: str(value) for name, value in more.items()}})
    return f"{reverse('programmes:claims')}?{query.urlencode()}"
