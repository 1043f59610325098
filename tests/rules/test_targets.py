"""Laws of how a target judges itself."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import strategies as st

from nhiemky.rules import targets
from nhiemky.rules.quantities import Comparator, Grade, Percent, Ratio, Total, Value
from nhiemky.rules.targets import Aim, Judgement, Reason, Spec, State
from tests.factories import Law, law, laws_in

FLOORS = [Aim.EQ, Aim.GTE, Aim.GT, Aim.RANGE, Aim.RANGE]
BETTER = [State.NOT_MET, State.BEHIND, State.ON_COURSE, State.MET]
signs = st.sampled_from([*[Comparator.EQ] * 4, Comparator.GT, Comparator.GTE, Comparator.LT])
numbers = st.integers(0, 12)
elapsed = st.integers(0, 10).map(lambda passed: (passed, 10))
moments = st.sampled_from([(True, False), (True, True)])
grades = st.integers(1, 4).map(lambda rank: Grade(f"g{rank}", rank))


@st.composite
def floors(draw: st.DrawFn) -> Spec:
    aim, low = draw(st.sampled_from(FLOORS)), draw(numbers)
    return Spec(aim, Decimal(low), Decimal(low + draw(st.integers(1, 5))) if aim is Aim.RANGE else None)


ceilings = st.one_of(
    numbers.map(lambda high: Spec(Aim.LTE, high=Decimal(high))),
    numbers.map(lambda low: Spec(Aim.EQ, Decimal(low), lower_is_better=True)),
)
specs = st.one_of(floors(), floors(), ceilings)


def as_value(kind: str, number: int, sign: Comparator) -> Value:
    if kind == "ratio":
        return Ratio(number, 10, percent=False, comparator=sign)
    return Percent(Decimal(number), sign) if kind == "percent" else Total(number, sign)


kinds = st.sampled_from(["total", "ratio", "percent"])


def bound_of(spec: Spec, kind: str) -> Spec:
    """The same target for tenths, as `as_value` makes ratios of tenths."""
    if kind != "ratio":
        return spec
    tenth = Decimal(10)
    return Spec(
        spec.aim,
        spec.low / tenth if spec.low is not None else None,
        spec.high / tenth if spec.high is not None else None,
        lower_is_better=spec.lower_is_better,
    )


def judge(spec: Spec, value: Value | None, moment: tuple[bool, bool], flow: bool, share: tuple[int, int]) -> Judgement:
    begun, ended = moment
    return targets.judge(spec, value, flow=flow, begun=begun, ended=ended, elapsed=share)


def place(judgement: Judgement) -> int:
    return BETTER.index(judgement.state)


@law(floors(), kinds, numbers, numbers, signs, moments, st.booleans(), elapsed, examples=300)
def check_more_never_judges_worse(spec, kind, one, other, sign, moment, flow, share) -> None:
    less, more = sorted((one, other))
    spec = bound_of(spec, kind)
    low, high = (judge(spec, as_value(kind, number, sign), moment, flow, share) for number in (less, more))
    assert place(low) <= place(high)


@law(ceilings, kinds, numbers, numbers, signs, moments, st.booleans(), elapsed, examples=300)
def check_more_of_a_bad_thing_never_judges_better(spec, kind, one, other, sign, moment, flow, share) -> None:
    less, more = sorted((one, other))
    spec = bound_of(spec, kind)
    low, high = (judge(spec, as_value(kind, number, sign), moment, flow, share) for number in (less, more))
    assert place(low) >= place(high)


@law(specs, kinds, numbers, signs, st.booleans(), elapsed, elapsed)
def check_an_ended_target_is_met_or_not(spec, kind, number, sign, flow, share, another) -> None:
    """And no share of its time decides it: an early closing never prorates."""
    value, spec = as_value(kind, number, sign), bound_of(spec, kind)
    judgement = judge(spec, value, (True, True), flow, share)
    assert judgement.state in (State.MET, State.NOT_MET)
    assert judgement == judge(spec, value, (True, True), flow, another)
    if sign is Comparator.EQ:
        assert (judgement.state is State.MET) == is_met_by_hand(spec, value)


def is_met_by_hand(spec: Spec, value: Value) -> bool:
    number = value.value if isinstance(value, Total | Percent) else value.fraction
    if spec.aim is Aim.LTE:
        return number <= Fraction(spec.high)
    if spec.lower_is_better:
        return number <= Fraction(spec.low)
    return number > Fraction(spec.low) if spec.aim is Aim.GT else number >= Fraction(spec.low)


@law(floors(), numbers, elapsed, st.booleans())
def check_a_running_count_keeps_pace(spec: Spec, number: int, share: tuple[int, int], flow: bool) -> None:
    judgement = judge(spec, Total(number), (True, False), flow, share)
    reached = is_met_by_hand(spec, Total(number))
    in_pace = number >= Fraction(spec.low) * Fraction(*share)
    if spec.aim is Aim.GT and share[0] == share[1]:
        in_pace = number > Fraction(spec.low)
    if flow:
        expected = State.MET if reached else State.ON_COURSE if in_pace else State.BEHIND
    else:
        expected = State.ON_COURSE if reached else State.BEHIND
    assert judgement.state is expected


@law(specs, st.none() | numbers, signs, st.booleans(), elapsed)
def check_what_has_not_begun_is_not_measured(spec, number, sign, flow, share) -> None:
    value = None if number is None else Total(number, sign)
    assert judge(spec, value, (False, False), flow, share) == Judgement(State.NOT_MEASURABLE, Reason.NOT_BEGUN)


@law(specs, moments, st.booleans(), elapsed, st.integers(0, 5))
def check_without_a_number_nothing_is_judged(spec, moment, flow, share, numerator) -> None:
    for value, reason in (
        (None, Reason.NO_RECORD),
        (Total(), Reason.NO_RECORD),
        (Total(vague=("hàng trăm",)), Reason.ONLY_VAGUE),
        (Ratio(numerator, 0), Reason.NO_BASE),
    ):
        assert judge(spec, value, moment, flow, share) == Judgement(State.NOT_MEASURABLE, reason)


@law(st.integers(1, 12), st.sampled_from(FLOORS), moments, st.booleans(), elapsed)
def check_nearly_the_bound_does_not_meet_it(bound, aim, moment, flow, share) -> None:
    spec = Spec(aim, Decimal(bound), Decimal(bound + 1) if aim is Aim.RANGE else None)
    nearly = Total(bound, Comparator.LT)
    assert judge(spec, nearly, moment, flow, share).reason is not Reason.REACHED
    assert judge(spec, nearly, (True, True), flow, share) == Judgement(State.NOT_MET, Reason.BELOW)


@law(specs, kinds, numbers, moments, st.booleans(), elapsed)
def check_about_a_number_is_judged_by_nobody(spec, kind, number, moment, flow, share) -> None:
    about = judge(spec, as_value(kind, number, Comparator.APPROX), moment, flow, share)
    assert about == Judgement(State.NOT_MEASURABLE, Reason.ONLY_ABOUT)


@law(specs, numbers, signs, moments, st.booleans(), elapsed)
def check_vague_words_leave_only_what_they_cannot_change(spec, number, sign, moment, flow, share) -> None:
    """They can only add: a bound that was reached stays reached, a ceiling that was passed stays passed."""
    known = judge(spec, Total(number, sign), moment, flow, share)
    partly = judge(spec, Total(number, sign, ("hàng trăm",)), moment, flow, share)
    good = known.state in (State.MET, State.ON_COURSE)
    is_ceiling = spec.aim is Aim.LTE or spec.lower_is_better
    certain = not good if is_ceiling else good
    assert partly == (known if certain else Judgement(State.NOT_MEASURABLE, Reason.INCOMPLETE))


@law(st.integers(1, 12), moments, st.booleans(), elapsed)
def check_of_whole_numbers_more_than_99_is_100(bound, moment, flow, share) -> None:
    met = judge(Spec(Aim.GTE, Decimal(bound)), Total(bound - 1, Comparator.GT), moment, flow, share)
    assert met == judge(Spec(Aim.GTE, Decimal(bound)), Total(bound), moment, flow, share)
    percent = judge(
        Spec(Aim.GTE, Decimal(bound)), Percent(Decimal(bound - 1), Comparator.GT), (True, True), flow, share
    )
    assert percent.state is State.NOT_MET


@law(ceilings, numbers, moments, elapsed)
def check_a_flow_past_its_ceiling_is_lost_at_once(spec, over, moment, share) -> None:
    bound = spec.high if spec.high is not None else spec.low
    lost = judge(spec, Total(int(bound) + over + 1), moment, True, share)
    assert lost == Judgement(State.NOT_MET, Reason.EXCEEDED)
    stock = judge(spec, Total(int(bound) + over + 1), moment, False, share)
    assert stock.state is (State.NOT_MET if moment[1] else State.BEHIND)
    within = judge(spec, Total(int(bound)), moment, True, share)
    assert within == Judgement(State.MET if moment[1] else State.ON_COURSE, Reason.WITHIN)


@law(grades, grades, moments, elapsed)
def check_a_grade_is_met_by_any_better_grade(needed, given, moment, share) -> None:
    judgement = judge(Spec(Aim.GRADE, grade=needed), given, moment, False, share)
    good, bad = (State.MET, State.NOT_MET) if moment[1] else (State.ON_COURSE, State.BEHIND)
    assert judgement.state is (good if given.rank >= needed.rank else bad)


PAST = [State.MET, State.NOT_MET, State.NOT_MEASURABLE]
REASON = {
    State.MET: Reason.REACHED,
    State.NOT_MET: Reason.BELOW,
    State.NOT_MEASURABLE: Reason.NO_RECORD,
    State.ON_COURSE: Reason.PACE,
    State.BEHIND: Reason.BELOW_PACE,
}
not_begun = Judgement(State.NOT_MEASURABLE, Reason.NOT_BEGUN)


def judged(state: State) -> Judgement:
    return Judgement(state, REASON[state])


@law(st.lists(st.sampled_from(PAST), min_size=1, max_size=4), st.permutations(range(4)))
def check_ended_years_are_all_met_or_not(states: list[State], order: list[int]) -> None:
    years = [judged(state) for state in states]
    whole = targets.judge_years(years, ended=True)
    if State.NOT_MET in states:
        assert whole == Judgement(State.NOT_MET, Reason.YEAR_MISSED)
    elif State.NOT_MEASURABLE in states:
        assert whole.state is State.NOT_MEASURABLE
    else:
        assert whole.state is State.MET
    shuffled = [years[index] for index in order if index < len(years)]
    assert targets.judge_years(shuffled, ended=True).state is whole.state


@law(st.lists(st.sampled_from(PAST), max_size=4), st.sampled_from(list(State)))
def check_a_running_year_decides_when_all_before_are_met(past: list[State], now: State) -> None:
    years = [*map(judged, past), judged(now)]
    whole = targets.judge_years(years, ended=False)
    assert whole.state not in (State.MET, State.NOT_MET)
    cut = Judgement(State.NOT_MEASURABLE, Reason.PART_OF_YEAR)
    assert whole == targets.judge_years([cut, *years], ended=False)
    if State.NOT_MET in [*past, now]:
        assert whole == Judgement(State.BEHIND, Reason.YEAR_MISSED)
    elif past and set(past) == {State.MET}:
        assert whole.state is (State.BEHIND if now is State.BEHIND else State.ON_COURSE)
    elif State.NOT_MEASURABLE in past:
        assert whole.state is State.NOT_MEASURABLE


@law(st.lists(st.sampled_from(PAST), min_size=1, max_size=4), st.booleans())
def check_a_year_cut_by_the_end_is_not_judged(past: list[State], ended: bool) -> None:
    years = [*map(judged, past)]
    cut = Judgement(State.NOT_MEASURABLE, Reason.PART_OF_YEAR)
    whole = targets.judge_years([*years, cut], ended=ended)
    if ended:
        assert whole == targets.judge_years(years, ended=True)
    elif set(past) == {State.MET}:
        assert whole.state is State.ON_COURSE
    elif set(past) != {State.NOT_MEASURABLE} and State.NOT_MET not in past:
        assert whole == Judgement(State.NOT_MEASURABLE, Reason.YEAR_UNKNOWN)
    assert targets.judge_years([cut], ended=ended) == cut


@law(st.lists(st.sampled_from(PAST), max_size=3), st.sampled_from(list(State)), st.integers(0, 3), st.booleans())
def check_a_better_year_never_judges_worse(past: list[State], now: State, index: int, ended: bool) -> None:
    if ended:
        now = State.MET if now is State.ON_COURSE else State.NOT_MET if now is State.BEHIND else now
    states = [*past, now]
    if State.NOT_MEASURABLE in states or index >= len(states):
        return
    before = targets.judge_years([judged(state) for state in states], ended=ended)
    states[index] = State.MET
    assert place(before) <= place(targets.judge_years([judged(state) for state in states], ended=ended))


@pytest.mark.parametrize("held", laws_in(globals()), ids=str)
def test_law(held: Law) -> None:
    held.hold()


def test_a_target_of_no_year_begun_has_not_begun() -> None:
    assert targets.judge_years([], ended=False) == not_begun
    assert targets.judge_years([not_begun], ended=False) == not_begun


@pytest.mark.parametrize(
    ("aim", "low", "high", "value", "state"),
    [
        (Aim.RANGE, "300", "500", Total(300), State.MET),
        (Aim.RANGE, "300", "500", Total(299), State.NOT_MET),
        (Aim.RANGE, "300", "500", Total(400, Comparator.LT), State.MET),
        (Aim.RANGE, "300", "500", Total(300, Comparator.LT), State.NOT_MET),
        (Aim.EQ, "90", None, Percent(Decimal("96.2")), State.MET),
        (Aim.EQ, "90", None, Percent(Decimal("90")), State.MET),
        (Aim.EQ, "90", None, Percent(Decimal("89.9")), State.NOT_MET),
        (Aim.GTE, "100", None, Ratio(13, 13), State.MET),
        (Aim.GT, "100", None, Total(100), State.NOT_MET),
        (Aim.GT, "100", None, Total(100, Comparator.GT), State.MET),
        (Aim.LTE, None, "5", Total(5), State.MET),
        (Aim.LTE, None, "5", Total(5, Comparator.GT), State.NOT_MET),
    ],
)
def test_the_shapes_of_the_articles(aim: Aim, low: str | None, high: str | None, value: Value, state: State) -> None:
    spec = Spec(aim, Decimal(low) if low else None, Decimal(high) if high else None)
    assert judge(spec, value, (True, True), True, (10, 10)).state is state


def test_a_grade_is_no_number() -> None:
    grade = Grade("good", 3)
    assert judge(Spec(Aim.GTE, Decimal(1)), grade, (True, True), False, (1, 1)).state is State.NOT_MET
    assert judge(Spec(Aim.GRADE, grade=grade), Total(9), (True, True), False, (1, 1)).state is State.NOT_MET
