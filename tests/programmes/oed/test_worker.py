"""Checked on the page, loaded by the worker: exactly what was shown, wholly or not at all, and once."""

import os
import signal
import time

import pytest
from django.core.files.storage import default_storage
from django.db import OperationalError, connection, transaction

from common.dates import today
from common.exceptions import WrongState
from common.files import read_table
from profiles.models import Customer, ImportRun, ImportState, Location
from programmes.models import Policy
from programmes.oed import loading
from programmes.oed.plan import Choices
from programmes.oed.reading import OedFile
from programmes.services import oed_imports
from programmes.tasks import load_imports
from tests.programmes.oed.conftest import layer, location, uploaded, whole_book


@pytest.fixture
def check(portfolio, files):
    """Gives files to the product as the page does."""

    def check_files(locations=None, accounts=None, **choices) -> ImportRun:
        return oed_imports.check_files(
            portfolio=portfolio,
            locations=uploaded(files("a.csv", locations)) if locations else None,
            accounts=uploaded(files("p.csv", accounts)) if accounts else None,
            choices=Choices(**{"source": "piwind"} | choices),
            by=portfolio.manager,
            on=today(),
        )

    return check_files


def queue(run):
    return oed_imports.queue(run=run, by=run.started_by, version=run.version)


def test_checking_changes_nothing_of_the_book(check):
    run = check([location()], [layer()])
    assert run.counts["things"]["locations"]["create"] == 1
    assert run.counts["sums"] == {
        "GBP": {"BUILDINGS": "1000.00", "OTHER": "0", "CONTENTS": "0", "BUSINESS_INTERRUPTION": "0"}
    }
    assert not Customer.objects.exists()


def test_the_worker_loads_what_waits_and_only_once(check):
    run = queue(check([location()], [layer()]))
    assert load_imports() == 1
    run.refresh_from_db()
    assert (run.state, run.rows_done) == (ImportState.DONE, 2)
    assert Location.objects.count() == 1
    before = whole_book()
    assert load_imports() == 0
    assert whole_book() == before


def test_a_run_whose_worker_died_is_taken_up_again(check):
    run = queue(check([location()]))
    ImportRun.objects.filter(pk=run.pk).update(state=ImportState.RUNNING, attempts=1)
    assert load_imports() == 1
    assert Location.objects.count() == 1


def test_a_run_whose_worker_dies_each_time_is_given_up(check):
    run = queue(check([location()]))
    ImportRun.objects.filter(pk=run.pk).update(state=ImportState.RUNNING, attempts=oed_imports.MOST_ATTEMPTS)
    assert load_imports() == 0
    run.refresh_from_db()
    assert run.state == ImportState.FAILED
    assert "the worker ended each time" in run.error


def test_what_goes_wrong_half_way_leaves_nothing(check, monkeypatch):
    run = queue(check([location()], [layer()]))

    def break_down(*args):
        raise ArithmeticError("out of numbers")

    monkeypatch.setattr(loading, "write_policies", break_down)
    with pytest.raises(ArithmeticError):
        load_imports()
    run.refresh_from_db()
    assert (run.state, run.error) == (ImportState.FAILED, "Nothing was loaded: out of numbers")
    assert not Customer.objects.exists()


def test_a_database_that_went_away_is_tried_again(check, monkeypatch):
    run = queue(check([location()]))

    def go_away(*args):
        raise OperationalError("server closed the connection")

    with monkeypatch.context() as patch:
        patch.setattr(loading, "write_locations", go_away)
        with pytest.raises(OperationalError):
            load_imports()
    run.refresh_from_db()
    assert run.state == ImportState.RUNNING
    assert load_imports() == 1


def test_a_book_that_changed_since_the_check_is_looked_at_again(check, import_oed, files):
    run = queue(check([location(BuildingTIV="1000")]))
    import_oed(locations=files("b.csv", [location(BuildingTIV="2000")]))
    assert load_imports() == 0
    run.refresh_from_db()
    assert run.state == ImportState.CHECKED
    assert "changed since" in run.error
    assert run.counts["things"]["values"] == {"create": 0, "update": 1, "unchanged": 0}


def test_bad_rows_wait_until_a_person_leaves_them_out(check):
    run = check([location()], [layer(PolInceptionDate="")])
    with pytest.raises(WrongState, match="cannot be loaded yet"):
        queue(run)
    choices = Choices(source="piwind", leaves_out_bad_rows=True)
    run = oed_imports.choose(run=run, choices=choices, by=run.started_by, on=today(), version=run.version)
    queue(run)
    assert load_imports() == 1
    assert Location.objects.count() == 1
    assert not Policy.objects.exists()


