"""Reorganisations on screen: who finds what, large plans in the background, and no page that asks more for more rows."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from nhiemky.figures.queries.material import forget
from nhiemky.foundation import background
from nhiemky.foundation.roles import Role
from nhiemky.reforms import tasks
from nhiemky.reforms.actions import draft_reorganisation, rows_of
from nhiemky.reforms.models import Reorganisation, State
from nhiemky.reforms.rows import Do, Row
from nhiemky.rules.timeline import Span
from nhiemky.units.models import Unit
from nhiemky.web.reforms import previewing
from tests.factories import a_unit, a_user, clerk, let, put
from tests.web.conftest import SUOI_MONG, Cast
from tests.web.reforming import reforms_at

pytestmark = pytest.mark.both_engines

ClientOf = Callable[..., Client]
LIFE, DAY = Span(date(2020, 1, 1), None), date(2025, 7, 1)
LONG = "Công đoàn cơ sở Trường Phổ thông Dân tộc Bán trú Trung học cơ sở Thung Lũng Mây"


@pytest.fixture(autouse=True)
def folders(settings: Settings, tmp_path: Any) -> None:
    settings.VAR_DIR = settings.EVIDENCE_DIR = tmp_path


@pytest.fixture
def made(cast: Cast, db: None) -> dict[str, str]:
    return reforms_at(cast)


@pytest.fixture
def ward(db: None) -> Unit:
    top, other = a_unit("rf-tinh", "province", life=LIFE), a_unit("rf-phuong", "ward", life=LIFE)
    put(other, top, LIFE)
    return top


def unions(top: Unit, numbers: range) -> None:
    for at in numbers:
        put(a_unit(f"rf-{at:03d}", "grassroots", "su_nghiep", LIFE), top, LIFE)


def moving(top: Unit, numbers: range) -> Reorganisation:
    rows = [Row(Do.MOVE, f"rf-{at:03d}", "rf-phuong", at=at + 1) for at in numbers]
    return draft_reorganisation(by=clerk(), unit=top, title="Chuyển", day=DAY, rows=rows)


def planner(top: Unit) -> Client:
    user = a_user("rf-can-bo")
    let(user, top, Role.ADMINISTRATOR, below=True)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def stamp_in(page: str) -> str:
    found = re.search(r'name="phuong-an" value="([^"]+)"', page)
    assert found
    return found[1]


# --- who finds what ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["song-lo", "hu-cau", "suoi-mong", "kiem-tra"])
@pytest.mark.parametrize("end", ["bo/", "viec/1/bo/", "xem-truoc/", "ap-dung/"])
def test_nobody_else_finds_a_plan(client_of: ClientOf, made: dict[str, str], login: str, end: str) -> None:
    client = client_of(login)
    assert client.get(f"/sap-xep/{made['plan']}/").status_code == 404
    assert client.get(f"/sap-xep/{made['plan']}/nap/mau/").status_code == 404
    assert client.post(f"/sap-xep/{made['plan']}/{end}", {"dong-y": "1", "ly-do": "x"}).status_code == 404
    assert Reorganisation.objects.get(code=made["plan"]).state == State.DRAFT
    assert made["plan"] not in text_of(client.get(f"/don-vi/{SUOI_MONG}/sap-xep/"))


def test_a_stranger_is_asked_to_sign_in(client_of: ClientOf, made: dict[str, str]) -> None:
    for end in ("bo/", "viec/1/bo/", "xem-truoc/", "ap-dung/", "nap/mau/"):
        answer = client_of().get(f"/sap-xep/{made['plan']}/{end}")
        assert answer.status_code == 302 and "/dang-nhap/" in answer["Location"]


def test_an_auditor_reads_what_was_applied_and_is_offered_nothing(client_of: ClientOf, made: dict[str, str]) -> None:
    page = text_of(client_of("kiem-tra").get(f"/sap-xep/{made['reform']}/"))
    assert "Trường Tiểu học Đồi Sim" in page and "mới" in page
    assert "Hủy (chưa từng có)" not in page and "Lập lại như trước" not in page
    assert "Hủy (chưa từng có)" in text_of(client_of("quan-tri").get(f"/sap-xep/{made['reform']}/"))
    assert client_of("kiem-tra").post(f"/sap-xep/{made['reform']}/huy/", {"ly-do": "x"}).status_code == 404


def test_the_decision_is_saved_and_never_opened(client_of: ClientOf, made: dict[str, str]) -> None:
    answer = client_of("kiem-tra").get(f"/sap-xep/{made['reform']}/quyet-dinh/")
    assert answer.content == b"%PDF-1 decided"
    assert answer["Content-Disposition"].startswith("attachment")
    assert (answer["X-Content-Type-Options"], answer["Content-Security-Policy"]) == (
        "nosniff", "default-src 'none'; sandbox",
    )  # fmt: skip


def test_who_answers_for_a_unit_alone_does_not_plan(ward: Unit) -> None:
    user = a_user("rf-mot-minh")
    let(user, ward, Role.ADMINISTRATOR, below=False)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/don-vi/rf-tinh/sap-xep/moi/").status_code == 404
    assert "Lập phương án" not in text_of(client.get("/don-vi/rf-tinh/sap-xep/"))


# --- the plan ---------------------------------------------------------------------------------------------------------


def test_faults_stand_first_with_their_numbers(ward: Unit) -> None:
    unions(ward, range(60))
    event = moving(ward, range(60))
    rows = rows_of(event)
    rows[57] = Row(Do.MOVE, "khong-co-don-vi", "rf-phuong", at=58)
    Reorganisation.objects.filter(pk=event.pk).update(plan=[row.as_json() for row in rows])
    page = text_of(planner(ward).get(f"/sap-xep/{event.code}/"))
    numbers = re.findall(r'class="plan-word">[^<]*</span>(\d+)</th>', page)
    assert len(numbers) == 50 and numbers[:2] == ["58", "1"]
    assert "Không có đơn vị “khong-co-don-vi”" in page and "Trang 1/2" in page
    assert "1 dòng chưa đúng" in page and ">Xem trước</button>" not in page


def test_a_filled_sheet_takes_the_place_of_the_rows_or_comes_behind_them(ward: Unit) -> None:
    unions(ward, range(3))
    event, client = moving(ward, range(1)), planner(ward)
    given = client.get(f"/sap-xep/{event.code}/nap/mau/")
    book = openpyxl.load_workbook(BytesIO(b"".join(given) if given.streaming else given.content))
    page = book.worksheets[0]
    columns = {str(cell.value): cell.column for cell in page[3]}
    for line in page.iter_rows(min_row=4):
        code = str(line[columns["Mã đơn vị"] - 1].value)
        if code in ("rf-001", "rf-002"):
            page.cell(line[0].row, columns["Việc"], "chuyển về")
            page.cell(line[0].row, columns["Đơn vị nhận hoặc cấp trên mới"], "rf-phuong")
    kept = BytesIO()
    book.save(kept)
    for way, count in (("them", 3), ("them", 3), ("thay", 2)):
        file = SimpleUploadedFile("pa.xlsx", kept.getvalue())
        assert client.post(f"/sap-xep/{event.code}/nap/", {"tep": file, "cach": way}).status_code == 302
        event.refresh_from_db()
        assert len(event.plan) == count, way
    wrong = client.post(f"/sap-xep/{event.code}/nap/", {"tep": SimpleUploadedFile("pa.xlsx", b"khong phai excel")})
    assert wrong.status_code == 422
    event.refresh_from_db()
    assert len(event.plan) == 2


@pytest.mark.parametrize("do", list(Do))
def test_every_kind_of_row_is_reached_without_a_script(ward: Unit, do: Do) -> None:
    """Each step is a link or a form: what, whom, where to, the rest; and the row that comes says what was chosen."""
    unions(ward, range(2))
    event, client = moving(ward, range(1)), planner(ward)
    path = f"/sap-xep/{event.code}/viec/them/"
    page = text_of(client.get(f"{path}?viec={do}"))
    if do is Do.REVIVE:
        assert "Lập lại đơn vị nào?" in page and "Không có đơn vị nào như vậy" in page
        return
    for _step in range(3):
        if 'name="viec" value' in page and 'method="post" action' in page.split("<main")[1]:
            break
        links = re.findall(r'href="(\?[^"]*rf-(?:001|phuong)[^"]*)"', page.split("<main")[1])
        last = [
            each
            for each in links
            if "ve=rf-phuong" in each or ("don-vi=rf-001" in each and "ve=" not in each and "moi=" not in each)
        ]
        page = text_of(client.get(path + last[0]))
    sent = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.split("<main")[1]))
    empty = client.post(path, sent)
    sent |= {"ten": LONG, "loai": "grassroots", "khoi": "su_nghiep", "nguoi": "DV-01", "con-lai": "1"}
    assert (empty.status_code == 422) is (do in (Do.FOUND, Do.RENAME, Do.RETYPE, Do.ALLOT))
    if empty.status_code == 422:
        assert client.post(path, sent).status_code == 302
    event.refresh_from_db()
    row = rows_of(event)[-1]
    assert row.do is do and row.unit == ("" if do is Do.FOUND else "rf-001")
    shown = text_of(client.get(f"/sap-xep/{event.code}/"))
    assert f"/sap-xep/{event.code}/viec/2/sua/" in shown
    assert client.get(f"/sap-xep/{event.code}/viec/2/sua/").status_code == 200


# --- large plans ------------------------------------------------------------------------------------------------------


def test_a_large_plan_is_applied_in_the_background_once(
    ward: Unit, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    from django_tasks_db.management.commands import db_worker
    from django_tasks_db.models import DBTaskResult

    monkeypatch.setattr(db_worker, "close_old_connections", lambda: None)
    monkeypatch.setattr(previewing, "AT_ONCE", 1)
    unions(ward, range(3))
    event, client = moving(ward, range(3)), planner(ward)
    place = f"/sap-xep/{event.code}/"
    sent = {"phuong-an": stamp_in(text_of(client.post(f"{place}xem-truoc/"))), "dong-y": "1"}
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{place}ap-dung/", sent)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{place}ap-dung/", sent)
    assert DBTaskResult.objects.filter(task_path=tasks.apply_in_background.module_path).count() == 1
    page = text_of(client.get(place))
    assert "Bạn có thể đóng trang này" in page and 'hx-trigger="every 2s"' in page
    assert "<html" not in text_of(client.get(place, headers={"HX-Request": "true"}))
    # nobody changes what is being applied
    assert client.get(f"{place}viec/them/")["Location"] == place
    background.work_off()
    answer = client.get(place, headers={"HX-Request": "true"})
    assert answer["HX-Refresh"] == "true"
    event.refresh_from_db()
    assert event.state == State.APPLIED and str(event.applied_by) == "Người thử rf-can-bo"


def test_a_large_plan_that_cannot_be_says_why_on_its_page(
    ward: Unit, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    from django_tasks_db.management.commands import db_worker

    monkeypatch.setattr(db_worker, "close_old_connections", lambda: None)
    monkeypatch.setattr(previewing, "AT_ONCE", 1)
    unions(ward, range(2))
    event, client = moving(ward, range(2)), planner(ward)
    place = f"/sap-xep/{event.code}/"
    sent = {"phuong-an": stamp_in(text_of(client.post(f"{place}xem-truoc/"))), "dong-y": "1"}
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{place}ap-dung/", sent)
    Unit.objects.get(code="rf-000").lives.update(ends_before=DAY)
    background.work_off()
    page = text_of(client.get(place))
    assert 'class="note bad" role="alert"' in page and ">Thêm một việc</a>" in page
    event.refresh_from_db()
    assert event.state == State.DRAFT


# --- how often pages ask ----------------------------------------------------------------------------------------------


def test_pages_ask_no_more_for_more_rows(ward: Unit) -> None:
    client, counts = planner(ward), []
    for numbers in (range(10), range(10, 20)):
        unions(ward, numbers)
        event = moving(ward, range(numbers.stop))
        done = draft_reorganisation(
            by=clerk(), unit=ward, title="Đổi tên", day=DAY,
            rows=[Row(Do.RENAME, f"rf-{at:03d}", name=f"{LONG} {numbers.stop} {at}", at=at + 1) for at in numbers],
        )  # fmt: skip
        stamp = stamp_in(text_of(client.post(f"/sap-xep/{done.code}/xem-truoc/")))
        assert client.post(f"/sap-xep/{done.code}/ap-dung/", {"phuong-an": stamp, "dong-y": "1"}).status_code == 302
        asked = {}
        for name, path in {
            "list": "/don-vi/rf-tinh/sap-xep/",
            "plan": f"/sap-xep/{event.code}/",
            "pick": f"/sap-xep/{event.code}/viec/them/?viec=move&q=thu",
            "many": f"/sap-xep/{event.code}/nhieu-viec/?tu=rf-tinh&ve=rf-phuong",
            "done": f"/sap-xep/{done.code}/",
        }.items():
            # what was to be told after the last form is told
            client.get(path)
            forget()
            with CaptureQueriesContext(connection) as captured:
                assert client.get(path).status_code == 200
            asked[name] = len(captured)
        counts.append(asked)
    assert counts[0] == counts[1]
    assert max(counts[0].values()) <= 40
