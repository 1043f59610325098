"""Every component with its hardest contents: long names, large numbers, nothing at all, refusals."""

from __future__ import annotations

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from nhiemky.documents.charts import NARROW, Bar, Chart, Panel, inline_svg
from nhiemky.rules.targets import State
from nhiemky.rules.timeline import Span
from nhiemky.units.queries import UnitCard
from nhiemky.web import access
from nhiemky.web.figures.shown import Fig, Meter, TargetShown, YearShown
from nhiemky.web.records.rows import RecordShown
from nhiemky.web.reports.shown import Head, LineShown
from nhiemky.web.words import state_label


@access.signed_in
@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    if not settings.GALLERY:
        raise Http404
    context = {
        "unit": _unit(),
        "heads": _heads(),
        "lines": _lines(),
        "targets": [_target(state) for state in State],
        "states": [(state.value, state_label(state)) for state in State],
        "records": _records(),
        "groups": [{"label": _("Hay có trong nghị quyết"), "open": True, "found": _choices()}],
        # our own drawing, of known pieces only
        "picture": mark_safe(inline_svg(_chart())),  # noqa: S308
        "narrow": mark_safe(inline_svg(_chart(), NARROW)),  # noqa: S308
        "shown": _chart(),
        "page": Paginator(range(60), 20).page(2),
        "faults": [_("Ngày “31/2/2024” không có. Hãy ghi lại ngày."), _long()],
        "one_fault": [_("Số −3 là số âm. Hãy ghi số từ 0 trở lên.")],
        "fictional": True,
    }
    return render(request, "web/gallery/gallery.html", context)


def _long() -> str:
    """Two hundred characters, as names of units in industrial zones really come."""
    return _(
        "Công đoàn các khu công nghiệp, khu chế xuất, khu kinh tế cửa khẩu, cụm công nghiệp làng nghề và khu công nghệ cao "
        "Đồi Gió – Mây Ngàn – Sương Sớm – Suối Mộng – Trăng Non – Cầu Vồng – Ngân Hà tỉnh Hư Cấu (hư cấu)"
    )


def _unit() -> UnitCard:
    name = _long()
    return UnitCard(
        0, "hc", name, name, "zone", _("Công đoàn các khu công nghiệp, khu kinh tế"), "upper", "dn_fdi",
        _("Doanh nghiệp có vốn đầu tư nước ngoài"), "sxkd", Span(None, None), True,
    )  # fmt: skip


def _fig(text: str) -> Fig:
    return Fig(text, "#dai", _("Cộng số lượt của việc “Thăm hỏi”, kỳ 2018 – 2023, của một đơn vị."))


def _heads() -> list[Head]:
    return [
        Head(_fig("13/13"), _("chỉ tiêu"), _("Chỉ tiêu nghị quyết hoàn thành"), "", True),
        Head(
            _fig("1.234.567.890"),
            _("lượt"),
            _("Thăm hỏi, hỗ trợ đoàn viên, người lao động khó khăn, tai nạn lao động, bệnh tật"),
            _("98.765.432.109 đồng"),
            False,
            True,
        ),
        Head(_fig(_("trên 100")), _("lượt"), _("Thăm hỏi đoàn viên"), _("hàng trăm triệu đồng"), False),
        Head(_fig("908/1.110"), "(81,8%)", _long(), "", False),
    ]


def _lines() -> list[LineShown]:
    vague = _("94.400.000 đồng, chưa kể “hàng trăm triệu đồng”")
    return [
        LineShown(_("Thăm hỏi đoàn viên"), _fig("1.234.567.890"), _("lượt"), _fig(_("98.765.432.109 đồng")), "", False),
        LineShown(_long(), _fig(_("khoảng 2.050")), _("đơn vị máu"), _fig(vague), _("đến ngày 31/12/2025"), False),
        LineShown(_("Xếp loại của công đoàn"), _fig(_("hoàn thành xuất sắc nhiệm vụ")), "", Fig(""), "", True),
        LineShown(_("Vốn vay đang quản lý"), Fig(""), "", _fig(_("1.350 triệu đồng")), "31/12/2025", True),
    ]


def _target(state: State) -> TargetShown:
    label = state_label(state)
    return TargetShown(
        code=state.value,
        label=_long() if state is State.BEHIND else _("Kết nạp mới đoàn viên công đoàn"),
        aim=_("từ 1.234.567.800 – 1.234.567.890 người"),
        measured=Fig("") if state is State.NOT_MEASURABLE else _fig(_("1.034.567.890 người")),
        state=state.value,
        state_text=label,
        reason=_("thấp hơn phần tương ứng với thời gian đã qua"),
        clause=_("Điều 2, khoản 1"),
        meter=None if state is State.NOT_MEASURABLE else Meter("62", "100"),
        years=tuple(YearShown(str(year), _fig(_("12 người")), state.value, label, "") for year in (2024, 2025, 2026)),
    )


def _choices() -> list[dict[str, str]]:
    return [
        {"code": "a", "label": _("Kết nạp mới đoàn viên công đoàn"), "word": _("người")},
        {"code": "b", "label": _long()},
    ]


def _chart() -> Chart:
    bars = [(_("CĐCS Một (hư cấu)"), 1_034_567), (_long(), 620_000), (_("CĐCS Ba (hư cấu)"), 0)]
    shown = tuple(
        Bar(name, many, _("%s người") % f"{many:,}".replace(",", "."), f"{name}: {many}", "#dai") for name, many in bars
    )
    return Chart(
        _("So sánh các đơn vị trực thuộc"), _("Cao nhất là CĐCS Một (hư cấu)."), (Panel("", shown),), rows=True
    )


def _records() -> list[RecordShown]:
    long = _long()
    return [
        RecordShown("#dai", _("Thăm hỏi"), _("12 lượt"), _("6 triệu đồng"), "18/01/2024", "", (), False),
        RecordShown(
            "#dai", long, _("1.234.567.890 lượt"), _("98.765.432.109 đồng"), "2018 – 2023", long, (_("đã sửa"),), False
        ),
        RecordShown("#dai", _("Thăm hỏi"), _("1 lượt"), _("500.000 đồng"), "02/02/2024", "", (_("đã hủy"),), True),
    ]
