"""Areas over time: they stand on top of one another without a gap, within the scale, and name few enough days."""

import datetime
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.ui.charts.areas import LEFT, NARROW, TOP, WIDE, Part, day_marks, draw, round_step

DAY = datetime.date(2026, 11, 23)
DAYS = st.lists(st.dates(datetime.date(1995, 1, 1), DAY), min_size=1, max_size=8, unique=True).map(sorted)
AMOUNTS = st.decimals(min_value=0, max_value=10**12, places=2)


@given(data=st.data(), days=DAYS, count=st.integers(1, 6))
def test_every_part_lies_within_the_picture_and_the_rows_tie(data, days, count):
    parts = [Part(str(at), data.draw(st.lists(AMOUNTS, min_size=len(days), max_size=len(days)))) for at in range(count)]
    picture = draw(days, parts, until=DAY, label="Values")
    for drawing, (width, height) in ((picture.wide, WIDE), (picture.narrow, NARROW)):
        for area in drawing.areas:
            across = [float(x) for x in re.findall(r"[HM](-?[\d.]+)", area.path)]
            down = [float(y) for y in re.findall(r"[V,](-?[\d.]+)", area.path)]
            assert min(across) >= LEFT
            assert max(across) <= width
            assert min(down) >= TOP
            assert max(down) <= TOP + height
        assert len(drawing.amounts) <= 6
        places = [mark.at for mark in drawing.days]
        assert places == sorted(places)
    assert [row.day for row in picture.rows] == days[::-1]
    for row in picture.rows:
        assert row.total == sum(amount for _label, amount in row.named)


@given(highest=st.decimals(min_value=Decimal("0.01"), max_value=10**15, places=2))
def test_about_four_round_steps_cover_the_highest(highest):
    step = round_step(highest)
    assert step * 4 >= highest
    assert step * 4 < highest * 4


@given(first=st.dates(datetime.date(1990, 1, 1), DAY - datetime.timedelta(days=30)), most=st.integers(1, 9))
def test_days_that_are_named_are_few_and_in_order(first, most):
    marks = day_marks(first, DAY, most=most)
    assert len(marks) <= max(most, 1)
    assert [day for day, _text in marks] == sorted(day for day, _text in marks)


def test_nothing_cannot_be_drawn_and_zeroes_can():
    with pytest.raises(ValueError, match="nothing to draw"):
        draw([], [], until=DAY, label="Values")
    assert draw([DAY], [Part("Stock", [Decimal(0)])], until=DAY, label="Values").wide.amounts[0].text == "0"
