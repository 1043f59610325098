"""Writes of what a person is besides being a member: group, standings, dues."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from nhiemky.foundation import catalogue, clock
from nhiemky.foundation.audit import write_event
from nhiemky.foundation.batch import keep, settle, waiting_rows, written
from nhiemky.foundation.door import action
from nhiemky.foundation.models import User
from nhiemky.foundation.refusals import Refusal
from nhiemky.members.actions.persons import refuse_stranger
from nhiemky.members.models import Dues, Grouping, Person, Standing
from nhiemky.members.queries.persons import memberships_known
from nhiemky.members.standings import kinds
from nhiemky.rules.timeline import PartialDate, Span
from nhiemky.rules.vietnamese import clean
from nhiemky.units.models import Unit
from nhiemky.units.queries import alive_on, ancestors_on, edges_known


@action("members.group.set")
def set_group(
    *, by: User, unit: Unit, person: Person, group: Unit | None, since: date, code: str = ""
) -> Grouping | None:
    """From that day the member of `unit` belongs to the group, which stands below it; None is no group any more."""
    if group and not _stands_below(group, unit, since):
        raise Refusal(_("Tổ này không thuộc đơn vị vào ngày đó. Hãy chọn tổ của đơn vị."))
    if group and not any(row.unit_id == unit.pk and row.span.holds(since) for row in memberships_known(person)):
        raise Refusal(_("Người này không là đoàn viên của đơn vị vào ngày đó. Hãy kiểm tra ngày."))
    settle(Grouping, "person", person)
    now = clock.now()
    for row in Grouping.objects.filter(person=person, superseded_at__isnull=True) if person.pk else []:
        if row.span.overlaps(Span(since, None)):
            Grouping.objects.filter(pk=row.pk).update(superseded_at=now)
            if row.starts_on and row.starts_on < since:
                earlier = Grouping(
                    person=person, group=row.group, recorded_at=now, recorded_by=by, decision=row.decision
                )
                earlier.span = Span(row.starts_on, since, row.span.start_precision)
                keep(earlier)
    made = None
    if group:
        made = Grouping(person=person, group=group, recorded_at=now, recorded_by=by)
        if code:
            made.code = code
        made.span = Span(since, None)
        keep(made)
    write_event(subject=f"person:{person.code}", unit=unit.code, data={"group": group.code if group else ""})
    return made


def _stands_below(group: Unit, unit: Unit, on: date) -> bool:
    """Mostly right below; a section may stand between."""
    right_below = edges_known().filter(unit=group, parent=unit).filter(alive_on(on)).exists()
    return right_below or unit.pk in ancestors_on(group, on)


@action("members.standing.record")
def record_standing(*, by: User, unit: Unit, person: Person, kind: str, valid: Span, **fields: Any) -> Standing:
    """The person is that for the span; refuses a second of a kind that one can be but once at a time.

    What lapses by itself ends after its months, unless an end is given (charter 2.3b: discipline after a year).
    """
    refuse_stranger(person, unit)
    known = kinds()
    if kind not in known:
        raise Refusal(_("Danh mục không có mã “%(code)s”. Hãy dùng mã có trong danh mục.") % {"code": kind})
    if valid.starts_on is None and known[kind].lapses:
        raise Refusal(_("Chưa có ngày quyết định. Hãy ghi ngày."))
    if known[kind].lapses and valid.ends_before is None:
        valid = known[kind].lapsing(valid)
    if known[kind].once:
        there = Standing.objects.filter(person=person, kind=kind, superseded_at__isnull=True) if person.pk else []
        for row in [*there, *(each for each in waiting_rows(Standing, "person", person) if each.kind == kind)]:
            if row.span.clashes(valid):
                raise Refusal(_("%(what)s: đã ghi cho thời gian đó. Hãy sửa dòng đã có.") % {"what": known[kind].label})
    standing = Standing(unit=unit, person=person, kind=kind, recorded_at=clock.now(), recorded_by=by, **fields)
    standing.note = clean(standing.note)
    standing.span = valid
    keep(standing)
    write_event(subject=f"standing:{standing.code}", unit=unit.code, data={"person": person.code})
    return standing


@action("members.standing.end")
def end_standing(*, by: User, standing: Standing, last: PartialDate | None, never: bool = False) -> Standing | None:
    """It ended on that day; `never`: it was written wrongly and never was so."""
    written(standing)
    if standing.superseded_at:
        raise Refusal(_("Dòng này đã được sửa trước đó. Hãy tải lại trang."))
    start = standing.span.start
    if not never and (last is None or (start and last.last < start.first)):
        raise Refusal(_("Ngày kết thúc đang trống hoặc trước ngày bắt đầu. Hãy kiểm tra lại."))
    Standing.objects.filter(pk=standing.pk).update(superseded_at=clock.now())
    ended = None
    if not never:
        ended = Standing(
            unit=standing.unit, person=standing.person, kind=standing.kind, note=standing.note,
            decision=standing.decision, recorded_at=clock.now(), recorded_by=by,
        )  # fmt: skip
        ended.span = Span.between(start, last)
        keep(ended)
    write_event(subject=f"standing:{standing.code}", unit=standing.unit.code, data={"never": never})
    return ended


@action("members.dues.record")
def record_dues(
    *, by: User, unit: Unit, person: Person, months: Span, state: str, wage: int | None = None, paid: int | None = None,
    code: str = "",
) -> Dues:  # fmt: skip
    """What is said of the member's dues for these whole months; what was said of the same months before is superseded."""
    refuse_stranger(person, unit)
    if state not in catalogue.terms("catalogue/dues.toml", "state"):
        raise Refusal(_("Danh mục không có tình trạng “%(code)s”. Hãy dùng mã có trong danh mục.") % {"code": state})
    if months.starts_on is None or months.ends_before is None or {months.starts_on.day, months.ends_before.day} != {1}:
        raise Refusal(_("Đoàn phí ghi theo tháng trọn. Hãy chọn từ tháng nào đến tháng nào."))
    if paid is not None and state != "paid":
        raise Refusal(_("Chỉ ghi số tiền khi đã đóng. Hãy bỏ số tiền hoặc chọn “đã đóng”."))
    settle(Dues, "person", person)
    now = clock.now()
    for row in Dues.objects.filter(person=person, unit=unit, superseded_at__isnull=True) if person.pk else []:
        if row.span.overlaps(months):
            if not months.covers(row.span):
                raise Refusal(
                    _("Một phần thời gian này đã ghi cùng các tháng khác. Hãy ghi lại trọn các tháng đã ghi chung.")
                )
            Dues.objects.filter(pk=row.pk).update(superseded_at=now)
    dues = Dues(person=person, unit=unit, state=state, wage=wage, paid=paid, recorded_at=now, recorded_by=by)
    if code:
        dues.code = code
    dues.span = months
    keep(dues)
    write_event(subject=f"dues:{dues.code}", unit=unit.code, data={"person": person.code})
    return dues
