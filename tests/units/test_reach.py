"""Who reaches which unit: own, own and below, never a neighbour, by the tree as it is on the day."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from itertools import product

import pytest
from django.db.models import Max

from nhiemky.foundation import clock
from nhiemky.foundation.models import AuditEvent, User
from nhiemky.foundation.policies import may
from nhiemky.foundation.refusals import NotAllowed, Refusal
from nhiemky.foundation.roles import Right, Role
from nhiemky.rules.timeline import Span
from nhiemky.units.actions import give_grant
from nhiemky.units.actions.reshaping import reach
from nhiemky.units.models import Grant, Placement, Succession, Unit, UnitLife
from nhiemky.units.queries import visible_units
from tests.factories import a_unit, a_user, clerk, let, put

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]

DAY = date(2024, 6, 15)


class House:
    """A province over two districts: the first with a grassroots unit that moved from the second at the new year."""

    def __init__(self) -> None:
        self.top = a_unit("q-tinh", "province")
        self.one, self.two = a_unit("q-huyen-1", "district"), a_unit("q-huyen-2", "district")
        self.moved, self.stays = a_unit("q-cs-1"), a_unit("q-cs-2")
        put(self.one, self.top)
        put(self.two, self.top)
        put(self.moved, self.two, Span.parse("..2023"))
        put(self.moved, self.one, Span.parse("2024.."))
        put(self.stays, self.two)
        self.all = [self.top, self.one, self.two, self.moved, self.stays]

    def reached(self, user: User, on: date = DAY, right: Right = Right.READ) -> list[Unit]:
        found = [unit for unit in self.all if may(user, right, unit, on)]
        if right is Right.READ:
            seen = set(visible_units(user, on))
            assert [unit for unit in self.all if unit in seen] == found, "what is listed is what may be opened"
        return found


@pytest.fixture
def house(clerk: User) -> House:
    return House()


def test_without_a_grant_nothing(house: House) -> None:
    assert house.reached(a_user("khong")) == []


def test_own_unit_only(house: House) -> None:
    user = a_user("canbo")
    let(user, house.one)
    assert house.reached(user) == [house.one]


def test_own_and_all_below_never_a_neighbour(house: House) -> None:
    user = a_user("canbo")
    let(user, house.one, below=True)
    assert house.reached(user) == [house.one, house.moved]
    other = a_user("lang-gieng")
    let(other, house.two, below=True)
    assert house.reached(other) == [house.two, house.stays]
    above = a_user("cap-tren")
    let(above, house.top, below=True)
    assert house.reached(above) == house.all
    assert house.reached(a_user("la")) == []


def test_reach_follows_the_tree_of_the_day(house: House) -> None:
    user = a_user("canbo")
    let(user, house.two, below=True)
    assert house.reached(user, date(2023, 12, 31)) == [house.two, house.moved, house.stays]
    assert house.reached(user, date(2024, 1, 1)) == [house.two, house.stays]


def test_the_whole_installation(house: House) -> None:
    user = a_user("quantri")
    let(user, None, Role.ADMINISTRATOR)
    assert house.reached(user) == house.all
    assert may(user, Right.ADMINISTER, None, DAY)
    local = a_user("quantri-huyen")
    let(local, house.top, Role.ADMINISTRATOR, below=True)
    assert not may(local, Right.ADMINISTER, None, DAY)


def test_a_grant_holds_from_its_first_day_to_the_day_before_its_end(house: House) -> None:
    user = a_user("canbo")
    Grant.objects.create(
        user=user, role=Role.OFFICER, unit=house.one, starts_on=date(2024, 3, 1), ends_before=date(2024, 6, 1)
    )
    days = [date(2024, 2, 29), date(2024, 3, 1), date(2024, 5, 31), date(2024, 6, 1)]
    assert [bool(house.reached(user, day)) for day in days] == [False, True, True, False]


@pytest.mark.parametrize(
    ("role", "rights"),
    [
        (Role.AUDITOR, {Right.READ}),
        (Role.OFFICER, {Right.READ, Right.RECORD, Right.ISSUE}),
        (Role.ADMINISTRATOR, set(Right)),
    ],
)
def test_a_role_carries_its_rights_and_no_more(house: House, role: Role, rights: set[Right]) -> None:
    user = a_user("canbo")
    let(user, house.one, role)
    assert {right for right in Right if house.reached(user, right=right)} == rights


def test_two_grants_add_up_and_rights_do_not_leak(house: House) -> None:
    user = a_user("canbo")
    let(user, house.two, Role.AUDITOR, below=True)
    let(user, house.one, Role.OFFICER)
    assert house.reached(user) == [house.one, house.two, house.stays]
    assert house.reached(user, right=Right.RECORD) == [house.one]


def test_a_user_who_left_reaches_nothing(house: House) -> None:
    user = a_user("nghi-viec", is_active=False)
    let(user, house.one, below=True)
    assert not any(may(user, Right.READ, unit, DAY) for unit in house.all)


def test_giving_a_grant_asks_for_the_right_there(house: House, clerk: User) -> None:
    local, friend = a_user("quantri-huyen"), a_user("ban")
    let(local, house.one, Role.ADMINISTRATOR, below=True)
    before = (Grant.objects.count(), AuditEvent.objects.aggregate(Max("number")))
    for unit in (house.two, house.stays, house.top, None):
        with pytest.raises(NotAllowed, match=r"Bạn chưa được giao quyền .* Hãy nhờ người quản trị"):
            give_grant(by=local, unit=unit, user=friend, role=Role.OFFICER, below=False, starts_on=DAY)
    assert before == (Grant.objects.count(), AuditEvent.objects.aggregate(Max("number")))
    give_grant(by=local, unit=house.moved, user=friend, role=Role.OFFICER, below=False, starts_on=DAY)
    assert house.reached(friend) == [house.moved]


def test_nobody_gives_more_than_they_have(house: House) -> None:
    local = a_user("quantri-huyen")
    let(local, house.two, Role.ADMINISTRATOR, below=False)
    assert house.reached(local) == [house.two]
    with suppress(Refusal):
        give_grant(by=local, unit=house.two, user=local, role=Role.ADMINISTRATOR, below=True, starts_on=DAY)
    assert house.reached(local) == [house.two]


# ---- ended units


class Ended(House):
    """The first district took over the ward of the second, whose grassroots unit had ended before."""

    def __init__(self) -> None:
        super().__init__()
        self.ward = a_unit("q-phuong", "ward")
        put(self.ward, self.two, Span.parse("..2023"))
        put(self.ward, self.one, Span.parse("2024.."))
        self.gone = a_unit("q-het", life=Span.parse("..2022"))
        put(self.gone, self.ward, Span.parse("..2022"))
        self.all = [self.one, self.two, self.ward, self.gone]


@pytest.mark.parametrize("holder", ["ward", "top", "one"])
def test_an_ended_unit_is_opened_through_its_last_parent_as_it_stands_now(clerk: User, holder: str) -> None:
    house, user = Ended(), a_user("canbo")
    let(user, getattr(house, holder), below=True)
    assert may(user, Right.READ, house.gone, DAY)


def test_who_gave_a_unit_away_reaches_no_ended_unit_below_it(clerk: User) -> None:
    house, user = Ended(), a_user("canbo")
    let(user, house.two, below=True)
    assert not may(user, Right.READ, house.ward, DAY)
    assert not may(user, Right.READ, house.gone, DAY)


def test_an_ended_unit_that_may_be_opened_is_listed(clerk: User) -> None:
    house, user = Ended(), a_user("canbo")
    let(user, house.ward, below=True)
    assert may(user, Right.READ, house.gone, DAY)
    assert house.gone in visible_units(user, DAY)


# ---- units that others go on with, against a second way to find out that reads row by row


class Reorganised(House):
    """The first district ended: its union merged next door, one union was split, one ended; then it was inherited.

    The second district was split into two wards, none of which is its heir, after a union below it had ended.
    """

    def __init__(self) -> None:
        super().__init__()
        new = Span.parse("2024-03..")
        self.three = a_unit("q-huyen-3", "district")
        put(self.three, self.top)
        self.ward_a, self.ward_b = a_unit("q-phuong-a", "ward", life=new), a_unit("q-phuong-b", "ward", life=new)
        self.part_1, self.part_2 = a_unit("q-tach-1", life=new), a_unit("q-tach-2", life=new)
        self.split = a_unit("q-bi-tach", life=Span.parse("..2024-02"))
        self.early = a_unit("q-het-som", life=Span.parse("..2022"))
        self.below_early = a_unit("q-to-het-som", life=Span.parse("..2022"))
        self.merged = a_unit("q-nhap", life=Span.parse("..2024-02"))
        self.merged_before = a_unit("q-nhap-truoc", life=Span.parse("..2021"))
        self.gone_one, self.gone_two = (
            a_unit(f"q-huyen-cu-{at}", "district", life=Span.parse("..2024-02")) for at in "12"
        )
        self.to_come = a_unit("q-sap-co", life=Span.parse("2025.."))
        self.twice = a_unit("q-hai-doi", life=Span.parse("..2023"))
        for unit, parent in (
            (self.ward_a, self.top), (self.ward_b, self.three), (self.part_1, self.ward_a), (self.part_2, self.ward_b),
            (self.split, self.gone_one), (self.early, self.gone_two), (self.below_early, self.early),
            (self.merged, self.gone_one), (self.merged_before, self.gone_two), (self.gone_one, self.top),
            (self.gone_two, self.top), (self.to_come, self.ward_b), (self.twice, self.three),
        ):  # fmt: skip
            put(unit, parent, unit.span)
        for unit, successor, since, heir in (
            (self.merged_before, self.merged, "2022-01-01", True), (self.merged, self.part_1, "2024-03-01", True),
            (self.split, self.part_1, "2024-03-01", False), (self.split, self.part_2, "2024-03-01", False),
            (self.gone_one, self.three, "2024-04-01", True), (self.gone_two, self.ward_a, "2024-03-01", False),
            (self.gone_two, self.ward_b, "2024-03-01", False), (self.twice, self.stays, "2024-01-01", True),
        ):  # fmt: skip
            Succession.objects.create(
                unit=unit, successor=successor, day=date.fromisoformat(since), heir=heir,
                recorded_at=clock.now(), recorded_by=clerk(),
            )  # fmt: skip
        # brought back on the first of May
        again = UnitLife(unit=self.twice, recorded_at=clock.now(), recorded_by=clerk())
        again.span = Span.parse("2024-05..")
        again.save()
        reach([self.twice.pk])
        self.twice.refresh_from_db()
        put(self.twice, self.three, Span.parse("2024-05.."))
        self.all = list(Unit.objects.filter(code__startswith="q-"))


class Naive:
    """One row after the other, upward from the unit: the same as `reaches`, for small trees."""

    def __init__(self) -> None:
        self.lives = [(row.unit_id, row.span) for row in UnitLife.objects.filter(superseded_at=None)]
        self.edges = [(row.unit_id, row.parent_id, row.span) for row in Placement.objects.filter(superseded_at=None)]
        self.successions = list(Succession.objects.filter(superseded_at=None))

    def last(self, unit: int, on: date) -> date | None:
        """Of one that has ended, its last day."""
        spans = [span for each, span in self.lives if each == unit]
        if any(span.holds(on) for span in spans):
            return None
        return max((span.last_day for span in spans if span.last_day < on), default=None)

    def parents(self, unit: int, on: date) -> set[int]:
        begin = min((span.starts_on or on for each, span in self.lives if each == unit), default=on)
        day = self.last(unit, on) or max(on, begin)
        return {parent for each, parent, span in self.edges if each == unit and span.holds(day)}

    def onward(self, unit: int, on: date, *, parts: bool) -> set[int]:
        ended = self.last(unit, on)
        rows = [row for row in self.successions if ended and row.unit_id == unit and ended < row.day <= on]
        heirs, every = {row.successor_id for row in rows if row.heir}, {row.successor_id for row in rows}
        return every if parts else heirs or (every if len(every) == 1 else set())

    def reaches(self, grant: Grant, right: Right, unit: int, on: date) -> bool:
        if unit == grant.unit_id or (grant.below and self.over(grant, right, unit, on)):
            return True
        others = self.onward(unit, on, parts=right is Right.READ) if right in (Right.READ, Right.RECORD) else ()
        return any(self.reaches(grant, right, each, on) for each in others)

    def over(self, grant: Grant, right: Right, unit: int, on: date) -> bool:
        others = self.onward(unit, on, parts=False) if right in (Right.READ, Right.RECORD) else set()
        return unit == grant.unit_id or any(
            self.over(grant, right, each, on) for each in self.parents(unit, on) | others
        )


DAYS = [date(2023, 6, 1), date(2024, 3, 15), DAY]
RIGHTS = (Right.READ, Right.RECORD, Right.ADMINISTER)


@pytest.mark.parametrize("below", [False, True])
def test_who_reaches_what_is_what_one_finds_row_by_row(clerk: User, below: bool) -> None:
    house, seen = Reorganised(), set()
    naive = Naive()
    for at in house.all:
        user = a_user(f"o-{at.code}")
        grant = let(user, at, Role.ADMINISTRATOR, below=below)
        for on, right in product(DAYS, RIGHTS if below else RIGHTS[:2]):
            expected = [unit for unit in house.all if naive.reaches(grant, right, unit.pk, on)]
            assert house.reached(user, on, right) == expected, (at.code, on, right)
            seen |= {(at.code, unit.code, right, on) for unit in expected if unit != at}
    # what the comparison would be worth nothing without
    assert ("q-tach-2", "q-bi-tach", Right.READ, DAY) in seen
    assert ("q-tach-2", "q-bi-tach", Right.RECORD, DAY) not in seen
    assert ("q-tach-1", "q-nhap-truoc", Right.RECORD, DAY) in seen
    assert ("q-cs-2", "q-hai-doi", Right.READ, date(2024, 3, 15)) in seen
    assert ("q-cs-2", "q-hai-doi", Right.READ, DAY) not in seen
    assert (("q-phuong-b", "q-sap-co", Right.READ, DAY) in seen) is below


@pytest.mark.parametrize(
    ("holder", "reads", "corrects"),
    [
        ("part_1", ["q-bi-tach", "q-nhap", "q-nhap-truoc", "q-tach-1"], ["q-nhap", "q-nhap-truoc", "q-tach-1"]),
        ("part_2", ["q-bi-tach", "q-tach-2"], ["q-tach-2"]),
        # of a district that was split its parts read the page, and nothing that had ended below it
        ("ward_a", ["q-huyen-cu-2", "q-phuong-a"], ["q-phuong-a"]),
        ("stays", ["q-cs-2"], ["q-cs-2"]),
    ],
)
def test_whoever_goes_on_with_a_unit_reads_it_and_its_heir_corrects_it(
    clerk: User, holder: str, reads: list[str], corrects: list[str]
) -> None:
    house, user = Reorganised(), a_user("canbo")
    let(user, getattr(house, holder), Role.ADMINISTRATOR)
    for right, expected in ((Right.READ, reads), (Right.RECORD, corrects)):
        assert sorted(unit.code for unit in house.reached(user, right=right)) == expected
    assert [unit.code for unit in house.reached(user, right=Right.ADMINISTER)] == [getattr(house, holder).code]


def test_the_parts_of_a_split_unit_reach_nothing_that_ended_below_it(clerk: User) -> None:
    house, user = Reorganised(), a_user("canbo")
    let(user, house.ward_a, Role.ADMINISTRATOR, below=True)
    assert not may(user, Right.READ, house.early, DAY)
    heir = a_user("thua-ke")
    let(heir, house.three, Role.ADMINISTRATOR, below=True)
    assert may(heir, Right.READ, house.split, DAY), "it ended below the district whose heir this is"
