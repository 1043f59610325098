"""Faults that the property tests found once, each with its smallest example."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from nhiemky.figures import wording
from nhiemky.figures.definitions import definitions
from nhiemky.figures.queries import Asked, evaluate, gather
from nhiemky.foundation.models import User
from nhiemky.ledger.actions import correct_entry, correct_statement, record_entry, record_statement
from nhiemky.ledger.models import Entry, Statement
from nhiemky.rules.indicators import Count, Coverage
from nhiemky.rules.quantities import Comparator, Grade, Quantity, Ratio, Total, Value
from nhiemky.rules.timeline import Span
from nhiemky.units.models import Unit
from tests.factories import a_unit, clerk, put

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]

TODAY = date(2025, 6, 1)
GOOD_PUBLIC = "grassroots_graded_good_public_sector_pct"


def works(unit: Unit, period: str, value: int | None, **more: Any) -> Entry:
    quantity = Quantity(value) if value is not None else Quantity(None, Comparator.VAGUE, "nhiều")
    return record_entry(
        by=clerk(), unit=unit, kind="works", period=Span.parse(period), today=TODAY,
        counts=[Count("phan_viec", quantity)], **more,
    )  # fmt: skip


def grade(unit: Unit, year: str, given: str = "good") -> Statement:
    return record_statement(by=clerk(), unit=unit, subject="grade", period=Span.parse(year), today=TODAY, grade=given)


def value_of(code: str, unit: Unit, period: str) -> Value | None:
    span = Span.parse(period)
    return evaluate(definitions()[code], gather(unit, [span], TODAY), Asked(span, span.last_day)).value


def test_the_share_of_graded_units_is_of_the_units_below(clerk: User) -> None:
    top, one, two = a_unit("f-a", "ward"), a_unit("f-g1", block="su_nghiep"), a_unit("f-g2", block="su_nghiep")
    put(one, top)
    put(two, top)
    grade(one, "2023")
    assert value_of(GOOD_PUBLIC, top, "2023..2024") == Ratio(1, 2)


def test_a_unit_that_left_does_not_hide_the_grades(clerk: User) -> None:
    top, stays, left = a_unit("f-a", "ward"), a_unit("f-g1", block="su_nghiep"), a_unit("f-g2", block="su_nghiep")
    put(stays, top)
    put(left, top, Span.parse("..2023"))
    grade(stays, "2023")
    grade(left, "2024")
    assert value_of(GOOD_PUBLIC, top, "2023..2024") == Ratio(1, 2)


def test_the_other_block_does_not_hide_the_grades(clerk: User) -> None:
    top, public, firm = a_unit("f-a", "ward"), a_unit("f-g1", block="su_nghiep"), a_unit("f-g2", block="dn_fdi")
    put(public, top)
    put(firm, top)
    grade(public, "2023")
    grade(firm, "2024")
    assert value_of(GOOD_PUBLIC, top, "2023..2024") == Ratio(1, 1)


def test_a_grade_of_a_ward_does_not_hide_the_grades_below_it(clerk: User) -> None:
    top, ward, one = a_unit("f-r", "province"), a_unit("f-a", "ward"), a_unit("f-g1", block="su_nghiep")
    put(ward, top)
    put(one, ward)
    grade(one, "2023")
    grade(ward, "2024")
    assert value_of(GOOD_PUBLIC, top, "2023..2024") == Ratio(1, 1)


def test_a_total_covers_what_stood_below_it_before_two_units_changed_places(clerk: User) -> None:
    one, other, below = a_unit("f-a", "district"), a_unit("f-b", "ward"), a_unit("f-g")
    put(one, other, Span.parse("..2023"))
    put(other, one, Span.parse("2024.."))
    put(below, one, Span.parse("..2023"))
    works(below, "2023-12-31", 33)
    works(other, "2023..2024", 31, coverage=Coverage.BELOW)
    assert value_of("works_undertaken", one, "2023..2024") == Total(31)


def test_an_average_over_vague_amounts_is_marked(clerk: User) -> None:
    unit = a_unit("f-g")
    works(unit, "2023-05-01", 6)
    works(unit, "2023-05-02", None)
    assert value_of("works_registered_per_union", unit, "2023") == Total(6, vague=("nhiều",))


def test_a_corrected_total_still_stands(clerk: User) -> None:
    unit = a_unit("f-g")
    first = works(unit, "2023", 30, coverage=Coverage.OWN)
    works(unit, "2023", 70, coverage=Coverage.OWN)
    assert value_of("works_undertaken", unit, "2023") == Total(30)
    correct_entry(
        by=clerk, entry=first, reason="sửa một số", kind="works", period=Span.parse("2023"), today=TODAY,
        coverage=Coverage.OWN, counts=[Count("phan_viec", Quantity(31))],
    )  # fmt: skip
    assert value_of("works_undertaken", unit, "2023") == Total(31)


@pytest.mark.parametrize(("numerator", "text"), [(20, "10"), (200, "100"), (0, "0")])
def test_an_average_of_ten_is_not_one(numerator: int, text: str) -> None:
    assert wording.share_text(Ratio(numerator, 2, percent=False)) == text


def test_a_ratio_keeps_its_comparator() -> None:
    text = wording.full_text(Ratio(43, 55, comparator=Comparator.GT), definitions()["movement_persons_registered"])
    assert text == "trên 43/55 người"


def test_a_total_of_the_unit_above_takes_nothing_away_here(clerk: User) -> None:
    one, other = a_unit("f-a", "district"), a_unit("f-b", "ward")
    put(one, other, Span.parse("..2023"))
    works(one, "2023-05-01", 5)
    works(other, "2023", 31, coverage=Coverage.BELOW)
    assert value_of("works_undertaken", one, "2023") == Total(5)
    assert value_of("works_undertaken", other, "2023") == Total(31)


def test_nor_when_that_unit_stood_below_at_another_time(clerk: User) -> None:
    """A total covers here when it counts here, or when its unit stood at or below this one, above the detail."""
    one, other = a_unit("f-a", "district"), a_unit("f-b", "ward")
    put(one, other, Span.parse("..2023"))
    put(other, one, Span.parse("2024.."))
    works(one, "2023-05-01", 5)
    works(other, "2023", 31, coverage=Coverage.BELOW)
    assert value_of("works_undertaken", one, "2023") == Total(5)


def test_a_total_that_moved_away_still_covers_its_detail(clerk: User) -> None:
    """Else two neighbours together would show more than the unit above them."""
    top, one, two, ward = a_unit("f-r", "province"), a_unit("f-a", "district"), a_unit("f-b", "district"), a_unit("f-w")
    put(one, top)
    put(two, top)
    put(ward, one, Span.parse("..2023"))
    put(ward, two, Span.parse("2024.."))
    works(ward, "2023-05-01", 5)
    works(ward, "2023..2024", 31, coverage=Coverage.OWN)
    found = [value_of("works_undertaken", unit, "2023..2024") for unit in (top, one, two)]
    assert found == [Total(31), Total(), Total(31)]


def test_a_corrected_grade_keeps_its_place_among_the_grades_of_a_year(clerk: User) -> None:
    """As the unit's own grade does: the second of two statements of a year stands, though the first is corrected."""
    top, one = a_unit("f-a", "ward"), a_unit("f-g1", block="su_nghiep")
    put(one, top)
    first = grade(one, "2024", "done")
    grade(one, "2024", "good")
    assert value_of(GOOD_PUBLIC, top, "2024") == Ratio(1, 1)
    correct_statement(
        by=clerk, statement=first, reason="sửa", subject="grade", period=Span.parse("2024"), today=TODAY,
        grade="not_done",
    )  # fmt: skip
    assert value_of("district_union_grade", one, "2024") == Grade("good", 3)
    assert value_of(GOOD_PUBLIC, top, "2024") == Ratio(1, 1)
