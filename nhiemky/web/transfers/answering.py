"""One transfer with its history: received, refused, taken back, and its letter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from nhiemky.documents.queries import issued_formats
from nhiemky.foundation import clock
from nhiemky.foundation.refusals import Refusal
from nhiemky.foundation.roles import Right
from nhiemky.members.actions import accept_transfer, refuse_transfer, withdraw_transfer
from nhiemky.members.masking import Sight, shown, sight_of
from nhiemky.members.models import OPEN, Transfer, TransferState
from nhiemky.members.particulars import fields
from nhiemky.members.queries import posts_left, transfer_coded
from nhiemky.reports.actions import LETTERED, issue_letter
from nhiemky.reports.queries import letters_of
from nhiemky.rules import vietnamese
from nhiemky.units.queries import names_of
from nhiemky.web import access
from nhiemky.web.dates import moment, typed_day
from nhiemky.web.frame import answered
from nhiemky.web.members.links import person_href, readable_people
from nhiemky.web.transfers.shown import tone_of, waited

# what the other unit needs to know whom it has before it
FACTS = ("card", "born", "sex", "union_since", "job")
Act = Callable[[HttpRequest, Transfer], str]


@access.signed_in
@require_safe
def transfer(request: HttpRequest, code: str) -> HttpResponse:
    return _page(request, access.transfer_to_read(request, code))


@access.form
def accept(request: HttpRequest, code: str) -> HttpResponse:
    return _act(request, code, _accept)


@access.form
def refuse(request: HttpRequest, code: str) -> HttpResponse:
    return _act(request, code, _refuse)


@access.form
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    return _act(request, code, _withdraw)


@access.form
def letter(request: HttpRequest, code: str) -> HttpResponse:
    return _act(request, code, _issue)


def _act(request: HttpRequest, code: str, act: Act) -> HttpResponse:
    """Do it and show the page again; where a person lands who had to sign in again, the page."""
    row = access.transfer_to_read(request, code)
    if request.method != "POST":
        return redirect("web.transfers.transfer", row.code)

    def page(faults: Sequence[str], status: int) -> HttpResponse:
        return _page(request, transfer_coded(row.code) or row, act, faults, status)

    def done(said: str) -> HttpResponse:
        if said:
            messages.success(request, said)
        return redirect("web.transfers.transfer", row.code)

    return answered(request, page, lambda: _said(request, row, act), done)


def _said(request: HttpRequest, row: Transfer, act: Act) -> str:
    """What the act says; where it was answered while this waited, the same answer of the same person is no fault."""
    try:
        return act(request, row)
    except Refusal:
        now = transfer_coded(row.code)
        if now is None or now.state == row.state:
            raise
        return act(request, now)


def _accept(request: HttpRequest, row: Transfer) -> str:
    first = typed_day(request.POST.get("ngay-dau", "").strip(), _("Ngày đầu ở đơn vị mới"))
    if _was(request, row, TransferState.ACCEPTED) and row.first_day == first:
        return ""
    accept_transfer(by=request.user, transfer=row, first_day=first, today=access.today())
    return _("Đã tiếp nhận. Từ ngày %(day)s đồng chí %(name)s là đoàn viên của đơn vị mới.") % {
        "day": vietnamese.day(first), "name": row.person.shown,
    }  # fmt: skip


def _refuse(request: HttpRequest, row: Transfer) -> str:
    answer = request.POST.get("ly-do", "")
    if _was(request, row, TransferState.REFUSED) and row.answer == vietnamese.clean(answer):
        return ""
    refuse_transfer(by=request.user, transfer=row, answer=answer)
    return _("Đã trả lời không tiếp nhận. Đoàn viên vẫn ở đơn vị cũ.")


def _withdraw(request: HttpRequest, row: Transfer) -> str:
    answer = request.POST.get("ly-do", "")
    if _was(request, row, TransferState.WITHDRAWN) and row.answer == vietnamese.clean(answer):
        return ""
    withdraw_transfer(by=request.user, transfer=row, answer=answer)
    return _("Đã rút lại. Đoàn viên vẫn ở đơn vị cũ.")


def _issue(request: HttpRequest, row: Transfer) -> str:
    issue_letter(by=request.user, transfer=row, number=request.POST.get("so-giay", ""), today=access.today())
    return _("Đã cấp giấy giới thiệu. Hai tệp dưới đây được giữ nguyên từ nay về sau.")


def _was(request: HttpRequest, row: Transfer, state: TransferState) -> bool:
    """Whether this person did just that before: the button was pressed twice."""
    return row.state == state and row.answered_by == request.user


def _page(
    request: HttpRequest, row: Transfer, act: Act | None = None, faults: Sequence[str] = (), status: int = 200
) -> HttpResponse:
    today = access.today()
    names = names_of([each for each in (row.unit_id, row.to_unit_id) if each], today)
    readable = {unit.pk: access.can(request, Right.READ, unit) for unit in (row.unit, row.to_unit) if unit}
    records = {unit.pk: access.can(request, Right.RECORD, unit) for unit in (row.unit, row.to_unit) if unit}
    waits, asker, answerer = row.state in OPEN, row.asker, row.answerer
    near = sight_of(request.user, row.unit, today) is Sight.NEAR  # type: ignore[arg-type]
    lettered = row.state in LETTERED
    context = {
        "transfer": row,
        "name": row.person.shown,
        "start": names[row.unit_id],
        "end": names[row.to_unit_id] if row.to_unit_id else None,
        "reads_start": readable[row.unit_id],
        "reads_end": bool(row.to_unit_id and readable[row.to_unit_id]),
        "home": names[row.unit_id] if readable[row.unit_id] else names[row.to_unit_id or row.unit_id],
        "tone": tone_of(row),
        "waits": waits,
        "waited": waited((today - clock.local_day(row.asked_at)).days) if waits else "",
        "answerer": names[answerer.pk].short if answerer else "",
        "href": _href(request, row),
        "facts": _facts(request, row, readable[row.unit_id]),
        "posts": posts_left(row.person, row.to_unit, today) if waits and readable[row.unit_id] else [],
        "last_day": vietnamese.day(row.last_day),
        "first_day": vietnamese.day(row.first_day) if row.first_day else "",
        "gap": _gap(row),
        "history": _history(row),
        "may_answer": waits and answerer is not None and records[answerer.pk],
        "may_withdraw": (waits or row.state == TransferState.SENT) and asker is not None and records[asker.pk],
        "may_issue": lettered and near and access.can(request, Right.ISSUE, row.unit),
        "letters": [(each, issued_formats(each)) for each in letters_of(row)] if readable[row.unit_id] else [],
        "near": near,
        "lettered": lettered and readable[row.unit_id],
        "faults": faults,
        "acted": act.__name__.strip("_") if act else "",
        "typed": _typed(request, row, act, today),
        "fictional": row.unit.fictional,
    }
    return render(request, "web/transfers/transfer.html", context, status=status)


def _facts(request: HttpRequest, row: Transfer, reads_start: bool) -> list[tuple[str, str]]:
    """Particulars that tell whom it is about; none for a unit that asked for somebody and was not answered yet."""
    if not reads_start and row.by_receiver and row.state != TransferState.ACCEPTED:
        return []
    reader: Any = request.user
    keeps = row.to_unit if row.state == TransferState.ACCEPTED and row.to_unit else row.unit
    sight = sight_of(reader, keeps, access.today())
    return [(fields()[code].label, text) for code in FACTS if (text := shown(row.person, code, sight))]


def _href(request: HttpRequest, row: Transfer) -> str:
    """The page of the person, where the reader may open it."""
    person = row.person.same_as or row.person
    return person_href(person.code) if readable_people(request, [person.pk]) else ""


def _gap(row: Transfer) -> str:
    """The days between the letter's last day and the first day at the new unit, spent in the old one."""
    if row.state != TransferState.ACCEPTED or row.first_day is None or (row.first_day - row.last_day).days < 2:
        return ""
    first, last = row.last_day + timedelta(days=1), row.first_day - timedelta(days=1)
    return f"{vietnamese.day(first)} – {vietnamese.day(last)}"


