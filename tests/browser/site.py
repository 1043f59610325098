"""The demonstration, served by itself on a free port from a folder of its own."""

import atexit
import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from playwright.sync_api import Browser, Page

PASSWORD = "nhiem-ky-dung-thu"
PATIENCE = 60


@dataclass(frozen=True)
class Screen:
    """A page and the person who uses it; `{document}` stands for the document that was issued first."""

    name: str
    login: str
    path: str


SCREENS = (
    Screen("sign-in", "", "/dang-nhap/"),
    Screen("not-found", "nho-quan", "/don-vi/hc-tinh/"),
    Screen("home-officer", "nho-quan", "/"),
    Screen("home-province", "hu-cau", "/"),
    Screen("home-district-without-terms", "binh-luc", "/"),
    Screen("home-administrator", "quan-tri", "/"),
    Screen("tree", "hu-cau", "/don-vi/"),
    Screen("tree-search", "quan-tri", "/don-vi/?q=lo+song"),
    Screen("tree-on-a-day", "hu-cau", "/don-vi/?ngay=12/6/2023"),
    Screen("tree-nothing-found", "nho-quan", "/don-vi/?q=khong+co"),
    Screen("tree-bad-day", "nho-quan", "/don-vi/?ngay=31/2/2024"),
    Screen("unit", "nho-quan", "/don-vi/nho-quan/"),
    Screen("unit-long-name", "hu-cau", "/don-vi/hc-kcn/"),
    Screen("unit-with-units-below", "hu-cau", "/don-vi/hc-suoi-mong/"),
    Screen("unit-that-ended", "hu-cau", "/don-vi/hc-ngan-may/"),
    Screen("unit-of-a-ward", "hu-cau", "/don-vi/hc-phuong-ben-trang/"),
    Screen("tree-before-the-reform", "hu-cau", "/don-vi/?ngay=30/6/2025"),
    Screen("unit-statements", "hu-cau", "/don-vi/hc-suoi-mong/?xem=so-ke"),
    Screen("unit-life", "hu-cau", "/don-vi/hc-suoi-mong/lich-su/"),
    Screen("tree-with-ended", "hu-cau", "/don-vi/?ca=ket-thuc"),
    Screen("unit-empty", "binh-luc", "/don-vi/ldld-binh-luc/"),
    Screen("members-empty", "binh-luc", "/don-vi/ldld-binh-luc/doan-vien/"),
    Screen("members", "hu-cau", "/don-vi/hc-tinh/doan-vien/?ngay=1/6/2025"),
    Screen("members-search", "hu-cau", "/doan-vien/tim/"),
    Screen("members-readings", "hu-cau", "/don-vi/hc-suoi-mong/doan-vien/da-xem/"),
    Screen("report", "nho-quan", "/don-vi/nho-quan/bao-cao/2018-2023/"),
    Screen("report-running", "hu-cau", "/don-vi/hc-suoi-mong/bao-cao/2023-2028/"),
    Screen("report-school-year", "truong-hoc", "/don-vi/huyen-khong-neu-ten/bao-cao/nam-hoc-2022-2023/"),
    Screen("report-five-years", "song-lo", "/don-vi/song-lo/bao-cao/2015-2020/"),
    Screen("report-empty", "nho-quan", "/don-vi/nho-quan/bao-cao/2010/"),
    Screen("report-auditor", "kiem-tra", "/don-vi/hc-tinh/bao-cao/2018-2023/"),
    Screen("board", "hu-cau", "/don-vi/hc-suoi-mong/chi-tieu/2023-2028/"),
    Screen("board-officer", "nho-quan", "/don-vi/nho-quan/chi-tieu/2023-2028/"),
    Screen("board-behind", "hu-cau", "/don-vi/hc-suoi-mong/chi-tieu/2023-2028/?trang-thai=behind"),
    Screen("board-empty", "nho-quan", "/don-vi/nho-quan/chi-tieu/2018-2023/"),
    Screen("term-new", "nho-quan", "/don-vi/nho-quan/nhiem-ky/moi/"),
    Screen("term-close", "nho-quan", "/don-vi/nho-quan/nhiem-ky/2023-2028/ket-thuc/"),
    Screen("term-correct", "nho-quan", "/don-vi/nho-quan/nhiem-ky/2023-2028/sua/"),
    Screen("period-correct", "chu-tich", "/don-vi/hc-thcs-may-trang/ky-bao-cao/nam-hoc-2024-2025/sua/"),
    Screen("period-new", "nho-quan", "/don-vi/nho-quan/ky-bao-cao/moi/"),
    Screen("target-pick", "nho-quan", "/don-vi/nho-quan/chi-tieu/2023-2028/moi/"),
    Screen("target-pick-found", "nho-quan", "/don-vi/nho-quan/chi-tieu/2023-2028/moi/?q=ket+nap"),
    Screen("target-new", "hu-cau", "/don-vi/hc-suoi-mong/chi-tieu/2023-2028/moi/?so-lieu=new_members_admitted"),
    Screen("chart-care", "hu-cau", "/don-vi/hc-suoi-mong/bieu-do/cham-lo/"),
    Screen("chart-targets", "hu-cau", "/don-vi/hc-suoi-mong/bieu-do/chi-tieu/?tu=19/5/2023&den=2028"),
    Screen("chart-shares", "hu-cau", "/don-vi/hc-suoi-mong/bieu-do/co-cau/"),
    Screen("chart-below", "hu-cau", "/don-vi/hc-tinh/bieu-do/cap-duoi/?so-lieu=union_members"),
    Screen("chart-empty", "nho-quan", "/don-vi/nho-quan/bieu-do/cham-lo/?tu=2010&den=2011"),
    Screen("figure", "nho-quan", "/so-lieu/hardship_support_visits/nho-quan/?tu=2018&den=2023-06-11"),
    Screen("figure-beside", "hu-cau", "/so-lieu/hardship_support_visits/hc-suoi-mong/?tu=2018-05-20&den=2023-05-18"),
    Screen("figure-many", "hu-cau", "/so-lieu/hardship_support_visits/hc-tinh/?tu=2023&den=2028"),
    Screen("figure-ratio", "hu-cau", "/so-lieu/workers_unionised_pct/hc-suoi-mong/?tu=2023-05-19&den=2028"),
    Screen(
        "figure-graded",
        "hu-cau",
        "/so-lieu/grassroots_graded_good_enterprise_pct/hc-suoi-mong/?tu=2023-05-19&den=2028",
    ),
    Screen("figure-stock", "hu-cau", "/so-lieu/union_members/hc-tinh/?tu=2023-05-19&den=2028"),
    Screen("figure-targets", "hu-cau", "/so-lieu/resolution_targets_completed/hc-suoi-mong/?tu=2023-05-19&den=2028"),
    Screen("figure-on-a-tree", "hu-cau", "/so-lieu/hardship_support_visits/hc-kcn/?tu=2024&den=2024&cay=2026-01-01"),
    Screen("figure-other-tree", "hu-cau", "/so-lieu/union_members/hc-kcn/?tu=2024&den=2024"),
    Screen("figure-tree-bad", "hu-cau", "/so-lieu/union_members/hc-kcn/?tu=2024&den=2024&cay=31/2/2025"),
    Screen("report-on-a-tree", "hu-cau", "/don-vi/hc-tinh/bao-cao/2023-2028/?cay=2024-12-31"),
    Screen("chart-on-a-tree", "hu-cau", "/don-vi/hc-tinh/bieu-do/cap-duoi/?so-lieu=union_members&cay=2024-12-31"),
    Screen("figure-empty", "nho-quan", "/so-lieu/hardship_support_visits/nho-quan/?tu=2010&den=2011"),
    Screen("figure-bad-period", "nho-quan", "/so-lieu/hardship_support_visits/nho-quan/?tu=31/2/2024&den=2025"),
    Screen("entry", "nho-quan", "/ban-ghi/nho-quan.e.ho-tro-kho-khan/"),
    Screen("unit-without-statements", "nho-quan", "/don-vi/nho-quan/?xem=so-ke"),
    Screen("record-units", "hu-cau", "/ghi-viec/?chon=1"),
    Screen("record-kinds", "nho-quan", "/don-vi/nho-quan/ghi-viec/"),
    Screen("record-kinds-none", "nho-quan", "/don-vi/nho-quan/ghi-viec/?q=khong+co"),
    Screen("record-form", "nho-quan", "/don-vi/nho-quan/ghi-viec/?viec=visit"),
    Screen("record-form-long", "hu-cau", "/don-vi/hc-kcn/ghi-viec/?viec=award"),
    Screen("record-correct", "nho-quan", "/ban-ghi/nho-quan.e.ho-tro-kho-khan/sua/"),
    Screen("record-cancel", "nho-quan", "/ban-ghi/nho-quan.e.ho-tro-kho-khan/huy/"),
    Screen("record-subjects", "hu-cau", "/don-vi/hc-kcn/ke-khai/"),
    Screen("record-state", "nho-quan", "/don-vi/nho-quan/ke-khai/?muc=members"),
    Screen("record-list", "hu-cau", "/don-vi/hc-suoi-mong/?xem=viec&q=tham"),
    Screen("documents", "nho-quan", "/van-ban/"),
    Screen("documents-empty", "hai-ba-trung", "/van-ban/"),
    Screen("document", "nho-quan", "/van-ban/{document}/"),
    Screen("template", "quan-tri", "/mau-van-ban/"),
    Screen("people", "quan-tri", "/don-vi/hc-kcn/nguoi-dung/"),
    Screen("account", "nho-quan", "/tai-khoan/"),
    Screen("second-factor", "nho-quan", "/tai-khoan/hai-lop/"),
    Screen("backups", "quan-tri", "/sao-luu/"),
    Screen("gallery", "nho-quan", "/gallery/"),
    Screen("home-chair", "chu-tich", "/"),
    Screen("home-clerk", "van-thu", "/"),
    Screen("home-auditor", "kiem-tra", "/"),
    Screen("forgot", "", "/quen-mat-khau/"),
    Screen("merge-pick", "quan-tri", "/doan-vien/hc.n.0266/gop/"),
    Screen("merge-nobody", "quan-tri", "/doan-vien/hc.n.0001/gop/"),
    Screen("merge-refused", "quan-tri", "/doan-vien/hc.n.0266/gop/?voi=hc.n.0769"),
    Screen("merge", "quan-tri", "/doan-vien/hc.n.0101/gop/?voi=hc.n.0266"),
    Screen("register-begin", "quan-tri", "/don-vi/hc-thcs-may-trang/doan-vien/tinh-theo-so/?tu=1/1/2025"),
    Screen("figure-of-register-empty", "quan-tri", "/so-lieu/register_members/hc-suoi-mong/?tu=2025&den=2026"),
    Screen("record-form-people", "chu-tich", "/don-vi/hc-thcs-may-trang/ghi-viec/?viec=visit"),
    Screen("password", "nho-quan", "/tai-khoan/mat-khau/"),
    Screen("confirm", "nho-quan", "/tai-khoan/xac-nhan/?next=/tai-khoan/hai-lop/"),
    Screen("invite", "quan-tri", "/don-vi/hc-suoi-mong/nguoi-dung/"),
    Screen("unit-name", "quan-tri", "/don-vi/hc-kcn/ten/"),
    Screen("target", "hu-cau", "/chi-tieu/hc-suoi-mong.t.10/"),
    Screen("target-correct", "van-thu", "/chi-tieu/hc-suoi-mong.t.10/sua/"),
    Screen("target-grade", "van-thu", "/don-vi/hc-suoi-mong/chi-tieu/2023-2028/moi/?so-lieu=district_union_grade"),
    Screen("target-withdraw", "van-thu", "/chi-tieu/hc-suoi-mong.t.10/rut/"),
    Screen("chart-targets-empty", "nho-quan", "/don-vi/nho-quan/bieu-do/chi-tieu/?tu=2010&den=2011"),
    Screen("entry-corrected", "hu-cau", "/ban-ghi/hc-co-khi-trang-non.e.003/"),
    Screen("entry-cancelled", "hu-cau", "/ban-ghi/hc-y-te-suoi-mong.h.1/"),
    Screen("record-kinds-chair", "chu-tich", "/don-vi/hc-thcs-may-trang/ghi-viec/"),
    Screen("record-state-grade", "van-thu", "/don-vi/hc-suoi-mong/ke-khai/?muc=grade"),
    Screen("record-list-chair", "chu-tich", "/don-vi/hc-thcs-may-trang/"),
    Screen("transfers", "chu-tich", "/don-vi/hc-thcs-may-trang/chuyen-sinh-hoat/"),
    Screen("transfers-province", "hu-cau", "/don-vi/hc-tinh/chuyen-sinh-hoat/"),
    Screen("transfers-empty", "nho-quan", "/don-vi/nho-quan/chuyen-sinh-hoat/?xem=da-xong"),
    Screen("transfer-in", "chu-tich", "/chuyen-sinh-hoat/hc.t.1/"),
    Screen("transfer-out", "chu-tich", "/chuyen-sinh-hoat/hc.t.2/"),
    Screen("transfer-pick", "chu-tich", "/doan-vien/hc.n.0001/chuyen/?q=cong+ty"),
    Screen("transfer-new", "chu-tich", "/doan-vien/hc.n.0001/chuyen/?den=hc-th-la-phong"),
    Screen("transfer-outside", "chu-tich", "/doan-vien/hc.n.0001/chuyen/?ngoai=1"),
    Screen("transfer-receive", "chu-tich", "/don-vi/hc-thcs-may-trang/chuyen-sinh-hoat/tiep-nhan/"),
    Screen("posts", "hu-cau", "/don-vi/hc-suoi-mong/chuc-danh/"),
    Screen("posts-on-a-day", "hu-cau", "/don-vi/hc-kcn/chuc-danh/?ngay=1/3/2023"),
    Screen("posts-empty", "binh-luc", "/don-vi/ldld-binh-luc/chuc-danh/"),
    Screen("posts-bad-day", "hu-cau", "/don-vi/hc-suoi-mong/chuc-danh/?ngay=31/2/2024"),
    Screen("posts-body", "hu-cau", "/don-vi/hc-suoi-mong/chuc-danh/ban/bch/"),
    Screen("post-new", "hu-cau", "/don-vi/hc-kcn/chuc-danh/them/"),
    Screen("post-correct", "hu-cau", "/chuc-danh/hc-tinh.c.chu-tich/sua/"),
    Screen("post-end", "hu-cau", "/chuc-danh/hc-tinh.c.chu-tich/thoi/"),
    Screen("posts-size", "hu-cau", "/don-vi/hc-suoi-mong/chuc-danh/so-luong/"),
    Screen("posts-rules", "hu-cau", "/don-vi/hc-suoi-mong/chuc-danh/quy-dinh/"),
    Screen("rules", "hu-cau", "/quy-dinh/"),
    Screen("rules-older", "hu-cau", "/quy-dinh/?bo=CDVN-XII"),
    Screen("help", "nho-quan", "/tro-giup/"),
    Screen("help-page", "nho-quan", "/tro-giup/ghi-viec/"),
    Screen("members-import", "chu-tich", "/don-vi/hc-thcs-may-trang/doan-vien/nap/"),
    Screen("help-last-page", "nho-quan", "/tro-giup/sao-luu/"),
    Screen("member", "chu-tich", "/doan-vien/hc.n.0003/"),
    Screen("member-from-above", "hu-cau", "/doan-vien/hc.n.0003/"),
    Screen("member-new", "chu-tich", "/don-vi/hc-thcs-may-trang/doan-vien/them/"),
    Screen("members-new", "chu-tich", "/don-vi/hc-thcs-may-trang/doan-vien/them-nhieu/"),
    Screen("member-amend", "chu-tich", "/doan-vien/hc.n.0003/sua/"),
    Screen("member-leave", "chu-tich", "/doan-vien/hc.n.0003/roi/"),
    Screen("member-correct", "chu-tich", "/doan-vien/hc.n.0003/vao/hc.m.0003/sua/"),
    Screen("member-annul", "chu-tich", "/doan-vien/hc.n.0003/vao/hc.m.0003/bo/"),
    Screen("member-group", "chu-tich", "/doan-vien/hc.n.0003/to/"),
    Screen("member-standing", "chu-tich", "/doan-vien/hc.n.0003/tinh-trang/"),
    Screen("member-dues", "chu-tich", "/doan-vien/hc.n.0003/doan-phi/"),
    Screen("dues-of-unit", "chu-tich", "/don-vi/hc-thcs-may-trang/doan-vien/doan-phi/"),
    Screen("dues-of-nobody", "binh-luc", "/don-vi/ldld-binh-luc/doan-vien/doan-phi/"),
    Screen("member-child", "chu-tich", "/doan-vien/hc.n.0003/con/"),
    Screen("member-left", "chu-tich", "/doan-vien/hc.n.0010/"),
    Screen("member-rejoin", "chu-tich", "/doan-vien/hc.n.0010/ket-nap-lai/"),
    Screen("member-reveal", "chu-tich", "/doan-vien/hc.n.0003/xem-rieng/"),
    Screen("member-own-data", "chu-tich", "/doan-vien/hc.n.0003/du-lieu/"),
    Screen("member-erase", "quan-tri", "/doan-vien/hc.n.0010/xoa/"),
    Screen("members-narrowed", "chu-tich", "/don-vi/hc-thcs-may-trang/doan-vien/?gioi=nu&tuoi=31-45"),
    Screen("members-none", "chu-tich", "/don-vi/hc-thcs-may-trang/doan-vien/?gioi=nam&tuoi=tren-60&dang=khong"),
    Screen("members-bad-day", "chu-tich", "/don-vi/hc-thcs-may-trang/doan-vien/?ngay=31/2/2024"),
    Screen("members-auditor", "kiem-tra", "/don-vi/hc-thcs-may-trang/doan-vien/"),
    Screen("member-auditor", "kiem-tra", "/doan-vien/hc.n.0003/"),
    Screen("members-long-name", "hu-cau", "/don-vi/hc-kcn/doan-vien/"),
    Screen("member-new-long-name", "hu-cau", "/don-vi/hc-kcn/doan-vien/them/"),
    Screen("merge-allowed", "chu-tich", "/doan-vien/hc.n.0010/gop/?voi=hc.n.0003"),
    Screen("transfer-nothing", "chu-tich", "/doan-vien/hc.n.0010/chuyen/"),
    Screen("transfer-pick-nobody", "chu-tich", "/doan-vien/hc.n.0001/chuyen/?q=khong+co"),
    Screen("posts-many", "hu-cau", "/don-vi/hc-ngan-may/chuc-danh/?ngay=1/6/2025"),
    Screen("posts-of-body-many", "hu-cau", "/don-vi/hc-phuong-ben-trang/chuc-danh/ban/bch/"),
    Screen("posts-size-without-term", "binh-luc", "/don-vi/ldld-binh-luc/chuc-danh/so-luong/"),
    Screen("posts-rules-without-term", "binh-luc", "/don-vi/ldld-binh-luc/chuc-danh/quy-dinh/"),
)


