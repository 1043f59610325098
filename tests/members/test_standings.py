"""Dues of a month by the rate of its day, what lapses by itself, and who gets the gifts of children."""

from __future__ import annotations

from datetime import date

import pytest

from nhiemky.foundation import catalogue
from nhiemky.foundation.models import User
from nhiemky.foundation.refusals import Refusal
from nhiemky.members.actions import add_child, end_standing, enter_person, join_unit, record_dues, record_standing
from nhiemky.members.gifts import GiftDay, next_gift_days
from nhiemky.members.models import Child, Dues, Person, Standing
from nhiemky.members.standings import kinds, monthly_dues, months_in, reckoned
from nhiemky.rules.timeline import PartialDate, Span
from nhiemky.units.models import Unit
from tests.factories import a_unit


@pytest.mark.parametrize(
    ("wage", "month", "due"),
    [
        (8_000_000, date(2025, 6, 30), 80_000),
        (8_000_000, date(2025, 7, 1), 40_000),
        (8_000_000, date(2025, 6, 1), 80_000),
        (0, date(2025, 7, 1), 0),
        # halves up: 0.5 % of 100 is half a đồng
        (100, date(2025, 7, 1), 1),
        (99, date(2025, 7, 1), 0),
        # at most a tenth of the base wage: 234.000 đ of 2.340.000 đ, 180.000 đ of 1.800.000 đ, 149.000 đ of 1.490.000 đ
        (46_800_000, date(2025, 7, 1), 234_000),
        (46_800_200, date(2025, 7, 1), 234_000),
        (1_000_000_000, date(2026, 11, 1), 234_000),
        (30_000_000, date(2024, 6, 30), 180_000),
        (30_000_000, date(2024, 7, 1), 234_000),
        (30_000_000, date(2023, 6, 30), 149_000),
    ],
)
def test_dues_of_a_month(wage: int, month: date, due: int) -> None:
    assert monthly_dues(wage, month) == due


def test_how_dues_were_reckoned_is_told() -> None:
    capped, plain = reckoned(60_000_000, date(2026, 1, 1)), reckoned(8_000_000, date(2026, 1, 1))
    assert (capped.capped, capped.cap, capped.per_mille) == (True, 234_000, 5)
    assert not plain.capped and "61/QĐ-TLĐ" in plain.source
    # the base wage is from memory: what rests on it is said to be unchecked
    assert not capped.checked and plain.checked


def test_months_in_a_span() -> None:
    assert months_in(Span.parse("2025-11..2026-01")) == [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1)]


def test_every_rate_has_a_source_to_show() -> None:
    for name in ("rate",):
        assert all(row["source"] and row["sure"] for row in catalogue.rows("catalogue/dues.toml", name))


@pytest.mark.parametrize(
    ("decided", "ends_before"),
    [
        (date(2026, 3, 5), date(2027, 3, 5)),
        (date(2024, 2, 29), date(2025, 2, 28)),
        (date(2023, 2, 28), date(2024, 2, 28)),
        (date(2026, 12, 31), date(2027, 12, 31)),
    ],
)
def test_discipline_lapses_after_twelve_months(decided: date, ends_before: date) -> None:
    assert kinds()["warning"].lapsing(Span(decided, None)).ends_before == ends_before


@pytest.fixture
def unit(clerk: User) -> Unit:
    return a_unit("std-a")


@pytest.fixture
def member(clerk: User, unit: Unit) -> Person:
    person = enter_person(by=clerk, name="Người thử Lan")
    join_unit(by=clerk, unit=unit, person=person, valid=Span.parse("2019.."))
    return person


def known(person: Person) -> list[str]:
    rows = Standing.objects.filter(person=person, superseded_at__isnull=True).order_by("starts_on")
    return [f"{row.kind} {row.span.isoformat()}" for row in rows]


@pytest.mark.django_db
def test_a_repeat_extends_the_decision_that_runs(clerk: User, unit: Unit, member: Person) -> None:
    def decided(kind: str, day: str) -> None:
        record_standing(by=clerk, unit=unit, person=member, kind=kind, valid=Span.parse(f"{day}.."))

    decided("reprimand", "2026-03-05")
    decided("warning", "2026-09-01")
    assert known(member) == ["reprimand 2026-03-05..2027-08-31", "warning 2026-09-01..2027-08-31"]
    decided("reprimand", "2028-01-10")
    assert known(member)[:2] == ["reprimand 2026-03-05..2027-08-31", "warning 2026-09-01..2027-08-31"], "it had lapsed"


