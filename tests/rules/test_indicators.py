"""Laws of which facts make an indicator, of published totals, of shares and of stocks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from random import Random

import pytest
from hypothesis import strategies as st

from nhiemky.rules import indicators
from nhiemky.rules.indicators import Count, Coverage, Definition, Fact, Measure, Selection, StockFact
from nhiemky.rules.quantities import Comparator, Quantity, Ratio, Total, total
from nhiemky.rules.timeline import Span
from tests.factories import Law, law, laws_in

DAYS = [date(2024, 1, 1) + timedelta(days=n) for n in range(8)]
# unit -> the lines it may have had: 1 stands above all, 4 moved from 2 to 3
LINES = {1: [(1,)], 2: [(2, 1)], 3: [(3, 1)], 4: [(4, 2, 1), (4, 3, 1)]}
DETAILS: list[dict[str, str]] = [{}, {}, {"form": "a"}, {"form": "b"}, {"form": "a", "level": "x"}]

SIGNS = [Comparator.EQ, Comparator.EQ, Comparator.EQ, Comparator.GT, Comparator.LT, Comparator.VAGUE]


def make_quantity(luck: Random) -> Quantity:
    sign = luck.choice(SIGNS)
    return Quantity(None, sign, "nhiều") if sign is Comparator.VAGUE else Quantity(luck.randint(0, 9), sign)


def make_span(luck: Random) -> Span:
    first, last = sorted(luck.choices(DAYS, k=2))
    return Span(last if luck.random() < 0.5 else first, last + timedelta(days=1))


def make_facts(luck: Random) -> list[Fact]:
    facts: list[Fact] = []
    for order in range(luck.randint(1, 8)):
        unit = luck.choice([1, 2, 3, 4, 4])
        coverage = luck.choice([Coverage.ACT, Coverage.ACT, Coverage.OWN, Coverage.BELOW])
        whole = coverage is not Coverage.ACT and luck.random() < 0.5
        words = luck.choice([("luot",), ("luot",), ("nguoi",), ("luot", "nguoi"), ()])
        fact = Fact(
            code=f"f{order}",
            unit=unit,
            line=luck.choice(LINES[unit]),
            kind=luck.choice(["visit", "visit", "visit", "gift"]),
            span=Span(DAYS[0], DAYS[-1]) if whole else make_span(luck),
            order=order,
            counts=tuple(Count(word, make_quantity(luck), luck.choice([None, 20, 20, 20])) for word in words),
            money=tuple(make_quantity(luck) for _ in range(luck.randint(0 if words else 1, 2))),
            details=luck.choice(DETAILS),
            coverage=coverage,
            money_word=words[0] if words else "luot",
        )
        published = [each for each in facts if each.coverage is not Coverage.ACT]
        chance = luck.random()
        if published and chance < 0.2:
            # a second total of the same thing: the two hold each other
            fact = replace(luck.choice(published), code=fact.code, order=order)
        elif published and chance < 0.5:
            # detail of a total, mostly within its reach
            over = luck.choice(published)
            fact = replace(fact, kind=over.kind, counts=over.counts, money=over.money, money_word=over.money_word)
            fact = replace(fact, details=over.details | luck.choice([{}, {}, {"level": "x"}]))
            if over.coverage is Coverage.OWN and luck.random() < 0.7:
                fact = replace(fact, unit=over.unit, line=over.line)
        facts.append(fact)
    if luck.random() < 0.5:
        # what was recorded first need not be read first
        facts.reverse()
    return facts


@dataclass(frozen=True)
class Case:
    """An indicator asked of a unit for a period, over facts."""

    facts: tuple[Fact, ...]
    definition: Definition
    period: Span
    unit: int
    money: bool

    def select(self) -> Selection:
        return indicators.select(self.definition, self.facts, self.period, self.unit, money=self.money)


def make_case(seed: int) -> Case:
    luck = Random(seed)
    measure = luck.choice([Measure.COUNT, Measure.COUNT, Measure.MONEY, Measure.TARGETS])
    definition = Definition(
        "x", "x", "x", measure,
        kinds=luck.choice([("visit",), ("visit", "gift")]),
        word="" if measure is Measure.MONEY else luck.choice(["luot", "luot", "nguoi"]),
        where=luck.choice([(), (), (("form", "a"),)]),
        money_kinds=luck.choice([("visit",), ("visit", "gift")]),
    )  # fmt: skip
    whole = Span(DAYS[0], DAYS[-1] + timedelta(days=1))
    return Case(
        facts=tuple(make_facts(luck)),
        definition=definition,
        period=luck.choice([whole, make_span(luck)]),
        unit=luck.choice([1, 1, 2, 3, 4]),
        money=measure is Measure.MONEY or luck.random() < 0.3,
    )


def smaller_cases(case: Case) -> list[Case]:
    return [replace(case, facts=case.facts[:n] + case.facts[n + 1 :]) for n in range(len(case.facts))]


cases = st.integers(0, 2**48).map(make_case)
spans = st.integers(0, 2**48).map(lambda seed: make_span(Random(seed)))


def days_of(span: Span) -> set[date]:
    return {day for day in DAYS if span.starts_on <= day < span.ends_before}


def speaks(definition: Definition, fact: Fact, unit: int, money: bool) -> bool:
    if fact.kind not in definition.kinds or (definition.measure is Measure.TARGETS and fact.unit != unit):
        return False
    if any(fact.details.get(name) != value for name, value in definition.where):
        return False
    if not money:
        return definition.word in [count.word for count in fact.counts]
    if definition.measure is Measure.MONEY:
        return bool(fact.money)
    return bool(fact.money) and fact.kind in definition.money_kinds and fact.money_word == definition.word


def holds(one: Fact, other: Fact) -> bool:
    """Whether the total `one` says that it holds `other`: kind, days, dimensions, scope."""
    if one.coverage is Coverage.ACT or one.kind != other.kind or not days_of(other.span) <= days_of(one.span):
        return False
    if any(other.details.get(name) != value for name, value in one.details.items()):
        return False
    if one.coverage is Coverage.OWN:
        return one.unit == other.unit and other.coverage is not Coverage.BELOW
    return one.unit in other.line


@law(cases, examples=500, smaller=smaller_cases)
def check_each_fact_stands_in_the_group_that_fits(case: Case) -> None:
    selection, unit, asked = case.select(), case.unit, days_of(case.period)
    speaking = [fact for fact in case.facts if speaks(case.definition, fact, unit, case.money)]
    inside = [fact for fact in speaking if days_of(fact.span) <= asked]
    covered = []
    for fact in inside:
        if unit not in fact.line:
            continue
        totals = [one for one in inside if one.code != fact.code and holds(one, fact)]
        standing = [one for one in totals if not holds(fact, one) or one.order < fact.order]
        # a total of a unit above the one that is asked says nothing about it
        way_up = fact.line[: fact.line.index(unit) + 1]
        if any(unit in one.line or one.unit in way_up for one in standing):
            covered.append(fact)
    assert list(selection.covered) == covered
    assert list(selection.counted) == [fact for fact in inside if unit in fact.line and fact not in covered]
    assert list(selection.overlapping) == [
        fact for fact in speaking if unit in fact.line and fact not in inside and days_of(fact.span) & asked
    ]


@law(cases, smaller=smaller_cases)
def check_what_a_total_holds_is_held_by_one_that_counts(case: Case) -> None:
    """Of two totals that hold each other one stands: nothing is dropped without a record that speaks for it."""
    selection = replace(case, unit=1).select()
    groups = [selection.counted, selection.covered, selection.overlapping]
    codes = [fact.code for group in groups for fact in group]
    assert len(codes) == len(set(codes))
    for fact in selection.covered:
        chain, at = [fact], fact
        while at in selection.covered:
            at = next(
                one
                for one in (*selection.counted, *selection.covered)
                if one not in chain and holds(one, at) and (one.order < at.order or not holds(at, one))
            )
            chain.append(at)
        assert at in selection.counted


@law(cases, smaller=smaller_cases)
def check_without_totals_nothing_is_covered(case: Case) -> None:
    acts = replace(case, facts=tuple(replace(fact, coverage=Coverage.ACT) for fact in case.facts))
    selection = acts.select()
    assert not selection.covered
    whole = Total()
    for fact in acts.facts:
        whole += indicators.count_total(case.definition, replace(acts, facts=(fact,)).select())
    assert indicators.count_total(case.definition, selection) == whole


@law(cases, smaller=smaller_cases)
def check_a_share_is_known_only_with_every_base(case: Case) -> None:
    definition = replace(case.definition, word="luot")
    selection = Selection(tuple(fact for fact in case.facts if fact.count("luot")))
    share = indicators.share_of(definition, selection)
    counts = [count for fact in selection.counted for count in fact.counts if count.word == "luot"]
    bases = [count.out_of for count in counts]
    exact = counts and None not in bases and all(count.quantity.value is not None for count in counts)
    assert isinstance(share, Ratio) == bool(exact)
    whole = total(count.quantity for count in counts)
    if isinstance(share, Ratio):
        assert (share.numerator, share.denominator) == (whole.value, sum(bases))
        assert share.comparator is whole.comparator
    else:
        assert share == whole


@law(cases, smaller=smaller_cases)
def check_money_is_added_once_for_each_row(case: Case) -> None:
    money = [each for fact in case.facts for each in fact.money]
    assert indicators.money_total(Selection(case.facts)) == total(money)


@law(cases, smaller=smaller_cases)
def check_what_is_covered_after_all_is_not_counted(case: Case) -> None:
    selection, odd = case.select(), case.facts[::2]
    left = indicators.without(selection, odd)
    assert list(left.counted) == [fact for fact in selection.counted if fact not in odd]
    assert list(left.covered) == [*selection.covered, *(fact for fact in selection.counted if fact in odd)]
    assert left.overlapping == selection.overlapping


TREES = [{}, {1: [2, 3]}, {1: [2], 2: [3, 4]}, {1: [2, 3, 4]}, {1: [2], 2: [3], 3: [4]}]


@st.composite
def statements(draw: st.DrawFn) -> list[StockFact]:
    found = []
    orders = draw(st.permutations(range(8)))
    for order in orders[: draw(st.integers(0, 8))]:
        sign = draw(st.sampled_from([Comparator.EQ, Comparator.EQ, Comparator.GT]))
        quantity = Quantity(draw(st.integers(0, 9)), sign)
        below = draw(st.sampled_from([False, False, True]))
        found.append(StockFact(f"s{order}", draw(st.integers(1, 4)), draw(spans), quantity, order, below))
    return found


def latest_by_hand(rows: list[StockFact], unit: int, day: date, below: bool) -> StockFact | None:
    best = None
    for row in rows:
        last = row.as_of.ends_before - timedelta(days=1)
        if row.unit != unit or row.below != below or last > day:
            continue
        if best is None or (last, row.order) > (best[0], best[1].order):
            best = (last, row)
    return best[1] if best else None


@law(statements(), st.sampled_from(TREES), st.sampled_from(DAYS), examples=300)
def check_a_stock_is_the_latest_of_each_unit(rows: list[StockFact], tree: dict[int, list[int]], day: date) -> None:
    """Written flat: each unit's own statement, unless a unit at or above it speaks for all below."""
    by_unit: dict[int, list[StockFact]] = {}
    for row in rows:
        by_unit.setdefault(row.unit, []).append(row)
    stock = indicators.stock_on(1, tree, by_unit, day)
    above = {child: parent for parent, children in tree.items() for child in children}

    def used_of(with_top: bool) -> list[StockFact]:
        found = []
        for unit in (1, *above):
            line = [unit]
            while line[-1] in above:
                line.append(above[line[-1]])
            speakers = [each for each in line if latest_by_hand(rows, each, day, True) and (with_top or each != 1)]
            own = latest_by_hand(rows, unit, day, bool(speakers))
            if own and speakers[-1:] in ([], [unit]):
                found.append(own)
        return found

    used = used_of(with_top=True)
    assert {row.code for row in stock.used} == {row.code for row in used}
    assert stock.total == total(row.quantity for row in stock.used)
    if latest_by_hand(rows, 1, day, True):
        compared = used_of(with_top=False)
        assert {row.code for row in stock.compared} == {row.code for row in compared}
        assert stock.beneath == total(row.quantity for row in stock.compared)
    else:
        assert not stock.compared


