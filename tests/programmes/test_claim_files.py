"""Files of claims: looked at, refused row by row, brought in exactly as shown, and a list that reads back unchanged."""

import csv
import datetime
import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AuditEntry, CustomerCheck
from common.files import RefusedRows, UnreadableFile
from common.sheets import write_xlsx
from programmes.claim_files.columns import HEADINGS
from programmes.models import Claim, ClaimMovement, CoverageTrigger
from programmes.services import claim_imports
from risk.models import RiskCategory
from tests.factories import (
    TODAY,
    ClaimFactory,
    ClaimMovementFactory,
    CustomerFactory,
    LocationFactory,
    PolicyFactory,
    SectionFactory,
    TermsFactory,
)

pytestmark = pytest.mark.django_db

D = datetime.date
HEADER = ["Claim reference", "Policy number", "Date of loss", "As at", "Outstanding", "Paid"]
IMPORT, LOAD, EXPORT = (
    reverse(f"programmes:{name}") for name in ("claims-import", "claims-import-load", "claims-export")
)


@pytest.fixture(autouse=True)
def at_noon(clock):
    return clock


@pytest.fixture
def section(people):
    customer = CustomerFactory(portfolio=people.portfolio, name="Harbour Cold Storage Ltd")
    policy = PolicyFactory(customer=customer, number="PLI 2026/11")
    return TermsFactory(section=SectionFactory(policy=policy, reference="A")).section


def csv_of(*rows, header=HEADER):
    out = io.StringIO()
    csv.writer(out).writerows([header, *rows])
    return out.getvalue().encode()


def load(content, by):
    return claim_imports.load_file(io.BytesIO(content), by=by, on=TODAY)


def done(plan):
    return {words: count for words, count in plan.counts.items() if count}


def refusals(content, by):
    with pytest.raises(RefusedRows) as error:
        load(content, by)
    return [(row.row, row.column) for row in error.value.rows]


GOOD = csv_of(
    ["CL-1", "PLI 2026/11", "2026-05-15", "2026-06-30", "400,000", "0"],
    ["CL-1", "PLI 2026/11", "", "2026-09-30", "100000", "350000.50"],
    ["CL-2", "PLI 2026/11", "2026-07-01", "", "", ""],
)


def test_several_rows_of_a_claim_are_its_figures_over_time(people, section):
    assert done(load(GOOD, people.owner)) == {"claims added": 2, "figures added": 2}
    first, second = Claim.objects.order_by("reference")
    assert (first.section, first.customer, first.lost_on) == (section, section.customer, D(2026, 5, 15))
    rows = first.movements.order_by("stood_on").values_list("stood_on", "outstanding", "paid")
    assert list(rows) == [(D(2026, 6, 30), 400_000, 0), (D(2026, 9, 30), 100_000, Decimal("350000.50"))]
    assert not second.movements.exists()
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.customer_id, entry.actor_id) == (
        "claim.imported",
        section.customer_id,
        people.owner.pk,
    )
    assert CustomerCheck.objects.filter(customer_id=section.customer_id).exists()
    assert Claim.pgh_event_model.objects.count() == 2


def test_the_same_file_again_changes_nothing_and_leaves_no_trace(people, section):
    load(GOOD, people.owner)
    plan = load(GOOD, people.owner)
    assert done(plan) == {"claims unchanged": 2, "figures unchanged": 2}
    assert plan.changed == []
    assert AuditEntry.objects.count() == 1
    assert set(ClaimMovement.objects.values_list("version", flat=True)) == {1}


def test_another_figure_of_the_same_day_is_a_correction_and_another_day_a_new_one(people, section):
    load(GOOD, people.owner)
    more = csv_of(
        ["CL-1", "PLI 2026/11", "", "2026-06-30", "450000", "0"],
        ["CL-1", "PLI 2026/11", "2026-05-14", "2026-10-31", "0", "420000"],
    )
    assert done(load(more, people.owner)) == {"claims changed": 1, "figures added": 1, "figures corrected": 1}
    claim = Claim.objects.get(reference="CL-1")
    assert (claim.lost_on, claim.version) == (D(2026, 5, 14), 2)
    assert claim.movements.get(stood_on=D(2026, 6, 30)).outstanding == 450_000


