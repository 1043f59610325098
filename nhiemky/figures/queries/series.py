"""Figures in a row, as charts want them: by month, by line of a field, by unit directly below. Each opens as any does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from nhiemky.figures.definitions import definitions, openable, spent_in
from nhiemky.figures.queries.board import figures_of
from nhiemky.figures.queries.evaluate import Figure, evaluate
from nhiemky.figures.queries.material import Asked, Material, gather_each
from nhiemky.rules.indicators import Definition, Measure
from nhiemky.rules.quantities import Percent, Ratio, Total, Value
from nhiemky.rules.timeline import Precision, Span
from nhiemky.units.models import Unit
from nhiemky.units.queries import UnitCard, alive_on, names_of, tree_on

MOST_MONTHS = 72


@dataclass(frozen=True)
class Series:
    """A figure for the whole period and for each step of it; `outside` are records of the whole that are in no step."""

    whole: Figure
    steps: tuple[Figure, ...]

    @property
    def outside(self) -> tuple[str, ...]:
        inside = {code for step in self.steps for code in step.records}
        return tuple(code for code in self.whole.records if code not in inside)


def series(code: str, material: Material, asked: Asked) -> Series:
    """The figure over the period, and over its months; over its years where the months would be too many."""
    definition = openable()[code]
    begins = asked.period.starts_on or _first_day(definition, material)
    last = min(asked.period.last_day, material.today)
    steps = _steps(begins, last, asked.period) if begins and begins <= last else []
    return Series(
        evaluate(definition, material, asked),
        tuple(evaluate(definition, material, Asked(step, step.last_day, asked.boundaries)) for step in steps),
    )


def _first_day(definition: Definition, material: Material) -> date | None:
    known = [fact.span.starts_on for fact in material.facts if fact.kind in definition.kinds and fact.span.starts_on]
    return min(known, default=None)


def _steps(begins: date, last: date, period: Span) -> list[Span]:
    by_month = (last.year - begins.year) * 12 + last.month - begins.month < MOST_MONTHS
    precision = Precision.MONTH if by_month else Precision.YEAR
    found, first = [], date(begins.year, begins.month if by_month else 1, 1)
    while first <= last:
        after = (first + timedelta(days=32)).replace(day=1) if by_month else date(first.year + 1, 1, 1)
        whole = Span(first, after, precision, precision)
        # a month that the period cuts stands for its days inside
        found.append(whole if period.covers(whole) else period.shared(whole) or whole)
        first = after
    return found


def spending(field: str, material: Material, asked: Asked) -> tuple[Figure | None, list[Figure]]:
    """The money spent on a field of work and the lines of the report that hold it, most first."""
    total = openable().get(spent_in(field))
    if total is None:
        return None, []
    lines = [evaluate(definitions()[code], material, asked) for code in total.parts]
    known = [line for line in lines if money_of(line)]
    return evaluate(total, material, asked), sorted(known, key=lambda line: -money_of(line))


def money_of(figure: Figure) -> int:
    """The đồng of a line: its own value, or what stands beside its count."""
    money = figure.value if figure.definition.measure is Measure.MONEY else figure.money
    return (money.value or 0) if isinstance(money, Total) else 0


def units_compared(code: str, unit: Unit, asked: Asked, today: date) -> list[tuple[UnitCard, Figure]]:
    """The same figure of each unit that stands directly below on that day, largest first, those without one last.

    The day is the one asked for, or that of the boundaries.
    """
    day = asked.boundaries or asked.as_of
    children = Unit.objects.filter(pk__in=tree_on(day).get(unit.pk, [])).filter(alive_on(day))
    units = list(children.order_by("pk"))
    cards = names_of([each.pk for each in units], day) if units else {}
    found = [
        (cards[material.unit.pk], figures_of([openable()[code]], material, asked)[0])
        for material in gather_each(units, asked.period, today, asked.boundaries)
    ]
    return sorted(found, key=lambda pair: -_rank(pair[1]))


def _rank(figure: Figure) -> Fraction:
    size = size_of(figure.value)
    return Fraction(-1) if size is None else size


def size_of(value: Value | None) -> Fraction | None:
    """How long a bar is: the number of a total, a share in per cent; None where there is no number."""
    if isinstance(value, Total):
        return None if value.value is None else Fraction(value.value)
    if isinstance(value, Ratio):
        return value.fraction
    return Fraction(value.value) if isinstance(value, Percent) else None