@contextmanager
def running_site(prepare: tuple[str, ...] = ("demo",)) -> Iterator[str]:
    """The address of a server with the demonstration in it; or with what `prepare` makes, and what that printed."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with TemporaryDirectory(prefix="nhiemky-site-") as folder:
        kept = {name: value for name, value in os.environ.items() if name != "NHIEMKY_DATABASE"}
        environment = kept | {"NHIEMKY_VAR": folder, "NHIEMKY_GALLERY": "1"}
        command = [sys.executable, "-m", "nhiemky.config.command"]
        told = prepared(Path(folder), command, prepare, environment)
        server = subprocess.Popen([*command, "serve", "--port", str(port)], env=environment, stdout=subprocess.DEVNULL)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(f"{address}/dang-nhap/", server)
            yield address if prepare[0] == "demo" else f"{address}\n{told}"
        finally:
            server.terminate()
            server.wait(timeout=20)


def prepared(folder: Path, command: list[str], prepare: tuple[str, ...], environment: dict[str, str]) -> str:
    """What the command printed. The demonstration is made once in a run, and copied for whoever needs it next."""
    if prepare[0] != "demo":
        made = subprocess.run([*command, *prepare], env=environment, check=True, capture_output=True, text=True)
        return made.stdout
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    kept = Path(gettempdir()) / f"nhiemky-demo-{run}{''.join(prepare[1:])}"
    kept.mkdir(exist_ok=True)
    with (kept / "lock").open("w") as lock:
        # the other worker waits for the one who makes it
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (kept / "var").exists():
            making = environment | {"NHIEMKY_VAR": str(kept / "making")}
            subprocess.run([*command, *prepare], env=making, check=True, capture_output=True)
            (kept / "making").rename(kept / "var")
            atexit.register(shutil.rmtree, kept, ignore_errors=True)
    shutil.copytree(kept / "var", folder, dirs_exist_ok=True)
    return ""


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with {server.returncode}")
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"{address} does not answer")


def sign_in(page: Page, site: str, login: str) -> None:
    page.goto(f"{site}/dang-nhap/")
    page.fill("[name=username]", login)
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    page.wait_for_url(f"{site}/")


def cookies_of(browser: Browser, site: str, login: str) -> list:
    """What a browser keeps of somebody who has signed in."""
    return cookies_of_each(browser, site, [login])[login]


def cookies_of_each(browser: Browser, site: str, logins: Iterable[str]) -> dict[str, list]:
    """The same of several, who sign in one after the other on one page: a page of its own for each takes longer."""
    context, found = browser.new_context(), {}
    page = context.new_page()
    for login in logins:
        sign_in(page, site, login)
        found[login] = context.cookies()
        context.clear_cookies()
    context.close()
    return found


def draw_charts(page: Page) -> None:
    """Bring every chart into view, where it draws itself, and wait until it has."""
    for chart in page.locator(".chart:visible").all():
        chart.scroll_into_view_if_needed()
        chart.locator(".chart-drawn:visible").first.wait_for()
    page.evaluate("scrollTo(0, 0)")


def issue_a_report(page: Page, site: str) -> str:
    """Issue Nho Quan's report through the page; answers the document's code."""
    page.goto(f"{site}/don-vi/nho-quan/bao-cao/2018-2023/")
    page.fill("[name=number]", "12/BC-LĐLĐ")
    page.click(".issue button")
    page.wait_for_url("**/van-ban/*/")
    return page.url.rstrip("/").rpartition("/")[2]
