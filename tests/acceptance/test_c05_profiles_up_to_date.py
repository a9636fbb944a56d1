"""C5, keep profiles up to date: a large statement goes in, out and in again, and only what changed changes."""

import io
from decimal import Decimal

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import AuditEntry
from common.dates import today
from profiles.models import Location
from risk.models import ExposureValue
from tests.factories import CustomerFactory

KINDS = ["BUILDINGS", "CONTENTS", "STOCK", "MACHINERY"]
LOCATIONS = 500


def statement():
    """500 locations with four values each, as a customer keeps them: a row for each location."""
    heading = ["Location reference", "Location", "Address", "Buildings", "Contents", "Stock", "Machinery"]
    rows = [
        [f"L{at:03}", f"Unit {at}", f"{at} Wharf Road", *(f"{(at + 1) * 1000 + place:,}" for place in range(4))]
        for at in range(LOCATIONS)
    ]
    return "\n".join("\t".join(row) for row in [heading, *rows])


def amounts():
    """Every value by its location's reference and kind."""
    rows = ExposureValue.objects.values_list("exposure__location__reference", "exposure__kind", "amount", "valued_on")
    return {(reference, kind): (amount, day) for reference, kind, amount, day in rows}


def bring(client, customer, **given):
    url = reverse("risk:values-import", args=[customer.pk])
    page = client.post(url, {"day": today().isoformat(), "pasted": "", **given}, follow=True)
    plan = page.context["plan"]
    answer = client.post(
        reverse("risk:draft-save", args=[page.context["draft"].pk]), {"seen": plan.fingerprint}, follow=True
    )
    assert answer.redirect_chain[-1][0] == reverse("risk:values", args=[customer.pk])
    return plan


def test_2000_values_pasted_changed_in_50_cells_mended_in_a_spreadsheet_and_brought_back(client, people):
    customer = CustomerFactory(portfolio=people.portfolio)
    client.force_login(people.owner)

    plan = bring(client, customer, pasted=statement())
    assert plan.counts == {"added": 2000}
    assert Location.objects.filter(customer=customer).count() == LOCATIONS
    pasted = amounts()
    assert len(pasted) == 2000
    assert pasted["L007", "STOCK"] == (Decimal(8002), today())

    # 50 cells typed over in the grid
    url = reverse("risk:values-grid", args=[customer.pk])
    rows = [row for row in client.get(url).context["rows"] if row.location][:50]
    client.post(url, {row.cells[1].name: f"{9_000_000 + at}" for at, row in enumerate(rows)})
    typed = {(row.location.reference, "CONTENTS"): (Decimal(9_000_000 + at), today()) for at, row in enumerate(rows)}
    assert amounts() == pasted | typed

    # taken away, 30 amounts mended in a spreadsheet, one row with a new valuation left untouched beside them
    content = client.get(reverse("risk:values-export", args=[customer.pk, "xlsx"])).content
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    sheet = workbook.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    mended = {}
    for row in range(3, 1803, 60):
        told = dict(zip(headings, (cell.value for cell in sheet[row]), strict=True))
        sheet.cell(row, headings.index("Amount") + 1).value = row * 100
        mended[told["Location reference"], told["Kind"].upper()] = (Decimal(row * 100), today())
    assert len(mended) == 30
    out = io.BytesIO()
    workbook.save(out)
    versions = dict(ExposureValue.objects.values_list("pk", "version"))
    plan = bring(client, customer, file=SimpleUploadedFile("values.xlsx", out.getvalue()))

    assert (plan.counts, plan.unchanged, plan.refusals) == ({"corrected": 30}, 1970, [])
    assert amounts() == pasted | typed | mended
    written = [pk for pk, version in ExposureValue.objects.values_list("pk", "version") if versions[pk] != version]
    assert len(written) == 30, "exactly the changed ones were written"
    notes = list(
        AuditEntry.objects.of_customer(customer.pk).filter(action="statement.saved").values_list("note", flat=True)
    )
    assert notes == [
        "30 corrected. From values.xlsx.",
        "50 corrected.",
        "500 locations added, 2,000 values added. From Pasted table.",
    ]
