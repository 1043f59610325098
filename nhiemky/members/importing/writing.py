"""Rows of a sheet into the register: the same rows that the actions of a single person write, a thousand at a time.

What an action would refuse was refused when the sheet was looked over, and is looked at again here in the same
transaction: a row is written only if nothing that it was compared with has changed since.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import itemgetter
from typing import Any

from django.utils.translation import gettext as _

from nhiemky.foundation import bulk
from nhiemky.foundation.audit import version
from nhiemky.foundation.models import Source, User, new_code
from nhiemky.foundation.refusals import Refusal
from nhiemky.foundation.sealing import SealedField, seal
from nhiemky.members import name_index
from nhiemky.members.importing import known
from nhiemky.members.importing.cells import from_iso
from nhiemky.members.importing.drafts import Draft
from nhiemky.members.importing.known import Found
from nhiemky.members.importing.spool import Decision, Looked, Spool, State
from nhiemky.members.models import Grouping, Membership, Person, PersonChange, Standing
from nhiemky.members.standings import kinds
from nhiemky.rules.timeline import Span

_SEALED = frozenset(each.name for each in Person._meta.concrete_fields if isinstance(each, SealedField))
_DERIVED = frozenset({"sort_key", "folded", "id_digest", "id_last_digest"})
_EMPTY: dict[str, Any] = {
    each.attname: each.get_default() for each in Person._meta.concrete_fields if each.attname not in ("id", "code")
}
_DATED = ("starts_on", "start_precision", "ends_before", "end_precision", "recorded_at", "recorded_by_id", "decision")


class Outcome:
    """What became of the rows."""

    NEW, AMENDED, SAME, OUT, FAULTY = "new", "amended", "same", "out", "faulty"


@dataclass
class Written:
    """How much was written, and the digest over all codes of persons in the order of the sheet."""

    counts: Counter[str] = field(default_factory=Counter)
    units: Counter[int] = field(default_factory=Counter)
    record: Any = field(default_factory=hashlib.sha256)


def outcome_of(row: Looked, without_faulty_cells: bool) -> str:
    """What is to happen to the row."""
    if row.blocked or (row.state == State.ERROR and not without_faulty_cells):
        return Outcome.FAULTY
    if row.decision == Decision.OUT or (row.is_open and not row.decision):
        return Outcome.OUT
    if row.person and row.decision == Decision.SAME:
        return Outcome.AMENDED
    return Outcome.NEW


class Pen:
    """Writes the rows of one import."""

    def __init__(self, by: User, at: datetime, today: date, source: Source, draft: Draft) -> None:
        self.by, self.at, self.today, self.source = by, at, today, source
        self.without_faulty_cells, self._seen = draft.without_faulty_cells, draft.seen
        self.moment = bulk.moment(at)
        self.written = Written()
        self._touched: set[int] = set()

    def write(self, spool: Spool, tell: Callable[[int], None], report: Callable[[Looked, str, str], None]) -> Written:
        """Every row of the spool; `report` hears what became of each and of which person it speaks."""
        total, done = max(1, spool.count()), 0
        with bulk.steadily() as tidy:
            for some in _parts(spool.rows()):
                outcomes = self._some(some)
                for row, (outcome, code) in zip(some, outcomes, strict=True):
                    self.written.counts[outcome] += 1
                    report(row, outcome, code)
                done += len(some)
                tell(1000 * done // total)
                tidy()
        return self.written

    def _some(self, rows: list[Looked]) -> list[tuple[str, str]]:
        found = self._found(rows)
        outcomes = [outcome_of(row, self.without_faulty_cells) for row in rows]
        newcomers = [row for row, outcome in zip(rows, outcomes, strict=True) if outcome == Outcome.NEW]
        ids = dict(zip((row.number for row in newcomers), bulk.reserved_ids(Person, len(newcomers)), strict=True))
        codes = {row.number: new_code() for row in newcomers}
        self._persons(newcomers, ids, codes)
        facts = [(ids[row.number], row.facts["new"]) for row in newcomers]
        told: list[tuple[str, str]] = []
        for row, outcome, there in zip(rows, outcomes, found, strict=True):
            code = codes.get(row.number, "")
            if outcome == Outcome.AMENDED:
                match = next(each for each in there if each.person.pk == row.person)
                code, mine = match.person.code, row.facts.get("same", {})
                changed = self._amend(match, row.values, "join" in mine)
                if not changed and not any(mine.values()):
                    outcome = Outcome.SAME
                else:
                    self._ends(match, mine)
                    facts.append((row.person, mine))
            self.written.record.update(f"{outcome} {code}\n".encode())
            told.append((outcome, code))
        self._facts(facts)
        self._touched |= {person for person, _mine in facts} | {row.person for row in rows if row.person}
        return told

    def _found(self, rows: list[Looked]) -> list[list[Found]]:
        """Whom the register knows of these rows; a Refusal where that is not what the rows were compared with."""
        # where nobody has written anything since, whom the register did not know it does not know now
        is_changed = version() != self._seen
        asked = [row for row in rows if row.known or is_changed]
        there = known.found_among([known.sought_of(row.values) for row in asked])
        found = {row.number: mine for row, mine in zip(asked, there, strict=True)}
        for row in asked:
            if self._without_touched(row.known) != known.prints(found[row.number], self._touched):
                raise Refusal(
                    _("Sổ đoàn viên đã thay đổi từ khi xem trước (dòng %(row)s). Chưa ghi gì; hãy xem lại danh sách.")
                    % {"row": row.number}
                )
        return [found.get(row.number, []) for row in rows]

    def _without_touched(self, prints: str) -> str:
        """What was known of persons whom this import has not written itself."""
        return " ".join(each for each in prints.split() if int(each.partition(":")[0]) not in self._touched)

    def _persons(self, rows: Sequence[Looked], ids: dict[int, int], codes: dict[int, str]) -> None:
        names = list(_EMPTY)
        in_order = itemgetter(*names)

        def columns(row: Looked) -> list[Any]:
            sealed = {name: seal(row.values[name], SealedField.PURPOSE) for name in _SEALED & row.values.keys()}
            return [ids[row.number], codes[row.number], *in_order(_EMPTY | row.values | sealed)]

        with name_index.learning_together():
            bulk.insert(Person, ["id", "code", *(_field(name) for name in names)], map(columns, rows))

    def _amend(self, found: Found, values: dict[str, Any], joins: bool) -> bool:
        """What the sheet says otherwise; a blank cell says nothing, and what a member's own unit keeps stays with it."""
        person = found.person
        if not joins and found.home() is None:
            return False
        changed = {name: value for name, value in values.items() if _plain(getattr(person, name)) != value}
        told = [name for name in changed if name not in _DERIVED]
        if not told:
            return False
        before = {name: getattr(person, name) for name in told}
        PersonChange.objects.create(
            person=person, at=self.at, by=self.by, fields=told,
            before=json.dumps(before, ensure_ascii=False, default=str),
        )  # fmt: skip
        Person.objects.filter(pk=person.pk).update(**changed)
        return True

    def _ends(self, found: Found, facts: dict[str, Any]) -> None:
        """A membership that ended and a group that was changed: what was known before is superseded."""
        if leave := facts.get("leave"):
            left = next(row for row in found.memberships if row.pk == leave["membership"])
            span = Span.between(left.span.start, from_iso(leave["left"]))
            for old in found.memberships:
                # where merged records make the person a member twice at once, both end
                if old.unit_id != left.unit_id or old.ends_before or (old.starts_on or date.min) > span.last_day:
                    continue
                row = Membership(
                    unit_id=old.unit_id, person_id=old.person_id, joining=old.joining, decision=old.decision,
                    leaving=leave["leaving"], source=old.source, replaces=old, recorded_at=self.at, recorded_by=self.by,
                )  # fmt: skip
                row.span = Span(old.starts_on, span.ends_before, old.span.start_precision, span.end_precision)
                Membership.objects.filter(pk=old.pk).update(superseded_at=self.at)
                row.save(force_insert=True)
            assert span.ends_before
            self._cut_groups(found, span.ends_before)
        elif group := facts.get("group"):
            self._cut_groups(found, date.fromisoformat(group[1]))

    def _cut_groups(self, found: Found, since: date) -> None:
        """From that day the person belongs to none of the groups that were known."""
        for there in found.groups:
            if not there.span.overlaps(Span(since, None)):
                continue
            Grouping.objects.filter(pk=there.pk).update(superseded_at=self.at)
            if there.starts_on is None or there.starts_on < since:
                earlier = Grouping(
                    person_id=there.person_id, group_id=there.group_id, decision=there.decision,
                    recorded_at=self.at, recorded_by=self.by,
                )  # fmt: skip
                earlier.span = Span(there.starts_on, since, there.span.start_precision)
                earlier.save(force_insert=True)

    def _facts(self, facts: Iterable[tuple[int, dict[str, Any]]]) -> None:
        memberships, groupings, standings = [], [], []
        for person, mine in facts:
            if join := mine.get("join"):
                span = Span.between(from_iso(join["since"]), from_iso(join["left"]))
                memberships.append(
                    [person, join["unit"], join["joining"], join["leaving"], "", self.source.pk, new_code(),
                     *self._dated(span)]
                )  # fmt: skip
                self.written.units[join["unit"]] += 1
            if group := mine.get("group"):
                until = from_iso((mine.get("join") or mine.get("leave") or {"left": None})["left"])
                since = date.fromisoformat(group[1])
                if until is None or since <= until.last:
                    end = Span.between(None, until)
                    span = Span(since, end.ends_before, end_precision=end.end_precision)
                    groupings.append([person, group[0], new_code(), *self._dated(span)])
            for kind, since in mine.get("standings", ()):
                span = Span.between(from_iso(since), None)
                if kinds()[kind].lapses and span.starts_on:
                    span = kinds()[kind].lapsing(span)
                unit = mine["join"]["unit"] if "join" in mine else mine["unit"]
                standings.append([person, kind, unit, "", new_code(), *self._dated(span)])
        bulk.insert(
            Membership, ["person", "unit", "joining", "leaving", "leaving_decision", "source", "code", *_dated_fields()],
            memberships,
        )  # fmt: skip
        bulk.insert(Grouping, ["person", "group", "code", *_dated_fields()], groupings)
        bulk.insert(Standing, ["person", "kind", "unit", "note", "code", *_dated_fields()], standings)

    def _dated(self, span: Span) -> list[Any]:
        return [
            span.starts_on.isoformat() if span.starts_on else None, str(span.start_precision.value),
            span.ends_before.isoformat() if span.ends_before else None, str(span.end_precision.value),
            self.moment, self.by.pk, "",
        ]  # fmt: skip


def _dated_fields() -> list[str]:
    return [name.removesuffix("_id") for name in _DATED]


def _field(attname: str) -> str:
    return attname.removesuffix("_id") if attname == "same_as_id" else attname


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _parts(rows: Iterable[Looked]) -> Iterable[list[Looked]]:
    some: list[Looked] = []
    for row in rows:
        some.append(row)
        if len(some) == known.MANY:
            yield some
            some = []
    if some:
        yield some
