"""The published books, brought in whole and judged as at a day of their period; figures worked out from the files."""

import datetime
from decimal import Decimal

import pytest

from profiles.models import Customer
from programmes.models import RiskStatus
from programmes.selectors.adequacy import adequacy_of
from risk.models import Exposure, Risk, RiskCategory
from risk.selectors.starting import industry_named, proposals
from risk.services import risks
from tests.programmes.oed.conftest import CUTS, FULL
from tests.programmes.oed.test_right_answers import LOCATIONS, needs_full_files

D = Decimal
NOT_INSURED = {"UNINSURED", "EXCLUDED"}


def register(customer, by, *, industry, on):
    """The register that an industry usually has, from what was imported of the customer."""
    return risks.begin(customer=customer, proposals=proposals(customer, industry_named(industry), on), by=by)


def risk(customer, by, code, *, strikes_all=False, **figures):
    row = Risk(
        customer=customer,
        category=RiskCategory.objects.get(code=code),
        currency=customer.currency,
        treatment="SHARE",
        **figures,
    )
    strikes = Exposure.objects.filter(customer=customer).select_related("location") if strikes_all else ()
    return risks.add(risk=row, exposures=strikes, by=by)


def judged(row, on, **given):
    """The risk, judged."""
    found = adequacy_of(row.customer_id, on=on, **given)
    return next(each for each in found.risks if each.risk == row)


def sums(found):
    return found.maximum_loss, found.insured, found.retained_amount


def facts_of(found, code):
    (hit,) = [each for each in found.findings if each.code == code]
    return hit.facts


def said(found, code, name):
    return D(facts_of(found, code)[name])


def codes(found):
    return {each.code for each in found.findings}


@needs_full_files
def test_piwind_whole(import_oed, portfolio):
    """12,598 locations of GBP 2,331,281,250 together (OED.md). 5,000,000 in excess of 500,000, and 100,000,000 in
    excess of 5,500,000, for windstorm, each 30% by an insurer not named and 70% elsewhere."""
    import_oed(locations=LOCATIONS, accounts=CUTS / "SourceAccOEDPiWind.csv", share="one-insurer")
    by, day = portfolio.manager, datetime.date(2018, 6, 30)
    customer = Customer.objects.get()
    begun = register(customer, by, industry="PROPERTY", on=day)
    storm = risk(customer, by, "WINTER_STORM", strikes_all=True)

    # 5,000,000 and 100,000,000 pay whole: 2,331,281,250 - 105,000,000 = 2,226,281,250 are borne.
    # Nothing stands below 500,000, so no cover is unbroken from the bottom: short by the whole loss.
    found = judged(storm, day)
    assert sums(found) == (D("2331281250"), D("105000000"), D("2226281250"))
    assert found.status == "SHORTFALL"
    assert codes(found) >= {"LIMIT_SHORTFALL", "TOWER_GAP", "UNKNOWN"}
    assert said(found, "TOWER_GAP", "gap") == 500_000
    assert said(found, "LIMIT_SHORTFALL", "short") == D("2331281250")

    # A loss of 20,000,000: 5,000,000 + (20,000,000 - 5,500,000) = 19,500,000 (OED.md).
    assert sums(judged(storm, day, loss=D(20_000_000)))[1:] == (D(19_500_000), D(500_000))

    # The cover is for windstorm by name. Nothing else of the register is answered by it, before or after it ran.
    everything = adequacy_of(customer.pk, on=day).risks
    assert len(everything) == len(begun) + 1 > 5
    transferred = {row.status for row in everything if row.treatment == "SHARE" and row.risk != storm}
    assert transferred == {RiskStatus.UNINSURED}
    assert judged(storm, datetime.date(2019, 1, 1)).status == RiskStatus.UNINSURED


def test_a_deductible_of_one_per_cent_of_the_value_in_both_layers(import_oed, portfolio):
    """Ten locations with 1,000,000 of buildings, 3,000,000 of contents and 4,000,000 of interruption each. Both layers
    have a deductible of 1% of the value, and 30% of them is placed."""
    import_oed(
        locations=CUTS / "SourceLocOEDPiWind10Type2Ded.csv",
        accounts=CUTS / "SourceAccOEDPiWindType2Ded.csv",
        share="whole",
    )
    customer, day = Customer.objects.get(), datetime.date(2018, 6, 30)
    storm = risk(customer, portfolio.manager, "WINTER_STORM", strikes_all=True)

    # X = 10 x 8,000,000 = 80,000,000; the deductible is 800,000.
    # The first pays from 500,000 + 800,000 = 1,300,000 to 6,300,000: 5,000,000 x 0.3 =          1,500,000
    # The second from 5,500,000 + 800,000 = 6,300,000 up to X: 73,700,000 x 0.3 =              22,110,000
    # 23,610,000 insured; 56,390,000 borne. Of the covered 78,700,000 not placed: 0.7, 55,090,000.
    # The lowest attaches at 500,000 with nothing below: the gap reaches to where it pays, 1,300,000.
    found = judged(storm, day)
    assert sums(found) == (D(80_000_000), D(23_610_000), D(56_390_000))
    assert said(found, "SHARE_UNPLACED", "amount") == 55_090_000
    assert said(found, "TOWER_GAP", "gap") == 1_300_000
    assert found.status == "SHORTFALL"


