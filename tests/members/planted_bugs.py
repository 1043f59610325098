"""Bugs between the register and the figure, planted one by one: the second way must disagree within a few worlds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from django.db.models import Count

from nhiemky.figures.queries import Figure, Material
from nhiemky.ledger import queries as ledger
from nhiemky.ledger.models import EntryPerson
from nhiemky.members.actions import merging
from nhiemky.members.queries import counting
from nhiemky.rules import indicators
from nhiemky.rules.indicators import Measure
from nhiemky.rules.quantities import Total
from tests.planted import Bug

evaluate = import_module("nhiemky.figures.queries.evaluate")
material = import_module("nhiemky.figures.queries.material")
register = import_module("nhiemky.figures.queries.register")
behind = import_module("nhiemky.figures.queries.behind")
ONE = timedelta(days=1)
# asked of each day on which anything happens
EVERY_DAY = "every day"


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


BUGS = [
    Bug(ledger, "_people_of", lambda right: _each_record_by_itself, "merged persons counted twice"),
    Bug(material, "set_aside", lambda right: lambda facts, begun, kinds: facts, "counted from both"),
    Bug(indicators, "_has_its_say", lambda right: _a_day_late, "the day of the cut-over off by one"),
    Bug(material, "stocks_on", _stock_a_day_late, "the stock of the cut-over off by one"),
    Bug(register, "joining_group", lambda right: lambda code: "admission", "a move counted as an admission"),
    Bug(register, "leaving_group", lambda right: lambda code: "left" if code else "", "a move counted as leaving"),
    Bug(material, "members_counted", _rows_for_persons, "two records of one member counted twice", EVERY_DAY),
    Bug(Material, "stocks_on", lambda right: lambda self, subject, day: {
        unit: [*self.stocks.get(subject, {}).get(unit, []), *rows] for unit, rows in right(self, subject, day).items()},
        "statements and the register together"),
    Bug(material, "facts_of", _where_it_stands_last, "the tree of another day"),
    Bug(evaluate, "persons_in", _heads_too, "a number without names counted as a person"),
    Bug(behind, "_of_events", lambda right: lambda *given: list(right(*given))[1:], "who is behind a figure forgotten"),
    Bug(evaluate._MEASURES, Measure.PERSONS, lambda right: _summed_over_units, "persons summed over units"),
]  # fmt: skip
# a bug of the writing: no world stands that was written with it
NOT_UNDONE = Bug(
    merging,
    "_work_out",
    lambda right: lambda people: right(people) if len(people) < 3 else None,
    "a merge that is not undone",
)
