"""C8, compare exposure with risk profile and strategy: three whole programmes, worked out by hand in the text.

Millions of Hong Kong dollars where nothing else is said. A section pays its share times its average of the loss from
its start to its start plus its room, both divided by the average.
"""

import datetime
from decimal import Decimal

import pytest

from monitoring.models import Finding
from risk.models import CompulsoryRequirement
from tests.acceptance.entering import Book, codes, covers, figures, insurer, m, night, one, open_findings
from tests.factories import ExchangeRateFactory, InsurerGroupFactory

pytestmark = pytest.mark.usefixtures("clock")

D = Decimal
TOWER_CODES = ["LIMIT_SHORTFALL", "TOWER_GAP", "RETENTION_EXCEEDED", "INDEMNITY_PERIOD_SHORT", "UNINSURED", "EXCLUDED"]
TOWER_CODES += ["SHARE_UNPLACED", "SHARE_OVERPLACED", "DOUBLE_INSURANCE", "CONCENTRATION_EXCEEDED", "UNKNOWN"]
SECTION_CODES = ["AVERAGE_APPLIES", "AGGREGATE_ERODED", "SECURITY_BELOW_FLOOR"]


def test_property_with_interruption_and_a_flood_sublimit(people):
    """Buildings 60 and gross profit 30; damage 50 (deductible 0.1; flood: 10, deductible 1), interruption 30
    (deductible 1, 12 months). The customer bears 1 of one damage at most, and needs 18 months.
    """
    book = Book(people)
    buildings, profit = book.exposure("BUILDINGS", m(60)), book.exposure("BUSINESS_INTERRUPTION", m(30))
    book.profile(
        appetite_one_loss=m(2),
        appetite_year=m(5),
        indemnity_months=18,
        most_with_one_group=D("0.6"),
        tolerances=[("PROPERTY_DAMAGE", None, m(1))],
    )
    lines = {insurer("AXA"): "0.6", insurer("Zurich"): "0.4"}
    policy = book.policy("PAR 1")
    book.section(
        policy,
        "Damage",
        lines=lines,
        limit=m(50),
        deductible_amount=m(0.1),
        insured_kinds=["BUILDINGS"],
        terms=[covers("FLOOD", sublimit=m(10), deductible_amount=m(1))],
    )
    book.section(
        policy,
        "Interruption",
        lines=lines,
        limit=m(30),
        deductible_amount=m(1),
        insured_kinds=["BUSINESS_INTERRUPTION"],
        indemnity_months=12,
    )
    fire = book.risk("FIRE", strikes=[buildings, profit], treatment="SHARE")
    flood = book.risk("FLOOD", strikes=[buildings, profit], treatment="SHARE")
    water = book.risk("ESCAPE_OF_WATER", strikes=[buildings], treatment="SHARE", maximum_loss=m(5))
    theft = book.risk("THEFT", strikes=[buildings], treatment="RETAIN", maximum_loss=m(0.1), maximum_retention=m(0.1))

    # Fire: X = 60 + 30 = 90.
    #   damage pays from 0.1 to 50.1 of the 60 that fall on buildings:     50.0
    #   interruption pays from 1 to 31 of the 30 that fall on profit:      29.0
    #   insured 50 + 29 = 79, the customer bears 90 - 79 = 11, more than 1.
    #   The tower of buildings ends at 50.1: 60 - 50.1 = 9.9 short; that of profit at 31: enough.
    #   12 months are insured, 18 needed. AXA carries 0.6 of each tower: as much as is allowed, not more.
    judged = book.judged(fire)
    assert figures(judged) == (m(90), m(79), m(11))
    assert judged.status == "SHORTFALL"
    assert codes(judged) == {"LIMIT_SHORTFALL", "RETENTION_EXCEEDED", "INDEMNITY_PERIOD_SHORT"}
    assert D(one(judged, "LIMIT_SHORTFALL").facts["short"]) == m(9.9)
    assert (judged.most_to_bear, judged.most_to_bear_from) == (m(1), "TOLERANCE")
    assert one(judged, "INDEMNITY_PERIOD_SHORT").facts.items() >= {"months": 12, "needed": 18}.items()

    # Flood: damage pays from 1 to 11: 10; interruption 29 as before. 39 insured, 90 - 39 = 51 borne.
    #   The tower of buildings ends at 11: 60 - 11 = 49 short.
    judged = book.judged(flood)
    assert figures(judged) == (m(90), m(39), m(51))
    assert D(one(judged, "LIMIT_SHORTFALL").facts["short"]) == m(49)
    assert judged.status == "SHORTFALL"

    # Escape of water: 5, from 0.1: 4.9 insured, 0.1 borne, below 1.
    assert figures(book.judged(water)) == (m(5), m(4.9), m(0.1))
    assert (book.judged(water).status, codes(book.judged(water))) == ("ADEQUATE", set())

    # Theft: 0.1 is the deductible, so all of it is borne, as was planned.
    assert figures(book.judged(theft)) == (m(0.1), D(0), m(0.1))
    assert (book.judged(theft).status, codes(book.judged(theft))) == ("RETAINED_AS_PLANNED", set())

    night()
    assert open_findings(book, *TOWER_CODES, "STRATEGY_MISMATCH", "LEVEL_ABOVE_TOLERANCE") == {
        (code, risk.pk)
        for risk in (fire, flood)
        for code in ("LIMIT_SHORTFALL", "RETENTION_EXCEEDED", "INDEMNITY_PERIOD_SHORT")
    }


