"""Writes of a reorganisation to the tree: the rows that go and come, and the same rows taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from nhiemky.foundation import clock
from nhiemky.foundation.audit import write_event
from nhiemky.foundation.door import action
from nhiemky.foundation.events import supersede as put_away
from nhiemky.foundation.events import superseded_by, take_back, write, written_by
from nhiemky.foundation.many import these
from nhiemky.foundation.models import DatedFact, User
from nhiemky.rules.histories import Changes
from nhiemky.rules.timeline import ONE_DAY, Span
from nhiemky.rules.vietnamese import fold, sort_key
from nhiemky.units.actions import names_cleaned, refuse_unknown_kind
from nhiemky.units.models import Placement, Succession, Term, Unit, UnitKind, UnitLife, UnitName
from nhiemky.units.queries import edges_known, going_on

# the rows of the tree that an event writes; terms are closed by it as well
OF_TREE = (UnitLife, Placement, UnitName, UnitKind, Succession)


@dataclass(frozen=True)
class Called:
    """What a unit is called, and what it is, from the day of an event; None leaves it as it was."""

    name: str | None = None
    short: str = ""
    kind: str | None = None
    block: str = ""


@dataclass(frozen=True)
class Reshaping:
    """What an event does to the tree, by codes of units."""

    changes: Changes[str]
    called: Mapping[str, Called] = field(default_factory=dict)
    # unit -> where it lies, if not in its parent's own area
    territories: Mapping[str, str] = field(default_factory=dict)
    # of the new ones, those that are invented
    fictional: frozenset[str] = frozenset()


@action("units.tree.reshape")
def reshape_tree(*, by: User, unit: Unit, cause: str, decision: str, reshaping: Reshaping) -> None:
    """Write the event's rows. `unit` decides, `cause` is the event's code; its changes were found without fault."""
    for called in reshaping.called.values():
        if called.kind is not None:
            refuse_unknown_kind(called.kind, called.block)
        if called.name is not None:
            names_cleaned(called.name, called.short)
    changes = reshaping.changes
    writer = _Writer(by, cause, decision[:120], changes.day)
    writer.know(each for each, _span in (*changes.lives_come, *changes.lives_gone))
    writer.know(each for row in (*changes.edges_gone, *changes.edges_come) for each in (row.unit, row.parent))
    writer.know(each for row in changes.successions for each in (row.unit, row.successor))
    writer.know(reshaping.called)
    new = writer.begin([each for each, _span in changes.lives_come], reshaping.fictional)
    writer.live(changes)
    writer.place(changes, reshaping.territories)
    writer.succeed(changes)
    writer.call(reshaping.called, new)
    write_event(
        subject=f"reorganisation:{cause}",
        unit=unit.code,
        data={"day": changes.day.isoformat(), "units": len(changes.lives_come), "placements": len(changes.edges_come)},
    )


@action("units.tree.restore")
def restore_tree(*, by: User, unit: Unit, cause: str) -> None:
    """As if the event had never been. Units that it founded stay known, without a day on which they lived."""
    at = clock.now()
    touched = set(written_by(UnitLife, cause).values_list("unit", flat=True))
    touched |= set(superseded_by(UnitLife, cause).values_list("unit", flat=True))
    came = sum(take_back(model, cause, at, by) for model in OF_TREE)
    reach(touched)
    write_event(subject=f"reorganisation:{cause}", unit=unit.code, data={"rows": came})


@action("units.terms.close_all")
def close_terms(*, by: User, unit: Unit, cause: str, decision: str, units: Iterable[int], day: date) -> int:
    """The running terms of units that end on the eve of that day close with them; a term row replaces each."""
    at = clock.now()
    closed = []
    for term in Term.objects.filter(going_on(day), unit__in=these(units), superseded_at__isnull=True):
        new = Term(
            unit_id=term.unit_id, label=term.label, ordinal=term.ordinal, motto=term.motto, source_id=term.source_id,
            places=term.places, planned_ends_before=term.planned_ends_before or term.ends_before,
            planned_end_precision=term.planned_end_precision if term.planned_ends_before else term.end_precision,
            replaces=term, decision=decision[:120], cause=cause, recorded_at=at, recorded_by=by,
        )  # fmt: skip
        new.span = Span(term.starts_on, day, term.span.start_precision)
        closed.append(new)
    put_away(Term, [row.replaces for row in closed if row.replaces], cause, at)
    write(Term, closed)
    write_event(subject=f"reorganisation:{cause}", unit=unit.code, data={"terms": len(closed)})
    return len(closed)


@action("units.terms.reopen_all")
def reopen_terms(*, by: User, unit: Unit, cause: str) -> None:
    """The terms that the event closed run again."""
    came = take_back(Term, cause, clock.now(), by)
    write_event(subject=f"reorganisation:{cause}", unit=unit.code, data={"terms": came})


def reach(units: Iterable[int]) -> None:
    """Each unit's span again, from the first day on which it lived to the last."""
    lives: dict[int, list[Span]] = {}
    for life in UnitLife.objects.filter(unit__in=these(units), superseded_at__isnull=True):
        lives.setdefault(life.unit_id, []).append(life.span)
    changed = []
    for unit in Unit.objects.filter(pk__in=these(units)):
        spans = sorted(lives.get(unit.pk, ()), key=lambda span: span.starts_on or date.min)
        unit.interrupted = len(spans) != 1
        if spans:
            first, last = spans[0], spans[-1]
            unit.span = Span(first.starts_on, last.ends_before, first.start_precision, last.end_precision)
        else:
            # its founding was annulled: on no day does it stand among those that live
            unit.ends_before = (unit.starts_on or date.min) + ONE_DAY
        changed.append(unit)
    fields = ["starts_on", "start_precision", "ends_before", "end_precision", "interrupted"]
    Unit.objects.bulk_update(changed, fields, batch_size=500)


