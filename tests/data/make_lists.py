"""Makes the dirty lists of `tests/data/lists` anew: everybody and everything in them is invented.

    .venv/bin/python -m tests.data.make_lists

.xls and .ods come out of LibreOffice, as they come out of offices. What each list is to be read as stands beside it
(`NAME.json`) and is held by `tests/members/test_import_files.py`; that test prints what it found when they differ.
"""

from __future__ import annotations

import subprocess
import tempfile
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

HERE = Path(__file__).parent / "lists"
Draw = Callable[[Any, Any], None]


def _book(name: str, draw: Draw) -> Path:
    place = HERE / f"{name}.xlsx"
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(place, options) as book:
        book.set_properties({"created": datetime(2026, 1, 1)})  # noqa: DTZ001 - the same bytes each time
        draw(book, book.add_worksheet("Danh sách"))
    return place


def _rows(page: Any, first: int, rows: list[list[Any]], day: Any = None) -> None:
    for at, cells in enumerate(rows, first):
        for column, value in enumerate(cells):
            if isinstance(value, date):
                page.write_datetime(at, column, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001
            elif value is not None:
                page.write(at, column, value)


def title_rows(book: Any, page: Any) -> None:
    """Titles above, a heading of two rows with merged cells, groups as titles between, sums and signatures below."""
    bold = book.add_format({"bold": True, "align": "center"})
    page.merge_range("A1:C1", "CÔNG ĐOÀN PHƯỜNG THỬ", bold)
    page.merge_range("E1:H1", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", bold)
    page.merge_range("A3:H3", "DANH SÁCH ĐOÀN VIÊN CÔNG ĐOÀN NĂM 2026", bold)
    page.merge_range("A5:A6", "STT")
    page.merge_range("B5:B6", "Họ và tên")
    page.merge_range("C5:D5", "Ngày, tháng, năm sinh")
    page.write_row("C6", ["Nam", "Nữ"])
    page.merge_range("E5:E6", "Số CCCD")
    page.merge_range("F5:F6", "Ngày vào CĐ")
    page.merge_range("G5:G6", "Đảng viên")
    page.merge_range("H5:H6", "Ghi chú")
    page.write_row("A7", [1, 2, 3, 4, 5, 6, 7, 8])
    page.merge_range("A8:H8", "I. Tổ Toán - Tin")
    _rows(page, 8, [
        [1, "NGUYỄN THỊ MAI", None, "12/5/1985", "001185000101", "9/2008", "x"],
        [2, "TRẦN VĂN  DŨNG", "3-7-79", None, "001079000102", "1/9/2001", None],
    ])  # fmt: skip
    page.merge_range("A11:H11", "II. Phòng Tổ chức - Hành chính")
    _rows(page, 11, [
        [1, "lê thị ánh nguyệt", None, "1990", "001190000103", "15/10/2015", "Không"],
        [2, "Phạm Đức Anh", "31/4/1988", None, "001088000104", "2012", "x"],
    ])  # fmt: skip
    page.write("B14", "Tổng cộng: 04 người")
    page.write("F16", "Phường Thử, ngày 02 tháng 3 năm 2026")
    page.write("B17", "NGƯỜI LẬP BIỂU")
    page.write("G17", "TM. BAN CHẤP HÀNH")


def numbers(book: Any, page: Any) -> None:
    """Numbers and dates as a spreadsheet spoils them: noughts lost, days as numbers, five ways of writing a date."""
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    _rows(page, 0, [
        ["Họ tên", "Ngày sinh", "CMND/CCCD", "Điện thoại", "Ngày vào công đoàn"],
        ["Đỗ Thị Hạnh", date(1985, 5, 12), 1185000201, 912345678, date(2008, 9, 1)],
        ["Vũ Quốc Khánh", "1985-05-13", 12345678, "+84 912 345 679", "2022-02-22"],
        ["Hoàng Văn Ý", "14.5.1985", "001 185 000 203", "0912.345.680", "22-02-2022"],
        ["Bùi Thị Út", "15/5/85", "001185000204 ", "(024) 3825 1234", "2/22/2022"],
        ["Ngô Đức Ân", 1985, 1.185000205e9, 84912345682, "tháng 2 năm 2022"],
        ["Lý Thị Ngà", "05/1985", "00118500020", "091234568", "00/00/2010"],
        ["Đinh Văn Ơn", 31185, "A1234567", "không có", "1/1/2030"],
    ], day)  # fmt: skip


def twice(_book: Any, page: Any) -> None:
    """The same persons twice, in one way or another."""
    _rows(page, 0, [
        ["Họ và tên", "Ngày sinh", "Số CCCD"],
        ["Nguyễn Thị Hoa", "5/6/1988", "001188000301"],
        ["NGUYEN THI HOA", "05/06/1988", None],
        ["Nguyễn Thị Hoa", "5/6/1988", "001188000302"],
        ["Nguyễn Hoa", "7/8/1990", "001188000301"],
        ["Trần Văn Nam", None, None],
        ["Trần Văn Nam", None, None],
    ])  # fmt: skip


def formulas(_book: Any, page: Any) -> None:
    """Formulas, words that begin like one, cells that would command another program, odd characters."""
    page.write_row(0, 0, ["Họ và tên", "Ngày sinh", "Chức vụ chuyên môn", "Chỗ ở hiện nay"])
    page.write_formula(1, 0, '=CONCATENATE("Nguyễn"," Thị"," Tâm")', None, "Nguyễn Thị Tâm")
    page.write_formula(1, 1, "=DATE(1985,5,12)", None, 31179)
    page.write_row(1, 2, ["=cmd|' /C calc'!A0", "@SUM(1+1)"])
    page.write_row(2, 0, ["<script>alert(1)</script>", "12/5/1985", "Giáo viên", "Tổ 1"])
    page.write_row(3, 0, ["Trần\u200b Thị\xa0 Bích", "12/5/1985", "'Giáo viên", "-"])
    page.write_row(4, 0, [unicodedata.normalize("NFD", "Phạm Thị Hường"), "12/5/1985", "Giáo viên", "Số 1\nngõ 2"])
    page.write_row(5, 0, ["Đoàn viên 12", "12/5/1985", "x" * 400, "#REF!"])


def many_units(_book: Any, page: Any) -> None:
    """The list of a ward's union: whose member each is, in the words of whoever typed it."""
    _rows(page, 0, [
        ["TT", "Họ và tên", "Công đoàn cơ sở", "Tổ công đoàn", "Ngày vào công đoàn"],
        [1, "Nguyễn Thị Một", "Công đoàn cơ sở Trường Thử nghiệm", "Toán - Tin", "1/9/2015"],
        [2, "Nguyễn Thị Hai", "CĐCS TRƯỜNG THỬ NGHIỆM", "TCHC", "1/9/2015"],
        [3, "Nguyễn Thị Ba", "truong thu nghiem", "Tổ Văn", "1/9/2015"],
        [4, "Nguyễn Thị Bốn", "Trạm Y tế Thử nghiệm", None, "1/9/2015"],
        [5, "Nguyễn Thị Năm", "Trường Thử nghiệp", None, "1/9/2015"],
        [6, "Nguyễn Thị Sáu", None, None, "1/9/2015"],
        [7, "Nguyễn Thị Bảy", "Trạm Y tế Thử nghiệm", None, "1/9/2001"],
    ])  # fmt: skip


def strange_columns(book: Any, page: Any) -> None:
    """Begins further down and right; columns nobody knows, empty ones, one heading twice; a hidden sheet."""
    page.write_row(
        3, 2, ["Mã NV", "HỌ VÀ TÊN ĐOÀN VIÊN", "", "Giới tính", "Dân tộc", "Trình độ", "Ghi chú", "Giới tính"]
    )
    page.write_row(4, 2, ["NV-1", "Nguyễn Thị Tươi", "", "Nữ", "kinh", "ĐH", "mới", "x"])
    page.write_row(5, 2, ["NV-2", "Trần Văn Tài", "", "name", "Kính", "Đại Học Sư phạm", "", ""])
    page.write_row(7, 2, ["NV-3", "", "", "Nam", "", "", "", ""])
    hidden = book.add_worksheet("Lương")
    hidden.write_row(0, 0, ["Họ và tên", "Số CCCD"])
    hidden.hide()


def no_heading(_book: Any, page: Any) -> None:
    _rows(page, 0, [[1, "Nguyễn Thị Lan", "12/5/1985"], [2, "Trần Văn Nam", "13/5/1985"]])


def only_heading(_book: Any, page: Any) -> None:
    page.write_row(0, 0, ["Họ và tên", "Ngày sinh", "Số CCCD"])


_CSV = [
    ["Họ và tên", "Ngày sinh", "Giới tính", "Dân tộc"],
    ["Nguyễn Thị Hường", "12/5/1985", "Nữ", "Kinh"],
    ["Trần, Văn Đức", "32/5/1985", "Nam", "Tày"],
]


def _converted(place: Path, name: str, kind: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", kind,
                        "--outdir", folder, str(place)], check=True, capture_output=True)  # fmt: skip
        (HERE / f"{name}.{kind}").write_bytes((Path(folder) / f"{place.stem}.{kind}").read_bytes())


def main() -> None:
    HERE.mkdir(exist_ok=True)
    old = _book("tieu-de-hai-dong", title_rows)
    _converted(old, "tieu-de-hai-dong", "xls")
    _converted(_book("so-va-ngay", numbers), "so-va-ngay", "ods")
    for name, draw in (
        ("trung-nhau", twice), ("cong-thuc", formulas), ("nhieu-don-vi", many_units), ("cot-la", strange_columns),
        ("khong-tieu-de", no_heading), ("chi-co-tieu-de", only_heading),
    ):  # fmt: skip
        _book(name, draw)
    quoted = "\r\n".join(";".join(f'"{cell}"' for cell in row) for row in _CSV)
    (HERE / "excel-xuat.csv").write_bytes(b"\xef\xbb\xbf" + ("sep=;\r\n" + quoted).encode())
    tabbed = "\r\n".join("\t".join(row) for row in _CSV)
    (HERE / "unicode.txt").write_bytes(tabbed.encode("utf-16"))
    (HERE / "windows-1258.csv").write_bytes(_windows(quoted))
    (HERE / "anh-doi-ten.xlsx").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    (HERE / "cat-doi.xlsx").write_bytes((HERE / "trung-nhau.xlsx").read_bytes()[:2000])
    (HERE / "trong.csv").write_bytes(b"\r\n\r\n")


def _windows(text: str) -> bytes:
    """As Windows writes Vietnamese: a vowel and its tone are two signs."""
    made = ""
    for letter in unicodedata.normalize("NFC", text):
        try:
            letter.encode("cp1258")
            made += letter
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", letter)
            tone = next(part for part in parts if part in "\u0300\u0301\u0303\u0309\u0323")
            made += unicodedata.normalize("NFC", parts.replace(tone, "")) + tone
    return made.encode("cp1258")


if __name__ == "__main__":
    main()
