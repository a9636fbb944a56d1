"""The tower of cover: what it shows, and that nothing in it overlaps, leaves the frame or stands out of order."""

from decimal import Decimal
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.ui.charts.scale import piecewise
from common.ui.charts.tower import Layer, Share, Tower, columns, gaps
from common.ui.charts.tower_drawing import INSET, LEAST, NARROW, WIDE, draw
from common.ui.charts.tower_picture import picture

MILLION = Decimal(1_000_000)


def layer(start: int | Decimal, limit: int | None, *shares: str, **more) -> Layer:
    """Amounts in millions; shares as "A 60"."""
    parts = tuple(Share(name, Decimal(part) / 100) for name, part in (words.rsplit(" ", 1) for words in shares))
    room = None if limit is None else limit * MILLION
    return Layer(more.pop("label", f"{limit} xs {start}"), start * MILLION, room, parts, **more)


def tower(*layers: Layer, loss: int | Decimal | None = None) -> Tower:
    return Tower("HKD", layers, None if loss is None else loss * MILLION)


PRIMARY = layer(0, 50, "Insurer A 50", "Insurer B 30", "Insurer C 20", deductible=MILLION / 2)
EXCESS = layer(Decimal("50.5"), 50, "Insurer A 60", "Insurer D 25")


def kinds(drawing):
    return [cell.kind for cell in drawing.cells]


def words(drawing):
    cells = [text.words for cell in drawing.cells for text in cell.texts]
    return cells + [text.words for text in (*drawing.axis, *drawing.labels, *drawing.breaks)]


def test_bands_are_to_scale():
    drawing = draw(tower(layer(0, 50, "A 100"), layer(50, 100, "A 100")))
    low, high = drawing.cells
    assert high.box.height + 2 * INSET == pytest.approx(2 * (low.box.height + 2 * INSET), abs=0.1)
    assert high.box.y < low.box.y


def test_participations_stand_side_by_side_in_proportion():
    drawing = draw(tower(PRIMARY))
    widths = [cell.box.width + 2 * INSET for cell in drawing.cells]
    assert widths == pytest.approx([drawing.frame.width * part for part in (0.5, 0.3, 0.2)], abs=0.1)


def test_what_is_not_placed_is_drawn_open():
    drawing = draw(tower(EXCESS, PRIMARY))
    assert kinds(drawing).count("open") == 1
    assert "open" in words(drawing)
    assert "15%" in words(drawing)


def test_an_open_share_too_narrow_for_words_is_named_beside_the_layer():
    drawing = draw(tower(layer(0, 50, "A 97")), NARROW)
    assert [text.words for text in drawing.labels if text.css_class == "chart__bad"] == ["open 3%"]


def test_a_layer_with_a_fault_has_a_hatched_edge_and_says_why():
    drawing = draw(tower(layer(0, 50, "A 100", fault="Overlap of 5m"), layer(50, 50, "A 100")))
    [edge] = drawing.faults
    assert edge.x > drawing.frame.x + drawing.frame.width / 2
    assert "Overlap of 5m" in words(drawing)


def test_what_nobody_covers_up_to_the_largest_loss_is_drawn_as_a_gap():
    drawing = draw(tower(PRIMARY, EXCESS, loss=Decimal("148.5")))
    assert "no cover: 48m" in words(drawing)
    assert "largest loss" in words(drawing)
    assert drawing.loss is not None


def test_what_the_customer_keeps_of_every_loss_is_drawn_as_a_band_and_is_no_gap():
    kept = Tower("HKD", (layer(5, 45, "A 100"),), 60 * MILLION, kept=5 * MILLION)
    assert gaps(kept) == [(50 * MILLION, 60 * MILLION)]
    drawing = draw(kept)
    band = next(cell for cell in drawing.cells if cell.kind == "kept")
    low = next(cell for cell in drawing.cells if cell.kind == "share")
    assert band.box.y >= low.box.y + low.box.height
    assert "deductible 5m" in words(drawing)


def test_a_part_of_a_layer_that_the_customer_bears_is_hatched_stands_last_and_has_no_tint():
    parts = (Share("average", Decimal("0.2"), is_borne=True), Share("A", Decimal("0.8")))
    drawing = draw(Tower("HKD", (Layer("48m", Decimal(0), 48 * MILLION, parts),)))
    assert [(cell.kind, cell.name) for cell in drawing.cells] == [("share", "A"), ("open", "average")]
    assert [entry.insurer for entry in drawing.legend] == []
    [row] = picture(Tower("HKD", (Layer("48m", Decimal(0), 48 * MILLION, parts),))).rows
    assert row.placed == Decimal("0.8")


