"""Writes of persons, memberships and posts."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from nhiemky.foundation import catalogue, clock
from nhiemky.foundation.audit import write_event
from nhiemky.foundation.batch import keep, waiting_rows, written
from nhiemky.foundation.door import action
from nhiemky.foundation.models import User
from nhiemky.foundation.refusals import Refusal
from nhiemky.members.models import Membership, Person, Post
from nhiemky.rules.timeline import PartialDate, Span
from nhiemky.rules.vietnamese import clean, fold, name_sort_key
from nhiemky.rules.vietnamese import span as written_span
from nhiemky.units.models import Unit


@action("members.person.enter")
def enter_person(*, by: User, name: str, **fields: Any) -> Person:
    """A person, by name."""
    name = clean(name)
    if not 0 < len(name) <= 120:
        raise Refusal(_("Họ và tên đang để trống hoặc quá dài. Hãy ghi họ và tên."))
    person = Person(name=name, sort_key=name_sort_key(name), folded=fold(name), **fields)
    keep(person)
    write_event(subject=f"person:{person.code}")
    return person


@action("members.membership.join")
def join_unit(*, by: User, unit: Unit, person: Person, valid: Span, leaving: str = "", **fields: Any) -> Membership:
    """The person is a member of the unit for the span; refuses a second membership in the same days, in any unit."""
    if valid.starts_on is None:
        raise Refusal(_("Chưa có ngày vào công đoàn. Hãy ghi ngày; chỉ biết tháng hoặc năm cũng được."))
    if not unit.span.covers(valid):
        raise Refusal(
            _("Đơn vị không hoạt động suốt thời gian %(span)s. Hãy kiểm tra ngày vào và ngày ra.")
            % {"span": written_span(valid)}
        )
    _check_leaving(leaving, valid)
    for other in _memberships_known(person):
        if other.span.clashes(valid):
            raise Refusal(
                _("Người này đang là đoàn viên của một đơn vị khác trong thời gian đó. Hãy ghi ngày chuyển đi trước.")
                if other.unit_id != unit.pk
                else _("Người này đã là đoàn viên của đơn vị trong thời gian đó. Hãy kiểm tra ngày vào.")
            )
    membership = Membership(
        unit=unit, person=person, leaving=leaving, recorded_at=clock.now(), recorded_by=by, **fields
    )
    membership.span = valid
    keep(membership)
    write_event(subject=f"membership:{membership.code}", unit=unit.code, data={"person": person.code})
    return membership


@action("members.membership.leave")
def leave_unit(*, by: User, membership: Membership, last: PartialDate, leaving: str, **fields: Any) -> Membership:
    """The membership ends on that day: a new row with the end; what was known before stays, superseded."""
    written(membership)
    start = membership.span.start
    if membership.superseded_at or membership.ends_before:
        raise Refusal(_("Đoàn viên này đã có ngày ra. Hãy mở dòng mới nhất trong sổ đoàn viên."))
    if start and last.last < start.first:
        raise Refusal(_("Ngày ra trước ngày vào. Hãy kiểm tra lại hai ngày."))
    valid = Span.between(start, last)
    if not membership.unit.span.covers(valid):
        raise Refusal(_("Ngày ra nằm ngoài thời gian hoạt động của đơn vị. Hãy kiểm tra ngày."))
    _check_leaving(leaving, valid)
    now = clock.now()
    Membership.objects.filter(pk=membership.pk).update(superseded_at=now)
    membership.superseded_at = now
    fields = {"decision": membership.decision, "source": membership.source} | fields
    ended = Membership(
        unit=membership.unit, person=membership.person, leaving=leaving, replaces=membership,
        recorded_at=now, recorded_by=by, **fields,
    )  # fmt: skip
    ended.span = valid
    keep(ended)
    write_event(subject=f"membership:{ended.code}", unit=membership.unit.code, data={"replaces": membership.code})
    return ended


def _check_leaving(leaving: str, valid: Span) -> None:
    if leaving and leaving not in catalogue.terms("catalogue/leavings.toml", "leaving"):
        raise Refusal(_("Danh mục không có lý do ra “%(code)s”. Hãy dùng mã có trong danh mục.") % {"code": leaving})
    if leaving and valid.ends_before is None:
        raise Refusal(_("Có lý do ra thì phải có ngày ra. Hãy ghi ngày ra, hoặc bỏ lý do."))


def _memberships_known(person: Person) -> list[Membership]:
    there = list(Membership.objects.filter(person=person, superseded_at__isnull=True)) if person.pk else []
    return there + waiting_rows(Membership, "person", person)


@action("members.post.fill")
def fill_post(
    *, by: User, unit: Unit, person: Person, body: str, role: str, mandate: str, valid: Span, **fields: Any
) -> Post:
    """The person takes the post for the span."""
    for name, code in (("body", body), ("role", role), ("mandate", mandate)):
        if code not in catalogue.terms("catalogue/bodies.toml", name):
            raise Refusal(
                _("Danh mục chức danh không có mã “%(code)s”. Hãy dùng mã có trong danh mục.") % {"code": code}
            )
    if (term := fields.get("term")) and term.unit_id != unit.pk:
        raise Refusal(_("Nhiệm kỳ của chức danh thuộc đơn vị khác. Hãy chọn nhiệm kỳ của chính đơn vị."))
    if not unit.span.covers(valid):
        raise Refusal(_("Đơn vị không hoạt động suốt thời gian giữ chức. Hãy sửa ngày bắt đầu hoặc kết thúc."))
    post = Post(
        unit=unit, person=person, body=body, role=role, mandate=mandate,
        recorded_at=clock.now(), recorded_by=by, **fields,
    )  # fmt: skip
    post.span = valid
    keep(post)
    write_event(subject=f"post:{post.code}", unit=unit.code, data={"person": person.code})
    return post
