"""Where records stood on their own day and where they stand on the tree of another, told of those that moved."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from nhiemky.figures.queries.material import Material
from nhiemky.rules import vietnamese
from nhiemky.rules.trees import Boundaries
from nhiemky.units.history import lines_on
from nhiemky.units.queries import names_of

Place = tuple[int, date]


def standings(places: Iterable[Place], material: Material) -> dict[Place, dict[str, Any]]:
    """(unit, day) -> what a row of a figure tells of it; nothing of what stands where it stood, in two statements."""
    boundaries = material.boundaries
    if boundaries is None:
        return {}
    lines = lines_on(boundaries.day)
    found = {(unit, day): lines.of(unit, day) for unit, day in places}
    apart = {place: _apart(line, stood) for place, (line, stood) in found.items() if line != stood}
    names = names_of({each for pair in apart.values() for each in pair if each}, material.today) if apart else {}
    told = {key: card.short for key, card in names.items()}
    when = _("nay") if boundaries.day == material.today else _("ngày %(day)s") % {"day": vietnamese.day(boundaries.day)}
    return {
        (unit, day): {
            "standing": _sentence(unit, *pair, boundaries, told, when),
            "stands_at": names[pair[1]].code if pair[1] else "",
            "unallotted": boundaries.carrier(unit).unallotted,
        }
        for (unit, day), pair in apart.items()
    }


def _apart(line: tuple[int, ...], stood: tuple[int, ...]) -> tuple[int, int]:
    """The lowest units in which the two lines differ: the one of then, the one of the other tree; 0 where one ends."""
    shared = 0
    while shared < min(len(line), len(stood)) and line[shared] == stood[shared]:
        shared += 1
    return (stood[shared] if shared < len(stood) else 0, line[shared] if shared < len(line) else 0)


def _sentence(unit: int, then: int, now: int, boundaries: Boundaries[int], names: dict[int, str], when: str) -> str:
    given = {"then": names.get(then, _("không đơn vị nào")), "now": names.get(now, _("không đơn vị nào")), "when": when}
    if then != unit:
        return _("lúc đó thuộc %(then)s, %(when)s thuộc %(now)s") % given
    if boundaries.carrier(unit).unallotted:
        return _("ghi tại %(then)s, %(when)s để ở %(now)s, chưa phân bổ") % given
    return _("ghi tại %(then)s, %(when)s tính về %(now)s") % given
