"""Lists of members, files and private pages for the cast: who sees what, masked where masked, nothing personal in addresses."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from nhiemky.web.members import rows
from tests.web.conftest import SUOI_MONG, Cast

pytestmark = pytest.mark.both_engines

ClientOf = Callable[..., Client]
NUMBER, PHONE, HOME, BORN = "001190054321", "0987651234", "Xóm Vắng, xã Hư Không", "05/06/1990"
SECRETS = {
    "CCCD": NUMBER,
    "phone": PHONE,
    "home": HOME,
    "born": BORN,
    "religion": "Đạo Thử",
    "discipline": "Khiển trách",
}
SENSITIVE = tuple(name for name in SECRETS if name != "CCCD")


@pytest.fixture
def lan(cast: Cast, db: None) -> Any:
    """A member of Suối Mộng of whom everything is known."""
    from nhiemky.members.actions import record_standing
    from nhiemky.rules.timeline import Span
    from tests.members.people import a_person

    person = a_person(
        "Hoàng Thị Lanzy", cast.unit, id_number=NUMBER, phone=PHONE, address=HOME, born=BORN, religion="Đạo Thử",
        sex="Nữ", job="=Giáo viên", card="DV-1",
    )  # fmt: skip
    for kind in ("party", "reprimand"):
        record_standing(
            by=cast.users["suoi-mong"], unit=cast.unit, person=person, kind=kind, valid=Span(date(2026, 6, 1), None)
        )
    return person


def seen_in(text: str) -> set[str]:
    return {name for name, secret in SECRETS.items() if secret in text}


def text_of(answer: Any) -> str:
    """A page, or every cell of a sheet."""
    if "sheet" not in answer["Content-Type"]:
        return str(answer.content.decode())
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    return "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value)


LISTS = ("web.members.list", "web.members.export", "web.members.brief_list")


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    ("login", "near"), [("suoi-mong", True), ("quan-tri", True), ("hu-cau", False), ("kiem-tra", False)]
)
def test_lists_show_what_the_reader_may_see(client_of: ClientOf, lan: Any, name: str, login: str, near: bool) -> None:
    told = text_of(client_of(login).get(reverse(name, args=[SUOI_MONG])))
    assert lan.name in told
    seen = seen_in(told)
    assert "CCCD" not in seen
    assert ("born" in seen) is near
    if not near:
        assert not seen & set(SENSITIVE)
        assert "1990" in told
    if name == "web.members.export":
        assert (seen >= {"phone", "home", "religion"}) is near
        assert "•••321" in told


@pytest.mark.parametrize("login", ["suoi-mong", "hu-cau", "kiem-tra"])
def test_planted_unmasked_field_is_caught(
    client_of: ClientOf, lan: Any, login: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the tests above look for is really found when a list forgets to mask."""
    from nhiemky.members.particulars import written

    monkeypatch.setattr(rows, "shown", lambda person, _code, _sight: written(person, "id_number"))
    assert "CCCD" in seen_in(text_of(client_of(login).get(reverse("web.members.list", args=[SUOI_MONG]))))


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(("login", "status"), [("song-lo", 404), ("hai-ba-trung", 404), ("", 302)])
def test_neighbour_and_stranger(client_of: ClientOf, lan: Any, name: str, login: str, status: int) -> None:
    for send in ("get", "post"):
        assert getattr(client_of(login), send)(reverse(name, args=[SUOI_MONG])).status_code in (status, 405)


def test_secrets_leave_only_with_a_reason_from_the_own_unit(client_of: ClientOf, lan: Any) -> None:
    from nhiemky.foundation.models import AuditEvent

    place = reverse("web.members.export", args=[SUOI_MONG])
    before = AuditEvent.objects.count()
    for login, reason, status in (
        ("suoi-mong", "", 422), ("suoi-mong", "vì thích", 422), ("hu-cau", "paper", 422), ("kiem-tra", "paper", 403),
    ):  # fmt: skip
        assert client_of(login).post(place, {"ly-do": reason}).status_code == status, login
    assert AuditEvent.objects.count() == before
    assert "CCCD" in seen_in(text_of(client_of("suoi-mong").post(place, {"ly-do": "paper"})))
    event = AuditEvent.objects.order_by("-number")[0]
    assert (event.action, event.data["reason"]) == ("members.list.take", "paper")
    assert not seen_in(json.dumps(event.data))
    assert (
        "Làm giấy tờ" in client_of("suoi-mong").get(reverse("web.members.readings", args=[SUOI_MONG])).content.decode()
    )


