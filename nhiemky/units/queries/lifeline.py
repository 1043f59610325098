"""The life of a unit as a line of what happened to it. What was only corrected has not happened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from nhiemky.rules.timeline import PartialDate, Precision, Span
from nhiemky.units.models import MANAGING, Placement, Succession, Term, Unit, UnitKind, UnitLife, UnitName


class What(StrEnum):
    """What happened, in the order in which it is told of one day."""

    FOUNDED = "founded"
    REVIVED = "revived"
    SUCCEEDS = "succeeds"
    RENAMED = "renamed"
    RETYPED = "retyped"
    PLACED = "placed"
    TERM_CLOSED = "term_closed"
    TERM_OPENED = "term_opened"
    ENDED = "ended"
    GOES_ON = "goes_on"


ORDER = list(What)


@dataclass(frozen=True)
class Happening:
    """One thing that happened: the row that says it, the one that held before, and the event that did it.

    `others` are the successions of one day: to those that go on with the unit, or from those that it goes on with.
    """

    what: What
    when: PartialDate | None
    row: Any = None
    before: Any = None
    others: tuple[Succession, ...] = ()
    # several go on with the same unit
    split: bool = False
    decision: str = ""
    cause: str = ""


@dataclass(frozen=True)
class Successors:
    """Who goes on with whom, on which day; of a unit that was split all of them."""

    rows: tuple[Succession, ...] = ()
    # (unit, day) -> how many go on with it
    parts: dict[tuple[int, date], int] = field(default_factory=dict)

    def happened(self, unit: Unit) -> Iterator[Happening]:
        """One for each day and event; those that the unit has whole stand apart from those that were split."""
        grouped: dict[tuple[What, date, str, bool], list[Succession]] = {}
        for row in self.rows:
            what = What.GOES_ON if row.unit_id == unit.pk else What.SUCCEEDS
            split = self.parts[row.unit_id, row.day] > 1
            grouped.setdefault((what, row.day, row.cause, split), []).append(row)
        for (what, day, cause, split), rows in grouped.items():
            when = PartialDate(day, Precision.DAY)
            yield Happening(what, when, rows[0], others=tuple(rows), split=split, cause=cause)


def successors_around(unit: Unit) -> Successors:
    """The successions of the unit and to it, as we know them today."""
    known = Succession.objects.filter(superseded_at__isnull=True)
    rows = [*known.filter(unit=unit), *known.filter(successor=unit)]
    parts: dict[tuple[int, date], int] = {}
    for key in known.filter(unit__in={row.unit_id for row in rows}).values_list("unit", "day"):
        parts[key] = parts.get(key, 0) + 1
    return Successors(tuple(sorted(rows, key=lambda row: (row.day, row.pk))), parts)


def life_of_unit(unit: Unit) -> list[Happening]:
    """What happened to the unit, the oldest first; what is not dated stands before everything."""
    found = [*lives_of(unit), *_facts(unit), *_placements(unit), *_terms(unit)]
    found += successors_around(unit).happened(unit)
    return sorted(found, key=lambda each: (each.when.first if each.when else date.min, ORDER.index(each.what)))


class _Rows:
    """All rows of one kind of a unit, and which event began or ended what they say."""

    def __init__(self, model: Any, unit: Unit, same: Callable[[Any], Any], **narrowed: Any) -> None:
        rows = list(model.objects.filter(unit=unit, **narrowed).order_by("recorded_at", "pk"))
        self.same = same
        self.known = sorted((row for row in rows if not row.superseded_at), key=_begin)
        self.gone: dict[str, list[Any]] = {}
        for row in rows:
            if row.superseded_cause:
                self.gone.setdefault(row.superseded_cause, []).append(row)

    def began(self, row: Any) -> str:
        """The event that began it: an event that shortens a row writes the rest of it anew."""
        return self._cause(row, lambda each: each.starts_on)

    def ended(self, row: Any) -> str:
        return self._cause(row, lambda each: each.ends_before)

    def _cause(self, row: Any, end: Callable[[Any], date | None]) -> str:
        seen: set[int] = set()
        while row.cause and row.pk not in seen:
            seen.add(row.pk)
            earlier = (
                each
                for each in self.gone.get(row.cause, ())
                if end(each) == end(row) and self.same(each) == self.same(row) and each.pk != row.pk
            )
            if (before := next(earlier, None)) is None:
                return str(row.cause)
            row = before
        return str(row.cause)


def _begin(row: Any) -> date:
    found: date = row.starts_on or date.min
    return found


def ending_of(span: Span) -> PartialDate | None:
    """When it no longer was so: the day after the last, or the month or year in which it ended."""
    if span.ends_before and span.end_precision is Precision.DAY:
        return PartialDate(span.ends_before, Precision.DAY)
    return span.end


def lives_of(unit: Unit) -> Iterable[Happening]:
    """Its foundings and endings."""
    rows = _Rows(UnitLife, unit, lambda _row: None)
    for at, row in enumerate(rows.known):
        what = What.REVIVED if at else What.FOUNDED
        yield Happening(what, row.span.start, row, decision=row.decision, cause=rows.began(row))
        if row.ends_before:
            yield Happening(What.ENDED, ending_of(row.span), row, cause=rows.ended(row))


def _facts(unit: Unit) -> Iterable[Happening]:
    """Another name, another kind or block; the first ones are what it was founded with."""
    facts: tuple[tuple[What, Any, Callable[[Any], Any]], ...] = (
        (What.RENAMED, UnitName, lambda row: row.name),
        (What.RETYPED, UnitKind, lambda row: (row.kind, row.block)),
    )
    for what, model, said in facts:
        rows = _Rows(model, unit, said)
        for before, row in zip(rows.known, rows.known[1:], strict=False):
            if said(before) != said(row):
                yield Happening(what, row.span.start, row, before, decision=row.decision, cause=rows.began(row))


def _placements(unit: Unit) -> Iterable[Happening]:
    rows = _Rows(Placement, unit, lambda row: row.parent_id, line=MANAGING)
    for before, row in zip([None, *rows.known], rows.known, strict=False):
        yield Happening(What.PLACED, row.span.start, row, before, decision=row.decision, cause=rows.began(row))


def _terms(unit: Unit) -> Iterable[Happening]:
    rows = _Rows(Term, unit, lambda row: row.label)
    for row in rows.known:
        yield Happening(What.TERM_OPENED, row.span.start, row, cause=rows.began(row))
        if row.ends_before:
            cause = rows.ended(row)
            yield Happening(What.TERM_CLOSED, ending_of(row.span), row, decision=row.decision, cause=cause)
