"""A statement of values as a file: taken away, mended, brought back, checked before it is saved."""

import datetime
import io
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import AuditEntry
from common.dates import today
from profiles.models import Location
from risk.models import Exposure, ExposureKind, ExposureValue, StatementDraft
from tests.factories import (
    CustomerFactory,
    ExposureFactory,
    ExposureValueFactory,
    LocationFactory,
    ValueIndexFactory,
)

K = ExposureKind
SPRING, AUTUMN = datetime.date(2026, 4, 1), datetime.date(2026, 10, 1)


@pytest.fixture
def customer(people):
    return CustomerFactory(portfolio=people.portfolio, name="Harbour Cold Storage Ltd")


@pytest.fixture
def index(db):
    return ValueIndexFactory(code="HK_BUILDING")


@pytest.fixture
def book(customer, index):
    """Two locations with three values, and one tied to none."""
    wharf = LocationFactory(customer=customer, reference="L1", name="Wharf 8")
    kwai = LocationFactory(customer=customer, reference="L2", name="葵涌冷庫")
    LocationFactory(customer=customer, reference="L3", name="Empty so far")
    rows = [
        (wharf, K.BUILDINGS, "60000000", "HKD", {"value_index": index}),
        (wharf, K.STOCK, "2500000.50", "USD", {"description": '=HYPERLINK("http://evil.example")'}),
        (kwai, K.MACHINERY, "34000000", "HKD", {}),
        (None, K.BUSINESS_INTERRUPTION, "42000000", "HKD", {}),
        (None, K.PERSONS, "124", "", {}),
    ]
    for place, kind, amount, currency, more in rows:
        exposure = ExposureFactory(customer=customer, location=place, kind=kind, **more)
        ExposureValueFactory(
            exposure=exposure,
            amount=Decimal(amount),
            currency=currency,
            valued_on=SPRING,
            indemnity_days=365 if kind == K.BUSINESS_INTERRUPTION else None,
        )
    return customer


@pytest.fixture
def owner(client, people):
    client.force_login(people.owner)
    return people.owner


def taken_away(client, customer, form="xlsx", **query):
    return client.get(reverse("risk:values-export", args=[customer.pk, form], query=query)).content


def sheet_of(content):
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    return workbook, workbook.worksheets[0]


def column(sheet, heading):
    return [cell.value for cell in sheet[1]].index(heading) + 1


def saved(workbook):
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def bring(client, customer, content=b"", *, pasted="", name="values.xlsx", **more):
    """Gives a file or a pasted table as the page does and returns the page that checks it."""
    data = {"day": "2026-10-01", "pasted": pasted, **more}
    if content:
        data["file"] = SimpleUploadedFile(name, content)
    return client.post(reverse("risk:values-import", args=[customer.pk]), data, follow=True)


def save(client, page, **more):
    plan = page.context["plan"]
    url = reverse("risk:draft-save", args=[page.context["draft"].pk])
    return client.post(url, {"seen": plan.fingerprint, **more}, follow=True)


def whats(page):
    return sorted((step.line.row, step.what) for step in page.context["plan"].steps)


def reasons(page):
    return [(refusal.line.row, refusal.field, refusal.text) for refusal in page.context["plan"].refusals]


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_what_is_taken_away_and_brought_back_unchanged_changes_nothing(client, owner, book, form):
    page = bring(client, book, taken_away(client, book, form), name=f"values.{form}")
    plan = page.context["plan"]
    assert (plan.steps, plan.refusals, plan.conflicts, plan.unchanged) == ([], [], [], 5)
    assert "Nothing differs" in page.text


@pytest.mark.parametrize("language", ["en", "zh-hant"])
def test_a_file_is_read_in_either_language(client, owner, book, language):
    owner.language = language
    owner.save()
    content = taken_away(client, book)
    owner.language = "en"
    owner.save()
    workbook, sheet = sheet_of(content)
    sheet.cell(2, 6).value = 43000000
    page = bring(client, book, saved(workbook))
    assert whats(page) == [(2, "corrected")]


