"""A chair with a phone enters a member, records the Party, a child and dues, and writes that the member left."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import HEIGHTS
from tests.browser.site import running_site, sign_in
from tests.browser.test_pages import faults_of, too_wide

UNIT = "/don-vi/hc-thcs-may-trang/"
NAME = "Nguyễn Thị Hoàng Phương Khánh Linh Công Tằng Tôn Nữ"


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with running_site() as address:
        yield address


def look(page: Page) -> None:
    """Nothing is wrong with the page at either width."""
    for width, height in HEIGHTS.items():
        page.set_viewport_size({"width": width, "height": height})
        assert faults_of(page) == [], f"{page.url} at {width} pixels"
        assert too_wide(page) <= 0, f"{page.url} at {width} pixels"
    page.set_viewport_size({"width": 320, "height": 640})
    assert too_wide(page) <= 0, f"{page.url} at 320 pixels"
    page.set_viewport_size({"width": 390, "height": HEIGHTS[390]})


def go(page: Page, name: str) -> None:
    page.get_by_role("link", name=name).first.click()
    look(page)


def act(page: Page, name: str) -> None:
    """What is folded under the name of the member."""
    page.locator(".member-do summary").click()
    assert faults_of(page) == []
    go(page, name)


def done(page: Page, said: str) -> None:
    page.locator(".member-go button").click()
    expect(page.locator(".note.good")).to_contain_text(said)


def test_a_chair_enters_a_member_and_writes_that_they_left(page_at: Callable[..., Page], site: str) -> None:
    page = page_at(390, expected=["422"])
    sign_in(page, site, "chu-tich")
    page.goto(site + UNIT)
    go(page, "Thêm đoàn viên")
    page.get_by_label("Họ và tên").fill(NAME)
    page.get_by_label("Ngày sinh").fill("31/2/1988")
    page.get_by_text("Nữ", exact=True).click()
    page.get_by_label("Là đoàn viên của đơn vị từ ngày").fill("1/9/2024")
    page.get_by_label("Số, ngày quyết định").fill("15/QĐ-CĐCS")
    page.locator(".member-go button").click()
    expect(page.locator(".wrong")).to_contain_text("không phải ngày có thật")
    look(page)
    assert page.get_by_label("Họ và tên").input_value() == NAME
    page.get_by_label("Ngày sinh").fill("5/6/1988")
    done(page, "Đã ghi đoàn viên")
    look(page)
    home = page.url

    act(page, "Ghi tình trạng")
    page.get_by_label("Nội dung").select_option("party")
    page.get_by_label("Từ ngày").fill("3/2/2020")
    done(page, "Đảng viên")
    expect(page.locator(".member-tags")).to_contain_text("Đảng viên")
    go(page, "Hết, hoặc ghi sai")

    page.goto(home)
    go(page, "Thêm con")
    page.get_by_label("Họ và tên con").fill("Trần Gia Bảo")
    page.get_by_label("Ngày sinh").fill("20/10/2020")
    done(page, "Đã ghi")
    go(page, "Xóa Trần Gia Bảo")

    page.goto(home)
    go(page, "Ghi đoàn phí")
    page.get_by_label("Từ tháng").fill("1/2026")
    page.get_by_label("Đến hết tháng").fill("3/2026")
    page.get_by_label("Tình trạng").select_option("owed")
    page.get_by_label("Tiền lương một tháng làm căn cứ").fill("8 triệu")
    done(page, "chưa đóng")
    expect(page.locator(".owed")).to_contain_text("120.000 đồng")
    look(page)

    go(page, "Sửa thông tin")
    page.goto(home)
    act(page, "Xếp tổ")
    page.goto(home)
    page.locator(".timeline .row-links a").first.click()
    look(page)
    page.goto(home)
    go(page, "Bỏ, ghi nhầm")
    page.goto(home)
    act(page, "Ghi rời đơn vị")
    page.get_by_label("Vì sao rời đơn vị").select_option("left")
    page.get_by_label("Ngày cuối là đoàn viên của đơn vị").fill("31/10/2026")
    page.get_by_label("Số, ngày quyết định cho ra").fill("21/QĐ-CĐCS")
    # an impatient thumb
    page.locator(".member-go button").dblclick()
    expect(page.locator(".note.good").first).to_contain_text("rời đơn vị")
    assert page.locator(".timeline li").count() == 1
    expect(page.locator(".member-where")).to_contain_text("không còn là đoàn viên")
    look(page)
    act(page, "Kết nạp lại")


def test_who_is_in_the_register_is_shown_beside(page_at: Callable[..., Page], site: str) -> None:
    # where the register is not installed, the way there ends nowhere
    page = page_at(390, expected=["422", "404"])
    sign_in(page, site, "chu-tich")
    page.goto(f"{site}{UNIT}doan-vien/them-nhieu/")
    page.get_by_label("Danh sách").fill("Phạm Thị Thử Một\nLê Văn Thử Hai; 1990; nam")
    page.get_by_label("Là đoàn viên của đơn vị từ ngày").fill("1/2/2026")
    with page.expect_navigation():
        page.locator(".member-go button").click()
    page.goto(f"{site}{UNIT}doan-vien/them-nhieu/")
    page.get_by_label("Danh sách").fill("Lê Văn Thử Hai; 1990; nam")
    page.get_by_label("Là đoàn viên của đơn vị từ ngày").fill("1/2/2026")
    page.locator(".member-go button").click()
    expect(page.locator(".same")).to_contain_text("Là người này: Lê Văn Thử Hai")
    look(page)
    page.goto(f"{site}{UNIT}doan-vien/them/")
    page.get_by_label("Họ và tên").fill("lê văn thử hai")
    page.get_by_label("Ngày sinh").fill("1990")
    page.get_by_label("Là đoàn viên của đơn vị từ ngày").fill("1/2/2026")
    page.locator(".member-go button").click()
    expect(page.locator(".same")).to_contain_text("Đang là đoàn viên của chính đơn vị này")
    look(page)