def test_liability_with_an_umbrella_over_an_eroded_aggregate(people):
    """Public liability 10, 10 in the aggregate of which claims took 6, deductible 0.05, pollution excluded; umbrella
    40 xs 10 that drops down. Nothing for products or professional error. Employees' compensation is compulsory.
    """
    book = Book(people)
    book.profile(
        appetite_one_loss=m(1),
        appetite_year=m(2),
        compulsory=list(CompulsoryRequirement.objects.filter(code="HK_EMPLOYEES_COMPENSATION")),
    )
    lines = {insurer("AXA"): "0.5", insurer("Chubb"): "0.5"}
    primary = book.section(
        book.policy("GL 1", "PUBLIC_LIABILITY"),
        "1",
        lines=lines,
        limit=m(10),
        aggregate_limit=m(10),
        deductible_amount=m(0.05),
        terms=[covers("POLLUTION", included=False)],
    )
    book.section(
        book.policy("UMB 1", "UMBRELLA"), "1", lines=lines, limit=m(40), attachment_point=m(10), drops_down=True
    )
    book.claim(primary, outstanding=m(2), paid=m(4))
    injury = book.risk("THIRD_PARTY_INJURY", treatment="SHARE", maximum_loss=m(50))
    agreed = book.risk("TENANTS_LIABILITY", treatment="SHARE", maximum_loss=m(20), required_limit=m(45))
    products = book.risk("PRODUCT_DEFECT", treatment="SHARE", maximum_loss=m(30))
    pollution = book.risk("POLLUTION", treatment="SHARE", maximum_loss=m(5))
    errors = book.risk("PROFESSIONAL_ERROR", treatment="SHARE", maximum_loss=m(0.9))

    # Injury: of the aggregate 10 - 2 - 4 = 4 are left, so the primary pays from 0.05 to 4.05:           4
    #   The umbrella begins at 10 + 0.05 (the deductible below) - 6 (erosion) = 4.05, up to 44.05:       40
    #   44 insured, 50 - 44 = 6 borne, more than 1. Cover is unbroken up to 44.05: 5.95 short of 50.
    judged = book.judged(injury)
    assert figures(judged) == (m(50), m(44), m(6))
    assert judged.status == "SHORTFALL"
    assert codes(judged) == {"LIMIT_SHORTFALL", "RETENTION_EXCEEDED", "AGGREGATE_ERODED"}
    assert D(one(judged, "LIMIT_SHORTFALL").facts["short"]) == m(5.95)
    assert judged.top_of_cover == m(44.05)
    assert D(one(judged, "AGGREGATE_ERODED").facts["left"]) == m(4)

    # To the landlord: 20 of loss cost the deductible, 0.05. Required are 45, the rooms are 4 + 40 = 44: 1 short.
    judged = book.judged(agreed)
    assert figures(judged) == (m(20), m(19.95), m(0.05))
    assert codes(judged) == {"LIMIT_SHORTFALL", "AGGREGATE_ERODED"}
    assert D(one(judged, "LIMIT_SHORTFALL").facts["short"]) == m(1)

    # Products: only the umbrella responds. Nothing under it is eroded, so it begins at 10: 30 - 10 = 20 insured.
    #   Nothing stands between 0 and 10: a gap of 10, and no unbroken cover: 30 short.
    judged = book.judged(products)
    assert figures(judged) == (m(30), m(20), m(10))
    assert codes(judged) == {"LIMIT_SHORTFALL", "TOWER_GAP", "RETENTION_EXCEEDED"}
    assert D(one(judged, "LIMIT_SHORTFALL").facts["short"]) == m(30)
    assert D(one(judged, "TOWER_GAP").facts["gap"]) == m(10)

    # Pollution is excluded by name, professional error answered by nothing. All is borne: 5 is above 1, 0.9 is not.
    assert book.judged(pollution).status == "EXCLUDED"
    assert codes(book.judged(pollution)) == {"EXCLUDED", "RETENTION_EXCEEDED"}
    assert book.judged(errors).status == "UNINSURED"
    assert codes(book.judged(errors)) == {"UNINSURED"}
    assert figures(book.judged(errors)) == (m(0.9), D(0), m(0.9))

    # No employees' compensation at all.
    (missing,) = book.judged().findings
    assert (missing.code, D(missing.facts["cover"])) == ("COMPULSORY_MISSING", D(0))

    night()
    assert open_findings(book, *TOWER_CODES, *SECTION_CODES) == {
        ("LIMIT_SHORTFALL", injury.pk),
        ("RETENTION_EXCEEDED", injury.pk),
        ("AGGREGATE_ERODED", primary.pk),
        ("LIMIT_SHORTFALL", agreed.pk),
        ("LIMIT_SHORTFALL", products.pk),
        ("TOWER_GAP", products.pk),
        ("RETENTION_EXCEEDED", products.pk),
        ("EXCLUDED", pollution.pk),
        ("RETENTION_EXCEEDED", pollution.pk),
        ("UNINSURED", errors.pk),
    }
    assert Finding.objects.filter(customer=book.customer, monitor="COMPULSORY_MISSING", state="OPEN").count() == 1


