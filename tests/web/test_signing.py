"""Signing in with one factor and two, new passwords, and what somebody who tries learns of it."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from nhiemky.foundation.roles import Role
from tests.people import PASSWORD, add_app, code_now, no_demonstration, sign_in, somebody
from tests.web.accounts import PEOPLE, ClientOf, text
from tests.web.conftest import Cast

# ---- passwords


def test_a_changed_password_ends_other_sessions_only(cast: Cast, client_of: ClientOf) -> None:
    somebody("doi")
    here, there = client_of(), client_of()
    for client in (here, there):
        assert sign_in(client, "doi").status_code == 302
    wrong = here.post("/tai-khoan/mat-khau/", {"old": "sai", "password": "mot cau khac that dai"})
    assert wrong.status_code == 422 and "đang dùng chưa đúng" in text(wrong)
    assert here.post("/tai-khoan/mat-khau/", {"old": PASSWORD, "password": "ngan"}).status_code == 422
    assert there.get("/").status_code == 200
    assert here.post("/tai-khoan/mat-khau/", {"old": PASSWORD, "password": "mot cau khac that dai"}).status_code == 302
    assert here.get("/").status_code == 200 and there.get("/").status_code == 302
    assert sign_in(client_of(), "doi").status_code == 200
    assert sign_in(client_of(), "doi", "mot cau khac that dai").status_code == 302


def test_the_old_password_cannot_be_guessed_inside(cast: Cast, client_of: ClientOf) -> None:
    somebody("doi")
    client = client_of()
    sign_in(client, "doi")
    for where, field in (("/tai-khoan/mat-khau/", "old"), ("/tai-khoan/xac-nhan/", "password")):
        answers = [client.post(where, {field: f"sai {n}", "password": f"sai {n}"}).status_code for n in range(6)]
        assert answers[-1] == 429, answers


@pytest.fixture
def with_mail(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from nhiemky.web.account import passwords

    settings.MAIL = {"EMAIL_HOST": "localhost"}
    # the thread of its own would not see this test's transaction
    monkeypatch.setattr(passwords, "apart", passwords.send_address)


def test_a_mail_leads_to_a_new_password_and_ends_the_sessions(cast: Cast, client_of: ClientOf, with_mail: None) -> None:
    user = somebody("quen")
    user.email = "quen@example.org"
    user.save()
    old = client_of()
    sign_in(old, "quen")
    assert "Quên mật khẩu?</a>" in text(client_of().get("/dang-nhap/"))
    client_of().post("/quen-mat-khau/", {"who": "QUEN@example.org"})
    [sent] = mail.outbox
    assert sent.to == ["quen@example.org"] and "Người thử quen" in sent.body
    [address] = re.findall(r"http://testserver(/dat-mat-khau/\S+)", sent.body)
    guest = client_of()
    assert guest.post(address, {"password": "ngan"}).status_code == 422
    assert guest.post(address, {"password": "mot cau khac that dai"})["Location"] == "/dang-nhap/"
    assert old.get("/").status_code == 302, "the session of before has ended"
    assert guest.get("/").status_code == 302, "the address itself signs nobody in"
    for answer in (guest.get(address), guest.post(address, {"password": "mot cau thu ba that dai"})):
        assert answer.status_code == 410
    assert sign_in(client_of(), "quen", "mot cau khac that dai").status_code == 302


def test_the_answer_does_not_tell_whether_there_is_an_account(cast: Cast, client_of: ClientOf, with_mail: None) -> None:
    user = somebody("co-that")
    user.email = "co@example.org"
    user.save()
    somebody("khong-thu")
    pages = {
        re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text(client_of().post("/quen-mat-khau/", {"who": who})))
        for who in ("co-that", "khong-thu", "khong-co-ai", "co@example.org", "", "x" * 5000)
    }
    assert len(pages) == 1 and len(mail.outbox) == 2
    doors = [
        re.sub(r'value="[^"]*"', "", text(sign_in(client_of(), name, "sai mat khau")))
        for name in ("co-that", "khong-co")
    ]
    assert doors[0] == doors[1]


def test_without_mail_the_door_says_whom_to_ask(client_of: ClientOf) -> None:
    assert "nhờ người giữ máy chủ" in text(client_of().get("/dang-nhap/"))
    assert "nhờ người giữ máy chủ" in text(client_of().get("/quen-mat-khau/"))
    assert not mail.outbox


def test_a_mail_address_is_kept_after_the_password(cast: Cast, client_of: ClientOf) -> None:
    somebody("thu")
    client = client_of()
    sign_in(client, "thu")
    assert client.post("/tai-khoan/thu/", {"email": "khong phai"}).status_code == 422
    assert client.post("/tai-khoan/thu/", {"email": "thu@example.org"}).status_code == 302
    assert 'value="thu@example.org"' in client.get("/tai-khoan/").content.decode()
    assert (
        client_of("song-lo")
        .post("/tai-khoan/thu/", {"email": "a@example.org"})["Location"]
        .startswith("/tai-khoan/xac")
    )


def test_confirming_does_not_lead_away(cast: Cast, client_of: ClientOf) -> None:
    somebody("ve")
    client = client_of()
    sign_in(client, "ve")
    answer = client.post("/tai-khoan/xac-nhan/", {"password": PASSWORD, "next": "https://example.org/"})
    assert answer["Location"] == "/"


# ---- second factors


def test_enrolled_by_code_then_asked_for_it(cast: Cast, client_of: ClientOf) -> None:
    somebody("co-ma")
    client = client_of()
    sign_in(client, "co-ma")
    secret = add_app(client)
    codes = re.findall(r"<code>(\d{4} \d{4})</code>", client.get("/tai-khoan/hai-lop/ma-du-phong/").content.decode())
    assert len(codes) == 10

    other = client_of()
    answer = other.post("/dang-nhap/", {"username": "co-ma", "password": PASSWORD, "next": "/van-ban/"})
    assert answer["Location"] == "/dang-nhap/ma/"
    assert other.get("/").status_code == 302, "the password alone opens nothing"
    assert other.post("/dang-nhap/ma/", {"code": "000000"}).status_code == 422
    assert other.post("/dang-nhap/ma/", {"code": code_now(secret)})["Location"] == "/van-ban/"
    assert other.get("/").status_code == 200

    third = client_of()
    sign_in(third, "co-ma")
    assert third.post("/dang-nhap/ma/", {"code": code_now(secret)}).status_code == 422, "a code is used once"
    assert third.post("/dang-nhap/ma/", {"code": codes[0]})["Location"] == "/"
    assert "còn 9 mã" in text(third.get("/tai-khoan/hai-lop/"))


def test_codes_are_throttled_like_passwords(cast: Cast, client_of: ClientOf) -> None:
    somebody("co-ma")
    client = client_of()
    sign_in(client, "co-ma")
    secret = add_app(client)
    thief = client_of()
    for _ in range(5):
        sign_in(thief, "co-ma")
        assert thief.post("/dang-nhap/ma/", {"code": "000000"}).status_code == 422
    assert thief.post("/dang-nhap/ma/", {"code": code_now(secret)}).status_code == 429
    # only the second step waits, and only there
    assert sign_in(client_of(), "co-ma")["Location"] == "/dang-nhap/ma/"
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    sign_in(elsewhere, "co-ma")
    assert elsewhere.post("/dang-nhap/ma/", {"code": code_now(secret)})["Location"] == "/"


def test_codes_are_throttled_over_all_addresses(cast: Cast, client_of: ClientOf) -> None:
    somebody("co-ma")
    client = client_of()
    sign_in(client, "co-ma")
    secret = add_app(client)
    tried = 0
    for house in range(10):
        thief = Client(REMOTE_ADDR=f"192.0.2.{house}")
        sign_in(thief, "co-ma")
        for _ in range(4):
            tried += thief.post("/dang-nhap/ma/", {"code": "000000"}).status_code == 422
    assert tried == 20
    last = Client(REMOTE_ADDR="192.0.2.99")
    sign_in(last, "co-ma")
    assert last.post("/dang-nhap/ma/", {"code": code_now(secret)}).status_code == 429


def test_a_half_signed_in_session_ends(cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch) -> None:
    from nhiemky.web.account import signing

    user = somebody("co-ma")
    client = client_of()
    sign_in(client, "co-ma")
    secret = add_app(client)
    slow, reset, bare = client_of(), client_of(), client_of()
    assert bare.post("/dang-nhap/ma/", {"code": code_now(secret)})["Location"] == "/dang-nhap/"
    for each in (slow, reset):
        sign_in(each, "co-ma")
    user.set_password("mot cau khac that dai")
    user.save()
    assert reset.post("/dang-nhap/ma/", {"code": code_now(secret)})["Location"] == "/dang-nhap/"
    user.set_password(PASSWORD)
    user.save()
    sign_in(slow, "co-ma")
    monkeypatch.setattr(signing, "PATIENCE", -1)
    assert slow.post("/dang-nhap/ma/", {"code": code_now(secret)})["Location"] == "/dang-nhap/"


OPEN = ["/tai-khoan/hai-lop/", "/tai-khoan/hai-lop/ung-dung/", "/tai-khoan/hai-lop/khoa/", "/tai-khoan/xac-nhan/"]
SHUT = ["/", "/don-vi/", "/tai-khoan/", "/tai-khoan/mat-khau/", "/van-ban/", "/mau-van-ban/", PEOPLE]


@pytest.mark.parametrize("reach", ["whole", "below"])
def test_who_reaches_below_adds_a_factor_before_anything_else(cast: Cast, client_of: ClientOf, reach: str) -> None:
    from nhiemky.units.actions import give_grant

    no_demonstration()
    user = somebody("rong")
    unit = cast.unit if reach == "below" else None
    give_grant(
        by=cast.users["quan-tri"], unit=unit, user=user, role=Role.ADMINISTRATOR, below=True, starts_on=cast.today
    )
    client = client_of()
    assert sign_in(client, "rong").status_code == 302
    for shut in SHUT:
        for answer in (client.get(shut), client.post(shut), client.get(shut, headers={"HX-Request": "true"})):
            assert answer.status_code == 302 and answer["Location"] == "/tai-khoan/hai-lop/", shut
    for opened in OPEN:
        assert client.get(opened).status_code == 200, opened
    assert "cần thêm một lớp xác thực" in text(client.get("/tai-khoan/hai-lop/"))
    add_app(client)
    assert client.get("/").status_code == 200
    page = text(client.get("/tai-khoan/hai-lop/"))
    assert "Bỏ" not in re.sub(r"<h1>.*?</h1>", "", page), "the only one cannot go"
    from nhiemky.foundation.second_factor import factors_of

    [row] = factors_of(user)
    refused = client.post(reverse("web.account.remove_factor", args=[row.pk]))
    assert refused.status_code == 422 and factors_of(user) == [row]


@pytest.mark.parametrize("below", [True, False])
def test_who_has_nothing_below_is_only_offered_one(cast: Cast, client_of: ClientOf, below: bool) -> None:
    from nhiemky.rules.timeline import Span
    from nhiemky.units.actions import found_unit, give_grant

    no_demonstration()
    by = cast.users["quan-tri"]
    unit = found_unit(by=by, code="le", name="Lẻ", short="Lẻ", kind="grassroots", life=Span(None, None))
    user = somebody("hep")
    give_grant(by=by, unit=unit, user=user, role=Role.ADMINISTRATOR, below=below, starts_on=cast.today)
    client = client_of()
    sign_in(client, "hep")
    assert client.get("/").status_code == 200
    assert "Bật xác thực hai lớp" in text(client.get("/tai-khoan/"))


def test_the_demonstration_stays_open_with_its_printed_password(client_of: ClientOf) -> None:
    for login in ("quan-tri", "hu-cau", "nho-quan"):
        client = client_of()
        assert sign_in(client, login, "nhiem-ky-dung-thu")["Location"] == "/"
        assert client.get("/").status_code == 200
    no_demonstration()
    client = client_of()
    sign_in(client, "hu-cau", "nhiem-ky-dung-thu")
    assert client.get("/")["Location"] == "/tai-khoan/hai-lop/", "and only there"


def test_nobody_removes_the_factor_of_another(cast: Cast, client_of: ClientOf) -> None:
    from nhiemky.foundation.second_factor import factors_of

    mine, yours = client_of(), client_of()
    owner = somebody("chu")
    somebody("khac")
    sign_in(mine, "chu")
    add_app(mine)
    sign_in(yours, "khac")
    [row] = factors_of(owner)
    assert yours.post(reverse("web.account.remove_factor", args=[row.pk])).status_code == 404
    assert mine.get(reverse("web.account.remove_factor", args=[row.pk])).status_code == 405
    assert mine.post(reverse("web.account.remove_factor", args=[row.pk])).status_code == 302
    assert factors_of(owner) == []


def test_a_passkey_without_its_challenge_is_refused(cast: Cast, client_of: ClientOf) -> None:
    somebody("khoa")
    client = client_of(HTTP_HOST="localhost")
    sign_in(client, "khoa")
    for answer in ("", "{}", "[1]", '{"id":"AA","rawId":"AA","type":"public-key","response":{}}'):
        page = client.post("/tai-khoan/hai-lop/khoa/", {"passkey": answer, "name": "máy tôi"})
        assert page.status_code == 422 and "chưa tạo được" in text(page)
