"""A later file: what it changes, what it leaves alone, and that the same one changes nothing."""

import datetime
from decimal import Decimal

import pytest
from django.core.management.base import CommandError

from common.dates import today
from profiles.models import Customer, ImportRow, ImportRun, Location
from programmes.models import Policy, Section, Terms
from risk.models import Exposure, ExposureValue, RiskCategory
from tests import factories
from tests.programmes.oed.conftest import CUTS, layer, location, whole_book

PAIRS = [
    ("SourceLocOEDPiWind10.csv", "SourceAccOEDPiWind.csv"),
    ("SourceLocOEDPiWind10Currency.csv", None),
    ("SourceLocOEDPiWind10Type2Ded.csv", "SourceAccOEDPiWindType2Ded.csv"),
    ("SourceLocOEDPiWind10Type2Lim.csv", "SourceAccOEDPiWindType2Lim.csv"),
    ("marinecargo_location.csv", "marinecargo_account.csv"),
    (None, "liability_account.csv"),
    (None, "cyber_account.csv"),
    ("property_location_3.csv", None),
]


@pytest.mark.parametrize(("locations", "accounts"), PAIRS)
@pytest.mark.parametrize("share", ["whole", "one-insurer"])
def test_the_same_files_again_change_nothing(import_oed, locations, accounts, share):
    given = {"locations": locations, "accounts": accounts}
    options = {name: CUTS / file for name, file in given.items() if file} | {"share": share}
    import_oed(**options)
    before = whole_book()
    said = import_oed(**options)
    assert "nothing changed" in said
    assert whole_book() == before


def test_another_value_is_a_new_row_from_the_day_of_import(import_oed, files):
    import_oed(locations=files("a.csv", [location(BuildingTIV="1000")]), accounts=files("p.csv", [layer()]))
    import_oed(locations=files("b.csv", [location(BuildingTIV="1200")]), accounts=files("p.csv", [layer()]))
    rows = ExposureValue.objects.order_by("valued_on").values_list("valued_on", "amount")
    assert list(rows) == [(datetime.date(2026, 1, 1), 1000), (today(), 1200)]
    assert ImportRun.objects.order_by("created_at").last().counts["things"]["values"]["create"] == 1


def test_next_year_s_file_is_worth_its_value_from_its_inception(import_oed, files):
    import_oed(locations=files("a.csv", [location()]), accounts=files("p.csv", [layer()]))
    coming = layer(PolInceptionDate="2027-01-01", PolExpiryDate="2027-12-31")
    import_oed(locations=files("b.csv", [location(BuildingTIV="1200")]), accounts=files("q.csv", [coming]))
    assert ExposureValue.objects.latest("valued_on").valued_on == datetime.date(2027, 1, 1)


def test_the_same_number_in_the_next_period_is_another_policy(import_oed, files):
    import_oed(accounts=files("p.csv", [layer()]))
    coming = files("q.csv", [layer(PolInceptionDate="2027-01-01", PolExpiryDate="2027-12-31", LayerLimit="6000000")])
    import_oed(accounts=coming)
    old, new = Policy.objects.order_by("inception_date")
    assert (old.external_id, new.external_id) == ("1/A1/P1", "1/A1/P1@2027-01-01")
    assert Terms.objects.get(section__policy=old).limit == 5_000_000
    before = whole_book()
    import_oed(accounts=coming)
    assert whole_book() == before


def test_two_values_in_a_day_correct_each_other(import_oed, files):
    for amount in ("1000", "1100", "1200"):
        import_oed(locations=files("a.csv", [location(BuildingTIV=amount)]))
    assert list(ExposureValue.objects.values_list("amount", "valued_on")) == [(1200, today())]


def test_nought_ends_an_exposure_and_begins_none(import_oed, files):
    import_oed(
        locations=files("a.csv", [location(BuildingTIV="1000", ContentsTIV="0")]), accounts=files("p.csv", [layer()])
    )
    assert list(Exposure.objects.values_list("kind", flat=True)) == ["BUILDINGS"]
    import_oed(
        locations=files("b.csv", [location(BuildingTIV="0", ContentsTIV="0")]), accounts=files("p.csv", [layer()])
    )
    assert list(ExposureValue.objects.order_by("valued_on").values_list("amount", flat=True)) == [1000, 0]


def test_what_a_later_file_leaves_empty_stays(import_oed, files):
    import_oed(locations=files("a.csv", [location(City="Melton", BuildingTIV="1000")]))
    before = whole_book()
    said = import_oed(locations=files("b.csv", [location(City="", BuildingTIV="", StreetAddress="")]))
    assert "nothing changed" in said
    assert whole_book() == before


