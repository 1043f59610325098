"""The register after random steps says what a count by hand says, day by day; a person is in one unit at most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest
from django.db.models import Q

from nhiemky.foundation.models import User
from nhiemky.members.models import Grouping, Membership
from nhiemky.members.queries import life_of
from tests.factories import clerk, law, rolled_back
from tests.members.worlds import (
    DAYS,
    UNITS,
    Annul,
    Correct,
    Grouped,
    Join,
    Leave,
    World,
    found_units,
    play,
    smaller_steps,
    steps,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]

persons = import_module("nhiemky.members.queries.persons")
memberships = import_module("nhiemky.members.actions.memberships")
standings = import_module("nhiemky.members.actions.standings")
DRAWN: Counter[str] = Counter()


def check_one_unit_a_day(world: World) -> None:
    known = list(Membership.objects.filter(person__in=world.people.values(), superseded_at__isnull=True))
    for day in DAYS:
        people = [row.person_id for row in known if row.span.holds(day)]
        assert len(people) == len(set(people)), f"two units on {day}"


def check_members(world: World) -> None:
    codes = {person.pk: code for code, person in world.people.items()}
    for day in DAYS:
        for unit in UNITS:
            found = sorted(codes[row.person_id] for row in persons.memberships_on([world.units[unit].pk], day))
            assert found == world.hand.members(unit, day), f"members of {unit} on {day}"


def check_groups(world: World) -> None:
    codes = {unit.pk: code for code, unit in world.units.items()}
    for code, person in world.people.items():
        life = life_of(person)
        known = list(Grouping.objects.filter(person=person, superseded_at=None))
        for day in DAYS:
            grouping = life.grouping_on(day)
            found = codes[grouping.group_id] if grouping else None
            assert found == world.hand.groups[code].get(day), f"group of {code} on {day}"
            held = [row for row in known if row.span.holds(day)]
            assert len(held) <= 1, f"two groups of {code} on {day}"


@law(steps, examples=25, smaller=smaller_steps)
def check_the_register_is_what_was_counted_by_hand(taken: list[Any]) -> None:
    with rolled_back():
        world = World.empty(clerk())
        for step, took, expected in play(world, taken):
            kind = type(step).__name__
            DRAWN[kind, took] += 1
            assert took == expected, f"{step}: the register {'took' if took else 'refused'} it"
        check_one_unit_a_day(world)
        check_members(world)
        check_groups(world)


def test_the_register_is_what_was_counted_by_hand(clerk: User) -> None:
    found_units()
    DRAWN.clear()
    check_the_register_is_what_was_counted_by_hand.hold()
    for kind in (Join, Leave, Correct, Grouped):
        assert DRAWN[kind.__name__, True] >= 5 and DRAWN[kind.__name__, False] >= 5, DRAWN
    assert DRAWN[Annul.__name__, True] >= 5, DRAWN


@dataclass(frozen=True)
class Bug:
    """`name` in `place` replaced by what `plant` makes of the right one."""

    place: Any
    name: str
    plant: Callable[[Any], Any]
    sentence: str

    def __str__(self) -> str:
        return self.sentence


def instead(wrong: Any) -> Callable[[Any], Any]:
    return lambda right: wrong


def _with_superseded(units: Any, day: Any) -> Any:
    return Membership.objects.filter(unit__in=units).filter(persons.alive_on(day))


def _to_the_end_day(day: Any, prefix: str = "") -> Q:
    return (Q(starts_on__isnull=True) | Q(starts_on__lte=day)) & (Q(ends_before__isnull=True) | Q(ends_before__gte=day))


BUGS = [
    Bug(memberships, "memberships_known", instead(lambda person: []), "no look at other memberships"),
    Bug(persons, "memberships_on", instead(_with_superseded), "superseded rows counted"),
    Bug(persons, "alive_on", instead(_to_the_end_day), "the end day inclusive"),
    Bug(standings, "ancestors_on", instead(lambda group, day: list(range(100_000))), "a group of a foreign unit"),
    Bug(memberships, "_supersede", instead(lambda row: None), "the row before a leaving still counted"),
    Bug(memberships, "_cut_groups", instead(lambda old, kept, by: None), "a group outlives the membership"),
    Bug(memberships, "_check", lambda right: lambda row, besides=None: right(row), "a correction clashes with itself"),
]


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_a_planted_bug_is_caught(bug: Bug, monkeypatch: pytest.MonkeyPatch, clerk: User) -> None:
    found_units()
    monkeypatch.setattr(bug.place, bug.name, bug.plant(getattr(bug.place, bug.name)))
    assert check_the_register_is_what_was_counted_by_hand.is_broken_within(25), f"{bug} is not seen"
