"""Classes of business: listed by group, entered, changed."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.models import AuditEntry
from accounts.requests import UserRequest
from accounts.selectors import timeline
from common.views import get_editable
from market.forms import ClassForm
from market.models import ClassOfBusiness
from market.selectors.classes import by_group, group_names
from market.services import classes


def all_classes(request: UserRequest) -> HttpResponse:
    return render(
        request,
        "market/class/list.html",
        {"groups": by_group(), "may_edit": request.user.reach.changes_reference_data},
    )


def add(request: UserRequest) -> HttpResponse:
    if not request.user.reach.changes_reference_data:
        raise PermissionDenied
    form = ClassForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.saves(lambda: classes.add(class_of_business=form.instance, by=request.user)):
        messages.success(request, _("%(name)s is added.") % {"name": form.instance})
        return redirect("market:classes")
    return form_page(request, form)


def change(request: UserRequest, pk: UUID) -> HttpResponse:
    changed = get_editable(ClassOfBusiness.objects.all(), request.user, pk=pk)
    form = ClassForm(request.POST or None, instance=changed, user=request.user)
    if request.method == "POST" and form.saves(
        lambda: classes.change(class_of_business=form.instance, by=request.user, version=form.edited_version)
    ):
        messages.success(request, _("%(name)s is saved.") % {"name": form.instance})
        return redirect("market:classes")
    entries = timeline.worded(AuditEntry.objects.of_object(changed)[:20])
    return form_page(request, form, class_of_business=changed, entries=entries)


def form_page(request: UserRequest, form: ClassForm, **context: Any) -> HttpResponse:
    return render(request, "market/class/form.html", {"form": form, "group_names": group_names(), **context})
