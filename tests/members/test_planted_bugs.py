"""Bugs planted one by one between the register and the figure: the second way must disagree within a few worlds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db.models import Count

from nhiemky.figures.queries import Figure, Material
from nhiemky.foundation.models import User
from nhiemky.ledger import queries as ledger
from nhiemky.ledger.models import EntryPerson
from nhiemky.members.actions import merging
from nhiemky.members.queries import counting
from nhiemky.rules import indicators
from nhiemky.rules.indicators import Measure
from nhiemky.rules.quantities import Total
from tests.members.persons_worlds import found
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
    return lambda edges, unit, day: right(edges, unit, day.replace(year=2029))


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


BUGS: list[tuple[str, Any, str, Callable[[Any], Any]]] = [
    ("merged persons counted twice", ledger, "_people_of", lambda right: _each_record_by_itself),
    ("counted from both", material, "set_aside", lambda right: lambda facts, begun, kinds: facts),
    ("the day of the cut-over off by one", indicators, "_has_its_say", lambda right: _a_day_late),
    ("the stock of the cut-over off by one", material, "stocks_on", _stock_a_day_late),
    ("a move counted as an admission", register, "joining_group", lambda right: lambda code: "admission"),
    ("a move counted as leaving", register, "leaving_group", lambda right: lambda code: "left" if code else ""),
    ("two records of one member counted twice", material, "members_counted", _rows_for_persons),
    ("statements and the register together", Material, "stocks_on", lambda right: lambda self, subject, day: {
        unit: [*self.stocks.get(subject, {}).get(unit, []), *rows] for unit, rows in right(self, subject, day).items()}),
    ("the tree of another day", register, "line_on", _where_it_stands_last),
    ("a number without names counted as a person", evaluate, "persons_in", _heads_too),
    ("a merge that is not undone", merging, "_work_out", lambda right: lambda people: (
        right(people) if len(people) < 3 else None)),
    ("who is behind a figure forgotten", behind, "_of_events", lambda right: lambda *given: list(right(*given))[1:]),
]  # fmt: skip


@pytest.mark.parametrize(("place", "name", "plant"), [bug[1:] for bug in BUGS], ids=[bug[0] for bug in BUGS])
def test_a_planted_bug_is_caught(
    place: Any, name: str, plant: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch, clerk: User
) -> None:
    found()
    monkeypatch.setattr(place, name, plant(getattr(place, name)))
    assert law_of_counts.is_broken_within(WITHIN)


def test_persons_summed_over_units_are_caught(monkeypatch: pytest.MonkeyPatch, clerk: User) -> None:
    found()
    monkeypatch.setitem(evaluate._MEASURES, Measure.PERSONS, _summed_over_units)
    assert law_of_counts.is_broken_within(WITHIN)
