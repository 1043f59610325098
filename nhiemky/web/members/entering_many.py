"""Entering several members by one decision: a collective application, or the list of those who founded a union."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zlib import crc32

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from nhiemky.foundation.refusals import Refusal
from nhiemky.members.actions import Newcomer, admit_members
from nhiemky.members.models import Membership, Person
from nhiemky.members.particulars import read
from nhiemky.members.queries import alike
from nhiemky.units.models import Unit
from nhiemky.web import access
from nhiemky.web.members import same_person
from nhiemky.web.members.boxes import Typed
from nhiemky.web.members.entering import OTHER, Joining, says, with_admission
from nhiemky.web.members.forms import Part, Sheet, Write, handled, typed_in
from nhiemky.web.units.ended import no_more_members

MOST = 200
ORDER = ("name", "born", "sex", "id_number")


@dataclass
class Row:
    """A line of the list: who it says, and who the register has that may be the same."""

    number: int
    text: str
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    found: list[Person] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The name of the choice beside the line; it stays with the line when others are put before it."""
        return f"la-{crc32(self.text.encode()):08x}"


@access.form
def new_many(request: HttpRequest, code: str) -> HttpResponse:
    """Names line by line, one decision for all of them."""
    unit = access.unit_to_record(request, code)
    no_more_members(request, unit)
    typed = typed_in(request)
    join = Joining(typed, unit, "collective")
    rows = _rows(typed, unit) if typed.sent else []
    doubtful = [row for row in rows if row.found]

    def sheet() -> Sheet:
        lead = _("Mỗi người một dòng: họ và tên; ngày sinh; giới tính; số CCCD. Phần nào chưa có thì bỏ trống.")
        people = typed.box(
            "danh-sach", _("Danh sách"), kind="area", longest=20_000, wanted=True,
            help=_("Ví dụ: Nguyễn Thị Lan; 5/6/1988; nữ; 001188000123. Dán từ Excel cũng được."),
        )  # fmt: skip
        pairs = [
            (row, typed.given.get(row.key, ""), same_person.shown_pairs(request, row.found, unit)) for row in doubtful
        ]
        parts = [Part("", [people], lead=lead), Part(_("Vào công đoàn"), join.boxes())]
        given = {"pairs": pairs, "other": OTHER}
        return Sheet(
            "nhieu-doan-vien", _("Thêm nhiều đoàn viên"), _("Ghi cả danh sách"), parts,
            template="web/members/new_many.html", given=given,
        )  # fmt: skip

    def do(code: str) -> list[Membership]:
        newcomers = _decided(request, typed, unit, rows, join)
        return admit_members(by=request.user, unit=unit, newcomers=newcomers, code=code, **join.given())

    def find(code: str) -> list[Membership] | None:
        first = Membership.objects.filter(code=code, unit=unit)
        others = Membership.objects.filter(code__startswith=f"{code}-", unit=unit)
        return sorted((first | others).select_related("person"), key=lambda row: row.pk) or None

    def is_same(made: list[Membership]) -> bool:
        return len(made) == len(rows) and all(
            join.is_of(one) and _is_of(one, row, typed, join) for one, row in zip(made, rows, strict=True)
        )

    def done(made: list[Membership]) -> str:
        warnings = [f"{row.values['name']}: {each}" for row in rows for each in row.warnings]
        said = _("Đã ghi %(count)s đoàn viên: %(names)s.") % {
            "count": len(made), "names": ", ".join(each.person.name for each in made[:10]) + (", …" if made[10:] else ""),
        }  # fmt: skip
        return " ".join([said, *warnings[:5]])

    go = reverse("web.members.list", args=[unit.code])
    return handled(request, unit, typed, sheet, Write(find, is_same, do, done, lambda made: go))


def _is_of(made: Membership, row: Row, typed: Typed, join: Joining) -> bool:
    chosen = typed.given.get(row.key, "")
    if chosen and chosen != OTHER:
        return made.person.code == chosen
    return says(made.person, with_admission(row.values, join))


def _rows(typed: Typed, unit: Unit) -> list[Row]:
    """The lines, read; what is wrong with them stands beside the list."""
    lines = [line for line in typed.given.get("danh-sach", "").splitlines() if line.strip(" ;\t")]
    if not lines:
        typed.wrong["danh-sach"] = _("Danh sách đang trống. Hãy ghi mỗi người một dòng.")
    if len(lines) > MOST:
        typed.wrong["danh-sach"] = _("Danh sách có %(count)s dòng, nhiều nhất %(most)s. Hãy chia ra nhiều lần ghi.") % {
            "count": len(lines), "most": MOST,
        }  # fmt: skip
        return []
    rows = [_row(number, line, typed.today) for number, line in enumerate(lines, 1)]
    _mark_twice(rows)
    if faults := [fault for row in rows for fault in row.faults]:
        more = len(faults) - 5
        said = " ".join(faults[:5])
        typed.wrong["danh-sach"] = (
            said if more <= 0 else _("%(said)s Và %(more)s chỗ nữa.") % {"said": said, "more": more}
        )
    if not typed.wrong:
        for row in rows:
            row.found = alike(row.values, unit)
    return rows


def _row(number: int, line: str, today: date) -> Row:
    row = Row(number, line.strip())
    parts = [part.strip() for part in re.split(r"[;\t]", line)]
    if len(parts) > len(ORDER) and any(parts[len(ORDER) :]):
        row.faults.append(_("Dòng %(n)s có nhiều hơn bốn phần.") % {"n": number})
    for code, text in zip(ORDER, [*parts, "", "", ""], strict=False):
        found = read(code, text, today)
        row.values |= found.values
        if found.error:
            row.faults.append(_("Dòng %(n)s: %(fault)s") % {"n": number, "fault": found.error})
        if found.warning:
            row.warnings.append(found.warning)
    return row


def _mark_twice(rows: list[Row]) -> None:
    """The same person on two lines."""
    seen: dict[Any, int] = {}
    for row in rows:
        keys = [key for key in (_identity(row.values), row.values.get("id_digest")) if key]
        before = [seen[key] for key in keys if key in seen]
        if before:
            row.faults.append(_("Dòng %(n)s trùng dòng %(m)s.") % {"n": row.number, "m": before[0]})
        for key in keys:
            seen.setdefault(key, row.number)


def _identity(values: Mapping[str, Any]) -> Any:
    return (values.get("folded"), values["born_on"]) if values.get("born_on") else None


def _decided(request: HttpRequest, typed: Typed, unit: Unit, rows: list[Row], join: Joining) -> list[Newcomer]:
    newcomers, faults = [], []
    for row in rows:
        answer = typed.given.get(row.key, "")
        chosen = next((each for each in row.found if each.code == answer), None)
        if row.found and chosen is None and answer != OTHER:
            faults.append(
                _("Dòng %(n)s giống người đã có trong sổ. Hãy so hai bên ở dưới rồi chọn.") % {"n": row.number}
            )
        try:
            same_person.refuse_member(request, chosen, unit, access.today())
        except Refusal as refusal:
            faults += [_("Dòng %(n)s: %(fault)s") % {"n": row.number, "fault": each} for each in refusal.sentences]
        newcomers.append(Newcomer({} if chosen else with_admission(row.values, join), chosen))
    if faults:
        raise Refusal.of(faults)
    return newcomers
