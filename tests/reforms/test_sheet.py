"""Plans out of sheets and on the command line: filled as an office fills them, read, tried and applied."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from nhiemky.config.command import main
from nhiemky.foundation.models import AuditEvent
from nhiemky.foundation.refusals import Refusal
from nhiemky.reforms.models import Reorganisation, State
from nhiemky.reforms.rows import Do, Row
from nhiemky.reforms.sheet import read_plan, template
from nhiemky.units.history import history
from nhiemky.units.models import Unit
from tests.reforms.test_stories import DAY, province

__all__ = ["province"]
pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]


@pytest.fixture
def filled(province: Unit, tmp_path: Path) -> Callable[..., Path]:
    """The template of the province, with what happens written into its lines and others added below."""

    def fill(happens: dict[str, dict[str, str]], *more: dict[str, str]) -> Path:
        book = openpyxl.load_workbook(io.BytesIO(template(province, DAY)))
        page = book["Phương án"]
        columns = {cell.value: cell.column for cell in page[3]}
        for line in range(4, page.max_row + 1):
            for heading, text in happens.get(page.cell(line, columns["Mã đơn vị"]).value, {}).items():
                page.cell(line, columns[heading]).value = text
        for line, each in enumerate(more, page.max_row + 1):
            for heading, text in each.items():
                page.cell(line, columns[heading]).value = text
        path = tmp_path / "phuong-an.xlsx"
        book.save(path)
        return path

    return fill


def test_the_template_that_nobody_filled_changes_nothing(province: Unit) -> None:
    assert read_plan(template(province, DAY)) == []


def test_a_filled_template_is_read_row_by_row(filled: Callable[..., Path]) -> None:
    path = filled(
        {
            "sx-mot": {
                "Việc": "chuyển về",
                "Đơn vị nhận hoặc cấp trên mới": "Công đoàn phường Mới",
                "Địa bàn": "xã Bên",
            },
            "sx-hai": {"Việc": "Giải thể"},
        },
        {"Việc": "thành lập", "Tên mới": "Công đoàn phường Mới", "Loại": "Công đoàn xã, phường, đặc khu"},
    )
    assert [(row.do, row.unit, row.to, row.name, row.kind, row.territory) for row in read_plan(path.read_bytes())] == [
        (Do.END, "sx-hai", "", "", "", ""),
        (Do.MOVE, "sx-mot", "Công đoàn phường Mới", "", "", "xã Bên"),
        (Do.FOUND, "", "", "Công đoàn phường Mới", "ward", ""),
    ]


def told(capsys: pytest.CaptureFixture[str], status: int, *given: Any) -> dict[str, Any]:
    found = main(["reorganise", *map(str, given), "--unit", "sx-tinh", "--day", "1/7/2025", "--format", "json"])
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert found == status, said
    return said


def test_a_plan_is_tried_and_then_applied_on_the_command_line(
    filled: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = filled(
        {code: {"Việc": "chuyển về", "Đơn vị nhận hoặc cấp trên mới": "Công đoàn phường Mới"} for code in ("sx-mot", "sx-hai")}
        | {"sx-huyen": {"Việc": "kết thúc"}},
        {"Việc": "thành lập", "Tên mới": "Công đoàn phường Mới", "Loại": "Công đoàn xã, phường, đặc khu"},
    )  # fmt: skip
    before, events = history(), AuditEvent.objects.count()
    tried = told(capsys, 0, path, "--dry-run")
    assert (history(), AuditEvent.objects.count(), Reorganisation.objects.count()) == (before, events, 0)
    assert not tried["written"]
    applied = told(capsys, 0, path, "--decision", "12/QĐ-LĐLĐ")
    for name in ("counts", "terms", "posts", "members", "totals"):
        assert applied[name] == tried[name], name
    assert applied["counts"]["moved"] == 2
    assert applied["counts"]["ended"] == 1
    assert all(line["equal"] for line in applied["totals"])
    assert [line["then"] for line in applied["totals"] if line["figure"] == "tet_gifts_given"] == [[8, 8]]
    assert Reorganisation.objects.get(code=applied["code"]).state == State.APPLIED


def test_every_fault_is_told_with_its_line_and_nothing_is_kept(
    filled: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = filled(
        {
            "sx-mot": {"Việc": "chuyển về", "Đơn vị nhận hoặc cấp trên mới": "không có"},
            "sx-huyen": {"Việc": "kết thúc"},
        }
    )
    said = told(capsys, 1, path)
    assert "không có" in said["faults"][0]["sentence"]
    assert said["faults"][0]["row"] >= 4
    assert Reorganisation.objects.count() == 0


def a_sheet(*lines: tuple[str, ...]) -> bytes:
    book = openpyxl.Workbook()
    for line in (("Việc", "Mã đơn vị", "Đơn vị nhận", "Loại"), *lines):
        book.active.append(line)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def test_words_that_are_not_known_are_told_all_at_once() -> None:
    with pytest.raises(Refusal) as refused:
        read_plan(a_sheet(("dời đô", "a", "b"), ("thành lập", "c", "d", "liên hiệp")))
    assert len(refused.value.sentences) == 2
    assert refused.value.sentences[0].startswith("Dòng 2: Việc “dời đô”")
    assert "“liên hiệp”" in refused.value.sentences[1]


def test_a_hundred_thousand_lines_with_one_fault_are_refused_by_its_line() -> None:
    text = "Việc,Mã đơn vị,Đơn vị nhận\n" + "chuyển về,a,b\n" * 99_999 + "dời đô,a,b\n"
    with pytest.raises(Refusal) as refused:
        read_plan(text.encode())
    assert [sentence[:12] for sentence in refused.value.sentences] == ["Dòng 100001:"]


@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02", b"MZ...", "Họ tên,Ngày sinh\nA,1\n".encode()])
def test_what_is_no_plan_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(Refusal):
        read_plan(data)


def test_rows_come_back_from_what_is_kept() -> None:
    row = Row(Do.SPLIT, "a", "b", heir=True, rest=True, at=3)
    assert Row.of_json(json.loads(json.dumps(row.as_json()))) == row
