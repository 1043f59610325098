"""A list of members from the file to the register, on its pages, by its owner and nobody else."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.fixtures import Settings

from nhiemky.members.importing import drafts, preview, spool
from nhiemky.members.models import Membership
from nhiemky.web.members import importing_preview
from tests.members.sheets import xlsx
from tests.web.conftest import SUOI_MONG, Cast

pytestmark = pytest.mark.both_engines

ClientOf = Callable[..., Client]
UNIT = "hc-thcs-may-trang"
HEAD = ["TT", "Họ và tên", "Ngày sinh", "CCCD", "Số ĐT", "Quê"]
ROWS = [
    ["DANH SÁCH ĐOÀN VIÊN"], HEAD,
    [1, "Nguyễn Thị Hoàng Hoa", "5/6/1988", "001188000123", "0912345678", "Hà Nội"],
    [2, "Trần Văn Nam", "31/2/1985", "", "123", ""],
    [3, "NGUYỄN THỊ HOÀNG HOA", "5/6/1988", "", "", ""],
]  # fmt: skip


@pytest.fixture(autouse=True)
def own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


def hand_in(client: Client, rows: Any = ROWS, name: str = "danh sach.xlsx") -> Any:
    data = rows if isinstance(rows, bytes) else xlsx(rows)
    return client.post(reverse("web.members.import", args=[UNIT]), {"tep": SimpleUploadedFile(name, data)})


def looked_over(client: Client, rows: Any = ROWS, **typed: str) -> str:
    """The address of the preview."""
    place = hand_in(client, rows)["Location"]
    page = client.get(place)
    assert page.status_code == 200
    given = {
        f"cot-{row['at']}": code for row in page.context["rows"] for code, _label, chosen in row["options"] if chosen
    }
    answer = client.post(place, given | {"co-mat": "1/9/2024", "cach-vao": "on_list"} | typed)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_from_the_file_to_the_register(client_of: ClientOf) -> None:
    from nhiemky.members.models import Person

    client = client_of("chu-tich")
    before = Membership.objects.count()
    place = looked_over(client)
    page = text_of(client.get(place))
    assert "Ngày sinh “31/2/1985” không phải ngày có thật" in page
    assert "Trùng họ tên và ngày sinh với dòng 3 của tệp." in page
    assert "Ghi vào sổ đoàn viên" not in page
    # nothing is written before it is decided
    refused = client.post(f"{place}ghi/", follow=True)
    assert "Còn 1 dòng trùng chưa quyết định" in text_of(refused)
    assert Membership.objects.count() == before
    assert "Đã chọn cho 1 dòng" in text_of(client.post(place, {"dong-5": "out"}, follow=True))
    assert "Ghi vào sổ đoàn viên" in text_of(client.get(place))
    done = text_of(client.post(f"{place}ghi/", follow=True))
    assert "1 ghi mới, 1 để lại theo quyết định, 1 để lại vì có lỗi" in done
    assert Membership.objects.count() == before + 1
    assert Person.objects.get(folded="nguyen thi hoang hoa").phone == "0912345678"
    report = client.get(f"{place}ket-qua/")
    assert report["Cache-Control"] == "private, no-store"
    kept = openpyxl.load_workbook(io.BytesIO(report.content)).active
    assert [row[1] for row in kept.iter_rows(min_row=3, values_only=True)] == [
        "ghi mới", "để lại vì có lỗi", "để lại theo quyết định",
    ]  # fmt: skip
    # sent twice, and opened again
    again = client.post(f"{place}ghi/", follow=True)
    assert "Đã ghi vào sổ" in text_of(again) and Membership.objects.count() == before + 1
    listed = text_of(client.get(reverse("web.members.import", args=[UNIT])))
    assert "1 ghi mới" in listed and "Nguyễn" not in listed


def test_all_rows_are_decided_at_once_and_faulty_cells_left_out(client_of: ClientOf) -> None:
    client = client_of("chu-tich")
    place = looked_over(client)
    client.post(place, {"tat-ca": "new"})
    client.post(place, {"o-sai": "bo-o"})
    assert "3 ghi mới" in text_of(client.get(place))
    assert "3 ghi mới" in text_of(client.post(f"{place}ghi/", follow=True))


def test_a_known_person_stands_beside_masked(client_of: ClientOf) -> None:
    client = client_of("chu-tich")
    client.post(f"{looked_over(client, ROWS[:3])}ghi/")
    changed = [ROWS[1], [1, "Nguyễn Thị Hoàng Hoa", "5/6/1988", "", "0999999999", ""]]
    page = text_of(client.get(looked_over(client, changed)))
    assert "Trong sổ: " in page and "0912345678" in page and "0999999999" in page
    assert "001188000123" not in page
    assert "Cùng một người: sửa theo tệp" in page


def test_a_merged_person_of_another_unit_stays_masked(cast: Cast, client_of: ClientOf) -> None:
    """The membership stands under the record that was dropped; its unit keeps the person all the same."""
    from datetime import date

    from nhiemky.members.actions import enter_person, join_unit, merge_persons
    from nhiemky.rules.timeline import Span
    from nhiemky.units.models import Unit

    by, unit = cast.users["quan-tri"], Unit.objects.get(code="song-lo")
    given = {"name": "Nguyễn Thị Hoàng Hoa", "born_on": date(1988, 6, 5), "phone": "0987654321"}
    kept, dropped = (enter_person(by=by, unit=unit, **given) for _each in range(2))
    join_unit(by=by, unit=unit, person=dropped, valid=Span.parse("2020-01-01..2021-01-01"), joining="individual")
    merge_persons(by=by, unit=unit, kept=kept, dropped=dropped, reason="trùng người")
    client = client_of("chu-tich")
    page = text_of(
        client.get(looked_over(client, [HEAD, [1, "Nguyễn Thị Hoàng Hoa", "5/6/1988", "", "0900000000", ""]]))
    )
    assert "Cùng một người" in page and "ngoài phạm vi của bạn" in page
    assert given["phone"] not in page


def test_the_columns_are_set_right_once_and_remembered(client_of: ClientOf) -> None:
    from nhiemky.members.models import HeadingMap

    rows = [["Họ và tên", "Sinh", "Gốc gác"], ["Nguyễn Thị Hoa", "5/6/1988", "Hà Nội"]]
    client = client_of("chu-tich")
    looked_over(client, rows, **{"cot-1": "born", "cot-2": "home"})
    assert HeadingMap.objects.get().columns == {"0": "name", "1": "born", "2": "home"}
    page = client.get(hand_in(client, [rows[0], ["Trần Văn Nam", "1985", "Huế"]])["Location"])
    assert "Các cột theo lần xác nhận trước của đơn vị" in text_of(page)
    assert page.context["typed"]["mapping"] == {0: "name", 1: "born", 2: "home"}


def test_what_is_wrong_with_the_columns_is_told_and_nothing_lost(client_of: ClientOf) -> None:
    client = client_of("chu-tich")
    place = hand_in(client)["Location"]
    wrong = {"cot-1": "phone", "cot-2": "phone", "co-mat": "31/2/2024", "cach-vao": "founding"}
    answer = client.post(place, wrong)
    assert answer.status_code == 422
    page = text_of(answer)
    assert "Hai cột cùng là “Điện thoại”" in page and "Chưa có cột nào là “Họ và tên”" in page
    assert "Ngày có mặt ở đơn vị chưa đúng" in page and 'value="31/2/2024"' in page
    assert '<option value="phone" selected>' in page and 'value="founding" checked' in page


@pytest.mark.parametrize("data", [b"", b"MZ\x90 program", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", b"a;b\nc;d\n"])
def test_a_file_that_is_no_list_is_refused_on_its_page(client_of: ClientOf, data: bytes) -> None:
    answer = hand_in(client_of("chu-tich"), data, "danh sach.xlsx")
    assert answer.status_code == 422
    assert 'role="alert"' in text_of(answer)


def test_no_file_at_all(client_of: ClientOf) -> None:
    answer = client_of("chu-tich").post(reverse("web.members.import", args=[UNIT]))
    assert answer.status_code == 422 and "Chưa chọn tệp" in text_of(answer)


def test_a_draft_is_seen_by_its_owner_only(client_of: ClientOf) -> None:
    """Not by the level above, an auditor, a neighbour or a stranger; nor may they write it."""
    owner = client_of("chu-tich")
    place = looked_over(owner)
    for login, status in (("hu-cau", 404), ("kiem-tra", 403), ("song-lo", 404), ("", 302)):
        client = client_of(login)
        for address in (place, f"{place}cot/", f"{place}ket-qua/"):
            assert client.get(address).status_code == status, (login, address)
        for address in (place, f"{place}cot/", f"{place}ghi/", f"{place}bo/"):
            assert client.post(address, {"tat-ca": "out"}).status_code == status, (login, address)
    assert owner.get(place).status_code == 200
    assert owner.get(place.replace(UNIT, SUOI_MONG)).status_code == 404
    assert owner.get(f"{place}ket-qua/").status_code == 404


def _pressed_twice(monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], Any]) -> None:
    """While the list is about to be written, something else comes between."""
    right = importing_preview.write

    def after(*given: Any) -> None:
        monkeypatch.setattr(importing_preview, "write", right)
        meanwhile()
        right(*given)

    monkeypatch.setattr(importing_preview, "write", after)


def test_the_button_pressed_twice_writes_once_and_shows_the_result_to_both(
    client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of("chu-tich")
    place = looked_over(client, [HEAD, [1, "Nguyễn Thị Hoàng Hoa", "5/6/1988", "001188000123"]])
    before = Membership.objects.count()
    answers: list[Any] = []
    _pressed_twice(monkeypatch, lambda: answers.append(client.post(f"{place}ghi/", follow=True)))
    answers.append(client.post(f"{place}ghi/", follow=True))
    assert Membership.objects.count() == before + 1
    for answer in answers:
        assert answer.status_code == 200 and "1 ghi mới" in text_of(answer)
    draft = drafts.by_code(place.split("/")[-2])
    # what was handed in is gone, whoever saved the draft last
    assert not draft.sample and not draft.rows_path.exists() and not (draft.folder / "file").exists()
    # the same from a page that was opened before
    assert "1 ghi mới" in text_of(client.post(place, {"dong-2": "out"}, follow=True))
    assert client.post(f"{place}bo/")["Location"] == place and drafts.by_code(draft.code)


def test_a_list_given_up_while_it_is_being_written_is_gone(
    client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of("chu-tich")
    place = looked_over(client, [HEAD, [1, "Nguyễn Thị Hoàng Hoa", "5/6/1988", "001188000123"]])
    before = Membership.objects.count()
    _pressed_twice(monkeypatch, lambda: client.post(f"{place}bo/"))
    assert client.post(f"{place}ghi/").status_code == 404 and Membership.objects.count() == before


def test_a_row_is_not_decided_while_the_list_is_written(client_of: ClientOf, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of("chu-tich")
    place = looked_over(client)
    monkeypatch.setattr(spool, "WAIT", 0.1)
    with spool.open_spool(drafts.by_code(place.split("/")[-2]).rows_path) as being_written:
        rows = being_written.rows()
        next(rows)
        answer = client.post(place, {"dong-5": "out"})
        assert answer.status_code == 422 and "đang được ghi vào sổ" in text_of(answer)
        assert [row.decision for row in rows] == ["", ""]


def test_a_draft_is_given_up(client_of: ClientOf, settings: Settings) -> None:
    client = client_of("chu-tich")
    place = looked_over(client)
    assert "tệp đã xóa khỏi hệ thống" in text_of(client.post(f"{place}bo/", follow=True))
    assert client.get(place).status_code == 404
    assert not list((Path(settings.VAR_DIR) / "imports").iterdir())


def test_a_long_list_is_worked_off_in_the_background(
    client_of: ClientOf, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    from django_tasks_db.management.commands import db_worker

    from nhiemky.foundation import background
    from nhiemky.members.models import SheetImport

    # the worker runs in the test's own connection, which holds what the test wrote
    monkeypatch.setattr(db_worker, "close_old_connections", lambda: None)
    monkeypatch.setattr(preview, "AT_ONCE_BYTES", 10)
    monkeypatch.setattr(preview, "AT_ONCE_ROWS", 1)
    client = client_of("chu-tich")
    with django_capture_on_commit_callbacks(execute=True):
        place = looked_over(client)
    page = text_of(client.get(place))
    assert "Bạn có thể đóng trang này" in page and 'hx-trigger="every 2s"' in page
    assert "<html" not in text_of(client.get(place, headers={"HX-Request": "true"}))
    background.work_off()
    assert client.get(place, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    client.post(place, {"tat-ca": "out"})
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{place}ghi/")
    assert "Đang ghi vào sổ" in text_of(client.get(place))
    background.work_off()
    assert "Đã ghi vào sổ" in text_of(client.get(place)) and SheetImport.objects.count() == 1


def test_the_preview_asks_no_more_for_more_rows(client_of: ClientOf, cast: Cast) -> None:
    client = client_of("chu-tich")

    def asked(count: int) -> int:
        people = [[at, f"Nguyễn Thị {chr(65 + at // 26)}{chr(97 + at % 26)}", "5/6/1988"] for at in range(count)]
        client.post(f"{looked_over(client, [HEAD[:3], *people])}ghi/")
        place = looked_over(client, [[*HEAD[:3], "Số ĐT"], *[[*each, "0912345678"] for each in people]])
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = client.get(place)
        assert text_of(page).count("trong sổ:") >= count
        return len(queries)

    assert asked(20) == asked(5)


def test_the_template_is_an_excel_file(client_of: ClientOf) -> None:
    answer = client_of("chu-tich").get(reverse("web.members.import_template", args=[UNIT]))
    assert answer.content.startswith(b"PK") and answer["X-Content-Type-Options"] == "nosniff"
