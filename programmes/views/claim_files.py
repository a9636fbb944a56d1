"""Claims as files: the list taken away, and a file looked at and brought in."""

from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import UserRequest
from common.dates import today
from common.exceptions import WrongState
from common.files import RefusedRows, Row, Table, UnreadableFile
from common.sheets import XLSX_TYPE, read_sheet
from common.views import ordered
from programmes.claim_files.plan import Plan
from programmes.claim_files.planning import plan_import
from programmes.claim_files.writing import as_csv, as_xlsx
from programmes.filters import ClaimFilter
from programmes.forms import ClaimsFileForm
from programmes.selectors.claims import claim_rows
from programmes.services import claim_imports
from programmes.views.claims import COLUMNS, may_bring_in
from programmes.views.days import asked_day

MOST_BYTES = 4 * 1024 * 1024
MOST_SEALED = 2_000_000
"""Characters of a file, compressed, that the page carries from the look to the load; the command takes larger ones."""
SHOWN = 100
"""Rows of a long list that the page shows; what is beyond is counted."""
SALT = "programmes.claims-file"
SECONDS = 24 * 60 * 60


@require_safe
def export(request: UserRequest) -> HttpResponse:
    """The list as it is narrowed, with all the figures of each claim known by its day; a workbook with `?as=xlsx`."""
    on = asked_day(request, "on") or today()
    narrowed = ClaimFilter(request.GET, queryset=claim_rows(request.user, on=on), request=request)
    rows = ordered(narrowed.qs, request, COLUMNS, "-lost")
    if request.GET.get("as") == "xlsx":
        response = HttpResponse(as_xlsx(rows, on=on), content_type=XLSX_TYPE)
        ending = "xlsx"
    else:
        response = HttpResponse(as_csv(rows, on=on), content_type="text/csv; charset=utf-8")
        ending = "csv"
    response["Content-Disposition"] = f'attachment; filename="claims-{on.isoformat()}.{ending}"'
    return response


def check(request: UserRequest) -> HttpResponse:
    """Takes a file and shows what it would do. Nothing is kept: the page carries the file, sealed, to `load`."""
    if not may_bring_in(request):
        raise PermissionDenied
    # Bound by the method: an empty form posts nothing at all, and is to be told so.
    form = ClaimsFileForm(request.POST, request.FILES) if request.method == "POST" else ClaimsFileForm()
    if not form.is_valid():
        return render(request, "programmes/claim/import.html", {"form": form}, status=422 if form.errors else 200)
    try:
        table = read_sheet(form.cleaned_data["file"], max_bytes=MOST_BYTES)
        rows = list(table.rows)
        plan = plan_import(Table(table.header, iter(rows)), by=request.user, on=today())
        sealed = "" if plan.refused else seal(request, table.header, rows, plan)
    except UnreadableFile as error:
        form.add_error("file", str(error))
        return render(request, "programmes/claim/import.html", {"form": form}, status=422)
    return shown(request, form, plan, sealed)


@require_POST
def load(request: UserRequest) -> HttpResponse:
    """Brings in the file that the page carries, as it was shown."""
    if not may_bring_in(request):
        raise PermissionDenied
    given = unsealed(request)
    table = Table(given["header"], iter([Row(number, cells) for number, cells in given["rows"]]))
    try:
        plan = claim_imports.load(table, by=request.user, on=today(), fingerprint=given["fingerprint"])
    except (WrongState, RefusedRows):
        messages.warning(request, _("The book has changed since the file was checked. Look at it once more."))
        rows = [Row(number, cells) for number, cells in given["rows"]]
        plan = plan_import(Table(given["header"], iter(rows)), by=request.user, on=today())
        sealed = "" if plan.refused else seal(request, given["header"], rows, plan)
        return shown(request, ClaimsFileForm(), plan, sealed)
    said = ", ".join(f"{words}: {count}" for words, count in plan.counts.items() if count)
    messages.success(request, _("The file is loaded. %(counts)s") % {"counts": said})
    return redirect("programmes:claims")


def shown(request: UserRequest, form: ClaimsFileForm, plan: Plan, sealed: str) -> HttpResponse:
    """The page of a file that was looked at."""
    return render(
        request,
        "programmes/claim/import.html",
        {
            "form": form,
            "plan": plan,
            "counts": plan.counts,
            "changed": plan.changed[:SHOWN],
            "changed_beyond": max(0, len(plan.changed) - SHOWN),
            "refused": plan.refused[:SHOWN],
            "refused_beyond": max(0, len(plan.refused) - SHOWN),
            "sealed": sealed,
        },
        status=422 if plan.refused else 200,
    )


def seal(request: UserRequest, header: list[str], rows: list[Row], plan: Plan) -> str:
    """The file with what it was shown to do, signed for this user. Raises UnreadableFile where it is too large."""
    given = {
        "user": str(request.user.pk),
        "header": header,
        "rows": [(row.number, row.cells) for row in rows],
        "fingerprint": plan.fingerprint,
    }
    sealed = signing.dumps(given, salt=SALT, compress=True)
    if len(sealed) > MOST_SEALED:
        raise UnreadableFile(_("The file is too large for this page: use the command import_file claims for it."))
    return sealed


def unsealed(request: UserRequest) -> dict[str, Any]:
    """What `seal` was given. Raises BadRequest for anything else, another user's, and after a day."""
    try:
        given: dict[str, Any] = signing.loads(request.POST.get("sealed", ""), salt=SALT, max_age=SECONDS)
    except signing.BadSignature as error:
        raise BadRequest("sealed") from error
    if given["user"] != str(request.user.pk):
        raise BadRequest("sealed")
    return given
