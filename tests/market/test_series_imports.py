"""Files of dated figures: what each form means, what is left out and why, all or nothing, and twice is once."""

import datetime
import io
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from hypothesis import given
from hypothesis import settings as trial
from hypothesis import strategies as st

from accounts.models import AuditEntry, User
from common.files import RefusedRows, UnreadableFile
from market.models import ExchangeRate, ValueIndex, ValueIndexFigure
from market.series.indices import chained, last_run
from market.services import series_imports
from market.services.series_imports import INDICES, RATES
from tests.factories import TODAY, ExchangeRateFactory, ValueIndexFactory, ValueIndexFigureFactory

ECONOMY = Path(__file__).parents[3] / "shared" / "data/economy"
TURNER = Path(__file__).parents[3] / "shared" / "data/market/turner_building_cost_index_annual.csv"
real_files = pytest.mark.skipif(not ECONOMY.exists(), reason="the published series are not on this machine")
EVERYBODY = ["owner", "colleague", "supervisor", "stranger", "compliance", "administrator"]
EDITORS = {"supervisor", "administrator"}
LONG = "currency,valid_from,units_per_base\nHKD,2026-01-01,7.8\nHKD,2026-02-01,7.79\nJPY,2026-01-01,150.12345678\n"


def load(kind, text, on=TODAY):
    return series_imports.load(kind=kind, file=io.BytesIO(text.encode()), by=User.objects.system(), on=on)


def check(kind, text):
    return series_imports.check(kind=kind, file=io.BytesIO(text.encode()), on=TODAY)


def run(kind, path):
    out, err = io.StringIO(), io.StringIO()
    call_command("import_file", kind, str(path), stdout=out, stderr=err)
    return out.getvalue()


def kept(currency):
    return dict(ExchangeRate.objects.filter(currency=currency).values_list("valid_from", "units_per_base"))


def figures(code):
    return dict(ValueIndexFigure.objects.filter(index__code=code).values_list("valid_from", "figure"))


# Exchange rates


def test_rates_are_added_and_the_same_file_again_changes_nothing(db):
    first = load(RATES, LONG)
    assert (len(first.new), len(first.corrections), first.unchanged) == (3, 0, 0)
    assert kept("HKD") == {datetime.date(2026, 1, 1): Decimal("7.8"), datetime.date(2026, 2, 1): Decimal("7.79")}
    assert AuditEntry.objects.count() == 1
    versions = set(ExchangeRate.objects.values_list("pk", "version", "updated_at"))
    again = load(RATES, LONG)
    assert (len(again.new), len(again.corrections), again.unchanged) == (0, 0, 3)
    assert set(ExchangeRate.objects.values_list("pk", "version", "updated_at")) == versions
    assert AuditEntry.objects.count() == 1


def test_another_figure_for_a_day_corrects_the_one_that_is_there(db):
    row = ExchangeRateFactory(currency="HKD", valid_from=datetime.date(2026, 1, 1), units_per_base=Decimal("7.7"))
    plan = load(RATES, LONG)
    assert [(each.point.day, each.was) for each in plan.corrections] == [(row.valid_from, Decimal("7.7"))]
    row.refresh_from_db()
    assert (row.units_per_base, row.version) == (Decimal("7.8"), 2)
    assert ExchangeRate.objects.count() == 3


