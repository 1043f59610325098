"""Charts and the form of targets where the behaviour is in the browser: drawn when seen, read back as one types."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.site import cookies_of
from tests.browser.test_pages import faults_of, too_wide

Open = Callable[..., Page]
CARE = "/don-vi/hc-suoi-mong/bieu-do/cham-lo/"
ADOPT = "/don-vi/hc-suoi-mong/chi-tieu/2023-2028/moi/"


@pytest.fixture(scope="module")
def cookies(browser: Browser, site: str) -> list:
    return cookies_of(browser, site, "hu-cau")


@pytest.fixture
def at(page_at: Open, site: str, cookies: list) -> Open:
    def open_it(path: str, width: int = 1280) -> Page:
        page = page_at(width)
        page.context.add_cookies(cookies)
        page.goto(site + path)
        return page

    return open_it


@pytest.mark.parametrize("width", [390, 1280])
def test_a_chart_is_drawn_and_its_bars_lead_to_figures(at: Open, width: int) -> None:
    page = at(CARE, width)
    pictures = page.locator(".chart svg")
    expect(pictures).to_have_count(1)
    expect(page.locator(".chart svg:visible")).to_have_count(1)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert faults_of(page) == []
    assert too_wide(page) <= 0
    # colours are those of the page's style sheets, in the dark as in the light
    ink = "getComputedStyle(document.querySelector('.chart svg .f-14212b')).fill"
    assert page.evaluate(ink) == "rgb(231, 237, 242)"
    link = page.locator(".chart svg a").first
    address = link.get_attribute("href")
    link.click()
    page.wait_for_url(f"**{address}")
    expect(page.locator("main .big b")).to_have_text("94.400.000 đồng")


def test_charts_of_a_report_are_drawn_when_they_are_seen(at: Open) -> None:
    page = at("/don-vi/hc-suoi-mong/bao-cao/2023-2028/")
    expect(page.locator(".charts svg")).to_have_count(0)
    for chart in page.locator(".charts .chart").all():
        chart.scroll_into_view_if_needed()
        expect(chart.locator("svg")).to_have_count(1, timeout=15_000)
    assert faults_of(page) == []


def test_a_chart_prints_on_white_and_what_is_not_drawn_does_not(at: Open) -> None:
    page = at(CARE)
    expect(page.locator(".chart svg")).to_have_count(1)
    page.emulate_media(media="print", color_scheme="light")
    expect(page.locator(".chart svg")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.chart svg .f-14212b')).fill") == "rgb(0, 0, 0)"
    expect(page.locator("table.behind")).to_be_visible()
    page.goto(page.url.partition("/don-vi")[0] + "/don-vi/hc-suoi-mong/bao-cao/2023-2028/")
    expect(page.locator(".charts")).to_be_hidden()


def test_without_script_the_picture_is_an_image(browser: Browser, site: str, cookies: list) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(site + CARE)
    image = page.locator(".chart img:visible")
    assert image.count() == 1
    assert "tháng nhiều nhất là 08/2025" in (image.get_attribute("alt") or "")
    page.goto(f"{site}{ADOPT}?q=ket+nap")
    page.click("text=Kết nạp mới đoàn viên công đoàn (người)")
    page.check("[value=gte]")
    page.fill("#muc", "1.500")
    page.click("button[name=xem]")
    assert "từ 1.500 người trở lên" in page.locator(".said").inner_text()
    assert page.input_value("#muc") == "1.500"
    context.close()


def test_a_target_is_found_read_back_and_adopted_once(at: Open) -> None:
    page = at(ADOPT, 390)
    page.locator("#q").press_sequentially("qua tet")
    expect(page.locator("#so-lieu-tim details")).not_to_have_count(0)
    expect(page.locator("#so-lieu-tim")).not_to_contain_text("Hay có trong nghị quyết")
    page.fill("#q", "ket nap moi")
    page.click("text=Kết nạp mới đoàn viên công đoàn (người)")
    expect(page.locator("#muc-tren")).to_be_hidden()
    page.check("[value=range]")
    page.fill("#muc", "300")
    expect(page.locator("#xem-truoc")).to_contain_text("Chưa có mức trên")
    page.fill("#muc-tren", "500")
    expect(page.locator(".said")).to_contain_text("từ 300 – 500 người, cả kỳ")
    page.check("[value=by_date]")
    page.fill("#han", "2027")
    expect(page.locator(".said")).to_contain_text("đến hết 2027")
    assert faults_of(page) == []
    before = page.locator(".adopted li").count()
    # the period has such a target already: one says that one means it
    page.get_by_label("Vẫn ghi thêm").check()
    page.dblclick("text=Ghi chỉ tiêu này")
    page.wait_for_url("**/moi/")
    expect(page.locator("main")).to_contain_text("Đã ghi chỉ tiêu")
    expect(page.locator(".adopted li")).to_have_count(before + 1)