def test_columns_are_found_by_other_names_and_in_any_order(people, section):
    content = csv_of(
        ["2026-05-15", "350,000", "12", "2026-06-30", "pli", "PLI 2026/11", "cl 1", "x"],
        header=[
            "Date of Accident",
            "Reserve",
            "Paid to date",
            "Valuation date",
            "Our file",
            "Policy No.",
            "賠案編號",
            "y",
        ],
    )
    plan = load(content, people.owner)
    assert plan.unused == ["Our file", "y"]
    assert Claim.objects.get().reference == "cl 1"
    assert ClaimMovement.objects.get().paid == 12


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (["", "PLI 2026/11", "2026-05-15", "", "", ""], "Claim reference"),
        (["CL-1", "", "2026-05-15", "", "", ""], "Policy number"),
        (["CL-1", "NO SUCH", "2026-05-15", "", "", ""], "Policy number"),
        (["CL-1", "PLI 2026/11", "", "", "", ""], "Date of loss"),
        (["CL-1", "PLI 2026/11", "15/05/2026", "", "", ""], "Date of loss"),
        (["CL-1", "PLI 2026/11", "2026-03-31", "", "", ""], "Date of loss"),
        (["CL-1", "PLI 2026/11", "2026-11-24", "", "", ""], "Date of loss"),
        (["CL-1", "PLI 2026/11", "2026-05-15", "2026-05-14", "1", "0"], "As at"),
        (["CL-1", "PLI 2026/11", "2026-05-15", "2026-11-24", "1", "0"], "As at"),
        (["CL-1", "PLI 2026/11", "2026-05-15", "", "1", "0"], "As at"),
        (["CL-1", "PLI 2026/11", "2026-05-15", "2026-06-30", "-1", "0"], "Outstanding"),
        (["CL-1", "PLI 2026/11", "2026-05-15", "2026-06-30", "lots", "0"], "Outstanding"),
        (["CL-1", "PLI 2026/11", "2026-05-15", "2026-06-30", "1", ""], "Paid"),
        (["CL-1", "PLI 2026/11", "2026-05-15", "2026-06-30", "1", "1.005"], "Paid"),
        (["C" * 81, "PLI 2026/11", "2026-05-15", "", "", ""], "Claim reference"),
    ],
)
def test_what_cannot_be_is_refused_by_row_and_column_and_nothing_is_brought_in(people, section, row, column):
    content = csv_of(["CL-0", "PLI 2026/11", "2026-05-15", "", "", ""], row)
    assert refusals(content, people.owner) == [(3, column)]
    assert not Claim.objects.exists()
    assert not AuditEntry.objects.exists()


def test_rows_of_one_claim_must_not_contradict_each_other(people, section):
    content = csv_of(
        ["CL-1", "PLI 2026/11", "2026-05-15", "2026-06-30", "1", "0"],
        ["CL-1", "PLI 2026/11", "2026-05-16", "2026-06-30", "2", "0"],
    )
    assert refusals(content, people.owner) == [(3, "Date of loss"), (3, "As at")]


def test_which_section_and_policy_are_meant_must_be_clear(people, section):
    TermsFactory(section=SectionFactory(policy=section.policy, reference="B"))
    header = [*HEADER, "Section", "Inception"]
    row = ["CL-1", "PLI 2026/11", "2026-05-15", "", "", ""]
    assert refusals(csv_of([*row, "", ""], header=header), people.owner) == [(2, "Section")]
    assert refusals(csv_of([*row, "C", ""], header=header), people.owner) == [(2, "Section")]
    assert refusals(csv_of([*row, "B", "2025-04-01"], header=header), people.owner) == [(2, "Inception")]
    load(csv_of([*row, "b", "2026-04-01"], header=header), people.owner)
    assert Claim.objects.get().section.reference == "B"
    plan = load(csv_of([*row, "", ""], header=header), people.owner)
    assert done(plan) == {"claims unchanged": 1}, "a claim that is there tells its section"


def test_a_number_kept_from_year_to_year_is_told_apart_by_the_loss_or_the_inception(people, section):
    before = PolicyFactory(
        customer=section.customer,
        number="PLI 2026/11",
        inception_date=D(2025, 4, 1),
        expiry_date=D(2026, 3, 31),
    )
    TermsFactory(section__policy=before)
    load(csv_of(["CL-1", "PLI 2026/11", "2025-12-24", "", "", ""]), people.owner)
    assert Claim.objects.get().section.policy == before
    elsewhere = PolicyFactory(customer__portfolio=people.portfolio, number="PLI 2026/11")
    TermsFactory(section__policy=elsewhere)
    row = ["CL-2", "PLI 2026/11", "2026-05-15", "", "", ""]
    assert refusals(csv_of(row), people.owner) == [(2, "Inception")]
    header = [*HEADER, "Customer"]
    assert refusals(csv_of([*row, "Nobody"], header=header), people.owner) == [(2, "Customer")]
    load(csv_of([*row, "harbour cold storage LTD"], header=header), people.owner)
    assert Claim.objects.get(reference="CL-2").section == section


