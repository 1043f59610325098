"""Restoring: the same rows on either engine, nothing overwritten unasked, and at every moment the old or the new data."""

from __future__ import annotations

import json
import random
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from nhiemky.foundation.backup.archive import Reader
from tests.factories import TIMES
from tests.foundation.backup.conftest import New
from tests.foundation.backup.installation import Installation, asked, backup_file, files, head

pytestmark = pytest.mark.both_engines

MORE = """
from datetime import date
from nhiemky.foundation.models import User
from nhiemky.units.models import Unit
from nhiemky.ledger.actions import record_entry
from nhiemky.rules.indicators import Count
from nhiemky.rules.quantities import Quantity
from nhiemky.rules.timeline import Span
for day in range(1, 6):
    record_entry(by=User.objects.get(username="dong-lenh"), unit=Unit.objects.get(code="hc-suoi-mong"),
        kind="hardship", period=Span.on(date(2024, 5, day)), today=date(2024, 6, 1), counts=[Count("luot", Quantity(3))])
"""


@pytest.fixture(scope="module")
def changed(new: New, seeded: Installation) -> Installation:
    """Went on after the backup was made, and lost a file of evidence."""
    installation = new(like=seeded)
    installation.python(MORE)
    next(path for path in sorted((installation.var / "evidence").rglob("*")) if path.is_file()).unlink()
    return installation


def members(path: Path) -> dict[str, bytes]:
    reader = Reader(path)
    return {name: b"".join(reader.chunks(name)) for name in reader.members}


def test_every_row_and_every_file_comes_back(new: New, seeded: Installation, kept: Path, tmp_path: Path) -> None:
    empty = new(anew=True)
    told = empty.run("restore", str(kept))
    assert "Đã khôi phục" in told and "30 tệp minh chứng" in told
    assert files(empty) == files(seeded) and len(files(empty)) == 30
    assert (empty.var / "secret-key").read_bytes() == (seeded.var / "secret-key").read_bytes()
    assert "0 lỗi" in empty.run("check")
    before = Reader(kept).manifest["audit"]
    [(number, action, previous)] = asked(
        empty, "SELECT number, action, previous FROM foundation_auditevent ORDER BY number DESC LIMIT 1"
    )
    assert (number, action, previous) == (before["number"] + 1, "foundation.backup.restore", before["digest"])
    # a second backup differs from the first by that event and by nothing else
    again = tmp_path / "again.zip"
    empty.run("backup", str(again))
    one, two = members(kept), members(again)
    assert one.keys() == two.keys()
    differ = {name for name in one if one[name] != two[name]}
    assert differ == {"tables/foundation_auditevent.jsonl", "tables/foundation_audithead.jsonl"}
    assert two["tables/foundation_auditevent.jsonl"].startswith(one["tables/foundation_auditevent.jsonl"])
    # and the next work gets the next key
    empty.python(MORE)
    assert "0 lỗi" in empty.run("check")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the other engine is the one that was not started")
def test_from_the_laptop_to_the_province_and_back(new: New, kept: Path, tmp_path: Path) -> None:
    laptop, province, home = Installation(tmp_path / "laptop"), new(), Installation(tmp_path / "home")
    laptop.run("restore", str(kept))
    from_laptop, from_province = tmp_path / "laptop.zip", tmp_path / "province.zip"
    laptop.run("backup", str(from_laptop))
    assert Reader(from_laptop).manifest["engine"] == "sqlite"
    province.run("restore", str(from_laptop))
    assert "0 lỗi" in province.run("check")
    province.run("backup", str(from_province))
    home.run("restore", str(from_province))
    assert "0 lỗi" in home.run("check") and files(home) == files(laptop)
    one, two = members(from_laptop), members(from_province)
    # the events of the two restores stand at the end of a trail that is otherwise the same; objects in JSON may turn
    for name in one.keys() - {"tables/foundation_audithead.jsonl", "tables/foundation_auditevent.jsonl"}:
        assert rows(one[name]) == rows(two[name]), name
    trail = rows(one["tables/foundation_auditevent.jsonl"])
    assert rows(two["tables/foundation_auditevent.jsonl"])[: len(trail)] == trail


def rows(lines: bytes) -> Any:
    try:
        return [json.loads(line) for line in lines.splitlines()]
    except ValueError:
        return lines


