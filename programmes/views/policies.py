"""Policies: listed, shown as at any day, entered, changed, what stands under them, and their history."""

import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.requests import UserRequest
from accounts.selectors import timeline
from common.dates import add_months, today
from common.ui.charts.tower_picture import picture
from common.views import get_editable, get_visible, ordered, page_of
from market.models import ClassMode
from profiles.models import Customer
from programmes.filters import PolicyFilter
from programmes.forms import PolicyForm
from programmes.models import PARENT_KINDS, Policy, PolicyInsured, PolicyState, Renewal
from programmes.selectors.erosion import erosion
from programmes.selectors.policies import contracts_under, entries_of_policy, policy_rows, state_counts
from programmes.selectors.towers import towers_showing
from programmes.selectors.versions import SectionOn, sections_on
from programmes.services import policies
from programmes.views.days import asked_day

COLUMNS = {
    "number": ["number"],
    "customer": ["customer__name", "number"],
    "class": ["class_of_business__rank", "number"],
    "premium": ["currency", "premium", "number"],
    "inception": ["inception_date", "number"],
    "expiry": ["expiry_date", "number"],
    "next": ["has_ended", "expiry_date", "number"],
}
SOON = 45
"""Days ahead of its expiry from which the list also says how soon a policy ends."""
ONE_DAY = datetime.timedelta(days=1)
OF_PAGE = ("customer", "class_of_business", "parent_contract", "renewal_policy__renewal")
"""What the head of every page of a policy shows along with it."""


def policy_list(request: UserRequest) -> HttpResponse:
    rows = policy_rows(request.user, on=today())
    narrowed = PolicyFilter(request.GET, queryset=rows, request=request)
    of_any_state = request.GET.copy()
    of_any_state.pop("state", None)
    counts = state_counts(PolicyFilter(of_any_state, queryset=rows, request=request).qs)
    state = request.GET.get("state", "")
    chips = [
        {"value": value, "label": label, "count": counts[value], "is_current": value == state}
        for value, label in [("", _("All")), *PolicyState.choices]
    ]
    return render(
        request,
        "programmes/policy/list.html",
        {
            "selects": [narrowed.form[name] for name in ("class", "insurer", "expires_within", "currency")],
            "chips": chips,
            "page": page_of(ordered(narrowed.qs, request, COLUMNS, "next"), request),
            "words": request.GET.get("q", ""),
            "is_narrowed": any(request.GET.get(name) for name in narrowed.filters),
            "today": today(),
            "soon": today() + datetime.timedelta(days=SOON),
        },
    )


def policy(request: UserRequest, pk: UUID) -> HttpResponse:
    """The policy as at `?on=`; with `?beside=` what differs from that day is marked."""
    shown = get_visible(
        Policy.objects.select_related(*OF_PAGE).prefetch_related(
            Prefetch("insureds", PolicyInsured.objects.select_related("insured").order_by("insured__name", "pk"))
        ),
        request.user,
        pk=pk,
    )
    asked = asked_day(request, "on")
    on = asked or nearest_day(shown, today())
    beside = asked_day(request, "beside")
    sections = sections_on(shown, on=on, beside=beside)
    show_erosion(sections, on)
    marks = {row.section.pk: row.difference for row in sections if row.difference}
    classes = {row.section.class_of_business for row in sections} or {shown.class_of_business}
    towers = towers_showing(shown, classes, on=on, marks=marks)
    return render(
        request,
        "programmes/policy/detail.html",
        page_context(request, shown, on=asked)
        | {
            "on": on,
            "state_on": shown.state(on),
            "beside": beside,
            "is_today": on == today(),
            "sections": sections,
            "has_terms": any(row.terms for row in sections),
            "days": change_days(shown, sections, on),
            "has_tower": any(each.class_of_business.mode == ClassMode.TOWER for each in towers),
            "towers": [
                {
                    "tower": tower,
                    "picture": picture(tower.tower, key=f"tower-{tower.key}"),
                    "is_outlined": any(layer.is_marked for layer in tower.tower.layers),
                }
                for tower in towers
            ],
        },
    )


def history(request: UserRequest, pk: UUID) -> HttpResponse:
    shown = get_visible(Policy.objects.select_related(*OF_PAGE), request.user, pk=pk)
    page = page_of(entries_of_policy(shown), request)
    return render(
        request,
        "programmes/policy/history.html",
        page_context(request, shown) | {"page": page, "entries": timeline.worded(page.object_list)},
    )


def under(request: UserRequest, pk: UUID) -> HttpResponse:
    """What stands under a master policy, an open cover or a lineslip."""
    shown = get_visible(Policy.objects.select_related(*OF_PAGE), request.user, pk=pk)
    rows = contracts_under(shown, request.user, on=today())
    return render(
        request, "programmes/policy/under.html", page_context(request, shown) | {"page": page_of(rows, request)}
    )


def add(request: UserRequest, customer_pk: UUID) -> HttpResponse:
    """With `?after=` the policy that follows another one of the customer, begun from what that one says."""
    customer = get_editable(Customer.objects.all(), request.user, pk=customer_pk)
    before = followed_policy(request, customer)
    form = PolicyForm(
        request.POST or None,
        instance=Policy(customer=customer),
        user=request.user,
        initial=new_policy(customer) if before is None else next_policy(before),
    )
    if request.method == "POST" and form.saves(
        lambda: policies.add(policy=form.instance, by=request.user, following=before)
    ):
        added = {"policy": form.instance, "before": before}
        if before is not None:
            messages.success(
                request, _("%(policy)s is added with the terms of %(before)s. Check them, then bind it.") % added
            )
            return redirect("programmes:policy", pk=form.instance.pk)
        messages.success(request, _("%(policy)s is added. Give it its first section.") % added)
        return redirect("programmes:section-add", pk=form.instance.pk)
    return render(request, "programmes/policy/form.html", {"form": form, "customer": customer, "before": before})


