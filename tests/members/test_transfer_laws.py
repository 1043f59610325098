"""However units ask, answer, take back and let go: nobody is in two units on a day, and nobody is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from nhiemky.foundation.refusals import Refusal
from nhiemky.members.actions import (
    accept_transfer,
    ask_transfer,
    enter_person,
    join_unit,
    leave_unit,
    refuse_transfer,
    request_transfer,
    withdraw_transfer,
)
from nhiemky.members.actions import transfers as room
from nhiemky.members.models import Membership, Person, Transfer, TransferState
from nhiemky.members.queries import memberships_on, open_transfer, running_at
from nhiemky.rules.timeline import PartialDate, Precision, Span
from nhiemky.units.models import Unit
from tests.factories import a_unit, clerk, law, rolled_back
from tests.members.naive_transfers import DAYS, PERSONS, UNITS, Naive, Step, lives

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]

FIRST = date(2024, 1, 1)
TODAY = 10
DRAWN: Counter[str] = Counter()


def on(day: int) -> date:
    return FIRST + timedelta(days=day)


class World:
    """The same steps by the actions of the house."""

    def __init__(self) -> None:
        self.units = {code: Unit.objects.get(code=f"chuyen-{code}") for code in UNITS}
        self.persons = {name: Person.objects.get(code=f"chuyen-{name}") for name in PERSONS}
        self.sent: dict[str, Transfer] = {}

    def does(self, step: Step) -> bool:
        name, who, where, day = step
        try:
            return bool(getattr(self, f"_{name}")(self.persons[who], self.units.get(where), on(day), who))
        except Refusal:
            return False
        except IntegrityError as fault:
            raise AssertionError(step) from fault

    def _running(self, person: Person) -> Membership:
        for unit in self.units.values():
            if found := running_at(person, unit):
                return found
        raise Refusal("nowhere")

    def _waiting(self, person: Person) -> Transfer:
        """What waits; or the last that was there, as an old page would still offer it."""
        found = open_transfer(person) or Transfer.objects.filter(person=person, to_unit__isnull=False).last()
        if found is None:
            raise Refusal("nothing")
        return found

    def _join(self, person: Person, unit: Unit, day: date, who: str) -> Any:
        return join_unit(by=clerk(), unit=unit, person=person, valid=Span(day, None), joining="individual")

    def _leave(self, person: Person, unit: Unit | None, day: date, who: str) -> Any:
        last = PartialDate(day, Precision.DAY)
        return leave_unit(by=clerk(), membership=self._running(person), last=last, leaving="left")

    def _ask(self, person: Person, unit: Unit, day: date, who: str) -> Any:
        here = self._running(person).unit
        return ask_transfer(by=clerk(), unit=here, person=person, to_unit=unit, last_day=day, today=on(TODAY))

    def _send(self, person: Person, unit: Unit | None, day: date, who: str) -> Any:
        here = self._running(person).unit
        self.sent[who] = ask_transfer(
            by=clerk(), unit=here, person=person, outside="Tỉnh khác", last_day=day, today=on(TODAY)
        )
        return True

    def _recall(self, person: Person, unit: Unit | None, day: date, who: str) -> Any:
        if who not in self.sent:
            raise Refusal("nothing")
        withdraw_transfer(by=clerk(), transfer=self.sent[who])
        return True

    def _request(self, person: Person, unit: Unit, day: date, who: str) -> Any:
        return request_transfer(by=clerk(), unit=unit, person=person, first_day=day, today=on(TODAY))

    def _accept(self, person: Person, unit: Unit | None, day: date, who: str) -> Any:
        return accept_transfer(by=clerk(), transfer=self._waiting(person), first_day=day, today=on(TODAY))

    def _refuse(self, person: Person, unit: Unit | None, day: date, who: str) -> Any:
        refuse_transfer(by=clerk(), transfer=self._waiting(person), answer="chưa có thẻ")
        return True

    def _withdraw(self, person: Person, unit: Unit | None, day: date, who: str) -> Any:
        waiting = self._waiting(person)
        withdraw_transfer(by=clerk(), transfer=waiting)
        return True

    def where(self) -> dict[str, list[str]]:
        """Person -> the units of each day, however many."""
        codes = {unit.pk: code for code, unit in self.units.items()}
        found = {name: [""] * DAYS for name in PERSONS}
        names = {person.pk: name for name, person in self.persons.items()}
        for at in range(DAYS):
            for row in memberships_on(codes, on(at)):
                found[names[row.person_id]][at] += codes[row.unit_id]
        return found


@pytest.fixture(autouse=True)
def people() -> None:
    for code in UNITS:
        a_unit(f"chuyen-{code}")
    for name in PERSONS:
        enter_person(by=clerk(), code=f"chuyen-{name}", name=f"Nguyễn Văn {name.title()}")


@law(lives, examples=60)
def check_everybody_is_where_the_second_way_says(steps: list[Step]) -> None:
    with rolled_back():
        world, naive = World(), Naive()
        for step in steps:
            allowed = naive.allows(step, TODAY)
            assert world.does(step) == allowed, step
            DRAWN[f"{step[0]}, {'done' if allowed else 'refused'}"] += 1
        where = world.where()
        assert where == naive.where
        assert all(len(unit) <= 1 for days in where.values() for unit in days)
        waiting = {
            transfer.person.name.split()[-1].lower(): (transfer.unit.code[-1], transfer.to_unit.code[-1])
            for transfer in Transfer.objects.filter(state__in=["waiting", "requested"])
            if transfer.to_unit
        }
        assert waiting == {who: (waits.unit, waits.to) for who, waits in naive.waits.items()}


@pytest.mark.parametrize("rule", [check_everybody_is_where_the_second_way_says], ids=str)
def test_law(rule: Any) -> None:
    DRAWN.clear()
    rule.hold()
    print(dict(sorted(DRAWN.items())))
    # a law about transfers that never come about, or never meet anything, would prove nothing
    for step in ("ask", "request", "send"):
        assert DRAWN[f"{step}, done"] >= 8, step
    for step in ("accept", "refuse", "withdraw", "recall", "leave"):
        assert DRAWN[f"{step}, done"] >= 4 and DRAWN[f"{step}, refused"] >= 4, step


def _end_as_the_letter_says(right: Callable[..., None]) -> Callable[..., None]:
    def wrong(by: Any, membership: Membership, last: date, number: str) -> None:
        waiting = open_transfer(membership.person)
        right(by, membership, waiting.last_day if waiting else last, number)

    return wrong


def _moves_on_refusal(right: Callable[..., None]) -> Callable[..., None]:
    def wrong(transfer: Transfer, now: Transfer, by: Any, state: TransferState, **fields: Any) -> None:
        if state is TransferState.REFUSED:
            Membership.objects.filter(person=now.person, ends_before=None).update(superseded_at="2026-01-01T00:00Z")
        right(transfer, now, by, state, **fields)

    return wrong


def _stays_open(right: Callable[..., None]) -> Callable[..., None]:
    def wrong(transfer: Transfer, now: Transfer, by: Any, state: TransferState, **fields: Any) -> None:
        right(transfer, now, by, TransferState.WAITING if state is TransferState.WITHDRAWN else state, **fields)

    return wrong


def _any_running(right: Callable[..., Any]) -> Callable[..., Any]:
    return lambda person, unit: next(
        iter(Membership.objects.filter(person=person, ends_before=None, superseded_at=None)), None
    )


BUGS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "the old membership does not end": ("_end", lambda right: lambda *given: None),
    "it ends a day late": ("_end", lambda right: lambda by, row, last, number: right(by, row, last + timedelta(1), number)),
    "it ends a day early": ("_end", lambda right: lambda by, row, last, number: right(by, row, last - timedelta(1), number)),
    "it ends as the letter says, and the person is nowhere until received": ("_end", _end_as_the_letter_says),
    "a refusal ends the membership": ("_answer", _moves_on_refusal),
    "what was withdrawn can be accepted": ("_waiting", lambda right: room._fresh),
    "what was withdrawn still waits": ("_answer", _stays_open),
    "two transfers of one person wait": ("_refuse_second", lambda right: lambda person: None),
    "a person who left meanwhile is moved from elsewhere": ("running_at", _any_running),
    "back from outside, though a member elsewhere": ("_bring_back", lambda right: lambda by, sent: None),
}  # fmt: skip


@pytest.mark.parametrize("sentence", BUGS)
def test_a_planted_bug_is_caught(monkeypatch: pytest.MonkeyPatch, sentence: str) -> None:
    name, plant = BUGS[sentence]
    monkeypatch.setattr(room, name, plant(getattr(room, name)))
    assert check_everybody_is_where_the_second_way_says.is_broken_within(60), sentence
