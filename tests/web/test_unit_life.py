"""The life of a unit on screen: what happened to it, how it ended, who goes on with it, and that nothing is lost of it."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from nhiemky.foundation.models import User
from nhiemky.foundation.roles import Role
from nhiemky.ledger.models import Entry
from nhiemky.reforms.actions import annul_reorganisation
from nhiemky.reforms.rows import Do, Row
from nhiemky.rules.timeline import Span
from nhiemky.units.actions import change_name, open_term
from nhiemky.units.models import Term, Unit
from tests.factories import a_unit, a_user, clerk, let, put
from tests.reforms.test_stories import ALWAYS, applied, province

pytestmark = [pytest.mark.both_engines, pytest.mark.django_db]

__all__ = ["province"]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def read(user: User, path: str) -> str:
    """The words of the page's main part, or nothing where it is refused."""
    answer = signed_in(user).get(path)
    if answer.status_code == 404:
        return ""
    assert answer.status_code == 200, answer.content[-800:].decode()
    main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", "", main)).split())


@pytest.fixture
def chair() -> User:
    user = a_user("chu-tich-tinh")
    let(user, Unit.objects.get(code="sx-tinh"), Role.ADMINISTRATOR, below=True)
    return user


def test_a_merge_is_told_on_both_pages(province: Unit, chair: User) -> None:
    applied(province, Row(Do.MERGE, "sx-mot", "sx-hai"))
    ended = read(chair, "/don-vi/sx-mot/")
    assert "Đơn vị đã kết thúc hoạt động, đến hết 30/06/2025." in ended
    assert "Nhập vào Đơn vị thử sx-hai" in ended
    assert "Số liệu cũ tính về Đơn vị thử sx-hai" in ended
    assert "Theo quyết định 01/QĐ · Sắp xếp" in ended
    assert "Ghi việc" not in ended
    assert "Tiếp nhận, nhập lại từ Đơn vị thử sx-mot" in read(chair, "/don-vi/sx-hai/")
    life = read(chair, "/don-vi/sx-mot/lich-su/")
    order = [
        "01/01/2020 Thành lập Trực thuộc Đơn vị thử sx-huyen",
        "01/03/2023 Bắt đầu nhiệm kỳ 2023-2028",
        "01/07/2025 Kết thúc nhiệm kỳ 2023-2028",
        "Kết thúc hoạt động (hoạt động đến hết ngày 30/06/2025) Nhập vào Đơn vị thử sx-hai Số liệu cũ tính về Đơn vị thử sx-hai"
        " Theo quyết định 01/QĐ · Sắp xếp",
    ]  # fmt: skip
    places = [life.find(each) for each in order]
    assert -1 not in places and places == sorted(places), life


def test_a_split_names_its_parts_and_where_the_past_stands(province: Unit, chair: User) -> None:
    applied(
        province,
        Row(Do.SPLIT, "sx-mot", "sx-a", name="Công đoàn cơ sở A", rest=True),
        Row(Do.SPLIT, "sx-mot", "sx-b", name="Công đoàn cơ sở B"),
    )
    parts = list(Unit.objects.filter(succeeds__unit__code="sx-mot"))
    assert len(parts) == 2
    ended = read(chair, "/don-vi/sx-mot/")
    assert "Tách thành Công đoàn cơ sở A, Công đoàn cơ sở B" in ended
    assert "Số liệu cũ chưa phân bổ" in ended
    for part in parts:
        officer = a_user(f"cb-{part.code}"[:60])
        let(officer, part)
        assert "Tách ra từ Đơn vị thử sx-mot" in read(officer, f"/don-vi/{part.code}/")
        # whoever goes on with it reads the old addresses, and corrects nothing there
        for path in ("", "lich-su/", "doan-vien/", "bao-cao/2023-2028/", "chi-tieu/2023-2028/", "chuc-danh/", "bieu-do/cham-lo/"):  # fmt: skip
            assert read(officer, f"/don-vi/sx-mot/{path}"), path
        assert read(officer, "/so-lieu/tet_gifts_given/sx-mot/?tu=2025&den=2025")
        assert signed_in(officer).get("/don-vi/sx-mot/ghi-viec/").status_code == 403
        assert not read(officer, "/don-vi/sx-hai/"), "a neighbour"


