"""Insurers and their groups with our business: listed, and the customers, premium and limits with one as at a day."""

import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.paginator import Page
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.requests import UserRequest
from common.dates import today
from common.views import get_visible, ordered, page_of
from market.filters import InsurerFilter
from market.models import Insurer, InsurerGroup
from market.selectors.ratings import SecurityNotch, securities
from profiles.models import Customer
from programmes.models import Policy
from programmes.selectors.insurers import Business, CarriedPolicy, business_by_insurer, business_with
from programmes.views.days import asked_day

COLUMNS = {
    "name": ["name"],
    "group": ["group__name", "name"],
    "country": ["country", "name"],
    "rating": ["notch", "name"],
}
BY_BUSINESS = {"customers", "premium", "limits"}
"""Columns that the list is sorted by in memory: their figures are sums over policies, and insurers are few."""
SIDES = ("customers", "policies")


def insurer_list(request: UserRequest) -> HttpResponse:
    on = today()
    rows = Insurer.objects.visible_to(request.user).select_related("group").annotate(notch=SecurityNotch("pk", on=on))
    narrowed = InsurerFilter(request.GET, rows)
    business = business_by_insurer(request.user, on=on)
    page = page_of(sorted_insurers(narrowed, business, request), request)
    rated = securities([row.pk for row in page], on)
    return render(
        request,
        "programmes/insurer/list.html",
        {
            "filter": narrowed,
            "page": page,
            "rows": [(row, rated.get(row.pk), business.get(row.pk)) for row in page],
            "house": settings.HOUSE_CURRENCY,
            "is_narrowed": any(request.GET.get(name) for name in narrowed.filters),
            "may_edit": request.user.reach.changes_reference_data,
        },
    )


def sorted_insurers(narrowed: InsurerFilter, business: dict[UUID, Business], request: UserRequest) -> list[Insurer]:
    """The insurers in the order that `?sort=` asks for; by our business with them the largest first, or last."""
    asked = request.GET.get("sort", "name")
    word = asked.removeprefix("-")
    if word not in BY_BUSINESS:
        return list(ordered(narrowed.qs, request, COLUMNS, "name"))
    figures = {pk: getattr(each, word) or 0 for pk, each in business.items()}
    return sorted(
        narrowed.qs.order_by("name", "pk"), key=lambda row: figures.get(row.pk, 0), reverse=asked.startswith("-")
    )


def business(request: UserRequest, pk: UUID) -> HttpResponse:
    """Our business with an insurer as at `?on=`, by customer or with `?by=policies` by policy."""
    shown = get_visible(Insurer.objects.select_related("group"), request.user, pk=pk)
    on = asked_day(request, "on") or today()
    return render(
        request,
        "programmes/insurer/business.html",
        business_context(request, [shown.pk], on)
        | {"insurer": shown, "rows_url": f"{reverse('programmes:policies')}?insurer={shown.pk}&state=IN_FORCE"},
    )


def group_list(request: UserRequest) -> HttpResponse:
    groups = list(InsurerGroup.objects.visible_to(request.user).order_by("name", "pk"))
    members: dict[UUID, list[Insurer]] = {group.pk: [] for group in groups}
    for insurer in Insurer.objects.filter(group__in=groups).order_by("name", "pk"):
        members[insurer.group_id].append(insurer)
    by_insurer = business_by_insurer(request.user, on=today())
    rows = [(group, members[group.pk], together(by_insurer, members[group.pk])) for group in groups]
    rows.sort(key=lambda row: -(row[2].premium or 0 if row[2] else 0))
    return render(
        request,
        "programmes/insurer/groups.html",
        {
            "rows": page_of(rows, request),
            "house": settings.HOUSE_CURRENCY,
        },
    )


def together(by_insurer: dict[UUID, Business], insurers: list[Insurer]) -> Business | None:
    """The business with these insurers as one. None where there is none."""
    found = [by_insurer[insurer.pk] for insurer in insurers if insurer.pk in by_insurer]
    if not found:
        return None
    return Business(found[0].conversion, [row for each in found for row in each.rows])


def group(request: UserRequest, pk: UUID) -> HttpResponse:
    """A group with its insurers and our business with all of them, as at `?on=`."""
    shown = get_visible(InsurerGroup.objects.all(), request.user, pk=pk)
    on = asked_day(request, "on") or today()
    members = list(Insurer.objects.filter(group=shown).order_by("name", "pk"))
    context = business_context(request, [row.pk for row in members], on)
    of_group: Business = context["business"]
    by_insurer: dict[UUID, Business] = {}
    for row in of_group.rows:
        by_insurer.setdefault(row.insurer_id, Business(of_group.conversion)).rows.append(row)
    rated = securities([row.pk for row in members], on)
    return render(
        request,
        "programmes/insurer/group.html",
        context
        | {
            "group": shown,
            "members": [(row, rated.get(row.pk), by_insurer.get(row.pk)) for row in members],
            "may_edit": request.user.reach.changes_reference_data,
        },
    )


def business_context(request: UserRequest, insurers: list[UUID], on: datetime.date) -> dict[str, Any]:
    """What the pages of an insurer and of a group show of our business with it."""
    found = business_with(request.user, on=on, insurers=insurers)
    side = request.GET.get("by", "")
    side = side if side in SIDES else SIDES[0]
    page = page_of(customers_first(found) if side == "customers" else policies_first(found), request)
    return {
        "on": on,
        "is_today": on == today(),
        "house": settings.HOUSE_CURRENCY,
        "business": found,
        "side": side,
        "page": page,
        "rows": customer_rows(page) if side == "customers" else policy_rows(page, found),
    }


def customers_first(found: Business) -> list[tuple[UUID, Business]]:
    """The customers with their business, the largest premium first; what cannot be converted last."""
    return sorted(
        found.by_customer().items(), key=lambda pair: (pair[1].premium is None, -(pair[1].premium or 0), pair[0])
    )


def policies_first(found: Business) -> list[CarriedPolicy]:
    """The carried policies, the largest premium in the house's currency first; what is not known last."""

    def weight(row: CarriedPolicy) -> tuple[bool, Any, UUID]:
        in_house = None if row.premium is None else found.conversion(row.premium, row.currency)
        return (in_house is None, -(in_house or 0), row.policy_id)

    return sorted(found.rows, key=weight)


def customer_rows(page: Page[tuple[UUID, Business]]) -> list[tuple[Customer, Business]]:
    customers = Customer.objects.in_bulk([pk for pk, _business in page])
    return [(customers[pk], each) for pk, each in page]


def policy_rows(page: Page[CarriedPolicy], found: Business) -> list[dict[str, Any]]:
    policies = {
        row.pk: row
        for row in Policy.objects.filter(pk__in=[row.policy_id for row in page]).select_related(
            "customer", "class_of_business"
        )
    }
    insurers = Insurer.objects.in_bulk({row.insurer_id for row in page})
    return [
        {
            "policy": policies[row.policy_id],
            "insurer": insurers[row.insurer_id],
            "carried": row,
            "premium_in_house": None if row.premium is None else found.conversion(row.premium, row.currency),
        }
        for row in page
    ]
