"""Random worlds to reorganise: units with members, posts, terms, work and stated numbers; and random plans for them.

A world is written by the actions that people use. Plans are drawn out of what the naive way knows at that moment, on
past days too, and many of them are impossible.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random

from nhiemky.ledger.actions import record_entry, record_statement
from nhiemky.members.actions import begin_register, enter_person, fill_post, join_unit, merge_persons, set_group
from nhiemky.members.models import Person
from nhiemky.reforms.rows import Do, Row
from nhiemky.rules.indicators import Count, Coverage
from nhiemky.rules.quantities import Quantity
from nhiemky.rules.timeline import ONE_DAY, Span
from nhiemky.units.actions import open_term
from nhiemky.units.models import Unit
from tests.factories import a_unit, clerk, put
from tests.reforms.naive import GROUPS, LAST, UNIONS, UPPERS, Naive, number
from tests.rules.stories import DAYS, FIRST

TODAY = date(2025, 12, 1)
ALWAYS = Span(FIRST, None)


@dataclass(frozen=True)
class World:
    """What there is before anything is reorganised; places in DAYS, None for what has no end."""

    begun: tuple[int, ...]
    kinds: dict[int, str]
    # (unit, first, end, group), by person
    members: tuple[tuple[int, int, int | None, int | None], ...]
    # who is one person with whom
    same: dict[int, int] = field(default_factory=dict)
    posts: tuple[tuple[int, int], ...] = ()
    terms: tuple[tuple[int, int], ...] = ()
    entries: tuple[tuple[int, int, int, int], ...] = ()
    stated: tuple[tuple[int, int, bool, int], ...] = ()
    register: tuple[tuple[int, int], ...] = ()


def code(unit: int) -> str:
    return f"tg-{unit}"


def span(first: int, end: int | None) -> Span:
    return Span(DAYS[first], None if end is None else DAYS[end])


def drawn(seed: int) -> World:
    draw = Random(seed)
    uppers = draw.randint(2, 3)
    unions = draw.randint(3, 5)
    groups = draw.randint(1, 4)
    kinds = {0: "province"} | {unit: draw.choice(UPPERS) for unit in range(1, uppers + 1)}
    begun = [0] * uppers
    for unit in range(uppers + 1, uppers + unions + 1):
        kinds[unit] = "grassroots"
        begun.append(draw.randint(1, uppers))
    for unit in range(uppers + unions + 1, uppers + unions + groups + 1):
        kinds[unit] = "group"
        begun.append(draw.randint(uppers + 1, uppers + draw.randint(1, unions)))
    of_unions = [unit for unit, kind in kinds.items() if kind in UNIONS]
    below = {union: [unit for unit in kinds if unit and begun[unit - 1] == union] for union in of_unions}
    members: list[tuple[int, int, int | None, int | None]] = []
    same: dict[int, int] = {}
    for person in range(draw.randint(6, 10)):
        union = draw.choice(of_unions)
        first = draw.choice((0, 0, 0, 0, draw.randrange(1, LAST - 6)))
        end = draw.choice((None, None, None, draw.randrange(first + 3, LAST)))
        group = draw.choice(below[union]) if below[union] and draw.random() < 0.6 else None
        if person and draw.random() < 0.12 and person - 1 not in same:
            union, same[person] = members[person - 1][0], person - 1
            same[person - 1], group = person, None
        members.append((union, first, end, group))
    posts = [
        (person, row[0]) for person, row in enumerate(members) if draw.random() < 0.35 and person not in same
    ]  # fmt: skip
    terms = [(unit, draw.choice((0, 0, 0, 4, 12))) for unit in (*of_unions, 1) if draw.random() < 0.6]
    entries = [drawn_entry(draw, list(kinds), 0) for _each in range(draw.randint(3, 8))]
    stated = [drawn_statement(draw, kinds, [*of_unions, *of_unions, 1, 2]) for _each in range(draw.randint(2, 6))]
    # what is back-dated would find nobody who may end: most days of the years are free
    register = [(unit, draw.choice((0, 0, 0, 10))) for unit in of_unions if draw.random() < 0.4]
    return World(
        tuple(begun), kinds, tuple(members), same, tuple(posts), tuple(terms), tuple(entries), tuple(stated),
        tuple(register),
    )  # fmt: skip


def drawn_entry(draw: Random, units: list[int], since: int) -> tuple[int, int, int, int]:
    first = min(draw.randrange(since, LAST), draw.randrange(since, LAST), draw.randrange(since, LAST))
    last = min(LAST - 1, first + draw.choice((0, 0, 1, 3)))
    return draw.choice(units), first, last, draw.randint(1, 9)


def drawn_statement(draw: Random, kinds: dict[int, str], units: list[int]) -> tuple[int, int, bool, int]:
    unit = draw.choice(units)
    day = min(draw.randrange(LAST), draw.randrange(LAST), draw.randrange(LAST))
    return unit, day, kinds[unit] in UPPERS or draw.random() < 0.15, draw.randint(1, 90)


# --- written twice: for the naive way, and by the actions -------------------------------------------------------------


def told(world: World) -> Naive:
    naive = Naive.beginning(world.kinds, world.begun)
    for person, (unit, first, end, group) in enumerate(world.members):
        inside = [first <= day and (end is None or day < end) for day in range(LAST)]
        naive.members[person] = [unit if there else None for there in inside]
        naive.groups[person] = [group if there else None for there in inside]
    naive.same = dict(world.same)
    naive.posts = [[person, unit, world.members[person][1], world.members[person][2]] for person, unit in world.posts]
    naive.terms = [[unit, first, None] for unit, first in world.terms]
    naive.entries, naive.stated = list(world.entries), list(world.stated)
    naive.begun = dict(world.register)
    return naive


def write(world: World) -> None:
    by = clerk()
    units = {}
    for unit, kind in world.kinds.items():
        units[unit] = a_unit(code(unit), kind, "", ALWAYS)
        if unit:
            put(units[unit], units[world.begun[unit - 1]], ALWAYS)
    people: dict[int, Person] = {}
    for person, (unit, first, end, group) in enumerate(world.members):
        people[person] = enter_person(by=by, name=f"Người Thử {person}", code=f"ng-{person}", fictional=True)
        join_unit(
            by=by, unit=units[unit], person=people[person], valid=span(first, end), joining="individual",
            leaving="retired" if end else "",
        )  # fmt: skip
        if group is not None:
            set_group(by=by, unit=units[unit], person=people[person], group=units[group], since=DAYS[first])
    for person, other in world.same.items():
        if person > other:
            merge_persons(by=by, unit=None, kept=people[other], dropped=people[person], reason="Một người")
    for unit, first in world.register:
        begin_register(by=by, unit=units[unit], begins_on=DAYS[first])
    for person, unit in world.posts:
        valid = span(*world.members[person][1:3])
        fill_post(
            by=by, unit=units[unit], person=people[person], body="bch", role="member", mandate="elected", valid=valid,
            ending="resigned" if valid.ends_before else "",
        )  # fmt: skip
    for unit, first in world.terms:
        open_term(by=by, unit=units[unit], label=f"2025-{first}", period=span(first, None))
    for entry in world.entries:
        write_entry(*entry)
    for row in world.stated:
        write_statement(*row)


def write_entry(unit: int, first: int, last: int, value: int) -> None:
    record_entry(
        by=clerk(), unit=Unit.objects.get(code=code(unit)), kind="tet_gifts", today=TODAY,
        period=Span(DAYS[first], DAYS[last] + ONE_DAY), counts=[Count("suat", Quantity(value))],
    )  # fmt: skip


def write_statement(unit: int, day: int, below: bool, value: int) -> None:
    record_statement(
        by=clerk(), unit=Unit.objects.get(code=code(unit)), subject="members", today=TODAY, period=Span.on(DAYS[day]),
        coverage=Coverage.BELOW if below else Coverage.OWN, value=Quantity(value),
    )  # fmt: skip


# --- plans ------------------------------------------------------------------------------------------------------------


def drawn_plan(draw: Random, naive: Naive, last: int) -> tuple[int, list[Row]]:
    """A day, mostly after the last one, and the rows of a plan."""
    at = min(LAST - 2, last + draw.randint(0, 3)) if draw.random() < 0.6 else draw.randrange(1, LAST - 1)
    rows: list[Row] = []
    drawing = _Drawing(draw, naive, at)
    for _times in range(draw.choice((1, 1, 1, 2, 3))):
        rows += drawing.one()
    return at, [Row(**{**vars(row), "at": place}) for place, row in enumerate(rows, 1)]


class _Drawing:
    """Draws what happens on one day; units that it founds have the next free numbers."""

    def __init__(self, draw: Random, naive: Naive, at: int) -> None:
        self.draw, self.naive, self.at = draw, naive, at
        self.fresh = max(naive.kinds) + 1
        self.living = naive.living(at)
        self.ended = [unit for unit in naive.table.cells if unit not in self.living]

    def of(self, *kinds: str) -> list[int]:
        return [unit for unit in self.living if self.naive.kinds[unit] in kinds]

    def new(self) -> int:
        self.fresh += 1
        return self.fresh - 1

    def one(self) -> list[Row]:
        draw = self.draw
        choices = [
            (self.merge, 5), (self.split, 5), (self.move, 3), (self.end, 2), (self.found, 2), (self.rename, 1),
            (self.allot, 2), (self.inherit, 1), (self.revive, 1), (self.wrong, 1),
        ]  # fmt: skip
        chosen = draw.choices([what for what, _weight in choices], [weight for _what, weight in choices])[0]
        return list(chosen())

    def merge(self) -> Iterator[Row]:
        draw = self.draw
        among = self.of(*UNIONS) if draw.random() < 0.7 else self.of(*UPPERS)
        if not among:
            return
        sources = draw.sample(among, min(len(among), draw.choice((1, 2, 2, 3))))
        others = [unit for unit in among if unit not in sources]
        if draw.random() < 0.08 and UPPERS[0] in self.naive.kinds.values():
            others = [0]
        if others and draw.random() < 0.5:
            yield from (Row(Do.MERGE, code(each), code(into)) for into in [draw.choice(others)] for each in sources)
            return
        into = self.new()
        for each in sources:
            yield Row(Do.MERGE, code(each), code(into), name=f"tên {into}")

    def split(self) -> Iterator[Row]:
        draw = self.draw
        among = self.of(*UNIONS) if draw.random() < 0.75 else self.of(*UPPERS)
        if not among:
            return
        source = draw.choice(among)
        others = [unit for unit in among if unit != source]
        parts = [(self.new(), True), (self.new(), True)]
        if others and draw.random() < 0.35:
            parts[1] = (draw.choice(others), False)
        heir, rest = draw.choice((0, 1, None)), draw.choice((0, 0, 1, None))
        for place, (part, new) in enumerate(parts):
            yield Row(
                Do.SPLIT, code(source), code(part), name=f"tên {part}" if new else "", heir=place == heir,
                rest=place == rest,
            )  # fmt: skip
        for each in self.naive.below(source, self.at):
            if draw.random() < 0.6:
                yield Row(Do.MOVE, code(each), code(draw.choice(parts)[0]))
        persons = [person for person, cells in self.naive.members.items() if cells[self.at] == source]
        for person in persons:
            if draw.random() < (0.3 if rest is not None else 0.9):
                yield Row(Do.ALLOT, code(source), code(draw.choice(parts)[0]), person=f"ng-{person}")

    def move(self) -> Iterator[Row]:
        over = {"grassroots": UPPERS, "group": UNIONS, "district": ("province",), "ward": ("district", "province")}
        unit = self.draw.choice(self.living)
        among = [each for each in self.of(*over.get(self.naive.kinds[unit], ())) if each != unit]
        if unit and among:
            yield Row(Do.MOVE, code(unit), code(self.draw.choice(among)))

    def end(self) -> Iterator[Row]:
        among = [unit for unit in self.living if unit]
        if not among:
            return
        unit = self.draw.choice(among)
        yield Row(Do.END, code(unit))
        for each in self.naive.below(unit, self.at):
            if self.naive.kinds[each] not in GROUPS or self.draw.random() < 0.2:
                others = [one for one in self.of(self.naive.kinds[unit]) if one != unit] or [0]
                yield Row(Do.MOVE, code(each), code(self.draw.choice(others)))
        heirs = [one for one in self.of(self.naive.kinds[unit]) if one != unit]
        if heirs and self.draw.random() < 0.25:
            yield Row(Do.INHERIT, code(unit), code(self.draw.choice(heirs)))

    def found(self) -> Iterator[Row]:
        kind, over = self.draw.choice((("ward", ("province",)), ("grassroots", UPPERS), ("group", UNIONS)))
        if among := self.of(*over):
            unit = self.new()
            yield Row(Do.FOUND, code(unit), code(self.draw.choice(among)), name=f"tên {unit}", kind=kind)
            if kind == "ward" and self.draw.random() < 0.7:
                for each in self.of("grassroots"):
                    if self.draw.random() < 0.4:
                        yield Row(Do.MOVE, code(each), code(unit))

    def rename(self) -> Iterator[Row]:
        if self.living:
            unit = self.draw.choice(self.living)
            yield Row(Do.RENAME, code(unit), name=f"tên mới {unit} ngày {self.at}")

    def allot(self) -> Iterator[Row]:
        persons = [(person, cells[self.at]) for person, cells in self.naive.members.items() if cells[self.at]]
        unions = self.of(*UNIONS)
        if persons and unions:
            person, unit = self.draw.choice(persons)
            yield Row(Do.ALLOT, code(unit), code(self.draw.choice(unions)), person=f"ng-{person}")

    def inherit(self) -> Iterator[Row]:
        if self.ended and self.of(*UPPERS, *UNIONS):
            heir = self.draw.choice(self.of(*UPPERS, *UNIONS))
            yield Row(Do.INHERIT, code(self.draw.choice(self.ended)), code(heir))

    def revive(self) -> Iterator[Row]:
        over = {"grassroots": UPPERS, "group": UNIONS}
        if self.ended:
            unit = self.draw.choice(self.ended)
            if among := self.of(*over.get(self.naive.kinds[unit], ("province",))):
                yield Row(Do.REVIVE, code(unit), code(self.draw.choice(among)))

    def wrong(self) -> Iterator[Row]:
        """Anything about anything that was ever there."""
        known = [unit for unit in self.naive.table.cells if unit]
        do = self.draw.choice((Do.MOVE, Do.MERGE, Do.END, Do.REVIVE, Do.INHERIT))
        yield Row(do, code(self.draw.choice(known)), code(self.draw.choice([0, *known])) if do is not Do.END else "")


def numbers_of(rows: list[Row]) -> set[int]:
    return {number(text) for row in rows for text in (row.unit, row.to) if text}
