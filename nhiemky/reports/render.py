"""A report's contents as office files. Word and PDF are set from one layout, so they say the same in the same order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from nhiemky.documents import pdf, word
from nhiemky.documents.queries import template_in_use
from nhiemky.documents.sheets import Column, Sheet, write_workbook
from nhiemky.figures.wording import compared
from nhiemky.foundation.refusals import Refusal
from nhiemky.reports.contents import Line, ReportContents, TargetRow
from nhiemky.reports.word_template import default_template
from nhiemky.rules import vietnamese
from nhiemky.rules.timeline import Span

KIND = "term_report"
FORMATS = {
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    "pdf": ("application/pdf", "pdf"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
}
PDF_SOURCE = Path(__file__).parent / "term_report.typ"
LONGEST_PLACE = 60


def render(contents: ReportContents, format: str, number: str = "") -> bytes:
    """The report in one of FORMATS; `number` is the office's number of the document, left open without one."""
    if format not in FORMATS:
        raise Refusal(
            _("Không có dạng tệp “%(format)s”. Hãy chọn một trong: %(known)s.")
            % {"format": format, "known": ", ".join(FORMATS)}
        )
    if format == "docx":
        template = template_in_use(KIND)
        return render_word(template or default_template(), contents, number)
    return {"pdf": render_pdf, "xlsx": render_sheets}[format](contents, number)


def render_word(template: bytes, contents: ReportContents, number: str = "") -> bytes:
    """The report by a given Word template."""
    return word.render(template, word_context(contents, number))


def render_pdf(contents: ReportContents, number: str = "") -> bytes:
    """The report in its fixed official layout."""
    return pdf.render(PDF_SOURCE, layout(contents, number))


def word_context(contents: ReportContents, number: str = "") -> dict[str, Any]:
    """What a Word template may use: the names listed in docs/mau-word.md, and the whole contents as `bc`."""
    return {**layout(contents, number), "bc": contents}


def file_name(contents: ReportContents, format: str) -> str:
    """`bao-cao-nho-quan-2018-2023.docx`: plain letters that every system keeps; with the day of another tree."""
    place = vietnamese.fold(contents.unit_short or contents.unit_name)
    kind, level = (
        r"^(?:ldld|cdcs|cd|lien doan lao dong|cong doan co so|cong doan)\s+",
        r"^(?:tinh|thanh pho|huyen|quan|thi xa)\s+",
    )
    place = re.sub(level, "", re.sub(kind, "", place))
    words = [_slug(place)[:LONGEST_PLACE].strip("-"), _slug(vietnamese.fold(contents.period_key))]
    words += [f"cay-{contents.boundaries_on}"] if contents.boundaries_on else []
    return "-".join(filter(None, ("bao-cao", *words))) + "." + FORMATS[format][1]


