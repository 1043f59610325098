"""Recording a piece of work on plain pages: what is typed, refused, written once, corrected and cancelled."""

import io
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from PIL import Image
from pytest_django.fixtures import Settings

from tests.web.conftest import SUOI_MONG, Cast

pytestmark = pytest.mark.both_engines

ClientOf = Callable[..., Client]
NEW = f"/don-vi/{SUOI_MONG}/ghi-viec/"
STATE = f"/don-vi/{SUOI_MONG}/ke-khai/"


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    settings.EVIDENCE_DIR = tmp_path


@pytest.fixture
def chair(client_of: ClientOf) -> Client:
    return client_of("suoi-mong")


def shown(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return words(answer)


def words(answer: object) -> str:
    return unescape(re.sub(r"\s+", " ", answer.content.decode()))  # type: ignore[attr-defined]


def form_at(client: Client, path: str) -> dict[str, str]:
    """The fields of the form as a browser would send them back untouched."""
    page = shown(client, path)
    form = page[page.index('name="ma"') - 60 :]
    given = {}
    for tag in re.findall(r"<input [^>]*>", form):
        name, value = re.search(r' name="([^"]*)"', tag), re.search(r' value="([^"]*)"', tag)
        if name and "csrf" not in name[1] and 'type="file"' not in tag:
            given[name[1]] = value[1] if value else ""
    for name, inside in re.findall(r'<textarea [^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', client.get(path).content.decode(), re.S):
        given[name] = unescape(inside)
    for name, inside in re.findall(r'<select [^>]*name="([^"]*)"[^>]*>(.*?)</select>', form):
        chosen = re.search(r'value="([^"]*)" selected', inside)
        given[name] = chosen[1] if chosen else ""
    return given


def record(client: Client, kind: str = "visit", **typed: str):
    fields = form_at(client, f"{NEW}?viec={kind}") | {name.replace("_", "-"): value for name, value in typed.items()}
    return client.post(NEW, fields)


def latest():
    from nhiemky.ledger.models import Entry

    return Entry.objects.order_by("-pk")[0]


def test_a_chair_records_a_visit(cast: Cast, chair: Client) -> None:
    answer = record(
        chair, so_luot="3", tien_0="1,5 triệu", nguon_0="doan_phi", tien_1="500k", nguon_1="xa_hoi_hoa",
        muc_occasion="om_dau", doi_tuong="members", phoi_hop="Trạm Y tế\n\n Ban giám đốc ", ghi_chu="  Thăm   hai người ",
        ten="Nguyễn Thị Mộng\nTrần Văn Mơ",
    )  # fmt: skip
    entry = latest()
    assert answer["Location"] == f"/ban-ghi/{entry.code}/"
    assert (entry.unit, entry.kind, entry.coverage) == (cast.unit, "visit", "act")
    assert entry.starts_on == cast.today and entry.span.is_one_day
    assert {count.word: count.value for count in entry.counts.all()} == {"luot": 3, "nguoi": 2}
    assert {money.fund: money.value for money in entry.money.all()} == {"doan_phi": 1_500_000, "xa_hoi_hoa": 500_000}
    assert entry.details == {"occasion": "om_dau"} and entry.partners == ["Trạm Y tế", "Ban giám đốc"]
    assert entry.note == "Thăm hai người"
    page = shown(chair, answer["Location"])
    for text in ("Đã ghi: Thăm hỏi", "3 lượt; 2 người", "1.500.000 đồng", "ốm đau", "Nguyễn Thị Mộng, Trần Văn Mơ"):
        assert text in page


def test_dates_as_they_are_remembered(chair: Client) -> None:
    for ngay, thang, wanted in [
        ("2024-05-07", "", "2024-05-07"), ("7/5/2024", "", "2024-05-07"), ("", "5/2024", "2024-05"), ("", "2023", "2023"),
        ("2024-05-07", "5/2024", "2024-05"), ("5/2024", "", "2024-05"),
    ]:  # fmt: skip
        record(chair, so_luot="1", ngay=ngay, thang=thang)
        assert latest().span.isoformat() == wanted, (ngay, thang)
    # the day that stood there of itself gives way; another one does not
    fields = form_at(chair, f"{NEW}?viec=visit")
    assert fields["ngay"]
    chair.post(NEW, fields | {"so-luot": "1", "thang": "2023"})
    assert latest().span.isoformat() == "2023"
    assert "không nằm trong 2023" in words(record(chair, so_luot="1", ngay="2024-05-07", thang="2023"))


@pytest.mark.parametrize(
    ("typed", "sentence", "field"),
    [
        ({"so_luot": ""}, "Chưa có số lượng hoặc số tiền nào", None),
        ({"so_luot": "ba"}, "Số lượt “ba” chưa đúng", "so-luot"),
        ({"so_luot": "1,200"}, "Số lượt “1,200” chưa đúng", "so-luot"),
        ({"so_luot": "-1"}, "chưa đúng", "so-luot"),
        ({"so_luot": "1", "tien_0": "15"}, "chưa rõ là nghìn hay triệu", "tien-0"),
        ({"so_luot": "1", "tien_0": "1,500"}, "có thể hiểu nhiều cách", "tien-0"),
        ({"so_luot": "1", "tien_0": "nhiều"}, "chưa hiểu được", "tien-0"),
        ({"so_luot": "1", "ngay": "31/2/2024"}, "chưa đúng. Hãy ghi ngày", "ngay"),
        ({"so_luot": "1", "ngay": ""}, "Chưa có ngày", "ngay"),
        ({"so_luot": "1", "ngay": "2090-01-01"}, "chưa đến", None),
        ({"so_luot": "5", "la_luot": "vague"}, "là con số", "so-luot"),
        ({"so_luot": "1", "tu": "2018"}, "chưa chọn", "pham-vi"),
        ({"so_luot": "1", "pham_vi": "own"}, "Chưa có ngày", "tu"),
        ({"so_luot": "1", "pham_vi": "own", "tu": "2020", "den": "2018"}, "đứng trước", "den"),
        ({"so_luot": "1", "so_nguoi": "1", "ten": "A\nB"}, "Có 2 tên", "so-nguoi"),
        ({"so_luot": "1", "muc_occasion": "khong-co"}, "không có giá trị", None),
        ({"so_luot": "1", "nguon_0": "khong-co", "tien_0": "1 triệu"}, "không có nguồn tiền", None),
        ({"so_luot": "9" * 17}, "quá lớn", None),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    chair: Client, typed: dict[str, str], sentence: str, field: str | None
) -> None:
    before = latest()
    answer = record(chair, **({"ghi_chu": "Giữ nguyên “chỗ này” <b>"} | typed))
    assert answer.status_code == 422
    page = words(answer)
    assert sentence in page or (sentence == "quá lớn" and "chưa đúng" in page)
    assert "Giữ nguyên “chỗ này” <b>" in page
    for name, value in typed.items():
        assert f'value="{value}"' in page or " ".join(value.split()) in page, name
    if field:
        tag = re.search(rf'<(?:input|select) id="{field}"[^>]*>', page)
        assert tag and 'aria-invalid="true"' in tag[0]
    assert latest() == before


def test_money_that_is_not_for_this_kind_is_not_asked(chair: Client) -> None:
    assert "tien-0" not in form_at(chair, f"{NEW}?viec=blood_donation")
    assert "tien-0" in form_at(chair, f"{NEW}?viec=visit")


def test_a_published_total_and_vague_words(cast: Cast, chair: Client) -> None:
    record(
        chair, so_luot="hàng trăm", la_luot="vague", so_suat="150", la_suat="gt", tien_0="1,6 tỷ", tien_la_0="approx",
        pham_vi="below", tu="2019", den="6/2022",
    )  # fmt: skip
    entry = latest()
    assert (entry.coverage, entry.span.isoformat()) == ("below", "2019..2022-06")
    page = shown(chair, f"/ban-ghi/{entry.code}/")
    for text in ("hàng trăm lượt", "trên 150 suất", "khoảng 1,6 tỷ đồng", "số chung của đơn vị và các đơn vị cấp dưới"):
        assert text in page


def test_the_same_form_is_written_once(chair: Client) -> None:
    from nhiemky.ledger.models import Entry

    fields = form_at(chair, f"{NEW}?viec=visit") | {"so-luot": "1", "ghi-chu": "một lần"}
    first = chair.post(NEW, fields)
    again = chair.post(NEW, fields, headers={"Accept": "application/json"})
    assert again.json()["href"] == first["Location"]
    assert Entry.objects.filter(note="một lần").count() == 1
    assert "đã được ghi trước đó" in shown(chair, first["Location"])
    changed = chair.post(NEW, fields | {"so-luot": "2"})
    page = words(changed)
    assert changed.status_code == 409 and "Những chỗ vừa đổi chưa được ghi" in page
    assert f"{first['Location']}sua/" in page and 'name="so-luot" value="2"' in page
    assert Entry.objects.filter(note="một lần").count() == 1


def test_nobody_chooses_the_code_of_a_row(cast: Cast, chair: Client, client_of: ClientOf) -> None:
    fields = form_at(chair, f"{NEW}?viec=visit") | {"so-luot": "1"}
    theirs = form_at(client_of("hu-cau"), f"{NEW}?viec=visit")["ma"]
    before = latest()
    for code in (f"{before.code}:x", "abc", "", fields["ma"] + "x", theirs):
        answer = chair.post(NEW, fields | {"ma": code})
        assert answer.status_code == 422
        assert 'name="so-luot" value="1"' in words(answer)
    assert latest() == before


def test_recording_is_quick(chair: Client) -> None:
    fields = form_at(chair, f"{NEW}?viec=visit") | {"so-luot": "1", "tien-0": "1 triệu", "ten": "A\nB\nC"}
    with CaptureQueriesContext(connection) as asked:
        assert chair.post(NEW, fields).status_code == 302
    assert len(asked) <= 40


def test_correct_with_a_reason_and_see_what_changed(chair: Client) -> None:
    record(chair, so_luot="1.200", tien_0="500 đồng", nguon_0="khac", ghi_chu="cũ", ten="Nguyễn Thị Mộng", ngay="", thang="5/2024")
    old = latest()
    path = f"/ban-ghi/{old.code}/sua/"
    fields = form_at(chair, path)
    assert (fields["so-luot"], fields["tien-0"], fields["thang"], fields["nguon-0"]) == ("1.200", "500 đồng", "05/2024", "khac")
    without = chair.post(path, fields | {"so-luot": "12"})
    assert without.status_code == 422 and "Chưa có lý do" in words(without) and 'value="12"' in words(without)
    done = chair.post(path, fields | {"so-luot": "12", "ghi-chu": "mới", "ly-do": "Gõ thừa số không"})
    new = latest()
    assert done["Location"] == f"/ban-ghi/{new.code}/" and new.replaces == old
    page = shown(chair, done["Location"])
    for text in ("Số lượng: <s>1.200 lượt; 1 người</s> → 12 lượt; 1 người", "Ghi chú: <s>cũ</s> → mới", "Lý do: Gõ thừa số không"):
        assert text in page
    assert "Số tiền: <s>" not in page
    # the same form again is the same correction; the old row is not corrected twice
    assert chair.post(path, fields | {"so-luot": "12", "ghi-chu": "mới", "ly-do": "Gõ thừa số không"})["Location"] == done["Location"]
    assert chair.get(path)["Location"] == done["Location"]
    assert latest() == new


def test_a_correction_that_changes_nothing_typed_keeps_everything(chair: Client) -> None:
    """The form filled in from an entry says exactly what the entry says, for every shape of it."""
    from nhiemky.ledger.models import Entry
    from nhiemky.web.records.fields import as_typed
    from nhiemky.web.records.reading import read_entry, says_the_same
    from nhiemky.foundation import clock
    from nhiemky.ledger import kinds

    record(chair, so_luot="hàng chục", la_luot="vague", tien_0="gần một tỷ", tien_la_0="vague")
    record(chair, "movement", so_nguoi="50", trong_nguoi="60", tien_0="999 đồng", muc_movement="hai_tot")
    entries = Entry.objects.filter(cancels=False).prefetch_related("counts", "money", "people")
    for entry in entries:
        read = read_entry(as_typed(entry), kinds.kinds()[entry.kind], clock.today())
        assert not read.faults, (entry.code, read.faults)
        assert says_the_same(entry, read.fields), entry.code
    assert len(entries) > 50


def test_cancel_with_a_reason(chair: Client) -> None:
    record(chair, so_luot="1", ghi_chu="nhầm đơn vị")
    entry = latest()
    path = f"/ban-ghi/{entry.code}/huy/"
    fields = form_at(chair, path)
    assert "Chưa có lý do" in words(chair.post(path, fields))
    assert latest() == entry
    done = chair.post(path, fields | {"ly-do": "Ghi nhầm"})
    again = chair.post(path, fields | {"ly-do": "Ghi nhầm"})
    assert done["Location"] == again["Location"] and latest().cancels and latest().replaces == entry
    assert "đã hủy nên không cộng" in shown(chair, f"/ban-ghi/{entry.code}/")
    assert "Sửa</a>" not in shown(chair, done["Location"])


def test_another_like_this_one(chair: Client) -> None:
    record(chair, so_luot="7", tien_0="1 triệu", nguon_0="doan_phi", muc_occasion="hy", doi_tuong="members", ngay="2024-01-02", ten="A")
    fields = form_at(chair, f"{NEW}?nhu={latest().code}")
    assert (fields["viec"], fields["nguon-0"], fields["muc-occasion"], fields["doi-tuong"]) == ("visit", "doan_phi", "hy", "members")
    assert (fields["so-luot"], fields["tien-0"], fields["ten"]) == ("", "", "")
    assert fields["ngay"] != "2024-01-02"


def test_kinds_are_found_without_accents_in_any_order(chair: Client) -> None:
    page = shown(chair, f"{NEW}?q=hoi+tham")
    assert "Thăm hỏi ốm đau" in page and "Sáng kiến" not in page
    assert "Thăm hỏi ốm đau" in shown(chair, f"{NEW}?q=CHĂM+lo+ốm")
    assert "Không có loại việc nào như vậy" in shown(chair, f"{NEW}?q=khong+the+co")
    often = shown(chair, NEW)
    often = often[often.index('id="hay-ghi"') : often.index("data-pick-group")]
    assert "?viec=" in often
    for _ in range(40):
        record(chair, "blood_donation", so_nguoi="1")
    page = shown(chair, NEW)
    first = page[page.index('id="hay-ghi"') :]
    assert first.index("?viec=blood_donation") < first.index("</li>")


def photo() -> bytes:
    marks = Image.Exif()
    marks[0x0110] = "Máy ảnh của ai đó"
    out = io.BytesIO()
    Image.new("RGB", (30, 20), (10, 200, 30)).save(out, "JPEG", exif=marks)
    return out.getvalue()


def test_files_are_kept_served_safely_and_only_to_those_who_may_read(chair: Client, client_of: ClientOf) -> None:
    from nhiemky.reports.check import every_fault
    from nhiemky.foundation import clock
    from nhiemky.foundation.files import path_of

    fields = form_at(chair, f"{NEW}?viec=visit") | {"so-luot": "1"}
    answer = chair.post(NEW, fields | {"tep": [SimpleUploadedFile("../ảnh.jpg", photo()), SimpleUploadedFile("b.pdf", b"%PDF-1 b")]})
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
        record(chair, "blood_donation", so_nguoi="2", ngay=f"2024-03-{at % 28 + 1:02d}", ghi_chu=f"Ngày hội số {at:02d}")
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