def test_the_line_of_a_loss_says_what_it_is_where_it_is_not_the_largest():
    tried = Tower("HKD", (layer(0, 50, "A 100"),), 20 * MILLION, loss_label="this loss")
    assert "this loss" in words(draw(tried))


def test_gaps_are_found_under_between_and_above_layers():
    found = gaps(tower(layer(5, 5), layer(15, 5), loss=30))
    assert found == [(0, 5 * MILLION), (10 * MILLION, 15 * MILLION), (20 * MILLION, 30 * MILLION)]


def test_a_largest_loss_within_the_cover_leaves_no_gap():
    assert gaps(tower(layer(0, 50), loss=30)) == []


def test_the_lead_stands_first_and_the_darkest_tint_is_the_largest_line():
    shares = (Share("Follower", Decimal("0.7")), Share("Leader", Decimal("0.3"), is_lead=True))
    drawing = draw(tower(Layer("10m", Decimal(0), 10 * MILLION, shares)))
    assert [cell.name for cell in drawing.cells] == ["Leader", "Follower"]
    assert [cell.series for cell in drawing.cells] == [2, 1]


def test_an_insurer_has_the_same_tint_in_every_layer():
    drawing = draw(tower(PRIMARY, EXCESS))
    assert len({cell.series for cell in drawing.cells if cell.name == "Insurer A"}) == 1


def test_a_deductible_under_the_lowest_layer_is_a_strip():
    drawing = draw(tower(PRIMARY))
    assert len(drawing.strips) == 1
    assert "deductible 500k" in words(drawing)


def test_a_lowest_layer_stands_on_its_deductible():
    assert PRIMARY.end == Decimal("50.5") * MILLION
    assert gaps(tower(PRIMARY, EXCESS)) == []


def test_layers_that_a_page_is_about_are_marked():
    drawing = draw(tower(layer(0, 50, "A 100"), layer(50, 50, "B 100", is_marked=True)))
    [mark] = drawing.marks
    assert mark.centre == pytest.approx(drawing.cells[1].box.centre)


def test_policies_on_the_same_loss_share_the_width():
    first, second = layer(0, 50, "A 100", label="First"), layer(0, 30, "B 100", label="Second")
    assert columns([first, second]) == [(0.0, 0.5), (0.5, 1.0)]
    assert columns([first, layer(50, 50)]) == [(0.0, 1.0), (0.0, 1.0)]


def test_a_layer_without_insurers_says_so():
    drawing = draw(tower(layer(0, 50)))
    assert kinds(drawing) == ["unknown"]
    assert "insurers not recorded" in words(drawing)


def test_an_unlimited_layer_fades_out_above_the_scale():
    drawing = draw(tower(layer(0, 100, "A 100"), layer(100, None, "B 100")))
    assert drawing.fade is not None
    assert drawing.fade.y < drawing.cells[1].box.y + drawing.cells[1].box.height


def test_only_an_unlimited_layer_can_be_drawn():
    drawing = draw(tower(layer(0, None, "A 100")))
    assert drawing.cells[0].box.height > LEAST
    assert "A" in words(drawing)


def test_a_thin_layer_is_kept_readable_and_the_picture_says_so():
    shown = picture(tower(layer(0, 1, "A 100"), layer(1, 199, "A 100")))
    assert "≈" in words(shown.wide)
    assert any("taller than their scale" in note for note in shown.notes)


def test_a_tower_to_scale_carries_no_such_mark():
    shown = picture(tower(PRIMARY, EXCESS))
    assert "≈" not in words(shown.wide)
    assert shown.notes == ()


def test_a_layer_placed_over_is_scaled_to_the_width_and_said():
    shown = picture(tower(layer(0, 10, "A 60", "B 50", label="10m")))
    assert any("110%" in note for note in shown.notes)


def test_a_name_that_does_not_fit_is_cut_and_stands_in_the_legend():
    name = "太平洋環球冷凍倉儲物流及供應鏈管理服務有限公司駐香港九龍觀塘區鴻圖道第一分行"
    drawing = draw(tower(layer(0, 10, f"{name} 20", "B 80")))
    assert [entry.insurer for entry in drawing.legend] == [name]
    assert any(cell.title.startswith(name) for cell in drawing.cells)


def test_nothing_to_draw_is_empty_but_a_loss_without_cover_is_not():
    assert picture(tower()).is_empty
    shown = picture(tower(loss=42))
    assert not shown.is_empty
    assert "no cover: 42m" in words(shown.wide)


