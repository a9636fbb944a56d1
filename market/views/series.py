"""Files of dated figures: given, looked at before anything changes, loaded.

Between the two looks the file waits in the cache for an hour. Where it is gone by then it is given again: nothing is
lost, since nothing was changed.
"""

import io
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import UserRequest
from common.dates import today
from common.files import RefusedRows, UnreadableFile
from common.ids import uuid7
from market.forms import SeriesFileForm
from market.series import indices, rates
from market.services import series_imports
from market.services.series_imports import INDICES, RATES, Plan

WAITS = 3600
MOST_REFUSED = 100
"""How many refused rows the page lists; the count says how many there are."""
FORMS = {
    RATES: [rates.LONG_FORM, rates.BY_COUNTRY],
    INDICES: [
        f"{indices.LONG_FORM} (name, name_zh, country, publisher)",
        indices.BY_COUNTRY,
        indices.US_MONTHLY,
        indices.TURNER,
    ],
}
LISTS = {RATES: "market:rates", INDICES: "market:indices"}


def give_rates(request: UserRequest) -> HttpResponse:
    return give(request, RATES)


def give_indices(request: UserRequest) -> HttpResponse:
    return give(request, INDICES)


def look_at_rates(request: UserRequest, token: UUID) -> HttpResponse:
    return look_at(request, RATES, token)


def look_at_indices(request: UserRequest, token: UUID) -> HttpResponse:
    return look_at(request, INDICES, token)


def give(request: UserRequest, kind: str) -> HttpResponse:
    refuse_others(request)
    form = SeriesFileForm(request.POST, request.FILES) if request.method == "POST" else SeriesFileForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            series_imports.check(kind=kind, file=file, on=today())
        except UnreadableFile as error:
            form.add_error("file", str(error))
        else:
            token = uuid7()
            file.seek(0)
            cache.set(key_of(kind, token, request), (file.name, file.read()), WAITS)
            return redirect(f"market:{kind}-import-look", token=token)
    status = 422 if form.errors else 200
    context = {"form": form, "forms": FORMS[kind]} | place(kind)
    return render(request, "market/series/give.html", context, status=status)


def look_at(request: UserRequest, kind: str, token: UUID) -> HttpResponse:
    """What the file would do; by POST it is done, provided that no row is refused."""
    refuse_others(request)
    waiting = cache.get(key_of(kind, token, request))
    if waiting is None:
        messages.warning(request, _("The file is no longer kept. Give it again: nothing was changed by it."))
        return redirect(f"market:{kind}-import")
    name, content = waiting
    if request.method == "POST":
        try:
            plan = series_imports.load(kind=kind, file=io.BytesIO(content), by=request.user, on=today(), name=name)
        except RefusedRows:
            pass  # the page below says which
        else:
            cache.delete(key_of(kind, token, request))
            messages.success(request, told(plan))
            return redirect(LISTS[kind])
    plan = series_imports.check(kind=kind, file=io.BytesIO(content), on=today())
    return render(
        request,
        "market/series/look.html",
        {
            "name": name,
            "plan": plan,
            "series": plan.by_series,
            "refused": plan.refused[:MOST_REFUSED],
            "refused_beyond": max(0, len(plan.refused) - MOST_REFUSED),
            "refusal": series_imports.refusal(plan),
            "token": token,
        }
        | place(kind),
        status=422 if request.method == "POST" else 200,
    )


def told(plan: Plan) -> str:
    if not plan.changes_something:
        return _("The file says nothing new: nothing was changed.")
    return _("The file is loaded: %(added)d figures added, %(corrected)d corrected.") % {
        "added": len(plan.new),
        "corrected": len(plan.corrections),
    }


def place(kind: str) -> dict[str, Any]:
    """Where the pages of a kind stand."""
    is_rates = kind == RATES
    return {
        "kind": kind,
        "is_rates": is_rates,
        "list_url": reverse(LISTS[kind]),
        "give_url": reverse(f"market:{kind}-import"),
        "list_title": _("Exchange rates") if is_rates else _("Value indices"),
    }


def key_of(kind: str, token: UUID, request: UserRequest) -> str:
    """The user is part of it: nobody loads what another gave."""
    return f"series-file-{kind}-{request.user.pk}-{token}"


def refuse_others(request: UserRequest) -> None:
    if not request.user.reach.changes_reference_data:
        raise PermissionDenied
