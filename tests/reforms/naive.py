"""A second way to reorganise, slow and plain: a table of who stands where, and who is a member where, on each day.

It shares no code with the rooms: no rows that end, no SQL. The tree is the table of `tests/rules/naive_trees.py`; what
it does not know are codes, names and sentences.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from nhiemky.reforms.rows import Do, Row
from nhiemky.rules.reorganisations import Dissolve, Found, Inherit, Merge, Move, Split, Step
from tests.rules.naive_trees import NOBODY, TOP, Table
from tests.rules.stories import DAYS, Event, Story

UNIONS, GROUPS = ("grassroots",), ("group",)
UPPERS = ("district", "ward")
LAST = len(DAYS)


def number(code: str) -> int:
    """The unit, or the person, of a code."""
    return int(code.rpartition("-")[2])


@dataclass
class Naive:
    """A world told day by day. Units, persons and days are numbers."""

    kinds: dict[int, str]
    table: Table
    # person -> the unit, and the group, of each day
    members: dict[int, list[int | None]] = field(default_factory=dict)
    groups: dict[int, list[int | None]] = field(default_factory=dict)
    # (unit, first, last, value), (unit, day, below, value), [unit, first, end], [person, unit, first, end]
    entries: list[tuple[int, int, int, int]] = field(default_factory=list)
    stated: list[tuple[int, int, bool, int]] = field(default_factory=list)
    terms: list[list[Any]] = field(default_factory=list)
    posts: list[list[Any]] = field(default_factory=list)
    begun: dict[int, int] = field(default_factory=dict)
    # (unit, successor, day, heir)
    successions: list[tuple[int, int, int, bool]] = field(default_factory=list)
    names: dict[int, list[str]] = field(default_factory=dict)
    # people whose records are one: the other record
    same: dict[int, int] = field(default_factory=dict)
    why: str = ""

    @classmethod
    def beginning(cls, kinds: dict[int, str], begun: tuple[int, ...]) -> Naive:
        return cls(dict(kinds), Table(Story(begun, ())), names={unit: [f"tên {unit}"] * LAST for unit in kinds})

    # --- the tree -----------------------------------------------------------------------------------------------------

    def lives(self, unit: int, at: int) -> bool:
        return unit in self.table.cells and self.table.cells[unit][at] != NOBODY

    def living(self, at: int) -> list[int]:
        return [unit for unit in self.table.cells if self.lives(unit, at)]

    def parent(self, unit: int, at: int) -> int | None:
        cell = self.table.cells[unit][at]
        return cell if isinstance(cell, int) else None

    def below(self, unit: int, at: int) -> list[int]:
        return [each for each in self.living(at) if self.parent(each, at) == unit]

    def line(self, unit: int, at: int) -> list[int]:
        found = [unit]
        while (parent := self.parent(found[-1], at)) is not None:
            found.append(parent)
        return found

    def union_over(self, group: int, at: int) -> int | None:
        line = self.line(group, at) if self.lives(group, at) else []
        return next((unit for unit in line if self.kinds[unit] in UNIONS), None)

    def place(self, unit: int, on: int) -> tuple[int, bool]:
        """Where the unit's records stand on the tree of day `on`, and whether they are shared out to nobody."""
        if self.lives(unit, on):
            return unit, False
        line = self.table.cells[unit]
        before = [day for day in range(on) if line[day] != NOBODY]
        if before:
            last = before[-1]
            rows = [row for row in self.successions if row[0] == unit and last < row[2] <= on]
            heirs = sorted((row[2], row[1]) for row in rows if row[3])
            if heirs:
                return self.place(heirs[-1][1], on)
            others, parent = [row[1] for row in rows], self.parent(unit, last)
        else:
            first = next(day for day in range(LAST) if line[day] != NOBODY)
            others = [row[0] for row in self.successions if row[1] == unit and row[2] == first]
            parent = self.parent(unit, first)
        places = [self.place(each, on) for each in others]
        at = {each for each, _nobody in places}
        if len(at) == 1:
            return at.pop(), any(nobody for _each, nobody in places)
        if at:
            lines = [self.line(each, on) for each in at]
            return next(each for each in lines[0] if all(each in line for line in lines)), True
        return (self.place(parent, on)[0], False) if parent is not None else (unit, False)

    # --- figures ------------------------------------------------------------------------------------------------------

    def given(self, unit: int, on: int | None) -> int:
        """The sum of the entries at the unit and below, on the tree as it was then or on that of the day."""
        found = 0
        for at, _first, last, value in self.entries:
            line = self.line(at, last) if on is None else self.line(self.place(at, on)[0], on)
            found += value if unit in line else 0
        return found

    def count(self, unit: int, at: int) -> int:
        """How many persons are members on the day; two records of one person are one."""
        persons = [person for person, cells in self.members.items() if cells[at] == unit]
        return len({min(person, self.same.get(person, person)) for person in persons})

    def word(self, unit: int, at: int, *, below: bool) -> int | None:
        """The latest word of the unit; of one counted from the register, what that says."""
        if self.begun.get(unit, LAST) <= at:
            return None if below else self.count(unit, at)
        said = [row for row in self.stated if row[0] == unit and row[2] is below and row[1] <= at]
        return max(enumerate(said), key=lambda pair: (pair[1][1], pair[0]))[1][3] if said else None

    def stock(self, unit: int, at: int) -> int | None:
        if (whole := self.word(unit, at, below=True)) is not None:
            return whole
        parts = [self.word(unit, at, below=False), *(self.stock(each, at) for each in self.below(unit, at))]
        known = [each for each in parts if each is not None]
        return sum(known) if known else None

    # --- a plan -------------------------------------------------------------------------------------------------------

    def steps(self, rows: Sequence[Row], at: int) -> list[Step[int]]:
        found: list[Step[int]] = []
        told = {number(row.unit) for row in rows if row.do in (Do.FOUND, Do.MOVE, Do.MERGE, Do.SPLIT, Do.END)}
        told |= {number(row.unit) for row in rows if row.do is Do.REVIVE}
        new: set[int] = set()
        splits: dict[int, list[Row]] = {}
        merges: dict[int, list[int]] = {}
        for row in rows:
            unit, to = number(row.unit), number(row.to) if row.to else 0
            if row.do in (Do.FOUND, Do.REVIVE):
                found.append(Found(unit, to))
            elif row.do is Do.MOVE:
                found.append(Move(unit, to))
            elif row.do is Do.END:
                found.append(Dissolve(unit))
            elif row.do is Do.INHERIT:
                found.append(Inherit(unit, to))
            elif row.do is Do.MERGE:
                merges.setdefault(to, []).append(unit)
            elif row.do is Do.SPLIT:
                splits.setdefault(unit, []).append(row)
            if row.name and row.do in (Do.MERGE, Do.SPLIT) and to not in new:
                new.add(to)
                parent = self.parent(unit, at) if self.lives(unit, at) else None
                found.append(Found(to, parent if parent is not None else 0))
        found += [Merge(tuple(units), into) for into, units in merges.items()]
        for unit, parts in splits.items():
            rest = next((number(row.to) for row in parts if row.rest), None)
            heir = next((number(row.to) for row in parts if row.heir), None)
            below = {each: rest for each in self.below(unit, at) if each not in told and each != rest}
            going = {each: part for each, part in below.items() if part is not None}
            found.append(Split(unit, tuple(number(row.to) for row in parts), going, heir))
        for step in list(found):
            stack = [step.unit] if isinstance(step, Dissolve) else []
            while stack:
                for each in self.below(stack.pop(), at):
                    if each not in told and self.kinds[each] in GROUPS:
                        told.add(each)
                        stack.append(each)
                        found.append(Dissolve(each))
        return found

    def refuses(self, rows: Sequence[Row], at: int) -> str:
        """Why the plan cannot be; nothing where it can."""
        steps = self.steps(rows, at)
        named = [(row.unit, row.do) for row in rows if row.do in (Do.RENAME, Do.RETYPE)]
        if any(times > 1 for times in Counter(named).values()):
            return "said twice"
        named = [
            (row.unit, what) for row in rows if row.do is Do.SPLIT for what in ("heir", "rest") if getattr(row, what)
        ]
        if any(times > 1 for times in Counter(named).values()):
            return "two of a kind"
        named = [(row.unit, row.do) for row in rows if row.do in (Do.RENAME, Do.RETYPE)]
        if any(not self.lives(number(unit), at) for unit, _do in named):
            return "renamed while it did not live"
        if not all(self._may_allot(row, rows, at) for row in rows if row.do is Do.ALLOT):
            return "allotted whom nobody has, or twice"
        if any(row.do is Do.MOVE and self.parent_or_none(number(row.unit), at) == number(row.to) for row in rows):
            return "stands there"
        if not self.table.allows(Event(at, tuple(steps))):
            return "no tree"
        after = self.copied()
        after.tell(rows, at, checked=False)
        ended = after.ended_on(self, at)
        for unit in ended:
            if any(row[0] == unit and row[2] >= at for row in self.entries):
                return "later entries"
            if any(row[0] == unit and row[1] >= at for row in self.stated):
                return "later statements"
            if any(row[0] == unit and row[1] >= at for row in self.terms):
                return "later terms"
            if any(row[1] == unit and row[2] >= at for row in self.posts):
                return "later posts"
        for person, cells in after.members.items():
            for day in range(at, LAST):
                unit = cells[day]
                if unit is None or unit == self.members[person][day]:
                    continue
                if self.kinds.get(unit, after.kinds[unit]) not in UNIONS:
                    return "no union"
                if not after.lives(unit, day):
                    return "a union that is to end"
        if after.why:
            return after.why
        heirs = {row[1] for row in after.successions if row not in self.successions and row[3] and row[0] in ended}
        if any(not after.lives(unit, LAST - 1) for unit in heirs):
            return "an heir that is to end"
        return ""

    def parent_or_none(self, unit: int, at: int) -> int | None:
        return self.parent(unit, at) if self.lives(unit, at) else None

    def _may_allot(self, row: Row, rows: Sequence[Row], at: int) -> bool:
        person, to = number(row.person), number(row.to)
        cells = self.members.get(person, [None] * LAST)
        there = at > 0 and cells[at] == cells[at - 1] == number(row.unit)
        others = [number(each.person) for each in rows if each.do is Do.ALLOT and each is not row]
        return there and to != number(row.unit) and person not in others and self.same.get(person) not in others

    def copied(self) -> Naive:
        table = Table(Story((), ()))
        table.cells = {unit: list(line) for unit, line in self.table.cells.items()}
        table.said = {unit: set(days) for unit, days in self.table.said.items()}
        table.heirs, table.births = list(self.table.heirs), set(self.table.births)
        return Naive(
            dict(self.kinds), table,
            {person: list(cells) for person, cells in self.members.items()},
            {person: list(cells) for person, cells in self.groups.items()},
            list(self.entries), list(self.stated), [list(row) for row in self.terms], [list(row) for row in self.posts],
            dict(self.begun), list(self.successions), {unit: list(said) for unit, said in self.names.items()},
            dict(self.same),
        )  # fmt: skip

    def ended_on(self, before: Naive, at: int) -> set[int]:
        return {unit for unit in before.living(at) if not self.lives(unit, at)}

    def tell(self, rows: Sequence[Row], at: int, *, checked: bool = True) -> None:
        """The plan comes to pass."""
        before, steps = self.copied(), self.steps(rows, at)
        self.why = ""
        for row in rows:
            if row.do is Do.FOUND or (row.name and row.do in (Do.MERGE, Do.SPLIT)):
                unit = number(row.unit if row.do is Do.FOUND else row.to)
                if unit not in self.names:
                    self.kinds[unit] = row.kind or before.kinds[number(row.unit)]
                    self.names[unit] = [""] * at + [row.name] * (LAST - at)
            elif row.do is Do.RENAME:
                cells = self.names[number(row.unit)]
                until = next((day for day in range(at, LAST) if cells[day] != cells[at]), LAST)
                cells[at:until] = [row.name] * (until - at)
        self.table.tell(Event(at, tuple(steps)))
        for step in steps:
            if isinstance(step, Merge):
                self.successions += [(source, step.into, at, True) for source in step.sources]
            elif isinstance(step, Split):
                self.successions += [(step.source, part, at, part == step.heir) for part in dict.fromkeys(step.parts)]
            elif isinstance(step, Inherit):
                self.successions.append((step.unit, step.heir, at, True))
        ended = self.ended_on(before, at)
        whole = {source: step.into for step in steps if isinstance(step, Merge) for source in step.sources}
        whole |= {number(row.unit): number(row.to) for row in rows if row.do is Do.SPLIT and row.rest}
        must = {row[0] for row in self.successions if row not in before.successions} & ended - set(whole)
        self._members(before, rows, at, ended, whole, must)
        for term in self.terms:
            if term[0] in ended and term[1] < at and (term[2] is None or term[2] > at):
                term[2] = at
        for post in self.posts:
            if post[1] in ended and post[2] < at and (post[3] is None or post[3] > at):
                post[3] = at
        self._openings(before, at, ended)

    def _members(
        self, before: Naive, rows: Sequence[Row], at: int, ended: set[int], whole: dict[int, int], must: set[int]
    ) -> None:
        named = {number(row.person): (number(row.unit), number(row.to)) for row in rows if row.do is Do.ALLOT}
        for person in self.members:
            other = self.same.get(person, person)
            if other < person:
                continue
            for heap in before.heaps({person, other}, at):
                unit = before.members[heap[0][0]][heap[0][1]]
                assert unit is not None
                to = self._together(before, heap, unit, at) or whole.get(unit, None if unit in ended else unit)
                for one in {person, other} & set(named):
                    runs = any(each[1] == at and at and before.members[each[0]][at - 1] == unit for each in heap)
                    if unit in ended or (unit == named[one][0] and runs):
                        to = named[one][1]
                if to is None and unit in must:
                    self.why = "members left"
                for each, first, last in heap:
                    self.members[each][first : last + 1] = [to] * (last + 1 - first)
        for person, cells in self.members.items():
            for day in range(at, LAST):
                group, old = self.groups[person][day], before.members[person][day]
                if group is None:
                    continue
                if not self.lives(group, at) or (cells[day] != old and self.union_over(group, at) != cells[day]):
                    self.groups[person][day] = None

    def heaps(self, persons: set[int], at: int) -> Iterator[list[tuple[int, int, int]]]:
        """(person, first day, last day) at one unit, from the day on; together what shares days."""
        runs: list[tuple[int, int, int, int]] = []
        for person in sorted(persons):
            cells, first = self.members[person], at
            for day in range(at, LAST):
                if day == LAST - 1 or cells[day + 1] != cells[first]:
                    if (unit := cells[first]) is not None:
                        runs.append((unit, first, day, person))
                    first = day + 1
        while runs:
            heap = [runs.pop(0)]
            for each in list(runs):
                if each[0] == heap[0][0] and any(each[1] <= one[2] and one[1] <= each[2] for one in heap):
                    heap.append(each)
                    runs.remove(each)
            yield [(person, first, last) for _unit, first, last, person in sorted(heap, key=lambda run: run[1:])]

    def _together(self, before: Naive, heap: list[tuple[int, int, int]], unit: int, at: int) -> int | None:
        """Where the group of one of them went, if it went to another union."""
        persons = {person for person, _first, _last in heap}
        persons |= {self.same[person] for person in persons if person in self.same}
        for _person, first, _last in heap:
            for person in sorted(persons):
                if (to := self._with_group(before, unit, before.groups[person][first], at)) is not None:
                    return to
        return None

    def _with_group(self, before: Naive, unit: int, group: int | None, at: int) -> int | None:
        """Where the group went, if it went to another union."""
        if group is None or before.union_over(group, at) != unit:
            return None
        over = self.union_over(group, at)
        return over if over != unit else None

    def _openings(self, before: Naive, at: int, ended: set[int]) -> None:
        sources: dict[int, list[int]] = {}
        came: dict[int, set[int]] = {}
        for unit, successor, _day, heir in self.successions[len(before.successions) :]:
            if unit in ended:
                came.setdefault(successor, set()).add(unit)
                if heir:
                    sources.setdefault(successor, []).append(unit)
        found = []
        for into, parts in sources.items():
            own = [into] if before.lives(into, at) else []
            counted = [unit for unit in (own or parts) if self.begun.get(unit, LAST) <= at]
            if len(counted) == len(own or parts):
                continue
            units = [*own, *parts]
            tops = [unit for unit in units if not set(before.line(unit, at)[1:]) & set(units)]
            if any(before.word(unit, at, below=True) is not None for unit in units):
                found.append((into, at, True, sum(before.stock(unit, at) or 0 for unit in tops)))
            if any(before.word(unit, at, below=False) is not None for unit in parts):
                words = [before.word(unit, at, below=False) for unit in units]
                found.append((into, at, False, sum(word for word in words if word is not None)))
        self.stated += found
        for unit, units in came.items():
            fresh = not before.lives(unit, at) and unit not in self.begun
            if fresh and all(self.begun.get(each, LAST) <= at for each in units):
                self.begun[unit] = at

    # --- laws of the table itself -------------------------------------------------------------------------------------

    def faults(self) -> Iterator[str]:
        """What can never be, whatever was done."""
        for at in range(LAST):
            for person, cells in self.members.items():
                unit, group = cells[at], self.groups[person][at]
                if unit is not None and not self.lives(unit, at):
                    yield f"{person} is a member of {unit} on day {at}, which does not live"
                if group is not None and unit is None:
                    yield f"{person} is in group {group} on day {at}, and a member of nothing"
        for person, unit, first, end in self.posts:
            if any(not self.lives(unit, day) for day in range(first, LAST if end is None else end)):
                yield f"{person} has a post at {unit}, which does not live"


def places(naive: Naive, at: int) -> dict[int, int | str]:
    """Who stands where on the day."""
    return {unit: TOP if (parent := naive.parent(unit, at)) is None else parent for unit in naive.living(at)}
