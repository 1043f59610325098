"""Acts of a random register in which two units have a hand, or a group: transfers, corrections, groups."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

from nhiemky.foundation.models import User
from nhiemky.members.actions import (
    accept_transfer,
    ask_transfer,
    correct_membership,
    refuse_transfer,
    request_transfer,
    set_group,
    withdraw_transfer,
)
from nhiemky.members.models import Membership, Person, Transfer
from nhiemky.rules.timeline import Span
from nhiemky.units.models import Unit
from tests.members.naive import BRIEF, DAYS, GRASSROOTS, GROUPS, JOININGS, ONE, TODAY, Naive


def span_of(first: date, last: date) -> Span:
    return Span(first, None if last == date.max else last + ONE)


class Moves:
    """What `Written` does beside joining, leaving, merging and recording; it names the attributes that it has."""

    luck: Random
    naive: Naive
    units: dict[str, Unit]
    by: User
    rows: list[Membership]
    transfers: list[Transfer]
    cases: set[str]
    person: Callable[[], int]
    fresh: Callable[[int], Person]
    expect: Callable[[bool, Callable[[], Any]], Any]
    keep: Callable[..., None]

    def row_now(self, row: dict[str, Any]) -> Membership:
        return Membership.objects.get(pk=self.rows[row["number"]].pk)

    def instead(self, row: dict[str, Any], first: date, last: date, joining: str, leaving: str) -> None:
        """Another row stands in the place of this one, which the register has written already."""
        made = Membership.objects.filter(replaces=self.rows[row["number"]].pk).first()
        assert made, "nothing stands in its place"
        row["gone"] = True
        self.naive.cut_groups(row, first, last)
        self.keep(made, row["person"], row["unit"], first, last, joining, leaving)

    def end(self, rows: list[dict[str, Any]], last: date, leaving: str) -> None:
        if len(rows) > 1:
            self.cases.add("a member twice leaves")
        for row in rows:
            self.instead(row, row["from"], last, row["joining"], leaving)

    def correct(self) -> None:
        if not self.naive.known():
            return
        row, first = self.luck.choice(self.naive.known()), self.luck.choice(DAYS)
        last = self.luck.choice([date.max, *(day for day in DAYS if day >= first)])
        clash = any(
            other["from"] <= last and first <= other["to"]
            for other in self.naive.rows_of(row["person"])
            if other is not row and (other["unit"] != row["unit"] or other["person"] == row["person"])
        )
        joining = self.luck.choice(JOININGS)
        if self.expect(clash or not self.naive.lives(row["unit"], first, last), lambda: correct_membership(
            by=self.by, membership=self.row_now(row), valid=span_of(first, last), joining=joining, leaving="",
        )):  # fmt: skip
            self.instead(row, first, last, joining, "")

    def group(self) -> None:
        """Mostly a member, on a day of theirs."""
        rows = [row for row in self.naive.known() if row["unit"] in GRASSROOTS]
        day, person, unit = self.luck.choice(DAYS), self.person(), self.luck.choice(GRASSROOTS)
        if rows and self.luck.random() < 0.8:
            row = self.luck.choice(rows)
            person, unit = row["person"], row["unit"]
            day = self.luck.choice([each for each in DAYS if row["from"] <= each <= row["to"]])
        self._group(person, unit, day, self.luck.choice([*GROUPS, *GROUPS, ""]))

    def _group(self, person: int, unit: str, day: date, group: str) -> None:
        there = [row for row in self.naive.rows_of(person) if row["unit"] == unit and row["from"] <= day <= row["to"]]
        wrong = bool(group) and self.naive.above(group, day) != unit
        if self.expect(not there or wrong, lambda: (set_group(
            by=self.by, unit=self.units[unit], person=self.fresh(person), since=day,
            group=self.units[group] if group else None,
        ), True)):  # fmt: skip
            for each in [each for each in DAYS if day <= each <= max(row["to"] for row in there)]:
                for record in self.naive.component(person):
                    self.naive.groups[record].pop(each, None)
                if group:
                    self.naive.groups[person][each] = group

    # ---- transfers

    def _mover(self) -> tuple[int, dict[str, Any] | None]:
        """Mostly a member for whom nothing waits; with the row that says where."""
        members = sorted({row["person"] for row in self.naive.known() if row["to"] == date.max})
        free = [person for person in members if not self.naive.waiting(person)]
        # rather where another waits already
        at = {each["unit"] for each in self.naive.transfers if each["state"] in ("waiting", "requested")}
        if self.luck.random() < 0.5:
            free = [person for person in free if self.naive.open_of(person)[0]["unit"] in at] or free
        luck = self.luck.random()
        person = self.luck.choice(free if free and luck < 0.7 else members) if members and luck < 0.9 else self.person()
        # under whichever of their records
        person = self.luck.choice(sorted(self.naive.component(person)))
        return person, next(iter(self.naive.open_of(person)), None)

    def day_after(self, first: date) -> date:
        """Mostly later; one may be nearer than any."""
        later = [day for day in DAYS if day > first]
        return self.luck.choice(later[:4] if later and self.luck.random() < 0.85 else DAYS)

    def _to(self, home: dict[str, Any] | None) -> str:
        others = [unit for unit in GRASSROOTS if home is None or unit != home["unit"]]
        return self.luck.choice(others if self.luck.random() < 0.85 else [*GRASSROOTS, "a", "b", BRIEF])

    def _note(self, transfer: Transfer, person: int, unit: str, to: str, last: date) -> None:
        self.transfers.append(transfer)
        state = str(transfer.state)
        self.naive.transfers.append({"person": person, "unit": unit, "to": to, "last": last, "state": state})

    def ask(self) -> None:
        self._ask(*self._mover())

    def _ask(self, person: int, home: dict[str, Any] | None) -> None:
        day, to = self.day_after(home["from"] if home else DAYS[0]), self._to(home)
        unit = home["unit"] if home else self.luck.choice(GRASSROOTS)
        waits = bool(self.naive.waiting(person))
        made = self.expect(home is None or day < home["from"] or waits or to == unit or to not in GRASSROOTS, lambda: (
            ask_transfer(by=self.by, unit=self.units[unit], person=self.fresh(person), to_unit=self.units[to],
                         last_day=day, today=TODAY)
        ))  # fmt: skip
        if made:
            self._note(made, person, unit, to, day)

    def request(self) -> None:
        person, home = self._mover()
        day, to = self.day_after(home["from"] if home else DAYS[0]), self._to(home)
        waits = bool(self.naive.waiting(person)) or to not in GRASSROOTS
        made = self.expect(home is None or home["unit"] == to or waits or day <= home["from"], lambda: request_transfer(
            by=self.by, unit=self.units[to], person=self.fresh(person), first_day=day, today=TODAY,
        ))  # fmt: skip
        if made and home:
            self._note(made, person, home["unit"], to, day - ONE)

    def send(self) -> None:
        """Outside the system: the letter ends it."""
        person, home = self._mover()
        day = self.day_after(home["from"] if home else DAYS[0])
        unit = home["unit"] if home else self.luck.choice(GRASSROOTS)
        waits = bool(self.naive.waiting(person))
        made = self.expect(home is None or day < home["from"] or waits, lambda: ask_transfer(
            by=self.by, unit=self.units[unit], person=self.fresh(person), outside="Tỉnh khác", last_day=day, today=TODAY,
        ))  # fmt: skip
        if made:
            self.end(self.naive.open_of(person), day, "moved")
            self._note(made, person, unit, "", day)

    def answer(self) -> None:
        """Mostly of one that waits; or as an old page would still offer it."""
        said = self.naive.transfers
        waiting = [number for number, each in enumerate(said) if each["state"] in ("waiting", "requested")]
        if not said:
            return
        old = self.luck.random() < 0.25 or not waiting
        number = self.luck.randrange(len(said)) if old else self.luck.choice(waiting)
        each, transfer = said[number], self.transfers[number]
        act = self.luck.choice([self._accept, self._accept, self._accept, self._refuse, self._withdraw])
        if each["state"] == "sent":
            act = self._recall
        act(each, transfer, each["state"] not in ("waiting", "requested"))

    def _accept(self, each: dict[str, Any], transfer: Transfer, over: bool) -> None:
        day = self.day_after(each["last"])
        today = TODAY if self.luck.random() < 0.85 else self.luck.choice(DAYS)
        rows = [row for row in self.naive.open_of(each["person"]) if row["unit"] == each["unit"]]
        others = [row for row in self.naive.rows_of(each["person"]) if row not in rows]
        early = not each["last"] < day <= today or any(row["from"] >= day for row in rows)
        if not over and not rows:
            self.cases.add("accept refused: left meanwhile")
        if self.expect(over or not rows or early or any(row["to"] >= day for row in others), lambda: accept_transfer(
            by=self.by, transfer=transfer, first_day=day, today=today,
        )):  # fmt: skip
            made = Membership.objects.order_by("pk").last()
            self.cases.add("accepted")
            if each["person"] not in {row["person"] for row in rows}:
                self.cases.add("accepted under another record")
            self.end(rows, day - ONE, "moved")
            self.keep(made, each["person"], each["to"], day, date.max, "moved", "")
            each["state"] = "accepted"

    def _refuse(self, each: dict[str, Any], transfer: Transfer, over: bool) -> None:
        if self.expect(over, lambda: (refuse_transfer(by=self.by, transfer=transfer, answer="chưa có thẻ"), True)):
            each["state"] = "refused"

    def _withdraw(self, each: dict[str, Any], transfer: Transfer, over: bool) -> None:
        if self.expect(over, lambda: (withdraw_transfer(by=self.by, transfer=transfer), True)):
            each["state"] = "withdrawn"

    def _recall(self, each: dict[str, Any], transfer: Transfer, _over: bool) -> None:
        """Back from outside, as if they had not gone."""
        rows = self.naive.rows_of(each["person"])
        gone = [
            row for row in rows if (row["unit"], row["to"], row["leaving"]) == (each["unit"], each["last"], "moved")
        ]
        later = any(row["from"] > each["last"] for row in rows)
        if self.expect(not gone or later, lambda: (withdraw_transfer(by=self.by, transfer=transfer), True)):
            self.cases.add("brought back")
            for row in gone:
                self.instead(row, row["from"], date.max, row["joining"], "")
            each["state"] = "withdrawn"
