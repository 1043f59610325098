"""A reorganisation as steps of one day: what it does to the history of the tree, or every reason why it cannot be.

Source: shared decisions on the tree's history (docs/decisions/0010-boundaries.md). Nothing is overwritten: a history is
changed by rows that go and rows that come, so that what was known before stays known, and an event can be taken back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Generic

from nhiemky.rules.histories import Changes, History
from nhiemky.rules.timeline import ONE_DAY, Span
from nhiemky.rules.trees import Key, Placed, Succession, TreeFault


@dataclass(frozen=True)
class Found(Generic[Key]):
    """A unit begins, under a parent or at the top; one that lived before begins to live again."""

    unit: Key
    parent: Key | None


@dataclass(frozen=True)
class Move(Generic[Key]):
    """A unit stands under another parent, or at the top, with all below it."""

    unit: Key
    parent: Key | None


@dataclass(frozen=True)
class Merge(Generic[Key]):
    """Units end and one goes on: a new one, which is founded beside, or one that stands already.

    What stood below them stands below it, unless it is moved beside.
    """

    sources: tuple[Key, ...]
    into: Key


@dataclass(frozen=True)
class Split(Generic[Key]):
    """A unit ends and its parts go on. `below`: each unit that stood below it -> the part that has it now.

    `heir` has the past entries; without one they are shared out to nobody.
    """

    source: Key
    parts: tuple[Key, ...]
    below: Mapping[Key, Key] = field(default_factory=dict)
    heir: Key | None = None


@dataclass(frozen=True)
class Dissolve(Generic[Key]):
    """A unit ends and nobody succeeds it. What stood below it is moved or ends beside."""

    unit: Key


@dataclass(frozen=True)
class Inherit(Generic[Key]):
    """From this day on the past entries of a unit that ended, on this day or before, are the heir's."""

    unit: Key
    heir: Key


Step = Found[Key] | Move[Key] | Merge[Key] | Split[Key] | Dissolve[Key] | Inherit[Key]


class Refused(StrEnum):
    """Why a step cannot be."""

    UNKNOWN = "unknown"  # a unit that was never founded
    NOT_BEGUN = "not_begun"  # the day comes before the unit began
    ENDED = "ended"  # the unit had ended by that day
    LIVES = "lives"  # founded, or inherited from, and lives
    TWICE = "twice"  # two steps about the same unit
    ITSELF = "itself"  # under itself, or into itself
    TOO_FEW = "too_few"  # a merge of nothing, a split into fewer than two
    NOT_A_PART = "not_a_part"  # allotted to, or inherited by, what is no part
    LEFT_BELOW = "left_below"  # still stands below a unit that ends
    LATER = "later"  # something that is known of a later day would have nothing to stand on
    NO_TREE = "no_tree"  # the day, or a later one, would have no tree


@dataclass(frozen=True)
class Fault(Generic[Key]):
    """What is wrong with the step at place `at` (None: of the whole), about which unit, and which other unit."""

    at: int | None
    refused: Refused
    unit: Key
    other: Key | None = None
    tree: TreeFault[Key] | None = None


def planned(history: History[Key], steps: Sequence[Step[Key]], day: date) -> Changes[Key] | list[Fault[Key]]:
    """What these steps do on that day; or every fault of them at once."""
    return _Plan(history, steps, day).made()