def test_causes_and_locations_are_found_and_unknown_ones_refused(people, section):
    place = LocationFactory(customer=section.customer, reference="L-7")
    LocationFactory(reference="L-8")
    header = [*HEADER, "Cause", "Location"]
    row = ["CL-1", "PLI 2026/11", "2026-05-15", "", "", ""]
    assert refusals(csv_of([*row, "DREAMS", "L-8"], header=header), people.owner) == [(2, "Cause"), (2, "Location")]
    load(csv_of([*row, "flood", "L-7"], header=header), people.owner)
    claim = Claim.objects.get()
    assert (claim.category, claim.location) == (RiskCategory.objects.get(code="FLOOD"), place)


def test_claims_made_cover_and_closed_claims_are_held_to_the_same_rules(people, section):
    section.versions.update(coverage_trigger=CoverageTrigger.CLAIMS_MADE)
    header = [*HEADER, "Claim made on", "Closed on"]
    row = ["CL-1", "PLI 2026/11", "2025-05-15", "2026-06-30", "10", "0"]
    assert refusals(csv_of([*row, "", ""], header=header), people.owner) == [(2, "Claim made on")]
    assert refusals(csv_of([*row, "2026-05-01", "2026-08-01"], header=header), people.owner) == [(2, "Closed on")]
    load(csv_of([*row, "2026-05-01", ""], header=header), people.owner)
    closing = csv_of([*row, "2026-05-01", "2026-08-01"], header=header)
    assert refusals(closing, people.owner) == [(2, "Closed on")]


def test_policies_that_one_may_not_see_are_as_if_they_were_not_there_and_others_are_not_changed(people, section):
    assert refusals(GOOD, people.stranger) == [(2, "Policy number"), (3, "Policy number"), (4, "Policy number")]
    for who in (people.colleague, people.compliance):
        assert refusals(GOOD, who) == [(2, "Policy number"), (4, "Policy number")]
    load(GOOD, people.supervisor)


def test_a_list_of_the_team_comes_back_as_long_as_it_changes_nothing_of_colleagues(people, section):
    load(GOOD, people.owner)
    assert load(GOOD, people.colleague).changed == []
    assert refusals(GOOD.replace(b"400,000", b"500,000"), people.colleague) == [(2, "Policy number")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (csv_of(), "has no rows"),
        (csv_of(["x"], header=["Claim reference"]), "Policy number"),
        (csv_of(["x", "y", "z"], header=["Claim no", "Claim ref", "Policy"]), "say the same"),
        (b"\xff\xfe\xfa", "UTF"),
    ],
)
def test_a_file_that_is_none_is_told_in_words(people, content, said):
    with pytest.raises(UnreadableFile, match=said):
        load(content, people.owner)


def test_the_queries_do_not_grow_with_the_rows(people, section):
    counts = []
    for size in (3, 60):
        rows = [[f"CL-{size}-{n}", "PLI 2026/11", "2026-05-15", "2026-06-30", "1", "0"] for n in range(size)]
        with CaptureQueriesContext(connection) as captured:
            load(csv_of(*rows), people.owner)
        counts.append(len(captured))
    assert counts[1] <= counts[0]


# The command


def test_the_command_brings_a_file_in_and_prints_what_it_did(people, section, tmp_path):
    path = tmp_path / "claims.csv"
    path.write_bytes(GOOD)
    out = io.StringIO()
    call_command("import_file", "claims", str(path), "--as", people.owner.email, stdout=out)
    assert "claims added: 2" in out.getvalue()
    assert "figures added: 2" in out.getvalue()
    path.write_bytes(GOOD.replace(b"2026-07-01", b"2027-07-01"))
    err = io.StringIO()
    with pytest.raises(CommandError, match="Nothing was imported"):
        call_command("import_file", "claims", str(path), stderr=err)
    assert "row 4, Date of loss" in err.getvalue()


# The page


def upload(client, content, name="claims.csv"):
    return client.post(IMPORT, {"file": SimpleUploadedFile(name, content)})


