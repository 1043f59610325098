"""The Word template that an office starts from: Vietnamese administrative layout, tags that are easy to read.

The tags are the names of `reports.render.layout`; docs/mau-word.md explains them to the office.
"""

from __future__ import annotations

import io
from functools import cache
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override
from docx import Document
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml.ns import qn
from docx.shared import Mm

from nhiemky.reports.word_pieces import RIGHT, field, head, line, set_up, signature, table, tag, text

# widths in millimetres; each row adds up to the 165 mm between the margins
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
        for part in (set_up, _title, _results, _targets, _congress, _direction, _remarks, _signature, _footer):
            part(document)
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


# --- the parts of the page -------------------------------------------------------------------------------------------


def _title(document: Any) -> None:
    head(document)
    line(document, _("BÁO CÁO"), size=16, bold=True, before=14)
    line(document, "{{ ten_bao_cao }}", bold=True, after=10)
    text(document, _("Kỳ báo cáo: {{ ky }}. Số liệu có đến {{ den_ngay }}, tính theo {{ cach_tinh }}."), indent=10)
    tag(document, "{%p if phuong_cham %}")
    text(document, _("Phương châm: “{{ phuong_cham }}”."), indent=10)
    tag(document, "{%p endif %}")


def _results(document: Any) -> None:
    tag(document, "{%p for phan in linh_vuc %}")
    document.add_heading("{{ phan.so }}. {{ phan.ten }}", level=1)
    labels = (_("TT"), _("Nội dung"), _("Kết quả"), _("Số tiền"))
    table(document, RESULTS, labels, ("tt", "noi_dung", "ket_qua", "so_tien"), "phan.dong", {3: RIGHT})
    tag(document, "{%p endfor %}")


def _targets(document: Any) -> None:
    tag(document, "{%p if chi_tieu %}")
    document.add_heading("{{ chi_tieu.so }}. {{ chi_tieu.ten }}", level=1)
    tag(document, "{%p if chi_tieu.dat %}")
    text(document, _("Chỉ tiêu đạt: {{ chi_tieu.dat }}."), indent=10)
    tag(document, "{%p endif %}")
    labels = (_("TT"), _("Chỉ tiêu"), _("Nghị quyết"), _("Kết quả"), _("Đánh giá"))
    fields = ("tt", "noi_dung", "nghi_quyet", "ket_qua", "danh_gia")
    table(document, TARGETS, labels, fields, "chi_tieu.dong", {})
    tag(document, "{%p endif %}")


def _congress(document: Any) -> None:
    tag(document, "{%p if dai_hoi %}")
    document.add_heading("{{ dai_hoi.so }}. {{ dai_hoi.ten }}", level=1)
    tag(document, "{%p if dai_hoi.dong %}")
    labels = (_("TT"), _("Nội dung"), _("Kết quả"))
    table(document, CONGRESS, labels, ("tt", "noi_dung", "ket_qua"), "dai_hoi.dong", {})
    tag(document, "{%p endif %}")
    tag(document, "{%p if dai_hoi.chuc_danh %}")
    text(document, _("Nhân sự do đại hội, hội nghị bầu hoặc chỉ định:"), before=8, keep=True)
    persons = (_("TT"), _("Họ và tên"), _("Chức danh"), _("Cơ quan"), _("Hình thức"))
    fields = ("tt", "ho_ten", "chuc_danh", "co_quan", "cach")
    table(document, POSTS, persons, fields, "dai_hoi.chuc_danh", {})
    tag(document, "{%p endif %}")
    tag(document, "{%p endif %}")


def _direction(document: Any) -> None:
    tag(document, "{%p if phuong_huong %}")
    document.add_heading("{{ phuong_huong.so }}. {{ phuong_huong.ten }}", level=1)
    tag(document, "{%p if phuong_huong.phuong_cham %}")
    text(document, _("Phương châm: “{{ phuong_huong.phuong_cham }}”."), indent=10)
    tag(document, "{%p endif %}")
    tag(document, "{%p if phuong_huong.dong %}")
    labels = (_("TT"), _("Chỉ tiêu"), _("Mức đề ra"))
    table(document, DIRECTION, labels, ("tt", "noi_dung", "nghi_quyet"), "phuong_huong.dong", {})
    tag(document, "{%p endif %}")
    tag(document, "{%p endif %}")


def _remarks(document: Any) -> None:
    for name, label in (("ghi_chu", _("Ghi chú")), ("nguon", _("Nguồn số liệu"))):
        tag(document, f"{{%p if {name} %}}")
        text(document, label, bold=True, before=10, keep=True, size=13)
        tag(document, f"{{%p for muc in {name} %}}")
        # the signature never stands alone on a page: what comes before goes with it
        text(document, "- {{ muc }}", size=13, keep=True)
        tag(document, "{%p endfor %}")
        tag(document, "{%p endif %}")


def _signature(document: Any) -> None:
    signature(
        document, _("{% if cap_tren %}- {{ cap_tren }} (để báo cáo);{% else %}- ……………;{% endif %}"), _("- Lưu: VT.")
    )


def _footer(document: Any) -> None:
    foot = document.sections[0].footer.paragraphs[0]
    foot.paragraph_format.tab_stops.add_tab_stop(Mm(165), WD_TAB_ALIGNMENT.RIGHT)
    # the blank document's own stops of a Letter page would come first
    stops = foot.style.element.find(f".//{qn('w:tabs')}")
    if stops is not None:
        stops.getparent().remove(stops)
    mark = _("ĐƠN VỊ HƯ CẤU – SỐ LIỆU MINH HỌA")
    foot.add_run(_("Mã số liệu: {{ ma_so_lieu }}") + f"{{% if hu_cau %}} · {mark}{{% endif %}}\t" + _("Trang "))
    field(foot, "PAGE")
    foot.add_run("/")
    field(foot, "NUMPAGES")
