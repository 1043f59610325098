"""The sheet that an office fills in: a column for each particular, lists to choose from, and one row as an example."""

from __future__ import annotations

import io

import xlsxwriter
from django.utils.translation import gettext as _

from nhiemky.documents.sheets import pages_across
from nhiemky.members.importing.cells import leavings_in_sheets
from nhiemky.members.particulars import choices, columns, fields

EXAMPLE_MARK = "vi du"
ROWS = 2_000
# what a list of members is not asked for: posts are recorded with their decisions, notes are kept nowhere
_LEFT_OUT = {"post", "note"}
_EXAMPLE = {
    "name": "Ví dụ: Nguyễn Thị Hoa", "born": "05/06/1988", "sex": "Nữ", "ethnicity": "Kinh", "card": "TH000123",
    "union_since": "01/09/2012", "job": "Giáo viên", "qualification": "Đại học", "id_number": "001188000123",
    "phone": "0912000123", "email": "hoa@congdoan.vn", "party": "19/05/2016",
}  # fmt: skip
_NARROW = {"date", "choice", "yes_no", "date_or_yes"}


def template(unit_name: str) -> bytes:
    """The .xlsx file; every cell is text, so that numbers keep their first nought and dates stay as typed."""
    kept = io.BytesIO()
    asked = [each for each in (fields() | columns()).values() if each.code not in _LEFT_OUT]
    with xlsxwriter.Workbook(kept, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        page, lists = book.add_worksheet(_("Danh sách")), book.add_worksheet(_("Danh mục"))
        title = book.add_format({"bold": True, "font_size": 14})
        soft = book.add_format({"italic": True, "font_color": "#555555", "num_format": "@"})
        head = book.add_format(
            {"bold": True, "text_wrap": True, "border": 1, "border_color": "#999999", "bg_color": "#E8EEF4",
             "align": "center", "valign": "vcenter"}
        )  # fmt: skip
        text = book.add_format({"num_format": "@"})
        page.write_string(0, 0, _("Danh sách đoàn viên: %(unit)s") % {"unit": unit_name}, title)
        page.write_string(1, 0, _(
            "Điền từ dòng 5. Chỉ “Họ và tên” là bắt buộc; ô để trống thì sổ giữ nguyên. "
            "Ngày ghi như 5/6/1988, 06/1988 hoặc 1988. Dòng ví dụ không được nạp."
        ), soft)  # fmt: skip
        for at, each in enumerate(asked):
            page.set_column(at, at, 14 if each.kind in _NARROW else 24, text)
            page.write_string(2, at, each.label, head)
            page.write_string(3, at, _EXAMPLE.get(each.code, ""), soft)
            options = _options(each.choices) if each.kind == "choice" else ["có"] if each.kind == "yes_no" else []
            if options:
                for row, option in enumerate(options):
                    lists.write_string(row + 1, at, option)
                lists.write_string(0, at, each.label, head)
                column = xlsxwriter.utility.xl_col_to_name(at)
                page.data_validation(4, at, ROWS, at, {
                    "validate": "list", "source": f"='{_('Danh mục')}'!${column}$2:${column}${len(options) + 1}",
                    "error_title": each.label, "error_message": _("Hãy chọn một mục trong danh sách."),
                })  # fmt: skip
        page.freeze_panes(3, 1)
        page.set_row(2, 34)
        page.set_landscape()
        page.set_paper(9)
        page.repeat_rows(2)
        page.repeat_columns(0)
        page.fit_to_pages(pages_across([14 if each.kind in _NARROW else 24 for each in asked], 1), 0)
        # it is there for the lists; nothing is read from it
        lists.hide()
    return kept.getvalue()


def _options(name: str) -> list[str]:
    if name == "leaving":
        return leavings_in_sheets()
    return list(choices(name).values())
