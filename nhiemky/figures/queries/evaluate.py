"""The one function that evaluates an indicator. What it counted, it also names, so that the figure can be opened."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from nhiemky.figures.definitions import definitions
from nhiemky.figures.queries.material import Asked, Material
from nhiemky.figures.queries.register import SUBJECTS
from nhiemky.ledger import kinds
from nhiemky.ledger.models import Statement
from nhiemky.rules.indicators import (
    Definition,
    Measure,
    Selection,
    Stock,
    StockFact,
    added,
    count_total,
    latest,
    money_total,
    persons_in,
    ratio_of,
    select,
    share_of,
    stock_on,
    without,
)
from nhiemky.rules.quantities import Comparator, Grade, Percent, Ratio, Total, Value, total
from nhiemky.rules.timeline import Span


@dataclass(frozen=True)
class Figure:
    """An indicator's value for a unit and what made it, by codes of entries, statements, targets and units.

    `covered`: records that a published total already holds; `overlapping`: records whose span only touches the
    period; `compared`: statements of the units beneath, beside a statement for own and below; `stated`: when the
    one statement behind a stock speaks of, as exactly as it is known; `half`: statements of units that state only one
    part of a ratio; `aside`: records in whose place the register of their unit speaks; `people`: persons named, with how
    often; `pending`: units below that are not counted from the register yet.
    """

    definition: Definition
    asked: Asked
    value: Value | None
    money: Total | None = None
    counted: tuple[str, ...] = ()
    counted_money: tuple[str, ...] = ()
    covered: tuple[str, ...] = ()
    overlapping: tuple[str, ...] = ()
    compared: tuple[str, ...] = ()
    beneath: Total | None = None
    units: tuple[tuple[int, str], ...] = ()
    targets: tuple[str, ...] = ()
    stated: Span | None = None
    half: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    people: tuple[tuple[int, int], ...] = ()
    pending: int = 0

    @property
    def is_known(self) -> bool:
        """Whether there is anything to show."""
        value = self.value
        has_value = value is not None and not (isinstance(value, Total) and value.is_empty)
        return has_value or bool(self.money and not self.money.is_empty)

    @property
    def records(self) -> tuple[str, ...]:
        """The records the figure opens into, each once."""
        return tuple(dict.fromkeys(self.counted + self.counted_money))


def evaluate(definition: Definition, material: Material, asked: Asked) -> Figure:
    """The figure of the material's unit."""
    key = (definition.code, asked)
    if key not in material.evaluated:
        material.evaluated[key] = _MEASURES[definition.measure](definition, material, asked)
    figure: Figure = material.evaluated[key]
    return figure


def _flow(definition: Definition, material: Material, asked: Asked) -> Figure:
    by_money = definition.measure is Measure.MONEY
    if definition.parts:
        return _together(definition, material, asked)
    facts = material.facts_of(definition.kinds, asked.period)
    if not facts:
        # most indicators of most reports: two hundred of them are asked for one page
        return Figure(definition, asked, Total(), money=Total() if definition.money_kinds else None)
    unit = material.unit.pk
    main = select(definition, facts, asked.period, unit, money=by_money)
    beside = select(definition, facts, asked.period, unit, money=True) if definition.money_kinds else Selection()
    # detail whose count a total holds adds no money either, though the total states none
    beside = without(beside, main.covered)
    value: Value = money_total(main) if by_money else count_total(definition, main)
    if definition.measure in (Measure.SHARE, Measure.TARGETS):
        value = share_of(definition, main)
    return Figure(
        definition,
        asked,
        value,
        money=money_total(beside) if definition.money_kinds else None,
        counted=_codes(main.counted),
        counted_money=_codes(beside.counted),
        covered=_codes(main.covered + beside.covered),
        overlapping=_codes(main.overlapping + beside.overlapping),
        aside=_codes(main.aside + beside.aside),
        pending=_pending(definition, material, asked.as_of) if definition.register else 0,
    )


def _persons(definition: Definition, material: Material, asked: Asked) -> Figure:
    """Each person once, at whatever level: worked out anew at each, never added up."""
    main = select(definition, material.facts_of(definition.kinds, asked.period), asked.period, material.unit.pk)
    people = persons_in(main)
    return Figure(
        definition,
        asked,
        Total(len(people)) if people else Total(),
        counted=_codes(main.counted),
        overlapping=_codes(main.overlapping),
        people=tuple(people.items()),
    )


