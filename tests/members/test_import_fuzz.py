"""Random bytes and random workbooks: refused in a sentence or looked over; never a fault, never half written."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nhiemky.documents.sheet_reading import open_sheets
from nhiemky.foundation.models import AuditEvent
from nhiemky.foundation.refusals import Refusal
from nhiemky.members.importing.spool import Decision, open_spool
from nhiemky.members.importing.tasks import write
from nhiemky.members.models import Membership, Person
from tests.factories import TIMES, rolled_back
from tests.members.sheets import looked_over, packed, xlsx

TODAY = date(2026, 6, 30)
HEADINGS = [
    "Họ và tên", "Ngày sinh", "CCCD", "Điện thoại", "Email", "Tổ CĐ", "Ngày về đơn vị", "Ngày vào CĐ", "Ngày nghỉ",
    "Lý do", "Đảng viên", "Cán bộ công đoàn", "Chức vụ CĐ", "Giới tính", "Trình độ", "Họ đệm", "Tên", "Ngày sinh nữ",
    "Đơn vị", "Ghi chú", "không rõ", "",
]  # fmt: skip
LIKELY = st.sampled_from([
    "Nguyễn Thị Hoa", "TRẦN VĂN NAM", "Lê An", "5/6/1988", "1988", "31/2/1990", "001188000123", "0912345678", "x",
    "a@b.vn", "Tổ Toán Tin", "i-truong", "nghỉ hưu", "1/1/2020", "2/2030", "=1+1", "", "Chuyên trách", "ĐH", "\u0301",
])  # fmt: skip
CELLS = st.one_of(
    LIKELY,
    LIKELY,
    st.text(max_size=12),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(10**18), 10**18),
    st.booleans(),
    st.datetimes(datetime(1900, 3, 1), datetime(2200, 1, 1)),  # noqa: DTZ001 - cells have no zone
)
QUIET = settings(
    max_examples=60 * (TIMES or 1), deadline=None, derandomize=not TIMES, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@QUIET
@given(st.one_of(
    st.binary(max_size=300),
    st.binary(max_size=200).map(lambda tail: b"PK\x03\x04" + tail),
    st.binary(max_size=700).map(lambda tail: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + tail),
    st.text(max_size=200).map(str.encode),
    st.text(max_size=200).map(lambda text: text.encode("utf-16", "surrogatepass")),
    st.binary(max_size=300).map(lambda part: packed({"xl/workbook.xml": part, "xl/worksheets/sheet1.xml": part})),
))  # fmt: skip
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        sheets = open_sheets(data)
        for name in sheets.names:
            for row in sheets.rows(name):
                assert all(isinstance(cell, str) for cell in row.cells)
    except Refusal as refusal:
        assert all(sentence.endswith(".") for sentence in refusal.sentences)


@QUIET
@given(st.integers(0, 6000), st.integers(0, 255))
def test_a_workbook_with_a_broken_byte_is_read_or_refused(at: int, byte: int) -> None:
    data = bytearray(xlsx([["Họ và tên", "Ngày sinh"], ["Nguyễn Thị Hoa", 1988]]))
    data[at % len(data)] = byte
    try:
        sheets = open_sheets(bytes(data))
        assert [list(sheets.rows(name)) for name in sheets.names]
    except Refusal as refusal:
        assert refusal.sentences


@pytest.mark.django_db
@pytest.mark.both_engines
def test_any_list_is_written_whole_or_not_at_all(union: SimpleNamespace) -> None:
    """Whatever stands in the cells: each row is told what becomes of it, and that is what is written."""

    @QUIET
    @given(
        st.lists(st.sampled_from(HEADINGS), min_size=1, max_size=9),
        st.lists(st.lists(CELLS, max_size=9), max_size=8),
        st.booleans(), st.sampled_from([Decision.NEW, Decision.OUT]),
    )  # fmt: skip
    def holds(headings: list[str], rows: list[list[Any]], without: bool, decision: Decision) -> None:
        with rolled_back():
            before = Person.objects.count(), Membership.objects.count(), AuditEvent.objects.count()
            try:
                data = xlsx([["Họ và tên", *headings], *rows])
                draft, looked = looked_over(data, union.school, union.officer, TODAY, without_faulty_cells=without)
            except Refusal as refusal:
                assert refusal.sentences
                return
            for row in looked:
                assert len(row.cells) == len(draft.mapping)
                assert not row.blocked or row.told or any(cell[2] for cell in row.cells)
            with open_spool(draft.rows_path) as spool:
                spool.decide(decision)
                spool.decide(Decision.OUT)
                forecast = spool.forecast(without)
            try:
                write(draft, union.school, union.officer, lambda _done: None)
            except Refusal:
                assert not forecast["new"] + forecast["amended"]
                assert before == (Person.objects.count(), Membership.objects.count(), AuditEvent.objects.count())
                return
            assert draft.counts == {name: count for name, count in forecast.items() if count}
            assert Person.objects.count() == before[0] + forecast["new"]
            assert Membership.objects.count() == before[1] + forecast["new"]
            assert AuditEvent.objects.count() == before[2] + 1

    holds()


WRITES = """
import sys
from nhiemky.foundation import clock
from nhiemky.foundation.models import User
from nhiemky.members.importing import known, preview
from nhiemky.members.actions import apply_import
from nhiemky.units.models import Unit
by, unit = User.objects.get(username="dong-lenh"), Unit.objects.get(code="hc-thcs-may-trang")
draft = preview.begin(by=by, unit=unit, name="x.csv", data=open(sys.argv[1], "rb").read(), at=clock.now())
preview.look_over(draft, unit, by, clock.today())
known.MANY = 50
told = []
def tell(done):
    told.append(done)
    if len(told) == 3:
        print("half way", flush=True)
        import time
        time.sleep(60)
apply_import(by=by, unit=unit, draft=draft, today=clock.today(), tell=tell)
"""


def test_an_import_that_is_killed_half_way_has_written_nothing(tmp_path: Path) -> None:
    from tests.foundation.backup.installation import Installation

    (tmp_path / "var").mkdir()
    there = Installation(tmp_path / "var", "")
    there.run("demo", "--small")
    lines = [f"Nguyễn Thị {chr(97 + at // 26 % 26)}{chr(97 + at % 26)};1988" for at in range(400)]
    (tmp_path / "list.csv").write_text("\n".join(["Họ và tên;Ngày sinh", *lines]), encoding="utf-8")
    code = f"import django; django.setup()\n{WRITES}"
    environment = there.environment | {"DJANGO_SETTINGS_MODULE": "nhiemky.config.settings"}
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "list.csv")], env=environment,
                               stdout=subprocess.PIPE, text=True)  # fmt: skip
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == "half way\n"
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
    time.sleep(0.1)
    base = sqlite3.connect(there.var / "nhiemky.sqlite3")
    counts = {
        table: base.execute(f"SELECT count(*) FROM members_{table}").fetchone()[0]
        for table in ("sheetimport", "membership")
    }
    named = base.execute("SELECT count(*) FROM members_person WHERE folded LIKE 'nguyen thi __'").fetchone()[0]
    base.close()
    assert (counts["sheetimport"], named) == (0, 0)
    assert "Đã kiểm tra: 0 lỗi" in there.run("check")
    # and it can be done again
    told = there.run("import", "members", str(tmp_path / "list.csv"), "--unit", "hc-thcs-may-trang", "--present", "1/1/2024",
                     "--leave-out")  # fmt: skip
    assert "400 người mới" in told
