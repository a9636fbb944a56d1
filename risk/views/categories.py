"""The tree of risk categories: shown, added to, changed."""

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
from common.views import asked_words, get_editable
from market.models import ClassOfBusiness
from risk.forms import CategoryForm
from risk.models import RiskCategory
from risk.selectors.categories import tree
from risk.services import categories


def all_categories(request: UserRequest) -> HttpResponse:
    words, class_code = asked_words(request), request.GET.get("class", "")
    nodes = tree(words=words, class_code=class_code)
    return render(
        request,
        "risk/category/list.html",
        {
            "nodes": nodes,
            "matches": sum(node.is_match for node in nodes),
            "words": words,
            "class_code": class_code,
            "classes": ClassOfBusiness.objects.order_by("rank", "code"),
            "may_edit": request.user.reach.changes_reference_data,
        },
    )


def add(request: UserRequest) -> HttpResponse:
    if not request.user.reach.changes_reference_data:
        raise PermissionDenied
    parent = RiskCategory.objects.filter(code=request.GET.get("parent", "")).first()
    form = CategoryForm(request.POST or None, user=request.user, initial={"parent": parent})
    if request.method == "POST" and form.saves(
        lambda: categories.add(category=form.instance, classes=form.cleaned_data["classes"], by=request.user)
    ):
        messages.success(request, _("%(name)s is added.") % {"name": form.instance})
        return redirect("risk:categories")
    return form_page(request, form)


def change(request: UserRequest, pk: UUID) -> HttpResponse:
    changed = get_editable(RiskCategory.objects.all(), request.user, pk=pk)
    form = CategoryForm(request.POST or None, instance=changed, user=request.user)
    if request.method == "POST" and form.saves(
        lambda: categories.change(
            category=form.instance,
            classes=form.cleaned_data["classes"],
            by=request.user,
            version=form.edited_version,
        )
    ):
        messages.success(request, _("%(name)s is saved.") % {"name": form.instance})
        return redirect("risk:categories")
    entries = timeline.worded(AuditEntry.objects.of_object(changed)[:20])
    return form_page(request, form, category=changed, entries=entries)


def form_page(request: UserRequest, form: CategoryForm, **context: Any) -> HttpResponse:
    return render(request, "risk/category/form.html", {"form": form, **context})
