"""The doors: signing in with one factor and two, one-time addresses, and what an attacker gets to see."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from types import ModuleType

import pytest
from django.core import mail
from django.test import Client
from django.urls import include, path, reverse
from pytest_django.fixtures import Settings

from nhiemky.foundation import clock
from nhiemky.foundation.roles import Role
from tests.people import PASSWORD, add_app, code_now, no_demonstration, nobody_yet, sign_in, somebody
from tests.web.conftest import SUOI_MONG, Cast

ClientOf = Callable[..., Client]
PERSON = {"display_name": "Hoàng Thị Thảo", "username": "thao", "password": PASSWORD}
UNIT = {"name": "Công đoàn cơ sở Hoa Sen", "kind": "grassroots", "block": "", "above": ""}
PEOPLE = f"/don-vi/{SUOI_MONG}/nguoi-dung/"


def text(answer: object) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())  # type: ignore[attr-defined]


def start_path() -> str:
    from nhiemky.foundation.actions import make_link
    from nhiemky.foundation.models import Purpose
    from nhiemky.foundation.queries import command_line

    return reverse("web.account.start", args=[make_link(by=command_line(), purpose=Purpose.START)[1]])


def invitation(client: Client, **asked: str) -> str:
    page = client.post(PEOPLE, {"for_whom": "chị Thảo", "role": "officer"} | asked)
    assert page.status_code == 200, text(page)
    [found] = re.findall(r'id="made" value="http://testserver([^"]+)"', page.content.decode())
    return found


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

    # the screens that other parts of the house give these names
    later = ModuleType("later")
    later.urlpatterns = [
        path("viec-moi/<slug:code>/", lambda request, code: None, name="web.records.new"),
        path("nhiem-ky-moi/<slug:code>/", lambda request, code: None, name="web.terms.open"),
        path("", include("nhiemky.web.urls")),
    ]
    settings.ROOT_URLCONF = later
    nobody_yet()
    client = client_of()
    client.post(start_path(), UNIT | PERSON)
    # other units exist in the test's database, so that a second factor would be asked for first
    add_app(client)
    by, unit = User.objects.get(username="thao"), Unit.objects.get(code="cdcs-hoa-sen")

    def todo() -> list[str]:
        page = client.get("/").content.decode()
        return re.findall(r'<a href="([^"]+)">(?:Ghi một việc|Đặt nhiệm kỳ và chỉ tiêu|Mời một đồng chí)</a>', page)

    every = ["/viec-moi/cdcs-hoa-sen/", "/nhiem-ky-moi/cdcs-hoa-sen/", "/don-vi/cdcs-hoa-sen/nguoi-dung/"]
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
    page = client_of("quan-tri").post(PEOPLE, {"for_whom": "chị Thảo", "role": "officer"} | asked)
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
    answer = client.post(PEOPLE, {"for_whom": "tôi", "role": "administrator", "below": "1"})
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
    for _ in range(4):
        sign_in(thief, "co-ma")
        assert thief.post("/dang-nhap/ma/", {"code": "000000"}).status_code == 422
    assert thief.post("/dang-nhap/ma/", {"code": "000000"}).status_code == 429
    assert thief.post("/dang-nhap/ma/", {"code": code_now(secret)}).status_code == 429
    assert sign_in(client_of(), "co-ma").status_code == 429


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
