"""Insurers: who each is, how it is rated and authorised; entered, changed; and the names of their groups.

The list and our business with each lie in programmes, since they show policies.
"""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.requests import UserRequest
from accounts.selectors import timeline
from common.dates import today
from common.views import get_editable, get_visible
from market.forms import AuthorisationQuestionForm, InsurerForm, InsurerGroupForm
from market.models import Insurer, InsurerGroup
from market.selectors.authorisations import by_territory, is_authorised
from market.selectors.insurers import contacts_of, entries_of_insurer, siblings
from market.selectors.ratings import history_of
from market.services import insurers

ENTRIES = 20
"""How many entries of its record an insurer shows."""


def insurer(request: UserRequest, pk: UUID) -> HttpResponse:
    shown = get_visible(Insurer.objects.select_related("group"), request.user, pk=pk)
    on = today()
    history = history_of(shown)
    question, answer = asked(request, shown)
    return render(
        request,
        "market/insurer/detail.html",
        {
            "insurer": shown,
            "siblings": siblings(shown),
            "on": on,
            "security": history.security(on),
            "current": [change for change in history.changes if change.rating in history.on(on)],
            "changes": history.changes,
            "picture": history.picture(on),
            "territories": by_territory(shown, on),
            "question": question,
            "answer": answer,
            "contacts": contacts_of(shown),
            "entries": timeline.worded(entries_of_insurer(shown)[:ENTRIES]),
            "may_edit": request.user.reach.changes_reference_data,
        },
    )


def asked(request: UserRequest, insurer: Insurer) -> tuple[AuthorisationQuestionForm, str]:
    """The form that asks whether the insurer is authorised, and the answer: YES, NO, UNKNOWN, or "" where nobody asks.

    What it is asked without typing is Hong Kong, today.
    """
    if "authorised_for" not in request.GET:
        first = {"authorised_in": "HK", "authorised_on": today()}
        return AuthorisationQuestionForm(initial=first), ""
    form = AuthorisationQuestionForm(request.GET)
    if not form.is_valid():
        return form, ""
    found = is_authorised(
        insurer.pk,
        class_of_business=form.cleaned_data["authorised_for"],
        territory=form.cleaned_data["authorised_in"],
        on=form.cleaned_data["authorised_on"],
    )
    return form, "UNKNOWN" if found is None else "YES" if found else "NO"


def add(request: UserRequest) -> HttpResponse:
    if not request.user.reach.changes_reference_data:
        raise PermissionDenied
    form = InsurerForm(request.POST or None, user=request.user, initial={"country": "HK"})
    if request.method == "POST" and form.saves(
        lambda: insurers.add(insurer=form.instance, by=request.user, new_group=form.cleaned_data["new_group"])
    ):
        messages.success(request, _("%(name)s is added.") % {"name": form.instance})
        return redirect("market:insurer", pk=form.instance.pk)
    return render(request, "market/insurer/form.html", {"form": form})


def change(request: UserRequest, pk: UUID) -> HttpResponse:
    changed = get_editable(Insurer.objects.all(), request.user, pk=pk)
    form = InsurerForm(request.POST or None, instance=changed, user=request.user)
    if request.method == "POST" and form.saves(
        lambda: insurers.change(
            insurer=form.instance,
            by=request.user,
            version=form.edited_version,
            new_group=form.cleaned_data["new_group"],
        )
    ):
        messages.success(request, _("%(name)s is saved.") % {"name": form.instance})
        return redirect("market:insurer", pk=pk)
    return render(request, "market/insurer/form.html", {"form": form, "insurer": changed})


def rename_group(request: UserRequest, pk: UUID) -> HttpResponse:
    group = get_editable(InsurerGroup.objects.all(), request.user, pk=pk)
    form = InsurerGroupForm(request.POST or None, instance=group, user=request.user)
    if request.method == "POST" and form.saves(
        lambda: insurers.rename_group(group=form.instance, by=request.user, version=form.edited_version)
    ):
        messages.success(request, _("%(name)s is saved.") % {"name": form.instance})
        return redirect("programmes:insurer-group", pk=pk)
    return render(
        request,
        "market/insurer/group_form.html",
        {"form": form, "group": group, "members": Insurer.objects.filter(group=group).order_by("name")},
    )
