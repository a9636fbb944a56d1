"""Insurers: listed, shown, entered, changed; and the names of their groups."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.models import AuditEntry
from accounts.requests import UserRequest
from accounts.selectors import timeline
from common.views import get_editable, get_visible, ordered, page_of
from market.filters import InsurerFilter
from market.forms import InsurerForm, InsurerGroupForm
from market.models import Insurer, InsurerGroup
from market.selectors.insurers import siblings
from market.services import insurers

COLUMNS = {"name": ["name"], "group": ["group__name", "name"], "country": ["country", "name"]}
ENTRIES = 20
"""How many entries of its record an insurer shows."""


def all_insurers(request: UserRequest) -> HttpResponse:
    narrowed = InsurerFilter(request.GET, Insurer.objects.visible_to(request.user).select_related("group"))
    return render(
        request,
        "market/insurer/list.html",
        {
            "filter": narrowed,
            "page": page_of(ordered(narrowed.qs, request, COLUMNS, "name"), request),
            "may_edit": request.user.reach.changes_reference_data,
        },
    )


def insurer(request: UserRequest, pk: UUID) -> HttpResponse:
    shown = get_visible(Insurer.objects.select_related("group"), request.user, pk=pk)
    return render(
        request,
        "market/insurer/detail.html",
        {
            "insurer": shown,
            "siblings": siblings(shown),
            "entries": timeline.worded(AuditEntry.objects.of_object(shown)[:ENTRIES]),
            "may_edit": request.user.reach.changes_reference_data,
        },
    )


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
        return redirect("market:insurers")
    return render(
        request,
        "market/insurer/group_form.html",
        {"form": form, "group": group, "members": Insurer.objects.filter(group=group).order_by("name")},
    )
