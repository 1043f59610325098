"""Sheets in: .xlsx, .xls, .ods and CSV as rows of text cells, the way a person reads them; broken files refused.

Knows nothing of what the rows say. A heading row is found by asking which headings are known.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from nhiemky.documents import sheet_guard as guard
from nhiemky.documents.sheet_guard import MOST_COLUMNS, MOST_ROWS
from nhiemky.foundation.refusals import Refusal

LONGEST_CELL = 2_000
# a heading stands among the first rows of a sheet, under the name of the union and a title
HEADING_WITHIN = 30
_PACKED, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN = (
    b"MZ",
    b"\x7fELF",
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"{\\rtf",
)
_NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f]")


class Row(NamedTuple):
    """A row that holds something: its number as the spreadsheet shows it, and its cells from column A."""

    number: int
    cells: list[str]


@dataclass(frozen=True)
class Heading:
    """Where the heading of a list stands, its first and last row, and the words over each column."""

    first: int
    last: int
    labels: tuple[str, ...]


@dataclass
class Sheets:
    """The visible sheets of a file by name, and how to read one; `hidden` are not read."""

    names: list[str]
    hidden: list[str]
    _open: Callable[[str], Iterator[Row]] = field(repr=False)

    def rows(self, name: str) -> Iterator[Row]:
        """The rows of the sheet that hold something; a Refusal where it is too large or broken."""
        return _bounded(self._open(name))


def open_sheets(data: bytes, *, is_checked: bool = False) -> Sheets:
    """The sheets of the file, whatever its name says that it is; a Refusal where it is none that can be read.

    `is_checked`: these very bytes were opened before, and need not be unpacked and looked into again.
    """
    if not data.strip(b"\x00 \t\r\n"):
        raise Refusal(_("Tệp trống. Hãy chọn lại tệp."))
    if len(data) > settings.SHEET_LIMIT:
        raise Refusal(
            _("Tệp lớn hơn %(limit)s MB. Hãy chia danh sách thành nhiều tệp.") % {"limit": settings.SHEET_LIMIT >> 20}
        )
    if data.startswith(_PACKED):
        if not is_checked:
            guard.check_package(io.BytesIO(data))
        return _workbook(data)
    if data.startswith(_OLD):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise guard.locked()
        if "WordDocument".encode("utf-16-le") in data or "PowerPoint".encode("utf-16-le") in data:
            raise guard.foreign()
        return _workbook(data)
    if data.startswith(_FOREIGN):
        raise guard.foreign()
    text = _decoded(data)
    return Sheets([_("Danh sách")], [], lambda _name: _csv_rows(text))


def _workbook(data: bytes) -> Sheets:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        pages = [each for each in book.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
    except PasswordError as fault:
        raise guard.locked() from fault
    except BaseException as fault:  # a damaged file may fail anywhere inside, by a panic of the reader as well
        raise _told(fault) from fault
    shown = [each.name for each in pages if each.visible == SheetVisibleEnum.Visible]
    if not shown:
        raise Refusal(_("Tệp không có trang tính nào nhìn thấy được. Hãy mở bằng Excel, bỏ ẩn trang rồi chọn lại."))
    hidden = [each.name for each in pages if each.visible != SheetVisibleEnum.Visible]
    return Sheets(shown, hidden, lambda name: _sheet_rows(book, name))


def _told(fault: BaseException) -> Refusal:
    """The sentence for what the reader met; what is not about the file goes on its way."""
    if isinstance(fault, KeyboardInterrupt | SystemExit | MemoryError):
        raise fault
    if not isinstance(fault, CalamineError | Exception) and type(fault).__name__ != "PanicException":
        raise fault
    return guard.locked() if "password" in str(fault).casefold() else guard.broken()


def _sheet_rows(book: CalamineWorkbook, name: str) -> Iterator[Row]:
    try:
        sheet = book.get_sheet_by_name(name)
        width, left = sheet.width, sheet.start[1] if sheet.start else 0
        merged = _merged(sheet.merged_cell_ranges or [])
        lines = sheet.iter_rows()
    except BaseException as fault:
        raise _told(fault) from fault
    if width + left > MOST_COLUMNS:
        raise guard.too_large()
    before = [""] * left
    below: dict[int, tuple[int, str]] = {}
    for number, line in enumerate(lines, 1):
        # cells before the first used column are not given
        # nearly all is text, which is asked here: a call for each of a million cells takes longer than what it does
        cells = [*before, *[value.strip()[:LONGEST_CELL] if type(value) is str else _shown(value) for value in line]]
        if merged:
            _fill(cells, number - 1, merged, below)
        yield Row(number, cells)


def _merged(ranges: Sequence[Any]) -> dict[int, list[tuple[int, int, int]]]:
    """First row -> (first column, last column, last row) of the cells that are merged."""
    found: dict[int, list[tuple[int, int, int]]] = {}
    for (top, left), (bottom, right) in ranges:
        found.setdefault(top, []).append((left, min(right, MOST_COLUMNS), bottom))
    return found


def _fill(cells: list[str], row: int, merged: dict, below: dict[int, tuple[int, str]]) -> None:
    """A merged cell is read as if each of its places held the text."""
    for column, (last, text) in list(below.items()):
        if row > last:
            del below[column]
        elif column < len(cells) and not cells[column]:
            cells[column] = text
    for left, right, bottom in merged.get(row, ()):
        text = cells[left] if left < len(cells) else ""
        for column in range(left, min(right + 1, len(cells))):
            cells[column] = cells[column] or text
            if bottom > row and text:
                below[column] = (bottom, text)


def _shown(value: Any) -> str:
    """The cell as a person reads it: 12.0 is '12', a date is '2022-02-22', TRUE is 'x'."""
    if isinstance(value, bool):
        return "x" if value else ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 10**15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)


def _bounded(rows: Iterator[Row]) -> Iterator[Row]:
    """The rows that hold something, at most as many as are allowed."""
    count = 0
    for row in rows:
        if any(row.cells):
            count += 1
            # a heading and a few lines over it come on top
            if count > MOST_ROWS + HEADING_WITHIN or len(row.cells) > MOST_COLUMNS:
                raise guard.too_large()
            yield row


# --- CSV ------------------------------------------------------------------------------------------------------------


def _decoded(data: bytes) -> str:
    """The text, by its mark, as UTF-8, as UTF-16 without a mark, or as Windows wrote Vietnamese."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _text(data, name)
    if data.count(b"\x00") > len(data) // 5:
        return _text(data, "utf-16-le" if data[1:2] == b"\x00" else "utf-16-be")
    try:
        return _text(data, "utf-8")
    except Refusal:
        # the page of Windows for Vietnamese: vowel and tone are two signs, which are put together again
        return _text(data, "cp1258")


