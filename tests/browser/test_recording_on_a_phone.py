"""Recording on a phone: on a 3G line within half a minute, and with the line cut at every step in turn."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.browser.proxy import Cut, Proxy
from tests.browser.recorder import UNIT, Recorder, picture
from tests.browser.site import cookies_of, sign_in

# a person's pace: so long before a tap, so long for a key
TAP, KEY = 1.5, 0.25
SECONDS = 30
FORM = f"/don-vi/{UNIT}/ghi-viec/?viec=visit"
CUT_NOISE = ["ERR_EMPTY_RESPONSE", "ERR_INTERNET_DISCONNECTED", "htmx:sendError", "ERR_CONNECTION"]
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def cookies(browser: Browser, site: str) -> list:
    return cookies_of(browser, site, "nho-quan")


@pytest.fixture(scope="module")
def written(site: str) -> Callable[[str], int]:
    """How many pieces of work of the unit carry this note."""
    person = Recorder(int(site.rpartition(":")[2]))
    person.sign_in("nho-quan")

    def count(note: str) -> int:
        status, _to, page = person.ask("GET", f"/don-vi/{UNIT}/?xem=viec&q={note}")
        assert status == 200
        return page.count('class="rec-what"')

    return count


class Person:
    """Somebody with a phone; taps and keys are counted, and the time they take is added to what the line takes."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps, self.keys = page, 0, 0

    def tap(self, what: str) -> None:
        self.page.locator(what).first.click()
        self.taps += 1

    def types(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.keys += len(text)


def test_one_record_on_3g_takes_half_a_minute(page_at: Open, site: str, written: Callable[[str], int]) -> None:
    page = page_at(390, own=True)
    sign_in(page, site, "nho-quan")
    page.context.new_cdp_session(page).send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 400, "downloadThroughput": 400_000 / 8, "uploadThroughput": 400_000 / 8},
    )
    page.goto(f"{site}/")
    person = Person(page)
    began = time.monotonic()
    person.tap("main a.go")
    person.tap("#tim-viec")
    person.types("tham hoi")
    expect(page.locator("[data-words]:visible").first).to_contain_text("Thăm hỏi")
    person.tap("[data-words]:visible a")
    person.tap("#so-luot")
    person.types("1")
    person.tap("#tien-0")
    person.types("500k")
    expect(page.locator("#tien-0-hieu")).to_have_text("= 500.000 đồng")
    person.tap("#ghi-chu")
    person.types("phong ba g")
    person.tap(".record-go button")
    expect(page.locator(".note.good")).to_contain_text("Đã ghi")
    line = time.monotonic() - began
    seconds = line + person.taps * TAP + person.keys * KEY
    print(f"\n3G, 390 px: {person.taps} taps, {person.keys} keys, {line:.1f} s of waiting, {seconds:.1f} s in all")
    assert seconds <= SECONDS
    assert "500.000 đồng" in page.locator("main").inner_text()
    assert written("phong+ba+g") == 1


STEPS = {
    "home": "GET / ",
    "kinds": f"GET /don-vi/{UNIT}/ghi-viec/ ",
    "form": f"GET {FORM}",
    "amount": "GET /ghi-viec/so-tien/",
    "sending": f"POST /don-vi/{UNIT}/ghi-viec/",
    "acknowledged": "GET /ban-ghi/",
}


CASES = [(step, late, True) for step in STEPS for late in (False, True)]
# without the script the steps before the form are the same
CASES += [(step, late, False) for step in ("sending", "acknowledged") for late in (False, True)]


