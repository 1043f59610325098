"""A small tree that moves, three persons, and what random steps do to them: in the register, and counted by hand.

A step of a new kind (a transfer, a merge of persons) is a class with `draw`, `do` and `count`, added to STEPS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any, Protocol

from hypothesis import strategies as st

from nhiemky.foundation.models import User
from nhiemky.foundation.refusals import Refusal
from nhiemky.members.actions import annul_membership, correct_membership, enter_person, join_unit, leave_unit, set_group
from nhiemky.members.models import Membership, Person
from nhiemky.rules.timeline import PartialDate, Precision, Span
from nhiemky.units.models import Unit
from tests.factories import a_unit, put

ONE = timedelta(days=1)
FIRST = date(2026, 2, 20)
INSIDE = [FIRST + n * ONE for n in range(12)]
# the days around stand for all days before and after
DAYS = [FIRST - ONE, *INSIDE, INSIDE[-1] + ONE]
UNITS, GROUPS, PEOPLE = "abc", ("ga", "gb", "gs"), "xyz"
LIVES = {"a": Span(None, None), "b": Span(None, None), "c": Span(INSIDE[1], INSIDE[9])}
MOVES_ON = INSIDE[6]


def found_units() -> None:
    """Unions a, b, c and groups of a and b; the group gs goes from a to b."""
    top = a_unit("reg-top", "district")
    units = {code: a_unit(f"reg-{code}", life=LIVES[code]) for code in UNITS}
    groups = {code: a_unit(f"reg-{code}", "group") for code in GROUPS}
    for code, unit in units.items():
        put(unit, top, LIVES[code])
    put(groups["ga"], units["a"])
    put(groups["gb"], units["b"])
    put(groups["gs"], units["a"], Span(None, MOVES_ON))
    put(groups["gs"], units["b"], Span(MOVES_ON, None))


def above(group: str, day: date) -> str:
    """The union above the group on the day."""
    return {"ga": "a", "gb": "b", "gs": "a" if day < MOVES_ON else "b"}[group]


class Hand:
    """The second way: for each person the unit and the group of each day, by hand."""

    def __init__(self) -> None:
        self.stays: dict[str, tuple[str, str, frozenset[date]]] = {}
        self.groups: dict[str, dict[date, str]] = {person: {} for person in PEOPLE}

    def members(self, unit: str, day: date) -> list[str]:
        return sorted(person for person, where, days in self.stays.values() if where == unit and day in days)

    def stay_on(self, person: str, day: date) -> str | None:
        return next((name for name, (who, _unit, days) in self.stays.items() if who == person and day in days), None)

    def fits(self, person: str, unit: str, days: frozenset[date], besides: str = "") -> bool:
        """Whether the unit lives on all the days, and the person is a member nowhere else on any."""
        alive = {day for day in DAYS if LIVES[unit].holds(day)}
        taken = {
            day for name, (who, _u, others) in self.stays.items() if who == person and name != besides for day in others
        }
        return bool(days) and days <= alive and not days & taken

    def put(self, name: str, person: str, unit: str, days: frozenset[date]) -> None:
        """The stay has these days now; the groups of days that are gone are gone."""
        before = self.stays[name][2] if name in self.stays else frozenset()
        for day in before - days:
            self.groups[person].pop(day, None)
        if days:
            self.stays[name] = (person, unit, days)
        else:
            self.stays.pop(name, None)


@dataclass
class World:
    """The register beside the count by hand, after some steps."""

    by: User
    units: dict[str, Unit]
    people: dict[str, Person]
    rows: dict[str, Membership] = field(default_factory=dict)
    hand: Hand = field(default_factory=Hand)

    @classmethod
    def empty(cls, by: User) -> World:
        units = {code: Unit.objects.get(code=f"reg-{code}") for code in (*UNITS, *GROUPS)}
        return cls(
            by,
            units,
            {code: enter_person(by=by, name=f"Người thử {code.upper()}", code=f"reg-{code}") for code in PEOPLE},
        )


def days_of(first: int, last: int | None) -> frozenset[date]:
    """The days from one of DAYS to another; to the end of all days without a last."""
    return frozenset(DAYS[first : len(DAYS) if last is None else last + 1])


def span_of(first: int, last: int | None) -> Span:
    return Span(DAYS[first], None if last is None else DAYS[last] + ONE)


def two(luck: Random) -> tuple[int, int | None]:
    first, last = sorted(luck.choices(range(1, len(DAYS) - 1), k=2))
    return first, last if luck.random() < 0.5 else None


def day_of(at: int) -> PartialDate:
    return PartialDate(DAYS[at], Precision.DAY)


class Step(Protocol):
    """One step: `do` in the register, a Refusal where it cannot be; `count` by hand, False where it cannot be."""

    def do(self, world: World) -> None: ...

    def count(self, hand: Hand) -> bool: ...


@dataclass(frozen=True)
class Join:
    name: str
    person: str
    unit: str
    first: int
    last: int | None

    def do(self, world: World) -> None:
        world.rows[self.name] = join_unit(
            by=world.by, unit=world.units[self.unit], person=world.people[self.person],
            valid=span_of(self.first, self.last), joining="individual",
        )  # fmt: skip

    def count(self, hand: Hand) -> bool:
        days = days_of(self.first, self.last)
        # without an end one is a member beyond all days, where the unit may have ended
        if (self.last is None and LIVES[self.unit].ends_before) or not hand.fits(self.person, self.unit, days):
            return False
        hand.put(self.name, self.person, self.unit, days)
        return True


@dataclass(frozen=True)
class Leave:
    name: str
    last: int

    def do(self, world: World) -> None:
        row = leave_unit(by=world.by, membership=world.rows[self.name], last=day_of(self.last), leaving="left")
        world.rows[self.name] = row

    def count(self, hand: Hand) -> bool:
        person, unit, days = hand.stays[self.name]
        kept = frozenset(day for day in days if day <= DAYS[self.last])
        if DAYS[-1] not in days or not kept:
            return False
        hand.put(self.name, person, unit, kept)
        return True


@dataclass(frozen=True)
class Correct:
    name: str
    first: int
    last: int | None

    def do(self, world: World) -> None:
        world.rows[self.name] = correct_membership(
            by=world.by, membership=world.rows[self.name], valid=span_of(self.first, self.last),
            joining="collective", leaving="",
        )  # fmt: skip

    def count(self, hand: Hand) -> bool:
        person, unit, _days = hand.stays[self.name]
        days = days_of(self.first, self.last)
        if (self.last is None and LIVES[unit].ends_before) or not hand.fits(person, unit, days, self.name):
            return False
        hand.put(self.name, person, unit, days)
        return True


@dataclass(frozen=True)
class Annul:
    name: str

    def do(self, world: World) -> None:
        annul_membership(by=world.by, membership=world.rows[self.name], reason="ghi nhầm")

    def count(self, hand: Hand) -> bool:
        person, unit, _days = hand.stays[self.name]
        hand.put(self.name, person, unit, frozenset())
        return True


@dataclass(frozen=True)
class Grouped:
    person: str
    unit: str
    group: str
    since: int

    def do(self, world: World) -> None:
        set_group(
            by=world.by, unit=world.units[self.unit], person=world.people[self.person],
            group=world.units[self.group] if self.group else None, since=DAYS[self.since],
        )  # fmt: skip

    def count(self, hand: Hand) -> bool:
        since = DAYS[self.since]
        name = hand.stay_on(self.person, since)
        if name is None or hand.stays[name][1] != self.unit or (self.group and above(self.group, since) != self.unit):
            return False
        for day in hand.stays[name][2]:
            if day >= since:
                hand.groups[self.person].pop(day, None)
                if self.group:
                    hand.groups[self.person][day] = self.group
        return True


def _join(luck: Random, joins: list[Join]) -> Step:
    return Join(f"m{len(joins)}", luck.choice(PEOPLE), luck.choice(UNITS), *two(luck))


def _grouped(luck: Random, joins: list[Join]) -> Step:
    """Mostly a member of the union, on a day of theirs, and a group that stands below it on some day."""
    join = luck.choice(joins)
    since = luck.randrange(join.first, (len(DAYS) - 1 if join.last is None else join.last) + 1)
    near = {"a": ["ga", "gs", ""], "b": ["gb", "gs", ""], "c": [""]}[join.unit]
    if luck.random() < 0.2:
        return Grouped(luck.choice(PEOPLE), luck.choice(UNITS), luck.choice(GROUPS), since)
    return Grouped(join.person, join.unit, luck.choice([*near, *GROUPS]), since)


def _leave(luck: Random, joins: list[Join]) -> Step:
    return Leave(luck.choice(joins).name, luck.randrange(1, len(DAYS) - 1))


def _correct(luck: Random, joins: list[Join]) -> Step:
    return Correct(luck.choice(joins).name, *two(luck))


def _annul(luck: Random, joins: list[Join]) -> Step:
    return Annul(luck.choice(joins).name)


# how often each is drawn, and how, from the joins that were drawn before
STEPS: list[tuple[int, Callable[[Random, list[Join]], Step]]] = [
    (4, _join), (2, _leave), (2, _correct), (1, _annul), (5, _grouped),
]  # fmt: skip


def make_steps(seed: int) -> list[Step]:
    luck, joins, found = Random(seed), [], []
    for at in range(14):
        kinds = STEPS[:1] if at < 2 else STEPS
        draw = luck.choices([draw for _weight, draw in kinds], [weight for weight, _draw in kinds])[0]
        step = draw(luck, joins)
        found.append(step)
        if isinstance(step, Join):
            joins.append(step)
    return found


steps = st.integers(0, 2**48).map(make_steps)


def smaller_steps(taken: list[Step]) -> Iterator[list[Step]]:
    for at in reversed(range(len(taken))):
        yield taken[:at] + taken[at + 1 :]


def play(world: World, taken: list[Step]) -> Iterator[tuple[Step, bool, bool]]:
    """Each step, whether the register took it, and whether it should have by hand."""
    for step in taken:
        name: Any = getattr(step, "name", None)
        if not isinstance(step, Join) and name and name not in world.rows:
            continue
        if not isinstance(step, Join) and name and name not in world.hand.stays:
            # it was annulled: nothing is done with it any more
            expected = False
        else:
            expected = step.count(world.hand)
        try:
            step.do(world)
        except Refusal:
            yield step, False, expected
        else:
            yield step, True, expected