def followed_policy(request: UserRequest, customer: Customer) -> Policy | None:
    """The policy in `?after=`. Raises Http404 where the customer has none such, PermissionDenied where only seen."""
    asked = request.GET.get("after")
    if not asked:
        return None
    try:
        pk = UUID(asked)
    except ValueError:
        raise Http404 from None
    found: Policy = get_editable(Policy.objects.filter(customer=customer), request.user, pk=pk)
    return found


def new_policy(customer: Customer) -> dict[str, Any]:
    """What the form of a new policy starts with: a year from today."""
    return {
        "currency": customer.currency,
        "inception_date": today(),
        "expiry_date": add_months(today(), 12) - ONE_DAY,
    }


def next_policy(before: Policy) -> dict[str, Any]:
    """What the form of a following policy starts with: the same, from the day after, for as long, not bound."""
    last = before.last_day_of_cover
    inception = today() if last is None else last + ONE_DAY
    return {
        "number": before.number,
        "class_of_business": before.class_of_business_id,
        "kind": before.kind,
        "parent_contract": before.parent_contract_id,
        "insured_name": before.insured_name,
        "currency": before.currency,
        "is_renewable": before.is_renewable,
        "inception_date": inception,
        "expiry_date": same_length(before, inception),
        "review_date": None if before.expiry_date else add_months(inception, 12),
    }


def change(request: UserRequest, pk: UUID) -> HttpResponse:
    shown = get_editable(Policy.objects.select_related("customer"), request.user, pk=pk)
    form = PolicyForm(request.POST or None, instance=shown, user=request.user)
    if request.method == "POST" and form.saves(
        lambda: policies.change(policy=form.instance, by=request.user, version=form.edited_version)
    ):
        messages.success(request, _("%(policy)s is saved.") % {"policy": form.instance})
        return redirect("programmes:policy", pk=pk)
    return render(
        request,
        "programmes/policy/form.html",
        {"form": form, "customer": shown.customer, "policy": Policy.objects.get(pk=pk)},
    )


def page_context(request: UserRequest, shown: Policy, *, on: datetime.date | None = None) -> dict[str, Any]:
    """What the header of every page of a policy shows; `on` is the day asked for where it is not today."""
    held = getattr(shown, "renewal_policy", None)
    renewal: Renewal | None = held.renewal if held else None
    return {
        "policy": shown,
        "customer": shown.customer,
        "today": today(),
        "state": shown.state(today()),
        "header_day": on or today(),
        "header_state": shown.state(on or today()),
        "days_left": None if (last := shown.last_day_of_cover) is None else (last - today()).days,
        "renewal": renewal,
        "has_under": any(shown.kind in kinds for kinds in PARENT_KINDS.values()),
        "may_edit": request.user.reach.may_edit(shown.customer.portfolio_id),
    }


def show_erosion(sections: list[SectionOn], on: datetime.date) -> None:
    """Sets on each section whose aggregate is limited how far claims used it by the day, as `section.erosion`."""
    limited = [row.section for row in sections if row.terms and row.terms.aggregate_limit is not None]
    found = erosion(limited, on)
    for section in limited:
        section.erosion = found.get(section.pk)  # type: ignore[attr-defined]


def nearest_day(shown: Policy, day: datetime.date) -> datetime.date:
    """The day itself while the policy runs, else the nearest such day: a page begins with cover to read."""
    last = shown.last_day_of_cover
    return max(day if last is None else min(day, last), shown.inception_date)


def same_length(before: Policy, inception: datetime.date) -> datetime.date | None:
    """The last day of a policy as long as another: in months where that one runs for whole months, else in days.
    None where that one runs on without expiry.

    From 29 February a year ends on 28 February: a day that its month has not counts as the month's last.
    """
    if before.expiry_date is None:
        return None
    end = before.expiry_date + ONE_DAY
    began = before.inception_date
    months = (before.expiry_date.year - began.year) * 12 + before.expiry_date.month - began.month
    for whole in (months, months + 1):
        anniversary = add_months(began, whole)
        is_cut_short = anniversary.day < began.day
        if whole and (anniversary == end or (is_cut_short and anniversary == before.expiry_date)):
            return add_months(inception, whole) - ONE_DAY
    return inception + (before.expiry_date - before.inception_date)


def change_days(shown: Policy, sections: list[SectionOn], on: datetime.date) -> list[dict[str, Any]]:
    """The days from which the policy reads otherwise, each with the day before to compare it with, save the first."""
    begins = {terms.first_day for row in sections for terms in row.versions}
    after_ends = {terms.last_day + ONE_DAY for row in sections for terms in row.versions if terms.last_day}
    firsts = sorted(begins | {day for day in after_ends if shown.covers(day)})
    return [
        {
            "day": day,
            "is_end": day not in begins,
            "before": day - ONE_DAY if at else None,
            "is_current": day <= on and (at + 1 == len(firsts) or on < firsts[at + 1]),
        }
        for at, day in enumerate(firsts)
    ]
