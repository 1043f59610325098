"""Where an installation lies: made by the commands that begin one, asked for by all others."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from nhiemky.foundation import disk
from nhiemky.foundation.refusals import Refusal


def require() -> None:
    """A Refusal that names the place when nothing of ours is there; and then nothing is made there either."""
    file = _file()
    # a connection would make the file that it does not find
    if file is not None and not file.exists():
        raise _nothing_at(file.parent)
    with connection.cursor() as cursor:
        if "foundation_user" not in connection.introspection.table_names(cursor):
            raise _nothing_at(file.parent if file else Path(connection.settings_dict["NAME"]))


def _nothing_at(place: Path) -> Refusal:
    return Refusal(
        _("Không có dữ liệu Nhiệm kỳ ở “%(place)s”. Hãy kiểm tra NHIEMKY_VAR và NHIEMKY_DATABASE.") % {"place": place},
        _("Để bắt đầu một hệ thống mới ở đó: nhiemky start. Để đưa dữ liệu từ bản sao lưu về: nhiemky restore TÊN_TỆP"),
    )


def prepare() -> None:
    """The folder, closed to others, and the key; and what an earlier version left open to everybody on the machine."""
    try:
        Path(settings.VAR_DIR).mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as fault:
        if disk.is_full(fault):
            raise
        raise Refusal(
            _("Không tạo được thư mục “%(place)s”: %(why)s. Hãy kiểm tra NHIEMKY_VAR.")
            % {"place": settings.VAR_DIR, "why": disk.why(fault)}
        ) from fault
    disk.close_to_others(_ours())
    # before there are threads that might each make one
    str(settings.SECRET_KEY)


def _ours() -> Iterator[Path]:
    # never the folder itself when it was there before us: it may hold other things, and belong to others
    if file := _file():
        yield from (Path(f"{file}{end}") for end in ("", "-wal", "-shm", "-journal"))
    yield from (Path(settings.VAR_DIR) / name for name in ("evidence", "backups", "jobs", "last-backup.json"))


def _file() -> Path | None:
    """The file of the database; none for a server, or for one in memory."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor != "sqlite" or name == ":memory:" or "mode=memory" in name:
        return None
    return Path(name)


def hold_open() -> sqlite3.Connection | None:
    """One connection as long as the server lives; it keeps the two files beside the database of SQLite.

    Without them even reading has to make them, which a full disk does not let it.
    """
    if (file := _file()) is None:
        return None
    held = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    held.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return held
