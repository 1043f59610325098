"""Entering members: written once, faults beside the boxes, nothing lost, who is in the register is found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.web.conftest import Cast
from tests.web.forms import shown, words
from tests.web.members import LAN, MANY, NEW, a_member, columns, members, newest, sent

pytestmark = pytest.mark.both_engines

ClientOf = Callable[..., Client]


@pytest.fixture
def chair(client_of: ClientOf) -> Client:
    return client_of("suoi-mong")


def test_a_member_is_entered_once(chair: Client) -> None:
    fields = sent(chair, NEW, **LAN)
    done = chair.post(NEW, fields)
    stay = newest()
    assert done.status_code == 302 and done["Location"] == f"/doan-vien/{stay.person.code}/"
    person = stay.person
    assert (person.name, person.sex, person.id_number) == ("Nguyễn Thị Lan", "female", "001190000456")
    assert (stay.span.isoformat(), stay.joining, stay.decision) == ("2024-09-01..", "individual", "15/QĐ-CĐCS")
    # admitted here: the union's day and decision are those of the membership
    assert (person.union_since.isoformat(), person.admission) == ("2024-09-01", "15/QĐ-CĐCS")
    before = members()
    assert chair.post(NEW, fields)["Location"] == done["Location"] and members() == before
    answer = chair.post(NEW, fields | {"born": "6/6/1990"})
    assert answer.status_code == 409 and members() == before
    assert 'value="6/6/1990"' in words(answer) and "chưa được ghi" in words(answer)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "đang để trống"),
        ({"born": "31/2/1990"}, "không phải ngày có thật"),
        ({"id_number": "123"}, "12 chữ số"),
        ({"tu": ""}, "Ngày vào chưa ghi"),
        ({"tu": "1/1/2090"}, "ở sau hôm nay"),
        ({"cach": "bua"}, "Hãy chọn một cách"),
        ({"phone": "12"}, "10 chữ số"),
    ],
)
def test_a_fault_stands_beside_its_box(chair: Client, typed: dict[str, str], sentence: str) -> None:
    before = members()
    answer = chair.post(NEW, sent(chair, NEW, **LAN | typed))
    page, [box] = words(answer), typed
    assert answer.status_code == 422 and members() == before
    assert sentence in page and f'aria-describedby="w-{box}' in page and f'id="w-{box}"' in page
    for name, value in (LAN | typed).items():
        assert name in ("sex", "cach") or f'value="{value}"' in page, name


def test_who_is_a_member_elsewhere_is_found_by_the_number_and_sent_to_a_transfer(cast: Cast, chair: Client) -> None:
    from nhiemky.members.actions import Newcomer, admit_members
    from nhiemky.rules.timeline import Span
    from nhiemky.units.models import Unit

    away = Unit.objects.get(code="song-lo")
    there = admit_members(
        by=cast.users["quan-tri"], unit=away, newcomers=[Newcomer(columns(name="Nguyen Lan", id_number="001190000456"))],
        since=Span.parse("2020.."), joining="individual", decision="", code="sang-1",
    )[0]  # fmt: skip
    fields, before = sent(chair, NEW, **LAN), members()
    answer = chair.post(NEW, fields)
    page = words(answer)
    assert answer.status_code == 422 and members() == before
    assert "Có phải là người này?" in page and "Nguyen Lan" in page and "•••456" in page
    # the neighbour's page and number stay the neighbour's
    assert f"/doan-vien/{there.person.code}/" not in page and page.count("001190000456") == 1
    answer = chair.post(NEW, fields | {"la-ai": there.person.code})
    assert answer.status_code == 422 and "làm thủ tục chuyển sinh hoạt" in words(answer) and members() == before
    # somebody else of the same number is not stopped
    assert chair.post(NEW, fields | {"la-ai": "khac"}).status_code == 302 and members() == before + 1


def test_of_a_member_of_others_neither_the_unit_nor_the_card_is_told(cast: Cast, chair: Client) -> None:
    """Name and card number ask for a transfer: whoever types a name and a day is not given the card."""
    from nhiemky.members.actions import Newcomer, admit_members
    from nhiemky.rules.timeline import Span
    from nhiemky.units.models import Unit
    from nhiemky.units.queries import card

    away = Unit.objects.get(code="song-lo")
    values = columns(name=LAN["name"], born=LAN["born"], card="T-90817", phone="0912345678")
    there = admit_members(
        by=cast.users["quan-tri"], unit=away, newcomers=[Newcomer(values)], since=Span.parse("2020.."),
        joining="individual", decision="", code="the-1",
    )[0]  # fmt: skip
    fields = sent(chair, NEW, **LAN)
    name = card(away, cast.today).name
    for more in ({}, {"la-ai": there.person.code}):
        page = words(chair.post(NEW, fields | more))
        assert "Có phải là người này?" in page and "ngoài phạm vi của bạn" in page
        assert "T-90817" not in page and "0912345678" not in page and name not in page


def test_who_left_is_taken_up_again_with_the_record_there_is(cast: Cast, chair: Client) -> None:
    from nhiemky.members.actions import leave_unit
    from nhiemky.members.models import Person
    from nhiemky.rules.timeline import PartialDate

    old = a_member(cast, "Nguyễn Thị Lân", "2015..", born="5/6/1990")
    leave_unit(by=cast.users["suoi-mong"], membership=old, last=PartialDate.parse("2020"), leaving="left")
    # accents and case aside, with the same birth date
    fields = sent(chair, NEW, **LAN | {"cach": "again"})
    answer = chair.post(NEW, fields)
    assert "Nguyễn Thị Lân" in words(answer)
    persons = Person.objects.count()
    answer = chair.post(NEW, fields | {"la-ai": old.person.code})
    assert answer["Location"] == f"/doan-vien/{old.person.code}/" and Person.objects.count() == persons
    assert chair.post(NEW, fields | {"la-ai": old.person.code})["Location"] == answer["Location"]


def test_a_member_of_this_unit_is_not_entered_twice(cast: Cast, chair: Client) -> None:
    here = a_member(cast, "Nguyễn Thị Lan")
    answer = chair.post(NEW, sent(chair, NEW, **LAN) | {"la-ai": here.person.code})
    assert answer.status_code == 422 and "đang là đoàn viên của đơn vị" in words(answer)


def test_many_are_entered_by_one_decision(cast: Cast, chair: Client) -> None:
    text = "Trần Văn Bình; 1990; nam; 001190000789\r\nPhạm Thị Châu\t6/1991\tnữ\r\n\r\nVũ Dũng"
    fields = sent(chair, MANY, **{"danh-sach": text, "tu": "5/6/2026", "qd": "20/QĐ"})
    assert fields["cach"] == "collective"
    before = members()
    assert chair.post(MANY, fields).status_code == 302 and members() == before + 3
    stays = [row for row in _rows() if row.decision == "20/QĐ"]
    assert [row.person.name for row in stays] == ["Trần Văn Bình", "Phạm Thị Châu", "Vũ Dũng"]
    assert {(row.joining, row.span.isoformat()) for row in stays} == {("collective", "2026-06-05..")}
    assert chair.post(MANY, fields).status_code == 302 and members() == before + 3
    answer = chair.post(MANY, fields | {"danh-sach": text + "\nHồ Én"})
    assert answer.status_code == 409 and members() == before + 3 and "Hồ Én" in words(answer)


def test_the_box_of_the_list_takes_a_long_list(chair: Client) -> None:
    """A browser reads the thousands of '20.000' as twenty, and cuts the list there."""
    assert 'maxlength="20000"' in shown(chair, MANY)


def _rows() -> list[Any]:
    from nhiemky.members.models import Membership

    return list(Membership.objects.select_related("person").order_by("pk"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Danh sách đang trống"),
        ("Lê An; 31/2/1990", "Dòng 1: Ngày sinh “31/2/1990” không phải ngày có thật"),
        ("Lê An; 1990\nLe An; 1990", "Dòng 2 trùng dòng 1"),
        ("Lê An; ; ; 001190000789\nLê Bình; ; ; 001190000789", "Dòng 2 trùng dòng 1"),
        ("Lê An; 1990; nam; 001190000789; thừa", "nhiều hơn bốn phần"),
        ("\n".join(f"Người {chr(65 + n % 26)}" for n in range(201)), "nhiều nhất 200"),
        ("Lê 1\n" * 7, "Và 2 chỗ nữa"),
    ],
)
def test_a_list_with_faults_writes_nobody(chair: Client, text: str, sentence: str) -> None:
    before = members()
    answer = chair.post(MANY, sent(chair, MANY, **{"danh-sach": text, "tu": "5/6/2026"}))
    assert answer.status_code == 422 and sentence in words(answer) and members() == before


def test_each_doubtful_line_is_decided(cast: Cast, chair: Client) -> None:
    import re

    a_member(cast, "Lê An")
    fields, before = sent(chair, MANY, **{"danh-sach": "Lê An\nLê Bình", "tu": "5/6/2026"}), members()
    page = words(chair.post(MANY, fields))
    assert "Dòng 1 giống người đã có trong sổ" in page and members() == before
    found = re.search(r'name="(la-[0-9a-f]{8})"', page)
    assert found and chair.post(MANY, fields | {found[1]: "khac"}).status_code == 302
    assert members() == before + 2