def test_data_is_not_overwritten_unasked(changed: Installation, kept: Path) -> None:
    before = head(changed), files(changed)
    assert "--replace" in changed.run("restore", str(kept), status=2)
    assert (head(changed), files(changed)) == before


def test_replaced_data_was_backed_up_first(new: New, changed: Installation, seeded: Installation, kept: Path) -> None:
    installation, was = new(like=changed), head(changed)
    installation.run("restore", "--replace", str(kept))
    [safety] = (installation.var / "backups").glob("truoc-khoi-phuc-*.zip")
    audit = Reader(safety).manifest["audit"]
    assert (audit["number"], audit["digest"]) == was
    assert files(installation) == files(seeded)
    # the way back
    installation.run("restore", "--replace", "--without-backup", str(safety))
    assert head(installation)[0] == was[0] + 1 and "0 lỗi" in installation.run("check")


def test_a_damaged_one_changes_nothing(changed: Installation, kept: Path, tmp_path: Path) -> None:
    commands = []
    for where in (0.001, 0.3, 0.7, 0.999):
        broken = bytearray(kept.read_bytes())
        broken[int(where * len(broken))] ^= 4
        (tmp_path / f"{where}.zip").write_bytes(broken)
        commands.append(("restore", "--replace", str(tmp_path / f"{where}.zip")))
    before = head(changed), files(changed)
    for status, said in changed.each(*commands):
        assert status == 2 and "Hãy" in said
    assert (head(changed), files(changed)) == before
    assert not (changed.var / "backups").exists(), "not even a backup is made for a damaged one"


def resealed(kept: Path, path: Path, change: Any) -> Path:
    """The backup with one thing changed by somebody who can seal."""
    reader = Reader(kept)
    contents = {name: b"".join(reader.chunks(name)) for name in reader.members}
    manifest = {key: value for key, value in reader.manifest.items() if key not in ("members", "format")}
    change(manifest, contents)
    return backup_file(path, contents, **manifest)


def newer(manifest: dict[str, Any], contents: dict[str, bytes]) -> None:
    manifest["migrations"].append(["ledger", "0099_of_next_year"])


def another_product(manifest: dict[str, Any], contents: dict[str, bytes]) -> None:
    manifest["product"] = "khac"


def a_row_less(manifest: dict[str, Any], contents: dict[str, bytes]) -> None:
    contents["tables/ledger_entrycount.jsonl"] = contents["tables/ledger_entrycount.jsonl"].partition(b"\n")[2]


def half_an_entry(manifest: dict[str, Any], contents: dict[str, bytes]) -> None:
    a_row_less(manifest, contents)
    manifest["tables"]["ledger_entrycount"]["rows"] -= 1


def another_number(manifest: dict[str, Any], contents: dict[str, bytes]) -> None:
    name = "tables/ledger_entrycount.jsonl"
    first, _, rest = contents[name].partition(b"\n")
    row = json.loads(first)
    row[[isinstance(value, int) for value in row].index(True, 1)] += 1
    contents[name] = json.dumps(row).encode() + b"\n" + rest


def an_entry_without_a_unit(manifest: dict[str, Any], contents: dict[str, bytes]) -> None:
    name = "tables/units_unit.jsonl"
    contents[name] = contents[name].partition(b"\n")[2]
    manifest["tables"]["units_unit"]["rows"] -= 1


def no_json(manifest: dict[str, Any], contents: dict[str, bytes]) -> None:
    contents["tables/ledger_entry.jsonl"] = b"{]\n"


def another_table(manifest: dict[str, Any], contents: dict[str, bytes]) -> None:
    contents["tables/pg_authid.jsonl"] = b""
    manifest["tables"]["pg_authid"] = {"columns": ["a"], "rows": 0}


MADE_UP = {
    newer: "mới hơn",
    another_product: "không phải bản sao lưu",
    a_row_less: "không phải bản sao lưu",
    half_an_entry: "khác với lúc ghi",
    another_number: "khác với lúc ghi",
    an_entry_without_a_unit: "không nạp được",
    no_json: "không nạp được",
    another_table: "không phải bản sao lưu",
}


