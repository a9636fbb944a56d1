"""Bars and sparkline."""

from common.ui.charts import bars, sparkline


def test_the_highest_bar_uses_the_whole_height_and_the_others_are_in_proportion():
    drawn = bars.draw([bars.Bar("Dec", 5), bars.Bar("Jan", 10)], label="Renewals").bars
    assert [bar.height for bar in drawn] == [bars.HEIGHT / 2, bars.HEIGHT]


def test_one_among_many_can_still_be_seen_and_none_is_no_bar():
    drawn = bars.draw([bars.Bar("Dec", 1), bars.Bar("Jan", 1000), bars.Bar("Feb", 0)], label="Renewals").bars
    assert drawn[0].height == bars.LEAST
    assert drawn[2].height == 0


def test_bars_stay_inside_the_picture():
    chart = bars.draw([bars.Bar(str(at), at) for at in range(24)], label="Renewals")
    assert all(bar.x >= 0 and bar.x + bar.width <= chart.width for bar in chart.bars)
    assert chart.total == sum(range(24))


def test_no_bars_at_all_can_be_drawn():
    assert bars.draw([], label="Renewals").total == 0


def test_a_sparkline_runs_from_the_first_value_to_the_last():
    points = [point.split(",") for point in sparkline.draw([1, 3, 2], label="Policies").points.split()]
    assert [float(x) for x, _y in points] == [0, 48, 96]
    assert [float(y) for _x, y in points] == [24, 0, 12]


def test_a_steady_figure_is_a_line_in_the_middle():
    assert sparkline.draw([7], label="Policies").points == "0.0,12.0 96.0,12.0"
    assert sparkline.draw([], label="Policies").points == ""
