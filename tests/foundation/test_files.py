"""Files handed in: known by their contents, photographs without place, whole on the disk before anything names them."""

import hashlib
import io
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from pytest_django.fixtures import Settings

from nhiemky.foundation import files
from nhiemky.foundation.refusals import Refusal

PLACE = 0x8825


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Iterator[Path]:
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    yield settings.EVIDENCE_DIR


def photo(size: tuple[int, int] = (60, 40), kind: str = "JPEG", turned: int = 1, **saved: object) -> bytes:
    """Left half red, right half blue, with a place and a device in it."""
    picture = Image.new("RGB", size, (200, 0, 0))
    picture.paste((0, 0, 200), (size[0] // 2, 0, size[0], size[1]))
    marks = Image.Exif()
    marks[0x0110] = "Máy của Hoa"
    marks[0x0112] = turned
    marks.get_ifd(PLACE)[2] = (20.0, 15.0, 30.0)
    out = io.BytesIO()
    picture.save(out, kind, exif=marks, **saved)
    return out.getvalue()


def office(kind: str, *more: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("[Content_Types].xml", f'<Types><Override ContentType="application/{kind}"/></Types>')
        for name, data in more:
            package.writestr(name, data)
    return out.getvalue()


WORD = "vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
EXCEL = "vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MACRO = "vnd.ms-word.document.macroEnabled.main+xml"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photograph_keeps_its_pixels_and_nothing_else(kind: str) -> None:
    given = photo(kind=kind, xmp=b"<x>20.25 do vi bac</x>") if kind != "PNG" else photo(kind=kind)
    assert b"Hoa" in given
    kept = files.prepared("ảnh của Hoa.jpg", given)
    again = Image.open(io.BytesIO(kept.data))
    assert dict(again.getexif()) == {}
    assert not again.getexif().get_ifd(PLACE)
    assert "xmp" not in again.info and b"Hoa" not in kept.data and b"do vi bac" not in kept.data
    assert again.size == (60, 40)
    red, _green, blue = again.convert("RGB").getpixel((50, 20))
    assert blue > 150 > red


def test_a_photograph_stands_upright_before_its_marks_go() -> None:
    """Turned by a quarter, the blue half is below."""
    kept = Image.open(io.BytesIO(files.prepared("a.jpg", photo(turned=6)).data))
    assert kept.size == (40, 60)
    assert kept.getpixel((20, 50))[2] > 150


def test_a_large_photograph_is_made_smaller() -> None:
    kept = Image.open(io.BytesIO(files.prepared("a.jpg", photo((5000, 2500))).data))
    assert kept.size == (2400, 1200)


def test_what_is_see_through_stays_so() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(out, "PNG")
    kept = Image.open(io.BytesIO(files.prepared("a.png", out.getvalue()).data))
    assert kept.mode == "RGBA" and kept.getpixel((5, 5))[3] == 0


@pytest.mark.parametrize(
    ("name", "data", "media_type", "suffix"),
    [
        ("bien ban.exe", b"%PDF-1.7\n...", "application/pdf", ".pdf"),
        ("a.html", office(WORD), files._WORD, ".docx"),
        ("a.docx", office(EXCEL), files._EXCEL, ".xlsx"),
        ("a.txt", photo(), "image/jpeg", ".jpg"),
    ],
)
def test_a_file_is_known_by_its_contents(name: str, data: bytes, media_type: str, suffix: str) -> None:
    kept = files.prepared(name, data)
    assert kept.media_type == media_type
    assert kept.name.endswith(suffix)
    assert kept.digest == hashlib.sha256(kept.data).hexdigest()


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.jpg", b"MZ\x90\x00", "chỉ nhận ảnh"),
        ("a.pdf", b"<html><script>alert(1)</script>", "chỉ nhận ảnh"),
        ("a.png", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "chỉ nhận ảnh"),
        ("a.docx", office(MACRO), "macro"),
        ("a.docx", office(WORD, ("word/vbaProject.bin", b"x")), "macro"),
        ("a.docx", office("zip"), "hỏng"),
        ("a.docx", b"PK\x03\x04broken", "hỏng"),
        ("a.jpg", b"\xff\xd8\xff\xe0 not a picture", "hỏng"),
        ("a.jpg", photo()[:400], "hỏng"),
        ("a.heic", b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "HEIC"),
        ("a.pdf", b"", "trống"),
        ("a.gif", b"GIF89a", "chỉ nhận ảnh"),
    ],
)
def test_other_files_are_refused_with_a_sentence(name: str, data: bytes, sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence) as refused:
        files.prepared(name, data)
    assert name.partition(".")[0] in str(refused.value)


def test_too_large_a_file_and_too_many_pixels_are_refused(settings: Settings) -> None:
    settings.UPLOAD_LIMIT = 100
    with pytest.raises(Refusal, match="10 MB"):
        files.prepared("a.pdf", b"%PDF-" + b"x" * 100)
    settings.UPLOAD_LIMIT = 10**7
    out = io.BytesIO()
    Image.new("1", (12_000, 12_000)).save(out, "PNG")
    assert len(out.getvalue()) < 200_000
    with pytest.raises(Refusal, match="điểm ảnh"):
        files.prepared("bom.png", out.getvalue())


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "C:\\Windows\\x.pdf", "a\x00b\u202e.pdf", "", "....", "x" * 300, 'a"b<c>.pdf']
)
def test_no_name_means_anything_to_a_file_system(name: str) -> None:
    kept = files.prepared(name, b"%PDF-1")
    assert kept.name.endswith(".pdf") and 4 < len(kept.name) <= files.LONGEST_NAME
    assert not set(kept.name) & set('/\\<>:"|?*\x00\u202e')


