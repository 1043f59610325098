"""Laws of reorganisations over random worlds, in the product and by the naive way beside it."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import strategies as st

from tests.factories import law, rolled_back
from tests.reforms import worlds
from tests.reforms.running import HARD, Scenario, run, smaller

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]


def drawn(seed: int) -> Scenario:
    draw = Random(seed)
    return Scenario(draw.randrange(2**32), draw.randrange(2**32), draw.randint(3, 9))


scenarios = st.builds(drawn, st.integers(0, 2**48))


@law(scenarios, examples=40, smaller=smaller)
def check_product_and_naive_way_agree(scenario: Scenario) -> None:
    with rolled_back():
        world = worlds.drawn(scenario.world)
        worlds.write(world)
        run(scenario, world)


def test_random_worlds() -> None:
    HARD.clear()
    check_product_and_naive_way_agree.hold()
    print(dict(HARD))
