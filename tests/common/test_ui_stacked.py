"""Stacked columns: true to their amounts, inside their picture, and named where there is room."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.ui.charts import stacked
from common.ui.charts.stacked import Column

D = datetime.date
NAMES = ("Paid", "Outstanding")
amounts = st.decimals(0, 10**12, places=2)
columns = st.lists(
    st.builds(
        Column,
        label=st.integers(1990, 2100).map(str),
        parts=st.tuples(amounts, amounts),
        marker=st.none() | amounts,
    ),
    max_size=40,
)


def drawn(made):
    return stacked.picture(made, names=NAMES, label="Claims", currency="HKD", marker_name="Premium")


@given(columns)
def test_every_block_is_inside_and_as_high_as_its_amount(made):
    for drawing in (drawn(made).wide, drawn(made).narrow):
        top = drawing.ups[-1].at
        for column, shown in zip(made, drawing.columns, strict=True):
            assert [block.series for block in shown.blocks] == [at for at, part in enumerate(column.parts, 1) if part]
            for block in shown.blocks:
                assert drawing.left <= block.x
                assert block.x + block.width <= drawing.width + 0.2
                assert top - 0.2 <= block.y
                assert block.y + block.height <= drawing.base + 0.2
            if shown.marker is not None:
                assert top - 0.2 <= shown.marker <= drawing.base
        heights = [
            (sum(block.height for block in shown.blocks), column.total)
            for column, shown in zip(made, drawing.columns, strict=True)
        ]
        for height, total in heights:
            for other_height, other in heights:
                assert total <= other or height >= other_height - 0.3


@given(amounts)
def test_the_axis_is_round_reaches_the_highest_and_has_few_steps(highest):
    found = stacked.steps(highest)
    assert found[0] == 0
    assert found[-1] >= highest
    assert len(found) <= stacked.MOST_STEPS + 1
    assert not highest or found[-1] - (found[1] - found[0]) < highest, "no step is above the highest without need"


def test_a_column_says_itself_in_words_and_its_total_above_it():
    [shown] = drawn([Column("2026", (Decimal(2_500_000), Decimal(1_250_000)), Decimal(900_000), "/x/")]).wide.columns
    assert shown.words == "2026: Paid 2.5m, Outstanding 1.3m, Premium 900k"
    assert (shown.figure, shown.label, shown.url) == ("3.8m", "2026", "/x/")


def test_of_many_columns_some_are_named_the_last_among_them():
    made = [Column(str(1990 + at), (Decimal(1), Decimal(1))) for at in range(40)]
    labels = [column.label for column in drawn(made).narrow.columns]
    assert labels[-1] == "2029"
    assert 3 <= sum(map(bool, labels)) < 20


points = st.lists(
    st.tuples(st.dates(D(2020, 1, 1), D(2030, 1, 1)), st.tuples(amounts, amounts)),
    min_size=1,
    max_size=8,
    unique_by=lambda point: point[0],
).map(lambda found: sorted(found, key=lambda point: point[0]))


@given(points, st.integers(0, 4000))
def test_over_time_each_amount_lasts_until_the_next(made, after):
    last = made[-1][0] + datetime.timedelta(days=after)
    shown = stacked.picture_over_time(
        made, first_day=made[0][0], last_day=last, names=NAMES, label="Figures", currency="HKD"
    )
    for drawing in (shown.wide, shown.narrow):
        edges = [(block.x, block.x + block.width) for column in drawing.columns for block in column.blocks[:1]]
        assert all(drawing.left <= start and end <= drawing.width + 1.2 for start, end in edges)
        assert 1 <= len(drawing.days) <= 13


@pytest.mark.parametrize("months", range(1, 400, 7))
def test_named_days_are_firsts_of_months_in_order(months):
    first = D(2001, 2, 14)
    last = stacked.add_months(first, months)
    found = [day for day, _words in stacked.named_days(first, last, 8)]
    assert found == sorted(set(found))
    assert len(found) <= 10
    assert all(day.day == 1 or found == [first] for day in found)
