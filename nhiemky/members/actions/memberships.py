"""Writes of memberships: joining, leaving, what was wrong, and from when the register counts."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from nhiemky.foundation import catalogue, clock
from nhiemky.foundation.audit import write_event
from nhiemky.foundation.batch import as_it_is, keep
from nhiemky.foundation.door import action
from nhiemky.foundation.models import User
from nhiemky.foundation.refusals import Refusal
from nhiemky.members.models import Grouping, Membership, Person, RegisterBegun
from nhiemky.members.queries.persons import cluster_of, memberships_known
from nhiemky.rules.timeline import PartialDate, Span
from nhiemky.rules.vietnamese import clean
from nhiemky.rules.vietnamese import span as written_span
from nhiemky.units.models import Unit


@action("members.membership.join")
def join_unit(
    *, by: User, unit: Unit, person: Person, valid: Span, joining: str = "", leaving: str = "", **fields: Any
) -> Membership:
    """The person is a member of the unit for the span; refuses a second membership in the same days, in any unit."""
    membership = Membership(
        unit=unit, person=person, joining=joining, leaving=leaving, recorded_at=clock.now(), recorded_by=by, **fields
    )
    membership.span = valid
    _check(membership)
    keep(membership)
    write_event(subject=f"membership:{membership.code}", unit=unit.code, data={"person": person.code})
    return membership


@action("members.membership.leave")
def leave_unit(*, by: User, membership: Membership, last: PartialDate, leaving: str, **fields: Any) -> Membership:
    """The membership ends on that day: a new row with the end; what was known before stays, superseded.

    Where merged records make the person a member of the unit twice at once, both end.
    """
    as_it_is(membership)
    start = membership.span.start
    if membership.superseded_at or membership.ends_before:
        raise Refusal(_("Đoàn viên này đã có ngày ra. Hãy mở dòng mới nhất trong sổ đoàn viên."))
    if start and last.last < start.first:
        raise Refusal(_("Ngày ra trước ngày vào. Hãy kiểm tra lại hai ngày."))
    if not membership.unit.lives_through(Span.between(start, last)):
        raise Refusal(_("Ngày ra nằm ngoài thời gian hoạt động của đơn vị. Hãy kiểm tra ngày."))
    twins = _twins(membership)
    if any(row.starts_on and row.starts_on > last.last for row in twins):
        raise Refusal(_("Hồ sơ gộp của người này còn một lần vào đơn vị sau ngày ra. Hãy sửa hoặc bỏ dòng đó trước."))
    for row in twins:
        _replace(row, by, valid=Span.between(row.span.start, last), leaving=leaving, **_besides_code(fields))
    return _replace(membership, by, valid=Span.between(start, last), leaving=leaving, **fields)


def _twins(membership: Membership) -> list[Membership]:
    """The other rows without an end that make the person a member of the same unit, under merged records."""
    rows = [row for row in memberships_known(membership.person) if row.unit_id == membership.unit_id]
    return [row for row in rows if row.pk != membership.pk and not row.ends_before]


def _besides_code(fields: dict[str, Any]) -> dict[str, Any]:
    """The code that a form chose names one row."""
    return {name: value for name, value in fields.items() if name != "code"}


@action("members.membership.correct")
def correct_membership(
    *, by: User, membership: Membership, valid: Span, joining: str, leaving: str, **fields: Any
) -> Membership:
    """What was written of the membership was wrong from the beginning: a new row stands in its place."""
    as_it_is(membership)
    if membership.superseded_at:
        raise Refusal(_("Dòng này đã được sửa trước đó. Hãy mở dòng mới nhất trong sổ đoàn viên."))
    return _replace(membership, by, valid=valid, joining=joining, leaving=leaving, **fields)


@action("members.membership.annul")
def annul_membership(*, by: User, membership: Membership, reason: str) -> None:
    """The person never was a member there: the row is superseded and nothing stands in its place."""
    if not clean(reason):
        raise Refusal(_("Chưa có lý do. Hãy ghi vì sao bỏ dòng này."))
    as_it_is(membership)
    if membership.superseded_at:
        raise Refusal(_("Dòng này đã được sửa hoặc bỏ trước đó. Hãy mở sổ đoàn viên."))
    _supersede(membership)
    _cut_groups(membership, None, by)
    write_event(
        subject=f"membership:{membership.code}", unit=membership.unit.code, data={"reason": clean(reason)[:300]}
    )


@action("members.register.begin")
def begin_register(*, by: User, unit: Unit, begins_on: date) -> RegisterBegun:
    """From that day the unit's joining, leaving, posts and number of members are counted from the register."""
    if not unit.lives_on(begins_on):
        raise Refusal(_("Đơn vị không hoạt động vào ngày đó. Hãy kiểm tra ngày."))
    RegisterBegun.objects.filter(unit=unit, superseded_at__isnull=True).update(superseded_at=clock.now())
    row = RegisterBegun(unit=unit, begins_on=begins_on, recorded_at=clock.now(), recorded_by=by)
    row.save()
    write_event(subject=f"register:{unit.code}", unit=unit.code, data={"begins_on": begins_on.isoformat()})
    return row


