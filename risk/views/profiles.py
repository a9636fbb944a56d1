"""A customer's risk profile and strategy: what counts today, its versions, and how one is drafted and signed off."""

import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.requests import UserRequest
from common.dates import today
from common.exceptions import WrongState
from common.templatetags.ui import day_text
from common.views import get_editable, get_visible
from market.selectors.ratings import grades_at_floor
from profiles.models import Contact, Customer
from risk.forms.profiles import ProfileEntry, SignOffForm, WithdrawForm
from risk.models import RiskProfile
from risk.selectors.compulsory import requirements, suggestions, unanswered
from risk.selectors.profiles import Listed, Version, copy_of, doubts, missing, versions_of, with_all
from risk.selectors.scales import scales_of
from risk.services import profiles

OF_CUSTOMER = ("customer",)


@require_safe
def risk_profile(request: UserRequest, pk: UUID) -> HttpResponse:
    """What the customer chose: the version that counts today, the draft if there is one, and those before."""
    customer = get_visible(Customer.objects.all(), request.user, pk=pk)
    versions = versions_of(customer, today())
    now = next((each for each in versions if each.state == "NOW"), None)
    return render(
        request,
        "risk/profile/detail.html",
        {
            "customer": customer,
            "versions": versions,
            "now": now,
            "draft": next((each for each in versions if each.state == "DRAFT"), None),
            "scales": scales_of(customer),
            "may_edit": request.user.reach.may_edit(customer.portfolio_id),
        }
        | (said_of(now, today()) if now else {}),
    )


@require_safe
def version(request: UserRequest, pk: UUID) -> HttpResponse:
    """One version in full, beside what it changed."""
    shown = get_visible(RiskProfile.objects.select_related(*OF_CUSTOMER), request.user, pk=pk)
    listed = listed_of(shown)
    return render(
        request,
        "risk/profile/version.html",
        {
            "customer": shown.customer,
            "listed": listed,
            "may_edit": request.user.reach.may_edit(shown.customer.portfolio_id),
        }
        | said_of(listed, today()),
    )


def add(request: UserRequest, pk: UUID) -> HttpResponse:
    """A new version, which begins as a copy of the latest one; what is saved is a draft."""
    customer = get_editable(Customer.objects.all(), request.user, pk=pk)
    held = with_all(RiskProfile.objects.filter(customer=customer))
    drafted = held.filter(signed_off_on=None).first()
    if drafted is not None:
        return to_draft(request, drafted)
    latest = held.order_by("-valid_from").first()
    start = Version.of(latest) if latest else None
    on = today()
    begins = max(on, latest.valid_from + datetime.timedelta(days=1)) if latest else on
    entry = entry_of(request, copy_of(start, customer, begins), start)
    if request.method == "POST":
        try:
            is_saved = entry.saves(
                lambda typed: profiles.draft(
                    profile=typed.profile,
                    tolerances=typed.tolerances,
                    compulsory=typed.compulsory,
                    by=request.user,
                    on=on,
                )
            )
        except WrongState:  # somebody drafted one meanwhile
            return to_draft(request, held.get(signed_off_on=None))
        if is_saved:
            messages.success(request, _("The draft is saved. It counts once it is signed off."))
            return redirect("risk:risk-profile", pk=customer.pk)
    return form_page(request, entry, customer=customer, latest=latest)


def change(request: UserRequest, pk: UUID) -> HttpResponse:
    rows = with_all(RiskProfile.objects.all())
    held = get_editable(rows, request.user, pk=pk)
    customer = held.customer
    if not held.is_draft:
        return to_version(request, held)
    entry = entry_of(request, held, Version.of(held))
    if request.method == "POST":
        try:
            is_saved = entry.saves(
                lambda typed: profiles.change(
                    profile=typed.profile,
                    tolerances=typed.tolerances,
                    compulsory=typed.compulsory,
                    by=request.user,
                    version=entry.form.edited_version,
                    on=today(),
                )
            )
        except WrongState:
            return to_version(request, held)
        if is_saved:
            messages.success(request, _("The draft is saved. It counts once it is signed off."))
            return redirect("risk:risk-profile", pk=customer.pk)
    return form_page(request, entry, customer=customer, draft=held)


