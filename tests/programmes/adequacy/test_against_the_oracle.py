"""Random programmes, worked out by the SQL and by the oracle: no difference."""

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from risk import models as risk_models
from tests.programmes.adequacy.building import Built, shipped_tree, sums_of
from tests.programmes.adequacy.oracle import (
    LOSS_KINDS,
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
DAY_AFTER = datetime.date(2026, 11, 24)
CURRENCIES = ["HKD", "USD", "JPY", "GBP", "MOP"]
PLACES = {"JPY": 0}
CATEGORIES = ["FIRE", "WILDFIRE", "FLOOD", "PROPERTY_DAMAGE", "THIRD_PARTY_INJURY"]
"""A parent, its children, a grandchild, and one of another class."""

amounts = st.one_of(
    st.integers(1, 80).map(Decimal),
    st.integers(1, 4000).map(lambda cents: Decimal(cents) / 100),
    st.sampled_from([Decimal(10), Decimal(20), Decimal(50), Decimal("33.33")]),
)
shares = st.one_of(
    st.sampled_from([Decimal(1), Decimal("0.5"), Decimal("0.6"), Decimal("0.25"), Decimal("0.333333")]),
    st.integers(1, 1_000_000).map(lambda millionths: Decimal(millionths) / 1_000_000),
)
days = st.dates(datetime.date(2024, 1, 1), datetime.date(2027, 6, 30))


def maybe(strategy, *, often=False):
    return st.one_of(strategy, strategy, st.none()) if often else st.one_of(st.none(), st.none(), strategy)


@st.composite
def deductibles(draw):
    sort = draw(st.sampled_from(["none", "none", "amount", "amount", "percent"]))
    if sort == "none":
        return Deductible()
    if sort == "amount":
        return Deductible(amount=draw(st.one_of(st.just(Decimal(0)), amounts)) / 10)
    least, most = draw(maybe(amounts)), draw(maybe(amounts))
    if least is not None and most is not None:
        least, most = sorted([least, most])
    of = draw(st.sampled_from(["LOSS", "SUM_INSURED", "VALUE"]))
    return Deductible(percent=draw(shares) / 4, of=of, least=least, most=most)


def in_cents(deductible):
    """As the columns hold it: amounts with two decimals, shares with six."""

    def rounded(value, places):
        return None if value is None else round(value, places)

    return Deductible(
        rounded(deductible.amount, 2),
        rounded(deductible.percent, 6),
        deductible.of,
        rounded(deductible.least, 2),
        rounded(deductible.most, 2),
    )


@st.composite
def lines(draw):
    made = [
        draw(
            st.one_of(
                st.builds(Line, signed=shares),
                st.builds(Line, written=shares),
                st.builds(Line, written=shares, signed=shares),
            )
        )
        for _ in range(draw(st.integers(0, 3)))
    ]
    return tuple(made)


claims = st.lists(
    st.builds(
        Claim,
        on=days,
        movements=st.lists(st.tuples(days, amounts, amounts), max_size=2, unique_by=lambda row: row[0]).map(tuple),
    ),
    max_size=2,
).map(tuple)


@st.composite
def sections(draw, key):
    is_average = draw(st.integers(0, 3)) == 0
    unlimited = draw(st.integers(0, 9)) == 0
    first_day = draw(st.sampled_from([datetime.date(2026, 1, 1), datetime.date(2026, 11, 23)]))
    codes = draw(st.lists(st.sampled_from(CATEGORIES), max_size=2, unique=True))
    cover_terms = []
    for code in codes:
        included = draw(st.integers(0, 3)) > 0
        cover_terms.append(
            CoverTerm(
                code,
                included=included,
                sublimit=draw(maybe(amounts)) if included else None,
                deductible=in_cents(draw(deductibles())) if included else Deductible(),
            )
        )
    return Section(
        key,
        class_code=draw(st.sampled_from(["PROPERTY", "PROPERTY", "FIRE", "PUBLIC_LIABILITY"])),
        first_day=first_day,
        last_day=draw(st.sampled_from([None, None, datetime.date(2026, 11, 23), datetime.date(2026, 12, 31)])),
        basis=draw(st.sampled_from(["ALL_RISKS", "ALL_RISKS", "NAMED"])),
        attachment=draw(st.one_of(st.just(Decimal(0)), amounts)),
        is_ground_up=draw(st.booleans()),
        limit=None if unlimited else draw(maybe(amounts, often=True)),
        units=draw(st.sampled_from([None, None, None, 3])),
        unlimited=unlimited,
        aggregate=draw(maybe(amounts)),
        sum_insured=draw(maybe(st.one_of(st.just(Decimal(0)), amounts))),
        threshold=draw(st.sampled_from([Decimal("0.85"), Decimal(1)])) if is_average else None,
        average_basis=draw(st.sampled_from(["FULL_VALUE", "THRESHOLD"])) if is_average else "",
        deductible=in_cents(draw(deductibles())),
        drops_down=draw(st.booleans()),
        recognises_sublimits=draw(st.booleans()),
        kinds=draw(
            st.sets(st.sampled_from(["BUILDINGS", "STOCK", "BUSINESS_INTERRUPTION"]), max_size=2).map(frozenset)
        ),
        locations=draw(st.one_of(st.just(frozenset()), st.sets(st.sampled_from(["A", "B"])).map(frozenset))),
        territory=draw(st.sampled_from([frozenset(), frozenset(), frozenset({"HK"}), frozenset({"HK", "MO"})])),
        territory_excluded=draw(st.sampled_from([frozenset(), frozenset(), frozenset({"MO"})])),
        cover_terms=tuple(cover_terms),
        lines=draw(lines()),
        placed_elsewhere=draw(st.sampled_from([Decimal(0), Decimal("0.25")])),
        placed_share=draw(maybe(shares)),
        claims=draw(claims),
    )


@st.composite
def policies(draw, key):
    inception = draw(
        st.sampled_from([datetime.date(2026, 1, 1), datetime.date(2024, 2, 29), datetime.date(2025, 11, 23)])
    )
    expiry = draw(st.sampled_from([datetime.date(2026, 12, 31), datetime.date(2026, 12, 31), DAY, None]))
    return Policy(
        key,
        currency=draw(st.sampled_from(["HKD", "HKD", "HKD", *CURRENCIES])),
        bound=draw(st.integers(0, 9)) > 0,
        inception=inception,
        expiry=expiry,
        cancelled_from=draw(st.sampled_from([None, None, None, DAY, *([] if expiry == DAY else [DAY_AFTER])])),
        insureds=draw(st.sampled_from([frozenset({"us"}), frozenset({"us", "them"}), frozenset({"them"})])),
        is_lineslip=draw(st.integers(0, 9)) == 0,
        sections=tuple(draw(sections(f"{key}-{number}")) for number in range(draw(st.integers(1, 3)))),
    )


@st.composite
def exposures(draw, key):
    return Exposure(
        key,
        kind=draw(st.sampled_from(["BUILDINGS", "BUILDINGS", "STOCK", "BUSINESS_INTERRUPTION", "REVENUE"])),
        customer=draw(st.sampled_from(["us", "us", "us", "them"])),
        location=None,
        values=draw(
            st.lists(
                st.tuples(days, st.one_of(st.just(Decimal(0)), amounts), st.sampled_from(["HKD", "HKD", *CURRENCIES])),
                min_size=draw(st.sampled_from([0, 1, 1, 1])),
                max_size=2,
                unique_by=lambda row: row[0],
            ).map(tuple)
        ),
        index=draw(st.sampled_from([None, None, "COSTS"])),
    )


@st.composite
def worlds(draw):
    held = [draw(exposures(f"E{number}")) for number in range(draw(st.integers(0, 4)))]
    held = [
        replace(row, location=draw(st.sampled_from([None, "A", "B"]))) if row.customer == "us" else row for row in held
    ]
    ours = [row.key for row in held if row.customer == "us"]
    risks = [
        Risk(
            category=draw(st.sampled_from(["FIRE", "FIRE", "WILDFIRE", "FLOOD", "THIRD_PARTY_INJURY"])),
            location=draw(st.sampled_from([None, "A", "B"])),
            exposures=tuple(draw(st.lists(st.sampled_from(ours), unique=True))) if ours else (),
            maximum_loss=draw(maybe(amounts)),
            currency=draw(st.sampled_from(["HKD", "HKD", "USD", "MOP"])),
        )
        for _ in range(3)
    ]
    return (
        World(
            day=DAY,
            currency=draw(st.sampled_from(["HKD", "HKD", "JPY", "USD"])),
            tree=shipped_tree(),
            countries={"A": "HK", "B": "MO"},
            exposures=tuple(held),
            policies=tuple(draw(policies(f"P{number}")) for number in range(draw(st.integers(1, 3)))),
            rates={
                "HKD": ((datetime.date(2020, 1, 1), Decimal("7.8")), (datetime.date(2026, 11, 24), Decimal("9"))),
                "JPY": ((datetime.date(2020, 1, 1), Decimal("151.37")),),
                "GBP": ((datetime.date(2025, 1, 1), Decimal("0.79123")), (DAY, Decimal("0.8"))),
            },  # MOP has none: what is given in it is unknown to all but MOP
            indices={
                "COSTS": ((datetime.date(2025, 1, 1), Decimal("101.5")), (datetime.date(2026, 6, 1), Decimal("117")))
            },
            minor_units=PLACES,
        ),
        risks,
    )


def compare(world, risks):
    with transaction.atomic():
        built = Built(world, risks)
        found = sums_of(built.customers["us"].pk, on=DAY)
        names = {row.pk: key for key, row in built.sections.items()}
        for risk, row in zip(risks, built.risks, strict=True):
            expected, got = judge(world, risk), found[row.pk]
            assert (got["loss"], got["insured"], got["retained"]) == (
                expected.maximum_loss,
                expected.insured,
                expected.retained,
            ), risk
            if expected.maximum_loss is None:
                continue
            steps = {names[key]: step for key, step in got["steps"].items()}
            assert steps.keys() == expected.steps.keys()
            for key, step in expected.steps.items():
                mine = steps[key]
                assert mine["recovery"] == step.recovery, (risk, key)
                assert mine["start"] == step.start, (risk, key)
                assert mine["is_endless"] == step.is_endless or (mine["is_endless"] is None and step.room is None)
                assert step.is_endless or mine["room"] == step.room, (risk, key)
                assert mine["average"] == step.average, (risk, key)
                assert (mine["share"] is None) == (step.share is None)
                assert step.share is None or abs(mine["share"] - step.share) < Decimal("1e-9")
        transaction.set_rollback(True)


@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn=st.data())
def test_the_sql_gives_what_the_oracle_gives(db, drawn):
    compare(*drawn.draw(worlds()))


@pytest.mark.slow
@settings(max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn=st.data())
def test_no_difference_in_two_thousand_programmes(db, drawn):
    compare(*drawn.draw(worlds()))


def test_the_kinds_of_loss_are_those_of_the_product():
    assert {str(kind) for kind in risk_models.LOSS_KINDS} == LOSS_KINDS