def _replace(old: Membership, by: User, *, valid: Span, **fields: Any) -> Membership:
    kept = ("joining", "leaving", "decision", "leaving_decision", "source")
    row = Membership(
        unit=old.unit, person=old.person, replaces=old, recorded_at=clock.now(), recorded_by=by,
        **{name: getattr(old, name) for name in kept} | fields,
    )  # fmt: skip
    row.span = valid
    _check(row, besides=old)
    _supersede(old)
    keep(row)
    _cut_groups(old, valid, by)
    write_event(subject=f"membership:{row.code}", unit=old.unit.code, data={"replaces": old.code})
    return row


def _supersede(membership: Membership) -> None:
    now = clock.now()
    Membership.objects.filter(pk=membership.pk).update(superseded_at=now)
    membership.superseded_at = now


def _cut_groups(old: Membership, kept: Span | None, by: User) -> None:
    """A member belongs to a group no longer than to the unit above it; a day has one unit, so its group goes with it."""
    now = clock.now()
    known = Grouping.objects.filter(person__in=cluster_of(old.person), superseded_at__isnull=True)
    for row in known.select_related("person", "group") if old.person.pk else []:
        if not row.span.overlaps(old.span) or (kept and kept.covers(row.span)):
            continue
        Grouping.objects.filter(pk=row.pk).update(superseded_at=now)
        if kept and (shared := row.span.shared(kept)):
            shorter = Grouping(
                person=row.person, group=row.group, recorded_at=now, recorded_by=by, decision=row.decision
            )
            shorter.span = shared
            keep(shorter)


def _check(row: Membership, besides: Membership | None = None) -> None:
    valid = row.span
    if valid.starts_on is None:
        raise Refusal(_("Chưa có ngày vào công đoàn. Hãy ghi ngày; chỉ biết tháng hoặc năm cũng được."))
    if not row.unit.lives_through(valid):
        raise Refusal(
            _("Đơn vị không hoạt động suốt thời gian %(span)s. Hãy kiểm tra ngày vào và ngày ra.")
            % {"span": written_span(valid)}
        )
    if row.joining and row.joining not in catalogue.terms("catalogue/joinings.toml", "joining"):
        raise Refusal(
            _("Danh mục không có cách vào “%(code)s”. Hãy dùng mã có trong danh mục.") % {"code": row.joining}
        )
    if row.leaving and row.leaving not in catalogue.terms("catalogue/leavings.toml", "leaving"):
        raise Refusal(
            _("Danh mục không có lý do ra “%(code)s”. Hãy dùng mã có trong danh mục.") % {"code": row.leaving}
        )
    if row.leaving and valid.ends_before is None:
        raise Refusal(_("Có lý do ra thì phải có ngày ra. Hãy ghi ngày ra, hoặc bỏ lý do."))
    for other in memberships_known(row.person):
        # a row of the same unit under a merged record stood beside the old one already, and counts once
        merged = besides and other.unit_id == row.unit_id and other.person_id != row.person_id
        if not merged and not (besides and other.pk == besides.pk) and other.span.clashes(valid):
            raise Refusal(
                _("Người này đang là đoàn viên của một đơn vị khác trong thời gian đó. Hãy ghi ngày chuyển đi trước.")
                if other.unit_id != row.unit_id
                else _("Người này đã là đoàn viên của đơn vị trong thời gian đó. Hãy kiểm tra ngày vào.")
            )
