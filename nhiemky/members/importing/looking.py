"""A sheet looked over row by row against the register: what is new, changed, doubtful or wrong, and what may be decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from nhiemky.documents.sheet_reading import Row
from nhiemky.foundation.models import User
from nhiemky.foundation.policies import may
from nhiemky.foundation.roles import Right
from nhiemky.members.importing import known
from nhiemky.members.importing.cells import Reader, Said, iso
from nhiemky.members.importing.comparing import Comparison
from nhiemky.members.importing.known import Found, Sought
from nhiemky.members.importing.places import Places
from nhiemky.members.importing.spool import Decision, Looked, State
from nhiemky.rules.timeline import PartialDate, Precision, Span
from nhiemky.rules.vietnamese import day, partial
from nhiemky.units.models import Unit
from nhiemky.units.queries import card as unit_card


@dataclass(frozen=True)
class Choices:
    """What the user said once for the whole sheet."""

    present_on: date | None
    joining: str


class Look:
    """Looks a sheet over for a unit."""

    def __init__(self, mapping: Mapping[int, str], unit: Unit, by: User, today: date, choices: Choices) -> None:
        self.places = Places(unit, by, today)
        self.reader = Reader(mapping, self.places, today)
        self.by, self.today, self.choices = by, today, choices
        self.outside = 0
        self._digests: dict[str, int] = {}
        self._persons: dict[int, int] = {}
        # a year of days for each unit: what many rows ask in the same words
        self._spans: dict[tuple, Span] = {}
        self._names: dict[tuple[str, str], tuple[int, str, bool]] = {}
        self._units: dict[int, str] = {}

    def over(self, rows: Iterable[Row]) -> Iterator[list[Looked]]:
        """The rows looked over, a thousand at a time; lines that are none of the list are only counted."""
        rows = iter(rows)
        while some := list(islice(rows, known.MANY)):
            inside = [row for row in some if not self.reader.is_outside(row.cells)]
            self.outside += len(some) - len(inside)
            said = [self.reader.read(row.cells) for row in inside]
            sought = [known.sought_of(each.values) for each in said]
            found = known.found_among(sought)
            yield [self._looked(*each) for each in zip(inside, said, sought, found, strict=True)]

    def _looked(self, row: Row, said: Said, sought: Sought, found: list[Found]) -> Looked:
        looked = Looked(row.number, said.cells, values=said.values, blocked=said.blocked)
        looked.known = known.prints(found)
        match = self._matched(looked, said, sought, found)
        self._twin(looked, sought, match)
        if said.home is not None:
            if match is None:
                self._newcomer(looked, said)
            else:
                if Decision.NEW in looked.offers:
                    self._perhaps_new(looked, said)
                Comparison(self, looked, said, match).compare()
        if said.faulty or looked.blocked:
            looked.state = State.ERROR
        else:
            worst = max([cell[1] for cell in looked.cells], default=0)
            if match is not None and worst in (State.NEW, State.CHANGED):
                worst = State.CHANGED
            looked.state = State(max(worst, State.WARNING if looked.is_open or looked.told else State.SAME))
        if looked.blocked:
            looked.is_open, looked.decision, looked.offers = False, "", []
        return looked

    # --- the same person twice ---

    def _twin(self, looked: Looked, sought: Sought, match: Found | None) -> None:
        key = (sought.folded, sought.born_on)
        first = self._digests.get(sought.digest) if sought.digest else None
        told = gettext_noop("Trùng số CCCD/CMND với dòng %(row)s của tệp.")
        if first is None and match is not None and (first := self._persons.get(match.person.pk)):
            told = gettext_noop("Cùng một người trong sổ với dòng %(row)s của tệp.")
        sure = first is not None
        if first is None and sought.folded and sought.born_on and (there := self._names.get(key)):
            number, digest, whole = there
            if not (whole and sought.is_whole and digest != sought.digest):
                first, told = number, gettext_noop("Trùng họ tên và ngày sinh với dòng %(row)s của tệp.")
        if first is not None:
            looked.twin, looked.is_open, looked.decision = first, True, ""
            looked.told.append(_(told) % {"row": first})
            looked.offers = [Decision.OUT] if sure or known.is_sure_of(sought, match) else [Decision.OUT, Decision.NEW]
            return
        if match is not None:
            self._persons[match.person.pk] = looked.number
        if sought.digest:
            self._digests[sought.digest] = looked.number
        if sought.folded and sought.born_on:
            self._names[key] = (looked.number, sought.digest, sought.is_whole)

    def _matched(self, looked: Looked, said: Said, sought: Sought, found: list[Found]) -> Found | None:
        """The person of the register that the row is about, or may be."""
        sure = [each for each in found if known.is_sure(sought, each)]
        if len(sure) > 1:
            looked.blocked = True
            looked.told.append(_("Trong sổ có nhiều người cùng số CCCD/CMND này. Hãy gộp họ trước khi nạp."))
            return None
        here = said.home.card.id if said.home else 0
        match = next(iter(sure), None) or next((each for each in found if _home(each) == here), None)
        match = match or next(iter(found), None)
        if match is None:
            return None
        looked.person = match.person.pk
        if not sure:
            looked.is_open = True
            looked.offers = [Decision.SAME, Decision.NEW, Decision.OUT]
            looked.told.append(_("Trùng họ tên và ngày sinh với một người trong sổ."))
        elif match.person.folded != sought.folded:
            looked.is_open = True
            looked.offers = [Decision.SAME, Decision.OUT]
            looked.told.append(
                _("Số CCCD/CMND này trong sổ là của %(name)s.") % {"name": match.person.name}
                if self.may_see(match)
                else _("Số CCCD/CMND này trong sổ là của một người tên khác.")
            )
        else:
            looked.decision = Decision.SAME
        return match

    def may_see(self, found: Found) -> bool:
        """Whether the user may read where the person is a member; of a stranger nothing is told."""
        home = found.home()
        return home is None or bool(self.unit_name(home.unit_id))

    def unit_name(self, unit: int) -> str:
        """What a unit is called, if the user may read it."""
        if unit not in self._units:
            row = Unit.objects.get(pk=unit)
            self._units[unit] = unit_card(row, self.today).short if may(self.by, Right.READ, row, self.today) else ""
        return self._units[unit]

    # --- where and from when ---

    def _newcomer(self, looked: Looked, said: Said) -> None:
        span = self.span_of(looked, said)
        if span is not None:
            looked.facts["new"] = self.joins(said, span) | {
                "standings": [[kind, iso(since)] for kind, since in said.standings.items()]
            }

    def _perhaps_new(self, looked: Looked, said: Said) -> None:
        """What is to be written should it be somebody else; not offered where that could not be written."""
        tried = Looked(looked.number, list(looked.cells))
        self._newcomer(tried, said)
        looked.facts |= tried.facts
        if tried.blocked:
            looked.offers.remove(Decision.NEW)

    def joins(self, said: Said, span: Span) -> dict[str, Any]:
        """The membership that begins, and the group where one is named."""
        group = {"group": self.grouped(said, span)} if said.group else {}
        return {"join": self.joined(said, span)} | group

    def joined(self, said: Said, span: Span) -> dict[str, Any]:
        assert said.home is not None
        return {
            "unit": said.home.card.id, "since": iso(span.start), "left": iso(said.left), "leaving": said.leaving,
            "joining": self.choices.joining,
        }  # fmt: skip

    def grouped(self, said: Said, span: Span) -> list[Any]:
        """The group, from the day on which both the membership and the group were there."""
        assert said.group is not None and span.starts_on is not None
        return [said.group.card.id, max(span.starts_on, said.group.card.life.starts_on or span.starts_on).isoformat()]

    def span_of(self, looked: Looked, said: Said) -> Span | None:
        """From when to when the row says that the person is a member of its unit; a sentence where that cannot be."""
        assert said.home is not None
        key = (said.home.card.id, said.member_since, said.values.get("union_since"),
               said.values.get("union_since_precision"), said.left, said.leaving)  # fmt: skip
        if (span := self._spans.get(key)) is None and (span := self._new_span(looked, said)) is not None:
            self._spans[key] = span
        return span

    def _new_span(self, looked: Looked, said: Said) -> Span | None:
        assert said.home is not None
        life = said.home.card.life
        since = said.member_since or self._since(said, life)
        if since is None:
            self.refuse(looked, "unit", _(
                "Chưa biết là đoàn viên của đơn vị từ ngày nào. Hãy điền cột “Ngày về đơn vị”, "
                "hoặc ghi “Có mặt ở đơn vị từ ngày” khi xác nhận các cột."
            ))  # fmt: skip
            return None
        if said.leaving and said.left is None:
            self.refuse(looked, "leaving", _("Có lý do rời đơn vị mà chưa có ngày. Hãy điền ngày rời đơn vị."))
            return None
        if said.left and said.left.last < since.first:
            self.refuse(looked, "left", _("Ngày rời đơn vị trước ngày vào (%(day)s). Hãy kiểm tra lại hai ngày.")
                        % {"day": partial(since)})  # fmt: skip
            return None
        span = Span.between(since, said.left)
        if not life.covers(span):
            where = "member_since" if said.member_since else "left"
            if life.starts_on and span.starts_on and span.starts_on < life.starts_on:
                told = _("Đơn vị hoạt động từ %(day)s. Hãy kiểm tra ngày về đơn vị.") % {"day": day(life.starts_on)}
            else:
                told = _("Đơn vị đã kết thúc hoạt động. Hãy kiểm tra ngày rời đơn vị.")
            self.refuse(looked, where, told)
            return None
        return span

    def _since(self, said: Said, life: Span) -> PartialDate | None:
        given = said.values.get("union_since")
        if given:
            precision = Precision(said.values.get("union_since_precision", "day"))
            since = PartialDate(date.fromisoformat(given), precision)
            if life.covers(Span.between(since, since)):
                return since
        present = self.choices.present_on
        return PartialDate(present, Precision.DAY) if present and life.holds(present) else None

    def refuse(self, looked: Looked, code: str, sentence: str) -> None:
        """The row cannot be written; said at the cell that is wrong, or of the row where there is none."""
        looked.blocked = True
        at = self.reader.at.get(code)
        if at is None:
            looked.told.append(sentence)
        else:
            looked.cells[at] = (looked.cells[at][0], State.ERROR, sentence)


def _home(found: Found) -> int | None:
    home = found.home()
    return home.unit_id if home else None
