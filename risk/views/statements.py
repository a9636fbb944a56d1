"""The statement of values as a whole: edited as a grid, brought in, taken away, and how it moved."""

import datetime
from typing import Any
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import UserRequest
from common.dates import today
from common.files import Row, UnreadableFile
from common.sheets import XLSX_TYPE
from common.ui.charts import areas
from common.views import asked_words, get_editable, get_visible, ordered, page_of
from profiles.models import Customer, Location
from risk.forms import AsAtForm, PostedGrid, SinceForm, StatementForm
from risk.models import ExposureKind, StatementDraft
from risk.selectors import movements, values
from risk.selectors import statements as stated
from risk.services import statements
from risk.statement.columns import HEADINGS, lines_of
from risk.statement.lines import Line
from risk.statement.plan import Plan

GRID_LOCATIONS = 250
"""Locations on one page of the grid: as many as a browser edits with ease."""
MOST_TROUBLES = 20
MOST_REFUSALS = 200
ORDER = {"reference": ["reference", "name"], "name": ["name", "address"]}


def grid(request: UserRequest, pk: UUID) -> HttpResponse:
    """The statement as at a day, to be typed over: what is saved are values of that day."""
    customer = get_editable(Customer.objects.all(), request.user, pk=pk)
    on = AsAtForm(request.GET).day(today())
    words = asked_words(request)
    kinds = stated.grid_kinds(customer, with_all=request.GET.get("kinds") == "all")
    listed = values.stated_locations(customer, on)
    page = page_of(
        ordered(listed.matching(words) if words else listed, request, ORDER, "reference"), request, size=GRID_LOCATIONS
    )
    places: list[Location | None] = list(page.object_list)
    if page.number == 1 and not words:
        places.insert(0, None)
    posted = PostedGrid(request.POST, kinds)
    plan = None
    if request.method == "POST":
        plan, is_saved = save_grid(request, customer, posted, on)
        if is_saved:
            return redirect(request.get_full_path())
    rows = stated.grid_rows(customer, places, kinds, on)
    troubles = posted.lay_over(rows, plan, customer.currency) if plan else []
    return render(
        request,
        "risk/value/grid.html",
        {
            "customer": customer,
            "on": on,
            "words": words,
            "page": page,
            "kinds": [ExposureKind(kind).label for kind in kinds],
            "has_all_kinds": len(kinds) == len(ExposureKind.values),
            "rows": rows,
            "new_rows": posted.new_rows,
            "blank": posted.blank_row,
            "plan": plan,
            "said": statements.sentence(plan) if plan and plan.steps else "",
            "troubles": troubles[:MOST_TROUBLES],
            "troubles_beyond": max(0, len(troubles) - MOST_TROUBLES),
            "is_verified": "is_verified" in request.POST,
        },
        status=422 if troubles else 200,
    )


def save_grid(request: UserRequest, customer: Customer, posted: PostedGrid, on: datetime.date) -> tuple[Plan, bool]:
    """Saves what was posted, or only plans it where that was asked for or something is wrong."""
    lines = posted.lines()
    if "check" in request.POST or posted.errors:
        return statements.plan(customer=customer, lines=lines, day=on, on=today()), False
    try:
        done = statements.save(
            customer=customer,
            lines=lines,
            day=on,
            by=request.user,
            on=today(),
            is_verified="is_verified" in request.POST,
        )
    except statements.NotSaved as error:
        return error.plan, False
    if done.steps:
        messages.success(request, _("Saved: %(changes)s") % {"changes": statements.sentence(done)})
    else:
        messages.info(request, _("Nothing differs from what is saved."))
    return done, True


# Files


@require_safe
def export(request: UserRequest, pk: UUID, form: str) -> HttpResponse:
    """The statement as at a day, as a file that can be changed and brought back."""
    customer = get_visible(Customer.objects.all(), request.user, pk=pk)
    on = AsAtForm(request.GET).day(today())
    if form == "xlsx":
        content, kind = stated.as_xlsx(customer, on), XLSX_TYPE
    elif form == "csv":
        content, kind = stated.as_csv(customer, on), "text/csv; charset=utf-8"
    else:
        raise Http404
    response = HttpResponse(content, content_type=kind)
    name = _("%(customer)s, values %(day)s") % {"customer": customer.name, "day": on.isoformat()}
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.{form}")
    return response


def bring_in(request: UserRequest, pk: UUID) -> HttpResponse:
    """A file or a pasted table: read, kept, and shown with what it would change."""
    customer = get_editable(Customer.objects.all(), request.user, pk=pk)
    form = StatementForm(request.POST or None, request.FILES or None, initial={"day": today()})
    if request.method == "POST" and form.is_valid():
        try:
            draft = statements.keep(
                customer=customer,
                table=form.table,
                file_name=form.file_name,
                day=form.cleaned_data["day"],
                is_verified=form.cleaned_data["is_verified"],
                by=request.user,
            )
        except UnreadableFile as error:
            form.refuse(error)
        else:
            return redirect("risk:draft", pk=draft.pk)
    return render(
        request,
        "risk/value/import.html",
        {"customer": customer, "form": form, "headings": list(HEADINGS.values()), "kinds": ExposureKind.labels[:6]},
        status=422 if form.errors else 200,
    )


