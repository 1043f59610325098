"""The registers of the fictional unions: who joined, left and moved when, so that the stated stocks come out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from nhiemky.config.province.particulars import People
from nhiemky.config.province.recipe import Line, Place, Recipe

DAY = timedelta(days=1)
SECTORS = {"nghiep_doan": "trade", "hcsn": "state", "sxkd": "non_state"}


@dataclass
class Member:
    """A person in one union, from a day to a day."""

    person: str
    unit: str
    start: date
    last: date | None = None
    leaving: str = ""
    joining: str = ""


@dataclass
class Register:
    """Persons and memberships of all unions, and the entries of the ledger that tell of them."""

    recipe: Recipe
    persons: list[Line] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    entries: list[Line] = field(default_factory=list)
    # sexes of the persons, in their order
    _sexes: list[str] = field(default_factory=list)
    _living: dict[str, list[Member]] = field(default_factory=lambda: defaultdict(list))
    _moving: list[Member] = field(default_factory=list)

    def person(self, women: int) -> str:
        """One more invented person."""
        names, draw = self.recipe.given["names"], self.recipe.draw("person", len(self.persons))
        sex = "female" if draw.in_hundred(women) else "male"
        middle = names["middle_women" if sex == "female" else "middle_men"]
        name = f"{draw.one(names['family'])} {draw.one(middle)} {draw.one(names['first'])} {draw.one(names['second'])}"
        code = f"hc.n.{len(self.persons) + 1:04d}"
        self._sexes.append(sex)
        self.persons.append({"type": "person", "id": code, "name": name, "fictional": True})
        return code

    def fill(self) -> None:
        """Draw every register, stretch by stretch in the order of time: who moves leaves one and joins another."""
        unions = {each.code: each for each in self.recipe.unions if each.code in self.recipe.stocks}
        stretches = []
        for union in unions.values():
            stated = self.recipe.stocks[union.code]
            self._found(union, *stated[0])
            stretches += [
                (end, union.code, start, after - before) for (start, before), (end, after) in pairwise(stated)
            ]
        for end, code, start, growth in sorted(stretches):
            self._pass(unions[code], start, end, growth)

    def _found(self, union: Place, stated: date, count: int) -> None:
        draw, days = self.recipe.draw(union.code, "founders"), (stated - union.begins).days
        for _at in range(count):
            # who came before the register was begun is known by the year of the union or by a day later on
            start = union.begins if draw.in_hundred(40) else union.begins + draw.whole(0, days) * DAY
            self._join(union, start, "founding" if start == union.begins else "on_list")

    def _join(self, union: Place, start: date, joining: str, person: str = "") -> None:
        member = Member(person or self.person(union.women), union.code, start, joining=joining)
        self.members.append(member)
        self._living[union.code].append(member)

    def _pass(self, union: Place, start: date, end: date, growth: int) -> None:
        draw = self.recipe.draw(union.code, end)
        admitted = self._by_hand(union, start, end)
        if union.written_by_hand:
            leavers = max(0, sum(admitted.values()) - growth)
        else:
            leavers = max(-growth, draw.times(len(self._living[union.code]) * 0.05))
        self._leave(union, leavers, start, end)
        needed = growth + leavers
        for member in [each for each in self._moving if each.last and start < each.last < end]:
            if needed > sum(admitted.values()) and member.unit != union.code and draw.in_hundred(60):
                assert member.last is not None
                self._moving.remove(member)
                self._join(union, member.last + DAY, "moved", member.person)
                needed -= 1
        if not union.written_by_hand:
            admitted = self._admissions(union, needed, start, end)
        for day, count in admitted.items():
            for _at in range(count):
                # who apply together sign one list
                self._join(union, day, "collective" if count > 5 else "individual")
        for _at in range(needed - sum(admitted.values())):  # from outside the province, so no admission
            self._join(union, start + draw.whole(1, (end - start).days) * DAY, "moved")

    def _by_hand(self, union: Place, start: date, end: date) -> dict[date, int]:
        found = {}
        for line in self.recipe.by_hand:
            if line["type"] == "entry" and line["unit"] == union.code and line["kind"] == "member_admission":
                day = date.fromisoformat(line["period"])
                if start < day <= end:
                    found[day] = line["counts"][0]["value"]
        return found

    def _leave(self, union: Place, count: int, start: date, end: date) -> None:
        draw = self.recipe.draw(union.code, end, "leave")
        for _at in range(count):
            living = [each for each in self._living[union.code] if each.start <= start]
            if not living:
                return
            member = draw.one(living)
            self._living[union.code].remove(member)
            member.last = start + draw.whole(1, (end - start).days - 2) * DAY
            member.leaving = draw.one(["retired", "retired", "moved", "moved", "left"])
            if member.leaving == "moved":
                self._moving.append(member)
            if not union.written_by_hand:
                self._tell(union, "member_leaving", member.last, 1, {"leaving": member.leaving}, "members")

    def _admissions(self, union: Place, count: int, start: date, end: date) -> dict[date, int]:
        draw, found = self.recipe.draw(union.code, end, "admit"), {}
        # new members are admitted in May, around the congresses and before Tết, a few at a time
        while count > 0:
            some = min(count, draw.whole(2, 9))
            day = start + draw.whole(5, (end - start).days) * DAY
            if day in found:
                continue
            found[day] = some
            count -= some
            sector = SECTORS["nghiep_doan" if union.block == "nghiep_doan" else union.half]
            self._tell(union, "member_admission", day, some, {"sector": sector}, "workers")
        return found

    def _tell(self, union: Place, kind: str, day: date, count: int, details: dict[str, str], whom: str) -> None:
        self.entries.append(
            {
                "type": "entry", "id": f"{union.code}.dv.{len(self.entries) + 1:04d}", "unit": union.code, "kind": kind,
                "period": day.isoformat(), "coverage": "act", "counts": [{"word": "nguoi", "value": count}],
                "details": details, "beneficiaries": whom, "source": "hc.so-lieu",
            }
        )  # fmt: skip

    def lines(self) -> Iterator[Line]:
        """Each person, the unions they passed through, and what is known of them besides."""
        people = People(self.recipe)
        passed: dict[str, list[Member]] = defaultdict(list)
        lines: dict[str, list[Line]] = defaultdict(list)
        for number, member in enumerate(self.members, start=1):
            end = member.last.isoformat() if member.last else ""
            line = {
                "type": "membership", "id": f"hc.m.{number:04d}", "unit": member.unit, "person": member.person,
                "valid": f"{member.start.isoformat()}..{end}", "joining": member.joining, "source": "hc.so-lieu",
            }  # fmt: skip
            passed[member.person].append(member)
            lines[member.person].append(line | ({"leaving": people.leaving(member)} if member.leaving else {}))
        people.set_out(passed)
        for number, (person, sex) in enumerate(zip(self.persons, self._sexes, strict=True), start=1):
            yield person | {"particulars": people.particulars(person, number, sex, passed.get(person["id"], []))}
            yield from lines[person["id"]]
            yield from people.besides(person)
        yield from people.dues(self.members)
        yield from people.groupings(self.members, self.recipe.groups)
        yield from people.transfers(self.members)

    def posted(self, unit: str, start: date, end: date | None) -> list[str]:
        """Members of the union through the whole of that time."""
        return [
            each.person
            for each in self.members
            if each.unit == unit and each.start <= start and (each.last is None or bool(end and each.last >= end))
        ]
