"""The bodies of a unit on screen: the list on a day, its warnings, and every form as a browser sends it."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from nhiemky.rules.timeline import PartialDate, Span
from tests.factories import a_unit
from tests.web.conftest import SUOI_MONG, Cast
from tests.web.forms import form_at, shown, words

pytestmark = pytest.mark.both_engines

LIST = f"/don-vi/{SUOI_MONG}/chuc-danh/"
NEW = LIST + "them/"
GIVEN = {"chuc": "ubkt:member", "cach": "elected", "tu": "1/3/2024", "van-ban": "Quyết định 5/QĐ"}

ClientOf = Callable[..., Client]


@pytest.fixture
def client(client_of: ClientOf) -> Client:
    return client_of("suoi-mong")


@pytest.fixture
def lan(cast: Cast, db: None):
    """A member of the unit, of a name that another has too, without the accents."""
    from nhiemky.members.actions import enter_person, join_unit

    made = []
    for name in ("Nguyễn Thị Thử Lan", "Nguyễn Thị Thử Lân"):
        person = enter_person(by=cast.users["suoi-mong"], name=name, unit=cast.unit, job="Văn thư")
        join_unit(by=cast.users["suoi-mong"], unit=cast.unit, person=person, valid=Span.parse("2020.."))
        made.append(person)
    return made[0]


def posts():
    from nhiemky.members.models import Post

    return Post.objects.filter(unit__code=SUOI_MONG, superseded_at__isnull=True)


def fill(client: Client, **typed: str):
    form = form_at(client, NEW)
    form.pop("tim", None)
    return client.post(NEW, form | GIVEN | {name.replace("_", "-"): value for name, value in typed.items()})


def test_the_list_is_of_the_day_that_is_asked_for(client: Client) -> None:
    assert "Lê Văn Giả Định" in shown(client, LIST)
    then = shown(client, LIST + "?ngay=1/6/2024")
    assert "Trần Thị Ví Dụ" in then and "Lê Văn Giả Định" not in then
    assert 'value="1/6/2024"' in then
    wrong = shown(client, LIST + "?ngay=31/2/2024", 422)
    assert "“31/2/2024” chưa đúng" in wrong and "Lê Văn Giả Định" in wrong


def test_before_a_unit_began_nobody_sits_there(client_of: ClientOf, cast: Cast, db: None) -> None:
    unit, client = a_unit("x-moi", life=Span.parse("2020..")), client_of("quan-tri")
    page = shown(client, "/don-vi/x-moi/chuc-danh/?ngay=1/6/2019", 422)
    assert "Đơn vị không hoạt động vào ngày 01/06/2019" in page and "Chưa ghi ai giữ chức danh" in page
    form = form_at(client, "/don-vi/x-moi/chuc-danh/them/") | GIVEN | {"ten": "A B", "nguoi": "moi", "tu": "1/6/2019"}
    form.pop("tim", None)
    answer = client.post("/don-vi/x-moi/chuc-danh/them/", form)
    assert answer.status_code == 422 and "Đơn vị không hoạt động suốt" in words(answer)
    assert not unit.posts.exists()


def test_a_warning_stands_beside_the_body_with_its_source(client: Client) -> None:
    page = shown(client, LIST)
    assert "Chưa ghi Ủy ban Kiểm tra; công đoàn cấp trên cơ sở nào cũng có." in page
    cite = re.search(r'href="(/quy-dinh/[^"]*#ubkt_from_members)"', page)
    assert cite and 'id="ubkt_from_members"' in shown(client, cite[1].partition("#")[0])
    assert "không lời nhắc nào ngăn việc ghi" in page
    assert "Chưa có bộ quy định nào" not in page


def test_somebody_is_looked_for_chosen_and_recorded(client: Client, lan) -> None:
    form = form_at(client, NEW)
    found = words(client.post(NEW, form | {"ten": "thu lan", "tim": "1", "van-ban": "Quyết định 5/QĐ"}))
    assert "Nguyễn Thị Thử Lan" in found and "Nguyễn Thị Thử Lân" in found and "Văn thư" in found
    assert 'value="Quyết định 5/QĐ"' in found, "what was typed is kept"
    assert not posts().filter(person=lan).exists()
    answer = fill(client, ten="thu lan", nguoi=lan.code)
    assert answer.status_code == 302 and answer["Location"] == LIST
    made = posts().get(person=lan)
    assert (made.body, made.role, made.mandate, made.decision) == ("ubkt", "member", "elected", "Quyết định 5/QĐ")
    assert made.term.label == "2023–2028"
    assert "Nguyễn Thị Thử Lan" in shown(client, LIST)
    assert lan.name not in answer["Location"], "no name stands in an address"


def test_only_members_within_the_readers_own_reach_are_offered(
    cast: Cast, client_of: ClientOf, client: Client, lan
) -> None:
    from nhiemky.foundation.actions import create_user
    from nhiemky.foundation.roles import Role
    from nhiemky.members.actions import enter_person, join_unit
    from nhiemky.units.actions import give_grant
    from nhiemky.units.models import Unit

    admin, school = cast.users["quan-tri"], Unit.objects.get(code="hc-thcs-may-trang")
    below = enter_person(by=admin, name="Nguyễn Thị Thử Lan Xa", unit=school)
    join_unit(by=admin, unit=school, person=below, valid=Span.parse("2020.."))
    alone = create_user(by=admin, username="rieng", display_name="Riêng huyện", password="mat-khau-dai-du")
    give_grant(by=admin, unit=cast.unit, user=alone, role=Role.OFFICER, below=False, starts_on=cast.today)
    cast.users["rieng"] = alone
    asked = {"ten": "thu lan", "tim": "1"}
    assert below.name in words(client.post(NEW, form_at(client, NEW) | asked))
    near = client_of("rieng")
    page = words(near.post(NEW, form_at(near, NEW) | asked))
    assert lan.name in page and below.name not in page
    assert fill(near, ten=lan.name, nguoi=below.code).status_code == 422
    assert not posts().filter(person=below).exists()


def test_names_lead_to_the_persons_whom_the_reader_may_open(
    cast: Cast, client_of: ClientOf, client: Client, lan
) -> None:
    from nhiemky.members.actions import join_unit, leave_unit
    from nhiemky.units.models import Unit

    fill(client, ten="Nguyễn Thị Thử Lan", nguoi=lan.code)
    link = f'href="/doan-vien/{lan.code}/"'
    for page in (LIST, LIST + "ban/ubkt/"):
        assert link in shown(client, page), page
    # who went to a unit elsewhere is named, and opens for those there alone
    elsewhere = Unit.objects.get(code="nho-quan")
    leave_unit(
        by=cast.users["quan-tri"],
        membership=lan.memberships.get(superseded_at__isnull=True),
        last=PartialDate.parse("2025-12-31"),
        leaving="left",
    )
    join_unit(by=cast.users["quan-tri"], unit=elsewhere, person=lan, valid=Span.parse("2026-01-01.."))
    for page in (LIST, LIST + "ban/ubkt/"):
        told = shown(client, page)
        assert lan.name in told and link not in told, page
        assert link in shown(client_of("quan-tri"), page), page


def test_who_is_not_chosen_is_asked_for_and_nothing_is_lost(client: Client, lan) -> None:
    before = posts().count()
    answer = fill(client, ten="Nguyễn Thị Thử Lan")
    assert answer.status_code == 422
    page = words(answer)
    assert "Hãy chọn đúng người" in page and f'value="{lan.code}"' in page
    assert 'value="1/3/2024"' in page and 'value="ubkt:member" selected' in page
    assert "Sổ đoàn viên không có ai tên như vậy" in words(fill(client, ten="Không Có Ai"))
    assert "Chưa có người giữ chức danh" in words(fill(client))
    elsewhere = fill(client, ten="Nguyễn Thị Thử Lan", nguoi="hc.nguyen-van-mau")
    assert elsewhere.status_code == 422, "a person of another unit cannot be named by code"
    assert posts().count() == before


def test_somebody_who_is_not_in_the_register_is_entered(client: Client) -> None:
    assert fill(client, ten="Đặng Thử Mới", nguoi="moi").status_code == 302
    made = posts().get(person__name="Đặng Thử Mới")
    assert made.person.fictional, "a person of a fictional unit is called so"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"chuc": ""}, "Chưa chọn chức danh"),
        ({"chuc": "bch:group_head"}, "Chưa chọn chức danh"),
        ({"cach": ""}, "Chưa chọn do bầu"),
        ({"tu": ""}, "Ngày nhận chức danh chưa ghi"),
        ({"tu": "31/2/2024"}, "“31/2/2024” chưa đúng"),
        ({"den": "1/1/2024"}, "Ngày cuối đứng trước"),
    ],
)
def test_a_wrong_form_says_what_is_wrong_and_writes_nothing(client: Client, typed: dict, sentence: str) -> None:
    before = posts().count()
    answer = fill(client, ten="Đặng Thử Mới", nguoi="moi", **typed)
    assert answer.status_code == 422 and sentence in words(answer) and 'value="Đặng Thử Mới"' in words(answer)
    assert posts().count() == before


def test_the_same_form_sent_twice_makes_one_post_and_changed_says_so(client: Client) -> None:
    form = form_at(client, NEW) | GIVEN | {"ten": "Đặng Thử Mới", "nguoi": "moi"}
    assert [client.post(NEW, form).status_code for _ in range(2)] == [302, 302]
    assert posts().filter(person__name="Đặng Thử Mới").count() == 1
    again = client.post(NEW, form | {"tu": "2/3/2024"})
    assert again.status_code == 409 and "đã được ghi lúc" in words(again)
    made = posts().get(person__name="Đặng Thử Mới")
    assert f"/chuc-danh/{made.code}/sua/" in words(again) and made.span.starts_on == date(2024, 3, 1)


def test_a_post_ends_with_reason_and_paper_and_stays_in_the_history(client: Client) -> None:
    fill(client, ten="Đặng Thử Mới", nguoi="moi")
    made = posts().get(person__name="Đặng Thử Mới")
    place = f"/chuc-danh/{made.code}/thoi/"
    form = form_at(client, place)
    assert "Chưa chọn lý do" in words(client.post(place, form | {"den": "1/6/2024"}))
    done = form | {"den": "1/6/2024", "ly-do": "resigned", "van-ban": "QĐ 9"}
    assert [client.post(place, done).status_code for _ in range(2)] == [302, 302]
    assert "đã được ghi lúc" in words(client.post(place, done | {"den": "2/6/2024"}))
    assert "Đặng Thử Mới" not in shown(client, LIST)
    assert "xin thôi, được đồng ý (QĐ 9)" in shown(client, LIST + "ban/ubkt/")
    assert "Đặng Thử Mới" in shown(client, LIST + "?ngay=1/6/2024")
    assert "Đặng Thử Mới" not in shown(client, LIST + "?ngay=2/6/2024")


def test_a_post_is_mended_or_taken_back(client: Client) -> None:
    fill(client, ten="Đặng Thử Mới", nguoi="moi")
    made = posts().get(person__name="Đặng Thử Mới")
    place = f"/chuc-danh/{made.code}/sua/"
    form = form_at(client, place)
    assert (form["tu"], form["chuc"], form["van-ban"]) == ("01/03/2024", "ubkt:member", "Quyết định 5/QĐ")
    changed = form | {"cach": "appointed", "tu": "3/2024", "chuc": "ubkt:inspection_deputy"}
    changed.pop("ly-do")
    assert client.post(place, changed).status_code == 302
    mended = posts().get(person__name="Đặng Thử Mới")
    assert (mended.role, mended.mandate, mended.span.isoformat()) == ("inspection_deputy", "appointed", "2024-03..")
    away = f"/chuc-danh/{mended.code}/bo/"
    assert "Chưa có lý do" in words(client.post(away, {"ly-do": " "}, follow=True))
    assert "Đã bỏ dòng ghi nhầm" in words(client.post(away, {"ly-do": "ghi nhầm"}, follow=True))
    assert not posts().filter(person__name="Đặng Thử Mới").exists()
    assert "đã được sửa hoặc bỏ" in words(client.post(away, {"ly-do": "ghi nhầm"}, follow=True))
    assert client.get(away).status_code == 405


def test_the_size_that_the_congress_fixed(client: Client) -> None:
    place = LIST + "so-luong/"
    form = form_at(client, place) | {"so": "11"}
    assert form["ban"] == "bch"
    assert [client.post(place, form).status_code for _ in range(2)] == [302, 302]
    page = shown(client, LIST)
    assert "1 người, đại hội quyết định 11" in page and "Khuyết 10 trong số 11" in page
    for wrong in ("", "mười", "0", "99999", "²"):
        answer = client.post(place, form_at(client, place) | {"so": wrong})
        assert answer.status_code == 422, wrong


def test_the_unit_chooses_the_rules_of_its_term(client: Client) -> None:
    place = LIST + "quy-dinh/"
    assert "Điều lệ khóa XIII theo kế hoạch" in shown(client, LIST)
    assert client.post(place, {"bo": "CDVN-XII"}).status_code == 302
    page = shown(client, LIST)
    assert "khóa XII (2020)" in page and "đơn vị chọn cho nhiệm kỳ này" in page
    assert client.post(place, {"bo": "CDVN-XX"}).status_code == 422
    assert client.post(place, {"bo": ""}).status_code == 302
    assert "đơn vị chọn" not in shown(client, LIST)


def test_discipline_is_shown_to_the_unit_itself_only(cast: Cast, client_of: ClientOf, client: Client, lan) -> None:
    from nhiemky.members.actions import record_standing

    fill(client, ten="Nguyễn Thị Thử Lan", nguoi=lan.code)
    record_standing(
        by=cast.users["suoi-mong"], unit=cast.unit, person=lan, kind="prosecuted", valid=Span(date(2024, 1, 1), None)
    )
    told = "truy cứu trách nhiệm hình sự"
    assert told in shown(client, LIST)
    for login in ("hu-cau", "kiem-tra"):
        page = shown(client_of(login), LIST)
        assert "Nguyễn Thị Thử Lan" in page and told not in page, login


def test_who_only_reads_is_offered_nothing_and_writes_nothing(client_of: ClientOf, client: Client) -> None:
    auditor, neighbour = client_of("kiem-tra"), client_of("song-lo")
    page = shown(auditor, LIST)
    assert "Ghi chức danh" not in page and "/sua/" not in page
    made = posts().get(code="hc-suoi-mong.c.chu-tich-2")
    for place in (NEW, f"/chuc-danh/{made.code}/thoi/", f"/chuc-danh/{made.code}/bo/", LIST + "so-luong/"):
        form = GIVEN | {"ten": "A B", "nguoi": "moi", "ly-do": "resigned", "den": "1/1/2026", "so": "9"}
        assert auditor.post(place, form).status_code == 403
        assert neighbour.post(place, form).status_code == 404
    made.refresh_from_db()
    assert made.superseded_at is None


def test_the_page_of_rules_says_value_source_and_certainty(client: Client) -> None:
    page = shown(client, "/quy-dinh/?bo=CDVN-XII")
    assert "Quy định đã áp dụng" in page and "từ 3 đến 15 người" in page
    assert "Hướng dẫn 03/HD-TLĐ, 9.1 (bản sao thuvienphapluat.vn)" in page
    now = shown(client, "/quy-dinh/")
    assert "Quy định đang áp dụng" in now and "theo khóa XII; bản mới chưa đọc được" in now
    assert "theo báo chí" in now and "chưa rõ" in now
    assert client.get("/quy-dinh/?bo=CDVN-XX").status_code == 404


def test_the_unit_page_leads_to_the_bodies_and_shows_who_sits_now(client: Client) -> None:
    page = shown(client, f"/don-vi/{SUOI_MONG}/")
    assert f'href="{LIST}"' in page and "Lê Văn Giả Định" in page and "Trần Thị Ví Dụ" not in page
