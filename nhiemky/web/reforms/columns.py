"""The part of the tree that an event touches, before and after, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from nhiemky.foundation.events import written_by
from nhiemky.reforms.models import Reorganisation, State
from nhiemky.reforms.queries.standing import units_touched
from nhiemky.reforms.queries.turning import changes_of
from nhiemky.rules.histories import Changes
from nhiemky.rules.timeline import ONE_DAY
from nhiemky.rules.vietnamese import sort_key
from nhiemky.units.models import Unit, UnitName
from nhiemky.units.queries import names_of

# of more units than this only the parents stand open
FEW = 12


@dataclass
class Place:
    """A unit in a column, with what stands below it there; `mark` is '', 'ended', 'new' or 'renamed'."""

    name: str
    code: str = ""
    mark: str = ""
    note: str = ""
    below: list[Place] = field(default_factory=list)

    @property
    def many(self) -> bool:
        return len(self.below) > FEW


@dataclass(frozen=True)
class Columns:
    """Both columns."""

    before: list[Place]
    after: list[Place]


def columns_of(changes: Changes[str], before: Mapping[str, str], after: Mapping[str, str], links: bool) -> Columns:
    """The units that moved, ended or began, under their parents of the eve and of the day."""
    day, eve = changes.day, changes.day - ONE_DAY
    ended = {unit for unit, span in changes.lives_gone if span.holds(eve)}
    ended -= {unit for unit, span in changes.lives_come if span.holds(day)}
    new = {unit for unit, span in changes.lives_come if span.starts_on == day}
    heirs: dict[str, list[str]] = {}
    for row in changes.successions:
        heirs.setdefault(row.unit, []).append(after.get(row.successor, row.successor))
    was = {edge.unit: edge.parent for edge in changes.edges_gone if edge.span.holds(eve)}
    now = {edge.unit: edge.parent for edge in changes.edges_come if edge.span.holds(day)}
    sources: dict[str, list[str]] = {}
    for row in changes.successions:
        sources.setdefault(row.successor, []).append(before.get(row.unit, row.unit))

    def then(unit: str) -> Place:
        into = _("→ %(names)s") % {"names": ", ".join(heirs[unit])} if unit in heirs else ""
        place = Place(before.get(unit, unit), unit if links else "", "ended" if unit in ended else "", into)
        if unit not in ended and after.get(unit, place.name) != place.name:
            place.mark, place.note = "renamed", _("→ %(names)s") % {"names": after[unit]}
        return place

    def since(unit: str) -> Place:
        place = Place(after.get(unit, unit), unit if links else "", "new" if unit in new else "")
        if unit in sources:
            place.note = _("← %(names)s") % {"names": _some(sources[unit])}
        elif unit in was and unit not in new and was[unit] != now.get(unit):
            place.note = _("từ %(name)s") % {"name": before.get(was[unit], was[unit])}
        return place

    # a unit that only goes on in another's place stands in both columns
    stayed = {unit for unit in {*sources} if unit not in now and unit not in ended}
    renamed = {unit for unit in before if unit in after and before[unit] != after[unit]} - ended - new
    alone = stayed | (renamed - set(was) - set(now))
    return Columns(_forest(was, alone - set(was), then), _forest(now, alone - set(now), since))


def _some(names: list[str]) -> str:
    most = 6
    shown = ", ".join(sorted(names, key=sort_key)[:most])
    return shown + (_(" và %(count)s đơn vị nữa") % {"count": len(names) - most} if len(names) > most else "")


def _forest(parents: Mapping[str, str], alone: set[str], place: object) -> list[Place]:
    made: dict[str, Place] = {}

    def of(unit: str) -> Place:
        if unit not in made:
            made[unit] = place(unit)  # type: ignore[operator]
        return made[unit]

    for unit, parent in parents.items():
        of(parent).below.append(of(unit))
    for each in made.values():
        each.below.sort(key=lambda one: sort_key(one.name))
    tops = [made[unit] for unit in made if unit not in parents] + [of(unit) for unit in alone if unit not in made]
    return sorted(tops, key=lambda one: sort_key(one.name))


def columns_of_event(event: Reorganisation) -> Columns:
    """Of an event that was applied."""
    changes = changes_of(event)
    codes = {each for edge in (*changes.edges_gone, *changes.edges_come) for each in (edge.unit, edge.parent)}
    codes |= {each for row in changes.successions for each in (row.unit, row.successor)}
    codes |= {unit for unit, _span in (*changes.lives_gone, *changes.lives_come)}
    keys = units_touched(event)
    listed = sorted(codes)
    for start in range(0, len(listed), 500):
        keys |= set(Unit.objects.filter(code__in=listed[start : start + 500]).values_list("pk", flat=True))
    after = _names(keys, event.day)
    if event.state != State.APPLIED:
        # what it founded is called nothing any more
        names = written_by(UnitName, event.code).filter(starts_on=event.day)
        after |= dict(names.values_list("unit__code", "short_name"))
    return columns_of(changes, _names(keys, event.day - ONE_DAY), after, links=event.state == State.APPLIED)


def _names(keys: set[int], on: date) -> dict[str, str]:
    found: dict[str, str] = {}
    listed = sorted(keys)
    for start in range(0, len(listed), 500):
        found |= {card.code: card.short for card in names_of(listed[start : start + 500], on).values()}
    return found
