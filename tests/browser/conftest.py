import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

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


@pytest.fixture
def page_at(browser: Browser) -> Iterator[Callable[..., Page]]:
    """`page_at(390)` opens a page in a context of its own; any fault the browser reports fails the test.

    `expected` names faults that the test means to cause, by a part of their text: `page_at(390, expected=["403"])`.
    """
    pages: list[Page] = []
    faults: list[str] = []

    def open_page(width: int, *, expected: list[str] | None = None) -> Page:
        def fault(text: str) -> None:
            if not any(part in text for part in expected or []):
                faults.append(f"{width} px: {text}")

        pages.append(opened(browser, width, fault))
        return pages[-1]

    yield open_page
    for page in pages:
        page.context.close()
    assert not faults, "The browser reports:\n" + "\n".join(faults)
