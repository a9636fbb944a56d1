"""Bringing Open Exposure Data into the book: checked first, then loaded as checked, wholly or not at all."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import IO, Any
from uuid import UUID

from celery import current_app
from django.core.cache import cache
from django.core.files import File
from django.db import OperationalError, connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.acting import acting_as
from accounts.models import Portfolio, User
from accounts.services import audit, recording
from common.exceptions import WrongState
from common.files import write_csv
from common.templatetags.ui import number
from profiles.models import Customer, ImportRun, ImportState
from programmes.oed import loading
from programmes.oed.plan import Choices, Plan
from programmes.oed.planning import plan_import
from programmes.oed.reading import REASON_COLUMN, OedFile, header_and_rows

UPLOADED = audit.action("import.uploaded", gettext_lazy("gave files for"))
CHECKED = audit.action("import.checked", gettext_lazy("checked again"))
QUEUED = audit.action("import.queued", gettext_lazy("asked to load"))
CANCELLED = audit.action("import.cancelled", gettext_lazy("gave up"))
LOADED = audit.action("import.loaded", gettext_lazy("loaded"))
RETURNED = audit.action("import.returned", gettext_lazy("did not load, because the book had changed,"))
IMPORTED = audit.action("customer.imported", gettext_lazy("imported from a file for"))

LOAD_TASK = "programmes.tasks.load_imports"
MOST_ATTEMPTS = 3
UNDER_WAY = (ImportState.QUEUED, ImportState.RUNNING)
PROGRESS_SECONDS = 3600


class CannotLoad(Exception):
    """A plan with bad rows or an open question. `plan` tells which; nothing was changed."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(f"{plan.refused_rows} rows are refused.")
        self.plan = plan


def check_files(
    *,
    portfolio: Portfolio,
    locations: File | None,
    accounts: File | None,
    choices: Choices,
    by: User,
    on: datetime.date,
) -> ImportRun:
    """Makes a run of files that were given, with its dry run. Nothing of the book changes.

    Raises UnreadableFile where a file is no OED table, UnusableChoice where a choice does not fit the files.
    """
    plan = plan_import(locations=locations, accounts=accounts, choices=choices, by=by, on=on)
    run = new_run(portfolio=portfolio, locations=locations, accounts=accounts, choices=choices, by=by, on=on)
    with kept_only_if_committed(run), transaction.atomic():
        describe(run, plan)
        run.save(force_insert=True)
        audit.record(UPLOADED, run, by=by)
    return run


@transaction.atomic
def choose(*, run: ImportRun, choices: Choices, by: User, on: datetime.date, version: int) -> ImportRun:
    """Makes the dry run again with other choices. Raises WrongState, StaleVersion, UnusableChoice, UnreadableFile."""
    current = recording.locked(run, version=version)
    refuse_unless(current, ImportState.CHECKED)
    with opened(current) as (locations, accounts):
        plan = plan_import(locations=locations, accounts=accounts, choices=choices, by=by, on=on)
    current.options, current.checked_on, current.version = choices.as_json(), on, version + 1
    describe(current, plan)
    current.save(force_update=True)
    audit.record(CHECKED, current, by=by)
    return current


@transaction.atomic
def queue(*, run: ImportRun, by: User, version: int) -> ImportRun:
    """Hands a checked run to the worker. Raises StaleVersion, WrongState where it may not be loaded yet."""
    current = recording.locked(run, version=version)
    refuse_unless(current, ImportState.CHECKED)
    if not current.counts["is_loadable"]:
        raise WrongState(_("This import cannot be loaded yet: answer what is open, or leave out the bad rows."))
    current.state, current.error, current.attempts, current.version = ImportState.QUEUED, "", 0, version + 1
    current.save(force_update=True)
    audit.record(QUEUED, current, by=by)
    transaction.on_commit(nudge, robust=True)
    return current


@transaction.atomic
def cancel(*, run: ImportRun, by: User) -> ImportRun:
    """Gives a run up that is not being loaded. Raises WrongState where it is, or is over already."""
    current = ImportRun.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=run.pk).first()
    if current is None or current.state == ImportState.RUNNING:
        raise WrongState(_("It is being loaded already, so it cannot be given up."))
    refuse_unless(current, ImportState.CHECKED, ImportState.QUEUED)
    current.state, current.version = ImportState.CANCELLED, current.version + 1
    current.finished_at = timezone.now()
    current.save(force_update=True)
    audit.record(CANCELLED, current, by=by)
    return current


