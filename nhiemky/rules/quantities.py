"""Numbers as sources give them: a value with its comparator, sums of such values, ratios, percentages, grades.

Source: shared decisions on the ledger (docs/decisions/0002-quantities.md): sums are written as intervals,
vague amounts add nothing and mark the total, a published percentage enters no arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction


class Comparator(StrEnum):
    """How the true number stands to the number written."""

    EQ = "eq"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    APPROX = "approx"
    VAGUE = "vague"


@dataclass(frozen=True)
class Quantity:
    """A whole number with its comparator; a vague one has only its words."""

    value: int | None
    comparator: Comparator = Comparator.EQ
    text: str = ""

    def __post_init__(self) -> None:
        if (self.value is None) != (self.comparator is Comparator.VAGUE) or (self.value or 0) < 0:
            raise ValueError(self)


@dataclass(frozen=True)
class Total:
    """A sum of quantities; `value` is None when no number was added, `vague` keeps the words that add nothing."""

    value: int | None = None
    comparator: Comparator = Comparator.EQ
    vague: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return self.value is None and not self.vague

    def __add__(self, other: Total) -> Total:
        if self.value is None or other.value is None:
            known = other if self.value is None else self
            return Total(known.value, known.comparator, self.vague + other.vague)
        return Total(self.value + other.value, together(self.comparator, other.comparator), self.vague + other.vague)


def together(one: Comparator, two: Comparator) -> Comparator:
    """How a number made of two parts stands to the number written."""
    if one is two or two is Comparator.EQ:
        return one
    if one is Comparator.EQ:
        return two
    # more than a, at least b: together more than a + b
    return Comparator.GT if {one, two} == {Comparator.GT, Comparator.GTE} else Comparator.APPROX


def total(quantities: Iterable[Quantity]) -> Total:
    """The sum; an empty Total for nothing."""
    result = Total()
    for quantity in quantities:
        if quantity.value is None:
            result += Total(vague=(quantity.text,))
        else:
            result += Total(quantity.value, quantity.comparator)
    return result


@dataclass(frozen=True)
class Ratio:
    """Two whole numbers, divided last; `percent` tells a share from an average per unit."""

    numerator: int
    denominator: int
    percent: bool = True
    comparator: Comparator = Comparator.EQ

    @property
    def fraction(self) -> Fraction | None:
        """In per cent (or per one); None over nothing."""
        if not self.denominator:
            return None
        return Fraction(self.numerator * (100 if self.percent else 1), self.denominator)


@dataclass(frozen=True)
class Percent:
    """A published percentage without its parts: shown as it was given, never added, never averaged."""

    value: Decimal
    comparator: Comparator = Comparator.EQ


@dataclass(frozen=True)
class Grade:
    """A grade on an ordered scale; a higher rank is better."""

    code: str
    rank: int


Value = Total | Ratio | Percent | Grade


def at_least(value: Fraction, comparator: Comparator, bound: Fraction) -> bool:
    """Whether a number so written reaches `bound`.

    'gần 500' reaches 300 and does not reach 500; 'trên 99' reaches 99 and not 150. Of 'khoảng 500' nobody can
    say, and `targets.judge` does not ask.
    """
    if comparator is Comparator.LT:
        return value > bound
    return value >= bound


def more_than(value: Fraction, comparator: Comparator, bound: Fraction) -> bool:
    """Whether a number so written surely exceeds `bound`."""
    return value >= bound if comparator is Comparator.GT else value > bound


def at_most(value: Fraction, comparator: Comparator, bound: Fraction) -> bool:
    """Whether a number so written surely stays within `bound`."""
    if comparator in (Comparator.GT, Comparator.GTE, Comparator.APPROX):
        return value < bound
    return value <= bound
