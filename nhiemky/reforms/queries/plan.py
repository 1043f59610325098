"""A plan laid out: its rows as steps over the tree, and every reason why it cannot be, each with its row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain

from django.utils.translation import gettext as _

from nhiemky.foundation import catalogue
from nhiemky.foundation.refusals import Refusal
from nhiemky.members.queries.transfers import KINDS
from nhiemky.reforms import wording
from nhiemky.reforms.queries.directory import Directory
from nhiemky.reforms.queries.held import faults_of_held
from nhiemky.reforms.rows import Do, Row
from nhiemky.rules.histories import Changes
from nhiemky.rules.reorganisations import Dissolve, Fault, Found, Inherit, Merge, Move, Split, Step, planned
from nhiemky.rules.timeline import ONE_DAY
from nhiemky.units.actions import block_of, names_cleaned, refuse_unknown_kind
from nhiemky.units.actions.reshaping import Called, Reshaping
from nhiemky.units.models import Unit

MOST_ROWS = 150_000
# of what the unit decides on by itself
OF_ITSELF = frozenset({Do.RENAME, Do.RETYPE})
# what says where a unit stands afterwards, or that it ends
PLACES = frozenset({Do.FOUND, Do.REVIVE, Do.MOVE, Do.MERGE, Do.SPLIT, Do.END})


@dataclass(frozen=True)
class Told:
    """What is wrong with the row at that line, as a sentence that says what to do; 0 is the whole plan."""

    at: int
    sentence: str


@dataclass(frozen=True)
class Plan:
    """What a plan does, by codes of units."""

    day: date
    rows: Sequence[Row]
    reshaping: Reshaping
    ended: frozenset[str]
    # where members go on: all of a unit that ends, those of a group (which union it leaves, and for which), and single
    # ones (person's code)
    whole: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    persons: Mapping[str, str] = field(default_factory=dict)
    # what each unit of the plan is called, new ones too
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def changes(self) -> Changes[str]:
        return self.reshaping.changes


def laid_out(top: Unit, rows: Sequence[Row], day: date) -> Plan | list[Told]:
    """The plan of these rows by the unit on that day; or everything that is wrong with it, in the order of rows."""
    if not rows:
        return [Told(0, _("Phương án chưa có dòng nào. Hãy thêm ít nhất một việc."))]
    if len(rows) > MOST_ROWS:
        return [Told(0, _("Phương án có hơn 150.000 dòng. Hãy chia thành nhiều phương án."))]
    layout = _Layout(Directory(top, day), rows, day)
    return layout.made()


class _Layout:
    """Reads rows into steps; keeps of each unit the row that speaks of it."""

    def __init__(self, directory: Directory, rows: Sequence[Row], day: date) -> None:
        self.directory, self.rows, self.day = directory, rows, day
        self.told: list[Told] = []
        self.steps: list[Step[str]] = []
        self.row_of_step: list[Row] = []
        # unit -> the row that speaks of it
        self.row_of: dict[str, Row] = {}
        self.called: dict[str, Called] = {}
        self.territories: dict[str, str] = {}
        self.new: dict[str, str] = {}
        self.rest: dict[str, str] = {}
        # of which a row says where they stand, or that they end
        self.placed: set[str] = set()
        self.persons: dict[str, str] = {}
        # whoever is allotted, under whatever record
        self.roots: set[int] = set()

    def made(self) -> Plan | list[Told]:
        self._begin()
        merges: dict[str, list[tuple[str, Row]]] = {}
        splits: dict[str, list[tuple[str, Row]]] = {}
        for row in self.rows:
            unit = self._unit(row)
            if unit is None:
                continue
            if unit == self.directory.top.code and row.do not in OF_ITSELF:
                self._tell(row, wording.of_itself(self.directory.name(unit)))
                continue
            self.row_of.setdefault(unit, row)
            if row.do in PLACES:
                self.placed.add(unit)
            if row.do in (Do.RENAME, Do.RETYPE, Do.END):
                self._alone(row, unit)
                continue
            to = self._to(row)
            if to is None:
                continue
            if row.do is Do.MERGE:
                merges.setdefault(to, []).append((unit, row))
            elif row.do is Do.SPLIT:
                splits.setdefault(unit, []).append((to, row))
            else:
                self._two(row, unit, to)
        for into, sources in merges.items():
            self._step(Merge(tuple(unit for unit, _row in sources), into), sources[0][1])
        for source, parts in splits.items():
            self._split(source, parts)
        self._with_groups()
        if self.told:
            return self._in_order()
        changes = planned(self.directory.history, self.steps, self.day)
        if not isinstance(changes, Changes):
            self.told += [self._sentence(fault) for fault in changes]
            return self._in_order()
        plan = self._plan(changes)
        self.told += [Told(self._at(unit), sentence) for unit, sentence in faults_of_held(plan, self.directory)]
        return self._in_order() or plan

    # --- the rows -----------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """The units that the plan founds, so that other rows may name them."""
        for row in self.rows:
            named = row.name and row.do in (Do.MERGE, Do.SPLIT)
            if row.do is not Do.FOUND and not named:
                continue
            code = (row.unit if row.do is Do.FOUND else row.to).strip()
            known = self.directory.new_named(code or row.name)
            if known and named:
                continue
            try:
                name, short = names_cleaned(row.name, row.short or wording.short_of(row.name))
                made = self.directory.begin(code, name, short)
            except Refusal as refusal:
                self._tell(row, str(refusal))
                continue
            self.new[made] = name
            model = self.directory.find(row.unit) if named else None
            kind, block = row.kind, row.block
            if model in self.directory.cards:
                kind, block = kind or self.directory.cards[model].kind, block or self.directory.cards[model].block
            try:
                refuse_unknown_kind(kind, block)
            except Refusal as refusal:
                self._tell(row, str(refusal))
            self.called[made] = Called(name, short, kind, block_of(kind, block))
            self.row_of[made] = row
            if row.do is not Do.FOUND:
                parent = self.directory.history.edge_of(model, self.day) if model else None
                self._step(Found(made, parent or self.directory.top.code), row)

    def _unit(self, row: Row) -> str | None:
        if row.do is Do.FOUND:
            return self.directory.new_named(row.unit or row.name)
        return self._look_up(row, row.unit)

    def _to(self, row: Row) -> str | None:
        if row.do in (Do.MERGE, Do.SPLIT) and row.name:
            return self.directory.new_named(row.to or row.name)
        if row.do in (Do.FOUND, Do.REVIVE) and not row.to.strip():
            return self.directory.top.code
        return self._look_up(row, row.to)

    def _look_up(self, row: Row, text: str) -> str | None:
        if not text.strip():
            self._tell(row, wording.nobody_named(row.do))
            return None
        found = self.directory.all_named(text)
        if len(found) == 1:
            if self.directory.is_outside(found[0]):
                top = self.directory.name(self.directory.top.code)
                self._tell(row, wording.outside(self.directory.name(found[0]), top, self.day))
                return None
            return found[0]
        self._tell(row, wording.several(text, found) if found else wording.unknown(text))
        return None

    def _alone(self, row: Row, unit: str) -> None:
        if row.do is Do.END:
            return self._step(Dissolve(unit), row)
        if not self.directory.lives(unit) and unit not in self.new:
            return self._tell(row, wording.not_alive(self.directory.name(unit), self.day))
        before = self.called.get(unit, Called())
        if (before.name if row.do is Do.RENAME else before.kind) is not None:
            return self._tell(row, wording.twice(self.directory.name(unit)))
        try:
            if row.do is Do.RENAME:
                name, short = names_cleaned(row.name, row.short or wording.short_of(row.name))
                self.called[unit] = Called(name, short, before.kind, before.block)
            else:
                refuse_unknown_kind(row.kind, row.block)
                self.called[unit] = Called(before.name, before.short, row.kind, block_of(row.kind, row.block))
        except Refusal as refusal:
            self._tell(row, str(refusal))
        return None

    def _two(self, row: Row, unit: str, to: str) -> None:
        if row.territory:
            self.territories[unit] = row.territory.strip()[:160]
        if row.do in (Do.FOUND, Do.REVIVE):
            self._step(Found(unit, to), row)
        elif row.do is Do.MOVE:
            if self.directory.history.edge_of(unit, self.day) == to:
                self._tell(row, wording.stands_there(self.directory.name(unit), self.directory.name(to)))
            self._step(Move(unit, to), row)
        elif row.do is Do.INHERIT:
            self._step(Inherit(unit, to), row)
        elif row.do is Do.ALLOT:
            self._allot(row, unit, to)

    def _allot(self, row: Row, unit: str, to: str) -> None:
        member = self.directory.member(unit, row.person)
        if member is None:
            return self._tell(row, wording.no_member(row.person, self.directory.name(unit)))
        person, root = member
        if root in self.roots:
            return self._tell(row, wording.person_twice(row.person))
        if unit == to:
            return self._tell(row, wording.member_there(row.person, self.directory.name(unit)))
        self.roots.add(root)
        self.persons[person] = to
        return None

    def _split(self, source: str, parts: Sequence[tuple[str, Row]]) -> None:
        heirs = [part for part, row in parts if row.heir]
        rests = [part for part, row in parts if row.rest]
        for named, sentence in ((heirs, wording.two_heirs), (rests, wording.two_rests)):
            if len(named) > 1:
                self._tell(parts[0][1], sentence(self.directory.name(source)))
        if rests:
            self.rest[source] = rests[0]
        below = {}
        for child in self.directory.children(source) if rests else ():
            if child not in self.placed and child != rests[0]:
                below[child] = rests[0]
        step = Split(source, tuple(part for part, _row in parts), below, heirs[0] if heirs else None)
        self._step(step, parts[0][1])

    def _with_groups(self) -> None:
        """Groups and sections of a union end with it, unless a row says otherwise."""
        for step, row in list(zip(self.steps, self.row_of_step, strict=True)):
            frontier = [step.unit] if isinstance(step, Dissolve) else []
            while frontier:
                for child in self.directory.children(frontier.pop()):
                    if child not in self.placed and self.directory.is_group(child):
                        self.placed.add(child)
                        self.row_of.setdefault(child, row)
                        self._step(Dissolve(child), row)
                        frontier.append(child)

    # --- what comes of them -------------------------------------------------------------------------------------------

    def _plan(self, changes: Changes[str]) -> Plan:
        whole = {source: step.into for step in self.steps if isinstance(step, Merge) for source in step.sources}
        ended = frozenset(unit for unit, _span in changes.lives_gone)
        groups = self._groups(changes)
        fictional = frozenset(self.new if self.directory.top.fictional else ())
        return Plan(
            day=self.day,
            rows=self.rows,
            reshaping=Reshaping(changes, self.called, self.territories, fictional),
            ended=ended,
            whole=whole | self.rest,
            groups=groups,
            persons=self.persons,
            names={
                code: self.directory.name(code)
                for code in (*self._touched(changes), *groups, *chain(*groups.values()), *self.persons.values())
            },
        )

    def _groups(self, changes: Changes[str]) -> dict[str, tuple[str, str]]:
        """Groups that go to another union, with all groups below them."""
        moved = {edge.unit: edge.parent for edge in changes.edges_come if edge.span.starts_on == self.day}
        found = {}
        frontier = [unit for unit in moved if self.directory.is_group(unit)]
        while frontier:
            group = frontier.pop()
            left, to = self._union_over(group, {}), self._union_over(group, moved)
            if left and to and left != to:
                found[group] = (left, to)
            frontier += [child for child in self.directory.children(group) if child not in moved]
        return found

    def _union_over(self, unit: str, moved: Mapping[str, str]) -> str | None:
        """The union that has the group for a part, once units have moved so."""
        at: str | None = unit
        while at is not None and self._kind(at) not in KINDS:
            at = moved.get(at) or self.directory.history.edge_of(at, self.day)
        return at

    def _kind(self, unit: str) -> str:
        called = self.called.get(unit)
        return called.kind if called and called.kind else self.directory.kind(unit)

    def _touched(self, changes: Changes[str]) -> Iterable[str]:
        for unit, _span in (*changes.lives_come, *changes.lives_gone):
            yield unit
        for edge in (*changes.edges_come, *changes.edges_gone):
            yield from (edge.unit, edge.parent)
        for row in changes.successions:
            yield from (row.unit, row.successor)
        yield from self.called

    def _step(self, step: Step[str], row: Row) -> None:
        self.steps.append(step)
        self.row_of_step.append(row)

    def _tell(self, row: Row, sentence: str) -> None:
        self.told.append(Told(row.at, sentence))

    def _at(self, unit: str) -> int:
        return self.row_of[unit].at if unit in self.row_of else 0

    def _sentence(self, fault: Fault[str]) -> Told:
        at = self._at(fault.unit)
        if not at and fault.at is not None:
            at = self.row_of_step[fault.at].at
        return Told(at, wording.of_fault(fault, self.directory.name, self.day))

    def _in_order(self) -> list[Told]:
        return sorted(dict.fromkeys(self.told), key=lambda told: told.at)


def eve(day: date) -> date:
    return day - ONE_DAY


def kinds_offered() -> Iterator[tuple[str, str]]:
    """Code and label of each kind of unit."""
    for code, kind in catalogue.terms("catalogue/unit-kinds.toml", "unit_kind").items():
        yield code, kind.label