def import_now(
    *,
    portfolio: Portfolio,
    locations: File | None,
    accounts: File | None,
    choices: Choices,
    by: User,
    on: datetime.date,
    progress: loading.Progress,
) -> Plan:
    """Checks and loads files at once, all or nothing, and returns what it did. What says nothing new leaves no trace.

    Raises CannotLoad where a row is bad or a question open, UnreadableFile, UnusableChoice.
    """
    run = new_run(portfolio=portfolio, locations=locations, accounts=accounts, choices=choices, by=by, on=on)
    with acting_as(by), kept_only_if_committed(run), transaction.atomic():
        lock_source(choices.source)
        plan = plan_import(locations=locations, accounts=accounts, choices=choices, by=by, on=on, locks=True)
        if not plan.is_loadable:
            raise CannotLoad(plan)
        if plan.changes_something:
            run.began_at = timezone.now()
            describe(run, plan)
            run.save(force_insert=True)
            carry_out(run, plan, by=by, progress=progress)
    return plan


def load_waiting() -> int:
    """Loads all runs that wait, and those whose worker died. Returns how many were loaded. Two workers share them."""
    waiting = ImportRun.objects.filter(state__in=UNDER_WAY).order_by("created_at").values_list("pk", flat=True)
    return sum(load_run(run_id=pk) for pk in list(waiting))


def load_run(*, run_id: UUID) -> bool:
    """Loads a run that waits, exactly as it was checked, in one transaction. False where there was nothing to do.

    A worker that is killed leaves nothing behind, and the next sweep begins again. Where the book has changed since the
    check, so that something else would happen, nothing is loaded and the run asks to be looked at once more.
    """
    by = begin(run_id)
    if by is None:
        return False
    with translation.override(by.language), acting_as(by):
        try:
            return load_begun(run_id, by)
        except OperationalError:
            raise  # the database went away: the run still waits, and the next sweep tries again
        except Exception as error:
            fail(run_id, _("Nothing was loaded: %(reason)s") % {"reason": error})
            raise


def begin(run_id: UUID) -> User | None:
    """Marks a waiting run as being loaded. None where somebody else has it or it was tried too often."""
    with transaction.atomic():
        run = waiting_run(run_id)
        if run is None:
            return None
        if run.attempts >= MOST_ATTEMPTS:
            fail(run_id, _("Nothing was loaded: the worker ended each time before it was done."))
            return None
        run.state, run.attempts, run.began_at = ImportState.RUNNING, run.attempts + 1, timezone.now()
        run.save(update_fields=["state", "attempts", "began_at", "updated_at"])
        return run.started_by


def load_begun(run_id: UUID, by: User) -> bool:
    with transaction.atomic():
        run = waiting_run(run_id)
        if run is None:
            return False
        choices = Choices.from_json(run.options)
        lock_source(choices.source)
        with opened(run) as (locations, accounts):
            plan = plan_import(
                locations=locations,
                accounts=accounts,
                choices=choices,
                by=by,
                on=run.checked_on or timezone.localdate(),
                locks=True,
            )
        if plan.fingerprint != run.fingerprint or not plan.is_loadable:
            describe(run, plan)
            run.state, run.version = ImportState.CHECKED, run.version + 1
            run.error = _("The book has changed since this was checked. Look at it once more before you load it.")
            run.save(force_update=True)
            audit.record(RETURNED, run, by=by)
            return False
        describe(run, plan)  # the same figures; the keys of new rows are those of this plan
        carry_out(run, plan, by=by, progress=lambda rows: tell_progress(run_id, rows))
    return True


def carry_out(run: ImportRun, plan: Plan, *, by: User, progress: loading.Progress) -> None:
    """Writes the plan and what the record says of it: one entry for the run and one for each customer concerned."""
    customers = loading.load(plan, run=run, portfolio=run.portfolio, by=by, progress=progress)
    tallies = {step.id: step.tally for step in plan.customers}
    for customer in customers:
        audit.record(
            IMPORTED,
            customer,
            by=by,
            customer_id=customer.pk,
            note=worded(tallies[customer.pk], run),
            check=False,
        )
    audit.ask_for_checks([customer.pk for customer in customers], by=by)
    run.state, run.finished_at, run.error = ImportState.DONE, timezone.now(), ""
    run.rows_done, run.version = run.rows_total, run.version + 1
    run.save(force_update=True)
    audit.record(LOADED, run, by=by)


def worded(tally: Counter[str], run: ImportRun) -> str:
    """What an import changed of a customer, in a sentence."""
    return _(
        "From %(source)s: %(locations)s locations, %(values)s values, %(policies)s policies and %(sections)s sections"
        " added or changed."
    ) % {
        "source": run.source_name,
        "locations": number(tally["locations"]),
        "values": number(tally["values"]),
        "policies": number(tally["policies"]),
        "sections": number(tally["sections"]),
    }