def test_cells_cannot_carry_formulas(client, owner, book):
    _workbook, sheet = sheet_of(taken_away(client, book))
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f"]
    evil = next(cell for cell in cells if str(cell.value).startswith("=HYPERLINK"))
    assert evil.quotePrefix
    assert b"'=HYPERLINK" in taken_away(client, book, "csv")


def test_a_location_without_a_value_has_a_row_that_says_nothing_until_it_is_filled(client, owner, book):
    workbook, sheet = sheet_of(taken_away(client, book))
    row = next(row for row in range(2, sheet.max_row + 1) if sheet.cell(row, 1).value == "L3")
    sheet.cell(row, column(sheet, "Kind")).value = "Contents"
    sheet.cell(row, column(sheet, "Amount")).value = "750,000"
    sheet.cell(row, column(sheet, "Currency")).value = "HKD"
    page = bring(client, book, saved(workbook))
    assert whats(page) == [(row, "added")]
    save(client, page)
    assert ExposureValue.objects.get(exposure__location__reference="L3").valued_on == AUTUMN


def test_a_new_valuation_date_makes_a_new_value_the_same_one_corrects_and_0_ends(client, owner, book):
    workbook, sheet = sheet_of(taken_away(client, book))
    rows = {sheet.cell(row, 4).value: row for row in range(2, sheet.max_row + 1)}
    amount, day = column(sheet, "Amount"), column(sheet, "Valuation date")
    sheet.cell(rows["Buildings"], amount).value = 66000000
    sheet.cell(rows["Buildings"], day).value = AUTUMN
    sheet.cell(rows["Machinery"], amount).value = 35000000.5
    sheet.cell(rows["Persons"], amount).value = 0
    sheet.cell(rows["Persons"], day).value = "2026-10-01"
    page = bring(client, book, saved(workbook))
    assert sorted(what for _row, what in whats(page)) == ["corrected", "ended", "moved"]
    save(client, page)
    found = list(
        ExposureValue.objects.order_by("exposure__kind", "valued_on").values_list(
            "exposure__kind", "valued_on", "amount"
        )
    )
    assert found == [
        ("BUILDINGS", SPRING, Decimal("60000000")),
        ("BUILDINGS", AUTUMN, Decimal("66000000")),
        ("BUSINESS_INTERRUPTION", SPRING, Decimal("42000000")),
        ("MACHINERY", SPRING, Decimal("35000000.50")),
        ("PERSONS", SPRING, Decimal("124")),
        ("PERSONS", AUTUMN, Decimal("0")),
        ("STOCK", SPRING, Decimal("2500000.50")),
    ]
    assert not StatementDraft.objects.exists()
    assert AuditEntry.objects.get().note == "1 given anew, 1 corrected, 1 ended. From values.xlsx."


def test_index_description_and_days_of_interruption_come_back_too(client, owner, book, index):
    workbook, sheet = sheet_of(taken_away(client, book))
    rows = {sheet.cell(row, 4).value: row for row in range(2, sheet.max_row + 1)}
    sheet.cell(rows["Buildings"], column(sheet, "Value index")).value = None
    sheet.cell(rows["Machinery"], column(sheet, "Value index")).value = "hk_building"
    sheet.cell(rows["Machinery"], column(sheet, "Description")).value = "Compressors"
    sheet.cell(rows["Business interruption"], column(sheet, "Days of interruption")).value = 540
    save(client, bring(client, book, saved(workbook)))
    found = {row.kind: row for row in Exposure.objects.all()}
    assert found["BUILDINGS"].value_index is None
    assert (found["MACHINERY"].value_index, found["MACHINERY"].description) == (index, "Compressors")
    assert ExposureValue.objects.get(exposure__kind=K.BUSINESS_INTERRUPTION).indemnity_days == 540
    assert ExposureValue.objects.count() == 5


