"""The first run, an invitation and a passkey in Chromium, on an installation that is empty at first."""

from __future__ import annotations

import re
import threading
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import HEIGHTS
from tests.browser.site import running_site
from tests.browser.test_pages import faults_of, too_wide
from tests.people import PASSWORD, code_now

Open = Callable[..., Page]
UNIT = "/don-vi/cdcs-truong-mam-non-hoa-sen/"
PERSON = {"display_name": "Nguyễn Thị Lan", "username": "lan.nguyen", "password": PASSWORD}


@pytest.fixture(scope="module")
def printed() -> Iterator[str]:
    """The address of the site and what `start` printed: the site is named `localhost`, as passkeys want it."""
    with running_site(("start", "--no-serve")) as told:
        yield told


@pytest.fixture(scope="module")
def site(printed: str) -> str:
    return printed.splitlines()[0].replace("127.0.0.1", "localhost")


@pytest.fixture(scope="module")
def chair(printed: str, site: str, browser: Browser) -> list:
    """The cookies of the first chair, made by the form as a phone without script sends it, eight times at once."""
    [path] = re.findall(r"http://\S+(/bat-dau/\S+)", printed)
    form = {"name": "Công đoàn cơ sở Trường Mầm non Hoa Sen", "kind": "grassroots", "block": "su_nghiep", "above": "x"}
    ends: list[str] = []

    def send() -> None:
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        page = opener.open(site + path).read().decode()
        [mark] = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        ready.wait()
        sent = urllib.parse.urlencode(form | PERSON | {"csrfmiddlewaretoken": mark}).encode()
        ends.append(urllib.parse.urlsplit(opener.open(site + path, sent).url).path)

    ready = threading.Barrier(8)
    taps = [threading.Thread(target=send) for _ in range(8)]
    for tap in taps:
        tap.start()
    for tap in taps:
        tap.join()
    assert ends == ["/"] * 8, ends
    context = browser.new_context()
    page = context.new_page()
    enter(page, site)
    cookies = context.cookies()
    context.close()
    return cookies


def enter(page: Page, site: str, password: str = PASSWORD) -> None:
    page.goto(f"{site}/dang-nhap/")
    page.fill("[name=username]", PERSON["username"])
    page.fill("[name=password]", password)
    page.click("main button:has-text('Đăng nhập')")


def look(page: Page, name: str) -> None:
    for width, height in HEIGHTS.items():
        page.set_viewport_size({"width": width, "height": height})
        assert not faults_of(page), f"{name} at {width}"
        assert too_wide(page) <= 0, f"{name} at {width}"


def test_the_first_page_holds_wcag_and_a_typed_password_can_be_shown(page_at: Open, printed: str, site: str) -> None:
    """Before the chair is there; the order of this file is the order of a first day."""
    [path] = re.findall(r"http://\S+(/bat-dau/\S+)", printed)
    page = page_at(390, expected=["422"])
    page.goto(site + path)
    look(page, "start")
    page.set_viewport_size({"width": 390, "height": 844})
    page.fill("[name=password]", "ngan qua")
    page.click("[data-show]")
    assert page.get_attribute("[name=password]", "type") == "text"
    page.select_option("[name=kind]", "ward")
    expect(page.locator("[name=block]")).to_be_hidden()
    page.select_option("[name=kind]", "grassroots")
    expect(page.locator("[name=block]")).to_be_visible()
    page.fill("[name=name]", "Công đoàn " + "cơ sở rất dài " * 20)
    page.fill("[name=display_name]", "Lan")
    page.fill("[name=username]", "Lan Nguyễn")
    page.click("main .btn.wide")
    assert page.evaluate("document.activeElement.name") == "username", "the browser says so before anything is sent"
    # as a browser that checks nothing
    page.locator("main form").evaluate("each => each.noValidate = true")
    page.click("main .btn.wide")
    expect(page.locator(".note.bad li")).to_have_count(2)
    look(page, "start refused")
    page.fill("[name=password]", PASSWORD)
    page.locator("main form").evaluate("each => each.noValidate = true")
    page.click("main .btn.wide")
    expect(page.get_by_placeholder("mật khẩu đã chọn")).to_have_value("")
    look(page, "start with a password that is kept")


