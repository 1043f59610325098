"""Laws of the tree through reorganisations, over random stories; the table of days is a second implementation."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import strategies as st

from nhiemky.rules.histories import Changes, History
from nhiemky.rules.reorganisations import (
    Dissolve,
    Fault,
    Found,
    Inherit,
    Merge,
    Move,
    Refused,
    Split,
    planned,
    reversed_steps,
)
from nhiemky.rules.timeline import Span
from nhiemky.rules.trees import Placed, Tree, Wrong
from tests.factories import Law, law, laws_in
from tests.rules import naive_trees
from tests.rules.stories import DAYS, FIRST, TOP, Story, drawn, smaller

stories = st.builds(drawn, st.integers(0, 2**32))
HARD: Counter[str] = Counter()


@law(stories, examples=300, smaller=smaller)
def check_every_day_has_the_tree_that_the_table_has(story: Story) -> None:
    history, table = story.end(), naive_trees.told(story)
    for at, day in enumerate(DAYS):
        cells = table.on(at)
        assert naive_trees.is_tree(cells)
        tree = history.tree(day)
        assert isinstance(tree, Tree), tree
        assert {unit: tree.parents.get(unit, naive_trees.TOP) for unit in cells} == cells
        assert {unit for unit in history.lives if history.life(unit, day)} == set(cells)


@law(stories, examples=300, smaller=smaller)
def check_what_is_possible_is_done_and_nothing_else(story: Story) -> None:
    table = naive_trees.Table(story)
    for event, _before, outcome in story.told():
        assert table.allows(event) == isinstance(outcome, Changes), outcome
        if isinstance(outcome, Changes):
            table.tell(event)


@law(stories, examples=300, smaller=smaller)
def check_each_record_stands_in_one_place_on_every_tree(story: Story) -> None:
    """Whatever the day asked for, a unit's records stand at a living unit under the top, and only there."""
    history = story.end()
    for day in DAYS:
        boundaries = history.on(day)
        for unit in history.lives:
            carried = boundaries.carrier(unit)
            line = boundaries.line(unit)
            if not history.life(TOP, day):
                continue
            assert history.life(carried.unit, day), (unit, day, carried)
            assert line[0] == carried.unit and line[-1] in _tops(history, day)
            if history.life(unit, day):
                assert carried.unit == unit and not carried.unallotted


@law(stories, examples=300, smaller=smaller)
def check_the_tree_of_a_day_knows_nothing_of_later_days(story: Story) -> None:
    history = story.end()
    for day in DAYS[::2]:
        known = History(history.lives, history.edges, frozenset(row for row in history.successions if row.day <= day))
        before, after = known.on(day), history.on(day)
        for unit, spans in history.lives.items():
            if any(span.starts_on and span.starts_on <= day for span in spans):
                assert before.carrier(unit) == after.carrier(unit)


@law(stories, examples=300, smaller=smaller)
def check_the_heir_has_everything_and_without_one_nobody_has(story: Story) -> None:
    history = story.end()
    for event, _before, outcome in story.told():
        if not isinstance(outcome, Changes):
            continue
        boundaries = history.on(event.day)
        for step in event.steps:
            if isinstance(step, Merge):
                for source in step.sources:
                    if not history.life(source, event.day) and history.life(step.into, event.day):
                        assert boundaries.carrier(source).unit == step.into
            if isinstance(step, Split) and not history.life(step.source, event.day):
                parts = set(step.parts)
                if not all(history.life(part, event.day) for part in parts):
                    continue
                carried = boundaries.carrier(step.source)
                named = {row.unit for row in history.successions if row.heir and row.day == event.day}
                if step.heir is not None:
                    assert carried.unit == step.heir and not carried.unallotted
                elif step.source not in named:
                    below = set(boundaries.tree.below(carried.unit))
                    assert carried.unallotted and parts <= below
                    # and nothing lower is over all of them
                    lower = boundaries.tree.children.get(carried.unit, ())
                    assert not any(parts <= set(boundaries.tree.below(child)) for child in lower)


@law(stories, examples=300, smaller=smaller)
def check_what_was_never_so_leaves_no_trace(story: Story) -> None:
    for _event, before, outcome in story.told():
        if isinstance(outcome, Changes):
            back = outcome.undone(outcome.on(before))
            assert (back.edges, back.successions) == (before.edges, before.successions)
            assert {unit: set(spans) for unit, spans in back.lives.items()} == {
                unit: set(spans) for unit, spans in before.lives.items()
            }


