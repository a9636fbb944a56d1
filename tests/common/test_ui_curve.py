"""One amount against another as a line: to scale, within its frame, and the same in the table."""

from decimal import Decimal

import pytest

from common.ui.charts.curve import Line, draw, picture

M = Decimal(1_000_000)
NOW = Line("As it stands", ((Decimal(0), Decimal(0)), (M, M), (50 * M, M), (100 * M, 51 * M)), "A")
OPTION = Line("The option", ((Decimal(0), Decimal(0)), (2 * M, 2 * M), (100 * M, 2 * M)), "B")


def test_between_two_points_the_line_is_in_proportion():
    assert NOW.at(Decimal(0)) == 0
    assert NOW.at(25 * M) == M
    assert NOW.at(75 * M) == 26 * M
    assert NOW.at(200 * M) == 51 * M


@pytest.mark.parametrize(("width", "most"), [(720.0, 8), (340.0, 4)])
def test_everything_lies_within_the_frame_and_labels_stand_apart(width, most):
    drawn = draw([NOW, OPTION], 80 * M, (5 * M, "most to bear"), width=width, height=260.0, most=most)
    spots = [spot.split() for line in drawn.lines for spot in line.path[1:].split(" L")]
    assert all(drawn.left <= float(x) <= drawn.right and drawn.top <= float(y) <= drawn.bottom for x, y in spots)
    assert drawn.left < drawn.marker < drawn.right
    assert drawn.top < drawn.threshold.at < drawn.bottom
    assert len(drawn.across) <= most
    first, second = [line.label_y for line in drawn.lines]
    assert second - first >= 15
    assert [line.label for line in drawn.lines] == ["A", "B"]


def test_the_table_says_each_line_at_every_bend_and_at_the_loss_looked_at():
    found = picture([NOW, OPTION], label="Borne", across_label="Loss", marker=80 * M)
    assert ("80,000,000", ("31,000,000", "2,000,000")) in found.rows
    assert [place for place, _cells in found.rows] == [
        "0",
        "1,000,000",
        "2,000,000",
        "50,000,000",
        "80,000,000",
        "100,000,000",
    ]


def test_without_a_line_there_is_nothing_to_draw():
    with pytest.raises(ValueError, match="no line"):
        picture([Line("", ((Decimal(0), Decimal(0)),), "")], label="", across_label="")