@pytest.mark.django_db
def test_party_membership_is_once_at_a_time(clerk: User, unit: Unit, member: Person) -> None:
    party = record_standing(by=clerk, unit=unit, person=member, kind="party", valid=Span.parse("2020-02-03.."))
    with pytest.raises(Refusal, match="đã ghi cho thời gian đó"):
        record_standing(by=clerk, unit=unit, person=member, kind="party", valid=Span.parse("2022.."))
    ended = end_standing(by=clerk, standing=party, last=PartialDate.parse("2021-12-31"), code="std-1")
    assert ended and ended.code == "std-1"
    record_standing(by=clerk, unit=unit, person=member, kind="party", valid=Span.parse("2022.."))
    end_standing(by=clerk, standing=ended, last=None, never=True)
    assert known(member) == ["party 2022.."]


@pytest.mark.django_db
def test_suspension_leaves_the_member_a_member(clerk: User, unit: Unit, member: Person) -> None:
    from nhiemky.members.queries import memberships_on

    record_standing(by=clerk, unit=unit, person=member, kind="suspended", valid=Span.parse("2026-01..2026-06"))
    assert [row.person for row in memberships_on([unit.pk], date(2026, 3, 1))] == [member]


def dues_of(person: Person) -> list[str]:
    rows = Dues.objects.filter(person=person, superseded_at__isnull=True).order_by("starts_on")
    return [f"{row.state} {row.starts_on:%m}-{row.span.last_day:%m}" for row in rows]


@pytest.mark.django_db
def test_months_said_again_leave_the_others_as_they_were(clerk: User, unit: Unit, member: Person) -> None:
    def say(months: str, state: str, paid: int | None = None) -> None:
        record_dues(by=clerk, unit=unit, person=member, months=Span.parse(months), state=state, paid=paid)

    say("2026-01..2026-06", "paid")
    say("2026-03", "owed")
    assert dues_of(member) == ["paid 01-02", "owed 03-03", "paid 04-06"]
    say("2026-02..2026-12", "exempt")
    assert dues_of(member) == ["paid 01-01", "exempt 02-12"]
    say("2027-01..2027-03", "paid", 120_000)
    with pytest.raises(Refusal, match="ghi chung một số tiền"):
        say("2027-02", "owed")
    say("2027-01..2027-03", "owed")
    assert dues_of(member)[-1] == "owed 01-03"


@pytest.mark.django_db
def test_dues_are_whole_months(clerk: User, unit: Unit, member: Person) -> None:
    with pytest.raises(Refusal, match="tháng trọn"):
        record_dues(by=clerk, unit=unit, person=member, months=Span.parse("2026-01-02..2026-01-31"), state="paid")


JUNE = GiftDay("june_first", "1/6", date(2026, 6, 1), 16)


@pytest.mark.parametrize(
    ("born", "gets"),
    [
        ("2010-06-02", True), ("2010-06-01", False), ("2026-06-01", True), ("2026-06-02", False),
        ("2010-06", None), ("2010-05", False), ("2010-07", True), ("2010", None), ("2011", True), ("2009", False),
        ("2012-02-29", True),
    ],
)  # fmt: skip
def test_who_is_under_sixteen_on_the_day(born: str, gets: bool | None) -> None:
    assert JUNE.due(PartialDate.parse(born)) is gets


def test_a_child_of_29_february_is_sixteen_on_the_29th() -> None:
    day = GiftDay("x", "x", date(2028, 2, 28), 16)
    assert day.due(PartialDate.parse("2012-02-29")) is True
    assert GiftDay("x", "x", date(2028, 2, 29), 16).due(PartialDate.parse("2012-02-29")) is False


def test_the_next_gift_days() -> None:
    assert [each.day for each in next_gift_days(date(2026, 6, 2))] == [date(2026, 9, 25), date(2027, 6, 1)]
    assert JUNE.due(None) is None


@pytest.mark.django_db
def test_a_removed_child_is_forgotten(clerk: User, unit: Unit, member: Person) -> None:
    from nhiemky.members.actions import remove_child

    child = add_child(by=clerk, unit=unit, person=member, name="Trần Bảo", born=PartialDate.parse("2015"), sex="male")
    remove_child(by=clerk, unit=unit, child=child)
    row = Child.objects.get(pk=child.pk)
    assert (row.name, row.born_on, row.sex) == ("", None, "") and row.removed_at
