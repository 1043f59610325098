"""Writes of what a person is besides being a member: group and standings."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from nhiemky.foundation import clock
from nhiemky.foundation.audit import write_event
from nhiemky.foundation.batch import as_it_is, keep, settle, waiting_rows
from nhiemky.foundation.door import action
from nhiemky.foundation.models import User
from nhiemky.foundation.refusals import Refusal
from nhiemky.members.actions.persons import refuse_stranger
from nhiemky.members.models import Grouping, Person, Standing
from nhiemky.members.queries.persons import cluster_of, memberships_known
from nhiemky.members.standings import kinds
from nhiemky.rules.timeline import PartialDate, Span
from nhiemky.rules.vietnamese import clean
from nhiemky.units.models import Unit
from nhiemky.units.queries import alive_on, ancestors_on, edges_known


@action("members.group.set")
def set_group(
    *, by: User, unit: Unit, person: Person, group: Unit | None, since: date, code: str = ""
) -> Grouping | None:
    """From that day the member of `unit` belongs to the group, which stands below it; None is no group any more.

    A group is belonged to no longer than the unit above it.
    """
    if group and not _stands_below(group, unit, since):
        raise Refusal(_("Tổ này không thuộc đơn vị vào ngày đó. Hãy chọn tổ của đơn vị."))
    there = [row for row in memberships_known(person) if row.unit_id == unit.pk and row.span.holds(since)]
    # where merged records make the person a member twice, until the end of the longer
    there.sort(key=lambda row: row.ends_before or date.max, reverse=True)
    if not there:
        raise Refusal(_("Người này không là đoàn viên của đơn vị vào ngày đó. Hãy kiểm tra ngày."))
    valid = Span(since, there[0].ends_before, end_precision=there[0].span.end_precision)
    settle(Grouping, "person", person)
    now = clock.now()
    for row in Grouping.objects.filter(_of(person), superseded_at__isnull=True) if person.pk else []:
        if row.span.overlaps(valid):
            Grouping.objects.filter(pk=row.pk).update(superseded_at=now)
            if row.starts_on and row.starts_on < since:
                earlier = Grouping(
                    person=row.person, group=row.group, recorded_at=now, recorded_by=by, decision=row.decision
                )
                earlier.span = Span(row.starts_on, since, row.span.start_precision)
                keep(earlier)
    made = None
    if group:
        made = Grouping(person=person, group=group, recorded_at=now, recorded_by=by)
        if code:
            made.code = code
        made.span = valid
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

    What lapses by itself ends after its months, unless an end is given (charter 2.3b: discipline after a year); one
    that runs when another is decided does not lapse before that one.
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
        there = Standing.objects.filter(_of(person), kind=kind, superseded_at__isnull=True) if person.pk else []
        for row in [*there, *(each for each in waiting_rows(Standing, "person", person) if each.kind == kind)]:
            if row.span.clashes(valid):
                raise Refusal(_("%(what)s: đã ghi cho thời gian đó. Hãy sửa dòng đã có.") % {"what": known[kind].label})
    standing = Standing(unit=unit, person=person, kind=kind, recorded_at=clock.now(), recorded_by=by, **fields)
    standing.note = clean(standing.note)
    standing.span = valid
    if known[kind].lapses and person.pk:
        _extend_running(person, valid, by)
    keep(standing)
    write_event(subject=f"standing:{standing.code}", unit=unit.code, data={"person": person.code})
    return standing


def _extend_running(person: Person, later: Span, by: User) -> None:
    """A decision lapses only where nothing was repeated within its months (charter 2.3b)."""
    assert later.starts_on is not None
    lapsing = [kind.code for kind in kinds().values() if kind.lapses]
    for row in Standing.objects.filter(_of(person), kind__in=lapsing, superseded_at__isnull=True):
        if row.span.holds(later.starts_on) and row.ends_before and row.ends_before < (later.ends_before or date.max):
            _again(row, Span(row.starts_on, later.ends_before, row.span.start_precision), by)


def _again(old: Standing, valid: Span, by: User, code: str = "") -> Standing:
    """The standing with another span, in the place of the row there was."""
    now = clock.now()
    Standing.objects.filter(pk=old.pk).update(superseded_at=now)
    row = Standing(
        unit=old.unit, person=old.person, kind=old.kind, note=old.note, decision=old.decision,
        recorded_at=now, recorded_by=by,
    )  # fmt: skip
    if code:
        row.code = code
    row.span = valid
    keep(row)
    return row


def _of(person: Person) -> Q:
    """Rows of the person, under whichever of their records."""
    return Q(person__in=cluster_of(person))


@action("members.standing.end")
def end_standing(
    *, by: User, standing: Standing, last: PartialDate | None, never: bool = False, code: str = ""
) -> Standing | None:
    """It ended on that day; `never`: it was written wrongly and never was so."""
    as_it_is(standing)
    if standing.superseded_at:
        raise Refusal(_("Dòng này đã được sửa trước đó. Hãy tải lại trang."))
    start = standing.span.start
    if not never and (last is None or (start and last.last < start.first)):
        raise Refusal(_("Ngày kết thúc đang trống hoặc trước ngày bắt đầu. Hãy kiểm tra lại."))
    ended = None
    if never:
        Standing.objects.filter(pk=standing.pk).update(superseded_at=clock.now())
    else:
        ended = _again(standing, Span.between(start, last), by, code)
    write_event(subject=f"standing:{standing.code}", unit=standing.unit.code, data={"never": never})
    return ended
