"""Files are what their content says, and no cell of ours is a formula."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import files

PAYLOADS = Path(__file__).parents[3] / "shared" / "data" / "hostile" / "csv_formula_payloads.txt"


def as_file(content: bytes) -> io.BytesIO:
    return io.BytesIO(content)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"  \n ", "empty"),
        (b"PK\x03\x04...", "workbook or an archive"),
        (b"\xd0\xcf\x11\xe0...", "old workbook"),
        (b"%PDF-1.7", "PDF"),
        (b"\x1f\x8b...", "compressed"),
        (b"a,b\n1,\x00\n", "zero bytes"),
        (b"a,b\n1,2\n\x93quoted\x94\n", "Line 3 is not UTF-8"),
    ],
)
def test_what_is_no_text_is_refused_in_a_sentence(content, said):
    with pytest.raises(files.UnreadableFile, match=said):
        files.read_text(as_file(content))


def test_a_file_beyond_the_limit_is_refused_without_reading_on():
    with pytest.raises(files.UnreadableFile, match="larger than 1 MB"):
        files.read_text(as_file(b"x" * 1024 * 1024 * 2), max_bytes=1024 * 1024)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_encodings_programs_write(encoding):
    assert files.read_text(as_file("名稱,地址".encode(encoding))) == "名稱,地址"


@pytest.mark.parametrize(
    ("line", "delimiter"),
    [("a,b;c,d", ","), ("a;b;c", ";"), ("a\tb", "\t"), ("a|b", "|"), ('"a;b;c;d",e', ","), ("a", ",")],
)
def test_the_delimiter_is_the_one_the_first_line_holds_most(line, delimiter):
    assert files.delimiter_of(line + "\n1;2;3;4") == delimiter


def test_rows_are_numbered_as_in_a_spreadsheet_and_blank_ones_left_out():
    table = files.read_table(as_file(b'a,b\r\n1,"two\r\nlines"\r\n,\r\n\r\n3,4\r\n'))
    assert table.header == ["a", "b"]
    assert [(row.number, row.cells) for row in table.rows] == [(2, ["1", "two\r\nlines"]), (5, ["3", "4"])]


@pytest.mark.skipif(not PAYLOADS.exists(), reason="needs ../shared/data/hostile beside the checkout")
def test_no_known_payload_leaves_as_a_formula():
    for payload in PAYLOADS.read_text("utf-8", errors="replace").splitlines():
        assert not files.safe_cell(payload).startswith(("=", "+", "-", "@", "\t"))
        assert files.plain_cell(files.safe_cell(payload)) == payload


@given(st.text())
def test_what_leaves_comes_back(text):
    kept = files.safe_cell(text)
    assert not kept.startswith(files.FORMULA_STARTS) or files.NUMBER.fullmatch(kept)
    assert files.plain_cell(kept) == text or text.startswith("'")


@pytest.mark.parametrize("number", ["-5", "+1.5", "-0.9000228", "1e6", "-.5"])
def test_numbers_stay_numbers(number):
    assert files.safe_cell(number) == number


@given(st.lists(st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8")), min_size=2, max_size=2)))
def test_a_written_table_reads_back(rows):
    content = files.write_csv(["a", "b"], rows)
    read = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert read == [["a", "b"], *[[files.safe_cell(cell) for cell in row] for row in rows]]
