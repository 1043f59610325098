"""Files that people hand in: looked into, cleaned, and kept by the digest of their contents under VAR/evidence.

A file is on the disk, whole and flushed, before any row names it; the same contents are kept once. What a file is
stands in its first bytes, never in its name.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from nhiemky.foundation.refusals import Refusal
from nhiemky.rules.vietnamese import clean

MOST_PIXELS = 60_000_000
LONGEST_SIDE = 2400
LONGEST_NAME = 120
MOST_PARTS = 2000

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SUFFIXES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "application/pdf": ".pdf",
    _WORD: ".docx",
    _EXCEL: ".xlsx",
}
# every reader is registered now: one that is named and not yet loaded would not be found
Image.init()
_SAVED_AS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Kept:
    """A file that may be kept: its clean name, what it is, and its bytes with their digest."""

    name: str
    media_type: str
    data: bytes
    digest: str


def prepared(name: str, data: bytes) -> Kept:
    """The file as it will be kept: a photograph without place, device or other marks. A Refusal says what is wrong."""
    shown = _name(name)
    if not data:
        raise Refusal(_("Tệp “%(name)s” trống. Hãy chọn lại tệp.") % {"name": shown})
    if len(data) > settings.UPLOAD_LIMIT:
        raise Refusal(_("Tệp “%(name)s” lớn hơn 10 MB. Hãy giảm dung lượng tệp rồi chọn lại.") % {"name": shown})
    media_type = _sniffed(shown, data)
    if media_type in _SAVED_AS:
        data = _drawn_again(shown, media_type, data)
    return Kept(
        PurePosixPath(shown).stem[: LONGEST_NAME - 5] + SUFFIXES[media_type],
        media_type,
        data,
        hashlib.sha256(data).hexdigest(),
    )


def store(kept: Kept) -> None:
    """Write the file unless it is there already: whole, flushed to the disk, and only then under its name."""
    place = path_of(kept.digest)
    if is_sound(kept.digest):
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=place.parent, prefix=".moi-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(kept.data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, place)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    for folder in (place.parent, place.parent.parent):
        _flush(folder)


def path_of(digest: str) -> Path:
    """Where the contents with this digest stand."""
    if not _DIGEST.fullmatch(digest):
        raise ValueError(digest)
    return settings.EVIDENCE_DIR / digest[:2] / digest


def contents_of(digest: str) -> bytes:
    """The bytes; a Refusal when they are gone."""
    try:
        return path_of(digest).read_bytes()
    except OSError as fault:
        raise Refusal(_("Tệp không còn trên máy chủ. Hãy báo người quản trị khôi phục từ bản sao lưu.")) from fault


def is_sound(digest: str) -> bool:
    """Whether the file is there and its contents have that digest."""
    try:
        with path_of(digest).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == digest
    except OSError:
        return False


def _flush(folder: Path) -> None:
    # a folder can be opened and flushed where a name in it must survive a cut of the current; Windows cannot
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _name(given: str) -> str:
    """The last part of whatever path a browser sends, without signs that mean something to a file system."""
    last = re.split(r"[\\/]", given)[-1]
    return clean(re.sub(r'[<>:"|?*]', " ", last)).strip(". ")[:LONGEST_NAME] or _("tệp")


def _sniffed(name: str, data: bytes) -> str:
    head = data[:16]
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head.startswith(b"PK\x03\x04"):
        return _office(name, data)
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"hevc", b"mif1", b"msf1"):
        raise Refusal(
            _(
                "Ảnh “%(name)s” ở dạng HEIC nên chưa đọc được. Hãy chụp màn hình ảnh đó, hoặc đổi sang JPEG rồi chọn lại."
            )
            % {"name": name}
        )
    raise Refusal(
        _("Không nhận tệp “%(name)s”: chỉ nhận ảnh JPEG, PNG, WebP, tệp PDF, Word (.docx) và Excel (.xlsx).")
        % {"name": name}
    )


def _office(name: str, data: bytes) -> str:
    """Word or Excel without macros, by what the package says of its own parts."""
    broken = Refusal(
        _("Tệp “%(name)s” hỏng hoặc không phải Word, Excel. Hãy mở ra, lưu lại rồi chọn lại.") % {"name": name}
    )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            said = package.getinfo("[Content_Types].xml")
            if len(parts) > MOST_PARTS or said.file_size > 1_000_000:
                raise broken
            types = package.read(said).decode("utf-8", "replace").casefold()
    except Refusal:
        raise
    except Exception as fault:  # a damaged package can fail anywhere inside
        raise broken from fault
    names = [part.filename.casefold() for part in parts]
    if "macroenabled" in types or any("vbaproject" in each or each.endswith(".exe") for each in names):
        raise Refusal(
            _("Tệp “%(name)s” có macro nên không nhận. Hãy lưu lại dưới dạng .docx hoặc .xlsx rồi chọn lại.")
            % {"name": name}
        )
    for media_type, mark in ((_WORD, "wordprocessingml.document.main"), (_EXCEL, "spreadsheetml.sheet.main")):
        if mark in types:
            return media_type
    raise broken


def _drawn_again(name: str, media_type: str, data: bytes) -> bytes:
    """The same picture, upright, at most 2400 pixels long, with nothing in the file but its pixels."""
    try:
        picture: Image.Image = Image.open(io.BytesIO(data), formats=(_SAVED_AS[media_type],))
        # only the head has been read so far; fewer than Pillow's own limit, so that it need not warn
        if picture.width * picture.height > MOST_PIXELS:
            raise Image.DecompressionBombError
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        picture.load()
        picture = ImageOps.exif_transpose(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as fault:
        raise Refusal(
            _("Ảnh “%(name)s” có quá nhiều điểm ảnh. Hãy thu nhỏ ảnh rồi chọn lại.") % {"name": name}
        ) from fault
    except Exception as fault:  # a damaged picture can fail anywhere inside the decoder
        raise Refusal(_("Ảnh “%(name)s” hỏng, không mở được. Hãy chọn ảnh khác.") % {"name": name}) from fault
    plain = media_type == "image/jpeg"
    picture = picture.convert(
        "RGB" if plain or ("A" not in picture.getbands() and "transparency" not in picture.info) else "RGBA"
    )
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    picture.info.clear()
    out = io.BytesIO()
    picture.save(out, format=_SAVED_AS[media_type], **({} if media_type == "image/png" else {"quality": 85}))
    return out.getvalue()
