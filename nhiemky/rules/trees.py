"""The tree of units as of a day, and where a unit stands on the tree of another day than its own.

Source: shared decisions on the tree's history (docs/decisions/0010-boundaries.md). Units are any keys that can be
hashed and put in order. A unit may live more than once: a reorganisation that is reversed brings back what it ended.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Generic, TypeVar

from nhiemky.rules.timeline import Span

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Placed(Generic[Key]):
    """`unit` stands under `parent` during `span`."""

    unit: Key
    parent: Key
    span: Span


@dataclass(frozen=True)
class Succession(Generic[Key]):
    """From `day` on `successor` goes on with what `unit` did; the one that is its `heir` has its past entries whole."""

    unit: Key
    successor: Key
    day: date
    heir: bool = False


class Wrong(StrEnum):
    """Why the edges of a day make no tree."""

    TWICE = "twice"  # a unit under two parents
    CYCLE = "cycle"  # a unit below itself
    PARENT_NOT_ALIVE = "parent_not_alive"
    UNIT_NOT_ALIVE = "unit_not_alive"
    ORPHAN = "orphan"  # a living unit that had a parent before, and has none


@dataclass(frozen=True)
class TreeFault(Generic[Key]):
    """What is wrong, of which unit, and the edges that say it; of an orphan its last edge."""

    wrong: Wrong
    unit: Key
    edges: tuple[Placed[Key], ...]


@dataclass(frozen=True)
class Tree(Generic[Key]):
    """Who stands under whom on one day."""

    parents: Mapping[Key, Key]

    @cached_property
    def children(self) -> Mapping[Key, Sequence[Key]]:
        found: dict[Key, list[Key]] = {}
        for unit, parent in self.parents.items():
            found.setdefault(parent, []).append(unit)
        return found

    def line(self, unit: Key) -> tuple[Key, ...]:
        """The unit and its ancestors, own first."""
        line = [unit]
        while (parent := self.parents.get(line[-1])) is not None:
            line.append(parent)
        return tuple(line)

    def below(self, unit: Key) -> Iterator[Key]:
        """The unit and everything below it."""
        frontier = [unit]
        while frontier:
            yield (one := frontier.pop())
            frontier += self.children.get(one, ())

    def common(self, units: Iterable[Key]) -> Key | None:
        """The lowest unit that all of these are or stand under; None where there is none."""
        lines = [self.line(unit) for unit in units]
        if not lines:
            return None
        shared = set(lines[0]).intersection(*lines[1:])
        return next((unit for unit in lines[0] if unit in shared), None)


def as_of(
    edges: Iterable[Placed[Key]],
    lives: Mapping[Key, Sequence[Span]],
    day: date,
    *,
    may_stand_alone: bool = False,
) -> Tree[Key] | list[TreeFault[Key]]:
    """The tree of that day; or everything that keeps the edges from being one.

    `lives`: the spans for which each unit lives; a unit that is not named there was never founded. `may_stand_alone`:
    a unit whose parent is not known any more stands at the top, as one whose parent was never known does.
    """
    edges = list(edges)
    found: dict[Key, list[Placed[Key]]] = {}
    for edge in edges:
        if edge.span.holds(day):
            found.setdefault(edge.unit, []).append(edge)
    alive = {unit for unit, spans in lives.items() if _holding(spans, day)}
    faults = [TreeFault(Wrong.TWICE, unit, tuple(rows)) for unit, rows in found.items() if len(rows) > 1]
    for unit, rows in found.items():
        if unit not in alive:
            faults.append(TreeFault(Wrong.UNIT_NOT_ALIVE, unit, tuple(rows)))
        faults += [TreeFault(Wrong.PARENT_NOT_ALIVE, unit, (row,)) for row in rows if row.parent not in alive]
    if not may_stand_alone:
        faults += _orphans(edges, alive - set(found), day)
    faults += _cycles({unit: rows[0] for unit, rows in found.items()})
    return sorted(faults, key=lambda fault: (fault.wrong, fault.unit)) or Tree(
        {unit: rows[0].parent for unit, rows in found.items()}
    )


def _orphans(edges: Iterable[Placed[Key]], without: set[Key], day: date) -> Iterator[TreeFault[Key]]:
    last: dict[Key, Placed[Key]] = {}
    for edge in edges:
        if edge.unit in without and edge.span.last_day < day:
            known = last.get(edge.unit)
            last[edge.unit] = edge if known is None or known.span.last_day < edge.span.last_day else known
    for unit, edge in last.items():
        yield TreeFault(Wrong.ORPHAN, unit, (edge,))


def _cycles(edge_of: Mapping[Key, Placed[Key]]) -> Iterator[TreeFault[Key]]:
    """Each circle once, with the edges that close it."""
    settled: set[Key] = set()
    for start in edge_of:
        line: dict[Key, None] = {}
        at = start
        while at in edge_of and at not in settled and at not in line:
            line[at] = None
            at = edge_of[at].parent
        if at in line:
            circle = list(line)[list(line).index(at) :]
            first = circle.index(min(circle))  # type: ignore[type-var]
            circle = circle[first:] + circle[:first]
            yield TreeFault(Wrong.CYCLE, circle[0], tuple(edge_of[unit] for unit in circle))
        settled |= set(line)


def _holding(spans: Iterable[Span], day: date) -> Span | None:
    return next((span for span in spans if span.holds(day)), None)


# --- the tree of another day ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Carried(Generic[Key]):
    """Where a unit's records stand on the tree of a day: at which unit, and whether they are shared out to nobody."""

    unit: Key
    unallotted: bool = False


