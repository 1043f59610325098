"""Laws of sums of numbers with comparators: intervals that are true, and vague words that are kept."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import strategies as st

from nhiemky.rules import quantities
from nhiemky.rules.quantities import Comparator, Quantity, Ratio, Total
from tests.factories import Law, law, laws_in

EXACT = [each for each in Comparator if each is not Comparator.VAGUE]
known = st.builds(Quantity, st.integers(0, 30), st.sampled_from(EXACT))
vague = st.builds(lambda text: Quantity(None, Comparator.VAGUE, text), st.sampled_from(["hàng trăm", "nhiều"]))
parts = st.lists(st.one_of(known, known, known, vague), max_size=6)


def is_consistent(true: int, value: int, comparator: Comparator) -> bool:
    """Whether so true a number may be written so."""
    return {
        Comparator.EQ: true == value,
        Comparator.GT: true > value,
        Comparator.GTE: true >= value,
        Comparator.LT: true < value,
        Comparator.APPROX: True,
    }[comparator]


@st.composite
def parts_with_truth(draw: st.DrawFn) -> list[tuple[Quantity, int]]:
    found = []
    for quantity in draw(st.lists(known, min_size=1, max_size=5)):
        near = [true for true in range(60) if is_consistent(true, quantity.value or 0, quantity.comparator)]
        # "gần 0" has no true number
        if near:
            edge = st.sampled_from([near[0], near[-1]]) | st.sampled_from(near)
            found.append((quantity, draw(edge)))
    return found


def told(total: Total) -> tuple:
    return total.value, total.comparator, sorted(total.vague)


@law(parts, parts, parts)
def check_sums_do_not_depend_on_order(one: list[Quantity], two: list[Quantity], three: list[Quantity]) -> None:
    a, b, c = quantities.total(one), quantities.total(two), quantities.total(three)
    assert (a + b) + c == a + (b + c)
    assert told(a + b) == told(b + a)
    assert quantities.total(one + two) == a + b
    assert a + Total() == a == Total() + a


@law(parts_with_truth(), examples=250)
def check_a_written_sum_is_true(drawn: list[tuple[Quantity, int]]) -> None:
    written = quantities.total(quantity for quantity, _ in drawn)
    if not drawn:
        assert written.is_empty
        return
    assert written.value == sum(quantity.value or 0 for quantity, _ in drawn)
    assert is_consistent(sum(true for _, true in drawn), written.value, written.comparator)


@law(parts)
def check_a_sum_says_no_less_than_it_can(drawn: list[Quantity]) -> None:
    """Soundness alone would let every sum be 'khoảng'."""
    used = {quantity.comparator for quantity in drawn} - {Comparator.VAGUE}
    written = quantities.total(drawn).comparator
    up, down = {Comparator.GT, Comparator.GTE}, {Comparator.LT}
    if used <= {Comparator.EQ}:
        assert written is Comparator.EQ
    elif used <= up | {Comparator.EQ}:
        assert written is (Comparator.GT if Comparator.GT in used else Comparator.GTE)
    elif used <= down | {Comparator.EQ}:
        assert written is Comparator.LT
    else:
        assert written is Comparator.APPROX


@law(parts)
def check_vague_words_add_nothing_and_are_kept(drawn: list[Quantity]) -> None:
    whole = quantities.total(drawn)
    words = [quantity.text for quantity in drawn if quantity.value is None]
    assert sorted(whole.vague) == sorted(words)
    assert whole.is_empty == (not drawn)
    assert (whole.value is None) == (len(words) == len(drawn))


@law(st.integers(0, 30), st.sampled_from([Comparator.EQ, Comparator.GT, Comparator.GTE]), st.integers(0, 30))
def check_a_bound_is_reached_only_surely(value: int, comparator: Comparator, bound: int) -> None:
    trues = [true for true in range(70) if is_consistent(true, value, comparator)]
    at_least = quantities.at_least(Fraction(value), comparator, Fraction(bound))
    more_than = quantities.more_than(Fraction(value), comparator, Fraction(bound))
    assert not at_least or all(true >= bound for true in trues)
    assert not more_than or all(true > bound for true in trues)
    if comparator is Comparator.EQ:
        assert at_least == (value >= bound)
        assert more_than == (value > bound)
        assert quantities.at_most(Fraction(value), comparator, Fraction(bound)) == (value <= bound)


@law(st.integers(0, 30))
def check_nearly_meets_nothing_it_does_not_reach(value: int) -> None:
    number = Fraction(value)
    assert not quantities.at_least(number, Comparator.LT, number)
    assert not quantities.more_than(number, Comparator.LT, number)
    assert quantities.at_least(number, Comparator.LT, number - 1)


@law(st.integers(0, 30), st.sampled_from([Comparator.GT, Comparator.GTE]))
def check_more_than_the_ceiling_is_not_within_it(value: int, comparator: Comparator) -> None:
    assert not quantities.at_most(Fraction(value), comparator, Fraction(value))


@law(st.integers(0, 100), st.integers(0, 100), st.booleans())
def check_a_ratio_is_divided_last(numerator: int, denominator: int, percent: bool) -> None:
    fraction = Ratio(numerator, denominator, percent=percent).fraction
    if not denominator:
        assert fraction is None
        return
    assert fraction is not None
    assert fraction * denominator == numerator * (100 if percent else 1)


@pytest.mark.parametrize("held", laws_in(globals()), ids=str)
def test_law(held: Law) -> None:
    held.hold()


@pytest.mark.parametrize(
    ("value", "comparator"), [(-1, Comparator.EQ), (None, Comparator.EQ), (3, Comparator.VAGUE), (-5, Comparator.GT)]
)
def test_an_impossible_quantity_is_none(value: int | None, comparator: Comparator) -> None:
    with pytest.raises(ValueError):
        Quantity(value, comparator)


@pytest.mark.parametrize(
    ("signs", "sum_sign"),
    [("eq eq", "eq"), ("gt eq", "gt"), ("gt lt", "approx"), ("gt gte", "gt"), ("lt lt", "lt"), ("eq approx", "approx")],
)
def test_sums_are_written_as_the_decision_says(signs: str, sum_sign: str) -> None:
    drawn: Sequence[Quantity] = [Quantity(100, Comparator(sign)) for sign in signs.split()]
    assert quantities.total(drawn) == Total(100 * len(drawn), Comparator(sum_sign))
