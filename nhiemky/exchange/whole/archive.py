"""The file itself: lines alone, or a zip of the lines and the files that they name. Believes nothing that it says."""

from __future__ import annotations

import hashlib
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, Protocol

from django.utils.translation import gettext as _

from nhiemky.foundation.refusals import Refusal

LINES, FILES = "data.jsonl", "files/"
LONGEST_LINE = 32 * 1024**2
LARGEST_FILE = 64 * 1024**2
MOST_FILES = 1_000_000
# lines of records shrink to a twentieth; what swells more than two hundred times was made to swell
MOST_SWELLING, ALWAYS_ALLOWED = 200, 64 * 1024**2
_MEMBER = re.compile(r"files/[0-9a-f]{64}")
_CHUNK = 1 << 20
# the same rows make the same file on any day
_THEN = (1980, 1, 1, 0, 0, 0)


class Incoming(Protocol):
    """A file that is read: its lines, and the bytes that it carries."""

    digests: frozenset[str]

    def lines(self) -> Iterator[bytes]:
        """The lines with their line feeds, from the first, as often as asked."""

    def contents(self, digest: str) -> bytes:
        """The bytes with that digest; a Refusal where they are others."""


@contextmanager
def opened(path: Path) -> Iterator[Incoming]:
    """The file for reading; a Refusal where it is not what it should be."""
    try:
        with path.open("rb") as file:
            if file.read(4) == b"PK\x03\x04":
                file.seek(0)
                with _package(file) as package:
                    yield _Zipped(package)
            else:
                yield _Plain(file)
    except OSError as fault:
        raise Refusal(_("Không đọc được tệp “%(file)s”. Hãy kiểm tra đường dẫn.") % {"file": path}) from fault


class _Plain:
    digests: frozenset[str] = frozenset()

    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    def lines(self) -> Iterator[bytes]:
        self.file.seek(0)
        yield from _lines(self.file)

    def contents(self, digest: str) -> bytes:
        raise Refusal(_no_file(digest))


class _Zipped:
    def __init__(self, package: zipfile.ZipFile) -> None:
        self.package = package
        parts = package.infolist()
        names = [part.filename for part in parts]
        if len(names) > MOST_FILES + 1 or len(set(names)) != len(names) or LINES not in names:
            raise _damaged()
        for part in parts:
            if part.flag_bits & 0x1 or not (part.filename == LINES or _MEMBER.fullmatch(part.filename)):
                raise Refusal(
                    _("Trong tệp nén có “%(name)s”, không phải phần của tệp dữ liệu Nhiệm kỳ. Hãy dùng tệp đã xuất ra.")
                    % {"name": part.filename[:80]}
                )
        self.digests = frozenset(name.removeprefix(FILES) for name in names if name != LINES)

    def lines(self) -> Iterator[bytes]:
        part = self.package.getinfo(LINES)
        most = max(ALWAYS_ALLOWED, part.compress_size * MOST_SWELLING)
        try:
            with self.package.open(part) as file:
                for line in _lines(file):
                    most -= len(line)
                    if most < 0:
                        raise Refusal(_("Tệp nén phình ra bất thường nên không đọc tiếp. Hãy xuất lại tệp ở nơi gửi."))
                    yield line
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as fault:
            raise _damaged() from fault

    def contents(self, digest: str) -> bytes:
        if digest not in self.digests:
            raise Refusal(_no_file(digest))
        try:
            with self.package.open(FILES + digest) as file:
                data = file.read(LARGEST_FILE + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as fault:
            raise _damaged() from fault
        if len(data) > LARGEST_FILE:
            raise Refusal(_("Tệp %(digest)s trong tệp nén lớn hơn 64 MB nên không nhận.") % {"digest": digest[:12]})
        if hashlib.sha256(data).hexdigest() != digest:
            raise Refusal(
                _("Tệp %(digest)s trong tệp nén không còn như lúc xuất. Hãy xuất lại tệp ở nơi gửi.")
                % {"digest": digest[:12]}
            )
        return data


@contextmanager
def _package(file: BinaryIO) -> Iterator[zipfile.ZipFile]:
    try:
        package = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError) as fault:
        raise _damaged() from fault
    with package:
        yield package


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    while line := file.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            raise Refusal(_("Có dòng dài hơn 32 MB. Hãy xuất lại tệp ở nơi gửi."))
        yield line


def _damaged() -> Refusal:
    return Refusal(_("Tệp nén hỏng hoặc không phải tệp dữ liệu Nhiệm kỳ. Hãy chép lại tệp, hoặc xuất lại ở nơi gửi."))


def _no_file(digest: str) -> str:
    return _("Thiếu tệp %(digest)s mà dữ liệu nhắc đến. Hãy nạp tệp .zip đã xuất ra, không chỉ tệp dòng bên trong.") % {
        "digest": digest[:12]
    }


class Outgoing:
    """A file that is written: first all lines, then the bytes that they name."""

    def __init__(self, file: BinaryIO, *, zipped: bool) -> None:
        self._package = zipfile.ZipFile(file, "w", allowZip64=True) if zipped else None
        self._into: IO[bytes] = self._package.open(_member(LINES), "w", force_zip64=True) if self._package else file
        self.digest, self.lines = hashlib.sha256(), 0

    def line(self, text: bytes) -> None:
        self._into.write(text)
        self.digest.update(text)
        self.lines += 1

    def lines_done(self) -> None:
        if self._package:
            self._into.close()

    def contents(self, digest: str, data: bytes) -> None:
        assert self._package, "lines alone name no files"
        with self._package.open(_member(FILES + digest), "w") as into:
            into.write(data)

    def close(self) -> None:
        if self._package:
            self._package.close()


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _THEN)
    info.compress_type = zipfile.ZIP_DEFLATED if name == LINES else zipfile.ZIP_STORED
    info._compresslevel = 3 if name == LINES else None  # type: ignore[attr-defined]
    info.create_system, info.external_attr = 3, 0o600 << 16
    return info