def test_a_row_without_ids_finds_its_exposure_and_a_new_reference_is_a_new_location(client, owner, book):
    pasted = (
        "Location reference\tLocation\tKind\tAmount\tCurrency\n"
        "l1\t\tbuildings\t61,000,000\tHKD\n"
        "\t葵涌冷庫\tSTOCK\t9\tHKD\n"
        "L9\tNew shed\tContents\t5\tHKD\n"
        "L9\tNew shed\tStock\t6\tHKD\n"
        "\t\tBusiness interruption\t43000000\tHKD"
    )
    page = bring(client, book, pasted=pasted)
    assert whats(page) == [(2, "moved"), (3, "added"), (4, "added"), (5, "added"), (6, "moved")]
    save(client, page)
    assert Location.objects.filter(customer=book).count() == 4
    assert Exposure.objects.filter(location__reference="L9").count() == 2


def test_a_table_with_a_column_for_each_kind_is_read_as_customers_keep_it(client, owner, book):
    pasted = "Location reference\tLocation\tBuildings\tStock\tPersons\nL1\tWharf 8\t61,000,000\t-\t\nL4\tAnnex\t7\t8\t9"
    page = bring(client, book, pasted=pasted)
    assert whats(page) == [(2, "moved"), (3, "added"), (3, "added"), (3, "added")]
    save(client, page)
    found = ExposureValue.objects.filter(exposure__location__reference="L4")
    assert set(found.values_list("exposure__kind", "amount", "currency")) == {
        ("BUILDINGS", Decimal(7), "HKD"),
        ("STOCK", Decimal(8), "HKD"),
        ("PERSONS", Decimal(9), ""),
    }


WRONG = [
    ({"Amount": "-1"}, "amount", "must not be negative"),
    ({"Amount": "lots"}, "amount", "Enter a number"),
    ({"Amount": ""}, "amount", "write 0 where the exposure has ended"),
    ({"Currency": "XXX"}, "currency", "XXX is not a currency in use"),
    ({"Currency": ""}, "currency", "Give the currency"),
    ({"Valuation date": "2206-04-01"}, "valued_on", "more than two years ahead"),
    ({"Valuation date": "1/4/2026"}, "valued_on", "write year, month and day as 2026-04-01"),
    ({"Valuation date": "1066-10-14"}, "valued_on", "before 1900"),
    ({"Value index": "MOON"}, "index", "no value index with that code"),
    ({"Kind": "Dreams"}, "kind", "It is none of: Buildings"),
    ({"Basis": "Guess"}, "basis", "It is none of: Reinstatement"),
    ({"Days of interruption": "365"}, "indemnity_days", "Only business interruption"),
    ({"Kind": "Persons", "Amount": "5"}, "currency", "no currency"),
    ({"Kind": "Persons", "Amount": "5", "Currency": "", "Value index": "HK_BUILDING"}, "index", "does not follow"),
    ({"Description": "x" * 201}, "description", "longer than 200"),
    ({"Location reference": "x" * 41}, "reference", "longer than 40"),
    ({"Exposure id": "nonsense"}, "exposure_id", "no exposure with that id"),
    ({"Location id": "00000000-0000-0000-0000-000000000000"}, "location_id", "no location with that id"),
]


def a_row(**changed):
    row = {
        "Location reference": "L1",
        "Kind": "Contents",
        "Description": "",
        "Amount": "5",
        "Currency": "HKD",
        "Valuation date": "2026-10-01",
        "Basis": "",
        "Value index": "",
        "Days of interruption": "",
        "Location id": "",
        "Exposure id": "",
    }
    return row | changed


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: f"{wrong[1]}: {wrong[2]}")
def test_a_wrong_row_is_refused_with_its_column_and_reason_by_file_paste_and_command(client, book, tmp_path, wrong):
    changed, field, said = wrong
    row = a_row(**changed)
    pasted = "\t".join(row) + "\n" + "\t".join(row.values())
    page = bring(client, book, pasted=pasted)
    [(number, name, text)] = reasons(page)
    assert (number, name) == (2, field)
    assert said in text
    assert text in page.text.replace("&#x27;", "'")
    path = tmp_path / "values.csv"
    path.write_text(pasted, encoding="utf-8")
    errors = io.StringIO()
    with pytest.raises(CommandError, match="1 rows are refused"):
        call_command("import_file", "values", str(path), "--customer", str(book.pk), stderr=errors)
    assert said in errors.getvalue()
    assert ExposureValue.objects.count() == 5
    assert not AuditEntry.objects.exists()


