"""Persons of the register for tests, written by the real actions."""

from __future__ import annotations

from datetime import date
from typing import Any

from nhiemky.members.actions import enter_person, join_unit
from nhiemky.members.models import Person
from nhiemky.members.particulars import read
from nhiemky.rules.timeline import Span
from nhiemky.units.models import Unit
from tests.factories import clerk

TODAY = date(2026, 11, 24)


def a_person(
    name: str, unit: Unit | None = None, since: date = date(2020, 1, 1), until: date | None = None, **typed: Any
) -> Person:
    """A person with particulars as they are typed, a member of the unit from a day on."""
    values: dict[str, Any] = {}
    for code, text in typed.items():
        found = read(code, text, TODAY)
        assert not found.error, found.error
        values |= found.values
    person = enter_person(by=clerk(), unit=unit, name=name, **values)
    if unit:
        join_unit(by=clerk(), unit=unit, person=person, valid=Span(since, until))
    return person
