"""Excel files out: text stays text whatever it begins with, numbers are numbers, and the sheet prints on A4."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from math import ceil
from typing import Any, BinaryIO, Literal

import xlsxwriter
from django.utils.translation import gettext as _

from nhiemky.foundation.refusals import Refusal

MOST_ROWS = 1_048_576
LONGEST_TEXT = 32_767
LONGEST_NAME = 31
EXACT = 10**15  # Excel keeps fifteen digits: a longer number is written as text rather than rounded
HEADER = 1
# points of one line of text
LINE = 15.75
CHARACTERS = 200  # that A4 on its side holds in letters of some eight points
_NEVER = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet may read as the beginning of a formula


@dataclass(frozen=True)
class Column:
    """A column: its heading, its width in characters, and what its cells hold."""

    label: str
    width: int = 20
    kind: Literal["text", "number", "date"] = "text"


@dataclass(frozen=True)
class Sheet:
    """A table under a title; `notes` stand below it. A cell of None is empty.

    The first `leading` columns say whose row it is: they stay in sight, and stand on every page across."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[Any]]
    notes: Sequence[str] = ()
    leading: int = 0


def pages_across(widths: Iterable[int], leading: int = 0) -> int:
    """How many pages of A4 on its side the columns take where the letters can still be read."""
    every = list(widths)
    repeated = sum(every[:leading])
    return max(1, ceil((sum(every) - repeated) / (CHARACTERS - repeated)))


def write_workbook(sheets: Sequence[Sheet]) -> bytes:
    """The bytes of an .xlsx file with one sheet each."""
    for sheet in sheets:
        assert isinstance(sheet.rows, Sequence)
        if len(sheet.rows) + len(sheet.notes) + HEADER + 3 > MOST_ROWS:
            raise _too_long(sheet.name, len(sheet.rows))
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"in_memory": True, **_NEVER}) as book:
        formats = _formats(book)
        taken: set[str] = set()
        for sheet in sheets:
            _write(book.add_worksheet(sheet_name(sheet.name, taken)), sheet, formats)
    return kept.getvalue()


def write_long(sheet: Sheet, rows: Iterable[Sequence[Any]]) -> BinaryIO:
    """A file with one sheet whose rows come one after the other and are never all in memory; `sheet.rows` is not read.

    A Refusal when they are more than a sheet holds. Whoever asked closes the file.
    """
    kept = tempfile.TemporaryFile()  # noqa: SIM115 - whoever asked closes it
    try:
        with xlsxwriter.Workbook(kept, {"constant_memory": True, **_NEVER}) as book:
            page = book.add_worksheet(sheet_name(sheet.name, set()))
            _write(page, replace(sheet, rows=_bounded(rows, sheet)), _formats(book))
    except BaseException:
        kept.close()
        raise
    kept.seek(0)
    return kept


def _bounded(rows: Iterable[Sequence[Any]], sheet: Sheet) -> Iterator[Sequence[Any]]:
    for count, row in enumerate(rows, 1):
        if count + len(sheet.notes) + HEADER + 3 > MOST_ROWS:
            raise _too_long(sheet.name, count)
        yield row


def _too_long(name: str, count: int) -> Refusal:
    return Refusal(
        _("Bảng “%(name)s” có %(count)s dòng, một trang Excel không chứa hết. Hãy chọn kỳ ngắn hơn.")
        % {"name": name, "count": count}
    )


def sheet_name(wanted: str, taken: set[str]) -> str:
    """A name that Excel accepts and no sheet has yet; it is added to `taken`."""
    base = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", wanted)
    base = " ".join(base.split())[:LONGEST_NAME].strip("' ") or _("Bảng")
    # Excel keeps this name for itself
    base = f"{base} 1" if base.casefold() == "history" else base
    name, count = base, 1
    while name.casefold() in taken:
        count += 1
        name = f"{base[: LONGEST_NAME - len(str(count)) - 1]} {count}"
    taken.add(name.casefold())
    return name


