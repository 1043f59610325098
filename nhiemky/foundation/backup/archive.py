"""The file that a backup is: a zip whose last bytes are a seal over everything before them.

Written in one pass and never seeked, so that a gigabyte of evidence passes through and none of it stays in memory.
A flipped bit anywhere, a missing end and a foreign file are told apart before anything inside is read.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from nhiemky.foundation.refusals import Refusal

FORMAT = 1
CHUNK = 1 << 20
COVER, MANIFEST = "nhiemky-backup.txt", "manifest.json"
LONGEST_LINE = 256 << 20
LARGEST_MANIFEST = 256 << 20
_NAME = re.compile(
    r"tables/[a-z0-9_]{1,63}\.jsonl|evidence/[A-Za-z0-9._-]{1,128}(/[A-Za-z0-9._-]{1,128}){0,3}|secret-key"
)
_MARK = "nhiemky-backup {} sha256:"
_SEAL = 64
_BLANK = b"0" * _SEAL
_END = re.compile(rb"nhiemky-backup (\d{1,4}) sha256:([0-9a-f]{64})")
_LONGEST_END = len(_MARK.format(9999)) + _SEAL


@dataclass(frozen=True)
class Member:
    """A file inside the backup, as it must be found there again."""

    size: int
    sha256: str


class Damaged(Refusal):
    """The file is no whole backup of ours; nothing in it is used."""


def damaged() -> Damaged:
    return Damaged(
        _("Tệp sao lưu đã hỏng hoặc chưa được ghi xong nên không khôi phục được; dữ liệu đang có vẫn nguyên."),
        _("Hãy chép lại tệp từ nơi cất giữ, hoặc dùng một bản sao lưu khác."),
    )


def foreign() -> Damaged:
    return Damaged(_("Tệp này không phải bản sao lưu của Nhiệm kỳ. Hãy chọn tệp do lệnh nhiemky backup tạo ra."))


def is_name(name: str) -> bool:
    """Whether a member may be called so; never a way out of the folder it is written to."""
    return _NAME.fullmatch(name) is not None and ".." not in name


class _Hashed:
    """A file that is only written on; no `seek` and no `tell`, so that zipfile never goes back."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.digest, self.size = file, hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        if self.file.closed:
            return len(data)  # given up: zipfile still wants to say good-bye
        self.digest.update(data)
        self.size += len(data)
        return self.file.write(data)

    def flush(self) -> None:
        if not self.file.closed:
            self.file.flush()


class Writer:
    """Takes the members one after the other, then the manifest, then seals."""

    def __init__(self, file: BinaryIO, at: datetime) -> None:
        self._file = file
        self._hashed = _Hashed(file)
        self._zip = zipfile.ZipFile(self._hashed, "w", allowZip64=True)  # type: ignore[call-overload]
        self._at = at.timetuple()[:6]
        self.members: dict[str, Member] = {}
        self._put(COVER, [_cover().encode()], compress=False)

    def add(self, name: str, chunks: Iterable[bytes], *, compress: bool) -> Member:
        """Write a member from its chunks."""
        if not is_name(name):
            raise ValueError(f"no member may be called {name}")
        self.members[name] = self._put(name, chunks, compress=compress)
        return self.members[name]

    def _put(self, name: str, chunks: Iterable[bytes], *, compress: bool) -> Member:
        info = zipfile.ZipInfo(name, self._at)
        info.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
        info._compresslevel = 1 if compress else None  # type: ignore[attr-defined]
        info.external_attr = 0o600 << 16
        digest, size = hashlib.sha256(), 0
        with self._zip.open(info, "w", force_zip64=True) as into:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                into.write(chunk)
        return Member(size, digest.hexdigest())

    def finish(self, manifest: Mapping[str, Any]) -> str:
        """Write the manifest and the seal; answers the seal."""
        listed = {name: [member.size, member.sha256] for name, member in self.members.items()}
        whole = {**manifest, "format": FORMAT, "members": listed}
        self._put(MANIFEST, [json.dumps(whole, ensure_ascii=False).encode()], compress=True)
        self._zip.comment = _MARK.format(FORMAT).encode() + _BLANK
        self._zip.close()
        seal = self._hashed.digest.hexdigest()
        self._file.seek(-_SEAL, 2)
        self._file.write(seal.encode())
        return seal


