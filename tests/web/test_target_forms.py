"""Terms and targets by form: every shape, once only, nothing lost that was typed."""

from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from nhiemky.ledger import kinds
from nhiemky.web.figures import target_form
from nhiemky.web.figures.picker import groups
from nhiemky.web.figures.target_form import bound
from tests.web.conftest import Cast

pytestmark = pytest.mark.both_engines

ClientOf = Callable[..., Client]
AT = "/don-vi/hc-suoi-mong/chi-tieu/2023-2028/moi/"
PREVIEW = {"HTTP_HX_REQUEST": "true"}


def code_for(form: str, login: str = "suoi-mong", unit: str = "hc-suoi-mong") -> str:
    """What the form carries that this person was given for this unit."""
    from nhiemky.foundation.models import User
    from nhiemky.units.models import Unit
    from nhiemky.web.once import fresh

    request: Any = SimpleNamespace(user=User.objects.get(username=login))
    return fresh(request, Unit.objects.get(code=unit), form)


def form(**given: str) -> dict[str, str]:
    typed = {"so-lieu": "new_members_admitted", "kieu": "range", "muc": "300", "muc-tren": "500", "can-cu": "term"}
    typed["van-ghi"] = "1"  # the cast has set itself such targets already
    return typed | {"ma": code_for("chi-tieu")} | {name.replace("_", "-"): value for name, value in given.items()}


def last_target() -> Any:
    from nhiemky.figures.models import Target

    return Target.objects.select_related("term", "source", "assigned_by").order_by("pk").last()


def count() -> int:
    from nhiemky.figures.models import Target

    return Target.objects.count()


@pytest.mark.parametrize(
    ("text", "number"),
    [("300", "300"), ("1.500", "1500"), ("92,5", "92.5"), ("92,5%", "92.5"), ("15 triệu", "15000000"),
     ("1,5 tỷ đồng", "1500000000"), ("15.000.000 đ", "15000000"), ("500 nghìn", "500000"), (" ", None)],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(text: str, number: str | None) -> None:
    assert bound(text) == (None if number is None else Decimal(number))


@pytest.mark.parametrize("text", ["ba trăm", "92.5", "1.50", "-3", "3-5", "1,2,3", "15 triêuu", "٣"])
def test_what_is_no_number_is_not_guessed(text: str) -> None:
    if text == "٣":
        assert bound(text) == 3  # a digit of another script is that digit
        return
    with pytest.raises(ValueError):
        bound(text)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Kết nạp mới đoàn viên công đoàn: từ 300 – 500 người, cả kỳ 19/05/2023 – 2028."),
        ({"kieu": "gte", "muc": "1.500"}, "từ 1.500 người trở lên, cả kỳ"),
        ({"kieu": "gt"}, "trên 300 người"),
        ({"kieu": "eq", "can_cu": "yearly"}, "300 người, mỗi năm trong kỳ"),
        ({"kieu": "lte", "so_lieu": "occupational_accidents", "muc": "5"}, "không quá 5"),
        ({"kieu": "gte", "can_cu": "by_date", "han": "6/2026"}, "đến hết 06/2026"),
        ({"so_lieu": "workers_unionised_pct", "kieu": "gte", "muc": "92,5%"}, "từ 92,5% trở lên"),
        ({"so_lieu": "district_union_grade", "kieu": "", "xep_loai": "good"}, "hoàn thành tốt nhiệm vụ trở lên"),
        ({"so_lieu": "charity_funds_raised", "kieu": "gte", "muc": "1,5 tỷ"}, "từ 1,5 tỷ đồng trở lên"),
        ({"ai_giao": "hc-tinh"}, "do LĐLĐ tỉnh Hư Cấu (hư cấu) giao"),
        ({"ai_giao": "khac", "van_ban": "LĐLĐ tỉnh, Công văn 12"}, "do LĐLĐ tỉnh, Công văn 12 giao"),
        ({"dieu": "Điều 2, khoản 1"}, "Điều 2, khoản 1."),
    ],
)
def test_every_shape_is_previewed_adopted_and_judged(
    cast: Cast, client_of: ClientOf, given: dict[str, str], said: str
) -> None:
    from nhiemky.ledger import kinds

    if given.get("xep_loai"):
        given = given | {"xep_loai": list(kinds.grades())[1]}
    client, before = client_of("suoi-mong"), count()
    shown = client.post(AT, form(**given) | {"xem": "1"}, **PREVIEW).content.decode()
    assert said in shown
    assert "<html" not in shown
    assert count() == before
    answer = client.post(AT, form(**given), follow=True)
    assert answer.redirect_chain == [(AT, 302)]
    assert "Đã ghi chỉ tiêu" in answer.content.decode()
    assert count() == before + 1
    made = last_target()
    assert made.term.label == "2023–2028"
    page = client.get("/don-vi/hc-suoi-mong/chi-tieu/2023-2028/").content.decode()
    assert f'href="/chi-tieu/{made.code}/"' in page


