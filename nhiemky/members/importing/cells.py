"""The cells of one row as text: what each says, or the sentence why it says nothing that can be written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from nhiemky.foundation import catalogue
from nhiemky.members.importing.columns import NAME_PARTS, known_columns
from nhiemky.members.importing.places import How, Place, Places
from nhiemky.members.importing.spool import State
from nhiemky.members.particulars import DATES, PLACE, choices, fields, read, read_choice, read_date
from nhiemky.rules.timeline import PartialDate, Precision
from nhiemky.rules.vietnamese import clean, day, fold

Cell = tuple[str, int, str]
BLANK = ("", 0, "")
_NEW, _WARNING, _ERROR = int(State.NEW), int(State.WARNING), int(State.ERROR)
# hardly two rows say the same there; remembering it would only fill the memory
UNIQUE = frozenset({"name", "id_number", "phone", "email", "card"})
REMEMBERED = 50_000
# what is typed where there is nothing to say, and what a spreadsheet shows for a formula that went wrong
_NOTHING = frozenset({"-", "–", "—", "--", ".", "..", "...", "…", "/", "\\"})
_BROKEN = frozenset({"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"})
_EPOCH = date(1899, 12, 30)
# days since then as spreadsheets count them: a date in a cell that is shown as a number
_SERIAL = re.compile(r"[1-5]\d{4}")
# with their marks: Tống Thị Lan and Công Tằng Tôn Nữ Mai are persons; without marks only as a line of sums says it
_TOTAL = re.compile(r"(?:tổng|cộng)\b|(?:tong|cong|tong cong|tong so)(?=\W*(?:\d|$))")
_SIGNED = re.compile(r"nguoi lap|ky ten|ghi chu\b")
_NUMBERING = re.compile(r"\(?(?:\d{1,2}|[A-Z])\)?")


@dataclass
class Said:
    """What a row says: `values` are columns of Person, dates as ISO; the rest is about where they belong."""

    cells: list[Cell]
    values: dict[str, Any] = field(default_factory=dict)
    # a cell without which the row cannot be written is wrong
    blocked: bool = False
    faulty: bool = False
    home: Place | None = None
    group: Place | None = None
    member_since: PartialDate | None = None
    left: PartialDate | None = None
    leaving: str = ""
    # kind of standing -> since when, where that is said
    standings: dict[str, PartialDate | None] = field(default_factory=dict)


class Reader:
    """Reads the rows of one sheet by its mapping."""

    def __init__(self, mapping: Mapping[int, str], places: Places, today: date) -> None:
        self.order = sorted(mapping.items())
        self.at = {code: number for number, (_column, code) in reversed(list(enumerate(self.order)))}
        self._names = [number for number, (_column, code) in enumerate(self.order) if code in NAME_PARTS]
        self._places, self._today = places, today
        self._remembered: dict[str, dict[str, tuple[Cell, dict[str, Any]]]] = {code: {} for code in fields()}
        # how each column is read, the unit before the group: the group is looked for under it
        self._plan = [
            (number, self.order[number][0], self.order[number][1], self.order[number][1] in fields())
            for number in sorted(range(len(self.order)), key=lambda number: self.order[number][1] != "unit")
            if self.order[number][1] not in NAME_PARTS
        ]

    def is_outside(self, cells: Sequence[str]) -> bool:
        """Whether the row is none of the list: a line of sums or signatures, a title between groups, column numbers."""
        mine = [cells[column] for column, _code in self.order if column < len(cells) and cells[column]]
        if not mine or (len(mine) >= 3 and mine.count(mine[0]) == len(mine)):
            return True
        if all(_NUMBERING.fullmatch(text) for text in mine) and len(mine) > 1:
            return True
        name = self._name_of(cells)
        if not name:
            return len(mine) < 2
        return bool(_TOTAL.match(clean(name).casefold()) or _SIGNED.match(fold(name)))

    def read(self, cells: Sequence[str]) -> Said:
        width = len(cells)
        said = Said([BLANK] * len(self.order))
        mine, values, remembered, read_field = said.cells, said.values, self._remembered, self._field
        for number, column, code, is_field in self._plan:
            text = cells[column] if column < width else ""
            if not text:
                continue
            if not is_field:
                if text in _NOTHING:
                    mine[number] = (text, State.BLANK, "")
                    continue
                mine[number] = self._cell(code, text, said)
                continue
            cell, read_values = remembered[code].get(text) or read_field(code, text)
            mine[number] = cell
            values |= read_values
            if cell[1] == _ERROR:
                said.faulty = True
        for number in self._names:
            if (column := self.order[number][0]) < width and cells[column]:
                mine[number] = (cells[column], _NEW, "")
        self._read_name(cells, said)
        if said.home is None and "unit" not in self.at:
            said.home = self._places.place(self._places.top.id)
        elif said.home is None and not said.blocked:
            said.blocked = True
            said.cells[self.at["unit"]] = ("", State.ERROR, _("Chưa ghi công đoàn nào. Hãy ghi tên công đoàn."))
        return said

    def _name_of(self, cells: Sequence[str]) -> str:
        return " ".join(cells[self.order[at][0]] for at in self._names if self.order[at][0] < len(cells)).strip()

    def _read_name(self, cells: Sequence[str], said: Said) -> None:
        outcome = read("name", self._name_of(cells), self._today)
        first = self._names[0] if self._names else 0
        if outcome.error or outcome.warning:
            state = State.ERROR if outcome.error else State.WARNING
            said.cells[first] = (said.cells[first][0], state, outcome.error or outcome.warning)
            said.blocked = said.blocked or bool(outcome.error)
        said.values |= outcome.values

    def _cell(self, code: str, text: str, said: Said) -> Cell:
        if code in ("born_male", "born_female"):
            said.values["sex"] = code.removeprefix("born_")
            if fold(text) == "x":
                return (text, State.NEW, "")
            cell, values = self._field("born", text)
            said.values |= values
            said.faulty = said.faulty or cell[1] == State.ERROR
            return cell
        return _OTHERS[code](self, text, said) if code in _OTHERS else (text, State.BLANK, "")

    def _field(self, code: str, text: str) -> tuple[Cell, dict[str, Any]]:
        """The cell of a particular, and the columns of Person that it fills."""
        if code in UNIQUE:
            return self._read_field(code, text)
        kept = self._remembered[code]
        if text not in kept:
            if len(kept) >= REMEMBERED:
                kept.clear()
            kept[text] = self._read_field(code, text)
        return kept[text]

    def _read_field(self, code: str, text: str) -> tuple[Cell, dict[str, Any]]:
        if text in _NOTHING:
            return (text, int(State.BLANK), ""), {}
        if text in _BROKEN:
            told = _("Ô này là lỗi công thức của bảng tính. Hãy sửa ô, hoặc để trống.")
            return (text, _ERROR, told), {}
        is_date = fields()[code].kind == "date"
        outcome = read(code, unserial(text) if is_date else text, self._today)
        if outcome.error:
            return (text, _ERROR, outcome.error), {}
        warning = outcome.warning or (_of_serial(text) if is_date else "")
        if text[0] in "=@+" and fields()[code].kind == "text":
            warning = _("Ô bắt đầu bằng dấu “%(sign)s” như một công thức; sẽ ghi như chữ thường.") % {"sign": text[0]}
        values = dict(outcome.values)
        if code in DATES:
            day = DATES[code][0]
            values[day] = values[day].isoformat()
        return (text, _WARNING if warning else _NEW, warning), values

    # --- what is not of the person alone ---

    def _unit(self, text: str, said: Said) -> Cell:
        place, how = self._places.found(text)
        if place is None:
            said.blocked = True
            return (text, State.ERROR, self._unknown(_("công đoàn"), text, None))
        if not place.may_record:
            said.blocked = True
            sentence = _("Bạn chưa được giao ghi việc ở %(unit)s. Hãy nhờ cán bộ của đơn vị ấy nạp.")
            return (text, State.ERROR, sentence % {"unit": place.home.short})
        said.home = self._places.place(place.home.id)
        if place.is_group:
            said.group = place
        return self._understood(text, place, how)

    def _group(self, text: str, said: Said) -> Cell:
        under = said.home.card.id if said.home else self._places.home(self._places.top.id).id
        place, how = self._places.found(text, under)
        if place is None:
            said.faulty = True
            return (text, State.ERROR, self._unknown(_("tổ"), text, under))
        if place.card.id != under:
            said.group = place
        return self._understood(text, place, how)

    def _understood(self, text: str, place: Place, how: How) -> Cell:
        if how is How.NAMED:
            return (text, State.NEW, "")
        return (text, State.WARNING, _("Hiểu là “%(unit)s”. Hãy kiểm tra.") % {"unit": place.card.short})

    def _unknown(self, what: str, text: str, under: int | None) -> str:
        near = self._places.nearest(text, under)
        sentence = _("Không thấy %(what)s nào tên “%(text)s” trong đơn vị.") % {"what": what, "text": text[:60]}
        if near:
            return f"{sentence} " + _("Gần giống: %(near)s.") % {"near": "; ".join(near)}
        return f"{sentence} " + _("Hãy ghi đúng tên như trong cây tổ chức.")

    def _date(self, code: str, text: str) -> PartialDate | str:
        """The date, or the sentence why it is none."""
        return read_date(known_columns()[code].label, clean(unserial(text)), self._today)

    def _dated(self, text: str) -> Cell:
        told = _of_serial(text)
        return (text, State.WARNING if told else State.NEW, told)

    def _member_since(self, text: str, said: Said) -> Cell:
        given = self._date("member_since", text)
        if isinstance(given, str):
            said.blocked = True
            return (text, State.ERROR, given)
        said.member_since = given
        return self._dated(text)

    def _left(self, text: str, said: Said) -> Cell:
        given = self._date("left", text)
        if isinstance(given, str):
            said.blocked = True
            return (text, State.ERROR, given)
        said.left = given
        return self._dated(text)

    def _leaving(self, text: str, said: Said) -> Cell:
        code = leavings().get(fold(text))
        if code is None:
            said.blocked = True
            known = ", ".join(leavings_in_sheets())
            sentence = _("Lý do rời đơn vị “%(text)s” chưa có trong danh mục. Hãy ghi một trong: %(known)s.")
            return (text, State.ERROR, sentence % {"text": text[:40], "known": known})
        said.leaving = code
        return (text, State.NEW if code else State.SAME, "")

    def _dated_standing(self, kind: str, text: str, said: Said) -> Cell:
        word = fold(text)
        if word in _YES:
            said.standings[kind] = None
            return (text, State.NEW, "")
        if word in _NO:
            return (text, State.SAME, "")
        given = self._date(kind, text)
        if isinstance(given, str):
            said.faulty = True
            return (text, State.ERROR, given)
        said.standings[kind] = given
        return self._dated(text)

    def _party(self, text: str, said: Said) -> Cell:
        return self._dated_standing("party", text, said)

    def _youth(self, text: str, said: Said) -> Cell:
        return self._dated_standing("youth", text, said)

    def _officer(self, text: str, said: Said) -> Cell:
        if fold(text) in _NO:
            return (text, State.SAME, "")
        kind = read_choice("officer", text)
        if not kind:
            said.faulty = True
            sentence = _("Cán bộ công đoàn “%(text)s” chưa rõ. Hãy ghi một trong: %(known)s.")
            return (text, State.ERROR, sentence % {"text": text[:40], "known": ", ".join(choices("officer").values())})
        said.standings[kind] = None
        return (text, State.NEW, "")

    def _post(self, text: str, said: Said) -> Cell:
        """A post needs its mandate and term: it is not invented from a word in a list."""
        if fold(text) in _NO or fold(text) == "doan vien":
            return (text, State.SAME, "")
        if post_words() & set(re.findall(r"[a-z]+", fold(text))):
            return (
                text,
                State.WARNING,
                _("Không ghi từ danh sách: chức vụ công đoàn ghi ở Chức danh, kèm quyết định."),
            )
        return (text, State.WARNING, _("Không rõ chức vụ công đoàn nào; nếu có, ghi ở Chức danh."))


_YES = {"x", "co", "1", "true", "yes", "dung", "dang vien", "doan vien"}
_NO = {"khong", "0", "false", "no", "-", "chua"}
_OTHERS: dict[str, Any] = {
    "unit": Reader._unit,
    "group": Reader._group,
    "member_since": Reader._member_since,
    "left": Reader._left,
    "leaving": Reader._leaving,
    "party": Reader._party,
    "youth": Reader._youth,
    "officer": Reader._officer,
    "post": Reader._post,
}


@cache
def leavings() -> dict[str, str]:
    """What a sheet may write for why somebody left -> code; empty for those who did not."""
    found = {fold(text): "" for row in catalogue.rows(PLACE, "staying") for text in (row["label"], *row["also"])}
    for row in catalogue.rows("catalogue/leavings.toml", "leaving"):
        # a reorganisation writes this one
        if row["code"] == "reorganised":
            continue
        found |= {fold(text): row["code"] for text in (row["code"], row["label"], *row.get("also", ()))}
    return found


def leavings_in_sheets() -> list[str]:
    """The reasons a sheet may give, as they are written."""
    terms = catalogue.terms("catalogue/leavings.toml", "leaving")
    return [term.label for code, term in terms.items() if code != "reorganised"]


@cache
def post_words() -> frozenset[str]:
    """The words of which posts and bodies are made, and how offices shorten them."""
    labels = [row["label"] for name in ("role", "body") for row in catalogue.rows("catalogue/bodies.toml", name)]
    words = {word for label in labels for word in fold(label).split() if len(word) > 3}
    return frozenset(words | {"bch", "btv", "ubkt", "uv", "uvbch", "uvbtv", "ct", "pct", "tt"})


def unserial(text: str) -> str:
    """The date of a cell that shows it as a spreadsheet's number of a day; any other text as it is."""
    return (_EPOCH + timedelta(days=int(text))).isoformat() if _SERIAL.fullmatch(text) else text


def _of_serial(text: str) -> str:
    """The sentence that says how a spreadsheet's number was understood; empty for any other text."""
    if not _SERIAL.fullmatch(text):
        return ""
    return _("Hiểu số %(number)s là ngày %(day)s, như Excel đếm ngày. Hãy kiểm tra.") % {
        "number": text, "day": day(_EPOCH + timedelta(days=int(text))),
    }  # fmt: skip


def iso(given: PartialDate | None) -> list[str] | None:
    """A date as the spool keeps it."""
    return [given.first.isoformat(), given.precision.value] if given else None


def from_iso(kept: Sequence[str] | None) -> PartialDate | None:
    return PartialDate(date.fromisoformat(kept[0]), Precision(kept[1])) if kept else None