class Reader:
    """A backup whose seal was found whole. Members are read through their own digest once more."""

    def __init__(self, path: Path) -> None:
        self.seal = check_seal(path)
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError) as fault:
            raise foreign() from fault
        try:
            self.manifest = self._manifest()
        except (
            zipfile.BadZipFile,
            zlib.error,
            ValueError,
            KeyError,
            EOFError,
            OSError,
            AttributeError,
            TypeError,
        ) as fault:
            self._zip.close()
            raise foreign() from fault
        self.members: dict[str, Member] = self.manifest["members"]

    def _manifest(self) -> dict[str, Any]:
        infos = {info.filename: info for info in self._zip.infolist()}
        if len(infos) != len(self._zip.infolist()) or infos[MANIFEST].file_size > LARGEST_MANIFEST:
            raise ValueError("names twice, or an absurd manifest")
        manifest = json.loads(self._zip.read(MANIFEST))
        members = {name: Member(int(size), str(digest)) for name, (size, digest) in manifest["members"].items()}
        if infos.keys() != members.keys() | {COVER, MANIFEST}:
            raise ValueError("other members than the manifest names")
        for name, member in members.items():
            info = infos[name]
            stored = info.compress_type == zipfile.ZIP_STORED and info.compress_size == info.file_size
            if not is_name(name) or info.file_size != member.size:
                raise ValueError(f"a member that was never written by us: {name}")
            if not stored and not name.startswith("tables/"):
                raise ValueError(f"packed, though only tables are: {name}")
        return {**manifest, "members": members}

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a member; the last chunk is only given when the digest is right."""
        member, digest, before = self.members[name], hashlib.sha256(), b""
        try:
            with self._zip.open(name) as stream:
                while chunk := stream.read(CHUNK):
                    digest.update(chunk)
                    if before:
                        yield before
                    before = chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as fault:
            raise damaged() from fault
        if digest.hexdigest() != member.sha256:
            raise damaged()
        if before:
            yield before

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of a member, without their ends."""
        rest: list[bytes] = []
        waiting = 0
        for chunk in self.chunks(name):
            *whole, last = chunk.split(b"\n")
            if whole:
                yield b"".join([*rest, whole[0]])
                yield from whole[1:]
                rest, waiting = [], 0
            rest.append(last)
            waiting += len(last)
            if waiting > LONGEST_LINE:
                raise damaged()
        if waiting:
            raise damaged()

    def close(self) -> None:
        self._zip.close()


def has_mark(path: Path) -> bool:
    """Whether the end of the file is that of a finished backup; says nothing of what lies before it."""
    try:
        with path.open("rb") as file:
            return _END.search(_tail(file)) is not None
    except OSError:
        return False


def _tail(file: BinaryIO) -> bytes:
    size = file.seek(0, 2)
    file.seek(max(0, size - _LONGEST_END))
    return file.read(_LONGEST_END)


def check_seal(path: Path) -> str:
    """The seal, when every byte of the file is as it was written; else a Refusal that says what is wrong."""
    try:
        with path.open("rb") as file:
            head = file.read(30 + len(COVER))
            end = re.search(_END.pattern + rb"\Z", _tail(file))
            if end is None:
                raise damaged() if head.endswith(COVER.encode()) else foreign()
            if int(end[1]) > FORMAT:
                raise Refusal(
                    _("Bản sao lưu này do một bản Nhiệm kỳ mới hơn tạo ra. Hãy nâng cấp phần mềm rồi khôi phục lại.")
                )
            left = file.seek(0, 2) - _SEAL
            file.seek(0)
            digest = hashlib.sha256()
            while left and (chunk := file.read(min(CHUNK, left))):
                digest.update(chunk)
                left -= len(chunk)
    except OSError as fault:
        raise Refusal(
            _("Không đọc được tệp “%(file)s”. Hãy kiểm tra đường dẫn và ổ đĩa.") % {"file": path.name}
        ) from fault
    digest.update(_BLANK)
    if digest.hexdigest().encode() != end[2]:
        raise damaged()
    return digest.hexdigest()


def _cover() -> str:
    return _(
        "Đây là bản sao lưu của Nhiệm kỳ: toàn bộ dữ liệu và tệp minh chứng, gồm cả thông tin cá nhân.\n"
        "Hãy cất như cất con dấu. Khôi phục bằng lệnh: nhiemky restore TÊN_TỆP\n"
    )
