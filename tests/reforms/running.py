"""A random world reorganised step by step in the product and in the naive way, which must agree after each step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from nhiemky.figures.definitions import definitions
from nhiemky.figures.queries import evaluate
from nhiemky.figures.queries.material import Asked, gather
from nhiemky.foundation.refusals import Refusal
from nhiemky.members.models import Grouping, Membership, Post, RegisterBegun
from nhiemky.reforms.actions import (
    annul_reorganisation,
    apply_reorganisation,
    draft_reorganisation,
    reverse_reorganisation,
    rows_of,
)
from nhiemky.reforms.models import Reorganisation
from nhiemky.reforms.rows import Do, Row
from nhiemky.rules.timeline import ONE_DAY, Span
from nhiemky.units.history import history
from nhiemky.units.models import Term, Unit, UnitKind, UnitName
from tests.factories import clerk, rolled_back
from tests.reforms import worlds
from tests.reforms.naive import LAST, Naive, number, places
from tests.reforms.worlds import DAYS, TODAY, World, code
from tests.rules.naive_trees import is_tree

PERIOD = Span(DAYS[0], DAYS[-1] + ONE_DAY)
HARD: Counter[str] = Counter()


@dataclass(frozen=True)
class Scenario:
    """Seeds of a world and of sequences of what is done with it; `less`: the places of what is left out."""

    world: int
    seeds: tuple[int, ...]
    acts: int
    less: frozenset[int] = frozenset()


def drawn(seed: int, sequences: int = 1) -> Scenario:
    draw = Random(seed)
    seeds = tuple(draw.randrange(2**32) for _each in range(sequences))
    return Scenario(draw.randrange(2**32), seeds, draw.randint(4, 9))


def smaller(scenario: Scenario) -> Iterator[Scenario]:
    if len(scenario.seeds) > 1:
        yield from (replace(scenario, seeds=(seed,)) for seed in scenario.seeds)
        return
    for at in range(scenario.acts):
        if at not in scenario.less:
            yield replace(scenario, less=scenario.less | {at})


@dataclass
class Run:
    """`told`: what was done, as (what, given, event)."""

    world: World
    naive: Naive
    told: list[tuple[str, Any, Reorganisation | None]] = field(default_factory=list)
    last: int = 1
    log: list[str] = field(default_factory=list)

    def act(self, draw: Random) -> None:
        what = draw.random()
        applied = [place for place, (name, _given, _event) in enumerate(self.told) if name == "plan"]
        if what < 0.62:
            self.plan(*worlds.drawn_plan(draw, self.naive, self.last))
        elif what < 0.74:
            self.entry(draw)
        elif what < 0.79:
            self.statement(draw)
        elif applied and what < 0.9:
            self.annul(applied[-1] if draw.random() < 0.6 else draw.choice(applied))
        elif applied:
            place = applied[-1] if draw.random() < 0.7 else draw.choice(applied)
            at = self.told[place][1][0]
            if at + 1 < LAST:
                self.reverse(place, min(LAST - 1, at + draw.randint(1, 4)))

    # --- plans --------------------------------------------------------------------------------------------------------

    def plan(self, at: int, rows: list[Row]) -> None:
        if rows:
            event = draft_reorganisation(
                by=clerk(), unit=Unit.objects.get(code=code(0)), title="Sắp xếp", day=DAYS[at], rows=rows
            )
            self.apply(event, at, rows)

    def apply(self, event: Reorganisation, at: int, rows: list[Row]) -> bool:
        refused = self.naive.refuses(rows, at)
        before = self.naive.copied()
        said = ""
        try:
            apply_reorganisation(by=clerk(), event=event, today=TODAY)
        except Refusal as refusal:
            said = str(refusal)
        self.log.append(f"day {at}: {[row.as_json() for row in rows]} -> {said or 'applied'}")
        assert bool(refused) == bool(said), f"naive: {refused or 'may be'}; product: {said or 'applied'}"
        if refused:
            HARD["refused"] += 1
            HARD[f"refused: {refused}"] += 1
            return False
        HARD["back-dated"] += at < self.last
        HARD["on the day of the last"] += at == self.last and bool(self.told)
        self.naive.tell(rows, at)
        self.told.append(("plan", (at, rows), event))
        self.last = max(self.last, at)
        _count(before, self.naive, rows, at)
        self.check_rows()
        return True

    def annul(self, place: int) -> None:
        """What was annulled never was: all else told again from the beginning comes to the same."""
        drafted = self.told[place][2]
        assert drafted
        event = Reorganisation.objects.get(pk=drafted.pk)
        try:
            annul_reorganisation(by=clerk(), event=event, reason="Ghi nhầm")
        except Refusal as refusal:
            HARD["annulment refused"] += 1
            self.log.append(f"annul {place}: {refusal}")
            return
        self.log.append(f"annul {place}: done")
        HARD["annulled"] += 1
        HARD["annulled with members"] += bool(event.counts.get("members"))
        HARD["annulled under later ones"] += any(each[0] == "plan" for each in self.told[place + 1 :])
        del self.told[place]
        naive = worlds.told(self.world)
        for what, given, _event in self.told:
            if what == "plan":
                refused = naive.refuses(given[1], given[0])
                assert not refused, f"{given} could not have been: {refused}"
                naive.tell(given[1], given[0])
            elif what == "entry":
                naive.entries.append(given)
            else:
                naive.stated.append(given)
        self.naive = naive
        self.check_rows()

    def reverse(self, place: int, at: int) -> None:
        event = self.told[place][2]
        assert event
        then = self.told[place][1][0]
        alone = place == len(self.told) - 1 and at >= self.last
        turned = reverse_reorganisation(by=clerk(), event=Reorganisation.objects.get(pk=event.pk), day=DAYS[at])
        if not turned.plan:
            return
        if self.apply(turned, at, rows_of(turned)):
            HARD["turned back"] += 1
            if alone:
                HARD["turned back at once"] += 1
                self._check_turned_back(place, then, at)

    def _check_turned_back(self, place: int, then: int, at: int) -> None:
        before = worlds.told(self.world)
        for what, given, _event in self.told[:place]:
            if what == "plan":
                before.tell(given[1], given[0])
        assert places(before, then) == places(self.naive, at), "the tree is another"
        for person, cells in before.members.items():
            was, is_now, between = cells[then], self.naive.members[person][at], self.naive.members[person][then]
            stays = then and cells[then - 1] == was and cells[then:] == [was] * (LAST - then)
            if was is not None and between is not None and stays:
                assert is_now == was, f"{person} is not back at {was}"

    # --- besides ------------------------------------------------------------------------------------------------------

    def entry(self, draw: Random) -> None:
        given = worlds.drawn_entry(draw, list(self.naive.kinds), 0)
        unit, first, last, _value = given
        if all(self.naive.lives(unit, day) for day in range(first, last + 1)):
            worlds.write_entry(*given)
            self.naive.entries.append(given)
            self.told.append(("entry", given, None))
            self.log.append(f"entry {given}")
            HARD["entry between"] += any(each[0] == "plan" for each in self.told)

    def statement(self, draw: Random) -> None:
        given = worlds.drawn_statement(draw, self.naive.kinds, list(self.naive.kinds))
        if self.naive.lives(given[0], given[1]):
            worlds.write_statement(*given)
            self.naive.stated.append(given)
            self.told.append(("stated", given, None))
            self.log.append(f"statement {given}")

    # --- that both agree ----------------------------------------------------------------------------------------------

    def check_rows(self) -> None:
        """Tree, names, members, groups, posts and terms of each day."""
        known, codes = history(), {unit.pk: unit for unit in Unit.objects.filter(code__startswith="tg-")}
        number_of = {pk: number(unit.code) for pk, unit in codes.items()}
        for at, day in enumerate(DAYS):
            wanted = places(self.naive, at)
            assert is_tree(wanted), f"day {at} has no tree"
            parents: dict[int, list[int]] = {}
            for edge in known.edges:
                if edge.unit in number_of and edge.span.holds(day):
                    parents.setdefault(number_of[edge.unit], []).append(number_of[edge.parent])
            lives = Counter(number_of[unit] for unit, spans in known.lives.items() if unit in number_of
                            for each in spans if each.holds(day))  # fmt: skip
            assert lives == dict.fromkeys(wanted, 1), f"lives on day {at}"
            assert parents == {unit: [over] for unit, over in wanted.items() if isinstance(over, int)}, f"day {at}"
        self._check_units(codes)
        self._check_register()

    def _check_units(self, codes: dict[int, Unit]) -> None:
        for unit in codes.values():
            ever = [at for at in range(LAST) if number(unit.code) in self.naive.table.cells
                    and self.naive.lives(number(unit.code), at)]  # fmt: skip
            for at, day in enumerate(DAYS):
                assert unit.lives_on(day) == (at in ever), f"{unit.code} lives_on({day})"
            if ever:
                assert all(unit.span.holds(DAYS[at]) for at in ever), f"the span of {unit.code}"
        for model in (UnitName, UnitKind):
            rows = list(model.objects.filter(unit__in=codes, superseded_at=None))
            for at, day in enumerate(DAYS):
                held = Counter(row.unit_id for row in rows if row.span.holds(day))
                assert all(times == 1 for times in held.values()), f"two names or kinds on day {at}"
        for row in UnitName.objects.filter(unit__in=codes, superseded_at=None, cause__gt=""):
            said = self.naive.names[number(codes[row.unit_id].code)]
            assert all(said[at] == row.name for at, day in enumerate(DAYS) if row.span.holds(day) and row.name[:3] == "tên"
                       and said[at][:3] == "tên"), f"{row.name} of {codes[row.unit_id].code}"  # fmt: skip

    def _check_register(self) -> None:
        for model, field_name, wanted in (
            (Membership, "unit", self.naive.members),
            (Grouping, "group", self.naive.groups),
        ):
            rows = model.objects.filter(person__code__startswith="ng-", superseded_at=None).select_related("person")
            found: dict[int, list[list[int]]] = {person: [[] for _day in DAYS] for person in wanted}
            for row in rows.select_related(field_name):
                for at, day in enumerate(DAYS):
                    if row.span.holds(day):
                        found[number(row.person.code)][at].append(number(getattr(row, field_name).code))
            for person, cells in wanted.items():
                expected = [[] if unit is None else [unit] for unit in cells]
                assert found[person] == expected, f"{model.__name__} of {person}: {found[person]} for {expected}"
        posts = Post.objects.filter(unit__code__startswith="tg-", superseded_at=None)
        assert sorted((number(row.person.code), number(row.unit.code), row.span.isoformat())
                      for row in posts.select_related("person", "unit")) == sorted(
            (person, unit, worlds.span(first, end).isoformat()) for person, unit, first, end in self.naive.posts
        ), "posts"  # fmt: skip
        terms = Term.objects.filter(unit__code__startswith="tg-", superseded_at=None).select_related("unit")
        assert sorted((number(row.unit.code), row.span.isoformat()) for row in terms) == sorted(
            (unit, worlds.span(first, end).isoformat()) for unit, first, end in self.naive.terms
        ), "terms"
        begun = RegisterBegun.objects.filter(unit__code__startswith="tg-", superseded_at=None).select_related("unit")
        assert {number(row.unit.code): row.begins_on for row in begun} == {
            unit: DAYS[at] for unit, at in self.naive.begun.items()
        }, "counted from the register"
        faults = list(self.naive.faults())
        assert not faults, faults

    def check_figures(self, draw: Random) -> None:
        """Every entry counts once at the top; node is own and children; stocks as the naive way has them."""
        gifts, members = definitions()["tet_gifts_given"], definitions()["union_members"]
        units = {number(unit.code): unit for unit in Unit.objects.filter(code__startswith="tg-")}
        whole = sum(value for *_where, value in self.naive.entries)
        days = [draw.randrange(LAST), LAST - 1]
        for on in (None, draw.choice(days)):
            boundaries = None if on is None else DAYS[on]
            asked = Asked(PERIOD, TODAY, boundaries)
            alive = list(self.naive.table.cells) if on is None else self.naive.living(on)
            for unit in sorted({0, draw.choice(alive)}):
                figure = evaluate(gifts, gather(units[unit], [PERIOD], TODAY, boundaries), asked)
                value = figure.value.value or 0
                assert value == self.naive.given(unit, on), f"gifts of {unit} on the tree of {on}"
                assert unit or value == whole, f"not each entry once at the top on the tree of {on}"
                if on is not None:
                    own = sum(value for at, _first, last, value in self.naive.entries
                              if self.naive.place(at, on)[0] == unit)  # fmt: skip
                    below = sum(self.naive.given(each, on) for each in self.naive.below(unit, on))
                    assert value == own + below
        for at in days:
            for unit in sorted({0, draw.choice(self.naive.living(at))}) if at < LAST - 1 else (0,):
                asked = Asked(Span.on(DAYS[at]), DAYS[at])
                figure = evaluate(members, gather(units[unit], [Span.on(DAYS[at])], TODAY), asked)
                assert figure.value.value == self.naive.stock(unit, at), f"members of {unit} on day {at}"


def run(scenario: Scenario) -> None:
    """Each sequence on the world, which is written once."""
    world = worlds.drawn(scenario.world)
    worlds.write(world)
    for seed in scenario.seeds:
        with rolled_back():
            run_one(world, seed, scenario.acts, scenario.less)


def run_one(world: World, seed: int, acts: int, less: frozenset[int] = frozenset()) -> None:
    running = Run(world, worlds.told(world))
    HARD["sequences"] += 1
    try:
        for at in range(acts):
            if at not in less:
                running.act(Random(f"{seed}-{at}"))
        running.check_rows()
        running.check_figures(Random(seed))
    except Exception as fault:
        print(*running.log, sep="\n")
        raise AssertionError(f"{type(fault).__name__}: {fault}") from fault


def _count(before: Naive, after: Naive, rows: list[Row], at: int) -> None:
    """What was drawn, of a size that says something."""
    moved = {person for person, cells in after.members.items() if cells[at:] != before.members[person][at:]}
    merged = Counter(row.to for row in rows if row.do is Do.MERGE)
    HARD["plans"] += 1
    HARD["plans that move members"] += bool(moved)
    HARD["plans that move three members or more"] += len(moved) > 2
    HARD["merges"] += bool(merged)
    HARD["merges of several"] += any(times > 1 for times in merged.values())
    HARD["splits"] += any(row.do is Do.SPLIT for row in rows)
    HARD["splits with members"] += any(row.do is Do.SPLIT for row in rows) and bool(moved)
    HARD["splits without heir"] += any(row.do is Do.SPLIT for row in rows) and not any(row.heir for row in rows)
    HARD["numbers carried over"] += len(after.stated) > len(before.stated)
    HARD["groups that go elsewhere"] += any(
        after.groups[person][day] != before.groups[person][day] for person in moved for day in range(at, LAST)
    )
    HARD["posts that end"] += after.posts != before.posts
    HARD["merged persons moved"] += any(person in before.same for person in moved)
    HARD["revived"] += any(row.do is Do.REVIVE for row in rows)
    HARD["inherited"] += any(row.do is Do.INHERIT for row in rows)
