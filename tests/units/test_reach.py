"""Who reaches which unit: own, own and below, never a neighbour, by the tree as it is on the day."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from django.db.models import Max

from nhiemky.foundation.models import AuditEvent, User
from nhiemky.foundation.policies import may
from nhiemky.foundation.refusals import NotAllowed, Refusal
from nhiemky.foundation.roles import Right, Role
from nhiemky.rules.timeline import Span
from nhiemky.units.actions import give_grant
from nhiemky.units.models import Grant, Unit
from nhiemky.units.queries import visible_units
from tests.factories import a_unit, a_user, let, put

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
