"""How a target judges itself from a measured value.

Source: shared decisions on figures (docs/decisions/0003-figures.md): a range is met at its lower bound; "= 90 %"
of a good thing is met at or above it; an early closing of a term never prorates a target; on course means, for
counts, lower bound times the elapsed share, and for ratios and grades that the latest measurement meets it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from nhiemky.rules.quantities import (
    Comparator,
    Grade,
    Percent,
    Ratio,
    Total,
    Value,
    at_least,
    at_most,
    more_than,
)


class Aim(StrEnum):
    """The comparator of a target."""

    EQ = "eq"
    GTE = "gte"
    GT = "gt"
    LTE = "lte"
    RANGE = "range"
    GRADE = "grade"


class Basis(StrEnum):
    """Over what a target is measured."""

    TERM = "term"  # the whole of its span
    YEARLY = "yearly"  # each calendar year of its span
    BY_DATE = "by_date"  # from the start of its span to a date, which ends the span


class State(StrEnum):
    """How a target stands."""

    MET = "met"
    ON_COURSE = "on_course"
    BEHIND = "behind"
    NOT_MET = "not_met"
    NOT_MEASURABLE = "not_measurable"


class Reason(StrEnum):
    """Why a target stands so."""

    REACHED = "reached"
    REACHED_SO_FAR = "reached_so_far"
    PACE = "pace"
    BELOW_PACE = "below_pace"
    BELOW = "below"
    EXCEEDED = "exceeded"
    WITHIN = "within"
    NO_RECORD = "no_record"
    ONLY_VAGUE = "only_vague"
    NO_BASE = "no_base"
    NOT_BEGUN = "not_begun"
    YEAR_MISSED = "year_missed"
    YEAR_UNKNOWN = "year_unknown"
    PART_OF_YEAR = "part_of_year"
    ONLY_ABOUT = "only_about"
    INCOMPLETE = "incomplete"
    HALF = "half"


@dataclass(frozen=True)
class Spec:
    """A target's numbers. `low` is the bound that must be reached; for LTE `high` is the bound not to pass."""

    aim: Aim
    low: Decimal | None = None
    high: Decimal | None = None
    grade: Grade | None = None
    lower_is_better: bool = False


@dataclass(frozen=True)
class Judgement:
    """A state and the reason for it."""

    state: State
    reason: Reason


def judge(
    spec: Spec,
    value: Value | None,
    *,
    flow: bool,
    begun: bool,
    ended: bool,
    elapsed: tuple[int, int],
    half: bool = False,
) -> Judgement:
    """The state of a target whose span has `begun` and has `ended` or not; `elapsed` is days passed over days.

    `half`: of a ratio only one of the two numbers is known.
    """
    if not begun:
        return Judgement(State.NOT_MEASURABLE, Reason.NOT_BEGUN)
    if value is None or (isinstance(value, Total) and value.is_empty):
        return Judgement(State.NOT_MEASURABLE, Reason.HALF if half else Reason.NO_RECORD)
    if isinstance(value, Total) and value.value is None:
        return Judgement(State.NOT_MEASURABLE, Reason.ONLY_VAGUE)
    if isinstance(value, Ratio) and value.fraction is None:
        return Judgement(State.NOT_MEASURABLE, Reason.NO_BASE)
    if not isinstance(value, Grade) and value.comparator is Comparator.APPROX:
        return Judgement(State.NOT_MEASURABLE, Reason.ONLY_ABOUT)
    judged = _judge(spec, value, flow=flow, ended=ended, elapsed=elapsed)
    unlucky = judged.state not in (State.MET, State.ON_COURSE)
    if isinstance(value, Total) and value.vague and unlucky is not _is_ceiling(spec):
        # what could not be added may have reached the bound, or passed it
        return Judgement(State.NOT_MEASURABLE, Reason.INCOMPLETE)
    return judged


def _judge(spec: Spec, value: Value, *, flow: bool, ended: bool, elapsed: tuple[int, int]) -> Judgement:
    if _is_ceiling(spec):
        return _judge_ceiling(spec, value, flow=flow, ended=ended)
    if _reaches(spec, value, Fraction(1)):
        if ended or flow:
            return Judgement(State.MET, Reason.REACHED)
        return Judgement(State.ON_COURSE, Reason.REACHED_SO_FAR)
    if ended:
        return Judgement(State.NOT_MET, Reason.BELOW)
    if not flow:
        return Judgement(State.BEHIND, Reason.BELOW)
    if _reaches(spec, value, Fraction(*elapsed)):
        return Judgement(State.ON_COURSE, Reason.PACE)
    return Judgement(State.BEHIND, Reason.BELOW_PACE)


def judge_years(years: Sequence[Judgement], *, ended: bool) -> Judgement:
    """A target that holds for each year: `years` are its years so far, the running one last unless `ended`.

    A year of which only a part lies in the target's time is not judged: its bound is for whole years.
    """
    begun = [year for year in years if year.reason not in (Reason.NOT_BEGUN, Reason.PART_OF_YEAR)]
    if not begun:
        return years[-1] if years else Judgement(State.NOT_MEASURABLE, Reason.NOT_BEGUN)
    if any(year.state is State.NOT_MET for year in begun):
        return Judgement(State.NOT_MET if ended else State.BEHIND, Reason.YEAR_MISSED)
    unknown = [year for year in begun if year.state is State.NOT_MEASURABLE]
    if len(unknown) == len(begun):
        return unknown[-1]
    running = begun[-1] if not ended and begun[-1] is years[-1] else None
    if any(year is not running for year in unknown):
        return Judgement(State.NOT_MEASURABLE, Reason.YEAR_UNKNOWN)
    if ended:
        return Judgement(State.MET, Reason.REACHED)
    if running is None or running.state in (State.MET, State.NOT_MEASURABLE):
        return Judgement(State.ON_COURSE, Reason.REACHED_SO_FAR)
    return running


def _is_ceiling(spec: Spec) -> bool:
    return spec.aim is Aim.LTE or (spec.aim is Aim.EQ and spec.lower_is_better)


def _judge_ceiling(spec: Spec, value: Value, *, flow: bool, ended: bool) -> Judgement:
    bound = spec.high if spec.aim is Aim.LTE else spec.low
    number, comparator = _number(value)
    if bound is not None and at_most(number, comparator, Fraction(bound)):
        return Judgement(State.MET if ended else State.ON_COURSE, Reason.WITHIN)
    # what has flowed past a ceiling does not flow back
    return Judgement(State.NOT_MET if ended or flow else State.BEHIND, Reason.EXCEEDED)


def _reaches(spec: Spec, value: Value, share: Fraction) -> bool:
    if spec.aim is Aim.GRADE:
        return isinstance(value, Grade) and spec.grade is not None and value.rank >= spec.grade.rank
    if isinstance(value, Grade) or spec.low is None:
        return False
    number, comparator = _number(value)
    if spec.aim is Aim.GT and share == 1:
        return more_than(number, comparator, Fraction(spec.low))
    return at_least(number, comparator, Fraction(spec.low) * share)


def _number(value: Value) -> tuple[Fraction, Comparator]:
    if isinstance(value, Total):
        if value.comparator is Comparator.GT:
            # of whole numbers, more than 99 is at least 100
            return Fraction((value.value or 0) + 1), Comparator.GTE
        return Fraction(value.value or 0), value.comparator
    if isinstance(value, Ratio):
        return value.fraction or Fraction(0), value.comparator
    if isinstance(value, Percent):
        return Fraction(value.value), value.comparator
    raise TypeError(value)