class _Plan(Generic[Key]):
    """The steps of one day put together: who begins, who ends, who stands where."""

    def __init__(self, history: History[Key], steps: Sequence[Step[Key]], day: date) -> None:
        self.history, self.steps, self.day = history, steps, day
        self.faults: list[Fault[Key]] = []
        # unit -> the step that says it
        self.founded: dict[Key, int] = {}
        self.ended: dict[Key, int] = {}
        self.placed: dict[Key, tuple[Key | None, int]] = {}
        self.successions: list[Succession[Key]] = []
        self.lives = {unit: span for unit, spans in history.lives.items() for span in spans if span.holds(day)}
        self.edges = {edge.unit: edge for edge in history.edges if edge.span.holds(day)}
        self.children: dict[Key, list[Key]] = {}
        for edge in self.edges.values():
            self.children.setdefault(edge.parent, []).append(edge.unit)
        # places that are known of later days: by the unit, and by the one it stands under
        self.later: dict[Key, list[Placed[Key]]] = {}
        for edge in history.edges:
            if edge.span.starts_on is not None and edge.span.starts_on > day:
                for unit in (edge.unit, edge.parent):
                    self.later.setdefault(unit, []).append(edge)

    def made(self) -> Changes[Key] | list[Fault[Key]]:
        for at, step in enumerate(self.steps):
            if isinstance(step, Found):
                self._found(at, step)
        for at, step in enumerate(self.steps):
            if isinstance(step, Move):
                self._move(at, step)
            elif isinstance(step, Dissolve):
                self._ends(at, step.unit)
            elif isinstance(step, Merge):
                self._merge(at, step)
            elif isinstance(step, Split):
                self._split(at, step)
        self._below_merged()
        for at, step in enumerate(self.steps):
            if isinstance(step, Inherit):
                self._inherit(at, step)
        self._places()
        if self.faults:
            return self.faults
        changes = self._changes()
        return self._unlike_a_tree(changes) or changes

    def _refuse(self, at: int | None, refused: Refused, unit: Key, other: Key | None = None) -> None:
        self.faults.append(Fault(at, refused, unit, other))

    def _found(self, at: int, step: Found[Key]) -> None:
        if step.unit in self.founded:
            return self._refuse(at, Refused.TWICE, step.unit)
        if step.unit in self.lives:
            return self._refuse(at, Refused.LIVES, step.unit)
        if step.unit == step.parent:
            return self._refuse(at, Refused.ITSELF, step.unit)
        if any(span.last_day >= self.day for span in self.history.lives.get(step.unit, ())):
            return self._refuse(at, Refused.LATER, step.unit)
        self.founded[step.unit] = at
        self.placed[step.unit] = (step.parent, at)
        return None

    def _move(self, at: int, step: Move[Key]) -> None:
        if step.unit == step.parent:
            return self._refuse(at, Refused.ITSELF, step.unit)
        if step.unit in self.founded or step.unit in self.placed:
            return self._refuse(at, Refused.TWICE, step.unit)
        if self._lives(at, step.unit):
            self.placed[step.unit] = (step.parent, at)
        return None

    def _lives(self, at: int, unit: Key) -> bool:
        """Whether the unit lives on the day; said where it does not."""
        if unit in self.lives:
            return True
        spans = self.history.lives.get(unit, ())
        if not spans:
            self._refuse(at, Refused.UNKNOWN, unit)
        elif all(span.starts_on and span.starts_on > self.day for span in spans):
            self._refuse(at, Refused.NOT_BEGUN, unit)
        else:
            self._refuse(at, Refused.ENDED, unit)
        return False

    def _ends(self, at: int, unit: Key) -> bool:
        if unit in self.ended or unit in self.founded:
            self._refuse(at, Refused.TWICE, unit)
            return False
        if not self._lives(at, unit):
            return False
        if self.lives[unit].starts_on == self.day:
            self._refuse(at, Refused.NOT_BEGUN, unit)
            return False
        if self.lives[unit].ends_before is not None:
            # it ends on a later day already, by another decision
            self._refuse(at, Refused.LATER, unit)
            return False
        self.ended[unit] = at
        return True

    def _stands(self, at: int, unit: Key) -> bool:
        """Whether the unit lives on the day when all is done."""
        if unit in self.founded:
            return True
        if not self._lives(at, unit):
            return False
        if unit in self.ended:
            self._refuse(at, Refused.ENDED, unit)
            return False
        return True

    def _merge(self, at: int, step: Merge[Key]) -> None:
        if not step.sources:
            self._refuse(at, Refused.TOO_FEW, step.into)
        for source in step.sources:
            if source == step.into:
                self._refuse(at, Refused.ITSELF, source)
            elif self._ends(at, source):
                self.successions.append(Succession(source, step.into, self.day, heir=True))

    def _split(self, at: int, step: Split[Key]) -> None:
        if len(set(step.parts)) < 2:
            self._refuse(at, Refused.TOO_FEW, step.source)
        if step.source in step.parts:
            self._refuse(at, Refused.ITSELF, step.source)
        elif self._ends(at, step.source):
            self.successions += [
                Succession(step.source, part, self.day, heir=part == step.heir) for part in dict.fromkeys(step.parts)
            ]
        for unit in ([step.heir] if step.heir is not None else []) + list(step.below.values()):
            if unit not in step.parts:
                self._refuse(at, Refused.NOT_A_PART, unit, step.source)
        for unit, part in step.below.items():
            if unit in self.placed:
                self._refuse(at, Refused.TWICE, unit)
            elif self._lives(at, unit):
                self.placed[unit] = (part, at)

    def _inherit(self, at: int, step: Inherit[Key]) -> None:
        known = [*self.successions, *(row for row in self.history.successions if row.day == self.day)]
        named = {row.unit for row in known if row.heir}
        ended = [span for span in self.history.lives.get(step.unit, ()) if span.last_day < self.day]
        if step.unit == step.heir:
            self._refuse(at, Refused.ITSELF, step.unit)
        elif step.unit in named:
            self._refuse(at, Refused.TWICE, step.unit)
        elif step.unit in self.founded or (step.unit in self.lives and step.unit not in self.ended):
            self._refuse(at, Refused.LIVES, step.unit)
        elif not ended and step.unit not in self.ended:
            self._lives(at, step.unit)
        elif self._stands(at, step.heir):
            self.successions.append(Succession(step.unit, step.heir, self.day, heir=True))

    def _below_merged(self) -> None:
        """What stood below a merged unit goes with it, unless a step says otherwise."""
        for at, step in enumerate(self.steps):
            if not isinstance(step, Merge):
                continue
            for source in step.sources:
                for child in self.children.get(source, ()):
                    if child not in self.placed and child not in self.ended and child != step.into:
                        self.placed[child] = (step.into, at)

    def _places(self) -> None:
        """Whoever is placed stands under somebody who lives; nobody is left below a unit that ends."""
        for unit, (parent, at) in self.placed.items():
            if unit in self.ended:
                self._refuse(at, Refused.TWICE, unit)
            if parent is not None:
                self._stands(at, parent)
        for succession in self.successions:
            if succession.unit in self.ended and succession.successor not in self.founded:
                self._stands(self.ended[succession.unit], succession.successor)
        for unit, at in self.ended.items():
            for child in self.children.get(unit, ()):
                if child not in self.placed and child not in self.ended:
                    self._refuse(at, Refused.LEFT_BELOW, child, unit)
            for edge in self.later.get(unit, ()):
                self._refuse(at, Refused.LATER, unit, edge.unit if edge.parent == unit else edge.parent)

    def _changes(self) -> Changes[Key]:
        lives_gone, lives_come, gone, come = [], [], [], []
        for unit in self.founded:
            lives_come.append((unit, Span(self.day, None)))
        for unit in self.ended:
            span = self.lives[unit]
            lives_gone.append((unit, span))
            lives_come.append((unit, Span(span.starts_on, self.day, span.start_precision)))
        for unit in {**self.placed, **self.ended}:
            parent = self.placed[unit][0] if unit in self.placed else None
            old = self.edges.get(unit)
            if old and old.parent == parent:
                continue
            if old:
                gone.append(old)
                if old.span.starts_on is None or old.span.starts_on < self.day:
                    come.append(Placed(unit, old.parent, Span(old.span.starts_on, self.day, old.span.start_precision)))
            if parent is not None:
                come.append(Placed(unit, parent, self._from_now_on(unit, old)))
        return Changes(
            self.day, tuple(lives_gone), tuple(lives_come), tuple(gone), tuple(come), tuple(self.successions)
        )

    def _from_now_on(self, unit: Key, old: Placed[Key] | None) -> Span:
        """As long as the old place held, or until the unit stands somewhere anyhow."""
        if old:
            return Span(self.day, old.span.ends_before, end_precision=old.span.end_precision)
        starts = [edge.span.starts_on for edge in self.later.get(unit, ()) if edge.unit == unit and edge.span.starts_on]
        return Span(self.day, min(starts, default=None))

    def _unlike_a_tree(self, changes: Changes[Key]) -> list[Fault[Key]]:
        after = changes.on(self.history)
        found: dict[tuple, Fault[Key]] = {}
        for day in {self.day, *after.days_of_change(self.day + ONE_DAY)}:
            tree = after.tree(day)
            for fault in tree if isinstance(tree, list) else ():
                said = [at for edge in fault.edges if (at := self._said(edge.unit)) is not None]
                at = said[0] if said else None
                found.setdefault((fault.wrong, fault.unit), Fault(at, Refused.NO_TREE, fault.unit, tree=fault))
        return list(found.values())

    def _said(self, unit: Key) -> int | None:
        if unit in self.placed:
            return self.placed[unit][1]
        return self.ended.get(unit)


def reversed_steps(changes: Changes[Key]) -> list[Step[Key]]:
    """The steps that bring back, on a later day, the tree that stood before the event.

    Units that it founded go, into those they came from; units that it ended live again; units that it moved move back.
    """
    founded = {unit for unit, span in changes.lives_come if span.starts_on == changes.day}
    ended = [unit for unit, _span in changes.lives_gone]
    stood = {edge.unit: edge.parent for edge in changes.edges_gone}
    steps: list[Step[Key]] = [Found(unit, stood.get(unit)) for unit in ended]
    came_from: dict[Key, list[Key]] = {}
    for row in changes.successions:
        if row.successor in founded and row.unit in ended:
            came_from.setdefault(row.successor, []).append(row.unit)
    for unit in founded:
        sources = came_from.get(unit, [])
        if len(sources) > 1:
            steps.append(Split(unit, tuple(sources)))
        else:
            steps.append(Merge((unit,), sources[0]) if sources else Dissolve(unit))
    moved = {edge.unit for edge in changes.edges_come if edge.span.starts_on == changes.day} - founded
    return steps + [Move(unit, stood.get(unit)) for unit in moved]
