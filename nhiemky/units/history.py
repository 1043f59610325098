"""The tree as it ever was, out of the rows, and where records stand on the tree of another day than their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from django.utils.translation import gettext as _

from nhiemky.foundation.audit import version
from nhiemky.foundation.refusals import Refusal
from nhiemky.rules import trees, vietnamese
from nhiemky.rules.histories import History
from nhiemky.rules.timeline import Edge, Precision, Span, edges_by_unit, line_on, parent_on
from nhiemky.rules.trees import Boundaries, Placed
from nhiemky.rules.vietnamese import sort_key
from nhiemky.units.models import Succession, Unit, UnitLife
from nhiemky.units.queries import UnitCard, edges_known, edges_of, ever_below

ONE = timedelta(days=1)
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


def boundaries_on(day: date, of_version: str = "") -> Boundaries[int]:
    """Where every unit's records stand on the tree of that day; kept in memory until the next action writes.

    `of_version`: by whoever has just asked which data there is.
    """
    try:
        return _boundaries(day, of_version or version())
    except ValueError:
        raise Refusal(
            _("Ngày %(day)s các đơn vị chưa xếp được thành một cây. Hãy chọn ngày khác, và chạy: nhiemky check")
            % {"day": vietnamese.day(day)}
        ) from None


@lru_cache(maxsize=8)
def _boundaries(day: date, of_version: str) -> Boundaries[int]:
    return _history(of_version).on(day)


@lru_cache(maxsize=1)
def _history(of_version: str) -> History[int]:
    return history()


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


def lines_on(day: date, of_version: str = "") -> Lines:
    """To which units records belong on the tree of that day and did on their own, over all units that ever were."""
    of_version = of_version or version()
    return Lines(_edges(of_version), boundaries_on(day, of_version))


@lru_cache(maxsize=1)
def _edges(of_version: str) -> dict[int, list[Edge]]:
    return edges_by_unit(Edge(edge.unit, edge.parent, edge.span) for edge in _history(of_version).edges)


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


def reorganised(unit: Unit) -> Mapping[date, int]:
    """Day -> how many units came under another on it, away from the unit, to it or below it, or went on as another.

    On the tree before such a day figures of the unit, or of those below it, may be others.
    """
    return _reorganised(unit, version())


@lru_cache(maxsize=256)
def _reorganised(unit: Unit, of_version: str) -> Mapping[date, int]:
    edges = edges_of(ever_below(unit))
    found: dict[date, int] = {}
    for each, rows in edges.items():
        for day in _days_of_moving(each, rows) if each != unit.pk else ():
            if any(unit.pk in line_on(edges, each, that) for that in (day - ONE, day)):
                found[day] = found.get(day, 0) + 1
    known = Succession.objects.filter(unit__in=ever_below(unit), superseded_at__isnull=True).exclude(unit=unit)
    for day in known.values_list("day", flat=True):
        found[day] = found.get(day, 0) + 1
    if unit.ends_before:
        found[unit.ends_before] = found.get(unit.ends_before, 0) + 1
    return found


def _days_of_moving(unit: int, edges: Sequence[Edge]) -> set[date]:
    """The days on which the unit came under another than the day before; not those on which it was founded or ended."""
    first = min(edge.span.starts_on or date.min for edge in edges)
    last = max(edge.span.ends_before or date.max for edge in edges)
    days = {day for edge in edges for day in (edge.span.starts_on, edge.span.ends_before) if day and first < day < last}
    return {day for day in days if parent_on(edges, unit, day - ONE) != parent_on(edges, unit, day)}


def only_on(unit: Unit, boundaries: date, hull: Span, today: date) -> set[int]:
    """The units whose records stand under it on that day's tree, and neither do so today nor stood so all through.

    All through their own lives, as far as these lie in `hull`. They are a neighbour's, whoever chooses the tree.
    """
    of_version = version()
    now, then = (standing_under(unit.pk, boundaries_on(day, of_version)) for day in (today, boundaries))
    apart = then - now - {unit.pk}
    if not apart:
        return set()
    edges, lives = _edges(of_version), _history(of_version).lives
    return {each for each in apart if not _stood_under(unit.pk, each, edges, lives[each], hull)}


def _stood_under(top: int, unit: int, edges: Mapping[int, Sequence[Edge]], lives: Iterable[Span], hull: Span) -> bool:
    over, frontier = {unit}, [unit]
    while frontier:
        above = {edge.parent for edge in edges.get(frontier.pop(), ())} - over
        over |= above
        frontier += above
    changes = {edge.span.starts_on for each in over for edge in edges.get(each, ())}
    changes |= {edge.span.ends_before for each in over for edge in edges.get(each, ())}
    shared = [part for part in (life.shared(hull) for life in lives) if part]
    days = {part.starts_on or date.min for part in shared}
    days |= {day for day in changes if day and any(part.holds(day) for part in shared)}
    return all(top in line_on(edges, unit, day) for day in days)


def forget() -> None:
    """Nothing is kept in memory any more: what was written was taken back, or the first asking is to be measured."""
    for kept in (_boundaries, _history, _edges, _reorganised):
        kept.cache_clear()
