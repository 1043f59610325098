"""The pictures of the guide, taken of the product itself: `./dev shots guide`.

A picture shows a fictional unit and what a person had before their eyes: one screen of a phone or of a desk, never a
page of three metres. All together they stay small, because they lie in the repository.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.site import draw_charts, running_site, sign_in

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "huong-dan" / "anh"
PHONE, DESK, WIDE = 390, 1000, 1200
COLOURS = 160
CHAIR, CLERK, OFFICE, ADMINISTRATOR = "chu-tich", "van-thu", "hu-cau", "quan-tri"
SCHOOL, DISTRICT, PROVINCE = "/don-vi/hc-thcs-may-trang/", "/don-vi/hc-suoi-mong/", "/don-vi/hc-tinh/"

LIST = """<meta charset="utf-8"><body style="font:17px/1.9 serif;padding:34px 44px;width:640px;background:#fbfaf5">
<p style="text-align:center;margin:0"><b>CÔNG ĐOÀN CƠ SỞ THCS MÂY TRẮNG</b><br>(đơn vị hư cấu)</p>
<h2 style="text-align:center;margin:20px 0 6px">DANH SÁCH KÝ NHẬN</h2>
<p style="text-align:center;margin:0">Thăm đoàn viên ốm, tháng này</p>
<table border="1" style="border-collapse:collapse;width:100%;margin-top:16px" cellpadding="6">
<tr><th>TT<th>Người được thăm<th>Số tiền<th>Ký nhận
<tr><td>1<td>Lò Thị Sương<td>500.000<td><i>Sương</i>
<tr><td>2<td>Quàng Văn Gió<td>500.000<td><i>Q. Gió</i>
<tr><td>3<td>Hà Thị Nắng<td>500.000<td><i>Nắng</i></table>"""


@dataclass(frozen=True)
class Picture:
    """One picture: its name, whose screen, the page, how wide and high, what is done first, what the top edge shows."""

    name: str
    login: str
    path: str
    width: int
    height: int
    first: Callable[[Page], None] | None = None
    top: str = ""


def _fill_a_visit(page: Page) -> None:
    page.fill("#so-luot", "3")
    page.fill("#tien-0", "1,5 triệu")
    page.locator("#tien-0-hieu", has_text="1.500.000").wait_for()
    page.fill("#ghi-chu", "Thăm ba cô giáo nằm viện")
    page.locator("h1").click()


def _write_a_visit(page: Page) -> None:
    _fill_a_visit(page)
    paper = page.context.new_page()
    paper.set_viewport_size({"width": 740, "height": 520})
    paper.set_content(LIST)
    picture, document = paper.screenshot(type="jpeg", quality=80), paper.pdf()
    paper.close()
    page.set_input_files(
        "#tep",
        files=[
            {"name": "danh-sach-ky-nhan.jpg", "mimeType": "image/jpeg", "buffer": picture},
            {"name": "quyet-dinh-chi.pdf", "mimeType": "application/pdf", "buffer": document},
        ],
    )
    page.click(".record-go button")
    page.wait_for_url("**/ban-ghi/*/")
    page.locator(".evidence img").wait_for()


def _fill_a_target(page: Page) -> None:
    page.fill("#muc", "320")
    page.fill("#dieu", "Mục II, khoản 3")
    page.fill("#trich", "Kết nạp mới ít nhất 320 đoàn viên trong nhiệm kỳ")
    page.locator(".preview", has_text="320").wait_for()


def _open_a_figure(page: Page) -> None:
    page.locator(".lines tr:has-text('ốm đau') a.fig").first.click()
    page.locator(".panel .rec").first.wait_for()


def _invite(page: Page) -> None:
    page.fill("#f-for_whom", "cô Lan, tổ trưởng tổ Văn")


def _back_up(page: Page) -> None:
    before = page.locator(".register tbody tr").count()
    page.click("main form button")
    for _ in range(60):
        page.goto(page.url)
        if page.locator(".register tbody tr").count() > before and not page.locator(".progress").count():
            return
        page.wait_for_timeout(500)
    raise AssertionError("no backup was made")


MEMBERS = """CÔNG ĐOÀN CƠ SỞ THCS MÂY TRẮNG (hư cấu),,,,,
DANH SÁCH ĐOÀN VIÊN,,,,,
STT,Họ và tên,Ngày sinh,Nam/Nữ,Ngày vào CĐ,Phòng/Ban
1,LÒ THỊ SƯƠNG MAI,22-02-1988,Nữ,2016-09-05,Tổ Văn
2,Quàng Văn Gió Lành,5/6/79,Nam,09/2014,Tổ Toán
3,Hà Thị Nắng Mới,1992,Nữ,01/09/2019,Văn phòng
"""


def _choose_a_list(page: Page) -> None:
    file = {"name": "danh-sach.csv", "mimeType": "text/csv", "buffer": MEMBERS.encode()}
    page.set_input_files("#tep", files=[file])
    page.click("main form button")
    page.wait_for_url("**/nap/*/**")
    page.locator("main h1").wait_for()


# in this order: a picture shows what an earlier one wrote
PICTURES = (
    Picture("chon-loai-viec", CHAIR, f"{SCHOOL}ghi-viec/", PHONE, 700),
    Picture("ghi-viec", CHAIR, f"{SCHOOL}ghi-viec/?viec=visit", PHONE, 800, _fill_a_visit, "main .crumb"),
    Picture("anh-kem-theo", CHAIR, f"{SCHOOL}ghi-viec/?viec=visit", PHONE, 300, _write_a_visit, "#tep"),
    Picture("lich-su", OFFICE, "/ban-ghi/hc-co-khi-trang-non.e.003/", DESK, 620),
    Picture(
        "them-chi-tieu",
        CLERK,
        f"{DISTRICT}chi-tieu/2023-2028/moi/?so-lieu=new_members_admitted",
        WIDE,
        860,
        _fill_a_target,
        ".form .pair",
    ),
    Picture("bang-chi-tieu", CLERK, f"{DISTRICT}chi-tieu/2023-2028/", DESK, 760),
    Picture(
        "so-nay-tu-dau", CLERK, f"{DISTRICT}bao-cao/2023-2028/", WIDE, 760, _open_a_figure, "[aria-labelledby=p-care]"
    ),
    Picture("bao-cao", CLERK, f"{DISTRICT}bao-cao/2023-2028/", DESK, 760),
    Picture("cay-to-chuc", OFFICE, "/don-vi/?q=suoi+mong", DESK, 620),
    Picture("bieu-do", OFFICE, f"{PROVINCE}bieu-do/cap-duoi/?so-lieu=union_members", DESK, 760, draw_charts),
    Picture("moi-nguoi", ADMINISTRATOR, f"{SCHOOL}nguoi-dung/", DESK, 700, _invite),
    Picture("nap-danh-sach", CHAIR, f"{SCHOOL}doan-vien/nap/", DESK, 760, _choose_a_list),
    Picture("doan-vien", CHAIR, "/doan-vien/hc.n.0001/", PHONE, 800),
    Picture("chuyen-sinh-hoat", CHAIR, f"{SCHOOL}chuyen-sinh-hoat/", PHONE, 720),
    Picture("sao-luu", ADMINISTRATOR, "/sao-luu/", DESK, 600, _back_up),
)


def take(browser: Browser) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    _first_run(browser)
    with running_site() as site:
        for picture in PICTURES:
            page = _page(browser, picture.width, picture.height)
            sign_in(page, site, picture.login)
            page.goto(site + picture.path)
            if picture.first:
                picture.first(page)
            _keep(page, picture)
    print(f"{sum(path.stat().st_size for path in FOLDER.glob('*.png')) // 1024} KB together")


def _first_run(browser: Browser) -> None:
    """The two pictures of an installation in which nobody has signed in yet."""
    with running_site(("start", "--no-serve")) as told:
        site = told.splitlines()[0]
        [path] = re.findall(r"http://\S+(/bat-dau/\S+)", told)
        page = _page(browser, PHONE, 780)
        page.goto(site + path)
        page.fill("[name=name]", "Công đoàn cơ sở Trường Mầm non Mây Hồng (hư cấu)")
        page.select_option("[name=kind]", "grassroots")
        page.select_option("[name=block]", "su_nghiep")
        page.fill("[name=display_name]", "Người Dùng Thử")
        page.fill("[name=username]", "mong.lo")
        page.fill("[name=password]", "hoa ban no trang rung")
        _keep(page, Picture("bat-dau", "", path, PHONE, 780, top="main h1"), close=False)
        page.click("main .actions button")
        page.wait_for_url(f"{site}/")
        page.set_viewport_size({"width": PHONE, "height": 800})
        _keep(page, Picture("viec-hom-nay", "", "/", PHONE, 800))


def _page(browser: Browser, width: int, height: int) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=2 if width == PHONE else 1.5,
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        reduced_motion="reduce",
        color_scheme="light",
    )
    return context.new_page()


def _keep(page: Page, picture: Picture, *, close: bool = True) -> None:
    page.evaluate("document.activeElement.blur()")
    if picture.top:
        page.evaluate(
            "(what) => scrollTo(0, document.querySelector(what).getBoundingClientRect().top + scrollY - 12)",
            picture.top,
        )
    # this browser speaks one language; on a phone here the day stands as it is spoken
    page.evaluate(
        """() => document.querySelectorAll('input[type=date]').forEach(e => {
            const day = e.value.split('-').reverse().join('/'); e.type = 'text'; e.value = day; })"""
    )
    page.wait_for_load_state("networkidle")
    shown = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    # a screen has few colours: a palette is a third of the bytes and looks the same
    path = FOLDER / f"{picture.name}.png"
    shown.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path} {path.stat().st_size // 1024} KB")
    if close:
        page.context.close()
