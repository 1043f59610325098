"""Backups on a disk that is full: a sentence, nothing half written, and what was there stays as it was."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection

from nhiemky.foundation import disk
from nhiemky.foundation.refusals import Refusal
from tests.foundation.backup.conftest import New
from tests.foundation.backup.installation import Installation, files, head

Disk = Callable[[int], Path]


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Disk]:
    """`small(kilobytes)` is a disk of that size."""
    made: list[Path] = []

    def make(kilobytes: int) -> Path:
        place = tmp_path / f"disk{len(made)}"
        place.mkdir()
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(place)], capture_output=True
        )
        if done.returncode:
            pytest.skip("only root can make a small disk")
        made.append(place)
        return place

    if shutil.which("mount") is None or os.name != "posix" or os.getuid() != 0:
        pytest.skip("only root can make a small disk")
    yield make
    for place in made:
        subprocess.run(["umount", "-l", str(place)], check=True)


def left(place: Path) -> set[str]:
    return {str(path.relative_to(place)) for path in place.rglob("*")}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the database of a server lies on another disk")
# too small while the new database is filled; too small only when it takes its place
@pytest.mark.parametrize("room", [2000, 3000])
def test_restored_on_to_a_disk_that_is_too_small(small: Disk, kept: Path, room: int) -> None:
    place = small(room)
    told = Installation(place / "var").run("restore", str(kept), status=2)
    assert "Ổ đĩa đã đầy" in told and "giải phóng chỗ" in told and "full" not in told and "Traceback" not in told
    assert left(place) <= {"var", "var/secret-key"}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the database of a server lies on another disk")
@pytest.mark.parametrize("options", [("--without-backup",), ()])
def test_replacing_on_a_full_disk_leaves_the_old_data(
    small: Disk, seeded: Installation, kept: Path, options: tuple[str, ...]
) -> None:
    place = small(4000)
    shutil.copytree(seeded.var, place / "var")
    shutil.rmtree(place / "var" / "evidence")
    installation = Installation(place / "var")
    before, there = head(installation), left(place)
    told = installation.run("restore", "--replace", *options, str(kept), status=2)
    assert "Ổ đĩa đã đầy" in told and "--without-backup" not in told
    assert head(installation) == before and files(installation) == {}
    assert {each for each in left(place) - there if "backups" not in each and not each.endswith(("-wal", "-shm"))} <= {
        "var/last-backup.json"
    }
    assert "0 lỗi" in installation.run("check")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the database of a server lies on another disk")
def test_a_broken_database_stays_where_it_was(small: Disk, kept: Path) -> None:
    installation = Installation(small(3000) / "var")
    installation.var.mkdir()
    broken = installation.var / "nhiemky.sqlite3"
    broken.write_bytes(b"broken" * 9000)
    assert "Ổ đĩa đã đầy" in installation.run("restore", "--replace", "--without-backup", str(kept), status=2)
    assert broken.read_bytes() == b"broken" * 9000
    assert left(installation.var) <= {"nhiemky.sqlite3", "secret-key"}


def test_a_backup_on_to_a_full_disk(small: Disk, seeded: Installation) -> None:
    # told before anything is written, and on the way
    for room in (100, 612):
        place = small(room)
        told = seeded.run("backup", str(place / "b.zip"), status=2)
        assert ("đã đầy" in told or "cần chừng" in told) and "No space" not in told, told
        assert left(place) == set()


def test_a_backup_out_of_a_full_disk_on_to_another(small: Disk, new: New, seeded: Installation, tmp_path: Path) -> None:
    place = small(6000)
    var = place / "var"
    shutil.copytree(seeded.var, var)
    installation = Installation(var, seeded.database)
    # as a server has it: the files beside the database are there
    held = sqlite3.connect(var / "nhiemky.sqlite3") if connection.vendor == "sqlite" else None
    if held:
        held.execute("SELECT count(*) FROM sqlite_master").fetchone()
    with pytest.raises(OSError, match="No space"), (place / "fill").open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass
    told = installation.run("backup", str(tmp_path / "rescued.zip"))
    assert "Đã sao lưu" in told and "Traceback" not in told
    new().run("restore", str(tmp_path / "rescued.zip"))
    if held:
        held.close()


def test_half_a_small_file_is_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("nhiemky.foundation.disk.os.fsync", fails)
    with pytest.raises(OSError, match="No space"):
        disk.put(tmp_path / "a.json", b"x")
    with pytest.raises(Refusal, match="ổ đĩa đã đầy") as refused, disk.whole_file(tmp_path / "b.zip") as file:
        file.write(b"x")
    assert disk.is_full(refused.value) and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [errno.ENOENT, errno.EACCES, errno.ENOSPC, errno.EROFS, errno.EXDEV])
def test_what_the_system_says_is_told_in_our_words(number: int) -> None:
    fault = OSError(number, os.strerror(number))
    said = disk.why(fault)
    assert said and os.strerror(number) not in said and any(ord(letter) > 127 for letter in said)
