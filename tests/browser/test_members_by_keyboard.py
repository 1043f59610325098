"""The register without a mouse: a member's page on a phone, a list taken in row by row, a move from letter to acceptance."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import xlsxwriter
from playwright.sync_api import Locator, Page, expect

from nhiemky.foundation import clock
from tests.browser.site import running_site, sign_in

UNIT = "/don-vi/hc-thcs-may-trang/"
HERE = "/doan-vien/hc.n.0003/"
# farther than the longest of these pages reaches
MOST_STEPS = 150

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with running_site() as address:
        yield address


def reach(wanted: Locator) -> None:
    """Tab forward until it has the focus; it is seen there, and nothing covers it."""
    page = wanted.page
    expect(wanted).to_have_count(1)
    for _step in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if wanted.evaluate("e => e === document.activeElement"):
            break
    else:
        pytest.fail(f"Tab never reaches {wanted}")
    assert wanted.evaluate(
        """e => { const r = e.getBoundingClientRect(), style = getComputedStyle(e.closest('label') ?? e);
            const top = document.elementFromPoint(r.left + Math.min(4, r.width / 2), r.top + r.height / 2);
            return e.matches(':focus-visible') && style.visibility === 'visible'
                && Boolean(top && (e.contains(top) || top.contains(e))); }"""
    ), f"{wanted} has the focus unseen"


def press(wanted: Locator) -> None:
    """A link or a button, and the page that it leads to."""
    reach(wanted)
    with wanted.page.expect_navigation():
        wanted.page.keyboard.press("Enter")


def test_a_members_page_on_a_phone(page_at: Open, site: str) -> None:
    page = page_at(390)
    sign_in(page, site, "chu-tich")
    page.goto(site + HERE)
    dues = page.locator(".member-acts a", has_text="Ghi tình trạng")
    expect(dues).to_be_hidden()
    reach(page.locator(".member-do summary"))
    page.keyboard.press("Enter")
    expect(dues).to_be_visible()
    press(dues)
    reach(page.get_by_label("Nội dung"))
    page.keyboard.press("ArrowDown")
    reach(page.get_by_label("Từ ngày"))
    page.keyboard.type("3/2/2020")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator(".member-tags")).to_contain_text("Đảng viên")
    press(page.get_by_role("link", name="Xem phần đang che"))
    assert "/xem-rieng/" in page.url


def test_a_list_is_decided_row_by_row(page_at: Open, site: str, tmp_path: Path) -> None:
    listed = tmp_path / "danh-sach.xlsx"
    with xlsxwriter.Workbook(listed) as book:
        sheet = book.add_worksheet("Danh sách")
        for at, row in enumerate((
            ("Họ và tên", "Ngày sinh", "Giới tính", "Điện thoại", "Ngày về đơn vị"),
            ("Phạm Ngọc Đồi Bay", "16/10/1967", "Nữ", "0912345678", "01/01/2004"),
            ("Lê Thị Thử Phím", "05/06/1988", "Nữ", "", "01/09/2015"),
            ("Lê Thị Thử Phím", "05/06/1988", "Nữ", "", "01/09/2015"),
        )):  # fmt: skip
            sheet.write_row(at, 0, row)
    page = page_at(1280)
    sign_in(page, site, "chu-tich")
    page.goto(f"{site}{UNIT}doan-vien/nap/")
    reach(page.get_by_label("Tệp danh sách"))
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(listed)
    press(page.get_by_role("button", name="Tiếp: xem các cột"))
    press(page.get_by_role("button", name="Xem trước từng dòng"))
    expect(page.get_by_role("button", name="Ghi vào sổ đoàn viên")).to_have_count(0)
    press(page.get_by_role("link", name="Xem từng dòng"))
    first, second = page.locator(".import-row").all()
    # the first of a group of which none is chosen has the focus, an arrow goes on to the next
    reach(first.get_by_label("Cùng một người: sửa theo tệp"))
    page.keyboard.press("Space")
    left_out = second.get_by_label("Để lại, không ghi dòng này")
    reach(second.get_by_role("radio").first)
    while not left_out.is_checked():
        page.keyboard.press("Space" if left_out.evaluate("e => e === document.activeElement") else "ArrowDown")
    expect(first.get_by_label("Cùng một người: sửa theo tệp")).to_be_checked()
    press(page.get_by_role("button", name="Lưu các lựa chọn trên trang này"))
    expect(page.locator(".note.good")).to_contain_text("Đã chọn cho 2 dòng")
    press(page.get_by_role("button", name="Ghi vào sổ đoàn viên"))
    expect(page.locator("main .note.good")).to_contain_text("1 ghi mới, 1 sửa người đã có")
    reach(page.get_by_role("link", name="Tải tệp kết quả"))
    with page.expect_download():
        page.keyboard.press("Enter")
    page.goto(site + HERE)
    expect(page.locator("main")).to_contain_text("0912345678")


def test_a_member_moves_from_letter_to_acceptance(page_at: Open, site: str) -> None:
    page = page_at(1280)
    sign_in(page, site, "chu-tich")
    page.goto(f"{site}/doan-vien/hc.n.0005/")
    press(page.locator(".member-acts a", has_text="Chuyển sinh hoạt"))
    reach(page.get_by_label("Tìm công đoàn cơ sở tiếp nhận"))
    page.keyboard.type("la phong")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    press(page.locator(".picks a", has_text="Tiểu học Lá Phong"))
    reach(page.get_by_label("Ngày cuối ở đơn vị"))
    # the segments of a date are the browser's own
    page.keyboard.press("Tab")
    page.get_by_label("Ngày cuối ở đơn vị").fill((clock.today() - timedelta(days=1)).isoformat())
    reach(page.get_by_label("Số giấy giới thiệu"))
    page.keyboard.type("21/GT-CĐCS")
    press(page.get_by_role("button", name="Gửi đề nghị"))
    expect(page.locator(".when")).to_contain_text("chờ tiếp nhận")
    moved = page.url.removeprefix(site)
    reach(page.get_by_label("Số giấy giới thiệu"))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator(".files a")).to_have_count(2)
    reach(page.get_by_role("link", name="Tải bản Word"))
    with page.expect_download():
        page.keyboard.press("Enter")

    answering = page_at(1280)
    sign_in(answering, site, "hu-cau")
    answering.goto(f"{site}/don-vi/hc-th-la-phong/chuyen-sinh-hoat/")
    press(answering.locator(f"a[href='{moved}']"))
    reach(answering.get_by_label("Ngày đầu ở đơn vị mới"))
    press(answering.get_by_role("button", name="Tiếp nhận", exact=True))
    expect(answering.locator(".when")).to_contain_text("đã tiếp nhận")
    press(answering.get_by_role("link", name="Mở hồ sơ"))
    expect(answering.locator(".member-where")).to_contain_text("Lá Phong")
