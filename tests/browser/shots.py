"""Pictures of every page at the width of a phone and of a desk: `python -m tests.browser.shots [NAME…]`.

`guide` instead of a name takes the pictures of the guide; `print` and `dark` beside names show them so."""

import sys
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser import guide
from tests.browser.chromium import MISSING, find_chromium, launch
from tests.browser.conftest import HEIGHTS
from tests.browser.site import SCREENS, draw_charts, issue_a_report, running_site, sign_in
from tests.browser.steps import STEPS

FOLDER = Path(__file__).resolve().parents[2] / "var" / "shots"


def main(wanted: list[str]) -> int:
    if find_chromium() is None:
        print(MISSING, file=sys.stderr)
        return 1
    if wanted == ["guide"]:
        with sync_playwright() as playwright:
            guide.take(launch(playwright))
        return 0
    media = {"print", "dark"}.intersection(wanted)
    wanted = [name for name in wanted if name not in media]
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running_site() as site, sync_playwright() as playwright:
        browser = launch(playwright)
        contexts = {login: _signed_in(browser, site, login) for login in {screen.login for screen in SCREENS}}
        document = issue_a_report(contexts["nho-quan"].new_page(), site)
        for width, height in HEIGHTS.items():
            for screen in SCREENS:
                if not wanted or screen.name in wanted:
                    page = contexts[screen.login].new_page()
                    page.set_viewport_size({"width": width, "height": height})
                    if "dark" in media:
                        page.emulate_media(color_scheme="dark")
                    page.goto(site + screen.path.format(document=document))
                    _keep(page, "-".join([screen.name, str(width), *sorted(media)]), on_paper="print" in media)
        # last, because they write
        for step in STEPS:
            if not wanted or step.name in wanted:
                page = contexts[step.login].new_page()
                page.goto(site + step.path)
                step.act(page)
                if "dark" in media:
                    page.emulate_media(color_scheme="dark")
                for width, height in HEIGHTS.items():
                    page.set_viewport_size({"width": width, "height": height})
                    name = "-".join([step.name, str(width), *sorted(media)])
                    _keep(page, name, on_paper="print" in media, close=width == max(HEIGHTS))
        if not wanted or "report-open" in wanted:
            page = contexts["nho-quan"].new_page()
            page.set_viewport_size({"width": 1280, "height": HEIGHTS[1280]})
            page.goto(f"{site}/don-vi/nho-quan/bao-cao/2018-2023/")
            page.click(".lines a.fig >> text=3.161")
            page.wait_for_selector(".panel .rec")
            _keep(page, "report-open-1280")
        browser.close()
    return 0


def _signed_in(browser: Browser, site: str, login: str) -> BrowserContext:
    context = browser.new_context(locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", reduced_motion="reduce")
    if login:
        page = context.new_page()
        sign_in(page, site, login)
        page.close()
    return context


def _keep(page: Page, name: str, *, on_paper: bool = False, close: bool = True) -> None:
    draw_charts(page)
    if on_paper:
        page.emulate_media(media="print")
    page.screenshot(path=FOLDER / f"{name}.png", full_page=True)
    if close:
        page.close()
    print(FOLDER / f"{name}.png")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
