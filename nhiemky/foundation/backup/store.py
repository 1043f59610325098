"""The backups that the machine keeps by itself, and when the last one was made and taken elsewhere."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from nhiemky.foundation import disk
from nhiemky.foundation.backup.archive import has_mark

KEEP = 5


class Kind(StrEnum):
    """Why the machine made a backup; the first part of its name."""

    DAILY = "hang-ngay"
    ORDERED = "theo-yeu-cau"
    UPGRADE = "truoc-nang-cap"
    RESTORE = "truoc-khoi-phuc"


_OURS = re.compile(rf"({'|'.join(Kind)})-(\d{{8}}-\d{{6}})\.zip")


@dataclass(frozen=True)
class Kept:
    """A backup in the folder; `kind` is empty for one that a person named."""

    name: str
    kind: str
    made_at: datetime
    size: int

    @property
    def path(self) -> Path:
        return folder() / self.name


@dataclass(frozen=True)
class Last:
    """When the last backup was made, and when one was last put somewhere else than in this machine's own folder."""

    made_at: datetime | None
    taken_at: datetime | None


def folder() -> Path:
    return Path(settings.VAR_DIR) / "backups"


def new_path(kind: Kind, at: datetime) -> Path:
    """A name for a backup that the machine makes now."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder() / f"{kind}-{timezone.localtime(at):%Y%m%d-%H%M%S}.zip"


def kept() -> list[Kept]:
    """The finished backups in the folder, newest first."""
    found = []
    for path in folder().glob("*.zip") if folder().is_dir() else []:
        if not path.name.startswith(".") and not path.is_symlink() and has_mark(path):
            ours, about = _OURS.fullmatch(path.name), path.stat()
            found.append(Kept(path.name, ours[1] if ours else "", _made_at(ours, about.st_mtime), about.st_size))
    return sorted(found, key=lambda each: (each.made_at, each.name), reverse=True)


def _made_at(ours: re.Match[str] | None, written: float) -> datetime:
    """By its name, which stays when the file is copied; by the file's own time where a person named it."""
    here = timezone.get_current_timezone()
    if ours:
        with suppress(ValueError):
            return datetime.strptime(ours[2], "%Y%m%d-%H%M%S").replace(tzinfo=here)
    return datetime.fromtimestamp(written, here)


def prune() -> list[str]:
    """Delete what is older than the last five of its kind; one that a person named is never deleted."""
    gone = []
    for kind in Kind:
        for each in [each for each in kept() if each.kind == kind][KEEP:]:
            each.path.unlink(missing_ok=True)
            gone.append(each.name)
    return gone


def last() -> Last:
    """What the record beside the database says; a damaged record says nothing."""
    try:
        told = json.loads(_record().read_text(encoding="utf-8"))
        made, taken = (datetime.fromisoformat(told[key]) if told.get(key) else None for key in ("made_at", "taken_at"))
        return Last(made, taken)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Last(None, None)


def note_made(at: datetime, path: Path) -> None:
    """A backup was made; one outside the machine's own folder of data counts as taken elsewhere."""
    elsewhere = Path(settings.VAR_DIR).resolve() not in path.resolve().parents
    _note(at, at if elsewhere else last().taken_at)


def note_taken(made_at: datetime) -> None:
    """The backup made then was downloaded to the end."""
    known = last()
    _note(known.made_at or made_at, max(made_at, known.taken_at or made_at))


def _note(made: datetime | None, taken: datetime | None) -> None:
    told = {"made_at": made.isoformat() if made else "", "taken_at": taken.isoformat() if taken else ""}
    disk.put(_record(), json.dumps(told).encode())


def _record() -> Path:
    return Path(settings.VAR_DIR) / "last-backup.json"