exact_signs = st.sampled_from([each for each in Comparator if each is not Comparator.VAGUE])


def trues_of(value: int, sign: Comparator) -> list[int]:
    """Some true numbers that may be written so."""
    near = [*range(1, 14), 1000]
    return {
        Comparator.EQ: [value],
        Comparator.GT: [true for true in near if true > value],
        Comparator.GTE: [true for true in near if true >= value],
        Comparator.LT: [true for true in near if true < value],
        Comparator.APPROX: near,
    }[sign]


@law(st.integers(1, 9), st.integers(1, 9), exact_signs, exact_signs, examples=200)
def check_one_stock_over_another_is_written_truly(
    top: int, base: int, top_sign: Comparator, base_sign: Comparator
) -> None:
    ratio = indicators.ratio_of(Total(top, top_sign), Total(base, base_sign))
    assert ratio is not None
    assert (ratio.numerator, ratio.denominator) == (top, base)
    written = Fraction(top, base)
    for true in (Fraction(one, other) for one in trues_of(top, top_sign) for other in trues_of(base, base_sign)):
        assert {
            Comparator.EQ: true == written,
            Comparator.GT: true > written,
            Comparator.GTE: true >= written,
            # there is no sign for "at most"
            Comparator.LT: true <= written if base_sign is Comparator.GTE else true < written,
            Comparator.APPROX: True,
        }[ratio.comparator]
    if Comparator.APPROX not in (top_sign, base_sign) and Comparator.EQ in (top_sign, base_sign):
        assert ratio.comparator is not Comparator.APPROX


