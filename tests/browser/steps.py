"""Pages that nobody reaches by an address alone: what stands there after somebody has done something."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

UNIT = "/don-vi/hc-thcs-may-trang/"
HERE = "/doan-vien/hc.n.0003/"
# more than one page of the log holds
READINGS = 52
MANY = 2_100
HEADINGS = "Họ và tên,Ngày sinh,Giới tính,Điện thoại,Ngày về đơn vị,Phòng ban"
LONG = "Công Tằng Tôn Nữ Thị Hoàng Thiên Kim Ngân Phượng Vỹ"


@dataclass(frozen=True)
class Step:
    """A page, the person who uses it, where they begin, and what they do there; `refused` is how it is answered."""

    name: str
    login: str
    path: str
    act: Callable[[Page], None]
    refused: str = ""


def _press(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()


def _enter_wrongly(page: Page) -> None:
    page.get_by_label("Họ và tên").fill(LONG)
    page.get_by_label("Ngày sinh").fill("31/2/1990")
    page.get_by_label("Là đoàn viên của đơn vị từ ngày").fill("mùa thu")
    _press(page, "Ghi đoàn viên")


def _enter_twice(page: Page) -> None:
    page.get_by_label("Họ và tên").fill(LONG)
    page.get_by_label("Là đoàn viên của đơn vị từ ngày").fill("1/9/2020")
    code = page.locator("[name=ma]").input_value()
    _press(page, "Ghi đoàn viên")
    page.goto(page.url.partition("/doan-vien/")[0] + UNIT + "doan-vien/them/")
    # as a tab that was left open has it
    page.locator("[name=ma]").evaluate("(box, code) => { box.value = code; }", code)
    page.get_by_label("Họ và tên").fill(LONG)
    page.get_by_label("Là đoàn viên của đơn vị từ ngày").fill("1/10/2020")
    _press(page, "Ghi đoàn viên")


def _fill_a_post_wrongly(page: Page) -> None:
    page.get_by_label("Họ và tên").fill(LONG)
    page.get_by_label("Ban và chức danh").select_option(index=1)
    page.get_by_label("Nhận chức danh ngày").fill("31/2/2024")
    _press(page, "Ghi chức danh")


def _find_nobody(page: Page) -> None:
    page.get_by_label("Họ và tên").fill(LONG)
    with page.expect_navigation():
        page.locator("main [name=tim]").click()


def _refuse_a_transfer(page: Page) -> None:
    page.locator("main summary", has_text="Không tiếp nhận").click()
    page.get_by_label("Vì sao").fill(
        "Chưa thấy tên trong danh sách biên chế của trường; đề nghị đơn vị cũ kiểm tra lại."
    )
    _press(page, "Trả lời")


def _merge(page: Page) -> None:
    page.get_by_label("Vì sao biết là một người").fill("Cùng số CCCD, chính đồng chí ấy xác nhận")
    _press(page, "Gộp hai hồ sơ")


def _unmerge(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main button", has_text="Tách ra").click()


def _read_often(page: Page) -> None:
    """Masked particulars are opened on many days; then whoever answers for the unit looks who did."""
    page.evaluate(
        """async times => {
            const form = new FormData(document.querySelector('main form'));
            const reason = document.querySelector('[name=ly-do]');
            form.set('ly-do', reason.options ? reason.options[1].value : reason.value);
            for (let i = 0; i < times; i++) await fetch(location.href, {method: 'POST', body: new URLSearchParams(form)});
        }""",
        READINGS,
    )
    page.goto(page.url.partition("/doan-vien/")[0] + UNIT + "doan-vien/da-xem/")


def _hand_in(page: Page, *rows: str, headings: str = HEADINGS) -> None:
    listed = "\n".join((headings, *rows)).encode()
    page.set_input_files("#tep", files=[{"name": "danh-sach-doan-vien.csv", "mimeType": "text/csv", "buffer": listed}])
    _press(page, "Tiếp: xem các cột")


def _columns_refused(page: Page) -> None:
    _hand_in(page, "Lò Thị Sương,1/2/1990,Nữ,0912345678,1/1/2020,Tổ Toán")
    page.locator("select[name=cot-1]").select_option("name")
    page.get_by_label("Có mặt ở đơn vị từ ngày").fill("31/2/2024")
    _press(page, "Xem trước từng dòng")


def _rows_to_decide(page: Page) -> None:
    _hand_in(
        page,
        "Phạm Ngọc Đồi Bay,16/10/1967,Nữ,0912345678,01/01/2004,Tổ Khoa học tự nhiên và Công nghệ",
        f"{LONG},05/06/1988,Nữ,,01/09/2015,",
        f"{LONG},05/06/1988,Nữ,,01/09/2015,",
        "Lê Thị Thử,31/2/1988,Nữ,12,01/09/2015,",
    )
    _press(page, "Xem trước từng dòng")
    page.get_by_role("link", name="Xem từng dòng").click()
    page.wait_for_url("**loc=quyet-dinh")


def _nothing_chosen(page: Page) -> None:
    _rows_to_decide(page)
    page.locator(".import-row [type=radio]").evaluate_all("boxes => boxes.forEach(e => { e.checked = false; })")
    _press(page, "Lưu các lựa chọn trên trang này")


def _ready(page: Page) -> None:
    _hand_in(page, *(f"Lò Thị Sương {name},1/2/1990,Nữ,,1/1/2020," for name in ("Mai", "Lan", "Hồng")))
    _press(page, "Xem trước từng dòng")


def _many(page: Page) -> None:
    tones = ["An", "Bình", "Cúc", "Dung", "Giang", "Hà", "Khánh", "Lan", "Mai", "Nga"]
    names = (f"{a} {b} {c}" for a in tones for b in tones for c in tones for _again in range(3))
    rows = (f"Lò {name},{at % 28 + 1}/{at % 12 + 1}/{1970 + at % 30},Nữ,,1/1/2020," for at, name in enumerate(names))
    _hand_in(page, *list(rows)[:MANY])
    _press(page, "Xem trước từng dòng")


def _at_work(page: Page) -> None:
    _many(page)
    everybody = page.locator("button[name=tat-ca][value=new]")
    if everybody.count():
        with page.expect_navigation():
            everybody.click()
    _press(page, "Ghi vào sổ đoàn viên")


def _written(page: Page) -> None:
    _ready(page)
    _press(page, "Ghi vào sổ đoàn viên")


# in this order: what one writes, the next may meet
STEPS = (
    Step("member-refused", "chu-tich", f"{UNIT}doan-vien/them/", _enter_wrongly, "422"),
    Step("member-sent-again", "chu-tich", f"{UNIT}doan-vien/them/", _enter_twice, "409"),
    Step("post-refused", "hu-cau", "/don-vi/hc-kcn/chuc-danh/them/", _fill_a_post_wrongly, "422"),
    Step("post-nobody-found", "hu-cau", "/don-vi/hc-kcn/chuc-danh/them/", _find_nobody),
    Step("transfer-refused", "chu-tich", "/chuyen-sinh-hoat/hc.t.1/", _refuse_a_transfer),
    Step("readings-many", "chu-tich", f"{HERE}xem-rieng/", _read_often),
    Step("merged", "chu-tich", "/doan-vien/hc.n.0010/gop/?voi=hc.n.0003", _merge),
    Step("unmerged", "chu-tich", "/doan-vien/hc.n.0010/gop/", _unmerge),
    Step("import-columns-refused", "chu-tich", f"{UNIT}doan-vien/nap/", _columns_refused, "422"),
    Step("import-decide", "chu-tich", f"{UNIT}doan-vien/nap/", _rows_to_decide),
    Step("import-nothing-chosen", "chu-tich", f"{UNIT}doan-vien/nap/", _nothing_chosen),
    Step("import-ready", "chu-tich", f"{UNIT}doan-vien/nap/", _ready),
    Step("import-many", "chu-tich", f"{UNIT}doan-vien/nap/", _many),
    Step("import-written", "chu-tich", f"{UNIT}doan-vien/nap/", _written),
    Step("import-at-work", "chu-tich", f"{UNIT}doan-vien/nap/", _at_work),
)
