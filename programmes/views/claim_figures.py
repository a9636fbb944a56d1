"""The figures of a claim: given as at a day, corrected, taken away."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.requests import UserRequest
from common.dates import today
from common.templatetags.ui import day_text
from common.views import get_editable
from programmes.forms import FiguresForm, RemoveFiguresForm
from programmes.models import Claim, ClaimMovement
from programmes.selectors.claims import movements_of
from programmes.services import claims

OF = "claim__customer", "claim__section__policy"


def give(request: UserRequest, pk: UUID) -> HttpResponse:
    of = get_editable(Claim.objects.select_related("customer", "section__policy"), request.user, pk=pk)
    before = movements_of(of).first()
    last = {"outstanding": before.outstanding, "paid": before.paid} if before else {}
    form = FiguresForm(
        request.POST or None, instance=ClaimMovement(claim=of), user=request.user, initial={**last, "stood_on": today()}
    )
    if request.method == "POST" and form.saves(
        lambda: claims.give_figures(figures=form.instance, by=request.user, on=today())
    ):
        messages.success(request, _("The figures are saved."))
        return redirect("programmes:claim", pk=pk)
    return render(request, "programmes/claim/figures_form.html", {"form": form, "claim": of, "before": before})


def correct(request: UserRequest, pk: UUID) -> HttpResponse:
    figures = get_editable(ClaimMovement.objects.select_related(*OF), request.user, pk=pk)
    form = FiguresForm(request.POST or None, instance=figures, user=request.user)
    if request.method == "POST" and form.saves(
        lambda: claims.correct_figures(figures=form.instance, by=request.user, version=form.edited_version, on=today())
    ):
        messages.success(request, _("The figures are corrected."))
        return redirect("programmes:claim", pk=figures.claim_id)
    return render(
        request, "programmes/claim/figures_form.html", {"form": form, "claim": figures.claim, "figures": figures}
    )


def remove(request: UserRequest, pk: UUID) -> HttpResponse:
    figures = get_editable(ClaimMovement.objects.select_related(*OF), request.user, pk=pk)
    form = RemoveFiguresForm(request.POST or None, row=figures)
    if request.method == "POST" and form.saves(
        lambda: claims.remove_figures(
            figures=figures,
            reason=form.cleaned_data["reason"],
            by=request.user,
            version=form.cleaned_data["version"],
        )
    ):
        messages.success(request, _("The figures are taken away."))
        return redirect("programmes:claim", pk=figures.claim_id)
    day = day_text(figures.stood_on)
    return render(
        request,
        "programmes/claim/act.html",
        {
            "form": form,
            "claim": figures.claim,
            "title": _("Take away the figures as at %(day)s") % {"day": day},
            "lead": _("For figures that belong to another claim. What stays are those of the days before and after."),
            "act": _("Take them away"),
            "is_danger": True,
        },
    )