def test_the_heir_corrects_what_the_ended_unit_recorded(province: Unit) -> None:
    applied(province, Row(Do.MERGE, "sx-mot", "sx-hai"))
    officer, neighbour = a_user("can-bo-hai"), a_user("can-bo-khac")
    let(officer, Unit.objects.get(code="sx-hai"))
    other = a_unit("sx-ba", life=ALWAYS)
    put(other, Unit.objects.get(code="sx-huyen"), ALWAYS)
    let(neighbour, other)
    entry = Entry.objects.get(unit__code="sx-mot")
    assert read(officer, f"/ban-ghi/{entry.code}/sua/")
    assert not read(neighbour, f"/ban-ghi/{entry.code}/")
    assert not read(neighbour, "/don-vi/sx-mot/")


def test_a_unit_that_moved_and_was_renamed_and_came_back(province: Unit, chair: User) -> None:
    change_name(by=clerk(), unit=Unit.objects.get(code="sx-mot"), name="Công đoàn cơ sở Một", short="CĐCS Một")
    applied(
        province,
        Row(Do.FOUND, "sx-phuong", name="Công đoàn phường Mới", kind="ward"),
        Row(Do.MOVE, "sx-mot", "sx-phuong", territory="xã Đồi Thông"),
        Row(Do.RENAME, "sx-mot", name="Công đoàn cơ sở Một Mới"),
    )
    ending = (
        Row(Do.MOVE, "sx-hai", "sx-phuong"),
        Row(Do.END, "sx-huyen"),
        Row(Do.INHERIT, "sx-huyen", "sx-phuong"),
    )
    event = applied(province, *ending, day=date(2025, 9, 1))
    life = read(chair, "/don-vi/sx-mot/lich-su/")
    assert "Chuyển về trực thuộc Công đoàn phường Mới (địa bàn xã Đồi Thông)" in life
    assert "Đổi tên thành “Công đoàn cơ sở Một Mới” (trước đó: Công đoàn cơ sở Một)" in life
    assert "Đơn vị thử sx-mot" not in life, "a name that was only corrected has not happened"
    assert "Nhận số liệu cũ của Đơn vị thử sx-huyen" in read(chair, "/don-vi/sx-phuong/lich-su/")
    assert "địa bàn xã Đồi Thông" in read(chair, "/don-vi/sx-mot/")
    ended = read(chair, "/don-vi/sx-huyen/")
    assert "Số liệu cũ tính về Công đoàn phường Mới" in ended and "Nhập vào" not in ended
    annul_reorganisation(by=clerk(), event=event, reason="Ghi nhầm")
    assert "kết thúc hoạt động" not in read(chair, "/don-vi/sx-huyen/")
    life = read(chair, "/don-vi/sx-huyen/lich-su/")
    assert "Kết thúc" not in life and "Lập lại" not in life


def test_a_unit_that_ended_alone_and_one_that_is_to_come(province: Unit, chair: User) -> None:
    alone = a_unit("sx-le", life=Span.parse("2020..2022-06"))
    put(alone, Unit.objects.get(code="sx-huyen"), Span.parse("2020..2022-06"))
    said = read(chair, "/don-vi/sx-le/")
    assert "đến hết 06/2022" in said
    assert "Không có đơn vị kế thừa. Số liệu cũ để ở cấp trên cuối cùng Đơn vị thử sx-huyen" in said
    to_come = a_unit("sx-sap", life=Span.parse("2030-01.."))
    put(to_come, Unit.objects.get(code="sx-huyen"), Span.parse("2030-01.."))
    said = read(chair, "/don-vi/sx-sap/")
    assert "Đơn vị bắt đầu hoạt động từ 01/2030." in said and "Đơn vị thử sx-sap" in said and "Ghi việc" not in said
    assert "01/2030 Thành lập" in read(chair, "/don-vi/sx-sap/lich-su/")


