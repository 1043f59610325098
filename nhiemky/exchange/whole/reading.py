"""A file of whole data read line by line: what each line says, ready to be written, and every fault of its form."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from nhiemky.exchange.faults import Fault, FaultyFile
from nhiemky.exchange.whole.archive import Incoming
from nhiemky.exchange.whole.cells import LEFT_OUT, Wrong
from nhiemky.exchange.whole.lines import AT_ONCE, VERSION, Line, files_of
from nhiemky.exchange.whole.records import BY_NAME, RECORDS, Record, Table
from nhiemky.foundation.refusals import Refusal

MOST_FAULTS = 50
_PLACES = {record.name: at for at, record in enumerate(RECORDS)}


@dataclass(slots=True)
class Row:
    """A line as it is written: the values of its cells, codes where rows are pointed at, and the rows inside it."""

    number: int
    given: Line
    values: list[Any]
    parts: list[list[list[Any]]] = field(default_factory=list)


def version_of(first: bytes) -> int | None:
    """Of which version of the format a file is, by its first line; None where that is no header."""
    try:
        given = json.loads(first)
    except (ValueError, RecursionError):
        return None
    version = given.get("version") if isinstance(given, dict) and given.get("type") == "nhiemky" else None
    return version if isinstance(version, int) else None


def rows_in(incoming: Incoming) -> Iterator[tuple[Record, list[Row]]]:
    """The lines of a file that was looked through, so many of a kind at once."""
    record, waiting = None, list[Row]()
    for number, line in enumerate(incoming.lines(), start=1):
        given = json.loads(line)
        found = BY_NAME.get(given.get("type"))
        if waiting and (found is not record or len(waiting) == AT_ONCE):
            assert record
            yield record, waiting
            waiting = []
        record = found
        if found:
            waiting.append(row_of(found, number, given))
    if waiting and record:
        yield record, waiting


def row_of(record: Record, number: int, given: Line) -> Row:
    """What the line says; FaultyFile with everything that is wrong in its form."""
    faults: list[str] = []
    line = {name: value for name, value in given.items() if name != "type"}
    row = Row(number, line, _values(record, line, line, "", faults, {part.name for part in record.parts}))
    for part in record.parts:
        rows = line.get(part.name, [])
        if not isinstance(rows, list) or (part.name in line and not rows):
            faults.append(_("Trường “%(name)s” phải là danh sách [ ].") % {"name": part.name})
            rows = []
        found = []
        for at, each in enumerate(rows):
            place = f"{part.name}.{at}."
            if isinstance(each, dict):
                found.append(_values(part, each, line, place, faults))
            else:
                faults.append(_("Trường “%(name)s” phải là đối tượng { }.") % {"name": place.strip(".")})
        row.parts.append(found)
    if faults:
        raise FaultyFile([Fault(number, sentence) for sentence in faults])
    return row


def _values(
    table: Table, given: Line, line: Line, place: str, faults: list[str], also: frozenset[str] | set[str] = frozenset()
) -> list[Any]:
    known = table.by_name
    values: list[Any] = []
    faults += [
        _("Không có trường “%(name)s”. Tệp này có phải của bản phần mềm mới hơn không?") % {"name": place + str(name)}
        for name in given
        if name not in known and name not in also
    ]
    for cell in table.cells:
        try:
            values += cell.read(given.get(cell.name, LEFT_OUT))
        except Wrong as wrong:
            faults.append(_("Trường “%(name)s”: %(what)s.") % {"name": place + cell.name, "what": wrong})
    for name, codes in table.codes.items():
        code = given.get(name)
        if code and isinstance(code, str) and code not in codes():
            faults.append(
                _("Trường “%(name)s”: danh mục không có mã “%(code)s”. Hãy nâng cấp phần mềm hoặc thêm vào danh mục.")
                % {"name": place + name, "code": code[:60]}
            )
    if table.derived and not faults:
        values += table.derived(given, line).values()
    return values


class Reader:
    """Looks a file through before anything is written."""

    def __init__(self, incoming: Incoming) -> None:
        self.incoming, self.faults, self.digest = incoming, list[Fault](), ""
        self.wanted: dict[str, int] = {}

    def look_through(self) -> None:
        """FaultyFile with the faults of its form, of fifty lines at most."""
        running, place, ended = hashlib.sha256(), -1, False
        number = 0
        for number, line in enumerate(self.incoming.lines(), start=1):
            given = self._object(number, line)
            if given is not None and number == 1:
                self._header(given)
            elif ended:
                self._fault(number, _("Sau dòng cuối (end) không còn dòng nào nữa. Hãy xuất lại tệp."))
            elif given is not None and given.get("type") == "end":
                ended = True
                if given.get("lines") != number or given.get("sha256") != running.hexdigest():
                    self._fault(number, _("Tệp đã bị sửa hoặc mất dòng sau khi xuất. Hãy xuất lại tệp ở nơi gửi."))
            elif given is not None:
                place = self._row(number, given, place)
            running.update(line)
            if len(self.faults) >= MOST_FAULTS or (number == 1 and self.faults):
                raise FaultyFile(self.faults)
        if not number:
            raise FaultyFile([Fault(0, _("Tệp trống. Hãy chọn tệp có dữ liệu."))])
        if not ended:
            self._fault(number, _("Tệp thiếu dòng cuối (end): chép chưa hết. Hãy chép lại tệp."))
        self.digest = running.hexdigest()
        self._files()
        if self.faults:
            raise FaultyFile(self.faults)

    def _fault(self, number: int, sentence: str) -> None:
        self.faults.append(Fault(number, sentence))

    def _object(self, number: int, line: bytes) -> Line | None:
        try:
            given = json.loads(line, object_pairs_hook=_no_repeats, parse_constant=_no_constant, parse_float=_no_long)
        except (ValueError, RecursionError):
            self._fault(number, _("Dòng này không phải JSON, hoặc có trường ghi hai lần. Hãy xuất lại tệp."))
            return None
        if isinstance(given, dict):
            return given
        self._fault(number, _("Mỗi dòng phải là một đối tượng JSON {…}."))
        return None

    def _header(self, given: Line) -> None:
        if given.get("type") != "nhiemky" or given.get("version") != VERSION:
            self._fault(
                1, _('Dòng đầu phải là {"type": "nhiemky", "version": 2, …}. Đây có đúng là tệp đã xuất ra không?')
            )

    def _row(self, number: int, given: Line, place: int) -> int:
        name = given.get("type")
        record = BY_NAME.get(name) if isinstance(name, str) else None
        if record is None:
            self._fault(number, _("Không có loại đối tượng “%(type)s”.") % {"type": str(name)[:40]})
            return place
        if _PLACES[record.name] < place:
            self._fault(number, _("Dòng “%(type)s” đứng sau dòng phải ở dưới nó. Hãy xuất lại tệp.") % {"type": name})
        try:
            row_of(record, number, given)
        except FaultyFile as faulty:
            self.faults += faulty.faults
        else:
            for digest, _table in files_of(record, given):
                self.wanted.setdefault(digest, number)
        return max(place, _PLACES[record.name])

    def _files(self) -> None:
        """Every file that is named is there and sound, and none that nobody names."""
        for digest, number in self.wanted.items():
            try:
                self.incoming.contents(digest)
            except Refusal as refusal:
                self.faults += [Fault(number, sentence) for sentence in refusal.sentences]
        for digest in sorted(self.incoming.digests - self.wanted.keys())[:MOST_FAULTS]:
            self._fault(0, _("Không dòng nào nhắc đến tệp %(digest)s trong tệp nén.") % {"digest": digest[:12]})


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _no_long(text: str) -> float:
    if len(text) > 40:
        raise ValueError(text)
    return float(text)
