"""Where an installation lies: a mistyped folder is refused and not made, and what is made is closed to others."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from nhiemky.foundation import disk
from tests.foundation.backup.installation import Installation

pytestmark = pytest.mark.skipif(os.name != "posix", reason="modes of files are those of POSIX")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_mistyped_folder_is_refused_by_every_command_that_reads(tmp_path: Path) -> None:
    var = tmp_path / "typo"
    told = Installation(var).each(
        ("backup", str(tmp_path / "x.zip")), ("check",), ("units",), ("report", "a", "2024"), ("tick",), ("work",),
        ("figure", "a", "b", "--from", "2018", "--to", "2023"), ("password", "a"), ("second-factor", "off", "a"),
        ("load", "x.jsonl"), ("upgrade",),
    )  # fmt: skip
    for status, said in told:
        assert status == 2 and str(var) in said and "NHIEMKY_VAR" in said and "Traceback" not in said, said
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_no_installation(tmp_path: Path) -> None:
    (tmp_path / "nhiemky.sqlite3").touch()
    assert "Không có dữ liệu" in Installation(tmp_path).run("units", status=2)


def test_a_new_installation_is_for_its_owner_only(tmp_path: Path) -> None:
    var = tmp_path / "var"
    code = (
        "from nhiemky.config.command import main; import os\n"
        "os.umask(0o022); main(['migrate'])\n"
        "from nhiemky.foundation.files import store, prepared\n"
        "store(prepared('a.pdf', b'%PDF-1.4 x'))\n"
        # the database and the two files beside it, while they are in use
        "from django.db import connection; from nhiemky.foundation.models import User; User.objects.count()\n"
        "from pathlib import Path; import stat, sys\n"
        "for each in sorted(Path(sys.argv[1]).rglob('*')): print(oct(stat.S_IMODE(each.stat().st_mode)), each.name)\n"
    )
    told = Installation(var).python(code, str(var))
    assert "nhiemky.sqlite3-wal" in told and "nhiemky.sqlite3-shm" in told and "secret-key" in told
    assert mode(var) == 0o700
    for line in told.splitlines():
        assert line.split()[0] in ("0o600", "0o700"), told


def test_what_was_open_is_closed_and_the_group_keeps_what_it_was_given(tmp_path: Path) -> None:
    var = tmp_path / "var"
    installation = Installation(var)
    installation.run("migrate")
    (var / "evidence").mkdir()
    var.chmod(0o755)
    (var / "evidence").chmod(0o2775)
    (var / "nhiemky.sqlite3").chmod(0o664)
    installation.run("migrate")
    assert mode(var / "nhiemky.sqlite3") == 0o660 and mode(var / "evidence") == 0o2770
    assert mode(var) == 0o755, "the folder may hold other things"


@pytest.mark.parametrize(("usual", "kept"), [(0o022, 0o077), (0o077, 0o077), (0o002, 0o007), (0o007, 0o007)])
def test_a_group_that_may_write_stays_let_in(usual: int, kept: int) -> None:
    before = os.umask(usual)
    try:
        disk.keep_private()
        assert os.umask(usual) == kept
    finally:
        os.umask(before)


def test_a_folder_that_cannot_be_made_is_told_in_our_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    told = Installation(tmp_path / "file" / "var").run("migrate", status=2)
    assert "không phải thư mục" in told and "Not a directory" not in told
