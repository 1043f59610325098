"""What was typed of a person, as people type it: read, or refused with a sentence that says what to do."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhiemky.members.models import Person
from nhiemky.members.particulars import fields, read, written
from nhiemky.rules.timeline import Precision
from nhiemky.rules.typed import partial_date

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("code", "text", "values"),
    [
        ("name", "  NGUYỄN   THỊ LAN ", {"name": "Nguyễn Thị Lan", "folded": "nguyen thi lan"}),
        ("name", "trần đức ân", {"name": "Trần Đức Ân"}),
        ("name", "K'Brêu H'Linh Niê Kdăm", {"name": "K'Brêu H'Linh Niê Kdăm"}),
        ("name", "Nguye\u0302\u0303n Lan", {"name": "Nguyễn Lan"}),
        ("born", "22-02-1992", {"born_on": date(1992, 2, 22), "born_precision": "day"}),
        ("born", "1992-02-22", {"born_on": date(1992, 2, 22), "born_precision": "day"}),
        ("born", "5/6/88", {"born_on": date(1988, 6, 5), "born_precision": "day"}),
        ("born", "06/1988", {"born_on": date(1988, 6, 1), "born_precision": "month"}),
        ("born", "1988", {"born_on": date(1988, 1, 1), "born_precision": "year"}),
        ("born", "", {"born_on": None, "born_precision": "day"}),
        ("sex", "NỮ", {"sex": "female"}),
        ("sex", "x", {"sex": "female"}),
        ("sex", "nam", {"sex": "male"}),
        ("sex", "", {"sex": ""}),
        ("foreigner", "có", {"foreigner": True}),
        ("foreigner", "không", {"foreigner": False}),
        ("foreigner", "", {"foreigner": False}),
        ("card", "CĐ-001/2019", {"card": "CĐ-001/2019"}),
        ("qualification", "ThS", {"qualification": "master"}),
        ("qualification", "university", {"qualification": "university"}),
        ("education", "12/12", {"education": "upper_secondary"}),
        ("theory", "Cao cấp", {"theory": "advanced"}),
        ("id_number", "001 188 000 123", {"id_number": "001188000123"}),
        ("id_number", "1188000123", {"id_number": "001188000123"}),
        ("id_number", "12345678", {"id_number": "012345678"}),
        ("id_number", "", {"id_number": "", "id_digest": "", "id_last_digest": ""}),
        ("id_issued", "2021", {"id_issued": "2021"}),
        ("phone", "+84 912.345.678", {"phone": "0912345678"}),
        ("phone", "912345678", {"phone": "0912345678"}),
        ("email", "lan@congdoan.vn", {"email": "lan@congdoan.vn"}),
        ("address", "a" * 300, {"address": "a" * 300}),
    ],
)
def test_what_is_typed_is_read(code: str, text: str, values: dict[str, Any]) -> None:
    found = read(code, text, TODAY)
    assert not found.error
    assert {name: found.values[name] for name in values} == values


@pytest.mark.parametrize(
    ("code", "text", "sentence"),
    [
        ("name", "", "đang để trống"),
        ("name", "a" * 121, "quá dài"),
        ("name", "Phạm Thị C1", "không giống họ tên"),
        ("name", "=CMD()", "không giống họ tên"),
        ("born", "31/2/1990", "không phải ngày có thật"),
        ("born", "1999-99-99", "không phải ngày có thật"),
        ("born", "hôm qua", "không phải ngày có thật"),
        ("born", "1/1/2027", "ở sau hôm nay"),
        ("born", "1/1/1899", "quá xa"),
        ("sex", "khác", "chưa có trong danh mục"),
        ("foreigner", "chắc vậy", "hãy ghi “có”"),
        ("card", "1" * 31, "đến 30 ký tự"),
        ("qualification", "giáo sư", "chưa có trong danh mục"),
        ("id_number", "12345", "12 chữ số"),
        ("id_number", "00118800012a", "12 chữ số"),
        ("phone", "12345", "10 chữ số"),
        ("email", "lan@", "Địa chỉ thư chưa đúng"),
        ("email", "a b@c.vn", "Địa chỉ thư chưa đúng"),
        ("job", "a" * 161, "dài quá 160"),
        ("address", "a" * 301, "dài quá 300"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(code: str, text: str, sentence: str) -> None:
    found = read(code, text, TODAY)
    assert sentence in found.error and not found.values


@pytest.mark.parametrize(
    ("code", "text", "sentence"),
    [
        ("name", "Lan", "chỉ có một chữ"),
        ("born", "1/1/2015", "Mới 11 tuổi"),
        ("born", "1940", "Đã 86 tuổi"),
        ("id_number", "1188000123", "thiếu số 0"),
    ],
)
def test_what_is_odd_is_taken_with_a_warning(code: str, text: str, sentence: str) -> None:
    found = read(code, text, TODAY)
    assert found.values and sentence in found.warning


@given(st.sampled_from(sorted(fields())), st.text(max_size=60))
def test_anything_typed_is_read_or_refused(code: str, text: str) -> None:
    found = read(code, text, TODAY)
    assert bool(found.error) != bool(found.values)
    for name in found.values:
        Person._meta.get_field(name)


@pytest.mark.parametrize("code", sorted(fields()))
def test_what_is_shown_is_read_again(code: str) -> None:
    """What a form shows of a person says the same when it is sent back."""
    typed = {
        "name": "Nguyễn Thị Lan", "born": "06/1988", "sex": "nữ", "foreigner": "có", "card": "CĐ-1", "union_since": "2019",
        "education": "thpt", "qualification": "đh", "theory": "tc", "id_number": "001188000123", "id_issued": "5/6/2021",
        "phone": "0912345678", "email": "lan@congdoan.vn",
    }.get(code, "Kinh")  # fmt: skip
    values = read(code, typed, TODAY).values
    person = Person(**values)
    assert read(code, written(person, code), TODAY).values == values


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("22-02-2022", "2022-02-22"), ("2022-02-22", "2022-02-22"), ("2022-02-22 00:00:00", "2022-02-22"),
        ("2022/2/2", "2022-02-02"), ("5/6/26", "2026-06-05"), ("5/6/27", "1927-06-05"), ("24/11/26", "2026-11-24"),
        ("25/11/26", "1926-11-25"), ("6.1988", "1988-06"), (" 1988 ", "1988"), ("29/2/2024", "2024-02-29"),
    ],
)  # fmt: skip
def test_dates_as_sheets_write_them(text: str, iso: str) -> None:
    assert partial_date(text, TODAY).isoformat() == iso


@pytest.mark.parametrize(
    "text", ["", "31/2/2024", "29/2/2023", "13/2024", "1/1", "88", "2024-13", "1/2/3/4", "٥/٦/1988x"]
)
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(ValueError):
        partial_date(text, TODAY)


def test_a_date_keeps_how_exactly_it_is_known() -> None:
    assert [partial_date(text, TODAY).precision for text in ("5/6/1988", "6/1988", "1988")] == [
        Precision.DAY, Precision.MONTH, Precision.YEAR,
    ]  # fmt: skip
