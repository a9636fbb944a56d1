"""Why a part of a loss stays with the customer, and how a payment divides over insurers: figures that add up."""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.ui.charts.curve import Line
from programmes.selectors.adequacy import RiskAdequacy, Step
from programmes.selectors.bearing import Reason, borne, borne_by_loss, covers, pieces_of, rate_of, split, stacks_of

D = Decimal
NOTHING, WHOLE, FIFTY, EIGHTY = D(0), D(1), D(50), D(80)
M = D(1_000_000)
CENT = D("0.01")


@dataclass
class Given:
    """What a step of the sum says, in millions."""

    start: D = NOTHING
    room: D | None = FIFTY
    share: D | None = WHOLE
    average: D | None = WHOLE
    loss: D = EIGHTY
    stack: int = 0
    attachment: D = NOTHING
    answer: str = "YES"
    is_silenced: bool = False
    is_endless: bool = False
    key: UUID = field(default_factory=uuid4)


def ended(figure):
    return figure.quantize(D("1e-10"), ROUND_HALF_UP)


def step_of(given):
    average = given.average or D(1)
    low = ended(given.start * M / average)
    high = None if given.is_endless or given.room is None else ended((given.start + given.room) * M / average)
    return Step(
        section_id=given.key,
        policy_id=given.key,
        policy="P",
        section="S",
        class_of_business=None,
        answer=given.answer,
        stack=given.stack,
        is_primary=not given.attachment,
        attachment=given.attachment * M,
        start=given.start * M,
        room=None if given.is_endless or given.room is None else given.room * M,
        is_endless=given.is_endless,
        share=given.share,
        average=given.average,
        loss=given.loss * M,
        low=low,
        high=high,
        recovery=D(0),
        is_silenced=given.is_silenced,
    )


def judged(loss, *given):
    """A risk of which each stack pays what its pieces come to (step 8), as the SQL has it."""
    steps = [step_of(each) for each in given]
    paid = D(0)
    for stack in stacks_of(steps):
        for piece in pieces_of(stack, stack[0].loss):
            paid += piece.paid
    insured = min(loss * M, paid.quantize(CENT, ROUND_HALF_UP))
    return RiskAdequacy(
        risk=None,
        status="ADEQUATE",
        treatment="SHARE",
        maximum_loss=loss * M,
        insured=insured,
        retained_amount=loss * M - insured,
        most_to_bear=None,
        most_to_bear_from="",
        required_limit=None,
        top_of_cover=None,
        findings=[],
        steps=steps,
    )


def reasons(risk):
    return {part.reason: part.amount / M for part in borne(risk, "HKD")}


def test_a_tower_leaves_its_deductible():
    found = reasons(judged(D(80), Given(start=D("0.1")), Given(start=D("50.1"), attachment=D(50))))
    assert found == {Reason.DEDUCTIBLE: D("0.1")}


def test_layers_with_a_gap_leave_the_gap():
    found = borne(
        judged(D(30), Given(room=D(10), loss=D(30)), Given(start=D(15), room=D(20), attachment=D(15), loss=D(30))),
        "HKD",
    )
    assert [(part.reason, part.amount, part.low, part.high) for part in found] == [(Reason.GAP, 5 * M, 10 * M, 15 * M)]


def test_an_open_share_and_what_lies_above_the_top_are_told_apart():
    found = reasons(
        judged(
            D(80),
            Given(start=D("0.1")),
            Given(start=D("50.1"), room=D(20), share=D("0.6"), attachment=D(50)),
        )
    )
    assert found == {Reason.ABOVE: D("9.9"), Reason.UNPLACED: D(8), Reason.DEDUCTIBLE: D("0.1")}


def test_average_takes_its_part_before_the_deductible_does():
    found = reasons(judged(D(1), Given(start=D("0.1"), average=D("0.8"), loss=D(1))))
    assert found == {Reason.AVERAGE: D("0.2"), Reason.DEDUCTIBLE: D("0.1")}


def test_an_excess_layer_with_nothing_under_it_leaves_a_gap_at_the_bottom():
    found = reasons(judged(D(30), Given(start=D(10), attachment=D(10), loss=D(30))))
    assert found == {Reason.GAP: D(10)}


def test_what_falls_on_no_section_s_exposures_is_said():
    found = reasons(judged(D(60), Given(loss=D(40))))
    assert found == {Reason.NOT_INSURED: D(20)}


