"""Sections and their terms: added, endorsed from a day, corrected, withdrawn, ended, resumed."""

import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import UserRequest
from common.dates import today
from common.templatetags.ui import day_text
from common.ui.charts.tower_picture import picture
from common.views import get_editable
from programmes.forms import PACKAGE, EndForm, ResumeForm, SectionForm, TermsEntry, WithdrawForm
from programmes.models import Policy, Section, Terms
from programmes.selectors.towers import tower_of
from programmes.selectors.versions import holding, last_before, to_be_edited, usual_basis
from programmes.services import breaks, sections, terms
from programmes.views.days import asked_day
from programmes.views.policies import ONE_DAY, nearest_day

WITH_POLICY = ("policy__customer", "policy__class_of_business", "class_of_business")


def section_add(request: UserRequest, pk: UUID) -> HttpResponse:
    policy = get_editable(Policy.objects.select_related("customer", "class_of_business"), request.user, pk=pk)
    section = Section(policy=policy, customer_id=policy.customer_id)
    first = Terms(section=section, customer_id=policy.customer_id, basis=usual_basis(policy.class_of_business))
    form = SectionForm(
        request.POST or None,
        prefix="section",
        instance=section,
        user=request.user,
        initial={
            "reference": str(policy.sections.count() + 1),
            "class_of_business": None if policy.class_of_business.code == PACKAGE else policy.class_of_business_id,
        },
    )
    entry = TermsEntry(request.POST or None, user=request.user, terms=first, first_day=policy.inception_date)
    if request.method == "POST":
        is_section_valid = form.is_valid()
        if (
            entry.is_valid()
            and is_section_valid
            and entry.saves(
                lambda: sections.add(
                    section=form.instance, given=entry.given(), by=request.user, from_day=entry.first_day
                )
            )
        ):
            messages.success(request, _("Section %(section)s is added.") % {"section": form.instance.reference})
            return redirect("programmes:policy", pk=pk)
    return _page(
        request,
        policy,
        entry,
        on=nearest_day(policy, today()),
        title=_("Add a section"),
        label=_("Add the section"),
        section_form=form,
    )


def section_change(request: UserRequest, pk: UUID) -> HttpResponse:
    section = get_editable(Section.objects.select_related(*WITH_POLICY), request.user, pk=pk)
    form = SectionForm(request.POST or None, prefix="section", instance=section, user=request.user)
    if request.method == "POST" and form.saves(
        lambda: sections.change(section=form.instance, by=request.user, version=form.edited_version)
    ):
        messages.success(request, _("Section %(section)s is saved.") % {"section": section.reference})
        return redirect("programmes:policy", pk=section.policy_id)
    return render(request, "programmes/terms/section.html", {"form": form, "policy": section.policy})


def endorse(request: UserRequest, pk: UUID) -> HttpResponse:
    """A new version from a day: `?from=` says which day the form starts from, today without it."""
    section = get_editable(
        Section.objects.select_related(*WITH_POLICY).prefetch_related(
            Prefetch("versions", to_be_edited(Terms.objects.order_by("first_day")))
        ),
        request.user,
        pk=pk,
    )
    policy = section.policy
    day = nearest_day(policy, asked_day(request, "from") or today())
    holder = start_of_endorsement(section, day)
    entry = TermsEntry(request.POST or None, user=request.user, terms=holder, first_day=day)
    if request.method == "POST" and entry.saves(
        lambda: terms.endorse(
            section=section, from_day=entry.first_day, given=entry.given(), by=request.user, seen=entry.seen
        )
    ):
        made = section.versions.filter(first_day=entry.first_day).first()
        if made is None:
            messages.info(request, _("Nothing differs from the terms before, so no endorsement was made."))
            return redirect("programmes:policy", pk=policy.pk)
        messages.success(
            request,
            _("%(section)s is endorsed from %(day)s.") % {"section": section, "day": day_text(entry.first_day)},
        )
        return _to_policy(policy, made.first_day, beside=made.first_day - ONE_DAY)
    return _page(
        request,
        policy,
        entry,
        on=day,
        title=_("Endorse %(section)s") % {"section": section},
        label=_("Endorse"),
        section=section,
    )


def correct(request: UserRequest, pk: UUID) -> HttpResponse:
    held = get_editable(
        to_be_edited(Terms.objects.select_related(*(f"section__{path}" for path in WITH_POLICY))), request.user, pk=pk
    )
    policy = held.section.policy
    entry = TermsEntry(request.POST or None, user=request.user, terms=held)
    if request.method == "POST" and entry.saves(
        lambda: terms.correct(terms=held, given=entry.given(), by=request.user, version=entry.form.edited_version)
    ):
        messages.success(request, _("%(section)s is corrected.") % {"section": held.section})
        return _to_policy(policy, held.first_day)
    return _page(
        request,
        policy,
        entry,
        on=held.first_day,
        title=_("Correct %(section)s") % {"section": held.section},
        crumb=_("Correct"),
        label=_("Save the correction"),
        section=held.section,
        held=held,
        last_day=held.last_day or policy.expiry_date,
    )


