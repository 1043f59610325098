"""Units that do not live on a day: under whom they stood, and who goes on with what they did."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from django.db.models import Q, QuerySet

from nhiemky.foundation.audit import version
from nhiemky.rules.timeline import Precision, Span
from nhiemky.units.models import Succession, UnitLife
from nhiemky.units.queries.tree import edges_known

_SPAN = ("starts_on", "ends_before", "start_precision", "end_precision")


@dataclass(frozen=True)
class Away:
    """Of units that do not live on a day: the last parent, or the first of one to come; and who succeeded them."""

    parents: Mapping[int, int] = field(default_factory=dict)
    successors: Mapping[int, Collection[int]] = field(default_factory=dict)
    # unit -> the one that has its past entries whole: the heir, or whoever is alone in succeeding it
    whole: Mapping[int, int] = field(default_factory=dict)

    def onward(self, units: Collection[int], *, parts: bool) -> Collection[int]:
        """Those that go on with the units, one step further; without `parts` only whoever has one whole."""
        if parts:
            return {each for unit in units for each in self.successors.get(unit, ())}
        return {self.whole[unit] for unit in units if unit in self.whole}


def away_on(day: date) -> Away:
    """The units away on that day; kept in memory until the next action writes."""
    return _away(day, version())


@lru_cache(maxsize=4)
def _away(day: date, of_version: str) -> Away:
    looked_at, ended = _days(day)
    if not looked_at:
        return Away()
    parents = {}
    for unit, parent, *span in _not_held_by(day, edges_known()).values_list("unit", "parent", *_SPAN):
        if unit in looked_at and _span(*span).holds(looked_at[unit]):
            parents[unit] = parent
    successors: dict[int, list[int]] = {}
    heirs: dict[int, int] = {}
    known = Succession.objects.filter(superseded_at__isnull=True, day__lte=day).order_by("day", "pk")
    for unit, successor, since, heir in known.values_list("unit", "successor", "day", "heir"):
        if unit in ended and since > ended[unit]:
            successors.setdefault(unit, []).append(successor)
            if heir:
                heirs[unit] = successor
    alone = {unit: found[0] for unit, found in successors.items() if len(set(found)) == 1}
    return Away(parents, successors, alone | heirs)


def _days(day: date) -> tuple[dict[int, date], dict[int, date]]:
    """Unit -> the day of its own nearest to that one; and of those that have ended, the last one."""
    known = UnitLife.objects.filter(superseded_at__isnull=True)
    lives: dict[int, list[Span]] = {}
    for unit, *span in _not_held_by(day, known).values_list("unit", *_SPAN):
        lives.setdefault(unit, []).append(_span(*span))
    # brought back, or not yet ended for the second time
    for life in known.filter(unit__interrupted=True):
        if life.span.holds(day):
            lives.pop(life.unit_id, None)
    ended = {
        unit: max(span.last_day for span in spans if span.last_day < day)
        for unit, spans in lives.items()
        if any(span.last_day < day for span in spans)
    }
    begin = {unit: min(span.starts_on or day for span in spans) for unit, spans in lives.items()}
    return begin | ended, ended


def _not_held_by(day: date, rows: QuerySet) -> QuerySet:
    return rows.filter(Q(ends_before__lte=day) | Q(starts_on__gt=day))


def _span(starts_on: date | None, ends_before: date | None, start: str, end: str) -> Span:
    return Span(starts_on, ends_before, Precision(start), Precision(end))