def test_text_that_begins_like_a_formula_stays_text(client_of: ClientOf, lan: Any) -> None:
    for name in LISTS[1:]:
        answer = client_of("suoi-mong").get(reverse(name, args=[SUOI_MONG]))
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert not [cell.value for cell in cells if cell.data_type == "f"]
        assert [cell for cell in cells if str(cell.value).startswith("=Giáo viên")]


def test_brief_list_of_the_committee(cast: Cast, client_of: ClientOf, lan: Any) -> None:
    from nhiemky.members.actions import fill_post
    from nhiemky.rules.timeline import Span

    fill_post(
        by=cast.users["quan-tri"], unit=cast.unit, person=lan, body="bch", role="chair", mandate="elected",
        valid=Span(date(2025, 1, 1), None),
    )  # fmt: skip
    told = text_of(client_of("suoi-mong").get(reverse("web.members.brief_list", args=[SUOI_MONG]) + "?ban=bch"))
    for wanted in (
        "DANH SÁCH TRÍCH NGANG",
        "Ban Chấp hành",
        lan.name,
        "Chủ tịch",
        BORN,
        "01/06/2026",
        "NGƯỜI LẬP BIỂU",
    ):
        assert wanted in told, wanted


# ---- searching


@pytest.mark.parametrize("text", ["hoang lanzy", "LANZY", "lanz", NUMBER, "4321 lanzy", "4321", "DV-1", "dv-1"])
@pytest.mark.parametrize("place", ["list", "search"])
def test_typed_words_and_numbers_never_stand_in_an_address(
    client_of: ClientOf, lan: Any, text: str, place: str, caplog: pytest.LogCaptureFixture
) -> None:
    client = client_of("suoi-mong")
    address = reverse("web.members.list", args=[SUOI_MONG]) if place == "list" else reverse("web.members.search")
    with caplog.at_level(logging.DEBUG, logger="django.request"):
        answer = client.post(address, {"q": text})
        assert answer.status_code == 302
        assert text.split()[0].lower() not in answer["Location"].lower() and "lanzy" not in answer["Location"].lower()
        page = client.get(answer["Location"]).content.decode()
    assert lan.code in page and f'value="{text}"' in page
    assert not seen_in("\n".join(record.getMessage() for record in caplog.records))
    # what one person typed is nothing to another
    other = client_of("quan-tri").get(answer["Location"]).content.decode()
    assert f'value="{text}"' not in other


def test_last_four_alone_are_not_looked_up_from_afar(client_of: ClientOf, lan: Any) -> None:
    for address in (reverse("web.members.list", args=[SUOI_MONG]), reverse("web.members.search")):
        for login in ("hu-cau", "kiem-tra"):
            for text, found in (("4321", False), ("4321 lanzy", True), (NUMBER, True)):
                page = client_of(login).post(address, {"q": text}, follow=True).content.decode()
                assert (lan.code in page) is found, (login, text)


def test_neighbour_never_finds_them(client_of: ClientOf, lan: Any) -> None:
    for text in ("lanzy", NUMBER, "4321", "DV-1", "%", "*"):
        page = client_of("song-lo").post(reverse("web.members.search"), {"q": text}, follow=True).content.decode()
        assert lan.code not in page


@pytest.mark.parametrize(("login", "found"), [("suoi-mong", True), ("hu-cau", False), ("kiem-tra", False)])
def test_filter_does_not_tell_what_is_masked(client_of: ClientOf, lan: Any, login: str, found: bool) -> None:
    address = reverse("web.members.list", args=[SUOI_MONG])
    page = client_of(login).get(f"{address}?tinh-trang=reprimand").content.decode()
    assert (lan.code in page) is found
    assert ("Khiển trách" in page) is found


