"""Bugs planted one by one between the register and the figure: the second way must disagree within a few worlds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.db.models import Count

from nhiemky.figures.queries import Asked, Figure, Material
from nhiemky.figures.queries.material import forget
from nhiemky.foundation.models import User
from nhiemky.ledger import queries as ledger
from nhiemky.ledger.models import EntryPerson
from nhiemky.members.actions import merging
from nhiemky.members.queries import counting
from nhiemky.rules import indicators
from nhiemky.rules.indicators import Measure
from nhiemky.rules.quantities import Total
from tests.factories import law, rolled_back
from tests.members.naive import CUTS, DAYS, GRASSROOTS, PERIODS, UNITS
from tests.members.persons_worlds import World, Written, found, worlds
from tests.members.test_counts import Asking
from tests.members.test_counts import check_the_register_is_counted_as_the_second_way_counts as law_of_counts

pytestmark = pytest.mark.django_db

evaluate = import_module("nhiemky.figures.queries.evaluate")
material = import_module("nhiemky.figures.queries.material")
register = import_module("nhiemky.figures.queries.register")
behind = import_module("nhiemky.figures.queries.behind")
ONE = timedelta(days=1)
WITHIN = 20


def _each_record_by_itself(rows: Any) -> dict[int, list[int]]:
    found_people: dict[int, list[int]] = {}
    plain = EntryPerson.objects.filter(entry__in=rows.values("pk"), person__isnull=False)
    for entry, person in plain.values_list("entry", "person"):
        found_people.setdefault(entry, []).append(person)
    return found_people


def _a_day_late(fact: Any, begins_on: Any) -> bool:
    return fact.span.starts_on > begins_on if fact.register else fact.span.last_day <= begins_on


def _rows_for_persons(right: Any) -> Any:
    def wrong(units: Any, day: Any) -> Any:
        rows = counting.members_on(units, day, {}).order_by().values("unit")
        return right(units, day) | {("", ""): dict(rows.annotate(n=Count("pk")).values_list("unit", "n"))}

    return wrong


def _stock_a_day_late(right: Any) -> Any:
    def wrong(day: Any, begun: Any, *given: Any) -> Any:
        return right(day, {unit: begins_on + ONE for unit, begins_on in begun.items()}, *given)

    return wrong


def _where_it_stands_last(right: Any) -> Any:
    """The tree of the last day for all days."""

    def wrong(events: Any, names: Any, lines: Any) -> Any:
        last = SimpleNamespace(of=lambda unit, day: lines.of(unit, day.replace(year=2029)))
        return right(events, names, last)

    return wrong


def _summed_over_units(definition: Any, found_in: Material, asked: Any) -> Figure:
    figure = evaluate._persons(definition, found_in, asked)
    facts = [found_in.by_code[code] for code in figure.counted]
    pairs = {(fact.unit, person) for fact in facts for person in fact.people}
    return replace(figure, value=Total(len(pairs)) if pairs else Total())


def _heads_too(right: Any) -> Any:
    """An entry that says how many, without names, adds a person."""

    def wrong(selection: Any) -> Any:
        return right(selection) | {-fact.unit: 1 for fact in selection.counted}

    return wrong


def ask(written: Written) -> None:
    """What the law asks of a world: four units, each in a period of its own."""
    for code in written.luck.sample(UNITS, 4):
        asking = Asking(written, code, *written.luck.choice(PERIODS))
        asking.stocks()
        asking.flows()
        asking.persons()


@dataclass(frozen=True, repr=False)
class Bug:
    """What stands under `name` in `place` replaced by what `plant` makes of it."""

    sentence: str
    place: Any
    name: Any
    plant: Callable[[Any], Any]
    looked_for: Callable[[Written], None] = ask

    def __repr__(self) -> str:
        return self.sentence

    @contextmanager
    def planted(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            if isinstance(self.place, dict):
                patch.setitem(self.place, self.name, self.plant(self.place[self.name]))
            else:
                patch.setattr(self.place, self.name, self.plant(getattr(self.place, self.name)))
            yield


def ask_every_day(written: Written) -> None:
    """How many members each grassroots unit has, on each day on which anything happens."""
    for code in GRASSROOTS:
        asking = Asking(written, code, *PERIODS[0])
        for day in sorted({*DAYS, *CUTS}):
            asking.day, asking.asked = day, Asked(asking.asked.period, day)
            asking.stocks()


BUGS: list[tuple[Any, ...]] = [
    (ledger, "_people_of", lambda right: _each_record_by_itself, "merged persons counted twice"),
    (material, "set_aside", lambda right: lambda facts, begun, kinds: facts, "counted from both"),
    (indicators, "_has_its_say", lambda right: _a_day_late, "the day of the cut-over off by one"),
    (material, "stocks_on", _stock_a_day_late, "the stock of the cut-over off by one"),
    (register, "joining_group", lambda right: lambda code: "admission", "a move counted as an admission"),
    (register, "leaving_group", lambda right: lambda code: "left" if code else "", "a move counted as leaving"),
    (material, "members_counted", _rows_for_persons, "two records of one member counted twice", ask_every_day),
    (Material, "stocks_on", lambda right: lambda self, subject, day: {
        unit: [*self.stocks.get(subject, {}).get(unit, []), *rows] for unit, rows in right(self, subject, day).items()}, "statements and the register together"),
    (material, "facts_of", _where_it_stands_last, "the tree of another day"),
    (evaluate, "persons_in", _heads_too, "a number without names counted as a person"),
    (behind, "_of_events", lambda right: lambda *given: list(right(*given))[1:], "who is behind a figure forgotten"),
    (evaluate._MEASURES, Measure.PERSONS, lambda right: _summed_over_units, "persons summed over units"),
]  # fmt: skip


def test_planted_bugs_are_caught(clerk: User) -> None:
    """Each world is written once, and asked with one bug after the other in it."""
    found()
    unseen = [Bug(*bug) for bug in BUGS]

    def check_what_hides(world: World) -> None:
        if not unseen:
            return
        with rolled_back():
            written = Written(world, counted=True)
            luck = written.luck.getstate()
            for look in {bug.looked_for for bug in unseen}:
                assert not finds_a_fault(look, written), "without a bug"
            for bug in list(unseen):
                written.luck.setstate(luck)
                with bug.planted():
                    if finds_a_fault(bug.looked_for, written):
                        unseen.remove(bug)

    law(worlds(), examples=WITHIN)(check_what_hides).hold()
    assert not unseen, f"not seen: {unseen}"


def finds_a_fault(look: Callable[[Written], None], written: Written) -> bool:
    # what was gathered with another bug, or with none
    forget()
    try:
        look(written)
    except AssertionError:
        return True
    return False


def test_a_merge_that_is_not_undone_is_caught(monkeypatch: pytest.MonkeyPatch, clerk: User) -> None:
    """A bug of the writing: no world stands that was written with it."""
    found()
    right = merging._work_out
    monkeypatch.setattr(merging, "_work_out", lambda people: right(people) if len(people) < 3 else None)
    assert law_of_counts.is_broken_within(WITHIN)
