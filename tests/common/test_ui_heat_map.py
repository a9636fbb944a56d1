"""The heat map: every risk is counted in its cell, drawn where it belongs, and said in words."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.ui.charts import heat_map
from common.ui.levels import band_of

UP = ("Rare", "Unlikely", "Possible", "Likely", "Almost certain")
ACROSS = ("Insignificant", "Minor", "Moderate", "Major", "Catastrophic")
STEPS = st.integers(1, 5)


def drawn(counts, **more):
    return heat_map.picture(counts, likelihood=UP, consequence=ACROSS, label="Risks", **more)


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(st.tuples(STEPS, STEPS), st.integers(1, 400), max_size=6))
def test_every_count_stands_in_its_cell_in_both_drawings_and_the_table(counts):
    picture = drawn(counts)
    for drawing in (picture.wide, picture.narrow):
        cells = {(square.cell.likelihood, square.cell.consequence): square for square in drawing.squares}
        assert len(cells) == 25
        assert {key: square.cell.count for key, square in cells.items() if square.cell.count} == counts
        for (likelihood, consequence), square in cells.items():
            assert square.x >= drawing.left
            assert square.x + square.width <= drawing.width
            assert square.y + square.height <= drawing.base
            if likelihood < 5:
                assert cells[likelihood + 1, consequence].y < square.y
            if consequence < 5:
                assert cells[likelihood, consequence + 1].x > square.x + square.width
    table = {
        (cell.likelihood, cell.consequence): cell.count for row in picture.rows for cell in row.cells if cell.count
    }
    assert table == counts


def test_a_cell_says_its_words_level_and_count_and_leads_on_only_where_something_stands():
    picture = drawn({(2, 5): 1, (1, 1): 3}, url=lambda up, across: f"?cell={up}x{across}", chosen=(2, 5))
    cells = {(cell.likelihood, cell.consequence): cell for row in picture.rows for cell in row.cells}
    assert cells[2, 5].words == "Unlikely × Catastrophic, level 10: 1 risk"
    assert cells[1, 1].words == "Rare × Insignificant, level 1: 3 risks"
    assert (cells[2, 5].url, cells[2, 5].is_chosen, cells[2, 4].url) == ("?cell=2x5", True, "")
    assert picture.wide.squares[-1].cell.is_chosen, "its outline lies on top"


def test_long_words_are_cut_on_the_axis_and_kept_whole_beside_it():
    long = ("粵港澳大灣區綠色建築材料科技創新研究發展檢測認證及國際貿易推廣促進中心",) * 5
    picture = heat_map.picture({}, likelihood=long, consequence=long, label="Risks")
    for label in (*picture.wide.ups, *picture.wide.acrosses):
        assert label.text.endswith("…")
        assert long[0] in label.full


@pytest.mark.parametrize(
    ("level", "band"),
    [
        (1, "low"),
        (4, "low"),
        (5, "medium"),
        (9, "medium"),
        (10, "high"),
        (12, "high"),
        (15, "very-high"),
        (25, "very-high"),
    ],
)
def test_a_level_has_a_band(level, band):
    assert band_of(level).code == band


def test_what_is_not_assessed_has_no_band():
    assert band_of(None) is None
    assert band_of("") is None
