"""Dates as sources state them, half-open spans, and the tree of units as dated edges.

Source: shared decisions on the tree's history (docs/decisions/0001-time.md). A source may know a date
only to the month or the year; the precision is kept and never filled in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

ONE_DAY = timedelta(days=1)


class Precision(StrEnum):
    """How exactly a source knows a date."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


@dataclass(frozen=True)
class PartialDate:
    """A date known to the day, the month or the year; `first` and `last` are the days it may mean."""

    first: date
    precision: Precision

    @property
    def last(self) -> date:
        return _day_after(self.first, self.precision) - ONE_DAY

    def isoformat(self) -> str:
        return self.first.isoformat()[: _LENGTH[self.precision]]

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """`2018`, `2018-06` or `2018-06-12`; ValueError for anything else, impossible days included."""
        found = _PARTIAL.fullmatch(text)
        if not found or int(found[1]) >= date.max.year:  # a span ends before a day that can still be written
            raise ValueError(text)
        year, month, day = found.groups()
        precision = Precision.DAY if day else Precision.MONTH if month else Precision.YEAR
        return cls(date(int(year), int(month or 1), int(day or 1)), precision)


_LENGTH = {Precision.DAY: 10, Precision.MONTH: 7, Precision.YEAR: 4}


def _day_after(first: date, precision: Precision) -> date:
    if precision is Precision.DAY:
        return first + ONE_DAY
    if precision is Precision.MONTH:
        return date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return date(first.year + 1, 1, 1)


@dataclass(frozen=True)
class Span:
    """Half-open span of days, `starts_on` <= day < `ends_before`; None is an end that is open or not known."""

    starts_on: date | None
    ends_before: date | None
    start_precision: Precision = Precision.DAY
    end_precision: Precision = Precision.DAY

    def __post_init__(self) -> None:
        if self.starts_on and self.ends_before and self.ends_before <= self.starts_on:
            raise ValueError(f"{self.starts_on} .. {self.ends_before}")

    @property
    def start(self) -> PartialDate | None:
        return PartialDate(self.starts_on, self.start_precision) if self.starts_on else None

    @property
    def end(self) -> PartialDate | None:
        """The last date inside the span, at the precision at which it is known."""
        if self.ends_before is None:
            return None
        last = self.ends_before - ONE_DAY
        if self.end_precision is Precision.YEAR:
            return PartialDate(date(last.year, 1, 1), Precision.YEAR)
        if self.end_precision is Precision.MONTH:
            return PartialDate(date(last.year, last.month, 1), Precision.MONTH)
        return PartialDate(last, Precision.DAY)

    @property
    def last_day(self) -> date:
        """The last day of the span; `date.max` when it has no end."""
        return self.ends_before - ONE_DAY if self.ends_before else date.max

    @property
    def is_one_day(self) -> bool:
        return self.days == 1

    @property
    def days(self) -> int | None:
        if self.starts_on is None or self.ends_before is None:
            return None
        return (self.ends_before - self.starts_on).days

    def holds(self, day: date) -> bool:
        return (self.starts_on is None or self.starts_on <= day) and (
            self.ends_before is None or day < self.ends_before
        )

    def covers(self, other: Span) -> bool:
        """Whether `other` lies wholly inside this span."""
        return _low(self) <= _low(other) and _high(other) <= _high(self)

    def overlaps(self, other: Span) -> bool:
        return _low(self) < _high(other) and _low(other) < _high(self)

    def clashes(self, other: Span) -> bool:
        """Whether both cannot be true of one thing: "2017..2022" and "2022..2027" may, meeting at some day of 2022."""
        if not self.overlaps(other):
            return False
        return not (_meets(self, other) or _meets(other, self))

    def shared(self, other: Span) -> Span | None:
        """The days that lie in both, to the day; None when there are none."""
        if not self.overlaps(other):
            return None
        low, high = max(_low(self), _low(other)), min(_high(self), _high(other))
        return Span(None if low == date.min else low, None if high == date.max else high)

    def isoformat(self) -> str:
        """`2018..2023-06-11`: both ends inclusive, an open end left empty; a single date stands alone."""
        start, end = self.start, self.end
        if start and end and start == end:
            return start.isoformat()
        return f"{start.isoformat() if start else ''}..{end.isoformat() if end else ''}"

    @classmethod
    def between(cls, start: PartialDate | None, end: PartialDate | None) -> Span:
        """From the first day `start` may mean to the last day `end` may mean, both inclusive."""
        return cls(
            start.first if start else None,
            end.last + ONE_DAY if end else None,
            start.precision if start else Precision.DAY,
            end.precision if end else Precision.DAY,
        )

    @classmethod
    def parse(cls, text: str) -> Span:
        """The inverse of `isoformat`; ValueError when it is not one, or ends before it starts."""
        first, dots, last = text.partition("..")
        start = PartialDate.parse(first) if first else None
        if not dots:
            if start is None:
                raise ValueError(text)
            return cls.between(start, start)
        return cls.between(start, PartialDate.parse(last) if last else None)

    @classmethod
    def on(cls, day: date) -> Span:
        return cls(day, day + ONE_DAY)


def _meets(earlier: Span, later: Span) -> bool:
    end, start = earlier.end, later.start
    one_imprecise_date = end is not None and end == start and end.precision is not Precision.DAY
    return one_imprecise_date and _low(earlier) < _low(later) and _high(earlier) < _high(later)


def _low(span: Span) -> date:
    return span.starts_on or date.min


def _high(span: Span) -> date:
    return span.ends_before or date.max


@dataclass(frozen=True)
class Edge:
    """`unit` stands under `parent` during `span` (a row of the placements table)."""

    unit: int
    parent: int
    span: Span


def parent_on(edges: Iterable[Edge], unit: int, day: date) -> int | None:
    """The unit's parent on that day, or None when it stands at the top."""
    return next((edge.parent for edge in edges if edge.unit == unit and edge.span.holds(day)), None)


def line_on(edges_of: Mapping[int, Sequence[Edge]], unit: int, day: date) -> tuple[int, ...]:
    """The unit and its ancestors on that day, own first. Stops before a unit would come twice."""
    line = [unit]
    while (parent := parent_on(edges_of.get(line[-1], ()), line[-1], day)) is not None:
        if parent in line:
            break
        line.append(parent)
    return tuple(line)


def edges_by_unit(edges: Iterable[Edge]) -> dict[int, list[Edge]]:
    found: dict[int, list[Edge]] = {}
    for edge in edges:
        found.setdefault(edge.unit, []).append(edge)
    return found


def elapsed_share(span: Span, today: date) -> tuple[int, int]:
    """Days of the span that have passed by the end of `today`, and its days: the share is their quotient."""
    if span.starts_on is None or span.ends_before is None:
        return 0, 1
    whole = (span.ends_before - span.starts_on).days
    passed = (min(today + ONE_DAY, span.ends_before) - span.starts_on).days
    return max(0, passed), whole


def months_later(day: date, months: int) -> date:
    """The same day that many months later; the last of the month where it has no such day."""
    year, month = day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1
    for number in range(day.day, 27, -1):
        try:
            return date(year, month, number)
        except ValueError:
            continue
    return date(year, month, day.day)