def test_one_that_was_made_up_changes_nothing(changed: Installation, kept: Path, tmp_path: Path) -> None:
    before = head(changed), files(changed)
    paths = [resealed(kept, tmp_path / f"{change.__name__}.zip", change) for change in MADE_UP]
    told = changed.each(*(("restore", "--replace", "--without-backup", str(path)) for path in paths))
    for (change, sentence), (status, said) in zip(MADE_UP.items(), told, strict=True):
        assert status == 2 and sentence in said, f"{change.__name__}: {said}"
    assert (head(changed), files(changed)) == before
    assert {path.name for path in changed.var.iterdir()} <= {
        "nhiemky.sqlite3", "nhiemky.sqlite3-wal", "nhiemky.sqlite3-shm", "evidence", "secret-key", "last-backup.json",
    }  # fmt: skip


def test_faults_that_were_there_may_be_restored_knowingly(new: New, kept: Path, tmp_path: Path) -> None:
    path, empty = resealed(kept, tmp_path / "made-up.zip", another_number), new()
    assert "--with-faults" in empty.run("restore", str(path), status=2)
    assert not (empty.var / "nhiemky.sqlite3").exists()
    assert "khác với lúc ghi" in empty.run("restore", "--with-faults", str(path), status=1)
    assert head(empty)[0] == Reader(kept).manifest["audit"]["number"] + 1


def test_not_while_the_system_runs(new: New, seeded: Installation, kept: Path) -> None:
    installation = new(like=seeded)
    worker = installation.start("work")
    try:
        assert worker.stdout is not None and "Việc nền" in worker.stdout.readline()
        for _ in range(100):
            if "đang chạy" in installation.run("restore", "--replace", str(kept), status=2):
                break
    finally:
        worker.terminate()
        worker.communicate(timeout=60)
    installation.run("restore", "--replace", str(kept))


# where a program is killed: the function after which it dies, and whether the restored data must be there then
STEPS = {
    "files": ("restoring._stage", False),
    "rows": ("restoring._fill", False),
    "verified": ("restoring._verified", False),
    "key laid": ("restoring._prepare_key", False),
    "taken over": ("engines._File._take_over", True),
}
KILL = """
import sys, os, signal
from nhiemky.config.command import main
from nhiemky.foundation.backup import engines, restoring
path, backup = sys.argv[1:]
place = {"restoring": restoring, "engines": engines}[path.split(".")[0]]
for name in path.split(".")[1:-1]:
    place = getattr(place, name)
name = path.rpartition(".")[2]
before = getattr(place, name)
def dies(*given, **named):
    before(*given, **named)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(place, name, dies)
main(["restore", "--replace", "--without-backup", backup])
"""


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_a_step_leaves_the_old_or_the_new(
    new: New, changed: Installation, seeded: Installation, kept: Path, step: str
) -> None:
    function, arrived = STEPS[step]
    if "_File" in function and connection.vendor == "postgresql":
        pytest.skip("on PostgreSQL the last step is the server's commit")
    installation = new(like=changed)
    old = head(installation)
    installation.python(KILL, function, str(kept), status=-9)
    (installation.var / "secret-key").write_text("another key than that of the backup, fifty letters long")
    assert "0 lỗi" in installation.run("check")
    if arrived:
        assert head(installation)[0] == Reader(kept).manifest["audit"]["number"] + 1
        assert (installation.var / "secret-key").read_bytes() == (seeded.var / "secret-key").read_bytes()
    else:
        assert head(installation) == old
        assert (installation.var / "secret-key").read_text().startswith("another key")
    assert files(installation).items() >= files(changed).items()
    if step == "files":
        installation.run("restore", "--replace", "--without-backup", str(kept))
        assert files(installation) == files(seeded)
        assert not list((installation.var / "evidence").glob(".restore-*")), "what was broken off is cleared away"


def test_killed_at_any_moment_leaves_the_old_or_the_new(new: New, changed: Installation, kept: Path) -> None:
    installation, chance = new(like=changed, anew=True), random.Random(7)
    old, fresh = head(installation), Reader(kept).manifest["audit"]["number"] + 1
    outcomes = []
    for _ in range(3 * (TIMES or 1)):
        process = installation.start("restore", "--replace", "--without-backup", str(kept))
        try:
            process.communicate(timeout=chance.uniform(0.4, 2.6))
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        now = head(installation)
        outcomes.append("new" if now != old else "old")
        assert now == old or now[0] == fresh
        old = now
    assert "0 lỗi" in installation.run("check")
    print(f"killed {len(outcomes)} times while restoring: {outcomes.count('old')} old, {outcomes.count('new')} new")