@law(stories, examples=300, smaller=smaller)
def check_an_event_taken_back_on_the_next_day_restores_the_tree(story: Story) -> None:
    for event, before, outcome in story.told():
        if not isinstance(outcome, Changes):
            continue
        after = outcome.on(before)
        later = event.day + timedelta(days=1)
        if any(day > event.day for day in after.days_of_change()):
            continue
        back = planned(after, reversed_steps(outcome), later)
        assert isinstance(back, Changes), back
        then, again = before.tree(event.day), back.on(after).tree(later)
        assert isinstance(then, Tree) and isinstance(again, Tree)
        assert again.parents == then.parents
        HARD["taken back"] += 1
        # what was in between stays known
        assert back.on(after).tree(event.day) == after.tree(event.day)


@law(stories, examples=600, smaller=smaller)
def check_what_is_refused_is_said_of_a_step(story: Story) -> None:
    for event, _before, outcome in story.told():
        if isinstance(outcome, list):
            assert outcome and all(isinstance(fault, Fault) for fault in outcome)
            assert all(fault.at is None or fault.at < len(event.steps) for fault in outcome)
            HARD["refused"] += 1
            continue
        for step in event.steps:
            HARD[type(step).__name__.lower()] += 1
            if isinstance(step, Split):
                HARD["split without heir"] += step.heir is None
                HARD["split with units below"] += len(step.below) > 1
            if isinstance(step, Merge):
                HARD["merge of several"] += len(step.sources) > 1
            if isinstance(step, Inherit):
                HARD["inherited later"] += not _before.life(step.unit, event.day)
        HARD["back-dated"] += any(day > event.day for day in _before.days_of_change())


def _tops(history: History[int], day: object) -> set[int]:
    tree = history.tree(day)  # type: ignore[arg-type]
    assert isinstance(tree, Tree)
    return {unit for unit in history.lives if history.life(unit, day) and unit not in tree.parents}  # type: ignore[arg-type]


@pytest.mark.parametrize("law", laws_in(globals()), ids=str)
def test_law(law: Law) -> None:
    law.hold()


def test_hard_stories_are_drawn() -> None:
    """How often what is hard is drawn, in the stories of two laws; printed, with a floor."""
    HARD.clear()
    check_what_is_refused_is_said_of_a_step.hold()
    check_an_event_taken_back_on_the_next_day_restores_the_tree.hold()
    print("reorganisations drawn:", dict(HARD))
    floors = {
        "merge": 100, "merge of several": 40, "split": 100, "split without heir": 30, "split with units below": 20,
        "back-dated": 50, "refused": 50, "taken back": 100, "move": 100, "dissolve": 50, "found": 100,
        "inherited later": 8,
    }  # fmt: skip
    assert {name: HARD[name] for name, floor in floors.items() if HARD[name] < floor} == {}


# --- what is refused, one by one --------------------------------------------------------------------------------------

ALWAYS = Span(FIRST, None)


def union(**parents: int) -> History[int]:
    """1 under 0, 2 under 1, 3 under 0 unless told otherwise."""
    places = {1: 0, 2: 1, 3: 0}
    return History(
        dict.fromkeys((0, *places), (ALWAYS,)),
        frozenset(Placed(unit, parent, ALWAYS) for unit, parent in places.items()),
    )


@pytest.mark.parametrize(
    ("steps", "wanted"),
    [
        ((Move(2, 3), Move(2, 0)), [(1, Refused.TWICE, 2)]),
        ((Move(1, 2),), [(0, Refused.NO_TREE, 1)]),
        ((Move(1, 1),), [(0, Refused.ITSELF, 1)]),
        ((Move(9, 0), Move(8, 0)), [(0, Refused.UNKNOWN, 9), (1, Refused.UNKNOWN, 8)]),
        ((Move(2, 9),), [(0, Refused.UNKNOWN, 9)]),
        ((Found(3, 0),), [(0, Refused.LIVES, 3)]),
        ((Found(4, 0), Found(4, 1)), [(1, Refused.TWICE, 4)]),
        ((Dissolve(1),), [(0, Refused.LEFT_BELOW, 2)]),
        ((Dissolve(1), Move(2, 1)), [(1, Refused.ENDED, 1)]),
        ((Dissolve(3), Dissolve(3)), [(1, Refused.TWICE, 3)]),
        ((Dissolve(3), Move(3, 1)), [(1, Refused.TWICE, 3)]),
        ((Merge((), 3),), [(0, Refused.TOO_FEW, 3)]),
        ((Merge((3,), 3),), [(0, Refused.ITSELF, 3)]),
        ((Merge((1,), 2),), [(0, Refused.LEFT_BELOW, 2)]),
        ((Split(3, (4,)), Found(4, 0)), [(0, Refused.TOO_FEW, 3)]),
        ((Split(1, (3, 4), {2: 0}), Found(4, 0)), [(0, Refused.NOT_A_PART, 0)]),
        ((Split(1, (3, 4), {2: 3}, heir=2), Found(4, 0)), [(0, Refused.NOT_A_PART, 2)]),
        ((Split(1, (3, 4)), Found(4, 0)), [(0, Refused.LEFT_BELOW, 2)]),
    ],
)
def test_a_plan_that_cannot_be(steps: tuple, wanted: list) -> None:
    outcome = planned(union(), steps, DAYS[5])
    assert isinstance(outcome, list)
    assert [(fault.at, fault.refused, fault.unit) for fault in outcome] == wanted


