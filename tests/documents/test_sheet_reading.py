"""Sheets of offices are read the way people see them; what is no sheet is refused in a sentence."""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from nhiemky.documents.sheet_reading import Row, Sheets, find_heading, open_sheets
from nhiemky.foundation.refusals import Refusal
from tests.members.sheets import ods, packed, repacked, xlsx

TONES = "\u0300\u0309\u0303\u0301\u0323"
HEAD = ["Họ và tên", "Ngày sinh", "Số"]
LONG = [["Họ và tên", "Ngày sinh"], ["Nguyễn Thị Hoa", "5/6/1988"]]


def rows(data: bytes, name: str = "") -> list[list[str]]:
    sheets = open_sheets(data)
    return [row.cells for row in sheets.rows(name or sheets.names[0])]


def refusal(data: bytes, read: Callable[[Sheets], Any] = lambda sheets: list(sheets.rows(sheets.names[0]))) -> str:
    with pytest.raises(Refusal) as told:
        read(open_sheets(data))
    return str(told.value)


def test_numbers_dates_and_truth_are_read_as_people_see_them() -> None:
    found = rows(xlsx([HEAD, ["Hoa", date(1988, 6, 5), 12], ["Lan", 3.5, True], ["An", 1001880001234, False]]))
    assert found == [HEAD, ["Hoa", "1988-06-05", "12"], ["Lan", "3.5", "x"], ["An", "1001880001234", ""]]


def test_merged_cells_say_the_same_at_each_of_their_places() -> None:
    def merge(_book: Any, page: Any) -> None:
        page.merge_range(1, 0, 2, 0, "Tổ Toán")
        page.merge_range(0, 1, 0, 2, "Trình độ")

    assert rows(xlsx([["Tổ"], [], ["", "b", "c"], ["x"]], merge)) == [
        ["Tổ", "Trình độ", "Trình độ"], ["Tổ Toán", "", ""], ["Tổ Toán", "b", "c"], ["x", "", ""],
    ]  # fmt: skip


def test_a_sheet_that_begins_further_right_and_down_keeps_its_columns() -> None:
    sheets = open_sheets(xlsx([[], [], ["", "", "Họ và tên", "Ngày sinh"], ["", "", "Hoa", "1988"]]))
    assert list(sheets.rows("Danh sách")) == [
        Row(3, ["", "", "Họ và tên", "Ngày sinh"]),
        Row(4, ["", "", "Hoa", "1988"]),
    ]


def test_hidden_sheets_are_named_and_not_read() -> None:
    data = xlsx(LONG, lambda book, _page: book.get_worksheet_by_name("Danh mục").hide(), **{"Danh mục": [["a"]]})
    sheets = open_sheets(data)
    assert (sheets.names, sheets.hidden) == (["Danh sách"], ["Danh mục"])


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("utf-16", b""), ("utf-16-le", b""), ("utf-16-be", b"")],
)
@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_csv_in_its_encodings_and_separators(encoding: str, mark: bytes, sign: str) -> None:
    text = "\r\n".join(sign.join(line) for line in [["Họ và tên", "Ngày sinh"], ["Đặng Thị Ánh", "5/6/1988"]])
    assert rows(mark + text.encode(encoding)) == [["Họ và tên", "Ngày sinh"], ["Đặng Thị Ánh", "5/6/1988"]]


def test_csv_as_windows_wrote_vietnamese() -> None:
    """Its page has vowels with their own sign; of most tones it has only the tone, to stand behind the vowel."""
    text = "".join(map(_tone_apart, "Họ và tên;Ngày sinh\nĐặng Thị Ánh;5/6/1988")).encode("cp1258")
    assert [[unicodedata.normalize("NFC", cell) for cell in row] for row in rows(text)] == [
        ["Họ và tên", "Ngày sinh"], ["Đặng Thị Ánh", "5/6/1988"],
    ]  # fmt: skip


def _tone_apart(char: str) -> str:
    vowel = [each for each in unicodedata.normalize("NFD", char) if each not in TONES]
    tone = [each for each in unicodedata.normalize("NFD", char) if each in TONES]
    return unicodedata.normalize("NFC", "".join(vowel)) + "".join(tone)


def test_csv_says_its_separator_and_quotes_its_lines() -> None:
    assert rows(b'sep=;\r\nA;B\r\n"x;y";"two\nlines"\r\n') == [["A", "B"], ["x;y", "two\nlines"]]


def test_open_document() -> None:
    assert rows(ods(LONG)) == LONG


