"""Loading: bad input gets a sentence with its line and changes nothing; the same file twice changes nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from nhiemky.exchange.actions import FaultyFile, load_file
from nhiemky.exchange.models import Loaded
from nhiemky.exchange.reading import LARGEST_FILE
from nhiemky.foundation import clock
from nhiemky.foundation.models import AuditEvent, User
from nhiemky.ledger.models import Entry
from nhiemky.ledger.queries import history_of, living
from nhiemky.units.models import Unit

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]

HEADER = {"type": "nhiemky", "version": 1, "title": "Thử", "fictional": True}
UNIT = {
    "type": "unit",
    "id": "thu",
    "name": "CĐCS Thử (hư cấu)",
    "short": "CĐCS Thử",
    "kind": "grassroots",
    "life": "2020..2024",
}
ENTRY: dict[str, Any] = {
    "type": "entry",
    "id": "thu.e.1",
    "unit": "thu",
    "kind": "hardship",
    "period": "2021-05-04",
    "coverage": "act",
    "counts": [{"word": "luot", "value": 3}],
    "money": [{"value": 1500000}],
}


def lines(*objects: Any) -> bytes:
    return "\n".join(
        each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for each in objects
    ).encode()


def load(clerk: User, *objects: Any) -> Any:
    return load_file(by=clerk, contents=lines(HEADER, *objects), today=clock.today())


def refused(clerk: User, contents: bytes) -> list[str]:
    before = (Unit.objects.count(), Entry.objects.count(), AuditEvent.objects.count(), Loaded.objects.count())
    with pytest.raises(FaultyFile) as caught:
        load_file(by=clerk, contents=contents, today=clock.today())
    assert before == (Unit.objects.count(), Entry.objects.count(), AuditEvent.objects.count(), Loaded.objects.count())
    return [str(fault) for fault in caught.value.faults]


def test_a_file_is_written_once(clerk: User) -> None:
    assert load(clerk, UNIT, ENTRY).written == 2
    again = load(clerk, UNIT, ENTRY)
    assert (again.written, again.unchanged) == (0, 2)
    assert Unit.objects.get(code="thu").fictional


def test_an_object_that_changed_is_refused(clerk: User) -> None:
    load(clerk, UNIT, ENTRY)
    [sentence] = refused(clerk, lines(HEADER, UNIT, ENTRY | {"period": "2021-05-05"}))
    assert sentence.startswith("Dòng 3:") and "corrects" in sentence


def test_a_correction_and_a_cancellation_are_new_rows(clerk: User) -> None:
    better = ENTRY | {
        "id": "thu.e.2",
        "corrects": "thu.e.1",
        "reason": "ghi nhầm",
        "counts": [{"word": "luot", "value": 2}],
    }
    load(clerk, UNIT, ENTRY, better)
    assert list(living(Entry.objects.filter(unit__code="thu")).values_list("code", flat=True)) == ["thu.e.2"]
    load(clerk, {"type": "cancellation", "id": "thu.x.1", "cancels": "thu.e.2", "reason": "không có việc này"})
    assert not living(Entry.objects.filter(unit__code="thu")).exists()
    chain = history_of(Entry.objects.get(code="thu.e.1"))
    assert [row.code for row in chain] == ["thu.e.1", "thu.e.2", "thu.x.1"]


FAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("impossible date", {"period": "2021-02-30"}, "không có thật"),
    ("ends before it starts", {"period": "2022..2021"}, "ngày cuối trước ngày đầu"),
    ("negative count", {"counts": [{"word": "luot", "value": -3}]}, "nhỏ hơn mức cho phép"),
    ("wrong count word", {"counts": [{"word": "nha", "value": 3}]}, "không đếm bằng"),
    ("unknown count word", {"counts": [{"word": "con", "value": 3}]}, "không đếm bằng"),
    ("money with a decimal point", {"money": [{"value": 1.5}]}, "số nguyên"),
    ("money as 15.0", {"money": [{"value": 15.0}]}, "số nguyên"),
    ("money as text", {"money": [{"value": "15.000.000"}]}, "số nguyên"),
    ("outside the unit's life", {"period": "2025-01-01"}, "ngoài thời gian hoạt động"),
    ("unknown kind", {"kind": "khong_co"}, "không có loại việc"),
    ("unknown unit", {"unit": "khong-co"}, "Không tìm thấy"),
    ("unknown field", {"so_luong": 3}, "Không có trường"),
    ("missing field", {"coverage": None}, "coverage"),
    ("no number at all", {"counts": [], "money": []}, "ít nhất một số"),
    ("vague with a value", {"counts": [{"word": "luot", "value": 3, "comparator": "vague", "text": "nhiều"}]}, ""),
    ("unknown dimension", {"details": {"form": "bang_khen"}}, "không có mục"),
    ("correction of nothing", {"corrects": "khong-co", "reason": "x"}, "Không tìm thấy"),
]


@pytest.mark.parametrize(("name", "change", "says"), FAULTS, ids=[row[0] for row in FAULTS])
def test_bad_input_gets_a_sentence_and_changes_nothing(
    clerk: User, name: str, change: dict[str, Any], says: str
) -> None:
    sentences = refused(clerk, lines(HEADER, UNIT, ENTRY | change))
    assert sentences and all(sentence.startswith("Dòng 3:") for sentence in sentences)
    assert any(says in sentence for sentence in sentences), sentences


def test_every_fault_is_told_by_line(clerk: User) -> None:
    sentences = refused(
        clerk,
        lines(
            HEADER,
            "{",
            UNIT,
            ENTRY | {"period": "2021-13-01"},
            ENTRY | {"id": "b", "kind": "x"},
            '{"type": "con-meo"}',
            "[]",
        ),
    )
    assert [sentence.split(":")[0] for sentence in sentences] == ["Dòng 2", "Dòng 4", "Dòng 5", "Dòng 6", "Dòng 7"]


@pytest.mark.parametrize(
    ("contents", "says"),
    [
        (b"", "Tệp trống"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"MZ\x90\x00" * 10, "UTF-8"),
        (b"{}", "Dòng đầu"),
        (b'{"type": "nhiemky", "version": 2, "title": "x"}', "phiên bản"),
        (b" " * (LARGEST_FILE + 1), "20 MB"),
        (b"[" * 100_000, "JSON"),
        (lines(HEADER, '{"type": "unit", "type": "unit"}'), "hai lần"),
    ],
)
def test_a_file_that_is_none_is_refused(clerk: User, contents: bytes, says: str) -> None:
    assert any(says in sentence for sentence in refused(clerk, contents))


def test_text_of_a_user_stays_text(clerk: User) -> None:
    nasty = "<script>alert(1)</script>  =1+1"
    load(clerk, UNIT, ENTRY | {"note": nasty})
    assert Entry.objects.get(code="thu.e.1").note == "<script>alert(1)</script> =1+1"


def test_two_units_may_not_swap_into_a_circle(clerk: User) -> None:
    other = UNIT | {"id": "thu-2", "life": ".."}
    wide = UNIT | {"id": "thu-3", "life": ".."}
    one = {"type": "placement", "id": "p1", "unit": "thu-2", "parent": "thu-3", "valid": "2020..2021"}
    circle = one | {"id": "p2", "unit": "thu-3", "parent": "thu-2", "valid": "2021..2022"}
    assert any("cấp trên" in each for each in refused(clerk, lines(HEADER, other, wide, one, circle)))
    load(clerk, other, wide, one, circle | {"valid": "2022..2023"})


@pytest.mark.parametrize("odd", ["\u202e", "\u0000", "\ud800", "\u200b", "\n"])
def test_hidden_characters_are_refused(clerk: User, odd: str) -> None:
    line = json.dumps(ENTRY | {"note": f"a{odd}b"})
    assert any("ẩn" in sentence for sentence in refused(clerk, lines(HEADER, UNIT, line)))


def test_an_address_that_cannot_be_written_is_refused(clerk: User) -> None:
    term = {"type": "term", "id": "t", "unit": "thu", "period": "2020..2024"}
    for wrong in (UNIT | {"id": "a.b"}, UNIT | {"id": "ab\n"}, UNIT | {"id": ".."}):
        assert refused(clerk, lines(HEADER, wrong))
    assert refused(clerk, lines(HEADER, UNIT, term | {"label": "/"}))
    assert refused(clerk, lines(HEADER, UNIT, term | {"label": "2020–2024", "ordinal": 400}))
    load(clerk, UNIT, term | {"label": "2020/2024"})


def test_an_entry_and_a_cancellation_share_their_ids(clerk: User) -> None:
    gone = {"type": "cancellation", "id": "thu.e.1", "cancels": "thu.e.1", "reason": "nhầm"}
    assert any("thu.e.1" in sentence for sentence in refused(clerk, lines(HEADER, UNIT, ENTRY, gone)))
    load(clerk, UNIT, ENTRY)
    assert any("thu.e.1" in sentence for sentence in refused(clerk, lines(HEADER, gone)))
