"""Bad files are refused with their line and a sentence, and nothing of them is written."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from nhiemky.exchange.faults import FaultyFile
from nhiemky.exchange.whole import archive
from nhiemky.exchange.whole.actions import load_whole
from nhiemky.foundation.models import AuditEvent, User
from nhiemky.foundation.refusals import NotAllowed, Refusal
from nhiemky.units.models import Unit
from tests.exchange import rich
from tests.exchange.test_whole import into, lines, out
from tests.factories import a_user, rolled_back

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def sent(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Rows, dict[str, bytes]]:
    """Lines and files of a good one; the union that it came from is gone."""
    from django.conf import settings

    usual, settings.EVIDENCE_DIR = settings.EVIDENCE_DIR, tmp_path_factory.mktemp("evidence")
    with django_db_blocker.unblock(), rolled_back():
        rich.write()
        path = out(tmp_path_factory.mktemp("sent") / "x.zip", "du-huyen")
    settings.EVIDENCE_DIR = usual
    with zipfile.ZipFile(path) as package:
        files = {name: package.read(name) for name in package.namelist() if name != archive.LINES}
    return lines(path), files


def packed(path: Path, rows: Rows, files: dict[str, bytes], *, sealed: bool = True) -> Path:
    """A file of these lines, with the last one set right."""
    texts = [json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows]
    if sealed:
        body = b"".join(texts[:-1])
        end = {"type": "end", "lines": len(texts), "sha256": hashlib.sha256(body).hexdigest()}
        texts[-1] = json.dumps(end).encode() + b"\n"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(archive.LINES, b"".join(texts))
        for name, data in files.items():
            package.writestr(name, data)
    return path


def first(rows: Rows, kind: str, **wanted: Any) -> dict[str, Any]:
    return next(row for row in rows if row["type"] == kind and wanted.items() <= row.items())


def change(kind: str, given: dict[str, Any], **wanted: Any) -> Callable[[Rows], Any]:
    return lambda rows: first(rows, kind, **wanted).update(given)


def part(kind: str, name: str, given: dict[str, Any], **wanted: Any) -> Callable[[Rows], Any]:
    return lambda rows: first(rows, kind, **wanted)[name][0].update(given)


def drop(kind: str, **wanted: Any) -> Callable[[Rows], Any]:
    return lambda rows: rows.remove(first(rows, kind, **wanted))


def twice(rows: Rows) -> None:
    at = rows.index(first(rows, "entry"))
    rows.insert(at + 1, rows[at] | {"note": "khác"})


def swapped(rows: Rows) -> None:
    """A correction above what it corrects."""
    one, two = (rows.index(first(rows, "entry", id=code)) for code in ("du.e1", "du.e2"))
    rows[one], rows[two] = rows[two], rows[one]


def in_a_circle(rows: Rows) -> None:
    """Two merges that each keep the other."""
    merge = first(rows, "merge", reason="đúng là một người")
    rows.insert(rows.index(merge), merge | {"kept": merge["dropped"], "dropped": merge["kept"]})


def under_itself(rows: Rows) -> None:
    edge = first(rows, "placement", unit="du-huyen")
    rows.insert(rows.index(edge) + 1, edge | {"id": "du.vong", "unit": "du-tinh", "parent": "du-a"})


def two_parents(rows: Rows) -> None:
    edge = first(rows, "placement", unit="du-a")
    rows.insert(rows.index(edge) + 1, edge | {"id": "du.hai", "parent": "du-ben"})


def member_twice(rows: Rows) -> None:
    row = first(rows, "membership", person="du.lan")
    rows.insert(rows.index(row) + 1, row | {"id": "du.hai", "unit": "du-b"})


def out_of_order(rows: Rows) -> None:
    rows.insert(1, rows.pop(rows.index(first(rows, "entry"))))


FAULTS: list[tuple[str, Callable[[Rows], Any], str]] = [
    ("no such kind of line", lambda rows: rows.insert(2, {"type": "vua", "id": "x"}), r"Dòng 3: Không có loại đối tượng “vua”"),
    ("a name that is none", change("entry", {"luong": 5}), "Không có trường “luong”"),
    ("a number for a text", change("entry", {"note": 5}), "“note”: phải là chữ"),
    ("a text for a number", part("entry", "counts", {"value": "5"}), r"“counts.0.value”: phải là số nguyên"),
    ("a number too large", part("entry", "counts", {"value": 2**63}), "ngoài mức cho phép"),
    ("less than nothing", part("entry", "counts", {"value": -4}), "Trái với dữ liệu"),
    ("a sign that is none", change("person", {"name": "A\x00b"}), "ký tự điều khiển"),
    ("a text too long", change("person", {"name": "A" * 121}), "dài hơn 120"),
    ("no name", change("person", {"name": ""}), "“name”: còn thiếu"),
    ("no such day", change("entry", {"span": "2025-02-30"}), "không có thật"),
    ("an end before its start", change("entry", {"span": ["2025-02-02", "day", "2025-02-01", "day"]}), "Trái với|ngày cuối"),
    ("no time zone", change("entry", {"recorded_at": "2025-01-01T00:00:00"}), "thiếu múi giờ"),
    ("an unknown kind of work", change("entry", {"kind": "vui"}), "danh mục không có mã “vui”"),
    ("an unknown role", change("post", {"role": "vua"}), "danh mục không có mã “vua”"),
    ("an unknown state", change("transfer", {"state": "lost"}), "không có giá trị “lost”"),
    ("a code that is a path", change("entry", {"id": "../../x"}), "không phải mã"),
    ("a person of nowhere", change("membership", {"person": "du.khong"}), r"Không tìm thấy “du.khong” \(person\)"),
    ("a unit of nowhere", drop("unit", id="du-xa"), r"Không tìm thấy “du-xa” \(unit\)"),
    ("a correction above", swapped, "Không tìm thấy “du.e1”"),
    ("one code twice", twice, "Mỗi mã chỉ ghi một lần"),
    ("kinds out of order", out_of_order, "phải ở dưới"),
    ("merges in a circle", in_a_circle, "dẫn vòng quanh"),
    ("a unit under itself", under_itself, "đứng dưới chính nó"),
    ("two parents", two_parents, "hai cấp trên cùng lúc"),
    ("a member of two units", member_twice, "đoàn viên ở hai đơn vị cùng ngày"),
    ("details that are a list", change("entry", {"details": [1]}), "không đúng dạng"),
    ("counts that are no list", change("entry", {"counts": {}}), "phải là danh sách"),
    ("a digest that is none", part("entry", "evidence", {"digest": "../x"}), "Thiếu tệp"),
    ("version 3", lambda rows: rows[0].update(version=3), '"version": 2'),
    ("lines after the end", lambda rows: rows.insert(3, {"type": "end", "lines": 4, "sha256": ""}), "Sau dòng cuối|đã bị sửa"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "spoil", "says"), FAULTS, ids=[row[0] for row in FAULTS])
def test_a_bad_line_is_refused_and_nothing_is_written(
    sent: tuple[Rows, dict[str, bytes]],
    tmp_path: Path,
    settings: Settings,
    name: str,
    spoil: Callable[[Rows], Any],
    says: str,
) -> None:
    settings.EVIDENCE_DIR = tmp_path / "e"
    rows = json.loads(json.dumps(sent[0]))
    spoil(rows)
    before = AuditEvent.objects.count()
    with pytest.raises(FaultyFile, match=says):
        into(packed(tmp_path / "bad.zip", rows, sent[1]))
    assert not Unit.objects.filter(code="du-huyen").exists() and AuditEvent.objects.count() == before
    assert not User.objects.filter(username="du.can-bo").exists()


def test_the_good_one_is_taken(sent: tuple[Rows, dict[str, bytes]], tmp_path: Path, settings: Settings) -> None:
    """Else the tests above would prove nothing."""
    settings.EVIDENCE_DIR = tmp_path / "e"
    assert sum(into(packed(tmp_path / "good.zip", *sent)).written.values()) == len(sent[0]) - 2


def test_a_file_that_was_cut_or_changed_is_known(sent: tuple[Rows, dict[str, bytes]], tmp_path: Path) -> None:
    rows, files = sent
    with pytest.raises(FaultyFile, match="thiếu dòng cuối"):
        into(packed(tmp_path / "cut.zip", rows[:-1], files, sealed=False))
    changed = [*rows[:5], rows[5] | {"note": "đổi"}, *rows[6:]]
    with pytest.raises(FaultyFile, match="đã bị sửa hoặc mất dòng"):
        into(packed(tmp_path / "changed.zip", changed, files, sealed=False))
    (tmp_path / "empty.jsonl").write_bytes(b"")
    with pytest.raises(FaultyFile, match="Tệp trống"):
        into(tmp_path / "empty.jsonl")


def test_zips_that_were_made_to_harm_are_refused(
    sent: tuple[Rows, dict[str, bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, files = sent
    path, name = tmp_path / "x.zip", next(iter(files))
    for extra in ("../../etc/passwd", "/etc/passwd", "files/..", "files/" + "A" * 64, "data.jsonl/x"):
        with pytest.raises(Refusal, match="không phải phần của tệp"):
            into(packed(path, rows, files | {extra: b"x"}))
    with pytest.raises(FaultyFile, match="Không dòng nào nhắc đến"):
        into(packed(path, rows, files | {"files/" + "a" * 64: b"x"}))
    with pytest.raises(FaultyFile, match=r"Dòng \d+: Tệp .* không còn như lúc xuất"):
        into(packed(path, rows, files | {name: b"khac"}))
    with pytest.raises(FaultyFile, match=r"Dòng \d+: Thiếu tệp"):
        into(packed(path, rows, {each: data for each, data in files.items() if each != name}))
    whole = packed(path, rows, files).read_bytes()
    for cut in (len(whole) // 2, len(whole) - 30):
        path.write_bytes(whole[:cut])
        with pytest.raises(Refusal, match="hỏng"):
            into(path)
    monkeypatch.setattr(archive, "ALWAYS_ALLOWED", 1_000_000)
    bomb = packed(path, [rows[0], *[{"type": "source", "id": "a", "title": "0" * 200_000}] * 40, {}], {})
    assert bomb.stat().st_size < 20_000
    with pytest.raises(Refusal, match="phình ra"):
        into(bomb)
    monkeypatch.setattr(archive, "LARGEST_FILE", 100)
    with pytest.raises(FaultyFile, match="lớn hơn"):
        into(packed(path, rows, files))
    monkeypatch.setattr(archive, "LONGEST_LINE", 60)
    with pytest.raises(Refusal, match="dòng dài hơn"):
        into(packed(path, rows, files))


def test_only_who_answers_for_the_installation_loads(sent: tuple[Rows, dict[str, bytes]], tmp_path: Path) -> None:
    with pytest.raises(NotAllowed):
        load_whole(by=a_user("du-ai"), path=packed(tmp_path / "x.zip", *sent))
