"""A gallery of dirty lists, made here: each cell is taken or refused with its own sentence."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from nhiemky.foundation.refusals import Refusal
from nhiemky.members.importing import preview
from nhiemky.members.importing.columns import meaning, recognised
from nhiemky.members.importing.template import template
from nhiemky.members.particulars import columns, fields
from tests.members.sheets import looked_over, states, xlsx

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]

TODAY = date(2026, 6, 30)
HEAD = [
    "TT",
    "Họ và tên",
    "Ngày sinh",
    "CCCD",
    "Điện thoại",
    "Email",
    "Ngày vào CĐ",
    "Đảng viên",
    "Trình độ",
    "Ghi chú",
]
NAME, BORN, ID, PHONE, EMAIL, SINCE, PARTY, LEVEL = (
    "name", "born", "id_number", "phone", "email", "union_since", "party", "qualification",
)  # fmt: skip

NEW, WARNING, ERROR = "NEW", "WARNING", "ERROR"


def not_a_day(label: str, text: str) -> str:
    return f"{label} “{text}” không phải ngày có thật. Hãy ghi như 5/6/1988, 06/1988 hoặc 1988."


NO_NAME = "Họ và tên đang để trống hoặc quá dài. Hãy ghi họ và tên, đến 120 chữ."
ID_FAULT = "Số CCCD có 12 chữ số (CMND cũ 9 chữ số). Hãy kiểm tra lại số."
PHONE_FAULT = "Số điện thoại có 10 chữ số, bắt đầu bằng 0. Hãy kiểm tra lại số."
EMAIL_FAULT = "Địa chỉ thư chưa đúng. Hãy ghi như lan@congdoan.vn, hoặc để trống."
NOUGHT = "Số CCCD thiếu số 0 ở đầu; đã thêm cho đủ 12 số. Hãy kiểm tra."
LEVELS = "Chưa qua đào tạo, Sơ cấp, Trung cấp, Cao đẳng, Đại học, Thạc sĩ, Tiến sĩ"


@pytest.mark.parametrize(
    ("column", "value", "state", "sentence", "read"),
    [
        (BORN, "1999-99-99", ERROR, not_a_day("Ngày sinh", "1999-99-99"), None),
        (BORN, "31/2/1990", ERROR, not_a_day("Ngày sinh", "31/2/1990"), None),
        (BORN, "không rõ", ERROR, not_a_day("Ngày sinh", "không rõ"), None),
        (BORN, "1/1/2099", ERROR, "Ngày sinh “1/1/2099” ở sau hôm nay. Hãy kiểm tra năm.", None),
        (BORN, "1/1/1885", ERROR, "Ngày sinh “1/1/1885” quá xa. Hãy kiểm tra năm.", None),
        (BORN, "22-02-1988", NEW, "", {"born_on": "1988-02-22", "born_precision": "day"}),
        (BORN, "1988-02-22", NEW, "", {"born_on": "1988-02-22", "born_precision": "day"}),
        (BORN, date(1988, 2, 22), NEW, "", {"born_on": "1988-02-22", "born_precision": "day"}),
        (BORN, "22.2.88", NEW, "", {"born_on": "1988-02-22", "born_precision": "day"}),
        (BORN, "2/88", NEW, "", {"born_on": "1988-02-01", "born_precision": "month"}),
        (BORN, 1988, NEW, "", {"born_on": "1988-01-01", "born_precision": "year"}),
        (BORN, "2/3/2020", WARNING, "Mới 6 tuổi. Hãy kiểm tra năm sinh.", {"born_on": "2020-03-02"}),
        (ID, "001188000123", NEW, "", {"id_number": "001188000123"}),
        (ID, 1188000123, WARNING, NOUGHT, {"id_number": "001188000123"}),
        (ID, 1.188e9, WARNING, NOUGHT, {"id_number": "001188000000"}),
        (ID, "12345", ERROR, ID_FAULT, None),
        (ID, "00118800012a", ERROR, ID_FAULT, None),
        (PHONE, "0912.345.678", NEW, "", {"phone": "0912345678"}),
        (PHONE, "+84 912 345 678", NEW, "", {"phone": "0912345678"}),
        (PHONE, 912345678, NEW, "", {"phone": "0912345678"}),
        (PHONE, "12345", ERROR, PHONE_FAULT, None),
        (EMAIL, "hoa@", ERROR, EMAIL_FAULT, None),
        (EMAIL, "hoa @cd.vn", ERROR, EMAIL_FAULT, None),
        (SINCE, "2010-13-45", ERROR, not_a_day("Ngày vào công đoàn", "2010-13-45"), None),
        (PARTY, "tháng trước", ERROR, not_a_day("Ngày vào Đảng", "tháng trước"), None),
        (PARTY, "x", NEW, "", {}),
        (LEVEL, "ĐH", NEW, "", {"qualification": "university"}),
        (LEVEL, "Giáo sư", ERROR,
         f"Trình độ chuyên môn “Giáo sư” chưa có trong danh mục. Hãy ghi một trong: {LEVELS}.", None),
    ],
)  # fmt: skip
def test_a_cell(union: SimpleNamespace, column: str, value: Any, state: str, sentence: str, read: dict | None) -> None:
    """An error leaves the value out; the rest of the row is read all the same."""
    labels = {BORN: 2, ID: 3, PHONE: 4, EMAIL: 5, SINCE: 6, PARTY: 7, LEVEL: 8}
    row: list[Any] = [1, "Nguyễn Thị Hoa", *[""] * 8]
    row[labels[column]] = value
    draft, [looked] = looked_over(xlsx([HEAD, row]), union.school, union.officer, TODAY)
    found = states(draft, looked)
    assert found[column] == (state, sentence)
    assert found[NAME] == (NEW, "")
    assert looked.state.name == state and not looked.blocked
    for name, wanted in (read or {}).items():
        assert looked.values[name] == wanted
    if read is None:
        assert column not in looked.values and f"{column}_on" not in looked.values


@pytest.mark.parametrize(
    ("name", "state", "sentence", "kept"),
    [
        ("NGUYỄN THỊ HOÀNG ANH", NEW, "", "Nguyễn Thị Hoàng Anh"),
        ("  nguyễn   thị hoa ", NEW, "", "Nguyễn Thị Hoa"),
        ("Hoa", WARNING, "Họ tên chỉ có một chữ. Hãy kiểm tra xem có thiếu họ hoặc đệm không.", "Hoa"),
        ("", ERROR, NO_NAME, None),
        ("A" * 130, ERROR, NO_NAME, None),
        ("=cmd|'/C calc'!A0", ERROR, "“=cmd|'/C calc'!A0” không giống họ tên người. Hãy ghi họ và tên bằng chữ.", None),
        ("Hoa 2", ERROR, "“Hoa 2” không giống họ tên người. Hãy ghi họ và tên bằng chữ.", None),
    ],
)
def test_a_name(union: SimpleNamespace, name: str, state: str, sentence: str, kept: str | None) -> None:
    """Without a name the row cannot be written."""
    draft, [looked] = looked_over(
        xlsx([HEAD, [1, name, "5/6/1988", "001188000123"]]), union.school, union.officer, TODAY
    )
    assert states(draft, looked)[NAME] == (state, sentence)
    assert looked.values.get("name") == kept
    assert looked.blocked is (kept is None)


def test_formulas_are_text_and_are_told(union: SimpleNamespace) -> None:
    rows = [["Họ và tên", "Phòng ban"], ["Nguyễn Thị Hoa", "=HYPERLINK(1)"]]
    draft, [looked] = looked_over(xlsx(rows), union.school, union.officer, TODAY)
    told = "Ô bắt đầu bằng dấu “=” như một công thức; sẽ ghi như chữ thường."
    assert states(draft, looked)["department"] == (WARNING, told)
    assert looked.values["department"] == "=HYPERLINK(1)"


def test_titles_numbering_sums_and_signatures_are_none_of_the_list(union: SimpleNamespace) -> None:
    rows = [
        ["CÔNG ĐOÀN PHƯỜNG THỬ"], ["DANH SÁCH ĐOÀN VIÊN"], [], HEAD,
        ["(1)", "(2)", "(3)", "(4)"],
        [1, "Nguyễn Thị Hoa", "1988"], [], ["", "Tổng cộng: 1 người"], ["", "", "", "", "", "Người lập biểu"],
    ]  # fmt: skip
    draft, looked = looked_over(xlsx(rows), union.school, union.officer, TODAY)
    assert [row.values["name"] for row in looked] == ["Nguyễn Thị Hoa"]
    assert draft.counts["outside"] == 3


def test_whose_name_sounds_like_a_sum_is_of_the_list(union: SimpleNamespace) -> None:
    people = ["Tống Thị Lan", "TỐNG VĂN NAM", "Công Tằng Tôn Nữ Mai", "Cong Ton Nu Mai", "Tong Van Nam"]
    sums = ["Tổng cộng", "CỘNG: 5 người", "Tong cong: 5", "Cộng", "TỔNG SỐ 5", "tong so"]
    rows = [["TT", "Họ và tên", "Ngày sinh"]]
    rows += [[str(at), name, "1988"] for at, name in enumerate([*people, *sums], 1)]
    draft, looked = looked_over(xlsx(rows), union.school, union.officer, TODAY)
    assert [row.number - 1 for row in looked] == [1, 2, 3, 4, 5]
    assert draft.counts["outside"] == len(sums)


def test_a_name_in_two_columns_and_birth_dates_by_sex(union: SimpleNamespace) -> None:
    def merge(_book: Any, page: Any) -> None:
        page.merge_range(0, 1, 1, 2, "Họ và tên")
        page.merge_range(0, 3, 0, 4, "Ngày, tháng, năm sinh")

    rows = [["TT"], ["TT", "", "", "Nam", "Nữ"], [1, "Trần Văn", "Nam", "1985", ""], [2, "Lê Thị", "Lan", "", "6/1990"]]
    _draft, [man, woman] = looked_over(xlsx(rows, merge), union.school, union.officer, TODAY)
    assert (man.values["name"], man.values["sex"], man.values["born_on"]) == ("Trần Văn Nam", "male", "1985-01-01")
    assert (woman.values["name"], woman.values["sex"]) == ("Lê Thị Lan", "female")


UNKNOWN = "Không thấy %s nào tên “%s” trong đơn vị."


@pytest.mark.parametrize(
    ("text", "state", "sentence", "group"),
    [
        ("Tổ công đoàn Phòng Tổ chức - Hành chính", NEW, "", "i-tchc"),
        ("PHÒNG TỔ CHỨC HÀNH CHÍNH", NEW, "", "i-tchc"),
        ("TỔ CĐ TCHC", WARNING, "Hiểu là “Tổ công đoàn Phòng Tổ chức - Hành chính”. Hãy kiểm tra.", "i-tchc"),
        ("PHÒNG TCHC", WARNING, "Hiểu là “Tổ công đoàn Phòng Tổ chức - Hành chính”. Hãy kiểm tra.", "i-tchc"),
        ("Tổ Toán Tin", NEW, "", "i-toan"),
        ("Tổ Toán Tim", ERROR, UNKNOWN % ("tổ", "Tổ Toán Tim") + " Gần giống: Tổ công đoàn Toán - Tin.", None),
        ("Phân xưởng 9", ERROR, UNKNOWN % ("tổ", "Phân xưởng 9") + " Hãy ghi đúng tên như trong cây tổ chức.", None),
    ],
)
def test_groups_in_free_text(union: SimpleNamespace, text: str, state: str, sentence: str, group: str | None) -> None:
    from nhiemky.units.models import Unit

    rows = [["Họ và tên", "Tổ CĐ"], ["Nguyễn Thị Hoa", text]]
    draft, [looked] = looked_over(xlsx(rows), union.school, union.officer, TODAY)
    assert states(draft, looked)["group"] == (state, sentence)
    found = looked.facts["new"].get("group")
    assert (Unit.objects.get(pk=found[0]).code if found else None) == group


def test_units_in_free_text(union: SimpleNamespace) -> None:
    rows = [
        ["Họ và tên", "Đơn vị"],
        ["Nguyễn Thị Hoa", "CĐCS Trường Thử nghiệm"], ["Trần Văn Nam", "TRẠM Y TẾ THỬ NGHIỆM"],
        ["Lê Thị Lan", "Tổ Toán Tin"], ["Phạm Thị Mai", "Bệnh viện nào đó"], ["Đỗ Văn Tám", ""],
    ]  # fmt: skip
    draft, looked = looked_over(xlsx(rows), union.ward, union.above, TODAY)
    units = [row.facts["new"]["join"]["unit"] if "new" in row.facts else None for row in looked]
    assert units == [union.school.pk, union.clinic.pk, union.school.pk, None, None]
    assert looked[2].facts["new"]["group"][0] == union.maths.pk
    assert states(draft, looked[3])["unit"][0] == states(draft, looked[4])["unit"][0] == ERROR
    assert looked[3].blocked and looked[4].blocked


def test_a_unit_out_of_reach_is_not_written_to(union: SimpleNamespace) -> None:
    from tests.factories import a_user, let

    alone = a_user("i-rieng")
    let(alone, union.ward)
    rows = [["Họ và tên", "Đơn vị"], ["Nguyễn Thị Hoa", "CĐCS Trường Thử nghiệm"]]
    draft, [looked] = looked_over(xlsx(rows), union.ward, alone, TODAY)
    told = "Bạn chưa được giao ghi việc ở CĐCS Trường Thử nghiệm. Hãy nhờ cán bộ của đơn vị ấy nạp."
    assert states(draft, looked)["unit"] == (ERROR, told)


@pytest.mark.parametrize(
    ("since", "left", "why", "state", "where", "sentence"),
    [
        ("1/9/2015", "", "", NEW, "member_since", ""),
        ("1/9/2001", "", "", ERROR, "member_since", "Đơn vị hoạt động từ 01/01/2010. Hãy kiểm tra ngày về đơn vị."),
        ("1/9/2015", "1/8/2015", "chuyển công tác", ERROR, "left",
         "Ngày rời đơn vị trước ngày vào (01/09/2015). Hãy kiểm tra lại hai ngày."),
        ("1/9/2015", "", "nghỉ hưu", ERROR, "leaving", "Có lý do rời đơn vị mà chưa có ngày. Hãy điền ngày rời đơn vị."),
        ("1/9/2015", "1/1/2024", "nghỉ hưu", NEW, "left", ""),
        ("1/9/2015", "", "đang làm việc", "SAME", "leaving", ""),
        ("1/9/2015", "1/1/2024", "đi chơi", ERROR, "leaving",
         "Lý do rời đơn vị “đi chơi” chưa có trong danh mục. Hãy ghi một trong: chuyển đi, nghỉ hưu, nghỉ việc, "
         "thôi tham gia, đưa ra khỏi tổ chức, khai trừ, từ trần, công đoàn giải thể, kết thúc hoạt động."),
    ],
)  # fmt: skip
def test_when_somebody_came_and_went(
    union: SimpleNamespace, since: str, left: str, why: str, state: str, where: str, sentence: str
) -> None:
    rows = [["Họ và tên", "Ngày về đơn vị", "Ngày nghỉ", "Lý do"], ["Nguyễn Thị Hoa", since, left, why]]
    draft, [looked] = looked_over(xlsx(rows), union.school, union.officer, TODAY)
    assert states(draft, looked)[where] == (state, sentence)
    assert looked.blocked is (state == ERROR)


def test_from_when_somebody_is_a_member(union: SimpleNamespace) -> None:
    """By their own date at the unit, else by admission where the unit was alive, else by the day that the user gave."""
    rows = [
        ["Họ và tên", "Ngày về đơn vị", "Ngày vào CĐ"],
        ["Nguyễn Thị Hoa", "3/2015", "2012"], ["Trần Văn Nam", "", "2012"], ["Lê Thị Lan", "", "2001"],
    ]  # fmt: skip
    _draft, looked = looked_over(xlsx(rows), union.school, union.officer, TODAY, present_on="2024-01-01")
    assert [row.facts["new"]["join"]["since"] for row in looked] == [
        ["2015-03-01", "month"], ["2012-01-01", "year"], ["2024-01-01", "day"],
    ]  # fmt: skip
    _draft, looked = looked_over(xlsx(rows), union.school, union.officer, TODAY, present_on="")
    assert looked[2].blocked
    assert looked[2].told == [
        "Chưa biết là đoàn viên của đơn vị từ ngày nào. Hãy điền cột “Ngày về đơn vị”, "
        "hoặc ghi “Có mặt ở đơn vị từ ngày” khi xác nhận các cột."
    ]


def test_posts_are_not_invented_from_a_list(union: SimpleNamespace) -> None:
    rows = [
        ["Họ và tên", "Chức vụ CĐ"],
        ["Nguyễn Thị Hoa", "UV BCH"],
        ["Trần Văn Nam", "đang nghỉ phép"],
        ["Lê An", "không"],
    ]
    draft, looked = looked_over(xlsx(rows), union.school, union.officer, TODAY)
    assert [states(draft, row)["post"] for row in looked] == [
        (WARNING, "Không ghi từ danh sách: chức vụ công đoàn ghi ở Chức danh, kèm quyết định."),
        (WARNING, "Không rõ chức vụ công đoàn nào; nếu có, ghi ở Chức danh."),
        ("SAME", ""),
    ]


@pytest.mark.parametrize(
    ("heading", "code"),
    [
        ("HỌ TÊN", "name"), ("Ngày, tháng, năm sinh (dd/mm/yyyy)", "born"), ("Số căn cước công dân", "id_number"),
        ("SDT", "phone"), ("Ngay vao cong doan", "union_since"), ("Ngày vào công đòan", "union_since"),
        ("Trình độ / LLCT", "theory"), ("Chức vụ CĐ", "post"), ("Tổ CĐ", "group"), ("STT", ""), ("", ""),
        ("FullName", "name"), ("DOB", "born"), ("UnionPosition", "post"), ("Title", "job"), ("Sở thích", ""),
    ],
)  # fmt: skip
def test_headings_are_recognised(heading: str, code: str) -> None:
    assert meaning(heading) == code


def test_every_label_means_itself() -> None:
    for each in (fields() | columns()).values():
        assert meaning(each.label) == each.code


def test_each_thing_is_taken_from_one_column() -> None:
    assert recognised(["Họ tên", "Ngày sinh", "Năm sinh", "Tên"]) == {0: "name", 1: "born"}


@pytest.mark.parametrize("rows", [[["a", "b"], ["c", "d"]], [["Ngày sinh", "CCCD"], ["1988", "001188000123"]]])
def test_a_sheet_without_a_heading_is_refused(union: SimpleNamespace, rows: list[list[str]]) -> None:
    with pytest.raises(Refusal, match="Không thấy dòng tiêu đề trong 30 dòng đầu"):
        looked_over(xlsx(rows), union.school, union.officer, TODAY)


def test_a_heading_without_people_is_refused(union: SimpleNamespace) -> None:
    with pytest.raises(Refusal, match="Dưới dòng tiêu đề không có người nào"):
        looked_over(xlsx([HEAD]), union.school, union.officer, TODAY)


def test_the_template_is_read_whole_and_its_example_is_nobody(union: SimpleNamespace) -> None:
    import io

    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(template("CĐCS Trường Thử nghiệm")))
    page = book.worksheets[0]
    assert len(page.data_validations.dataValidation) >= 6
    page["A5"], page["B5"] = "Nguyễn Thị Hoa", "05/06/1988"
    kept = io.BytesIO()
    book.save(kept)
    draft, [looked] = looked_over(kept.getvalue(), union.school, union.officer, TODAY)
    asked = [each for each in (fields() | columns()).values() if each.code not in ("post", "note")]
    assert list(draft.mapping.values()) == [each.code for each in asked]
    assert looked.values["name"] == "Nguyễn Thị Hoa"
    with pytest.raises(Refusal, match="không có người nào"):
        looked_over(template("CĐCS Trường Thử nghiệm"), union.school, union.officer, TODAY)


def test_an_upper_union_must_say_whose_members_they_are(union: SimpleNamespace) -> None:
    assert preview.mapping_faults({0: "name", 1: "born"}, union.ward, TODAY) == [
        "Đơn vị này có nhiều công đoàn cơ sở: hãy chọn cột nào ghi tên công đoàn của từng người."
    ]
    assert preview.mapping_faults({0: "name", 1: "born"}, union.school, TODAY) == []
    assert preview.mapping_faults({0: "born", 1: "born"}, union.school, TODAY) == [
        "Hai cột cùng là “Ngày sinh”. Hãy chọn một cột, cột kia để “không nạp”.",
        "Chưa có cột nào là “Họ và tên”. Hãy chọn cột ấy.",
    ]
