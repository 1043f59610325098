"""What is written to .xlsx is what is read back: text stays text, numbers stay numbers."""

import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from nhiemky.documents import sheets
from nhiemky.documents.long_sheet import LongSheet
from nhiemky.documents.rosters import Head, Roster, write_roster
from nhiemky.documents.sheets import Column, Sheet, lines_of, sheet_name, write_workbook
from nhiemky.foundation.refusals import Refusal

COLUMNS = (Column("Nội dung", 30), Column("Giá trị", 12, "number"), Column("Ngày", 12, "date"))


def read(*given: Sheet):
    return load_workbook(io.BytesIO(write_workbook(given)))


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "{=1}", "=HYPERLINK(1)", "http://example.org", "12", "<b>&\"'", "_x0041_"],
)
def test_text_stays_text_in_every_place(text: str) -> None:
    sheet = Sheet("S", text, (Column(text), Column("n", 9, "number")), [(text, text)], [text])
    page = read(sheet).active
    for place in ("A1", "A2", "A3", "B3", "A5"):
        assert (page[place].data_type, page[place].value) == ("s", text)
        assert page[place].hyperlink is None


@pytest.mark.parametrize(("text", "quoted"), [("=1+1", True), ("+84", True), ("-", True), ("@x", True), ("12", False)])
def test_text_that_begins_like_a_formula_stays_text_when_it_is_edited(text: str, quoted: bool) -> None:
    sheet = Sheet("S", text, (Column(text), Column("n", 9, "number")), [(text, text)], [text])
    page = read(sheet).active
    for place in ("A1", "A2", "A3", "B3", "A5"):
        assert bool(page[place].quotePrefix) is quoted, place
    assert page["A3"].alignment.wrap_text and page["A3"].border.left.style == "thin"
    assert page["A1"].font.b and page["A5"].font.i


def test_a_return_at_the_start_is_no_formula() -> None:
    cell = read(Sheet("S", "", COLUMNS, [("\r=1", None, None)])).active["A3"]
    assert cell.data_type == "s" and cell.value.endswith("=1")


def test_numbers_are_numbers_and_show_their_decimals() -> None:
    values = [1636000000, Decimal("96.2"), 0, None, True, 10**15]
    page = read(Sheet("S", "t", COLUMNS, [("x", value, date(2023, 6, 12)) for value in values])).active
    cells = [page.cell(row, 2) for row in range(3, 9)]
    assert [cell.value for cell in cells] == [1636000000, 96.2, 0, None, "True", str(10**15)]
    assert [cell.number_format for cell in cells[:2]] == ["#,##0", "#,##0.0##"]
    assert page["C3"].value.date() == date(2023, 6, 12)


def test_the_sheet_is_set_up_for_reading_and_printing() -> None:
    page = read(Sheet("S", "t", COLUMNS, [("x", 1, None), ("y", 2, None)], ["ghi chú"])).active
    assert page.freeze_panes == "A3"
    assert page.auto_filter.ref == "A2:C4"
    assert page.print_title_rows == "$1:$2"
    assert (page.page_setup.paperSize, page.page_setup.fitToHeight) == (9, 0)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.column_dimensions["A"].width > 29
    assert page["A2"].alignment.wrap_text and page["A3"].alignment.wrap_text
    assert page["A6"].value == "ghi chú"


def test_a_wide_table_is_printed_on_pages_side_by_side_that_all_say_whose_row_it_is() -> None:
    wide = tuple(Column(str(at), 25) for at in range(30))
    page = read(Sheet("S", "t", wide, [tuple("x" for _each in wide)], leading=2)).active
    assert page.page_setup.fitToWidth == 5  # 28 columns of 25, with 150 characters beside the two that are repeated
    assert (page.print_title_cols, page.print_title_rows) == ("$A:$B", "$1:$2")
    assert page.freeze_panes == "C3"
    narrow = read(Sheet("S", "t", wide[:8], [], leading=2)).active
    assert narrow.page_setup.fitToWidth in (None, 1) and narrow.print_title_cols is None


