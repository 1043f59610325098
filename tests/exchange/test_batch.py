"""A batch writes what row by row would have written: the same rows, the same events, the same chain."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import transaction

from nhiemky.exchange import actions as loading
from nhiemky.exchange.actions import FaultyFile, load_file
from nhiemky.foundation.audit import broken_links
from nhiemky.foundation.models import AuditEvent, User
from nhiemky.ledger.models import Entry, EntryCount, EntryMoney, Statement
from nhiemky.members.models import Membership
from tests.exchange.test_load import ENTRY, HEADER, lines
from tests.exchange.test_load import UNIT as SHORT_LIVED

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]

TODAY = date(2026, 11, 24)
UNIT = SHORT_LIVED | {"life": ".."}
PERSON = {"type": "person", "id": "thu.n.1", "name": "Nguyễn Văn Mẫu"}
MEMBER = {"type": "membership", "id": "thu.m.1", "unit": "thu", "person": "thu.n.1", "valid": "2020-03-01.."}
SECOND = ENTRY | {"id": "thu.e.2", "corrects": "thu.e.1", "reason": "ghi nhầm"}
STATED = {
    "type": "statement", "id": "thu.s.1", "unit": "thu", "subject": "members", "period": "2021-11-30", "value": 5,
    "coverage": "own",
}  # fmt: skip
EVERYTHING = [
    UNIT, PERSON, MEMBER,
    {"type": "leaving", "id": "thu.m.2", "membership": "thu.m.1", "last": "2022-05", "leaving": "retired"},
    ENTRY, SECOND, SECOND | {"id": "thu.e.3", "corrects": "thu.e.2"},
    {"type": "cancellation", "id": "thu.h.1", "cancels": "thu.e.3", "reason": "hoãn"},
    STATED, STATED | {"id": "thu.s.2", "corrects": "thu.s.1", "value": 6, "reason": "đếm lại"},
    *(ENTRY | {"id": f"thu.e.{number}", "period": "2022-01"} for number in range(10, 40)),
]  # fmt: skip


def written(clerk: User) -> list[Any]:
    """What loading everything writes, taken back again."""
    with transaction.atomic():
        before = AuditEvent.objects.count()
        load_file(by=clerk, contents=lines(HEADER, *EVERYTHING), today=TODAY)
        assert list(broken_links()) == []
        events = AuditEvent.objects.order_by("number").values_list("action", "subject", "unit", "data")[before:]
        rows = [
            list(events),
            *(
                list(model.objects.filter(unit__code="thu").order_by("code").values_list(*columns))
                for model, columns in (
                    (Entry, ("code", "kind", "starts_on", "replaces__code", "first__code", "cancels", "reason")),
                    (Statement, ("code", "value", "replaces__code", "first__code")),
                    (Membership, ("code", "person__code", "ends_before", "leaving", "replaces__code")),
                )
            ),
            EntryCount.objects.filter(entry__unit__code="thu").count(),
            EntryMoney.objects.filter(entry__unit__code="thu").count(),
        ]
        transaction.set_rollback(True)
    return rows


def test_a_batch_writes_what_row_by_row_writes(clerk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    together = written(clerk)
    monkeypatch.setattr("nhiemky.foundation.batch.LONGEST", 3)
    in_small_batches = written(clerk)
    monkeypatch.setattr(loading, "MANY", {})
    one_by_one = written(clerk)
    assert together == one_by_one == in_small_batches
    assert len(together[0]) == len(EVERYTHING) + 1


@pytest.mark.parametrize(
    ("given", "line", "says"),
    [
        ([UNIT, ENTRY, SECOND, SECOND | {"id": "thu.e.3"}], 5, "đã được sửa hoặc hủy trước đó"),
        ([UNIT, ENTRY, SECOND | {"period": "2031"}, ENTRY | {"id": "thu.e.9"}], 4, "chưa đến"),
        ([UNIT, PERSON, MEMBER, MEMBER | {"id": "thu.m.9", "valid": "2021.."}], 5, "đã là đoàn viên"),
        ([SHORT_LIVED, PERSON, MEMBER], 4, "không hoạt động suốt thời gian"),
        ([UNIT, PERSON, MEMBER | {"leaving": "retired"}], 4, "phải có ngày ra"),
        ([UNIT, PERSON, MEMBER | {"valid": ".."}], 4, "Chưa có ngày vào"),
        ([UNIT, PERSON, MEMBER | {"valid": "2020..2021", "leaving": "khong_co"}], 4, "không có lý do ra"),
    ],
)
def test_a_fault_in_a_batch_has_its_line_and_leaves_nothing(
    clerk: User, given: list[dict[str, Any]], line: int, says: str
) -> None:
    before = AuditEvent.objects.count()
    with pytest.raises(FaultyFile) as caught:
        load_file(by=clerk, contents=lines(HEADER, *given), today=TODAY)
    [fault] = caught.value.faults
    assert fault.line == line and says in fault.sentence
    assert AuditEvent.objects.count() == before and not Entry.objects.filter(unit__code="thu").exists()
    assert list(broken_links()) == []


def test_a_move_is_an_end_here_and_a_start_there(clerk: User) -> None:
    other = UNIT | {"id": "thu-2"}
    there = MEMBER | {"id": "thu.m.3", "unit": "thu-2", "valid": "2022-06-01.."}
    leaving = {"type": "leaving", "id": "thu.m.2", "membership": "thu.m.1", "last": "2022-05-31", "leaving": "moved"}
    with pytest.raises(FaultyFile, match="đơn vị khác"):
        load_file(by=clerk, contents=lines(HEADER, UNIT, other, PERSON, MEMBER, there), today=TODAY)
    load_file(by=clerk, contents=lines(HEADER, UNIT, other, PERSON, MEMBER, leaving, there), today=TODAY)
    known = Membership.objects.filter(person__code="thu.n.1", superseded_at__isnull=True).order_by("starts_on")
    assert [(row.unit.code, row.leaving) for row in known] == [("thu", "moved"), ("thu-2", "")]
    assert Membership.objects.filter(code="thu.m.1", superseded_at__isnull=False).exists(), "what was known stays"
    again = {"type": "leaving", "id": "thu.m.9", "membership": "thu.m.2", "last": "2023", "leaving": "left"}
    with pytest.raises(FaultyFile, match="đã có ngày ra"):
        load_file(by=clerk, contents=lines(HEADER, again), today=TODAY)