def test_the_page_shows_what_would_happen_and_does_just_that(client, people, section):
    client.force_login(people.owner)
    shown = upload(client, GOOD)
    assert "CL-1" in shown.text
    assert not Claim.objects.exists()
    answer = client.post(LOAD, {"sealed": shown.context["sealed"]}, follow=True)
    assert "claims added: 2" in answer.text
    assert Claim.objects.count() == 2
    assert "Nothing would change" in upload(client, GOOD).text


def test_a_workbook_reads_as_well(client, people, section):
    rows = [["CL-1", "PLI 2026/11", D(2026, 5, 15), D(2026, 6, 30), Decimal("400000.5"), 0]]
    client.force_login(people.owner)
    shown = upload(client, write_xlsx(HEADER, rows, title="Claims", widths=[10] * 6), "claims.xlsx")
    client.post(LOAD, {"sealed": shown.context["sealed"]})
    assert ClaimMovement.objects.get().outstanding == Decimal("400000.5")


def test_the_page_names_refused_rows_and_offers_no_loading(client, people, section):
    client.force_login(people.owner)
    answer = upload(client, GOOD.replace(b"2026-07-01", b"soon"))
    assert answer.status_code == 422
    assert "Date of loss" in answer.text
    assert "soon" in answer.text
    assert LOAD not in answer.text


def test_what_changed_since_the_look_is_shown_again_first(client, people, section):
    client.force_login(people.owner)
    shown = upload(client, GOOD)
    load(csv_of(["CL-2", "PLI 2026/11", "2026-07-01", "", "", ""]), people.owner)
    answer = client.post(LOAD, {"sealed": shown.context["sealed"]})
    assert "changed since the file was checked" in answer.text
    assert Claim.objects.count() == 1
    client.post(LOAD, {"sealed": answer.context["sealed"]})
    assert Claim.objects.count() == 2


def test_a_file_sealed_for_another_or_tampered_with_is_not_loaded(client, people, section):
    client.force_login(people.owner)
    sealed = upload(client, GOOD).context["sealed"]
    client.force_login(people.supervisor)
    assert client.post(LOAD, {"sealed": sealed}).status_code == 400
    assert client.post(LOAD, {"sealed": sealed[:-2]}).status_code == 400
    assert client.post(LOAD).status_code == 400
    assert not Claim.objects.exists()


def test_who_may_change_nothing_brings_nothing_in(client, people, section):
    for who, status in {"owner": 200, "supervisor": 200, "compliance": 403, "administrator": 403}.items():
        client.force_login(getattr(people, who))
        assert client.get(IMPORT).status_code == status, who
    assert client.post(LOAD, {"sealed": "x"}).status_code == 403
    client.force_login(people.owner)
    assert client.post(IMPORT, {}).status_code == 422


# The list taken away


def export(client, **query):
    return client.get(EXPORT, query).content


def test_the_list_is_exported_as_it_is_narrowed_without_what_others_may_not_see(client, people, section):
    load(GOOD, people.owner)
    client.force_login(people.owner)
    lines = export(client, q="CL-1").decode("utf-8-sig").splitlines()
    assert lines[0].split(",") == list(HEADINGS.values())
    assert len(lines) == 3
    assert len(export(client, on="2026-06-30").decode("utf-8-sig").splitlines()) == 2
    client.force_login(people.stranger)
    assert len(export(client).decode("utf-8-sig").splitlines()) == 1


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).map(str.strip).filter(bool)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=st.tuples(texts, st.lists(texts, max_size=3).map("\r\n".join), texts, st.decimals(0, 10**12, places=2)))
def test_an_exported_list_reads_back_without_a_change(client, people, section, written):
    reference, description, note, amount = written
    claim = ClaimFactory(
        section=section,
        reference=reference,
        description=description,
        insurer_reference="=1+1",
        made_on=D(2026, 5, 20),
        notified_on=D(2026, 5, 21),
        category=RiskCategory.objects.get(code="FLOOD"),
        location=LocationFactory(customer=section.customer, reference="L1"),
    )
    ClaimMovementFactory(claim=claim, outstanding=amount, paid=amount, note=note)
    client.force_login(people.owner)
    for kind in ("csv", "xlsx"):
        plan = load(export(client, **{"as": kind}), people.owner)
        assert set(done(plan)) == {"claims unchanged", "figures unchanged"}, kind
    claim.movements.all().delete()
    claim.delete()