def test_good_rows_are_saved_without_the_bad_ones_only_when_that_is_asked_for(client, owner, book):
    rows = [a_row(), a_row(Kind="Stock", Amount="-1")]
    page = bring(client, book, pasted="\n".join(["\t".join(rows[0]), *("\t".join(row.values()) for row in rows)]))
    answer = save(client, page)
    assert "Nothing was saved" in answer.text
    assert ExposureValue.objects.count() == 5
    save(client, page, leaves_out_bad="on")
    assert ExposureValue.objects.count() == 6


def test_the_same_value_twice_in_a_file_is_refused(client, owner, book):
    rows = [a_row(), a_row(Amount="6")]
    page = bring(client, book, pasted="\n".join(["\t".join(rows[0]), *("\t".join(row.values()) for row in rows)]))
    assert reasons(page) == [(3, "amount", "Row 2 gives a value of the same day for it.")]


def test_several_days_of_one_new_exposure_come_in_together(client, owner, book):
    rows = [a_row(Amount="4", **{"Valuation date": "2025-10-01"}), a_row()]
    page = bring(client, book, pasted="\n".join(["\t".join(rows[0]), *("\t".join(row.values()) for row in rows)]))
    save(client, page)
    exposure = Exposure.objects.get(kind=K.CONTENTS)
    assert list(exposure.values.order_by("valued_on").values_list("amount", flat=True)) == [4, 5]


def test_what_somebody_else_changed_since_the_file_was_written_is_told_with_both_values(client, people, owner, book):
    workbook, sheet = sheet_of(taken_away(client, book))
    rows = {sheet.cell(row, 4).value: row for row in range(2, sheet.max_row + 1)}
    sheet.cell(rows["Buildings"], 6).value = 65000000
    sheet.cell(rows["Machinery"], 6).value = 35000000
    ExposureValue.objects.filter(exposure__kind=K.BUILDINGS).update(amount=Decimal("70000000"))
    ExposureValue.objects.filter(exposure__kind=K.STOCK).update(amount=Decimal("3"))
    page = bring(client, book, saved(workbook))
    [conflict] = page.context["plan"].conflicts
    assert (conflict.now.amount, conflict.typed.amount) == (Decimal("70000000"), Decimal("65000000"))
    assert "70,000,000" in page.text
    assert whats(page) == [(rows["Machinery"], "corrected")], "the stock was not touched in the file"
    replaced = client.get(reverse("risk:draft", args=[page.context["draft"].pk]), {"replaces": "1"})
    save(client, replaced, replaces="1")
    amounts = dict(ExposureValue.objects.values_list("exposure__kind", "amount"))
    assert (amounts["BUILDINGS"], amounts["STOCK"]) == (Decimal("65000000"), Decimal("3"))


def test_a_book_that_changed_between_check_and_save_is_shown_once_more(client, owner, book):
    page = bring(client, book, pasted="\n".join(["\t".join(a_row()), "\t".join(a_row(Kind="Machinery").values())]))
    exposure = ExposureFactory(customer=book, location=Location.objects.get(reference="L1"), kind=K.MACHINERY)
    ExposureValueFactory(exposure=exposure, amount=Decimal("99"), valued_on=AUTUMN)
    answer = save(client, page)
    assert "The book has changed since you looked" in answer.text
    assert ExposureValue.objects.get(exposure=exposure).amount == 99
    assert whats(answer) == [(2, "corrected")]


def test_a_file_of_another_customer_changes_nothing_of_it(client, people, owner, book):
    other = CustomerFactory(portfolio=people.portfolio)
    page = bring(client, other, taken_away(client, book))
    assert {field for _row, field, _text in reasons(page)} == {"exposure_id"}
    assert page.context["plan"].steps == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04 not a workbook", "cannot be read"),
        (b"%PDF-1.7", "This is a PDF"),
        (b"a,b\n1,2\n", "The first row must name the columns"),
        (b"\xff\xfe\x00", "not UTF-8"),
    ],
)
def test_a_file_that_is_no_table_is_told_at_the_field(client, owner, book, content, said):
    page = bring(client, book, content)
    assert said in str(page.context["form"].errors["file"])
    assert not StatementDraft.objects.exists()