@pytest.mark.parametrize(("step", "late", "script"), CASES)
def test_the_line_is_cut_at_every_step(
    phones: dict[bool, Page],
    site: str,
    cookies: list,
    written: Callable[[str], int],
    step: str,
    late: bool,
    script: bool,
) -> None:
    note = f"cut-{step}-{late}-{script}".lower()
    with Proxy(int(site.rpartition(":")[2])) as line, taken(phones[script], cookies, script) as page:
        address = f"http://127.0.0.1:{line.port}"
        line.cut = cut = Cut(STEPS[step], late)
        reach(page, lambda: page.goto(f"{address}/"))
        reach(page, lambda: page.locator("main a.go").click())
        reach(page, lambda: page.locator('main a[href="?viec=visit"]').first.click())
        page.fill("#so-luot", "2")
        page.fill("#tien-0", "1,5 triệu")
        page.fill("#ghi-chu", note)
        if step == "amount":
            page.locator("#tien-0").dispatch_event("input")
            assert cut.done.wait(5)
        reach(page, lambda: page.locator(".record-go button").click(), until="**/ban-ghi/*/")
        expect(page.locator("main")).to_contain_text("1.500.000 đồng")
        assert cut.done.is_set(), f"nothing was cut: {line.seen}"
        if step != "acknowledged":
            # otherwise the page that came says it, and the message was on the one that was lost
            expect(page.locator(".note.good")).to_contain_text("ghi")
    assert written(note) == 1


@pytest.fixture(scope="module")
def phones(browser: Browser) -> Iterator[dict[bool, Page]]:
    """A phone with the script and one without; each test finds it as it was bought."""
    made = {}
    for script in (True, False):
        context = browser.new_context(
            viewport={"width": 390, "height": 844}, locale="vi-VN", java_script_enabled=script
        )
        made[script] = context.new_page()
        made[script].set_default_timeout(8000)
    yield made
    for page in made.values():
        page.context.close()


@contextmanager
def taken(page: Page, cookies: list, script: bool) -> Iterator[Page]:
    # cookies know no ports: the line and the server behind it are one place
    page.context.add_cookies(cookies)
    yield page
    if script:
        page.evaluate("localStorage.clear(); sessionStorage.clear()")
    page.goto("about:blank")
    page.context.clear_cookies()


def reach(page: Page, act: Callable[[], object], until: str = "") -> None:
    """Do it; when the line was cut, do what a person does: press 'Gửi lại', or load the page again."""
    before = page.url
    try:
        act()
        if until:
            waited(page, until)
        else:
            page.wait_for_load_state()
    except Error:
        pass
    if page.url.startswith("chrome-error") or page.locator("main").count() == 0:
        # a browser's own fault page: its reload sends a form again
        page.reload()
    if until and page.locator("[data-draft-unsent]:visible").count():
        assert page.input_value("#tien-0") == "1,5 triệu"
        page.locator("[data-draft-send]").click()
    if until:
        page.wait_for_url(until)
    assert page.locator("main h1").count() == 1, before


def waited(page: Page, until: str) -> None:
    for _ in range(40):
        if page.locator("[data-draft-unsent]:visible").count():
            return
        try:
            page.wait_for_url(until, timeout=100)
            return
        except Error:
            if page.url.startswith("chrome-error"):
                return
    raise AssertionError(f"neither sent nor refused: {page.url}")


def test_offline_is_said_and_sent_when_the_net_is_back(page_at: Open, site: str, written: Callable[[str], int]) -> None:
    page = page_at(390, expected=CUT_NOISE, own=True)
    sign_in(page, site, "nho-quan")
    page.goto(site + FORM)
    page.fill("#so-luot", "3")
    page.fill("#ghi-chu", "mat-mang")
    page.context.set_offline(True)
    page.click(".record-go button")
    expect(page.locator("[data-draft-unsent]")).to_contain_text("Chưa có mạng")
    assert page.input_value("#so-luot") == "3"
    page.context.set_offline(False)
    page.wait_for_url("**/ban-ghi/*/")
    expect(page.locator(".note.good")).to_contain_text("Đã ghi")
    assert written("mat-mang") == 1
    assert drafts(page) == []


