"""Transfers on screen: who sees what, two tabs, what was typed, and nobody's particulars where they do not belong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.web.conftest import SUOI_MONG, Cast
from tests.web.forms import form_at, shown, words
from tests.web.moving import NEW, OLD, a_member, waiting_transfer

pytestmark = pytest.mark.both_engines

ClientOf = Callable[..., Client]


@pytest.fixture
def old(cast: Cast, db: None) -> Any:
    from nhiemky.units.models import Unit

    return Unit.objects.get(code=OLD)


@pytest.fixture
def moving(cast: Cast, old: Any) -> Any:
    return waiting_transfer(cast.users["quan-tri"], old)


def memberships() -> list[Any]:
    from nhiemky.members.models import Membership

    return list(
        Membership.objects.order_by("pk").values_list("unit__code", "starts_on", "ends_before", "superseded_at")
    )


def state_of(transfer: Any) -> str:
    transfer.refresh_from_db()
    return str(transfer.state)


# `ben-canh` is the chair of the old unit, `chu-tich` of the new one
@pytest.mark.parametrize(
    ("login", "status"),
    [("ben-canh", 200), ("chu-tich", 200), ("van-thu", 200), ("hu-cau", 200), ("kiem-tra", 200), ("quan-tri", 200),
     ("song-lo", 404), ("nho-quan", 404)],
)  # fmt: skip
def test_both_ends_and_the_levels_above_read_it(client_of: ClientOf, moving: Any, login: str, status: int) -> None:
    answer = client_of(login).get(f"/chuyen-sinh-hoat/{moving.code}/")
    assert answer.status_code == status
    page = words(answer)
    near = login in ("ben-canh", "quan-tri")
    assert ("05/06/1988" in page) == near and ("1988" in page) == (status == 200)
    assert ("Tiếp nhận</button>" in page) == (login in ("chu-tich", "van-thu", "hu-cau", "quan-tri"))
    assert ("Rút lại</button>" in page) == (login in ("ben-canh", "van-thu", "hu-cau", "quan-tri"))
    assert ("Cấp giấy giới thiệu</button>" in page) == near


@pytest.mark.parametrize("what", ["nhan", "khong-nhan", "rut", "giay"])
@pytest.mark.parametrize(("login", "status"), [("kiem-tra", 403), ("song-lo", 404), ("", 302)])
def test_nobody_else_writes(client_of: ClientOf, moving: Any, what: str, login: str, status: int) -> None:
    from nhiemky.foundation.models import AuditEvent

    before = memberships(), AuditEvent.objects.count()
    given = {"ngay-dau": "2026-11-20", "ly-do": "x", "so-giay": "1/GT"}
    answer = client_of(login).post(f"/chuyen-sinh-hoat/{moving.code}/{what}/", given)
    assert answer.status_code == status
    assert (memberships(), AuditEvent.objects.count()) == before and state_of(moving) == "waiting"
    if login:
        assert client_of(login).get(f"/chuyen-sinh-hoat/{moving.code}/{what}/").status_code == (
            302 if status == 403 else 404
        )


@pytest.mark.parametrize(("what", "login"), [("nhan", "ben-canh"), ("khong-nhan", "ben-canh"), ("rut", "chu-tich")])
def test_the_wrong_end_is_told_so(client_of: ClientOf, moving: Any, what: str, login: str) -> None:
    given = {"ngay-dau": "2026-11-20", "ly-do": "x"}
    answer = client_of(login).post(f"/chuyen-sinh-hoat/{moving.code}/{what}/", given)
    assert answer.status_code == 403 and "Hãy nhờ người quản trị" in words(answer)
    assert state_of(moving) == "waiting"


def test_received_once_however_often_the_button_is_pressed(client_of: ClientOf, cast: Cast, moving: Any) -> None:
    client, place = client_of("chu-tich"), f"/chuyen-sinh-hoat/{moving.code}/nhan/"
    day = cast.today.isoformat()
    assert client.post(place, {"ngay-dau": day}).status_code == 302
    after = memberships()
    assert client.post(place, {"ngay-dau": day}).status_code == 302
    other = client_of("van-thu").post(place, {"ngay-dau": day})
    assert other.status_code == 422 and "đã xong (đã tiếp nhận)" in words(other)
    assert memberships() == after
    page = shown(client, f"/chuyen-sinh-hoat/{moving.code}/")
    assert "Từ 01/11/2026" in page and "vẫn là đoàn viên của đơn vị cũ" in page, "the gap is told"
    assert "05/06/1988" in page, "now the person is one's own member"
    assert "đã tiếp nhận" in shown(client, f"/don-vi/{NEW}/chuyen-sinh-hoat/?xem=da-xong")


def test_two_presses_at_one_moment_are_one(
    client_of: ClientOf, cast: Cast, moving: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second was read before the first had written."""
    from nhiemky.members.queries import transfer_coded
    from nhiemky.web import access

    place, given = f"/chuyen-sinh-hoat/{moving.code}/nhan/", {"ngay-dau": cast.today.isoformat()}
    before = transfer_coded(moving.code)
    assert client_of("chu-tich").post(place, given).status_code == 302
    after = memberships()
    monkeypatch.setattr(access, "transfer_to_read", lambda _request, _code: before)
    assert client_of("chu-tich").post(place, given).status_code == 302
    other = client_of("van-thu").post(place, given)
    assert other.status_code == 422 and "đã xong (đã tiếp nhận)" in words(other)
    assert memberships() == after


