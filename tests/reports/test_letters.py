"""The letter of introduction: its words in both formats, on one page; who may issue it, and what is kept of it."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from pypdf import PdfReader

from nhiemky.documents.queries import issued_bytes, issued_formats
from nhiemky.foundation.models import AuditEvent
from nhiemky.foundation.refusals import NotAllowed, Refusal
from nhiemky.foundation.roles import Role
from nhiemky.members.actions import (
    ask_transfer,
    enter_person,
    fill_post,
    join_unit,
    record_dues,
    refuse_transfer,
    request_transfer,
)
from nhiemky.members.models import Transfer
from nhiemky.members.particulars import read
from nhiemky.reports.actions import issue_letter
from nhiemky.reports.check import every_fault
from nhiemky.reports.letters import LETTER_FORMATS, LetterContents, render_letter
from nhiemky.reports.queries import letter_of, letters_of
from nhiemky.rules.timeline import Span
from tests.factories import a_unit, a_user, clerk, let, put

TODAY = date(2026, 11, 24)
GOLDEN = [line for line in (Path(__file__).parent / "letter.txt").read_text("utf-8").splitlines() if line]
CONTENTS = LetterContents(
    transfer="t-1",
    person="p-1",
    unit_code="thu",
    unit_name="Công đoàn cơ sở Thử Nghiệm",
    parent_name="Liên đoàn Lao động huyện Thử",
    to_name="Công đoàn cơ sở Nhà máy Bên Sông",
    to_code="ben-song",
    name="Nguyễn Thị Lan",
    facts=(("Họ và tên", "Nguyễn Thị Lan"), ("Ngày sinh", "05/06/1988"), ("Số thẻ đoàn viên", "………………………")),
    last_day="30/11/2026",
    reason="Chuyển nơi công tác",
    prepared_on="2026-11-24",
    fictional=False,
)


def bare(text: str) -> str:
    return "".join(text.split()).upper()


def words_of(format: str, data: bytes) -> str:
    if format == "pdf":
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    return "".join(
        node.text or "" for node in Document(io.BytesIO(data)).element.body.iter() if node.tag.endswith("}t")
    )


def pdf_pages(contents: LetterContents) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(render_letter(contents, "pdf"))).pages]


@pytest.mark.parametrize("format", LETTER_FORMATS)
def test_the_letter_says_these_words_in_this_order(format: str) -> None:
    found, at = bare(words_of(format, render_letter(CONTENTS, format, "11/GT-CĐCS"))), 0
    for line in GOLDEN:
        # the two columns of head and foot may be read one before the other
        assert bare(line) in found, line
    body = GOLDEN[GOLDEN.index("GIẤY GIỚI THIỆU") : GOLDEN.index("Nơi nhận:")]
    for line in body:
        at = found.index(bare(line), at) + len(bare(line))
    assert len(found) == len(bare("".join(GOLDEN))) + len("………………………")


LONG = "Công đoàn cơ sở Công ty Trách nhiệm hữu hạn Một thành viên Xuất nhập khẩu {{ 1 }} #let <b>&"
FEW = tuple((f"Mục {at}", "Giá trị dài") for at in range(4))


def test_a_letter_is_one_page_and_the_signature_never_stands_alone() -> None:
    usual = replace(CONTENTS, facts=(*CONTENTS.facts, *FEW))
    assert len(pdf_pages(usual)) == 1
    crowded = replace(CONTENTS, to_name=LONG, unit_name=LONG, facts=FEW * 4, fictional=True)
    assert len(pages := pdf_pages(crowded)) == 2
    assert bare("Đề nghị Ban Chấp hành") in bare(pages[1]) and bare("CHỦ TỊCH") in bare(pages[1])


def test_what_was_typed_is_text() -> None:
    for format in LETTER_FORMATS:
        assert bare(LONG) in bare(words_of(format, render_letter(replace(CONTENTS, to_name=LONG), format)))


def test_outside_nobody_is_said_to_wait() -> None:
    outside = words_of("pdf", render_letter(replace(CONTENTS, to_code=""), "pdf"))
    assert "trong khi chờ" not in " ".join(outside.split())


@pytest.fixture
def transfer(db: None) -> Transfer:
    district, old, new = a_unit("giay-tren", "district"), a_unit("giay-cu"), a_unit("giay-moi")
    put(old, district)
    put(new, district)
    born = read("born", "5/6/1988", TODAY).values | read("id_number", "999188000001", TODAY).values
    person = enter_person(by=clerk(), name="Nguyễn Thị Lan", fictional=True, card="T-9", **born)
    join_unit(by=clerk(), unit=old, person=person, valid=Span(date(2020, 1, 1), None))
    record_dues(
        by=clerk(), unit=old, person=person, months=Span(date(2026, 1, 1), date(2026, 10, 1)), state="paid", paid=90_000
    )
    fill_post(
        by=clerk(), unit=old, person=person, body="bch", role="member", mandate="elected",
        valid=Span(date(2023, 5, 1), None),
    )  # fmt: skip
    return ask_transfer(
        by=clerk(), unit=old, person=person, to_unit=new, last_day=date(2026, 11, 30), today=TODAY, number="7/GT"
    )


@pytest.mark.both_engines
def test_issued_by_the_unit_itself_and_kept(transfer: Transfer) -> None:
    near, above, reader = a_user("gan"), a_user("tren"), a_user("doc")
    let(near, transfer.unit)
    let(above, transfer.unit.placements.get().parent, below=True)
    let(reader, transfer.unit, Role.AUDITOR)
    with pytest.raises(Refusal, match="cán bộ của chính đơn vị"):
        issue_letter(by=above, transfer=transfer, number="7/GT", today=TODAY)
    with pytest.raises(NotAllowed):
        issue_letter(by=reader, transfer=transfer, number="7/GT", today=TODAY)
    document = issue_letter(by=near, transfer=transfer, number="7/GT", today=TODAY)
    assert set(issued_formats(document)) == {"docx", "pdf"}
    said = words_of("pdf", issued_bytes(document, "pdf") or b"")
    for text in ("05/06/1988", "T-9", "đến hết tháng 09/2026", "Ủy viên"):
        assert bare(text) in bare(said), text
    # keys only: what is of the person stands in the paper and nowhere beside it
    kept = json.dumps(document.contents) + json.dumps([event.data for event in AuditEvent.objects.all()])
    assert "Lan" not in kept and "1988" not in kept and "T-9" not in kept
    assert not list(every_fault(TODAY))
    with pytest.raises(Refusal, match="đã cấp rồi"):
        issue_letter(by=near, transfer=transfer, number="7/GT", today=TODAY)
    again = issue_letter(by=near, transfer=transfer, number="8/GT", today=TODAY)
    assert [each.number for each in letters_of(transfer)] == ["8/GT", "7/GT"] and again.title == document.title
    assert "999188000001" not in said


@pytest.mark.both_engines
def test_no_letter_for_what_was_refused_or_only_asked_for(transfer: Transfer) -> None:
    refuse_transfer(by=clerk(), transfer=transfer, answer="chưa rõ")
    with pytest.raises(Refusal, match="không tiếp nhận"):
        issue_letter(by=clerk(), transfer=transfer, number="", today=TODAY)
    asked = request_transfer(by=clerk(), unit=transfer.to_unit, person=transfer.person, first_day=TODAY, today=TODAY)
    with pytest.raises(Refusal, match="chờ đơn vị cũ đồng ý"):
        issue_letter(by=clerk(), transfer=asked, number="", today=TODAY)
    assert letter_of(transfer, TODAY).parent_name == "Đơn vị thử giay-tren"