def test_marine_cargo(import_oed, portfolio):
    """Seven stores in Australia, values in AUD rounded to the cent; 10,000,000 of all perils, deductible 500,000."""
    import_oed(locations=CUTS / "marinecargo_location.csv", accounts=CUTS / "marinecargo_account.csv")
    customer, day, by = Customer.objects.get(), datetime.date(2024, 7, 1), portfolio.manager
    register(customer, by, industry="WHOLESALE", on=day)
    transit = risk(customer, by, "CARGO_DAMAGE", strikes_all=True)

    # Buildings 13,000,000.00 + 11,021,573.17 + 8,085,118.00 + 7,975,880.61 + 6,482,830.09 + 6,482,329.00
    #   + 8,577,665.73 =                                                                        61,625,396.60
    # Contents 60,000,000.00 + 44,349,261.07 + 32,493,751.00 + 32,393,273.87 + 26,550,963.79 + 26,550,319.83
    #   + 24,372,133.55 =                                                                      246,709,703.11
    # X = 308,335,099.71. It pays from 500,000 to 10,500,000: 10,000,000; short 308,335,099.71 - 10,500,000.
    found = judged(transit, day)
    assert sums(found) == (D("308335099.71"), D("10000000"), D("298335099.71"))
    assert said(found, "LIMIT_SHORTFALL", "short") == D("297835099.71")
    assert found.status == "SHORTFALL"


def test_liability_and_cyber(import_oed, portfolio):
    """Directors and officers 1,000,000 from the ground up, all of it placed; cyber 10,000,000 in excess of 100,000,000,
    of which 10% is one insurer's and the rest elsewhere."""
    import_oed(accounts=CUTS / "liability_account.csv")
    import_oed(accounts=CUTS / "cyber_account.csv", source="cyber", share="one-insurer")
    by = portfolio.manager
    for customer in Customer.objects.all():
        register(customer, by, industry="SOFTWARE", on=datetime.date(2024, 7, 1))

    # The file names no peril of this cover: what it answers is not known, and so it pays nothing yet. At its best it
    # pays 1,000,000 of a claim of 3,000,000, which is 2,000,000 short even so.
    first = Customer.objects.get(name="InsuredCo1 plc")
    found = judged(risk(first, by, "MANAGEMENT_CLAIM", maximum_loss=D(3_000_000)), datetime.date(2024, 7, 1))
    assert sums(found) == (D(3_000_000), D(0), D(3_000_000))
    assert said(found, "LIMIT_SHORTFALL", "short") == 2_000_000
    assert "cover_terms" in {row["figure"] for row in facts_of(found, "UNKNOWN")["missing"]}

    # A breach of 105,000,000: 5,000,000 insured; nothing known of stands below 100,000,000.
    cyber = Customer.objects.get(name="Walmart Inc.")
    found = judged(risk(cyber, by, "DATA_BREACH", maximum_loss=D(105_000_000)), datetime.date(2020, 7, 1))
    assert sums(found) == (D(105_000_000), D(5_000_000), D(100_000_000))
    assert said(found, "TOWER_GAP", "gap") == 100_000_000

    # Four customers, each with its register; nobody's is adequate, as nothing of it was agreed yet.
    for customer in Customer.objects.all():
        rows = adequacy_of(customer.pk, on=datetime.date(2024, 7, 1)).risks
        assert len(rows) > 5
        assert not {row.status for row in rows} & {RiskStatus.ADEQUATE, RiskStatus.WATCH}


@needs_full_files
@pytest.mark.parametrize("whole", [FULL / "examples" / "property_location.csv"])
def test_five_hundred_places_without_a_value_are_unknown(import_oed, portfolio, whole):
    import_oed(locations=whole)
    customer = Customer.objects.get()
    fire = risk(customer, portfolio.manager, "FIRE", strikes_all=True)
    found = judged(fire, datetime.date(2026, 11, 23))
    assert sums(found) == (None, None, None)
    assert found.status == RiskStatus.UNINSURED
    assert "UNKNOWN" in codes(found)