def _members(definition: Definition, material: Material, asked: Asked) -> Figure:
    """So many members with the feature on the day, of the units that are counted from the register by then."""
    day, where = asked.as_of, dict(definition.where)
    block = where.pop("block", "")
    living = [unit for unit in material.living_on(day) if not block or material.cards[unit].block_group == block]
    [feature] = where.items() or [("", "")]
    stocks = material.registered(day, feature=feature)
    used = [stocks[unit] for unit in living if unit in stocks]
    return Figure(
        definition,
        asked,
        total(fact.quantity for fact in used),
        counted=_codes(tuple(used)),
        pending=_pending(definition, material, day),
    )


def _pending(definition: Definition, material: Material, day: date) -> int:
    """How many grassroots unions of the block are not counted from the register by that day."""
    if not any(begins_on <= day for begins_on in material.begun.values()):
        return 0
    block = dict(definition.where).get("block", "")
    units = [unit for unit in material.living_on(day) if _is_grassroots(material, unit, block)]
    return sum(not (unit in material.begun and material.begun[unit] <= day) for unit in units)


def _is_grassroots(material: Material, unit: int, block: str) -> bool:
    card = material.cards[unit]
    return card.level == "grassroots" and block in ("", card.block_group)


def _together(definition: Definition, material: Material, asked: Asked) -> Figure:
    """The money of several lines of a report: what they count counts, each record once."""
    lines = [evaluate(definitions()[code], material, asked) for code in definition.parts]
    by_money = [line.definition.measure is Measure.MONEY for line in lines]
    counted = dict.fromkeys(
        code
        for line, own in zip(lines, by_money, strict=True)
        for code in (line.counted if own else line.counted_money)
    )
    beside = [dict.fromkeys(code for line in lines for code in getattr(line, name) if code not in counted)
              for name in ("covered", "overlapping")]  # fmt: skip
    money = {code: material.by_code[code] for one in (counted, *beside) for code in one}
    return Figure(
        definition,
        asked,
        money_total(Selection(tuple(money[code] for code in counted))),
        counted=tuple(counted),
        covered=tuple(code for code in beside[0] if money[code].money),
        overlapping=tuple(code for code in beside[1] if money[code].money),
    )


def _codes(facts: tuple) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fact.code for fact in facts))


def _per_unit(definition: Definition, material: Material, asked: Asked) -> Figure:
    main = select(definition, material.facts_of(definition.kinds, asked.period), asked.period, material.unit.pk)
    whole = count_total(definition, main)
    units = material.living_on(asked.as_of)
    value: Value | None = whole
    if whole.value is not None and not whole.vague:
        value = Ratio(whole.value, len(units), percent=False, comparator=whole.comparator)
    return Figure(
        definition,
        asked,
        value,
        counted=_codes(main.counted),
        covered=_codes(main.covered),
        overlapping=_codes(main.overlapping),
        units=tuple((unit, "") for unit in units),
    )


def _stock(definition: Definition, material: Material, asked: Asked) -> Figure:
    stock = _stock_of(definition.subject, material, asked.as_of)
    return Figure(
        definition,
        asked,
        stock.total,
        counted=_codes(stock.used),
        compared=_codes(stock.compared),
        beneath=stock.beneath if stock.compared else None,
        stated=stock.used[0].as_of if len(stock.used) == 1 else None,
        aside=_replaced(definition.subject, material, asked.as_of),
    )


def _replaced(subject: str, material: Material, day: date) -> tuple[str, ...]:
    """The latest statements of units that are counted from the register by that day."""
    if subject not in SUBJECTS or not material.begun:
        return ()
    stated = material.stocks.get(subject, {})
    units = [
        unit for unit in material.living_on(day) if unit in stated and unit in material.registered(day, subject=subject)
    ]
    found = [latest(stated[unit], day, below=below) for unit in units for below in (False, True)]
    return tuple(fact.code for fact in found if fact)


def _stock_of(subject: str, material: Material, day: date, only: Container[int] | None = None) -> Stock:
    """The stock on that day; of a unit that was not alive then, none. `only`: of these units."""
    stated: Mapping[int, Sequence[StockFact]] = material.stocks_on(subject, day)
    if only is not None:
        stated = {unit: rows for unit, rows in stated.items() if unit in only}
    return added([stock_on(top, material.children_on(day), stated, day) for top in material.tops_on(day)])