def test_what_was_pasted_is_kept_beside_the_error(client, owner, book):
    page = bring(client, book, pasted="nothing\tknown\n1\t2")
    assert "The first row must name the columns" in str(page.context["form"].errors["pasted"])
    assert "nothing\tknown" in page.text
    both = bring(client, book, b"Kind,Amount\n", pasted="Kind\tAmount\nStock\t1")
    assert "Give one of the two" in both.text
    assert "Give a file, or paste a table" in bring(client, book).text


def test_a_draft_is_thrown_away_and_old_ones_go_by_themselves(client, owner, book):
    page = bring(client, book, pasted="Kind\tAmount\tCurrency\nStock\t1\tHKD")
    old = page.context["draft"]
    StatementDraft.objects.update(created_at=old.created_at - datetime.timedelta(days=8))
    page = bring(client, book, pasted="Kind\tAmount\tCurrency\nStock\t1\tHKD")
    assert StatementDraft.objects.get() == page.context["draft"]
    client.post(reverse("risk:draft-give-up", args=[page.context["draft"].pk]))
    assert not StatementDraft.objects.exists()


def test_only_owner_and_supervisor_bring_in_and_the_team_takes_away(client, people, book):
    client.force_login(people.owner)
    draft = bring(client, book, pasted="Kind\tAmount\tCurrency\nStock\t1\tHKD").context["draft"]
    edits = [
        ("get", reverse("risk:values-import", args=[book.pk])),
        ("get", reverse("risk:draft", args=[draft.pk])),
        ("post", reverse("risk:draft-save", args=[draft.pk])),
    ]
    export = reverse("risk:values-export", args=[book.pk, "xlsx"])
    for who, status in {"colleague": 403, "compliance": 403, "stranger": 404}.items():
        client.force_login(getattr(people, who))
        for method, url in edits:
            assert getattr(client, method)(url).status_code == status, (who, url)
        assert client.get(export).status_code == (404 if who == "stranger" else 200)
    client.force_login(people.supervisor)
    assert client.get(reverse("risk:draft", args=[draft.pk])).status_code == 200
    assert client.get(reverse("risk:values-export", args=[book.pk, "exe"])).status_code == 404
    assert not ExposureValue.objects.filter(exposure__kind=K.STOCK, amount=1).exists()


def test_the_command_takes_a_mended_file_in_and_prints_counts(client, owner, book, tmp_path):
    workbook, sheet = sheet_of(taken_away(client, book))
    sheet.cell(2, 6).value = 43000000
    path = tmp_path / "values.xlsx"
    path.write_bytes(saved(workbook))
    out = io.StringIO()
    call_command("import_file", "values", str(path), "--customer", book.name, stdout=out)
    assert "values corrected: 1\n" in out.getvalue()
    assert "left as they are: 4\n" in out.getvalue()
    with pytest.raises(CommandError, match="--customer"):
        call_command("import_file", "values", str(path))


def test_the_command_refuses_what_somebody_else_changed_since(client, owner, book, tmp_path):
    workbook, sheet = sheet_of(taken_away(client, book))
    rows = {sheet.cell(row, 4).value: row for row in range(2, sheet.max_row + 1)}
    sheet.cell(rows["Buildings"], 6).value = 65000000
    path = tmp_path / "values.xlsx"
    path.write_bytes(saved(workbook))
    ExposureValue.objects.filter(exposure__kind=K.BUILDINGS).update(amount=Decimal("70000000"))
    errors = io.StringIO()
    with pytest.raises(CommandError):
        call_command("import_file", "values", str(path), "--customer", str(book.pk), stderr=errors)
    assert "it is HKD\xa070,000,000 by now" in errors.getvalue()
    assert not ExposureValue.objects.filter(valued_on=today()).exists()
