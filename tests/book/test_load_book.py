"""The made-up book: the same each time, whole or not at all, and with everything in it that adequacy has to judge."""

import datetime
import hashlib
import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts.models import AuditEntry, Portfolio, User
from broker_crm.book import composing, loading, register
from broker_crm.book.draft import NOTHING
from common.dates import today
from common.models import Record
from market.models import ExchangeRate, Insurer
from profiles.models import Customer
from programmes.models import Participation, Policy, Section
from programmes.selectors import adequacy
from risk.models import Risk

ON = datetime.date(2026, 11, 23)
SIZE = 200

pytestmark = pytest.mark.django_db


def load(customers=SIZE, *, seed=1, on=ON):
    return loading.load(customers=customers, seed=seed, on=on)


def digest():
    """A sum over every row of the book, but for the moments at which rows were written."""
    found = hashlib.sha256()
    for sheet in composing.SHEETS:
        left_out = {"created_at", "updated_at", "id" if not issubclass(sheet.model, Record) else ""}
        names = [f.attname for f in sheet.model._meta.concrete_fields if f.name not in left_out]
        for row in sorted(map(repr, sheet.model._default_manager.values_list(*names))):
            found.update(row.encode())
    return found.hexdigest()


def loaded_and_undone(**given):
    with transaction.atomic():
        load(60, **given)
        found = digest()
        transaction.set_rollback(True)
    return found


def values(query, *given):
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        return cursor.fetchone()


def test_the_same_seed_and_day_give_the_same_rows_with_the_same_keys():
    first = loaded_and_undone()
    assert loaded_and_undone() == first
    assert loaded_and_undone(seed=2) != first
    assert loaded_and_undone(on=ON + datetime.timedelta(days=1)) != first


def test_a_customer_is_the_same_however_large_the_book_is():
    with transaction.atomic():
        shared, _ = loading.share(seed=1, on=ON)
        transaction.set_rollback(True)
    (_, small), *_ = loading.batches(shared, 3)
    (_, large), *_ = loading.batches(shared, 9)
    for sheet in composing.SHEETS:
        assert large[sheet][: len(small[sheet])] == small[sheet]


def test_keys_are_uuids_of_version_7_in_the_order_of_writing():
    load(20)
    keys = sorted(Section.objects.values_list("pk", flat=True))
    assert {key.version for key in keys} == {7}
    numbers = [
        int(section.customer.external_id.removeprefix("C-"))
        for section in Section.objects.select_related("customer").order_by("pk")
    ]
    assert numbers == sorted(numbers)


def test_every_row_passes_the_checks_that_a_form_would_make():
    load(30)
    for sheet in composing.SHEETS:
        for row in sheet.model._default_manager.all():
            row.full_clean()


def test_it_has_the_sizes_that_it_is_meant_to_have():
    counts = load()
    assert counts["customers"] == SIZE == Customer.objects.count()
    assert 4 < counts["sections"] / SIZE < 6.5
    assert 8 < counts["lines"] / SIZE < 13
    assert 5 < counts["risks"] / SIZE < 7.5
    assert counts["lines"] == Participation.objects.count()
    assert Policy.objects.in_force(ON).count() > 0.7 * Policy.objects.count()
    assert Policy.objects.in_force(ON).filter(expiry_date__lt=ON + datetime.timedelta(days=60)).exists()
    assert Portfolio.objects.filter(manager__email__endswith="@book.example").count() == 2
    assert not any(user.has_usable_password() for user in User.objects.filter(email__endswith="@book.example"))


