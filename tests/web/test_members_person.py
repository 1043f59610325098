"""The page of a member: what it says, to whom, and how often it asks the database."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.web.conftest import SUOI_MONG, Cast
from tests.web.forms import shown
from tests.web.members import a_member, people_at

pytestmark = pytest.mark.both_engines

ClientOf = Callable[..., Client]


@pytest.fixture
def made(cast: Cast, db: None) -> dict[str, str]:
    return people_at(cast)


def test_the_unit_sees_all_but_secrets(client_of: ClientOf, made: dict[str, str]) -> None:
    page = shown(client_of("suoi-mong"), f"/doan-vien/{made['person']}/")
    for said in ("Nguyễn Thị Thử", "05/06/1988", "0912345678", "Xã Thử", "Cảnh cáo", "Trần Gia Bảo", "•••123"):
        assert said in page, said
    assert "001188000123" not in page
    assert f'href="/doan-vien/{made["person"]}/xem-rieng/"' in page
    # 0.5 % of 8 million for three months, and the day on which the decision lapses
    assert "120.000 đồng</b> còn phải đóng" in page and "0,5% × 8 triệu đồng = 40.000 đồng một tháng" in page
    assert "Quyết định 61/QĐ-TLĐ ngày 29/07/2025" in page
    assert "tự hết từ 05/03/2027" in page or "hết hiệu lực từ 05/03/2027" in page


@pytest.mark.parametrize("login", ["hu-cau", "kiem-tra"])
def test_the_level_above_and_an_auditor_see_it_masked(client_of: ClientOf, made: dict[str, str], login: str) -> None:
    page = shown(client_of(login), f"/doan-vien/{made['person']}/")
    assert "Nguyễn Thị Thử" in page and ">1988<" in page and "1 mục đang che" in page
    for hidden in (
        "05/06/1988",
        "0912345678",
        "Xã Thử",
        "Cảnh cáo",
        "vi phạm quy chế",
        "Trần Gia Bảo",
        "8 triệu",
        "40.000",
    ):
        assert hidden not in page, hidden
    assert ("Sửa thông tin" in page) is (login == "hu-cau")


def test_an_auditor_is_offered_no_change(client_of: ClientOf, made: dict[str, str]) -> None:
    page = shown(client_of("kiem-tra"), f"/doan-vien/{made['person']}/")
    for place in ("sua/", "roi/", "to/", "tinh-trang/", "doan-phi/", "con/", "chuyen/"):
        assert f'/doan-vien/{made["person"]}/{place}"' not in page


def test_only_who_records_is_led_to_what_is_masked(client_of: ClientOf, made: dict[str, str]) -> None:
    pages = {login: shown(client_of(login), f"/doan-vien/{made['person']}/") for login in ("kiem-tra", "hu-cau")}
    for place in ("xem-rieng/", "du-lieu/"):
        address = f'/doan-vien/{made["person"]}/{place}"'
        assert address in pages["hu-cau"] and address not in pages["kiem-tra"]


def test_what_was_corrected_and_annulled_stays_visible(cast: Cast, client_of: ClientOf, db: None) -> None:
    from nhiemky.members.actions import annul_membership, correct_membership, join_unit, leave_unit
    from nhiemky.rules.timeline import PartialDate, Span

    by = cast.users["suoi-mong"]
    stay = a_member(cast, "Trần Sửa", "2019-09-01..")
    given = {"by": by, "joining": "collective", "leaving": ""}
    stay = correct_membership(membership=stay, valid=Span.parse("2019-10-01.."), **given)
    stay = leave_unit(by=by, membership=stay, last=PartialDate.parse("2022-05-31"), leaving="left")
    wrong = join_unit(by=by, unit=cast.unit, person=stay.person, valid=Span.parse("2023.."))
    annul_membership(by=by, membership=wrong, reason="nhầm")
    page = shown(client_of("suoi-mong"), f"/doan-vien/{stay.person.code}/")
    assert "01/10/2019 – 31/05/2022" in page and "thôi tham gia" in page
    assert "<s>từ 01/09/2019; kết nạp theo đơn cá nhân, quyết định 12/QĐ</s>" in page
    assert "<s>từ 2023</s>" in page and "ghi nhầm, đã bỏ" in page
    assert "<s>từ 01/10/2019" not in page, "leaving is no correction"
    assert "Kết nạp lại" in page and "không còn là đoàn viên" in page


def test_a_person_whose_only_membership_was_annulled_stays_with_the_unit(
    cast: Cast, client_of: ClientOf, db: None
) -> None:
    from nhiemky.members.actions import annul_membership

    stay = a_member(cast, "Trần Nhầm")
    annul_membership(by=cast.users["suoi-mong"], membership=stay, reason="nhầm")
    assert "chưa là đoàn viên của đơn vị nào" in shown(client_of("suoi-mong"), f"/doan-vien/{stay.person.code}/")
    assert client_of("song-lo").get(f"/doan-vien/{stay.person.code}/").status_code == 404


def test_who_is_a_member_of_no_unit_is_for_the_administrator(client_of: ClientOf, cast: Cast, db: None) -> None:
    from nhiemky.members.actions import enter_person

    person = enter_person(by=cast.users["quan-tri"], name="Trần Không")
    assert client_of("suoi-mong").get(f"/doan-vien/{person.code}/").status_code == 404
    assert client_of("quan-tri").get(f"/doan-vien/{person.code}/").status_code == 200


def test_two_records_of_one_person_have_one_page(cast: Cast, client_of: ClientOf, db: None) -> None:
    from nhiemky.members.models import Person

    kept, dropped = a_member(cast, "Trần Một", "2024.."), a_member(cast, "Trần Hai", "2019..2020")
    Person.objects.filter(pk=dropped.person.pk).update(same_as=kept.person)
    client = client_of("suoi-mong")
    assert client.get(f"/doan-vien/{dropped.person.code}/")["Location"] == f"/doan-vien/{kept.person.code}/"
    assert "2019 – 2020" in shown(client, f"/doan-vien/{kept.person.code}/")


def test_work_that_names_the_person_is_shown(cast: Cast, client_of: ClientOf, made: dict[str, str]) -> None:
    from nhiemky.ledger.models import Entry, EntryPerson
    from nhiemky.members.models import Person

    person = Person.objects.get(code=made["person"])
    entry = Entry.objects.filter(unit=cast.unit, replaced_by=None, cancels=False).order_by("pk")[0]
    away = Entry.objects.filter(unit__code="song-lo", replaced_by=None, cancels=False).order_by("pk")[0]
    for each in (entry, away):
        EntryPerson.objects.create(entry=each, position=900, person=person)
    page = shown(client_of("suoi-mong"), f"/doan-vien/{person.code}/")
    assert f"/ban-ghi/{entry.code}/" in page and f"/ban-ghi/{away.code}/" not in page


def test_queries_do_not_grow_with_rows(cast: Cast, client_of: ClientOf, made: dict[str, str]) -> None:
    from datetime import date

    from nhiemky.members.actions import add_child, record_dues, record_standing
    from nhiemky.members.models import Person
    from nhiemky.rules.timeline import Span

    client, person = client_of("suoi-mong"), Person.objects.get(code=made["person"])
    given = {"by": cast.users["suoi-mong"], "unit": cast.unit, "person": person}
    paths = [f"/doan-vien/{person.code}/", f"/don-vi/{SUOI_MONG}/doan-vien/doan-phi/", f"/doan-vien/{person.code}/sua/"]

    def asked(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    for path in paths:
        asked(path)
    before = {path: asked(path) for path in paths}
    for at in range(1, 9):
        add_child(**given, name=f"Con {at}")
        month = Span(date(2025, at, 1), date(2025, at + 1, 1))
        record_dues(**given, months=month, state="paid", wage=8_000_000)
        record_standing(**given, kind="party_introduced", valid=Span.parse(f"201{at}.."))
        other = a_member(cast, f"Đoàn viên {chr(64 + at)}")
        record_dues(**given | {"person": other.person}, months=month, state="owed")
    for path in paths:
        assert asked(path) <= before[path] <= 40, path


def test_the_register_is_one_tap_away(client_of: ClientOf) -> None:
    page = shown(client_of("suoi-mong"), f"/don-vi/{SUOI_MONG}/")
    assert f'href="/don-vi/{SUOI_MONG}/doan-vien/"' in page and f'href="/don-vi/{SUOI_MONG}/doan-vien/them/"' in page
    assert 'href="/doan-vien/tim/"' in page, "who sees many units searches"
    # the chair of one union comes to its own register
    assert 'href="/don-vi/cd-ubnd-hai-ba-trung/doan-vien/"' in shown(client_of("hai-ba-trung"), "/")
    assert "doan-vien/them/" not in shown(client_of("kiem-tra"), f"/don-vi/{SUOI_MONG}/")