def withdraw(request: UserRequest, pk: UUID) -> HttpResponse:
    held = get_editable(Terms.objects.select_related("section__policy__customer"), request.user, pk=pk)
    policy = held.section.policy
    form = WithdrawForm(request.POST or None, row=held)
    if request.method == "POST" and form.saves(
        lambda: terms.withdraw(
            terms=held,
            by=request.user,
            version=form.cleaned_data["version"],
            reason=form.cleaned_data["reason"],
        )
    ):
        messages.success(request, _("The endorsement of %(section)s is withdrawn.") % {"section": held.section})
        return _to_policy(policy, held.first_day)
    return render(
        request,
        "programmes/policy/act.html",
        {
            "form": form,
            "policy": policy,
            "title": _("Withdraw the endorsement of %(section)s from %(day)s")
            % {"section": held.section, "day": day_text(held.first_day)},
            "lead": _("The terms before it hold on. What it said stays in the history."),
            "act": _("Withdraw"),
            "is_danger": True,
        },
    )


def end(request: UserRequest, pk: UUID) -> HttpResponse:
    """Ends a section's cover: `?from=` says which day the form starts from, today without it."""
    section = get_editable(Section.objects.select_related(*WITH_POLICY), request.user, pk=pk)
    day = nearest_day(section.policy, asked_day(request, "from") or today())
    held = section.versions.on(day).first()
    form = EndForm(request.POST or None, row=held or section, initial={"first_day": day})
    if request.method == "POST" and form.saves(
        lambda: breaks.end(
            section=section,
            from_day=form.cleaned_data["first_day"],
            reason=form.cleaned_data["reason"],
            by=request.user,
            seen=form.seen,
        )
    ):
        ends = form.cleaned_data["first_day"]
        messages.success(
            request, _("%(section)s has no cover from %(day)s.") % {"section": section, "day": day_text(ends)}
        )
        return _to_policy(section.policy, ends, beside=ends - ONE_DAY)
    return render(
        request,
        "programmes/policy/act.html",
        {
            "form": form,
            "policy": section.policy,
            "title": _("End the cover of %(section)s") % {"section": section},
            "lead": _("An endorsement takes the section out of the policy. The days before read as they did."),
            "act": _("End the cover"),
            "is_danger": True,
        },
    )


def resume(request: UserRequest, pk: UUID) -> HttpResponse:
    """Lets a section have cover again: `?from=` says which day the form starts from, today without it."""
    section = get_editable(Section.objects.select_related(*WITH_POLICY), request.user, pk=pk)
    day = nearest_day(section.policy, asked_day(request, "from") or today())
    last = last_before(section.versions.all(), day)
    form = ResumeForm(request.POST or None, row=last or section, initial={"first_day": day})
    if request.method == "POST" and form.saves(
        lambda: breaks.resume(
            section=section,
            from_day=form.cleaned_data["first_day"],
            reason=form.cleaned_data["reason"],
            by=request.user,
            seen=form.seen,
        )
    ):
        resumes = form.cleaned_data["first_day"]
        messages.success(
            request, _("%(section)s has cover again from %(day)s.") % {"section": section, "day": day_text(resumes)}
        )
        return _to_policy(section.policy, resumes, beside=resumes - ONE_DAY)
    return render(
        request,
        "programmes/policy/act.html",
        {
            "form": form,
            "policy": section.policy,
            "title": _("Resume the cover of %(section)s") % {"section": section},
            "lead": _("It holds on the terms it had last, up to its next version if there is one."),
            "act": _("Resume the cover"),
        },
    )


def start_of_endorsement(section: Section, day: datetime.date) -> Terms:
    """The version to start from: the one that holds on the day, else the nearest before it, else a blank one."""
    versions = list(section.versions.all())
    earlier = [row for row in versions if row.first_day <= day]
    found = holding(versions, day) or (earlier[-1] if earlier else versions[0] if versions else None)
    if found is None:
        return Terms(section=section, customer_id=section.customer_id)
    found.section = section
    return found


def _to_policy(policy: Policy, on: datetime.date, *, beside: datetime.date | None = None) -> HttpResponseRedirect:
    query = f"?on={on.isoformat()}" + (f"&beside={beside.isoformat()}" if beside else "")
    return HttpResponseRedirect(reverse("programmes:policy", args=[policy.pk]) + query)


def _page(
    request: UserRequest, policy: Policy, entry: TermsEntry, *, on: datetime.date, **context: Any
) -> HttpResponse:
    of_section: Section | None = context.get("section")
    of_business = of_section.class_of_business if of_section else policy.class_of_business
    tower = tower_of(policy.customer, of_business, policy.currency, on=on, showing=policy)
    return render(
        request,
        "programmes/terms/form.html",
        {
            "policy": policy,
            "entry": entry,
            "form": entry.form,
            "on": on,
            "tower": tower,
            "picture": picture(tower.tower, key="tower"),
        }
        | context,
    )