def sign_off(request: UserRequest, pk: UUID) -> HttpResponse:
    held = get_editable(RiskProfile.objects.select_related(*OF_CUSTOMER), request.user, pk=pk)
    if not held.is_draft:
        return to_version(request, held)
    on = today()
    form = SignOffForm(request.POST or None, row=held, customer=held.customer, on=on, initial={"signed_off_on": on})
    if request.method == "POST" and form.saves(
        lambda: profiles.sign_off(
            profile=held,
            agreed_with=form.cleaned_data["agreed_with"],
            signed_off_on=form.cleaned_data["signed_off_on"],
            by=request.user,
            version=form.cleaned_data["version"],
            on=on,
        )
    ):
        messages.success(
            request, _("The version is signed off. It counts from %(day)s.") % {"day": day_text(held.valid_from)}
        )
        return redirect("risk:risk-profile", pk=held.customer_id)
    listed = listed_of(held)
    return render(
        request,
        "risk/profile/sign_off.html",
        {
            "form": form,
            "customer": held.customer,
            "listed": listed,
            "has_contacts": Contact.objects.filter(customer=held.customer_id, left_on=None).exists(),
        }
        | said_of(listed, on),
        status=422 if form.errors else 200,
    )


def withdraw(request: UserRequest, pk: UUID) -> HttpResponse:
    held = get_editable(RiskProfile.objects.select_related(*OF_CUSTOMER), request.user, pk=pk)
    if not held.is_draft:
        return to_version(request, held)
    form = WithdrawForm(request.POST or None, row=held)
    if request.method == "POST" and form.saves(
        lambda: profiles.withdraw(profile=held, by=request.user, version=form.cleaned_data["version"])
    ):
        messages.success(request, _("The draft is withdrawn. What counted before counts on."))
        return redirect("risk:risk-profile", pk=held.customer_id)
    return render(request, "risk/profile/withdraw.html", {"form": form, "customer": held.customer, "draft": held})


def listed_of(profile: RiskProfile) -> Listed:
    """A version among the others of its customer."""
    return next(row for row in versions_of(profile.customer, today()) if row.profile.pk == profile.pk)


def said_of(listed: Listed, on: datetime.date) -> dict[str, Any]:
    """What a page shows of a version beside the row itself."""
    shown, customer = listed.version, listed.profile.customer
    return {
        "version": shown,
        "profile": shown.profile,
        "floor_grades": grades_at_floor(shown.profile.security_floor),
        "missing": missing(shown),
        "doubts": doubts(shown),
        "unanswered": unanswered(suggestions(customer, on), shown.compulsory),
    }


def entry_of(request: UserRequest, profile: RiskProfile, start: Version | None) -> ProfileEntry:
    offered = list(requirements())
    return ProfileEntry(
        request.POST or None,
        user=request.user,
        profile=profile,
        start=start,
        offered=offered,
        suggested=suggestions(profile.customer, today(), offered),
    )


def form_page(request: UserRequest, entry: ProfileEntry, **context: Any) -> HttpResponse:
    return render(
        request,
        "risk/profile/form.html",
        {"entry": entry, "form": entry.form} | context,
        status=422 if entry.form.errors else 200,
    )


def to_draft(request: UserRequest, draft: RiskProfile) -> HttpResponse:
    messages.info(request, _("A version is being drafted already: this is it."))
    return redirect("risk:risk-profile-change", pk=draft.pk)


def to_version(request: UserRequest, profile: RiskProfile) -> HttpResponse:
    messages.info(request, _("This version is signed off and stays as it is."))
    return redirect("risk:risk-profile-version", pk=profile.pk)
