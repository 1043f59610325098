"""The Word template that an office starts from: Vietnamese administrative layout, tags that are easy to read.

The tags are the names of `reports.render.layout`; docs/mau-word.md explains them to the office.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override
from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

FONT = "Times New Roman"
WRITTEN = datetime(2026, 1, 1)  # noqa: DTZ001 - a property of the template, the same in every copy
LEFT, CENTRE, RIGHT, BOTH = (
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)
# widths in millimetres; each row adds up to the 165 mm between the margins
HEAD = (66, 99)
SIGNATURE = (80, 85)
RESULTS = (12, 70, 38, 45)
TARGETS = (12, 49, 36, 36, 32)
CONGRESS = (12, 103, 50)
POSTS = (12, 48, 40, 40, 25)
DIRECTION = (12, 93, 60)


@cache
def default_template() -> bytes:
    """The .docx with its tags, as it is offered for editing and used where the office has none of its own."""
    document = Document()
    # an office's document is Vietnamese, whatever language the screen is in
    with override("vi"):
        for part in (_set_up, _head, _results, _targets, _congress, _direction, _remarks, _signature, _footer):
            part(document)
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


# --- the parts of the page -------------------------------------------------------------------------------------------


def _set_up(document: Any) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Mm(20), Mm(20), Mm(30), Mm(15)
    page.header_distance = page.footer_distance = Mm(10)
    for name, size, bold in (("Normal", 14, False), ("Heading 1", 14, True), ("Footer", 10, False)):
        style = document.styles[name]
        style.font.name, style.font.size, style.font.bold = FONT, Pt(size), bold
        style.font.color.rgb = RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        # theme fonts of the blank document would win over the named one
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        for script in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(qn(f"w:{script}"), FONT)
    language = document.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
    language.set(qn("w:val"), "vi-VN")
    heading = document.styles["Heading 1"].paragraph_format
    heading.space_before, heading.space_after, heading.keep_with_next = Pt(12), Pt(6), True
    known = document.core_properties
    known.author, known.comments, known.title, known.language = "", "", "{{ ten_bao_cao }}", "vi-VN"
    known.created = known.modified = WRITTEN


def _head(document: Any) -> None:
    left, right = _plain_table(document, HEAD)
    _line(left, "{%p if cap_tren %}", first=True)
    _line(left, "{{ cap_tren }}", size=13, caps=True)
    _line(left, "{%p endif %}")
    _line(left, "{{ don_vi }}", size=13, bold=True, caps=True)
    _rule(left, HEAD[0], 26)
    _line(left, _("Số: {{ so_van_ban }}"), size=13)
    _line(right, _("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), size=12, bold=True, first=True)
    _line(right, _("Độc lập - Tự do - Hạnh phúc"), size=13, bold=True)
    _rule(right, HEAD[1], 56)
    _line(right, _("{{ dia_danh }}, ngày {{ ngay }} tháng {{ thang }} năm {{ nam }}"), size=13, italic=True)
    _tag(document, "{%p if hu_cau %}")
    _line(document, _("ĐƠN VỊ HƯ CẤU – SỐ LIỆU MINH HỌA"), bold=True, before=10, boxed=True)
    _tag(document, "{%p endif %}")
    _line(document, _("BÁO CÁO"), size=16, bold=True, before=14)
    _line(document, "{{ ten_bao_cao }}", bold=True, after=10)
    _text(document, _("Kỳ báo cáo: {{ ky }}. Số liệu có đến {{ den_ngay }}, tính theo {{ cach_tinh }}."), indent=10)
    _tag(document, "{%p if phuong_cham %}")
    _text(document, _("Phương châm: “{{ phuong_cham }}”."), indent=10)
    _tag(document, "{%p endif %}")


def _results(document: Any) -> None:
    _tag(document, "{%p for phan in linh_vuc %}")
    document.add_heading("{{ phan.so }}. {{ phan.ten }}", level=1)
    labels = (_("TT"), _("Nội dung"), _("Kết quả"), _("Số tiền"))
    _table(document, RESULTS, labels, ("tt", "noi_dung", "ket_qua", "so_tien"), "phan.dong", {3: RIGHT})
    _tag(document, "{%p endfor %}")


def _targets(document: Any) -> None:
    _tag(document, "{%p if chi_tieu %}")
    document.add_heading("{{ chi_tieu.so }}. {{ chi_tieu.ten }}", level=1)
    _tag(document, "{%p if chi_tieu.dat %}")
    _text(document, _("Chỉ tiêu đạt: {{ chi_tieu.dat }}."), indent=10)
    _tag(document, "{%p endif %}")
    labels = (_("TT"), _("Chỉ tiêu"), _("Nghị quyết"), _("Kết quả"), _("Đánh giá"))
    fields = ("tt", "noi_dung", "nghi_quyet", "ket_qua", "danh_gia")
    _table(document, TARGETS, labels, fields, "chi_tieu.dong", {})
    _tag(document, "{%p endif %}")


def _congress(document: Any) -> None:
    _tag(document, "{%p if dai_hoi %}")
    document.add_heading("{{ dai_hoi.so }}. {{ dai_hoi.ten }}", level=1)
    _tag(document, "{%p if dai_hoi.dong %}")
    labels = (_("TT"), _("Nội dung"), _("Kết quả"))
    _table(document, CONGRESS, labels, ("tt", "noi_dung", "ket_qua"), "dai_hoi.dong", {})
    _tag(document, "{%p endif %}")
    _tag(document, "{%p if dai_hoi.chuc_danh %}")
    _text(document, _("Nhân sự do đại hội, hội nghị bầu hoặc chỉ định:"), before=8, keep=True)
    persons = (_("TT"), _("Họ và tên"), _("Chức danh"), _("Cơ quan"), _("Hình thức"))
    fields = ("tt", "ho_ten", "chuc_danh", "co_quan", "cach")
    _table(document, POSTS, persons, fields, "dai_hoi.chuc_danh", {})
    _tag(document, "{%p endif %}")
    _tag(document, "{%p endif %}")


def _direction(document: Any) -> None:
    _tag(document, "{%p if phuong_huong %}")
    document.add_heading("{{ phuong_huong.so }}. {{ phuong_huong.ten }}", level=1)
    _tag(document, "{%p if phuong_huong.phuong_cham %}")
    _text(document, _("Phương châm: “{{ phuong_huong.phuong_cham }}”."), indent=10)
    _tag(document, "{%p endif %}")
    _tag(document, "{%p if phuong_huong.dong %}")
    labels = (_("TT"), _("Chỉ tiêu"), _("Mức đề ra"))
    _table(document, DIRECTION, labels, ("tt", "noi_dung", "nghi_quyet"), "phuong_huong.dong", {})
    _tag(document, "{%p endif %}")
    _tag(document, "{%p endif %}")


def _remarks(document: Any) -> None:
    for name, label in (("ghi_chu", _("Ghi chú")), ("nguon", _("Nguồn số liệu"))):
        _tag(document, f"{{%p if {name} %}}")
        _text(document, label, bold=True, before=10, keep=True, size=13)
        _tag(document, f"{{%p for muc in {name} %}}")
        # the signature never stands alone on a page: what comes before goes with it
        _text(document, "- {{ muc }}", size=13, keep=True)
        _tag(document, "{%p endfor %}")
        _tag(document, "{%p endif %}")


def _signature(document: Any) -> None:
    _text(document, "", size=8, keep=True)
    left, right = _plain_table(document, SIGNATURE)
    _line(left, _("Nơi nhận:"), size=12, bold=True, italic=True, align=LEFT, first=True)
    _line(left, _("{% if cap_tren %}- {{ cap_tren }} (để báo cáo);{% else %}- ……………;{% endif %}"), size=11, align=LEFT)
    _line(left, _("- Lưu: VT."), size=11, align=LEFT)
    _line(right, _("TM. BAN CHẤP HÀNH"), bold=True, first=True)
    _line(right, _("CHỦ TỊCH"), bold=True)
    _line(right, _("(Ký tên, đóng dấu)"), size=12, italic=True, after=80)
    _line(right, "………………………", size=13)


def _footer(document: Any) -> None:
    line = document.sections[0].footer.paragraphs[0]
    line.paragraph_format.tab_stops.add_tab_stop(Mm(165), WD_TAB_ALIGNMENT.RIGHT)
    # the blank document's own stops of a Letter page would come first
    stops = line.style.element.find(f".//{qn('w:tabs')}")
    if stops is not None:
        stops.getparent().remove(stops)
    mark = _("ĐƠN VỊ HƯ CẤU – SỐ LIỆU MINH HỌA")
    line.add_run(_("Mã số liệu: {{ ma_so_lieu }}") + f"{{% if hu_cau %}} · {mark}{{% endif %}}\t" + _("Trang "))
    _field(line, "PAGE")
    line.add_run("/")
    _field(line, "NUMPAGES")


# --- the pieces a page is made of ------------------------------------------------------------------------------------


def _tag(document: Any, tag: str) -> None:
    """A paragraph that is only a tag; it goes when the template is filled in."""
    paragraph = document.add_paragraph(tag)
    paragraph.paragraph_format.space_after = Pt(0)


def _text(place: Any, text: str, *, indent: int = 0, before: int = 0, keep: bool = False, **font: Any) -> Any:
    paragraph = place.add_paragraph()
    shape = paragraph.paragraph_format
    shape.alignment, shape.first_line_indent, shape.keep_with_next = BOTH, Mm(indent), keep
    shape.space_before, shape.space_after = Pt(before), Pt(6)
    _run(paragraph, text, **font)
    return paragraph


def _line(
    place: Any,
    text: str,
    *,
    align: Any = CENTRE,
    before: int = 0,
    after: int = 0,
    first: bool = False,
    boxed: bool = False,
    **font: Any,
) -> Any:
    """A line of the head or the signature; `first` uses the paragraph that a cell always has."""
    paragraph = place.paragraphs[0] if first else place.add_paragraph()
    shape = paragraph.paragraph_format
    shape.alignment, shape.space_before, shape.space_after = align, Pt(before), Pt(after)
    _run(paragraph, text, **font)
    if boxed:
        _border(paragraph, "top", "left", "bottom", "right")
    return paragraph


def _run(
    paragraph: Any, text: str, *, size: int = 14, bold: bool = False, italic: bool = False, caps: bool = False
) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.font.bold, run.font.italic = Pt(size), bold or None, italic or None
    # capitals are a look: the text keeps the name as it is written
    run.font.all_caps = caps or None


def _rule(cell: Any, width: int, length: int) -> None:
    """The short rule under a name: a paragraph of no height with a border, as Word keeps it in place when edited."""
    paragraph = cell.add_paragraph()
    shape = paragraph.paragraph_format
    shape.space_before, shape.space_after, shape.line_spacing = Pt(0), Pt(4), Pt(3)
    # a cell has 2 mm of its own on either side
    shape.left_indent = shape.right_indent = Mm((width - 4 - length) / 2)
    _border(paragraph, "bottom")


def _border(paragraph: Any, *sides: str) -> None:
    borders = OxmlElement("w:pBdr")
    for side in sides:
        border = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
            border.set(qn(f"w:{name}"), value)
        borders.append(border)
    # the schema wants borders before spacing, indents and alignment
    paragraph._p.get_or_add_pPr().insert_element_before(
        borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:rPr"
    )


def _field(paragraph: Any, name: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    paragraph._p.append(field)
    field.append(OxmlElement("w:r"))
    shown = OxmlElement("w:t")
    shown.text = "1"
    field[0].append(shown)


def _plain_table(document: Any, widths: Sequence[int]) -> Sequence[Any]:
    """The cells of a table of one row without borders, which stays on one page."""
    table = document.add_table(rows=1, cols=len(widths))
    _shape(table, widths)
    _keep_whole(table.rows[0])
    return table.rows[0].cells


def _table(
    document: Any,
    widths: Sequence[int],
    labels: Sequence[str],
    fields: Sequence[str],
    rows: str,
    align: dict[int, Any],
) -> None:
    """A bordered table: a heading that repeats on every page, and one row for each of `rows`."""
    table = document.add_table(rows=4, cols=len(widths), style="Table Grid")
    _shape(table, widths)
    head, start, row, end = table.rows
    for at, (label, field) in enumerate(zip(labels, fields, strict=True)):
        _line(
            head.cells[at], label, size=13, bold=True, first=True, before=2, after=2
        ).paragraph_format.keep_with_next = True
        side = CENTRE if at == 0 else align.get(at, LEFT)
        _line(row.cells[at], f"{{{{ d.{field} }}}}", size=13, align=side, first=True, before=2, after=2)
    # in the second cell, which is wide enough to read them
    start.cells[1].paragraphs[0].add_run(f"{{%tr for d in {rows} %}}")
    end.cells[1].paragraphs[0].add_run("{%tr endfor %}")
    repeated = OxmlElement("w:tblHeader")
    head._tr.get_or_add_trPr().append(repeated)
    for each in (head, row):
        _keep_whole(each)


def _keep_whole(row: Any) -> None:
    properties = row._tr.get_or_add_trPr()
    properties.insert(0, OxmlElement("w:cantSplit"))


def _shape(table: Any, widths: Sequence[int]) -> None:
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)
