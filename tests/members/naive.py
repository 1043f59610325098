"""A second way to count a register, slow and plain: lists of what was accepted, gone through for every day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

ONE = timedelta(days=1)
FIRST, LAST = date(2023, 1, 1), date(2024, 12, 31)
TODAY = date(2025, 6, 1)
UNITS = ("r", "a", "b", "g1", "g2", "g3")
# a unit that lives for a year only, below none; groups below g1, and one that goes from g1 to g2
BRIEF, LIFE = "z", (date(2023, 4, 1), date(2024, 3, 31))
GROUPS, MOVES_ON = ("t1", "ts"), date(2023, 7, 1)
BLOCKS = {"g1": "hanh_chinh", "g2": "dn_fdi", "g3": "dn_ngoai_nha_nuoc"}
SECTORS = {"g1": "state", "g2": "non_state", "g3": "non_state"}
HALVES = {"g1": "hcsn", "g2": "sxkd", "g3": "sxkd"}
GRASSROOTS = ("g1", "g2", "g3")
# days of decisions, and the day before and after each of the moves of units and cut-overs
DAYS = [date(2023, 1, 1), date(2023, 3, 31), date(2023, 4, 1), date(2023, 6, 30), date(2023, 7, 1), date(2023, 9, 15),
        date(2023, 12, 31), date(2024, 1, 1), date(2024, 3, 31), date(2024, 4, 1), date(2024, 8, 20)]  # fmt: skip
CUTS = [date(2023, 4, 1), date(2023, 7, 1), date(2024, 1, 1), date(2024, 4, 1)]
PERIODS = [(FIRST, LAST), (FIRST, date(2023, 12, 31)), (date(2024, 1, 1), LAST), (date(2023, 4, 1), date(2024, 3, 31))]
JOININGS = ("individual", "collective", "again", "on_list", "moved")
ADMISSIONS = ("individual", "collective", "founding", "again")
LEAVINGS = {"moved": "moved", "retired": "retired", "left": "left", "expelled": "left", "": ""}
PEOPLE = 7


@dataclass
class Naive:
    """The second way: plain rows, a tree for each day, and components of merged records."""

    placements: list[tuple[str, str, date, date]] = field(default_factory=list)
    memberships: list[dict[str, Any]] = field(default_factory=list)
    merges: list[dict[str, Any]] = field(default_factory=list)
    begun: dict[str, date] = field(default_factory=dict)
    entries: list[dict[str, Any]] = field(default_factory=list)
    statements: list[dict[str, Any]] = field(default_factory=list)
    party: list[dict[str, Any]] = field(default_factory=list)
    women: set[int] = field(default_factory=set)
    transfers: list[dict[str, Any]] = field(default_factory=list)
    groups: dict[int, dict[date, str]] = field(default_factory=lambda: {person: {} for person in range(PEOPLE)})
    # whose groups are not followed: merged records made them a member twice, or were two persons again
    blurred: set[int] = field(default_factory=set)

    # ---- who and where

    def component(self, person: int) -> frozenset[int]:
        found = {person}
        grew = True
        while grew:
            grew = False
            for merge in self.merges:
                if not merge["undone"] and (merge["kept"] in found) != (merge["dropped"] in found):
                    found |= {merge["kept"], merge["dropped"]}
                    grew = True
        return frozenset(found)

    def top(self, person: int) -> int:
        """The record that nobody dropped."""
        dropped = {merge["dropped"] for merge in self.merges if not merge["undone"]}
        [top] = [each for each in self.component(person) if each not in dropped]
        return top

    def line(self, unit: str, day: date) -> list[str]:
        found = [unit]
        while above := [p for u, p, first, last in self.placements if u == found[-1] and first <= day <= last]:
            found += above
        return found

    def known(self) -> list[dict[str, Any]]:
        return [row for row in self.memberships if not row["gone"]]

    def rows_of(self, person: int) -> list[dict[str, Any]]:
        people = self.component(person)
        return [row for row in self.known() if row["person"] in people]

    def open_of(self, person: int) -> list[dict[str, Any]]:
        """The rows without an end, the one begun last first; all of one unit."""
        rows = [row for row in self.rows_of(person) if row["to"] == date.max]
        return sorted(rows, key=lambda row: row["from"], reverse=True)

    def waiting(self, person: int) -> list[dict[str, Any]]:
        people = self.component(person)
        return [
            each for each in self.transfers if each["state"] in ("waiting", "requested") and each["person"] in people
        ]

    def lives(self, unit: str, first: date, last: date) -> bool:
        return unit != BRIEF or (LIFE[0] <= first and last <= LIFE[1])

    def above(self, group: str, day: date) -> str:
        return "g2" if group == "ts" and day >= MOVES_ON else "g1"

    def cut_groups(self, row: dict[str, Any], first: date, last: date) -> None:
        """Days that a membership has no more have no group."""
        for person in self.component(row["person"]):
            for day in DAYS:
                if row["from"] <= day <= row["to"] and not first <= day <= last:
                    self.groups[person].pop(day, None)

    def group_on(self, person: int, day: date) -> set[str]:
        return {self.groups[each][day] for each in self.component(person) if day in self.groups[each]}

    def units_of(self, person: int, day: date) -> set[str]:
        people = self.component(person)
        return {row["unit"] for row in self.known() if row["person"] in people and row["from"] <= day <= row["to"]}

    def members(self, unit: str, day: date, who: str = "") -> set[frozenset[int]]:
        """Of the unit itself."""
        found = set()
        for row in self.known():
            if row["unit"] == unit and row["from"] <= day <= row["to"] and self.is_one(row["person"], who, day):
                found.add(self.component(row["person"]))
        return found

    def is_one(self, person: int, who: str, day: date) -> bool:
        if who == "female":
            return self.top(person) in self.women
        if who == "party":
            return any(row["person"] in self.component(person) and row["from"] <= day for row in self.party)
        return True

    # ---- figures

    def on_register(self, unit: str, day: date) -> bool:
        return unit in self.begun and self.begun[unit] <= day

    def from_register(self, unit: str, day: date, who: str = "", half: str = "") -> int | None:
        """Members on the day of all below that are counted from the register; None when none is."""
        there = [
            each
            for each in UNITS
            if unit in self.line(each, day) and self.on_register(each, day) and half in ("", HALVES.get(each))
        ]
        return sum(len(self.members(each, day, who)) for each in there) if there else None

    def stock(self, unit: str, day: date) -> int | None:
        """Members on the day: from the register where it is, else as last stated; a word for all below holds below."""
        if not self.on_register(unit, day) and (whole := self.stated(unit, day, "below")) is not None:
            return whole
        numbers = [len(self.members(unit, day)) if self.on_register(unit, day) else self.stated(unit, day, "own")]
        numbers += [self.stock(each, day) for each in UNITS if self.line(each, day)[1:2] == [unit]]
        known = [number for number in numbers if number is not None]
        return sum(known) if known else None

    def stated(self, unit: str, day: date, coverage: str) -> int | None:
        rows = [row for row in self.statements if row["unit"] == unit and row["coverage"] == coverage]
        rows = [row for row in rows if row["day"] <= day]
        return max(rows, key=lambda row: (row["day"], row["number"]))["value"] if rows else None

    def events(self, name: str) -> Iterator[dict[str, Any]]:
        """Who joined ('from') or left ('to'), each once whatever records say so."""
        rows = self.known()
        for row in rows:
            others = [
                other
                for other in rows
                if other is not row
                and other["unit"] == row["unit"]
                and self.component(other["person"]) == self.component(row["person"])
            ]
            if name == "from":
                held = any(
                    other["from"] < row["from"] <= other["to"]
                    or (other["from"] == row["from"] and other["number"] < row["number"])
                    for other in others
                )
            else:
                held = row["to"] == date.max or any(
                    (other["from"] <= row["to"] < other["to"])
                    or (other["to"] == row["to"] and other["number"] > row["number"])
                    for other in others
                )
            if not held and row["unit"] in self.begun:
                yield {**row, "day": row[name]}

    def flow(
        self, kind: str, unit: str, first: date, last: date, *, register: bool = False, who: str = "",
        group: str = "", sector: str = "", own: bool = False,
    ) -> int:  # fmt: skip
        name = "from" if kind in ("member_admission", "member_arrival") else "to"
        found = 0
        for event in self.events(name):
            how = event["joining"] if name == "from" else LEAVINGS[event["leaving"]]
            wanted = {
                "member_admission": how in ADMISSIONS,
                "member_arrival": how == "moved",
                "member_leaving": how != "moved",
                "member_departure": how == "moved",
            }[kind]
            day = event["day"]
            if not wanted or day < self.begun[event["unit"]] or not first <= day <= last:
                continue
            if (group and how != group) or not self.is_one(event["person"], who, day):
                continue
            if sector and SECTORS.get(event["unit"]) != sector:
                continue
            found += event["unit"] == unit if own else unit in self.line(event["unit"], day)
        if not register:
            found += sum(entry["n"] for entry in self.entries_of({kind}, unit, first, last, sector))
        return found

    def entries_of(
        self, kinds: set[str], unit: str, first: date, last: date, sector: str = ""
    ) -> Iterator[dict[str, Any]]:
        for entry in self.entries:
            if entry["kind"] not in kinds or not (first <= entry["from"] and entry["to"] <= last):
                continue
            if unit not in self.line(entry["unit"], entry["to"]) or self.is_aside(entry):
                continue
            if not sector or entry["sector"] == sector:
                yield entry

    def is_aside(self, entry: dict[str, Any]) -> bool:
        replaced = entry["kind"] in ("member_admission", "member_leaving") and entry["unit"] in self.begun
        return replaced and entry["to"] >= self.begun[entry["unit"]]

    def named(self, kinds: set[str], unit: str, first: date, last: date) -> dict[frozenset[int], int]:
        found: dict[frozenset[int], int] = {}
        for entry in self.entries_of(kinds, unit, first, last):
            for who in {self.component(person) for person in entry["people"]}:
                found[who] = found.get(who, 0) + 1
        return found
