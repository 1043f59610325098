"""Members, joining, leaving and persons named equal a second way to count them, on random registers and trees."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from nhiemky.figures.definitions import definitions
from nhiemky.figures.queries import Asked, Figure, Material, evaluate, gather, open_figure
from nhiemky.figures.queries.material import forget
from nhiemky.foundation.models import User
from nhiemky.ledger.models import Statement
from nhiemky.members.models import Person, RegisterBegun
from nhiemky.rules.indicators import Measure
from nhiemky.rules.quantities import Total
from nhiemky.rules.timeline import Span
from tests.factories import draws_all, law, rolled_back
from tests.members.naive import CUTS, DAYS, GRASSROOTS, ONE, PERIODS, TODAY, UNITS
from tests.members.persons_worlds import World, Written, found, smaller_worlds, worlds
from tests.members.planted_bugs import BUGS, EVERY_DAY, NOT_UNDONE
from tests.planted import Bug, Unseen, engines

pytestmark = pytest.mark.django_db
WITHIN = 20

DRAWN: Counter[str] = Counter()
UNSEEN = Unseen()
# the least share of the worlds in which each must be seen
FLOORS = {
    "merge across units": 0.20,
    "merge of two members of one unit": 0.25,
    "merge refused: two units on one day": 0.15,
    "merge undone": 0.35,
    "cut-over inside the period": 0.60,
    "cut-over changed": 0.30,
    "entry set aside": 0.50,
    "entry over a cut-over": 0.15,
    "statement set aside": 0.25,
    "a person named more than once": 0.35,
    "a merged person named under both records": 0.10,
    "a person named in two units": 0.30,
    "a person who moved": 0.50,
    "joined on the day of a cut-over": 0.20,
    "left the day before a cut-over, or on it": 0.10,
}
CARE = {"visit", "hardship"}


def number(figure: Figure) -> int:
    assert isinstance(figure.value, Total)
    return figure.value.value or 0


class Asking:
    """One unit and period of a written world."""

    def __init__(self, written: Written, code: str, first: date, last: date) -> None:
        self.naive, self.code, self.first, self.last = written.naive, code, first, last
        period = Span(first, last + ONE)
        self.material: Material = gather(written.units[code], [period], TODAY)
        # stocks at the end of the period, on a day of a cut-over, or on the day before
        self.day = written.luck.choice([last, *CUTS, *(day - ONE for day in CUTS)])
        self.asked = Asked(period, self.day)

    def figure(self, code: str) -> Figure:
        return evaluate(definitions()[code], self.material, self.asked)

    def flow(self, kind: str, **given: object) -> int:
        return self.naive.flow(kind, self.code, self.first, self.last, **given)  # type: ignore[arg-type]

    def stocks(self) -> None:
        unit, day, naive = self.code, self.day, self.naive
        assert (number(self.figure("union_members")), self.figure("union_members").is_known) == (
            naive.stock(unit, day) or 0, naive.stock(unit, day) is not None,
        )  # fmt: skip
        for code, who, half in (
            ("register_members", "", ""), ("register_members_women", "female", ""),
            ("register_members_party", "party", ""), ("register_members_sxkd", "", "sxkd"),
        ):  # fmt: skip
            expected = naive.from_register(unit, day, who, half)
            figure = self.figure(code)
            assert (number(figure), figure.is_known) == (expected or 0, expected is not None), code
            self.opens(figure)
        there = [each for each in GRASSROOTS if unit in naive.line(each, day)]
        pending = [each for each in there if not naive.on_register(each, day)]
        anywhere = any(naive.on_register(each, day) for each in UNITS if self.ever(each))
        assert self.figure("register_members").pending == (len(pending) if anywhere else 0)
        self.opens(self.figure("union_members"))

    def ever(self, unit: str) -> bool:
        """Whether the unit ever stood below."""
        days = [date(2000, 1, 1), *DAYS, date(2029, 1, 1)]
        return any(self.code in self.naive.line(unit, day) for day in days)

    def flows(self) -> None:
        cases = {
            "new_members_admitted": self.flow("member_admission"),
            "new_members_admitted_non_state": self.flow("member_admission", sector="non_state"),
            "members_left": self.flow("member_leaving"),
            "register_joined": self.flow("member_admission", register=True),
            "register_joined_women": self.flow("member_admission", register=True, who="female"),
            "register_joined_party": self.flow("member_admission", register=True, who="party"),
            "register_left": self.flow("member_leaving", register=True),
            "register_left_women": self.flow("member_leaving", register=True, who="female"),
            "register_left_party": self.flow("member_leaving", register=True, who="party"),
            "register_left_retired": self.flow("member_leaving", register=True, group="retired"),
            "register_arrived": self.flow("member_arrival", register=True, own=True),
            "register_departed": self.flow("member_departure", register=True, own=True),
        }
        for code, expected in cases.items():
            figure = self.figure(code)
            assert number(figure) == expected, code
            self.opens(figure)
        aside = {
            entry["code"]
            for entry in self.naive.entries
            if entry["kind"] == "member_admission"
            and self.naive.is_aside(entry)
            and entry["from"] <= self.last
            and self.first <= entry["to"]
            and self.code in self.naive.line(entry["unit"], entry["to"])
        }
        assert set(self.figure("new_members_admitted").aside) == aside

    def persons(self) -> None:
        for code, kinds in (("persons_visited", {"visit"}), ("persons_cared_for", CARE)):
            expected = self.naive.named(kinds, self.code, self.first, self.last)
            figure = self.figure(code)
            assert (number(figure), figure.is_known) == (len(expected), bool(expected)), code
            assert sorted(times for _root, times in figure.people) == sorted(expected.values())
            opened = open_figure(figure, self.material)
            assert len({row.person for row in opened.people}) == len(opened.people) == number(figure)
            top = {f"reg-p{self.naive.top(min(who))}": times for who, times in expected.items()}
            assert {row.person: row.value for row in opened.people} == top

    def opens(self, figure: Figure) -> None:
        """As many rows as the figure says, each person of the register a row of its own."""
        opened = open_figure(figure, self.material)
        assert sum(row.value or 0 for row in opened.counted) == number(figure)
        if figure.definition.register:
            assert len(opened.counted) == number(figure)
            assert all(row.person for row in opened.counted)
        if figure.definition.measure is Measure.MEMBERS:
            assert len({row.person for row in opened.counted}) == number(figure)


def ask(written: Written) -> None:
    """Four units, each in a period of its own."""
    for code in written.luck.sample(UNITS, 4):
        asking = Asking(written, code, *written.luck.choice(PERIODS))
        asking.stocks()
        asking.flows()
        asking.persons()


def ask_every_day(written: Written) -> None:
    """How many members each grassroots unit has, on each day on which anything happens."""
    for code in GRASSROOTS:
        asking = Asking(written, code, *PERIODS[0])
        for day in sorted({*DAYS, *CUTS}):
            asking.day, asking.asked = day, Asked(asking.asked.period, day)
            asking.stocks()


@law(worlds(), examples=30, smaller=smaller_worlds, from_seed=1)
def check_the_register_is_counted_as_the_second_way_counts(world: World) -> None:
    with rolled_back():
        written = Written(world, counted=True)
        luck = written.luck.getstate()
        ask(written)
        if any(bug.seen_by == EVERY_DAY for bug in UNSEEN.wanted()):
            ask_every_day(written)
        DRAWN.update(written.cases | cases_of(written) | {"draws"})

        def again(bug: Bug) -> None:
            written.luck.setstate(luck)
            # what was gathered with another bug, or with none
            forget()
            (ask_every_day if bug.seen_by == EVERY_DAY else ask)(written)

        UNSEEN.look(again)
    forget()


def cases_of(written: Written) -> set[str]:
    """The hard cases of the rows."""
    naive, found_cases = written.naive, set()
    if any(first < day <= last for day in naive.begun.values() for first, last in PERIODS):
        found_cases.add("cut-over inside the period")
    for entry in naive.entries:
        if naive.is_aside(entry):
            found_cases.add("entry set aside")
            if entry["from"] < naive.begun[entry["unit"]]:
                found_cases.add("entry over a cut-over")
    if any(row["unit"] in naive.begun for row in naive.statements):
        found_cases.add("statement set aside")
    named: dict[frozenset[int], list[tuple[int, str]]] = {}
    for entry in naive.entries:
        for person in entry["people"]:
            named.setdefault(naive.component(person), []).append((person, entry["unit"]))
    if any(len(each) > 1 for each in named.values()):
        found_cases.add("a person named more than once")
    if any(len({person for person, _unit in each}) > 1 for each in named.values()):
        found_cases.add("a merged person named under both records")
    if any(len({unit for _person, unit in each}) > 1 for each in named.values()):
        found_cases.add("a person named in two units")
    if any(row["leaving"] == "moved" for row in naive.known()):
        found_cases.add("a person who moved")
    for row in naive.known():
        cut = naive.begun.get(row["unit"])
        if cut == row["from"]:
            found_cases.add("joined on the day of a cut-over")
        if cut and row["to"] in (cut, cut - ONE):
            found_cases.add("left the day before a cut-over, or on it")
    return found_cases


@pytest.mark.both_engines
def test_the_register_is_counted_as_the_second_way_counts(clerk: User) -> None:
    found()
    DRAWN.clear()
    UNSEEN.look_for(BUGS, WITHIN)
    check_the_register_is_counted_as_the_second_way_counts.hold()
    told = {name: f"{DRAWN[name] / DRAWN['draws']:.0%}" for name in FLOORS}
    print(f"\nHard cases in {DRAWN['draws']} registers drawn: {told}")
    rare = [name for name, least in FLOORS.items() if DRAWN[name] < least * DRAWN["draws"]]
    assert not (rare and draws_all()), f"Drawn too seldom to prove anything: {rare} of {told}"
    assert not UNSEEN.bugs, "planted, and not seen"


@engines
def test_a_merge_that_is_not_undone_is_caught(clerk: User) -> None:
    found()
    with NOT_UNDONE.planted():
        assert check_the_register_is_counted_as_the_second_way_counts.is_broken_within(WITHIN)


@pytest.mark.both_engines
def test_nothing_of_the_register_counts_before_a_unit_says_so(clerk: User) -> None:
    assert not RegisterBegun.objects.exists() and not Person.objects.filter(code__startswith="reg-").exists()
    unit = found()["g1"]
    material = gather(unit, [Span.parse("2024")], TODAY)
    figure = evaluate(definitions()["register_members"], material, Asked(Span.parse("2024"), date(2024, 12, 31)))
    assert not figure.is_known and not figure.pending and not Statement.objects.filter(unit=unit).exists()