def test_looking_at_a_file_changes_nothing(db):
    plan = check(RATES, LONG)
    assert plan.changes_something
    assert not ExchangeRate.objects.exists()


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        ("USD,2026-01-01,1", "currency", "always 1"),
        ("XXX,2026-01-01,1", "currency", "not a currency in use"),
        ("HKD,soon,7.8", "valid_from", "not a day"),
        ("HKD,2026-02-30,7.8", "valid_from", "not a day"),
        ("HKD,2026-01-05,0", "units_per_base", "above 0"),
        ("HKD,2026-01-05,-7.8", "units_per_base", "above 0"),
        ("HKD,2026-01-05,", "units_per_base", "not a figure"),
        ("HKD,2026-01-05,NaN", "units_per_base", "not a figure"),
        ('HKD,2026-01-05,"7,8"', "units_per_base", "not a figure"),
        ("HKD,2026-01-05,7.123456789", "units_per_base", "At most 8 decimals"),
        ("HKD,2026-01-05,99999999999", "units_per_base", "At most 10 digits"),
        ("HKD,2999-01-05,7.8", "", "once its day has come"),
        ("HKD,2026-01-01,7.9", "", "Row 2 gives another figure"),
        ("HKD", "valid_from", "not a day"),
    ],
)
def test_a_bad_row_is_named_by_row_and_column_and_nothing_is_loaded(db, row, column, said):
    text = f"{LONG}{row}\n"
    plan = check(RATES, text)
    assert {(problem.row, problem.column) for problem in plan.refused} >= {(5, column)}
    assert said in " ".join(problem.text for problem in plan.refused)
    with pytest.raises(RefusedRows):
        load(RATES, text)
    assert not ExchangeRate.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_row_that_the_file_has_twice_word_for_word_counts_once(db):
    load(RATES, LONG + "HKD,2026-01-01,7.80\n")
    assert ExchangeRate.objects.count() == 3


def test_columns_are_found_in_any_order_and_case(db):
    load(RATES, "Units_Per_Base;CURRENCY;valid_from\n7.8;hkd;2026-01-01\n")
    assert kept("HKD") == {datetime.date(2026, 1, 1): Decimal("7.8")}


@pytest.mark.parametrize("kind", [RATES, INDICES])
def test_a_file_of_a_form_nobody_knows_is_refused_with_the_forms_that_are_read(db, kind):
    with pytest.raises(UnreadableFile, match="We read"):
        check(kind, "a,b\n1,2\n")


def test_a_file_by_country_maps_each_to_its_currency_and_says_what_it_leaves_out(db):
    rows = [
        "Date,Country,Exchange rate",
        "2026-01-01,Hong Kong,7.8",
        "2026-01-01,Euro,0.86",
        "1995-01-01,Germany,1.5",
        "2018-01-01,Venezuela,9.975",
        "2021-11-01,Venezuela,4.4848",
        "2026-01-01,Hong Kong,",
    ]
    plan = load(RATES, "\n".join(rows))
    assert {(point.key, point.figure) for point in plan.new} == {
        *(("HKD", Decimal("7.8")), ("EUR", Decimal("0.86")), ("VES", Decimal("4.4848"))),
    }
    assert dict(plan.left_out) == {
        "Germany: a currency that the euro replaced": 1,
        "Venezuela: months before today's currency": 1,
        "Hong Kong: months without a figure": 1,
    }
    with pytest.raises(RefusedRows):
        load(RATES, "Date,Country,Exchange rate\n2026-01-01,Atlantis,3\n")


@real_files
def test_the_published_rates_come_in_whole_and_once(db, django_assert_max_num_queries):
    path = ECONOMY / "exchange_rates_monthly.csv"
    with django_assert_max_num_queries(20):
        said = run(RATES, path)
    assert "figures added: 13006" in said
    assert kept("HKD")[datetime.date(1981, 1, 1)] == Decimal("5.1825")
    assert kept("GBP")[datetime.date(1971, 1, 1)] == Decimal("0.4157")  # units for one dollar, as all others
    assert min(kept("VES")) == datetime.date(2021, 11, 1)
    assert not ExchangeRate.objects.filter(currency__in=["DEM", "FRF"]).exists()
    assert AuditEntry.objects.count() == 1
    again = run(RATES, path)
    assert "figures added: 0" in again
    assert "figures corrected: 0" in again
    assert AuditEntry.objects.count() == 1


# Value indices


