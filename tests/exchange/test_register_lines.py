"""Lines of the register of members: written as by hand, and each refused by its line with a sentence."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.conf import settings

from nhiemky.exchange.actions import FaultyFile, load_file
from nhiemky.foundation.models import User
from nhiemky.members import particulars
from nhiemky.members.models import Child, Dues, Grouping, Membership, Person, RegisterBegun, Standing, Transfer
from nhiemky.members.queries import open_transfer
from tests.exchange.test_load import HEADER, lines

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]

TODAY = date(2026, 11, 24)
A = {"type": "unit", "id": "so-a", "name": "CĐCS A (hư cấu)", "short": "CĐCS A", "kind": "grassroots", "life": "2010.."}
B = A | {"id": "so-b", "name": "CĐCS B (hư cấu)", "short": "CĐCS B"}
TO = A | {"id": "so-to", "name": "Tổ 1 (hư cấu)", "short": "Tổ 1", "kind": "group"}
UNDER = {"type": "placement", "id": "so.p", "unit": "so-to", "parent": "so-a", "valid": "2010.."}
PERSON: dict[str, Any] = {
    "type": "person", "id": "so.lan", "name": "Nguyễn Thị Lan",
    "particulars": {"born": "1985", "sex": "female", "card": "T-01", "id_number": "999185000001", "qualification": "Đại học"},
}  # fmt: skip
MEMBER = {
    "type": "membership", "id": "so.m", "unit": "so-a", "person": "so.lan", "valid": "2015-09-01..",
    "joining": "individual", "decision": "12/QĐ-CĐ",
}  # fmt: skip
BASIS = (A, B, TO, UNDER, PERSON, MEMBER)
AT = {"unit": "so-a", "person": "so.lan"}
GROUPING = {"type": "grouping", "id": "so.g", **AT, "group": "so-to", "valid": "2016-01-01..2020-12-31"}
STANDING = {"type": "standing", "id": "so.s", **AT, "kind": "party", "valid": "2018-05-19..", "decision": "7/QĐ-HU"}
CHILD = {"type": "child", "id": "so.c", **AT, "name": "Trần Minh An", "born": "2016", "sex": "male"}
DUES = {"type": "dues", "id": "so.d", **AT, "months": "2026-01..2026-06", "state": "paid", "paid": 180000}
MOVE = {"type": "transfer", "id": "so.t", **AT, "to": "so-b", "last_day": "2026-11-30", "number": "3/GT"}
BEGUN = {"type": "register", "id": "so.r", "unit": "so-a", "begins_on": "2026-01-01"}
ALL = (GROUPING, STANDING, CHILD, DUES, MOVE, BEGUN)


def load(clerk: User, *objects: Any) -> Any:
    return load_file(by=clerk, contents=lines(HEADER, *objects), today=TODAY)


def refused(clerk: User, *objects: Any) -> list[str]:
    with pytest.raises(FaultyFile) as caught:
        load(clerk, *objects)
    return [str(fault) for fault in caught.value.faults]


def test_every_line_is_written_once(clerk: User) -> None:
    assert load(clerk, *BASIS, *ALL).written == 12
    assert load(clerk, *BASIS, *ALL).unchanged == 12
    lan = Person.objects.get(code="so.lan")
    assert (lan.born_on, lan.born_precision, lan.sex, lan.id_number) == (
        date(1985, 1, 1), "year", "female", "999185000001",
    )  # fmt: skip
    assert lan.qualification == "university" and lan.id_digest and lan.fictional
    member = Membership.objects.get(code="so.m")
    assert (member.joining, member.decision) == ("individual", "12/QĐ-CĐ")
    assert Grouping.objects.get(superseded_at=None).span.isoformat() == "2016-01-01..2020-12-31"
    assert Standing.objects.get(code="so.s").decision == "7/QĐ-HU"
    child = Child.objects.get(code="so.c")
    assert (child.name, child.born and child.born.isoformat()) == ("Trần Minh An", "2016")
    assert Dues.objects.get(code="so.d").paid == 180_000
    waiting = open_transfer(lan)
    assert waiting and (waiting.code, waiting.last_day, waiting.number) == ("so.t", date(2026, 11, 30), "3/GT")
    assert RegisterBegun.objects.get(unit__code="so-a").begins_on == date(2026, 1, 1)
    assert Transfer.objects.count() == 1


FAULTS: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("born tomorrow", PERSON, {"particulars": {"born": "2026-11-25"}}, "ở sau hôm nay"),
    ("no such day", PERSON, {"particulars": {"born": "1985-02-30"}}, "không phải ngày có thật"),
    ("a short identity number", PERSON, {"particulars": {"id_number": "123"}}, "12 chữ số"),
    ("no such choice", PERSON, {"particulars": {"sex": "khác"}}, "chưa có trong danh mục"),
    ("a particular that is none", PERSON, {"particulars": {"luong": "5"}}, "Không có trường “luong”"),
    ("a number for a text", PERSON, {"particulars": {"card": 12}}, "phải là chữ"),
    ("an unknown joining", MEMBER, {"joining": "bau"}, "không có cách vào"),
    ("a group of others", GROUPING, {"group": "so-b"}, "không thuộc đơn vị"),
    ("a group before joining", GROUPING, {"valid": "2014-01-01.."}, "không là đoàn viên"),
    ("a group from nowhere", GROUPING, {"valid": "..2020"}, "Chưa có ngày vào tổ"),
    ("an unknown standing", STANDING, {"kind": "vua"}, "không có mã"),
    ("a standing told by others", STANDING, {"unit": "so-b"}, "không là đoàn viên"),
    ("discipline without a day", STANDING, {"kind": "warning", "valid": ".."}, "Chưa có ngày quyết định"),
    ("a child of nobody", CHILD, {"person": "so.khong"}, "Không tìm thấy"),
    ("a child of neither sex", CHILD, {"sex": "nam"}, "chỉ nhận"),
    ("dues by the day", DUES, {"months": "2026-01-05..2026-02-03"}, "tháng trọn"),
    ("paid and owed", DUES, {"state": "owed"}, "Chỉ ghi số tiền"),
    ("dues below nothing", DUES, {"paid": -1}, "nhỏ hơn mức cho phép"),
    ("a move to where one is", MOVE, {"to": "so-a"}, "chính đơn vị đang sinh hoạt"),
    ("a move to a group", MOVE, {"to": "so-to"}, "công đoàn cơ sở"),
    ("a move before joining", MOVE, {"last_day": "2015-08-01"}, "trước ngày vào"),
    ("a move in three years", MOVE, {"last_day": "2029-01-01"}, "hơn một năm"),
    ("a register of a unit not yet there", BEGUN, {"begins_on": "2009-01-01"}, "không hoạt động"),
    ("a register of no day", BEGUN, {"begins_on": "2026-13"}, "viết chưa đúng"),
]


@pytest.mark.parametrize(("name", "line", "change", "says"), FAULTS, ids=[row[0] for row in FAULTS])
def test_a_faulty_line_is_refused_with_its_number(
    clerk: User, name: str, line: dict[str, Any], change: dict[str, Any], says: str
) -> None:
    before = [each for each in BASIS if each["id"] != line["id"] and not (line is PERSON and each is MEMBER)]
    sentences = refused(clerk, *before, line | change)
    assert all(sentence.startswith(f"Dòng {len(before) + 2}:") for sentence in sentences), sentences
    assert any(says in sentence for sentence in sentences), sentences
    assert not Person.objects.filter(code="so.lan").exists()


def test_what_waits_in_the_same_file_is_seen(clerk: User) -> None:
    """Rows of one file wait for each other; what the second contradicts is refused all the same."""
    again = STANDING | {"id": "so.s2", "valid": "2020.."}
    assert "đã ghi cho thời gian đó" in refused(clerk, *BASIS, STANDING, again)[0]
    half = DUES | {"id": "so.d2", "months": "2026-06..2026-07"}
    assert "đã ghi chung một số tiền" in refused(clerk, *BASIS, DUES, half)[0]
    second = MOVE | {"id": "so.t2"}
    assert "đang chờ một lần chuyển" in refused(clerk, *BASIS, MOVE, second)[0]


def test_the_schema_names_the_fields_of_the_catalogue() -> None:
    schema = json.loads((settings.BASE_DIR / "docs" / "exchange.schema.json").read_text("utf-8"))
    named = schema["$defs"]["person"]["properties"]["particulars"]["properties"]
    assert list(named) == [code for code in particulars.fields() if code != "name"]