def test_refused_rows_are_handed_back_with_the_reason_and_no_formula(check, tmp_path):
    run = check([location()], [layer(PolInceptionDate="", InsuredName="=cmd|' /C calc'!A0"), layer(PolNumber="P2")])
    content = oed_imports.bad_rows(run, OedFile.ACCOUNTS)
    path = tmp_path / "refused.csv"
    path.write_bytes(content)
    with path.open("rb") as file:
        table = read_table(file)
        (row,) = table.rows
    cells = dict(zip(table.header, row.cells, strict=True))
    assert cells["RefusedBecause"] == "PolInceptionDate: It is empty and must be given."
    assert cells["InsuredName"] == "'=cmd|' /C calc'!A0"


def test_mended_rows_come_in_as_they_were(check, portfolio, tmp_path):
    run = check(None, [layer(PolInceptionDate="", InsuredName="=1+1 Ltd")])
    mended = oed_imports.bad_rows(run, OedFile.ACCOUNTS).replace(b",2026-12-31", b"2026-01-01,2026-12-31", 1)
    path = tmp_path / "mended.csv"
    path.write_bytes(mended)
    run = oed_imports.check_files(
        portfolio=portfolio,
        locations=None,
        accounts=uploaded(path),
        choices=Choices(source="piwind"),
        by=portfolio.manager,
        on=today(),
    )
    assert run.problems == []
    assert run.counts["customers"][0]["name"] == "=1+1 Ltd"
    assert run.not_used == []


def test_names_and_classes_may_be_chosen(check):
    run = check([location()], [layer(LOB="Riddle")])
    assert run.counts["classes"] == [{"lob": "Riddle", "code": "PROPERTY", "policies": 1}]
    choices = Choices(source="piwind", classes={"Riddle": "TERRORISM"}, names={"1/A1": "  Abingdon  Estates "})
    run = oed_imports.choose(run=run, choices=choices, by=run.started_by, on=today(), version=run.version)
    queue(run)
    load_imports()
    assert Customer.objects.get().name == "Abingdon Estates"
    assert Policy.objects.get().class_of_business.code == "TERRORISM"


def test_a_run_may_be_given_up_until_it_is_loaded(check):
    run = queue(check([location()]))
    oed_imports.cancel(run=run, by=run.started_by)
    assert load_imports() == 0
    with pytest.raises(WrongState):
        oed_imports.cancel(run=run, by=run.started_by)


def test_a_run_that_cannot_be_saved_leaves_no_file(check, portfolio, settings, monkeypatch):
    kept = len(list_files(default_storage))
    monkeypatch.setattr(oed_imports.audit, "record", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        check([location()])
    assert len(list_files(default_storage)) == kept


def list_files(storage, folder="imports"):
    if not storage.exists(folder):
        return []
    folders, files = storage.listdir(folder)
    return [*files, *(name for inner in folders for name in list_files(storage, f"{folder}/{inner}"))]


def test_progress_is_seen_from_outside(check, monkeypatch):
    run = queue(check([location()]))
    oed_imports.tell_progress(run.pk, 1)
    run.state = ImportState.RUNNING
    assert oed_imports.progress_of(run) == 1


@pytest.mark.django_db(transaction=True)
def test_a_run_that_one_worker_has_is_left_alone_by_another(check):
    run = queue(check([location()]))
    other = connection.copy()
    try:
        with transaction.atomic():
            other.set_autocommit(False)
            with other.cursor() as cursor:
                cursor.execute("select 1 from profiles_importrun where id = %s for update", [run.pk])
            assert load_imports() == 0
    finally:
        other.rollback()
        other.close()
    assert load_imports() == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_half_way_leaves_nothing_and_the_next_sweep_loads_it_all(check, tmp_path):
    run = queue(check([location()], [layer()]))
    reached = tmp_path / "reached"
    connection.close()  # so that the two processes do not share it
    worker = os.fork()
    if not worker:
        try:
            loading.write_policies = lambda *args: (reached.touch(), time.sleep(60))
            load_imports()
        finally:
            os._exit(1)
    within(20, reached.exists)
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)

    run.refresh_from_db()
    assert run.state == ImportState.RUNNING
    assert not Customer.objects.exists()
    within(10, lambda: load_imports() == 1)  # the database has to notice first that the worker is gone
    assert (Location.objects.count(), Policy.objects.count()) == (1, 1)


def within(seconds, holds):
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it did not come about in time"
        time.sleep(0.05)
