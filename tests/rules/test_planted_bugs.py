"""Bugs planted one by one in the rule books: each must be caught by a law within a few hundred examples."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import Any

import pytest

from nhiemky.rules import indicators, quantities, targets, timeline, vietnamese
from nhiemky.rules.indicators import Count, Coverage, Fact, Selection, Stock
from nhiemky.rules.quantities import Comparator, Percent, Ratio, Total
from nhiemky.rules.targets import Aim, Judgement, Reason, State
from nhiemky.rules.timeline import Span
from tests.planted import Bug, instead
from tests.rules import test_indicators as of_indicators
from tests.rules import test_quantities as of_quantities
from tests.rules import test_targets as of_targets
from tests.rules import test_timeline as of_timeline
from tests.rules import test_vietnamese as of_vietnamese

WITHIN = 300


def _together(changed: dict[tuple[str, str], Comparator]) -> Callable[[Any], Any]:
    def plant(right: Any) -> Any:
        return lambda one, two: changed.get((one, two), right(one, two))

    return plant


def _vague_dropped(right: Any) -> Any:
    return lambda parts: replace(right(parts), vague=())


def _vague_as_nought(right: Any) -> Any:
    def wrong(parts: Any) -> Total:
        found = right(parts)
        return replace(found, value=found.value or 0) if found.vague else found

    return wrong


def _share_with_missing_bases(right: Any) -> Any:
    def wrong(definition: Any, selection: Selection) -> Any:
        counts = [count for fact in selection.counted if (count := fact.count(definition.word))]
        whole = quantities.total(count.quantity for count in counts)
        if whole.value is None or whole.vague:
            return whole
        return Ratio(whole.value, sum(count.out_of or 0 for count in counts), comparator=whole.comparator)

    return wrong


def _covered_added(right: Any) -> Any:
    def wrong(*given: Any, **more: Any) -> Selection:
        found = right(*given, **more)
        return replace(found, counted=found.counted + found.covered)

    return wrong


def _overlapping_added(right: Any) -> Any:
    def wrong(*given: Any, **more: Any) -> Selection:
        found = right(*given, **more)
        return Selection(found.counted + found.overlapping, found.covered, ())

    return wrong


def _holds(change: Callable[[Fact, Fact], tuple[Fact, Fact]]) -> Callable[[Any], Any]:
    def plant(right: Any) -> Any:
        return lambda one, other: right(*change(one, other))

    return plant


def _stock_added_to_beneath(right: Any) -> Any:
    def wrong(unit: int, children: Any, statements: Any, day: date) -> Stock:
        found = right(unit, children, statements, day)
        return replace(found, total=found.total + found.beneath) if found.compared else found

    return wrong


def _latest_by_order(right: Any) -> Any:
    def wrong(statements: Any, day: date, *, below: bool) -> Any:
        known = [each for each in statements if each.below is below and each.as_of.last_day <= day]
        return max(known, key=lambda each: each.order, default=None)

    return wrong


def _prorated_after_the_end(right: Any) -> Any:
    def wrong(spec: Any, value: Any, *, elapsed: tuple[int, int], ended: bool, **given: Any) -> Judgement:
        found = right(spec, value, elapsed=elapsed, ended=ended, **given)
        if ended and found.state is State.NOT_MET:
            running = right(spec, value, elapsed=elapsed, ended=False, **given)
            return Judgement(State.MET, Reason.PACE) if running.state is State.ON_COURSE else found
        return found

    return wrong


def _met_at_the_upper_bound(right: Any) -> Any:
    def wrong(spec: Any, value: Any, share: Fraction) -> bool:
        return right(replace(spec, low=spec.high) if spec.aim is Aim.RANGE else spec, value, share)

    return wrong


def _not_met_only_at_the_end(right: Any) -> Any:
    def wrong(spec: Any, value: Any, *, flow: bool, ended: bool) -> Judgement:
        return right(spec, value, flow=False, ended=ended)

    return wrong


def _not_begun_is_no_record(right: Any) -> Any:
    def wrong(spec: Any, value: Any, *, begun: bool, **given: Any) -> Judgement:
        return right(spec, value, begun=True, **given)

    return wrong


def _value_read_as(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda right: lambda spec, value, **given: right(spec, change(value), **given)


def _about_is_exact(value: Any) -> Any:
    if isinstance(value, Total | Ratio | Percent) and value.comparator is Comparator.APPROX:
        return replace(value, comparator=Comparator.EQ)
    return value


def _first_of_the_unit(right: Any) -> Any:
    return lambda edges, unit, day: next((edge.parent for edge in edges if edge.unit == unit), None)


def _exact_reached(value: Fraction, comparator: Comparator, bound: Fraction) -> bool:
    return value >= bound


def _rounded_down(numerator: int, denominator: int) -> str:
    exact = Decimal(numerator) * 100 / Decimal(denominator)
    return vietnamese.percent(exact.quantize(Decimal("0.1"), ROUND_FLOOR))


def _month_first(text: str) -> date:
    """As Django's Vietnamese formats did: the first number is the month wherever it can be one."""
    parts = text.strip().replace(".", "/").replace("-", "/").split("/")
    first, second, third = map(int, parts)
    if len(parts[0]) == 4:
        return date(first, second, third)
    return date(third, first, second) if first <= 12 else date(third, second, first)


