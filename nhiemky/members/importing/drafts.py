"""Sheets that are being taken in: kept for their owner only, in a folder of their own, for a day at most.

A draft is no record: the file, what was found in it and what the user decided go when they are written or given up.
Nothing of it is in the database or in a log. Where the installation seals secrets, the folder's contents are sealed.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from nhiemky.foundation import disk
from nhiemky.foundation.models import User, new_code
from nhiemky.foundation.refusals import Refusal
from nhiemky.foundation.sealing import seal, unseal
from nhiemky.rules.vietnamese import clean
from nhiemky.units.models import Unit

KEEP = timedelta(days=1)
PURPOSE = "sheet"
_CODE = re.compile(r"[0-9a-f]{20}")


class Stage(StrEnum):
    """How far a draft is."""

    MAPPING = "mapping"  # its columns are to be confirmed
    LOOKING = "looking"  # its rows are being looked over
    READY = "ready"  # it may be decided on and written
    WRITING = "writing"
    WRITTEN = "written"


@dataclass
class Draft:
    """A sheet on its way: whose it is, for which unit, and how it is to be read."""

    code: str
    unit: str
    by: int
    name: str
    at: str
    digest: str
    stage: Stage = Stage.MAPPING
    sheet: str = ""
    sheets: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    heading: tuple[int, int] = (0, 0)
    sample: list[list[str]] = field(default_factory=list)
    mapping: dict[int, str] = field(default_factory=dict)
    remembered: bool = False
    # what the user chose: the day from which a row without dates is a member, how they joined, faulty cells
    present_on: str = ""
    joining: str = "on_list"
    without_faulty_cells: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    fault: str = ""
    # which data the rows were looked over against (foundation.audit.version)
    seen: str = ""

    @property
    def folder(self) -> Path:
        return folder() / self.code

    @property
    def made_at(self) -> datetime:
        return datetime.fromisoformat(self.at)

    def save(self) -> None:
        told = seal(json.dumps(asdict(self), ensure_ascii=False), PURPOSE)
        disk.put(self.folder / "draft.json", told.encode())

    def contents(self) -> bytes:
        """The file as it was handed in."""
        try:
            kept = (self.folder / "file").read_bytes()
        except OSError as fault:
            raise gone() from fault
        return base64.b64decode(unseal(kept.decode(), PURPOSE)) if settings.ENCRYPTS else kept

    @property
    def rows_path(self) -> Path:
        return self.folder / "rows.sqlite3"

    @property
    def report_path(self) -> Path:
        return self.folder / "report.xlsx"

    def forget(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def is_written(self, counts: dict[str, int]) -> None:
        """What was handed in goes once it is written; the report of what was done stays for the day."""
        self.stage, self.counts, self.fault, self.sample = Stage.WRITTEN, counts, "", []
        self.save()
        for path in (self.folder / "file", self.rows_path):
            path.unlink(missing_ok=True)


def gone() -> Refusal:
    return Refusal(_("Tệp đã hết hạn giữ (một ngày) hoặc đã bỏ. Hãy nạp lại tệp."))


def folder() -> Path:
    return Path(settings.VAR_DIR) / "imports"


def begin(*, by: User, unit: Unit, name: str, data: bytes, digest: str, at: datetime) -> Draft:
    """A draft of the file, kept for its owner only."""
    draft = Draft(new_code(), unit.code, by.pk, clean(name)[-80:], at.isoformat(), digest)
    draft.folder.mkdir(parents=True, mode=0o700)
    disk.room_for(draft.folder, 4 * len(data))
    disk.put(
        draft.folder / "file", seal(base64.b64encode(data).decode(), PURPOSE).encode() if settings.ENCRYPTS else data
    )
    draft.save()
    return draft


def draft_of(code: str, *, by: int, unit: str, at: datetime) -> Draft | None:
    """The draft, if it is that person's for that unit and still kept."""
    draft = _read(folder() / code) if _CODE.fullmatch(code) else None
    mine = draft is not None and draft.by == by and draft.unit == unit
    return draft if draft and mine and at - draft.made_at < KEEP else None


def drafts_of(by: int, unit: str, at: datetime) -> list[Draft]:
    """The person's drafts for the unit, the newest first."""
    found = [_read(path) for path in folder().glob("*")] if folder().exists() else []
    mine = [each for each in found if each and (each.by, each.unit) == (by, unit) and at - each.made_at < KEEP]
    return sorted(mine, key=lambda each: each.at, reverse=True)


def by_code(code: str) -> Draft:
    """The draft, for whoever works for its owner."""
    draft = _read(folder() / code) if _CODE.fullmatch(code) else None
    if draft is None:
        raise gone()
    return draft


def forget_old(at: datetime) -> None:
    """Delete what has been kept for a day; what is at work then, a day later."""
    for path in folder().glob("*") if folder().exists() else []:
        draft = _read(path)
        age = at - draft.made_at if draft else timedelta(seconds=at.timestamp() - path.stat().st_mtime)
        at_work = draft is not None and draft.stage in (Stage.LOOKING, Stage.WRITING)
        if age >= (2 * KEEP if at_work else KEEP):
            shutil.rmtree(path, ignore_errors=True)


def _read(path: Path) -> Draft | None:
    with suppress(OSError, ValueError, TypeError, KeyError):
        told = json.loads(unseal((path / "draft.json").read_text(), PURPOSE))
        told["mapping"] = {int(at): code for at, code in told["mapping"].items()}
        told["heading"] = tuple(told["heading"])
        told["stage"] = Stage(told["stage"])
        return Draft(**told)
    return None
