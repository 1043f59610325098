"""The second way, asked on the tree of another day than the records' own."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.figures.naive import Naive


class NaiveOn(Naive):
    """The same on the tree of another day: whatever a unit did belongs where the unit, or what carries it, stands there."""

    def __init__(self, world: dict[str, Any], on: date) -> None:
        super().__init__(world)
        self.on = on

    def place(self, unit: str) -> str:
        """The unit itself where it lives; its last parent where it has ended, its first where it is to come."""
        at = unit
        while not self.lives(at, self.on):
            life = self.units[at]
            day = life["to"] if life["to"] < self.on else life["from"]
            if at not in self.trees[day]:
                break
            at = self.trees[day][at]
        return at

    def belongs(self, unit: str, day: date) -> list[str]:
        return self.line(self.place(unit), self.on)

    def under(self, unit: str, day: date) -> list[str]:
        """The units that live on the day, and stand at the unit or below it on the other tree."""
        return [each for each in self.units if self.lives(each, day) and unit in self.belongs(each, day)]

    def up_to(self, top: str, unit: str, day: date) -> list[str]:
        """As far as units stand above each other on their own day and under the top on the other tree."""
        line = [unit]
        while line[-1] in self.trees[day] and top in self.belongs(self.trees[day][line[-1]], day):
            line.append(self.trees[day][line[-1]])
        return line