def test_killed_while_making_leaves_no_file_that_looks_like_one(new: New, seeded: Installation, tmp_path: Path) -> None:
    installation, chance, whole = replace(seeded, anew=True), random.Random(3), 0
    times = 3 * (TIMES or 1)
    for number in range(times):
        target = tmp_path / f"{number}.zip"
        process = installation.start("backup", str(target))
        try:
            process.communicate(timeout=chance.uniform(0.5, 1.6))
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        if target.exists():
            Reader(target)
            whole += 1
    print(f"killed {times} times while making: {whole} whole files, {times - whole} none")
    assert "0 lỗi" in seeded.run("check")


def test_the_file_is_for_its_owner_only_and_never_written_over(seeded: Installation, tmp_path: Path) -> None:
    target = tmp_path / "b.zip"
    seeded.run("backup", str(target))
    assert target.stat().st_mode & 0o777 == 0o600
    before = target.read_bytes()
    assert "tên khác" in seeded.run("backup", str(target), status=2)
    assert target.read_bytes() == before
    assert "Không ghi được" in seeded.run("backup", str(tmp_path / "khong-co" / "b.zip"), status=2)


def test_sessions_and_wrong_passwords_stay_behind(kept: Path) -> None:
    names = zipfile.ZipFile(kept).namelist()
    assert not [name for name in names if "session" in name or "axes" in name or "dbtaskresult" in name]
    assert "tables/foundation_user.jsonl" in names and "secret-key" in names


def test_evidence_broken_on_the_disk_is_kept_and_named(new: New, seeded: Installation, tmp_path: Path) -> None:
    installation = new(like=seeded)
    victim = next(path for path in sorted((installation.var / "evidence").rglob("*")) if path.is_file())
    victim.write_bytes(b"rot")
    told = installation.run("backup", str(tmp_path / "b.zip"), status=1)
    assert victim.name in told and "đã hỏng trên đĩa" in told


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a file that rots is SQLite's")
def test_a_broken_database_is_moved_aside_not_deleted(new: New, seeded: Installation, kept: Path) -> None:
    installation = new(like=seeded)
    database = installation.var / "nhiemky.sqlite3"
    database.write_bytes(b"rot" * 5000)
    assert "--without-backup" in installation.run("restore", "--replace", str(kept), status=2)
    installation.run("restore", "--replace", "--without-backup", str(kept))
    assert "0 lỗi" in installation.run("check")
    [aside] = installation.var.glob("nhiemky.sqlite3.2*")
    assert aside.read_bytes() == b"rot" * 5000


def test_a_backup_of_before_a_migration_is_brought_up_to_date(new: New, seeded: Installation, tmp_path: Path) -> None:
    """An older backup holds the tables of its time; they are filled first and migrated then."""
    older, path = new(like=seeded), tmp_path / "older.zip"
    older.python(
        "from django.core.management import call_command; call_command('migrate', 'axes', '0001', verbosity=0)"
    )
    older.run("backup", str(path))
    assert ["axes", "0002_auto_20151217_2044"] not in Reader(path).manifest["migrations"]
    fresh = new()
    fresh.run("restore", str(path))
    assert "0 lỗi" in fresh.run("check")
    [(count,)] = asked(fresh, "SELECT count(*) FROM django_migrations")
    [(all_of_them,)] = asked(seeded, "SELECT count(*) FROM django_migrations")
    assert count == all_of_them


def test_upgrade_backs_up_first_and_says_the_way_back(new: New, seeded: Installation) -> None:
    installation = new(like=seeded)
    assert "0 lỗi" in installation.run("upgrade")
    assert len(list((installation.var / "backups").glob("truoc-nang-cap-*.zip"))) == 1
    failing = (
        "from unittest import mock; from nhiemky.config import care; from nhiemky.config.command import main\n"
        "with mock.patch.object(care, 'call_command', side_effect=RuntimeError('hỏng giữa chừng')):\n"
        "    import contextlib, io; err = io.StringIO()\n"
        "    import time; time.sleep(1.1)\n"
        "    with contextlib.redirect_stderr(err): print(main(['upgrade']))\n"
        "print(err.getvalue())"
    )
    told = installation.python(failing)
    assert "\n2\n" in f"\n{told}" and "hỏng giữa chừng" in told and "nhiemky restore --replace" in told
    assert str(installation.var / "backups") in told


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a mode of SQLite's")
def test_the_database_stays_in_its_fast_mode(new: New, kept: Path) -> None:
    installation = new()
    installation.run("restore", str(kept))
    assert asked(installation, "PRAGMA journal_mode") == [("wal",)]
