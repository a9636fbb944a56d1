"""What is wrong with a tower, held against a slow look at every single point of it."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.selectors.tower_faults import FaultKind, Standing, faults_of, lacks_underlying, worst_of_kind

D = Decimal
MILLION = D(1_000_000)
APRIL, MARCH = datetime.date(2026, 4, 1), datetime.date(2027, 3, 31)


def layer(key, room, start=0, placed="1", **more):
    """Amounts in millions."""
    said = {"currency": "HKD", "policy": "PAR 1", "first_day": APRIL, "last_day": MARCH} | more
    return Standing(
        key=key,
        label=f"layer {key}",
        attachment=start * MILLION,
        start=start * MILLION,
        room=None if room is None else room * MILLION,
        placed=None if placed is None else D(placed),
        **said,
    )


def kinds(*layers, currency="HKD"):
    return [(fault.kind, fault.key) for fault in faults_of(layers, currency=currency)]


def only(*layers):
    [fault] = faults_of(layers, currency="HKD")
    return fault


def test_a_tower_without_faults_has_none():
    assert kinds(layer("a", 50), layer("b", 50, 50), layer("c", None, 100)) == []


def test_a_gap_is_at_the_layer_above_it_and_names_the_band():
    fault = only(layer("a", 20), layer("b", 50, 30))
    assert (fault.kind, fault.key, fault.lower, fault.upper) == (FaultKind.GAP, "b", 20 * MILLION, 30 * MILLION)
    assert fault.sentence == "Gap: nothing covers 20m to 30m."


def test_an_overlap_is_at_the_layer_that_begins_last_and_names_the_other():
    fault = only(layer("a", 60), layer("b", 50, 50))
    assert (fault.kind, fault.key, fault.lower, fault.upper) == (FaultKind.OVERLAP, "b", 50 * MILLION, 60 * MILLION)
    assert fault.sentence == "Overlaps layer a from 50m to 60m: together 200%."


def test_layers_side_by_side_that_make_a_whole_are_no_fault():
    assert kinds(layer("a", 50, 0, "0.6"), layer("b", 50, 0, "0.4")) == []


def test_a_part_that_nobody_carries_is_open():
    fault = only(layer("a", 50, 0, "0.85"))
    assert (fault.kind, fault.share, fault.brief) == (FaultKind.OPEN, D("0.15"), "Open 15%")


def test_a_layer_placed_twice_over_is_said_once():
    assert kinds(layer("a", 50, 0, "1.15")) == [(FaultKind.OVERPLACED, "a")]


def test_a_layer_whose_insurers_are_not_recorded_is_not_called_open():
    assert kinds(layer("a", 50, 0, None)) == []


def test_an_excess_layer_with_nothing_below_it_is_no_gap_but_lacks_its_underlying():
    fault = only(layer("a", 50, 50))
    assert (fault.kind, fault.lower) == (FaultKind.NO_UNDERLYING, 0)
    assert fault.sentence.startswith("Nothing lies below 50m: enter the layer below")


@pytest.mark.parametrize(
    ("others", "is_lacking"),
    [
        ([], True),
        ([layer("b", 20)], False),
        ([layer("b", None, 0, is_room_known=False)], False),
        ([layer("b", 20, 30)], False),
        ([layer("b", 20, 50)], True),
        ([layer("b", 20, 70)], True),
        ([layer("b", 20, 0, currency="USD")], False),
        ([layer("b", 20, 30, currency="USD")], True),
    ],
)
def test_a_layer_lacks_its_underlying_where_no_layer_of_its_class_begins_below(others, is_lacking):
    found = {found.key for found in lacks_underlying([layer("a", 50, 50), *others])}
    assert ("a" in found) == is_lacking


def test_a_layer_from_the_ground_up_may_stand_alone_and_leaves_a_gap():
    alone = layer("a", 50, 50, rests_on_below=False)
    assert lacks_underlying([alone]) == []
    assert kinds(alone) == [(FaultKind.GAP, "a")]


def test_a_policy_in_another_currency_is_a_fault_of_the_tower_as_a_whole():
    assert kinds(layer("a", 50), layer("b", 5, 0, currency="USD", policy="PAR 2")) == [(FaultKind.CURRENCY, None)]


@pytest.mark.parametrize(
    ("below", "is_fault"),
    [
        ({"policy": "PAR 2"}, False),
        ({"policy": "PAR 2", "last_day": datetime.date(2026, 12, 31)}, True),
        ({"policy": "PAR 2", "first_day": datetime.date(2026, 1, 1)}, True),
        ({"policy": "PAR 2", "first_day": datetime.date(2020, 1, 1), "last_day": None}, False),
        ({"policy": "PAR 2", "first_day": datetime.date(2026, 7, 1), "last_day": None}, True),
        ({"policy": "PAR 1", "last_day": datetime.date(2026, 12, 31)}, False),
    ],
)
def test_a_layer_must_run_as_the_layer_of_another_policy_below_it(below, is_fault):
    assert kinds(layer("a", 50, 0, **below), layer("b", 50, 50)) == ([(FaultKind.PERIOD, "b")] if is_fault else [])


def test_at_a_glance_only_the_worst_of_the_open_shares_is_said():
    faults = faults_of([layer("a", 50, 0, "0.9"), layer("b", 50, 50, "0.7"), layer("c", 9, 120)], currency="HKD")
    assert [fault.brief for fault in worst_of_kind(faults)] == ["Open 30%", "Gap of 20m"]


parts = st.sampled_from(["0", "0.25", "0.5", "0.75", "1", "1.25", None])


@st.composite
def towers(draw):
    return [
        layer(place, draw(st.none() | st.integers(1, 8)), draw(st.integers(0, 10)), draw(parts))
        for place in range(draw(st.integers(1, 5)))
    ]


POINTS = [D(point) / 2 * MILLION for point in range(1, 50, 2)]
"""One point within every stretch that layers of whole millions can make, and beyond the highest of them."""


def paying_at(layers, point):
    return [one for one in layers if one.start < point and (one.end is None or point < one.end)]


def within(fault, point):
    return fault.lower < point and (fault.upper is None or point < fault.upper)


@given(towers())
def test_every_point_that_nobody_covers_lies_in_exactly_one_gap(layers):
    found = [
        fault
        for fault in faults_of(layers, currency="HKD")
        if fault.kind in (FaultKind.GAP, FaultKind.NO_UNDERLYING) and fault.lower < fault.upper
    ]
    top = max(POINTS[-1] if one.end is None else one.end for one in layers)
    for point in POINTS:
        is_bare = point < top and not paying_at(layers, point)
        assert sum(within(fault, point) for fault in found) == is_bare


@given(towers())
def test_every_point_taken_more_than_once_lies_in_exactly_one_overlap(layers):
    found = [fault for fault in faults_of(layers, currency="HKD") if fault.kind == FaultKind.OVERLAP]
    for point in POINTS:
        paying = paying_at(layers, point)
        is_over = len(paying) > 1 and sum(one.takes for one in paying) > 1
        assert sum(within(fault, point) for fault in found) == is_over


@given(towers())
def test_a_layer_is_open_by_the_most_that_is_missing_at_any_of_its_points(layers):
    found = {fault.key: fault.share for fault in faults_of(layers, currency="HKD") if fault.kind == FaultKind.OPEN}
    for one in layers:
        if one.placed is None or one.placed > 1:
            assert one.key not in found
            continue
        missing = [
            1 - sum(other.takes for other in paying_at(layers, point))
            for point in POINTS
            if one in paying_at(layers, point)
        ]
        assert found.get(one.key, 0) == max(0, *missing)


@given(towers(), st.randoms())
def test_the_order_in_which_layers_are_given_does_not_matter(layers, random):
    def said(rows):
        return sorted((f.kind, str(f.lower), str(f.upper), str(f.share)) for f in faults_of(rows, currency="HKD"))

    mixed = list(layers)
    random.shuffle(mixed)
    assert said(mixed) == said(layers)