@pytest.mark.parametrize("login", ["hu-cau", "kiem-tra"])
def test_ages_day_by_day_do_not_tell_a_birth_date(client_of: ClientOf, lan: Any, login: str) -> None:
    """From afar an age is that of the year of birth, which is shown anyway."""
    born, address = lan.born_on, reverse("web.members.list", args=[SUOI_MONG])

    def is_listed(login: str, day: date) -> bool:
        page = client_of(login).get(f"{address}?rieng=1&tuoi=31-45&ngay={day:%d/%m/%Y}")
        return lan.code in page.content.decode()

    birthday = born.replace(year=born.year + 31)
    days = (birthday - timedelta(days=1), birthday)
    assert [is_listed("suoi-mong", day) for day in days] == [False, True]
    assert [is_listed(login, day) for day in days] == [True, True]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("gioi=nu", True), ("gioi=nam", False), ("tuoi=31-45", True), ("tuoi=tren-60", False), ("dang=co", True),
        ("dang=khong", False), ("rieng=1", True), ("ngay=1/1/2019", False), ("ngay=31/2/2024", True),
        ("bien-dong=vao&tu=2020&den=2020", True), ("bien-dong=vao", False), ("bien-dong=roi", False), ("tim=abc", True),
        ("gioi=x&tuoi=y&dang=z&tinh-trang=w&to=v&o=u&sau=t", True),
        ("tuoi=31-45&ngay=1/1/0001", False), ("tuoi=tren-60&ngay=1/1/0050", False),
    ],
)  # fmt: skip
def test_filters(client_of: ClientOf, lan: Any, query: str, found: bool) -> None:
    answer = client_of("suoi-mong").get(reverse("web.members.list", args=[SUOI_MONG]) + f"?{query}")
    assert answer.status_code == (422 if "31/2" in query else 200)
    assert (lan.code in answer.content.decode()) is found


# ---- private pages


@pytest.mark.parametrize("name", ["web.members.reveal", "web.members.own_data", "web.members.erase"])
@pytest.mark.parametrize(
    ("login", "status"), [("", 302), ("song-lo", 404), ("kiem-tra", 403), ("suoi-mong", 200), ("quan-tri", 200)]
)
def test_who_opens_private_pages(client_of: ClientOf, lan: Any, name: str, login: str, status: int) -> None:
    from nhiemky.foundation.models import AuditEvent

    expected = 403 if name == "web.members.erase" and login == "suoi-mong" else status
    before = AuditEvent.objects.count()
    answer = client_of(login).get(reverse(name, args=[lan.code]))
    assert answer.status_code == expected
    if expected == 200:
        assert not seen_in(answer.content.decode()) - {"born"}
        assert "no-store" in answer["Cache-Control"]
    else:
        given = {"muc": "phone", "ly-do": "asked", "tai": "json", "dong-y": "1"}
        assert client_of(login).post(reverse(name, args=[lan.code]), given).status_code == expected
    assert AuditEvent.objects.count() == before


def test_masked_fields_are_shown_once_and_the_unit_is_told(client_of: ClientOf, lan: Any) -> None:
    place = reverse("web.members.reveal", args=[lan.code])
    client = client_of("hu-cau")
    assert client.post(place, {"muc": ["phone", "id_number"]}).status_code == 422
    page = client.post(place, {"muc": ["phone", "id_number"], "ly-do": "benefit"})
    assert {"CCCD", "phone"} <= seen_in(page.content.decode()) and "home" not in seen_in(page.content.decode())
    assert not seen_in(client.get(place).content.decode())
    log = client_of("suoi-mong").get(reverse("web.members.readings", args=[SUOI_MONG])).content.decode()
    assert lan.name in log and "Điện thoại" in log and "Chi trả" in log and not seen_in(log)
    # a field that nothing hides from this reader needs no opening
    assert client.post(place, {"muc": ["job"], "ly-do": "benefit"}).status_code == 422


@pytest.mark.parametrize("format", ["xlsx", "json"])
def test_own_data_as_a_file(client_of: ClientOf, lan: Any, format: str) -> None:
    place = reverse("web.members.own_data", args=[lan.code])
    told = text_of(client_of("suoi-mong").post(place, {"tai": format}))
    assert seen_in(told) >= {"CCCD", "phone", "home", "born", "religion"} and "khiển trách" in told
    # the level above does not hand out what the unit keeps
    answer = client_of("hu-cau").post(place, {"tai": format})
    assert answer.status_code == 422 and not seen_in(answer.content.decode())


