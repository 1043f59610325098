"""Random small registers over a moving tree, written by the actions people use, and a second way to count them.

One sequence for all: joining and leaving, transfers of two hands, merges and their undoing, groups, records, cut-overs.

The second way knows plain lists of what was accepted and goes through all of them for every day; it shares no code
with the register or the figures. It also says beforehand what must be refused.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from django.db import IntegrityError
from hypothesis import strategies as st

from nhiemky.foundation.refusals import Refusal
from nhiemky.ledger.actions import record_entry, record_statement
from nhiemky.members.actions import (
    annul_membership,
    begin_register,
    enter_person,
    join_unit,
    leave_unit,
    merge_persons,
    record_standing,
    unmerge_persons,
)
from nhiemky.members.models import Membership, Person, PersonMerge, Transfer
from nhiemky.rules.indicators import Count, Coverage
from nhiemky.rules.quantities import Quantity
from nhiemky.rules.timeline import PartialDate, Precision, Span
from nhiemky.units.models import Unit
from tests.factories import a_unit, clerk, put
from tests.members.moves import Moves, span_of
from tests.members.naive import (
    BLOCKS,
    BRIEF,
    CUTS,
    DAYS,
    FIRST,
    GRASSROOTS,
    GROUPS,
    JOININGS,
    LEAVINGS,
    LIFE,
    MOVES_ON,
    ONE,
    PEOPLE,
    TODAY,
    UNITS,
    Naive,
)


@dataclass
class World:
    """What was drawn: which unit stands where from when, and what is done one after the other."""

    seed: int
    cut: int

    def __repr__(self) -> str:
        return f"World(seed={self.seed}, cut={self.cut})"


def worlds() -> st.SearchStrategy[World]:
    return st.integers(0, 2**48).map(lambda seed: World(seed, 10**6))


def smaller_worlds(world: World) -> Iterator[World]:
    """Without the last things done."""
    length = min(world.cut, 60)
    for less in (length // 2, length - 5, length - 1):
        if 0 < less < length:
            yield World(world.seed, less)


def found() -> dict[str, Unit]:
    kinds = {"r": "province", "a": "district", "b": "district"}
    units = {code: a_unit(f"reg-{code}", kinds.get(code, "grassroots"), BLOCKS.get(code, "")) for code in UNITS}
    units[BRIEF] = a_unit(f"reg-{BRIEF}", life=Span(LIFE[0], LIFE[1] + ONE))
    units |= {code: a_unit(f"reg-{code}", "group") for code in GROUPS}
    put(units["t1"], units["g1"])
    put(units["ts"], units["g1"], Span(None, MOVES_ON))
    put(units["ts"], units["g2"], Span(MOVES_ON, None))
    return units


class Written(Moves):
    """The world in the database and in the second way at once; what is refused must be what the second way forbids."""

    def __init__(self, world: World, *, counted: bool = False) -> None:
        """`counted`: with records, statements and cut-overs, by which figures are counted."""
        units = {code: Unit.objects.get(code=f"reg-{code}") for code in (*UNITS, *GROUPS, BRIEF)}
        self.luck, self.units, self.by = Random(world.seed), units, clerk()
        by = self.by
        self.naive, self.cases, self.transfers = Naive(), set[str](), list[Transfer]()
        # act -> how often it was done, and how often refused
        self.told: Counter[tuple[str, bool]] = Counter()
        self.rows: list[Membership] = []
        self.made: list[PersonMerge] = []
        self.people: list[Person] = []
        self._tree()
        for number in range(PEOPLE):
            sex = self.luck.choice(["female", "female", "male", ""])
            if sex == "female":
                self.naive.women.add(number)
            self.people.append(enter_person(by=by, name=f"Người {number}", code=f"reg-p{number}", sex=sex))
        acts = [self.join] * 7 + [self.move] * 2 + [self.leave] * 3 + [self.merge] * 4 + [self.unmerge] * 3
        acts += [self.ask] * 5 + [self.request] * 3 + [self.send] * 2 + [self.answer] * 7 + [self.correct] * 2
        acts += [self.group] * 3 + [self.annul]
        if counted:
            acts += [self.join] * 5 + [self.move] * 2 + [self.merge] * 2 + [self.begin] * 4 + [self.visit] * 6
            acts += [self.entry] * 4 + [self.state] * 3 + [self.standing] * 2
        self._begin_with(self.luck.choice(["", "twice", "both wait", "under another", "grouped"]))
        for _number in range(min(world.cut, self.luck.randint(35, 60) if counted else 35)):
            self.luck.choice(acts)()

    def _begin_with(self, case: str) -> None:
        """What comes about too seldom by itself."""
        if case:
            self._join(0, "g1", DAYS[0], "individual", date.max)
        if case in ("twice", "both wait"):
            self._join(1, "g1", DAYS[1], "on_list", date.max)
        for person in (0, 1, 0, 1, 0, 1) if case == "both wait" else ():
            if not self.naive.waiting(person):
                self._ask(person, self.naive.open_of(person)[0])
        if case == "grouped":
            self._group(0, "g1", DAYS[2], "t1")
            self.leave()
        elif case:
            self._merge(0, 1)
        if case == "twice":
            self.leave()
        if case == "under another":
            self._ask(1, self.naive.open_of(1)[0])
            self.answer()
            self.answer()

    def _tree(self) -> None:
        for unit, parents in (("a", "r"), ("b", "r"), ("g1", "ab"), ("g2", "ab"), ("g3", "rab")):
            cut = self.luck.choice([FIRST, *CUTS]) if unit in GRASSROOTS else FIRST
            parts = [(date(2000, 1, 1), cut - ONE), (cut, date(2030, 1, 1))] if cut != FIRST else []
            for first, last in parts or [(date(2000, 1, 1), date(2030, 1, 1))]:
                parent = self.luck.choice(parents)
                put(self.units[unit], self.units[parent], Span(first, last + ONE))
                self.naive.placements.append((unit, parent, first, last))

    def person(self) -> int:
        return self.luck.randrange(PEOPLE)

    def fresh(self, number: int) -> Person:
        return Person.objects.select_related("same_as").get(pk=self.people[number].pk)

    def expect(self, forbidden: bool, act: Any) -> Any:
        """What the act gives; None where it is refused, which must be where the second way forbids it."""
        # the act that asks, for the share of each
        self.told[sys._getframe(1).f_code.co_name.strip("_"), not forbidden] += 1
        try:
            made = act()
        except Refusal as refusal:
            assert forbidden, refusal.sentences
            return None
        except IntegrityError as fault:
            raise AssertionError("only the database refused it") from fault
        assert not forbidden, "done though it may not be"
        return made

    # ---- acts

    def join(self) -> None:
        unit, day = self.luck.choice([*GRASSROOTS, *GRASSROOTS, *GRASSROOTS, BRIEF]), self.luck.choice(DAYS)
        if self.luck.random() < 0.35:
            day = self.naive.begun.get(unit, day)
        self._join(self.person(), unit, day, self.luck.choice(JOININGS))

    def _join(self, person: int, unit: str, first: date, joining: str, last: date | None = None) -> None:
        if last is None:
            later = [day for day in DAYS if day > first]
            last = self.luck.choice(later) if later and self.luck.random() < 0.3 else date.max
        clash = any(row["from"] <= last and first <= row["to"] for row in self.naive.rows_of(person))
        clash = clash or not self.naive.lives(unit, first, last)
        span = span_of(first, last)
        leaving = self.luck.choice(["", *LEAVINGS]) if last != date.max else ""
        row = self.expect(clash, lambda: join_unit(
            by=self.by, unit=self.units[unit], person=self.fresh(person), valid=span, joining=joining, leaving=leaving,
        ))  # fmt: skip
        if row:
            self.keep(row, person, unit, first, last, joining, leaving)

    def keep(
        self, row: Membership, person: int, unit: str, first: date, last: date, joining: str, leaving: str
    ) -> None:
        number = len(self.rows)
        self.rows.append(row)
        self.naive.memberships.append({
            "person": person, "unit": unit, "from": first, "to": last, "joining": joining, "leaving": leaving,
            "gone": False, "number": number,
        })  # fmt: skip

    def _open(self) -> list[dict[str, Any]]:
        return [row for row in self.naive.known() if row["to"] == date.max]

    def leave(self) -> None:
        # rather one whom merged records make a member twice
        twice = [row for row in self._open() if len(self.naive.open_of(row["person"])) > 1]
        if rows := twice or self._open():
            row = self.luck.choice(rows)
            self._leave(row, self.day_after(row["from"]), self.luck.choice(list(LEAVINGS)))

    def _leave(self, row: dict[str, Any], last: date, leaving: str) -> bool:
        rows = self.naive.open_of(row["person"])
        made = self.expect(any(last < each["from"] for each in rows), lambda: leave_unit(
            by=self.by, membership=self.row_now(row), last=PartialDate(last, Precision.DAY), leaving=leaving,
        ))  # fmt: skip
        if made:
            self.end(rows, last, leaving)
        return bool(made)

    def move(self) -> None:
        """The last day at one unit, the first at another."""
        if not self._open():
            return
        row, day = self.luck.choice(self._open()), self.luck.choice(DAYS)
        if self._leave(row, day - ONE, "moved"):
            to = self.luck.choice([unit for unit in GRASSROOTS if unit != row["unit"]])
            self._join(row["person"], to, day, "moved", date.max)

    def annul(self) -> None:
        if self.naive.known() and self.luck.random() < 0.5:
            row = self.luck.choice(self.naive.known())
            annul_membership(by=self.by, membership=self.row_now(row), reason="ghi nhầm")
            row["gone"] = True
            self.naive.cut_groups(row, date.max, date.max)

    def merge(self) -> None:
        self._merge(*self._pair())

    def _merge(self, kept: int, dropped: int) -> None:
        ours, theirs = self.naive.component(kept), self.naive.component(dropped)
        known = self.naive.known()
        clash = ours == theirs or self._clash(ours, theirs)
        if ours != theirs and clash:
            self.cases.add("merge refused: two units on one day")
        waiting = [self.naive.waiting(each) for each in (kept, dropped)]
        if ours != theirs and not clash and all(waiting):
            self.cases.add("merge refused: both wait")
            clash = True
        made = self.expect(clash, lambda: merge_persons(
            by=self.by, unit=self.units["r"], kept=self.people[kept], dropped=self.people[dropped], reason="một người",
        ))  # fmt: skip
        if made:
            units = [{row["unit"] for row in known if row["person"] in people} for people in (ours, theirs)]
            if units[0] and units[1] and units[0] != units[1]:
                self.cases.add("merge across units")
            if any(
                one["unit"] == two["unit"] and one["from"] <= two["to"] and two["from"] <= one["to"]
                for one in known
                for two in known
                if one["person"] in ours and two["person"] in theirs
            ):
                self.cases.add("merge of two members of one unit")
                self.naive.blurred |= ours | theirs
            if any(waiting):
                self.cases.add("merged while a transfer waits")
            self.made.append(made)
            self.naive.merges.append(
                {"kept": self.naive.top(kept), "dropped": self.naive.top(dropped), "undone": False}
            )

    def _clash(self, ours: frozenset[int], theirs: frozenset[int]) -> bool:
        return any(
            one["unit"] != two["unit"] and one["from"] <= two["to"] and two["from"] <= one["to"]
            for one in self.naive.known()
            for two in self.naive.known()
            if one["person"] in ours and two["person"] in theirs
        )

    def _pair(self) -> tuple[int, int]:
        """Any two, or mostly two who have been members and may be one person."""
        been = sorted({row["person"] for row in self.naive.known()})
        pairs = [(one, two) for one in been for two in been if one != two]
        luck = self.luck.random()
        if luck < 0.3 or not pairs:
            return self.person(), self.person()
        component = self.naive.component
        may = [
            (one, two)
            for one, two in pairs
            if component(one) != component(two) and not self._clash(component(one), component(two))
        ]
        # rather somebody who waits to be received, or two of them
        waits = [sum(bool(self.naive.waiting(each)) for each in pair) for pair in may]
        rare = [pair for pair, count in zip(may, waits, strict=True) if count == max(waits)]
        return self.luck.choice(rare if rare and luck < 0.7 else may or pairs)

    def unmerge(self) -> None:
        holding = [number for number, merge in enumerate(self.naive.merges) if not merge["undone"]]
        if holding:
            waits = [each for each in holding if self.naive.waiting(self.naive.merges[each]["kept"])]
            number = self.luck.choice(waits or holding)
            together = self.naive.component(self.naive.merges[number]["kept"])
            if self.naive.waiting(min(together)):
                self.cases.add("undone while a transfer waits")
            self.naive.blurred |= together
            unmerge_persons(by=self.by, unit=self.units["r"], merge=self.made[number])
            self.naive.merges[number]["undone"] = True
            self.cases.add("merge undone")

    def begin(self) -> None:
        # a federation without members of its own says by it that its words for all below count no longer
        again = [*self.naive.begun] if self.luck.random() < 0.4 else []
        unit, day = self.luck.choice(again or [*GRASSROOTS, *GRASSROOTS, "a", "b"]), self.luck.choice(CUTS)
        if unit in self.naive.begun:
            self.cases.add("cut-over changed")
        begin_register(by=self.by, unit=self.units[unit], begins_on=day)
        self.naive.begun[unit] = day

    def entry(self) -> None:
        kind = self.luck.choice(["member_admission", "member_leaving"])
        first = self.luck.choice(DAYS)
        last = self.luck.choice([first, first, *(day for day in DAYS if day > first)])
        unit, n = self.luck.choice(GRASSROOTS), self.luck.randint(1, 9)
        sector = self.luck.choice(["", "non_state"]) if kind == "member_admission" else ""
        self._entry(kind, unit, first, last, n, [], {"sector": sector} if sector else {})

    def visit(self) -> None:
        first = self.luck.choice(DAYS)
        last = first if self.luck.random() < 0.8 else self.luck.choice([day for day in DAYS if day >= first])
        people = sorted({self.person() for _each in range(self.luck.randint(0, 3))})
        kind = self.luck.choice(["visit", "visit", "hardship"])
        self._entry(kind, self.luck.choice([*GRASSROOTS, "a"]), first, last, self.luck.randint(4, 9), people, {})

    def _entry(
        self, kind: str, unit: str, first: date, last: date, n: int, people: list[int], details: dict[str, str]
    ) -> None:
        persons = [self.fresh(each) for each in people]
        twice = len({self.naive.component(each) for each in people}) < len(people)
        made = self.expect(twice, lambda: record_entry(
            by=self.by, unit=self.units[unit], kind=kind, period=Span(first, last + ONE), today=TODAY,
            counts=[Count("nguoi", Quantity(n))], details=details, people=["Một người không có trong sổ", *persons][:n],
        ))  # fmt: skip
        if made:
            self.naive.entries.append({
                "code": made.code, "kind": kind, "unit": unit, "from": first, "to": last, "n": n, "people": people,
                "sector": details.get("sector", ""),
            })  # fmt: skip

    def state(self) -> None:
        unit, coverage = self.luck.choice(
            [(u, "own") for u in (*UNITS, *GRASSROOTS, *GRASSROOTS)] + [(u, "below") for u in ("a", "b")]
        )
        day, value = self.luck.choice(DAYS), self.luck.randint(0, 50)
        record_statement(
            by=self.by, unit=self.units[unit], subject="members", period=Span.on(day), today=TODAY,
            value=Quantity(value), coverage=Coverage(coverage),
        )  # fmt: skip
        number = len(self.naive.statements)
        self.naive.statements.append({"unit": unit, "coverage": coverage, "day": day, "value": value, "number": number})

    def standing(self) -> None:
        """A Party member, recorded where they are a member."""
        person, day = self.person(), self.luck.choice(DAYS)
        rows = [row for row in self.naive.known() if row["person"] in self.naive.component(person)]
        last = max(rows, key=lambda row: row["to"], default=None)
        among = self.naive.component(person)
        if last is None or any(row["person"] in among for row in self.naive.party):
            return
        if len({row["unit"] for row in rows if row["to"] == last["to"]}) > 1:
            return
        record_standing(
            by=self.by, unit=self.units[last["unit"]], person=self.fresh(person), kind="party", valid=Span(day, None)
        )
        self.naive.party.append({"person": person, "from": day})
