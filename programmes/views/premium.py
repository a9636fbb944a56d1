"""The premium of a policy: its parts and totals, charged and corrected, and the instalments it is paid in."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.requests import UserRequest
from common.dates import add_months, today
from common.exceptions import StaleVersion, WrongState
from common.templatetags.ui import day_text
from common.views import get_editable, get_visible, posted_version
from programmes.forms.acts import WithdrawForm
from programmes.forms.premium import ChargeForm, InstalmentForm, PartForm, SplitForm
from programmes.models import Instalment, Policy, PremiumPart
from programmes.selectors.premiums import premium_of
from programmes.services import premiums
from programmes.views.policies import OF_PAGE, page_context

OF_ROW = tuple(f"policy__{name}" for name in OF_PAGE)


def premium(request: UserRequest, pk: UUID) -> HttpResponse:
    shown = get_visible(Policy.objects.select_related(*OF_PAGE), request.user, pk=pk)
    sheet = premium_of(shown, on=today())
    return render(request, "programmes/policy/premium.html", page_context(request, shown) | {"sheet": sheet})


def charge(request: UserRequest, pk: UUID) -> HttpResponse:
    shown = get_editable(Policy.objects.select_related(*OF_PAGE), request.user, pk=pk)
    starts = {"charged_from": max(shown.inception_date, today()) if shown.bound_on else shown.inception_date}
    form = ChargeForm(request.POST or None, row=shown, initial=starts)
    if request.method == "POST" and form.saves(
        lambda: premiums.charge(
            policy=shown,
            amounts=form.amounts,
            charged_from=form.cleaned_data["charged_from"],
            section=form.cleaned_data["section"],
            note=form.cleaned_data["note"],
            by=request.user,
        )
    ):
        messages.success(request, _("The premium is charged."))
        return redirect("programmes:premium", pk=pk)
    return record_page(
        request, shown, form, title=_("Charge a premium"), tab="premium", label=_("Charge"), template="charge.html"
    )


def part_change(request: UserRequest, pk: UUID) -> HttpResponse:
    part = get_editable(PremiumPart.objects.select_related(*OF_ROW), request.user, pk=pk)
    form = PartForm(request.POST or None, instance=part, user=request.user)
    if request.method == "POST" and form.saves(
        lambda: premiums.correct(part=form.instance, by=request.user, version=form.edited_version)
    ):
        messages.success(request, _("The premium is corrected."))
        return redirect("programmes:premium", pk=part.policy_id)
    return record_page(request, part.policy, form, title=_("Correct a part of the premium"), tab="premium")


def part_remove(request: UserRequest, pk: UUID) -> HttpResponse:
    part = get_editable(PremiumPart.objects.select_related(*OF_ROW), request.user, pk=pk)
    form = WithdrawForm(request.POST or None, row=part)
    if request.method == "POST" and form.saves(
        lambda: premiums.remove(
            part=part, reason=form.cleaned_data["reason"], by=request.user, version=form.cleaned_data["version"]
        )
    ):
        messages.success(request, _("The part of the premium is removed."))
        return redirect("programmes:premium", pk=part.policy_id)
    return record_page(
        request, part.policy, form, title=_("Remove %(part)s") % {"part": part}, tab="premium", label=_("Remove")
    )


def split(request: UserRequest, pk: UUID) -> HttpResponse:
    """Asked by GET with the fields of the form it shows what the instalments would be; a POST makes them."""
    shown = get_editable(Policy.objects.select_related(*OF_PAGE), request.user, pk=pk)
    sheet = premium_of(shown, on=today())
    starts = {"number": 4, "first_on": max(shown.inception_date, today()), "months": 3}
    form = SplitForm(request.POST or (request.GET if "number" in request.GET else None), initial=starts)
    if request.method == "POST" and form.is_valid():
        try:
            made = premiums.split(policy=shown, by=request.user, **form.cleaned_data)
        except ValidationError as refused:
            form_errors(form, refused)
        else:
            words = ngettext("%(number)d instalment is set.", "%(number)d instalments are set.", len(made))
            messages.success(request, words % {"number": len(made)})
            return redirect("programmes:premium", pk=pk)
    owed = (sheet.payable or 0) - (sheet.instalment_total - sheet.unpaid)
    preview = []
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            amounts = premiums.shares_of(owed, given["number"], shown.currency)
        except ValidationError as refused:
            form_errors(form, refused)
        else:
            preview = [
                (add_months(given["first_on"], given["months"] * at), amount) for at, amount in enumerate(amounts)
            ]
    return render(
        request,
        "programmes/policy/split.html",
        page_context(request, shown) | {"form": form, "owed": owed, "preview": preview, "sheet": sheet},
    )


def form_errors(form: Any, refused: ValidationError) -> None:
    """Puts what a service refused beside the fields."""
    for name, words in refused.message_dict.items():
        form.add_error(name if name in form.fields else None, list(words))


def instalment_change(request: UserRequest, pk: UUID) -> HttpResponse:
    row = get_editable(Instalment.objects.select_related(*OF_ROW), request.user, pk=pk)
    form = InstalmentForm(request.POST or None, instance=row, user=request.user)
    if request.method == "POST" and form.saves(
        lambda: premiums.change_instalment(instalment=form.instance, by=request.user, version=form.edited_version)
    ):
        messages.success(request, _("The instalment is saved."))
        return redirect("programmes:premium", pk=row.policy_id)
    return record_page(request, row.policy, form, title=_("Change an instalment"), tab="premium")


@require_POST
def instalment_pay(request: UserRequest, pk: UUID) -> HttpResponse:
    row = get_editable(Instalment.objects.select_related("policy"), request.user, pk=pk)
    try:
        premiums.pay(instalment=row, on=today(), by=request.user, version=posted_version(request))
    except StaleVersion:
        messages.error(request, _("Somebody changed it meanwhile: look at it again first."))
    except WrongState as wrong:
        messages.error(request, str(wrong))
    else:
        messages.success(request, _("The instalment of %(day)s is paid.") % {"day": day_text(row.due_on)})
    return redirect("programmes:premium", pk=row.policy_id)


def record_page(
    request: UserRequest,
    policy: Policy,
    form: Any,
    *,
    title: str,
    tab: str,
    label: str = "",
    lead: str = "",
    template: str = "record.html",
) -> HttpResponse:
    """A form about something that belongs to a policy, between the policy's head and the way back to its page."""
    return render(
        request,
        f"programmes/policy/{template}",
        page_context(request, policy)
        | {
            "form": form,
            "form_title": title,
            "label": label,
            "lead": lead,
            "tab": tab,
            "back": reverse(f"programmes:{tab}", args=[policy.pk]),
        },
    )