def test_the_same_form_twice_adopts_once(cast: Cast, client_of: ClientOf) -> None:
    client, before, sent = client_of("suoi-mong"), count(), form()
    for _ in range(3):
        assert client.post(AT, sent).status_code == 302
    assert count() == before + 1


def test_the_same_figure_twice_is_warned_of_and_written_when_meant(cast: Cast, client_of: ClientOf) -> None:
    client = client_of("suoi-mong")
    sent = form(so_lieu="works_undertaken", kieu="gte", muc="30")
    del sent["van-ghi"]
    assert "Kỳ này đã có" not in client.post(AT, sent | {"xem": "1"}, **PREVIEW).content.decode()
    assert "Vẫn ghi thêm" not in client.get(AT + "?so-lieu=works_undertaken").content.decode()
    assert client.post(AT, sent).status_code == 302
    first, before = last_target(), count()
    assert client.post(AT, sent).status_code == 302, "the same form again is no second target"
    second = sent | {"ma": code_for("chi-tieu"), "muc": "40"}
    shown = client.post(AT, second | {"xem": "1"}, **PREVIEW).content.decode()
    assert "Kỳ này đã có chỉ tiêu" in shown and f"/chi-tieu/{first.code}/sua/" in shown
    answer = client.post(AT, second)
    page = answer.content.decode()
    assert answer.status_code == 422 and count() == before
    assert "Kỳ này đã có chỉ tiêu “" in page and f"/chi-tieu/{first.code}/sua/" in page and 'name="van-ghi"' in page
    assert client.post(AT, second | {"van-ghi": "1"}).status_code == 302
    assert count() == before + 1
    # to correct one is not to adopt another
    assert "Vẫn ghi thêm" not in client.get(f"/chi-tieu/{first.code}/sua/").content.decode()


def test_a_form_just_opened_is_not_found_fault_with(cast: Cast, client_of: ClientOf) -> None:
    client, empty = client_of("suoi-mong"), form(kieu="gte", muc="", muc_tren="") | {"xem": "1"}
    shown = client.post(AT, empty, **PREVIEW).content.decode()
    assert "Chưa có mức" not in shown and "Ghi mức phải đạt để đọc lại" in shown
    assert "Mức “ba” chưa đúng" in client.post(AT, empty | {"muc": "ba"}, **PREVIEW).content.decode()


def test_what_is_often_chosen_is_of_the_level(cast: Cast, client_of: ClientOf) -> None:
    district = [each.code for each in groups("", "upper")[0].found]
    grassroots = [each.code for each in groups("", "grassroots")[0].found]
    assert district[1] == "grassroots_unions_established" == groups("")[0].found[1].code
    assert "tet_gifts_given" in grassroots and not any("grassroots_" in each or "ge25" in each for each in grassroots)
    client = client_of("quan-tri")
    page = client.get("/don-vi/hc-thcs-may-trang/chi-tieu/2023-2028/moi/").content.decode()
    assert "Công đoàn cơ sở thành lập mới" not in page.partition("</details>")[0]
    stated = client.get("/don-vi/hc-thcs-may-trang/ke-khai/").content.decode()
    first = stated.partition('id="truoc-het"')[2].partition("</section>")[0]
    assert first.index("Cán bộ, công chức, viên chức, lao động của đơn vị") > 0
    assert "12/BC-CĐCS" in client.get("/don-vi/hc-thcs-may-trang/bao-cao/2023-2028/").content.decode()
    assert "12/BC-LĐLĐ" in client.get("/don-vi/hc-suoi-mong/bao-cao/2023-2028/").content.decode()


