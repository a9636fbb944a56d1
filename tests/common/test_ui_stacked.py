"""Stacked columns: true to their amounts, inside their picture, and named where there is room."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from common.ui.charts import stacked
from common.ui.charts.stacked import Column

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


@settings(deadline=None)
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


@settings(deadline=None)
@given(amounts)
def test_the_axis_is_round_reaches_the_highest_and_has_few_steps(highest):
    found = stacked.steps(highest)
    assert found[0] == 0
    assert found[-1] >= highest
    assert len(found) <= 5
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
