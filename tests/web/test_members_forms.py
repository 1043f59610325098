"""The forms on the page of a member: written once, faults beside the boxes, nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.web.conftest import SUOI_MONG, Cast
from tests.web.forms import shown, words
from tests.web.members import LAN, MANY, NEW, a_member, members, newest, people_at, sent

pytestmark = pytest.mark.both_engines

ClientOf = Callable[..., Client]
DUES = f"/don-vi/{SUOI_MONG}/doan-vien/doan-phi/"


@pytest.fixture
def chair(client_of: ClientOf) -> Client:
    return client_of("suoi-mong")


@pytest.fixture
def made(cast: Cast, db: None) -> dict[str, str]:
    return people_at(cast)


def test_amending_keeps_what_is_masked(chair: Client, client_of: ClientOf, made: dict[str, str]) -> None:
    from nhiemky.members.models import Person, PersonChange

    path = f"/doan-vien/{made['person']}/sua/"
    for client in (chair, client_of("hu-cau")):
        fields = sent(client, path, job="Giáo viên", sex="female")
        assert "001188000123" not in fields.values()
        assert client.post(path, fields).status_code == 302
        person = Person.objects.get(code=made["person"])
        assert (person.id_number, person.phone, person.born_on.isoformat()) == (
            "001188000123",
            "0912345678",
            "1988-06-05",
        )
        assert person.job == "Giáo viên"
    changes = PersonChange.objects.filter(person=person)
    assert [change.fields for change in changes] == [["job"]], "the same again is no change"
    assert "Giáo viên" not in changes[0].before
    chair.post(path, sent(chair, path, sex="female", **{"xoa-id_number": "1"}))
    person.refresh_from_db()
    assert (person.id_number, person.id_digest, person.id_last_digest) == ("", "", "")


def test_an_amendment_with_a_fault_changes_nothing(chair: Client, made: dict[str, str]) -> None:
    from nhiemky.members.models import Person

    path = f"/doan-vien/{made['person']}/sua/"
    answer = chair.post(path, sent(chair, path, phone="12", job="Giáo viên"))
    page = words(answer)
    assert answer.status_code == 422 and 'value="12"' in page and 'value="Giáo viên"' in page
    assert Person.objects.get(code=made["person"]).job == ""


def test_leaving_and_coming_back(chair: Client, made: dict[str, str]) -> None:
    leave, again = f"/doan-vien/{made['person']}/roi/", f"/doan-vien/{made['person']}/ket-nap-lai/"
    assert chair.get(again).status_code == 404, "who has not left cannot come back"
    answer = chair.post(leave, sent(chair, leave, **{"ly-do": "", "den": "31/12/2018"}))
    assert answer.status_code == 422 and "Chưa chọn lý do" in words(answer)
    answer = chair.post(leave, sent(chair, leave, **{"ly-do": "left", "den": "31/12/2018"}))
    assert answer.status_code == 422 and "Ngày ra trước ngày vào" in words(answer)
    fields = sent(chair, leave, **{"ly-do": "left", "den": "31/5/2024", "qd": "9/QĐ"})
    assert chair.post(leave, fields).status_code == 302
    stay = newest()
    assert (stay.span.isoformat(), stay.leaving, stay.leaving_decision) == ("2019-09-01..2024-05-31", "left", "9/QĐ")
    before = members()
    assert chair.post(leave, fields).status_code == 302 and members() == before
    assert chair.post(leave, fields | {"den": "1/6/2024"}).status_code == 409
    assert chair.get(leave).status_code == 404
    answer = chair.post(again, sent(chair, again, tu="1/9/2025"))
    assert answer.status_code == 422 and "công đoàn cấp trên xem xét" in words(answer)
    fields = sent(chair, again, tu="1/9/2025", qd="45/QĐ-LĐLĐ")
    assert chair.post(again, fields).status_code == 302 and chair.post(again, fields).status_code == 302
    assert members() == before + 1
    assert (newest().joining, newest().decision) == ("again", "45/QĐ-LĐLĐ")


def test_a_membership_is_corrected_and_annulled(chair: Client, made: dict[str, str]) -> None:
    path = f"/doan-vien/{made['person']}/vao/{made['stay']}/sua/"
    given = sent(chair, path)
    assert (given["tu"], given["cach"], given["qd"]) == ("01/09/2019", "individual", "12/QĐ")
    assert chair.post(path, given | {"tu": "1/9/2018"}).status_code == 302
    stay = newest()
    assert (stay.span.isoformat(), stay.replaces.code) == ("2018-09-01..", made["stay"])
    answer = chair.post(path, sent(chair, path, tu="1/9/2017"))
    assert answer.status_code == 422 and "đã được sửa trước đó" in words(answer)
    path = f"/doan-vien/{made['person']}/vao/{stay.code}/bo/"
    assert chair.post(path, sent(chair, path)).status_code == 422
    fields = sent(chair, path, **{"ly-do": "ghi nhầm người"})
    assert chair.post(path, fields).status_code == 302 and chair.post(path, fields).status_code == 302
    stay.refresh_from_db()
    assert stay.superseded_at


def test_a_membership_of_another_person_is_not_changed_here(chair: Client, cast: Cast, made: dict[str, str]) -> None:
    other = a_member(cast, "Trần Khác")
    for place in ("sua", "bo"):
        assert chair.get(f"/doan-vien/{made['person']}/vao/{other.code}/{place}/").status_code == 404
    assert chair.get(f"/doan-vien/{other.person.code}/tinh-trang/{made['standing']}/het/").status_code == 404
    assert chair.get(f"/doan-vien/{other.person.code}/con/{made['child']}/xoa/").status_code == 404


def test_a_group_of_the_unit_is_set(chair: Client, cast: Cast, made: dict[str, str]) -> None:
    from datetime import date

    from nhiemky.members.models import Grouping
    from nhiemky.rules.timeline import Span
    from nhiemky.units.actions import found_unit, place_unit

    life = Span(date(2000, 1, 1), None)
    for code, parent in (("to-mot", SUOI_MONG), ("to-xa", "song-lo")):
        from nhiemky.units.models import Unit

        by = cast.users["quan-tri"]
        unit = found_unit(by=by, code=code, name=f"Tổ {code}", short=f"Tổ {code}", kind="group", block="", life=life)
        place_unit(by=by, unit=unit, parent=Unit.objects.get(code=parent), valid=life)
    path = f"/doan-vien/{made['person']}/to/"
    page = shown(chair, path)
    assert "Tổ to-mot" in page and "Tổ to-xa" not in page
    answer = chair.post(path, sent(chair, path, to="to-xa", tu="1/1/2024"))
    assert answer.status_code == 422 and "Chưa chọn tổ" in words(answer)
    fields = sent(chair, path, to="to-mot", tu="1/1/2024")
    assert chair.post(path, fields).status_code == 302 and chair.post(path, fields).status_code == 302
    assert Grouping.objects.filter(person__code=made["person"]).count() == 1
    assert "Tổ to-mot" in shown(chair, f"/doan-vien/{made['person']}/")
    assert chair.post(path, sent(chair, path, to="-", tu="1/1/2025")).status_code == 302
    assert (
        Grouping.objects.get(person__code=made["person"], superseded_at=None).span.isoformat()
        == "2024-01-01..2024-12-31"
    )


def test_a_standing_is_recorded_once_and_ended(chair: Client, made: dict[str, str]) -> None:
    from nhiemky.members.models import Standing

    def parties() -> list[str]:
        rows = Standing.objects.filter(person__code=made["person"], kind="party", superseded_at=None)
        return [row.span.isoformat() for row in rows]

    path = f"/doan-vien/{made['person']}/tinh-trang/"
    assert "Chưa chọn nội dung" in words(chair.post(path, sent(chair, path, tu="3/2/2020")))
    answer = chair.post(path, sent(chair, path, loai="reprimand"))
    assert answer.status_code == 422 and "Từ ngày chưa ghi" in words(answer)
    fields = sent(chair, path, loai="party", tu="3/2/2020", qd="7-QĐ/ĐU")
    assert chair.post(path, fields).status_code == 302 and chair.post(path, fields).status_code == 302
    assert parties() == ["2020-02-03.."]
    assert chair.post(path, fields | {"tu": "4/2/2020"}).status_code == 409
    row = Standing.objects.get(person__code=made["person"], kind="party")
    path = f"/doan-vien/{made['person']}/tinh-trang/{row.code}/het/"
    fields = sent(chair, path, sao="het", den="31/12/2025")
    assert chair.post(path, fields).status_code == 302 and chair.post(path, fields).status_code == 302
    assert parties() == ["2020-02-03..2025-12-31"]
    path = f"/doan-vien/{made['person']}/tinh-trang/{made['standing']}/het/"
    fields = sent(chair, path, sao="sai")
    assert chair.post(path, fields).status_code == 302 and chair.post(path, fields).status_code == 302
    assert not Standing.objects.filter(person__code=made["person"], kind="warning", superseded_at=None).exists()


def test_dues_of_one_member(chair: Client, made: dict[str, str]) -> None:
    from nhiemky.members.models import Dues

    path = f"/doan-vien/{made['person']}/doan-phi/"
    for typed, sentence in [
        ({"tu": "13/2026"}, "Tháng “13/2026” chưa đúng"),
        ({"tu": "5/2026", "den": "4/2026"}, "Tháng cuối đứng trước tháng đầu"),
        ({"trang-thai": "owed", "da-dong": "100k"}, "Chỉ ghi số tiền khi đã đóng"),
        ({"luong": "15"}, "chưa rõ là bao nhiêu tiền"),
    ]:
        answer = chair.post(path, sent(chair, path, **{"tu": "4/2026", "den": "6/2026"} | typed))
        assert answer.status_code == 422 and sentence in words(answer), typed
    fields = sent(chair, path, tu="4/2026", den="6/2026", luong="8 triệu", **{"da-dong": "100k"})
    assert chair.post(path, fields).status_code == 302 and chair.post(path, fields).status_code == 302
    row = Dues.objects.get(person__code=made["person"], paid__isnull=False)
    assert (row.span.isoformat(), row.state, row.wage, row.paid) == ("2026-04..2026-06", "paid", 8_000_000, 100_000)
    page = shown(chair, f"/doan-vien/{made['person']}/")
    # 120.000 đ of the months before, 20.000 đ short of these
    assert "140.000 đồng</b> còn phải đóng" in page and "đóng thiếu" in page


def test_all_paid_except(chair: Client, cast: Cast, made: dict[str, str]) -> None:
    from nhiemky.members.models import Dues, Person

    others = [a_member(cast, f"Trần {name}").person for name in ("An", "Bình", "Châu")]
    page = shown(chair, DUES)
    assert all(each.name in page for each in others) and "Lê Cũ" not in page, "who left is not asked for"
    fields = sent(chair, DUES, tu="4/2026", den="5/2026")
    assert {value for name, value in fields.items() if name.startswith("tt-")} == {"paid"}
    fields |= {f"tt-{others[0].code}": "owed", f"tt-{others[1].code}": ""}
    assert chair.post(DUES, fields).status_code == 302

    def said() -> dict[str, tuple[str, Any]]:
        rows = Dues.objects.filter(starts_on="2026-04-01", superseded_at=None)
        return {row.person.code: (row.state, row.wage) for row in rows}

    first = Person.objects.get(code=made["person"])
    # the wage that was known before goes on
    assert said() == {first.code: ("paid", 8_000_000), others[0].code: ("owed", None), others[2].code: ("paid", None)}
    count = Dues.objects.count()
    assert chair.post(DUES, fields).status_code == 302 and Dues.objects.count() == count
    assert chair.post(DUES, fields | {f"tt-{others[2].code}": "exempt"}).status_code == 409
    assert Dues.objects.count() == count
    answer = chair.post(DUES, sent(chair, DUES, tu="x"))
    assert answer.status_code == 422 and "chưa đúng" in words(answer)


def test_children(chair: Client, made: dict[str, str]) -> None:
    from nhiemky.members.models import Child

    path = f"/doan-vien/{made['person']}/con/"
    assert "Chưa có họ tên của con" in words(chair.post(path, sent(chair, path)))
    fields = sent(chair, path, ten="Trần Minh Châu", sinh="1/9/2020", gioi="female")
    assert chair.post(path, fields).status_code == 302 and chair.post(path, fields).status_code == 302
    [child] = Child.objects.filter(person__code=made["person"]).exclude(code=made["child"])
    assert (child.name, child.sex) == ("Trần Minh Châu", "female")
    assert "có quà" in shown(chair, f"/doan-vien/{made['person']}/")
    path = f"/doan-vien/{made['person']}/con/{child.code}/xoa/"
    fields = sent(chair, path)
    assert chair.post(path, fields).status_code == 302 and chair.post(path, fields).status_code == 302
    assert "Trần Minh Châu" not in shown(chair, f"/doan-vien/{made['person']}/")


def test_no_personal_data_stands_in_an_address_or_in_the_trail(chair: Client) -> None:
    from nhiemky.foundation.models import AuditEvent

    done = chair.post(NEW, sent(chair, NEW, **LAN | {"phone": "0912345678"}))
    assert "lan" not in done["Location"].casefold() and "0456" not in done["Location"]
    trail = str(list(AuditEvent.objects.order_by("-number")[:5].values_list("subject", "data")))
    assert not any(each in trail for each in ("Lan", "001190000456", "0912345678", "1990"))


def test_what_people_type_is_never_a_page_of_faults(chair: Client, made: dict[str, str]) -> None:
    odd = ["\x00", "'; --", "<b>", "９９", "𝟙", "0" * 400, "\u202e", "31/12/9999", "1/1/0001", "-1", "1e9"]
    paths = [NEW, MANY, DUES] + [
        f"/doan-vien/{made['person']}/{place}/" for place in ("sua", "roi", "to", "tinh-trang", "doan-phi", "con")
    ]
    for path in paths:
        given = sent(chair, path)
        for text in odd:
            answer = chair.post(path, {name: value if name == "ma" else text for name, value in given.items()})
            assert answer.status_code in (302, 404, 422), (path, text)