def _plain_letters(right: Any) -> Any:
    return lambda text: right(text.replace("đ", "d"))


GT, LT, GTE, APPROX = Comparator.GT, Comparator.LT, Comparator.GTE, Comparator.APPROX

BUGS = [
    # quantities
    Bug(quantities, "at_least", instead(_exact_reached), "gần 500 meets 500",
        of_quantities.check_nearly_meets_nothing_it_does_not_reach),
    Bug(targets, "at_least", instead(_exact_reached), "gần 500 meets a target of 500",
        of_targets.check_nearly_the_bound_does_not_meet_it),
    Bug(quantities, "more_than", instead(_exact_reached), ">= instead of >",
        of_quantities.check_a_bound_is_reached_only_surely),
    Bug(targets, "more_than", instead(_exact_reached), "a target of more than 100 met at 100",
        of_targets.check_an_ended_target_is_met_or_not),
    Bug(quantities, "together", _together({(GT, LT): GT, (LT, GT): GT}), "more-than plus nearly is more-than",
        of_quantities.check_a_written_sum_is_true),
    Bug(quantities, "together", _together({(GT, GTE): GTE, (GTE, GT): GTE}),
        "more-than plus at-least is at-least", of_quantities.check_a_sum_says_no_less_than_it_can),
    Bug(quantities, "together", instead(lambda one, two: one), "the first comparator wins",
        of_quantities.check_sums_do_not_depend_on_order),
    Bug(quantities, "together", instead(lambda one, two: APPROX), "every sum is khoảng",
        of_quantities.check_a_sum_says_no_less_than_it_can),
    Bug(quantities, "total", _vague_dropped, "vague words dropped",
        of_quantities.check_vague_words_add_nothing_and_are_kept),
    Bug(quantities, "total", _vague_as_nought, "a vague number is nought",
        of_quantities.check_vague_words_add_nothing_and_are_kept),
    # timeline
    Bug(Span, "holds", instead(lambda self, day: (self.starts_on is None or self.starts_on <= day)
                               and (self.ends_before is None or day <= self.ends_before)),
        "the half-open end taken as the last day", of_timeline.check_a_span_holds_its_days),
    Bug(Span, "overlaps", instead(lambda self, other: timeline._low(self) <= timeline._high(other)
                                  and timeline._low(other) <= timeline._high(self)),
        "spans that touch overlap", of_timeline.check_two_spans_compare_as_their_days),
    Bug(Span, "covers", instead(lambda self, other: self.overlaps(other)),
        "to overlap is to cover", of_timeline.check_two_spans_compare_as_their_days),
    Bug(Span, "last_day", instead(property(lambda self: self.starts_on or date.max)),
        "the last day taken from the first", of_timeline.check_a_span_holds_its_days),
    Bug(timeline, "parent_on", _first_of_the_unit, "the first edge whatever the day",
        of_timeline.check_a_line_climbs_the_tree_of_its_day),
    Bug(timeline, "elapsed_share", instead(lambda span, today: ((today - (span.starts_on or today)).days, 1)),
        "days passed without the days there are", of_timeline.check_the_elapsed_share_counts_days),
    # vietnamese
    Bug(vietnamese, "share", instead(_rounded_down), "shares cut off", of_vietnamese.check_a_share_is_rounded_half_up),
    Bug(vietnamese, "share", instead(lambda n, d: vietnamese.percent(Decimal(round(Fraction(n * 1000, d))) / 10)),
        "half to even", of_vietnamese.check_a_tie_is_rounded_up),
    Bug(vietnamese, "parse_day", instead(_month_first), "month first", of_vietnamese.check_a_typed_day_is_day_first),
    Bug(vietnamese, "sort_key", _plain_letters, "Đ sorted as D",
        of_vietnamese.check_words_stand_in_the_order_of_the_alphabet),
    Bug(vietnamese, "sort_key", lambda right: lambda text: right(text).replace(" ", "|"),
        "An after Anh", of_vietnamese.check_words_stand_in_the_order_of_the_alphabet),
    # indicators
    Bug(indicators, "select", _covered_added, "covered rows added",
        of_indicators.check_each_fact_stands_in_the_group_that_fits),
    Bug(indicators, "select", _overlapping_added, "a span that only overlaps counted",
        of_indicators.check_each_fact_stands_in_the_group_that_fits),
    Bug(indicators, "covers", instead(lambda one, other: one.code != other.code and indicators._holds(one, other)),
        "two totals that hold each other both dropped", of_indicators.check_each_fact_stands_in_the_group_that_fits),
    Bug(indicators, "covers", instead(lambda one, other: indicators._holds(one, other)
                                      and not indicators._holds(other, one)),
        "two totals that hold each other both counted", of_indicators.check_each_fact_stands_in_the_group_that_fits),
    Bug(indicators, "_holds", _holds(lambda one, other: (replace(one, details={}), other)),
        "a total of one dimension covers all", of_indicators.check_each_fact_stands_in_the_group_that_fits),
    Bug(indicators, "_holds", _holds(lambda one, other: (one, replace(other, kind=one.kind))),
        "a total covers another kind", of_indicators.check_each_fact_stands_in_the_group_that_fits),
    Bug(indicators, "_holds", _holds(lambda one, other: (one, replace(other, span=Span.on(other.span.starts_on)))),
        "covered from the first day alone", of_indicators.check_each_fact_stands_in_the_group_that_fits),
    Bug(indicators, "_holds", _holds(
        lambda one, other: (replace(one, coverage=Coverage.BELOW) if one.coverage is Coverage.OWN else one, other)),
        "a total of own acts covers what is below", of_indicators.check_each_fact_stands_in_the_group_that_fits),
    Bug(indicators, "share_of", _share_with_missing_bases, "a missing base summed as nought",
        of_indicators.check_a_share_is_known_only_with_every_base),
    Bug(indicators, "latest", _latest_by_order, "the latest recorded, not the latest",
        of_indicators.check_a_stock_is_the_latest_of_each_unit),
    Bug(indicators, "stock_on", _stock_added_to_beneath, "a stock for own and below added to the sum beneath",
        of_indicators.check_a_stock_is_the_latest_of_each_unit),
    Bug(indicators, "_speaks_for", instead(lambda one, fact, unit: True),
        "a total of the unit above takes away below", of_indicators.check_each_fact_stands_in_the_group_that_fits),
    Bug(indicators, "_has_money", instead(lambda definition, fact: bool(fact.money)),
        "money beside every count word", of_indicators.check_each_fact_stands_in_the_group_that_fits),
    Bug(indicators, "without", instead(lambda selection, facts: selection),
        "money of covered rows added", of_indicators.check_what_is_covered_after_all_is_not_counted),
    Bug(indicators, "ratio_of", instead(lambda top, base: Ratio(top.value, base.value, comparator=top.comparator)
                                        if top.value is not None and base.value else None),
        "the comparator of the base forgotten", of_indicators.check_one_stock_over_another_is_written_truly),
    Bug(Fact, "count", instead(lambda self, word: next(iter(self.counts), None) or Count(word, quantities.Quantity(0))),
        "any word counted", of_indicators.check_a_share_is_known_only_with_every_base),
    # targets
    Bug(targets, "judge", _prorated_after_the_end, "prorated after the end",
        of_targets.check_an_ended_target_is_met_or_not),
    Bug(targets, "judge", _not_begun_is_no_record, "judged before it began",
        of_targets.check_what_has_not_begun_is_not_measured),
    Bug(targets, "_reaches", _met_at_the_upper_bound, "a range met at its upper bound",
        of_targets.check_an_ended_target_is_met_or_not),
    Bug(targets, "_judge_ceiling", _not_met_only_at_the_end, "a flow past its ceiling may flow back",
        of_targets.check_a_flow_past_its_ceiling_is_lost_at_once),
    Bug(targets, "judge", _value_read_as(_about_is_exact), "khoảng 500 judged as 500",
        of_targets.check_about_a_number_is_judged_by_nobody),
    Bug(targets, "judge", _value_read_as(lambda value: replace(value, vague=()) if isinstance(value, Total) else value),
        "vague words forgotten in judging", of_targets.check_vague_words_leave_only_what_they_cannot_change),
    Bug(targets, "_is_ceiling", instead(lambda spec: False), "more of a bad thing is better",
        of_targets.check_more_of_a_bad_thing_never_judges_better),
    Bug(targets, "judge_years", instead(lambda years, ended: years[-1]),
        "the last year stands for all", of_targets.check_ended_years_are_all_met_or_not),
]  # fmt: skip


def test_there_are_enough_and_each_has_its_own_name() -> None:
    assert len({str(bug) for bug in BUGS}) == len(BUGS) >= 12


@pytest.mark.parametrize("bug", BUGS, ids=repr)
def test_a_planted_bug_is_caught(bug: Bug) -> None:
    with bug.planted():
        assert bug.seen_by.is_broken_within(WITHIN), f"{bug} is not seen by the law {bug.seen_by}"
