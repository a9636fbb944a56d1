"""Exchange rates: the latest of each currency, the dated series of one, entered, corrected."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.requests import UserRequest
from common.dates import today
from common.views import get_editable, page_of
from market.forms import RateForm
from market.models import ExchangeRate
from market.selectors import index_series
from market.selectors import rates as rates_selector
from market.services import rates
from market.views.spans import asked_span, spans


def all_rates(request: UserRequest) -> HttpResponse:
    return render(
        request,
        "market/rate/list.html",
        {
            "currencies": rates_selector.quoted(today()),
            "base": settings.BASE_CURRENCY,
            "base_name": rates_selector.currency_name(settings.BASE_CURRENCY),
            "may_edit": request.user.reach.changes_reference_data,
        },
    )


def of_currency(request: UserRequest, currency: str) -> HttpResponse:
    series = rates_selector.rates_of(currency)
    page = page_of(series, request)
    if not page.paginator.count:
        raise Http404
    # One more than the page shows, so that its last row knows how it moved.
    rows = list(series[page.start_index() - 1 : page.end_index() + 1])
    shown = rows[: page.end_index() - page.start_index() + 1]
    before = rows[len(shown)].units_per_base if len(rows) > len(shown) else None
    latest = list(series[: rates_selector.SHOWN])
    span = asked_span(request)
    return render(
        request,
        "market/rate/series.html",
        {
            "currency": rates_selector.quote(currency, latest[::-1]),
            "base": settings.BASE_CURRENCY,
            "page": page,
            "rates": rates_selector.figures(shown, before),
            "picture": rates_selector.picture(currency, index_series.since(span, today())),
            "spans": spans(request, span),
            "may_edit": request.user.reach.changes_reference_data,
        },
    )


def add(request: UserRequest) -> HttpResponse:
    if not request.user.reach.changes_reference_data:
        raise PermissionDenied
    initial = {"currency": request.GET.get("currency") or settings.HOUSE_CURRENCY, "valid_from": today()}
    form = RateForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.saves(lambda: rates.add(rate=form.instance, by=request.user, on=today())):
        messages.success(request, _("The rate is added."))
        return redirect("market:rates-of", currency=form.instance.currency)
    return render(request, "market/rate/form.html", {"form": form, "base": settings.BASE_CURRENCY})


def correct(request: UserRequest, pk: UUID) -> HttpResponse:
    corrected = get_editable(ExchangeRate.objects.all(), request.user, pk=pk)
    currency = corrected.currency
    form = RateForm(request.POST or None, instance=corrected, user=request.user)
    if request.method == "POST" and form.saves(
        lambda: rates.correct(rate=form.instance, by=request.user, version=form.edited_version, on=today())
    ):
        messages.success(request, _("The rate is corrected."))
        return redirect("market:rates-of", currency=form.instance.currency)
    return render(
        request,
        "market/rate/form.html",
        {"form": form, "base": settings.BASE_CURRENCY, "rate": corrected, "currency": currency},
    )
