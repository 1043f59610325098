"""Bugs planted one by one in the rules about bodies and in the reading of editions: each must break a law."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from nhiemky.rules import mandates, rulesets
from nhiemky.rules.mandates import Situation
from nhiemky.rules.rulesets import Certainty, RuleSet, Scope
from tests.planted import Bug, instead
from tests.rules import test_mandates as of_mandates
from tests.rules import test_rulesets as of_rulesets
from tests.rules.test_planted_bugs import WITHIN

AGREE = of_mandates.check_findings_are_those_of_the_second_implementation
ADDED = of_mandates.check_additions_are_those_of_the_second_implementation
INSPECTED = of_mandates.check_inspectors_are_those_of_the_second_implementation


def _seen_as(**changed: Any) -> Any:
    """The function is given the situation with something else in it."""
    return lambda right: lambda at, *rest: right(replace(at, **{k: v(at) for k, v in changed.items()}), *rest)


def _only_now(right: Any) -> Any:
    def wrong(at: Situation, rules: RuleSet) -> Any:
        return right(replace(at, seats=tuple(seat for seat in at.seats if seat.span.holds(at.day))), rules)

    return wrong


def _rounded_up(share: Fraction, whole: int) -> int:
    return -(-share.numerator * whole // share.denominator)


BUGS = [
    Bug(mandates, "most", instead(_rounded_up), "2/3 of 11 is 8",
        of_mandates.check_most_is_the_largest_whole_number_within_the_share),
    Bug(mandates, "ADDING", instead(frozenset({"by_elected"})), "appointed members do not count as added", ADDED),
    Bug(mandates, "_added", _only_now, "whoever was added and left again is forgotten", ADDED),
    Bug(mandates, "_sat_already", instead(lambda seat, seats: False), "a new role in the committee adds a person", ADDED),
    Bug(mandates, "_begins_inside", instead(lambda seat, term, day: True), "added before the term or after the day", ADDED),
    Bug(mandates, "LEADING", instead(frozenset()), "chair and vice-chairs left out of the standing committee", AGREE),
    Bug(Situation, "committee", instead(property(lambda self: self.sitting("bch"))), "the standing committee is not of the committee",
        AGREE),
    Bug(Situation, "committee_size", instead(property(lambda self: len(self.committee))), "shares of those who sit, not of the number fixed",
        AGREE),
    Bug(Situation, "sitting", instead(lambda self, *bodies: tuple(
        seat.person for seat in self.seats if seat.body in bodies and seat.span.holds(self.day)) and frozenset(
        seat.person for seat in self.seats if seat.body in bodies)), "whoever left still sits", INSPECTED),
    Bug(mandates, "_share", lambda right: lambda rule: right(rule) - Fraction(1, 1000), "a third itself is too many",
        INSPECTED),
    Bug(mandates, "_against_fixed", instead(lambda *given: ()), "more than the congress fixed is not seen", AGREE),
    Bug(mandates, "WOMEN_GROUP", instead("ban_nu_cong"), "a women's group does not count", AGREE),
    Bug(mandates, "months_later", instead(lambda day, months: day), "the three months of the women's committee", AGREE),
    Bug(mandates, "_groups", _seen_as(groups=lambda at: {}), "a group without a head is not seen", AGREE),
    Bug(mandates, "_persons", _seen_as(foreigners=lambda at: frozenset()), "a foreigner is not seen", AGREE),
    Bug(Scope, "nearness", instead(property(lambda self: (bool(self.levels), bool(self.kinds), bool(self.within)))),
        "a level goes before a place", of_rulesets.check_the_nearest_word_is_found),
    Bug(Scope, "holds", instead(lambda self, members: members is not None and (self.members_from or 0) <= members
                                and (self.members_below is None or members <= self.members_below)),
        "the bracket holds its upper end", of_rulesets.check_the_nearest_word_is_found),
    Bug(rulesets, "weaker", instead(lambda one, other: one), "what is taken over is as sure as it was",
        of_rulesets.check_nothing_gets_surer_by_being_taken_over),
    Bug(RuleSet, "chain", instead(lambda self: iter([(self, Certainty.VERIFIED)])),
        "the edition behind is not asked", of_rulesets.check_the_nearest_word_is_found),
    Bug(Scope, "covers", instead(lambda self, other: True), "every newer word hides every older one",
        of_rulesets.check_what_is_found_is_shown_in_force),
]  # fmt: skip


def test_each_has_its_own_name() -> None:
    assert len({str(bug) for bug in BUGS}) == len(BUGS)


@pytest.mark.parametrize("bug", BUGS, ids=repr)
def test_a_planted_bug_is_caught(bug: Bug) -> None:
    with bug.planted():
        assert bug.seen_by.is_broken_within(WITHIN), f"{bug} is not seen by the law {bug.seen_by}"