def test_an_old_page_is_answered_in_a_sentence(client_of: ClientOf, cast: Cast, moving: Any) -> None:
    assert client_of("ben-canh").post(f"/chuyen-sinh-hoat/{moving.code}/rut/", {"ly-do": ""}).status_code == 302
    answer = client_of("chu-tich").post(f"/chuyen-sinh-hoat/{moving.code}/nhan/", {"ngay-dau": cast.today.isoformat()})
    assert answer.status_code == 422 and "đã rút" in words(answer)


@pytest.mark.parametrize(
    ("what", "given", "says"),
    [("nhan", {"ngay-dau": "31/2/2026"}, "chưa đúng"), ("nhan", {"ngay-dau": "2026-10-05"}, "31/10/2026"),
     ("nhan", {}, "chưa đúng"), ("khong-nhan", {"ly-do": "  "}, "Chưa có lý do"),
     ("khong-nhan", {"ly-do": "giữ lại lời này" + "x" * 300}, "dài quá 300")],
)  # fmt: skip
def test_what_was_typed_stays(client_of: ClientOf, moving: Any, what: str, given: dict[str, str], says: str) -> None:
    answer = client_of("chu-tich").post(f"/chuyen-sinh-hoat/{moving.code}/{what}/", given)
    page = words(answer)
    assert answer.status_code == 422 and says in page
    assert all(text.strip() in page for text in given.values())


def test_asked_for_in_two_steps_and_only_once(client_of: ClientOf, cast: Cast, old: Any) -> None:
    from nhiemky.members.models import Transfer

    person = a_member(cast.users["quan-tri"], old)
    client, place = client_of("ben-canh"), f"/doan-vien/{person.code}/chuyen/"
    found = shown(client, f"{place}?q=may+trang")
    assert f"?den={NEW}" in found and "THCS Mây Trắng" in found
    assert "Nho Quan" not in shown(client, f"{place}?q=nho+quan").replace("nho+quan", ""), "real units are not offered"
    fields = form_at(client, f"{place}?den={NEW}") | {"ngay-cuoi": "2026-10-31", "ly-do": "Về gần nhà"}
    first = client.post(place, fields)
    assert first.status_code == 302 and client.post(place, fields)["Location"] == first["Location"]
    assert Transfer.objects.filter(person=person).count() == 1
    other = client.post(place, fields | {"ly-do": "khác"})
    assert other.status_code == 409 and "đã được ghi trước đó" in words(other)
    new = client.post(place, fields | {"ma": "hỏng", "ly-do": "Lời vừa gõ"})
    assert new.status_code == 422 and "Lời vừa gõ" in words(new)
    assert "đang chờ một lần chuyển" in shown(client, place)
    assert "Về gần nhà" in shown(client_of("chu-tich"), first["Location"])
    home = shown(client_of("chu-tich"), "/")
    assert "Chuyển sinh hoạt chờ trả lời" in home and person.name in home
    assert person.name not in shown(client_of("ben-canh"), "/")


def test_a_wrong_day_loses_nothing(client_of: ClientOf, cast: Cast, old: Any) -> None:
    person = a_member(cast.users["quan-tri"], old)
    client, place = client_of("ben-canh"), f"/doan-vien/{person.code}/chuyen/"
    fields = form_at(client, f"{place}?ngoai=1")
    bad = fields | {"ngay-cuoi": "2019-05-01", "noi-den": "CĐCS Bưu điện tỉnh xa", "ly-do": "Theo chồng"}
    answer = client.post(place, bad)
    assert answer.status_code == 422 and "trước ngày vào" in words(answer)
    assert all(text in words(answer) for text in ("CĐCS Bưu điện tỉnh xa", "Theo chồng", "2019-05-01"))
    assert client.post(place, bad | {"ngay-cuoi": "2026-10-31"}).status_code == 302
    assert memberships()[-1][2] is not None, "outside, the letter ends it"
    left = client.get(place)
    assert left.status_code == 200 and "không có gì để chuyển" in words(left)


