"""Making a backup while people work: one reading of the database between two actions, then the files it may name."""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from nhiemky.foundation import disk
from nhiemky.foundation.backup import schema
from nhiemky.foundation.backup.archive import CHUNK, Writer, is_name
from nhiemky.foundation.backup.rows import columns, lines_of

EVIDENCE, KEY = "evidence", "secret-key"
PRODUCT = "nhiemky"
# what the rows take of the time, in thousandths; the files take the rest
_ROWS = 300
_ADDRESSED = re.compile(r"([0-9a-f]{2})/\1[0-9a-f]{62}")

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Made:
    """A finished backup: which point of the trail it holds, and the files that were broken on the disk already."""

    path: Path
    size: int
    seal: str
    audit: int
    rows: int
    files: int
    broken: tuple[str, ...]


def make_backup(target: Path, *, at: datetime, progress: Progress = lambda _done: None) -> Made:
    """Write database, evidence and key into `target`; a Refusal where that cannot be, and then no file is there."""
    disk.room_for(target.parent if target.parent.is_dir() else Path(), sum(size for _, size in evidence_files()))
    with disk.whole_file(target) as file:
        writer = Writer(file, at)
        with snapshot():
            migrations = schema.applied()
            number, digest = schema.audit_head()
            tables = _write_tables(writer, migrations, progress)
        # the database first, then the files: a file is there before a row names it, and never goes
        broken = _write_evidence(writer, progress)
        if key := _key():
            writer.add(KEY, [key], compress=False)
        manifest = {
            "product": PRODUCT,
            "version": importlib.metadata.version("nhiemky"),
            "made_at": at.isoformat(),
            "engine": connection.vendor,
            "migrations": sorted(migrations),
            "audit": {"number": number, "digest": digest},
            "tables": tables,
        }
        seal = writer.finish(manifest)
    rows = sum(table["rows"] for table in tables.values())
    files = sum(name.startswith(f"{EVIDENCE}/") for name in writer.members)
    return Made(target, target.stat().st_size, seal, number, rows, files, broken)


@contextmanager
def snapshot() -> Iterator[None]:
    """Reads inside see one point between two actions, and nobody who writes waits for them."""
    connection.ensure_connection()
    if connection.vendor == "postgresql":
        with transaction.atomic(durable=True):
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
        return
    # our transactions take the lock of writing at once; this one must not
    usual, connection.transaction_mode = connection.transaction_mode, "DEFERRED"  # type: ignore[attr-defined]
    try:
        with transaction.atomic(durable=True):
            yield
    finally:
        connection.transaction_mode = usual  # type: ignore[attr-defined]


def _write_tables(writer: Writer, migrations: set[schema.Migration], progress: Progress) -> dict[str, Any]:
    found: dict[str, Any] = {}
    models = schema.tables_at(migrations)
    for done, model in enumerate(models):
        table = model._meta.db_table
        rows = 0

        def chunks(model: Any = model) -> Iterator[bytes]:
            nonlocal rows
            waiting: list[bytes] = []
            size = 0
            for line in lines_of(model):
                rows += 1
                waiting.append(line)
                size += len(line)
                if size >= CHUNK:
                    yield b"".join(waiting)
                    waiting, size = [], 0
            yield b"".join(waiting)

        writer.add(f"tables/{table}.jsonl", chunks(), compress=True)
        found[table] = {"columns": columns(model), "rows": rows}
        progress(_ROWS * (done + 1) // len(models))
    return found


def evidence_files() -> list[tuple[str, int]]:
    """Path under the folder of evidence, and size; what is still being written has a name with a dot before it."""
    folder = settings.VAR_DIR / EVIDENCE
    found = []
    for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
        inside = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in inside.parts)
        if not hidden and not path.is_symlink() and path.is_file() and is_name(f"{EVIDENCE}/{inside.as_posix()}"):
            found.append((inside.as_posix(), path.stat().st_size))
    return found


def _write_evidence(writer: Writer, progress: Progress) -> tuple[str, ...]:
    """The names of files whose contents are no longer what their name says: they are kept as they are."""
    broken = []
    files = evidence_files()
    total, done = sum(size for _, size in files) or 1, 0
    for name, size in files:
        try:
            file = (settings.VAR_DIR / EVIDENCE / name).open("rb")
        except FileNotFoundError:
            continue  # it was only on its way to its name
        with file:
            member = writer.add(f"{EVIDENCE}/{name}", iter(partial(file.read, CHUNK), b""), compress=False)
        if _ADDRESSED.fullmatch(name) and member.sha256 != name.rpartition("/")[2]:
            broken.append(name)
        done += size
        progress(_ROWS + (1000 - _ROWS) * done // total)
    return tuple(broken)


def _key() -> bytes:
    """The key that lies beside the database; one that the environment gives is the environment's to keep."""
    place = settings.VAR_DIR / KEY
    # asked for first: it may only be made by that
    key = str(settings.SECRET_KEY)
    given = place.read_bytes() if place.is_file() else b""
    return given if given.decode(errors="replace") == key else b""
