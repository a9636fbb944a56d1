"""Importing files on the page: give, check, choose, load, watch, take the refused rows away."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from profiles.models import Customer, ImportRun, ImportState
from programmes.models import Policy
from programmes.tasks import load_imports
from tests import factories
from tests.programmes.oed.conftest import CUTS

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client, people):
    client.force_login(people.owner)
    return people.owner


def given(name):
    return SimpleUploadedFile(name, (CUTS / name).read_bytes(), "application/octet-stream")


def give(client, people, **files):
    """Posts files as the page does and returns the run."""
    data = {"source": "piwind", "portfolio": people.portfolio.pk} | {name: given(file) for name, file in files.items()}
    answer = client.post(reverse("desk:import-add"), data)
    assert answer.status_code == 302, answer.context["form"].errors
    return ImportRun.objects.latest("created_at")


def choices(run, **changes):
    page = {"customer_field": "AccNumber", "share": "", "version": run.version}
    page |= {f"class-{number}": row["code"] for number, row in enumerate(run.counts["classes"])}
    page |= {f"name-{number}": row["name"] for number, row in enumerate(run.counts["customers"])}
    return page | changes


def test_piwind_from_the_upload_to_the_customer(client, people, owner):
    run = give(client, people, locations="SourceLocOEDPiWind10.csv", accounts="SourceAccOEDPiWind.csv")
    page = client.get(reverse("desk:import", args=[run.pk])).content.decode()
    assert "LayerParticipation is 0.3" in page
    assert reverse("desk:import-load", args=[run.pk]) not in page, "nothing to press before the question is answered"

    url = reverse("desk:import-choose", args=[run.pk])
    answer = client.post(url, choices(run, **{"share": "one-insurer", "name-0": "Abingdon Estates", "class-0": "FIRE"}))
    assert answer.status_code == 302
    run.refresh_from_db()
    page = client.get(reverse("desk:import", args=[run.pk])).content.decode()
    assert "Abingdon Estates" in page
    assert "3,400,000" in page

    client.post(reverse("desk:import-load", args=[run.pk]), {"version": run.version})
    page = client.get(reverse("desk:import", args=[run.pk])).content.decode()
    assert "0 of 12 rows" in page

    load_imports()
    page = client.get(reverse("desk:import", args=[run.pk])).content.decode()
    customer = Customer.objects.get()
    assert customer.name == "Abingdon Estates"
    assert reverse("desk:customer", args=[customer.pk]) in page
    assert set(Policy.objects.values_list("class_of_business__code", flat=True)) == {"FIRE"}


def test_progress_is_a_fragment_and_ends_with_a_fresh_page(client, people, owner):
    run = factories.ImportRunFactory(portfolio=people.portfolio, state=ImportState.QUEUED, rows_total=10)
    url = reverse("desk:import-progress", args=[run.pk])
    fragment = client.get(url, headers={"hx-request": "true"}).content.decode()
    assert "0 of 10 rows" in fragment
    assert "<html" not in fragment
    ImportRun.objects.filter(pk=run.pk).update(state=ImportState.DONE)
    answer = client.get(url, headers={"hx-request": "true"})
    assert (answer.status_code, answer["HX-Refresh"]) == (204, "true")


def test_a_file_is_judged_by_its_content(client, people, owner):
    workbook = SimpleUploadedFile("locations.csv", b"PK\x03\x04 sheet", "text/csv")
    data = {"source": "piwind", "portfolio": people.portfolio.pk, "locations": workbook}
    answer = client.post(reverse("desk:import-add"), data)
    assert answer.status_code == 422
    assert "workbook" in answer.context["form"].errors["locations"][0]
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize(
    ("data", "field"), [({"source": ""}, "source"), ({"source": "  "}, "source"), ({"source": "piwind"}, "locations")]
)
def test_what_is_missing_is_told_at_its_field(client, people, owner, data, field):
    answer = client.post(reverse("desk:import-add"), {"portfolio": people.portfolio.pk} | data)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors


def test_a_portfolio_one_may_not_change_is_not_offered(client, people, owner):
    other = factories.PortfolioFactory()
    data = {"source": "piwind", "portfolio": other.pk, "locations": given("SourceLocOEDPiWind10.csv")}
    answer = client.post(reverse("desk:import-add"), data)
    assert "portfolio" in answer.context["form"].errors


def test_refused_rows_are_shown_and_taken_away(client, people, owner):
    run = give(client, people, locations="property_location_3.csv", accounts="property_account.csv")
    page = client.get(reverse("desk:import", args=[run.pk])).content.decode()
    assert "PolInceptionDate" in page
    assert "2 rows are refused" in page
    answer = client.get(reverse("desk:import-bad-rows", args=[run.pk, "ACCOUNTS"]))
    assert answer["Content-Disposition"] == 'attachment; filename="refused-accounts.csv"'
    assert answer.content.decode("utf-8-sig").count("\n") == 3
    assert client.get(reverse("desk:import-bad-rows", args=[run.pk, "LOCATIONS"])).status_code == 404

    client.post(reverse("desk:import-load", args=[run.pk]), {"version": run.version})
    assert ImportRun.objects.get().state == ImportState.CHECKED

    client.post(reverse("desk:import-choose", args=[run.pk]), choices(run, leaves_out_bad_rows="on"))
    run.refresh_from_db()
    client.post(reverse("desk:import-load", args=[run.pk]), {"version": run.version})
    load_imports()
    assert Customer.objects.get().locations.count() == 3
    page = client.get(reverse("desk:import", args=[run.pk])).content.decode()
    assert "2 rows were left out" in page


def test_an_answer_is_needed_where_the_file_asks(client, people, owner):
    run = give(client, people, accounts="SourceAccOEDPiWind.csv")
    answer = client.post(reverse("desk:import-choose", args=[run.pk]), choices(run))
    assert answer.status_code == 422
    assert "share" in answer.context["form"].errors


def test_a_customer_field_that_the_files_lack_is_told_at_the_field(client, people, owner):
    run = give(client, people, locations="SourceLocOEDPiWind10.csv")
    answer = client.post(reverse("desk:import-choose", args=[run.pk]), choices(run, customer_field="InsuredName"))
    assert answer.status_code == 422
    assert "InsuredName stands in the accounts file" in answer.context["form"].errors["customer_field"][0]


def test_a_second_chooser_is_told(client, people, owner):
    run = give(client, people, locations="SourceLocOEDPiWind10.csv")
    ImportRun.objects.filter(pk=run.pk).update(version=7)
    answer = client.post(reverse("desk:import-choose", args=[run.pk]), choices(run), follow=True)
    assert "Somebody else chose otherwise" in answer.content.decode()


def test_an_import_may_be_given_up(client, people, owner):
    run = give(client, people, locations="SourceLocOEDPiWind10.csv")
    page = client.post(reverse("desk:import-cancel", args=[run.pk]), follow=True).content.decode()
    assert "given up" in page
    assert not Customer.objects.exists()
    again = client.post(reverse("desk:import-choose", args=[run.pk]), choices(run), follow=True).content.decode()
    assert "past choosing" in again


def test_a_failed_import_says_why(client, people, owner):
    run = factories.ImportRunFactory(
        portfolio=people.portfolio, state=ImportState.FAILED, error="Nothing was loaded: x"
    )
    assert "Nothing was loaded: x" in client.get(reverse("desk:import", args=[run.pk])).content.decode()


def test_names_from_the_file_are_shown_and_never_run(client, people, owner):
    evil = b"PortNumber,AccNumber,LocNumber,CountryCode\n1,<script>alert(1)</script>,L1,GB\n"
    data = {"source": "piwind", "portfolio": people.portfolio.pk, "locations": SimpleUploadedFile("a.csv", evil)}
    page = client.post(reverse("desk:import-add"), data, follow=True).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page


def test_the_list_shows_those_of_one_s_team(client, people, owner):
    factories.ImportRunFactory(portfolio=people.portfolio, source_name="ours")
    factories.ImportRunFactory(source_name="theirs")
    page = client.get(reverse("desk:imports")).content.decode()
    assert "ours" in page
    assert "theirs" not in page


def test_a_colleague_sees_and_may_not_change(client, people):
    run = factories.ImportRunFactory(portfolio=people.portfolio)
    client.force_login(people.colleague)
    assert client.get(reverse("desk:import", args=[run.pk])).status_code == 200
    for name in ("import-choose", "import-load", "import-cancel"):
        assert client.post(reverse(f"desk:{name}", args=[run.pk]), {"version": 1}).status_code == 403


def test_who_may_change_no_portfolio_may_not_import(client, people):
    client.force_login(people.compliance)
    assert client.get(reverse("desk:import-add")).status_code == 403


def test_the_pages_cost_the_same_queries_whatever_the_rows(client, people, owner, django_assert_max_num_queries):
    for _number in range(30):
        factories.ImportRunFactory(portfolio=people.portfolio)
    with django_assert_max_num_queries(8):
        client.get(reverse("desk:imports"))
    run = give(client, people, locations="SourceLocOEDPiWind10.csv", accounts="liability_account.csv")
    with django_assert_max_num_queries(8):
        client.get(reverse("desk:import", args=[run.pk]))
    client.post(reverse("desk:import-load", args=[run.pk]), {"version": run.version})
    load_imports()
    with django_assert_max_num_queries(8):
        client.get(reverse("desk:import", args=[run.pk]))
