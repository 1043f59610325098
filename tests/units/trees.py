"""Random dated trees over a few units, and what is true of them day by day."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import Any

from hypothesis import strategies as st

from nhiemky.foundation.refusals import Refusal
from nhiemky.rules.timeline import Edge, Span
from nhiemky.units.models import Unit
from tests.factories import a_unit, put

ONE = timedelta(days=1)
FIRST = date(2024, 2, 20)
INSIDE = [FIRST + n * ONE for n in range(16)]
# the days around stand for all days before and after: only an open end holds them
DAYS = [FIRST - ONE, *INSIDE, INSIDE[-1] + ONE]
LIVES = {
    "a": Span(None, None),
    "b": Span(None, None),
    "c": Span(None, None),
    "d": Span(INSIDE[4], None),
    "e": Span(None, INSIDE[11]),
    "f": Span(INSIDE[2], INSIDE[14]),
}


def make_tree(seed: int) -> list[tuple[str, str, Span]]:
    """Placements in the order in which they are asked for: mostly a life cut in pieces, and some that cannot be."""
    luck, found = Random(seed), []
    for unit, life in LIVES.items():
        first, last = life.starts_on or INSIDE[0], life.ends_before or INSIDE[-1]
        cuts = luck.sample([day for day in INSIDE if first < day < last], luck.randint(0, 2))
        ends = [life.starts_on, *sorted(cuts), life.ends_before]
        for start, end in pairwise(ends):
            parent = luck.choice("aabbcdef".replace(unit, ""))
            theirs = LIVES[parent]
            if luck.random() < 0.7:
                # only as long as the parent lives too
                start = max(filter(None, (start, theirs.starts_on)), default=None)
                end = min(filter(None, (end, theirs.ends_before)), default=None)
            if start is None or end is None or start < end:
                found.append((unit, parent, Span(start, end)))
    for _ in range(3):
        start, end = sorted(luck.sample(INSIDE, 2))
        found.append((luck.choice("abcdef"), luck.choice("abcdef"), Span(start, luck.choice([end, end, None]))))
    luck.shuffle(found)
    return found


trees = st.integers(0, 2**48).map(make_tree)


def smaller_trees(tree: list[tuple[str, str, Span]]) -> list[list[tuple[str, str, Span]]]:
    return [tree[:n] + tree[n + 1 :] for n in reversed(range(len(tree)))]


def in_span(span: Span, day: date) -> bool:
    return not (span.starts_on and day < span.starts_on) and not (span.ends_before and day >= span.ends_before)


class ByDay:
    """The tree of each single day as a plain dictionary."""

    def __init__(self) -> None:
        self.parents: dict[date, dict[str, str]] = {day: {} for day in DAYS}
        self.edges: list[tuple[str, str, Span]] = []

    def line(self, unit: str, day: date) -> list[str]:
        found = [unit]
        while found[-1] in self.parents[day]:
            found.append(self.parents[day][found[-1]])
        return found

    def fault_of(self, unit: str, parent: str, span: Span) -> str:
        """Why this placement cannot be, in the order in which the action asks; empty when it can."""
        days = [day for day in DAYS if in_span(span, day)]
        if not all(in_span(LIVES[each], day) for each in (unit, parent) for day in days):
            return "không hoạt động suốt"
        if any(unit in self.parents[day] for day in days):
            return "đã trực thuộc một đơn vị khác"
        if any(unit in self.line(parent, day) for day in days):
            return "không thể là cấp trên của nó"
        return ""

    def place(self, unit: str, parent: str, span: Span) -> None:
        self.edges.append((unit, parent, span))
        for day in DAYS:
            if in_span(span, day):
                self.parents[day][unit] = parent

    def below(self, unit: str, day: date) -> set[str]:
        return {each for each in LIVES if each != unit and unit in self.line(each, day)}


def found_units() -> dict[str, Unit]:
    return {code: a_unit(f"tree-{code}", life=life) for code, life in LIVES.items()}


def grown(tree: list[tuple[str, str, Span]], units: dict[str, Unit]) -> ByDay:
    """The tree in the database, by the real action; what it refuses is what cannot be."""
    by_day = ByDay()
    for unit, parent, span in tree:
        fault = by_day.fault_of(unit, parent, span)
        try:
            put(units[unit], units[parent], span)
        except Refusal as refusal:
            assert fault, f"refused {unit} < {parent} {span.isoformat()}: {refusal}"
            assert fault in str(refusal)
        else:
            assert not fault, f"{unit} < {parent} {span.isoformat()} should be refused: {fault}"
            by_day.place(unit, parent, span)
    return by_day


def edges_of(by_day: ByDay, units: dict[str, Unit]) -> list[Edge]:
    return [Edge(units[unit].pk, units[parent].pk, span) for unit, parent, span in by_day.edges]


def hard_cases_of(by_day: ByDay, tree: list[Any]) -> set[str]:
    found = {"refused"} if len(by_day.edges) < len(tree) else set()
    above = {(unit, top) for day in DAYS for unit in LIVES for top in by_day.line(unit, day)[1:]}
    if any((top, unit) in above for unit, top in above):
        found.add("two units that changed places")
    if any(len(by_day.line(unit, day)) > 3 for unit in LIVES for day in DAYS):
        found.add("four levels")
    if any(len({by_day.parents[day].get(unit) for day in DAYS} - {None}) > 1 for unit in LIVES):
        found.add("a unit that moved")
    return found
