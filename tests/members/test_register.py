"""The register after random acts is what the second way says, day by day: joins, leavings, transfers, merges, groups.

A person is in one unit at most, nobody is lost who waits to be received, and a bug planted in any of it is seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db.models import Q

from nhiemky.foundation.models import User
from nhiemky.members.models import OPEN, Grouping, Membership, Transfer, TransferState
from nhiemky.members.queries import life_of, open_transfer
from tests.factories import draws_all, law, rolled_back
from tests.members.naive import BRIEF, DAYS, GRASSROOTS, PEOPLE
from tests.members.persons_worlds import World, Written, found, smaller_worlds, worlds
from tests.planted import Bug, engines, instead

pytestmark = pytest.mark.django_db

persons = import_module("nhiemky.members.queries.persons")
memberships = import_module("nhiemky.members.actions.memberships")
standings = import_module("nhiemky.members.actions.standings")
merging = import_module("nhiemky.members.actions.merging")
room = import_module("nhiemky.members.actions.transfers")
DRAWN: Counter[str] = Counter()
TOLD: Counter[tuple[str, bool]] = Counter()
# the least share of the registers in which each must be seen
FLOORS = {
    "merge across units": 0.20,
    "merge of two members of one unit": 0.25,
    "merge refused: two units on one day": 0.15,
    "merge refused: both wait": 0.10,
    "merged while a transfer waits": 0.15,
    "undone while a transfer waits": 0.10,
    "accepted": 0.35,
    "accepted under another record": 0.05,
    "accept refused: left meanwhile": 0.10,
    "brought back": 0.10,
    "a member twice leaves": 0.15,
}
# how often each act must be done, and be refused
BOTH_WAYS = ("join", "leave", "correct", "group", "merge", "ask", "request", "send", "accept", "refuse", "withdraw")


def check_members(written: Written) -> None:
    naive, units = written.naive, {code: written.units[code] for code in (*GRASSROOTS, BRIEF)}
    records = {person.pk: number for number, person in enumerate(written.people)}
    codes = {unit.pk: code for code, unit in units.items()}
    for day in DAYS:
        there = [(codes[row.unit_id], records[row.person_id]) for row in persons.memberships_on(codes, day)]
        for person in range(PEOPLE):
            here = {unit for unit, record in there if record in naive.component(person)}
            assert len(here) <= 1, f"{person} in {here} on {day}"
        some = written.luck.sample(sorted(units), 2)
        for slice_ in (*([unit] for unit in units), some):
            found_there = sorted({naive.top(record) for unit, record in there if unit in slice_})
            expected = {who for unit in slice_ for who in naive.members(unit, day)}
            assert found_there == sorted(naive.top(min(who)) for who in expected), f"members of {slice_} on {day}"


def check_persons(written: Written) -> None:
    naive, codes = written.naive, {unit.pk: code for code, unit in written.units.items()}
    for number in range(PEOPLE):
        person = written.fresh(number)
        assert person.root_id == written.people[naive.top(number)].pk
        if naive.component(number) & naive.blurred:
            continue
        life, known = life_of(person), list(Grouping.objects.filter(person=person, superseded_at=None))
        for day in DAYS:
            grouping = life.grouping_on(day)
            assert naive.group_on(number, day) == ({codes[grouping.group_id]} if grouping else set()), (number, day)
            assert sum(row.span.holds(day) for row in known) <= 1, f"two groups of {number} on {day}"


def check_waiting(written: Written) -> None:
    """Nobody is lost who waits, and no person waits twice."""
    waiting = {(row.code, row.unit.code, row.to_unit.code) for row in Transfer.objects.filter(state__in=OPEN)
               if row.to_unit and row in written.transfers}  # fmt: skip
    assert waiting == {
        (transfer.code, f"reg-{each['unit']}", f"reg-{each['to']}")
        for transfer, each in zip(written.transfers, written.naive.transfers, strict=True)
        if each["state"] in OPEN
    }
    assert all(len(written.naive.waiting(person)) <= 1 for person in range(PEOPLE))


@law(worlds(), examples=40, smaller=smaller_worlds)
def check_the_register_is_what_the_second_way_says(world: World) -> None:
    with rolled_back():
        written = Written(world)
        check_members(written)
        check_persons(written)
        check_waiting(written)
        DRAWN.update(written.cases | {"draws"})
        TOLD.update(written.told)


@pytest.mark.both_engines
def test_the_register_is_what_the_second_way_says(clerk: User) -> None:
    found()
    DRAWN.clear()
    TOLD.clear()
    check_the_register_is_what_the_second_way_says.hold()
    told = {name: f"{DRAWN[name] / DRAWN['draws']:.0%}" for name in FLOORS}
    print(
        f"\nHard cases in {DRAWN['draws']} registers drawn: {told}\nActs done and refused: {dict(sorted(TOLD.items()))}"
    )
    rare = [name for name, least in FLOORS.items() if DRAWN[name] < least * DRAWN["draws"]]
    if not draws_all():
        return
    assert not rare, f"Drawn too seldom to prove anything: {rare} of {told}"
    assert all(TOLD[act, done] >= 5 for act in BOTH_WAYS for done in (True, False)), TOLD


def _with_superseded(units: Any, day: Any) -> Any:
    return Membership.objects.filter(unit__in=units).filter(persons.alive_on(day))


def _to_the_end_day(day: Any, prefix: str = "") -> Q:
    return (Q(starts_on__isnull=True) | Q(starts_on__lte=day)) & (Q(ends_before__isnull=True) | Q(ends_before__gte=day))


def _shifted(days: int) -> Callable[[Any], Any]:
    return lambda right: lambda by, row, last, number: right(by, row, last + timedelta(days), number)


def _end_as_the_letter_says(right: Any) -> Any:
    def wrong(by: Any, membership: Membership, last: date, number: str) -> None:
        waiting = open_transfer(membership.person)
        right(by, membership, waiting.last_day if waiting else last, number)

    return wrong


def _moves_on_refusal(right: Any) -> Any:
    def wrong(transfer: Transfer, now: Transfer, by: Any, state: TransferState, **fields: Any) -> None:
        if state is TransferState.REFUSED:
            Membership.objects.filter(person=now.person, ends_before=None).update(superseded_at="2026-01-01T00:00Z")
        right(transfer, now, by, state, **fields)

    return wrong


def _stays_open(right: Any) -> Any:
    def wrong(transfer: Transfer, now: Transfer, by: Any, state: TransferState, **fields: Any) -> None:
        right(transfer, now, by, TransferState.WAITING if state is TransferState.WITHDRAWN else state, **fields)

    return wrong


def _any_running(right: Any) -> Any:
    return lambda person, unit: Membership.objects.filter(person=person, ends_before=None, superseded_at=None).first()


BUGS = [
    Bug(memberships, "memberships_known", instead(lambda person: []), "no look at other memberships"),
    Bug(persons, "memberships_on", instead(_with_superseded), "superseded rows counted"),
    Bug(persons, "alive_on", instead(_to_the_end_day), "the end day inclusive"),
    Bug(standings, "ancestors_on", instead(lambda group, day: list(range(100_000))), "a group of a foreign unit"),
    Bug(memberships, "_supersede", instead(lambda row: None), "the row before a leaving still counted"),
    Bug(memberships, "_cut_groups", instead(lambda old, kept, by: None), "a group outlives the membership"),
    Bug(memberships, "_check", lambda right: lambda row, besides=None: right(row),
        "a correction clashes with itself"),
    Bug(memberships, "_twins", instead(lambda membership: []), "a member twice leaves once"),
    Bug(merging, "clashes_of", instead(lambda kept, dropped: []), "merged though members of two units"),
    Bug(merging, "both_wait", instead(lambda kept, dropped: False), "merged though both wait"),
    Bug(room, "_end", instead(lambda *given: None), "the old membership does not end"),
    Bug(room, "_end", _shifted(1), "it ends a day late"),
    Bug(room, "_end", _shifted(-1), "it ends a day early"),
    Bug(room, "_end", _end_as_the_letter_says, "it ends as the letter says, and the person is nowhere until received"),
    Bug(room, "_answer", _moves_on_refusal, "a refusal ends the membership"),
    Bug(room, "_waiting", lambda right: room._fresh, "what was withdrawn can be accepted"),
    Bug(room, "_answer", _stays_open, "what was withdrawn still waits"),
    Bug(room, "_refuse_second", instead(lambda person: None), "two transfers of one person wait"),
    Bug(room, "running_at", _any_running, "a person who left meanwhile is moved from elsewhere"),
    Bug(room, "_bring_back", instead(lambda by, sent: None), "back from outside, though a member elsewhere"),
]  # fmt: skip


@engines
@pytest.mark.parametrize("bug", BUGS, ids=repr)
def test_a_planted_bug_is_caught(bug: Bug, clerk: User) -> None:
    found()
    with bug.planted():
        assert check_the_register_is_what_the_second_way_says.is_broken_within(40), f"{bug} is not seen"
