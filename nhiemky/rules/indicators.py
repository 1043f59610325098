"""What an indicator is, and which facts make it: one selection that both the value and its opening read.

Source: shared decisions on the ledger and on figures (docs/decisions/0003-figures.md); operations reference,
"Rules the roll-up must obey" 1-5.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from nhiemky.rules.quantities import Comparator, Quantity, Ratio, Total, together, total
from nhiemky.rules.timeline import Span


class Measure(StrEnum):
    """How an indicator's value is made."""

    COUNT = "count"  # sum of one count word over entries
    MONEY = "money"  # sum of money over entries
    SHARE = "share"  # sum of one count word over the sum of what it was out of
    PER_UNIT = "per_unit"  # sum of one count word over the number of units
    STOCK = "stock"  # closing stock at a date, from statements
    RATIO = "ratio"  # one stock over another, per cent
    STATED = "stated"  # a percentage published without its parts
    GRADE = "grade"  # the unit's own latest grade
    GRADED = "graded"  # units below with a grade at least as good, over all such units
    TARGETS = "targets"  # targets met over targets set
    PERSONS = "persons"  # distinct persons named by entries, each once at whatever level
    MEMBERS = "members"  # members at a date, from the register


FLOWS = frozenset({Measure.COUNT, Measure.MONEY, Measure.SHARE, Measure.PER_UNIT, Measure.TARGETS, Measure.PERSONS})


class Coverage(StrEnum):
    """What an entry or a statement speaks for."""

    ACT = "act"  # one act of the unit
    OWN = "own"  # a total of the unit's own acts
    BELOW = "below"  # a total of the unit's acts and of all below it


@dataclass(frozen=True)
class Definition:
    """An indicator as data.

    `where` filters on the dimensions of an entry; `elsewhere` are the filters of other lines, whose entries this one
    leaves to them; `money_kinds` are the kinds whose money is shown beside a count; `parts` are the codes of the
    indicators whose money this one adds up; `register`: only what the register of members knows; `own`: of the unit
    itself, nothing of the units below.
    """

    code: str
    label: str
    field: str
    measure: Measure
    kinds: tuple[str, ...] = ()
    word: str = ""
    where: tuple[tuple[str, str], ...] = ()
    elsewhere: tuple[tuple[tuple[str, str], ...], ...] = ()
    money_kinds: tuple[str, ...] = ()
    subject: str = ""
    denominator: str = ""
    block: str = ""
    grade: str = ""
    source: str = ""
    parts: tuple[str, ...] = ()
    register: bool = False
    own: bool = False

    @property
    def is_flow(self) -> bool:
        return self.measure in FLOWS

    def asks_for(self, fact: Fact) -> bool:
        """Whether the fact's kind and dimensions are those of this indicator."""
        return (
            fact.kind in self.kinds
            and (fact.register or not self.register)
            and _meets(fact, self.where)
            and not any(_meets(fact, where) for where in self.elsewhere)
        )


def _meets(fact: Fact, where: tuple[tuple[str, str], ...]) -> bool:
    return all(fact.details.get(name) == value for name, value in where)


@dataclass(frozen=True)
class Count:
    """So many of a count word, where known out of how many."""

    word: str
    quantity: Quantity
    out_of: int | None = None


@dataclass(frozen=True)
class Fact:
    """A living entry of the ledger as the rules see it, or members of the register who joined or left alike.

    `line`: the units it belongs to, lowest first: its own and its ancestors on the entry's last day, or those on the
    tree of another day (`rules.trees.Boundaries`); then `stood` is the line of its own day, by which totals cover
    their detail whatever the tree; `money_word`: the count word its money stands beside;
    `people`: the persons it names, each under the one record that stands for them; `register`: the register says it;
    `aside`: what it says is counted elsewhere (`set_aside`).
    """

    code: str
    unit: int
    line: tuple[int, ...]
    kind: str
    span: Span
    order: int
    counts: tuple[Count, ...] = ()
    money: tuple[Quantity, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)
    coverage: Coverage = Coverage.ACT
    source: int | None = None
    money_word: str = ""
    people: tuple[int, ...] = ()
    register: bool = False
    aside: bool = False
    stood: tuple[int, ...] = ()

    def count(self, word: str) -> Count | None:
        return next((count for count in self.counts if count.word == word), None)


