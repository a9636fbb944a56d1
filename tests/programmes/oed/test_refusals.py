"""What a file may not say: told by row and column, and nothing of the book touched."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from profiles.models import Customer, ImportRun, Location
from programmes.models import Policy
from tests import factories
from tests.programmes.oed.conftest import CUTS, layer, location, whole_book

HOSTILE = Path(__file__).parents[4] / "shared" / "data" / "hostile"

BAD_LOCATIONS = [
    ({"LocNumber": ""}, "LocNumber: It is empty"),
    ({"CountryCode": "XX"}, "CountryCode: It is not the two letters of a country"),
    ({"BuildingTIV": "1,000"}, "BuildingTIV: It is not a number"),
    ({"BuildingTIV": "-5"}, "BuildingTIV: It must not be below 0"),
    ({"BuildingTIV": "NaN"}, "BuildingTIV: It is not a number"),
    ({"BuildingTIV": "1e400"}, "BuildingTIV: It is too large"),
    ({"BuildingTIV": "１０００"}, "BuildingTIV: It is not a number"),
    ({"LocCurrency": "GBX"}, "LocCurrency: It is not a currency in use"),
    ({"LocCurrency": ""}, "LocCurrency: It is empty"),
    ({"Latitude": "91", "Longitude": "0"}, "Latitude: It must not be above 90"),
    ({"Latitude": "51.5"}, "Longitude: It is empty, though the latitude is given"),
    ({"OccupancyCode": "10.5"}, "OccupancyCode: It is not a whole number"),
    ({"BIPOI": "4000"}, "BIPOI: It must not be above 3650"),
    ({"StreetAddress": "x" * 301}, "StreetAddress: It is longer than 300 characters"),
]
BAD_LAYERS = [
    ({"PolNumber": ""}, "PolNumber: It is empty"),
    ({"PolInceptionDate": "01/01/2026"}, "PolInceptionDate: It is not a day"),
    ({"PolInceptionDate": "2026-02-30"}, "PolInceptionDate: It is not a day"),
    ({"PolExpiryDate": "2025-12-31"}, "PolExpiryDate: It lies before the inception"),
    ({"AccCurrency": "XXX"}, "AccCurrency: It is not a currency in use"),
    ({"PolPerilsCovered": "WW1;QQQ"}, "PolPerilsCovered: “QQQ” is not a peril code"),
    ({"LayerParticipation": "30"}, "LayerParticipation: It must not be above 1"),
    ({"CoverageTrigger": "3"}, "CoverageTrigger: It must not be above 2"),
    ({"LayerLimit": "five"}, "LayerLimit: It is not a number"),
]


@pytest.mark.parametrize(("cells", "said"), BAD_LOCATIONS)
def test_one_bad_location_stops_the_command(import_oed, files, capsys, cells, said):
    before = whole_book()
    with pytest.raises(CommandError, match="Nothing was imported: 1 row is refused"):
        import_oed(locations=files("a.csv", [location("L1"), location(**{"LocNumber": "L2"} | cells)]), stderr=None)
    assert f"Locations file, row 3, {said}" in capsys.readouterr().err
    assert whole_book() == before


@pytest.mark.parametrize(("cells", "said"), BAD_LAYERS)
def test_one_bad_layer_stops_the_command(import_oed, files, capsys, cells, said):
    before = whole_book()
    with pytest.raises(CommandError):
        import_oed(accounts=files("p.csv", [layer(), layer("2") | cells]), stderr=None)
    assert f"Accounts file, row 3, {said}" in capsys.readouterr().err
    assert whole_book() == before


def test_a_row_that_contradicts_another_is_refused(import_oed, files, capsys):
    with pytest.raises(CommandError):
        import_oed(locations=files("a.csv", [location(), location(BuildingTIV="7")]), stderr=None)
    assert "row 3, BuildingTIV: This location stands in row 2 too" in capsys.readouterr().err
    with pytest.raises(CommandError):
        import_oed(accounts=files("p.csv", [layer(), layer(LayerLimit="7")]), stderr=None)
    assert "row 3, LayerLimit: Row 2 says otherwise" in capsys.readouterr().err


def test_rows_that_repeat_a_location_for_its_conditions_count_once(import_oed, files):
    import_oed(locations=files("a.csv", [location(CondTag="1"), location(CondTag="2")]))
    assert Location.objects.count() == 1
    assert ImportRun.objects.get().counts["sums"]["GBP"]["BUILDINGS"] == "1000.00"


def test_a_policy_that_a_person_entered_is_not_taken_over(import_oed, files, capsys):
    import_oed(locations=files("a.csv", [location()]))
    policy = factories.PolicyFactory(customer=Customer.objects.get(), number="P1", inception_date="2026-01-01")
    with pytest.raises(CommandError):
        import_oed(accounts=files("p.csv", [layer()]), stderr=None)
    assert "PolNumber: The customer has a policy with this number and inception" in capsys.readouterr().err
    assert Policy.objects.get() == policy


def test_an_import_cannot_reach_into_another_s_portfolio(import_oed, files, portfolio, capsys):
    import_oed(locations=files("a.csv", [location()]))
    stranger = factories.PortfolioFactory().manager
    with pytest.raises(CommandError):
        import_oed(locations=files("b.csv", [location(BuildingTIV="1")]), user=stranger.email, stderr=None)
    assert "Its customer is not in a portfolio that you may change" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty"),
        (b"PK\x03\x04rest", "workbook"),
        (b"PortNumber,AccNumber\x00", "zero bytes"),
        (b"PortNumber,AccNumber,LocNumber,CountryCode\n1,A1,\xff\xfe,GB\n", "Line 2 is not UTF-8"),
        (b"PortNumber,AccNumber,LocNumber\n1,A1,L1\n", "needs the columns CountryCode"),
        (b"PortNumber,PortNumber\n1,2\n", "names the column .PortNumber. twice"),
        (b"PortNumber,AccNumber,LocNumber,CountryCode\n", "has no rows"),
        (b'PortNumber,AccNumber,LocNumber,CountryCode\n1,"A1,L1,GB\n', "quotation mark"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_a_sentence(import_oed, tmp_path, content, said):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=said):
        import_oed(locations=path)
    assert not ImportRun.objects.exists()


def test_more_cells_than_columns_are_refused(import_oed, tmp_path, capsys):
    path = tmp_path / "a.csv"
    path.write_text("PortNumber,AccNumber,LocNumber,CountryCode\n1,A1,L1,GB,stray\n")
    with pytest.raises(CommandError):
        import_oed(locations=path, stderr=None)
    assert "row 2: It has more cells" in capsys.readouterr().err


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_ways_programs_write_a_table(import_oed, tmp_path, encoding, delimiter, end):
    path = tmp_path / "a.csv"
    rows = [
        ["portnumber", "AccNumber", "LocNumber", "CountryCode", "StreetAddress"],
        ["1", "A1", "L1", "HK", "德輔道中"],
    ]
    path.write_bytes(end.join(delimiter.join(row) for row in rows).encode(encoding))
    import_oed(locations=path)
    assert Location.objects.get().address == "德輔道中"


@pytest.mark.skipif(not HOSTILE.exists(), reason="needs ../shared/data/hostile beside the checkout")
def test_naughty_strings_come_in_as_they_are(import_oed, files):
    naughty = [line for line in (HOSTILE / "naughty_strings.txt").read_text("utf-8").splitlines() if line.strip()]
    naughty = [text for text in naughty if len(text) <= 200 and "\0" not in text and not text.startswith("#")][:400]
    rows = [layer(AccNumber=f"A{n}", InsuredName=text) for n, text in enumerate(naughty)]
    import_oed(accounts=files("p.csv", rows))
    kept = {customer.external_id: customer.name for customer in Customer.objects.all()}
    assert len(kept) == len(naughty)
    for n, text in enumerate(naughty):
        assert kept[f"1/A{n}"] == (" ".join(text.split()) or f"A{n}")


def test_no_portfolio_is_said_so(db):
    with pytest.raises(CommandError, match="There is no portfolio yet"):
        call_command("import_oed", source="piwind", locations=CUTS / "SourceLocOEDPiWind10.csv")


def test_a_portfolio_may_be_named(import_oed, files):
    other = factories.PortfolioFactory(name="Kowloon")
    import_oed(locations=files("a.csv", [location()]), portfolio="Kowloon")
    assert Customer.objects.get().portfolio == other
    with pytest.raises(CommandError, match="There is no portfolio Lantau"):
        import_oed(locations=files("a.csv", [location()]), portfolio="Lantau")
