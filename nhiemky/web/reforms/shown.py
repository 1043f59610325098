"""Rows of a plan as sentences, and events as lines of a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from nhiemky.foundation import catalogue
from nhiemky.reforms.actions import written_decision
from nhiemky.reforms.models import Reorganisation, State
from nhiemky.reforms.queries.directory import Directory
from nhiemky.reforms.queries.plan import Told, laid_out
from nhiemky.reforms.rows import Do, Row
from nhiemky.reforms.wording import short_of
from nhiemky.rules import vietnamese
from nhiemky.rules.vietnamese import fold
from nhiemky.units.queries import card
from nhiemky.web import access

TONES = {State.DRAFT: "warn", State.APPLIED: "go"}


@dataclass(frozen=True)
class RowShown:
    """A row: its number, what it does in a sentence, and what is wrong with it."""

    at: int
    sentence: str
    more: str
    faults: Sequence[str] = ()


@dataclass(frozen=True)
class EventShown:
    """An event in a list."""

    href: str
    title: str
    day: str
    state: str
    tone: str
    more: str


def about(event: Reorganisation) -> dict[str, Any]:
    """What every page of an event shows over its own."""
    return {
        "event": event,
        "unit": card(event.unit, access.today()),
        "fictional": event.unit.fictional,
        "day": vietnamese.day(event.day),
        "decision": written_decision(event),
        "state": event.get_state_display(),
        "tone": TONES.get(State(event.state), ""),
    }


def event_shown(event: Reorganisation) -> EventShown:
    more = [written_decision(event)]
    if event.state == State.DRAFT:
        more.append(_("%(count)s việc") % {"count": vietnamese.number(len(event.plan))})
    return EventShown(
        href=reverse("web.reforms.event", args=[event.code]),
        title=event.title,
        day=vietnamese.day(event.day),
        state=event.get_state_display(),
        tone=TONES.get(State(event.state), ""),
        more=" · ".join(filter(None, more)),
    )


class Names:
    """What the units of a plan are called, those that it founds too."""

    def __init__(self, event: Reorganisation, rows: Sequence[Row]) -> None:
        self.directory = Directory(event.unit, event.day)
        self.new: dict[str, str] = {}
        for row in rows:
            if row.name and row.do in (Do.FOUND, Do.MERGE, Do.SPLIT):
                short = row.short or short_of(row.name)
                code = row.unit if row.do is Do.FOUND else row.to
                for text in (code, row.name, short):
                    if text:
                        self.new.setdefault(fold(text), short)

    def founded(self) -> list[str]:
        """The units that the plan founds, by name."""
        return list(dict.fromkeys(self.new.values()))

    def of(self, text: str) -> str:
        """The short name of the unit with this code or name; what was written, where nobody is known by it."""
        if not text.strip():
            return _("(chưa ghi đơn vị)")
        if found := self.directory.find(text):
            return self.directory.name(found)
        return self.new.get(fold(text), text.strip())

    def parent_of(self, text: str) -> str:
        found = self.directory.find(text)
        parent = self.directory.history.edge_of(found, self.directory.day) if found else None
        return self.directory.name(parent) if parent else ""


def sentence_of(row: Row, names: Names) -> str:
    """What the row does: 'Chuyển CĐCS A từ LĐLĐ huyện B về CĐ phường C'."""
    new = _("đơn vị mới %(name)s") % {"name": row.short or short_of(row.name)} if row.name else ""
    said = {
        "unit": names.of(row.unit) if row.unit or row.do is not Do.FOUND else "",
        "to": new if new and row.do in (Do.MERGE, Do.SPLIT) else names.of(row.to) if row.to else names.directory.name(names.directory.top.code),
        "name": row.name,
        "parent": names.parent_of(row.unit) if row.do is Do.MOVE else "",
        "kind": _kind(row),
        "person": row.person,
    }  # fmt: skip
    return str(_words(row, said) % said)


def _words(row: Row, said: dict[str, str]) -> str:
    if row.do is Do.MOVE and said["parent"]:
        return _("Chuyển %(unit)s từ %(parent)s về %(to)s")
    return {
        Do.FOUND: _("Thành lập %(name)s trực thuộc %(to)s"),
        Do.RENAME: _("Đổi tên %(unit)s thành %(name)s"),
        Do.RETYPE: _("Đổi loại %(unit)s thành %(kind)s"),
        Do.MOVE: _("Chuyển %(unit)s về %(to)s"),
        Do.MERGE: _("Nhập %(unit)s vào %(to)s"),
        Do.SPLIT: _("Tách %(unit)s sang %(to)s"),
        Do.END: _("Kết thúc hoạt động của %(unit)s"),
        Do.INHERIT: _("%(to)s thừa kế số liệu của %(unit)s"),
        Do.REVIVE: _("Lập lại %(unit)s trực thuộc %(to)s"),
        Do.ALLOT: _("Chia đoàn viên %(person)s của %(unit)s về %(to)s"),
    }[row.do]


def _kind(row: Row) -> str:
    kinds = catalogue.terms("catalogue/unit-kinds.toml", "unit_kind")
    blocks = catalogue.terms("catalogue/blocks.toml", "block")
    parts = [kinds[row.kind].label if row.kind in kinds else row.kind]
    if row.block:
        block = blocks[row.block].label if row.block in blocks else row.block
        parts.append(_("khối %(block)s") % {"block": block})
    return ", ".join(filter(None, parts))


def more_of(row: Row) -> str:
    """What else the row says, after the sentence."""
    parts = [_kind(row)] if row.do is not Do.RETYPE else []
    if row.territory:
        parts.append(_("địa bàn %(where)s") % {"where": row.territory})
    parts += [_("thừa kế số liệu")] if row.heir else []
    parts += [_("nhận phần còn lại")] if row.rest else []
    return " · ".join(filter(None, parts))


def rows_shown(rows: Sequence[Row], names: Names, told: dict[int, list[str]]) -> list[RowShown]:
    return [RowShown(row.at, sentence_of(row, names), more_of(row), told.get(row.at, ())) for row in rows]


def faults_by_row(event: Reorganisation, rows: Sequence[Row]) -> dict[int, list[str]]:
    """Number of the row -> what is wrong with it; 0 is the whole plan."""
    plan = laid_out(event.unit, rows, event.day)
    found: dict[int, list[str]] = {}
    for each in plan if isinstance(plan, list) else []:
        assert isinstance(each, Told)
        found.setdefault(each.at, []).append(each.sentence)
    return found