def test_figures_go_to_the_index_of_that_code_and_a_new_index_is_added_by_its_name(db):
    index = ValueIndexFactory(code="BUILDING_HK", name="As we call it")
    text = "code,valid_from,figure,name\nBUILDING_HK,2025-01-01,100,Theirs\nMACHINES,2025-01-01,98.5,Machine prices\n"
    plan = load(INDICES, text)
    assert [row.code for row in plan.new_indices] == ["MACHINES"]
    index.refresh_from_db()
    assert index.name == "As we call it"
    assert ValueIndex.objects.get(code="MACHINES").name == "Machine prices"
    assert figures("BUILDING_HK") == {datetime.date(2025, 1, 1): Decimal("100")}
    assert AuditEntry.objects.get().action == "value_index.imported"
    assert not load(INDICES, text).changes_something


def test_a_figure_that_differs_is_corrected(db):
    row = ValueIndexFigureFactory(index__code="BUILDING_HK", figure=Decimal("100"))
    load(INDICES, "code,valid_from,figure\nBUILDING_HK,2026-01-01,101.25\n")
    row.refresh_from_db()
    assert (row.figure, row.version) == (Decimal("101.25"), 2)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("not a code,2026-01-01,100,", "code"),
        (",2026-01-01,100,", "code"),
        ("GOOD,2026-01-01,none,", "figure"),
        ("GOOD,2026-01-01,100,ZZ", "country"),
        ("GOOD,01/02/2026,100,HK", "valid_from"),
    ],
)
def test_a_bad_row_of_an_index_is_named_and_nothing_is_loaded(db, row, column):
    with pytest.raises(RefusedRows) as refused:
        load(INDICES, f"code,valid_from,figure,country\n{row}\n")
    assert [problem.column for problem in refused.value.rows] == [column]
    assert not ValueIndex.objects.exists()


CPI = "Country,Country Code,Year,CPI\n"


def test_yearly_changes_are_chained_into_an_index(db):
    text = CPI + "".join(f"Hong Kong,HKG,{year},10\n" for year in (2004, 2005, 2006, 2007))
    plan = load(INDICES, text + "World,WLD,2006,3\n")
    assert figures("CPI_HK") == {
        datetime.date(2003, 1, 1): Decimal("82.644628"),
        datetime.date(2004, 1, 1): Decimal("90.909091"),
        datetime.date(2005, 1, 1): Decimal("100"),
        datetime.date(2006, 1, 1): Decimal("110"),
        datetime.date(2007, 1, 1): Decimal("121"),
    }
    assert ValueIndex.objects.get().country == "HK"
    assert "yearly changes in percent" in plan.series.notes[0]
    assert dict(plan.left_out) == {"groups of countries and areas that are no country of ISO 3166": 1}


def test_should_the_file_hold_what_its_description_says_the_figures_are_taken_as_they_are(db):
    load(INDICES, CPI + "Hong Kong,HKG,2005,100\nHong Kong,HKG,2006,102.5\nSingapore,SGP,2005,100\n")
    assert figures("CPI_HK") == {datetime.date(2005, 1, 1): Decimal("100"), datetime.date(2006, 1, 1): Decimal("102.5")}


def test_years_before_a_gap_are_left_out_since_nothing_leads_across_it(db):
    plan = load(INDICES, CPI + "".join(f"Hong Kong,HKG,{year},2\n" for year in (2001, 2002, 2006, 2007)))
    assert [day.year for day in sorted(figures("CPI_HK"))] == [2005, 2006, 2007]
    assert dict(plan.left_out) == {"years before a gap, which cannot be chained": 2}


@trial(deadline=None)
@given(
    changes=st.dictionaries(
        st.integers(min_value=1990, max_value=2024),
        st.decimals(min_value=-20, max_value=60, places=6),
        min_size=1,
        max_size=30,
    )
)
def test_a_chain_gives_back_the_changes_it_was_made_of(changes):
    run_of = last_run({year: (1, change) for year, change in changes.items()})
    assert run_of == list(range(run_of[0], max(changes) + 1))
    level = chained({year: changes[year] for year in run_of})
    for year in run_of:
        assert abs(level[year] / level[year - 1] - 1 - changes[year] / 100) < Decimal("1e-20")
    base = 2005 if 2005 in level else run_of[0] - 1
    assert abs(level[base] - 100) < Decimal("1e-20")


