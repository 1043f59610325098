"""Finding the figure that measures a target: by words without accents, grouped by field of work."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.utils.translation import gettext as _

from nhiemky.figures import wording
from nhiemky.figures.definitions import definitions
from nhiemky.ledger import kinds
from nhiemky.rules.indicators import Definition, Measure
from nhiemky.rules.vietnamese import fold

# judged from targets, it cannot be one
NO_TARGET = (Measure.TARGETS,)


@dataclass(frozen=True)
class Found:
    """A figure one may choose."""

    code: str
    label: str
    word: str


@dataclass(frozen=True)
class Group:
    """Figures of one field of work."""

    label: str
    found: tuple[Found, ...]
    open: bool


def groups(text: str, level: str = "") -> list[Group]:
    """All fields, closed, behind what units of the level choose most; or what holds every word, in any order."""
    words = fold(text).split()
    if not words:
        known = definitions()
        common = tuple(_found(known[code]) for code in kinds.first_for(level).indicators if code in known)
        fields = [Group(label, tuple(_found(each) for each in _of(code)), False) for code, label in _fields()]
        return [Group(_("Hay có trong nghị quyết"), common, True), *(each for each in fields if each.found)]
    found = [
        Group(
            label,
            tuple(_found(each) for each in _of(code) if all(word in _folded(each.code) for word in words)),
            True,
        )
        for code, label in _fields()
    ]
    return [each for each in found if each.found]


def _fields() -> list[tuple[str, str]]:
    return [(code, term.label) for code, term in kinds.fields().items()]


def _of(field: str) -> list[Definition]:
    return [each for each in definitions().values() if each.field == field and each.measure not in NO_TARGET]


def _found(definition: Definition) -> Found:
    return Found(definition.code, definition.label, wording.word_of(definition))


@cache
def _folded(code: str) -> str:
    definition = definitions()[code]
    works = " ".join(kinds.kinds()[kind].label for kind in definition.kinds if kind in kinds.kinds())
    return fold(f"{definition.label} {works} {wording.word_of(definition)}")
