"""Whether every đồng that may be recorded stands in a line of the report, and in one only."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from nhiemky.figures.definitions import definitions
from nhiemky.ledger import kinds
from nhiemky.ledger.kinds import Kind
from nhiemky.ledger.queries import money_word
from nhiemky.rules.indicators import Definition, Measure


def lines_for(kind: Kind, words: list[str], details: dict[str, str]) -> list[Definition]:
    """The indicators in which the money of such an entry is seen."""
    beside = money_word(kind.code, words)
    return [
        each
        for each in definitions().values()
        if kind.code in (each.kinds if each.measure is Measure.MONEY else each.money_kinds)
        and (each.measure is Measure.MONEY or each.word == beside)
        and all(details.get(name) == value for name, value in each.where)
    ]


def entries_of(kind: Kind) -> Iterator[tuple[list[str], dict[str, str]]]:
    """Each word alone, and none; each value of each dimension that some indicator asks for, and none."""
    asked = {name for each in definitions().values() if kind.code in each.kinds for name, _ in each.where}
    choices = [[(name, value) for value in [None, *kinds.dimension_values()[name]]] for name in sorted(asked)]
    for word in [None, *kind.words]:
        for picked in itertools.product(*choices):
            yield [word] if word else [], {name: value for name, value in picked if value}


PAID = [kind for kind in kinds.kinds().values() if kind.money != "none"]
NOWHERE = {"hardship", "union_meal", "labour_dispute", "legal_aid", "safety", "propaganda", "training",
           "culture_sport", "new_rural_support", "initiative", "womens_work"}  # fmt: skip


@pytest.mark.parametrize("kind", PAID, ids=lambda kind: kind.code)
def test_money_stands_in_some_line(kind: Kind, request: pytest.FixtureRequest) -> None:
    if kind.code in NOWHERE:
        request.applymarker(pytest.mark.xfail(strict=True, reason="data/indicators has no line for this money"))
    nowhere = [(words, details) for words, details in entries_of(kind) if not lines_for(kind, words, details)]
    assert not nowhere


TWICE = {"mai_am"}


@pytest.mark.parametrize("kind", PAID, ids=lambda kind: kind.code)
def test_money_stands_in_one_line(kind: Kind, request: pytest.FixtureRequest) -> None:
    if kind.code in TWICE:
        request.applymarker(
            pytest.mark.xfail(strict=True, reason="the houses built stand in the line of all houses too")
        )
    found = [lines_for(kind, words, details) for words, details in entries_of(kind)]
    general = [[line.code for line in lines if line.measure is not Measure.MONEY] for lines in found]
    assert not [lines for lines in general if len(lines) > 1]