@real_files
def test_the_published_changes_are_those_of_the_published_monthly_index(db):
    """What the column CPI really holds: chained, the index of the United States moves as the monthly one does."""
    run(INDICES, ECONOMY / "cpi_by_country.csv")
    run(INDICES, ECONOMY / "cpi_us_monthly.csv")
    yearly, monthly = figures("CPI_US"), figures("CPI_US_MONTHLY")
    for year in range(1990, 2025):

        def average(of):
            return sum(figure for day, figure in monthly.items() if day.year == of) / 12

        by_month = average(year) / average(year - 1)
        by_year = yearly[datetime.date(year, 1, 1)] / yearly[datetime.date(year - 1, 1, 1)]
        assert abs(by_month - by_year) < Decimal("0.00001"), year
    assert yearly[datetime.date(2005, 1, 1)] == 100
    assert not ValueIndex.objects.filter(code="CPI_XK").exists()
    assert ValueIndex.objects.count() > 180
    assert "figures added: 0" in run(INDICES, ECONOMY / "cpi_by_country.csv")


@real_files
def test_the_building_cost_index_comes_in(db):
    assert "figures added: 13" in run(INDICES, TURNER)
    assert figures("TURNER_BUILDING_COST")[datetime.date(2018, 1, 1)] == 1096


def test_the_command_tells_bad_rows_and_leaves_nothing(db, tmp_path):
    path = tmp_path / "rates.csv"
    path.write_text(LONG + "XXX,2026-01-01,1\n")
    err = io.StringIO()
    with pytest.raises(CommandError, match="Nothing was imported"):
        call_command("import_file", RATES, str(path), stderr=err)
    assert "row 5, currency" in err.getvalue()
    assert not ExchangeRate.objects.exists()


def test_only_those_who_change_reference_data_load(people):
    with pytest.raises(PermissionDenied):
        series_imports.load(kind=RATES, file=io.BytesIO(LONG.encode()), by=people.owner, on=TODAY)


# In the browser


def given_file(client, kind, text, name="figures.csv"):
    return client.post(
        reverse(f"market:{kind}-import"), {"file": SimpleUploadedFile(name, text.encode(), content_type="text/csv")}
    )


def test_a_file_is_looked_at_and_then_loaded(client, people):
    client.force_login(people.supervisor)
    look = given_file(client, RATES, LONG)
    page = client.get(look.url)
    assert "What the file would do" in page.text
    assert len(page.context["plan"].new) == 3
    assert not ExchangeRate.objects.exists()
    done = client.post(look.url, follow=True)
    assert "3 figures added" in done.text
    assert ExchangeRate.objects.count() == 3
    gone = client.get(look.url, follow=True)
    assert "no longer kept" in gone.text


def test_a_file_with_bad_rows_cannot_be_loaded_even_by_posting(client, people):
    client.force_login(people.supervisor)
    look = given_file(client, INDICES, "code,valid_from,figure\nGOOD,2026-01-01,0\n")
    page = client.get(look.url)
    assert "A figure is above 0" in page.text
    assert "Load it" not in page.text
    answer = client.post(look.url)
    assert answer.status_code == 422
    assert not ValueIndex.objects.exists()


def test_a_file_that_is_no_table_is_refused_at_the_field(client, people):
    client.force_login(people.supervisor)
    answer = given_file(client, RATES, "%PDF-1.7 not a table")
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["file"]
    assert client.post(reverse("market:exchange-rates-import"), {}).status_code == 422


def test_a_file_waits_for_the_one_who_gave_it_alone(client, people):
    client.force_login(people.supervisor)
    look = given_file(client, RATES, LONG)
    client.force_login(people.administrator)
    answer = client.post(look.url, follow=True)
    assert "no longer kept" in answer.text
    assert not ExchangeRate.objects.exists()


@pytest.mark.parametrize("kind", [RATES, INDICES])
def test_only_supervisors_and_administrators_give_files(client, people, kind):
    for who in EVERYBODY:
        client.force_login(getattr(people, who))
        answer = client.get(reverse(f"market:{kind}-import"))
        assert answer.status_code == (200 if who in EDITORS else 403), who
