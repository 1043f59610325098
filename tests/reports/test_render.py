"""A report as office files: every text of the contents is found again, in each format, however crowded."""

import hashlib
import io
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader

from nhiemky.documents import word
from nhiemky.documents.actions import upload_template
from nhiemky.documents.queries import issued, issued_bytes, issued_document, issued_formats
from nhiemky.foundation.models import AuditEvent
from nhiemky.foundation.refusals import Refusal
from nhiemky.reports.actions import issue_report
from nhiemky.reports.contents import ReportContents
from nhiemky.reports.queries import differences, report_of
from nhiemky.reports.render import (
    FORMATS,
    KIND,
    fictional_mark,
    file_name,
    layout,
    render,
    render_pdf,
    render_sheets,
    render_word,
    word_context,
)
from nhiemky.reports.word_template import default_template
from nhiemky.units.models import Unit
from nhiemky.units.queries import periods_of
from tests.reports.sample import LONG_NAME, crowded, nho_quan, texts_of

REPORTS = pytest.mark.parametrize("contents", [nho_quan(), crowded()], ids=["nho-quan", "crowded"])


def bare(text: str) -> str:
    """Without white space, where lines wrap, and in capitals, as the head is set."""
    return "".join(text.split()).upper()


def word_text(data: bytes) -> str:
    """All text of the document in the order of the page, tables included, then the footer."""
    document = Document(io.BytesIO(data))
    parts = [node.text or "" for node in document.element.body.iter() if node.tag.endswith("}t")]
    return "".join([*parts, *(line.text for line in document.sections[0].footer.paragraphs)])


def pdf_pages(data: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]


def missing(contents: ReportContents, found: str) -> list[str]:
    return [text for text in texts_of(contents) if bare(text) not in bare(found)]


# --- Word and PDF ------------------------------------------------------------------------------------------------


@REPORTS
def test_word_says_all_that_the_contents_say(contents: ReportContents) -> None:
    found = word_text(render_word(default_template(), contents, "15/BC-LĐLĐ"))
    assert missing(contents, found) == []
    assert "Số: 15/BC-LĐLĐ" in found and "ngày 05 tháng 06 năm 2023" in found
    assert "{{" not in found and "{%" not in found


@REPORTS
def test_pdf_says_all_that_the_contents_say(contents: ReportContents) -> None:
    pages = pdf_pages(render_pdf(contents, "15/BC-LĐLĐ"))
    # a text that goes over to the next page has the footer in its midst: none may, rows are kept whole
    assert missing(contents, "\n".join(pages)) == []
    assert "Số: 15/BC-LĐLĐ" in pages[0]


def test_word_and_pdf_say_the_same_in_the_same_order() -> None:
    contents = nho_quan()
    order = [row["noi_dung"] for part in layout(contents)["linh_vuc"] for row in part["dong"]]
    order += ["Đại hội lần thứ XI", "Phương châm", "Nguồn số liệu", "CHỦ TỊCH"]
    for found in (word_text(render_word(default_template(), contents)), "\n".join(pdf_pages(render_pdf(contents)))):
        places = [bare(found).index(bare(text)) for text in order]
        assert places == sorted(places)


def test_forty_targets_run_over_pages_and_each_repeats_the_heading() -> None:
    pages = pdf_pages(render_pdf(crowded()))
    assert len(pages) > 3
    with_rows = [page for page in pages if "Chỉ tiêu số" in page]
    assert len(with_rows) > 2 and all("Đánh giá" in page for page in with_rows)
    assert all(f"Trang {at}/{len(pages)}" in page for at, page in enumerate(pages, 1))
    table = Document(io.BytesIO(render_word(default_template(), crowded()))).tables[4]
    assert len(table.rows) == 41
    assert "tblHeader" in table.rows[0]._tr.xml and all("cantSplit" in row._tr.xml for row in table.rows)


def test_the_signature_is_never_alone_on_a_page() -> None:
    for count in range(1, 25):
        contents = crowded()
        last = pdf_pages(render_pdf(replace(contents, targets=contents.targets[:count])))[-1]
        assert "TM. BAN CHẤP HÀNH" in last and "Nguồn số liệu" in last, count