# The run and its files


def new_run(
    *,
    portfolio: Portfolio,
    locations: File | None,
    accounts: File | None,
    choices: Choices,
    by: User,
    on: datetime.date,
) -> ImportRun:
    run = ImportRun(
        kind="OED",
        source_name=choices.source,
        portfolio=portfolio,
        started_by=by,
        options=choices.as_json(),
        checked_on=on,
    )
    if locations is not None:
        run.locations_file = locations
    if accounts is not None:
        run.accounts_file = accounts
    return run


def describe(run: ImportRun, plan: Plan) -> None:
    """Writes the plan's figures, problems and fingerprint onto the run."""
    run.rows_total, run.rows_done = sum(plan.rows.values()), 0
    run.counts = plan.summary()
    run.problems = [problem.as_dict() for problem in plan.problems]
    run.not_used = plan.not_used
    run.fingerprint = plan.fingerprint


def waiting_run(run_id: UUID) -> ImportRun | None:
    """The run, locked, if it waits and no other worker has it."""
    runs = ImportRun.objects.select_for_update(skip_locked=True, of=("self",)).select_related("started_by", "portfolio")
    return runs.filter(pk=run_id, state__in=UNDER_WAY).first()


def refuse_unless(run: ImportRun, *states: ImportState) -> None:
    if run.state not in states:
        raise WrongState(
            _("That needs an import that is “%(needed)s”; this one is “%(is)s”.")
            % {"needed": " / ".join(str(state.label) for state in states), "is": run.get_state_display()}
        )


def fail(run_id: UUID, reason: str) -> None:
    ImportRun.objects.filter(pk=run_id, state__in=UNDER_WAY).update(
        state=ImportState.FAILED, error=reason[:2000], finished_at=timezone.now(), updated_at=timezone.now()
    )


def lock_source(source: str) -> None:
    """Two imports of one source follow one another, so that neither adds what the other is adding."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"import of {source}"])


@contextmanager
def opened(run: ImportRun) -> Iterator[tuple[IO[bytes] | None, IO[bytes] | None]]:
    """The run's files: locations and accounts, None where it has none."""
    with ExitStack() as stack:
        files = [
            stack.enter_context(kept.open("rb")) if kept else None for kept in (run.locations_file, run.accounts_file)
        ]
        yield files[0], files[1]


@contextmanager
def kept_only_if_committed(run: ImportRun) -> Iterator[None]:
    """Takes the run's files away again where its row did not come to be."""
    try:
        yield
    except BaseException:
        for kept in (run.locations_file, run.accounts_file):
            if kept:
                kept.storage.delete(str(kept.name))  # says nothing where it was not stored yet
        raise


# Progress: others cannot see into the transaction, so it is told beside the database and lost without harm.


def tell_progress(run_id: UUID, rows: int) -> None:
    cache.set(progress_key(run_id), rows, PROGRESS_SECONDS)


def progress_of(run: ImportRun) -> int:
    """How many rows of a run are done by now."""
    if run.state != ImportState.RUNNING:
        return run.rows_done
    return min(cache.get(progress_key(run.pk), 0), run.rows_total)


def progress_key(run_id: UUID) -> str:
    return f"import-rows-{run_id}"


def nudge() -> None:
    """Hurries the worker. Without a broker the next sweep finds the same work."""
    current_app.send_task(LOAD_TASK, ignore_result=True, retry=False)


# What a person takes away


def bad_rows(run: ImportRun, file: OedFile) -> bytes:
    """The refused rows of one of the run's files as CSV, with the reasons in a last column. Mended, they come in."""
    reasons: dict[int, list[str]] = defaultdict(list)
    for problem in run.problems:
        if problem["file"] == file:
            column = f"{problem['column']}: " if problem["column"] else ""
            reasons[problem["row"]].append(f"{column}{problem['text']}")
    kept = run.locations_file if file == OedFile.LOCATIONS else run.accounts_file
    with kept.open("rb") as opened_file:
        header, rows = header_and_rows(opened_file)
        width = len(header)

        def marked() -> Iterator[list[str]]:
            for number, cells in rows:
                if number in reasons:
                    yield [*(cells + [""] * width)[:width], " ".join(reasons[number])]

        return write_csv([*header, REASON_COLUMN], marked())


def customers_of(run: ImportRun, *, visible_to: User) -> list[Customer]:
    """The customers a run brought or changed, as far as the user may see them."""
    ids = [row["id"] for row in run.counts.get("customers", [])]
    found: Any = Customer.objects.visible_to(visible_to)
    return list(found.filter(pk__in=ids).order_by("name", "pk"))
