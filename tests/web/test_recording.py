"""Recording a piece of work on plain pages: what is typed, refused, written once, corrected and cancelled."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from tests.web.conftest import Cast
from tests.web.forms import NEW, form_at, latest, record, shown, words

pytestmark = pytest.mark.both_engines

ClientOf = Callable[..., Client]


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    settings.EVIDENCE_DIR = tmp_path


@pytest.fixture
def chair(client_of: ClientOf) -> Client:
    return client_of("suoi-mong")


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
        ({"so_luot": "nhiều"}, "mở “Con số không chính xác” và chọn “chỉ nói bằng chữ”", "so-luot"),
        ({"so_luot": "12 ba"}, "Số lượt “12 ba” chưa đúng", "so-luot"),
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
    record(
        chair,
        so_luot="1.200",
        tien_0="500 đồng",
        nguon_0="khac",
        ghi_chu="cũ",
        ten="Nguyễn Thị Mộng",
        ngay="",
        thang="5/2024",
    )
    old = latest()
    path = f"/ban-ghi/{old.code}/sua/"
    fields = form_at(chair, path)
    assert (fields["so-luot"], fields["tien-0"], fields["thang"], fields["nguon-0"]) == (
        "1.200",
        "500 đồng",
        "05/2024",
        "khac",
    )
    without = chair.post(path, fields | {"so-luot": "12"})
    assert without.status_code == 422 and "Chưa có lý do" in words(without) and 'value="12"' in words(without)
    done = chair.post(path, fields | {"so-luot": "12", "ghi-chu": "mới", "ly-do": "Gõ thừa số không"})
    new = latest()
    assert done["Location"] == f"/ban-ghi/{new.code}/" and new.replaces == old
    page = shown(chair, done["Location"])
    for text in (
        "Số lượng: <s>1.200 lượt; 1 người</s> → 12 lượt; 1 người",
        "Ghi chú: <s>cũ</s> → mới",
        "Lý do: Gõ thừa số không",
    ):
        assert text in page
    assert "Số tiền: <s>" not in page
    # the same form again is the same correction; the old row is not corrected twice
    assert (
        chair.post(path, fields | {"so-luot": "12", "ghi-chu": "mới", "ly-do": "Gõ thừa số không"})["Location"]
        == done["Location"]
    )
    assert chair.get(path)["Location"] == done["Location"]
    assert latest() == new


def test_a_correction_that_changes_nothing_typed_keeps_everything(chair: Client) -> None:
    """The form filled in from an entry says exactly what the entry says, for every shape of it."""
    from nhiemky.foundation import clock
    from nhiemky.ledger import kinds
    from nhiemky.ledger.models import Entry
    from nhiemky.web.records.fields import as_typed
    from nhiemky.web.records.reading import read_entry, says_the_same

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
    record(
        chair,
        so_luot="7",
        tien_0="1 triệu",
        nguon_0="doan_phi",
        muc_occasion="hy",
        doi_tuong="members",
        ngay="2024-01-02",
        ten="A",
    )
    fields = form_at(chair, f"{NEW}?nhu={latest().code}")
    assert (fields["viec"], fields["nguon-0"], fields["muc-occasion"], fields["doi-tuong"]) == (
        "visit",
        "doan_phi",
        "hy",
        "members",
    )
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