class _Writer:
    """Puts rows away and writes others, for one event."""

    def __init__(self, by: User, cause: str, decision: str, day: date) -> None:
        self.by, self.cause, self.decision, self.day = by, cause, decision, day
        self.at: datetime = clock.now()
        self.units: dict[str, Unit] = {}

    def know(self, codes: Iterable[str]) -> None:
        wanted = [code for code in dict.fromkeys(codes) if code not in self.units]
        for start in range(0, len(wanted), 500):
            known = Unit.objects.filter(code__in=wanted[start : start + 500])
            self.units |= {unit.code: unit for unit in known}

    def begin(self, codes: Sequence[str], fictional: frozenset[str]) -> set[str]:
        """Units that were not known are founded; their codes. One that an annulled plan founded is founded again."""
        new = [Unit(code=code, fictional=code in fictional) for code in codes if code not in self.units]
        for unit in new:
            unit.starts_on = self.day
        known = {self.units[code].pk: code for code in codes if code in self.units}
        lives = UnitLife.objects.filter(unit__in=these(known), superseded_at__isnull=True)
        again = set(known.values()) - {known[pk] for pk in lives.values_list("unit", flat=True)}
        self.units |= {unit.code: unit for unit in write(Unit, new)}
        return {unit.code for unit in new} | again

    def _stamped(self, model: Any, **fields: Any) -> Any:
        return model(cause=self.cause, recorded_at=self.at, recorded_by_id=self.by.pk, **fields)

    def live(self, changes: Changes[str]) -> None:
        touched = [self.units[code] for code, _span in (*changes.lives_gone, *changes.lives_come)]
        rows = UnitLife.objects.filter(unit__in=these(unit.pk for unit in touched), superseded_at__isnull=True)
        known = {(row.unit_id, row.span): row for row in rows}
        old = {code: known[self.units[code].pk, span] for code, span in changes.lives_gone}
        put_away(UnitLife, old.values(), self.cause, self.at)
        come = []
        for code, span in changes.lives_come:
            # who decided that it ended stands with the event; the row goes on saying who founded it
            decision = old[code].decision if code in old else self.decision
            row = self._stamped(UnitLife, unit_id=self.units[code].pk, decision=decision)
            row.span = span
            come.append(row)
        write(UnitLife, come)
        reach({unit.pk for unit in touched})

    def place(self, changes: Changes[str], territories: Mapping[str, str]) -> None:
        gone = {self.units[edge.unit].pk for edge in changes.edges_gone}
        known = {(row.unit_id, row.parent_id, row.span): row for row in edges_known().filter(unit__in=these(gone))}
        old = {
            edge.unit: known[self.units[edge.unit].pk, self.units[edge.parent].pk, edge.span]
            for edge in changes.edges_gone
        }
        put_away(Placement, old.values(), self.cause, self.at)
        come = []
        for edge in changes.edges_come:
            row = self._stamped(Placement, unit_id=self.units[edge.unit].pk, parent_id=self.units[edge.parent].pk)
            row.span = edge.span
            if edge.span.starts_on == self.day:
                row.decision, row.territory = self.decision, territories.get(edge.unit, "")
            elif edge.unit in old:
                before = old[edge.unit]
                row.decision, row.territory, row.source_id = before.decision, before.territory, before.source_id
            come.append(row)
        write(Placement, come)

    def succeed(self, changes: Changes[str]) -> None:
        rows = [
            self._stamped(
                Succession, unit=self.units[row.unit], successor=self.units[row.successor], day=row.day, heir=row.heir
            )
            for row in changes.successions
        ]
        write(Succession, rows)

    def call(self, called: Mapping[str, Called], new: set[str]) -> None:
        names = {code: each for code, each in called.items() if each.name is not None}
        kinds = {code: each for code, each in called.items() if each.kind is not None}
        self._from_now_on(UnitName, names, new, _name_fields)
        self._from_now_on(UnitKind, kinds, new, lambda _code, each: {"kind": each.kind, "block": each.block})

    def _from_now_on(self, model: Any, called: Mapping[str, Called], new: set[str], fields: Any) -> None:
        """What held on the day ends on its eve, and what is new holds as long as that would have."""
        units = these(self.units[code].pk for code in called if code not in new)
        rows: dict[int, list[DatedFact]] = {}
        for row in model.objects.filter(unit__in=units, superseded_at__isnull=True):
            rows.setdefault(row.unit_id, []).append(row)
        old, come = [], []
        for code, each in called.items():
            unit = self.units[code]
            row = self._stamped(model, unit=unit, decision=self.decision, **fields(code, each))
            later = [other.starts_on for other in rows.get(unit.pk, ()) if (other.starts_on or date.min) > self.day]
            row.span = Span(self.day, min(filter(None, later), default=None))
            for before in rows.get(unit.pk, ()):
                if not before.span.holds(self.day):
                    continue
                old.append(before)
                row.span = Span(self.day, before.ends_before, end_precision=before.span.end_precision)
                if before.starts_on is None or before.starts_on < self.day:
                    shorter = self._stamped(model, unit=unit, decision=before.decision, **_said(before))
                    shorter.span = Span(before.starts_on, self.day, before.span.start_precision)
                    come.append(shorter)
            come.append(row)
        put_away(model, old, self.cause, self.at)
        write(model, come)


def _name_fields(code: str, called: Called) -> dict[str, str]:
    name, short = names_cleaned(called.name or "", called.short)
    return {"name": name, "short_name": short, "folded": fold(f"{name} {short} {code}"), "sort_key": sort_key(name)}


def _said(row: Any) -> dict[str, str]:
    names = ("name", "short_name", "folded", "sort_key") if isinstance(row, UnitName) else ("kind", "block")
    return {name: getattr(row, name) for name in names}