def lines_of(text: str, width: float, *, bold: bool = False) -> int:
    """How many lines the text takes in a cell so many characters wide. Not every spreadsheet works that out by itself."""
    room, lines, used = width / (1.2 if bold else 1.05), 1, 0.0
    for word in text.split():
        if used and used + 1 + len(word) > room:
            lines, used = lines + 1, 0.0
        used += len(word) + (1 if used else 0)
    return lines


def _formats(book: Any) -> dict[str, Any]:
    cell: dict[str, Any] = {"border": 1, "border_color": "#999999", "valign": "top"}
    words: dict[str, dict[str, Any]] = {
        "title": {"bold": True, "font_size": 14},
        "header": {**cell, "bold": True, "text_wrap": True, "align": "center", "bg_color": "#E8EEF4"},
        "text": {**cell, "text_wrap": True},
        "note": {"italic": True},
    }
    return {
        **{name: book.add_format(look) for name, look in words.items()},
        # a cell that is edited is read anew, and would then become a formula
        **{f"{name} quoted": book.add_format({**look, "quote_prefix": True}) for name, look in words.items()},
        "whole": book.add_format({**cell, "num_format": "#,##0"}),
        "decimal": book.add_format({**cell, "num_format": "#,##0.0##"}),
        "date": book.add_format({**cell, "num_format": "dd/mm/yyyy", "align": "left"}),
    }


def _write(page: Any, sheet: Sheet, formats: dict[str, Any]) -> None:
    _string(page, 0, 0, sheet.title, "title", formats)
    last = max(len(sheet.columns) - 1, 0)
    for at, column in enumerate(sheet.columns):
        page.set_column(at, at, column.width)
        _string(page, HEADER, at, column.label, "header", formats)
    lines = max((lines_of(column.label, column.width, bold=True) for column in sheet.columns), default=1)
    page.set_row(HEADER, lines * LINE)
    row = HEADER
    for row, values in enumerate(sheet.rows, HEADER + 1):
        for at, (column, value) in enumerate(zip(sheet.columns, values, strict=True)):
            _cell(page, row, at, value, column.kind, formats)
    page.autofilter(HEADER, 0, row, last)
    for at, note in enumerate(sheet.notes, row + 2):
        _string(page, at, 0, note, "note", formats)
    page.freeze_panes(HEADER + 1, sheet.leading)
    page.repeat_rows(0, HEADER)
    across = pages_across((column.width for column in sheet.columns), sheet.leading)
    if sheet.leading and across > 1:
        page.repeat_columns(0, sheet.leading - 1)
    page.set_paper(9)  # A4
    page.set_landscape()
    page.set_margins(left=0.6, right=0.4, top=0.6, bottom=0.7)
    page.fit_to_pages(across, 0)
    page.set_footer("&C&P/&N")


def _cell(page: Any, row: int, at: int, value: Any, kind: str, formats: dict[str, Any]) -> None:
    # bool is an int to Python, yet no count
    countable = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    if value is None or value == "":
        page.write_blank(row, at, None, formats["text"])
    elif kind == "number" and countable and abs(value) < EXACT:
        page.write_number(row, at, value, formats["whole" if value == int(value) else "decimal"])
    elif kind == "date" and isinstance(value, date):
        page.write_datetime(row, at, value, formats["date"])
    else:
        _string(page, row, at, str(value), "text", formats)


def _string(page: Any, row: int, at: int, value: str, look: str, formats: dict[str, Any]) -> None:
    page.write_string(row, at, _text(value), formats[f"{look} quoted" if value.startswith(FORMULA) else look])


def _text(value: str) -> str:
    """What a cell can hold: XlsxWriter drops a longer string without a word."""
    return value if len(value) <= LONGEST_TEXT else value[: LONGEST_TEXT - 1] + "…"
