"""What restoring asks of each engine: to be alone with the data, a new database beside it, and to change places."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from nhiemky.foundation import disk
from nhiemky.foundation.backup import schema
from nhiemky.foundation.refusals import Refusal

_NEW = ".restore.sqlite3"
_ENDS = ("", "-wal", "-shm", "-journal")


class Place(Protocol):
    """Where the data lies, while nobody else is there."""

    holds_data: bool

    def new(self) -> AbstractContextManager[None]:
        """Inside, the connection leads to an empty database; at the end of it that one has taken the old one's place."""


def alone(*, rescue: bool) -> AbstractContextManager[Place]:
    """Nobody else has the database; refuses where somebody has. `rescue`: whatever is there may be broken."""
    return _alone_sqlite(rescue) if connection.vendor == "sqlite" else _alone_postgresql(rescue)


def _in_use() -> Refusal:
    return Refusal(
        _("Hệ thống đang chạy hoặc có người đang dùng dữ liệu nên chưa khôi phục được."),
        _("Hãy dừng Nhiệm kỳ (Ctrl+C ở cửa sổ đang chạy, hoặc dừng dịch vụ trên máy chủ) rồi làm lại."),
    )


@contextmanager
def filling() -> Iterator[None]:
    """One transaction in which rows may come in any order."""
    with connection.constraint_checks_disabled(), transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        yield


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# ---- SQLite


@dataclass
class _File:
    """The file of the database, locked through `lock`; none where it can no longer be read."""

    path: Path
    holds_data: bool
    lock: Any

    @contextmanager
    def new(self) -> Iterator[None]:
        beside = self.path.parent / _NEW
        _remove(beside)
        # the lock stays with this connection; the next one leads to the new file
        self.lock, connection.connection = connection.connection, None
        usual = connection.settings_dict["NAME"]
        connection.settings_dict["NAME"] = str(beside)
        try:
            yield
            connection.close()
            self._take_over(beside)
        finally:
            connection.close()
            connection.settings_dict["NAME"] = usual
            _remove(beside)

    def _take_over(self, beside: Path) -> None:
        if self.lock is not None:
            self._copy(beside)
            return
        aside = Path(f"{self.path}.{timezone.localtime():%Y%m%d-%H%M%S}")
        _rename(self.path, aside)
        try:
            self.lock = sqlite3.connect(self.path, isolation_level=None)
            self.lock.execute("PRAGMA journal_mode=WAL")
            self._copy(beside)
        except BaseException:
            # broken or not, it is what was there
            if self.lock is not None:
                self.lock.close()
                self.lock = None
            _remove(self.path)
            _rename(aside, self.path)
            raise

    def _copy(self, beside: Path) -> None:
        self.lock.execute("PRAGMA synchronous=FULL")
        with closing(sqlite3.connect(beside)) as source:
            # one transaction of the file that is written to: all pages, or none of them
            source.backup(self.lock)


@contextmanager
def _alone_sqlite(rescue: bool) -> Iterator[_File]:
    path = Path(connection.settings_dict["NAME"])
    if str(path) == ":memory:" or "mode=memory" in str(path):
        raise RuntimeError("a database in memory cannot be restored")
    path.parent.mkdir(parents=True, exist_ok=True)
    was_there = path.exists()
    options = connection.settings_dict["OPTIONS"]
    usual = dict(options)
    connection.close()
    place = _File(path, False, None)
    try:
        # held from the first reading on, through every transaction, until the connection closes
        options |= {"init_command": f"PRAGMA locking_mode=EXCLUSIVE; {usual.get('init_command', '')}", "timeout": 3}
        try:
            place.holds_data = schema.holds_data()
            with transaction.atomic():
                schema.holds_data()
        except DatabaseError as fault:
            if "locked" in str(fault):
                raise _in_use() from fault
            if disk.is_full(fault):
                raise
            if not rescue:
                raise Refusal(
                    _("Cơ sở dữ liệu đang có không đọc được: %(why)s.") % {"why": fault},
                    _("Hãy thêm --replace --without-backup: tệp hỏng được đổi tên để giữ lại, không bị xóa."),
                ) from fault
            connection.close()
        options.clear()
        options.update(usual)
        yield place
    finally:
        options.clear()
        options.update(usual)
        connection.close()
        if place.lock is not None:
            place.lock.close()
        if not was_there and not _has_tables(path):
            _remove(path)


def _has_tables(path: Path) -> bool:
    with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as found:
        return found.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None
    return True


def _rename(path: Path, to: Path) -> None:
    for end in _ENDS:
        if Path(f"{path}{end}").exists():
            Path(f"{path}{end}").rename(f"{to}{end}")


def _remove(path: Path) -> None:
    for end in _ENDS:
        Path(f"{path}{end}").unlink(missing_ok=True)


# ---- PostgreSQL


@dataclass
class _Server:
    """The tables in their database; `head` is the last event that was there when we looked."""

    holds_data: bool
    head: tuple[int, str]

    @contextmanager
    def new(self) -> Iterator[None]:
        with transaction.atomic(durable=True):
            if schema.audit_head() != self.head or _others():
                raise _in_use()
            schema.drop_tables()
            yield


@contextmanager
def _alone_postgresql(rescue: bool) -> Iterator[_Server]:
    if _others():
        raise _in_use()
    yield _Server(schema.holds_data(), schema.audit_head())


def _others() -> int:
    """How many other connections there are to this database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        return int(cursor.fetchone()[0])
