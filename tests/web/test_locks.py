"""Who is stopped after wrong passwords and codes, which sessions a second factor ends, and what a form sent again gives."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from nhiemky.foundation import clock
from nhiemky.foundation.roles import Role
from tests.people import PASSWORD, add_app, code_now, nobody_yet, sign_in, somebody
from tests.web.accounts import PERSON, UNIT, ClientOf, invitation, start_path, text
from tests.web.conftest import Cast

CODES = "/tai-khoan/hai-lop/ma-du-phong/"
CONFIRM = "/tai-khoan/xac-nhan/"
NEW = "mot cau khac that dai"


def house(number: int, **given: Any) -> Client:
    return Client(REMOTE_ADDR=f"192.0.2.{number}", **given)


def wrong_passwords(username: str, houses: int, each: int = 4) -> list[int]:
    """The answers to wrong passwords from several addresses, each too few to be stopped by itself."""
    return [sign_in(house(n), username, f"sai {n} {m}").status_code for n in range(houses) for m in range(each)]


# ---- wrong passwords and codes


@pytest.mark.parametrize("username", ["bi-do", "khong-co-ai"])
def test_twenty_wrong_passwords_from_everywhere_stop_strangers(cast: Cast, client_of: ClientOf, username: str) -> None:
    """Whether or not there is such an account, and in whatever letters its name is typed."""
    somebody("bi-do")
    answers = wrong_passwords(username, 8)
    assert answers == [200] * 20 + [429] * 12
    assert sign_in(house(99), username.upper()).status_code == 429, "the right password is not looked at either"
    assert sign_in(house(99), "suoi-mong", "mat-khau-dai-du").status_code == 302, "others are not concerned"


def test_strangers_do_not_lock_out_a_browser_that_was_let_in_before(cast: Cast, client_of: ClientOf) -> None:
    somebody("bi-do")
    own = house(200)
    sign_in(own, "bi-do")
    secret = add_app(own)
    own.post("/dang-xuat/")
    assert wrong_passwords("bi-do", 6)[-1] == 429
    # the same browser, now at another address
    own.defaults["REMOTE_ADDR"] = "192.0.2.201"
    assert sign_in(own, "bi-do")["Location"] == "/dang-nhap/ma/"
    assert own.post("/dang-nhap/ma/", {"code": code_now(secret)})["Location"] == "/"


def test_a_copied_cookie_is_no_way_around(cast: Cast, client_of: ClientOf) -> None:
    somebody("bi-do")
    somebody("khac")
    own = house(200)
    sign_in(own, "bi-do")
    [mark] = [name for name in own.cookies if name.startswith("known-")]
    assert own.cookies[mark]["httponly"] and "bi-do" not in str(own.cookies[mark])
    wrong_passwords("bi-do", 5)

    def copied(number: int, value: str) -> Client:
        client = house(number)
        client.cookies[mark] = value
        return client

    value = own.cookies[mark].value
    assert sign_in(copied(100, f"x{value}"), "bi-do").status_code == 429, "made up"
    answers = [sign_in(copied(100 + n, value), "bi-do", f"sai {m}").status_code for n in range(8) for m in range(4)]
    assert answers == [200] * 20 + [429] * 12
    # what belongs to another person counts for nothing
    theirs = house(210)
    sign_in(theirs, "khac")
    theirs.post("/dang-xuat/")
    assert sign_in(theirs, "bi-do").status_code == 429


def test_a_known_browser_has_five_tries_like_any(cast: Cast, client_of: ClientOf) -> None:
    somebody("bi-do")
    own = house(200)
    sign_in(own, "bi-do")
    own.post("/dang-xuat/")
    answers = [sign_in(own, "bi-do", f"sai {n}").status_code for n in range(6)]
    assert answers == [200] * 4 + [429] * 2


def test_wrong_passwords_do_not_stop_the_second_step_and_no_name_counts_up_codes(
    cast: Cast, client_of: ClientOf
) -> None:
    from nhiemky.web.account import throttle

    user = somebody("co-ma")
    own = house(200)
    sign_in(own, "co-ma")
    secret = add_app(own)
    half = house(201)
    sign_in(half, "co-ma")
    wrong_passwords("co-ma", 6)
    for n in range(6):
        for _ in range(4):
            sign_in(house(n), throttle._code_key(user), "sai")
    assert half.post("/dang-nhap/ma/", {"code": code_now(secret)})["Location"] == "/"


def test_a_new_password_by_an_address_opens_a_new_browser_under_attack(cast: Cast, client_of: ClientOf) -> None:
    from nhiemky.foundation.actions import offer_password
    from nhiemky.foundation.queries import command_line

    user = somebody("bi-do")
    wrong_passwords("bi-do", 5)
    phone = house(220)
    assert sign_in(phone, "bi-do").status_code == 429
    token = offer_password(by=command_line(), user=user)
    phone.post(reverse("web.account.reset", args=[token]), {"password": NEW})
    assert sign_in(phone, "bi-do", NEW)["Location"] == "/"


def test_a_log_in_name_in_capitals_signs_in(cast: Cast, client_of: ClientOf) -> None:
    somebody("truong-mot")
    for typed in ("TRUONG-MOT", " Truong-mot "):
        client = client_of()
        assert sign_in(client, typed)["Location"] == "/"
        assert client.get("/").status_code == 200


# ---- sessions and the second factor


def test_the_first_factor_ends_the_other_sessions(cast: Cast, client_of: ClientOf) -> None:
    somebody("chu")
    somebody("khac")
    own, other, neighbour = client_of(), client_of(), client_of()
    for client, name in ((own, "chu"), (other, "chu"), (neighbour, "khac")):
        sign_in(client, name)
    add_app(own)
    assert own.get("/").status_code == neighbour.get("/").status_code == 200
    for path in ("/", CODES, "/tai-khoan/hai-lop/"):
        assert other.get(path)["Location"].startswith("/dang-nhap/?next=")
    assert len(re.findall(r"<code>\d{4} \d{4}</code>", text(own.get(CODES)))) == 10


def test_a_session_that_never_showed_the_factor_is_asked_for_it(cast: Cast, client_of: ClientOf) -> None:
    """As one that is older than this rule, or that began at the very moment the factor was added."""
    from nhiemky.foundation.second_factor import factors_of

    user = somebody("chu")
    own = client_of()
    sign_in(own, "chu")
    secret = add_app(own)
    [row] = factors_of(user)
    remove = reverse("web.account.remove_factor", args=[row.pk])

    def old() -> Client:
        client = client_of()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    for path in ("/", CODES, "/tai-khoan/hai-lop/", "/tai-khoan/hai-lop/ung-dung/", CONFIRM, remove):
        for send in (Client.get, Client.post):
            client = old()
            assert send(client, path)["Location"] == "/dang-nhap/ma/", path
            assert client.get("/")["Location"].startswith("/dang-nhap/?"), "nothing of it is signed in any more"
    assert factors_of(user) == [row]
    late = old()
    late.get("/van-ban/")
    assert late.post("/dang-nhap/ma/", {"code": code_now(secret)})["Location"] == "/van-ban/"
    assert late.get("/").status_code == 200
    assert old().post("/dang-xuat/")["Location"] == "/dang-nhap/"


def test_the_factor_is_asked_again_and_the_password_does_not_do(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nhiemky.foundation.second_factor import factors_of
    from nhiemky.web.account import signing

    user = somebody("chu")
    own = client_of()
    sign_in(own, "chu")
    secret = add_app(own)
    [row] = factors_of(user)
    kept = signing.FRESH
    monkeypatch.setattr(signing, "FRESH", -1)
    remove = reverse("web.account.remove_factor", args=[row.pk])
    for answer in (own.get(CODES), own.post(CODES), own.post(remove)):
        assert answer["Location"].startswith(CONFIRM)
    page = text(own.get(CONFIRM, {"next": CODES}))
    assert "Xác nhận là bạn" in page and 'name="password"' not in page
    assert own.post(CONFIRM, {"password": PASSWORD, "next": CODES}).status_code == 422
    monkeypatch.setattr(signing, "FRESH", kept)
    session = own.session
    session[signing.PROVED] = 0
    session[signing.CONFIRMED] = clock.now().timestamp()
    session.save()
    assert own.get(CODES)["Location"].startswith(CONFIRM), "the password of just now is not the factor"
    assert own.post(CONFIRM, {"code": code_now(secret), "next": CODES})["Location"] == CODES
    assert own.get(CODES).status_code == 200
    assert own.post(remove).status_code == 302 and factors_of(user) == []


def test_codes_cannot_be_guessed_inside(cast: Cast, client_of: ClientOf) -> None:
    somebody("chu")
    own = client_of()
    sign_in(own, "chu")
    secret = add_app(own)
    answers = [own.post(CONFIRM, {"code": "000000"}).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]
    assert own.post(CONFIRM, {"code": code_now(secret)}).status_code == 429


# ---- forms sent again


def where(cast: Cast, client_of: ClientOf, page: str) -> str:
    if page == "invitation":
        return invitation(client_of("quan-tri"))
    nobody_yet()
    return start_path()


@pytest.mark.parametrize("page", ["start", "invitation"])
def test_a_chosen_password_is_not_asked_for_twice(cast: Cast, client_of: ClientOf, page: str) -> None:
    from nhiemky.foundation.models import User

    address = where(cast, client_of, page)
    guest, other = client_of(), client_of()
    first = guest.post(address, UNIT | PERSON | {"username": "x y"})
    assert first.status_code == 422 and "mật khẩu đã chọn" in text(first)
    assert PASSWORD not in first.content.decode() and PASSWORD not in str(guest.cookies)
    assert not re.search(r'name="password"[^>]*required', text(first))
    # a second fault, with the field left empty as it was offered
    second = guest.post(address, UNIT | PERSON | {"username": "quan-tri", "password": ""})
    assert second.status_code == 422 and "mật khẩu đã chọn" in text(second)
    # somebody else at the same address has chosen nothing
    assert "mật khẩu đã chọn" not in text(other.get(address))
    assert other.post(address, UNIT | PERSON | {"password": "", "hashed": "md5$a$b"}).status_code == 422
    kept = {name: each.value for name, each in guest.cookies.items()}
    assert guest.post(address, UNIT | PERSON | {"password": ""})["Location"] == "/"
    assert User.objects.get(username="thao").check_password(PASSWORD)
    # the second of two taps, sent with the cookies of before
    tap = client_of()
    for name, value in kept.items():
        tap.cookies[name] = value
    assert tap.post(address, UNIT | PERSON | {"password": ""})["Location"] == "/"
    assert other.post(address, UNIT | PERSON | {"password": ""}).status_code == 410


def test_a_kept_password_is_of_one_address_for_a_quarter_of_an_hour(cast: Cast, client_of: ClientOf) -> None:
    from datetime import timedelta

    from django.contrib.sessions.models import Session

    keeper, guest = client_of("quan-tri"), client_of()
    one, two = invitation(keeper), invitation(keeper)
    guest.post(one, PERSON | {"username": "x y"})
    assert guest.cookies["chosen-password"]["path"] == one
    copied = client_of()
    copied.cookies["chosen-password"] = guest.cookies["chosen-password"].value
    assert copied.post(two, PERSON | {"password": ""}).status_code == 422
    # a bad one that was typed since is not silently followed by the good one of before
    page = guest.post(one, PERSON | {"password": "ngan"})
    assert page.status_code == 422 and "mật khẩu đã chọn" not in text(page)
    guest.post(one, PERSON | {"username": "x y"})
    Session.objects.update(expire_date=clock.now() - timedelta(seconds=1))
    assert guest.post(one, PERSON | {"password": ""}).status_code == 422


def test_a_used_address_with_a_kept_password_lets_nobody_in_later(cast: Cast, client_of: ClientOf) -> None:
    from datetime import timedelta

    from nhiemky.foundation.models import OneTimeLink

    address, guest = invitation(client_of("quan-tri")), client_of()
    guest.post(address, PERSON | {"username": "x y"})
    guest.post(address, PERSON | {"password": ""})
    guest.post("/dang-xuat/")
    OneTimeLink.objects.update(used_at=clock.now() - timedelta(minutes=2))
    assert guest.post(address, PERSON | {"password": ""}).status_code == 410


def test_an_invitation_whose_maker_lost_the_right_says_so_at_once(cast: Cast, client_of: ClientOf) -> None:
    from nhiemky.foundation.models import User
    from nhiemky.units.actions import give_grant
    from nhiemky.units.models import Grant

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
    sign_in(client, "phu-trach")
    address = invitation(client)
    assert client_of().get(address).status_code == 200
    Grant.objects.filter(user=keeper).update(ends_before=cast.today)
    before = User.objects.count()
    for answer in (client_of().get(address), client_of().post(address, PERSON), client_of("song-lo").get(address)):
        assert answer.status_code == 410 and "không còn quyền" in text(answer)
    assert User.objects.count() == before


def test_a_new_password_sent_twice_is_set_once_and_refuses_nobody(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import timedelta

    from nhiemky.foundation.actions import offer_password
    from nhiemky.foundation.models import OneTimeLink
    from nhiemky.foundation.queries import command_line
    from nhiemky.web.account import passwords

    address = reverse("web.account.reset", args=[offer_password(by=command_line(), user=somebody("quen"))])
    stale, found = passwords.link_with("password", address.split("/")[2]), passwords.link_with
    for _ in range(2):
        assert client_of().post(address, {"password": NEW})["Location"] == "/dang-nhap/"
    # both were under way: the second still saw the address open
    monkeypatch.setattr(passwords, "link_with", lambda *_given: stale)
    assert client_of().post(address, {"password": NEW})["Location"] == "/dang-nhap/"
    monkeypatch.setattr(passwords, "link_with", found)
    assert client_of().post(address, {"password": "mot cau thu ba that dai"}).status_code == 410
    assert client_of().get(address).status_code == 410
    OneTimeLink.objects.update(used_at=clock.now() - timedelta(minutes=2))
    assert client_of().post(address, {"password": NEW}).status_code == 410, "later it is no second tap"


def test_a_used_address_is_no_place_to_guess_the_password(cast: Cast, client_of: ClientOf) -> None:
    from nhiemky.foundation.actions import offer_password
    from nhiemky.foundation.queries import command_line

    address = reverse("web.account.reset", args=[offer_password(by=command_line(), user=somebody("quen"))])
    client_of().post(address, {"password": NEW})
    answers = [client_of().post(address, {"password": f"mot cau thu {n} that dai"}).status_code for n in range(6)]
    assert answers[-1] == 429
