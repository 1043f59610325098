"""The report of Nho Quan as published, written by hand, and a crowded one that strains every layout."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from nhiemky.reports.contents import Line, PostRow, ReportContents, Section, TargetRow

PERIOD = "2018..2023-06-11"
LONG_NAME = ("Công đoàn cơ sở Công ty trách nhiệm hữu hạn một thành viên Nguyễn Phước Hưng " * 3)[:200].strip()


def line(label: str, number: str, word: str, value: dict[str, Any], money: tuple[str, int] | None = None) -> Line:
    found = {"comparator": "eq", **value, "entries": [f"e.{label[:3].strip()}"]}
    if money:
        found["money"] = {"value": money[1], "comparator": "eq", "text": money[0]}
    return Line(
        indicator=f"i.{label}",
        label=label,
        text=f"{number} {word}".strip(),
        number=number,
        word=word,
        money=money[0] if money else "",
        period=PERIOD,
        when="2018 – 11/06/2023",
        incomplete=bool(value.get("incomplete")),
        json=found,
    )


def target(
    at: int, label: str, aim: str, value: dict[str, Any], state: str = "not_measurable", measured: str = ""
) -> TargetRow:
    words = {
        "met": ("đạt", "đã đạt mức đề ra"),
        "not_met": ("không đạt", "thấp hơn mức đề ra"),
        "not_measurable": ("chưa đo được", "chưa có bản ghi nào trong kỳ"),
    }
    return TargetRow(
        code=f"t.{at}",
        indicator=f"i.{at}",
        label=label,
        aim=aim,
        measured=measured,
        state=state,
        state_text=words[state][0],
        reason=words[state][1],
        clause="Nghị quyết, mục 2",
        json={"unit_word": "", "entries": [], **value},
    )


def nho_quan() -> ReportContents:
    """The published figures: results without posts, targets of the next term."""
    return ReportContents(
        unit_code="nho-quan",
        unit_name="Liên đoàn Lao động huyện Nho Quan",
        unit_short="LĐLĐ huyện Nho Quan",
        parent_name="",
        parent_code="mau",
        kind_code="district",
        kind="Liên đoàn Lao động cấp huyện",
        block="",
        block_code="",
        fictional=False,
        title="Kết quả hoạt động công đoàn nhiệm kỳ 2018–2023",
        period_key="2018-2023",
        period_title="Nhiệm kỳ 2018–2023",
        period_text="2018 – 11/06/2023",
        period_span="2018..2023",
        as_of_span="2023",
        as_of="11/06/2023",
        boundaries="cây tổ chức lúc đó",
        prepared_on="05/06/2023",
        sections=(
            Section(
                "organisation",
                "Xây dựng tổ chức, phát triển đoàn viên",
                (line("Chỉ tiêu nghị quyết hoàn thành", "13/13", "chỉ tiêu", {"numerator": 13, "denominator": 13}),),
            ),
            Section(
                "care",
                "Chăm lo đời sống, bảo vệ quyền lợi",
                (
                    line("Thỏa thuận “Phúc lợi đoàn viên” ký mới", "4", "thỏa thuận", {"value": 4}),
                    line(
                        "Lượt đoàn viên, người lao động khó khăn hưởng phúc lợi",
                        "9.092",
                        "lượt",
                        {"value": 9092},
                        ("1.041 triệu đồng", 1_041_000_000),
                    ),
                    line(
                        "Thăm hỏi, hỗ trợ đoàn viên, người lao động khó khăn, tai nạn lao động, bệnh tật",
                        "3.161",
                        "lượt",
                        {"value": 3161},
                        ("1.636 triệu đồng", 1_636_000_000),
                    ),
                    line("Nhà “Mái ấm Công đoàn” xây mới, sửa chữa", "8", "nhà", {"value": 8}),
                ),
            ),
        ),
        targets=(),
        targets_met="",
        direction_title="Phương hướng nhiệm kỳ 2023–2028",
        direction=(
            target(1, "Kết nạp mới đoàn viên công đoàn", "từ 300 – 500 người", {"min": 300, "max": 500}),
            target(
                2,
                "Tỷ lệ doanh nghiệp có từ 25 lao động trở lên đã thành lập công đoàn cơ sở",
                "90%",
                {"value": 90, "comparator": "eq"},
            ),
            target(3, "Tỷ lệ công nhân, lao động gia nhập tổ chức công đoàn", "từ 85% trở lên", {"value": 85}),
            target(4, "Xếp loại của công đoàn", "hoàn thành tốt nhiệm vụ trở lên", {}),
            target(5, "Quà tặng đoàn viên, người lao động khó khăn", "từ 500 suất trở lên", {"value": 500}),
        ),
        motto="Đổi mới - Dân chủ - Đoàn kết - Phát triển",
        congress_title="Đại hội lần thứ XI, nhiệm kỳ 2023–2028",
        congress=(line("Ủy viên Ban Chấp hành được bầu", "16", "đồng chí", {"value": 16}),),
        posts=(),
        remarks=(),
        sources=("Bài viết về Đại hội Công đoàn huyện Nho Quan lần thứ XI, nhiệm kỳ 2023–2028",),
        records_digest="3f9a1c0b7d2e4865aa10" + "0" * 44,
    )


def crowded() -> ReportContents:
    """Long names, forty targets, hostile text, vague amounts, posts: a fictional unit."""
    plain = nho_quan()
    vague = line(
        "Khen thưởng tập thể, cá nhân",
        "trên 100",
        "lượt",
        {"value": 100, "comparator": "gt", "incomplete": True},
        ("hàng trăm triệu đồng", 0),
    )
    vague.json["money"].update(value=None, comparator="vague", incomplete=True)  # type: ignore[attr-defined]
    hostile = line("=1+1", "<b>5</b> & “6”", "@ngày", {"value": 5})
    share = line("Trường học đạt chuẩn văn hóa", "96,2%", "", {"value": 96.2})
    states = ("met", "not_met", "not_measurable")
    return replace(
        plain,
        unit_name=LONG_NAME,
        parent_name="Liên đoàn Lao động thành phố Đông Hưng & các khu công nghiệp <Bắc>",
        fictional=True,
        sections=(*plain.sections, Section("emulation", "Thi đua, khen thưởng", (vague, hostile, share))),
        targets=tuple(
            target(
                at,
                LONG_NAME if at == 7 else f"Chỉ tiêu số {at}: tỷ lệ đoàn viên được tập huấn nghiệp vụ hằng năm",
                f"từ {at}% trở lên",
                {"value": at, "comparator": "gte"},
                states[at % 3],
                "" if at % 3 == 2 else f"{at + 1}%",
            )
            for at in range(1, 41)
        ),
        targets_met="13/40",
        posts=(
            PostRow("Nguyễn Thị Hồng Ngọc", "Chủ tịch", "Ban Chấp hành", "được bầu"),
            PostRow("Trần Văn Đỉnh", "Phó Chủ tịch", "Ban Thường vụ", "được bầu"),
            PostRow("Lê Quỳnh Ưởng", "Chủ nhiệm Ủy ban Kiểm tra", "Ủy ban Kiểm tra", "chỉ định"),
        ),
        remarks=(
            "Khen thưởng tập thể, cá nhân: “hàng trăm triệu đồng” không phải con số nên không cộng vào tổng.",
            "Thăm hỏi: 2 bản ghi nằm trong một số tổng đã công bố nên không cộng thêm.",
        ),
    )


def texts_of(contents: ReportContents) -> list[str]:
    """Every text that a reader of the report must find."""
    lines = [each for section in contents.sections for each in section.lines] + list(contents.congress)
    found = [contents.unit_name, contents.parent_name, contents.title, contents.targets_met, contents.digest_in_groups]
    found += [section.label for section in contents.sections]
    found += [text for each in lines for text in (each.label, each.text, each.money)]
    for row in (*contents.targets, *contents.direction):
        found += [row.label, row.aim]
    for row in contents.targets:
        found += [row.measured, row.state_text, "" if row.state == "met" else row.reason]
    found += [text for post in contents.posts for text in (post.person, post.role, post.body, post.mandate)]
    found += [contents.direction_title, contents.motto, contents.congress_title, *contents.remarks, *contents.sources]
    return [text for text in found if text]