def test_a_long_sheet_is_set_up_for_printing(tmp_path: Path) -> None:
    with LongSheet(tmp_path / "f.xlsx", "Kết quả 'nạp'", [10, 20, 60, *[18] * 10], (2, 2), sentences=2) as sheet:
        sheet.add(["Tiêu đề"], heading=True)
        sheet.add(["Dòng", "Tên", "Vì sao"], heading=True)
        sheet.add([1, "A", "Một câu dài."])
    page = load_workbook(tmp_path / "f.xlsx").active
    setup = page.page_setup
    assert (setup.orientation, setup.paperSize, setup.fitToWidth, setup.fitToHeight) == ("landscape", 9, 2, 0)
    assert page.sheet_properties.pageSetUpPr.fitToPage and page.freeze_panes == "C3"
    assert (page.print_title_cols, page.print_title_rows) == ("$A:$B", "$1:$2")
    wrapped = [page.cell(row, 3).alignment.wrap_text for row in (2, 3)] + [page["A1"].alignment.wrap_text]
    assert wrapped == [True, True, None]


def test_the_name_of_a_long_unit_has_the_height_it_needs() -> None:
    name = "CÔNG ĐOÀN CÁC KHU CÔNG NGHIỆP, KHU CHẾ XUẤT, KHU KINH TẾ CỬA KHẨU, CỤM CÔNG NGHIỆP LÀNG NGHỀ TỈNH HƯ CẤU"
    roster = Roster("S", ("LĐLĐ TỈNH", name), "ngày 1", ("DANH SÁCH",), (Head("Họ và tên", 30), Head("Ghi chú", 30)))
    with write_roster(roster, [("A", "b")]) as kept:
        page = load_workbook(kept).active
    assert page.row_dimensions[1].height < 20 < 80 < page.row_dimensions[2].height
    assert page["A2"].alignment.wrap_text


def test_an_empty_table_and_a_text_too_long_for_a_cell() -> None:
    assert read(Sheet("S", "t", COLUMNS, [])).active["A2"].value == "Nội dung"
    value = read(Sheet("S", "t", COLUMNS, [("ă" * 40_000, None, None)])).active["A3"].value
    assert len(value) == sheets.LONGEST_TEXT and value.endswith("…")


def test_names_of_sheets_follow_the_rules_of_excel() -> None:
    taken: set[str] = set()
    wanted = ["Kết quả", "kết QUẢ", "a/b\\c?d*e[f]g:h", "'", "History", "x" * 50, "x" * 50]
    found = [sheet_name(each, taken) for each in wanted]
    assert found == ["Kết quả", "kết QUẢ 2", "a b c d e f g h", "Bảng", "History 1", "x" * 31, "x" * 29 + " 2"]
    book = read(*(Sheet(each, "", COLUMNS, []) for each in wanted))
    assert book.sheetnames == found


def test_a_table_that_excel_cannot_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 10)
    with pytest.raises(Refusal, match="kỳ ngắn hơn"):
        write_workbook([Sheet("S", "t", COLUMNS, [("x", 1, None)] * 9)])


def test_every_heading_of_two_rows_is_there_and_stands_over_its_columns() -> None:
    heads = (
        Head("Họ và tên", 28), Head("Ngày sinh", 12, (Head("Nam", 12), Head("Nữ", 12))), Head("Chức danh, nghề nghiệp", 9),
    )  # fmt: skip
    roster = Roster("S", ("LĐLĐ TỈNH", "CĐCS"), "ngày 1", ("DANH SÁCH",), heads)
    with write_roster(roster, [("A", "1/1/1990", "", "b")]) as kept:
        page = load_workbook(kept).active
    assert page is not None
    [first] = [cell.row for cell in page["A"] if cell.value == "TT"]
    rows = [[cell.value for cell in page[row]] for row in (first, first + 1)]
    assert rows == [["TT", "Họ và tên", "Ngày sinh", None, "Chức danh, nghề nghiệp"], [None, None, "Nam", "Nữ", None]]
    merged = {str(each) for each in page.merged_cells.ranges}
    assert {f"{column}{first}:{column}{first + 1}" for column in "ABE"} | {f"C{first}:D{first}"} <= merged
    # the last heading takes four lines, two to a row
    assert page.row_dimensions[first].height >= 30


def test_a_heading_that_takes_two_lines_has_the_room() -> None:
    sheet = Sheet("S", "Tên", (Column("Họ và tên", 30), Column("Số quyết định kết nạp đoàn viên", 12)), [["A", "b"]])
    page = read(sheet).active
    assert page is not None and page.row_dimensions[2].height >= 45
    assert [lines_of("một hai ba bốn", width) for width in (4, 8, 40)] == [4, 2, 1]
