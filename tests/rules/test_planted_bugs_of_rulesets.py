"""Bugs planted one by one in the rules about bodies and in the reading of editions: each must break a law."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from nhiemky.rules import mandates, rulesets
from nhiemky.rules.mandates import Situation
from nhiemky.rules.rulesets import Certainty, RuleSet, Scope
from tests.rules import test_mandates as of_mandates
from tests.rules import test_rulesets as of_rulesets
from tests.rules.test_planted_bugs import WITHIN, Bug, instead

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
    Bug(mandates, "most", instead(_rounded_up), of_mandates.check_most_is_the_largest_whole_number_within_the_share,
        "2/3 of 11 is 8"),
    Bug(mandates, "ADDING", instead(frozenset({"by_elected"})), ADDED, "appointed members do not count as added"),
    Bug(mandates, "_added", _only_now, ADDED, "whoever was added and left again is forgotten"),
    Bug(mandates, "_sat_already", instead(lambda seat, seats: False), ADDED, "a new role in the committee adds a person"),
    Bug(mandates, "_begins_inside", instead(lambda seat, term, day: True), ADDED, "added before the term or after the day"),
    Bug(mandates, "LEADING", instead(frozenset()), AGREE, "chair and vice-chairs left out of the standing committee"),
    Bug(Situation, "committee", instead(property(lambda self: self.sitting("bch"))), AGREE,
        "the standing committee is not of the committee"),
    Bug(Situation, "committee_size", instead(property(lambda self: len(self.committee))), AGREE,
        "shares of those who sit, not of the number fixed"),
    Bug(Situation, "sitting", instead(lambda self, *bodies: tuple(
        seat.person for seat in self.seats if seat.body in bodies and seat.span.holds(self.day)) and frozenset(
        seat.person for seat in self.seats if seat.body in bodies)), INSPECTED, "whoever left still sits"),
    Bug(mandates, "_share", lambda right: lambda rule: right(rule) - Fraction(1, 1000), INSPECTED,
        "a third itself is too many"),
    Bug(mandates, "_against_fixed", instead(lambda *given: ()), AGREE, "more than the congress fixed is not seen"),
    Bug(mandates, "WOMEN_GROUP", instead("ban_nu_cong"), AGREE, "a women's group does not count"),
    Bug(mandates, "months_later", instead(lambda day, months: day), AGREE, "the three months of the women's committee"),
    Bug(mandates, "_groups", _seen_as(groups=lambda at: {}), AGREE, "a group without a head is not seen"),
    Bug(mandates, "_persons", _seen_as(foreigners=lambda at: frozenset()), AGREE, "a foreigner is not seen"),
    Bug(Scope, "nearness", instead(property(lambda self: (bool(self.levels), bool(self.kinds), bool(self.within)))),
        of_rulesets.check_the_nearest_word_is_found, "a level goes before a place"),
    Bug(Scope, "holds", instead(lambda self, members: members is not None and (self.members_from or 0) <= members
                                and (self.members_below is None or members <= self.members_below)),
        of_rulesets.check_the_nearest_word_is_found, "the bracket holds its upper end"),
    Bug(rulesets, "weaker", instead(lambda one, other: one), of_rulesets.check_nothing_gets_surer_by_being_taken_over,
        "what is taken over is as sure as it was"),
    Bug(RuleSet, "chain", instead(lambda self: iter([(self, Certainty.VERIFIED)])),
        of_rulesets.check_the_nearest_word_is_found, "the edition behind is not asked"),
    Bug(Scope, "covers", instead(lambda self, other: True), of_rulesets.check_what_is_found_is_shown_in_force,
        "every newer word hides every older one"),
]  # fmt: skip


def test_each_has_its_own_name() -> None:
    assert len({str(bug) for bug in BUGS}) == len(BUGS)


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_a_planted_bug_is_caught(bug: Bug, monkeypatch: pytest.MonkeyPatch) -> None:
    right = bug.place.__dict__[bug.name]
    monkeypatch.setattr(bug.place, bug.name, bug.plant(right))
    assert bug.law.is_broken_within(WITHIN), f"{bug} is not seen by the law {bug.law}"
