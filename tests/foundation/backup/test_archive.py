"""The file of a backup: any bit that flips, any end that is missing and any stranger is refused before it is used."""

from __future__ import annotations

import io
import random
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhiemky.foundation.backup import archive
from nhiemky.foundation.backup.archive import Damaged, Reader, Writer, check_seal, has_mark
from nhiemky.foundation.refusals import Refusal
from tests.factories import TIMES
from tests.foundation.backup.installation import AT, backup_file

MEMBERS = {
    "tables/ledger_entry.jsonl": b'[1,"m\xe1\xbb\x99t"]\n[2,"hai"]\n',
    "evidence/ab/abcd": bytes(range(256)) * 40,
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return backup_file(tmp_path_factory.mktemp("a") / "b.zip", MEMBERS, product="nhiemky").read_bytes()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("broken") / "b.zip"


def test_what_was_written_is_read(sound: bytes, place: Path) -> None:
    place.write_bytes(sound)
    reader = Reader(place)
    assert {name: b"".join(reader.chunks(name)) for name in reader.members} == MEMBERS
    assert list(reader.lines("tables/ledger_entry.jsonl")) == ['[1,"một"]'.encode(), b'[2,"hai"]']
    assert reader.manifest["product"] == "nhiemky" and has_mark(place)
    assert zipfile.ZipFile(place).testzip() is None, "any program for zip files reads it"


def test_every_single_byte_counts(sound: bytes, place: Path) -> None:
    """Not a sample: every byte of the file in turn."""
    small = backup_file(place.with_name("small.zip"), {"evidence/ab/abcd": b"x"}, product="nhiemky").read_bytes()
    for at in range(len(small)):
        place.write_bytes(small[:at] + bytes([small[at] ^ 0x10]) + small[at + 1 :])
        with pytest.raises(Refusal) as refused:
            check_seal(place)
        assert all(len(sentence) > 20 for sentence in refused.value.sentences)


@settings(max_examples=150 * (TIMES or 1), deadline=None, database=None, derandomize=not TIMES)
@given(where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7), count=st.integers(1, 3))
def test_flipped_bits_are_refused(sound: bytes, place: Path, where: float, bit: int, count: int) -> None:
    broken = bytearray(sound)
    for step in range(count):
        broken[(int(where * len(sound)) + step * 977) % len(sound)] ^= 1 << bit
    place.write_bytes(broken)
    with pytest.raises(Refusal):
        Reader(place)


@settings(max_examples=100 * (TIMES or 1), deadline=None, database=None, derandomize=not TIMES)
@given(where=st.floats(0, 1, exclude_max=True))
def test_a_missing_end_is_refused(sound: bytes, place: Path, where: float) -> None:
    place.write_bytes(sound[: int(where * len(sound))])
    with pytest.raises(Refusal):
        Reader(place)
    assert not has_mark(place)


def test_bytes_after_the_end_are_refused(sound: bytes, place: Path) -> None:
    place.write_bytes(sound + b"\n")
    with pytest.raises(Damaged):
        Reader(place)


def strangers() -> Iterator[tuple[str, bytes]]:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as other:
        other.writestr("word/document.xml", "<w/>")
    yield "another zip", packed.getvalue()
    yield "nothing", b""
    yield "text", "Kính gửi".encode()
    yield "noise", random.Random(1).randbytes(5000)


@pytest.mark.parametrize(("what", "contents"), list(strangers()), ids=[what for what, _ in strangers()])
def test_a_stranger_is_told_from_a_broken_one(what: str, contents: bytes, place: Path) -> None:
    place.write_bytes(contents)
    with pytest.raises(Refusal, match="không phải bản sao lưu của Nhiệm kỳ"):
        Reader(place)


def test_a_half_written_one_is_called_damaged(sound: bytes, place: Path) -> None:
    place.write_bytes(sound[:-100])
    with pytest.raises(Refusal, match="chưa được ghi xong"):
        Reader(place)


def test_a_newer_format_asks_for_an_upgrade(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "FORMAT", 2)
    backup_file(place, {}, product="nhiemky")
    monkeypatch.undo()
    with pytest.raises(Refusal, match="nâng cấp phần mềm"):
        Reader(place)


@pytest.mark.parametrize(
    "name",
    ["../evil", "evidence/../../evil", "/etc/passwd", "evidence/ab/..", "tables/../x.jsonl", "other/x", "evidence"],
)
def test_a_name_that_leads_elsewhere_is_refused(name: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sealed by somebody with our own code: the seal is right, and the name is still refused."""
    with pytest.raises(ValueError, match="no member may be called"):
        backup_file(place, {name: b"x"})
    monkeypatch.setattr(archive, "is_name", lambda _name: True)
    backup_file(place, {name: b"x"}, product="nhiemky")
    monkeypatch.undo()
    with pytest.raises(Refusal):
        Reader(place)


def test_a_bomb_among_the_files_is_refused(place: Path) -> None:
    with place.open("w+b") as file:
        writer = Writer(file, AT)
        writer.add("evidence/ab/abcd", [bytes(1 << 20)] * 64, compress=True)
        writer.finish({"product": "nhiemky"})
    assert place.stat().st_size < 1 << 20
    with pytest.raises(Refusal):
        Reader(place)


def test_a_line_without_an_end_does_not_fill_the_memory(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "LONGEST_LINE", 4 << 20)
    with place.open("w+b") as file:
        writer = Writer(file, AT)
        writer.add("tables/x.jsonl", [b"x" * (1 << 20)] * 64, compress=True)
        writer.finish({"product": "nhiemky"})
    reader = Reader(place)
    tracemalloc.start()
    with pytest.raises(Damaged):
        list(reader.lines("tables/x.jsonl"))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16 << 20
