"""Bugs between the database and the figure, planted one by one: the second way must disagree within a few worlds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import Any

from django.db.models import Q

from nhiemky.figures.queries import Figure, Material
from nhiemky.ledger import queries as ledger
from nhiemky.rules import indicators
from nhiemky.rules.indicators import Measure
from nhiemky.rules.quantities import Ratio
from nhiemky.rules.timeline import line_on
from nhiemky.units.queries import tree as units
from tests.planted import Bug, instead

# the packages name functions like their modules
evaluate = import_module("nhiemky.figures.queries.evaluate")
material = import_module("nhiemky.figures.queries.material")
opening = import_module("nhiemky.figures.queries.opening")


def changed(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """What the right function finds, changed."""
    return lambda right: lambda *given, **more: change(right(*given, **more))


def _line_of_the_first_day(right: Any) -> Any:
    def wrong(units: Any, period: Any, lines: Any) -> Any:
        facts = right(units, period, lines)
        return [replace(fact, line=line_on(lines.edges, fact.unit, fact.span.starts_on)) for fact in facts]

    return wrong


def _average_over_all(right: Any) -> Any:
    def wrong(definition: Any, material: Material, asked: Any) -> Figure:
        found = right(definition, material, asked)
        if isinstance(found.value, Ratio):
            return replace(found, value=replace(found.value, denominator=len(material.edges) + 1))
        return found

    return wrong


def _both_parts_of_all(right: Any) -> Any:
    return lambda subject, material, day, only=None: right(subject, material, day)


def _not_graded_left_out(right: Any) -> Any:
    def wrong(definition: Any, material: Material, asked: Any) -> Figure:
        found = right(definition, material, asked)
        if isinstance(found.value, Ratio) and definition.measure is Measure.GRADED:
            return replace(found, value=replace(found.value, denominator=len(found.counted)))
        return found

    return wrong


def _all_own(found: Any) -> Any:
    return {
        subject: {unit: [replace(row, below=False) for row in rows] for unit, rows in of_units.items()}
        for subject, of_units in found.items()
    }


BUGS = [
    Bug(ledger, "living", instead(lambda rows: rows.filter(cancels=False)), "a correction counted twice"),
    Bug(ledger, "living", instead(lambda rows: rows.filter(
        Q(replaced_by__isnull=True) | Q(replaced_by__cancels=True), cancels=False)), "a cancelled entry counted"),
    Bug(material, "facts_under", changed(lambda facts: facts[:-1]), "the last entry forgotten"),
    Bug(material, "facts_under", _line_of_the_first_day, "the tree of the first day of a span"),
    Bug(material, "facts_under", changed(lambda facts: [replace(fact, money_word="") for fact in facts]),
        "money beside no word"),
    Bug(material, "stock_facts", changed(_all_own), "own and below taken as own"),
    Bug(Material, "children_on", instead(lambda self, day: {
        edge.parent: [e.unit for edges in self.edges.values() for e in edges if e.parent == edge.parent]
        for edges in self.edges.values() for edge in edges}), "the tree of all days at once"),
    Bug(units, "edges_known", changed(lambda rows: rows.filter(starts_on__lt="2024-01-01")), "moves of a year forgotten"),
    Bug(indicators, "covers", instead(lambda one, other: False), "covered rows added"),
    Bug(evaluate, "without", instead(lambda selection, facts: selection), "money of covered counts added"),
    Bug(evaluate, "_stock_of", _both_parts_of_all, "a ratio over units that state one part"),
    Bug(evaluate, "_latest", instead(lambda material, subject, asked, unit: next(
        (row for row in material.statements if (row.subject, row.unit_id) == (subject, unit)), None)),
        "the first grade of any time"),
    Bug(Figure, "records", instead(property(lambda self: self.counted)), "the money behind a figure not opened"),
    Bug(opening, "_entry_row", changed(lambda row: replace(row, money_value=row.value)), "a row shows another sum"),
    Bug(opening, "_common", changed(lambda row: row | {"corrected": False}), "a correction not told of"),
]  # fmt: skip
BUGS += [
    Bug(evaluate._MEASURES, Measure.PER_UNIT, _average_over_all, "an average over all that ever stood below"),
    Bug(evaluate._MEASURES, Measure.GRADED, _not_graded_left_out, "units not graded left out of the base"),
]
# of what is written once and read in sums: no figure by itself, but own and children together
CUT_LINES = Bug(
    material,
    "facts_under",
    changed(lambda facts: [replace(fact, line=fact.line[:2]) for fact in facts]),
    "a fact known to its unit and the one above it only",
)
