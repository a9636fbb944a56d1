"""The worked examples of DESIGN section 5, by the oracle and by the SQL."""

import datetime

import pytest

from programmes.selectors import adequacy
from tests.programmes.adequacy.building import Built, m, shipped_tree
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
WHOLE = (Line(signed=1),)


def section(key, limit, *, deductible=None, lines=WHOLE, **more):
    return Section(
        key,
        limit=None if limit is None else m(limit),
        deductible=Deductible(amount=None if deductible is None else m(deductible)),
        lines=lines,
        **{
            name: m(value) if name in ("attachment", "sum_insured", "aggregate") else value
            for name, value in more.items()
        },
    )


def exposure(key, amount, kind="BUILDINGS"):
    return Exposure(key, kind=kind, values=((datetime.date(2026, 1, 1), m(amount), "HKD"),))


FIRE_OF_VALUES = Risk(exposures=("building",))
AVERAGE = section("1", 50, deductible=0.1, sum_insured=48, threshold=m("0.00000085"), average_basis="FULL_VALUE")
CASES = {
    "tower": (Risk(maximum_loss=m(80)), [[section("1", 50, deductible=0.1)], [section("2", 50, attachment=50)]], [], 79.90, 0.10),
    "two policies": (Risk(maximum_loss=m(10)), [[section("1", 50, deductible=0.1)], [section("2", 50, deductible=0.1)]], [], 9.90, 0.10),
    "average": (Risk(exposures=("building",)), "AVERAGE", [exposure("building", 60)], 47.90, 12.10),
    "average, small loss": (Risk(exposures=("building",), maximum_loss=m(1)), "AVERAGE", [exposure("building", 60)], 0.70, 0.30),
    "buildings and interruption": (
        Risk(exposures=("building", "interruption")),
        [[section("1", 50, deductible=0.1, kinds=frozenset({"BUILDINGS"})), section("2", 20, deductible=1, kinds=frozenset({"BUSINESS_INTERRUPTION"}))]],
        [exposure("building", 30), exposure("interruption", 30, "BUSINESS_INTERRUPTION")],
        49.90, 10.10,
    ),
    "umbrella drops down": (
        Risk(maximum_loss=m(30)),
        [
            [section("1", 10, aggregate=10, deductible=0.05, claims=(Claim(datetime.date(2026, 3, 1), ((datetime.date(2026, 6, 1), m(2), m(3)),)),))],
            [section("2", 40, attachment=10, drops_down=True)],
        ],
        [], 29.95, 0.05,
    ),
    "flood sublimit": (
        Risk(category="FLOOD", maximum_loss=m(60)),
        [[section("1", 50, deductible=0.1, cover_terms=(CoverTerm("FLOOD", sublimit=m(10), deductible=Deductible(amount=m(1))),))], [section("2", 50, attachment=50)]],
        [], 10.00, 50.00,
    ),
    "motor fleet": (Risk(maximum_loss=m(24)), [[section("1", 0.4, units=60)]], [], 24.00, 0.00),
    "gap": (Risk(maximum_loss=m(30)), [[section("1", 10)], [section("2", 20, attachment=15)]], [], 25.00, 5.00),
    "shares": (
        Risk(maximum_loss=m(40)),
        [[section("1", 5)], [section("2", 10, attachment=5, lines=(Line(signed=m("0.0000006")),))], [section("3", 50, attachment=15, lines=(Line(signed=m("0.00000025")),))]],
        [], 17.25, 22.75,
    ),
}  # fmt: skip


def worlds(case):
    from dataclasses import replace
    from decimal import Decimal

    risk, policies, exposures, insured, retained = CASES[case]
    if policies == "AVERAGE":
        policies = [[replace(AVERAGE, threshold=Decimal("0.85"))]]
    if case == "shares":
        shares = [Decimal(1), Decimal("0.6"), Decimal("0.25")]
        policies = [
            [replace(rows[0], lines=(Line(signed=share),))] for rows, share in zip(policies, shares, strict=True)
        ]
    world = World(
        day=DAY,
        currency="HKD",
        tree=shipped_tree(),
        exposures=tuple(exposures),
        policies=tuple(Policy(f"P{n}", sections=tuple(rows)) for n, rows in enumerate(policies)),
    )
    return world, risk, m(insured), m(retained)


@pytest.mark.parametrize("case", CASES)
def test_the_oracle_gives_the_worked_example(db, case):
    world, risk, insured, retained = worlds(case)
    found = judge(world, risk)
    assert (found.insured, found.retained) == (insured, retained)


@pytest.mark.parametrize("case", CASES)
def test_the_sql_gives_the_worked_example(db, case):
    world, risk, insured, retained = worlds(case)
    built = Built(world, [risk])
    (found,) = adequacy.sums_of(built.customers["us"].pk, on=DAY).values()
    assert (found["insured"], found["retained"]) == (insured, retained)
