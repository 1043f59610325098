"""What an edition of the charter and its guidance says: dated values, each with its source and how sure it is.

Source: domain reference "charter", sections 0 and 9. A value that nobody has read is open, never made up; an edition
that is built on another says the same where it is silent, no surer than both. The values stand in `data/rulesets`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from nhiemky.rules.timeline import PartialDate, Span


class Certainty(StrEnum):
    """How a value is known, the surest first."""

    VERIFIED = "verified"
    NEWS = "news"
    FORM = "form"
    SECONDARY = "secondary"
    INFERRED = "inferred"
    MEMORY = "memory"
    OPEN = "open"


_ORDER = {each: at for at, each in enumerate(Certainty)}


def weaker(one: Certainty, other: Certainty) -> Certainty:
    """The one that is less sure."""
    return max(one, other, key=_ORDER.__getitem__)


@dataclass(frozen=True)
class Limits:
    """From `least` to `most`, both allowed; None is no limit, or none that is known."""

    least: int | None = None
    most: int | None = None


Value = int | Fraction | Limits | bool | str | PartialDate | tuple[str, ...] | None


@dataclass(frozen=True)
class Place:
    """The unit that is asked about: its kind and level, the names of its province, and how many members it has."""

    kind: str
    level: str
    within: frozenset[str] = frozenset()
    members: int | None = None


@dataclass(frozen=True)
class Scope:
    """For which units a rule is: empty means all. `within` holds what the name of the province has in it."""

    levels: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    within: frozenset[str] = frozenset()
    members_from: int | None = None
    members_below: int | None = None

    @property
    def is_bracket(self) -> bool:
        return self.members_from is not None or self.members_below is not None

    def is_for(self, place: Place) -> bool:
        """Whether a unit of that kind and place is meant, however many members it has."""
        return (
            (not self.levels or place.level in self.levels)
            and (not self.kinds or place.kind in self.kinds)
            and (not self.within or any(part in name for part in self.within for name in place.within))
        )

    def holds(self, members: int | None) -> bool:
        """Whether so many members fall into the bracket; nobody knows for a number that is not known."""
        if not self.is_bracket:
            return True
        if members is None:
            return False
        return (self.members_from or 0) <= members and (self.members_below is None or members < self.members_below)

    @property
    def nearness(self) -> tuple[bool, bool, bool]:
        """What is said for one place goes before what is said for a kind, and that before a level."""
        return bool(self.within), bool(self.kinds), bool(self.levels)

    def covers(self, other: Scope) -> bool:
        """Whether whoever the other is for, this is for too."""
        return (
            not self.within
            and (not self.levels or (bool(other.levels) and other.levels <= self.levels))
            and (not self.kinds or (bool(other.kinds) and other.kinds <= self.kinds))
            and self._low() <= other._low()
            and other._high() <= self._high()
        )

    def clashes(self, other: Scope) -> bool:
        """Whether both could speak of one unit and neither is nearer."""
        if self.nearness != other.nearness:
            return False
        alike = all(
            not mine or mine & theirs
            for mine, theirs in (
                (self.levels, other.levels),
                (self.kinds, other.kinds),
                (self.within, other.within),
            )
        )
        return alike and self._low() < other._high() and other._low() < self._high()

    def _low(self) -> int:
        return self.members_from or 0

    def _high(self) -> float:
        return float("inf") if self.members_below is None else self.members_below


@dataclass(frozen=True)
class Rule:
    """One value of one edition, for the units of its scope, with where it was read; open has no value."""

    code: str
    value: Value
    certainty: Certainty
    scope: Scope = Scope()
    source: tuple[str, ...] = ()
    clause: str = ""
    note: str = ""
    edition: str = ""
    # the words of `scope.within`
    places: tuple[str, ...] = ()
    # how sure it was in its own edition, where `certainty` says how sure it is that it still holds
    as_read: Certainty | None = None

    def still(self, sure: Certainty) -> Rule:
        """The rule as a later edition takes it over."""
        return replace(self, certainty=weaker(self.certainty, sure), as_read=self.certainty)

    @property
    def is_open(self) -> bool:
        return self.certainty is Certainty.OPEN


@dataclass(frozen=True)
class RuleSet:
    """An edition: when it holds, what it says itself, and the edition that stands behind where it is silent."""

    code: str
    label: str
    short: str
    valid: Span
    rules: tuple[Rule, ...]
    dated: Certainty = Certainty.VERIFIED
    dated_note: str = ""
    dated_source: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    note: str = ""
    base: RuleSet | None = None
    base_certainty: Certainty = Certainty.VERIFIED
    base_note: str = ""

    def chain(self) -> Iterator[tuple[RuleSet, Certainty]]:
        """The edition and those behind it, each with how sure it is that it still speaks."""
        edition: RuleSet | None = self
        sure = Certainty.VERIFIED
        while edition:
            yield edition, sure
            sure = weaker(sure, edition.base_certainty)
            edition = edition.base

    def in_force(self, code: str) -> list[Rule]:
        """What is said of the rule: by this edition, then by those behind it as far as nothing newer covers it."""
        found: list[Rule] = []
        for edition, sure in self.chain():
            newer = list(found)
            found += [
                rule.still(sure)
                for rule in edition.rules
                if rule.code == code
                and not any(other.scope.covers(rule.scope) for other in newer if rule.is_open or not other.is_open)
            ]
        return found

    def found(self, code: str, place: Place) -> Rule | None:
        """What holds of the rule for the unit; None where nobody knows.

        The nearest word of this edition, else of the one behind it. What is open is passed over: the older edition is
        then the best that is known, and the certainty says so.
        """
        for edition, sure in self.chain():
            mine = [rule for rule in edition.rules if rule.code == code and rule.scope.is_for(place)]
            for rule in sorted(mine, key=lambda rule: rule.scope.nearness, reverse=True):
                # the bracket that a union without a known number of members falls into is not known either
                if place.members is None and rule.scope.is_bracket:
                    return None
                if rule.scope.holds(place.members) and not rule.is_open:
                    return rule.still(sure)
        return None


def clashes(rules: Sequence[Rule]) -> list[tuple[Rule, Rule]]:
    """Pairs of rules of one edition that speak of the same units."""
    return [
        (one, other)
        for at, one in enumerate(rules)
        for other in rules[at + 1 :]
        if one.code == other.code and one.scope.clashes(other.scope)
    ]
