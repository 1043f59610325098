"""Files that are either whole or not there, also after the power went."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from nhiemky.foundation.refusals import Refusal

_PART = ".nhiemky-part-"
_STALE = 24 * 3600


@contextmanager
def whole_file(target: Path) -> Iterator[BinaryIO]:
    """A file for its owner only that gets its name when everything is written and on the disk; never over another."""
    if target.exists():
        raise Refusal(_("Đã có tệp “%(file)s”. Hãy chọn tên khác để không mất bản cũ.") % {"file": target})
    part = target.parent / f"{_PART}{secrets.token_hex(6)}"
    try:
        _sweep(target.parent)
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "r+b", buffering=1 << 20) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
        settle(target.parent)
    except OSError as fault:
        raise Refusal(
            _("Không ghi được “%(file)s”: %(why)s. Hãy kiểm tra thư mục, quyền ghi và chỗ trống của ổ đĩa.")
            % {"file": target, "why": fault.strerror or fault}
        ) from fault
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def put(target: Path, contents: bytes) -> None:
    """Write or replace a small file at once."""
    part = target.parent / f"{_PART}{secrets.token_hex(6)}"
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(contents)
        file.flush()
        os.fsync(file.fileno())
    part.replace(target)
    settle(target.parent)


def settle(folder: Path) -> None:
    """The names in the folder are on the disk as well; Windows does it by itself."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def settle_all(paths: Iterator[Path] | list[Path]) -> None:
    """Everything written is on the disk: in one call where there is one, for thousands of small files."""
    if hasattr(os, "sync"):
        os.sync()
        return
    for path in paths:
        with path.open("rb+") as file:
            os.fsync(file.fileno())


def room_for(folder: Path, size: int) -> None:
    """Refuse what would fill the disk, before anything is written."""
    free = shutil.disk_usage(folder).free
    if size > free:
        raise Refusal(
            _("Ổ đĩa của “%(folder)s” còn %(free)s MB, cần chừng %(size)s MB. Hãy dọn bớt hoặc chọn ổ đĩa khác.")
            % {"folder": folder, "free": free >> 20, "size": (size >> 20) + 1}
        )


def _sweep(folder: Path) -> None:
    """What a machine left half written when it stopped."""
    for path in folder.glob(f"{_PART}*"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _STALE:
                path.unlink()
