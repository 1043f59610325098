"""All that is known of a tree: lives, places, successions; and rows that go and come, by which it changes.

Source: shared decisions on the tree's history (docs/decisions/0010-boundaries.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Generic

from nhiemky.rules.timeline import Span
from nhiemky.rules.trees import Boundaries, Key, Placed, Succession, Tree, TreeFault, as_of


@dataclass(frozen=True)
class History(Generic[Key]):
    """All that is known of lives, places and successions."""

    lives: Mapping[Key, tuple[Span, ...]] = field(default_factory=dict)
    edges: frozenset[Placed[Key]] = frozenset()
    successions: frozenset[Succession[Key]] = frozenset()

    def life(self, unit: Key, day: date) -> Span | None:
        """The life that holds the day."""
        return next((span for span in self.lives.get(unit, ()) if span.holds(day)), None)

    def edge(self, unit: Key, day: date) -> Placed[Key] | None:
        return next((edge for edge in self.edges if edge.unit == unit and edge.span.holds(day)), None)

    def tree(self, day: date) -> Tree[Key] | list[TreeFault[Key]]:
        return as_of(self.edges, self.lives, day)

    def days_of_change(self, since: date = date.min) -> list[date]:
        """The days, from `since` on, on which anything begins or ends."""
        spans = [edge.span for edge in self.edges] + [span for life in self.lives.values() for span in life]
        found = {day for span in spans for day in (span.starts_on, span.ends_before) if day}
        return sorted(day for day in found if day >= since)

    def faults(self, since: date) -> dict[date, list[TreeFault[Key]]]:
        """On which days, from that one on, the edges are no tree, and why."""
        found = {}
        for day in {since, *self.days_of_change(since)}:
            tree = self.tree(day)
            if isinstance(tree, list):
                found[day] = tree
        return found

    def on(self, day: date) -> Boundaries[Key]:
        """Where every unit's records stand on the tree of that day; ValueError where the day has none."""
        tree = as_of(self.edges, self.lives, day, may_stand_alone=True)
        if not isinstance(tree, Tree):
            raise ValueError(tree)
        edges: dict[Key, list[Placed[Key]]] = {}
        for edge in self.edges:
            edges.setdefault(edge.unit, []).append(edge)
        successors: dict[Key, list[Succession[Key]]] = {}
        predecessors: dict[Key, list[Succession[Key]]] = {}
        for row in self.successions:
            successors.setdefault(row.unit, []).append(row)
            predecessors.setdefault(row.successor, []).append(row)

        def parent_on(unit: Key, that: date) -> Key | None:
            return next((edge.parent for edge in edges.get(unit, ()) if edge.span.holds(that)), None)

        return Boundaries(day, tree, self.lives, parent_on, successors, predecessors)


@dataclass(frozen=True)
class Changes(Generic[Key]):
    """What an event does to a history: rows that go and rows that come."""

    day: date
    lives_gone: tuple[tuple[Key, Span], ...] = ()
    lives_come: tuple[tuple[Key, Span], ...] = ()
    edges_gone: tuple[Placed[Key], ...] = ()
    edges_come: tuple[Placed[Key], ...] = ()
    successions: tuple[Succession[Key], ...] = ()

    def on(self, history: History[Key]) -> History[Key]:
        """The history after them."""
        lives: dict[Key, tuple[Span, ...]] = dict(history.lives)
        for unit, span in self.lives_gone:
            lives[unit] = tuple(each for each in lives[unit] if each != span)
        for unit, span in self.lives_come:
            lives[unit] = (*lives.get(unit, ()), span)
        edges = (history.edges - set(self.edges_gone)) | set(self.edges_come)
        return History(
            {unit: spans for unit, spans in lives.items() if spans}, edges, history.successions | set(self.successions)
        )

    def undone(self, history: History[Key]) -> History[Key]:
        """The history as if the event had never been; only where nothing that came has gone again since."""
        lives = dict(history.lives)
        for unit, span in self.lives_come:
            lives[unit] = tuple(each for each in lives[unit] if each != span)
        for unit, span in self.lives_gone:
            lives[unit] = (*lives.get(unit, ()), span)
        edges = (history.edges - set(self.edges_come)) | set(self.edges_gone)
        return History(
            {unit: spans for unit, spans in lives.items() if spans}, edges, history.successions - set(self.successions)
        )
