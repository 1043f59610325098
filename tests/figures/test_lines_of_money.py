"""Whether all that may be recorded stands in a line of the report, and every đồng in one only."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from nhiemky.figures.definitions import definitions
from nhiemky.ledger import kinds
from nhiemky.ledger.kinds import Kind
from nhiemky.ledger.queries import money_word
from nhiemky.rules.indicators import Count, Definition, Fact, Measure
from nhiemky.rules.quantities import Quantity
from nhiemky.rules.timeline import Span


def lines_for(kind: Kind, words: list[str], details: dict[str, str]) -> list[Definition]:
    """The indicators in which the money of such an entry is seen."""
    beside, fact = money_word(kind.code, words), entry(kind, words, details)
    return [
        each
        for each in definitions().values()
        if kind.code in (each.kinds if each.measure is Measure.MONEY else each.money_kinds)
        and (each.measure is Measure.MONEY or each.word == beside)
        and each.asks_for(fact)
    ]


def entry(kind: Kind, words: list[str], details: dict[str, str]) -> Fact:
    counts = tuple(Count(word, Quantity(1)) for word in words)
    return Fact("e", 1, (1,), kind.code, Span.parse("2024"), 1, counts=counts, details=details)


def entries_of(kind: Kind) -> Iterator[tuple[list[str], dict[str, str]]]:
    """Each word alone, and none; each value of each dimension that some indicator asks for, and none."""
    asked = {
        name
        for each in definitions().values()
        if kind.code in each.kinds and not each.register
        for name, _ in each.where
    }
    choices = [[(name, value) for value in [None, *kinds.dimension_values()[name]]] for name in sorted(asked)]
    for word in [None, *kind.words]:
        for picked in itertools.product(*choices):
            yield [word] if word else [], {name: value for name, value in picked if value}


PAID = [kind for kind in kinds.kinds().values() if kind.money != "none"]


@pytest.mark.parametrize("kind", kinds.kinds().values(), ids=lambda kind: kind.code)
def test_each_count_stands_in_some_line(kind: Kind) -> None:
    counted = [
        each
        for each in definitions().values()
        if kind.code in each.kinds and not each.register and each.measure is not Measure.MONEY
    ]
    nowhere = [
        (words, details)
        for words, details in entries_of(kind)
        if words and not any(each.word in words and each.asks_for(entry(kind, words, details)) for each in counted)
    ]
    assert not nowhere


@pytest.mark.parametrize("kind", PAID, ids=lambda kind: kind.code)
def test_money_stands_in_some_line(kind: Kind) -> None:
    nowhere = [(words, details) for words, details in entries_of(kind) if not lines_for(kind, words, details)]
    assert not nowhere


@pytest.mark.parametrize("kind", PAID, ids=lambda kind: kind.code)
def test_money_stands_in_one_line(kind: Kind) -> None:
    found = [lines_for(kind, words, details) for words, details in entries_of(kind)]
    general = [[line.code for line in lines if line.measure is not Measure.MONEY] for lines in found]
    assert not [lines for lines in general if len(lines) > 1]
