"""Bugs planted one by one in what a law is about: a law that does not see them proves nothing.

They are planted on SQLite; `./dev long` plants those of the database on PostgreSQL too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from tests.factories import TIMES, draws_all

# that a law sees its bugs is a matter of the law; that SQL says the same on the second engine the law itself shows
engines = pytest.mark.both_engines if TIMES else lambda test: test


@dataclass(frozen=True, repr=False)
class Bug:
    """What stands under `name` in `place` (a module, a class, a dict) replaced by what `plant` makes of it."""

    place: Any
    name: Any
    plant: Callable[[Any], Any]
    sentence: str
    # the law or the question that must see it, where the bugs beside it are seen by others
    seen_by: Any = None

    def __repr__(self) -> str:
        return self.sentence

    @contextmanager
    def planted(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            if isinstance(self.place, dict):
                patch.setitem(self.place, self.name, self.plant(self.place[self.name]))
            else:
                patch.setattr(self.place, self.name, self.plant(vars(self.place)[self.name]))
            yield


def instead(wrong: Any) -> Callable[[Any], Any]:
    return lambda right: wrong


class Unseen:
    """Bugs that nobody has seen yet: what a law holds in is looked at again with one after the other in it."""

    def __init__(self) -> None:
        self.bugs: list[Bug] = []
        self._examples = 0

    def look_for(self, bugs: Iterable[Bug], within: int) -> None:
        """Each must be seen in one of the next so many examples."""
        self.bugs, self._examples = list(bugs) if draws_all() else [], within

    def wanted(self) -> list[Bug]:
        """Those that are looked for in the next example."""
        return self.bugs if self._examples > 0 else []

    def look(self, again: Callable[[Bug], None]) -> None:
        """`again` asks the law's questions anew, and fails if it sees the bug."""
        wanted, self._examples = self.wanted(), self._examples - 1
        for bug in list(wanted):
            with bug.planted():
                try:
                    again(bug)
                except AssertionError:
                    self.bugs.remove(bug)