def test_locations_that_are_missing_stay_and_are_listed(import_oed, files):
    import_oed(locations=files("a.csv", [location("L1"), location("L2", StreetAddress="2 Abingdon Road")]))
    said = import_oed(locations=files("b.csv", [location("L1")]))
    assert "not in the file, left as they are: 1 locations\n  L2 2 Abingdon Road" in said
    assert Location.objects.count() == 2


def test_the_name_of_a_customer_is_never_overwritten(import_oed, files):
    import_oed(accounts=files("p.csv", [layer(InsuredName="Old Name Ltd")]))
    Customer.objects.update(name="As we know them")
    import_oed(accounts=files("q.csv", [layer(InsuredName="New Name Ltd")]))
    assert Customer.objects.get().name == "As we know them"
    assert Policy.objects.get().insured_name == "New Name Ltd"


def test_a_changed_layer_corrects_its_terms_and_counts_up_the_version(import_oed, files):
    import_oed(accounts=files("p.csv", [layer()]))
    import_oed(accounts=files("q.csv", [layer(LayerLimit="7000000", PolPerilsCovered="WTC;OO1")]))
    terms = Terms.objects.get()
    assert (terms.limit, terms.version) == (7_000_000, 2)
    assert set(terms.cover_terms.values_list("category__code", flat=True)) == {
        "TYPHOON",
        "FLOOD",
        "RIVER_FLOOD",
        "SURFACE_FLOOD",
    }


def test_what_a_person_added_to_the_cover_is_left_alone(import_oed, files):
    import_oed(accounts=files("p.csv", [layer()]))
    terms = Terms.objects.get()
    theft = RiskCategory.objects.get(code="THEFT")
    factories.CoverTermFactory(terms=terms, category=theft, included=False)
    terms.participations.all().delete()
    factories.ParticipationFactory(terms=terms, signed_share=Decimal("0.6"))
    import_oed(accounts=files("q.csv", [layer(LayerLimit="7000000")]))
    assert terms.cover_terms.get(category=theft).included is False
    assert [line.signed_share for line in terms.participations.all()] == [Decimal("0.6")]


def test_other_words_in_a_column_no_sum_uses_are_kept_and_change_nothing_else(import_oed, files):
    import_oed(locations=files("a.csv", [location(LocUserDef1="red")]))
    import_oed(locations=files("b.csv", [location(LocUserDef1="blue")]))
    assert [row.extra for row in ImportRow.objects.order_by("run_id")] == [
        {"LocUserDef1": "red"},
        {"LocUserDef1": "blue"},
    ]
    assert Location.objects.get().version == 1


def test_a_section_keeps_what_the_file_says_of_its_cover(import_oed, files):
    said = {"PolSIR": "250000", "CondDed6All": "0", "PolStatus": ""}
    import_oed(accounts=files("p.csv", [layer(**said)]), locations=files("a.csv", [location(LocPerilsCovered="WTC")]))
    assert Section.objects.get().not_in_sums == ["PolSIR: 250000", "LocPerilsCovered: WTC × 1"]


def test_customers_told_apart_by_the_insured(import_oed, files):
    accounts = files(
        "p.csv",
        [
            layer(AccNumber="A1", InsuredName="Harbour Ltd", PolNumber="P1"),
            layer(AccNumber="A2", InsuredName="Harbour Ltd", PolNumber="P2"),
        ],
    )
    places = files("a.csv", [location("L1", AccNumber="A1"), location("L1", AccNumber="A2")])
    import_oed(accounts=accounts, locations=places, customer_field="InsuredName")
    customer = Customer.objects.get()
    assert customer.name == "Harbour Ltd"
    assert customer.locations.count() == 2
    with pytest.raises(CommandError, match="refused"):
        import_oed(accounts=accounts, locations=places)


@pytest.mark.parametrize("field", ["InsuredName", "AccName"])
def test_a_customer_field_of_the_accounts_file_needs_that_file(import_oed, files, field):
    with pytest.raises(CommandError, match=f"{field} stands in the accounts file"):
        import_oed(locations=files("a.csv", [location()]), customer_field=field)


def test_any_other_customer_field_is_refused(import_oed, files):
    with pytest.raises(CommandError, match="not by LocNumber"):
        import_oed(locations=files("a.csv", [location()]), customer_field="LocNumber")


def test_the_history_of_every_row_names_who_imported_it(import_oed, files, portfolio):
    given = {"locations": files("a.csv", [location()]), "accounts": files("p.csv", [layer()])}
    import_oed(**given, user=portfolio.manager.email)
    for model in (Customer, Location, Exposure, ExposureValue, Policy, Section, Terms):
        (event,) = model.objects.get().events.all()
        assert event.pgh_context["actor"] == str(portfolio.manager.pk), model


def test_two_sources_never_meet(import_oed, files):
    place = files("a.csv", [location()])
    import_oed(locations=place)
    import_oed(locations=place, source="elsewhere")
    assert Customer.objects.count() == 2