def test_a_day_before_the_unit_began_or_after_it_ended() -> None:
    history = union()
    begun = planned(history, [Found(4, 0)], DAYS[5])
    assert isinstance(begun, Changes)
    history = begun.on(history)
    early = planned(history, [Move(4, 1)], DAYS[3])
    assert isinstance(early, list) and [fault.refused for fault in early] == [Refused.NOT_BEGUN]
    ended = planned(history, [Dissolve(4)], DAYS[8])
    assert isinstance(ended, Changes)
    late = planned(ended.on(history), [Move(4, 1)], DAYS[9])
    assert isinstance(late, list) and [fault.refused for fault in late] == [Refused.ENDED]


def test_what_is_known_of_later_days_keeps_its_ground() -> None:
    """A unit to which another came later cannot have ended before."""
    history = union()
    moved = planned(history, [Move(2, 3)], DAYS[8])
    assert isinstance(moved, Changes)
    outcome = planned(moved.on(history), [Dissolve(3)], DAYS[5])
    assert isinstance(outcome, list)
    assert [(fault.refused, fault.unit, fault.other) for fault in outcome] == [(Refused.LATER, 3, 2)]


def test_a_past_move_holds_until_the_next_one() -> None:
    history = union()
    later = planned(history, [Move(2, 3)], DAYS[8])
    assert isinstance(later, Changes)
    history = later.on(history)
    past = planned(history, [Move(2, 0)], DAYS[4])
    assert isinstance(past, Changes)
    history = past.on(history)
    parents = [edge.parent for day in (DAYS[3], DAYS[4], DAYS[7], DAYS[8]) if (edge := history.edge(2, day))]
    assert parents == [1, 0, 0, 3]


def test_the_grassroots_stand_under_the_province_until_their_ward_begins() -> None:
    """2025: the district (1) ends; its union (2) is managed by the province (0), weeks later by the ward (4)."""
    history = union()
    ends = planned(history, [Dissolve(1), Move(2, 0)], DAYS[5])
    assert isinstance(ends, Changes)
    history = ends.on(history)
    begins = planned(history, [Found(4, 0), Move(2, 4)], DAYS[15])
    assert isinstance(begins, Changes)
    history = begins.on(history)
    lines = [history.on(day).line(2) for day in (DAYS[4], DAYS[5], DAYS[15])]
    assert lines == [(2, 1, 0), (2, 0), (2, 4, 0)]
    # the district's own work stands at the province afterwards: nobody succeeded it
    assert [history.on(day).carrier(1).unit for day in (DAYS[4], DAYS[5], DAYS[20])] == [1, 0, 0]
    # until a decision says that the ward has it: from that day on, and on no earlier tree
    named = planned(history, [Inherit(1, 4)], DAYS[18])
    assert isinstance(named, Changes)
    history = named.on(history)
    assert [history.on(day).carrier(1).unit for day in (DAYS[4], DAYS[17], DAYS[18])] == [1, 0, 4]
    # and the ward's work, asked on the tree of before, with the province it began under
    assert history.on(DAYS[4]).carrier(4).unit == 0


def test_edges_that_are_no_tree_are_named() -> None:
    two = Placed(2, 3, ALWAYS)
    history = union()
    found = History(history.lives, history.edges | {two}).tree(DAYS[3])
    assert isinstance(found, list)
    assert [(fault.wrong, fault.unit, set(fault.edges)) for fault in found] == [
        (Wrong.TWICE, 2, {two, Placed(2, 1, ALWAYS)})
    ]
    circle = History(history.lives, frozenset({Placed(1, 2, ALWAYS), Placed(2, 1, ALWAYS)})).tree(DAYS[3])
    assert isinstance(circle, list) and [(fault.wrong, len(fault.edges)) for fault in circle] == [(Wrong.CYCLE, 2)]
    lives = {**history.lives, 1: (Span(FIRST, DAYS[2]),)}
    dead = History(lives, history.edges).tree(DAYS[3])
    assert isinstance(dead, list)
    assert {(fault.wrong, fault.unit) for fault in dead} == {
        (Wrong.UNIT_NOT_ALIVE, 1), (Wrong.PARENT_NOT_ALIVE, 2),
    }  # fmt: skip
    left = History(history.lives, frozenset({Placed(2, 1, Span(FIRST, DAYS[2])), Placed(1, 0, ALWAYS)})).tree(DAYS[3])
    assert isinstance(left, list) and [(fault.wrong, fault.unit) for fault in left] == [(Wrong.ORPHAN, 2)]