def test_whoever_has_the_card_is_asked_for(client_of: ClientOf, cast: Cast, old: Any) -> None:
    from nhiemky.foundation.models import AuditEvent
    from nhiemky.members.models import Transfer

    person = a_member(cast.users["quan-tri"], old)
    client, place = client_of("chu-tich"), f"/don-vi/{NEW}/chuyen-sinh-hoat/tiep-nhan/"
    fields = form_at(client, place) | {"ho-ten": person.name, "so": "T-999"}
    wrong = client.post(place, fields)
    assert wrong.status_code == 422 and "đúng cả họ tên và số" in words(wrong) and "T-999" in words(wrong)
    fields |= {"so": "T-501"}
    first = client.post(place, fields)
    assert first.status_code == 302 and client.post(place, fields)["Location"] == first["Location"]
    assert Transfer.objects.filter(person=person, by_receiver=True).count() == 1
    assert AuditEvent.objects.filter(action="members.transfer.look").count() == 2
    page = shown(client, first["Location"])
    assert "1988" not in page and "T-501" not in page, "nothing of the person before the old unit agreed"
    assert "Đồng ý</button>" not in page and "Rút lại</button>" in page
    agreed = client_of("ben-canh").post(f"{first['Location']}nhan/", {"ngay-dau": cast.today.isoformat()})
    assert agreed.status_code == 302 and Transfer.objects.get(person=person).state == "accepted"
    assert not {"T-501", "Mẫu"} & {word for event in AuditEvent.objects.all() for word in str(event.data).split()}


def test_the_letter_is_for_the_unit_itself(client_of: ClientOf, moving: Any) -> None:
    place = f"/chuyen-sinh-hoat/{moving.code}/"
    above = client_of("van-thu").post(f"{place}giay/", {"so-giay": "7/GT"})
    assert above.status_code == 422 and "cán bộ của chính đơn vị" in words(above)
    assert client_of("chu-tich").post(f"{place}giay/", {"so-giay": "7/GT"}).status_code == 403
    near = client_of("ben-canh")
    assert near.post(f"{place}giay/", {"so-giay": "7/GT"}).status_code == 302
    twice = near.post(f"{place}giay/", {"so-giay": "7/GT"})
    assert twice.status_code == 422 and "đã cấp rồi" in words(twice)

    from nhiemky.documents.models import IssuedDocument

    letter = IssuedDocument.objects.get(kind="transfer_letter")
    for login, status in (("ben-canh", 200), ("van-thu", 403), ("kiem-tra", 403), ("chu-tich", 404), ("song-lo", 404)):
        assert client_of(login).get(f"/van-ban/{letter.code}/pdf/").status_code == status, login
    assert near.get(f"/van-ban/{letter.code}/docx/").content[:2] == b"PK"
    assert near.get(f"/van-ban/{letter.code}/")["Location"] == place
    assert letter.title in shown(near, "/van-ban/")


def test_the_level_above_sees_what_waits_below_the_oldest_first(client_of: ClientOf, cast: Cast, old: Any) -> None:
    from nhiemky.members.models import Transfer

    by = cast.users["quan-tri"]
    names = ["Lê Văn Trước", "Lê Văn Sau"]
    rows = [waiting_transfer(by, old, name=name, card=f"T-{name[-3:]}") for name in names]
    Transfer.objects.filter(pk=rows[0].pk).update(asked_at="2026-10-01T00:00Z")
    for login, unit in (("van-thu", SUOI_MONG), ("hu-cau", "hc-tinh"), ("kiem-tra", "hc-tinh")):
        page = shown(client_of(login), f"/don-vi/{unit}/chuyen-sinh-hoat/")
        assert page.index(names[0]) < page.index(names[1]) and "chờ đơn vị nhận trả lời" in page
    assert client_of("ben-canh").get(f"/don-vi/{NEW}/chuyen-sinh-hoat/").status_code == 404


@pytest.mark.parametrize(
    ("login", "path"),
    [("chu-tich", "/"), ("chu-tich", f"/don-vi/{NEW}/chuyen-sinh-hoat/"), ("hu-cau", "/don-vi/hc-tinh/chuyen-sinh-hoat/"),
     ("hu-cau", "/don-vi/hc-tinh/chuyen-sinh-hoat/?xem=da-xong"), ("ben-canh", f"/don-vi/{OLD}/chuyen-sinh-hoat/")],
)  # fmt: skip
def test_queries_do_not_grow_with_transfers(client_of: ClientOf, cast: Cast, old: Any, login: str, path: str) -> None:
    from nhiemky.members.actions import refuse_transfer

    by, client, counts = cast.users["quan-tri"], client_of(login), []
    for times in (2, 6):
        for number in range(times):
            waiting_transfer(by, old, name=f"Lê Văn Thứ {number}", card="")
            refuse_transfer(by=by, transfer=waiting_transfer(by, old, name="Lê Văn Không", card=""), answer="chưa rõ")
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        counts.append(len(asked))
    assert counts[1] <= counts[0] <= 40, counts