LOCKED = "Tệp có mật khẩu nên không mở được. Hãy mở bằng Excel, bỏ mật khẩu, lưu lại rồi chọn lại."
FOREIGN = "Tệp không phải bảng tính. Hãy chọn tệp Excel (.xlsx, .xls), OpenDocument (.ods) hoặc CSV."
BROKEN = "Tệp hỏng, không mở được. Hãy mở bằng Excel, lưu lại dạng .xlsx rồi chọn lại."
SWOLLEN = "Tệp bung ra quá lớn nên không được mở. Hãy chép riêng danh sách sang một tệp mới rồi nạp tệp ấy."
LARGE = "Danh sách dài hơn 250.000 dòng hoặc rộng hơn 200 cột. Hãy xóa phần thừa, hoặc chia thành nhiều tệp."
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "Tệp trống. Hãy chọn lại tệp."),
        (b"  \r\n\t ", "Tệp trống. Hãy chọn lại tệp."),
        (b"MZ\x90\x00" + bytes(200), FOREIGN),
        (b"%PDF-1.7 something", FOREIGN),
        (b"text\x01with\x02signs", FOREIGN),
        (packed({"word/document.xml": "<w/>"}), FOREIGN),
        (OLE + "EncryptedPackage".encode("utf-16-le"), LOCKED),
        (OLE + "WordDocument".encode("utf-16-le"), FOREIGN),
        (OLE, BROKEN),
        (xlsx(LONG)[:400], BROKEN),
        (xlsx(LONG)[:-30], BROKEN),
        (packed({"xl/workbook.xml": "<not a workbook"}), BROKEN),
    ],
)
def test_what_is_no_sheet_is_refused(data: bytes, sentence: str) -> None:
    assert refusal(data) == sentence


def test_a_package_that_swells_is_not_unpacked() -> None:
    bomb = packed({"xl/workbook.xml": "<workbook/>", "xl/worksheets/sheet1.xml": b" " * (310 << 20)})
    assert len(bomb) < 1 << 20
    assert refusal(bomb) == SWOLLEN


def test_a_package_that_lies_about_its_size_is_unpacked_no_further() -> None:
    """The sizes that a package states are not believed."""
    bomb = bytearray(packed({"xl/workbook.xml": "<workbook/>", "xl/worksheets/sheet1.xml": b" " * (310 << 20)}))
    for at in range(len(bomb) - 4):
        if bomb[at : at + 4] == struct.pack("<I", 310 << 20):
            bomb[at : at + 4] = struct.pack("<I", 100)
    assert refusal(bytes(bomb)) == SWOLLEN


def test_one_cell_far_out_does_not_fill_the_memory() -> None:
    far = repacked(xlsx([*LONG, ["x"]]), lambda _name, part: part.replace(b'<c r="A3"', b'<c r="XFD3"'))
    deep = repacked(
        xlsx([*LONG, ["x"]]), lambda _name, part: part.replace(b'<row r="3"', b'<row r="1048576"').replace(b'"A3"', b'"A1048576"')
    )  # fmt: skip
    assert refusal(far) == refusal(deep) == LARGE


def test_an_empty_cell_far_out_is_nobodys_fault() -> None:
    def styled(_name: str, part: bytes) -> bytes:
        return part.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>')

    assert rows(repacked(xlsx(LONG), styled)) == LONG


def test_one_text_that_a_million_cells_share_does_not_fill_the_memory() -> None:
    cells = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (at, at) for at in range(1, 20_001))

    def shared(name: str, part: bytes) -> bytes:
        if name.endswith("sheet1.xml"):
            return part[: part.index(b"<sheetData>") + 11] + cells + part[part.index(b"</sheetData>") :]
        return part.replace(b"<t>Ngu", b"<t>" + b"a" * 30_000 + b"Ngu") if "shared" in name else part

    swollen = repacked(xlsx([["Nguyễn", "b"]]), shared)
    assert refusal(swollen) == SWOLLEN


def test_a_row_of_open_document_that_stands_for_a_million() -> None:
    assert refusal(ods(LONG, repeat=1_000_000)) == LARGE
    assert len(rows(ods(LONG, repeat=100))) == 101


def test_more_rows_or_columns_than_allowed() -> None:
    assert refusal(b"a;b\n" * 250_040) == LARGE
    assert refusal(";".join("a" * 201).encode()) == LARGE


def test_a_large_file_is_refused_unread(settings: Any) -> None:
    settings.SHEET_LIMIT = 1 << 20
    assert refusal(b"a;b\n" * 300_000) == "Tệp lớn hơn 1 MB. Hãy chia danh sách thành nhiều tệp."


def test_the_heading_stands_under_titles_and_may_have_two_rows() -> None:
    known = {"Họ và tên": 1, "Ngày sinh": 1, "Ngày sinh / Nam": 1, "Ngày sinh / Nữ": 1, "CCCD": 1}

    def score(labels: Any) -> int:
        return len(set(labels) & set(known))

    table = [
        Row(1, ["CÔNG ĐOÀN CƠ SỞ", "", "", ""]),
        Row(2, ["Họ và tên", "Ngày sinh", "Ngày sinh", "CCCD"]),
        Row(3, ["Họ và tên", "Nam", "Nữ", "CCCD"]),
        Row(4, ["Hoa", "", "1988", "001"]),
    ]
    found = find_heading(table, score)
    assert found is not None
    assert (found.first, found.last) == (2, 3)
    assert found.labels == ("Họ và tên", "Ngày sinh / Nam", "Ngày sinh / Nữ", "CCCD")
    assert find_heading(table[:1], score) is None
    under_a_title = [Row(1, ["DANH SÁCH", "", ""]), Row(2, ["STT", "Họ và tên", "CCCD"]), Row(3, ["1", "Hoa", "001"])]
    found = find_heading(under_a_title, score)
    assert found is not None and (found.first, found.labels) == (2, ("STT", "Họ và tên", "CCCD"))
