"""Bugs planted one by one in what a reorganisation does and where records stand: a law must break on each."""

from __future__ import annotations

import inspect
import sys
import textwrap
from contextlib import suppress
from typing import Any

import pytest

from nhiemky.rules import reorganisations, trees
from tests.factories import Law
from tests.planted import Bug
from tests.rules import test_reorganisations as laws

WITHIN = 400


def reworded(place: Any, name: str, right: str, wrong: str, law: Law) -> Bug:
    """`wrong` instead of `right` in the words of the method of a class, or of a function of a module."""

    def plant(method: Any) -> Any:
        source = textwrap.dedent(inspect.getsource(method))
        assert source.count(right) == 1, source
        names: dict[str, Any] = {}
        exec(
            compile(source.replace(right, wrong), "planted", "exec", flags=0x1000000),
            vars(sys.modules[method.__module__]),
            names,
        )
        return names[name]

    return Bug(place, name, plant, f"{name}: {wrong.strip()[:40]}", law)


TABLE, PLACE = (
    laws.check_every_day_has_the_tree_that_the_table_has,
    laws.check_each_record_stands_in_one_place_on_every_tree,
)
POSSIBLE = laws.check_what_is_possible_is_done_and_nothing_else
HEIR, BACK = (
    laws.check_the_heir_has_everything_and_without_one_nobody_has,
    laws.check_an_event_taken_back_on_the_next_day_restores_the_tree,
)
_Plan = reorganisations._Plan
BUGS = [
    reworded(_Plan, "_below_merged", "child not in self.placed and ", "", TABLE),
    reworded(_Plan, "_below_merged", "(step.into, at)", "(step.sources[0], at)", POSSIBLE),
    reworded(_Plan, "_split", "heir=part == step.heir", "heir=False", HEIR),
    reworded(_Plan, "_split", "heir=part == step.heir", "heir=True", HEIR),
    reworded(_Plan, "_from_now_on", "old.span.ends_before, ", "None, ", POSSIBLE),
    reworded(_Plan, "_ends", "self.lives[unit].ends_before is not None", "False", POSSIBLE),
    reworded(_Plan, "_unlike_a_tree", "{self.day, *after.days_of_change(self.day + ONE_DAY)}", "{self.day}", TABLE),
    reworded(_Plan, "_unlike_a_tree", "return list(found.values())", "return []", TABLE),
    reworded(_Plan, "_found", "(step.parent, at)", "(None, at)", TABLE),
    reworded(
        trees.Boundaries,
        "_carried",
        "last < row.day <= self.day",
        "last < row.day",
        laws.check_the_tree_of_a_day_knows_nothing_of_later_days,
    ),
    reworded(trees.Boundaries, "_carried", "if heir:", "if False:", HEIR),
    reworded(
        trees.Boundaries, "_over", "Carried(shared, unallotted=True)", "Carried(min(places), unallotted=True)", HEIR
    ),
    reworded(trees.Boundaries, "_over", "self.carrier(parent).unit", "parent", PLACE),
    reworded(trees.Tree, "common", "intersection(*lines[1:])", "union(*lines[1:])", HEIR),
    reworded(reorganisations, "reversed_steps", "stood.get(unit)) for unit in ended", "None) for unit in ended", BACK),
    reworded(reorganisations, "reversed_steps", " for unit in moved]", " for unit in ()]", BACK),
]


@pytest.mark.parametrize("bug", BUGS, ids=repr)
def test_a_planted_bug_is_caught(bug: Bug, monkeypatch: pytest.MonkeyPatch) -> None:
    with bug.planted():
        if hasattr(laws, bug.name):
            monkeypatch.setattr(laws, bug.name, vars(bug.place)[bug.name])
        # or it breaks so that nothing can be asked any more
        with suppress(ValueError, KeyError, RecursionError):
            assert bug.seen_by.is_broken_within(WITHIN)