def test_a_file_is_kept_once_and_whole(folder: Path) -> None:
    kept = files.prepared("a.pdf", b"%PDF-1 one")
    files.store(kept)
    files.store(files.prepared("ten khac.pdf", b"%PDF-1 one"))
    assert [path.name for path in folder.rglob("*") if path.is_file()] == [kept.digest]
    assert files.path_of(kept.digest).parent.name == kept.digest[:2]
    assert files.contents_of(kept.digest) == b"%PDF-1 one"


def test_a_damaged_file_is_seen_and_mended_by_the_same_contents() -> None:
    kept = files.prepared("a.pdf", b"%PDF-1 one")
    files.store(kept)
    files.path_of(kept.digest).write_bytes(b"%PDF-1 two")
    assert not files.is_sound(kept.digest)
    files.store(kept)
    assert files.is_sound(kept.digest)
    files.path_of(kept.digest).unlink()
    assert not files.is_sound(kept.digest)
    with pytest.raises(Refusal, match="bản sao lưu"):
        files.contents_of(kept.digest)


def test_a_cut_while_writing_leaves_no_file_under_its_name(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """The name comes last, after the contents are flushed."""
    done: list[str] = []
    flush, rename = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (done.append("flush"), flush(handle))[1])
    monkeypatch.setattr(os, "replace", lambda *names: (done.append("rename"), rename(*names))[1])
    kept = files.prepared("a.pdf", b"%PDF-1 one")
    files.store(kept)
    assert done[:2] == ["flush", "rename"]

    def cut(*names: object) -> None:
        raise OSError("cut")

    other = files.prepared("b.pdf", b"%PDF-1 two")
    monkeypatch.setattr(os, "replace", cut)
    with pytest.raises(OSError, match="cut"):
        files.store(other)
    assert not files.is_sound(other.digest)
    assert [path.name for path in folder.rglob("*") if path.is_file()] == [kept.digest]


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", "A" * 64, "0" * 63])
def test_only_a_digest_names_a_place(digest: str) -> None:
    with pytest.raises(ValueError):
        files.path_of(digest)
