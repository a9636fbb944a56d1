"""Written lines signed down: exact sums, lines to stand untouched, nobody signed above what they wrote."""

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from programmes.signing import PART, LineNotWritten, StandingLinesExceed, WrittenLine, sign_down

D = Decimal
MILLIONTHS = 1_000_000


def lines(*shares, lead=0, stand=()):
    return [
        WrittenLine(None if share is None else D(share), is_lead=place == lead, stands=place in stand)
        for place, share in enumerate(shares)
    ]


def signed(*shares, elsewhere="0", **more):
    return [str(share) for share in sign_down(lines(*shares, **more), placed_elsewhere=D(elsewhere)).shares]


def test_lines_are_signed_down_in_proportion():
    assert signed("0.6", "0.6", "0.3") == ["0.400000", "0.400000", "0.200000"]


def test_what_rounding_leaves_over_goes_to_the_lead():
    assert signed("0.5", "0.5", "0.5") == ["0.333334", "0.333333", "0.333333"]
    assert signed("0.5", "0.5", "0.5", lead=2) == ["0.333333", "0.333333", "0.333334"]


def test_a_line_to_stand_is_signed_as_written_and_the_others_share_the_rest():
    assert signed("0.6", "0.25", "0.6", stand=(1,)) == ["0.375000", "0.25", "0.375000"]


def test_only_what_is_not_placed_elsewhere_is_signed():
    assert signed("0.6", "0.6", elsewhere="0.4") == ["0.300000", "0.300000"]


def test_short_lines_are_signed_as_written_and_the_rest_is_open():
    found = sign_down(lines("0.5", "0.35"))
    assert (found.shares, found.open) == ((D("0.5"), D("0.35")), D("0.15"))


def test_lines_that_just_fill_the_whole_stay_as_written():
    found = sign_down(lines("0.5", "0.5"))
    assert (found.shares, found.open) == ((D("0.5"), D("0.5")), D(0))


def test_lines_to_stand_above_what_is_to_be_placed_are_refused():
    with pytest.raises(StandingLinesExceed) as refused:
        sign_down(lines("0.7", "0.5", stand=(0, 1)))
    assert (refused.value.standing, refused.value.target) == (D("1.2"), D(1))


def test_lines_to_stand_that_leave_the_others_nothing_are_refused():
    with pytest.raises(StandingLinesExceed):
        sign_down(lines("0.2", "1", stand=(1,)))


def test_a_line_that_was_not_written_is_named():
    with pytest.raises(LineNotWritten) as refused:
        sign_down(lines("0.5", None))
    assert refused.value.place == 1


def test_many_small_lines_hardly_oversubscribed_leave_the_lead_at_what_it_wrote():
    wrote = [D("0.1")] + [D("0.009")] * 99 + [D("0.009060")]
    found = sign_down([WrittenLine(share, is_lead=place == 0) for place, share in enumerate(wrote)])
    assert sum(found.shares) == 1
    assert found.shares[0] <= wrote[0]


shares = st.integers(1, MILLIONTHS).map(lambda part: part * PART)


@st.composite
def written_lines(draw):
    count = draw(st.integers(1, 12))
    lead = draw(st.none() | st.integers(0, count - 1))
    return [WrittenLine(draw(shares), place == lead, draw(st.booleans())) for place in range(count)]


@st.composite
def oversubscribed(draw):
    """Lines that sum to more than is to be placed and whose standing ones leave something; and what is elsewhere."""
    elsewhere = draw(st.integers(0, MILLIONTHS - 100))
    stand = draw(st.lists(st.integers(1, (MILLIONTHS - elsewhere) // 6), max_size=4))
    others = draw(st.lists(st.integers(1, MILLIONTHS), min_size=1, max_size=8))
    if sum(stand) + sum(others) <= MILLIONTHS - elsewhere:
        others += [MILLIONTHS, 1]
    mixed = draw(st.permutations([(part, True) for part in stand] + [(part, False) for part in others]))
    lead = draw(st.none() | st.integers(0, len(mixed) - 1))
    found = [WrittenLine(part * PART, place == lead, stands) for place, (part, stands) in enumerate(mixed)]
    return found, elsewhere * PART


@given(oversubscribed())
def test_signed_lines_sum_exactly_to_what_is_to_be_placed(case):
    found, elsewhere = case
    assert sum(sign_down(found, placed_elsewhere=elsewhere).shares) == 1 - elsewhere


@given(oversubscribed())
def test_nobody_is_signed_above_what_it_wrote_and_nobody_at_nothing(case):
    found, elsewhere = case
    result = sign_down(found, placed_elsewhere=elsewhere)
    assert all(0 < share <= line.written for share, line in zip(result.shares, found))
    assert result.open == 0


@given(oversubscribed())
def test_lines_to_stand_are_untouched(case):
    found, elsewhere = case
    result = sign_down(found, placed_elsewhere=elsewhere)
    assert all(share == line.written for share, line in zip(result.shares, found) if line.stands)


@given(oversubscribed())
def test_every_signed_line_is_its_proportion_up_to_rounding(case):
    found, elsewhere = case
    left = 1 - elsewhere - sum(line.written for line in found if line.stands)
    rest = sum(line.written for line in found if not line.stands)
    exact = [line.written if line.stands else line.written * left / rest for line in found]
    away = [abs(share - fair) for share, fair in zip(sign_down(found, placed_elsewhere=elsewhere).shares, exact)]
    assert max(away) <= PART * len(found)


@given(oversubscribed(), st.randoms())
def test_the_order_of_the_lines_does_not_matter(case, random):
    found, elsewhere = case
    mixed = list(found)
    random.shuffle(mixed)

    def said(rows):
        return Counter(zip(rows, sign_down(rows, placed_elsewhere=elsewhere).shares))

    assert said(found) == said(mixed)


@given(written_lines())
def test_lines_short_of_the_whole_are_left_as_written(found):
    total = sum(line.written for line in found)
    assume(total <= 1 and (1 - total >= PART * len(found)))
    result = sign_down(found)
    assert result.shares == tuple(line.written for line in found)
    assert result.open == 1 - total
