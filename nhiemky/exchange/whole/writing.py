"""`nhiemky export`: everything of a unit, or of the installation, into one file."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.db import connection
from django.utils.translation import gettext as _

from nhiemky.documents.models import IssuedFile, WordTemplate
from nhiemky.exchange.whole.actions import note_export
from nhiemky.exchange.whole.archive import Outgoing
from nhiemky.exchange.whole.belonging import Belonging, belonging_to
from nhiemky.exchange.whole.lines import VERSION, Line, as_text, files_of, lines_of
from nhiemky.exchange.whole.records import RECORDS
from nhiemky.foundation import disk, files
from nhiemky.foundation.backup.making import snapshot
from nhiemky.foundation.models import User
from nhiemky.foundation.refusals import Refusal
from nhiemky.ledger.models import Evidence
from nhiemky.reforms.models import DecisionFile
from nhiemky.units.models import Unit

ZIP = ".zip"
Progress = Callable[[int], None]


@dataclass
class Written:
    """What an export holds: lines by kind, and files."""

    path: Path
    lines: Counter[str] = field(default_factory=Counter)
    files: int = 0


def export(*, by: User, unit: Unit | None, on: date, target: Path, progress: Progress = lambda _lines: None) -> Written:
    """Write everything of the unit's subtree of that day, or without a unit all there is; a Refusal leaves no file.

    The trail, and the pages of the units whose members are read, hear of it before the first line is written.
    """
    if target.suffix.lower() not in (ZIP, ".jsonl"):
        raise Refusal(_("Hãy đặt tên tệp có đuôi .zip (kèm ảnh, văn bản) hoặc .jsonl (chỉ dữ liệu): -o du-lieu.zip"))
    zipped = target.suffix.lower() == ZIP
    note_export(by=by, unit=unit, on=on)
    with disk.whole_file(target) as file, _one_point():
        found = belonging_to(unit, on)
        if not zipped and (count := _count_of_files(found)):
            raise Refusal(
                _("Dữ liệu có %(count)s tệp ảnh, văn bản, mẫu Word kèm theo. Hãy đặt tên tệp có đuôi .zip: -o %(name)s")
                % {"count": count, "name": target.with_suffix(ZIP).name}
            )
        out, written = Outgoing(file, zipped=zipped), Written(target)
        wanted = _write_lines(out, found, on, written, progress)
        for digest, kind in sorted(wanted.items()):
            out.contents(digest, _bytes(digest, kind))
        written.files = len(wanted)
        out.close()
    return written


def _one_point() -> AbstractContextManager[None]:
    """All rows as they are at one point between two actions; nobody who writes waits."""
    return nullcontext() if connection.in_atomic_block else snapshot()


def header_of(found: Belonging, on: date) -> Line:
    """What the file is. It holds personal data and says so; it does not say when it was made."""
    asked = {"unit": found.unit.code, "on": on.isoformat()} if found.unit else {}
    return {
        "type": "nhiemky", "version": VERSION, **asked, "personal_data": True,
        "notice": "Tệp có dữ liệu cá nhân, kể cả số CCCD. Giữ như giữ con dấu; không gửi qua thư, nhóm chat.",
    }  # fmt: skip


def _write_lines(out: Outgoing, found: Belonging, on: date, written: Written, progress: Progress) -> dict[str, str]:
    """Write all lines; gives the digests that they name, each with the table that has its bytes."""
    wanted: dict[str, str] = {}
    out.line(as_text(header_of(found, on)))
    for record in RECORDS:
        for pk, line in lines_of(record, found.rows(record)):
            if found.is_bare(record, pk):
                line = {name: line[name] for name in ("type", *record.bare) if name in line}
            out.line(as_text(line))
            wanted |= dict(files_of(record, line))
            written.lines[record.name] += 1
            if not out.lines % 10_000:
                progress(out.lines)
    out.line(as_text({"type": "end", "lines": out.lines + 1, "sha256": out.digest.hexdigest()}))
    out.lines_done()
    return wanted


def _count_of_files(found: Belonging) -> int:
    counted = 0
    for record in RECORDS:
        counted += found.rows(record).count() if record.file else 0
        for part in record.parts:
            if part.file:
                rows = found.rows(record).order_by().values("pk")
                counted += part.model._base_manager.filter(**{f"{part.parent}__in": rows}).count()
    return counted


def _bytes(digest: str, kind: str) -> bytes:
    """The bytes with that digest; a Refusal where they are gone or changed: what is broken is not handed over."""
    if kind in ("evidence", "decisions"):
        data, what = files.contents_of(digest), _names_of(digest)
    else:
        model = IssuedFile if kind == "files" else WordTemplate
        row = model.objects.filter(digest=digest).only("contents").first()
        data, what = bytes(row.contents) if row else b"", digest[:12]
    if hashlib.sha256(data).hexdigest() != digest:
        raise Refusal(
            _("Tệp “%(name)s” đã hỏng trên máy chủ. Hãy khôi phục từ bản sao lưu rồi xuất lại.") % {"name": what}
        )
    return data


_ON_DISK = (Evidence, DecisionFile)


def _names_of(digest: str) -> str:
    named = (model.objects.filter(digest=digest).values_list("name", flat=True).first() for model in _ON_DISK)
    return next(filter(None, named), digest[:12])
