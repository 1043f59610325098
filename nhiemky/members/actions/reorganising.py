"""Writes of a reorganisation to the register: members, groups and posts go with the units, and come back with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from nhiemky.foundation import clock
from nhiemky.foundation.audit import write_event
from nhiemky.foundation.door import action
from nhiemky.foundation.events import AT_ONCE, supersede, take_back, write
from nhiemky.foundation.many import these
from nhiemky.foundation.models import User
from nhiemky.members.models import OPEN, Grouping, Membership, Post, RegisterBegun, Transfer, TransferState
from nhiemky.members.queries.going import Allotment, Going, going, records_of
from nhiemky.rules.timeline import Span
from nhiemky.units.models import Unit
from nhiemky.units.queries import alive_on, edges_known, going_on

OF_REGISTER = (Membership, Grouping, Post, RegisterBegun)


@action("members.register.reorganise")
def reorganise_register(
    *, by: User, unit: Unit, cause: str, decision: str, day: date, ended: frozenset[int], allotment: Allotment,
    begun: frozenset[int] = frozenset(),
) -> dict[str, int]:  # fmt: skip
    """Members of the units that ended go on where they are allotted, from that day on; how many rows of each kind.

    Posts and groups there end on the eve, transfers that wait are withdrawn. `begun` are new units that are counted
    from their register from the first day on.
    """
    at = clock.now()
    stamp = {"cause": cause, "recorded_at": at, "recorded_by": by}
    gone = going(ended, day, allotment)
    counts = {
        "posts": _end_posts(ended, day, decision[:120], stamp),
        "members": _move_members(gone, day, decision[:120], stamp),
        "transfers": _withdraw(ended, gone, by, at),
    }
    _end_groupings(ended, gone, day, stamp)
    RegisterBegun.objects.bulk_create([RegisterBegun(unit_id=each, begins_on=day, **stamp) for each in sorted(begun)])
    write_event(subject=f"reorganisation:{cause}", unit=unit.code, data=counts)
    return counts


@action("members.register.restore")
def restore_register(*, by: User, unit: Unit, cause: str) -> None:
    """As if the event had never been. Transfers that it withdrew stay withdrawn: whoever asked may ask again."""
    at = clock.now()
    came = {model.__name__.lower(): take_back(model, cause, at, by) for model in OF_REGISTER}
    write_event(subject=f"reorganisation:{cause}", unit=unit.code, data=came)


def _move_members(gone: Sequence[Going], day: date, decision: str, stamp: Mapping[str, Any]) -> int:
    where = {each.membership: each.to for each in gone}

    def changed(old: Membership) -> Iterator[Membership]:
        to = where[old.pk]
        has_begun = old.starts_on is None or old.starts_on < day
        if has_begun:
            stays = Membership(
                unit_id=old.unit_id, person_id=old.person_id, replaces=old, joining=old.joining,
                decision=old.decision, source_id=old.source_id, leaving="reorganised" if to else "ended",
                leaving_decision=decision, **stamp,
            )  # fmt: skip
            stays.span = Span(old.starts_on, day, old.span.start_precision)
            yield stays
        if to:
            goes_on = Membership(
                unit_id=to, person_id=old.person_id, joining="reorganised", decision=decision,
                leaving=old.leaving, leaving_decision=old.leaving_decision, source_id=old.source_id, **stamp,
            )  # fmt: skip
            goes_on.span = Span(day, old.ends_before, end_precision=old.span.end_precision)
            if not has_begun:
                # whoever joins on the day or later joins, and does not come from anywhere
                goes_on.span = old.span
                goes_on.joining, goes_on.decision = old.joining, old.decision
            yield goes_on

    return _in_place(Membership, Membership.objects.filter(pk__in=these(where)), changed, stamp)


def _in_place(model: Any, rows: Any, changed: Callable[[Any], Iterator[Any]], stamp: Mapping[str, Any]) -> int:
    """Each of the rows is superseded by what `changed` makes of it; how many there were."""
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), AT_ONCE):
        old = list(model.objects.filter(pk__in=these(keys[start : start + AT_ONCE])).order_by("pk"))
        supersede(model, old, stamp["cause"], stamp["recorded_at"])
        write(model, (new for row in old for new in changed(row)))
    return len(keys)


def _end_posts(ended: frozenset[int], day: date, decision: str, stamp: Mapping[str, Any]) -> int:
    def changed(old: Post) -> Iterator[Post]:
        ends = Post(
            unit_id=old.unit_id, person_id=old.person_id, body=old.body, role=old.role, mandate=old.mandate,
            term_id=old.term_id, ending="unit_ended", ending_decision=decision, decision=old.decision, replaces=old,
            source_id=old.source_id, places=old.places, **stamp,
        )  # fmt: skip
        ends.span = Span(old.starts_on, day, old.span.start_precision)
        yield ends

    rows = Post.objects.filter(going_on(day), unit__in=these(ended), superseded_at__isnull=True)
    return _in_place(Post, rows, changed, stamp)


def _end_groupings(ended: frozenset[int], gone: Sequence[Going], day: date, stamp: Mapping[str, Any]) -> None:
    """Nobody belongs to a group that has ended, or that stands below another union than theirs."""
    known = Grouping.objects.filter(superseded_at__isnull=True).exclude(ends_before__lte=day)
    went: dict[int, list[Going]] = {}
    for each in gone:
        went.setdefault(each.root, []).append(each)
    lost: dict[int, list[tuple[date, date]]] = {}
    for pk in known.filter(group__in=these(ended)).values_list("pk", flat=True):
        lost[pk] = [(day, date.max)]
    of_gone = known.filter(person__in=these(records_of(went))).annotate(root=Coalesce("person__same_as", F("person")))
    rows = list(of_gone.values_list("pk", "root", "group"))
    over = _above({group for _pk, _root, group in rows}, day)
    for pk, root, group in rows:
        days = [(max(day, each.starts_on), each.ends_before) for each in went[root] if each.to not in over[group]]
        if days:
            lost.setdefault(pk, []).extend(days)

    def changed(old: Grouping) -> Iterator[Grouping]:
        first = old.starts_on or date.min
        for start, end in sorted(lost[old.pk]):
            if first < start:
                yield kept(old, first, min(start, old.ends_before or date.max))
            first = max(first, end)
        if first < (old.ends_before or date.max):
            yield kept(old, first, old.ends_before or date.max)

    def kept(old: Grouping, first: date, end: date) -> Grouping:
        part = Grouping(person_id=old.person_id, group_id=old.group_id, decision=old.decision, **stamp)
        shared = old.span.shared(Span(None if first == date.min else first, None if end == date.max else end))
        assert shared is not None
        part.span = shared
        if part.starts_on == old.starts_on:
            part.start_precision = old.start_precision
        if part.ends_before == old.ends_before:
            part.end_precision = old.end_precision
        return part

    _in_place(Grouping, Grouping.objects.filter(pk__in=these(lost)), changed, stamp)


def _above(units: set[int], day: date) -> dict[int, set[int]]:
    """Each unit -> all that is over it on the day."""
    found: dict[int, set[int]] = {unit: set() for unit in units}
    tops = {unit: unit for unit in units}
    while tops:
        rows = edges_known().filter(alive_on(day), unit__in=these(set(tops.values()))).values_list("unit", "parent")
        parents = dict(rows)
        tops = {unit: parents[top] for unit, top in tops.items() if top in parents and parents[top] not in found[unit]}
        for unit, top in tops.items():
            found[unit].add(top)
    return found


def _withdraw(ended: frozenset[int], gone: Sequence[Going], by: User, at: datetime) -> int:
    """Nobody is left to answer, or whoever was to go has gone already."""
    open_ones = Transfer.objects.filter(state__in=OPEN)
    stuck: set[int] = set()
    people = records_of({each.root for each in gone})
    for where in ({"unit__in": ended}, {"to_unit__in": ended}, {"person__in": people}):
        ((name, keys),) = where.items()
        stuck |= set(open_ones.filter(**{name: these(keys)}).values_list("pk", flat=True))
    return Transfer.objects.filter(pk__in=these(stuck)).update(
        state=TransferState.WITHDRAWN, answered_at=at, answered_by=by,
        answer=_("Đơn vị kết thúc theo sắp xếp tổ chức."),
    )  # fmt: skip
