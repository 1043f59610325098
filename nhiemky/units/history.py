"""The tree as it ever was, out of the rows, and where records stand on the tree of another day than their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from nhiemky.foundation.audit import version
from nhiemky.rules import trees
from nhiemky.rules.histories import History
from nhiemky.rules.timeline import Edge, Precision, Span, line_on
from nhiemky.rules.trees import Boundaries, Placed
from nhiemky.rules.vietnamese import sort_key
from nhiemky.units.models import Succession, UnitLife
from nhiemky.units.queries import UnitCard, edges_known

_SPAN = ("starts_on", "ends_before", "start_precision", "end_precision")


def history() -> History[int]:
    """All lives, places and successions as we know them today, of units by their keys."""
    lives: dict[int, tuple[Span, ...]] = {}
    for unit, *span in UnitLife.objects.filter(superseded_at__isnull=True).values_list("unit", *_SPAN):
        lives[unit] = (*lives.get(unit, ()), _span(*span))
    known = Succession.objects.filter(superseded_at__isnull=True)
    edges = (
        Placed(unit, parent, _span(*span))
        for unit, parent, *span in edges_known().values_list("unit", "parent", *_SPAN)
    )
    successions = (trees.Succession(*row) for row in known.values_list("unit", "successor", "day", "heir"))
    return History(lives, frozenset(edges), frozenset(successions))


def _span(starts_on: date | None, ends_before: date | None, start: str, end: str) -> Span:
    return Span(starts_on, ends_before, Precision(start), Precision(end))


def boundaries_on(day: date) -> Boundaries[int]:
    """Where every unit's records stand on the tree of that day; kept in memory until the next action writes."""
    return _boundaries(day, version())


@lru_cache(maxsize=4)
def _boundaries(day: date, of_version: str) -> Boundaries[int]:
    return _history(of_version).on(day)


@lru_cache(maxsize=1)
def _history(of_version: str) -> History[int]:
    return history()


def forget() -> None:
    """Nothing is kept in memory any more: what was written has been taken back."""
    _boundaries.cache_clear()
    _history.cache_clear()


@dataclass
class Lines:
    """To which units records belong: those over their unit on their own day, or those of the boundaries' tree."""

    edges: Mapping[int, Sequence[Edge]]
    boundaries: Boundaries[int] | None = None
    _known: dict[tuple[int, date], tuple[int, ...]] = field(default_factory=dict, repr=False)

    def of(self, unit: int, day: date) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The line to which a record of that day belongs; and, where that is another tree's, the line of its own day."""
        if (unit, day) not in self._known:
            self._known[unit, day] = line_on(self.edges, unit, day)
        stood = self._known[unit, day]
        return (self.boundaries.line(unit), stood) if self.boundaries else (stood, ())


def standing_under(top: int, boundaries: Boundaries[int]) -> set[int]:
    """The units whose records stand at the unit or below it on that tree."""
    inside = set(boundaries.tree.below(top))
    return {unit for unit in boundaries.lives if boundaries.carrier(unit).unit in inside}


def in_order_of_tree(found: Sequence[UnitCard], children: dict[int, list[int]]) -> list[tuple[int, UnitCard]]:
    """(depth, card) in the order in which a tree is read; units whose parent is not among them stand at the top."""
    by_id = {each.id: each for each in found}
    parents = {child: parent for parent, below in children.items() for child in below}
    ordered: list[tuple[int, UnitCard]] = []

    def walk(unit: int, depth: int) -> None:
        ordered.append((depth, by_id[unit]))
        below = [by_id[child] for child in children.get(unit, ()) if child in by_id]
        for each in sorted(below, key=lambda one: sort_key(one.name)):
            walk(each.id, depth + 1)

    for top in found:
        if parents.get(top.id) not in by_id:
            walk(top.id, 0)
    return ordered
