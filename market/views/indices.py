"""Value indices: listed with their latest figure, one shown with its picture, entered, its figures corrected."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import AuditEntry
from accounts.requests import UserRequest
from accounts.selectors import timeline
from common.dates import today
from common.exceptions import StaleVersion
from common.views import get_editable, get_visible, ordered, page_of, posted_version
from market.filters import ValueIndexFilter
from market.forms import ValueIndexFigureForm, ValueIndexForm
from market.models import ValueIndex, ValueIndexFigure
from market.selectors import index_series
from market.services import indices
from market.views.spans import asked_span, spans

COLUMNS = {"name": ["name"], "code": ["code"], "country": ["country", "name"], "publisher": ["publisher", "name"]}
ENTRIES = 20
"""How many entries of its record an index shows."""


def all_indices(request: UserRequest) -> HttpResponse:
    narrowed = ValueIndexFilter(request.GET, ValueIndex.objects.visible_to(request.user))
    page = page_of(ordered(narrowed.qs, request, COLUMNS, "name"), request)
    return render(
        request,
        "market/index/list.html",
        {
            "filter": narrowed,
            "page": page,
            "indices": index_series.quoted(page.object_list, today()),
            "may_edit": request.user.reach.changes_reference_data,
        },
    )


def index(request: UserRequest, pk: UUID) -> HttpResponse:
    shown = get_visible(ValueIndex.objects.all(), request.user, pk=pk)
    series = list(index_series.figures_of(shown))
    span = asked_span(request)
    first = index_series.since(span, today())
    page = page_of(series, request)
    at = page.start_index() - 1 if series else 0
    decimals = index_series.decimals_of(row.figure for row in page)
    return render(
        request,
        "market/index/detail.html",
        {
            "index": shown,
            "quoted": index_series.quote(shown, series[::-1]),
            "picture": index_series.picture(
                ((row.valid_from, row.figure) for row in reversed(series) if row.valid_from >= first),
                name=index_series.index_name(shown),
                label=_("%(name)s over time") % {"name": index_series.index_name(shown)},
            ),
            "spans": spans(request, span),
            "page": page,
            "figures": [
                (
                    row,
                    index_series.figure(row.figure, decimals),
                    row.figure / series[place + 1].figure - 1 if place + 1 < len(series) else None,
                )
                for place, row in enumerate(page.object_list, start=at)
            ],
            "entries": timeline.worded(AuditEntry.objects.of_object(shown)[:ENTRIES]),
            "may_edit": request.user.reach.changes_reference_data,
        },
    )


def add(request: UserRequest) -> HttpResponse:
    if not request.user.reach.changes_reference_data:
        raise PermissionDenied
    form = ValueIndexForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.saves(lambda: indices.add(index=form.instance, by=request.user)):
        messages.success(request, _("%(name)s is added. Give it its first figure.") % {"name": form.instance})
        return redirect("market:index-figure-add", pk=form.instance.pk)
    return render(request, "market/index/form.html", {"form": form})


def change(request: UserRequest, pk: UUID) -> HttpResponse:
    changed = get_editable(ValueIndex.objects.all(), request.user, pk=pk)
    form = ValueIndexForm(request.POST or None, instance=changed, user=request.user)
    if request.method == "POST" and form.saves(
        lambda: indices.change(index=form.instance, by=request.user, version=form.edited_version)
    ):
        messages.success(request, _("%(name)s is saved.") % {"name": form.instance})
        return redirect("market:index", pk=pk)
    return render(request, "market/index/form.html", {"form": form, "index": changed})


def add_figure(request: UserRequest, pk: UUID) -> HttpResponse:
    of_index = get_editable(ValueIndex.objects.all(), request.user, pk=pk)
    form = ValueIndexFigureForm(
        request.POST or None,
        instance=ValueIndexFigure(index=of_index),
        user=request.user,
        initial={"valid_from": today().replace(day=1)},
    )
    if request.method == "POST" and form.saves(
        lambda: indices.add_figure(figure=form.instance, by=request.user, on=today())
    ):
        messages.success(request, _("The figure is added."))
        return redirect("market:index", pk=pk)
    return render(request, "market/index/figure_form.html", {"form": form, "index": of_index})


def correct_figure(request: UserRequest, pk: UUID) -> HttpResponse:
    corrected = get_editable(ValueIndexFigure.objects.select_related("index"), request.user, pk=pk)
    form = ValueIndexFigureForm(request.POST or None, instance=corrected, user=request.user)
    if request.method == "POST" and form.saves(
        lambda: indices.correct_figure(figure=form.instance, by=request.user, version=form.edited_version, on=today())
    ):
        messages.success(request, _("The figure is corrected."))
        return redirect("market:index", pk=corrected.index_id)
    return render(
        request,
        "market/index/figure_form.html",
        {"form": form, "index": corrected.index, "figure": corrected},
    )


@require_POST
def remove_figure(request: UserRequest, pk: UUID) -> HttpResponse:
    figure = get_editable(ValueIndexFigure.objects.all(), request.user, pk=pk)
    try:
        indices.remove_figure(figure=figure, by=request.user, version=posted_version(request))
    except StaleVersion:
        messages.warning(request, _("Somebody changed the figure meanwhile: look at it again before you remove it."))
        return redirect("market:index-figure-correct", pk=pk)
    messages.success(request, _("The figure is removed."))
    return redirect("market:index", pk=figure.index_id)
