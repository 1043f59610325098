"""Writes of a reorganisation to the register: members, groups and posts go with the units, and come back with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from nhiemky.foundation import clock
from nhiemky.foundation.audit import write_event
from nhiemky.foundation.door import action
from nhiemky.foundation.events import AT_ONCE, supersede, take_back, write
from nhiemky.foundation.many import these
from nhiemky.foundation.models import User
from nhiemky.members.models import OPEN, Grouping, Membership, Post, RegisterBegun, Transfer, TransferState
from nhiemky.rules.timeline import Span
from nhiemky.units.models import Unit
from nhiemky.units.queries import going_on

OF_REGISTER = (Membership, Grouping, Post, RegisterBegun)


@dataclass(frozen=True)
class Allotment:
    """Where the members of units that end go on, all by keys of units; nobody named: the membership ends."""

    # unit that ends -> where its members go
    whole: Mapping[int, int] = field(default_factory=dict)
    # group -> where its members go, and person -> where they go, from whatever unit
    groups: Mapping[int, int] = field(default_factory=dict)
    persons: Mapping[int, int] = field(default_factory=dict)

    def of(self, unit: int, person: int, group: int | None) -> int | None:
        named = self.persons.get(person)
        if named is None and group is not None:
            named = self.groups.get(group)
        return named if named is not None else self.whole.get(unit)


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
    counts = {
        "posts": _end_posts(ended, day, decision[:120], stamp),
        "members": _move_members(ended, day, decision[:120], allotment, stamp),
        "transfers": _withdraw(ended, by, at),
    }
    _end_groupings(ended, day, stamp)
    RegisterBegun.objects.bulk_create([RegisterBegun(unit_id=each, begins_on=day, **stamp) for each in sorted(begun)])
    write_event(subject=f"reorganisation:{cause}", unit=unit.code, data=counts)
    return counts


@action("members.register.restore")
def restore_register(*, by: User, unit: Unit, cause: str) -> None:
    """As if the event had never been. Transfers that it withdrew stay withdrawn: whoever asked may ask again."""
    at = clock.now()
    came = {model.__name__.lower(): take_back(model, cause, at, by) for model in OF_REGISTER}
    write_event(subject=f"reorganisation:{cause}", unit=unit.code, data=came)


def _move_members(
    ended: frozenset[int], day: date, decision: str, allotment: Allotment, stamp: Mapping[str, Any]
) -> int:
    groups = groups_of_members(ended, day)

    def changed(old: Membership) -> Iterator[Membership]:
        to = allotment.of(old.unit_id, old.person_id, groups.get(old.person_id))
        if old.starts_on is None or old.starts_on < day:
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
                leaving=old.leaving, leaving_decision=old.leaving_decision, **stamp,
            )  # fmt: skip
            first = max(day, old.starts_on or day)
            goes_on.span = Span(first, old.ends_before, end_precision=old.span.end_precision)
            if first != day:
                goes_on.joining, goes_on.decision = old.joining, old.decision
                goes_on.start_precision = old.start_precision
            yield goes_on

    known = Membership.objects.filter(superseded_at__isnull=True)
    single = known.filter(going_on(day) | Q(starts_on=day), person__in=these(allotment.persons))
    return _in_place(Membership, memberships_from(ended, day) | single, changed, stamp)


def memberships_from(units: frozenset[int], day: date) -> Any:
    """The memberships of these units that hold on that day or begin later."""
    known = Membership.objects.filter(unit__in=these(units), superseded_at__isnull=True)
    return known.exclude(ends_before__lte=day)


def groups_of_members(units: frozenset[int], day: date) -> dict[int, int]:
    """Person -> the group to which they belong on the eve of that day, of the members of these units."""
    persons = memberships_from(units, day).values("person")
    known = Grouping.objects.filter(going_on(day), person__in=persons, superseded_at__isnull=True)
    return dict(known.order_by("pk").values_list("person", "group"))


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


def _end_groupings(ended: frozenset[int], day: date, stamp: Mapping[str, Any]) -> int:
    """Nobody belongs to a group that has ended."""

    def changed(old: Grouping) -> Iterator[Grouping]:
        ends = Grouping(person_id=old.person_id, group_id=old.group_id, decision=old.decision, **stamp)
        ends.span = Span(old.starts_on, day, old.span.start_precision)
        yield ends

    rows = Grouping.objects.filter(going_on(day), group__in=these(ended), superseded_at__isnull=True)
    return _in_place(Grouping, rows, changed, stamp)


def _withdraw(ended: frozenset[int], by: User, at: datetime) -> int:
    """Nobody is left to answer."""
    open_ones = Transfer.objects.filter(state__in=OPEN)
    stuck = open_ones.filter(unit__in=these(ended)) | open_ones.filter(to_unit__in=these(ended))
    return Transfer.objects.filter(pk__in=list(stuck.values_list("pk", flat=True))).update(
        state=TransferState.WITHDRAWN, answered_at=at, answered_by=by,
        answer=_("Đơn vị kết thúc theo sắp xếp tổ chức."),
    )  # fmt: skip