def test_what_stands_first_is_in_the_catalogues() -> None:
    from nhiemky.figures.definitions import definitions
    from nhiemky.foundation import catalogue
    from nhiemky.ledger import kinds

    for level in {each.level for each in catalogue.terms("catalogue/unit-kinds.toml", "unit_kind").values()}:
        first = kinds.first_for(level)
        assert level in first.levels
        assert set(first.indicators) <= definitions().keys() and set(first.subjects) <= kinds.subjects().keys()


def test_a_form_that_chooses_its_own_code_writes_nothing(cast: Cast, client_of: ClientOf) -> None:
    before = count()
    answer = client_of("suoi-mong").post(AT, form(ma="toi-tu-chon"))
    assert answer.status_code == 422
    assert count() == before


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"muc": "ba trăm"}, "Mức “ba trăm” chưa đúng"),
        ({"muc": "", "muc_tren": ""}, "Chưa có mức phải đạt"),
        ({"muc": "500", "muc_tren": "300"}, "Mức trên nhỏ hơn mức dưới"),
        ({"muc_tren": ""}, "Chưa có mức trên của khoảng"),
        ({"kieu": "xx"}, "Chưa chọn kiểu mức"),
        ({"can_cu": "by_date", "han": "31/2/2026"}, "Hạn “31/2/2026” chưa đúng"),
        ({"can_cu": "by_date", "han": "2019"}, "trước ngày đầu kỳ"),
        ({"so_lieu": "workers_unionised_pct", "kieu": "gte", "muc": "101"}, "từ 0 đến 100"),
        ({"so_lieu": "khong-co"}, "Chưa chọn số liệu"),
        ({"ai_giao": "song-lo"}, "không có trong danh sách"),
        ({"ai_giao": "khac", "van_ban": ""}, "Chưa ghi cấp nào giao"),
    ],
)
def test_a_refusal_loses_nothing_that_was_typed(
    cast: Cast, client_of: ClientOf, given: dict[str, str], sentence: str
) -> None:
    before = count()
    sent = form(trich="Kết nạp đoàn viên mới từ 300 – 500 người", **given)
    answer = client_of("suoi-mong").post(AT, sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert count() == before
    if given.get("so_lieu") != "khong-co":
        assert "Kết nạp đoàn viên mới từ 300 – 500 người" in page
        assert f'value="{sent["ma"]}"' in page


def test_the_paper_is_not_asked_for_twice(cast: Cast, client_of: ClientOf) -> None:
    from nhiemky.foundation.models import Source

    client, before = client_of("suoi-mong"), Source.objects.count()
    for _ in range(2):
        client.post(AT, form(ai_giao="hc-tinh", van_ban="Công văn 12/LĐLĐ"))
    assert Source.objects.count() == before + 1
    page = client.get(f"{AT}?so-lieu=new_members_admitted").content.decode()
    assert 'value="Công văn 12/LĐLĐ"' in page
    assert 'value="hc-tinh" checked' in page


def test_a_target_is_corrected_and_withdrawn_on_the_board(cast: Cast, client_of: ClientOf) -> None:
    client = client_of("suoi-mong")
    client.post(AT, form())
    made = last_target()
    page = client.get(f"/chi-tieu/{made.code}/sua/").content.decode()
    assert 'name="muc" value="300"' in page
    sent = form(kieu="gte", muc="350", muc_tren="", ly_do="gõ nhầm số", ma=code_for(f"sua:{made.code}"))
    for _ in range(2):
        assert client.post(f"/chi-tieu/{made.code}/sua/", sent).status_code == 302
    corrected = last_target()
    assert (corrected.replaces_id, corrected.low, corrected.aim) == (made.pk, 350, "gte")
    assert (
        client.post(f"/chi-tieu/{made.code}/sua/", form(ly_do="lần nữa", ma=code_for(f"sua:{made.code}"))).status_code
        == 422
    )
    refused = client.post(f"/chi-tieu/{corrected.code}/rut/", {"ma": code_for(f"rut:{corrected.code}"), "ly-do": ""})
    assert refused.status_code == 422
    stranger = client.post(f"/chi-tieu/{corrected.code}/rut/", {"ma": code_for("chi-tieu"), "ly-do": "đại hội bỏ"})
    assert stranger.status_code == 422, "a code of another form opens nothing"
    sent = {"ma": code_for(f"rut:{corrected.code}"), "ly-do": "đại hội bỏ"}
    answer = client.post(f"/chi-tieu/{corrected.code}/rut/", sent, follow=True)
    assert "Đã rút chỉ tiêu" in answer.content.decode()
    assert f"/chi-tieu/{corrected.code}/" not in answer.content.decode()
    page = client.get(f"/chi-tieu/{made.code}/").content.decode()
    for text in ("đã rút nên không đánh giá nữa", "gõ nhầm số", "đại hội bỏ"):
        assert text in page


def test_figures_are_found_without_accents_in_any_order() -> None:
    for text in ("ket nap moi", "moi KẾT nạp", "nap  ket"):
        found = [each.code for group in groups(text) for each in group.found]
        assert "new_members_admitted" in found
        assert len(found) < 30
    assert groups("khong he co tu nay") == []
    assert groups("")[0].open
    assert sum(len(group.found) for group in groups("")) > 150


def test_a_chair_sets_the_term_then_its_targets(cast: Cast, client_of: ClientOf) -> None:
    from nhiemky.units.models import Term

    client, at = client_of("quan-tri"), "/don-vi/ldld-binh-luc/nhiem-ky/moi/"
    sent = {"ma": code_for("nhiem-ky", "quan-tri", "ldld-binh-luc"), "tu": "12/6/2023", "den": "2028", "khoa": "XI", "nghi-quyet": "Nghị quyết đại hội XI",
            "so": "01-NQ/ĐH", "ngay": "13/6/2023"}  # fmt: skip
    for _ in range(2):
        answer = client.post(at, sent)
        assert answer["Location"] == "/don-vi/ldld-binh-luc/chi-tieu/2023-2028/moi/"
    term = Term.objects.select_related("source").get(unit__code="ldld-binh-luc")
    assert (term.label, term.ordinal, term.source.reference, term.source.published) == (
        "2023–2028", 11, "01-NQ/ĐH", "2023-06-13",
    )  # fmt: skip
    assert term.ends_before is None
    assert term.whole.isoformat() == "2023-06-12..2028"
    page = client.get(f"{answer['Location']}?so-lieu=new_members_admitted").content.decode()
    assert 'value="Nghị quyết đại hội XI"' in page
    empty = client.get("/don-vi/ldld-binh-luc/chi-tieu/2023-2028/").content.decode()
    assert "Ghi chỉ tiêu đầu tiên" in empty
    assert empty.count('class="btn"') == 1
    assert (
        client.post(
            answer["Location"],
            form(van_ban="Nghị quyết đại hội XI", ma=code_for("chi-tieu", "quan-tri", "ldld-binh-luc")),
        ).status_code
        == 302
    )
    assert last_target().source == term.source


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"tu": "", "den": ""}, "Ngày đầu chưa ghi"),
        ({"tu": "31/2/2023"}, "“31/2/2023” chưa đúng"),
        ({"tu": "2028", "den": "2023"}, "đứng trước ngày đầu"),
        ({"khoa": "mười"}, "Khóa “mười” chưa đúng"),
        ({"khoa": "9" * 5000}, "chưa đúng"),
        ({"so": "01"}, "Hãy ghi tên nghị quyết"),
        ({"tu": "2019", "den": "2024"}, "trùng thời gian"),
    ],
)
def test_a_term_refused_loses_nothing(cast: Cast, client_of: ClientOf, given: dict[str, str], sentence: str) -> None:
    sent = {"ma": code_for("nhiem-ky"), "tu": "2030", "den": "2035", "phuong-cham": "Đổi mới"} | given
    answer = client_of("suoi-mong").post("/don-vi/hc-suoi-mong/nhiem-ky/moi/", sent)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert 'value="Đổi mới"' in answer.content.decode()


