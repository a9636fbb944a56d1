"""A customer's register of risks, one risk, and what is entered about it."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.requests import UserRequest
from accounts.selectors import timeline
from common.dates import today
from common.ui.charts import heat_map
from common.views import asked_words, get_editable, get_visible, page_of
from market.selectors.ratings import notch_name
from profiles.models import Customer, Location
from risk.filters import RegisterFilter
from risk.forms import CloseForm, ReopenForm, RiskForm
from risk.models import Risk
from risk.selectors import register as found
from risk.selectors.levels import KINDS, Scales, scales_of
from risk.selectors.losses import largest_losses, struck_by
from risk.services import risks

OF_PAGE = ("customer__portfolio", "category", "location")
"""What the pages of a risk show along with it."""
STATES = {"open": gettext_lazy("Open"), "closed": gettext_lazy("Closed"), "all": gettext_lazy("All")}
LOOKS = {
    "warnings": gettext_lazy("Levels or losses that do not add up"),
    "overdue": gettext_lazy("Controls overdue"),
    "untreated": gettext_lazy("No treatment yet"),
    "unassessed": gettext_lazy("Level not assessed"),
    "unknown": gettext_lazy("Largest loss unknown"),
}
LISTED_EXPOSURES = 30
"""How many exposures the page of a risk lists; the others are counted."""
CELL = re.compile(r"([1-5])x([1-5])")


def register(request: UserRequest, pk: UUID) -> HttpResponse:
    """The open risks, or `?state=closed` or `all`; with `?cell=2x5` those of one cell of the map.

    The map counts by the level now, or with `?map=residual` by the one when all is done.
    """
    customer = get_visible(Customer.objects.all(), request.user, pk=pk)
    on, scales = today(), scales_of(customer)
    narrowed = RegisterFilter(request.GET, queryset=found.register_rows(customer, on), request=request)
    by_state = found.by_state(narrowed.qs, on)
    state = one_of(STATES, request.GET.get("state"), "open")
    lines = found.lines(by_state[state], customer, on)
    kind = "residual" if request.GET.get("map") == "residual" else "current"
    cell, look = asked_cell(request), one_of(found.LOOKS, request.GET.get("look"), "")
    shown = [
        line
        for line in lines
        if (cell is None or found.cell_of(line.risk, kind) == cell) and (not look or found.LOOKS[look](line))
    ]
    is_filtered = any(request.GET.get(name) for name in narrowed.filters)
    return render(
        request,
        "risk/risk/list.html",
        {
            "customer": customer,
            "today": on,
            "page": page_of(found.in_order(shown, request.GET.get("sort", "")), request),
            "chips": [
                {"value": value, "label": label, "count": len(by_state[value]), "is_current": value == state}
                for value, label in STATES.items()
            ],
            "looks": [
                {"value": value, "label": label, "count": count, "is_current": value == look}
                for value, label in LOOKS.items()
                if (count := sum(found.LOOKS[value](line) for line in lines)) or value == look
            ],
            "selects": [narrowed.form[name] for name in ("category", "treatment")],
            "words": asked_words(request),
            "is_narrowed": is_filtered or cell is not None or bool(look),
            "is_empty": not by_state["all"] and not is_filtered,
            "map": drawn_map(request, lines, scales, kind, cell) if lines else None,
            "map_kind": kind,
            "cell_words": scales.meaning(*cell) if cell else "",
            "may_edit": request.user.reach.may_edit(customer.portfolio_id),
        },
    )


def one_of(words: Any, asked: str | None, otherwise: str) -> str:
    """What was asked for, if it is one of the words."""
    return asked if asked is not None and asked in words else otherwise


def asked_cell(request: UserRequest) -> tuple[int, int] | None:
    """The cell in `?cell=2x5`, as (likelihood, consequence); nonsense means none."""
    asked = CELL.fullmatch(request.GET.get("cell", ""))
    return (int(asked[1]), int(asked[2])) if asked else None


def drawn_map(
    request: UserRequest, lines: Sequence[found.Line], scales: Scales, kind: str, chosen: tuple[int, int] | None
) -> heat_map.Picture:
    """The map of the lines, each cell leading to its risks, the chosen one back to all of them."""

    def url(likelihood: int, consequence: int) -> str:
        query = request.GET.copy()
        query.pop("page", None)
        query["cell"] = f"{likelihood}x{consequence}"
        if (likelihood, consequence) == chosen:
            del query["cell"]
        return f"?{query.urlencode()}#risks"

    return heat_map.picture(
        found.spread((line.risk for line in lines), kind),
        likelihood=[step.words for step in scales.likelihood],
        consequence=[step.words for step in scales.consequence],
        label=_("Risks by their level now") if kind == "current" else _("Risks by their level when all is done"),
        url=url,
        chosen=chosen,
    )


def risk(request: UserRequest, pk: UUID) -> HttpResponse:
    shown = get_visible(Risk.objects.select_related(*OF_PAGE), request.user, pk=pk)
    customer, on = shown.customer, today()
    scales = scales_of(customer)
    largest = largest_losses([shown], customer, on)[shown.pk]
    struck = struck_by(shown, customer, on, most=LISTED_EXPOSURES)
    controls = list(found.controls_of(shown))
    page = page_of(found.entries_of_risk(shown), request, size=found.SHOWN_ENTRIES)
    return render(
        request,
        "risk/risk/detail.html",
        {
            "risk": shown,
            "customer": customer,
            "today": on,
            "levels": levels(shown, scales),
            "largest": largest,
            "struck": struck,
            "struck_further": shown.exposures.count() - len(struck) if len(struck) == LISTED_EXPOSURES else 0,
            "warnings": found.warnings(shown, largest, customer),
            "controls": controls,
            "overdue": found.overdue(controls, on),
            "floor": notch_name(shown.security_floor),
            "page": page,
            "entries": timeline.worded(page.object_list),
            "may_edit": request.user.reach.may_edit(customer.portfolio_id),
        },
    )


def levels(of: Risk, scales: Scales) -> list[dict[str, Any]]:
    """The three levels of a risk with what they mean in the customer's words."""
    labels = (_("Without controls"), _("Now"), _("When all is done"))
    return [
        {
            "label": label,
            "level": of.level(kind),
            "meaning": scales.meaning(getattr(of, f"{kind}_likelihood"), getattr(of, f"{kind}_consequence")),
        }
        for label, kind in zip(labels, KINDS, strict=True)
    ]


