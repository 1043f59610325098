"""Units that once stood below the one that plans, and stand under another by now."""

from __future__ import annotations

from datetime import date

import pytest

from nhiemky.reforms.queries.plan import Plan, laid_out
from nhiemky.reforms.rows import Do, Row
from nhiemky.rules.timeline import Span
from nhiemky.units.models import Unit
from tests.factories import a_unit, put

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]

BEGAN, LEFT, DAY = date(2020, 1, 1), date(2024, 1, 1), date(2025, 7, 1)
ALWAYS = Span(BEGAN, None)


@pytest.fixture
def district(db: None) -> Unit:
    """A district with two unions, one of which went to a neighbour with the group below it."""
    top, neighbour = (a_unit(code, "district", life=ALWAYS) for code in ("ma-huyen", "ma-ben"))
    for code in ("ma-o-lai", "ma-di"):
        a_unit(code, "grassroots", "su_nghiep", ALWAYS)
    put(Unit.objects.get(code="ma-o-lai"), top, ALWAYS)
    gone = Unit.objects.get(code="ma-di")
    put(gone, top, Span(BEGAN, LEFT))
    put(gone, neighbour, Span(LEFT, None))
    group = a_unit("ma-to", "grassroots", "su_nghiep", ALWAYS)
    put(group, gone, ALWAYS)
    return top


def test_what_has_left_is_no_hindrance(district: Unit) -> None:
    rows = [Row(Do.FOUND, "", name="Công đoàn cơ sở Mới", kind="grassroots", at=1)]
    assert isinstance(laid_out(district, rows, DAY), Plan)


@pytest.mark.parametrize("unit", ["ma-di", "ma-to", "Đơn vị thử ma-di"])
@pytest.mark.parametrize("do", [Do.END, Do.MOVE, Do.MERGE])
def test_nobody_disposes_of_what_has_left(district: Unit, unit: str, do: Do) -> None:
    told = laid_out(district, [Row(do, unit, "ma-o-lai", at=1)], DAY)
    assert isinstance(told, list)
    assert [each.at for each in told] == [1] and "Không có đơn vị" in told[0].sentence


def test_before_it_left_it_may_not_be_taken_either(district: Unit) -> None:
    """A later day knows it elsewhere."""
    told = laid_out(district, [Row(Do.END, "ma-di", at=1), Row(Do.END, "ma-to", at=2)], date(2023, 1, 1))
    assert isinstance(told, list)
