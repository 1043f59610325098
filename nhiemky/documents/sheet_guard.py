"""What a spreadsheet file must be before a reader may open it.

The reader makes a room for every cell between the first and the last: one cell far out, or a packed file that swells,
would fill the memory. So the package is unpacked here first, in pieces, and the places of its cells are looked at.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO
from xml.parsers import expat

from django.utils.translation import gettext as _

from nhiemky.foundation.refusals import Refusal

MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 250_000, 200, 10_000_000
LARGEST_UNPACKED = 300 * 1024 * 1024
# .ods is read cell by cell in Python here, and offices do not keep large lists in it
LARGEST_ODS = 80 * 1024 * 1024
MOST_PARTS = 2000
_CHUNK = 1 << 20
# a cell that holds something; the last reference of a chunk may be cut, so chunks overlap
_CELL = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br\s*=\s*["\']([A-Z]{1,3})(\d{1,7})["\'][^>]*?[^/]>')
# a word's start asked after its letter: a search for a letter is three times as quick
_FAR_COLUMN = re.compile(rb'r(?<!\wr)\s*=\s*["\'](?:[A-Z]{3}|[H-Z][A-Z]|G[S-Z])\d')
_FAR_ROW = re.compile(
    rb'r(?<!\wr)\s*=\s*["\'][A-Z]{1,3}(?:[3-9]\d{5}|2[6-9]\d{4}|25[1-9]\d{3}|250[1-9]\d\d|\d{7})["\']'
)
_LAST_CELLS = re.compile(rb'\br\s*=\s*["\']([A-Z]{1,3})(\d{1,7})["\']')
_OVERLAP = 400


def too_large() -> Refusal:
    return Refusal(
        _("Danh sách dài hơn 250.000 dòng hoặc rộng hơn 200 cột. Hãy xóa phần thừa, hoặc chia thành nhiều tệp.")
    )


def swollen() -> Refusal:
    return Refusal(
        _("Tệp bung ra quá lớn nên không được mở. Hãy chép riêng danh sách sang một tệp mới rồi nạp tệp ấy.")
    )


def broken() -> Refusal:
    return Refusal(_("Tệp hỏng, không mở được. Hãy mở bằng Excel, lưu lại dạng .xlsx rồi chọn lại."))


def foreign() -> Refusal:
    return Refusal(_("Tệp không phải bảng tính. Hãy chọn tệp Excel (.xlsx, .xls), OpenDocument (.ods) hoặc CSV."))


def locked() -> Refusal:
    return Refusal(_("Tệp có mật khẩu nên không mở được. Hãy mở bằng Excel, bỏ mật khẩu, lưu lại rồi chọn lại."))


def check_package(file: BinaryIO) -> None:
    """Refuses a packed spreadsheet that is broken, not one at all, or would swell beyond the limits."""
    try:
        with zipfile.ZipFile(file) as package:
            _check(package, file)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, KeyError, RuntimeError) as fault:
        raise broken() from fault


def _check(package: zipfile.ZipFile, file: BinaryIO) -> None:
    parts = package.infolist()
    names = {part.filename for part in parts}
    if len(parts) > MOST_PARTS:
        raise swollen()
    if any(part.flag_bits & 1 for part in parts):
        raise locked()
    is_ods = "content.xml" in names and "mimetype" in names
    if not is_ods and "xl/workbook.xml" not in {name.lstrip("/").casefold() for name in names}:
        if "xl/workbook.bin" in names:
            raise Refusal(_("Tệp ở dạng .xlsb nên chưa đọc được. Hãy lưu lại dạng .xlsx rồi chọn lại."))
        raise foreign()
    left = LARGEST_ODS if is_ods else LARGEST_UNPACKED
    strings = _Strings()
    # the texts that cells share come first, whatever their place in the package
    for part in sorted(parts, key=lambda each: not each.filename.casefold().endswith("sharedstrings.xml")):
        contents = _pieces(file, part)
        name = part.filename.casefold()
        shares = 0
        if name.endswith("sharedstrings.xml"):
            contents = strings.looked_at(contents)
        elif name.endswith(".xml") and "/worksheets/" in f"/{name}":
            contents = _cells_looked_at(contents)
        elif is_ods and name == "content.xml":
            contents = _spread_looked_at(contents)
        for piece in contents:
            shares += piece.count(b"<v>")
            left -= len(piece)
            if left < 0:
                raise swollen()
        if strings.longest * shares > LARGEST_UNPACKED and strings.shared_by(_pieces(file, part)) > LARGEST_UNPACKED:
            raise swollen()


def _pieces(file: BinaryIO, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part unpacked in pieces, whatever size the package says that it has."""
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise zipfile.BadZipFile
    file.seek(part.header_offset)
    head = file.read(30)
    if len(head) < 30 or head[:4] != b"PK\x03\x04":
        raise zipfile.BadZipFile
    file.seek(int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little"), 1)
    unpack = zlib.decompressobj(-15) if part.compress_type == zipfile.ZIP_DEFLATED else None
    left = part.compress_size
    while left > 0 and (packed := file.read(min(left, 1 << 16))):
        left -= len(packed)
        if unpack is None:
            yield packed
            continue
        while packed and not unpack.eof:
            yield unpack.decompress(packed, _CHUNK)
            packed = unpack.unconsumed_tail


class _Strings:
    """How long the texts are that cells share: the reader writes each out anew for every cell that shares it."""

    def __init__(self) -> None:
        self.lengths: list[int] = []
        self.longest = 0

    def looked_at(self, contents: Iterator[bytes]) -> Iterator[bytes]:
        kept = b""
        for piece in contents:
            *whole, kept = (kept + piece).split(b"</si>")
            self.lengths += map(len, whole)
            yield piece
        self.longest = max(self.lengths, default=0)

    def shared_by(self, contents: Iterator[bytes]) -> int:
        """How much text the cells of a sheet would be, at most."""
        kept, total = b"", 0
        for piece in contents:
            *whole, kept = (kept + piece).split(b"</v>")
            for cell in whole:
                number = cell[cell.rfind(b">") + 1 :]
                if number.isdigit() and len(number) < 9 and int(number) < len(self.lengths):
                    total += self.lengths[int(number)]
            if total > LARGEST_UNPACKED:
                break
        return total


def _cells_looked_at(contents: Iterator[bytes]) -> Iterator[bytes]:
    """The same pieces of a sheet of .xlsx; refuses cells beyond the limits that hold something."""
    kept, rows, columns = b"", 0, 0
    for piece in contents:
        window = kept + piece
        # only where a place beyond the limits is named at all is it worth asking whether the cell holds something
        if _FAR_COLUMN.search(window) or _FAR_ROW.search(window):
            for column, row in _CELL.findall(window):
                if _number(column) > MOST_COLUMNS or int(row) > MOST_ROWS:
                    raise too_large()
        places = _LAST_CELLS.findall(window[-4000:])
        for column, row in places:
            if int(row) <= MOST_ROWS and _number(column) <= MOST_COLUMNS:
                rows, columns = max(rows, int(row)), max(columns, _number(column))
        if rows * columns > MOST_CELLS:
            raise too_large()
        kept = window[-_OVERLAP:]
        yield piece


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _spread_looked_at(contents: Iterator[bytes]) -> Iterator[bytes]:
    """The same pieces of .ods, where one row or cell may stand for a million like it."""
    table = _Table()
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = table.start, table.end
    parser.EntityDeclHandler = table.refuse
    for piece in contents:
        try:
            parser.Parse(piece, False)
        except expat.ExpatError as fault:
            raise broken() from fault
        yield piece


class _Table:
    """How far a table of .ods reaches that is being read, up to its last row and cell that hold something."""

    def __init__(self) -> None:
        self.rows = self.columns = self.width = self.times = 0
        self.filled = False
        self.seen = 0

    def refuse(self, *_given: object) -> None:
        raise broken()

    def start(self, name: str, given: dict[str, str]) -> None:
        if name == "table:table":
            self.rows = self.columns = self.seen = 0
        elif name == "table:table-row":
            self.times, self.width, self.filled = _times(given, "table:number-rows-repeated"), 0, False
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self.width += _times(given, "table:number-columns-repeated")
            if "office:value-type" in given or "calcext:value-type" in given:
                self._holds()
        elif name == "text:p":
            self._holds()

    def _holds(self) -> None:
        self.filled = True
        self.columns = max(self.columns, self.width)
        if self.columns > MOST_COLUMNS:
            raise too_large()

    def end(self, name: str) -> None:
        if name == "table:table-row":
            self.rows += self.times
            if self.filled:
                self.seen = self.rows
            if self.seen > MOST_ROWS or self.seen * self.columns > MOST_CELLS:
                raise too_large()


def _times(given: dict[str, str], name: str) -> int:
    times = given.get(name, "1")
    return int(times) if times.isdigit() and len(times) < 10 else MOST_CELLS
