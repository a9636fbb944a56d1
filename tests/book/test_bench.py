"""What is measured: one customer's adequacy reads what that customer has, however large the book is."""

import datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from broker_crm.bench import kept, plans
from broker_crm.bench.measures import Measured
from broker_crm.book import loading

ON = datetime.date(2026, 11, 23)

pytestmark = pytest.mark.django_db


def load(customers):
    loading.load(customers=customers, seed=1, on=ON)


def test_a_row_that_misses_its_target_is_marked():
    rows = [
        Measured("Fast", 1.0, "s", 2.0, "scan", 25),
        Measured("Slow", 60.0, "s", 2.0, "scan", 25),
        Measured("Wrote", 1.0, "s", 2.0, "scan", 60, "3 findings written"),
    ]
    _, fast, slow, wrote = kept.table(rows, {"Fast": 0.4})
    assert "OVER" not in fast
    assert "0.50" in fast
    assert "0.40" in fast
    assert "OVER" in slow
    assert wrote.endswith("OVER 3 findings written")


def test_a_result_is_kept_by_size_and_compared_with(tmp_path, monkeypatch):
    monkeypatch.setattr(kept, "FILE", tmp_path / "bench.json")
    assert kept.read(1000) == {}
    kept.write(1000, ON, [Measured("Adequacy of the book", 5.0, "s", 2.0, "scan", 25)])
    kept.write(2000, ON, [Measured("Adequacy of the book", 9.0, "s", 3.0, "scan", 25)])
    assert kept.read(1000) == {"Adequacy of the book": 2.5}
    assert kept.read(2000) == {"Adequacy of the book": 3.0}


def test_pages_of_lasting_tables_are_counted_and_tables_read_whole_are_named():
    load(5)
    with transaction.atomic(), plans.counted() as read, connection.cursor() as cursor:
        cursor.execute("create temporary table these on commit drop as select * from risk_risk")
        cursor.execute("select * from these")
    assert read.whole == {"risk_risk"}
    assert read.pages >= 1


def test_it_does_not_measure_on_the_databases_of_others():
    with pytest.raises(CommandError, match="run `make bench`"):
        call_command("bench", customers=10)
    with pytest.raises(CommandError, match="at least one customer"):
        call_command("bench", customers=0)
