"""The pieces that an office's Word page is made of, in the Vietnamese administrative layout."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

FONT = "Times New Roman"
WRITTEN = datetime(2026, 1, 1)  # noqa: DTZ001 - a property of the template, the same in every copy
# widths in millimetres; each row adds up to the 165 mm between the margins
HEAD = (66, 99)
SIGNATURE = (80, 85)
LEFT, CENTRE, RIGHT, BOTH = (
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)


def set_up(document: Any) -> None:
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


def head(document: Any) -> None:
    """Who issues, under whom; the State's motto; number, place and day; the mark of what is invented."""
    left, right = plain_table(document, HEAD)
    line(left, "{%p if cap_tren %}", first=True)
    line(left, "{{ cap_tren }}", size=13, caps=True)
    line(left, "{%p endif %}")
    line(left, "{{ don_vi }}", size=13, bold=True, caps=True)
    rule(left, HEAD[0], 26)
    line(left, _("Số: {{ so_van_ban }}"), size=13)
    line(right, _("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), size=12, bold=True, first=True)
    line(right, _("Độc lập - Tự do - Hạnh phúc"), size=13, bold=True)
    rule(right, HEAD[1], 56)
    line(right, _("{{ dia_danh }}, ngày {{ ngay }} tháng {{ thang }} năm {{ nam }}"), size=13, italic=True)
    tag(document, "{%p if hu_cau %}")
    line(document, _("ĐƠN VỊ HƯ CẤU – SỐ LIỆU MINH HỌA"), bold=True, before=10, boxed=True)
    tag(document, "{%p endif %}")


def signature(document: Any, *receivers: str, room: int = 80) -> None:
    """Who receives it, and who signs for the committee, with so many points to sign in."""
    text(document, "", size=8, keep=True)
    left, right = plain_table(document, SIGNATURE)
    line(left, _("Nơi nhận:"), size=12, bold=True, italic=True, align=LEFT, first=True)
    for each in receivers:
        line(left, each, size=11, align=LEFT)
    line(right, _("TM. BAN CHẤP HÀNH"), bold=True, first=True)
    line(right, _("CHỦ TỊCH"), bold=True)
    line(right, _("(Ký tên, đóng dấu)"), size=12, italic=True, after=room)
    line(right, "………………………", size=13)


def tag(document: Any, tag: str) -> None:
    """A paragraph that is only a tag; it goes when the template is filled in."""
    paragraph = document.add_paragraph(tag)
    paragraph.paragraph_format.space_after = Pt(0)


def text(
    place: Any,
    text: str,
    *,
    indent: int = 0,
    before: int = 0,
    keep: bool = False,
    hang: int = 0,
    after: int = 6,
    **font: Any,
) -> Any:
    """A paragraph; with `hang` a label, a tab, and words that stay behind it when they wrap."""
    paragraph = place.add_paragraph()
    shape = paragraph.paragraph_format
    if hang:
        shape.left_indent, indent = Mm(hang), -hang + 10
        shape.tab_stops.add_tab_stop(Mm(hang))
    shape.alignment, shape.first_line_indent, shape.keep_with_next = BOTH, Mm(indent), keep
    shape.space_before, shape.space_after = Pt(before), Pt(after)
    run(paragraph, text, **font)
    return paragraph


def line(
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
    run(paragraph, text, **font)
    if boxed:
        border(paragraph, "top", "left", "bottom", "right")
    return paragraph


def run(
    paragraph: Any, text: str, *, size: int = 14, bold: bool = False, italic: bool = False, caps: bool = False
) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.font.bold, run.font.italic = Pt(size), bold or None, italic or None
    # capitals are a look: the text keeps the name as it is written
    run.font.all_caps = caps or None


def rule(cell: Any, width: int, length: int) -> None:
    """The short rule under a name: a paragraph of no height with a border, as Word keeps it in place when edited."""
    paragraph = cell.add_paragraph()
    shape = paragraph.paragraph_format
    shape.space_before, shape.space_after, shape.line_spacing = Pt(0), Pt(4), Pt(3)
    # a cell has 2 mm of its own on either side
    shape.left_indent = shape.right_indent = Mm((width - 4 - length) / 2)
    border(paragraph, "bottom")


def border(paragraph: Any, *sides: str) -> None:
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


def field(paragraph: Any, name: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    paragraph._p.append(field)
    field.append(OxmlElement("w:r"))
    shown = OxmlElement("w:t")
    shown.text = "1"
    field[0].append(shown)


def plain_table(document: Any, widths: Sequence[int]) -> Sequence[Any]:
    """The cells of a table of one row without borders, which stays on one page."""
    table = document.add_table(rows=1, cols=len(widths))
    shape(table, widths)
    keep_whole(table.rows[0])
    return table.rows[0].cells


def table(
    document: Any,
    widths: Sequence[int],
    labels: Sequence[str],
    fields: Sequence[str],
    rows: str,
    align: dict[int, Any],
) -> None:
    """A bordered table: a heading that repeats on every page, and one row for each of `rows`."""
    table = document.add_table(rows=4, cols=len(widths), style="Table Grid")
    shape(table, widths)
    head, start, row, end = table.rows
    for at, (label, field) in enumerate(zip(labels, fields, strict=True)):
        line(
            head.cells[at], label, size=13, bold=True, first=True, before=2, after=2
        ).paragraph_format.keep_with_next = True
        side = CENTRE if at == 0 else align.get(at, LEFT)
        line(row.cells[at], f"{{{{ d.{field} }}}}", size=13, align=side, first=True, before=2, after=2)
    # in the second cell, which is wide enough to read them
    start.cells[1].paragraphs[0].add_run(f"{{%tr for d in {rows} %}}")
    end.cells[1].paragraphs[0].add_run("{%tr endfor %}")
    repeated = OxmlElement("w:tblHeader")
    head._tr.get_or_add_trPr().append(repeated)
    for each in (head, row):
        keep_whole(each)


def keep_whole(row: Any) -> None:
    properties = row._tr.get_or_add_trPr()
    properties.insert(0, OxmlElement("w:cantSplit"))


def shape(table: Any, widths: Sequence[int]) -> None:
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)