@pytest.mark.parametrize(
    "given",
    [Given(answer="EXCLUDED"), Given(share=None), Given(room=None), Given(is_silenced=True), Given(room=D(0))],
)
def test_where_no_section_pays_all_of_the_loss_is_borne_for_that_reason(given):
    assert reasons(judged(D(80), given)) == {Reason.NOTHING_PAYS: D(80)}


def test_unlimited_cover_leaves_nothing_above_it():
    assert reasons(judged(D(900), Given(start=D(1), is_endless=True, loss=D(900)))) == {Reason.DEDUCTIBLE: D(1)}


def test_no_reason_is_given_where_sections_are_held_together_to_the_loss_on_what_they_share():
    risk = judged(D(60), Given(loss=D(30), start=D("0.1")), Given(loss=D(60), stack=1, start=D("0.1"), room=D(90)))
    assert borne(risk, "HKD") == ()


def test_nothing_is_said_where_nothing_is_borne_or_known():
    assert borne(judged(D(50), Given(loss=D(50))), "HKD") == ()


quietly = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
AMOUNTS = st.decimals(min_value=0, max_value=200, places=2)
SHARES = st.sampled_from([D("0.2"), D("0.333333"), D("0.6"), D(1), D("1.1")])
GIVEN = st.builds(
    Given,
    start=AMOUNTS,
    room=st.one_of(st.none(), AMOUNTS),
    share=st.one_of(st.none(), SHARES),
    average=st.one_of(st.none(), st.sampled_from([D("0.8"), D("0.7777777777"), D(1)])),
    attachment=st.sampled_from([D(0), D(10)]),
    answer=st.sampled_from(["YES", "YES", "YES", "EXCLUDED", "UNKNOWN"]),
    is_silenced=st.booleans(),
    is_endless=st.booleans(),
)


@quietly
@given(steps=st.lists(GIVEN, max_size=5), loss=st.decimals(min_value="0.01", max_value=300, places=2))
def test_the_reasons_add_up_to_what_is_borne_exactly(steps, loss):
    for each in steps:
        each.loss = loss
    risk = judged(loss, *steps)
    found = borne(risk, "HKD")
    assert sum((part.amount for part in found), D(0)) == risk.retained_amount
    assert all(part.amount > 0 for part in found)


@quietly
@given(steps=st.lists(GIVEN, min_size=1, max_size=5), loss=st.decimals(min_value="0.01", max_value=300, places=2))
def test_the_pieces_of_a_loss_are_the_loss_without_gap_or_overlap(steps, loss):
    stack = [step_of(each) for each in steps]
    pieces = pieces_of(stack, loss * M)
    assert sum(piece.high - piece.low for piece in pieces) == loss * M
    assert all(piece.low < piece.high for piece in pieces)
    for step in stack:
        if covers(step):
            width = sum(piece.high - piece.low for piece in pieces if step in piece.steps)
            end = loss * M if step.is_endless else min(step.high, loss * M)
            assert width == max(D(0), end - step.low)
            assert rate_of(step) > 0


@quietly
@given(
    steps=st.lists(GIVEN, max_size=4),
    loss=st.decimals(min_value="0.01", max_value=300, places=2),
    part=st.integers(1, 99),
)
def test_the_line_of_what_is_borne_says_what_the_sum_of_each_loss_says(steps, loss, part):
    tried = (loss * part / 100).quantize(CENT)
    for each in steps:
        each.loss = tried
    line = Line("", borne_by_loss([step_of(each) for each in steps], loss * M), "")
    assert abs(line.at(tried * M) - judged(tried, *steps).retained_amount) <= CENT


@quietly
@given(
    amount=st.decimals(min_value=0, max_value=10**9, places=2),
    shares=st.lists(st.decimals(min_value="0.0001", max_value=1, places=6), min_size=1, max_size=12),
)
def test_a_payment_divides_over_its_carriers_without_losing_a_cent(amount, shares):
    parts = split(amount, shares, "HKD")
    assert sum(parts) == amount
    for part, share in zip(parts, shares):
        assert abs(part - amount * share / sum(shares)) < 1 * CENT
        assert part == part.quantize(CENT)


def test_yen_divide_into_whole_yen():
    assert split(D(100), [D(1), D(1), D(1)], "JPY") == [34, 33, 33]