@pytest.mark.parametrize(
    ("given", "key", "span"),
    [
        ({"loai": "school_year", "nam": "2026"}, "nam-hoc-2026-2027", "2026-09..2027-08"),
        ({"loai": "five_years", "nam": "2020"}, "2020-2025", "2020..2025"),
        ({"loai": "campaign", "ten": "Tháng Công nhân 2026", "tu": "1/5/2026", "den": "31/5/2026"},
         "thang-cong-nhan-2026", "2026-05-01..2026-05-31"),
    ],
)  # fmt: skip
def test_a_period_is_named(cast: Cast, client_of: ClientOf, given: dict[str, str], key: str, span: str) -> None:
    from nhiemky.units.models import NamedPeriod

    sent = given | {"ma": code_for("ky")}
    for _ in range(2):
        answer = client_of("suoi-mong").post("/don-vi/hc-suoi-mong/ky-bao-cao/moi/", sent)
        assert answer["Location"] == f"/don-vi/hc-suoi-mong/bao-cao/{key}/"
    assert NamedPeriod.objects.order_by("pk").last().span.isoformat() == span
    assert (
        client_of("suoi-mong").post("/don-vi/hc-suoi-mong/ky-bao-cao/moi/", given | {"ma": code_for("ky")}).status_code
        == 422
    )