@dataclass(frozen=True)
class Selection:
    """The facts that count, those that a total already covers, those that only overlap the period, those set aside."""

    counted: tuple[Fact, ...] = ()
    covered: tuple[Fact, ...] = ()
    overlapping: tuple[Fact, ...] = ()
    aside: tuple[Fact, ...] = ()


def set_aside(facts: Iterable[Fact], begun: Mapping[int, date], kinds: Container[str]) -> list[Fact]:
    """The facts, those marked that do not count since their unit keeps a register.

    From the unit's day on, the register says what entries of these kinds said: an entry counts while its last day
    came before, and what the register knows counts while its first day did not. Never both, so that what straddles
    the day counts in neither.
    """
    return [
        replace(fact, aside=True)
        if fact.kind in kinds and fact.unit in begun and not _has_its_say(fact, begun[fact.unit])
        else fact
        for fact in facts
    ]


def _has_its_say(fact: Fact, begins_on: date) -> bool:
    if fact.register:
        return fact.span.starts_on is not None and fact.span.starts_on >= begins_on
    return fact.span.last_day < begins_on


def select(definition: Definition, facts: Iterable[Fact], period: Span, unit: int, *, money: bool = False) -> Selection:
    """The facts under the unit that make the indicator's count (or its money) in the period, each in one group.

    `facts` may hold more than stands under the unit: a total covers its detail wherever each of them stood. The money
    of an entry stands beside one of its count words only (`money_word`), so no đồng stands in two lines.
    """
    own_only = definition.own or definition.measure is Measure.TARGETS
    asked = [
        fact
        for fact in facts
        if definition.asks_for(fact)
        and (not own_only or fact.unit == unit)
        and (_has_money(definition, fact) if money else _says(definition, fact))
    ]
    speaking = [fact for fact in asked if not fact.aside]
    inside = [fact for fact in speaking if period.covers(fact.span)]
    # a total of numbers says nothing about who was named
    by_name = definition.measure is Measure.PERSONS
    totals = [fact for fact in inside if fact.coverage is not Coverage.ACT and not by_name]
    here = [fact for fact in inside if unit in fact.line]
    covered = {
        fact.code for fact in here if any(covers(each, fact) and _speaks_for(each, fact, unit) for each in totals)
    }
    return Selection(
        tuple(fact for fact in here if fact.code not in covered),
        tuple(fact for fact in here if fact.code in covered),
        tuple(
            fact
            for fact in speaking
            if unit in fact.line and not period.covers(fact.span) and period.overlaps(fact.span)
        ),
        tuple(fact for fact in asked if fact.aside and unit in fact.line and period.overlaps(fact.span)),
    )


def _says(definition: Definition, fact: Fact) -> bool:
    return bool(fact.people if definition.measure is Measure.PERSONS else fact.count(definition.word))


def _speaks_for(total: Fact, fact: Fact, unit: int) -> bool:
    """Whether the total has a say when `unit` is asked: it stands under it, or its unit stood there on the fact's day."""
    return unit in total.line or total.unit in fact.line[: fact.line.index(unit) + 1]


def _has_money(definition: Definition, fact: Fact) -> bool:
    if definition.measure is Measure.MONEY:
        return bool(fact.money)
    return bool(fact.money) and fact.kind in definition.money_kinds and fact.money_word == definition.word


def covers(one: Fact, other: Fact) -> bool:
    """Whether the total `one` already holds `other`. Of two that hold each other, the earlier recorded stands."""
    if one.code == other.code or not _holds(one, other):
        return False
    return not _holds(other, one) or one.order < other.order


def _holds(one: Fact, other: Fact) -> bool:
    if one.coverage is Coverage.ACT or one.kind != other.kind:
        return False
    if one.coverage is Coverage.OWN:
        in_scope = other.unit == one.unit and other.coverage is not Coverage.BELOW
    else:
        in_scope = one.unit in (other.stood or other.line)
    return (
        in_scope
        and one.span.covers(other.span)
        and all(other.details.get(name) == value for name, value in one.details.items())
    )