def test_parts_without_rows_are_left_out_and_the_numbers_close_up() -> None:
    empty = replace(
        nho_quan(), sections=nho_quan().sections[1:], direction=(), motto="", congress=(), congress_title="", sources=()
    )
    for found in (word_text(render_word(default_template(), empty)), "\n".join(pdf_pages(render_pdf(empty)))):
        assert "I. Chăm lo đời sống" in found and "II." not in found
        for absent in ("Phương hướng", "Đại hội", "chỉ tiêu", "Ghi chú", "Nguồn số liệu", "Nhân sự"):
            assert absent not in found
        assert "…/BC-…" in found
    bare_report = replace(empty, sections=())
    assert "BÁO CÁO" in word_text(render_word(default_template(), bare_report))
    assert "BÁO CÁO" in pdf_pages(render_pdf(bare_report))[0]


def test_a_running_term_shows_its_own_motto_and_posts_without_a_congress() -> None:
    running = replace(
        crowded(), direction=(), direction_title="", congress=(), congress_title="", sections=nho_quan().sections
    )
    for found in (word_text(render_word(default_template(), running)), "\n".join(pdf_pages(render_pdf(running)))):
        assert missing(running, found) == []
        assert "IV. Nhân sự" in found and "Phương hướng" not in found and "Đại hội" not in found.partition("Nguồn")[0]
        assert found.count("Phương châm") == 1


def test_what_is_fictional_says_so_on_every_page() -> None:
    mark = fictional_mark()
    assert all(mark in page for page in pdf_pages(render_pdf(crowded())))
    found = word_text(render_word(default_template(), crowded()))
    assert found.count(mark) == 2
    assert mark not in word_text(render_word(default_template(), nho_quan()))
    assert mark not in "".join(pdf_pages(render_pdf(nho_quan())))


def test_the_template_is_set_as_offices_set_it() -> None:
    document = Document(io.BytesIO(default_template()))
    page = document.sections[0]
    assert (page.page_width.mm, page.page_height.mm) == (pytest.approx(210, 0.01), pytest.approx(297, 0.01))
    margins = [page.top_margin, page.bottom_margin, page.left_margin, page.right_margin]
    assert [round(each.mm) for each in margins] == [20, 20, 30, 15]
    assert (document.styles["Normal"].font.name, document.styles["Normal"].font.size.pt) == ("Times New Roman", 14)


def test_the_default_template_passes_the_check() -> None:
    for contents in (nho_quan(), crowded()):
        assert word.check_template(default_template(), word_context(contents)) == []


# --- Excel -------------------------------------------------------------------------------------------------------


def test_sheets_hold_numbers_to_reckon_with() -> None:
    book = load_workbook(io.BytesIO(render_sheets(nho_quan())))
    assert book.sheetnames == ["Kết quả", "Chỉ tiêu", "Đại hội", "Nguồn"]
    rows = {row[1]: row for row in book["Kết quả"].iter_rows(min_row=3, values_only=True) if row[1]}
    hardship = rows["Thăm hỏi, hỗ trợ đoàn viên, người lao động khó khăn, tai nạn lao động, bệnh tật"]
    assert hardship[2:9] == ("3.161 lượt", None, 3161, None, "lượt", "1.636 triệu đồng", 1_636_000_000)
    assert rows["Chỉ tiêu nghị quyết hoàn thành"][4:6] == (13, 13)
    targets = list(book["Chỉ tiêu"].iter_rows(min_row=3, max_row=7, values_only=True))
    assert [row[3:5] for row in targets] == [(300, 500), (90, 90), (85, None), (None, None), (500, None)]
    assert book["Đại hội"]["E3"].value == 16