def test_a_term_is_closed_by_form(cast: Cast, client_of: ClientOf) -> None:
    client, at = client_of("suoi-mong"), "/don-vi/hc-suoi-mong/nhiem-ky/2023-2028/ket-thuc/"
    code = {"ma": code_for("ket-thuc:2023-2028")}
    assert "Hãy ghi ngày" in client.post(at, code | {"den": "31/2/2025"}).content.decode()
    answer = client.post(at, code | {"den": "30/6/2025", "van-ban": "QĐ 9"}, follow=True)
    assert "Đã ghi ngày kết thúc" in answer.content.decode()
    assert "19/05/2023 – 30/06/2025" in answer.content.decode()
    board = client.get("/don-vi/hc-suoi-mong/chi-tieu/2023-2028/").content.decode()
    assert "19</b>" in board or "/19" in board
    assert client.post(at, {"den": "2025", "ma": code_for("ket-thuc:2023-2028")}).status_code == 422


def test_nobody_is_offered_the_worst_grade_as_an_aim() -> None:
    best, *_between, worst = kinds.grades()
    offered = {choice.value: choice.label for choice in target_form.grades("")}
    assert worst not in offered
    assert offered[best] == kinds.grades()[best].label, "there is nothing above the best"
    assert worst in {choice.value for choice in target_form.grades(worst)}, (
        "a target that has it can still be corrected"
    )


def test_a_target_offers_its_change_on_its_page_and_in_the_panel(client_of: ClientOf) -> None:
    chair = client_of("suoi-mong")
    assert chair.post(AT, form()).status_code == 302
    there = f"/chi-tieu/{last_target().code}/"
    for headers in ({}, PREVIEW):
        page = chair.get(there, **headers).content.decode()
        assert f'href="{there}sua/"' in page and f'href="{there}rut/"' in page
        page = client_of("kiem-tra").get(there, **headers).content.decode()
        assert "Đánh giá" in page and "/sua/" not in page and "/rut/" not in page
    assert "/rut/" not in chair.get(AT.removesuffix("moi/")).content.decode()
    chair.post(f"{there}rut/", {"ma": code_for(f"rut:{last_target().code}"), "ly-do": "nhầm"})
    for code in (there, f"/chi-tieu/{last_target().code}/"):
        page = chair.get(code).content.decode()
        assert "đã rút" in page and "/sua/" not in page and "/rut/" not in page
