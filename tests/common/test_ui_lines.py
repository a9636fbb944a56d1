"""Lines over time: inside the picture, true to their figures, named so that each can be read."""

import datetime
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.ui.charts import lines

DAY = datetime.date(2026, 1, 1)
AXIS = lines.Axis()


def line(*values, name="HKD", stepped=False):
    points = tuple((DAY + datetime.timedelta(days=30 * at), value) for at, value in enumerate(values))
    return lines.Line(name=name, points=points, is_stepped=stepped, last_words="end")


def coordinates(path):
    """The points of a path of M and L."""
    return [(float(x), float(y)) for x, y in re.findall(r"[ML]([\d.]+),([\d.]+)", path)]


FIGURES = st.lists(st.one_of(st.none(), st.floats(min_value=0.0001, max_value=1e7)), min_size=1, max_size=60).filter(
    lambda values: any(value is not None for value in values)
)


@given(values=FIGURES)
def test_a_line_stays_inside_its_picture_and_higher_figures_are_drawn_higher(values):
    drawn = lines.picture([line(*values)], label="Rates", axis=AXIS).wide
    placed = coordinates(drawn.lines[0].path)
    known = [value for value in values if value is not None]
    assert len(placed) == len(known)
    for x, y in placed:
        assert drawn.left - 0.1 <= x <= drawn.right + 0.1
        assert drawn.top - 0.1 <= y <= drawn.bottom + 0.1
    for (_x, y), value in zip(placed, known, strict=True):
        for (_x2, y2), other in zip(placed, known, strict=True):
            if value > other:
                assert y <= y2


@given(
    low=st.one_of(st.just(0.0), st.floats(min_value=1e-4, max_value=1e9), st.floats(min_value=-1e6, max_value=-1e-4)),
    size=st.one_of(st.just(0.0), st.floats(min_value=1e-6, max_value=1e9)),
)
def test_the_named_figures_hold_all_figures_and_are_few(low, size):
    named = lines.ticks(low, low + size)
    unseen = (abs(low) + size) * 1e-6 + 1e-9  # far below a pixel
    assert named[0] <= low + unseen
    assert named[-1] >= low + size - unseen
    assert 2 <= len(named) <= 9
    assert named == sorted(set(named))


def test_named_figures_are_round_and_share_their_decimals():
    assert lines.ticks(7.763, 7.8496) == [7.76, 7.78, 7.8, 7.82, 7.84, 7.86]
    assert lines.labels(lines.ticks(7.763, 7.8496), AXIS) == ["7.76", "7.78", "7.80", "7.82", "7.84", "7.86"]
    assert lines.labels([0, 2.5, 5.0], AXIS) == ["0.0", "2.5", "5.0"]


def test_steps_go_across_before_they_go_up_and_run_on_to_the_last_day():
    last = DAY + datetime.timedelta(days=300)
    drawn = lines.picture([line(3, 5, stepped=True)], label="Grades", axis=AXIS, last_day=last).wide
    path = drawn.lines[0].path
    assert re.fullmatch(r"M[\d.,]+H[\d.]+V[\d.]+H[\d.]+", path)
    assert path.endswith(f"H{drawn.right}")


def test_a_gap_is_left_where_there_is_no_figure():
    drawn = lines.picture([line(3, None, 5, stepped=True)], label="Grades", axis=AXIS).wide
    assert drawn.lines[0].path.count("M") == 2


def test_the_best_can_be_drawn_at_the_top():
    axis = lines.Axis(worded=str, is_best_below=True, step=1)
    ups = lines.picture([line(1, 4)], label="Ranks", axis=axis).wide.ups
    assert ups[0].at < ups[-1].at
    assert ups[0].label.startswith("1")


@pytest.mark.parametrize("rank", [1, 2, 11, 22])
def test_on_a_scale_with_ends_no_step_beyond_them_is_named(rank):
    axis = lines.Axis(worded=str, is_best_below=True, step=1, bounds=(1, 22))
    ups = lines.picture([line(rank, rank, stepped=True)], label="Ranks", axis=axis).wide.ups
    named = [float(tick.label) for tick in ups]
    assert len(named) >= 2
    assert min(named) >= 1
    assert max(named) <= 22
    assert rank in named


def test_labels_at_the_ends_never_cover_one_another():
    series = [line(5, 5, name=f"Agency {at}", stepped=True) for at in range(4)]
    drawn = lines.picture(series, label="Grades", axis=AXIS).wide
    places = sorted(each.label_y for each in drawn.lines)
    assert all(after - before >= lines.LABEL_GAP - 0.2 for before, after in pairwise(places))
    assert len({each.number for each in drawn.lines}) == 4


def test_a_long_series_has_the_last_of_each_year_in_its_table_and_no_dots():
    picture = lines.picture([line(*range(1, 101))], label="Rates", axis=AXIS)
    assert picture.is_thinned
    assert [day.year for day, _words in picture.rows] == sorted(
        {day.year for day, _words in picture.rows}, reverse=True
    )
    assert picture.rows[0][1] == ("100",)
    assert picture.wide.lines[0].dots == ()


def test_a_short_series_has_every_point_in_its_table():
    picture = lines.picture([line(1, 2), line(3, None, name="USD")], label="Rates", axis=AXIS)
    assert [words for _day, words in picture.rows] == [("2", "–"), ("1", "3")]


@pytest.mark.parametrize("years", [0, 1, 3, 12, 60])
def test_days_are_named_a_few_times_only(years):
    end = DAY.replace(year=DAY.year + years) + datetime.timedelta(days=20)
    series = lines.Line(name="HKD", points=((DAY, 1), (end, 2)))
    drawn = lines.picture([series], label="Rates", axis=AXIS)
    assert 1 <= len(drawn.wide.days) <= 8
    assert 1 <= len(drawn.narrow.days) <= 4


def test_nothing_to_draw_is_refused():
    with pytest.raises(ValueError, match="no figure"):
        lines.picture([line(None)], label="Rates", axis=AXIS)
