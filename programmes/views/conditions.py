"""What a policy asks of its insured: warranties, subjectivities and declarations, entered and settled."""

from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.requests import UserRequest
from common.dates import today
from common.views import get_editable, get_visible
from programmes.forms.conditions import (
    AdjustForm,
    ConditionForm,
    DeclarationForm,
    DeclareForm,
    SettleConditionForm,
)
from programmes.models import (
    ConditionKind,
    ConditionState,
    Declaration,
    DeclarationBasis,
    Policy,
    PolicyCondition,
)
from programmes.selectors.conditions import conditions_of, declarations_of
from programmes.services import conditions as service
from programmes.services import declarations
from programmes.views.policies import OF_PAGE, page_context
from programmes.views.premium import OF_ROW, record_page


def conditions(request: UserRequest, pk: UUID) -> HttpResponse:
    shown = get_visible(Policy.objects.select_related(*OF_PAGE), request.user, pk=pk)
    return render(
        request,
        "programmes/policy/conditions.html",
        page_context(request, shown)
        | {"conditions": conditions_of(shown, on=today()), "declarations": declarations_of(shown, on=today())},
    )


def condition_add(request: UserRequest, pk: UUID) -> HttpResponse:
    shown = get_editable(Policy.objects.select_related(*OF_PAGE), request.user, pk=pk)
    row = PolicyCondition(policy=shown, customer_id=shown.customer_id, kind=ConditionKind.SUBJECTIVITY)
    form = ConditionForm(request.POST or None, instance=row, user=request.user)
    if request.method == "POST" and form.saves(lambda: service.add(condition=form.instance, by=request.user)):
        messages.success(request, _("It is added."))
        return redirect("programmes:conditions", pk=pk)
    return record_page(request, shown, form, title=_("Add a warranty or subjectivity"), tab="conditions")


def condition_change(request: UserRequest, pk: UUID) -> HttpResponse:
    row = get_editable(PolicyCondition.objects.select_related(*OF_ROW), request.user, pk=pk)
    form = ConditionForm(request.POST or None, instance=row, user=request.user)
    if request.method == "POST" and form.saves(
        lambda: service.change(condition=form.instance, by=request.user, version=form.edited_version)
    ):
        messages.success(request, _("It is saved."))
        return redirect("programmes:conditions", pk=row.policy_id)
    return record_page(request, row.policy, form, title=_("Change what it asks"), tab="conditions")


def condition_settle(request: UserRequest, pk: UUID) -> HttpResponse:
    row = get_editable(PolicyCondition.objects.select_related(*OF_ROW), request.user, pk=pk)
    starts = {
        "state": ConditionState.SATISFIED if row.state == ConditionState.OPEN else row.state,
        "settled_on": row.settled_on or today(),
        "evidence": row.evidence,
    }
    form = SettleConditionForm(request.POST or None, row=row, initial=starts)
    if request.method == "POST" and form.saves(
        lambda: service.settle(
            condition=row,
            state=ConditionState(form.cleaned_data["state"]),
            settled_on=form.cleaned_data["settled_on"],
            evidence=form.cleaned_data["evidence"],
            by=request.user,
            version=form.cleaned_data["version"],
        )
    ):
        messages.success(request, _("How it stands is recorded."))
        return redirect("programmes:conditions", pk=row.policy_id)
    return record_page(request, row.policy, form, title=_("How it stands"), lead=row.wording, tab="conditions")


def declaration_add(request: UserRequest, pk: UUID) -> HttpResponse:
    shown = get_editable(Policy.objects.select_related(*OF_PAGE), request.user, pk=pk)
    row = Declaration(policy=shown, customer_id=shown.customer_id, basis=DeclarationBasis.TURNOVER)
    starts = {"first_day": shown.inception_date, "last_day": shown.expiry_date}
    form = DeclarationForm(request.POST or None, instance=row, user=request.user, initial=starts)
    if request.method == "POST" and form.saves(lambda: declarations.add(declaration=form.instance, by=request.user)):
        messages.success(request, _("The declaration is asked for."))
        return redirect("programmes:conditions", pk=pk)
    return record_page(request, shown, form, title=_("Ask for a declaration"), tab="conditions")


def declaration_change(request: UserRequest, pk: UUID) -> HttpResponse:
    row = get_editable(Declaration.objects.select_related(*OF_ROW), request.user, pk=pk)
    form = DeclarationForm(request.POST or None, instance=row, user=request.user)
    if request.method == "POST" and form.saves(
        lambda: declarations.change(declaration=form.instance, by=request.user, version=form.edited_version)
    ):
        messages.success(request, _("The declaration is saved."))
        return redirect("programmes:conditions", pk=row.policy_id)
    return record_page(request, row.policy, form, title=_("Change the declaration"), tab="conditions")


def declare(request: UserRequest, pk: UUID) -> HttpResponse:
    row = get_editable(Declaration.objects.select_related(*OF_ROW), request.user, pk=pk)
    starts = {"figure": row.figure, "declared_on": row.declared_on or today()}
    form = DeclareForm(request.POST or None, row=row, initial=starts)
    if request.method == "POST" and form.saves(
        lambda: declarations.declare(
            declaration=row,
            figure=form.cleaned_data["figure"],
            declared_on=form.cleaned_data["declared_on"],
            by=request.user,
            version=form.cleaned_data["version"],
        )
    ):
        messages.success(request, _("The declaration is recorded."))
        return redirect("programmes:conditions", pk=row.policy_id)
    return record_page(request, row.policy, form, title=_("Record what was declared"), lead=str(row), tab="conditions")


def adjust(request: UserRequest, pk: UUID) -> HttpResponse:
    row = get_editable(Declaration.objects.select_related(*OF_ROW), request.user, pk=pk)
    form = AdjustForm(request.POST or None, row=row, initial={"adjusted_on": today()})
    if request.method == "POST" and form.saves(
        lambda: declarations.adjust(
            declaration=row,
            net=form.cleaned_data["net"] or Decimal(0),
            brokerage=form.cleaned_data["brokerage"] or Decimal(0),
            adjusted_on=form.cleaned_data["adjusted_on"],
            by=request.user,
            version=form.cleaned_data["version"],
        )
    ):
        messages.success(request, _("The premium is adjusted."))
        return redirect("programmes:premium", pk=row.policy_id)
    return record_page(
        request, row.policy, form, title=_("Adjust the premium"), lead=str(row), tab="conditions", label=_("Adjust")
    )
