"""Every page in Chromium: no WCAG 2.2 A or AA fault, nothing wider than the screen, and all of it by keyboard."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import HEIGHTS
from tests.browser.site import SCREENS, Screen, cookies_of_each, draw_charts, issue_a_report, running_site
from tests.browser.steps import STEPS, Step

AXE = Axe()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
REFUSED = {
    "not-found": "404",
    "tree-bad-day": "422",
    "figure-bad-period": "422",
    "figure-tree-bad": "422",
    "posts-bad-day": "422",
    "members-bad-day": "422",
}
REPORT = "/don-vi/nho-quan/bao-cao/2018-2023/"
# a bar of a chart is for the pointer: its figure stands as a link in the table behind
FOCUSABLE = "a[href]:not([tabindex='-1']), button, input:not([type=hidden]), select, textarea, summary"

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with running_site() as address:
        yield address


@pytest.fixture(scope="module")
def cookies(browser: Browser, site: str) -> dict[str, list]:
    logins = {screen.login for screen in SCREENS if screen.login}
    return {"": []} | cookies_of_each(browser, site, logins)


@pytest.fixture(scope="module")
def document(browser: Browser, site: str, cookies: dict[str, list]) -> str:
    context = browser.new_context()
    context.add_cookies(cookies["nho-quan"])
    code = issue_a_report(context.new_page(), site)
    context.close()
    return code


@pytest.fixture
def open_screen(page_at: Open, site: str, cookies: dict[str, list], document: str) -> Open:
    def open_it(screen: Screen, width: int) -> Page:
        page = page_at(width, expected=[REFUSED[screen.name]] if screen.name in REFUSED else None)
        page.context.add_cookies(cookies[screen.login])
        page.goto(site + screen.path.format(document=document))
        return page

    return open_it


@pytest.fixture
def shown(open_screen: Open, screen: Screen) -> Page:
    """The screen as it is for somebody who comes to it; any fault the browser reports fails the test."""
    return open_screen(screen, 1280)


def named(name: str) -> Screen:
    return next(screen for screen in SCREENS if screen.name == name)


def faults_of(page: Page) -> list[str]:
    """What axe finds, a line for each element."""
    options = {"runOnly": {"type": "tag", "values": TAGS}, "rules": {"target-size": {"enabled": True}}}
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.axe_script)
    # what holds is not asked for: describing every element of it takes longer than finding the faults
    found = page.evaluate(
        "options => axe.run(options).then(found => found.violations)", options | {"resultTypes": ["violations"]}
    )
    return [f"{each['id']}: {node['target']} {node['failureSummary']}" for each in found for node in each["nodes"]]


def too_wide(page: Page) -> int:
    return page.evaluate("document.scrollingElement.scrollWidth - innerWidth")


def cut_off(page: Page) -> list[str]:
    """Rows of links that hide some of them beyond an edge."""
    return page.evaluate(
        """() => [...document.querySelectorAll('nav, nav ul, .chips, .actions')]
            .filter(e => e.clientWidth && e.scrollWidth > e.clientWidth + 1).map(e => e.outerHTML.slice(0, 80))"""
    )


def holds(page: Page) -> None:
    """What every page must bear, at a desk, on a phone, and at 1280 pixels enlarged to 400 %."""
    assert page.locator("main h1").count() == 1
    for width, height in HEIGHTS.items():
        page.set_viewport_size({"width": width, "height": height})
        assert faults_of(page) == [], f"at {width} pixels"
        assert too_wide(page) <= 0, f"at {width} pixels"
        assert cut_off(page) == [], f"at {width} pixels"
    page.set_viewport_size({"width": 320, "height": 640})
    assert too_wide(page) <= 0, "at 320 pixels"
    assert cut_off(page) == [], "at 320 pixels"


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_page_holds_wcag_and_its_width(shown: Page, screen: Screen) -> None:
    holds(shown)


@pytest.fixture(scope="module")
def site_to_write_in() -> Iterator[str]:
    with running_site() as address:
        yield address


@pytest.fixture(scope="module")
def cookies_of_writers(browser: Browser, site_to_write_in: str) -> dict[str, list]:
    return cookies_of_each(browser, site_to_write_in, {step.login for step in STEPS})


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_page_after_a_post_holds_them_too(
    page_at: Open, site_to_write_in: str, cookies_of_writers: dict[str, list], step: Step
) -> None:
    page = page_at(1280, expected=[step.refused] if step.refused else None)
    page.context.add_cookies(cookies_of_writers[step.login])
    page.goto(site_to_write_in + step.path)
    step.act(page)
    holds(page)


@pytest.mark.parametrize("name", ["report-running", "board", "gallery", "member", "members-bad-day"])
def test_dark_page_holds_wcag(open_screen: Open, name: str) -> None:
    page = open_screen(named(name), 1280)
    # without motion, so that no colour is still on its way
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.reload()
    assert faults_of(page) == []


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize(
    "name",
    [
        "home-officer",
        "report",
        "board-officer",
        "unit",
        "tree",
        "document",
        "member",
        "members-narrowed",
        "posts-many",
        "members-search",
        "dues-of-unit",
    ],
)
def test_tab_reaches_everything_in_order(open_screen: Open, name: str, width: int) -> None:
    page = open_screen(named(name), width)
    draw_charts(page)  # their links come when they are seen
    wanted = page.evaluate(
        """(selector) => [...document.querySelectorAll(selector)]
            .filter(e => e.checkVisibility({visibilityProperty: true}))
            .map((e, i) => { e.dataset.order = i; return i; })""",
        FOCUSABLE,
    )
    reached = []
    for _ in wanted:
        page.keyboard.press("Tab")
        reached.append(page.evaluate("Number(document.activeElement.dataset.order)"))
        hidden = page.evaluate(
            """() => { const e = document.activeElement, r = e.getBoundingClientRect();
                const top = document.elementFromPoint(r.left + Math.min(4, r.width / 2), r.top + r.height / 2);
                return !(top && (e.contains(top) || top.contains(e))); }"""
        )
        assert not hidden, f"focus {reached[-1]} is covered"
    assert reached == wanted


def test_figure_opens_beside_the_page_and_escape_closes_it(open_screen: Open) -> None:
    page = open_screen(named("report"), 1280)
    address = page.url
    figure = page.locator(".lines a.fig", has_text="3.161")
    figure.focus()
    page.keyboard.press("Enter")
    heading = page.locator(".panel h2[tabindex]")
    expect(heading).to_be_focused()
    expect(page.locator(".panel .big")).to_contain_text("3.161 lượt")
    expect(page.locator(".panel .sum")).to_contain_text("1.636 triệu đồng")
    expect(page.locator(".panel")).not_to_have_attribute("aria-busy", "true")
    assert page.url == address
    assert faults_of(page) == []
    page.keyboard.press("Escape")
    expect(figure).to_be_focused()
    expect(page.locator(".panel .rec")).to_have_count(0)


def test_figure_opens_its_own_page_on_a_phone(open_screen: Open) -> None:
    page = open_screen(named("report"), 390)
    page.locator(".lines a.fig", has_text="3.161").click()
    page.wait_for_url("**/so-lieu/**")
    expect(page.locator("main .big")).to_contain_text("3.161 lượt")


def test_figure_shows_sign_in_as_a_page_when_signed_out(open_screen: Open) -> None:
    page = open_screen(named("report"), 1280)
    page.context.clear_cookies()
    page.locator(".lines a.fig", has_text="3.161").click()
    page.wait_for_url("**/dang-nhap/**")


def test_tree_follows_typing_and_works_without_script(open_screen: Open, browser: Browser, cookies: dict) -> None:
    page = open_screen(named("home-administrator"), 1280)
    page.goto(page.url + "don-vi/")
    page.locator("main #q").press_sequentially("lo song")
    expect(page.locator(".tree li")).to_have_count(1)
    assert "q=lo+song" in page.url or "q=lo%20song" in page.url
    plain = browser.new_context(java_script_enabled=False)
    plain.add_cookies(cookies["quan-tri"])
    quiet = plain.new_page()
    quiet.goto(page.url.partition("?")[0])
    quiet.fill("main #q", "nho quan")
    quiet.click("main form button")
    assert quiet.locator(".tree li").count() == 1
    plain.close()
