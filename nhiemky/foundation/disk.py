"""Files that are either whole or not there, also after the power went; disks that are full, and who may read."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import sqlite3
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from django.db import DatabaseError
from django.utils.translation import gettext as _

from nhiemky.foundation.refusals import Refusal

_PART = ".nhiemky-part-"
_STALE = 24 * 3600
_SQLITE_FULL = ("database or disk is full", "disk I/O error")
_POSTGRESQL_FULL = "53100"


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
            % {"file": target, "why": why(fault)}
        ) from fault
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def put(target: Path, contents: bytes) -> None:
    """Write or replace a small file at once."""
    part = target.parent / f"{_PART}{secrets.token_hex(6)}"
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(contents)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except OSError:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
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


def is_full(fault: BaseException | None) -> bool:
    """Whether something could not be written for want of room, whatever it was wrapped in since."""
    while fault is not None:
        if isinstance(fault, OSError) and fault.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        # SQLite says the second where it cannot make the files beside its own; PostgreSQL has a number
        if isinstance(fault, DatabaseError | sqlite3.Error) and str(fault) in _SQLITE_FULL:
            return True
        if getattr(fault, "sqlstate", None) == _POSTGRESQL_FULL:
            return True
        fault = fault.__cause__
    return False


def full_sentence() -> str:
    return _("Ổ đĩa đã đầy nên chưa ghi xong; dữ liệu có từ trước vẫn nguyên. Hãy giải phóng chỗ rồi làm lại.")


def why(fault: OSError) -> str:
    """What the system says, in our words."""
    words = {
        errno.ENOENT: _("không có thư mục đó"),
        errno.ENOTDIR: _("một phần của đường dẫn không phải thư mục"),
        errno.EISDIR: _("đó là một thư mục, không phải tệp"),
        errno.EACCES: _("không có quyền"),
        errno.EPERM: _("không có quyền"),
        errno.EROFS: _("ổ đĩa chỉ cho đọc"),
        errno.ENOSPC: _("ổ đĩa đã đầy"),
        errno.EDQUOT: _("đã dùng hết chỗ được cấp trên ổ đĩa"),
        errno.EFBIG: _("tệp lớn quá mức ổ đĩa cho phép"),
        errno.ENAMETOOLONG: _("tên tệp quá dài"),
        errno.EIO: _("ổ đĩa bị lỗi"),
    }
    return words.get(fault.errno or 0) or _("lỗi số %(number)s của máy") % {"number": fault.errno or 0}


def keep_private() -> None:
    """What this process makes is for its owner only; where the group was let write, for owner and group."""
    usual = os.umask(0o077)
    if not usual & 0o020:
        os.umask(usual | 0o007)


def close_to_others(paths: Iterable[Path]) -> None:
    """Nobody but owner and group reads these from now on; what the group may was somebody's decision."""
    for path in paths:
        # on another system, or of another owner: as it was
        with suppress(OSError):
            mode = stat.S_IMODE(path.stat().st_mode)
            if mode & 0o007:
                path.chmod(mode & ~0o007)


def _sweep(folder: Path) -> None:
    """What a machine left half written when it stopped."""
    for path in folder.glob(f"{_PART}*"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _STALE:
                path.unlink()
