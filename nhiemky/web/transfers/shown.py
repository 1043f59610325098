"""What pages show of transfers: names of both ends, how long one waits and for whom; nothing to compute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from nhiemky.foundation import clock
from nhiemky.members.models import OPEN, Transfer, TransferState
from nhiemky.rules import vietnamese
from nhiemky.units.queries import names_of


@dataclass(frozen=True)
class TransferShown:
    """A transfer in a list. `waits` says whom it waits for and since when; empty when it waits for nothing."""

    code: str
    href: str
    name: str
    start: str
    end: str
    state: str
    tone: str
    waits: str
    days: int
    last_day: str
    first_day: str


def transfers_shown(rows: Sequence[Transfer], today: date) -> list[TransferShown]:
    """The transfers, with the names of their units in one statement."""
    units = {each for row in rows for each in (row.unit_id, row.to_unit_id) if each}
    names = {card.id: card.short for card in names_of(units, today).values()} if units else {}
    return [_shown(row, names, today) for row in rows]


def _shown(row: Transfer, names: dict[int, str], today: date) -> TransferShown:
    days = (today - clock.local_day(row.asked_at)).days
    return TransferShown(
        row.code,
        reverse("web.transfers.transfer", args=[row.code]),
        row.person.shown,
        names[row.unit_id],
        names[row.to_unit_id] if row.to_unit_id else row.outside,
        str(row.get_state_display()),
        tone_of(row),
        _waits(row),
        days,
        vietnamese.day(row.last_day),
        vietnamese.day(row.first_day) if row.first_day and row.state == TransferState.ACCEPTED else "",
    )


def _waits(row: Transfer) -> str:
    if row.state not in OPEN:
        return ""
    return _("chờ đơn vị cũ đồng ý") if row.by_receiver else _("chờ đơn vị nhận trả lời")


def tone_of(row: Transfer) -> str:
    """How the tag of its state looks."""
    return {TransferState.ACCEPTED: "go", TransferState.REFUSED: "warn"}.get(TransferState(row.state), "")


def waited(days: int) -> str:
    """'đã chờ 12 ngày'."""
    return _("đã chờ %(days)s ngày") % {"days": vietnamese.number(days)} if days > 0 else _("đề nghị hôm nay")
