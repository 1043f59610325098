"""Plans as sheets: the file that an office fills in, with the units below in it, and the same file read."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazily

from nhiemky.documents.sheet_reading import Row as Line
from nhiemky.documents.sheet_reading import find_heading, open_sheets
from nhiemky.foundation import catalogue
from nhiemky.foundation.refusals import Refusal
from nhiemky.reforms.queries.directory import blocks_by_label, kinds_by_label
from nhiemky.reforms.rows import LABELS, Do, Row
from nhiemky.rules import vietnamese
from nhiemky.rules.vietnamese import fold
from nhiemky.units.models import Unit
from nhiemky.units.queries import alive_on, cards, names_of, tree_on, units_below_on

# column -> its heading, its width, and what other offices call it
COLUMNS = {
    "do": (lazily("Việc"), 20, ("viec sap xep", "hinh thuc", "noi dung sap xep")),
    "unit": (lazily("Mã đơn vị"), 24, ("ma so don vi",)),
    # so that a person sees whom the line is about; read only where no code is given
    "called": (lazily("Tên hiện nay"), 40, ("don vi", "ten don vi", "cong doan", "ten cong doan")),
    "now": (lazily("Đang trực thuộc"), 28, ("truc thuoc", "cap tren hien nay")),
    "to": (lazily("Đơn vị nhận hoặc cấp trên mới"), 34, ("don vi nhan", "ve don vi", "cap tren moi", "truc thuoc moi")),
    "name": (lazily("Tên mới"), 40, ("ten don vi moi", "ten sau sap xep")),
    "short": (lazily("Tên gọn mới"), 26, ("ten gon", "ten viet tat")),
    "kind": (lazily("Loại"), 26, ("loai don vi", "loai hinh")),
    "block": (lazily("Khối"), 20, ()),
    "territory": (lazily("Địa bàn"), 24, ("dia ban phu trach",)),
    "share": (lazily("Nhận thêm"), 24, ("thua ke", "phan nhan")),
    "person": (lazily("Số thẻ đoàn viên"), 18, ("ma doan vien", "so the")),
}
HEIR, REST = lazily("thừa kế số liệu"), lazily("phần còn lại")
_SAYS_HEIR, _SAYS_REST = "thua ke", "con lai"
# how offices write what happens, besides the words of the template
_ALSO = {
    Do.FOUND: ("thanh lap moi", "lap moi", "moi"),
    Do.RENAME: ("doi ten don vi",),
    Do.RETYPE: ("doi loai", "doi khoi", "doi loai hinh"),
    Do.MOVE: ("chuyen", "dieu chuyen", "chuyen giao", "ban giao"),
    Do.MERGE: ("nhap", "sap nhap", "hop nhat", "sap nhap vao"),
    Do.SPLIT: ("tach", "chia tach", "tach ra"),
    Do.END: ("giai the", "ket thuc hoat dong", "cham dut"),
    Do.INHERIT: ("thua ke",),
    Do.REVIVE: ("lap lai nhu truoc", "khoi phuc"),
    Do.ALLOT: ("chia doan vien", "chuyen doan vien"),
}
MOST_FAULTS = 50


@cache
def _words() -> dict[str, Do]:
    found = {fold(str(label)): do for do, label in LABELS.items()}
    return found | {fold(word): do for do, words in _ALSO.items() for word in (do.value, *words)}


@cache
def _headings() -> dict[str, str]:
    found = {fold(str(label)): code for code, (label, _width, _also) in COLUMNS.items()}
    return found | {word: code for code, (_label, _width, also) in COLUMNS.items() for word in (code, *also)}


def read_plan(data: bytes) -> list[Row]:
    """The rows of a filled sheet; a Refusal that names every line that cannot be read. Lines without "Việc" are left out."""
    sheets = open_sheets(data)
    for name in sheets.names:
        lines = list(sheets.rows(name))
        heading = find_heading(lines, lambda labels: sum(fold(label) in _headings() for label in labels))
        if heading is None:
            continue
        columns = {_headings().get(fold(label), ""): at for at, label in enumerate(heading.labels)}
        if "do" in columns and {"unit", "called"} & set(columns):
            return list(_read((line for line in lines if line.number > heading.last), columns))
    raise Refusal(
        _("Không thấy cột “Việc” và cột đơn vị trong tệp. Hãy dùng mẫu phương án tải từ trang này, giữ nguyên tiêu đề.")
    )


def _read(lines: Iterator[Line], columns: dict[str, int]) -> Iterator[Row]:
    faults: list[str] = []
    for line in lines:
        said = {code: line.cells[at].strip() if at < len(line.cells) else "" for code, at in columns.items() if code}
        if not said["do"]:
            continue
        try:
            yield _row(said, line.number)
        except Refusal as refusal:
            faults += [_("Dòng %(row)s: %(told)s") % {"row": line.number, "told": each} for each in refusal.sentences]
        if len(faults) > MOST_FAULTS:
            break
    if faults:
        raise Refusal.of(faults)


def _row(said: dict[str, str], number: int) -> Row:
    do = _words().get(fold(said["do"]))
    if do is None:
        known = ", ".join(str(label) for label in LABELS.values())
        raise Refusal(
            _("Việc “%(text)s” chưa có trong danh mục. Hãy ghi một trong: %(known)s.")
            % {"text": said["do"][:40], "known": known}
        )
    kind, block = _coded(said, "kind", kinds_by_label()), _coded(said, "block", blocks_by_label())
    share = fold(said.get("share", ""))
    return Row(
        do=do,
        unit=said.get("unit") or said.get("called", ""),
        to=said.get("to", ""),
        name=said.get("name", ""),
        short=said.get("short", ""),
        kind=kind,
        block=block,
        territory=said.get("territory", ""),
        heir=_SAYS_HEIR in share,
        rest=_SAYS_REST in share,
        person=said.get("person", ""),
        at=number,
    )


def _coded(said: dict[str, str], name: str, known: dict[str, str]) -> str:
    text = said.get(name, "")
    if not text:
        return ""
    if fold(text) not in known:
        raise Refusal(
            _("%(label)s “%(text)s” chưa có trong danh mục. Hãy chọn trong danh sách của mẫu.")
            % {"label": COLUMNS[name][0], "text": text[:60]}
        )
    return known[fold(text)]


def template(unit: Unit, day: date) -> bytes:
    """The .xlsx file with a line for each unit below on that day; lines whose "Việc" stays empty change nothing."""
    below = cards(units_below_on(unit, day).filter(alive_on(day)), day)
    parents = {child: parent for parent, children in tree_on(day).items() for child in children}
    names = names_of({parents[each.id] for each in below if each.id in parents}, day)
    kept = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(kept, options) as book:
        page, lists = book.add_worksheet(_("Phương án")), book.add_worksheet(_("Danh mục"))
        look = _looks(book)
        (top,) = cards(Unit.objects.filter(pk=unit.pk), day)
        page.write_string(0, 0, _("Phương án sắp xếp: %(unit)s") % {"unit": top.name}, look["title"])
        said = _(
            "Đơn vị hoạt động ngày %(day)s. Chỉ ghi cột “Việc” ở dòng có thay đổi; dòng để trống thì giữ nguyên. "
            "Thêm dòng ở cuối cho đơn vị thành lập mới."
        ) % {"day": vietnamese.day(day)}
        page.write_string(1, 0, said, look["soft"])
        lines = len(below) + 1_000
        choices = _choices()
        for at, (code, (label, width, _also)) in enumerate(COLUMNS.items()):
            page.set_column(at, at, width, look["text"])
            page.write_string(2, at, str(label), look["head"])
            for row, option in enumerate(choices.get(code, ())):
                lists.write_string(row + 1, at, option)
            if code in choices:
                lists.write_string(0, at, str(label), look["head"])
                column = xlsxwriter.utility.xl_col_to_name(at)
                place = f"='{_('Danh mục')}'!${column}$2:${column}${len(choices[code]) + 1}"
                page.data_validation(3, at, lines, at, {
                    "validate": "list", "source": place, "error_title": str(label),
                    "error_message": _("Hãy chọn một mục trong danh sách."),
                })  # fmt: skip
        places = {code: at for at, code in enumerate(COLUMNS)}
        for row, each in enumerate(below, 3):
            page.write_string(row, places["unit"], each.code, look["text"])
            page.write_string(row, places["called"], each.name, look["soft"])
            parent = names.get(parents.get(each.id, 0))
            page.write_string(row, places["now"], parent.short if parent else "", look["soft"])
        page.freeze_panes(3, 3)
        page.set_row(2, 34)
        page.set_landscape()
        page.set_paper(9)
        page.repeat_rows(2)
        lists.hide()
    return kept.getvalue()


def _looks(book: xlsxwriter.Workbook) -> dict[str, object]:
    return {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "soft": book.add_format({"italic": True, "font_color": "#555555", "num_format": "@"}),
        "head": book.add_format(
            {"bold": True, "text_wrap": True, "border": 1, "border_color": "#999999", "bg_color": "#E8EEF4",
             "align": "center", "valign": "vcenter"}
        ),
        "text": book.add_format({"num_format": "@"}),
    }  # fmt: skip


def _choices() -> dict[str, Sequence[str]]:
    kinds = catalogue.terms("catalogue/unit-kinds.toml", "unit_kind")
    blocks = catalogue.terms("catalogue/blocks.toml", "block")
    return {
        "do": [str(label) for label in LABELS.values()],
        "kind": [kind.label for kind in kinds.values()],
        "block": [block.label for block in blocks.values()],
        "share": [str(HEIR), str(REST), f"{HEIR}, {REST}"],
    }
