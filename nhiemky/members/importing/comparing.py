"""A row of a sheet beside the person of the register that it is about: cell by cell, and what is to be written."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from nhiemky.members.importing.cells import Said, iso
from nhiemky.members.importing.known import Found
from nhiemky.members.importing.spool import Decision, Looked, State
from nhiemky.members.models import Membership
from nhiemky.members.particulars import DATES, fields
from nhiemky.members.standings import kinds
from nhiemky.rules.timeline import Span
from nhiemky.rules.vietnamese import partial

if TYPE_CHECKING:
    from nhiemky.members.importing.looking import Look

_PARTS = {"family_name": "name", "given_name": "name", "born_male": "born", "born_female": "born"}


class Comparison:
    """A row beside the person of the register that it is about."""

    def __init__(self, look: Look, looked: Looked, said: Said, found: Found) -> None:
        self.look, self.looked, self.said, self.found = look, looked, said, found
        assert said.home is not None
        self.here = said.home.card.id
        self.sure = Decision.NEW not in looked.offers and looked.twin == 0
        # what is to be written of the person who is known
        self.facts: dict[str, Any] = {}
        looked.facts["same"] = self.facts

    def compare(self) -> None:
        home = self.found.home()
        if home is not None and home.unit_id == self.here:
            self._particulars()
            self._as_member(home)
        else:
            self._as_stranger()
        if not self.looked.blocked:
            self._standings()

    def _particulars(self) -> None:
        """Each cell beside what is known: the same, new, or another."""
        person = self.found.person
        for number, (_column, code) in enumerate(self.look.reader.order):
            text, state, sentence = self.looked.cells[number]
            if state not in (State.NEW, State.WARNING) or (code not in fields() and code not in _PARTS):
                continue
            code = _PARTS.get(code, code)
            columns = DATES.get(code, (code,))
            same = all(_plain(getattr(person, name)) == self.said.values.get(name) for name in columns)
            was = getattr(person, columns[0])
            found = State.SAME if same else State.CHANGED if was not in (None, "", False) else State.NEW
            if state == State.NEW:
                self.looked.cells[number] = (text, found, sentence)

    def _as_member(self, home: Membership) -> None:
        said, looked = self.said, self.looked
        if home.ends_before is not None:
            self._once_left(home)
            return
        for code, given in (("unit", True), ("leaving", not said.leaving)):
            self._mark(code, State.SAME if given else State.CHANGED)
        if said.member_since is not None:
            same = said.member_since == home.span.start
            self._mark("member_since", State.SAME if same else State.WARNING, "" if same else _(
                "Sổ ghi từ %(day)s. Danh sách không sửa ngày này; muốn sửa, mở trang của đoàn viên."
            ) % {"day": partial(home.span.start) if home.span.start else _("không rõ ngày")})  # fmt: skip
        if said.leaving and said.left is None:
            self.look.refuse(looked, "leaving", _("Có lý do rời đơn vị mà chưa có ngày. Hãy điền ngày rời đơn vị."))
        elif said.left is not None:
            self._leaves(home)
        self._group()

    def _leaves(self, home: Membership) -> None:
        said, start = self.said, home.span.start
        assert said.left is not None and said.home is not None
        if start and said.left.last < start.first:
            self.look.refuse(self.looked, "left", _("Ngày rời đơn vị trước ngày vào (%(day)s). Hãy kiểm tra lại hai ngày.")
                             % {"day": partial(start)})  # fmt: skip
        elif not said.home.card.life.covers(Span.between(start, said.left)):
            self.look.refuse(self.looked, "left", _("Đơn vị đã kết thúc hoạt động. Hãy kiểm tra ngày rời đơn vị."))
        else:
            self.facts["leave"] = {"membership": home.pk, "left": iso(said.left), "leaving": said.leaving}
            self._mark("left", State.CHANGED)

    def _once_left(self, home: Membership) -> None:
        """Somebody who was a member here before."""
        end = home.span.end
        if self.said.left is not None:
            same = self.said.left == end
            self._mark("left", State.SAME if same else State.WARNING, "" if same else _(
                "Sổ ghi đã rời đơn vị %(day)s. Muốn sửa, mở trang của đoàn viên."
            ) % {"day": partial(end) if end else ""})  # fmt: skip
            return
        if self.said.member_since is None:
            self.looked.blocked = True
            self.looked.told.append(
                _("Đã rời đơn vị %(day)s. Muốn ghi vào lại, hãy điền cột “Ngày về đơn vị”.")
                % {"day": partial(end) if end else ""}
            )
            return
        self._joins()

    def _as_stranger(self) -> None:
        """Known, and no member of this unit now."""
        for number, cell in enumerate(self.looked.cells):
            if cell[1] == State.SAME:
                self.looked.cells[number] = (cell[0], State.NEW, cell[2])
        self._joins()

    def _joins(self) -> None:
        span = self.look.span_of(self.looked, self.said)
        if span is None:
            return
        other = self.found.clashing(span)
        if other is None:
            self.facts |= self.look.joins(self.said, span)
            return
        name = self.look.unit_name(other.unit_id)
        told = (
            _("Đang là đoàn viên của %(unit)s trong thời gian đó. Hãy làm chuyển sinh hoạt thay vì nạp từ danh sách.")
            % {"unit": name}
            if name
            else _("Đang là đoàn viên của một đơn vị khác trong thời gian đó. Hãy làm chuyển sinh hoạt về đơn vị.")
        )
        if self.sure:
            self.looked.blocked = True
        else:
            # another person of that name may well be new
            self.looked.offers = [each for each in self.looked.offers if each != Decision.SAME]
        self.looked.told.append(told)

    def _group(self) -> None:
        if self.said.group is None:
            self._mark("group", State.SAME)
            return
        today = self.look.today
        there = self.found.group_on(today)
        if there and there.group_id == self.said.group.card.id:
            self._mark("group", State.SAME)
            return
        self.facts["group"] = [self.said.group.card.id, today.isoformat()]
        self._mark("group" if "group" in self.look.reader.at else "unit", State.CHANGED if there else State.NEW)

    def _standings(self) -> None:
        wanted: list[list[Any]] = []
        for kind, since in self.said.standings.items():
            column = kind if kind in self.look.reader.at else "officer"
            there = self.found.standing(kind, self.look.today)
            other = {"full_time": "part_time", "part_time": "full_time"}.get(kind)
            if there and (since is None or since == there.span.start):
                self._mark(column, State.SAME)
            elif there or (other and self.found.standing(other, self.look.today)):
                known_as = kinds()[kind if there else str(other)].short
                self._mark(column, State.WARNING, _(
                    "Sổ đang ghi: %(what)s%(since)s. Danh sách không đổi điều này; muốn sửa, mở trang của đoàn viên."
                ) % {"what": known_as, "since": self._since_words(there)})  # fmt: skip
            else:
                wanted.append([kind, iso(since)])
        if wanted:
            self.facts |= {"standings": wanted, "unit": self.here}

    def _since_words(self, there: Any) -> str:
        start = there.span.start if there else None
        return _(" từ %(day)s") % {"day": partial(start)} if start else ""

    def _mark(self, code: str, state: State, sentence: str = "") -> None:
        """The state of that column's cell, unless it is worse already or says nothing."""
        at = self.look.reader.at.get(code)
        if at is None:
            return
        text, before, told = self.looked.cells[at]
        if text and before != State.ERROR and (before != State.WARNING or state == State.WARNING):
            self.looked.cells[at] = (text, state, sentence or told)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