def test_a_package_in_us_dollars_with_several_insurers_and_average(people):
    """One US dollar is 7.80 Hong Kong dollars. Buildings HKD 78 (USD 10), stock HKD 15.

    Buildings: limit USD 10, sum insured USD 8, average below 85% against the full value, deductible USD 0.05;
    signed 50% and 30% by one group, 10% by an insurer rated BBB+. Stock: limit USD 2, deductible USD 0.01, written 80%
    and 60%.
    """
    ExchangeRateFactory(currency="HKD", units_per_base=D("7.8"))
    book = Book(people)
    buildings, stock = book.exposure("BUILDINGS", m(78)), book.exposure("STOCK", m(15))
    book.profile(appetite_one_loss=m(25), appetite_year=m(40), most_with_one_group=D("0.6"), security_floor=7)
    group = InsurerGroupFactory(name="Two brothers")
    elder, younger = insurer("Elder", group=group), insurer("Younger", group=group)
    weak, other = insurer("Weak", "BBB+"), insurer("Other", "AA-")
    policy = book.policy("PKG 1", currency="USD")
    of_buildings = book.section(
        policy,
        "Buildings",
        lines={elder: "0.5", younger: "0.3", weak: "0.1"},
        limit=m(10),
        sum_insured=m(8),
        average_threshold=D("0.85"),
        average_basis="FULL_VALUE",
        deductible_amount=m(0.05),
        insured_kinds=["BUILDINGS"],
    )
    book.section(
        policy,
        "Stock",
        lines={elder: {"written_share": D("0.8")}, other: {"written_share": D("0.6")}},
        limit=m(2),
        deductible_amount=m(0.01),
        insured_kinds=["STOCK"],
    )
    fire = book.risk("FIRE", strikes=[buildings, stock], treatment="SHARE")
    theft = book.risk("THEFT", strikes=[stock], treatment="SHARE")

    # Buildings, in HKD: sum insured 8 x 7.8 = 62.4, below 0.85 x 78 = 66.3, so average is 62.4 / 78 = 0.8.
    #   Room: the lesser of limit 78 and sum insured 62.4. Deductible 0.05 x 7.8 = 0.39.
    #   It pays from 0.39 / 0.8 = 0.4875 to (0.39 + 62.4) / 0.8 = 78.4875, at 0.9 x 0.8 = 0.72 of each dollar.
    #   Of 78: (78 - 0.4875) x 0.72 = 55.809.
    #   Not placed: (78 - 0.4875) x 0.1 = 7.75125. The brothers carry 0.8 of the tower.
    # Stock: from 0.01 x 7.8 = 0.078 up to 0.078 + 15.6; written lines of 1.4 are scaled to 1: 15 - 0.078 = 14.922.
    #   Elder carries 0.8 / 1.4 = 0.571 of it.
    # Fire: 55.809 + 14.922 = 70.731 insured of 93, 22.269 borne, less than 25. Both towers reach over their loss.
    judged = book.judged(fire)
    assert figures(judged) == (m(93), m(70.731), m(22.269))
    assert codes(judged) == {"SHARE_UNPLACED", "AVERAGE_APPLIES", "SECURITY_BELOW_FLOOR", "CONCENTRATION_EXCEEDED"}
    assert judged.status == "SHORTFALL"
    assert D(one(judged, "SHARE_UNPLACED").facts["amount"]) == m(7.75125)
    assert D(one(judged, "AVERAGE_APPLIES").facts["average"]) == D("0.8")
    assert one(judged, "SECURITY_BELOW_FLOOR").facts["insurer"] == "Weak"
    assert one(judged, "CONCENTRATION_EXCEEDED").facts["insurer_group"] == "Two brothers"
    assert D(one(judged, "CONCENTRATION_EXCEEDED").facts["share"]) == D("0.8")
    steps = {step.section: step for step in judged.steps}
    assert (steps["Buildings"].start, steps["Buildings"].room) == (m(0.39), m(62.4))
    assert (steps["Buildings"].average, steps["Buildings"].share) == (D("0.8"), D("0.9"))
    assert [steps[name].recovery for name in ("Buildings", "Stock")] == [m(55.809), m(14.922)]

    # Average, told by a loss of 1: (1 - 0.4875) x 0.8, of which the insurers signed 0.9.
    assert D(one(judged, "AVERAGE_APPLIES").facts["pays"]) in {m(0.41), m(0.369)}

    # Theft of the stock: 14.922 of 15, by insurers above the floor, none with more than 0.6.
    assert figures(book.judged(theft)) == (m(15), m(14.922), m(0.078))
    assert (book.judged(theft).status, codes(book.judged(theft))) == ("ADEQUATE", set())

    night()
    assert open_findings(book, *TOWER_CODES, *SECTION_CODES) == {
        ("SHARE_UNPLACED", fire.pk),
        ("CONCENTRATION_EXCEEDED", fire.pk),
        ("AVERAGE_APPLIES", of_buildings.pk),
        ("SECURITY_BELOW_FLOOR", of_buildings.pk),
    }


