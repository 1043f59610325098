"""Records that may be the person who is being entered, side by side with what was typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from nhiemky.foundation.refusals import Refusal
from nhiemky.foundation.roles import Right
from nhiemky.members.masking import Sight, shown, sight_of
from nhiemky.members.models import Person
from nhiemky.members.queries import life_of
from nhiemky.rules import vietnamese
from nhiemky.units.models import Unit
from nhiemky.units.queries import names_of
from nhiemky.web import access


@dataclass(frozen=True)
class Candidate:
    """A record as far as the reader may tell it from another; `href` where they may open it."""

    code: str
    name: str
    facts: tuple[tuple[str, str], ...]
    where: str
    is_member: bool
    is_here: bool
    href: str
    transfer: str


def shown_pairs(request: HttpRequest, found: Sequence[Person], unit: Unit) -> list[Candidate]:
    """The records found, as the officer of `unit` may see them."""
    return [_candidate(request, person, unit) for person in found]


def _candidate(request: HttpRequest, person: Person, unit: Unit) -> Candidate:
    today = access.today()
    life = life_of(person)
    now = life.membership_on(today)
    last = now or (life.known[0] if life.known else None)
    readable = last is not None and access.can(request, Right.READ, last.unit)
    sight = sight_of(request.user, last.unit, today) if last and readable else Sight.FAR  # type: ignore[arg-type]
    where = _("chưa ở đơn vị nào")
    if last and readable:
        name = names_of([last.unit_id], today)[last.unit_id].name
        where = f"{name} ({vietnamese.span(last.span)})"
    elif last:
        where = _("một đơn vị khác, ngoài phạm vi của bạn")
    facts = [(label, shown(person, code, sight)) for code, label in _told(readable or last is None)]
    return Candidate(
        code=person.code,
        name=person.shown,
        facts=tuple((label, value) for label, value in facts if value),
        where=where,
        is_member=now is not None,
        is_here=now is not None and now.unit_id == unit.pk,
        href=reverse("web.members.person", args=[person.code]) if readable else "",
        transfer=reverse("web.transfers.new", args=[person.code])
        if now and access.can(request, Right.RECORD, now.unit)
        else "",
    )


def _told(reaches: bool) -> list[tuple[str, str]]:
    told = [("born", _("Ngày sinh")), ("sex", _("Giới tính")), ("id_number", _("Số CCCD"))]
    # of a member of others the number of the card opens a transfer: the officer has it from the card itself
    return [*told, ("card", _("Số thẻ"))] if reaches else told


def refuse_member(request: HttpRequest, person: Person | None, unit: Unit, today: date) -> None:
    """Who is a member somewhere today joins by a transfer, not by being entered again."""
    now = life_of(person).membership_on(today) if person else None
    if now is None:
        return
    if now.unit_id == unit.pk:
        raise Refusal(_("Người này đang là đoàn viên của đơn vị. Hãy mở hồ sơ của người đó, không ghi thêm."))
    if not access.can(request, Right.READ, now.unit):
        raise Refusal(_("Người này đang là đoàn viên của một đơn vị khác. Hãy làm thủ tục chuyển sinh hoạt về đơn vị."))
    raise Refusal(
        _("Người này đang là đoàn viên của %(unit)s. Hãy đề nghị đơn vị đó làm thủ tục chuyển sinh hoạt.")
        % {"unit": names_of([now.unit_id], today)[now.unit_id].name}
    )
