"""The tree day by day, by plain enumeration: a table of who stands where on each day, changed cell by cell.

Written otherwise than the product: no spans, no rows that end; each event says from which day on a cell is another, as
far as the next thing that was said of that unit.
"""

from __future__ import annotations

from collections import Counter
from copy import deepcopy

from nhiemky.rules.histories import Changes
from nhiemky.rules.reorganisations import Dissolve, Found, Inherit, Merge, Move, Split
from tests.rules.stories import DAYS, Event, Story

NOBODY, TOP = "not alive", "at the top"
Cell = int | str


class Table:
    """`cells[unit][n]`: where the unit stands on day n; `said[unit]`: the days on which something was said of it."""

    def __init__(self, story: Story) -> None:
        self.cells: dict[int, list[Cell]] = {0: [TOP] * len(DAYS)}
        self.said: dict[int, set[int]] = {0: {0}}
        self.heirs: list[tuple[int, int]] = []
        self.births: set[tuple[int, int]] = set()
        for unit, parent in enumerate(story.begun, 1):
            self.cells[unit], self.said[unit] = [parent] * len(DAYS), {0}

    def tell(self, event: Event) -> None:
        """An event that is possible."""
        before = {unit: line[event.at] for unit, line in self.cells.items()}
        for unit, cell in self._new(event).items():
            if before.get(unit, NOBODY) != cell:
                self._write(unit, event.at, cell)
        for step in event.steps:
            if isinstance(step, Found):
                self.births.add((step.unit, event.at))
            elif isinstance(step, Merge):
                self.heirs += [(source, event.at) for source in step.sources]
            elif isinstance(step, Inherit):
                self.heirs.append((step.unit, event.at))
            elif isinstance(step, Split) and step.heir is not None:
                self.heirs.append((step.source, event.at))

    def _new(self, event: Event) -> dict[int, Cell]:
        """What the event makes of the cells of its day."""
        new: dict[int, Cell] = {}
        for step in event.steps:
            if isinstance(step, Found | Move):
                new[step.unit] = TOP if step.parent is None else step.parent
            elif isinstance(step, Dissolve):
                new[step.unit] = NOBODY
            elif isinstance(step, Split):
                new[step.source] = NOBODY
                new |= dict(step.below)
            elif isinstance(step, Merge):
                new |= dict.fromkeys(step.sources, NOBODY)
        for step in event.steps:
            for unit, line in self.cells.items():
                if isinstance(step, Merge) and line[event.at] in step.sources and unit not in new and unit != step.into:
                    new[unit] = step.into
        return new

    def allows(self, event: Event) -> bool:
        """Whether the event is possible: tried out on the days, and looked at afterwards."""
        at = event.at
        alive = {unit for unit, line in self.cells.items() if line[at] != NOBODY}
        subjects: list[int] = []
        founded: set[int] = set()
        ends: set[int] = set()
        heirs: list[int] = []
        goes_on: list[int] = []
        for step in event.steps:
            if isinstance(step, Found):
                founded.add(step.unit)
                subjects.append(step.unit)
            elif isinstance(step, Move):
                subjects.append(step.unit)
            elif isinstance(step, Dissolve):
                ends.add(step.unit)
                subjects.append(step.unit)
            elif isinstance(step, Merge):
                ends |= set(step.sources)
                subjects += step.sources
                heirs += step.sources
                goes_on.append(step.into)
                if not step.sources or step.into in step.sources:
                    return False
            elif isinstance(step, Split):
                ends.add(step.source)
                subjects += [step.source, *step.below]
                heirs += [step.source] if step.heir is not None else []
                goes_on += step.parts
                named = {*step.below.values(), *([] if step.heir is None else [step.heir])}
                if len(set(step.parts)) < 2 or step.source in step.parts or not named <= set(step.parts):
                    return False
            elif isinstance(step, Inherit):
                heirs.append(step.unit)
                goes_on.append(step.heir)
                if step.unit == step.heir:
                    return False
        heirs += [unit for unit, day in self.heirs if day == at]
        if any(times > 1 for named in (subjects, heirs) for times in Counter(named).values()):
            return False
        if any(unit in founded or unit not in alive for unit in subjects if unit not in founded):
            return False
        # a unit is founded where it lives on no later day, and ends where it would have gone on for ever
        if any(cell != NOBODY for unit in founded for cell in self.cells.get(unit, [])[at:]):
            return False
        if any(NOBODY in self.cells[unit][at:] or (unit, at) in self.births for unit in ends):
            return False
        if any(day > at for unit in ends for day in self.said[unit]):
            return False
        for step in event.steps:
            if isinstance(step, Inherit):
                lived = any(cell != NOBODY for cell in self.cells.get(step.unit, [])[:at])
                if not lived or step.unit in founded or (step.unit in alive and step.unit not in ends):
                    return False
        if any(unit not in (alive | founded) - ends for unit in goes_on):
            return False
        after = deepcopy(self)
        after.tell(event)
        return all(is_tree(after.on(day)) for day in range(at, len(DAYS)))

    def _write(self, unit: int, at: int, cell: Cell) -> None:
        line = self.cells.setdefault(unit, [NOBODY] * len(DAYS))
        until = min((day for day in self.said.setdefault(unit, set()) if day > at), default=len(DAYS))
        line[at:until] = [cell] * (until - at)
        self.said[unit].add(at)

    def on(self, at: int) -> dict[int, Cell]:
        return {unit: line[at] for unit, line in self.cells.items() if line[at] != NOBODY}


def told(story: Story) -> Table:
    table = Table(story)
    for event, _before, outcome in story.told():
        if isinstance(outcome, Changes):
            table.tell(event)
    return table


def is_tree(cells: dict[int, Cell]) -> bool:
    """Whether everybody climbs to the top over living units."""
    for unit in cells:
        at: Cell = unit
        for _step in range(len(cells) + 1):
            if at == TOP:
                break
            if at not in cells:
                return False
            at = cells[at]  # type: ignore[index]
        else:
            return False
    return True
