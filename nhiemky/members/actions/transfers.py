"""Writes of transfers: one unit asks, the other answers, and until then the person stays a member where they are.

Receiving is one act: the old membership ends the day before the new one begins, so nobody is ever in two units or none
(charter 2.2). A gap between the last day in the letter and the first day at the new unit is spent in the old unit.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Model
from django.utils.translation import gettext as _

from nhiemky.foundation import clock
from nhiemky.foundation.audit import write_event
from nhiemky.foundation.batch import keep
from nhiemky.foundation.door import action
from nhiemky.foundation.models import User, new_code
from nhiemky.foundation.refusals import Refusal
from nhiemky.members.actions.memberships import correct_membership, join_unit, leave_unit
from nhiemky.members.models import OPEN, Membership, Person, Transfer, TransferState
from nhiemky.members.queries.persons import home_of, memberships_known
from nhiemky.members.queries.transfers import (
    looked_too_often,
    named_exactly,
    open_transfer,
    receives_members,
    running_at,
    transfer_coded,
)
from nhiemky.rules.timeline import PartialDate, Precision, Span
from nhiemky.rules.vietnamese import clean, day
from nhiemky.units.models import Unit

ONE_DAY = timedelta(days=1)
LONGEST_AHEAD = timedelta(days=366)


@action("members.transfer.ask", calls=("members.membership.leave",))
def ask_transfer(
    *,
    by: User,
    unit: Unit,
    person: Person,
    last_day: date,
    today: date,
    to_unit: Unit | None = None,
    outside: str = "",
    reason: str = "",
    number: str = "",
    code: str = "",
) -> Transfer:
    """The unit lets its member go: to a unit of the system, which answers; or outside, and then the letter ends it."""
    outside = clean(outside)
    if (to_unit is None) == (not outside):
        raise Refusal(_("Chưa rõ chuyển đi đâu. Hãy chọn đơn vị nhận, hoặc ghi nơi đến ngoài hệ thống."))
    membership = _member_of(person, unit)
    start = membership.span.start
    if start and last_day < start.first:
        raise Refusal(_("Ngày cuối trước ngày vào đơn vị. Hãy kiểm tra lại ngày."))
    if last_day > today + LONGEST_AHEAD:
        raise Refusal(_("Ngày cuối còn hơn một năm nữa mới đến. Hãy kiểm tra lại năm."))
    _refuse_second(person)
    if to_unit is not None:
        _check_receiver(unit, to_unit, today)
    transfer = Transfer(
        code=code or new_code(), person=person, unit=unit, to_unit=to_unit, last_day=last_day, asked_at=clock.now(),
        asked_by=by, outside=_fit(Transfer, "outside", outside, _("Nơi đến")),
        reason=_fit(Transfer, "reason", reason, _("Lý do")), number=_fit(Transfer, "number", number, _("Số giấy")),
    )  # fmt: skip
    if to_unit is None:
        transfer.state = TransferState.SENT
        _end(by, membership, last_day, transfer.number)
    keep(transfer)
    _tell(transfer, unit)
    return transfer


@action("members.transfer.look")
def look_for_member(*, by: User, unit: Unit, name: str, number: str) -> Person | None:
    """The person of exactly this name and card or identity number, wherever they are a member; None when there is none.

    Every look leaves a trace, and there are only so many of them: a register of others is not to be searched.
    """
    if not clean(name) or not clean(number):
        raise Refusal(_("Hãy ghi đủ họ tên và số thẻ đoàn viên hoặc số CCCD, đúng như trên giấy."))
    if looked_too_often(by, unit, clock.now()):
        raise Refusal(
            _("Đã tìm quá nhiều lần. Hãy đợi một giờ, hoặc nhờ đơn vị cũ làm giấy giới thiệu chuyển sinh hoạt.")
        )
    found = named_exactly(name, number)
    write_event(subject=f"unit:{unit.code}", unit=unit.code, data={"found": len(found)})
    return found[0] if len(found) == 1 else None


@action("members.transfer.request")
def request_transfer(
    *, by: User, unit: Unit, person: Person, first_day: date, today: date, reason: str = "", code: str = ""
) -> Transfer:
    """The receiving unit begins: a member of another unit came with their card; the old unit is asked to agree."""
    home = home_of(person)
    old = running_at(person, home.unit) if home else None
    if old is None:
        raise Refusal(_("Người này hiện không sinh hoạt ở đơn vị nào trong hệ thống. Hãy ghi thẳng vào sổ đoàn viên."))
    if old.unit_id == unit.pk:
        raise Refusal(_("Người này đang là đoàn viên của đơn vị. Hãy mở sổ đoàn viên."))
    _refuse_second(person)
    _check_receiver(old.unit, unit, today)
    start = old.span.start
    if start and first_day <= start.first:
        raise Refusal(_("Ngày đầu không sau ngày vào đơn vị cũ. Hãy kiểm tra lại ngày."))
    if first_day > today + LONGEST_AHEAD:
        raise Refusal(_("Ngày đầu còn hơn một năm nữa mới đến. Hãy kiểm tra lại năm."))
    transfer = Transfer(
        code=code or new_code(), person=person, unit=old.unit, to_unit=unit, by_receiver=True,
        state=TransferState.REQUESTED, last_day=first_day - ONE_DAY, first_day=first_day, asked_at=clock.now(),
        asked_by=by, reason=_fit(Transfer, "reason", reason, _("Lý do")),
    )  # fmt: skip
    keep(transfer)
    _tell(transfer, unit)
    return transfer


@action("members.transfer.accept", calls=("members.membership.leave", "members.membership.join"))
def accept_transfer(*, by: User, transfer: Transfer, first_day: date, today: date, code: str = "") -> Membership:
    """The person is received on that day; gives the new membership, whose `code` may be chosen."""
    now = _waiting(transfer)
    assert now.to_unit is not None
    old = running_at(now.person, now.unit)
    if old is None:
        raise Refusal(
            _(
                "Người này đã rời đơn vị cũ trong khi chờ, nên không còn gì để chuyển. Hãy rút đề nghị này, rồi ghi thẳng vào sổ."
            )
        )
    if first_day <= now.last_day:
        raise Refusal(
            _("Ngày đầu ở đơn vị mới phải sau ngày cuối ở đơn vị cũ là %(day)s. Hãy ghi ngày khác.")
            % {"day": day(now.last_day)}
        )
    if first_day > today:
        raise Refusal(
            _("Ngày %(day)s chưa đến. Đoàn viên vẫn ở đơn vị cũ đến lúc đó; hãy tiếp nhận vào đúng ngày.")
            % {"day": day(first_day)}
        )
    start = old.span.start
    if start and first_day <= start.first:
        raise Refusal(_("Ngày đầu không sau ngày vào đơn vị cũ. Hãy kiểm tra lại ngày."))
    for on in (first_day, today):
        _check_receiver(now.unit, now.to_unit, on)
    _end(by, old, first_day - ONE_DAY, now.number)
    made: Membership = join_unit(
        by=by, unit=now.to_unit, person=now.person, valid=Span(first_day, None), joining="moved", decision=now.number,
        code=code or new_code(),
    )  # fmt: skip
    _answer(transfer, now, by, TransferState.ACCEPTED, first_day=first_day)
    return made


@action("members.transfer.refuse")
def refuse_transfer(*, by: User, transfer: Transfer, answer: str) -> None:
    """Nothing moves: the person stays a member where they are."""
    now = _waiting(transfer)
    if not clean(answer):
        raise Refusal(_("Chưa có lý do. Hãy ghi vì sao, để đơn vị kia biết phải làm gì."))
    _answer(transfer, now, by, TransferState.REFUSED, answer=_fit(Transfer, "answer", answer, _("Lý do")))


@action("members.transfer.withdraw", calls=("members.membership.correct",))
def withdraw_transfer(*, by: User, transfer: Transfer, answer: str = "") -> None:
    """Whoever began it takes it back. From outside the person comes back as if they had not gone."""
    now = _fresh(transfer)
    if now.state == TransferState.SENT:
        _bring_back(by, now)
    else:
        _waiting(transfer)
    _answer(transfer, now, by, TransferState.WITHDRAWN, answer=_fit(Transfer, "answer", answer, _("Lý do")))


def _bring_back(by: User, sent: Transfer) -> None:
    rows = memberships_known(sent.person)
    gone = [
        row
        for row in rows
        if row.unit_id == sent.unit_id and row.span.last_day == sent.last_day and row.leaving == "moved"
    ]
    if not gone or any((row.starts_on or date.min) > sent.last_day for row in rows):
        raise Refusal(_("Việc sinh hoạt của người này đã ghi khác đi từ lúc cấp giấy. Hãy sửa trong sổ đoàn viên."))
    for row in gone:
        correct_membership(
            by=by, membership=row, valid=Span(row.starts_on, None, Precision(row.start_precision)),
            joining=row.joining, leaving="", leaving_decision="",
        )  # fmt: skip


def _end(by: User, membership: Membership, last: date, number: str) -> None:
    leave_unit(
        by=by, membership=membership, last=PartialDate(last, Precision.DAY), leaving="moved", leaving_decision=number
    )


def _member_of(person: Person, unit: Unit) -> Membership:
    membership = running_at(person, unit)
    if membership is None:
        raise Refusal(_("Người này không còn là đoàn viên của đơn vị. Hãy mở lại sổ đoàn viên."))
    return membership


def _refuse_second(person: Person) -> None:
    other = open_transfer(person)
    if other is not None:
        raise Refusal(
            _(
                "Người này đang chờ một lần chuyển sinh hoạt, đề nghị ngày %(day)s. Hãy để lần đó xong hoặc rút lại trước."
            )
            % {"day": day(clock.local_day(other.asked_at))}
        )


def _check_receiver(unit: Unit, to_unit: Unit, on: date) -> None:
    if to_unit.pk == unit.pk:
        raise Refusal(_("Đơn vị nhận là chính đơn vị đang sinh hoạt. Hãy chọn đơn vị khác."))
    if not to_unit.lives_on(on):
        raise Refusal(_("Đơn vị nhận không hoạt động vào ngày %(day)s. Hãy chọn đơn vị khác.") % {"day": day(on)})
    if not receives_members(to_unit, on):
        raise Refusal(_("Đoàn viên sinh hoạt ở công đoàn cơ sở. Hãy chọn một công đoàn cơ sở; tổ được ghi sau."))
    if to_unit.fictional != unit.fictional:
        raise Refusal(_("Không chuyển giữa đơn vị hư cấu và đơn vị có thật. Hãy chọn đơn vị khác."))


def _fresh(transfer: Transfer) -> Transfer:
    """As it stands now, whatever the page that was open says."""
    now = transfer_coded(transfer.code)
    assert now is not None
    return now


def _waiting(transfer: Transfer) -> Transfer:
    now = _fresh(transfer)
    if now.state not in OPEN:
        raise Refusal(
            _("Lần chuyển sinh hoạt này đã xong (%(state)s), không còn chờ trả lời. Hãy tải lại trang.")
            % {"state": now.get_state_display()}
        )
    return now


def _answer(transfer: Transfer, now: Transfer, by: User, state: TransferState, **fields: object) -> None:
    now.state, now.answered_at, now.answered_by = state, clock.now(), by
    for name, value in fields.items():
        setattr(now, name, value)
    now.save(update_fields=["state", "answered_at", "answered_by", *fields])
    transfer.refresh_from_db()
    asker, answerer = now.asker, now.answerer
    _tell(now, asker if state is TransferState.WITHDRAWN or answerer is None else answerer)


def _tell(transfer: Transfer, unit: Unit | None) -> None:
    """The trail holds keys and no names."""
    to = transfer.to_unit.code if transfer.to_unit else ""
    write_event(
        subject=f"transfer:{transfer.code}", unit=unit.code if unit else "",
        data={"person": transfer.person.code, "from": transfer.unit.code, "to": to},
    )  # fmt: skip


def _fit(model: type[Model], name: str, text: str, label: str) -> str:
    text, longest = clean(text), model._meta.get_field(name).max_length  # type: ignore[union-attr]
    if longest and len(text) > longest:
        raise Refusal(_("%(label)s dài quá %(longest)s chữ. Hãy ghi ngắn lại.") % {"label": label, "longest": longest})
    return text