@law(st.integers(0, 9), st.booleans())
def check_over_nothing_there_is_no_ratio(number: int, known: bool) -> None:
    assert indicators.ratio_of(Total(number), Total(0) if known else Total()) is None
    assert indicators.ratio_of(Total(), Total(number)) is None


@pytest.mark.parametrize("held", laws_in(globals()), ids=str)
def test_law(held: Law) -> None:
    held.hold()


def test_the_example_of_the_decision() -> None:
    """3.161 lượt for 2018–2023 as one published total; the detail beneath adds nothing, another year's does."""
    definition = Definition("x", "x", "x", Measure.COUNT, ("visit",), "luot")
    published = Fact("t", 1, (1,), "visit", Span.parse("2018..2023"), 1, (Count("luot", Quantity(3161)),),
                     coverage=Coverage.BELOW)  # fmt: skip
    detail = Fact("d", 2, (2, 1), "visit", Span.parse("2020-05-04"), 2, (Count("luot", Quantity(7)),))
    later = replace(detail, code="l", span=Span.parse("2024-01-02"))
    selection = indicators.select(definition, [detail, published, later], Span.parse("2018..2024"), 1)
    assert [fact.code for fact in selection.counted] == ["t", "l"]
    assert indicators.count_total(definition, selection) == Total(3168)
    alone = indicators.select(definition, [detail, published, later], Span.parse("2020"), 1)
    assert [fact.code for fact in alone.counted] == ["d"]
    assert [fact.code for fact in alone.overlapping] == ["t"]