def without(selection: Selection, facts: Iterable[Fact]) -> Selection:
    """The selection with these facts no longer counted but covered."""
    codes = {fact.code for fact in facts}
    return Selection(
        tuple(fact for fact in selection.counted if fact.code not in codes),
        selection.covered + tuple(fact for fact in selection.counted if fact.code in codes),
        selection.overlapping,
        selection.aside,
    )


def persons_in(selection: Selection) -> dict[int, int]:
    """The persons whom the facts that count name, each with how many of them do."""
    return Counter(person for fact in selection.counted for person in dict.fromkeys(fact.people))


def count_total(definition: Definition, selection: Selection) -> Total:
    """The sum of the indicator's count word over the facts that count."""
    counts = (fact.count(definition.word) for fact in selection.counted)
    return total(count.quantity for count in counts if count)


def money_total(selection: Selection) -> Total:
    """The sum of money, in whole đồng, over the facts that count."""
    return total(quantity for fact in selection.counted for quantity in fact.money)


def share_of(definition: Definition, selection: Selection) -> Ratio | Total:
    """Numerators over denominators; where a fact gives no denominator, only the sum can be given."""
    counts = [count for fact in selection.counted if (count := fact.count(definition.word))]
    whole = total(count.quantity for count in counts)
    if whole.value is None or whole.vague or any(count.out_of is None for count in counts):
        return whole
    return Ratio(whole.value, sum(count.out_of or 0 for count in counts), comparator=whole.comparator)


@dataclass(frozen=True)
class StockFact:
    """A living statement of a stock as the rules see it."""

    code: str
    unit: int
    as_of: Span
    quantity: Quantity
    order: int
    below: bool = False


@dataclass(frozen=True)
class Stock:
    """A closing stock: its total, the statements that make it, and what the units beneath state, for comparison."""

    total: Total = Total()
    used: tuple[StockFact, ...] = ()
    beneath: Total = Total()
    compared: tuple[StockFact, ...] = ()


def latest(statements: Iterable[StockFact], day: date, *, below: bool) -> StockFact | None:
    """The latest statement known to be on or before that day."""
    known = [s for s in statements if s.below is below and s.as_of.last_day <= day]
    return max(known, key=lambda s: (s.as_of.last_day, s.order), default=None)


def stock_on(
    unit: int, children: Mapping[int, Sequence[int]], statements: Mapping[int, Sequence[StockFact]], day: date
) -> Stock:
    """The unit's stock on that day, with the units below it in the tree `children` of that day.

    A statement for own and below stands for the whole subtree and is compared with the sum beneath it.
    """
    own = latest(statements.get(unit, ()), day, below=False)
    parts = [Stock(total([own.quantity]), (own,))] if own else []
    parts += [stock_on(child, children, statements, day) for child in children.get(unit, ())]
    beneath = Total()
    used: tuple[StockFact, ...] = ()
    for part in parts:
        beneath, used = beneath + part.total, used + part.used
    whole = latest(statements.get(unit, ()), day, below=True)
    if whole is None:
        return Stock(beneath, used)
    return Stock(total([whole.quantity]), (whole,), beneath, used)


def added(stocks: Sequence[Stock]) -> Stock:
    """The stock of units that stand beside each other."""
    if len(stocks) == 1:
        return stocks[0]
    whole, beneath = Total(), Total()
    for each in stocks:
        whole, beneath = whole + each.total, beneath + (each.beneath if each.compared else each.total)
    used = tuple(fact for each in stocks for fact in each.used)
    compared = tuple(fact for each in stocks for fact in each.compared)
    return Stock(whole, used, beneath, compared)


_INVERSE = {Comparator.GT: Comparator.LT, Comparator.GTE: Comparator.LT, Comparator.LT: Comparator.GT}


def ratio_of(numerator: Total, denominator: Total) -> Ratio | None:
    """One stock over another, per cent; None while either is not known. Over more than 50 is less than over 50."""
    if numerator.value is None or not denominator.value:
        return None
    below = _INVERSE.get(denominator.comparator, denominator.comparator)
    return Ratio(numerator.value, denominator.value, comparator=together(numerator.comparator, below))
