"""An official list as a sheet on A4: who issues it above, headings of two rows, numbered lines, who signs below."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, BinaryIO

import xlsxwriter

from nhiemky.documents.sheets import _NEVER, FORMULA, _text, sheet_name

FONT = "Times New Roman"
# how much of the width of a column's character one of a heading takes; issuers are written in capitals
BREADTHS = {"plain": 1.5, "bold": 1.6, "title": 1.6, "subtitle": 1.1}


@dataclass(frozen=True)
class Head:
    """A column, or several under one heading; widths in characters."""

    label: str
    width: int = 12
    under: tuple[Head, ...] = ()
    centred: bool = False

    @property
    def columns(self) -> tuple[Head, ...]:
        return self.under or (self,)


@dataclass(frozen=True)
class Roster:
    """A list with its frame: `issuer` stands at the top left, the last of them bold; `signers` below, left to right."""

    name: str
    issuer: tuple[str, ...]
    place_and_date: str
    title: tuple[str, ...]
    heads: tuple[Head, ...]
    signers: tuple[str, ...] = ()
    note: str = ""

    @property
    def columns(self) -> tuple[Head, ...]:
        return tuple(column for head in self.heads for column in head.columns)


def write_roster(roster: Roster, rows: Iterable[Sequence[Any]]) -> BinaryIO:
    """The .xlsx file; rows are numbered here and never all in memory. Whoever asked closes the file."""
    kept = tempfile.TemporaryFile()  # noqa: SIM115 - whoever asked closes it
    try:
        with xlsxwriter.Workbook(kept, {"constant_memory": True, **_NEVER}) as book:
            _Page(book, book.add_worksheet(sheet_name(roster.name, set())), roster).write(rows)
    except BaseException:
        kept.close()
        raise
    kept.seek(0)
    return kept


class _Page:
    """The sheet while it is written, line by line from the top, as a file that is not held in memory must be."""

    def __init__(self, book: Any, page: Any, roster: Roster) -> None:
        self.page, self.roster, self.at = page, roster, 0
        base: dict[str, Any] = {"font_name": FONT, "font_size": 12, "valign": "vcenter"}
        cell = base | {"border": 1, "text_wrap": True, "font_size": 11}
        centred = {"align": "center"}
        self.looks = {
            "plain": base | centred | {"text_wrap": True},
            "bold": base | centred | {"bold": True, "text_wrap": True},
            "title": base | centred | {"bold": True, "font_size": 14, "text_wrap": True},
            "subtitle": base | centred | {"italic": True, "text_wrap": True},
            "head": cell | centred | {"bold": True},
            "text": cell,
            "centre": cell | centred,
            "note": base | {"italic": True, "text_wrap": False},
        }
        self.formats = {name: book.add_format(look) for name, look in self.looks.items()}
        # a cell that is edited is read anew, and would then become a formula
        self.quoted = {name: book.add_format(look | {"quote_prefix": True}) for name, look in self.looks.items()}
        self.last = len(roster.columns)

    def write(self, rows: Iterable[Sequence[Any]]) -> None:
        self._set_up()
        middle = max(2, (self.last + 1) * 2 // 5)
        right = (*["" for _each in self.roster.issuer[:-1]], self.roster.place_and_date)
        for number, (left, beside) in enumerate(zip(self.roster.issuer, right, strict=True)):
            look = "bold" if number == len(self.roster.issuer) - 1 else "plain"
            self._high(0, middle - 1, left, look)
            self._merge(0, middle - 1, left, look)
            if beside:
                self._merge(middle, self.last, beside, "subtitle")
            self.at += 1
        self.at += 1
        for number, line in enumerate(self.roster.title):
            self._high(0, self.last, line, "subtitle" if number else "title")
            self._merge(0, self.last, line, "subtitle" if number else "title")
            self.at += 1
        self.at += 1
        first = self._heads()
        for number, row in enumerate(rows, 1):
            self.page.write_number(self.at, 0, number, self.formats["centre"])
            for column, (head, value) in enumerate(zip(self.roster.columns, row, strict=True), 1):
                self._string(column, value, "centre" if head.centred else "text")
            self.at += 1
        self._foot()
        self.page.repeat_rows(first, first + 1)

    def _set_up(self) -> None:
        page = self.page
        page.set_paper(9)  # A4
        page.set_landscape()
        page.set_margins(left=0.6, right=0.4, top=0.6, bottom=0.6)
        page.fit_to_pages(1, 0)
        page.set_footer("&C&P/&N")
        page.hide_gridlines(2)
        page.set_column(0, 0, 5)
        for column, head in enumerate(self.roster.columns, 1):
            page.set_column(column, column, head.width)

    def _heads(self) -> int:
        """Two rows, one after the other: what was written of a row is gone once the next has begun."""
        first, under = self.at, [""]
        self._string(0, "TT", "head")
        column = 1
        for head in self.roster.heads:
            if head.under:
                self._merge(column, column + len(head.under) - 1, head.label, "head")
            else:
                self._string(column, head.label, "head")
            under += [each.label for each in head.under] or [""]
            column += len(head.columns)
        self._head_height(first, [head.label if not head.under else "" for head in self.roster.heads], whole=True)
        self.at += 1
        for column, label in enumerate(under):
            self._string(column, label, "head")
            if not label:
                # `merge_range` would write into the row above again
                self.page.merge.append([first, column, first + 1, column])
        self._head_height(self.at, under[1:], whole=False)
        self.at += 1
        return first

    def _head_height(self, row: int, labels: Sequence[str], *, whole: bool) -> None:
        """Half of what the longest label over both rows needs, or all that one in this row needs."""
        widths = [column.width for head in self.roster.heads for column in head.columns]
        if whole:
            widths = [sum(column.width for column in head.columns) for head in self.roster.heads]
        lines = max(
            (ceil(len(label) * BREADTHS["bold"] / width) for label, width in zip(labels, widths, strict=True)),
            default=1,
        )
        self.page.set_row(row, max(1, (lines + 1) // 2 if whole else lines) * 17)

    def _foot(self) -> None:
        if self.roster.note:
            self.at += 1
            self._string(0, self.roster.note, "note")
        self.at += 2
        share = (self.last + 1) // max(1, len(self.roster.signers))
        for number, signer in enumerate(self.roster.signers):
            start = number * share
            self._merge(
                start, self.last if number == len(self.roster.signers) - 1 else start + share - 1, signer, "bold"
            )

    def _high(self, first: int, last: int, text: str, look: str) -> None:
        """A row that is high enough: no spreadsheet finds by itself how many lines merged cells take."""
        widths = (5, *(head.width for head in self.roster.columns))
        lines = ceil(len(text) * BREADTHS[look] / sum(widths[first : last + 1]))
        self.page.set_row(self.at, max(1, lines) * (20 if look == "title" else 17))

    def _merge(self, first: int, last: int, text: str, look: str) -> None:
        if first == last:
            self._string(first, text, look)
        else:
            self.page.merge_range(self.at, first, self.at, last, "", self.formats[look])
            self._string(first, text, look)

    def _string(self, column: int, value: Any, look: str) -> None:
        text = str(value or "")
        formats = self.quoted if text.startswith(FORMULA) else self.formats
        self.page.write_string(self.at, column, _text(text), formats[look])