# Of a risk that is adequate one figure after the other is taken away.
LACKING = {
    "limit": ("limit", {"limit": None}),
    "share": ("share", {"lines": {}}),
    "basis": ("cover_terms", {"basis": "NAMED"}),
    "deductible": (
        "deductible",
        {"deductible_amount": None, "deductible_percent": D("0.01"), "deductible_percent_of": "SUM_INSURED"},
    ),
    "sum_insured": ("sum_insured", {"average_threshold": D("0.85"), "average_basis": "FULL_VALUE"}),
    "months": ("indemnity_months", {"indemnity_months": None}),
}


FORTY = m(40)


def adequate(people, *, section=None, profile=None, risk=None, worth=FORTY, letters="A+", currency="HKD", named=True):
    """Buildings of 40 and interruption of 10, insured for 60 by one insurer; any part of it otherwise."""
    book = Book(people)
    strikes = [book.exposure("BUILDINGS", worth), book.exposure("BUSINESS_INTERRUPTION", m(10))]
    if profile is not None:
        book.profile(**profile)
    carrier = insurer("AXA", letters)
    given = {"limit": m(60), "deductible_amount": m(0.1), "indemnity_months": 12, "lines": {carrier: "1"}}
    given |= section or {}
    if not named:
        given["lines"] = {None: "1"}
    book.section(book.policy("PAR 1", currency=currency), "1", **given)
    figures = {"treatment": "SHARE", "current_likelihood": 2, "current_consequence": 3} | (risk or {})
    return book.judged(book.risk("FIRE", strikes=strikes, **figures))


