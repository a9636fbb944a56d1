"""The statement of values edited as a grid: what is sent, what is saved, and what a second editor is told."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from common.dates import today
from profiles.models import Location
from risk.models import Exposure, ExposureKind, ExposureValue
from tests.factories import CustomerFactory, ExposureFactory, ExposureValueFactory, LocationFactory

K = ExposureKind
SPRING = datetime.date(2026, 4, 1)


@pytest.fixture
def customer(people):
    return CustomerFactory(portfolio=people.portfolio, name="Harbour Cold Storage Ltd")


@pytest.fixture
def wharf(customer):
    return LocationFactory(customer=customer, reference="L1", name="Wharf 8")


@pytest.fixture
def buildings(customer, wharf):
    exposure = ExposureFactory(customer=customer, location=wharf, kind=K.BUILDINGS)
    return ExposureValueFactory(exposure=exposure, amount=Decimal("60000000"), valued_on=SPRING)


def grid(customer, **query):
    return reverse("risk:values-grid", args=[customer.pk], query=query)


def cells(page):
    """The cells of a drawn grid by what they are about."""
    return {cell.label: cell for row in page.context["rows"] for cell in row.cells}


def name_of(client, url, label):
    return cells(client.get(url))[label].name


@pytest.fixture
def owner(client, people):
    client.force_login(people.owner)
    return people.owner


def test_a_cell_typed_over_is_a_new_value_of_that_day_and_the_old_one_stays(client, owner, customer, buildings):
    url = grid(customer)
    answer = client.post(url, {name_of(client, url, "Wharf 8: Buildings"): "66,000,000"}, follow=True)
    assert "1 given anew" in answer.text
    assert cells(answer)["Wharf 8: Buildings"].was == "66,000,000"
    found = dict(ExposureValue.objects.values_list("valued_on", "amount"))
    assert found == {SPRING: Decimal("60000000"), today(): Decimal("66000000")}


def test_as_at_the_day_of_a_value_a_cell_corrects_it(client, owner, customer, buildings):
    url = grid(customer, on="2026-04-01")
    client.post(url, {name_of(client, url, "Wharf 8: Buildings"): "61,000,000"})
    value = ExposureValue.objects.get()
    assert (value.pk, value.amount, value.valued_on) == (buildings.pk, Decimal("61000000"), SPRING)
    assert value.version == buildings.version + 1
    assert value.events.count() == 2


def test_0_ends_an_exposure_and_a_blank_cell_is_asked_about(client, owner, customer, buildings):
    url = grid(customer)
    name = name_of(client, url, "Wharf 8: Buildings")
    refused = client.post(url, {name: ""})
    assert "write 0 where the exposure has ended" in refused.text
    assert refused.status_code == 422
    client.post(url, {name: "0"})
    assert ExposureValue.objects.get(valued_on=today()).amount == 0
    assert cells(client.get(url))["Wharf 8: Buildings"].was == ""


def test_what_is_sent_unchanged_writes_nothing(client, owner, customer, buildings):
    url = grid(customer)
    page = client.get(url)
    everything = {cell.name: cell.was for row in page.context["rows"] for cell in row.cells}
    answer = client.post(url, everything, follow=True)
    assert "Nothing differs" in answer.text
    assert ExposureValue.objects.count() == 1
    assert not AuditEntry.objects.exists()


def test_an_empty_cell_takes_a_first_value_and_a_currency_may_stand_before_it(client, owner, customer, buildings):
    url = grid(customer)
    typed = {
        name_of(client, url, "Wharf 8: Stock"): "USD 2,500,000",
        name_of(client, url, "Business interruption"): "5000000",
    }
    client.post(url, typed)
    stock = ExposureValue.objects.get(exposure__kind=K.STOCK)
    assert (stock.amount, stock.currency, stock.exposure.location) == (
        Decimal("2500000"),
        "USD",
        buildings.exposure.location,
    )
    interruption = ExposureValue.objects.get(exposure__kind=K.BUSINESS_INTERRUPTION)
    assert (interruption.exposure.location, interruption.currency) == (None, "HKD")
    assert cells(client.get(url))["Wharf 8: Stock"].was == "USD 2,500,000"


def test_a_new_row_adds_its_location_with_the_values_that_stand_in_it(client, owner, customer, buildings):
    typed = {
        "r|0|reference": "L2",
        "r|0|name": "葵涌冷庫",
        "r|0|address": "20 Container Port Road",
        "r|0|BUILDINGS": "24,000,000",
        "r|0|STOCK": "21",
        "r|1|reference": "l1",
        "r|1|CONTENTS": "500,000",
    }
    client.post(grid(customer), typed)
    added = Location.objects.exclude(pk=buildings.exposure.location_id).get()
    assert (added.reference, added.name, added.customer) == ("L2", "葵涌冷庫", customer)
    assert dict(Exposure.objects.filter(location=added).values_list("kind", "values__amount")) == {
        K.BUILDINGS: Decimal("24000000"),
        K.STOCK: Decimal("21"),
    }
    assert Exposure.objects.get(kind=K.CONTENTS).location == buildings.exposure.location


@pytest.mark.usefixtures("owner", "buildings")
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("-1", "must not be negative"),
        ("1,25", "Write thousands as"),
        ("lots", "Enter a number"),
        ("XXX 5", "XXX is not a currency in use"),
        ("JPY 1.50", "has no smaller unit"),
        ("1.005", "at most two decimals"),
        ("100000000000000000", "too large"),
        ("1e30", "too large"),
    ],
)
def test_a_wrong_figure_is_refused_at_its_cell_kept_and_nothing_is_saved(client, customer, typed, said):
    url = grid(customer)
    page = client.get(url)
    good, bad = cells(page)["Wharf 8: Stock"], cells(page)["Wharf 8: Buildings"]
    answer = client.post(url, {good.name: "5", bad.name: typed, "r|0|name": "New place", "r|0|STOCK": "7"})
    assert answer.status_code == 422
    drawn = cells(answer)
    assert said in drawn["Wharf 8: Buildings"].error
    assert drawn["Wharf 8: Buildings"].text == typed
    assert drawn["Wharf 8: Stock"].text == "5"
    assert answer.context["new_rows"][0].texts["STOCK"] == "7"
    assert 'aria-invalid="true"' in answer.text
    assert ExposureValue.objects.count() == 1
    assert Location.objects.count() == 1


def test_a_day_out_of_range_is_refused(client, owner, customer, buildings):
    url = grid(customer, on="2206-04-01")
    answer = client.post(url, {name_of(client, url, "Wharf 8: Buildings"): "5"})
    assert cells(answer)["Wharf 8: Buildings"].error == "That day is more than two years ahead."


def test_a_new_row_names_its_location_and_gives_a_value(client, owner, customer):
    answer = client.post(grid(customer), {"r|0|BUILDINGS": "5", "r|1|name": "Empty place"})
    first, second, *_blank = answer.context["new_rows"]
    assert first.cells[0].error == "Name the location: a reference, a name or an address."
    assert second.cells[3].error == "Give at least one value."
    assert not Location.objects.exists()


def test_checking_marks_what_would_change_and_saves_nothing(client, owner, customer, buildings):
    url = grid(customer)
    answer = client.post(url, {name_of(client, url, "Wharf 8: Buildings"): "61,000,000", "check": "1"})
    assert answer.status_code == 200
    assert "This is what would be saved" in answer.text
    cell = cells(answer)["Wharf 8: Buildings"]
    assert (cell.is_changed, cell.was, cell.text) == (True, "60,000,000", "61,000,000")
    assert "was 60,000,000" in answer.text
    assert ExposureValue.objects.count() == 1


def test_the_second_editor_is_told_both_values_and_saves_after_looking(client, people, customer, buildings):
    url = grid(customer)
    client.force_login(people.supervisor)
    seen_by_supervisor = client.get(url)
    client.force_login(people.owner)
    client.post(url, {name_of(client, url, "Wharf 8: Buildings"): "70,000,000"})
    client.force_login(people.supervisor)
    typed = {
        cells(seen_by_supervisor)["Wharf 8: Buildings"].name: "65,000,000",
        cells(seen_by_supervisor)["Wharf 8: Stock"].name: "3,000,000",
    }
    answer = client.post(url, typed)
    cell = cells(answer)["Wharf 8: Buildings"]
    assert (cell.text, cell.now) == ("65,000,000", "70,000,000")
    assert cells(answer)["Wharf 8: Stock"].text == "3,000,000"
    assert not Exposure.objects.filter(kind=K.STOCK).exists(), "nothing is half saved"
    again = {cell.name: cell.text, cells(answer)["Wharf 8: Stock"].name: "3,000,000"}
    client.post(url, again)
    assert ExposureValue.objects.get(exposure=buildings.exposure, valued_on=today()).amount == Decimal("65000000")


def test_a_cell_that_somebody_filled_meanwhile_is_a_conflict_too(client, people, customer, wharf):
    url = grid(customer)
    client.force_login(people.owner)
    name = name_of(client, url, "Wharf 8: Stock")
    client.post(url, {name: "1,000,000"})
    answer = client.post(url, {name: "2,000,000"})
    cell = cells(answer)["Wharf 8: Stock"]
    assert (cell.text, cell.now) == ("2,000,000", "1,000,000")
    assert ExposureValue.objects.get().amount == Decimal("1000000")


def test_what_was_not_touched_is_left_to_who_changed_it_meanwhile(client, people, customer, buildings):
    """Without scripts every cell is sent, also those nobody typed in."""
    url = grid(customer)
    client.force_login(people.supervisor)
    page = client.get(url)
    everything = {cell.name: cell.was for row in page.context["rows"] for cell in row.cells}
    client.force_login(people.owner)
    client.post(url, {cells(page)["Wharf 8: Buildings"].name: "70,000,000"})
    client.force_login(people.supervisor)
    client.post(url, everything | {cells(page)["Wharf 8: Stock"].name: "3,000,000"})
    now = cells(client.get(url))
    assert now["Wharf 8: Buildings"].was == "70,000,000"
    assert now["Wharf 8: Stock"].was == "3,000,000"


def test_one_save_is_one_entry_with_counts_before_and_after(client, owner, customer, buildings):
    url = grid(customer)
    page = client.get(url)
    typed = {cells(page)["Wharf 8: Buildings"].name: "61,000,000", cells(page)["Wharf 8: Stock"].name: "5"}
    client.post(url, typed | {"is_verified": "on"})
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.customer_id, entry.actor_name) == ("statement.saved", customer.pk, owner.name)
    assert entry.note == "1 values added, 1 given anew."
    assert entry.before["Wharf 8 · Buildings"] == "HKD\xa060,000,000"
    assert entry.after["Wharf 8 · Buildings"].startswith("HKD\xa061,000,000")
    new = ExposureValue.objects.get(valued_on=today(), exposure__kind=K.BUILDINGS)
    assert (new.verified_on, new.verified_by) == (today(), owner)
    assert new.events.get().pgh_context["actor_name"] == owner.name
    history = client.get(reverse("profiles:customer-history", args=[customer.pk]))
    assert "Saved the statement of values of Harbour Cold Storage Ltd" in history.text


def test_a_correction_takes_the_mark_of_verification(client, people, owner, customer, buildings):
    ExposureValue.objects.update(verified_on=SPRING, verified_by=people.owner)
    url = grid(customer, on="2026-04-01")
    client.post(url, {name_of(client, url, "Wharf 8: Buildings"): "61,000,000"})
    value = ExposureValue.objects.get()
    assert (value.verified_on, value.verified_by) == (None, None)


def test_several_exposures_of_one_kind_stand_in_rows_by_their_description(client, owner, customer, buildings):
    annex = ExposureFactory(customer=customer, location=buildings.exposure.location, description="Annex")
    ExposureValueFactory(exposure=annex, amount=Decimal("5"))
    url = grid(customer)
    found = cells(client.get(url))
    assert (found["Wharf 8: Buildings"].was, found["Wharf 8 · Annex: Buildings"].was) == ("60,000,000", "5")
    client.post(url, {found["Wharf 8 · Annex: Contents"].name: "9"})
    assert Exposure.objects.get(kind=K.CONTENTS).description == "Annex"


def test_what_was_typed_in_a_cell_that_the_page_no_longer_shows_is_told(client, owner, customer, buildings):
    url = grid(customer)
    name = name_of(client, url, "Wharf 8: Buildings")
    answer = client.post(grid(customer, q="nothing like it"), {name: "-5"})
    assert "Not on this page" in answer.text
    assert "[-5]" in answer.text


def test_only_owner_and_supervisor_edit(client, people, customer, buildings):
    url = grid(customer)
    for who, status in {"owner": 200, "supervisor": 200, "colleague": 403, "compliance": 403, "stranger": 404}.items():
        client.force_login(getattr(people, who))
        assert client.get(url).status_code == status, who
        if status != 200:
            assert client.post(url, {"r|0|name": "X", "r|0|STOCK": "1"}).status_code == status, who
    assert Location.objects.count() == 1


@pytest.mark.parametrize("locations", [3, 60])
def test_drawing_and_saving_cost_the_same_whatever_the_rows(
    client, owner, customer, locations, django_assert_num_queries
):
    for _at in range(locations):
        exposure = ExposureFactory(customer=customer, location=LocationFactory(customer=customer))
        ExposureValueFactory(exposure=exposure, amount=Decimal(100))
    url = grid(customer)
    with django_assert_num_queries(8):
        page = client.get(url)
    typed = {cell.name: "101" for row in page.context["rows"] for cell in row.cells if cell.was}
    typed |= {f"r|{at}|{field}": f"{at + 1}" for at in range(locations) for field in ("reference", "name", "STOCK")}
    with django_assert_num_queries(25):
        client.post(url, typed)
    assert ExposureValue.objects.filter(amount=101).count() == locations
    assert Location.objects.filter(customer=customer).count() == locations * 2