def test_inexact_amounts_stay_words_and_formulas_stay_text() -> None:
    book = load_workbook(io.BytesIO(render_sheets(crowded())))
    page = book["Kết quả"]
    rows = {row[1].value: row for row in page.iter_rows(min_row=3) if row[1].value}
    vague = rows["Khen thưởng tập thể, cá nhân"]
    assert [cell.value for cell in vague[2:5]] == ["trên 100 lượt", "trên, chưa đủ", 100]
    assert (vague[7].value, vague[8].value) == ("hàng trăm triệu đồng", None)
    hostile = rows["=1+1"]
    assert hostile[1].data_type == "s" and hostile[6].value == "@ngày" and hostile[6].data_type == "s"
    assert "Chức danh" in book.sheetnames and book["Chức danh"]["A4"].value == "Trần Văn Đỉnh"
    assert page["A1"].value.startswith(fictional_mark()) and LONG_NAME in page["A1"].value
    formulas = [cell for each in book for row in each.iter_rows() for cell in row if cell.data_type == "f"]
    assert formulas == []


# --- names, formats, issuing -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("short", "key", "expected"),
    [
        ("LĐLĐ huyện Nho Quan", "2018-2023", "bao-cao-nho-quan-2018-2023.docx"),
        ("LĐLĐ tỉnh Đắk Lắk", "2018–2023", "bao-cao-dak-lak-2018-2023.docx"),
        ("", "2018/2023 <x>", "bao-cao-nho-quan-2018-2023-x.docx"),
        ("../../etc", "a", "bao-cao-etc-a.docx"),
        ("Công đoàn", "2020", "bao-cao-cong-doan-2020.docx"),
    ],
)
def test_file_names_are_plain(short: str, key: str, expected: str) -> None:
    assert file_name(replace(nho_quan(), unit_short=short, period_key=key), "docx") == expected


def test_a_long_name_gives_a_file_name_that_systems_keep() -> None:
    name = file_name(replace(nho_quan(), unit_short=LONG_NAME * 3), "xlsx")
    assert name.isascii() and len(name) < 120 and name.endswith(".xlsx") and "2018-2023" in name


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(Refusal, match="odt"):
        render(nho_quan(), "odt")


def test_the_offices_template_is_used(clerk: Any) -> None:
    document = Document()
    document.add_paragraph("Mẫu riêng: {{ don_vi }} {{ bc.unit_short }}")
    kept = io.BytesIO()
    document.save(kept)
    assert "Mẫu riêng" not in word_text(render(nho_quan(), "docx"))
    upload_template(by=clerk, kind=KIND, contents=kept.getvalue(), sample=word_context(nho_quan()), wanted={})
    assert word_text(render(nho_quan(), "docx")).startswith(
        "Mẫu riêng: Liên đoàn Lao động huyện Nho Quan LĐLĐ huyện Nho Quan"
    )


def test_an_issued_report_is_kept_as_it_was_issued(clerk: Any) -> None:
    unit = Unit.objects.get(code="nho-quan")
    period = next(each for each in periods_of(unit) if each.key == "2018-2023")
    today = date(2026, 11, 20)
    made = issue_report(by=clerk, unit=unit, period=period, number=" 15/BC-LĐLĐ ", today=today)
    document = issued_document(made.code)
    assert document and document in issued("nho-quan") and document.number == "15/BC-LĐLĐ"
    assert list(issued_formats(document)) == list(FORMATS)
    for format, digest in issued_formats(document).items():
        data = issued_bytes(document, format)
        assert data and hashlib.sha256(data).hexdigest() == digest
    found = word_text(issued_bytes(document, "docx") or b"")
    for text in ("Số: 15/BC-LĐLĐ", "13/13", "3.161 lượt", "1.636 triệu đồng", "từ 300 – 500", "16 đồng chí"):
        assert text in found
    event = AuditEvent.objects.latest("number")
    assert (event.action, event.subject) == ("reports.term_report.issue", f"document:{made.code}")
    assert event.unit == "nho-quan" and event.data["digest"] == made.records_digest
    contents = report_of(unit, period, today)
    assert ReportContents.from_json(document.contents) == contents
    assert differences(document, contents) == []


def test_a_number_that_is_too_long_issues_nothing(clerk: Any) -> None:
    unit = Unit.objects.get(code="nho-quan")
    before = AuditEvent.objects.count()
    with pytest.raises(Refusal, match="60 chữ"):
        issue_report(by=clerk, unit=unit, period=periods_of(unit)[0], number="1" * 61, today=date(2026, 11, 20))
    assert AuditEvent.objects.count() == before and not issued("nho-quan").exists()