def test_consent_on_the_page(client_of: ClientOf, lan: Any) -> None:
    place = reverse("web.members.own_data", args=[lan.code])
    client = client_of("suoi-mong")
    assert client.post(place, {"muc-dich": "contact", "viec": "dong-y", "ngay": "5/1/2026"}).status_code == 302
    assert "đồng ý từ 05/01/2026" in client.get(place).content.decode()
    assert client.post(place, {"muc-dich": "contact", "viec": "rut", "ngay": "31/2/2026"}).status_code == 422
    assert client.post(place, {"muc-dich": "contact", "viec": "rut", "ngay": "6/1/2026"}).status_code == 302
    assert "đồng ý từ" not in client.get(place).content.decode()


def test_erasing_wants_leaving_and_a_yes(cast: Cast, client_of: ClientOf, lan: Any) -> None:
    from nhiemky.members.actions import leave_unit
    from nhiemky.members.models import Membership, Person
    from nhiemky.rules.timeline import PartialDate

    place, client = reverse("web.members.erase", args=[lan.code]), client_of("quan-tri")
    assert client.post(place, {"ly-do": "asked", "dong-y": "1"}).status_code == 422
    [row] = Membership.objects.filter(person=lan, superseded_at=None)
    leave_unit(by=cast.users["suoi-mong"], membership=row, last=PartialDate.parse("2026-10-31"), leaving="left")
    assert client.post(place, {"ly-do": "asked"}).status_code == 422
    assert Person.objects.get(pk=lan.pk).phone == PHONE
    assert client.post(place, {"ly-do": "asked", "dong-y": "1"}).status_code == 302
    assert Person.objects.get(pk=lan.pk).phone == ""
    page = client.get(reverse("web.members.list", args=[SUOI_MONG]) + "?ngay=1/7/2026").content.decode()
    assert "Đã xóa" in page and not seen_in(page) - {"discipline"}


# ---- many


@pytest.mark.parametrize("path", ["", "excel/", "trich-ngang/", "da-xem/", "?dang=co&gioi=nu"])
def test_no_more_questions_for_more_persons(cast: Cast, client_of: ClientOf, path: str) -> None:
    from nhiemky.members.actions import record_standing, reveal_person
    from nhiemky.rules.timeline import Span
    from tests.members.people import a_person

    client, by = client_of("hu-cau"), cast.users["suoi-mong"]
    address = reverse("web.members.list", args=[SUOI_MONG]) + path

    def grow(count: int) -> None:
        for _number in range(count):
            person = a_person("Lê Thị Nhiều", cast.unit, phone=PHONE, sex="Nữ")
            record_standing(by=by, unit=cast.unit, person=person, kind="party", valid=Span(date(2021, 1, 1), None))
            reveal_person(by=by, unit=cast.unit, person=person, codes=["phone"], reason="contact")

    counts = []
    grow(5)
    for more in (0, 10):
        grow(more)
        with CaptureQueriesContext(connection) as asked:
            text_of(client.get(address))
        counts.append(len(asked))
    assert counts[1] <= counts[0] <= 40, counts


def test_pages_follow_each_other_without_names_in_addresses(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    import re

    from nhiemky.web.members import list as listing
    from tests.members.people import a_person

    monkeypatch.setattr(listing, "PER_PAGE", 3)
    codes = {a_person(f"Lê Thị {name}", cast.unit).code for name in ("An", "Ba", "Ca", "Đa", "Ê", "Giang", "Hà")}
    client, address = client_of("suoi-mong"), reverse("web.members.list", args=[SUOI_MONG])
    found: list[str] = []
    place = address + "?rieng=1"
    while place:
        page = client.get(place).content.decode()
        found += re.findall(r'<th scope="row"><a href="/doan-vien/([0-9a-f]+)/', page)
        after = re.search(r'href="(\?[^"]*sau=[^"]*)"', page)
        place = address + after[1].replace("&amp;", "&") if after else ""
        assert "Giang" not in place
    assert len(found) == len(set(found)) and codes <= set(found)