@require_safe
def draft(request: UserRequest, pk: UUID) -> HttpResponse:
    """What a table that was given would change."""
    kept = get_editable(StatementDraft.objects.select_related("customer", "made_by"), request.user, pk=pk)
    return show_draft(request, kept)


@require_POST
def draft_save(request: UserRequest, pk: UUID) -> HttpResponse:
    kept = get_editable(StatementDraft.objects.select_related("customer", "made_by"), request.user, pk=pk)
    try:
        done = statements.save_draft(
            draft=kept,
            lines=draft_lines(kept),
            by=request.user,
            on=today(),
            replaces="replaces" in request.POST,
            leaves_out_bad="leaves_out_bad" in request.POST,
            seen=request.POST.get("seen", ""),
        )
    except statements.PlanChanged:
        messages.warning(request, _("The book has changed since you looked. This is what would be saved now."))
        return redirect(draft_url(kept, replaces="replaces" in request.POST))
    except statements.NotSaved:
        messages.warning(request, _("Nothing was saved: say what is to become of the rows that cannot be taken."))
        return redirect(draft_url(kept))
    messages.success(
        request,
        _("Saved: %(changes)s") % {"changes": statements.sentence(done)}
        if done.steps
        else _("Nothing differed from what is saved."),
    )
    return redirect("risk:values", pk=kept.customer_id)


@require_POST
def draft_give_up(request: UserRequest, pk: UUID) -> HttpResponse:
    kept = get_editable(StatementDraft.objects.all(), request.user, pk=pk)
    statements.give_up(draft=kept, by=request.user)
    messages.success(request, _("The table is thrown away. Nothing was changed."))
    return redirect("risk:values", pk=kept.customer_id)


def draft_lines(kept: StatementDraft) -> list[Line]:
    return lines_of(kept.table["header"], (Row(number, cells) for number, cells in kept.table["rows"]))


def draft_url(kept: StatementDraft, *, replaces: bool = False) -> str:
    return reverse("risk:draft", args=[kept.pk]) + ("?replaces=1" if replaces else "")


def show_draft(request: UserRequest, kept: StatementDraft) -> HttpResponse:
    replaces = "replaces" in request.GET
    lines = draft_lines(kept)
    plan = statements.plan(customer=kept.customer, lines=lines, day=kept.day, on=today(), replaces=replaces)
    return render(
        request,
        "risk/value/draft.html",
        {
            "draft": kept,
            "customer": kept.customer,
            "plan": plan,
            "counts": plan.counts,
            "lines": len(lines),
            "page": page_of(plan.steps, request),
            "refusals": plan.refusals[:MOST_REFUSALS],
            "refusals_beyond": max(0, len(plan.refusals) - MOST_REFUSALS),
            "conflicts": plan.conflicts[:MOST_REFUSALS],
            "replaces": replaces,
            "is_clean": not plan.refusals and not plan.conflicts,
        },
    )


# How it moved


@require_safe
def changes(request: UserRequest, pk: UUID) -> HttpResponse:
    """What changed between two days, a year before today and today where none is named."""
    customer = get_visible(Customer.objects.all(), request.user, pk=pk)
    since, on = SinceForm(request.GET).days(today() - relativedelta(years=1), today())
    found = movements.changes_between(customer, since, on)
    what = request.GET.get("what", "")
    shown = [row for row in found.movements if what not in movements.WHAT or row.what == what]
    return render(
        request,
        "risk/value/changes.html",
        {
            "customer": customer,
            "changes": found,
            "what": what if what in movements.WHAT else "",
            "page": page_of(shown, request),
            "balances": found.balances,
            "chips": [
                (what, label, found.counts[what])
                for what, label in (("added", _("Added")), ("ended", _("Ended")), ("moved", _("Moved")))
            ],
        },
    )


@require_safe
def history(request: UserRequest, pk: UUID) -> HttpResponse:
    """What could be lost over time, by kind, as a picture for each currency."""
    customer = get_visible(Customer.objects.all(), request.user, pk=pk)
    on = today()
    return render(
        request,
        "risk/value/history.html",
        {
            "customer": customer,
            "on": on,
            "pictures": [picture_of(course, on) for course in movements.courses(customer, on)],
        },
    )


def picture_of(course: movements.Course, on: datetime.date) -> dict[str, Any]:
    label = _("What could be lost over time, %(currency)s") % {"currency": course.currency}
    parts = [areas.Part(str(ExposureKind(kind).label), course.totals[kind]) for kind in course.kinds]
    return {
        "currency": course.currency,
        "chart": areas.draw(course.days, parts, until=on, label=label),
        "latest": course.sums[-1],
        "since": course.days[0],
    }
