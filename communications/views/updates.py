"""Updates: the list, one draft to be read, edited, released or discarded, and what became of its messages."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import UserRequest
from common.dates import today
from common.exceptions import StaleVersion, WrongState
from common.views import get_editable, get_visible, ordered, page_of, posted_version
from communications import letters
from communications.filters import UpdateFilter
from communications.forms import DiscardForm, UpdateForm
from communications.models import Update, UpdateState
from communications.selectors.recipients import is_written_to, recipients
from communications.selectors.updates import state_counts, update_rows
from communications.services import updates

COLUMNS = {
    "customer": ["customer__name", "-as_at"],
    "as_at": ["as_at"],
    "manager": ["customer__portfolio__manager__name", "-as_at"],
}


def update_list(request: UserRequest) -> HttpResponse:
    rows = update_rows(request.user)
    narrowed = UpdateFilter(request.GET, queryset=rows, request=request)
    any_state = request.GET.copy()
    any_state.pop("state", None)
    counts = state_counts(UpdateFilter(any_state, queryset=rows, request=request).qs)
    state = request.GET.get("state", "")
    chips = [
        {"value": value, "label": label, "count": counts[value or "ALL"], "is_current": value == state}
        for value, label in [("", _("All")), *narrowed.filters["state"].extra["choices"]]
    ]
    return render(
        request,
        "communications/update/list.html",
        {
            "chips": chips,
            "page": page_of(ordered(narrowed.qs, request, COLUMNS, "-as_at"), request),
            "words": request.GET.get("q", ""),
        },
    )


def detail(request: UserRequest, pk: UUID, discard_form: DiscardForm | None = None) -> HttpResponse:
    update = get_visible(
        Update.objects.select_related("customer__portfolio__manager", "released_by"), request.user, pk=pk
    )
    contacts = recipients([update.customer_id]).get(update.customer_id, [])
    sent = update.messages.order_by("to_name", "pk").select_related("contact")
    return render(
        request,
        "communications/update/detail.html",
        {
            "update": update,
            "customer": update.customer,
            "may_edit": request.user.reach.may_edit(update.customer.portfolio_id),
            "is_draft": update.state == UpdateState.DRAFT,
            "is_written_to": is_written_to(update.customer),
            "recipients": contacts,
            "text": letters.update(update, contact=next(iter(contacts), None)).text,
            "update_messages": sent,
            "discard_form": discard_form or DiscardForm(initial={"version": update.version}),
        },
        status=422 if discard_form else 200,
    )


def edit(request: UserRequest, pk: UUID) -> HttpResponse:
    update = get_editable(Update.objects.select_related("customer"), request.user, pk=pk)
    if update.state != UpdateState.DRAFT:
        messages.warning(request, _("This update can no longer be edited."))
        return redirect("communications:update-detail", pk=pk)
    form = UpdateForm(request.POST or None, instance=update, user=request.user)
    if request.method == "POST" and form.saves(
        lambda: updates.edit(update=form.instance, by=request.user, version=form.edited_version)
    ):
        messages.success(request, _("The letter is saved."))
        return redirect("communications:update-detail", pk=pk)
    return render(
        request, "communications/update/form.html", {"form": form, "update": update, "customer": update.customer}
    )


@require_POST
def release(request: UserRequest, pk: UUID) -> HttpResponse:
    update = get_editable(Update.objects.all(), request.user, pk=pk)
    version = posted_version(request)
    if _done(request, lambda: updates.release(update=update, by=request.user, version=version, on=today())):
        messages.success(request, _("The update is released and on its way."))
    return redirect("communications:update-detail", pk=pk)


@require_POST
def discard(request: UserRequest, pk: UUID) -> HttpResponse:
    update = get_editable(Update.objects.all(), request.user, pk=pk)
    form = DiscardForm(request.POST)
    if not form.is_valid():
        return detail(request, pk, discard_form=form)
    given = form.cleaned_data
    if _done(
        request,
        lambda: updates.discard(
            update=update, by=request.user, version=given["version"], on=today(), reason=given["reason"]
        ),
    ):
        messages.success(request, _("The update is discarded. Nothing went out."))
    return redirect("communications:update-detail", pk=pk)


def _done(request: UserRequest, act: Callable[[], Any]) -> bool:
    """Does it, or tells the user in words why it cannot be done now."""
    try:
        act()
    except StaleVersion:
        words = _("Somebody changed this update meanwhile: read it again first.")
    except WrongState:
        words = _("This update was released or discarded already.")
    except updates.NoRecipient:
        words = _("No contact of this customer receives updates: mark one first.")
    except updates.NotWrittenTo:
        words = _("This customer gets no letters: see the stage in its profile.")
    else:
        return True
    messages.error(request, words)
    return False