@dataclass(frozen=True)
class Boundaries(Generic[Key]):
    """The tree of one day, and for every unit that ever was the place where its records stand on it.

    A living unit has its own place. One that has ended is carried by its heir; where several succeeded it and none is
    the heir, by the lowest unit over all of them (“chưa phân bổ”); where nobody did, by its last parent. One that is
    founded later is carried back the same way: by the one it came from, by what is over several, by its first parent.
    So each record stands in one place, whatever the day.
    """

    day: date
    tree: Tree[Key]
    lives: Mapping[Key, Sequence[Span]]
    # the unit's parent on a day
    parent_on: Callable[[Key, date], Key | None]
    successors: Mapping[Key, Sequence[Succession[Key]]]
    predecessors: Mapping[Key, Sequence[Succession[Key]]]
    _known: dict[Key, Carried[Key]] = field(default_factory=dict, init=False, compare=False, repr=False)

    def carrier(self, unit: Key) -> Carried[Key]:
        """Where the unit's records stand."""
        if unit not in self._known:
            self._known[unit] = self._carried(unit)
        return self._known[unit]

    def line(self, unit: Key) -> tuple[Key, ...]:
        """The units to which the unit's records belong, lowest first."""
        return self.tree.line(self.carrier(unit).unit)

    def _carried(self, unit: Key) -> Carried[Key]:
        spans = self.lives[unit]
        if _holding(spans, self.day):
            return Carried(unit)
        ended = [span for span in spans if span.last_day < self.day]
        if ended:
            life = max(ended, key=lambda span: span.last_day)
            last = life.last_day
            others = [row for row in self.successors.get(unit, ()) if last < row.day <= self.day]
            heir = max((row for row in others if row.heir), key=lambda row: row.day, default=None)
            if heir:
                return self.carrier(heir.successor)
            return self._over(unit, [row.successor for row in others], self.parent_on(unit, last))
        life = min(spans, key=lambda span: span.starts_on or date.min)
        assert life.starts_on is not None
        others = [row for row in self.predecessors.get(unit, ()) if row.day == life.starts_on]
        return self._over(unit, [row.unit for row in others], self.parent_on(unit, life.starts_on))

    def _over(self, unit: Key, others: Sequence[Key], parent: Key | None) -> Carried[Key]:
        """What is over all of the others, or else the parent; the unit itself where there is neither."""
        carried = [self.carrier(each) for each in others]
        places = {each.unit for each in carried}
        if len(places) == 1:
            return Carried(carried[0].unit, any(each.unallotted for each in carried))
        shared = self.tree.common(places)
        if shared is not None:
            return Carried(shared, unallotted=True)
        return Carried(self.carrier(parent).unit, unallotted=bool(others)) if parent is not None else Carried(unit)
