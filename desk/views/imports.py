"""Imports: files given, the dry run with its choices, loading watched, and what came of it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Portfolio
from accounts.requests import UserRequest
from common.dates import today
from common.exceptions import StaleVersion, WrongState
from common.files import UnreadableFile
from common.views import get_editable, get_visible, page_of, posted_version
from desk.forms.imports import ChoicesForm, UploadForm, names_are_cut
from desk.selectors import imports as shown
from profiles.models import ImportRun, ImportState
from programmes.oed.plan import Choices
from programmes.oed.planning import UnusableChoice
from programmes.oed.reading import OedFile
from programmes.services import oed_imports

UNDER_WAY = (ImportState.QUEUED, ImportState.RUNNING)
STEPS = [_lazy("Give the files"), _lazy("Check"), _lazy("Load"), _lazy("Result")]


@require_safe
def import_list(request: UserRequest) -> HttpResponse:
    return render(
        request,
        "desk/import/list.html",
        {"page": page_of(shown.runs(request.user), request), "may_add": may_add(request)},
    )


def add(request: UserRequest) -> HttpResponse:
    if not may_add(request):
        raise PermissionDenied
    portfolio = Portfolio.objects.editable_by(request.user).order_by("name").first()
    form = UploadForm(request.POST or None, request.FILES or None, user=request.user, initial={"portfolio": portfolio})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            run = oed_imports.check_files(
                portfolio=given["portfolio"],
                locations=given["locations"],
                accounts=given["accounts"],
                choices=Choices(source=given["source"]),
                by=request.user,
                on=today(),
            )
        except UnreadableFile as error:
            form.refuse(error)
        else:
            return redirect("desk:import", pk=run.pk)
    status = 422 if form.errors else 200
    return render(request, "desk/import/form.html", {"form": form, "steps": STEPS}, status=status)


@require_safe
def detail(request: UserRequest, pk: UUID) -> HttpResponse:
    run = get_visible(shown.with_people(ImportRun.objects.all()), request.user, pk=pk)
    return render(request, template_of(run), context_of(request, run))


@require_POST
def choose(request: UserRequest, pk: UUID) -> HttpResponse:
    run = get_editable(shown.with_people(ImportRun.objects.all()), request.user, pk=pk)
    if run.state != ImportState.CHECKED:
        messages.warning(request, _("This import is past choosing."))
        return redirect("desk:import", pk=pk)
    form = ChoicesForm(request.POST, run=run)
    if form.is_valid():
        try:
            oed_imports.choose(
                run=run, choices=form.chosen(), by=request.user, on=today(), version=form.cleaned_data["version"]
            )
        except UnusableChoice as error:
            form.add_error("customer_field", str(error))
        except StaleVersion:
            messages.warning(request, _("Somebody else chose otherwise meanwhile. This is what the import is now."))
            return redirect("desk:import", pk=pk)
        else:
            messages.success(request, _("Checked again with your choices."))
            return redirect("desk:import", pk=pk)
    return render(request, template_of(run), context_of(request, run, form=form), status=422)


@require_POST
def load(request: UserRequest, pk: UUID) -> HttpResponse:
    run = get_editable(ImportRun.objects.all(), request.user, pk=pk)
    try:
        oed_imports.queue(run=run, by=request.user, version=posted_version(request))
    except StaleVersion:
        messages.warning(
            request, _("Somebody else changed this import meanwhile. Look at it again before you load it.")
        )
    except WrongState as error:
        messages.warning(request, str(error))
    return redirect("desk:import", pk=pk)


@require_POST
def cancel(request: UserRequest, pk: UUID) -> HttpResponse:
    run = get_editable(ImportRun.objects.all(), request.user, pk=pk)
    try:
        oed_imports.cancel(run=run, by=request.user)
    except WrongState as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("The import is given up. Nothing was loaded."))
    return redirect("desk:import", pk=pk)


@require_safe
def progress(request: UserRequest, pk: UUID) -> HttpResponse:
    """How far a run is, asked for by the page again and again. When it is over the page is loaded anew."""
    run = get_visible(shown.with_people(ImportRun.objects.all()), request.user, pk=pk)
    if run.state in UNDER_WAY:
        return render(request, "desk/import/run.html#progress", progress_context(run))
    response = HttpResponse(status=204)
    response["HX-Refresh"] = "true"
    return response


@require_safe
def bad_rows(request: UserRequest, pk: UUID, file: str) -> HttpResponse:
    """The refused rows of one file, with the reasons, to be mended and given again."""
    run = get_visible(ImportRun.objects.all(), request.user, pk=pk)
    if file not in OedFile.values or not run.counts.get("refused", {}).get(file):
        raise Http404
    response = HttpResponse(oed_imports.bad_rows(run, OedFile(file)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="refused-{file.lower()}.csv"'
    return response


def may_add(request: UserRequest) -> bool:
    return bool(request.user.reach.editable is None or request.user.reach.editable)


def template_of(run: ImportRun) -> str:
    match run.state:
        case ImportState.CHECKED:
            return "desk/import/check.html"
        case ImportState.QUEUED | ImportState.RUNNING:
            return "desk/import/run.html"
    return "desk/import/result.html"


def context_of(request: UserRequest, run: ImportRun, form: ChoicesForm | None = None) -> dict[str, Any]:
    """What the page of a run shows, by its state."""
    context: dict[str, Any] = {
        "run": run,
        "steps": STEPS,
        "may_edit": request.user.reach.may_edit(run.portfolio_id),
        "summary": shown.Summary(run),
    }
    if run.state == ImportState.CHECKED:
        context |= {"form": form or ChoicesForm(run=run), "names_are_cut": names_are_cut(run)}
    elif run.state in UNDER_WAY:
        context |= progress_context(run)
    elif run.state == ImportState.DONE:
        context["customers"] = oed_imports.customers_of(run, visible_to=request.user)[: shown.MOST_ROWS]
    return context


def progress_context(run: ImportRun) -> dict[str, Any]:
    done = oed_imports.progress_of(run)
    return {"run": run, "done": done, "percent": 100 * done // run.rows_total if run.rows_total else 0}
