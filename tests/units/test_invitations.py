"""Invitations give what the inviter has, once, while the inviter has it; and the first unit is named once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from nhiemky.foundation import clock
from nhiemky.foundation.actions import make_link
from nhiemky.foundation.audit import broken_links
from nhiemky.foundation.models import AuditEvent, OneTimeLink, Purpose, User
from nhiemky.foundation.policies import may
from nhiemky.foundation.queries import link_with
from nhiemky.foundation.refusals import NotAllowed, Refusal
from nhiemky.foundation.roles import Right, Role
from nhiemky.units.actions import (
    accept_invitation,
    begin_installation,
    change_name,
    end_grant,
    invite,
    revoke_invitation,
)
from nhiemky.units.models import Grant, Unit
from nhiemky.units.queries import card, reaches_below, somebody_has_a_grant
from tests.factories import a_unit, a_user, let, put
from tests.people import PASSWORD, nobody_yet

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]
TODAY = clock.today()
PERSON = {"username": "moi.den", "display_name": "Người mới đến", "password": PASSWORD}


class Pair:
    """Two neighbours under a district, each with somebody who answers for it alone."""

    def __init__(self) -> None:
        self.top, self.one, self.two = a_unit("i-huyen", "district"), a_unit("i-mot"), a_unit("i-hai")
        put(self.one, self.top)
        put(self.two, self.top)
        self.chair, self.neighbour = a_user("phu-trach"), a_user("lang-gieng")
        self.own = let(self.chair, self.one, Role.ADMINISTRATOR)
        let(self.neighbour, self.two, Role.ADMINISTRATOR)

    def invited(self, role: str = "officer", below: bool = False) -> OneTimeLink:
        token = invite(by=self.chair, unit=self.one, role=role, below=below, for_whom="chị Lan")
        link = link_with(Purpose.INVITATION, token)
        assert link
        return link


@pytest.fixture
def pair(clerk: User) -> Pair:
    return Pair()


def accepted(clerk: User, link: OneTimeLink, user: User | None = None, **person: str) -> User:
    given = {} if user else PERSON | person
    return accept_invitation(by=clerk, link=link, user=user, today=TODAY, **given)


def count() -> tuple[int, int]:
    return User.objects.count(), Grant.objects.count()


def test_whoever_accepts_has_the_role_there_and_nowhere_else(pair: Pair, clerk: User) -> None:
    link = pair.invited()
    assert link.expires_at - link.made_at == timedelta(days=14)
    user = accepted(clerk, link)
    assert user.check_password(PASSWORD)
    assert may(user, Right.RECORD, pair.one, TODAY) and not may(user, Right.ADMINISTER, pair.one, TODAY)
    assert not any(may(user, Right.READ, unit, TODAY) for unit in (pair.two, pair.top, None))
    event = AuditEvent.objects.order_by("-number")[0]
    assert event.action == "units.invitation.accept" and event.data["invited_by"] == pair.chair.pk
    assert list(broken_links()) == []


def test_a_second_tab_makes_no_second_user(pair: Pair, clerk: User) -> None:
    link = pair.invited()
    accepted(clerk, link)
    before = count()
    for person in ({}, {"username": "nguoi.khac"}):
        with pytest.raises(Refusal):
            accepted(clerk, link, **person)
    assert count() == before


def test_a_refused_acceptance_uses_nothing_up(pair: Pair, clerk: User) -> None:
    link, before = pair.invited(), count()
    for wrong in ({"password": "ngan"}, {"username": "phu-trach"}, {"display_name": ""}):
        with pytest.raises(Refusal):
            accepted(clerk, link, **wrong)
    assert count() == before
    assert accepted(clerk, link)


@pytest.mark.parametrize("how", ["revoked", "expired", "inviter left", "inviter lost the right"])
def test_an_invitation_that_is_over(pair: Pair, clerk: User, how: str) -> None:
    link = pair.invited()
    if how == "revoked":
        revoke_invitation(by=pair.chair, unit=pair.one, link=link)
    elif how == "expired":
        OneTimeLink.objects.filter(pk=link.pk).update(expires_at=clock.now())
    elif how == "inviter left":
        User.objects.filter(pk=pair.chair.pk).update(is_active=False)
        link.refresh_from_db()
    else:
        Grant.objects.filter(pk=pair.own.pk).update(ends_before=TODAY)
    before = count()
    with pytest.raises(Refusal):
        accepted(clerk, OneTimeLink.objects.get(pk=link.pk))
    assert count() == before


@pytest.mark.parametrize("role", [*Role, "chu-tich", ""])
@pytest.mark.parametrize("unit", ["one", "two", "top"])
@pytest.mark.parametrize("below", [False, True])
def test_nobody_invites_beyond_their_own_reach(pair: Pair, role: str, unit: str, below: bool) -> None:
    before = OneTimeLink.objects.count()
    asked: dict[str, Any] = {"unit": getattr(pair, unit), "role": role, "below": below, "for_whom": "x"}
    if unit == "one" and not below and role in list(Role):
        assert invite(by=pair.chair, **asked)
        return
    with pytest.raises(Refusal):
        invite(by=pair.chair, **asked)
    assert OneTimeLink.objects.count() == before


def test_an_officer_and_an_auditor_invite_nobody(pair: Pair) -> None:
    for role in (Role.OFFICER, Role.AUDITOR):
        user = a_user(f"la-{role}")
        let(user, pair.one, role, below=True)
        with pytest.raises(NotAllowed):
            invite(by=user, unit=pair.one, role="auditor", below=False, for_whom="x")


def test_a_widened_invitation_gives_nothing(pair: Pair, clerk: User) -> None:
    """Whoever could write into the table of invitations still gives no more than the inviter has."""
    for change in ({"below": True}, {"unit": "i-huyen"}, {"unit": "i-hai"}):
        link = pair.invited()
        OneTimeLink.objects.filter(pk=link.pk).update(**change)
        with pytest.raises(Refusal, match="không còn quyền"):
            accepted(clerk, OneTimeLink.objects.get(pk=link.pk))


def test_a_neighbour_neither_revokes_nor_ends(pair: Pair) -> None:
    link = pair.invited()
    for unit in (pair.one, pair.two):
        with pytest.raises(Refusal):
            revoke_invitation(by=pair.neighbour, unit=unit, link=link)
        with pytest.raises(Refusal):
            end_grant(by=pair.neighbour, unit=unit, grant=pair.own, today=TODAY)
    link.refresh_from_db()
    assert link.is_open(clock.now()) and may(pair.chair, Right.READ, pair.one, TODAY)


def test_somebody_who_is_there_already_accepts_with_their_account(pair: Pair, clerk: User) -> None:
    before = User.objects.count()
    assert accepted(clerk, pair.invited("auditor"), user=pair.neighbour) == pair.neighbour
    assert User.objects.count() == before and may(pair.neighbour, Right.READ, pair.one, TODAY)
    link = pair.invited("auditor")
    with pytest.raises(Refusal, match="Bạn đã có vai trò này"):
        accepted(clerk, link, user=pair.neighbour)
    link.refresh_from_db()
    assert link.is_open(clock.now()), "whoever opens their own invitation does not use it up"


def test_an_ended_grant_reaches_nothing_from_that_day(pair: Pair, clerk: User) -> None:
    user = accepted(clerk, pair.invited())
    grant = Grant.objects.get(user=user)
    end_grant(by=pair.chair, unit=pair.one, grant=grant, today=TODAY)
    assert not may(user, Right.READ, pair.one, TODAY)
    with pytest.raises(Refusal, match="Hãy tải lại trang"):
        end_grant(by=pair.chair, unit=pair.one, grant=grant, today=TODAY)


def test_a_unit_keeps_somebody_who_answers_for_it(pair: Pair, clerk: User) -> None:
    Grant.objects.filter(unit__isnull=True).exclude(user=clerk).delete()
    with pytest.raises(Refusal, match="Đơn vị phải còn một người phụ trách"):
        end_grant(by=pair.chair, unit=pair.one, grant=pair.own, today=TODAY)
    accepted(clerk, pair.invited("administrator"))
    end_grant(by=pair.chair, unit=pair.one, grant=pair.own, today=TODAY)


def test_what_the_level_above_gave_is_not_taken_by_the_unit(pair: Pair) -> None:
    wide = let(a_user("cap-tren"), pair.one, Role.OFFICER, below=True)
    with pytest.raises(NotAllowed, match="cấp trên"):
        end_grant(by=pair.chair, unit=pair.one, grant=wide, today=TODAY)


def test_who_reaches_below_their_unit(pair: Pair, clerk: User) -> None:
    def reach(unit: Unit | None, below: bool, role: Role = Role.AUDITOR) -> bool:
        user = a_user(f"t{User.objects.count()}")
        let(user, unit, role, below=below)
        return reaches_below(user, TODAY)

    assert reach(pair.top, True) and reach(None, True)
    assert not reach(pair.top, False) and not reach(pair.one, True) and not reach(pair.one, False)
    assert not reaches_below(a_user("khong-quyen"), TODAY)


# ---- the first unit


def begun(clerk: User, link: OneTimeLink, **other: str) -> User:
    asked = {"name": "Công đoàn cơ sở Trường Mầm non Hoa Sen", "kind": "grassroots", "block": "su_nghiep", "above": ""}
    return begin_installation(by=clerk, link=link, today=TODAY, **(asked | PERSON | other))


@pytest.fixture
def link(clerk: User) -> OneTimeLink:
    nobody_yet()
    return make_link(by=clerk, purpose=Purpose.START)[0]


def test_the_first_chair_may_do_everything(clerk: User, link: OneTimeLink) -> None:
    assert not somebody_has_a_grant()
    user = begun(clerk, link, above="Công đoàn phường Hư Cấu")
    unit = Unit.objects.get(code="cdcs-truong-mam-non-hoa-sen")
    shown = card(unit, TODAY)
    assert (shown.short, shown.block) == ("CĐCS Trường Mầm non Hoa Sen", "su_nghiep")
    assert unit.note == "Cấp trên trực tiếp: Công đoàn phường Hư Cấu" and not unit.placements.exists()
    assert all(may(user, right, where, TODAY) for right in Right for where in (unit, None))
    assert {"units.installation.begin", "units.unit.found", "foundation.user.create", "foundation.link.use"} <= set(
        AuditEvent.objects.order_by("-number")[:8].values_list("action", flat=True)
    )
    assert somebody_has_a_grant()


def test_the_first_unit_is_named_once(clerk: User, link: OneTimeLink) -> None:
    begun(clerk, link)
    before = (Unit.objects.count(), *count())
    other, _token = make_link(by=clerk, purpose=Purpose.START)
    for again in (link, other):
        with pytest.raises(Refusal, match="đã có người phụ trách"):
            begun(clerk, again, username="ke.khac", name="Công đoàn khác")
    assert (Unit.objects.count(), *count()) == before


@pytest.mark.parametrize(
    "wrong", [{"password": "ngan"}, {"kind": "bịa"}, {"name": " "}, {"block": "bịa"}, {"username": "x"}]
)
def test_a_refused_start_leaves_nothing_behind(clerk: User, link: OneTimeLink, wrong: dict[str, str]) -> None:
    before = (Unit.objects.count(), *count(), AuditEvent.objects.count())
    with pytest.raises(Refusal):
        begun(clerk, link, **wrong)
    assert (Unit.objects.count(), *count(), AuditEvent.objects.count()) == before
    assert begun(clerk, link)


def test_a_code_of_a_known_unit_places_the_first_unit(clerk: User, link: OneTimeLink) -> None:
    parent = a_unit("i-phuong", "ward")
    begun(clerk, link, above=" I-Phuong ")
    unit = Unit.objects.get(code="cdcs-truong-mam-non-hoa-sen")
    assert [row.parent for row in unit.placements.all()] == [parent] and not unit.note


def test_two_units_of_one_name_have_two_codes_and_a_district_has_no_block(clerk: User, link: OneTimeLink) -> None:
    a_unit("ldld-huyen-x", "district")
    begun(clerk, link, name="Liên đoàn Lao động huyện X", kind="district", block="hcsn")
    unit = Unit.objects.get(code="ldld-huyen-x-2")
    assert card(unit, TODAY).block == ""


def test_an_invitation_does_not_start_and_a_start_does_not_invite(clerk: User, link: OneTimeLink) -> None:
    before = count()
    with pytest.raises(Refusal):
        accepted(clerk, link)
    invitation, _token = make_link(by=clerk, purpose=Purpose.INVITATION, unit="i-mot", role="officer")
    with pytest.raises(Refusal):
        begun(clerk, invitation)
    assert count() == before


def test_a_name_is_written_better_and_the_old_one_is_kept(pair: Pair) -> None:
    change_name(by=pair.chair, unit=pair.one, name="Công đoàn cơ sở Một", short="CĐCS Một")
    assert card(pair.one, TODAY).name == "Công đoàn cơ sở Một" and card(pair.one, date(1990, 1, 1)).short == "CĐCS Một"
    assert pair.one.names.count() == 2
    with pytest.raises(Refusal):
        change_name(by=pair.chair, unit=pair.one, name="x" * 301, short="x")
    with pytest.raises(NotAllowed):
        change_name(by=pair.neighbour, unit=pair.one, name="Của tôi", short="Của tôi")