def _history(row: Transfer) -> list[tuple[str, str, str, str]]:
    """(when, what, by whom, why) of each step."""
    asked = _("Đơn vị nhận đề nghị") if row.by_receiver else _("Đơn vị cũ đề nghị")
    asked = _("Cấp giấy chuyển ra ngoài hệ thống") if not row.to_unit_id else asked
    steps = [(moment(row.asked_at), asked, str(row.asked_by), row.reason)]
    if row.answered_at:
        what = str(row.get_state_display())
        steps.append((moment(row.answered_at), what[:1].upper() + what[1:], str(row.answered_by), row.answer))
    return steps


def _typed(request: HttpRequest, row: Transfer, act: Act | None, today: date) -> dict[str, str]:
    """What was typed into the form that was refused, and what the others begin with."""
    # nobody is received before the letter's last day has passed
    begin = max(row.first_day or today, row.last_day + timedelta(days=1)).isoformat()
    typed = {"ngay_dau": begin, "ly_do_khong": "", "ly_do_rut": "", "so_giay": row.number}
    given: dict[Act, tuple[str, str]] = {
        _accept: ("ngay_dau", "ngay-dau"),
        _refuse: ("ly_do_khong", "ly-do"),
        _withdraw: ("ly_do_rut", "ly-do"),
    }
    if act:
        name, field = given.get(act, ("so_giay", "so-giay"))
        typed[name] = request.POST.get(field, "").strip()
    return typed
