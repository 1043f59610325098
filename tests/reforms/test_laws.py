"""Laws of reorganisations over random worlds, in the product and by the naive way beside it."""

from __future__ import annotations

from random import Random

import pytest
from django.db import connection
from hypothesis import strategies as st

from nhiemky.reports.check import every_fault
from nhiemky.rules.histories import Changes
from nhiemky.rules.reorganisations import Inherit, Merge, Split
from tests.factories import TIMES, law, rolled_back
from tests.reforms import worlds
from tests.reforms.naive import LAST, Naive
from tests.reforms.running import HARD, Scenario, drawn, run, run_one, smaller
from tests.reforms.worlds import DAYS, TODAY
from tests.rules import naive_trees, stories

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]

# the least share of the sequences, or of what the second name counts, in which each must be seen
FLOORS = {
    ("plans", "sequences"): 1.5,
    ("plans that move members", "plans"): 0.15,
    ("plans that move three members or more", "plans"): 0.04,
    ("merges", "plans"): 0.12,
    ("merges of several", "plans"): 0.08,
    ("splits", "plans"): 0.10,
    ("splits with members", "plans"): 0.06,
    ("splits without heir", "plans"): 0.03,
    ("numbers carried over", "plans"): 0.06,
    ("posts that end", "plans"): 0.04,
    ("back-dated", "plans"): 0.04,
    ("on the day of the last", "plans"): 0.04,
    ("annulled", "sequences"): 0.12,
    ("turned back", "sequences"): 0.10,
    ("refused", "sequences"): 0.8,
    ("entry between", "sequences"): 0.08,
}


@law(st.builds(drawn, st.integers(0, 2**48), st.just(4)), examples=50 if TIMES else 5, smaller=smaller)
def check_product_and_naive_way_agree(scenario: Scenario) -> None:
    with rolled_back():
        run(scenario)


def test_random_worlds() -> None:
    HARD.clear()
    check_product_and_naive_way_agree.hold()
    lines = [f"{HARD['sequences']} sequences on {connection.vendor}; how often what is hard came (share, floor):"]
    shares = {(what, of): HARD[what] / max(1, HARD[of]) for what, of in FLOORS}
    lines += [f"  {share:7.1%}  {FLOORS[key]:5.0%}  {key[0]}, of {key[1]}" for key, share in shares.items()]
    lines += [f"  {HARD[name]:7}  {name}" for name in sorted(HARD)]
    print("\n".join(lines))
    # few are drawn in the ordinary run, and always the same; a fifth of the floor is what chance leaves of them
    assert not {key for key, share in shares.items() if share < FLOORS[key] * (1 if TIMES else 0.2)}


def test_what_was_reorganised_is_sound() -> None:
    """The check of the whole installation finds nothing, whatever was done."""
    with rolled_back():
        scenario = drawn(5, 1)
        worlds.write(worlds.drawn(scenario.world))
        before = list(every_fault(TODAY))
        for seed in range(4 * (TIMES or 1)):
            with rolled_back():
                run_one(worlds.drawn(scenario.world), seed, 7)
                assert list(every_fault(TODAY)) == before


# ten thousand of them in the long run
@law(st.integers(0, 2**48), examples=2000 if TIMES else 150)
def check_each_entry_counts_once_on_every_tree(seed: int) -> None:
    """Of random reorganisations and entries, by the rules alone: the tree of every day, node by node."""
    story, draw = stories.drawn(seed), Random(seed)
    history, naive = story.end(), Naive({}, naive_trees.told(story))
    for event, _before, outcome in story.told():
        if not isinstance(outcome, Changes):
            continue
        for step in event.steps:
            if isinstance(step, Merge):
                naive.successions += [(source, step.into, event.at, True) for source in step.sources]
            elif isinstance(step, Split):
                naive.successions += [
                    (step.source, part, event.at, part == step.heir) for part in dict.fromkeys(step.parts)
                ]
            elif isinstance(step, Inherit):
                naive.successions.append((step.unit, step.heir, event.at, True))
    for _each in range(8):
        unit, day = draw.choice(list(naive.table.cells)), draw.randrange(LAST)
        if naive.lives(unit, day):
            naive.entries.append((unit, day, day, draw.randint(1, 9)))
    whole = sum(value for *_where, value in naive.entries)
    for on, day in enumerate(DAYS):
        # an entry may be of a unit that nothing stands over: the stories may end the top itself
        if not naive.lives(stories.TOP, on):
            continue
        boundaries = history.on(day)
        tops = [unit for unit in naive.living(on) if naive.parent(unit, on) is None]
        assert sum(naive.given(unit, on) for unit in tops) == whole
        for unit in naive.living(on):
            value = sum(each for at, *_days, each in naive.entries if unit in boundaries.line(at))
            assert value == naive.given(unit, on), (unit, day)
            own = sum(each for at, *_days, each in naive.entries if boundaries.carrier(at).unit == unit)
            below = boundaries.tree.children.get(unit, ())
            assert value == own + sum(
                each for at, *_days, each in naive.entries for child in below if child in boundaries.line(at)
            )


def test_entries_on_every_tree() -> None:
    check_each_entry_counts_once_on_every_tree.hold()
