"""Periods drawn on one line each: within the picture, in order, ended where they end."""

import datetime

from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from common.ui.charts.lettering import width
from common.ui.charts.period_line import NARROW, PRINTED, WIDE, Lane, Period, draw, picture, span
from common.ui.charts.tower_drawing import SIZE

ON = datetime.date(2026, 11, 23)
days = st.dates(datetime.date(2015, 1, 1), datetime.date(2040, 1, 1))


@st.composite
def periods(draw_):
    first = draw_(days)
    last = draw_(st.none() | st.dates(first, first + datetime.timedelta(days=4000)))
    cancelled = draw_(st.none() | st.dates(first, last)) if last else None
    return Period(draw_(st.text(max_size=30)), first, last, draw_(st.sampled_from(["now", "next", "over"])), cancelled)


lane = st.builds(Lane, st.text(max_size=40), st.lists(periods(), min_size=1, max_size=3).map(tuple))
lanes = st.lists(lane, max_size=6)


@given(lanes, st.sampled_from([WIDE, NARROW, PRINTED]))
def test_nothing_lies_outside_the_picture(lanes, measures):
    drawn = draw(lanes, on=ON, day_label="today", measures=measures)
    for bar in drawn.bars:
        assert drawn.left <= bar.box.x and bar.box.x + bar.box.width <= drawn.right + 1
        assert drawn.top <= bar.box.y and bar.box.y + bar.box.height <= drawn.bottom
    for text in (*drawn.labels, *drawn.ends):
        assert text.x >= 0 and text.x + width(text.words, SIZE) <= drawn.width
    assert drawn.left <= drawn.day <= drawn.right


@given(lanes)
def test_the_day_and_a_month_before_it_are_always_shown(lanes):
    start, end = span(lanes, ON)
    assert start <= datetime.date(2026, 10, 23) and end > datetime.date(2027, 2, 22)
    assert start.day == 1


def year(**fields):
    return Period("PAR 1", datetime.date(2026, 4, 1), datetime.date(2027, 3, 31), "now", **fields)


def test_a_cancellation_cuts_the_bar_and_leaves_the_rest_hatched():
    cancelled = year(cancelled_from=datetime.date(2026, 12, 1))
    long = Period("PAR 2", datetime.date(2026, 4, 1), datetime.date(2028, 3, 31), "now")
    drawn = draw([Lane("Property", (cancelled,)), Lane("Property", (long,))], on=ON, day_label="today")
    assert [bar.kind for bar in drawn.bars] == ["now", "cancelled", "now"]
    assert drawn.bars[0].box.x + drawn.bars[0].box.width < drawn.bars[1].box.x
    assert [text.words for text in drawn.ends] == ["cancelled from 1 Dec 2026", "31 Mar 2028"]


def test_a_period_without_end_runs_to_the_edge_into_an_arrow():
    drawn = draw([Lane("Cargo", (Period("MOC 1", datetime.date(2026, 1, 1), None, "now"),))], on=ON, day_label="today")
    assert len(drawn.arrows) == 1
    assert drawn.bars[0].box.x + drawn.bars[0].box.width == drawn.right


def test_what_follows_begins_where_the_other_ends():
    after = Period("PAR 2", datetime.date(2027, 4, 1), datetime.date(2028, 3, 31), "next")
    drawn = draw([Lane("Property", (year(), after))], on=ON, day_label="today")
    first, second = drawn.bars
    assert abs(first.box.x + first.box.width + 1 - second.box.x) < 0.2
    assert first.box.y == second.box.y


def test_the_picture_says_what_the_table_behind_it_says():
    drawn = picture([Lane("Property", (year(),))], on=ON, day_label="today")
    assert drawn.kinds == ("now",)
    assert drawn.description == "Periods of 1 policies around 23 Nov 2026; the table says the same."
    assert drawn.lanes[0].periods[0].title == "PAR 1 · 1 Apr 2026 – 31 Mar 2027 · in force"


def test_ticks_name_the_year_in_january_and_months_between():
    with translation.override("zh-hant"):
        chinese = [text.words for _x, text in draw([Lane("Property", (year(),))], on=ON, day_label="今日").ticks]
    english = [text.words for _x, text in draw([Lane("Property", (year(),))], on=ON, day_label="today").ticks]
    assert "2027" in english and "Nov" in english
    assert "2027年" in chinese and "11月" in chinese
