"""Where members go on when units are reorganised: named one by one, with their group, or all of a unit together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from nhiemky.foundation.many import these
from nhiemky.members.models import Grouping, Membership, Person
from nhiemky.units.queries import going_on

_ROOT = Coalesce("person__same_as", F("person"))


@dataclass(frozen=True)
class Allotment:
    """Where members go on, by keys of units, groups and persons. Where to may be said by whatever names a unit."""

    # unit that ends -> where its members go
    whole: Mapping[int, Any] = field(default_factory=dict)
    # group -> the union that it leaves, and the one to which it goes with whoever belongs to it
    groups: Mapping[int, tuple[int, Any]] = field(default_factory=dict)
    # person -> where they go
    persons: Mapping[int, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Going:
    """A membership, and where it goes on from the day; to None it ends."""

    membership: int
    unit: int
    # the record that stands for the person
    root: int
    starts_on: date
    ends_before: date
    to: Any


def going(ended: frozenset[int], day: date, allotment: Allotment) -> list[Going]:
    """The memberships that hold on the day, or begin later, and do not stay at their unit.

    A person goes as one, whatever records they have: where two make them a member of a unit at once, both go together.
    """
    named, leads = _named(allotment.persons), _leads(allotment.groups, day)
    running: set[tuple[int, int]] = set()
    held: dict[tuple[int, int], list[tuple[date, date, int]]] = {}
    for pk, unit, root, starts_on, ends_before in _held(ended, day, {*named, *leads}):
        first = starts_on or date.min
        held.setdefault((unit, root), []).append((first, ends_before or date.max, pk))
        if first < day:
            running.add((unit, root))
    found = []
    for (unit, root), rows in held.items():
        for together in _overlapping(rows):
            to = _where(unit, root, together, day, allotment, leads)
            if root in named and (unit in ended or (min(together)[0] < day and (unit, root) in running)):
                to = named[root]
            if to is not None or unit in ended:
                found += [Going(pk, unit, root, first, end, to) for first, end, pk in together]
    return sorted(found, key=lambda each: each.membership)


def _where(
    unit: int, root: int, together: list[tuple[date, date, int]], day: date, allotment: Allotment,
    leads: Mapping[int, list[tuple[date, date, int]]],
) -> Any:  # fmt: skip
    """With their group, if they have one on the first day; else with all others."""
    for first, _end, _pk in sorted(together):
        for begins, ends, group in leads.get(root, ()):
            left, to = allotment.groups[group]
            if left == unit and begins <= max(first, day) < ends:
                return to
    return allotment.whole.get(unit)


def _overlapping(rows: list[tuple[date, date, int]]) -> Iterator[list[tuple[date, date, int]]]:
    """The rows in heaps of those that share days."""
    heap: list[tuple[date, date, int]] = []
    for row in sorted(rows):
        if heap and row[0] >= max(end for _first, end, _pk in heap):
            yield heap
            heap = []
        heap.append(row)
    if heap:
        yield heap


def _held(ended: frozenset[int], day: date, roots: Iterable[int]) -> Iterator[tuple[int, int, int, date, date]]:
    known = Membership.objects.filter(superseded_at__isnull=True).exclude(ends_before__lte=day)
    fields = ("pk", "unit", "root", "starts_on", "ends_before")
    seen: set[int] = set()
    for rows in (known.filter(unit__in=these(ended)), known.filter(person__in=these(records_of(roots)))):
        for row in rows.annotate(root=_ROOT).order_by("pk").values_list(*fields).iterator(2000):
            if row[0] not in seen:
                seen.add(row[0])
                yield row


def _named(persons: Mapping[int, Any]) -> dict[int, Any]:
    """By the record that stands for the person."""
    rows = Person.objects.filter(pk__in=these(persons)).annotate(root=Coalesce("same_as", "pk"))
    return {root: persons[pk] for pk, root in rows.values_list("pk", "root")}


def _leads(groups: Mapping[int, Any], day: date) -> dict[int, list[tuple[date, date, int]]]:
    """Person -> from when to when they belong to which of these groups."""
    known = Grouping.objects.filter(group__in=these(groups), superseded_at__isnull=True).exclude(ends_before__lte=day)
    found: dict[int, list[tuple[date, date, int]]] = {}
    rows = known.annotate(root=_ROOT).order_by("pk").values_list("root", "starts_on", "ends_before", "group")
    for root, starts_on, ends_before, group in rows.iterator(2000):
        found.setdefault(root, []).append((starts_on or date.min, ends_before or date.max, group))
    return found


def records_of(roots: Iterable[int]) -> set[int]:
    """All records of these persons."""
    roots = set(roots)
    if not roots:
        return set()
    also = Person.objects.filter(same_as__in=these(roots)).values_list("pk", flat=True)
    return roots | set(also)


def member_named(unit: str, day: date) -> dict[str, tuple[str, int]]:
    """Code, or card number, of each member of the unit on that day and its eve -> code, and the record that stands."""
    rows = Membership.objects.filter(going_on(day), Q(unit__code=unit), superseded_at__isnull=True)
    found: dict[str, tuple[str, int]] = {}
    for code, card, root in rows.annotate(root=_ROOT).values_list("person__code", "person__card", "root"):
        found |= {code: (code, root)} | ({card: (code, root)} if card else {})
    return found
