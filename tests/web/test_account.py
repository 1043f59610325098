"""The first page and invitations: what they do, and what an attacker gets to see."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django.fixtures import Settings

from nhiemky.foundation import clock
from nhiemky.foundation.roles import Role
from tests.people import add_app, nobody_yet, somebody
from tests.web.accounts import PEOPLE, PERSON, UNIT, ClientOf, asking, invitation, start_path, text
from tests.web.conftest import SUOI_MONG, Cast

# ---- the first page


def test_a_form_sent_twice_makes_one_user_and_lets_both_tabs_in(cast: Cast, client_of: ClientOf) -> None:
    from nhiemky.foundation.actions import mark_demonstration
    from nhiemky.foundation.models import User
    from nhiemky.foundation.queries import command_line
    from nhiemky.units.models import Unit

    nobody_yet()
    # units of the demonstration lie about, and would ask for a second factor first
    mark_demonstration(by=command_line())
    address, before = start_path(), (User.objects.count(), Unit.objects.count())
    one, two, stranger = client_of(), client_of(), client_of()
    for client in (one, two):
        assert client.post(address, UNIT | PERSON)["Location"] == "/"
    assert (User.objects.count(), Unit.objects.count()) == (before[0] + 1, before[1] + 1)
    assert one.get(address)["Location"] == "/"
    # whoever does not know the password gets nothing from the used address
    for given in ({"password": "khong phai mat khau"}, {"username": "ke.khac"}):
        answer = stranger.post(address, UNIT | PERSON | given)
        assert answer.status_code == 410
        assert stranger.get("/").status_code == 302
    assert User.objects.count() == before[0] + 1


@pytest.mark.parametrize("how", ["guessed", "expired", "somebody was let in"])
def test_a_start_that_is_over(cast: Cast, client_of: ClientOf, how: str) -> None:
    from nhiemky.foundation.models import OneTimeLink, User

    if how != "somebody was let in":
        nobody_yet()
    address = start_path() if how != "guessed" else reverse("web.account.start", args=["x" * 43])
    if how == "expired":
        OneTimeLink.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    before = User.objects.count()
    for answer in (client_of().get(address), client_of().post(address, UNIT | PERSON)):
        assert answer.status_code == 410 and "không còn dùng được" in text(answer)
    assert User.objects.count() == before


def test_a_refused_start_keeps_what_was_typed(cast: Cast, client_of: ClientOf) -> None:
    nobody_yet()
    typed = UNIT | PERSON | {"password": "ngan", "above": "LĐLĐ tỉnh <Hư Cấu>", "kind": "ward", "block": "sxkd"}
    page = client_of().post(start_path(), typed)
    assert page.status_code == 422
    shown = page.content.decode()
    for kept in ("Công đoàn cơ sở Hoa Sen", "LĐLĐ tỉnh &lt;Hư Cấu&gt;", "Hoàng Thị Thảo", "thao"):
        assert f'value="{kept}"' in shown
    assert '<option value="ward" selected' in shown and '<option value="sxkd" selected' in shown
    assert "ngan" not in shown.replace("ngang", ""), "a password is never sent back"


def test_three_things_to_do_each_until_it_is_done(cast: Cast, client_of: ClientOf, settings: Settings) -> None:
    from datetime import date

    from nhiemky.foundation.models import User
    from nhiemky.ledger.actions import record_entry
    from nhiemky.rules.indicators import Count
    from nhiemky.rules.quantities import Quantity
    from nhiemky.rules.timeline import Span
    from nhiemky.units.actions import give_grant, open_term
    from nhiemky.units.models import Unit

    nobody_yet()
    client = client_of()
    client.post(start_path(), UNIT | PERSON)
    # other units exist in the test's database, so that a second factor would be asked for first
    add_app(client)
    by, unit = User.objects.get(username="thao"), Unit.objects.get(code="cdcs-hoa-sen")

    def todo() -> list[str]:
        page = client.get("/").content.decode()
        return re.findall(r'<a href="([^"]+)">(?:Ghi một việc|Đặt nhiệm kỳ và chỉ tiêu|Mời một đồng chí)</a>', page)

    every = [f"/don-vi/cdcs-hoa-sen/{each}/" for each in ("ghi-viec", "nhiem-ky/moi", "nguoi-dung")]
    assert todo() == every
    day = Span.on(date(2026, 1, 5))
    record_entry(by=by, unit=unit, kind="hardship", period=day, counts=[Count("luot", Quantity(1))], today=cast.today)
    assert todo() == every[1:]
    open_term(by=by, unit=unit, label="2025–2030", period=Span.parse("2025.."))
    assert todo() == every[2:] and client.get("/").content.decode().count('class="done"') == 2
    give_grant(by=by, unit=unit, user=somebody("ban"), role=Role.OFFICER, below=False, starts_on=cast.today)
    assert "Để bắt đầu" not in client.get("/").content.decode()


def test_a_screen_that_is_not_there_is_not_offered(cast: Cast, client_of: ClientOf) -> None:
    from nhiemky.web.home.steps import Steps

    page = _steps(Steps("hc-suoi-mong", False, False, False))
    offered = {"web.records.new": "Ghi một việc", "web.terms.open": "Đặt nhiệm kỳ", "web.account.invite": "Mời một"}
    from django.urls import NoReverseMatch

    for name, words in offered.items():
        try:
            reverse(name, args=["hc-suoi-mong"])
        except NoReverseMatch:
            assert words not in page
        else:
            assert words in page


def _steps(steps: object) -> str:
    from django.template.loader import render_to_string

    return render_to_string("web/home/_steps.html", {"steps": steps})


# ---- invitations


def test_an_invitation_is_shown_once_and_used_once(cast: Cast, client_of: ClientOf) -> None:
    keeper, guest = client_of("quan-tri"), client_of()
    address = invitation(keeper)
    token = address.split("/")[2]
    assert token not in keeper.get(PEOPLE).content.decode(), "only its digest is kept"
    assert "chị Thảo" in keeper.get(PEOPLE).content.decode()
    page = text(guest.get(address))
    assert "Cán bộ công đoàn" in page and "riêng đơn vị này" in page and "<b>Quản trị</b> mời bạn" in page
    assert guest.post(address, PERSON)["Location"] == "/"
    assert "Suối Mộng" in guest.get("/").content.decode()
    assert client_of().get(address).status_code == 410
    assert client_of().post(address, PERSON | {"username": "ke.khac"}).status_code == 410


@pytest.mark.parametrize("asked", [{"role": "chu-tich"}, {"role": ""}, {"for_whom": " "}, {"for_whom": "x" * 121}])
def test_a_wrong_invitation_is_refused_and_kept(client_of: ClientOf, asked: dict[str, str]) -> None:
    client = client_of("quan-tri")
    page = client.post(PEOPLE, asking(client) | asked)
    assert page.status_code == 422 and "Hãy" in text(page)


def test_nobody_widens_their_reach_in_the_form(cast: Cast, client_of: ClientOf) -> None:
    from nhiemky.foundation.models import OneTimeLink
    from nhiemky.units.actions import give_grant

    keeper = somebody("phu-trach")
    give_grant(
        by=cast.users["quan-tri"],
        unit=cast.unit,
        user=keeper,
        role=Role.ADMINISTRATOR,
        below=False,
        starts_on=cast.today,
    )
    client = client_of()
    client.force_login(keeper, backend="django.contrib.auth.backends.ModelBackend")
    before = OneTimeLink.objects.count()
    answer = client.post(PEOPLE, asking(client) | {"for_whom": "tôi", "role": "administrator", "below": "1"})
    assert answer.status_code == 403 and "rộng hơn quyền của chính mình" in text(answer)
    for other in ("hc-tinh", "nho-quan"):
        answer = client.post(f"/don-vi/{other}/nguoi-dung/", {"for_whom": "tôi", "role": "officer"})
        assert answer.status_code == 404
    assert OneTimeLink.objects.count() == before
    assert "Cả mọi đơn vị bên dưới" not in text(client.get(PEOPLE))


@pytest.mark.parametrize("login", ["song-lo", "suoi-mong", "hu-cau", "kiem-tra", ""])
def test_only_who_answers_for_the_unit_revokes_and_ends(cast: Cast, client_of: ClientOf, login: str) -> None:
    from nhiemky.foundation.models import OneTimeLink
    from nhiemky.units.models import Grant

    invitation(client_of("quan-tri"))
    link = OneTimeLink.objects.latest("pk")
    grant = Grant.objects.get(user=cast.users["suoi-mong"])
    for name, key in (("web.account.revoke", link.pk), ("web.account.end_grant", grant.pk)):
        answer = client_of(login).post(reverse(name, args=[SUOI_MONG, key]))
        assert answer.status_code == (404 if login else 302)
        assert client_of("quan-tri").get(reverse(name, args=[SUOI_MONG, key])).status_code == 405
        # a key of another unit's row
        assert client_of("quan-tri").post(reverse(name, args=["nho-quan", key])).status_code == 404
    link.refresh_from_db()
    grant.refresh_from_db()
    assert link.is_open(clock.now()) and grant.ends_before is None


def test_revoked_and_ended_by_who_answers_for_the_unit(cast: Cast, client_of: ClientOf) -> None:
    from nhiemky.foundation.models import OneTimeLink
    from nhiemky.units.models import Grant

    keeper = client_of("quan-tri")
    address = invitation(keeper)
    link = OneTimeLink.objects.latest("pk")
    assert keeper.post(reverse("web.account.revoke", args=[SUOI_MONG, link.pk]))["Location"] == PEOPLE
    assert client_of().get(address).status_code == 410
    grant = Grant.objects.get(user=cast.users["suoi-mong"])
    there = client_of("suoi-mong")
    assert there.get(f"/don-vi/{SUOI_MONG}/").status_code == 200
    keeper.post(reverse("web.account.end_grant", args=[SUOI_MONG, grant.pk]))
    assert there.get(f"/don-vi/{SUOI_MONG}/").status_code == 404


def test_somebody_signed_in_accepts_with_their_account(cast: Cast, client_of: ClientOf) -> None:
    from nhiemky.foundation.models import User

    address, before = invitation(client_of("quan-tri"), role="auditor"), User.objects.count()
    client = client_of("song-lo")
    assert "Nhận bằng tài khoản Cán bộ LĐLĐ huyện Sông Lô" in text(client.get(address))
    for _ in range(2):
        assert client.post(address)["Location"] == "/"
    assert User.objects.count() == before
    assert client.get(f"/don-vi/{SUOI_MONG}/").status_code == 200
