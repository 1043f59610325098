"""The README followed on a machine that knows nothing of us: from a clean clone to a first useful report.

    python -m tests.browser.first_day        (./dev first-day)

Clones this checkout into a folder with a space in its name, takes HOME and every setting of ours away, runs the
command that README.md gives for a union of one's own, and goes on in Chromium at 390 px as a chair who has only a
phone: names the unit, records three pieces of work, sets the term and one target, opens the report. Prints taps,
seconds and every text typed. Fails when something is asked for twice, or when a person would need ten minutes.
"""

from __future__ import annotations

import os
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.chromium import launch

CHECKOUT = Path(__file__).resolve().parents[2]
# a person's pace: so long before a tap, so long for a key
TAP, KEY = 1.5, 0.25
MINUTES = 10
PATIENCE = 300


class Chair:
    """Somebody with a phone, who is counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps, self.typed = page, 0, [("", "")][:0]

    def tap(self, what: str) -> None:
        self.page.locator(what).locator("visible=true").first.click()
        self.taps += 1

    def types(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=False).locator("visible=true").first.click()
        self.taps += 1
        self.page.keyboard.type(text)
        self.typed.append((label, text))

    def chooses(self, label: str, option: str) -> None:
        self.page.get_by_label(label, exact=False).first.select_option(label=option)
        self.taps += 2

    @property
    def keys(self) -> int:
        return sum(len(text) for _, text in self.typed)


def main() -> int:
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="nhiemky first day ") as folder, sync_playwright() as playwright:
        clone = Path(folder) / "nhiem ky"
        subprocess.run(["git", "clone", "-q", str(CHECKOUT), str(clone)], check=True)
        home = Path(folder) / "home"
        home.mkdir()
        with started(clone, home) as address:
            ready = time.monotonic() - began
            browser = launch(playwright)
            context = browser.new_context(
                viewport={"width": 390, "height": 844}, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh"
            )
            chair = Chair(context.new_page())
            at_the_screen = time.monotonic()
            first_day(chair, address)
            waited = time.monotonic() - at_the_screen
            browser.close()
    seconds = ready + waited + chair.taps * TAP + chair.keys * KEY
    print(f"From a clean clone to the first address: {ready:.0f} s")
    print(f"{chair.taps} taps, {len(chair.typed)} texts typed ({chair.keys} keys), {waited:.0f} s of waiting")
    for label, text in chair.typed:
        print(f"  {label}: {text if 'Mật khẩu' not in label else '…'}")
    print(f"At a person's pace: {seconds / 60:.1f} minutes (limit {MINUTES})")
    texts = [text for _, text in chair.typed]
    twice = {text for text in texts if texts.count(text) > 1}
    if twice:
        print(f"Asked for twice: {', '.join(sorted(twice))}", file=sys.stderr)
    return int(bool(twice) or seconds > MINUTES * 60)


@contextmanager
def started(clone: Path, home: Path) -> Iterator[str]:
    """The address that the README's command prints, with its server running."""
    [command] = re.findall(r"^(\./dev start)\b", (clone / "README.md").read_text("utf-8"), re.MULTILINE)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # what a fresh log-in has, and the settings of this machine's package client
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("NHIEMKY", "VIRTUAL", "PYTHON", "DJANGO"))
    }
    process = subprocess.Popen(
        [*command.split(), "--port", str(port)], cwd=clone, env=kept | {"HOME": str(home)}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        yield _printed_address(process)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def _printed_address(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    found, until = "", time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        if not select.select([process.stdout], [], [], 1)[0]:
            continue
        line = process.stdout.readline()
        if address := re.search(r"http://\S+/bat-dau/\S+", line):
            found = address[0]
        if found and "Ctrl+C" in line:
            return found
    raise RuntimeError("the command of the README printed no address")


def first_day(chair: Chair, address: str) -> None:
    page = chair.page
    page.goto(address)
    chair.types("Tên công đoàn", "Công đoàn cơ sở Trường Mầm non Hoa Sen")
    chair.chooses("Khối", "Đơn vị sự nghiệp công lập")
    chair.types("Họ và tên", "Người Dùng Thử")
    chair.types("Tên đăng nhập", "dung.thu")
    chair.types("Mật khẩu", "hoa sen no trong dam")
    chair.tap("main .form button.btn.wide")
    expect(page.get_by_role("heading", name="Để bắt đầu")).to_be_visible()

    for kind, count, money in (("om dau", "2", "1 triệu"), ("qua tet", "56", "16,8 triệu"), ("hien mau", "7", "")):
        if page.locator(".todo a:has-text('Ghi một việc')").count():
            chair.tap(".todo a:has-text('Ghi một việc')")
        else:
            chair.tap("nav a:has-text('Ghi việc')")
        chair.types("Tìm loại việc", kind)
        chair.tap("[data-words] a")
        chair.types("Số lượng", count)
        if money:
            chair.types("tiền", money)
        chair.tap(".record-go button")
        expect(page.locator(".note.good")).to_contain_text("Đã ghi")

    chair.tap("nav a:has-text('Việc hôm nay')")
    chair.tap(".todo a:has-text('Đặt nhiệm kỳ')")
    chair.types("Ngày đầu nhiệm kỳ", "2023")
    chair.types("Ngày cuối theo nghị quyết", "2028")
    chair.tap("main .form button.btn")
    chair.types("Tìm theo lời nghị quyết", "suat qua tet")
    chair.tap("#so-lieu-tim a:has-text('Tết')")

    chair.types("Số (", "50")
    chair.tap("main .form button.btn")
    expect(page.locator(".note.good")).to_contain_text("Đã ghi chỉ tiêu")

    chair.tap("nav a:has-text('Việc hôm nay')")
    chair.tap("a:has-text('Báo cáo')")
    shown = page.locator("main").inner_text()
    for text in ("16.800.000 đồng", "56", "từ 50 suất", "đạt 1/1"):
        assert text in shown, f"{text} is missing in the report:\n{shown}"


if __name__ == "__main__":
    sys.exit(main())
