"""How much of a person's particulars is shown to whom: by the class of the field and how near the reader stands.

Source: shared decisions on people's data. What is masked is opened by `members.person.reveal`, which leaves a trace
that the person's unit sees.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from nhiemky.foundation.models import User
from nhiemky.foundation.roles import Right
from nhiemky.members.models import Person
from nhiemky.members.particulars import fields, written
from nhiemky.units.models import Unit
from nhiemky.units.queries import grants_of

HIDDEN = "•••"


class Sight(StrEnum):
    """How near a reader stands to the unit where a person is a member."""

    NEAR = "near"  # records at that very unit, or answers for the whole installation
    FAR = "far"  # reads it from above, or only reads


def sight_of(user: User, unit: Unit, on: date) -> Sight:
    """How near the user stands to the unit on that day; they reach it already."""
    own = any(grant.unit_id in (None, unit.pk) for grant in grants_of(user, Right.RECORD, on))
    return Sight.NEAR if own else Sight.FAR


def near_units(user: User, on: date) -> frozenset[int] | None:
    """The units to which the user stands near on that day, for lists of many units; None is every one."""
    units = {grant.unit_id for grant in grants_of(user, Right.RECORD, on)}
    return None if None in units else frozenset(unit for unit in units if unit is not None)


def sight_at(unit: int | None, near: frozenset[int] | None) -> Sight:
    """The same as `sight_of`, for units reckoned beforehand; a person of no unit is seen from afar."""
    return Sight.NEAR if near is None or unit in near else Sight.FAR


def is_masked(code: str, sight: Sight) -> bool:
    """Whether the field is hidden at first: secrets from everybody, what is sensitive from those who stand far."""
    secrecy = fields()[code].secrecy
    return secrecy == "secret" or (secrecy == "sensitive" and sight is Sight.FAR)


def shown(person: Person, code: str, sight: Sight) -> str:
    """The field as a page or a sheet shows it: masked to what cannot tell the rest, empty when nothing is known."""
    value = written(person, code)
    if not value or not is_masked(code, sight):
        return value
    if code == "born":
        return value[-4:]
    if code in ("id_number", "phone"):
        return HIDDEN + value[-3:]
    return HIDDEN