def _text(data: bytes, name: str) -> str:
    try:
        text = data.decode(name)
    except UnicodeDecodeError as fault:
        raise guard.foreign() from fault
    if _NOT_TEXT.search(text):
        raise guard.foreign()
    return text


def _csv_rows(text: str) -> Iterator[Row]:
    head = [line for line in text[:20_000].splitlines() if line.strip()][:20]
    # the sign that parts most cells in most lines; Excel says it in a first line of its own
    said = re.fullmatch(r"sep=(.)", head[0].strip()) if head else None
    sign = said[1] if said else max(";,\t|", key=lambda each: sum(min(line.count(each), 30) for line in head))
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=sign)
    try:
        for cells in lines:
            if said and lines.line_num == 1:
                continue
            yield Row(lines.line_num, [cell.strip()[:LONGEST_CELL] for cell in cells])
    except csv.Error as fault:
        raise guard.broken() from fault


# --- the heading ----------------------------------------------------------------------------------------------------


def find_heading(rows: Iterable[Row], known: Callable[[Sequence[str]], int]) -> Heading | None:
    """The heading among the first rows: the one, or the two under each other, of whose labels most are known.

    `known` says how many of the labels it knows. None when no row of several cells has one.
    """
    first = list(islice(rows, HEADING_WITHIN))
    best: tuple[int, Heading] | None = None
    for at, row in enumerate(first):
        alone = Heading(row.number, row.number, tuple(row.cells))
        tried = [alone]
        # a row of one text is the title of the list, and no part of its heading
        if len(set(filter(None, row.cells))) >= 2 and at + 1 < len(first) and first[at + 1].number == row.number + 1:
            tried.append(Heading(row.number, row.number + 1, _joined(row.cells, first[at + 1].cells)))
        for heading in tried:
            score = known(heading.labels)
            # of equals the earlier and the shorter: a row of data below knows no more
            if score and len(set(filter(None, heading.labels))) >= 2 and (best is None or score > best[0]):
                best = (score, heading)
    return best[1] if best else None


def _joined(upper: Sequence[str], lower: Sequence[str]) -> tuple[str, ...]:
    """Two rows of a heading as one: 'Ngày sinh' over 'Nam' and 'Nữ'; the lower where it says something of its own."""
    width = max(len(upper), len(lower))
    above = [*upper, *[""] * (width - len(upper))]
    below = [*lower, *[""] * (width - len(lower))]
    return tuple(
        low if low and low != high and not high else high if not low or low == high else f"{high} / {low}"
        for high, low in zip(above, below, strict=True)
    )