def add(request: UserRequest, pk: UUID) -> HttpResponse:
    """With `?location=` the form begins with that location of the customer."""
    customer = get_editable(Customer.objects.all(), request.user, pk=pk)
    form = RiskForm(
        request.POST or None,
        instance=Risk(customer=customer),
        user=request.user,
        initial={"currency": customer.currency},
        at=asked_location(request, customer),
    )
    if request.method == "POST" and form.saves(
        lambda: risks.add(risk=form.instance, exposures=form.cleaned_data["exposures"], by=request.user)
    ):
        messages.success(request, _("%(name)s is added to the register.") % {"name": form.instance})
        return redirect("risk:risk", pk=form.instance.pk)
    return render(request, "risk/risk/form.html", {"form": form, "customer": customer})


def asked_location(request: UserRequest, customer: Customer) -> Location | None:
    """The customer's location in `?location=`; nonsense, and those of others, mean none."""
    try:
        key = UUID(request.GET.get("location", ""))
    except ValueError:
        return None
    return Location.objects.filter(customer=customer, pk=key).first()


def change(request: UserRequest, pk: UUID) -> HttpResponse:
    changed = get_editable(Risk.objects.select_related(*OF_PAGE), request.user, pk=pk)
    form = RiskForm(
        request.POST or None,
        instance=changed,
        user=request.user,
        at=asked_location(request, changed.customer),
    )
    if request.method == "POST" and form.saves(
        lambda: risks.change(
            risk=form.instance,
            exposures=form.cleaned_data.get("exposures"),
            by=request.user,
            version=form.edited_version,
        )
    ):
        messages.success(request, _("%(name)s is saved.") % {"name": form.instance})
        return redirect("risk:risk", pk=pk)
    return render(request, "risk/risk/form.html", {"form": form, "risk": changed, "customer": changed.customer})


def close(request: UserRequest, pk: UUID) -> HttpResponse:
    shown = get_editable(Risk.objects.select_related(*OF_PAGE), request.user, pk=pk)
    form = CloseForm(request.POST or None, row=shown, initial={"day": today()})
    if request.method == "POST" and form.saves(
        lambda: risks.close(
            risk=shown,
            day=form.cleaned_data["day"],
            reason=form.cleaned_data["reason"],
            by=request.user,
            version=form.cleaned_data["version"],
            on=today(),
        )
    ):
        messages.success(request, _("%(name)s is closed.") % {"name": shown})
        return redirect("risk:risk", pk=pk)
    return act_page(
        request,
        shown,
        form,
        title=_("Close the risk"),
        lead=_("It no longer stands against the customer. It stays to be read and can be reopened."),
        act=_("Close the risk"),
    )


def reopen(request: UserRequest, pk: UUID) -> HttpResponse:
    shown = get_editable(Risk.objects.select_related(*OF_PAGE), request.user, pk=pk)
    form = ReopenForm(request.POST or None, row=shown)
    if request.method == "POST" and form.saves(
        lambda: risks.reopen(
            risk=shown,
            reason=form.cleaned_data["reason"],
            by=request.user,
            version=form.cleaned_data["version"],
        )
    ):
        messages.success(request, _("%(name)s is open again.") % {"name": shown})
        return redirect("risk:risk", pk=pk)
    return act_page(
        request,
        shown,
        form,
        title=_("Reopen the risk"),
        lead=_("It counts again from now on, with the levels and figures it was closed with."),
        act=_("Reopen the risk"),
    )


def act_page(request: UserRequest, shown: Risk, form: Any, **words: str) -> HttpResponse:
    return render(request, "risk/risk/act.html", {"form": form, "risk": shown, "customer": shown.customer, **words})
