"""The second way: for each person a unit for each day, changed by hand; and what may be drawn to happen to them."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st

PERSONS, UNITS, DAYS = ("an", "binh"), ("a", "b", "c"), 15
FOREVER = DAYS - 1

Step = tuple[str, str, str, int]


@dataclass
class Waits:
    """A transfer as the second way keeps it."""

    unit: str
    to: str
    last: int


@dataclass
class Naive:
    """Where each person is on each day, and what waits."""

    where: dict[str, list[str]] = field(default_factory=lambda: {each: [""] * DAYS for each in PERSONS})
    begun: dict[str, int] = field(default_factory=dict)
    waits: dict[str, Waits] = field(default_factory=dict)
    sent: dict[str, Waits] = field(default_factory=dict)

    def allows(self, step: Step, today: int) -> bool:
        """Do the step if it may be done; whether it might."""
        name, person, unit, day = step
        return bool(getattr(self, name)(person, unit, day, today))

    def _put(self, person: str, unit: str, first: int) -> bool:
        self.where[person][first:] = [unit] * (DAYS - first)
        return True

    def _now(self, person: str) -> str:
        return self.where[person][FOREVER]

    def join(self, person: str, unit: str, day: int, today: int) -> bool:
        if any(self.where[person][day:]):
            return False
        self.begun[person] = day
        return self._put(person, unit, day)

    def leave(self, person: str, unit: str, day: int, today: int) -> bool:
        if not self._now(person) or day < self.begun[person]:
            return False
        return self._put(person, "", day + 1)

    def ask(self, person: str, unit: str, day: int, today: int) -> bool:
        here = self._now(person)
        if not here or person in self.waits or day < self.begun[person] or unit == here:
            return False
        self.waits[person] = Waits(here, unit, day)
        return True

    def send(self, person: str, unit: str, day: int, today: int) -> bool:
        here = self._now(person)
        if not here or person in self.waits or day < self.begun[person]:
            return False
        self.sent[person] = Waits(here, "", day)
        return self._put(person, "", day + 1)

    def recall(self, person: str, unit: str, day: int, today: int) -> bool:
        gone = self.sent.get(person)
        if gone is None or any(self.where[person][gone.last + 1 :]) or self.where[person][gone.last] != gone.unit:
            return False
        del self.sent[person]
        return self._put(person, gone.unit, gone.last + 1)

    def request(self, person: str, unit: str, day: int, today: int) -> bool:
        here = self._now(person)
        if not here or person in self.waits or unit == here or day <= self.begun[person]:
            return False
        self.waits[person] = Waits(here, unit, day - 1)
        return True

    def accept(self, person: str, unit: str, day: int, today: int) -> bool:
        waits = self.waits.get(person)
        if waits is None or self._now(person) != waits.unit:
            return False
        if not max(waits.last, self.begun[person]) < day <= today:
            return False
        del self.waits[person]
        self.begun[person] = day
        return self._put(person, waits.to, day)

    def refuse(self, person: str, unit: str, day: int, today: int) -> bool:
        return self.waits.pop(person, None) is not None

    withdraw = refuse


# what is rare by chance is drawn more often: a transfer that comes to its end, and one overtaken by something else
NAMES = (
    "join",
    "join",
    "ask",
    "ask",
    "request",
    "accept",
    "accept",
    "accept",
    "leave",
    "send",
    "recall",
    "refuse",
    "withdraw",
)
steps = st.tuples(
    st.sampled_from(NAMES), st.sampled_from(PERSONS), st.sampled_from(UNITS), st.integers(1, FOREVER - 2)
)  # fmt: skip
STORIES: list[list[Step]] = [
    [
        ("join", "an", "a", 1),
        ("ask", "an", "b", 4),
        ("leave", "an", "", 5),
        ("join", "an", "c", 7),
        ("accept", "an", "", 9),
    ],
    [
        ("join", "an", "a", 1),
        ("ask", "an", "b", 4),
        ("withdraw", "an", "", 5),
        ("accept", "an", "", 8),
        ("withdraw", "an", "", 5),
    ],
    [
        ("join", "an", "a", 1),
        ("ask", "an", "b", 3),
        ("accept", "an", "", 7),
        ("ask", "an", "a", 8),
        ("accept", "an", "", 10),
    ],
    [("join", "an", "a", 1), ("send", "an", "", 4), ("join", "an", "c", 7), ("recall", "an", "", 8)],
    [
        ("join", "an", "a", 1),
        ("send", "an", "", 4),
        ("recall", "an", "", 8),
        ("ask", "an", "b", 5),
        ("refuse", "an", "", 6),
    ],
    [("join", "an", "a", 1), ("request", "an", "c", 4), ("withdraw", "an", "", 5), ("ask", "an", "b", 4)],
    [("join", "an", "a", 1), ("request", "an", "b", 6), ("refuse", "an", "", 3), ("withdraw", "an", "", 6)],
    [("join", "an", "a", 1), ("request", "an", "b", 6), ("ask", "an", "c", 3), ("accept", "an", "", 6)],
]
lives = st.one_of(
    st.lists(steps, min_size=4, max_size=14),
    st.tuples(st.sampled_from(STORIES), st.lists(steps, max_size=6)).map(lambda both: [*both[0], *both[1]]),
)  # fmt: skip