PROFILE = {
    "appetite_one_loss": m(1),
    "appetite_year": m(2),
    "indemnity_months": 12,
    "tolerances": [("PROPERTY_DAMAGE", 12, None)],
}


def figure_missing(judged):
    return {row["figure"] for row in one(judged, "UNKNOWN").facts["missing"]}


def test_with_all_figures_known_it_is_adequate(people):
    judged = adequate(people, profile=PROFILE)
    assert (judged.status, codes(judged)) == ("ADEQUATE", set())
    assert figures(judged) == (m(50), m(49.9), m(0.1))


@pytest.mark.parametrize("lacking", LACKING)
def test_a_section_with_a_figure_unknown_is_never_adequate(people, lacking):
    figure, section = LACKING[lacking]
    judged = adequate(people, profile=PROFILE, section=section)
    assert judged.status == "UNKNOWN"
    assert figure in figure_missing(judged)


@pytest.mark.parametrize(
    ("figure", "given"),
    [
        ("treatment", {"risk": {"treatment": ""}}),
        ("level", {"risk": {"current_likelihood": None, "current_consequence": None}}),
        ("most_to_bear", {"profile": PROFILE | {"appetite_one_loss": None}}),
        ("months_needed", {"profile": PROFILE | {"indemnity_months": None}}),
        ("values", {"worth": None}),
        ("rating", {"letters": ""}),
        ("insurer", {"named": False}),
        ("exchange_rate", {"currency": "MOP"}),
    ],
)
def test_nothing_unknown_is_shown_as_adequate(people, figure, given):
    judged = adequate(people, **({"profile": PROFILE} | given))
    assert judged.status == "UNKNOWN"
    assert figure in figure_missing(judged)


def test_a_risk_to_be_avoided_whose_exposure_nobody_valued_is_not_known_to_be_avoided(people):
    book = Book(people)
    risk = book.risk("FIRE", strikes=[book.exposure("BUILDINGS", None)], treatment="AVOID")
    assert book.judged(risk).status == "UNKNOWN"


def test_what_is_tried_out_changes_the_answer_and_nothing_else(people):
    """The first programme's fire with a damage limit of 60: pays up to 60.1, so 0.1 + 1 remain of 90."""
    book = Book(people)
    book.profile(appetite_one_loss=m(2), appetite_year=m(5))
    buildings = book.exposure("BUILDINGS", m(60))
    damage = book.section(book.policy("PAR 1"), "1", lines={insurer("AXA"): "1"}, limit=m(50), deductible_amount=m(0.1))
    fire = book.risk("FIRE", strikes=[buildings], treatment="SHARE")
    assert figures(book.judged(fire)) == (m(60), m(50), m(10))
    assert figures(book.judged(fire, what_if=[{"section": damage.pk, "limit": m(60)}])) == (m(60), m(59.9), m(0.1))
    assert figures(book.judged(fire, loss=m(20))) == (m(20), m(19.9), m(0.1))
    assert figures(book.judged(fire)) == (m(60), m(50), m(10))


def test_a_risk_answered_by_benefits_alone_is_not_judged(people):
    book = Book(people)
    book.risk("EMPLOYEE_HEALTH", treatment="SHARE", maximum_loss=m(1))
    assert book.judged().risks == []


def test_another_day_reads_the_cover_of_that_day(people):
    book = Book(people)
    book.section(
        book.policy("PAR 1", expiry_date=datetime.date(2026, 12, 31)), "1", lines={insurer("AXA"): "1"}, limit=m(50)
    )
    fire = book.risk("FIRE", treatment="SHARE", maximum_loss=m(10), maximum_retention=m(1))
    assert book.judged(fire).status == "WATCH"  # it ends within 60 days
    assert codes(book.judged(fire)) == {"COVER_ENDS"}