def test_a_draft_outlives_its_tab_and_can_be_dropped(page_at: Open, site: str, written: Callable[[str], int]) -> None:
    page = page_at(390, own=True)
    sign_in(page, site, "nho-quan")
    page.goto(site + FORM)
    page.fill("#so-luot", "4")
    page.fill("#tien-0", "1 ty ruoi")
    page.locator("summary", has_text="Tên người").click()
    page.fill("#ten", "Nguyễn Thị Mộng\nTrần Văn Mơ")
    page.set_input_files("#tep", files=[{"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture()}])
    code = page.input_value("[name=ma]")
    again = page.context.new_page()
    page.close()
    again.goto(site + FORM)
    expect(again.locator("[data-draft-kept]")).to_contain_text("chưa được ghi")
    expect(again.locator("[data-draft-kept]")).to_contain_text("Tệp đã chọn lần trước không giữ được")
    assert again.input_value("#tien-0") == "1 ty ruoi"
    assert again.input_value("#ten") == "Nguyễn Thị Mộng\nTrần Văn Mơ"
    assert again.locator("#ten").is_visible()
    # the same form: were it on its way already, it would not be written twice
    assert again.input_value("[name=ma]") == code
    again.click("[data-draft-drop]")
    expect(again.locator("[data-draft-kept]")).to_be_hidden()
    expect(again.locator("#so-luot")).to_have_value("")
    assert drafts(again) == []


def test_a_draft_outlives_the_session_but_not_the_sign_out(
    page_at: Open, site: str, written: Callable[[str], int]
) -> None:
    page = page_at(390, expected=["403"])
    sign_in(page, site, "nho-quan")
    page.goto(site + FORM)
    page.fill("#so-luot", "5")
    page.fill("#ghi-chu", "het-phien")
    page.context.clear_cookies(name="sessionid")
    page.click(".record-go button")
    expect(page.locator("[data-draft-unsent]")).to_contain_text("đăng nhập lại")
    page.click("[data-draft-reload]")
    page.fill("[name=username]", "nho-quan")
    page.fill("[name=password]", "nhiem-ky-dung-thu")
    page.click("main button")
    page.wait_for_url(f"**{FORM}")
    expect(page.locator("[data-draft-kept]")).to_be_visible()
    page.click(".record-go button")
    page.wait_for_url("**/ban-ghi/*/")
    assert written("het-phien") == 1
    page.goto(site + FORM)
    page.fill("#so-luot", "6")
    assert len(drafts(page)) == 1
    page.click(".bar-out")
    page.wait_for_url("**/dang-nhap/")
    assert drafts(page) == []


def test_a_draft_is_not_shown_to_the_next_person(page_at: Open, site: str) -> None:
    page = page_at(390)
    sign_in(page, site, "nho-quan")
    page.goto(site + FORM)
    page.fill("#ghi-chu", "cua nguoi truoc")
    assert len(drafts(page)) == 1
    page.context.clear_cookies()
    sign_in(page, site, "song-lo")
    assert drafts(page) == []


def test_refused_form_keeps_everything_and_its_files(page_at: Open, site: str) -> None:
    page = page_at(390, expected=["422"])
    sign_in(page, site, "nho-quan")
    page.goto(site + FORM)
    page.fill("#so-luot", "1")
    page.fill("#tien-0", "15")
    page.set_input_files("#tep", files=[{"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture()}])
    page.click(".record-go button")
    expect(page.locator(".note.bad")).to_contain_text("chưa rõ là nghìn hay triệu")
    expect(page.locator("#tien-0")).to_be_focused()
    assert page.locator("#tien-0").get_attribute("aria-invalid") == "true"
    assert page.evaluate("document.querySelector('#tep').files.length") == 1
    page.fill("#tien-0", "15 triệu")
    page.click(".record-go button")
    page.wait_for_url("**/ban-ghi/*/")
    expect(page.locator(".evidence li")).to_have_count(1)


def drafts(page: Page) -> list[str]:
    return page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('nhiemky-nhap:'))")
