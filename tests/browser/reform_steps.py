"""What an officer does on the way from a plan to an applied reorganisation, for the pages that stand there."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import Page

TITLE = "Kết thúc hoạt động của Liên đoàn Lao động huyện Suối Mộng, thành lập công đoàn các phường, xã và đặc khu"
WARD = "Công đoàn phường Thung Lũng Mây Trắng – Suối Mộng Đầu Nguồn"
OF_UNIT = "hc-suoi-mong"
ROWS = 310
# nothing is recorded on a later day, so that units may end
TODAY = f"{datetime.now(ZoneInfo('Asia/Ho_Chi_Minh')):%d/%m/%Y}"


def press(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()


def follow(page: Page, words: str) -> None:
    with page.expect_navigation():
        page.locator("main .picks a, main a.btn", has_text=words).first.click()


def draft(page: Page, day: str = TODAY) -> None:
    page.get_by_label("Tên việc sắp xếp").fill(TITLE)
    page.get_by_label("Ngày có hiệu lực").fill(day)
    page.get_by_label("Số, ký hiệu").fill("1234/QĐ-TLĐ")
    page.get_by_label("Ngày quyết định").fill(TODAY)
    page.get_by_label("Cơ quan quyết định").fill("Ban Thường vụ Liên đoàn Lao động tỉnh")
    press(page, "Ghi, sang các việc")


def refused(page: Page) -> None:
    page.get_by_label("Tên việc sắp xếp").fill("   ")
    page.get_by_label("Ngày có hiệu lực").fill("31/2/2026")
    press(page, "Ghi, sang các việc")


def choose(page: Page) -> None:
    draft(page)
    follow(page, "Thêm một việc")


def look_for(page: Page) -> None:
    choose(page)
    follow(page, "Chuyển về")


def found(page: Page) -> None:
    choose(page)
    follow(page, "Thành lập")


def founded(page: Page) -> None:
    found(page)
    page.get_by_label("Tên mới").fill(WARD)
    page.get_by_label("Loại đơn vị").select_option("grassroots")
    page.get_by_label("Khối").select_option("su_nghiep")
    press(page, "Thêm vào phương án")


def split(page: Page) -> None:
    founded(page)
    follow(page, "Thêm một việc")
    follow(page, "Tách sang")
    with page.expect_navigation():
        page.locator("main .picks a").first.click()
    follow(page, "Một đơn vị mới")


def many(page: Page) -> None:
    founded(page)
    follow(page, "Chuyển nhiều đơn vị")
    with page.expect_navigation():
        page.locator(f"main .picks a[href*='tu={OF_UNIT}']").click()
    follow(page, "Thung Lũng Mây Trắng")


def sheet(page: Page) -> None:
    founded(page)
    follow(page, "Nạp từ Excel")


def _hand_in(page: Page, lines: list[str]) -> None:
    sheet(page)
    text = "\n".join(["Việc,Mã đơn vị,Đơn vị nhận,Tên mới,Loại,Khối", *lines])
    page.set_input_files("#tep", files=[{"name": "phuong-an.csv", "mimeType": "text/csv", "buffer": text.encode()}])
    press(page, "Nạp các dòng")


def _schools(count: int) -> list[str]:
    name = "Công đoàn cơ sở Trường Phổ thông Dân tộc Bán trú Tiểu học và Trung học cơ sở Đèo Gió số"
    return [f"thành lập,,,{name} {at},Công đoàn cơ sở,Đơn vị sự nghiệp công lập" for at in range(1, count + 1)]


def faulty(page: Page) -> None:
    wrong = [
        "chuyển về,khong-co-don-vi,hc-suoi-mong,,,",
        "kết thúc,hc-tinh,,,,",
        "nhập vào,ten-nao-do,cung-khong-co,,,",
    ]
    _hand_in(page, [*_schools(ROWS), *wrong])


def unread(page: Page) -> None:
    _hand_in(page, ["bán đi,hc-suoi-mong,,,,", "thành lập,,,Tên gì đó,Hội quán,"])


def previewed(page: Page) -> None:
    many(page)
    page.locator("[name=cdcs]").evaluate_all("boxes => boxes.forEach((e, at) => { e.checked = at < 2; })")
    press(page, "Thêm vào phương án")
    press(page, "Xem trước")


def applied(page: Page) -> None:
    merged(page)
    press(page, "Xem trước")
    page.get_by_label("Tôi đã xem").check()
    press(page, f"Áp dụng từ {TODAY}")


def merged(page: Page) -> None:
    """Some schools become one."""
    founded(page)
    for _each in range(2):
        follow(page, "Thêm một việc")
        follow(page, "Nhập vào")
        with page.expect_navigation():
            page.locator("main .picks a").nth(_each + 2).click()
        follow(page, "Thung Lũng Mây Trắng")
        press(page, "Thêm vào phương án")


def at_work(page: Page) -> None:
    _hand_in(page, _schools(ROWS))
    press(page, "Xem trước")
    page.get_by_label("Tôi đã xem").check()
    press(page, f"Áp dụng từ {TODAY}")


def to_annul(page: Page) -> None:
    applied(page)
    follow(page, "Hủy (chưa từng có)")


def annulled(page: Page) -> None:
    to_annul(page)
    page.get_by_label("Vì sao hủy").fill("Ghi nhầm ngày có hiệu lực của quyết định")
    press(page, "Hủy việc sắp xếp")


def to_turn_back(page: Page) -> None:
    applied(page)
    follow(page, "Lập lại như trước")
