"""A report with every part filled, on which an uploaded template is tried before it is taken into use."""

from __future__ import annotations

from django.utils.translation import gettext as _

from nhiemky.reports.contents import Line, PostRow, ReportContents, Section, TargetRow
from nhiemky.reports.render import fictional_mark


def sample_contents() -> ReportContents:
    """Invented, and never shown as a report of anybody."""
    line = Line(
        indicator="hardship_support_visits",
        label=_("Thăm hỏi, hỗ trợ hoàn cảnh khó khăn"),
        text=_("1.234 lượt"),
        number="1.234",
        word=_("lượt"),
        money=_("567 triệu đồng"),
        period="2018..2023",
        when="2018 – 2023",
        incomplete=False,
        json={},
    )
    target = TargetRow(
        code="mau",
        indicator="new_members_admitted",
        label=_("Kết nạp mới đoàn viên công đoàn"),
        aim=_("từ 300 – 500 người"),
        measured=_("439 người"),
        state="met",
        state_text=_("đạt"),
        reason=_("đã đạt mức đề ra"),
        clause=_("Điều 2"),
        json={},
    )
    return ReportContents(
        unit_code="mau",
        unit_name=_("Liên đoàn Lao động huyện Mẫu"),
        unit_short=_("LĐLĐ huyện Mẫu"),
        parent_name=_("Liên đoàn Lao động tỉnh Mẫu"),
        parent_code="mau-tinh",
        kind=_("LĐLĐ huyện, quận, thị xã"),
        kind_code="district",
        block="",
        block_code="",
        fictional=True,
        title=_("Kết quả hoạt động công đoàn nhiệm kỳ 2018–2023"),
        period_key="2018-2023",
        period_title=_("Nhiệm kỳ 2018–2023"),
        period_text="2018 – 2023",
        period_span="2018..2023",
        as_of="31/12/2023",
        as_of_span="2023-12-31",
        boundaries=_("cây tổ chức lúc đó"),
        prepared_on="31/12/2023",
        sections=(Section("care", _("Chăm lo đời sống, bảo vệ quyền lợi"), (line, line)),),
        targets=(target,),
        targets_met="1/1",
        direction_title=_("Phương hướng nhiệm kỳ 2023–2028"),
        direction=(target,),
        motto=_("Đổi mới – Dân chủ – Đoàn kết – Phát triển"),
        congress_title=_("Đại hội lần thứ XI, nhiệm kỳ 2023–2028"),
        congress=(line,),
        posts=(PostRow(_("Nguyễn Thị Ví Dụ"), _("Chủ tịch"), _("Ban Chấp hành"), _("bầu tại đại hội")),),
        remarks=(_("Một lưu ý về cách tính."),),
        sources=(_("Một nguồn; nơi công bố; 2023"),),
        records_digest="0" * 64,
    )


def wanted_texts() -> dict[str, str]:
    """The texts of the sample that every report must print, by what they are."""
    contents = sample_contents()
    line, target = contents.sections[0].lines[0], contents.targets[0]
    return {
        _("tên đơn vị (don_vi)"): contents.unit_name,
        _("tên báo cáo (ten_bao_cao)"): contents.title,
        _("kỳ báo cáo (ky)"): contents.period_text,
        _("kết quả theo lĩnh vực (linh_vuc)"): line.text,
        _("số tiền (so_tien)"): line.money,
        _("chỉ tiêu (chi_tieu)"): target.measured,
        _("đại hội (dai_hoi)"): contents.posts[0].person,
        _("phương hướng (phuong_huong)"): target.aim,
        _("ghi chú (ghi_chu)"): contents.remarks[0],
        _("nguồn số liệu (nguon)"): contents.sources[0],
        _("dấu đơn vị hư cấu (hu_cau)"): fictional_mark(),
    }