def test_a_long_life_is_asked_for_as_often_as_a_short_one(province: Unit, chair: User) -> None:
    client = signed_in(chair)

    def asked(path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    applied(province, Row(Do.MERGE, "sx-mot", "sx-hai"))
    short = [asked(path) for path in ("/don-vi/sx-hai/", "/don-vi/sx-hai/lich-su/")]
    for at in range(4):
        more = a_unit(f"sx-them-{at}", life=ALWAYS)
        put(more, Unit.objects.get(code="sx-huyen"), ALWAYS)
        open_term(by=clerk(), unit=more, label="2021-2022", period=Span.parse("2021..2022"))
        applied(province, Row(Do.MERGE, more.code, "sx-hai"), day=date(2025, 8, 1 + at))
    assert [asked(path) for path in ("/don-vi/sx-hai/", "/don-vi/sx-hai/lich-su/")] == short


def test_the_tree_offers_the_eves_of_what_was_reorganised_and_shows_the_ended(province: Unit, chair: User) -> None:
    applied(province, Row(Do.MERGE, "sx-mot", "sx-hai"))
    today = read(chair, "/don-vi/")
    assert "Hôm nayTrước 01/07/2025Cả đơn vị đã kết thúc" in today
    assert "Đơn vị thử sx-mot" not in today
    for path in ("/don-vi/?ngay=30/06/2025", "/don-vi/?goc=sx-tinh&ngay=30/6/2025"):
        assert "Đơn vị thử sx-mot" in read(chair, path)
    for path in ("/don-vi/?ca=ket-thuc", "/don-vi/?goc=sx-huyen&ca=ket-thuc"):
        assert re.search(r"Đơn vị thử sx-mot[^0-9]* kết thúc 30/06/2025", read(chair, path))
    neighbour = a_user("can-bo-khac")
    other = a_unit("sx-ba", life=ALWAYS)
    put(other, Unit.objects.get(code="sx-huyen"), ALWAYS)
    let(neighbour, other)
    said = read(neighbour, "/don-vi/?ca=ket-thuc")
    assert "sx-mot" not in said and "Trước" not in said


def test_forms_of_an_ended_unit_say_where_to_write_now(province: Unit, chair: User) -> None:
    applied(province, Row(Do.MERGE, "sx-mot", "sx-hai"))
    forms = ("ghi-viec/", "ghi-viec/?viec=visit", "ke-khai/", "nhiem-ky/moi/", "ky-bao-cao/moi/", "chuc-danh/them/")
    for path in forms:
        said = read(chair, f"/don-vi/sx-mot/{path}")
        assert "Đơn vị đã kết thúc hoạt động, đến hết 30/06/2025." in said, path
        assert "Nhập vào Đơn vị thử sx-hai" in said, path
        assert "kết thúc hoạt động" not in read(chair, f"/don-vi/sx-hai/{path}"), path
    for path in ("doan-vien/them/", "doan-vien/them-nhieu/", "doan-vien/nap/", "chuyen-sinh-hoat/tiep-nhan/"):
        answer = signed_in(chair).get(f"/don-vi/sx-mot/{path}")
        assert answer.status_code == 422
        assert "Hãy ghi ở “Đơn vị thử sx-hai”." in unescape(answer.content.decode())
        assert signed_in(chair).get(f"/don-vi/sx-hai/{path}").status_code == 200


def test_a_new_unit_says_that_its_first_term_is_to_be_set(province: Unit, chair: User) -> None:
    applied(
        province,
        Row(Do.MERGE, "sx-mot", name="Công đoàn cơ sở Trường Một Hai"),
        Row(Do.MERGE, "sx-hai", name="Công đoàn cơ sở Trường Một Hai"),
    )
    new = Unit.objects.get(names__name="Công đoàn cơ sở Trường Một Hai")
    assert "để ghi nhiệm kỳ đầu, khóa I" in read(chair, f"/don-vi/{new.code}/")
    open_term(by=clerk(), unit=new, label="2025-2030", period=Span(date(2025, 7, 1), None), ordinal=1)
    assert "để ghi nhiệm kỳ đầu" not in read(chair, f"/don-vi/{new.code}/")
    assert "Bắt đầu nhiệm kỳ 2025-2030 (khóa I)" in read(chair, f"/don-vi/{new.code}/lich-su/")
    planned = Span(date(2023, 3, 1), date(2028, 3, 1))
    row = Unit.objects.get(code="sx-mot").terms.get(superseded_at=None)
    Term.objects.filter(pk=row.pk).update(planned_ends_before=planned.ends_before)
    assert "kết thúc sớm" in read(chair, "/don-vi/sx-mot/")
    assert "(sớm hơn dự kiến là 29/02/2028)" in read(chair, "/don-vi/sx-mot/lich-su/")
    # closed early: the old union's report and targets are of the days that it ran
    for path in ("bao-cao", "chi-tieu"):
        said = read(chair, f"/don-vi/sx-mot/{path}/2023-2028/")
        assert "01/03/2023 – 30/06/2025" in said and "Nhiệm kỳ đã kết thúc sớm hơn dự kiến" in said
