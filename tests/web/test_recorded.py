"""What was recorded: files kept and served, statements, the list of a unit's work, names that are erased."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook
from PIL import Image
from pytest_django.fixtures import Settings

from tests.web.conftest import SUOI_MONG, Cast
from tests.web.forms import NEW, STATE, form_at, latest, record, shown, words

pytestmark = pytest.mark.both_engines

ClientOf = Callable[..., Client]


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    settings.EVIDENCE_DIR = tmp_path


@pytest.fixture
def chair(client_of: ClientOf) -> Client:
    return client_of("suoi-mong")


def photo() -> bytes:
    marks = Image.Exif()
    marks[0x0110] = "Máy ảnh của ai đó"
    out = io.BytesIO()
    Image.new("RGB", (30, 20), (10, 200, 30)).save(out, "JPEG", exif=marks)
    return out.getvalue()


def test_files_are_kept_served_safely_and_only_to_those_who_may_read(chair: Client, client_of: ClientOf) -> None:
    from nhiemky.foundation import clock
    from nhiemky.foundation.files import path_of
    from nhiemky.reports.check import every_fault

    fields = form_at(chair, f"{NEW}?viec=visit") | {"so-luot": "1"}
    answer = chair.post(
        NEW, fields | {"tep": [SimpleUploadedFile("../ảnh.jpg", photo()), SimpleUploadedFile("b.pdf", b"%PDF-1 b")]}
    )
    place = answer["Location"]
    page = shown(chair, place)
    links = re.findall(r'href="(/ban-ghi/\w+/minh-chung/\w+/)"', page)
    assert len(set(links)) == 2
    for link in links:
        file = chair.get(link)
        assert file["Content-Disposition"].startswith("attachment") and file["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in file["Content-Security-Policy"] and "private" in file["Cache-Control"]
        assert b"nh c" not in file.content
        assert client_of("song-lo").get(link).status_code == 404
        assert client_of("kiem-tra").get(link).status_code == 200
    row = latest().evidence.first()
    record(chair, so_luot="1")
    assert chair.get(f"/ban-ghi/{latest().code}/minh-chung/{row.code}/").status_code == 404
    assert not [fault for fault in every_fault(clock.today()) if "evidence" in fault.place]
    path_of(row.digest).write_bytes(b"changed")
    assert f"evidence:{row.code}" in [fault.place for fault in every_fault(clock.today())]
    # added later, and carried along by a correction
    later = chair.post(f"{place}minh-chung/", {"tep": SimpleUploadedFile("c.pdf", b"%PDF-1 c")}, follow=True)
    assert "Đã thêm 1 tệp" in words(later) and "c.pdf" in words(later)
    twice = chair.post(f"{place}minh-chung/", {"tep": SimpleUploadedFile("d.pdf", b"%PDF-1 c")}, follow=True)
    assert "đã có ở việc này" in words(twice)
    fields = form_at(chair, f"{place}sua/")
    fixed = chair.post(f"{place}sua/", fields | {"ly-do": "thử"}, follow=True)
    assert words(fixed).count("minh-chung/") >= 3


@pytest.mark.parametrize("name", ["x.exe", "x.svg", "x.html"])
def test_a_refused_file_records_nothing_and_says_so(chair: Client, name: str) -> None:
    before = latest()
    fields = form_at(chair, f"{NEW}?viec=visit") | {"so-luot": "8"}
    answer = chair.post(NEW, fields | {"tep": SimpleUploadedFile(name, b"<svg onload=alert(1)>")})
    page = words(answer)
    assert answer.status_code == 422 and "chỉ nhận ảnh" in page and "Tệp đã chọn cần chọn lại" in page
    assert 'value="8"' in page and latest() == before


def test_too_many_files_are_refused(chair: Client, settings: Settings) -> None:
    settings.EVIDENCE_MOST = 2
    fields = form_at(chair, f"{NEW}?viec=visit") | {"so-luot": "8"}
    three = [SimpleUploadedFile(f"{at}.pdf", f"%PDF-{at}".encode()) for at in range(3)]
    assert "nhiều nhất 2 tệp" in words(chair.post(NEW, fields | {"tep": three}))
    settings.EVIDENCE_MOST, settings.EVIDENCE_LIMIT = 10, 10
    three = [SimpleUploadedFile(f"{at}.pdf", f"%PDF-{at}".encode()) for at in range(3)]
    assert "cộng lại" in words(chair.post(NEW, fields | {"tep": three}))


def test_members_are_stated_and_corrected(cast: Cast, chair: Client) -> None:
    from nhiemky.ledger.models import Statement

    assert "Đoàn viên công đoàn" in shown(chair, STATE)
    fields = form_at(chair, f"{STATE}?muc=members") | {"so": "1.234"}
    done = chair.post(STATE, fields)
    assert chair.post(STATE, fields)["Location"] == done["Location"]
    row = Statement.objects.order_by("-pk")[0]
    assert (row.subject, row.value, row.coverage, row.starts_on) == ("members", 1234, "own", cast.today)
    assert "1.234 người" in shown(chair, STATE)
    path = f"/so-ke/{row.code}/sua/"
    again = form_at(chair, path)
    assert again["so"] == "1.234"
    assert "Chưa có lý do" in words(chair.post(path, again | {"so": "1.235"}))
    chair.post(path, again | {"so": "1.235", "ly-do": "Đếm lại"})
    new = Statement.objects.order_by("-pk")[0]
    assert new.replaces == row and new.value == 1235
    assert "Số liệu: <s>1.234 người</s> → 1.235 người" in shown(chair, f"/so-ke/{new.code}/")
    for typed, sentence in (("", "Chưa ghi"), ("nhiều", "chưa đúng"), ("1,200", "chưa đúng")):
        refused = chair.post(STATE, form_at(chair, f"{STATE}?muc=members") | {"so": typed})
        assert refused.status_code == 422 and sentence in words(refused)


@pytest.mark.parametrize(
    ("subject", "typed", "wanted"),
    [("own_grade", "good", "hoàn thành tốt"), ("fund_balance", "1,5 tỷ", "1,5 tỷ đồng")],
)
def test_other_subjects_take_their_own_kind_of_value(chair: Client, subject: str, typed: str, wanted: str) -> None:
    from nhiemky.ledger import kinds

    kind = {"own_grade": "grade", "fund_balance": "money"}[subject]
    code = next(each.code for each in kinds.subjects().values() if each.type == kind)
    done = chair.post(STATE, form_at(chair, f"{STATE}?muc={code}") | {"so": typed}, follow=True)
    assert done.status_code == 200 and wanted in words(done)


def test_the_list_is_filtered_summed_paged_and_exported(chair: Client) -> None:
    for at in range(45):
        record(
            chair, "blood_donation", so_nguoi="2", ngay=f"2024-03-{at % 28 + 1:02d}", ghi_chu=f"Ngày hội số {at:02d}"
        )
    path = f"/don-vi/{SUOI_MONG}/?xem=viec&loai=blood_donation&nam=2024"
    seen, page = [], shown(chair, path)
    assert "45 việc · 90 người" in page
    while True:
        seen += re.findall(r'class="rec-what" href="([^"]+)"', page)
        link = re.search(r'rel="next" href="([^"#]+)', page)
        if not link:
            break
        page = shown(chair, f"/don-vi/{SUOI_MONG}/{link[1]}")
    assert len(seen) == len(set(seen)) == 45
    found = shown(chair, f"/don-vi/{SUOI_MONG}/?xem=viec&q=07+NGAY+hoi")
    assert found.count('class="rec-what"') == 1 and "Lọc, tìm" in found
    assert "Không có việc nào như vậy" in shown(chair, f"/don-vi/{SUOI_MONG}/?xem=viec&nam=1999")
    book = load_workbook(io.BytesIO(chair.get(f"/don-vi/{SUOI_MONG}/viec/excel/?loai=blood_donation&nam=2024").content))
    cells = [cell.value for row in book.active.iter_rows() for cell in row if cell.value]
    assert sum("Ngày hội số" in str(cell) for cell in cells) == 45
    assert any("45 việc · 90 người" in str(cell) for cell in cells)


def test_cancelled_work_and_totals_stay_out_of_the_sum(chair: Client) -> None:
    record(chair, "blood_donation", so_nguoi="5", ngay="2022-01-01")
    kept = latest()
    record(chair, "blood_donation", so_nguoi="500", pham_vi="own", tu="2022", den="2022")
    record(chair, "blood_donation", so_nguoi="7", ngay="2022-01-02")
    wrong = latest()
    chair.post(f"/ban-ghi/{wrong.code}/huy/", form_at(chair, f"/ban-ghi/{wrong.code}/huy/") | {"ly-do": "nhầm"})
    page = shown(chair, f"/don-vi/{SUOI_MONG}/?xem=viec&loai=blood_donation&nam=2022")
    assert "1 việc · 5 người" in page and kept.code in page and page.count('class="rec-what"') == 3


def test_one_unit_goes_straight_on_and_an_auditor_is_not_offered(client_of: ClientOf) -> None:
    assert client_of("nho-quan").get("/ghi-viec/")["Location"] == "/don-vi/nho-quan/ghi-viec/"
    assert "Ghi việc</a>" in shown(client_of("nho-quan"), "/")
    auditor = client_of("kiem-tra")
    unit = shown(auditor, f"/don-vi/{SUOI_MONG}/")
    link = re.search(r'class="rec-what" href="([^"]+)"', unit)
    assert link
    for path in ("/", f"/don-vi/{SUOI_MONG}/", f"/don-vi/{SUOI_MONG}/?xem=so-ke", link[1]):
        page = shown(auditor, path)
        assert "ghi-viec" not in page and "/sua/" not in page
    assert "chưa được giao ghi việc" in shown(auditor, "/ghi-viec/")
    below = shown(client_of("hu-cau"), "/ghi-viec/?chon=1&q=suoi+mong")
    assert "Suối Mộng" in below and "Nho Quan" not in below


def test_names_are_erased_and_their_number_stays(cast: Cast, chair: Client) -> None:
    from nhiemky.foundation import clock
    from nhiemky.foundation.policies import NotAllowed
    from nhiemky.ledger.actions import erase_names
    from nhiemky.reports.check import every_fault

    record(chair, so_luot="2", ten="Nguyễn Thị Mộng\nTrần Văn Mơ")
    entry = latest()
    with pytest.raises(NotAllowed):
        erase_names(by=cast.users["suoi-mong"], entry=entry, reason="xin xóa")
    assert erase_names(by=cast.users["quan-tri"], entry=entry, reason="người được ghi tên yêu cầu") == 2
    page = shown(chair, f"/ban-ghi/{entry.code}/")
    assert "Mộng" not in page.replace("Suối Mộng", "") and "2 tên đã xóa" in page
    assert not [fault for fault in every_fault(clock.today()) if entry.code in fault.place]


def test_an_amount_is_read_back_while_it_is_typed(chair: Client) -> None:
    assert "= 15.000.000 đồng" in shown(chair, "/ghi-viec/so-tien/?so=15+tri%E1%BB%87u")
    assert "chưa rõ" in shown(chair, "/ghi-viec/so-tien/?so=15")
    assert shown(chair, "/ghi-viec/so-tien/").strip() == ""
    assert "<script>" not in shown(chair, "/ghi-viec/so-tien/?so=<script>").replace("“<script>”", "")