@transaction.atomic
def test_adequacy_of_it_meets_every_kind_of_situation():
    load()
    adequacy.work_out(on=ON)
    risks = values(
        "select count(*) filter (where loss is null), count(*) filter (where insured = 0),"
        " count(*) filter (where insured > 0 and retained > 0), count(*) filter (where retained = 0 and insured > 0)"
        " from adequacy_risk where variant = 'ACTUAL'"
    )
    assert all(risks), "unknown, uninsured, insured in part, insured whole"
    answers = values(
        "select count(*) filter (where answer = 'YES'), count(*) filter (where answer = 'EXCLUDED'),"
        " count(*) filter (where answer = 'UNKNOWN') from adequacy_part"
    )
    assert all(answers), "covered, excluded, nobody knows"
    sections = values(
        "select count(*) filter (where share < 0.9999), count(*) filter (where share > 1.0001),"
        " count(*) filter (where share is null), count(*) filter (where room is null),"
        " count(*) filter (where aggregate_used > 0.5 * aggregate_whole),"
        " count(*) filter (where locations is not null), count(*) filter (where source_rate <> target_rate)"
        " from adequacy_section"
    )
    assert all(sections), "unplaced, overplaced, share and limit unknown, eroded, some places, foreign currency"
    bands = values(
        "select count(*) filter (where average < 1), count(*) filter (where attachment > 0),"
        " count(*) filter (where stack is not null), count(*) filter (where recovery > 0) from adequacy_band"
    )
    assert all(bands), "average, excess layers, stacks of some exposures, recoveries"
    assert values("select count(*) from adequacy_scale") > (0,), "stacks that share exposures"


def test_insurers_are_shared_and_some_are_unrated_or_below_a_floor():
    load(50)
    notches = [
        values("select market_security_notch(%s, %s)", key, ON)[0]
        for key in Insurer.objects.values_list("pk", flat=True)
    ]
    assert None in notches
    assert any(notch and notch > 7 for notch in notches)
    assert Participation.objects.values("insurer").distinct().count() < Participation.objects.count() / 2


def test_exchange_rates_that_are_there_stay_as_they_are():
    ExchangeRate.objects.create(currency="HKD", valid_from=ON, units_per_base="7.7")
    load(3)
    assert [str(rate.units_per_base) for rate in ExchangeRate.objects.filter(currency="HKD")] == ["7.70000000"]
    assert ExchangeRate.objects.filter(currency="JPY").exists()


def test_the_history_and_the_record_say_who_did_it():
    load(3)
    system = User.objects.system()
    assert set(Risk.pgh_event_models["insert"].objects.values_list("pgh_context__actor", flat=True)) == {str(system.pk)}
    assert AuditEntry.objects.get(action="book.loaded").after == {"customers": 3}


# The command


def run(**options):
    output = io.StringIO()
    call_command("load_book", stdout=output, **options)
    return output.getvalue()


def test_the_command_says_what_it_did_in_counts():
    said = run(customers=5)
    assert "5 of 5 customers" in said
    assert "5 customers\n" in said
    assert "Loaded in" in said
    assert Policy.objects.in_force(today()).exists()


def test_a_second_book_is_refused_and_nothing_changes():
    run(customers=2)
    with pytest.raises(CommandError, match="book in this database already"):
        run(customers=5)
    assert Customer.objects.count() == 2


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"customers": 0}, "at least one customer"),
        ({"customers": 3, "on": "tomorrow"}, "tomorrow is not a day"),
    ],
)
def test_what_makes_no_sense_is_refused(given, words):
    with pytest.raises(CommandError, match=words):
        run(**given)
    assert not Customer.objects.exists()


def test_without_a_size_it_is_refused():
    with pytest.raises(CommandError, match="--customers"):
        call_command("load_book")


@pytest.mark.django_db(transaction=True)
def test_a_failure_halfway_leaves_nothing(monkeypatch):
    monkeypatch.setattr(loading, "TOGETHER", 2)
    write = register.write

    def fail(draft):
        if draft.number == 5:
            raise RuntimeError("no more")
        write(draft)

    monkeypatch.setattr(register, "write", fail)
    with pytest.raises(RuntimeError, match="no more"):
        load(8)
    assert not Customer.objects.exists()
    assert not Insurer.objects.exists()
    assert not User.objects.filter(email__endswith="@book.example").exists()


def test_what_is_not_known_is_written_as_nothing():
    with transaction.atomic():
        shared, _ = loading.share(seed=1, on=ON)
        transaction.set_rollback(True)
    rows = loading.rows_of(shared, range(1, 200))
    assert all("None" not in line for lines in rows.values() for line in lines)
    assert any(NOTHING in line for line in rows[register.RISKS])