def test_the_table_behind_it_reads_from_the_top_down():
    rows = picture(tower(PRIMARY, EXCESS)).rows
    assert [row.label for row in rows] == ["50 xs 50.5", "50 xs 0"]
    assert rows[0].placed == Decimal("0.85")
    assert rows[0].insurers == "Insurer A 60%, Insurer D 25%"


def test_the_picture_is_described_in_words():
    assert picture(tower(PRIMARY, EXCESS, loss=148)).description == (
        "Layers: 2, up to HKD 100.5m. No cover for HKD 47.5m."
    )


def test_a_link_leads_to_the_policy():
    drawing = draw(tower(layer(0, 10, "A 100", url="/policies/1/")))
    assert drawing.cells[0].url == "/policies/1/"


# Whatever the programme looks like


names = st.sampled_from(["Insurer A", "B", "友邦保險", "Harbour Mutual Marine & General Insurance Company Limited"])
parts = st.lists(st.tuples(names, st.integers(1, 100)), max_size=6, unique_by=lambda part: part[0])
layers = st.builds(
    lambda start, limit, shares, deductible: Layer(
        label="layer",
        attachment=Decimal(start),
        limit=limit,
        shares=tuple(Share(name, Decimal(share) / 100) for name, share in shares),
        deductible=deductible,
    ),
    st.integers(0, 10**9),
    st.none() | st.integers(0, 10**9).map(Decimal),
    parts,
    st.none() | st.integers(0, 10**6).map(Decimal),
)
towers = st.builds(
    lambda drawn, loss: Tower("HKD", tuple(drawn), loss),
    st.lists(layers, max_size=7),
    st.none() | st.integers(0, 2 * 10**9).map(Decimal),
)
measures = st.sampled_from([WIDE, NARROW])


@given(towers, measures)
def test_every_rectangle_and_text_lies_inside_the_picture(drawn, measure):
    drawing = draw(drawn, measure)
    for cell in drawing.cells:
        assert cell.box.x >= drawing.frame.x
        assert cell.box.x + cell.box.width <= drawing.frame.x + drawing.frame.width + 0.1
        assert cell.box.y >= drawing.frame.y
        assert cell.box.y + cell.box.height <= drawing.frame.y + drawing.frame.height + 0.1
    for text in (*drawing.axis, *drawing.labels, *(text for cell in drawing.cells for text in cell.texts)):
        assert 0 <= text.y <= drawing.height
        assert 0 <= text.x <= drawing.width


@given(towers, measures)
def test_no_two_rectangles_overlap(drawn, measure):
    boxes = [cell.box for cell in draw(drawn, measure).cells]
    for one, other in combinations(boxes, 2):
        apart = (
            one.x + one.width <= other.x + 0.02
            or other.x + other.width <= one.x + 0.02
            or one.y + one.height <= other.y + 0.02
            or other.y + other.height <= one.y + 0.02
        )
        assert apart, (one, other)


@given(towers, measures)
def test_the_parts_of_a_layer_are_never_wider_than_the_frame(drawn, measure):
    drawing = draw(drawn, measure)
    rows: dict[tuple[float, float], float] = {}
    for cell in drawing.cells:
        rows[cell.box.y, cell.box.height] = rows.get((cell.box.y, cell.box.height), 0) + cell.box.width
    assert all(width <= drawing.frame.width + 0.1 for width in rows.values())


@given(towers, measures)
def test_labels_on_the_axis_keep_a_line_apart_and_rise_with_the_amount(drawn, measure):
    heights = [text.y for text in draw(drawn, measure).axis]
    assert all(lower - upper >= LEAST - 0.2 for lower, upper in pairwise(heights))


@given(towers)
def test_what_is_covered_and_the_gaps_make_up_the_whole(drawn):
    missing = gaps(drawn)
    for start, end in missing:
        assert start < end
        for covered in drawn.in_order:
            assert covered.attachment >= end or (covered.end is not None and covered.end <= start)


@given(st.lists(st.integers(1, 10**12).map(Decimal), max_size=12))
def test_the_scale_is_in_proportion_wherever_it_is_not_marked(amounts):
    scale = piecewise(amounts, pixels=360, least=LEAST)
    true = [stretch for stretch in scale.stretches if not stretch.is_stretched]
    for one, other in combinations(true, 2):
        ratio = float((one.end - one.start) / (other.end - other.start))
        assert one.pixels / other.pixels == pytest.approx(ratio)
    assert all(stretch.pixels >= LEAST - 1e-6 for stretch in scale.stretches)
    if amounts:
        assert scale.pixels == pytest.approx(max(360, LEAST * len(set(amounts))))
