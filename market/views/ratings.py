"""Ratings of insurers: entered, corrected, withdrawn by the agency, removed where they were never given."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import UserRequest
from common.dates import today
from common.exceptions import StaleVersion
from common.views import get_editable, posted_version
from market.forms import RatingForm, WithdrawalCorrectionForm, WithdrawalForm
from market.models import Insurer, InsurerRating
from market.services import ratings


def add(request: UserRequest, pk: UUID) -> HttpResponse:
    insurer = get_editable(Insurer.objects.all(), request.user, pk=pk)
    form = RatingForm(
        request.POST or None,
        instance=InsurerRating(insurer=insurer),
        user=request.user,
        initial={"rated_on": today()},
    )
    if request.method == "POST" and form.saves(lambda: ratings.add(rating=form.instance, by=request.user, on=today())):
        messages.success(request, _("The rating %(rating)s is added.") % {"rating": form.instance})
        return redirect("market:insurer", pk=pk)
    return render(request, "market/rating/form.html", {"form": form, "insurer": insurer})


def withdraw(request: UserRequest, pk: UUID) -> HttpResponse:
    insurer = get_editable(Insurer.objects.all(), request.user, pk=pk)
    form = WithdrawalForm(
        request.POST or None,
        instance=InsurerRating(insurer=insurer),
        user=request.user,
        initial={"rated_on": today(), "agency": request.GET.get("agency", "")},
    )
    if request.method == "POST" and form.saves(
        lambda: ratings.withdraw(rating=form.instance, by=request.user, on=today())
    ):
        messages.success(request, _("%(agency)s no longer rates it.") % {"agency": form.instance.get_agency_display()})
        return redirect("market:insurer", pk=pk)
    return render(request, "market/rating/form.html", {"form": form, "insurer": insurer, "withdraws": True})


def correct(request: UserRequest, pk: UUID) -> HttpResponse:
    rating = get_editable(InsurerRating.objects.select_related("insurer", "grade"), request.user, pk=pk)
    withdraws = rating.grade_id is None
    form_class = WithdrawalCorrectionForm if withdraws else RatingForm
    form = form_class(request.POST or None, instance=rating, user=request.user)
    if request.method == "POST" and form.saves(
        lambda: ratings.correct(rating=form.instance, by=request.user, version=form.edited_version, on=today())
    ):
        messages.success(request, _("The rating is corrected."))
        return redirect("market:insurer", pk=rating.insurer_id)
    return render(
        request,
        "market/rating/form.html",
        {"form": form, "insurer": rating.insurer, "rating": rating, "withdraws": withdraws},
    )


@require_POST
def remove(request: UserRequest, pk: UUID) -> HttpResponse:
    rating = get_editable(InsurerRating.objects.select_related("grade"), request.user, pk=pk)
    try:
        ratings.remove(rating=rating, by=request.user, version=posted_version(request))
    except StaleVersion:
        messages.warning(request, _("Somebody changed the rating meanwhile: look at it again before you remove it."))
        return redirect("market:rating-correct", pk=pk)
    messages.success(request, _("The rating %(rating)s is removed.") % {"rating": rating})
    return redirect("market:insurer", pk=rating.insurer_id)
