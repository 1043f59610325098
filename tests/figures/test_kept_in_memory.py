"""Figures are kept in memory until somebody writes: what is kept is never older than the ledger."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction

from nhiemky.figures.definitions import definitions
from nhiemky.figures.queries import Asked, evaluate, gather
from nhiemky.foundation.models import User
from nhiemky.ledger.actions import cancel_entry, correct_entry, record_entry
from nhiemky.ledger.checks import quantity
from nhiemky.ledger.models import Entry
from nhiemky.rules.indicators import Count
from nhiemky.rules.quantities import Total
from nhiemky.rules.timeline import Span
from nhiemky.units.models import Unit
from tests.factories import a_unit, put

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]

YEAR = Span.parse("2024")
TODAY = date(2025, 6, 1)


def visits(unit: Unit) -> int | None:
    material = gather(unit, [YEAR], TODAY)
    value = evaluate(definitions()["sick_members_visited"], material, Asked(YEAR, YEAR.last_day)).value
    assert isinstance(value, Total)
    return value.value


def visit(clerk: User, unit: Unit, count: int) -> Entry:
    counts = [Count("luot", quantity(count))]
    return record_entry(by=clerk, unit=unit, kind="visit", period=Span.parse("2024-05-04"), today=TODAY, counts=counts)


def test_the_material_is_read_once_while_nobody_writes(clerk: User) -> None:
    unit = a_unit("kept")
    assert gather(unit, [YEAR], TODAY) is gather(unit, [YEAR], TODAY)
    visit(clerk, unit, 1)
    assert len(gather(unit, [YEAR], TODAY).facts) == 1


def test_each_write_is_seen_at_once_here_and_above(clerk: User) -> None:
    above, unit = a_unit("kept-above", "district"), a_unit("kept")
    assert visits(above) is None
    first = visit(clerk, unit, 3)
    assert (visits(unit), visits(above)) == (3, None)
    put(unit, above)
    assert visits(above) == 3
    counts = [Count("luot", quantity(5))]
    second = correct_entry(
        by=clerk, entry=first, reason="đếm lại", kind="visit", period=first.span, today=TODAY, counts=counts
    )
    assert (visits(unit), visits(above)) == (5, 5)
    cancel_entry(by=clerk, entry=second, reason="ghi trùng")
    assert (visits(unit), visits(above)) == (None, None)


def test_what_was_rolled_back_is_forgotten(clerk: User) -> None:
    unit = a_unit("kept")
    visit(clerk, unit, 2)
    with transaction.atomic():
        visit(clerk, unit, 40)
        assert visits(unit) == 42
        transaction.set_rollback(True)
    assert visits(unit) == 2
