"""The facts and statements under a unit, read once and in a fixed number of statements for any number of figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from nhiemky.figures.queries.register import (
    ARRIVED,
    DEPARTED,
    REPLACED,
    SUBJECTS,
    WOMENS_COMMITTEE,
    events,
    facts_of,
    stocks_on,
)
from nhiemky.foundation.audit import version
from nhiemky.foundation.many import these
from nhiemky.ledger.models import Statement
from nhiemky.ledger.queries import facts_under, statements_about, stock_facts
from nhiemky.members.queries.counting import begun_in, members_counted, womens_committee_counted
from nhiemky.rules.indicators import Coverage, Fact, StockFact, set_aside
from nhiemky.rules.timeline import Edge, Span
from nhiemky.rules.trees import Boundaries
from nhiemky.units import history
from nhiemky.units.history import Lines, boundaries_on, lines_on, standing_under
from nhiemky.units.models import Unit
from nhiemky.units.queries import Period, UnitCard, edges_of, ever_below, names_of, next_term


@dataclass(frozen=True)
class Asked:
    """Over which period flows are summed, on which day stocks are taken, and on which tree.

    `boundaries` None is the tree as it was then: a record belongs to the units over its own on its own day. A day is
    the tree of that day, where each record belongs to its unit, or the unit's heir, and to what is over it there.
    """

    period: Span
    as_of: date
    boundaries: date | None = None


@dataclass(frozen=True)
class Material:
    """What lies under a unit. Figures are computed from it without asking the database again."""

    unit: Unit
    facts: Sequence[Fact]
    statements: Sequence[Statement]
    edges: Mapping[int, Sequence[Edge]]
    today: date
    # unit -> the day from which it is counted from the register of members
    begun: Mapping[int, date] = field(default_factory=dict)
    # the units whose records these are, as a sub-query
    scope: Any = ()
    # the tree of another day than the records', if it was asked for, and the units whose records stand there under it
    boundaries: Boundaries[int] | None = None
    standing: frozenset[int] = frozenset()
    # what was made of it already: figures by what was asked, lines of targets by key
    evaluated: dict[Any, Any] = field(default_factory=dict, init=False, compare=False, repr=False)
    judged: dict[int, Any] = field(default_factory=dict, init=False, compare=False, repr=False)

    @cached_property
    def _by_kind(self) -> dict[str, list[Fact]]:
        found: dict[str, list[Fact]] = {}
        for fact in self.facts:
            found.setdefault(fact.kind, []).append(fact)
        return found

    @cached_property
    def _by_month(self) -> dict[tuple[str, int, int], list[Fact]]:
        """(kind, year, month) -> the facts that touch it; under month 0 of year 0 those that are longer than a month."""
        found: dict[tuple[str, int, int], list[Fact]] = {}
        for fact in self.facts:
            found.setdefault((fact.kind, *(_month_of(fact.span) or (0, 0))), []).append(fact)
        return found

    @cached_property
    def by_code(self) -> dict[str, Fact]:
        return {fact.code: fact for fact in self.facts}

    def facts_of(self, kinds: Sequence[str], period: Span) -> list[Fact]:
        """The facts of these kinds that may touch the period: each figure looks at its own only."""
        month = _month_of(period)
        if month is None:
            return [fact for kind in kinds for fact in self._by_kind.get(kind, ())]
        return [
            fact
            for kind in kinds
            for fact in (*self._by_month.get((kind, *month), ()), *self._by_month.get((kind, 0, 0), ()))
        ]

    @cached_property
    def stocks(self) -> dict[str, dict[int, list[StockFact]]]:
        return stock_facts(self.statements)

    def stocks_on(self, subject: str, day: date) -> dict[int, list[StockFact]]:
        """What units stated of the subject; of units counted from the register by that day, what the register says."""
        stated = self.stocks.get(subject, {})
        if subject not in SUBJECTS:
            return stated
        return stated | {unit: [fact] for unit, fact in self.registered(day, subject=subject).items()}

    def registered(self, day: date, *, subject: str = "", feature: tuple[str, str] = ("", "")) -> dict[int, StockFact]:
        """Unit -> what the register says on that day of the subject, or of members with the feature."""
        key = (subject, feature, day)
        if key not in self._registered:
            code = subject or "=".join(filter(None, ("register", *feature)))
            found = self._counted(day, subject, SUBJECTS[subject] if subject else feature)
            self._registered[key] = stocks_on(day, self.begun, code, found, self.cards)
        return self._registered[key]

    def _counted(self, day: date, subject: str, feature: tuple[str, str]) -> dict[int, int]:
        if not any(begins_on <= day for begins_on in self.begun.values()):
            return {}
        units = self.scope
        if subject == WOMENS_COMMITTEE:
            return womens_committee_counted(units, day)
        if day not in self._members:
            self._members[day] = members_counted(units, day)
        return self._members[day][feature]

    def stock_coded(self, code: str) -> StockFact:
        """What the register said on a day, by its code."""
        return next(fact for facts in self._registered.values() for fact in facts.values() if fact.code == code)

    @cached_property
    def _members(self) -> dict[date, dict[tuple[str, str], dict[int, int]]]:
        return {}

    @cached_property
    def _registered(self) -> dict[Any, dict[int, StockFact]]:
        return {}

    @cached_property
    def statement(self) -> dict[str, Statement]:
        return {row.code: row for row in self.statements}

    @cached_property
    def cards(self) -> dict[int, UnitCard]:
        """The unit and all that ever stood below it."""
        return names_of([self.unit.pk, *self.edges, *self.standing - set(self.edges)], self.today)

    @cached_property
    def _trees(self) -> dict[date, dict[int, list[int]]]:
        return {}

    def children_on(self, day: date) -> dict[int, list[int]]:
        """Parent -> children on that day, below the unit."""
        if day not in self._trees:
            children: dict[int, list[int]] = {}
            for unit, edges in self.edges.items():
                for edge in edges:
                    if edge.span.holds(day) and (self.boundaries is None or edge.parent in self.standing):
                        children.setdefault(edge.parent, []).append(unit)
            self._trees[day] = children
        return self._trees[day]

    def tops_on(self, day: date) -> list[int]:
        """The living units that stand under no other of those counted here; nothing when the unit was not alive.

        On the tree of another day, those are whatever stood apart on the day asked and stands under the unit there.
        """
        if self.boundaries is None:
            return [self.unit.pk] if self.unit.lives_on(day) else []
        below = {unit for units in self.children_on(day).values() for unit in units}
        return sorted(
            unit for unit in self.standing - below if any(life.holds(day) for life in self.boundaries.lives[unit])
        )

    def living_on(self, day: date) -> list[int]:
        """The units counted here that were alive on that day."""
        children, found, frontier = self.children_on(day), [], self.tops_on(day)
        while frontier:
            unit = frontier.pop()
            found.append(unit)
            frontier += children.get(unit, [])
        return found


def _month_of(span: Span) -> tuple[int, int] | None:
    """The calendar month that holds the whole span."""
    first, last = span.starts_on, span.last_day
    one = first is not None and (first.year, first.month) == (last.year, last.month)
    return (last.year, last.month) if one else None


def gather(unit: Unit, spans: Sequence[Span], today: date, boundaries: date | None = None) -> Material:
    """The material for figures of the unit over any of these spans, on the tree as it was then or on that day's.

    It is kept in memory until the next action writes: exact at every instant, because the key is the end of the trail.
    """
    return _gathered(unit, _hull(spans), today, boundaries, version())


def _hull(spans: Sequence[Span]) -> Span:
    starts = [span.starts_on for span in spans]
    ends = [span.ends_before for span in spans]
    return Span(
        None if None in starts else min(filter(None, starts), default=None),
        None if None in ends else max(filter(None, ends), default=None),
    )


@lru_cache(maxsize=32)
def _gathered(unit: Unit, hull: Span, today: date, on: date | None, of_version: str) -> Material:
    boundaries = boundaries_on(on, of_version) if on else None
    standing = frozenset(standing_under(unit.pk, boundaries) if boundaries else ())
    scope = these(standing) if boundaries else ever_below(unit)
    edges = edges_of(scope)
    begun = begun_in(scope)
    return Material(
        unit=unit,
        facts=_facts(scope, hull, lines_on(on, of_version) if on else Lines(edges), begun, today),
        statements=list(statements_about(scope).order_by("pk")),
        edges=edges,
        today=today,
        begun=begun,
        scope=scope,
        boundaries=boundaries,
        standing=standing,
    )


def _facts(scope: Any, hull: Span, lines: Lines, begun: Mapping[int, date], today: date) -> list[Fact]:
    """The entries, and what the register says in their place."""
    facts = facts_under(scope, hull, lines)
    if not begun:
        return facts
    from_register = facts_of(events(scope, hull), names_of(begun, today), lines)
    return set_aside([*facts, *from_register], begun, REPLACED | {ARRIVED, DEPARTED})


def gather_each(units: Sequence[Unit], period: Span, today: date, boundaries: date | None = None) -> list[Material]:
    """The material of each unit, as `gather` makes it, in a fixed number of statements for any number of units."""
    return list(_gathered_each(tuple(units), period, today, boundaries, version()))


@lru_cache(maxsize=16)
def _gathered_each(
    units: tuple[Unit, ...], period: Span, today: date, on: date | None, of_version: str
) -> tuple[Material, ...]:
    if not units:
        return ()
    boundaries = boundaries_on(on, of_version) if on else None
    standing = {unit.pk: frozenset(standing_under(unit.pk, boundaries) if boundaries else ()) for unit in units}
    scope = these(set().union(*standing.values())) if boundaries else ever_below(*units)
    edges = edges_of(scope)
    statements = list(statements_about(scope).order_by("pk"))
    below: dict[int, list[Fact]] = {unit.pk: [] for unit in units}
    begun = begun_in(scope)
    for fact in _facts(scope, period, lines_on(on, of_version) if on else Lines(edges), begun, today):
        # a total covers its detail wherever it stood itself
        for unit in below if fact.coverage is not Coverage.ACT else fact.line:
            if unit in below:
                below[unit].append(fact)
    every = [
        Material(
            unit,
            below[unit.pk],
            statements,
            edges,
            today,
            begun,
            scope,
            boundaries=boundaries,
            standing=standing[unit.pk],
        )
        for unit in units
    ]
    # the same for all of them: made once
    vars(every[0])["cards"] = names_of([*below, *edges, *set().union(*standing.values()) - set(edges)], today)
    for each in every:
        for name in ("stocks", "statement", "cards", "_registered", "_members", *([] if boundaries else ["_trees"])):
            vars(each)[name] = getattr(every[0], name)
    return tuple(every)


def forget() -> None:
    """Nothing is kept in memory any more: what was written was taken back, or the first asking is to be measured."""
    history.forget()
    _gathered.cache_clear()
    _gathered_each.cache_clear()


def opening_of(unit: Unit, period: Period) -> Span | None:
    """The days on which the congress that closed the period's term may have sat: the start of the next term."""
    following = next_term(unit, period.term) if period.term else None
    start = following.span.start if following else None
    return Span.between(start, start) if start else None


def closing_day(unit: Unit, period: Period, today: date) -> date:
    """The day on which stocks of a report are taken: a term is reported to its congress; never after today."""
    opening = opening_of(unit, period)
    return min((opening or period.span).last_day, today)
