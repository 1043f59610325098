"""Two records that are one person are merged, and a merge is undone: rows that say so; nothing of either is changed."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from nhiemky.foundation import clock
from nhiemky.foundation.audit import write_event
from nhiemky.foundation.door import action
from nhiemky.foundation.models import User
from nhiemky.foundation.policies import may
from nhiemky.foundation.refusals import NotAllowed, Refusal
from nhiemky.foundation.roles import Right
from nhiemky.members.models import Person, PersonMerge
from nhiemky.members.queries.merges import (
    both_wait,
    clashes_of,
    keepers_of_part,
    part_of,
    root_of,
    roots_among,
)
from nhiemky.members.queries.persons import cluster_of, unit_keeping
from nhiemky.rules.vietnamese import clean
from nhiemky.rules.vietnamese import span as written_span
from nhiemky.units.models import Unit
from nhiemky.units.queries import card


@action("members.person.merge")
def merge_persons(*, by: User, unit: Unit | None, kept: Person, dropped: Person, reason: str) -> PersonMerge:
    """Both records are one person from now on, under the record `kept`, whose particulars hold.

    `unit` answers for one of them; whoever merges must reach the units of both.
    """
    # as they are now: another merge may have come between
    kept, dropped = (root_of(Person.objects.select_related("same_as").get(pk=each.pk)) for each in (kept, dropped))
    keepers = [unit_keeping(each) for each in (kept, dropped)]
    _refuse_stranger(by, keepers)
    if kept.pk == dropped.pk:
        raise Refusal(_("Hai hồ sơ này đã là một người. Hãy tải lại trang."))
    if not clean(reason):
        raise Refusal(_("Chưa có lý do. Hãy ghi vì sao biết hai hồ sơ là một người."))
    if faults := what_forbids(kept, dropped):
        raise Refusal.of(faults)
    merge = PersonMerge.objects.create(kept=kept, dropped=dropped, reason=clean(reason)[:300], at=clock.now(), by=by)
    _work_out({*_keys(kept), *_keys(dropped)})
    units = sorted({each.code for each in keepers if each})
    where = keepers[0].code if keepers[0] else ""
    write_event(subject=f"person:{kept.code}", unit=where, data={"dropped": dropped.code, "units": units})
    return merge


@action("members.person.unmerge")
def unmerge_persons(*, by: User, unit: Unit | None, merge: PersonMerge) -> PersonMerge:
    """The records are two persons again, as before the merge; what was written since stays under its own record."""
    merge = PersonMerge.objects.select_related("kept", "dropped").get(pk=merge.pk)
    if merge.undone_at:
        raise Refusal(_("Lần gộp này đã được tách trước đó. Hãy tải lại trang."))
    everyone, part = set(_keys(merge.kept)), part_of(merge)
    rest = [each for each in everyone if each not in part]
    _refuse_stranger(by, [unit_keeping(merge.kept), *keepers_of_part(part), *keepers_of_part(rest)])
    merge.undone_at, merge.undone_by = clock.now(), by
    merge.save(update_fields=["undone_at", "undone_by"])
    _work_out(everyone)
    write_event(
        subject=f"person:{merge.kept.code}",
        unit=unit.code if unit else "",
        data={"undone": merge.pk, "dropped": merge.dropped.code},
    )
    return merge


def what_forbids(kept: Person, dropped: Person) -> list[str]:
    """Sentences why two records cannot be one person while they say what they say."""
    found = [
        _(
            "Hai hồ sơ cùng là đoàn viên %(span)s: một ở %(one)s, một ở %(other)s. Một người không ở hai đơn vị cùng "
            "ngày: hãy ghi ngày ra hoặc bỏ một trong hai dòng trước."
        )
        % {
            "span": written_span(clash.days),
            "one": _name_of(clash.one.unit),
            "other": _name_of(clash.other.unit),
        }
        for clash in clashes_of(kept, dropped)
    ]
    if kept.fictional != dropped.fictional:
        found.append(_("Một hồ sơ là người hư cấu để minh họa, hồ sơ kia là người thật: không thể là một người."))
    if both_wait(kept, dropped):
        found.append(
            _("Cả hai hồ sơ đang chờ chuyển sinh hoạt. Hãy tiếp nhận hoặc rút một giấy giới thiệu trước khi gộp.")
        )
    return found


def _name_of(unit: Unit) -> str:
    return card(unit, clock.today()).short


def _refuse_stranger(by: User, keepers: Iterable[Unit | None]) -> None:
    if not all(may(by, Right.RECORD, unit, clock.today()) for unit in keepers):
        raise NotAllowed(
            _("Hồ sơ kia do đơn vị khác quản lý. Hãy nhờ cấp trên của cả hai đơn vị gộp hoặc tách hai hồ sơ.")
        )


def _keys(person: Person) -> Iterable[int]:
    return cluster_of(person).values_list("pk", flat=True)


def _work_out(people: set[int]) -> None:
    """Which record stands for each of these, from the merges that hold."""
    for each, root in roots_among(people).items():
        Person.objects.filter(pk=each).update(same_as=None if root == each else root)
