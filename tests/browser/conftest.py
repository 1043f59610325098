import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

from tests.browser.chromium import MISSING, find_chromium, launch
from tests.browser.site import running_site

# Playwright's plain interface keeps an event loop running in this thread, and Django refuses
# database calls beside a running loop. Nothing here is asynchronous, so the refusal is lifted.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

HEIGHTS = {390: 844, 1280: 900}

# A page's own report of a blocked script or style, however the browser words its console line.
REPORT_VIOLATIONS = """
document.addEventListener('securitypolicyviolation', e =>
    console.error('CSP: ' + e.violatedDirective + ' refused ' + (e.blockedURI || 'inline') + ' ' + e.sample))
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if find_chromium() is None:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The demonstration as far as it is written by hand; a file that wants another site has its own."""
    with running_site(("demo", "--small")) as address:
        yield address


def opened(browser: Browser, width: int, fault: Callable[[str], None]) -> Page:
    """A page in a context of its own; `fault` is told of whatever the browser reports."""
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHTS.get(width, 900)},
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
    )
    context.add_init_script(REPORT_VIOLATIONS)
    page = context.new_page()
    page.on("console", lambda message: fault(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: fault(str(error)))
    # Chromium calls a download, and a page left while loading, an aborted request.
    page.on(
        "requestfailed",
        lambda request: None if request.failure == "net::ERR_ABORTED" else fault(f"{request.url}: {request.failure}"),
    )
    return page


# An empty document in the page's place: for about:blank Chromium takes another process. It keeps the mark of the site,
# for want of which Chromium would ask for a favicon that is not there.
EMPTIED = """() => {
    localStorage.clear();
    sessionStorage.clear();
    const mark = document.querySelector("link[rel=icon]")?.outerHTML || "";
    document.open();
    document.write(mark);
    document.close();
}"""


class Kept:
    """One page for one test after the other: a new one costs Chromium more than most of what is asked of it."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._page: Page | None = None
        self._told: list[str] = []

    def at(self, width: int) -> tuple[Page, list[str]]:
        """The page as somebody finds it who comes for the first time, and what the browser will report of it."""
        if self._page is None:
            self._page = opened(self._browser, width, self._told.append)
        self._told.clear()
        self._page.set_viewport_size({"width": width, "height": HEIGHTS.get(width, 900)})
        return self._page, self._told

    def leave(self) -> None:
        """Nothing that a person or a page leaves behind reaches the next; a page that was closed or lost is given up."""
        page = self._page
        if page is None:
            return
        try:
            page.evaluate(EMPTIED)
            page.emulate_media(media="null", color_scheme="null", reduced_motion="null")
            page.mouse.move(0, 0)
            page.context.clear_cookies()
            assert len(page.context.pages) == 1
        except (Error, AssertionError):
            self.close()

    def close(self) -> None:
        if self._page is not None:
            self._page.context.close()
            self._page = None


@pytest.fixture(scope="session")
def kept(browser: Browser) -> Iterator[Kept]:
    made = Kept(browser)
    yield made
    made.close()


@pytest.fixture
def page_at(browser: Browser, kept: Kept) -> Iterator[Callable[..., Page]]:
    """`page_at(390)` opens a page nobody was at; any fault the browser reports fails the test.

    `expected` names faults that the test means to cause, by a part of their text: `page_at(390, expected=["403"])`.
    `own`: in a context that ends with the test, for one that changes more of it than what pages keep.
    """
    pages: list[Page] = []
    faults: list[tuple[int, list[str], list[str]]] = []

    def open_page(width: int, *, expected: list[str] | None = None, own: bool = False) -> Page:
        told: list[str] = []
        if own or faults:
            page = opened(browser, width, told.append)
            pages.append(page)
        else:
            page, told = kept.at(width)
        faults.append((width, told, expected or []))
        return page

    yield open_page
    for page in pages:
        page.context.close()
    kept.leave()
    found = [
        f"{width} px: {text}"
        for width, told, expected in faults
        for text in told
        if not any(part in text for part in expected)
    ]
    assert not found, "The browser reports:\n" + "\n".join(found)
