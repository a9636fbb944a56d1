"""Claims: listed, those of one customer, one claim with its figures, recorded, changed, closed and opened again."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.requests import UserRequest
from accounts.selectors import timeline
from common.dates import today
from common.ui.charts import areas
from common.views import asked_words, get_editable, get_visible, ordered, page_of
from profiles.models import Customer
from programmes.filters import ClaimFilter
from programmes.forms import ClaimForm, CloseForm, NewClaimForm, ReopenForm
from programmes.models import Claim, ClaimMovement
from programmes.selectors import claim_rules
from programmes.selectors import claims as found
from programmes.selectors.erosion import erosion
from programmes.services import claims
from programmes.views.days import asked_day

COLUMNS = {
    "reference": ["reference"],
    "customer": ["customer__name", "reference"],
    "class": ["section__class_of_business__rank", "-lost_on"],
    "lost": ["lost_on", "reference"],
    "outstanding": ["currency", "outstanding", "reference"],
    "paid": ["currency", "paid", "reference"],
    "incurred": ["currency", "incurred", "reference"],
    "state": ["-is_open", "-lost_on"],
}
LATEST = 12
"""Entries of the record that the page of a claim shows."""


@require_safe
def claim_list(request: UserRequest) -> HttpResponse:
    on = asked_day(request, "on") or today()
    narrowed = ClaimFilter(request.GET, queryset=found.claim_rows(request.user, on=on), request=request)
    sums = found.sums(narrowed.of_any_state())
    state = narrowed.form.cleaned_data.get("state") or ""
    return render(
        request,
        "programmes/claim/list.html",
        {
            "on": on,
            "is_today": on == today(),
            "selects": [narrowed.form[name] for name in ("class", "insurer", "year")],
            "chips": chips(sums, state),
            "page": page_of(ordered(narrowed.qs, request, COLUMNS, "-lost"), request),
            "totals": sums.totals(state),
            "words": asked_words(request),
            "is_narrowed": any(request.GET.get(name) for name in narrowed.filters),
            "customer": narrowed.form.cleaned_data.get("customer"),
            "currency": narrowed.form.cleaned_data.get("currency"),
            "may_add": may_bring_in(request),
        },
    )


@require_safe
def of_customer(request: UserRequest, customer_pk: UUID) -> HttpResponse:
    customer = get_visible(Customer.objects.all(), request.user, pk=customer_pk)
    on = asked_day(request, "on") or today()
    rows = found.claim_rows(request.user, on=on).filter(customer=customer)
    sums = found.sums(rows)
    state = request.GET.get("state", "") if request.GET.get("state") in (found.OPEN, found.CLOSED) else ""
    shown = rows.filter(is_open=state == found.OPEN) if state else rows
    eroded = found.eroded(customer, on=on)
    return render(
        request,
        "programmes/claim/customer.html",
        {
            "customer": customer,
            "on": on,
            "is_today": on == today(),
            "chips": chips(sums, state),
            "all_claims": sums.counts()[""],
            "page": page_of(ordered(shown, request, COLUMNS, "-lost"), request),
            "totals": sums.totals(state),
            "open_totals": sums.totals(found.OPEN),
            "eroded": [row for row in eroded if row.erosion.claims],
            "untouched": [row for row in eroded if not row.erosion.claims],
            "may_edit": request.user.reach.may_edit(customer.portfolio_id),
        },
    )


@require_safe
def claim(request: UserRequest, pk: UUID) -> HttpResponse:
    rows = Claim.objects.select_related(
        "customer", "section__policy", "section__class_of_business", "category", "location"
    )
    shown = get_visible(rows, request.user, pk=pk)
    policy = shown.section.policy
    movements = list(found.movements_of(shown))
    versions = list(shown.section.versions.all())
    counted_on = claim_rules.counted_day(shown, policy, versions)
    return render(
        request,
        "programmes/claim/detail.html",
        {
            "claim": shown,
            "customer": shown.customer,
            "policy": policy,
            "movements": movements,
            "latest": movements[0] if movements else None,
            "chart": movements_chart(shown, movements),
            "erosion": erosion([shown.section_id], counted_on, known_on=today()).get(shown.section_id),
            "counted_on": counted_on,
            "uncovered": claim_rules.cover_fault(shown, policy, versions),
            "entries": timeline.worded(found.entries_of_claim(shown)[:LATEST]),
            "may_edit": request.user.reach.may_edit(shown.customer.portfolio_id),
        },
    )


def add(request: UserRequest, customer_pk: UUID) -> HttpResponse:
    """With `?section=` that section is chosen already."""
    customer = get_editable(Customer.objects.all(), request.user, pk=customer_pk)
    form = NewClaimForm(
        request.POST or None,
        instance=Claim(customer=customer),
        user=request.user,
        initial={"stood_on": today(), "section": request.GET.get("section", "")},
    )
    if request.method == "POST" and form.saves(
        lambda: claims.add(claim=form.instance, figures=form.figures, by=request.user, on=today())
    ):
        messages.success(request, _("%(claim)s is recorded.") % {"claim": form.instance})
        return redirect("programmes:claim", pk=form.instance.pk)
    return render(request, "programmes/claim/form.html", {"form": form, "customer": customer})


def change(request: UserRequest, pk: UUID) -> HttpResponse:
    shown = get_editable(Claim.objects.select_related("customer", "section__policy"), request.user, pk=pk)
    form = ClaimForm(request.POST or None, instance=shown, user=request.user)
    reference = shown.reference
    if request.method == "POST" and form.saves(
        lambda: claims.change(claim=form.instance, by=request.user, version=form.edited_version, on=today())
    ):
        messages.success(request, _("%(claim)s is saved.") % {"claim": form.instance})
        return redirect("programmes:claim", pk=pk)
    return render(
        request,
        "programmes/claim/form.html",
        {"form": form, "customer": shown.customer, "claim": shown, "reference": reference},
    )


def close(request: UserRequest, pk: UUID) -> HttpResponse:
    shown = get_editable(Claim.objects.select_related("customer", "section__policy"), request.user, pk=pk)
    latest = found.movements_of(shown).first()
    form = CloseForm(
        request.POST or None, row=shown, initial={"closed_on": today(), "paid": latest.paid if latest else None}
    )
    if request.method == "POST" and form.saves(
        lambda: claims.close(
            claim=shown,
            closed_on=form.cleaned_data["closed_on"],
            paid=form.cleaned_data["paid"],
            by=request.user,
            version=form.cleaned_data["version"],
            on=today(),
        )
    ):
        messages.success(request, _("%(claim)s is closed.") % {"claim": shown})
        return redirect("programmes:claim", pk=pk)
    return render(
        request,
        "programmes/claim/act.html",
        {
            "form": form,
            "claim": shown,
            "latest": latest,
            "title": _("Close %(claim)s") % {"claim": shown},
            "lead": _("Figures as at that day say what was paid in all, with nothing outstanding."),
            "act": _("Close the claim"),
        },
    )


def reopen(request: UserRequest, pk: UUID) -> HttpResponse:
    shown = get_editable(Claim.objects.select_related("customer", "section__policy"), request.user, pk=pk)
    form = ReopenForm(request.POST or None, row=shown)
    if request.method == "POST" and form.saves(
        lambda: claims.reopen(
            claim=shown, reason=form.cleaned_data["reason"], by=request.user, version=form.cleaned_data["version"]
        )
    ):
        messages.success(request, _("%(claim)s is open again. Give its figures as they stand now.") % {"claim": shown})
        return redirect("programmes:claim", pk=pk)
    return render(
        request,
        "programmes/claim/act.html",
        {
            "form": form,
            "claim": shown,
            "title": _("Reopen %(claim)s") % {"claim": shown},
            "lead": _("Its figures stay as they are until new ones are given."),
            "act": _("Reopen the claim"),
        },
    )


def chips(sums: found.Sums, state: str) -> list[dict[str, Any]]:
    """The states to narrow by, each with how many there are."""
    counts = sums.counts()
    return [
        {"value": value, "label": label, "count": counts[value], "is_current": value == state}
        for value, label in [("", _("All")), (found.OPEN, _("Open")), (found.CLOSED, _("Closed"))]
    ]


def movements_chart(shown: Claim, movements: list[ClaimMovement]) -> areas.Areas | None:
    """What was paid and outstanding from the first figures to today, or to the end of a closed claim."""
    if not movements:
        return None
    in_order = movements[::-1]
    return areas.draw(
        [row.stood_on for row in in_order],
        [
            areas.Part(_("Paid"), [row.paid for row in in_order], tint=1),
            areas.Part(_("Outstanding"), [row.outstanding for row in in_order], tint=3),
        ],
        until=max(shown.closed_on, movements[0].stood_on) if shown.closed_on else today(),
        label=_("Paid and outstanding over time"),
    )


def may_bring_in(request: UserRequest) -> bool:
    """Whether there is a portfolio at all whose claims the user may change."""
    return request.user.reach.editable is None or bool(request.user.reach.editable)