def test_eight_taps_make_one_chair_and_the_rest_is_offered(page_at: Open, site: str, chair: list) -> None:
    page = page_at(390)
    page.context.add_cookies(chair)
    page.goto(site)
    expect(page.locator("h1")).to_have_text("Việc hôm nay")
    expect(page.locator(".todo")).to_contain_text("Mời một đồng chí")
    look(page, "home")
    page.click(".todo a >> text=Mời một đồng chí")
    expect(page.locator("h2#dang-co ~ .people > li")).to_have_count(1)
    page.fill("[name=for_whom]", "chị Hoàng Thị Phương Thảo, trưởng ban nữ công, kế toán công đoàn cơ sở từ 2023")
    page.click("main .form .btn.wide")
    look(page, "people")
    link = page.input_value("#made")
    page.goto(f"{site}{UNIT}nguoi-dung/")
    page.click("summary")
    look(page, "people again")

    guest = page_at(390, expected=["410"])
    guest.goto(link)
    look(guest, "accept")
    guest.set_viewport_size({"width": 390, "height": 844})
    guest.fill("[name=display_name]", "Hoàng Thị Phương Thảo")
    guest.fill("[name=username]", "thao")
    guest.fill("[name=password]", PASSWORD)
    # two taps, as of a shaking thumb: the second form is on its way when the first is answered
    guest.locator("main .btn.wide").dblclick()
    guest.wait_for_url(f"{site}/")
    expect(guest.locator(".who-name")).to_contain_text("Hoàng Thị Phương Thảo")
    page.goto(f"{site}{UNIT}nguoi-dung/")
    expect(page.locator("h2#dang-co ~ .people > li")).to_have_count(2)
    guest.context.clear_cookies()
    guest.goto(link)
    look(guest, "used invitation")


@pytest.mark.parametrize(
    "path",
    ["/tai-khoan/", "/tai-khoan/mat-khau/", "/tai-khoan/hai-lop/", "/tai-khoan/hai-lop/khoa/", "/tai-khoan/xac-nhan/",
     f"{UNIT}ten/", "/quen-mat-khau/"],
)  # fmt: skip
def test_account_pages_hold_wcag(page_at: Open, site: str, chair: list, path: str) -> None:
    page = page_at(390)
    page.context.add_cookies(chair)
    page.goto(site + path)
    assert urllib.parse.urlsplit(page.url).path == path
    look(page, path)


def test_a_passkey_is_made_and_signs_in_and_the_codes_stand_in_for_it(page_at: Open, site: str, chair: list) -> None:
    page = page_at(390, expected=["422"], own=True)
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    key = device.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    enter(page, site)
    page.goto(f"{site}/tai-khoan/hai-lop/khoa/")
    page.fill("[name=name]", "máy ở cơ quan")
    page.click("[data-go]")
    page.wait_for_url("**/ma-du-phong/")
    assert len(device.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]) == 1
    codes = page.locator(".codes code").all_inner_texts()
    assert len(codes) == 10
    look(page, "codes")
    page.goto(f"{site}/tai-khoan/hai-lop/")
    expect(page.locator(".people").first).to_contain_text("máy ở cơ quan")
    look(page, "factors")

    # out, and in with the key
    page.click(".bar-out")
    enter(page, site)
    page.wait_for_url("**/dang-nhap/ma/")
    look(page, "second step")
    page.goto(site)
    assert urllib.parse.urlsplit(page.url).path == "/dang-nhap/", "the password alone opens nothing"
    enter(page, site)
    page.wait_for_url("**/dang-nhap/ma/")
    page.click("[data-go]")
    page.wait_for_url(f"{site}/")

    # another key of the same shape, which is not this person's
    page.click(".bar-out")
    device.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": key})
    other = device.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    enter(page, site)
    page.wait_for_url("**/dang-nhap/ma/")
    page.click("[data-go]")
    expect(page.locator("[data-fault]")).to_be_visible(timeout=90_000)
    page.fill("[name=code]", "000000")
    page.click("main .btn:has-text('Tiếp tục')")
    expect(page.locator(".note.bad").first).to_be_visible()
    page.fill("[name=code]", codes[0])
    page.click("main .btn:has-text('Tiếp tục')")
    page.wait_for_url(f"{site}/")

    # an app beside it
    page.goto(f"{site}/tai-khoan/hai-lop/ung-dung/")
    look(page, "app")
    secret = page.inner_text(".secret").replace(" ", "")
    page.fill("[name=code]", code_now(secret))
    page.click("main .form .btn")
    page.wait_for_url("**/ma-du-phong/")
    assert page.locator(".codes code").count() == 9

    # shown once more, as after a quarter of an hour
    page.goto(f"{site}/tai-khoan/xac-nhan/?next=/tai-khoan/hai-lop/ma-du-phong/")
    expect(page.locator("main [name=password]")).to_have_count(0)
    look(page, "confirm with a factor")
    device.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": other})
    page.fill("[name=code]", codes[1])
    page.click("main .btn:has-text('Tiếp tục')")
    page.wait_for_url("**/ma-du-phong/")
    assert page.locator(".codes code").count() == 8