def _ratio(definition: Definition, material: Material, asked: Asked) -> Figure:
    """Both parts are summed over the units that state both; the others are named, because 90 of nobody knows how many."""
    parts = [
        {
            unit
            for unit, rows in material.stocks_on(subject, asked.as_of).items()
            if any(r.as_of.last_day <= asked.as_of for r in rows)
        }
        for subject in (definition.subject, definition.denominator)
    ]
    both = parts[0] & parts[1]
    top = _stock_of(definition.subject, material, asked.as_of, both)
    base = _stock_of(definition.denominator, material, asked.as_of, both)
    half = (
        _stock_of(subject, material, asked.as_of, (parts[0] | parts[1]) - both)
        for subject in (definition.subject, definition.denominator)
    )
    return Figure(
        definition,
        asked,
        ratio_of(top.total, base.total),
        counted=_codes(top.used + base.used),
        half=tuple(dict.fromkeys(fact.code for stock in half for fact in stock.used)),
        aside=tuple(
            dict.fromkeys(
                code
                for subject in (definition.subject, definition.denominator)
                for code in _replaced(subject, material, asked.as_of)
            )
        ),
    )


def _stated(definition: Definition, material: Material, asked: Asked) -> Figure:
    row = _latest(material, definition.subject, asked, material.unit.pk)
    if row is None or row.percent is None:
        return Figure(definition, asked, None)
    percent = row.percent.normalize() if row.percent else row.percent
    return Figure(definition, asked, Percent(percent, Comparator(row.comparator)), counted=(row.code,))


def _grade(definition: Definition, material: Material, asked: Asked) -> Figure:
    row = _latest(material, definition.subject or "grade", asked, material.unit.pk)
    if row is None:
        return Figure(definition, asked, None)
    return Figure(definition, asked, Grade(row.grade, kinds.grades()[row.grade].rank), counted=(row.code,))


def _latest(material: Material, subject: str, asked: Asked, unit: int) -> Statement | None:
    rows = [
        row
        for row in material.statements
        if row.subject == subject
        and row.unit_id == unit
        and asked.period.covers(row.span)
        and row.span.last_day <= max(asked.as_of, asked.period.last_day)
    ]
    return max(rows, key=lambda row: (row.span.last_day, row.first_id or row.pk), default=None)


def _graded(definition: Definition, material: Material, asked: Asked) -> Figure:
    """Grades of the latest year graded, over all living units of the block: one not graded yet is not good yet."""
    by_day: dict[date, dict[int, Statement]] = {}
    for row in sorted(material.statements, key=lambda row: row.first_id or row.pk):
        if row.subject == "grade" and asked.period.covers(row.span):
            by_day.setdefault(row.span.last_day, {})[row.unit_id] = row
    needed = kinds.grades()[definition.grade].rank
    for day in sorted(by_day, reverse=True):
        grades = by_day[day]
        units = [
            unit for unit in material.living_on(min(day, asked.as_of)) if _is_graded_kind(definition, material, unit)
        ]
        if any(unit in grades for unit in units):
            good = sum(kinds.grades()[grades[unit].grade].rank >= needed for unit in units if unit in grades)
            return Figure(
                definition,
                asked,
                Ratio(good, len(units)),
                counted=tuple(grades[unit].code for unit in units if unit in grades),
                units=tuple((unit, grades[unit].grade if unit in grades else "") for unit in units),
            )
    return Figure(definition, asked, None)


def _is_graded_kind(definition: Definition, material: Material, unit: int) -> bool:
    return unit != material.unit.pk and _is_grassroots(material, unit, definition.block)


_MEASURES: dict[Measure, Callable[[Definition, Material, Asked], Figure]] = {
    Measure.COUNT: _flow,
    Measure.MONEY: _flow,
    Measure.SHARE: _flow,
    Measure.TARGETS: _flow,
    Measure.PER_UNIT: _per_unit,
    Measure.STOCK: _stock,
    Measure.RATIO: _ratio,
    Measure.STATED: _stated,
    Measure.GRADE: _grade,
    Measure.GRADED: _graded,
    Measure.PERSONS: _persons,
    Measure.MEMBERS: _members,
}
