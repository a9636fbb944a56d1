"""The worked examples of DESIGN section 5, by the oracle and by the SQL."""

import datetime
from decimal import Decimal

import pytest

from tests.programmes.adequacy.building import Built, m, shipped_tree, sums_of
from tests.programmes.adequacy.oracle import (
    Claim,
    CoverTerm,
    Deductible,
    Exposure,
    Line,
    Policy,
    Risk,
    Section,
    World,
    judge,
)

DAY = datetime.date(2026, 11, 23)
IN_MILLIONS = ("attachment", "sum_insured", "aggregate")


def section(key, limit, *, deductible=None, share=1, **more):
    return Section(
        key,
        limit=m(limit),
        deductible=Deductible(amount=None if deductible is None else m(deductible)),
        lines=(Line(signed=Decimal(str(share))),),
        **{name: m(value) if name in IN_MILLIONS else value for name, value in more.items()},
    )


def exposure(key, amount, kind="BUILDINGS"):
    return Exposure(key, kind=kind, values=((datetime.date(2026, 1, 1), m(amount), "HKD"),))


def with_average():
    return section("1", 50, deductible=0.1, sum_insured=48, threshold=Decimal("0.85"), average_basis="FULL_VALUE")


def eroded_by_five():
    used = Claim(datetime.date(2026, 3, 1), ((datetime.date(2026, 6, 1), m(2), m(3)),))
    return section("1", 10, aggregate=10, deductible=0.05, claims=(used,))


def with_flood_sublimit():
    flood = CoverTerm("FLOOD", sublimit=m(10), deductible=Deductible(amount=m(1)))
    return section("1", 50, deductible=0.1, cover_terms=(flood,))


def of_kind(key, limit, deductible, kind):
    return section(key, limit, deductible=deductible, kinds=frozenset({kind}))


BUILDING = exposure("building", 60)
BOTH = (exposure("building", 30), exposure("interruption", 30, "BUSINESS_INTERRUPTION"))
CASES = {
    "tower": (
        Risk(maximum_loss=m(80)),
        [[section("1", 50, deductible=0.1)], [section("2", 50, attachment=50)]],
        (),
        (79.90, 0.10),
    ),
    "two policies on the same interest": (
        Risk(maximum_loss=m(10)),
        [[section("1", 50, deductible=0.1)], [section("2", 50, deductible=0.1)]],
        (),
        (9.90, 0.10),
    ),
    "average": (Risk(exposures=("building",)), [[with_average()]], (BUILDING,), (47.90, 12.10)),
    "average, small loss": (
        Risk(exposures=("building",), maximum_loss=m(1)),
        [[with_average()]],
        (BUILDING,),
        (0.70, 0.30),
    ),
    "buildings and interruption": (
        Risk(exposures=("building", "interruption")),
        [[of_kind("1", 50, 0.1, "BUILDINGS"), of_kind("2", 20, 1, "BUSINESS_INTERRUPTION")]],
        BOTH,
        (49.90, 10.10),
    ),
    "umbrella that drops down": (
        Risk(maximum_loss=m(30)),
        [[eroded_by_five()], [section("2", 40, attachment=10, drops_down=True)]],
        (),
        (29.95, 0.05),
    ),
    "flood sublimit": (
        Risk(category="FLOOD", maximum_loss=m(60)),
        [[with_flood_sublimit()], [section("2", 50, attachment=50)]],
        (),
        (10.00, 50.00),
    ),
    "motor fleet": (Risk(maximum_loss=m(24)), [[section("1", 0.4, units=60)]], (), (24.00, 0.00)),
    "gap": (Risk(maximum_loss=m(30)), [[section("1", 10)], [section("2", 20, attachment=15)]], (), (25.00, 5.00)),
    "shares": (
        Risk(maximum_loss=m(40)),
        [
            [section("1", 5)],
            [section("2", 10, attachment=5, share=0.6)],
            [section("3", 50, attachment=15, share=0.25)],
        ],
        (),
        (17.25, 22.75),
    ),
}


def world_of(case):
    risk, policies, exposures, (insured, retained) = CASES[case]
    world = World(
        day=DAY,
        currency="HKD",
        tree=shipped_tree(),
        exposures=exposures,
        policies=tuple(Policy(f"P{number}", sections=tuple(rows)) for number, rows in enumerate(policies)),
    )
    return world, risk, m(insured), m(retained)


@pytest.mark.parametrize("case", CASES)
def test_the_oracle_gives_the_worked_example(db, case):
    world, risk, insured, retained = world_of(case)
    found = judge(world, risk)
    assert (found.insured, found.retained) == (insured, retained)


@pytest.mark.parametrize("case", CASES)
def test_the_sql_gives_the_worked_example(db, case):
    world, risk, insured, retained = world_of(case)
    built = Built(world, [risk])
    (found,) = sums_of(built.customers["us"].pk, on=DAY).values()
    assert (found["insured"], found["retained"]) == (insured, retained)
