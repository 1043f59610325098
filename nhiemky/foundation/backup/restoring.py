"""Restoring: everything is read, filled in and verified beside the data that is there; only then does it take its place.

SQLite: a new file is made and verified, then copied over the old one in a single transaction of SQLite itself, which a
killed process or a lost power supply leaves undone. PostgreSQL: all of it is one transaction. Files of evidence are only
ever added before that. So at any moment there is either the earlier data or the restored data, whole.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from nhiemky.foundation import audit, disk
from nhiemky.foundation.backup import engines, schema, store
from nhiemky.foundation.backup.actions import note_restore
from nhiemky.foundation.backup.archive import Reader, foreign
from nhiemky.foundation.backup.making import EVIDENCE, KEY, PRODUCT, make_backup
from nhiemky.foundation.backup.rows import columns, fill
from nhiemky.foundation.models import User
from nhiemky.foundation.refusals import Refusal

COMMAND_LINE = "dong-lenh"
_NEXT_KEY = "secret-key.next"
Verify = Callable[[], Iterable[object]]


@dataclass(frozen=True)
class Restored:
    """What is there now, and where the data that was there before was put."""

    made_at: datetime
    audit: int
    rows: int
    files: int
    key: bool
    before: Path | None
    faults: tuple[str, ...]


def restore_backup(
    path: Path, *, at: datetime, verify: Verify, replace: bool = False, keep_old: bool = True, with_faults: bool = False
) -> Restored:
    """Put the backup in the place of what is there; a Refusal whenever it cannot be, and then nothing has changed.

    `verify` names what is wrong with the filled database. `keep_old` makes a backup of the data that is replaced.
    """
    reader = Reader(path)
    try:
        manifest = _checked(reader)
        disk.room_for(Path(settings.VAR_DIR), sum(member.size for member in reader.members.values()))
        with _undone_when_full(), engines.alone(rescue=replace and not keep_old) as place:
            if place.holds_data and not replace:
                raise Refusal(
                    _("Hệ thống này đang có dữ liệu nên không ghi đè."),
                    _("Để thay bằng bản sao lưu, hãy thêm --replace; dữ liệu đang có được sao lưu trước."),
                )
            before = _keep(at) if place.holds_data and keep_old else None
            with _evidence(reader) as files, place.new():
                rows = _fill(reader, manifest)
                schema.migrate_to()
                faults = _verified(verify, with_faults)
                told = {
                    "made_at": manifest["made_at"], "audit": manifest["audit"], "seal": reader.seal,
                    "replaced": before.name if before else "", "faults": len(faults),
                }  # fmt: skip
                note_restore(by=User.objects.get(username=COMMAND_LINE), told=told)
                _prepare_key(reader)
        key = _finished()
    finally:
        reader.close()
    made_at = datetime.fromisoformat(manifest["made_at"])
    return Restored(made_at, manifest["audit"]["number"], rows, files, key, before, faults)


@contextmanager
def _undone_when_full() -> Iterator[None]:
    """A disk that fills up on the way is a Refusal; the key laid ready for data that did not arrive goes too."""
    try:
        yield
    except (OSError, DatabaseError, sqlite3.Error, Refusal) as fault:
        if not disk.is_full(fault):
            raise
        with suppress(OSError):
            (Path(settings.VAR_DIR) / _NEXT_KEY).unlink(missing_ok=True)
        raise Refusal(
            _("Ổ đĩa đã đầy nên chưa khôi phục được; dữ liệu đang có vẫn nguyên."),
            _("Hãy giải phóng chỗ trên ổ đĩa của “%(folder)s” hoặc chọn ổ đĩa lớn hơn, rồi làm lại.")
            % {"folder": settings.VAR_DIR},
        ) from fault


def _finished() -> bool:
    try:
        return finish_restore()
    except OSError as fault:
        raise Refusal(
            _("Dữ liệu đã được khôi phục, nhưng chưa ghi được khóa kèm theo: %(why)s.") % {"why": disk.why(fault)},
            _("Hãy giải phóng chỗ trên ổ đĩa rồi chạy: nhiemky check. Khóa sẽ được ghi nốt khi đó."),
        ) from fault


def _checked(reader: Reader) -> dict[str, Any]:
    """The manifest, when it is ours and these programs know everything in it."""
    manifest = reader.manifest
    try:
        if manifest["product"] != PRODUCT:
            raise ValueError("another product's")
        migrations = {(str(app), str(name)) for app, name in manifest["migrations"]}
        datetime.fromisoformat(manifest["made_at"])
        int(manifest["audit"]["number"]), str(manifest["audit"]["digest"])
        wanted = {f"tables/{table}.jsonl": about for table, about in manifest["tables"].items()}
        if wanted.keys() != {name for name in reader.members if name.startswith("tables/")}:
            raise ValueError("tables without rows, or rows without a table")
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise foreign() from fault
    known = {model._meta.db_table: columns(model) for model in schema.tables_at(migrations)}
    if known != {table: about.get("columns") for table, about in manifest["tables"].items()}:
        raise foreign()
    return {**manifest, "migrations": migrations}


def _keep(at: datetime) -> Path:
    try:
        made = make_backup(store.new_path(store.Kind.RESTORE, at), at=at)
    except (DatabaseError, Refusal) as fault:
        # to go on without a backup would be bad advice: the data is whole, only the disk is full
        if disk.is_full(fault):
            raise
        raise Refusal(
            _("Chưa sao lưu được dữ liệu đang có: %(why)s") % {"why": fault},
            _("Dữ liệu đó đã hỏng hoặc thuộc bản khác? Thêm --without-backup để thay mà không sao lưu nó."),
        ) from fault
    store.note_made(at, made.path)
    return made.path


def _fill(reader: Reader, manifest: dict[str, Any]) -> int:
    tables = schema.tables_at(manifest["migrations"])
    schema.migrate_to(manifest["migrations"])
    rows = 0
    try:
        with engines.filling():
            schema.empty(tables)
            for model in tables:
                table = model._meta.db_table
                count = fill(model, reader.lines(f"tables/{table}.jsonl"))
                if count != manifest["tables"][table]["rows"]:
                    raise foreign()
                rows += count
            schema.reset_sequences(tables)
        connection.check_constraints()
        if schema.audit_head() != (manifest["audit"]["number"], manifest["audit"]["digest"]):
            raise foreign()
    except (DatabaseError, ValueError, TypeError, OverflowError) as fault:
        if disk.is_full(fault):
            raise
        raise Refusal(
            _("Dữ liệu trong bản sao lưu không nạp được (%(why)s); dữ liệu đang có vẫn nguyên.")
            % {"why": str(fault).partition("\n")[0][:200]},
            _("Hãy dùng một bản sao lưu khác, hoặc báo người phụ trách phần mềm."),
        ) from fault
    return rows


def _verified(verify: Verify, with_faults: bool) -> tuple[str, ...]:
    """What is wrong with the rows; a Refusal unless there is nothing, or they were asked for nevertheless."""
    if not User.objects.filter(username=COMMAND_LINE).exists():
        raise foreign()
    faults = [str(fault) for fault in verify()]
    if faults and not with_faults:
        raise Refusal(
            _("Bản sao lưu nguyên vẹn nhưng dữ liệu trong đó có %(count)s lỗi; chưa thay gì cả.")
            % {"count": len(faults)},
            *faults[:10],
            _("Lỗi đã có từ lúc sao lưu. Hãy dùng bản cũ hơn, hoặc thêm --with-faults để khôi phục đúng như vậy."),
        )
    return tuple(faults)


@contextmanager
def _evidence(reader: Reader) -> Iterator[int]:
    """The files are in their places, whole, before any row names them; taken away again if the rows are refused."""
    folder = Path(settings.VAR_DIR) / EVIDENCE
    names = [name for name in reader.members if name.startswith(f"{EVIDENCE}/")]
    staging = folder / f".restore-{secrets.token_hex(6)}"
    added: list[Path] = []
    try:
        try:
            _stage(reader, names, staging)
            for number, name in enumerate(names):
                if (staged := staging / str(number)).exists():
                    target = folder / name.partition("/")[2]
                    target.parent.mkdir(parents=True, exist_ok=True)
                    if not target.exists():
                        added.append(target)
                    staged.replace(target)
            for parent in {path.parent for path in added}:
                disk.settle(parent)
        except OSError as fault:
            raise Refusal(
                _("Không ghi được tệp minh chứng: %(why)s. Hãy kiểm tra quyền ghi và chỗ trống của ổ đĩa.")
                % {"why": disk.why(fault)}
            ) from fault
        yield len(names)
    except BaseException:
        for path in added:
            path.unlink(missing_ok=True)
        raise
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        # folders that were made for nothing
        for empty in [*{folder / name.split("/")[1] for name in names}, folder]:
            with suppress(OSError):
                empty.rmdir()


def _stage(reader: Reader, names: list[str], staging: Path) -> None:
    """Write those that are not there yet, or no longer whole, beside the others."""
    shutil.rmtree(staging, ignore_errors=True)
    for old in staging.parent.glob(".restore-*"):
        shutil.rmtree(old, ignore_errors=True)
    if not names:
        return
    staging.mkdir(parents=True)
    written = []
    for number, name in enumerate(names):
        there = staging.parent / name.partition("/")[2]
        if there.is_file() and engines.sha256_of(there) == reader.members[name].sha256:
            continue
        with (staging / str(number)).open("wb") as file:
            for chunk in reader.chunks(name):
                file.write(chunk)
        written.append(staging / str(number))
    disk.settle_all(written)


def _prepare_key(reader: Reader) -> None:
    """Lay the key beside its place, with the event by which `finish_restore` knows that its database has arrived."""
    if KEY in reader.members:
        number, digest = schema.audit_head()
        key = b"".join(reader.chunks(KEY)).decode()
        disk.put(Path(settings.VAR_DIR) / _NEXT_KEY, json.dumps([number, digest, key]).encode())


def finish_restore() -> bool:
    """Take up the key that came with the restored data; called at every start, since a machine may stop in between."""
    laid = Path(settings.VAR_DIR) / _NEXT_KEY
    if not laid.exists():
        return False
    number, digest, key = json.loads(laid.read_text())
    event = audit.AuditEvent.objects.filter(number=number, digest=digest)
    arrived = schema.holds_data() and event.exists()
    if arrived and not os.environ.get("NHIEMKY_SECRET_KEY"):
        disk.put(Path(settings.VAR_DIR) / KEY, key.encode())
        settings.SECRET_KEY = key
    laid.unlink(missing_ok=True)
    return arrived