def _slug(folded: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", folded).strip("-")


# --- Word and PDF --------------------------------------------------------------------------------------------------


def layout(contents: ReportContents, number: str = "") -> dict[str, Any]:
    """Every text of the report in the order of the page; a part without rows is None and takes no number."""
    prepared = vietnamese.parse_day(contents.prepared_on)
    parts = _Parts()
    # the motto is that of the term ahead; without one it is the running term's own
    ahead = bool(contents.direction_title or contents.direction)
    return {
        "cap_tren": contents.parent_name,
        "don_vi": contents.unit_name,
        # dots where the office writes by hand
        "so_van_ban": number or "…………/BC-………",
        "dia_danh": "……………",
        "ngay": f"{prepared.day:02d}",
        "thang": f"{prepared.month:02d}",
        "nam": f"{prepared.year}",
        "ten_bao_cao": contents.title,
        "ky": contents.period_text,
        "den_ngay": _until(contents),
        "cach_tinh": contents.boundaries,
        "phuong_cham": "" if ahead else contents.motto,
        "hu_cau": contents.fictional,
        "linh_vuc": [parts.add(section.label, dong=_lines(section.lines)) for section in contents.sections],
        "chi_tieu": parts.add(
            _("Kết quả thực hiện chỉ tiêu"),
            dong=_targets(contents.targets),
            dat=contents.targets_told if contents.targets else "",
        ),
        "dai_hoi": parts.add(
            contents.congress_title or (_("Đại hội") if contents.congress else _("Nhân sự")),
            dong=_lines(contents.congress),
            chuc_danh=[
                {"tt": at, "ho_ten": post.person, "chuc_danh": post.role, "co_quan": post.body, "cach": post.mandate}
                for at, post in enumerate(contents.posts, 1)
            ],
        ),
        "phuong_huong": parts.add(
            contents.direction_title if contents.direction else _("Phương châm"),
            dong=_targets(contents.direction),
            phuong_cham=contents.motto if ahead else "",
        ),
        "ghi_chu": list(contents.remarks),
        "nguon": list(contents.sources),
        "ma_so_lieu": contents.digest_in_groups,
    }


def _until(contents: ReportContents) -> str:
    """'ngày 12/06/2023' or 'năm 2023': the last day of the figures, no more exactly than it is known."""
    end = Span.parse(contents.as_of_span).end
    return vietnamese.named(end) if end else contents.as_of


class _Parts:
    """Numbers the parts I, II, … and leaves out those that have nothing to say."""

    def __init__(self) -> None:
        self.count = 0

    def add(self, title: str, **given: Any) -> dict[str, Any] | None:
        if not any(given.values()):
            return None
        self.count += 1
        return {"so": vietnamese.roman(self.count), "ten": title, **given}


def _lines(lines: Iterable[Line]) -> list[dict[str, Any]]:
    return [
        # what is an amount stands with the amounts
        {"tt": at, "noi_dung": line.label, "ket_qua": "", "so_tien": line.text}
        if line.is_money
        else {"tt": at, "noi_dung": line.label, "ket_qua": line.text, "so_tien": line.money}
        for at, line in enumerate(lines, 1)
    ]


def _targets(rows: Iterable[TargetRow]) -> list[dict[str, Any]]:
    return [
        {
            "tt": at,
            "noi_dung": row.label,
            "nghi_quyet": row.aim,
            "ket_qua": row.measured or "–",
            # a target that was met needs no reason
            "danh_gia": row.state_text if row.state == "met" else f"{row.state_text}: {row.reason}",
        }
        for at, row in enumerate(rows, 1)
    ]


# --- Excel ---------------------------------------------------------------------------------------------------------


def render_sheets(contents: ReportContents, number: str = "") -> bytes:
    """The report as tables to reckon with: numbers as numbers, words beside them."""
    return write_workbook(sheets_of(contents))


def sheets_of(contents: ReportContents) -> list[Sheet]:
    """Results, targets, congress, posts where there are any, sources."""
    title = f"{contents.unit_name} – {contents.title}"
    title = f"{fictional_mark()} – {title}" if contents.fictional else title
    results = [(section.label, line) for section in contents.sections for line in section.lines]
    targets = [(contents.period_title, row) for row in contents.targets]
    targets += [(contents.direction_title, row) for row in contents.direction]
    basis = _("Kỳ báo cáo: %(period)s. Số liệu có đến %(day)s, tính theo %(tree)s.") % {
        "period": contents.period_text,
        "day": _until(contents),
        "tree": contents.boundaries,
    }
    digest = _("Mã số liệu: %(digest)s") % {"digest": contents.records_digest}
    posts = [(post.person, post.role, post.body, post.mandate) for post in contents.posts]
    sources = [(_("Nguồn"), text) for text in contents.sources] + [(_("Ghi chú"), text) for text in contents.remarks]
    sheets = [
        Sheet(_("Kết quả"), title, _figure_columns(_("Lĩnh vực")), _figure_rows(results), [basis, digest]),
        Sheet(_("Chỉ tiêu"), title, _target_columns(), [_target_row(*each) for each in targets], [basis]),
        Sheet(
            _("Đại hội"),
            title,
            _figure_columns(_("Đại hội")),
            _figure_rows((contents.congress_title, line) for line in contents.congress),
        ),
        Sheet(_("Nguồn"), title, (Column(_("Loại"), 12), Column(_("Nội dung"), 100)), sources, [digest]),
    ]
    if posts:
        labels = (_("Họ và tên"), _("Chức danh"), _("Cơ quan"), _("Hình thức"))
        sheets.insert(3, Sheet(_("Chức danh"), title, tuple(Column(label, 30) for label in labels), posts))
    return sheets


def fictional_mark() -> str:
    """The line that no reader of a demonstration may miss."""
    return _("ĐƠN VỊ HƯ CẤU – SỐ LIỆU MINH HỌA")


def _figure_columns(first: str) -> tuple[Column, ...]:
    return (
        Column(first, 26),
        Column(_("Nội dung"), 44),
        Column(_("Kết quả"), 24),
        Column(_("So sánh"), 11),
        Column(_("Giá trị"), 14, "number"),
        Column(_("Trên tổng số"), 14, "number"),
        Column(_("Đơn vị tính"), 13),
        Column(_("Số tiền"), 20),
        Column(_("Số tiền (đồng)"), 18, "number"),
        Column(_("Kỳ, thời điểm"), 24),
        Column(_("Mã việc, số liệu"), 36),
    )


def _figure_rows(lines: Iterable[tuple[str, Line]]) -> list[Sequence[Any]]:
    return [
        (
            first,
            line.label,
            line.text,
            _comparator(line.json),
            line.json.get("value", line.json.get("numerator")),
            line.json.get("denominator"),
            line.word,
            line.money,
            _exact(line.json.get("money", {})),
            line.when,
            "; ".join(line.json.get("entries", ())),
        )
        for first, line in lines
    ]


def _comparator(value: Mapping[str, Any]) -> str:
    words = [compared("", value["comparator"]).strip()] if value.get("comparator") else []
    words += [_("chưa đủ")] if value.get("incomplete") else []
    return ", ".join(filter(None, words))


def _exact(money: Mapping[str, Any]) -> int | None:
    """The amount that may be added up; one with a comparator or a vague part stays in words."""
    return money.get("value") if money.get("comparator") == "eq" and not money.get("incomplete") else None


def _target_columns() -> tuple[Column, ...]:
    return (
        Column(_("Kỳ"), 26),
        Column(_("Chỉ tiêu"), 44),
        Column(_("Nghị quyết"), 26),
        Column(_("Từ"), 11, "number"),
        Column(_("Đến"), 11, "number"),
        Column(_("Đơn vị tính"), 13),
        Column(_("Kết quả"), 24),
        Column(_("Đánh giá"), 16),
        Column(_("Lý do"), 30),
        Column(_("Căn cứ"), 24),
        Column(_("Mã việc, số liệu"), 36),
    )


def _target_row(period: str, row: TargetRow) -> Sequence[Any]:
    value, comparator = row.json.get("value"), row.json.get("comparator")
    low = row.json.get("min", None if comparator == "lte" else value)
    high = row.json.get("max", value if comparator in ("lte", "eq") else None)
    word = row.json.get("unit_word", "")
    found = (row.measured, row.state_text, row.reason, row.clause, "; ".join(row.json.get("entries", ())))
    return (period, row.label, row.aim, low, high, word, *found)
