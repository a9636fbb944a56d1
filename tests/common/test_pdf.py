"""PDFs: words are data, every character has a glyph, and the typefaces come with the installation."""

import io
import unicodedata

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pypdf import PdfReader

from common import pdf
from common.ui.charts import printed
from common.ui.charts.period_line import Lane, Period, picture
from tests.factories import TODAY

TEMPLATE = """
#let content = json(bytes(sys.inputs.content))
#set document(title: "Words")
#set text(font: content.typefaces, lang: content.language)
#heading(level: 1, "Words")
#for words in content.words { block(words); block(text(weight: 600, words)) }
#for svg in content.drawings { image(bytes(svg), format: "svg", alt: "Drawing") }
"""


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    file = tmp_path_factory.mktemp("pdf") / "words.typ"
    file.write_text(TEMPLATE)
    return file


def made(template, *words, drawings=(), language="en"):
    content = {
        "words": words,
        "drawings": list(drawings),
        "typefaces": list(settings.PDF_FONTS),
        "language": language,
    }
    return PdfReader(io.BytesIO(pdf.compiled(template, content)))


def text_of(reader):
    return "\n".join(page.extract_text() for page in reader.pages)


def typefaces_of(reader):
    return {
        str(font.get_object()["/BaseFont"]).partition("+")[2]
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()
    }


@pytest.mark.parametrize(
    "words",
    ["#panic()", "= Heading", "*bold* _x_", "$x^2$", "@ref <label>", "`raw`", '"; #read("/etc/passwd")', "\\ { } [ ]"],
)
def test_markup_in_words_stays_words(template, words):
    assert words in text_of(made(template, words))


def test_chinese_is_written_in_both_its_forms_and_embedded(template):
    reader = made(template, "海港冷藏 證書 㗎 𨋢", "中国平安 证书 险种", language="zh")
    assert "海港冷藏 證書 㗎 𨋢" in text_of(reader)
    assert "中国平安 证书 险种" in text_of(reader)
    assert {name.partition("-")[0] for name in typefaces_of(reader)} >= {"NotoSansHK", "NotoSansSC"}


def test_a_character_without_a_glyph_is_shown_as_a_box(template):
    assert pdf.writable("a😀b") == "a□b"
    assert "a□b" in text_of(made(template, "a😀b"))


def test_without_that_the_file_is_refused(template, monkeypatch):
    monkeypatch.setattr(pdf, "writable", lambda text: text)
    with pytest.raises(pdf.typst.TypstError, match="could not be displayed"):
        made(template, "a😀b")


def test_what_would_turn_a_line_around_is_dropped():
    assert pdf.writable("ab\u202ecd\u2066\u200b\ufeff") == "abcd"
    assert pdf.writable("a\x07b\u2028c\td") == "a b c d"
    assert pdf.writable("one\r\ntwo") == "one\ntwo"


@given(st.lists(st.text(max_size=20), max_size=20), st.sampled_from(["en", "zh"]))
@hypothesis_settings(deadline=None)
def test_any_words_can_be_set(template, words, language):
    period = Period("".join(words)[:40], TODAY, None, "now")
    drawn = picture([Lane(words[0] if words else "x", (period,))], on=TODAY, day_label="today")
    drawing = printed.image("cotton/periods/drawing.html", {"picture": drawn, "drawing": drawn.wide})
    reader = made(template, *words, drawings=[drawing], language=language)
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"] is True or reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


@given(st.text())
def test_writable_words_are_written_as_they_are(text):
    once = pdf.writable(text)
    assert pdf.writable(once) == once
    assert all(unicodedata.category(each) not in {"Cc", "Cf"} or each == "\n" for each in once)


def test_it_says_what_to_do_where_the_typefaces_are_missing(settings, tmp_path, template):
    settings.PDF_FONTS = {"Nowhere Sans": tmp_path}
    pdf._fonts.cache_clear()
    try:
        with pytest.raises(pdf.NotInstalled, match="npm ci"):
            pdf._fonts()
    finally:
        pdf._fonts.cache_clear()


def test_a_drawing_stands_on_its_own_in_the_light_colours():
    lane = Lane("Property", (Period("PAR 1", TODAY, None, "now"),))
    drawn = picture([lane], on=TODAY, day_label="today")
    svg = printed.image("cotton/periods/drawing.html", {"picture": drawn, "drawing": drawn.wide})
    assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg" class="chart periods"')
    assert "var(--" not in svg and "light-dark" not in svg
    assert f".periods .periods__now {{ fill: {printed.colours()['series-1']}; }}" in svg
    assert printed.colours()["series-1"] == "#0b5d66"
