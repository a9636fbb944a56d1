"""A customer's values: the statement, one exposure with its dated values, and what is entered about them."""

import datetime
from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import UserRequest
from common.dates import today
from common.exceptions import StaleVersion
from common.ui.charts import sparkline
from common.views import asked_words, get_editable, get_visible, ordered, page_of, posted_version
from market.selectors import indices
from profiles.models import Customer, Location
from risk.forms import AsAtForm, ExposureForm, FirstValueForm, ValueForm
from risk.models import Exposure, ExposureValue
from risk.selectors import values
from risk.services import exposures

COLUMNS = {"reference": ["reference", "name"], "name": ["name", "address"], "city": ["city"]}


def statement(request: UserRequest, pk: UUID) -> HttpResponse:
    customer = get_visible(Customer.objects.all(), request.user, pk=pk)
    as_at = AsAtForm(request.GET)
    on = as_at.day(today())
    words = asked_words(request)
    rows = values.stated_locations(customer, on)
    page = page_of(ordered(rows.matching(words) if words else rows, request, COLUMNS, "reference"), request)
    is_indexed = request.GET.get("show") == "indexed"
    summary = values.summary(customer, on, is_indexed=is_indexed)
    places: list[Location | None] = list(page.object_list)
    if page.number == 1 and not words:
        places.insert(0, None)
    return render(
        request,
        "risk/value/statement.html",
        {
            "customer": customer,
            "on": on,
            "is_today": on == today(),
            "words": words,
            "page": page,
            "summary": summary,
            "rows": values.rows_of(customer, places, summary.columns, on, is_indexed=is_indexed),
            "is_indexed": is_indexed,
            "measures": values.measures(customer, on),
            "may_edit": request.user.reach.may_edit(customer.portfolio_id),
        },
    )


def add(request: UserRequest, pk: UUID) -> HttpResponse:
    customer = get_editable(Customer.objects.all(), request.user, pk=pk)
    return add_to(request, customer, at=None)


def add_at_location(request: UserRequest, pk: UUID) -> HttpResponse:
    location = get_editable(Location.objects.select_related("customer"), request.user, pk=pk)
    return add_to(request, location.customer, at=location)


def add_to(request: UserRequest, customer: Customer, *, at: Location | None) -> HttpResponse:
    form = FirstValueForm(
        request.POST or None,
        instance=Exposure(customer=customer, location=at),
        user=request.user,
        initial={"currency": customer.currency, "valued_on": today()},
    )
    if request.method == "POST" and form.saves(
        lambda: exposures.add(
            exposure=form.instance,
            value=form.first_value,
            is_verified=form.cleaned_data["is_verified"],
            by=request.user,
            on=today(),
        )
    ):
        messages.success(request, _("%(name)s is added.") % {"name": form.instance})
        return redirect("risk:exposure", pk=form.instance.pk)
    return render(request, "risk/value/add.html", {"form": form, "customer": customer})


def exposure(request: UserRequest, pk: UUID) -> HttpResponse:
    shown = get_visible(Exposure.objects.select_related("customer", "location", "value_index"), request.user, pk=pk)
    series = ExposureValue.objects.filter(exposure=shown).select_related("verified_by").order_by("-valued_on")
    page = page_of(series, request)
    day = today()
    current = series.filter(valued_on__lte=day).first()
    charted = [value for value in page.object_list if value.currency == page.object_list[0].currency][::-1]
    return render(
        request,
        "risk/value/exposure.html",
        {
            "exposure": shown,
            "customer": shown.customer,
            "page": page,
            "current": current,
            "indexed": indexed_today(shown, current, day),
            "is_old": current is not None and values.is_old(current.valued_on, day),
            "today": day,
            "chart": sparkline.draw([value.amount for value in charted], label=_("How the value moved")),
            "may_edit": request.user.reach.may_edit(shown.customer.portfolio_id),
        },
    )


def indexed_today(of: Exposure, current: ExposureValue | None, day: datetime.date) -> Decimal | None:
    """What counts today, brought to today by the exposure's index; None where that is not known."""
    if current is None or of.value_index is None:
        return None
    return indices.indexed(current.amount, current.currency, of.value_index, current.valued_on, day)


def change(request: UserRequest, pk: UUID) -> HttpResponse:
    changed = get_editable(Exposure.objects.select_related("customer", "location", "value_index"), request.user, pk=pk)
    form = ExposureForm(request.POST or None, instance=changed, user=request.user)
    if request.method == "POST" and form.saves(
        lambda: exposures.change(exposure=form.instance, by=request.user, version=form.edited_version)
    ):
        messages.success(request, _("%(name)s is saved.") % {"name": form.instance})
        return redirect("risk:exposure", pk=pk)
    return render(
        request, "risk/value/exposure_form.html", {"form": form, "exposure": changed, "customer": changed.customer}
    )


def give_value(request: UserRequest, pk: UUID) -> HttpResponse:
    of = get_editable(Exposure.objects.select_related("customer", "location"), request.user, pk=pk)
    before = of.values.filter(valued_on__lte=today()).order_by("-valued_on").first()
    last = (
        {"currency": before.currency, "basis": before.basis, "indemnity_days": before.indemnity_days} if before else {}
    )
    form = ValueForm(
        request.POST or None,
        instance=ExposureValue(exposure=of),
        user=request.user,
        initial={"currency": of.customer.currency, **last, "valued_on": today()},
    )
    if request.method == "POST" and form.saves(
        lambda: exposures.give_value(
            value=form.instance, is_verified=form.cleaned_data["is_verified"], by=request.user, on=today()
        )
    ):
        messages.success(request, _("The value is saved."))
        return redirect("risk:exposure", pk=pk)
    return render(
        request,
        "risk/value/value_form.html",
        {"form": form, "exposure": of, "customer": of.customer, "before": before},
    )


def correct_value(request: UserRequest, pk: UUID) -> HttpResponse:
    rows = ExposureValue.objects.select_related("exposure__customer", "exposure__location")
    value = get_editable(rows, request.user, pk=pk)
    form = ValueForm(request.POST or None, instance=value, user=request.user)
    if request.method == "POST" and form.saves(
        lambda: exposures.correct_value(
            value=form.instance,
            is_verified=form.cleaned_data["is_verified"],
            by=request.user,
            version=form.edited_version,
            on=today(),
        )
    ):
        messages.success(request, _("The value is corrected."))
        return redirect("risk:exposure", pk=value.exposure_id)
    return render(
        request,
        "risk/value/value_form.html",
        {"form": form, "exposure": value.exposure, "customer": value.exposure.customer, "value": value},
    )


@require_POST
def verify_value(request: UserRequest, pk: UUID) -> HttpResponse:
    value = get_editable(ExposureValue.objects.all(), request.user, pk=pk)
    try:
        exposures.verify_value(value=value, by=request.user, version=posted_version(request), on=today())
    except StaleVersion:
        messages.warning(request, _("Somebody changed the value meanwhile: look at it again before you confirm it."))
    else:
        messages.success(request, _("The value is marked as verified by you today."))
    return redirect("risk:exposure", pk=value.exposure_id)
