"""Random stories of a union's tree: a few units, then reorganisations on any days, past ones too, many of them impossible."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from nhiemky.rules.histories import Changes, History
from nhiemky.rules.reorganisations import Dissolve, Found, Inherit, Merge, Move, Split, Step, planned
from nhiemky.rules.timeline import Span
from nhiemky.rules.trees import Placed, Tree

FIRST = date(2025, 1, 1)
DAYS = [FIRST + timedelta(days=n) for n in range(24)]
TOP = 0


@dataclass(frozen=True)
class Event:
    """The steps of one day, by its place among DAYS."""

    at: int
    steps: tuple[Step[int], ...]

    @property
    def day(self) -> date:
        return DAYS[self.at]


@dataclass(frozen=True)
class Story:
    """`begun`: unit -> its parent on the first day; a unit's number is greater than its parent's."""

    begun: tuple[int, ...]
    events: tuple[Event, ...]

    def beginning(self) -> History[int]:
        always = Span(FIRST, None)
        edges = frozenset(Placed(unit, parent, always) for unit, parent in enumerate(self.begun, 1))
        return History(dict.fromkeys(range(len(self.begun) + 1), (always,)), edges)

    def told(self) -> Iterator[tuple[Event, History[int], Changes[int] | list]]:
        """Each event with the history before it, and what it changes or why it is refused."""
        history = self.beginning()
        for event in self.events:
            outcome = planned(history, event.steps, event.day)
            yield event, history, outcome
            if isinstance(outcome, Changes):
                history = outcome.on(history)

    def end(self) -> History[int]:
        history = self.beginning()
        for _event, before, outcome in self.told():
            history = outcome.on(before) if isinstance(outcome, Changes) else before
        return history


def smaller(story: Story) -> Iterator[Story]:
    for at, event in enumerate(story.events):
        rest = story.events[:at], story.events[at + 1 :]
        yield replace(story, events=rest[0] + rest[1])
        for less in range(len(event.steps)):
            steps = event.steps[:less] + event.steps[less + 1 :]
            if steps:
                yield replace(story, events=(*rest[0], replace(event, steps=steps), *rest[1]))


def drawn(seed: int) -> Story:
    draw = Random(seed)
    begun = tuple(draw.randrange(unit) for unit in range(1, draw.randint(4, 9)))
    story = Story(begun, ())
    history, last = story.beginning(), 1
    events: list[Event] = []
    for _times in range(draw.randint(2, 7)):
        at = min(len(DAYS) - 2, last + draw.randint(0, 4)) if draw.random() < 0.4 else draw.randrange(1, len(DAYS) - 1)
        event = Event(at, tuple(_steps(draw, history, at)))
        outcome = planned(history, event.steps, event.day)
        if isinstance(outcome, Changes):
            history, last = outcome.on(history), at
        elif draw.random() < 0.8:
            continue
        events.append(event)
    return replace(story, events=tuple(events))


def _steps(draw: Random, history: History[int], at: int) -> Iterator[Step[int]]:
    tree = history.tree(DAYS[at])
    assert isinstance(tree, Tree)
    living = [unit for unit in history.lives if history.life(unit, DAYS[at])]
    over = [unit for unit in living if len(tree.children.get(unit, ())) > 1]
    fresh = max(history.lives) + 1
    if not living:
        yield Found(fresh, None)
        return

    def one() -> int:
        return draw.choice(living) if draw.random() < 0.95 else draw.randrange(fresh + 1)

    for _times in range(draw.choice((1, 1, 1, 2, 3))):
        what = draw.random()
        unit = draw.choice(over) if what >= 0.6 and over and draw.random() < 0.6 else one()
        below = list(tree.children.get(unit, ()))
        if what < 0.2:
            yield Move(unit, one())
        elif what < 0.35:
            yield Found(fresh, one())
            fresh += 1
        elif what < 0.6:
            sources = tuple({unit, *(one() for _each in range(draw.choice((0, 1, 1, 2))))})
            into = one()
            if draw.random() < 0.5:
                into, fresh = fresh, fresh + 1
                yield Found(into, tree.parents.get(unit, TOP))
            yield Merge(tuple(each for each in sources if each != into or draw.random() < 0.05), into)
        elif what < 0.85:
            parts = [fresh, fresh + 1] if draw.random() < 0.7 else [fresh, one()]
            for part in parts:
                if part >= fresh:
                    yield Found(part, tree.parents.get(unit, TOP))
            fresh += 2
            heir = draw.choice((*parts, None, None))
            allotted = {each: draw.choice(parts) for each in below if draw.random() < 0.97}
            yield Split(unit, tuple(parts), allotted, heir)
        else:
            ended = [each for each in history.lives if each not in living]
            if ended and draw.random() < 0.5:
                one_ended = draw.choice(ended)
                yield Found(one_ended, one()) if draw.random() < 0.5 else Inherit(one_ended, one())
            else:
                for child in below:
                    yield Move(child, tree.parents.get(unit, TOP))
                yield Dissolve(unit)
